"""`make screenshots`: every view of the window as pictures, to be looked at. Everything shown is SIMULATED or made up.

`python -m tests.screenshots FOLDER` writes FOLDER/<view>-<width>x<height>-<theme>.png.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
sys.path.insert(0, str(Path(__file__).parent / "dashboard"))

from constructed_drills import constructed_drills
from constructed_runs import busy_run, long_run
from faked_sound import FakeSound
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from recorded_actions import Recorded
from setup_fakes import CAP, PROFILE, STRAP, Parts, leading
from setup_stories import stories

from monitor.dashboard import theme as themes
from monitor.dashboard.settings_page import SettingsPage
from monitor.dashboard.setup.facts import GuideView, Phase
from monitor.dashboard.setup.wizard import SetupWizard
from monitor.dashboard.window import LiveWindow
from monitor.values import Site

SIZES = ((1024, 600), (1280, 800), (1920, 1080))
STORIES = ("eyes up", "good", "shoulders", "lost", "notice", "treadmill")


def views(theme: str, folder: Path) -> Iterator[tuple[str, QWidget]]:
    """Name and widget of each view."""
    for story in STORIES:
        for page, glance in (("runner", True), ("figures", False)):
            live, _ = busy_run(story)
            name = f"live-{page}-{story.replace(' ', '-')}"
            yield name, LiveWindow(live, Recorded(), theme=theme, glance=glance, recording=True)
    live, _ = long_run()
    long = LiveWindow(live, Recorded(), theme=theme, recording=True)
    long.figures.set_span_s(600.0)
    yield "live-figures-ten-minutes", long
    yield from _aside(theme)
    yield "settings", SettingsPage(folder / "no-settings.toml", FakeSound(), theme=themes.named(theme))
    yield from _set_up(theme)


def _aside(theme: str) -> Iterator[tuple[str, QWidget]]:
    """The pages of buttons and of the drills."""
    for name, key in (("more", Qt.Key.Key_O), ("drills", Qt.Key.Key_D), ("keys", Qt.Key.Key_Question)):
        live, _ = busy_run("treadmill")
        window = LiveWindow(live, Recorded(), theme=theme, glance=True, recording=True, reduced_motion=True)
        QTest.keyClick(window, key)
        yield f"live-{name}", window
    for name, view in constructed_drills():
        live, _ = busy_run("good")
        actions = Recorded()
        actions.drill_shown = view
        yield (
            f"drill-{name}",
            LiveWindow(live, actions, theme=theme, glance=True, recording=True, reduced_motion=True),
        )


def _set_up(theme: str) -> Iterator[tuple[str, QWidget]]:
    """The pages of the set-up, in order."""
    parts = Parts(CAP, STRAP)
    wizard = SetupWizard(parts.parts, theme=theme, still=True)
    steps: tuple[tuple[str, Callable[[], object]], ...] = (
        ("welcome", lambda: None),
        ("find", wizard.next),
        ("shaken", lambda: parts.scanner.shake(CAP.address)),
        ("clip", lambda: _place(wizard)),
        ("calibrate", wizard.next),
        ("pose", lambda: _lead(wizard, parts)),
        ("result", lambda: setattr(parts.calibrator, "view", GuideView(Phase.DONE, profile=PROFILE))),
        ("ground", wizard.next),
        ("sound", wizard.next),
        ("ready", wizard.next),
    )
    for name, step in steps:
        step()
        wizard.refresh()
        yield f"set-up-{name}", wizard
    for name in ("returning", "ten seconds", "hint", "as calibrated", "low battery", "moved", "swapped", "unreadable"):
        story = stories()[name]
        fakes = story.parts()
        window = SetupWizard(fakes.parts, theme=theme, still=True)
        story.act(window, fakes)
        window.refresh()
        yield f"set-up-{name.replace(' ', '-')}", window


def _place(wizard: SetupWizard) -> None:
    """Both sensors get their places."""
    wizard.model.finding.place(CAP.address, Site.HEAD)
    wizard.model.finding.place(STRAP.address, Site.COLLAR)
    wizard.model.next()


def _lead(wizard: SetupWizard, parts: Parts) -> None:
    """In the middle of a pose."""
    wizard.model.begin()
    parts.calibrator.view = leading()


def main(arguments: list[str]) -> int:
    """Draw everything; returns the exit code."""
    if len(arguments) != 1:
        print("usage: python -m tests.screenshots FOLDER", file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication(["headsup"])
    app.setStyle("Fusion")
    written = 0
    for theme in ("dark", "light"):
        for name, widget in views(theme, folder):
            widget.setMinimumSize(1, 1)
            for width, height in SIZES:
                widget.resize(width, height)
                widget.grab()  # lays it out
                if isinstance(widget, LiveWindow):
                    widget.refresh()
                widget.grab().save(str(folder / f"{name}-{width}x{height}-{theme}.png"), "PNG")
                written += 1
    print(f"{written} pictures in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
