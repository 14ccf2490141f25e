"""`headsup batch`: a folder of SIMULATED recordings as one table, stopped, resumed, and opened by others."""

import csv
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from monitor.batch import program
from monitor.batch.fields import FIELDS
from monitor.cli import main
from monitor.commands import batch as batch_command
from monitor.interop.csv_out import metadata_path
from tests.batch.inline import Inline, engine_of
from tests.batch.recordings import make, make_many


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    make_many(folder, 4, longest_s=70.0)
    (folder / "athlete-0" / "notes.headsup").write_text("not a recording")
    return folder


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADSUP_HOME", str(tmp_path / "home"))


@pytest.fixture
def here(monkeypatch):
    """No processes: the work is done in this one."""
    monkeypatch.setattr(batch_command, "processes", lambda workers: engine_of(Inline(), width=workers))


def batch(*args):
    return main(["batch", *(str(a) for a in args)])


def test_a_table_that_opens_with_units(here, runs, tmp_path, capsys):
    parquet = pytest.importorskip("pyarrow.parquet")
    assert batch(runs, "-o", tmp_path / "s.parquet", "--workers", 2) == 0
    out, err = capsys.readouterr()
    assert "5 recordings, in " in out
    assert "1 recording could not be used" in out
    assert "athlete-0/notes.headsup: Is not a Heads Up recording." in out
    assert "5 of 5 recordings done" in err
    table = parquet.read_table(tmp_path / "s.parquet")
    assert table.column_names == ["file", "content_sha256", "error", *(f.name for f in FIELDS)]
    rows = table.to_pylist()
    assert [row["file"] for row in rows] == sorted(row["file"] for row in rows)
    assert {row["error"] for row in rows} == {"", "Is not a Heads Up recording."}
    good = next(row for row in rows if not row["error"])
    assert good["simulated"] is True
    assert good["started_utc"].isoformat() == "2026-11-01T08:00:00"
    assert 50 < good["running_s"] < 80
    bad = next(row for row in rows if row["error"])
    assert all(value is None for name, value in bad.items() if name not in ("file", "content_sha256", "error"))
    assert table.schema.field("head_pitch_mean_deg").metadata[b"unit"] == b"deg"
    assert all(field.metadata[b"description"] for field in table.schema)
    about = json.loads(table.schema.metadata[b"headsup"])
    assert (about["recordings"], about["failed"], about["complete"]) == (5, 1, True)


def test_the_second_run_does_only_what_is_new_and_writes_the_same(here, runs, tmp_path, capsys):
    out = tmp_path / "s.csv"
    assert batch(runs, "-o", out, "--workers", 1, "--json") == 0
    first, told = out.read_bytes(), json.loads(capsys.readouterr().out)
    assert (told["recordings"], told["analysed"], told["already_done"], told["failed"]) == (5, 4, 0, 1)
    assert batch(runs, "-o", out, "--workers", 2, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["recordings"], told["analysed"], told["already_done"], told["failed"]) == (5, 0, 4, 1)
    assert told["failures"] == [{"file": "athlete-0/notes.headsup", "error": "Is not a Heads Up recording."}]
    assert out.read_bytes() == first
    with open(out, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 5
    described = json.loads(metadata_path(out).read_text())["tableSchema"]["columns"]
    assert [column["name"] for column in described] == list(rows[0])


def test_csv_and_parquet_say_the_same(here, runs, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    for name in ("s.csv", "s.parquet"):
        assert batch(runs, "-o", tmp_path / name, "--workers", 2, "--mode", "trail") == 0
    with open(tmp_path / "s.csv", newline="", encoding="utf-8") as file:
        text = list(csv.DictReader(file))
    for told, row in zip(text, parquet.read_table(tmp_path / "s.parquet").to_pylist(), strict=True):
        for field in FIELDS:
            value, cell = row[field.name], told[field.name]
            if isinstance(value, float):
                assert float(cell) == value
            elif value is None or isinstance(value, str):
                assert cell == (value or "")
        assert row["error"] or row["limit_deg"] == 36.0


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["{runs}", "-o", "{tmp}/s.xlsx"], "must name a file that ends in .parquet or .csv"),
        (["{runs}", "-o", "{tmp}/none/s.csv"], "none"),
        (["{tmp}/nowhere", "-o", "{tmp}/s.csv"], "there is no such folder"),
        (["{tmp}/home", "-o", "{tmp}/s.csv"], "holds no recordings"),
        (["{runs}", "-o", "{tmp}/s.csv", "--workers", "0"], "must be a number from 1 to 61"),
        (["{runs}", "-o", "{tmp}/s.csv", "--workers", "2", "--dask", "tcp://x:1"], "has its own workers"),
        (["{runs}", "-o", "{tmp}/s.csv", "--workers", "many"], "invalid int value"),
        (["{runs}", "-o", "{tmp}/s.csv", "--profile", "nobody"], "there is no such profile"),
        (["{runs}"], "required: -o/--out"),
    ],
)
def test_bad_use_is_one_sentence_before_any_work(runs, tmp_path, capsys, args, said):
    (tmp_path / "home").mkdir()
    assert batch(*(a.format(runs=runs, tmp=tmp_path) for a in args)) == 2
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err
    assert len(err.splitlines()) == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["home"]


