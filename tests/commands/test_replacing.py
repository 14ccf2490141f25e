"""What a command writes may replace its own earlier file, never a recording, a watch's file or a stranger's."""

import json

import numpy as np
import pytest

from monitor.cli import main
from monitor.commands.analyze import write_text
from monitor.commands.replacing import PICTURE, refuse_other
from monitor.errors import RecordingError

HEADER = "t_s,ax_m_s2,ay_m_s2,az_m_s2,gx_rad_s,gy_rad_s,gz_rad_s"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """Twenty seconds of somebody who stands."""
    folder = tmp_path_factory.mktemp("run")
    rng = np.random.default_rng(0)
    acc = np.array([0.3, -0.2, 9.78]) + rng.normal(0, 0.05, (1000, 3))
    rows = np.column_stack([np.arange(1000) / 50, acc, rng.normal(0, 0.01, (1000, 3))])
    np.savetxt(folder / "t.csv", rows, delimiter=",", header=HEADER, comments="", fmt="%.6f")
    assert main(["import", "--head", str(folder / "t.csv"), "-o", str(folder / "run.headsup")]) == 0
    return folder / "run.headsup"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADSUP_HOME", str(tmp_path / "home"))


@pytest.mark.parametrize(
    "options",
    [("analyze", "--json"), ("analyze", "--track"), ("review", "--report"), ("review", "--png")],
    ids="-".join,
)
def test_the_recording_itself_is_never_the_output(recorded, options, capsys):
    before = recorded.read_bytes()
    command, option = options
    assert main([command, str(recorded), option, str(recorded)]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "please choose another name" in err
    assert recorded.read_bytes() == before


def test_a_track_does_not_replace_the_table_it_came_from(recorded, capsys):
    source = recorded.with_name("t.csv")
    before = source.read_bytes()
    assert main(["analyze", str(recorded), "--track", str(source)]) == 2
    assert "holds something else" in capsys.readouterr().err
    assert source.read_bytes() == before


def test_the_same_command_twice_replaces_its_own_files(recorded, tmp_path):
    numbers, track, page = tmp_path / "n.json", tmp_path / "t.csv", tmp_path / "r.html"
    numbers.touch()
    for _ in range(2):
        assert main(["analyze", str(recorded), "--json", str(numbers), "--track", str(track)]) == 0
        assert main(["review", str(recorded), "--report", str(page), "--no-open"]) == 0
    assert json.loads(numbers.read_text("utf-8"))["run"]
    assert track.read_text("utf-8").startswith("t_s,activity")


def test_devices_and_new_names_are_free(tmp_path):
    refuse_other("/dev/null", PICTURE)
    refuse_other(tmp_path / "new.png", PICTURE)
    refuse_other(tmp_path, PICTURE)
    write_text(tmp_path / "a.html", "<!DOCTYPE html>")
    with pytest.raises(RecordingError, match="something else"):
        write_text(tmp_path / "a.html", "{}")
    with pytest.raises(RecordingError, match="something else"):
        refuse_other(tmp_path / "a.html", PICTURE)
