"""`headsup library` and `headsup compare` as scripts and people use them."""

import json
import shutil

import pytest
from small_runs import record

from monitor.cli import main
from monitor.values import Mode


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    for day in range(3):
        record(folder / f"run-{day}.headsup", day=day, down_deg=8.0 + day, mode=Mode.ROAD if day == 2 else Mode.TRAIL)
    return folder


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADSUP_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def told(capsys, *arguments):
    code = main([str(a) for a in arguments])
    out = capsys.readouterr()
    return code, out.out, out.err


def test_the_table_is_newest_first_and_says_simulated(made, home, capsys):
    code, out, _ = told(capsys, "library", made)
    lines = out.splitlines()
    assert code == 0
    assert lines[0].split()[:2] == ["Date", "Length"]
    assert [line[:10] for line in lines[1:]] == ["2026-06-03", "2026-06-02", "2026-06-01"]
    assert all("SIMULATED" in line for line in lines[1:])
    assert "road" in lines[1]


def test_json_of_the_library(made, home, capsys):
    code, out, _ = told(capsys, "library", made, "--json")
    table = json.loads(out)
    assert code == 0
    assert [run["name"] for run in table["runs"]] == ["run-2.headsup", "run-1.headsup", "run-0.headsup"]
    assert table["worked_out"] == 3
    assert table["runs"][0]["simulated"] is True
    assert table["runs"][0]["numbers"]["duration_s"] == pytest.approx(30, abs=0.5)
    assert len(table["calibrations"]) == 1
    assert json.loads(told(capsys, "library", made, "--json")[1])["worked_out"] == 0
    assert json.loads(told(capsys, "library", made, "--json", "--rebuild")[1])["worked_out"] == 3


def test_the_numbers_are_those_of_analyze(made, home, capsys):
    run = json.loads(told(capsys, "library", made, "--json")[1])["runs"][0]
    metrics = json.loads(told(capsys, "analyze", made / run["name"], "--json")[1])["metrics"]
    same = set(run["numbers"]) & set(metrics)
    assert len(same) >= 9
    for key in same:
        expected = metrics[key]
        assert run["numbers"][key] == (expected if expected is None else pytest.approx(expected, abs=5e-5))


def test_without_a_folder_the_usual_place_is_made_and_empty(home, capsys):
    code, out, _ = told(capsys, "library")
    assert code == 0
    assert out.startswith("No runs yet.")
    assert (home / "runs").is_dir()


def test_a_bad_recording_is_a_line(made, home, tmp_path, capsys):
    folder = tmp_path / "some"
    shutil.copytree(made, folder)
    (folder / "bad.headsup").write_text("hello")
    code, out, _ = told(capsys, "library", folder, "--no-gui")
    assert code == 0
    assert out.splitlines()[-1] == "bad: Is not a Heads Up recording"


def test_no_such_folder(home, tmp_path, capsys):
    code, out, err = told(capsys, "library", tmp_path / "none")
    assert (code, out) == (2, "")
    assert err.strip().endswith("there is no such folder")
    assert len(err.strip().splitlines()) == 1


def test_the_history_of_calibrations(made, home, capsys):
    code, out, _ = told(capsys, "library", made, "--calibrations")
    assert code == 0
    assert "(SIMULATED wearer): 3 runs" in out
    assert "head (SIM head): head d' 10.0" in out


def test_compare_prints_numbers_reasons_and_an_honest_word(made, home, capsys):
    code, out, _ = told(capsys, "compare", made / "run-0.headsup", made / "run-1.headsup", made / "run-2.headsup")
    assert code == 0
    assert "Head, mean" in out
    assert "≠ Run 3 and run 1 were not measured with the same ruler. Another mode (trail against road)" in out
    assert "too little running in one of the two to tell" in out
    assert "only several runs can tell" in out


def test_compare_as_json_and_as_a_page(made, home, tmp_path, capsys):
    page = tmp_path / "page.html"
    code, out, _ = told(capsys, "compare", made / "run-0.headsup", made / "run-1.headsup", "--json", "--report", page)
    table = json.loads(out)
    assert code == 0
    assert [run["name"] for run in table["runs"]] == ["run-0.headsup", "run-1.headsup"]
    assert table["not_same_ruler"] == [[], []]
    assert page.read_text().startswith("<!DOCTYPE html>")
    assert "SIMULATED" in page.read_text()


def test_a_run_is_found_by_its_name_in_the_usual_place(made, home, capsys):
    shutil.copytree(made, home / "runs")
    code, out, _ = told(capsys, "compare", "run-0", "run-1.headsup")
    assert code == 0
    assert out.startswith("1 · 2026-06-01")


@pytest.mark.parametrize(
    ("names", "options", "word"),
    [
        (["run-0"], [], "between two and 8"),
        (["run-0", "run-0.headsup"], [], "named twice"),
        (["run-0", "nothing"], [], "does not exist"),
        (["run-0", "run-1"], ["--over", "distance"], "needs a distance in every run"),
        (["run-0", "run-1"], ["--report", "no/such/folder.html"], "cannot be written"),
    ],
)
def test_what_cannot_be_compared_is_one_sentence(names, options, word, made, home, capsys, monkeypatch, tmp_path):
    shutil.copytree(made, home / "runs")
    monkeypatch.chdir(tmp_path)
    code, out, err = told(capsys, "compare", *names, *options)
    assert (code, out) == (2, "")
    assert word in err
    assert len(err.strip().splitlines()) == 1
