"""`headsup live --simulate` in a terminal, and Ctrl-C."""

import json
import os
import signal
import subprocess
import sys
import time

from monitor.recording.reader import open_recording


def run(tmp_path, *args: str) -> subprocess.Popen[str]:
    env = dict(os.environ, HEADSUP_HOME=str(tmp_path))
    return subprocess.Popen(
        [sys.executable, "-m", "monitor.cli", *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=env,
    )


def test_live_in_the_terminal_stops_by_itself(tmp_path):
    path = tmp_path / "run.headsup"
    args = ("live", "--simulate", "--no-gui", "--silent", "--seconds", "6", "--record", str(path))
    out, err = run(tmp_path, *args).communicate(timeout=60)
    assert "Traceback" not in err
    assert "SIMULATED" in out
    assert str(path) in out
    with open_recording(path) as recording:
        assert recording.closed
        assert recording.run.simulated
        assert {s.key for s in recording.sensors} == {"head", "collar"}
        assert recording.duration_s > 3


def test_json_stands_alone_on_standard_output(tmp_path):
    path = tmp_path / "run.headsup"
    args = ("live", "--simulate", "--no-gui", "--silent", "--seconds", "4", "--json", "--record", str(path))
    out, err = run(tmp_path, *args).communicate(timeout=60)
    assert json.loads(out) == {"recording": str(path), "events": []}
    assert "SIMULATED" in err


def test_ctrl_c_ends_the_run_and_keeps_the_recording(tmp_path):
    path = tmp_path / "run.headsup"
    process = run(tmp_path, "live", "--simulate", "--no-gui", "--silent", "--record", str(path))
    deadline = time.monotonic() + 30
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(4)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    with open_recording(path) as recording:
        assert recording.closed
