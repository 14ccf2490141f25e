"""A run that goes on may be analysed, exported, repaired and copied by others; it does not notice."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from recorded_runs import RUN, wait_until, whole_log

from monitor.cli import main
from monitor.recording.reader import open_recording
from monitor.recording.writer import RecordingWriter, WriterState
from monitor.sensors.witmotion import encode_frames
from monitor.values import NS_PER_S, PacketBlock, SensorInfo, Site

SECONDS = 40
HEAD = SensorInfo("head", Site.HEAD, "witmotion", "SIMULATED", "", 50.0, simulated=True)


def running(first_s, seconds):
    """SIMULATED running, a notification every 20 ms."""
    t_s = first_s + np.arange(50 * seconds) / 50.0
    swing = np.sin(2 * np.pi * 2.8 * t_s)
    acc = np.column_stack((0.5 * swing, 0.3 * np.cos(np.pi * 2.8 * t_s), 9.81 + 6.0 * swing))
    data = encode_frames(acc, np.column_stack((0.3 * swing, 0.1 * swing, 0.05 * swing)))
    t_ns = (t_s * NS_PER_S).astype(np.int64) + 1
    return PacketBlock("head", t_ns, np.arange(1, len(t_s) + 1) * (len(data) // len(t_s)), data)


@pytest.fixture
def live(tmp_path):
    """A writer with forty seconds on disk that goes on recording."""
    writer = RecordingWriter(tmp_path / "run.headsup", RUN, "{}", commit_interval_s=0.02)
    writer.append_sensor(HEAD, 0)
    block = running(0, SECONDS)
    writer.append(block)
    wait_until(lambda: writer.status().committed_ns == int(block.t_ns[-1]))
    yield writer
    writer.close()


def test_others_look_at_a_run_that_goes_on(live, tmp_path, capsys):
    path = live.path
    for command in (
        ["analyze", str(path), "--json", str(tmp_path / "a.json"), "--track", str(tmp_path / "a.csv")],
        ["export", str(path), "--csv", str(tmp_path / "out.csv")],
        ["review", str(path), "--report", str(tmp_path / "report.html")],
        ["repair", str(path), "-o", str(tmp_path / "saved.headsup")],
    ):
        assert main(command) == 0, capsys.readouterr().err
    assert 38 < json.loads((tmp_path / "a.json").read_text())["duration_s"] <= SECONDS
    assert "SIMULATED" in (tmp_path / "report.html").read_text("utf-8")
    live.append(running(SECONDS, 5))
    status = live.close()
    assert (status.state, status.lost) == (WriterState.CLOSED, 0)
    log, damage = whole_log(path)
    assert (len(log), damage) == (50 * (SECONDS + 5), ())
    assert len(whole_log(tmp_path / "saved.headsup")[0]) == 50 * SECONDS


def test_a_backup_of_a_run_that_goes_on_is_whole(live, tmp_path):
    copy = tmp_path / "copy.headsup"
    uri = f"{live.path.as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)  # as `sqlite3 RUN ".backup COPY"` does
    live.append(running(SECONDS, 5))
    assert live.close().state is WriterState.CLOSED
    log, damage = whole_log(copy)
    assert (len(log), damage) == (50 * SECONDS, ())
    with open_recording(copy) as recording:
        assert not recording.closed


def test_a_copy_of_the_file_alone_opens_with_what_the_last_checkpoint_left(live, tmp_path):
    copy = tmp_path / "copy.headsup"
    copy.write_bytes(live.path.read_bytes())
    whole = whole_log(live.path)[0]
    log, damage = whole_log(copy)
    assert damage == ()
    assert log == whole[: len(log)]
    assert Path(f"{live.path}-wal").stat().st_size < 2 * 64 * 16384  # what can be missing is bounded by checkpoints
