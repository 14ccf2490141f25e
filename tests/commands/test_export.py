"""`headsup export`: a SIMULATED run as tables and as FIT, read back by other programs."""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from monitor.cli import main
from monitor.interop.csv_out import metadata_path
from monitor.interop.fit_parts import join_part, split_parts
from monitor.interop.fit_scan import Message, scan
from monitor.interop.fit_wire import EPOCH_UNIX_S, GlobalMessage
from monitor.recording.store import RunFile
from monitor.settings import Settings
from monitor.simulator.runner import simulate
from monitor.simulator.scenario import ActivitySpan, HeadEvent, Scenario, ShoulderEvent
from monitor.simulator.sensor_model import SensorModel
from monitor.sources.imu_table import sensor_of, table_entries
from monitor.sources.imu_table_csv import read_table
from monitor.values import Activity, Mode, RunInfo, Site

HEADER = "t_s,ax_m_s2,ay_m_s2,az_m_s2,gx_rad_s,gy_rad_s,gz_rad_s"
BEGAN = 1_700_000_000.25
"""The tables count Unix time, so that the recording knows its date."""
END_S = 100.0


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Path:
    """A calibrated run of head and collar, 40 s of poses and a minute of running with the head down at first."""
    folder = tmp_path_factory.mktemp("run")
    scenario = Scenario(
        duration_s=END_S,
        activities=(ActivitySpan(40.0, END_S, Activity.RUN),),
        head=(HeadEvent(17.0, 25.0, 42.0), HeadEvent(50.0, 72.0, 40.0)),
        shoulders=(ShoulderEvent(27.0, 35.0, 1.0),),
        seed=3,
    )
    args = ["import", "-o", str(folder / "run.headsup")]
    for site, rate in ((Site.HEAD, 100.0), (Site.COLLAR, 50.0)):
        motion = simulate(scenario, SensorModel(site=site, rate_hz=rate, seed=40))
        table = folder / f"{site}.csv"
        rows = np.column_stack([motion.t_s + BEGAN, motion.acc, motion.gyr])
        np.savetxt(table, rows, delimiter=",", header=HEADER, comments="", fmt="%.6f")
        args += [f"--{site.value}", str(table)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADSUP_HOME", str(folder / "home"))
        assert main(args) == 0
        poses = ["--neutral", "6:14", "--look", "feet=18:24", "--shrug", "28:34"]
        assert main(["calibrate", "--from", str(folder / "run.headsup"), *poses]) == 0
    return folder / "run.headsup"


@pytest.fixture(autouse=True)
def home(run, monkeypatch):
    monkeypatch.setenv("HEADSUP_HOME", str(run.parent / "home"))


def export(run: Path, *args: object) -> int:
    return main(["export", str(run), "--profile", "me", *map(str, args)])


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def refused(capsys, run: Path, *args: object) -> str:
    assert export(run, *args) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert said.err.startswith("headsup: ")
    return said.err


def test_every_value_is_that_of_analyze(run, tmp_path, capsys):
    track = tmp_path / "track.csv"
    assert main(["analyze", str(run), "--profile", "me", "--track", str(track)]) == 0
    assert export(run, "--csv", tmp_path / "all.csv", "--rate", "all") == 0
    wanted, got = table(track), table(tmp_path / "all.csv")
    names = list(wanted[0])
    assert list(got[0])[: len(names)] == names
    assert [[row[name] for name in names] for row in got] == [list(row.values()) for row in wanted]
    assert got[0]["time_utc"] == "2023-11-14T22:13:20.250Z"


def test_ten_rows_a_second_of_a_chosen_stretch(run, tmp_path, capsys):
    out = tmp_path / "part.csv"
    assert export(run, "--csv", out, "--from", 50, "--to", 60.5) == 0
    assert f"105 rows written to {out}" in capsys.readouterr().out
    t = np.array([float(row["t_s"]) for row in table(out)])
    assert t[0] >= 50.0
    assert t[-1] < 60.5
    assert np.diff(t).max() < 0.15
    about = json.loads(metadata_path(out).read_text())
    assert [c["name"] for c in about["tableSchema"]["columns"]] == list(table(out)[0])
    assert about["headsup"]["estimate"] == "live"
    assert any(e["kind"] == "head_down" for e in about["headsup"]["events"])


def test_parquet_holds_the_same_with_units(run, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    assert export(run, "--csv", tmp_path / "t.csv", "--parquet", tmp_path / "t.parquet") == 0
    got, rows = parquet.read_table(tmp_path / "t.parquet"), table(tmp_path / "t.csv")
    assert got.column_names == list(rows[0])
    assert got.schema.field("head_pitch_deg").metadata[b"unit"] == b"deg"
    assert b"nose down" in got.schema.field("head_pitch_deg").metadata[b"description"]
    assert json.loads(got.schema.metadata[b"headsup"])["sensors"][0]["site"] == "head"
    codec = parquet.ParquetFile(tmp_path / "t.parquet").metadata.row_group(0).column(0).compression
    assert codec == "ZSTD"
    for name in ("head_pitch_deg", "gaze_m", "shoulder_score"):
        values = [None if row[name] == "" else float(row[name]) for row in rows]
        both = zip(got[name].to_pylist(), values, strict=True)
        assert all((a is None) == (b is None) and (a is None or a == pytest.approx(b, abs=6e-4)) for a, b in both)
    assert got["activity"].to_pylist() == [row["activity"] for row in rows]
    assert str(got.schema.field("time_utc").type) == "timestamp[ns, tz=UTC]"


def test_samples_come_back_through_import(run, tmp_path, capsys):
    assert export(run, "--csv", tmp_path / "imu.csv", "--samples") == 0
    for site in (Site.HEAD, Site.COLLAR):
        original = read_table(run.parent / f"{site}.csv", site)
        again = read_table(tmp_path / f"imu-{site}.csv", site)
        np.testing.assert_array_equal(again.acc, original.acc)
        np.testing.assert_array_equal(again.gyr, original.gyr)
        np.testing.assert_allclose(again.t_s, original.t_s - BEGAN, atol=3e-7)
    head, collar = (str(tmp_path / f"imu-{s}.csv") for s in ("head", "collar"))
    assert main(["import", "--head", head, "--collar", collar, "-o", str(tmp_path / "again.headsup")]) == 0
    events = []
    for recording in (run, tmp_path / "again.headsup"):
        assert main(["analyze", str(recording), "--profile", "me", "--json", str(tmp_path / "a.json")]) == 0
        events.append(json.loads((tmp_path / "a.json").read_text())["events"])
    assert [e["kind"] for e in events[0]] == [e["kind"] for e in events[1]]
    assert "head_down" in [e["kind"] for e in events[0]]
    assert [e["t_s"] for e in events[1]] == pytest.approx([e["t_s"] for e in events[0]], abs=0.05)


def test_samples_as_parquet(run, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    assert export(run, "--parquet", tmp_path / "imu.parquet", "--samples", "--from", 10, "--to", 20) == 0
    head = parquet.read_table(tmp_path / "imu-head.parquet")
    assert head.column_names == HEADER.split(",")
    assert head.num_rows == 1000
    assert head.schema.field("gx_rad_s").metadata[b"unit"] == b"rad/s"
    original = read_table(run.parent / "head.csv", Site.HEAD)
    part = (original.t_s - BEGAN >= 10 - 1e-6) & (original.t_s - BEGAN < 20 - 1e-6)
    assert head["ax_m_s2"].to_pylist() == original.acc[part, 0].tolist()


def test_a_file_that_is_there_is_kept_unless_force_says_otherwise(run, tmp_path, capsys):
    out = tmp_path / "out.csv"
    out.write_text("mine")
    assert "exists already" in refused(capsys, run, "--csv", out)
    assert out.read_text() == "mine"
    assert export(run, "--csv", out, "--force", "--to", 5) == 0
    assert len(table(out)) == 50
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.csv", "out.csv-metadata.json"]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ([], "is missing: name the file to write"),
        (["--csv", "{t}/a", "--watch", "{t}/w.fit"], "goes with --fit"),
        (["--csv", "{t}/a", "--offset", "3"], "goes with --fit"),
        (["--fit", "{t}/a", "--offset", "nan"], "must be a number of seconds"),
        (["--fit", "{t}/a", "--samples"], "FIT does not hold samples"),
        (["--csv", "{t}/a", "--from", "9", "--to", "3"], "the first before the second"),
        (["--csv", "{t}/a", "--from", "nan"], "the first before the second"),
        (["--csv", "{t}/a", "--from", "5000"], "lies behind the end of the run"),
        (["--csv", "{t}/a", "--rate", "fast"], "must be rows a second"),
        (["--csv", "{t}/a", "--parquet", "{t}/a"], "named twice"),
        (["--csv", "{run}", "--force"], "named twice"),
        (["--csv", "{t}/none/a.csv"], "the folder"),
        (["--fit", "{t}/a.fit", "--watch", "{t}/none.fit"], "does not exist"),
        (["--fit", "{t}/a.fit", "--watch", "{t}"], "is not a file"),
        (["--fit", "{t}/a.fit", "--watch", "{run}"], "is not a FIT file"),
        (["--csv", "{t}", "--force"], "is not an ordinary file"),
    ],
)
def test_bad_use_is_one_sentence(run, tmp_path, capsys, args, said):
    filled = [a.format(t=tmp_path, run=run) for a in args]
    assert said in refused(capsys, run, *filled)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["--csv", "--parquet"])
