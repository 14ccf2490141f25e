"""Imported tables: the samples come out exact, and every fault is one sentence with its line."""

import itertools
import os

import numpy as np
import pytest

from monitor.errors import RecordingError, TableError
from monitor.recording.reader import open_recording
from monitor.sensors.table import ROW, TableDecoder
from monitor.settings import Settings
from monitor.sources import imu_table, imu_table_csv
from monitor.sources.imu_table import import_tables, read_table, table_entries
from monitor.sources.imu_table_checks import check_samples
from monitor.values import LinkChange, LinkState, Mode, PacketBlock, Site

HEADER = "t_s,ax_m_s2,ay_m_s2,az_m_s2,gx_rad_s,gy_rad_s,gz_rad_s"


def numbers(n=400, rate_hz=100.0, seed=0, start_s=0.0):
    """(n,7): a plausible head, resting and shaking a little."""
    rng = np.random.default_rng(seed)
    t = start_s + np.arange(n) / rate_hz
    acc = np.array([0.5, 0.2, 9.7]) + rng.normal(0, 1.5, (n, 3))
    return np.column_stack([t, acc, rng.normal(0, 0.8, (n, 3))])


def write(path, rows, header=HEADER, newline="\n", bom=False):
    lines = [header] + [",".join(repr(float(v)) for v in row) for row in rows]
    path.write_bytes((b"\xef\xbb\xbf" if bom else b"") + (newline.join(lines) + newline).encode())
    return path


def decoded(recording, key):
    """Sample times, acc, gyr of a recording as the decoder of the family gives them."""
    decoder = TableDecoder()
    parts = [
        decoder.push(entry)
        for entry in itertools.chain.from_iterable(recording.entries())
        if isinstance(entry, PacketBlock) and entry.sensor == key
    ]
    assert not any(part.errors for part in parts)
    samples = [part.samples for part in parts]
    return (
        np.concatenate([s.tick for s in samples]),
        np.concatenate([s.acc for s in samples]),
        np.concatenate([s.gyr for s in samples]),
    )


def refused(path, site=Site.HEAD):
    with pytest.raises(TableError) as caught:
        read_table(path, site)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)
    return caught.value


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", [False, True])
def test_a_table_is_read_exactly(tmp_path, newline, bom):
    rows = numbers()
    table = read_table(write(tmp_path / "t.csv", rows, newline=newline, bom=bom), Site.HEAD)
    assert np.array_equal(table.t_s, rows[:, 0])
    assert np.array_equal(table.acc, rows[:, 1:4])
    assert np.array_equal(table.gyr, rows[:, 4:])
    assert table.rate_hz == pytest.approx(100.0)


def test_columns_in_any_order_and_without_gyro(tmp_path):
    rows = numbers()
    order = [3, 0, 6, 2, 5, 1, 4]
    names = HEADER.split(",")
    header = ", ".join(names[i] for i in order)
    table = read_table(write(tmp_path / "t.csv", rows[:, order], header=header), Site.HEAD)
    assert np.array_equal(np.column_stack([table.t_s, table.acc, table.gyr]), rows)
    plain = read_table(write(tmp_path / "p.csv", rows[:, :4], header=",".join(names[:4])), Site.COLLAR)
    assert plain.gyr is None
    assert np.array_equal(plain.acc, rows[:, 1:4])


def test_many_chunks_read_like_one_and_blank_lines_at_the_end_are_harmless(tmp_path, monkeypatch):
    path = write(tmp_path / "t.csv", numbers(2000))
    whole = read_table(path, Site.HEAD)
    monkeypatch.setattr(imu_table_csv, "_CHUNK_BYTES", 1000)
    with path.open("ab") as file:
        file.write(b"\r\n\n  \n")
    table = read_table(path, Site.HEAD)
    assert np.array_equal(table.acc, whole.acc)
    lines = path.read_text().split("\n")
    lines[1234] = lines[1234].replace(",", ",x", 1)
    path.write_text("\n".join(lines))
    assert refused(path).line == 1235


def test_no_newline_behind_the_last_row(tmp_path):
    path = write(tmp_path / "t.csv", numbers())
    path.write_bytes(path.read_bytes().rstrip())
    assert len(read_table(path, Site.HEAD)) == 400


