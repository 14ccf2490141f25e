"""The screen, and whether Qt can open a window on it. Heads Up draws without OpenGL, so no graphics driver matters."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from monitor.doctor.child import Answer, ask
from monitor.doctor.finding import Finding, State

_PROBE = """
import json
try:
    from PySide6.QtWidgets import QApplication
except ImportError as error:
    print(json.dumps({"import_error": str(error)}))
else:
    print(json.dumps({"platform": QApplication(["doctor"]).platformName()}))
"""

_QT_LIBRARIES = (
    "On Debian or Ubuntu: sudo apt-get install libglib2.0-0 libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 "
    "libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxkbcommon-x11-0 libx11-xcb1"
)
_NOWHERE = ("offscreen", "minimal")
_WITHOUT_DESKTOP = ("eglfs", "linuxfb", "vnc")
"""Qt platforms that draw without X11 or Wayland, e.g. on a Raspberry Pi at the treadmill."""
_WITHOUT_SCREEN = "Use a computer with a screen, or go without the window: headsup live --no-gui"


def has_display(environment: Mapping[str, str], platform: str) -> bool:
    """Whether there is a screen to draw on; macOS and Windows always count as having one."""
    if not platform.startswith("linux"):
        return True
    chosen = _chosen(environment)
    if chosen in _NOWHERE or chosen in _WITHOUT_DESKTOP:
        return chosen in _WITHOUT_DESKTOP
    return any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def _chosen(environment: Mapping[str, str]) -> str:
    """The Qt platform that the user insists on, '' where Qt may choose."""
    return environment.get("QT_QPA_PLATFORM", "").partition(":")[0]


def check_display(environment: Mapping[str, str], platform: str) -> Finding:
    """Whether this session has a screen."""
    topic = "Screen"
    if has_display(environment, platform):
        return _reached(environment, platform)
    if _chosen(environment) in _NOWHERE:
        sentence = f"QT_QPA_PLATFORM={_chosen(environment)} keeps every window invisible."
        return Finding(topic, State.WARNING, sentence, "unset QT_QPA_PLATFORM")
    return Finding(topic, State.WARNING, "This session has no screen, so no window can open.", _WITHOUT_SCREEN)


def _reached(environment: Mapping[str, str], platform: str) -> Finding:
    """There is a screen; is it this computer's own?"""
    topic = "Screen"
    x11 = environment.get("DISPLAY", "") if platform.startswith("linux") else ""
    if x11.partition(":")[0] and not environment.get("WAYLAND_DISPLAY"):
        return Finding(
            topic,
            State.WARNING,
            "Windows of this session are drawn over the network, which is slow for moving charts.",
            "Use the computer's own screen, or lines in the terminal: headsup live --no-gui",
        )
    if environment.get("SESSIONNAME", "").lower().startswith("rdp-"):
        return Finding(
            topic,
            State.WARNING,
            "In a remote desktop the cues may come late or play at the far computer.",
            "Run Heads Up on the computer at the treadmill.",
        )
    return Finding(topic, State.OK, "This session has a screen.")


def check_qt(answer: Answer, display: bool) -> Finding:
    """Whether Qt starts, from what a child process that tried it said."""
    topic = "Window"
    if "platform" in answer.values:
        if display:
            return Finding(topic, State.OK, "Qt can open a window.")
        return Finding(topic, State.OK, "Qt starts; only the screen is missing.")
    if answer.late:
        return Finding(
            topic, State.WARNING, "Qt did not start in time.", "Try again; the first start after an update is slow."
        )
    problem = str(answer.values.get("import_error", ""))
    if "No module named" in problem:
        return Finding(topic, State.MISSING, "PySide6 is not installed.", "Install the packages named above.")
    if problem:
        library = problem.partition(":")[0]
        return Finding(topic, State.MISSING, f"Qt cannot load {library}.", _QT_LIBRARIES)
    if "could not connect to display" in answer.chatter:
        return Finding(topic, State.MISSING, "The screen that DISPLAY names does not answer.", _WITHOUT_SCREEN)
    return Finding(topic, State.MISSING, "Qt cannot open a window: a library of the screen is missing.", _QT_LIBRARIES)


def findings() -> list[Finding]:
    """The screen and Qt on this computer."""
    display = has_display(os.environ, sys.platform)
    answer = ask(_PROBE, environment=None if display else {"QT_QPA_PLATFORM": "offscreen"})
    return [check_display(os.environ, sys.platform), check_qt(answer, display)]