def test_missing_extras_are_one_sentence(runs, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert batch(runs, "-o", tmp_path / "s.parquet") == 2
    assert "pip install 'headsup-run[parquet]'" in capsys.readouterr().err
    assert batch(runs, "-o", tmp_path / "s.csv", "--dask", "local") == 2
    assert "pip install 'headsup-run[cluster]'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_another_is_not_replaced_unasked(here, runs, tmp_path, capsys):
    (tmp_path / "s.csv").write_text("mine")
    assert batch(runs, "-o", tmp_path / "s.csv") == 2
    assert "exists already" in capsys.readouterr().err
    assert (tmp_path / "s.csv").read_text() == "mine"
    assert batch(runs, "-o", tmp_path / "s.csv", "--force", "--workers", 1) == 0
    assert (tmp_path / "s.csv").read_text().startswith("file,content_sha256,error,")


@pytest.mark.parametrize("name", ["s.csv", "s.parquet"])
def test_a_summary_is_replaced_even_of_bad_recordings_alone_and_damaged_ones_are_not(here, tmp_path, capsys, name):
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "bad.headsup").write_text("x")
    for _ in range(2):
        assert batch(tmp_path / "runs", "-o", tmp_path / name) == 0
    assert not (tmp_path / f"{name}.done").exists()
    (tmp_path / name).write_bytes(b"PAR1 is not all of it")
    assert batch(tmp_path / "runs", "-o", tmp_path / name) == 2
    assert "exists already" in capsys.readouterr().err


def test_a_name_that_looks_like_a_formula_is_none(here, tmp_path):
    make(tmp_path / "runs" / "=cmd.headsup", 60.0)
    assert batch(tmp_path / "runs", "-o", tmp_path / "s.csv", "--workers", 1) == 0
    assert (tmp_path / "s.csv").read_text().splitlines()[1].startswith("'=cmd.headsup,")


# ------------------------------------------------------------------ stopped in the middle


def begun(folder, out, how):
    """A batch in a process group of its own, some recordings done, then stopped by `how(process)`; its exit code."""
    command = [
        sys.executable,
        "-m",
        "tests.commands.batch_child",
        "batch",
        str(folder),
        "-o",
        str(out),
        "--workers",
        "2",
    ]
    with subprocess.Popen(command, start_new_session=True, stderr=subprocess.PIPE, text=True) as child:
        journal = out.with_name(out.name + ".done")
        until = time.monotonic() + 60
        while not (journal.exists() and journal.read_bytes().count(b"\n") > 3):
            assert child.poll() is None
            assert time.monotonic() < until
            time.sleep(0.01)
        how(child)
        err = child.communicate(timeout=60)[1]
    return child.returncode, err


@pytest.fixture
def one_program(monkeypatch):
    """The child and this process are the same program, even while somebody edits it."""
    from tests.commands.batch_child import PROGRAM

    monkeypatch.setattr(program, "_digest", lambda: PROGRAM)
    program.made_by.cache_clear()
    yield
    program.made_by.cache_clear()


def goes_on(folder, out, capsys):
    """The second run: what was done is not done again, and the table is that of one that was never stopped."""
    assert batch(folder, "-o", out, "--workers", 2, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["recordings"] == 40
    assert told["analysed"] + told["already_done"] == 40
    whole = out.with_name("whole.csv")
    assert batch(folder, "-o", whole, "--workers", 2) == 0
    assert out.read_bytes() == whole.read_bytes()
    return told["already_done"]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "killpg"), reason="process groups are POSIX's")
def test_ctrl_c_leaves_what_was_done(one_program, tmp_path, capsys):
    make_many(tmp_path / "runs", 40)
    out = tmp_path / "s.csv"
    code, err = begun(tmp_path / "runs", out, lambda child: os.killpg(child.pid, signal.SIGINT))
    assert code == 130
    assert "The same command goes on from here." in err
    assert "Traceback" not in err
    with open(out, newline="", encoding="utf-8") as file:
        partly = list(csv.DictReader(file))
    assert 0 < len(partly) < 40
    assert json.loads(metadata_path(out).read_text())["headsup"]["complete"] is False
    assert goes_on(tmp_path / "runs", out, capsys) == len(partly)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "killpg"), reason="process groups are POSIX's")
def test_a_kill_costs_only_what_was_being_worked_on(one_program, tmp_path, capsys):
    make_many(tmp_path / "runs", 40)
    out = tmp_path / "s.csv"
    code, _ = begun(tmp_path / "runs", out, lambda child: os.killpg(child.pid, signal.SIGKILL))
    assert code == -signal.SIGKILL
    assert not out.exists()
    assert goes_on(tmp_path / "runs", out, capsys) >= 3


@pytest.mark.slow
def test_on_dask_the_table_is_the_same(runs, tmp_path, capsys):
    pytest.importorskip("distributed")
    assert batch(runs, "-o", tmp_path / "p.csv", "--workers", 2) == 0
    assert batch(runs, "-o", tmp_path / "d.csv", "--workers", 2, "--dask", "local") == 0
    assert (tmp_path / "p.csv").read_bytes() == (tmp_path / "d.csv").read_bytes()
