"""The live window in a real X server: the whole SIMULATED run as a person starts it. `make test-all` runs this."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from monitor.recording.reader import open_recording


@pytest.fixture
def x_server(tmp_path, monkeypatch):
    """The frame buffer of a server on a display that was free; DISPLAY names it."""
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed")
    told, tells = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(tells), "-screen", "0", "1280x800x24", "-fbdir", str(tmp_path)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(tells,),
    )
    os.close(tells)
    with os.fdopen(told) as number:
        monkeypatch.setenv("DISPLAY", f":{int(number.readline())}")
    yield tmp_path / "Xvfb_screen0"
    server.terminate()
    server.wait(10)


def live(tmp_path: Path, *more: str) -> subprocess.Popen[str]:
    env = dict(os.environ, HEADSUP_HOME=str(tmp_path / "home"))
    env.pop("QT_QPA_PLATFORM", None)
    path = tmp_path / "run.headsup"
    args = [sys.executable, "-m", "monitor.cli", "live", "--simulate", "--silent", "--record", str(path), *more]
    return subprocess.Popen(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)


def colours(screen: Path) -> int:
    """How many different 4-byte values the frame buffer holds: one or two for an empty screen."""
    data = screen.read_bytes()[4096:]
    return len({data[i : i + 4] for i in range(0, len(data) - 4, 4 * 97)})


def wait_for_picture(screen: Path, process: subprocess.Popen[str]) -> None:
    """Until the window is drawn: a busy computer takes its time."""
    while colours(screen) <= 20:
        assert process.poll() is None, process.communicate()
        time.sleep(0.2)


@pytest.mark.window
def test_the_window_opens_draws_and_ends_by_itself(x_server, tmp_path):
    empty = colours(x_server)
    assert empty <= 3
    process = live(tmp_path, "--seconds", "15")
    wait_for_picture(x_server, process)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "Traceback" not in err
    assert "run.headsup" in out
    with open_recording(tmp_path / "run.headsup") as recording:
        assert recording.closed


@pytest.mark.window
def test_ctrl_c_closes_the_window_and_keeps_the_run(x_server, tmp_path):
    process = live(tmp_path)
    wait_for_picture(x_server, process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    with open_recording(tmp_path / "run.headsup") as recording:
        assert recording.closed


@pytest.mark.window
def test_the_set_up_opens_and_ctrl_c_ends_it(x_server, tmp_path):
    env = dict(os.environ, HEADSUP_HOME=str(tmp_path / "home"))
    env.pop("QT_QPA_PLATFORM", None)
    args = [sys.executable, "-m", "monitor.cli", "start", "--simulate"]
    process = subprocess.Popen(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
    wait_for_picture(x_server, process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err
