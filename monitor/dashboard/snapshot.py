"""A picture of the live window without a screen, for `headsup demo --headless` and for looking at it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import OutputUnavailableError
from monitor.values import Mode

if TYPE_CHECKING:
    from monitor.dashboard.drill_view import DrillView
    from monitor.dashboard.viewmodel import LiveModel

MAX_SIDE = 8192


class NoActions:
    """A picture cannot be clicked."""

    def mark(self, label: str) -> None: ...

    def set_mode(self, mode: Mode) -> None: ...

    def rezero(self) -> None: ...

    def mute(self, muted: bool) -> None: ...

    def snooze(self) -> str:
        return ""

    def form_check(self) -> str:
        return ""

    def start_drill(self, choice: str) -> None: ...

    def skip_drill(self) -> None: ...

    def stop_drill(self) -> None: ...

    def put_drill_away(self) -> None: ...

    def drill(self) -> DrillView | None:
        return None

    def faster(self, steps: int) -> str:  # noqa: ARG002
        return ""

    def steeper(self, steps: int) -> str:  # noqa: ARG002
        return ""

    def stop(self) -> None: ...


def render_live(
    model: LiveModel, size: tuple[int, int], path: Path, *, theme: str = "dark", glance: bool = True
) -> None:
    """Write the live window as a PNG of `size` (width, height in pixels): the drawn runner, or the figures.

    Call from the main thread.

    Raises OutputUnavailableError where Qt cannot be loaded or the file cannot be written.
    """
    width, height = size
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise OutputUnavailableError("picture", f"{width} x {height} pixels cannot be drawn", "Choose a smaller size.")
    try:
        from PySide6.QtWidgets import QApplication

        from monitor.dashboard.window import LiveWindow
    except ImportError as error:
        raise OutputUnavailableError(
            "picture", f"Qt cannot be loaded ({error})", "'headsup doctor' says what to install."
        ) from error
    app = QApplication.instance()
    if app is None:
        before = os.environ.get("QT_QPA_PLATFORM")
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        try:
            app = QApplication(["headsup"])
            app.setStyle("Fusion")
        finally:
            if before is None:
                del os.environ["QT_QPA_PLATFORM"]
            else:
                os.environ["QT_QPA_PLATFORM"] = before
    window = LiveWindow(model, NoActions(), theme=theme, glance=glance)
    try:
        window.setMinimumSize(1, 1)
        window.resize(width, height)
        window.ensurePolished()
        # grab() lays the window out and paints it without showing it.
        window.grab()
        window.refresh()
        if not window.grab().save(str(path), "PNG"):
            raise OutputUnavailableError(
                "picture", f"{path} cannot be written", "Check the folder and its permissions."
            )
    finally:
        window.close()
        window.deleteLater()
        # Without an event loop nobody else carries out the deletion.
        from PySide6.QtCore import QCoreApplication, QEvent

        QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)