def edited(tmp_path, line, text):
    """A good table with one line replaced (1 = the header)."""
    path = write(tmp_path / "t.csv", numbers())
    lines = path.read_text().splitlines()
    lines[line - 1] = text
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize(
    ("line", "text", "words"),
    [
        (1, "0.0,1,2,3,4,5,6", "header line is missing"),
        (1, HEADER.replace("gz_rad_s", "gz_deg_s"), "unknown column 'gz_deg_s'"),
        (1, HEADER.replace(",gz_rad_s", ""), "gz_rad_s is missing"),
        (1, HEADER.replace("t_s,", ""), "t_s is missing"),
        (1, HEADER + ",t_s", "appears twice"),
        (1, HEADER.replace(",", ";"), "not separated by commas"),
        (1, HEADER.replace(",", "\t"), "not separated by commas"),
        (1, "# made by me", "comment"),
        (1, "", "unknown column"),
        (7, "# a comment", "comment"),
        (7, "", "blank"),
        (7, "0.05,1,2", "3 value(s) where the header names 7"),
        (7, "0.05,1,2,3,4,5,6,7", "8 value(s)"),
        (7, "0.05,1,,3,4,5,6", "ay_m_s2 is empty"),
        (7, "0.05,1,two,3,4,5,6", "ay_m_s2 is 'two', not a number"),
        (7, "0.05,1,1_0,3,4,5,6", "not a number"),
        (7, "0.05,1,٣,3,4,5,6", "not a number"),
        (7, "0.05,1,=1+1,3,4,5,6", "not a number"),
        (7, HEADER, "not a number"),
        (7, "0.05,1,nan,3,4,5,6", "no finite number in ay_m_s2"),
        (7, "0.05,1,-inf,3,4,5,6", "no finite number in ay_m_s2"),
        (7, "nan,1,2,3,4,5,6", "no finite number in t_s"),
        (7, "0.05,1,1e999,3,4,5,6", "no finite number"),
        (7, "0.04,1,2,9,0,0,0", "repeats the time before"),
        (7, "0.01,1,2,9,0,0,0", "goes back in time"),
        (7, "0.05,1,2,99999,0,0,0", "beyond 3923 m/s²"),
        (7, "0.05,1,2,9,0,-500,0", "beyond 140 rad/s"),
        (7, "0.05,1,2,9" + "0" * 5000 + ",0,0,0", ""),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path, line, text, words):
    error = refused(edited(tmp_path, line, text))
    assert words in error.reason
    assert error.line == line


def test_how_many_numbers_are_missing(tmp_path):
    rows = numbers()
    rows[10:15, 2] = np.nan
    rows[200, 5] = np.inf
    error = refused(write(tmp_path / "t.csv", rows))
    assert error.line == 12
    assert "this row and 5 more" in error.reason
    assert "ay_m_s2, gy_rad_s" in error.reason


def test_wrong_units_and_dead_sensors_are_named(tmp_path):
    rows = numbers()

    def change(columns, function):
        other = rows.copy()
        other[:, columns] = function(other[:, columns])
        return refused(write(tmp_path / "t.csv", other)).reason

    acc, gyr = slice(1, 4), slice(4, 7)
    assert "looks like g" in change(acc, lambda v: v / 9.80665)
    assert "check the unit" in change(acc, lambda v: v * 100)
    assert "check the unit" in change(acc, lambda v: v - [0.5, 0.2, 9.7])
    assert "looks like degrees" in change(gyr, np.degrees)
    assert "looks like milliseconds" in change(0, lambda v: v * 1000)
    assert "unit of t_s" in change(0, lambda v: v * 1e6)
    assert "frozen" in change(acc, lambda v: 0 * v + 5.7)
    assert "never change" in change(gyr, lambda v: 0 * v)
    assert "at least 2 s" in change(0, lambda v: v / 3)


def test_short_tables(tmp_path):
    assert "no rows" in refused(write(tmp_path / "a.csv", numbers(0))).reason
    assert "at least 2 s" in refused(write(tmp_path / "b.csv", numbers(1))).reason
    assert "at least 2 s" in refused(write(tmp_path / "c.csv", numbers(199))).reason


def test_files_that_are_no_tables(tmp_path):
    path = tmp_path / "t.csv"
    assert "does not exist" in refused(path).reason
    assert "folder" in refused(tmp_path).reason
    path.write_bytes(b"")
    assert "empty" in refused(path).reason
    path.write_bytes(np.random.default_rng(0).bytes(100_000))
    assert refused(path).line == 1
    path.write_bytes(("\ufeff" + HEADER).encode("utf-16-le"))
    assert "UTF-16" in refused(path).reason
    good = write(path, numbers()).read_bytes()
    path.write_bytes(good[:-9] + b"\0" + good[-9:])
    assert refused(path).line == 401
    path.write_bytes(good[:-9] + b"\xff" + good[-9:])
    assert "UTF-8" in refused(path).reason
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    assert "ordinary file" in refused(fifo).reason


def test_a_huge_table_is_refused_before_memory_is_taken(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    with path.open("wb") as file:
        file.truncate((4 << 30) + 1)
    assert "too large" in refused(path).reason
    monkeypatch.setattr(imu_table_csv, "MAX_TABLE_ROWS", 399)
    assert "million rows" in refused(write(path, numbers())).reason


def test_random_bytes_in_a_good_table_never_passes_silently(tmp_path):
    good = write(tmp_path / "t.csv", numbers()).read_bytes()
    rng = np.random.default_rng(3)
    want = read_table(tmp_path / "t.csv", Site.HEAD)
    for _ in range(60):
        at = int(rng.integers(0, len(good)))
        (tmp_path / "t.csv").write_bytes(good[:at] + rng.bytes(3) + good[at:])
        try:
            got = read_table(tmp_path / "t.csv", Site.HEAD)
        except TableError:
            continue
        assert len(got) in (len(want), len(want) + 1)


# ------------------------------------------------------------------ the recording


def test_two_tables_become_one_recording(tmp_path):
    head, collar = numbers(seed=1, start_s=100.0), numbers(300, 52.0, seed=2, start_s=100.5)
    summary = import_tables(
        write(tmp_path / "h.csv", head),
        write(tmp_path / "c.csv", collar[:, :4], header=",".join(HEADER.split(",")[:4])),
        tmp_path / "run.headsup",
        settings=Settings(mode=Mode.TRAIL),
    )
    assert summary.rows == (400, 300)
    assert summary.holes == (0, 0)
    with open_recording(summary.path) as recording:
        assert recording.closed
        assert recording.damage == ()
        assert recording.run.mode is Mode.TRAIL
        assert not recording.run.simulated
        assert [(s.key, s.site, s.family, s.rate_hz) for s in recording.sensors] == [
            ("head", Site.HEAD, "table", 100.0),
            ("collar", Site.COLLAR, "table-acc", 52.0),
        ]
        tick, acc, gyr = decoded(recording, "head")
        assert np.array_equal(tick, np.arange(400) * 10_000_000)
        assert np.array_equal(acc, head[:, 1:4])
        assert np.array_equal(gyr, head[:, 4:])
        tick, acc, gyr = decoded(recording, "collar")
        assert tick[0] == 500_000_000
        assert np.array_equal(acc, collar[:, 1:4])
        assert np.isnan(gyr).all()
        assert recording.duration_s == pytest.approx(summary.duration_s, abs=0.06)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["c.csv", "h.csv", "run.headsup"]


def test_tables_of_all_sites_or_of_one_shoulder_alone(tmp_path):
    paths = [write(tmp_path / f"{site.value}.csv", numbers(400, seed=i)) for i, site in enumerate(Site)]
    head, collar, left, right, back = paths
    summary = import_tables(
        head, collar, tmp_path / "all.headsup", left_shoulder_csv=left, right_shoulder_csv=right, back_csv=back
    )
    with open_recording(summary.path) as recording:
        assert [(s.key, s.site) for s in recording.sensors] == [(site.value, site) for site in Site]
        assert recording.run.note.startswith(
            "imported from head.csv, collar.csv, left_shoulder.csv, right_shoulder.csv and back.csv"
        )
        for i, site in enumerate(Site):
            assert np.array_equal(decoded(recording, site.value)[1], numbers(400, seed=i)[:, 1:4])
    alone = import_tables(None, None, tmp_path / "one.headsup", right_shoulder_csv=right)
    with open_recording(alone.path) as recording:
        assert [s.key for s in recording.sensors] == ["right_shoulder"]
        assert recording.run.note.startswith("imported from right_shoulder.csv;")


def test_every_table_shares_time_with_the_first(tmp_path):
    head = write(tmp_path / "h.csv", numbers())
    good, late = write(tmp_path / "l.csv", numbers(seed=1)), write(tmp_path / "late.csv", numbers(start_s=1e4))
    with pytest.raises(TableError, match="shares no time with the head table") as caught:
        import_tables(head, None, tmp_path / "run", left_shoulder_csv=good, right_shoulder_csv=late)
    assert caught.value.path == late
    assert "right shoulder 10000 s" in caught.value.reason
    with pytest.raises(TableError, match="shares no time with the left shoulder table"):
        import_tables(None, None, tmp_path / "run", left_shoulder_csv=good, back_csv=late)
    with pytest.raises(RecordingError, match="no table"):
        import_tables(None, None, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_arrivals_are_distinct_and_each_packet_comes_with_its_last_sample(tmp_path):
    tables = [read_table(write(tmp_path / f"{site}.csv", numbers(400, seed=i)), site) for i, site in enumerate(Site)]
    entries = table_entries(tables)
    arrivals = np.sort(np.concatenate([entry.t_ns for entry in entries]))
    assert (np.diff(arrivals) > 0).all()
    for block in entries:
        rows = np.diff(block.ends, prepend=0) // ROW.itemsize
        assert rows.max() == 5
        last = np.frombuffer(block.data, ROW)["t_ns"][np.cumsum(rows) - 1]
        assert ((block.t_ns - last >= 0) & (block.t_ns - last < len(tables))).all()


def test_a_hole_is_a_lost_link_and_its_return(tmp_path):
    rows = np.delete(numbers(1000), np.s_[300:650], axis=0)
    rows = np.delete(rows, np.s_[500:600], axis=0)  # one second: no hole
    summary = import_tables(write(tmp_path / "h.csv", rows), None, tmp_path / "run.headsup")
    assert summary.holes == (1,)
    with open_recording(summary.path) as recording:
        (entries,) = recording.entries()
        before, lost, back, after = entries
        assert isinstance(before, PacketBlock)
        assert isinstance(after, PacketBlock)
        assert (lost.state, lost.why) == (LinkState.LOST, "hole of 3.5 s in the table")
        assert isinstance(back, LinkChange)
        assert back.state is LinkState.STREAMING
        assert 0 <= lost.t_ns - 2_990_000_000 <= 1
        assert 0 <= back.t_ns - 6_500_000_000 <= 1


@pytest.mark.parametrize("rate_hz", [4.0, 33.3, 1000.0, 60_000.0])
def test_any_rate(tmp_path, rate_hz):
    rows = numbers(int(rate_hz * 2.5) + 1, rate_hz)
    summary = import_tables(write(tmp_path / "h.csv", rows), None, tmp_path / "run.headsup")
    with open_recording(summary.path) as recording:
        tick, acc, _ = decoded(recording, "head")
        assert np.array_equal(acc, rows[:, 1:4])
        assert np.array_equal(tick, np.rint(rows[:, 0] * 1e9))


def test_a_failed_import_leaves_nothing_and_destroys_nothing(tmp_path):
    good, bad = write(tmp_path / "h.csv", numbers()), edited(tmp_path, 9, "x")
    out = tmp_path / "run.headsup"
    with pytest.raises(TableError):
        import_tables(good, bad, out)
    with pytest.raises(TableError):
        import_tables(good, write(tmp_path / "late.csv", numbers(start_s=1e6)), out)
    with pytest.raises(RecordingError):
        import_tables(good, None, tmp_path / "none" / "run.headsup")
    with pytest.raises(RecordingError):
        import_tables(good, None, good)
    out.write_bytes(b"precious")
    with pytest.raises(RecordingError):
        import_tables(good, None, out)
    assert out.read_bytes() == b"precious"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["h.csv", "late.csv", "run.headsup", "t.csv"]


def test_an_interrupted_import_leaves_nothing(tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(imu_table, "_add_entries", interrupted)
    with pytest.raises(KeyboardInterrupt):
        import_tables(write(tmp_path / "h.csv", numbers()), None, tmp_path / "run.headsup")
    assert [p.name for p in tmp_path.iterdir()] == ["h.csv"]


def test_unix_time_dates_the_run(tmp_path):
    start_s = 1_795_339_800.0  # 2026-11-22T09:30Z
    summary = import_tables(write(tmp_path / "h.csv", numbers(start_s=start_s)), None, tmp_path / "run.headsup")
    with open_recording(summary.path) as recording:
        assert recording.run.started_utc == "2026-11-22T09:30:00+00:00"
        assert decoded(recording, "head")[0][0] == 0


def test_real_heads_and_collars_pass_the_checks(tmp_path, shared_data):
    seen = 0
    for path in sorted((shared_data / "motion").glob("*.npz")) + sorted((shared_data / "head_imu").glob("*.npz")):
        with np.load(path) as data:
            for name in data.files:
                if name.startswith("acc"):
                    check_samples(path, data[name], data[name.replace("acc", "gyr", 1)])
                    seen += 1
    assert seen > 20