def test_a_table_of_samples_never_takes_the_place_of_the_run(run, tmp_path, capsys, kind):
    own = tmp_path / "mine-head.headsup"
    own.write_bytes(run.read_bytes())
    said = refused(capsys, own, kind, tmp_path / "mine.headsup", "--samples", "--force")
    assert "is named twice" in said
    assert [p.name for p in tmp_path.iterdir()] == [own.name]
    assert own.read_bytes() == run.read_bytes()


def test_samples_that_are_there_are_kept(run, tmp_path, capsys):
    (tmp_path / "imu-collar.csv-metadata.json").write_text("mine")
    assert "exists already" in refused(capsys, run, "--csv", tmp_path / "imu.csv", "--samples")
    assert len(list(tmp_path.iterdir())) == 1


def test_simulated_data_are_called_so(run, tmp_path, capsys):
    """A recording that a SIMULATED radio made: every file and the word about it say so."""
    info = RunInfo("sim-1", "2026-11-22T09:30:00+00:00", Mode.ROAD, True, "0.1.0")
    table = read_table(run.parent / "head.csv", Site.HEAD)
    path = tmp_path / "sim.headsup"
    out = RunFile(path, live=False)
    out.add_head(info, Settings().to_json(), "")
    out.add_sensor(replace(sensor_of(table), simulated=True), 0)
    for entry in table_entries([table]):
        out.add_packets(entry, 10**15)
    out.finish(100 * 10**9)
    assert export(path, "--csv", tmp_path / "a.csv", "--fit", tmp_path / "a.fit") == 0
    said = capsys.readouterr().out
    assert "SIMULATED rows" in said
    assert "SIMULATED records" in said
    assert b"Heads Up SIMULATED" in (tmp_path / "a.fit").read_bytes()
    assert json.loads(metadata_path(tmp_path / "a.csv").read_text())["headsup"]["simulated"] is True


