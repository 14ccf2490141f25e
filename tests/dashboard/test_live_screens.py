"""Pictures of the window, and screens that are missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from constructed_runs import busy_run
from PySide6.QtGui import QImage

from monitor.dashboard import theme as themes
from monitor.dashboard.snapshot import render_live
from monitor.errors import OutputUnavailableError

SIZES = [(1024, 600), (1280, 800), (1920, 1080)]
STORIES = ["eyes up", "good", "shoulders", "lost", "notice"]


# ---------------------------------------------------------------- pictures and screens


def test_render_live_writes_the_size_asked_for(qtbot, tmp_path):
    live, _ = busy_run()
    render_live(live, (1024, 600), tmp_path / "a.png")
    image = QImage(str(tmp_path / "a.png"))
    assert (image.width(), image.height()) == (1024, 600)
    colours = {image.pixelColor(x, 150).name() for x in range(20, 620, 3)}
    assert themes.DARK.alert.lower() in colours


def test_render_live_refuses_in_sentences(qtbot, tmp_path):
    live, _ = busy_run()
    with pytest.raises(OutputUnavailableError, match="cannot be written"):
        render_live(live, (640, 400), tmp_path / "no" / "such" / "folder.png")
    for size in ((0, 100), (100_000, 100)):
        with pytest.raises(OutputUnavailableError, match="cannot be drawn"):
            render_live(live, size, tmp_path / "b.png")


def _script(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    code = f"HERE = {str(Path(__file__).parent)!r}\n{code}"
    env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    return subprocess.run(
        [sys.executable, "-c", code], env=env | environment, capture_output=True, text=True, timeout=60
    )


_RUN = """
from monitor.dashboard.app import run_live
from monitor.errors import OutputUnavailableError
try:
    run_live(None, None)
except OutputUnavailableError as error:
    print(error)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Qt aborts without a display on Linux only")
def test_no_display_is_a_sentence_before_qt_is_started():
    done = _script(_RUN)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("no display: neither DISPLAY nor WAYLAND_DISPLAY is set.")
    dead = _script(_RUN, DISPLAY=":4711")
    assert dead.returncode == 0
    assert "the X server ':4711' does not answer" in dead.stdout


def test_missing_qt_is_a_sentence(tmp_path):
    code = f"""
import sys
sys.modules["PySide6.QtWidgets"] = None
from monitor.dashboard.snapshot import render_live
from monitor.errors import OutputUnavailableError
try:
    render_live(None, (640, 400), {str(tmp_path / "c.png")!r})
except OutputUnavailableError as error:
    print(error)
"""
    done = _script(code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("no picture: Qt cannot be loaded")


def test_view_model_and_terminal_do_not_import_qt():
    code = "import sys, monitor.dashboard.terminal, monitor.dashboard.app, monitor.dashboard.snapshot\n"
    code += "print([m for m in sys.modules if m.startswith(('PySide6', 'pyqtgraph'))])"
    assert _script(code).stdout.strip() == "[]"


def test_run_live_ends_when_told_and_stops_the_run_once():
    code = """
import sys, threading
sys.path.insert(0, HERE)
from constructed_runs import busy_run
from monitor.dashboard.app import run_live
class Actions:
    stopped = 0
    def stop(self): self.stopped += 1
    def drill(self): return None
live, _ = busy_run()
actions, stop = Actions(), threading.Event()
threading.Timer(0.5, stop.set).start()
print(run_live(live, actions, recording=True, stop_event=stop), actions.stopped)
"""
    done = _script(code, QT_QPA_PLATFORM="offscreen")
    assert (done.returncode, done.stdout.strip()) == (0, "0 1"), done.stderr


def test_ctrl_c_closes_the_run_and_says_130():
    code = """
import os, signal, sys
sys.path.insert(0, HERE)
from constructed_runs import busy_run
from monitor.dashboard.app import run_live
class Actions:
    stopped = 0
    def stop(self): self.stopped += 1
    def drill(self): return None
live, _ = busy_run()
actions = Actions()
class Interrupted:
    # Its fifth look comes with a Ctrl-C: by then the window's own loop is running.
    looks = 0
    chart = live.chart
    def snapshot(self):
        self.looks += 1
        if self.looks == 5:
            os.kill(os.getpid(), signal.SIGINT)
        return live.snapshot()
print(run_live(Interrupted(), actions, recording=True), actions.stopped)
"""
    done = _script(code, QT_QPA_PLATFORM="offscreen")
    assert (done.returncode, done.stdout.strip()) == (0, "130 1"), done.stderr
