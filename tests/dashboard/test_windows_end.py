"""Every window through its own command, off screen: it opens, and Ctrl-C closes it with exit code 130."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tests.benches.material import RATE_HZ, record

# Runs the command and says on stdout when a window is shown, so that Ctrl-C comes neither before nor on a guess.
CODE = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
app = QApplication(["headsup"])
def look():
    shown = [each for each in app.topLevelWidgets() if each.isVisible()]
    if shown:
        print("shown", type(shown[0]).__name__, flush=True)
    else:
        QTimer.singleShot(50, look)
QTimer.singleShot(50, look)
sys.stdout.isatty = lambda: True
from monitor.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def recording(tmp_path_factory) -> Path:
    """Half a minute of a head that keeps still, SIMULATED."""
    path = tmp_path_factory.mktemp("runs") / "run.headsup"
    still = np.tile([0.0, 0.0, 9.81], (round(30 * RATE_HZ), 1))
    record(path, "head", still, np.zeros_like(still), stamped=True, lost=0.0)
    return path


@pytest.mark.parametrize(
    ("command", "window"),
    [
        (("library",), "LibraryWindow"),
        (("review",), "ReviewDesk"),
        (("settings", "edit"), "SettingsPage"),
        (("start", "--simulate"), "SetupWizard"),
    ],
)
def test_ctrl_c_closes_it(command, window, recording, tmp_path):
    args = [*command]
    if command[0] == "library":
        args.append(str(recording.parent))
    if command[0] == "review":
        args.append(str(recording))
    env = dict(os.environ, DISPLAY=":off", QT_QPA_PLATFORM="offscreen", HEADSUP_HOME=str(tmp_path / "home"))
    process = subprocess.Popen(
        [sys.executable, "-c", CODE, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env
    )
    assert process.stdout is not None
    shown = process.stdout.readline().split()
    time.sleep(0.2)  # the loop turns
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (shown, process.returncode) == (["shown", window], 130), err
    assert "Traceback" not in err
