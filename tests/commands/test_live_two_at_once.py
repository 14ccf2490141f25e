"""Two live runs at the same time on one computer, as two processes: neither harms what the other keeps."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from live_home import calibrated_home

from monitor.commands import live, places
from monitor.errors import RecordingError
from monitor.recording.reader import open_recording
from monitor.review.analyse import analyse
from monitor.settings import Settings


@pytest.mark.slow
def test_two_runs_at_once_keep_two_whole_recordings_and_the_settings(tmp_path, monkeypatch):
    home = calibrated_home(tmp_path)
    kept = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    monkeypatch.setenv("HEADSUP_HOME", str(home))
    # With sounds: both look for the sound card, and open it where there is one.
    command = [sys.executable, "-m", "monitor.cli", "live", "--simulate", "--no-gui", "--seconds", "7"]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=90) for process in processes]
    for process, (_, err) in zip(processes, said, strict=True):
        assert process.returncode == 0, err
        assert not re.search(r'File ".*[/\\]monitor[/\\]', err), err
    recordings = sorted((home / "runs").glob("*.headsup"))
    assert len(recordings) == 2
    told = sorted(
        line.removeprefix("Recorded in ") for out, _ in said for line in out.splitlines() if "Recorded" in line
    )
    assert told == [str(path) for path in recordings]
    runs = set()
    for path in recordings:
        with open_recording(path) as recording:
            assert recording.closed
            assert recording.verify() == ()
            assert recording.duration_s > 3
            assert {s.key for s in recording.sensors} == {"head", "collar"}
            runs.add(recording.run.run_id)
            assert list(analyse(recording).events) == [e.event for e in recording.live_events()]
    assert runs == {path.stem for path in recordings}
    assert {path: path.read_bytes() for path in kept} == kept
    assert list(home.rglob("*.part")) == []


def test_a_name_that_another_run_took_in_the_same_moment_is_left_to_it(tmp_path, monkeypatch):
    taken = tmp_path / "run.headsup"
    taken.write_bytes(b"another run's")
    offered = iter([taken, tmp_path / "run-2.headsup"])
    monkeypatch.setattr(places, "fresh", lambda *_: next(offered))
    writer = live._writer(None, Settings(), None, simulate=True)
    assert writer.path == tmp_path / "run-2.headsup"
    writer.close()
    assert taken.read_bytes() == b"another run's"
    with open_recording(writer.path) as recording:
        assert recording.run.run_id == "run-2"


def test_a_name_that_was_asked_for_is_never_changed(tmp_path):
    taken = tmp_path / "mine.headsup"
    taken.write_bytes(b"mine")
    with pytest.raises(RecordingError, match="exists already"):
        live._writer(taken, Settings(), None, simulate=True)
    assert list(tmp_path.iterdir()) == [taken]


def test_a_folder_that_takes_no_recording_is_one_error_and_not_an_endless_search(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "fresh", lambda *_: tmp_path / "missing" / "run.headsup")
    with pytest.raises(RecordingError):
        live._writer(None, Settings(), None, simulate=True)
