"""`headsup live --simulate` in a terminal, with keys and a treadmill, and Ctrl-C."""

import contextlib
import json
import math
import os
import select
import signal
import subprocess
import sys
import time

import pytest

from monitor.recording.reader import open_recording
from monitor.review.analyse import analyse
from monitor.values import Ground, Quiet


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
    assert out.count("Sounds are switched off") == 1
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


def test_the_treadmill_typed_in_is_in_the_recording(tmp_path):
    path = tmp_path / "run.headsup"
    args = ("live", "--simulate", "--no-gui", "--silent", "--seconds", "6", "--speed", "10", "--incline", "5")
    out, err = run(tmp_path, *args, "--record", str(path)).communicate(timeout=60)
    assert "Traceback" not in err
    assert "Ground: 6.2 mph, incline 5.0 %" in out
    with open_recording(path) as recording:
        [ground] = [entry for entry in recording.controls() if isinstance(entry, Ground)]
        assert ground.speed_m_s == pytest.approx(10 / 3.6)
        assert (ground.grade, ground.source) == (0.05, "treadmill")
        assert ground.t_ns < recording.sensor_ready[0].t_ns  # it holds from the first sample on
        replayed = analyse(recording)
        assert replayed.ground
        speed, slope = replayed.ground.at(replayed.tracks["head"].arrival_ns)
        assert speed == pytest.approx(10 / 3.6)
        assert slope == pytest.approx(math.degrees(math.atan(0.05)))


_ON_A_TERMINAL = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from monitor.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals there")
def test_keys_on_a_terminal_rest_the_cues_and_change_the_treadmill(tmp_path):
    path = tmp_path / "run.headsup"
    args = ("live", "--simulate", "--no-gui", "--silent", "--speed", "10", "--record", str(path))
    ours, its = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", _ON_A_TERMINAL, *args],
        stdin=its,
        stdout=its,
        stderr=subprocess.PIPE,
        env=dict(os.environ, HEADSUP_HOME=str(tmp_path), COLUMNS="110", LINES="40", TERM="xterm"),
        start_new_session=True,
    )
    os.close(its)
    shown = b""

    def wait_for(words: str) -> None:
        nonlocal shown
        deadline = time.monotonic() + 60
        while words.encode() not in shown and time.monotonic() < deadline:
            if select.select([ours], [], [], 0.1)[0]:
                shown += os.read(ours, 65_536)
        assert words.encode() in shown, shown[-3000:].decode(errors="replace")

    try:
        wait_for("S let cues rest   + - speed   [ ] incline")
        wait_for("live")
        for key, answer in (
            (b"s", "Cues rest for 5 minutes"),
            (b"S", "Cues rest for 15 minutes"),
            (b"+", "Treadmill: 6.3 mph"),
            (b"\x1b[A", ""),  # an arrow key is no bracket
            (b"]", "Treadmill: 6.3 mph, incline 0.5 %"),
        ):
            os.write(ours, key)
            wait_for(answer)
        wait_for(" left")
        os.write(ours, b"\x03")
        with contextlib.suppress(OSError):  # the terminal is gone with its program
            while os.read(ours, 65_536):
                pass
        assert process.wait(60) == 130
    finally:
        if process.poll() is None:
            process.kill()
        _, err = process.communicate()
        os.close(ours)
    assert b"Traceback" not in err
    with open_recording(path) as recording:
        entries = recording.controls()
        assert [e.seconds for e in entries if isinstance(e, Quiet)] == [300.0, 900.0]
        first, faster, steeper = (e for e in entries if isinstance(e, Ground))
        assert math.isnan(first.grade)
        assert first.speed_m_s * 3.6 == pytest.approx(10.0)
        assert [g.speed_m_s * 3600 / 1609.344 for g in (faster, steeper)] == pytest.approx([6.3, 6.3])
        assert steeper.grade == 0.005