def test_without_pyarrow_it_says_what_to_install(run, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    said = refused(capsys, run, "--parquet", tmp_path / "a.parquet")
    assert said == "headsup: Parquet needs the library pyarrow; install it with: pip install 'headsup-run[parquet]'\n"


def test_fit_with_the_watchs_file(run, tmp_path, capsys, shared_data):
    fitdecode = pytest.importorskip("fitdecode")
    watch = shared_data / "watch" / "garmin-fenix-5-run.fit"
    said = refused(capsys, run, "--fit", tmp_path / "x.fit", "--watch", watch)
    assert said.endswith("they share no time. If a clock was wrong, give --offset.\n")
    with fitdecode.FitReader(watch) as reader:
        first = next(f for f in reader if f.frame_type == fitdecode.FIT_FRAME_DATA and f.name == "record")
    offset = first.get_value("timestamp").timestamp() - BEGAN - 50.0
    assert export(run, "--fit", tmp_path / "x.fit", "--watch", watch, "--offset", offset, "--json") == 0
    told = json.loads(capsys.readouterr().out)["files"]
    assert told[0]["rows"] == 21
    assert told[0]["note"].endswith("Set by hand.")
    with fitdecode.FitReader(tmp_path / "x.fit", check_crc=fitdecode.CrcCheck.RAISE) as reader:
        frames = [f for f in reader if f.frame_type == fitdecode.FIT_FRAME_DATA]
    pitch = [f.get_value("head_pitch") for f in frames if f.name == "record"]
    states = [f.get_value("posture_state") for f in frames if f.name == "record"]
    assert pitch[5] == pytest.approx(40.0, abs=6.0)
    assert states[5] == 1
    [session] = [f for f in frames if f.name == "session"]
    assert session.get_value("head_pitch_avg") is not None
    assert session.get_value("posture_cues") >= 1


def test_fit_without_a_watch(run, tmp_path, capsys):
    fitdecode = pytest.importorskip("fitdecode")
    assert export(run, "--fit", tmp_path / "x.fit", "--from", 40) == 0
    with fitdecode.FitReader(tmp_path / "x.fit", check_crc=fitdecode.CrcCheck.RAISE) as reader:
        frames = [f for f in reader if f.frame_type == fitdecode.FIT_FRAME_DATA]
    records = [f for f in frames if f.name == "record"]
    assert len(records) == 60
    assert records[0].get_value("timestamp").timestamp() == np.ceil(BEGAN + 40.0)
    cadence = [f.get_value("cadence") for f in records if f.has_field("cadence")]
    assert 75 <= np.median([c for c in cadence if c is not None]) <= 95
    assert max(f.get_value("head_pitch") or 0 for f in records) == pytest.approx(40.0, abs=4.0)


def test_the_watch_is_laid_beside_the_run_by_both_clocks(run, tmp_path, capsys, shared_data):
    """The watch's file, made to have been recorded with the run."""
    fitdecode = pytest.importorskip("fitdecode")
    watch = tmp_path / "watch.fit"
    assert export(run, "--fit", watch, "--from", 45, "--to", 95) == 0
    capsys.readouterr()
    assert "carries numbers of Heads Up already" in refused(capsys, run, "--fit", tmp_path / "x.fit", "--watch", watch)
    watch.write_bytes(shifted(shared_data / "watch" / "garmin-fenix-5-run.fit", round(BEGAN) + 48))
    capsys.readouterr()
    assert export(run, "--fit", tmp_path / "x.fit", "--watch", watch) == 0
    said = capsys.readouterr().out
    assert "21 records written to" in said
    assert "By both clocks the watch and the recording ran together" in said
    with fitdecode.FitReader(tmp_path / "x.fit") as reader:
        frames = [f for f in reader if f.frame_type == fitdecode.FIT_FRAME_DATA and f.name == "record"]
    low = [f for f in frames if 55 < f.get_value("timestamp").timestamp() - BEGAN < 68]
    assert len(low) >= 3
    assert all(f.get_value("head_pitch") == pytest.approx(40.0, abs=6.0) for f in low)


def shifted(path: Path, start_unix_s: int) -> bytes:
    """A watch's file as if its first record had been made at another time."""
    data = path.read_bytes()
    [part] = split_parts(data, "x")
    body = bytearray(part.body)
    messages = [item for item in scan(part.body, "x") if isinstance(item, Message)]
    first = next(m.time for m in messages if m.definition.message == GlobalMessage.RECORD)
    for message in messages:
        for number in (253, 2):
            at, size = message.definition.fields.get(number, (0, 0))
            at += message.start + 1
            value = int.from_bytes(body[at : at + 4], "little")
            if size == 4 and abs(value - first) < 86_400:
                body[at : at + 4] = (value - first + start_unix_s - EPOCH_UNIX_S).to_bytes(4, "little")
    return join_part(part.header, bytes(body))
