"""The set-up's window on fakes, and what a hand does to it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from setup_fakes import Parts, found_and_placed

from monitor.dashboard.setup.facts import Extent
from monitor.dashboard.setup.wizard import SetupWizard


def open_wizard(shown, qtbot, parts: Parts, **options) -> SetupWizard:
    """A wizard that only moves when the test says so; `shown` keeps it alive."""
    window = SetupWizard(parts.parts, **({"theme": "dark", "still": True} | options))
    window._timer.stop()
    shown(window)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.refresh()
    return window


def enter(qtbot, window):
    """Enter, wherever the focus is."""
    qtbot.keyClick(window.focusWidget() or window, Qt.Key.Key_Return)
    window.refresh()


def escape(qtbot, window):
    qtbot.keyClick(window.focusWidget() or window, Qt.Key.Key_Escape)
    window.refresh()


def alt(qtbot, window, key):
    """A button's own letter; Qt shows it pressed for a moment before it acts."""
    qtbot.keyClick(window.focusWidget() or window, key, Qt.KeyboardModifier.AltModifier)


def at_calibration(window, parts, view=None, extent=Extent.QUICK):
    found_and_placed(window.model, parts)
    window.model.next()
    window.model.guiding.choose(extent)
    window.refresh()
    if view is not None:
        window.model.begin()
        parts.calibrator.view = view
        window.refresh()
