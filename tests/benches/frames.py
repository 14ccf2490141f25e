"""Counts the frames of a live window from within Qt's loop, without touching the window's code."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from monitor.dashboard.window import FRAME_MS, LiveWindow


@dataclass(slots=True)
class FrameTimes:
    """Monotonic seconds of each tick of the window's timer, and of each frame that went to the screen."""

    ticks_s: list[float] = field(default_factory=list)
    shown_s: list[float] = field(default_factory=list)
    turned_s: float = float("nan")
    """When the page was turned from the runner to the charts."""


class FrameWatch(QObject):
    """Follows the live window once it is there: its timer's ticks, and the updates of its backing store."""

    def __init__(self, times: FrameTimes) -> None:
        super().__init__()
        self._times = times
        self._window: LiveWindow | None = None

    def begin(self, then: Callable[[], None] = lambda: None) -> None:
        """Look for the window as soon as Qt's loop runs."""

        def look() -> None:
            found = [w for w in QApplication.topLevelWidgets() if isinstance(w, LiveWindow)]
            if not found:
                QTimer.singleShot(20, look)
                return
            self._window = found[0]
            self._window.installEventFilter(self)
            for timer in self._window.findChildren(QTimer):
                if timer.interval() == FRAME_MS:
                    timer.installEventFilter(self)
            then()

        QTimer.singleShot(0, look)

    def turn_page_after(self, seconds: float) -> None:
        """Press G then."""

        def press() -> None:
            if self._window is not None:
                self._times.turned_s = time.monotonic()
                none = Qt.KeyboardModifier.NoModifier
                QCoreApplication.postEvent(self._window, QKeyEvent(QEvent.Type.KeyPress, int(Qt.Key.Key_G), none, "g"))

        QTimer.singleShot(round(1000 * seconds), press)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.Timer:
            self._times.ticks_s.append(time.monotonic())
        elif kind == QEvent.Type.UpdateRequest:
            self._times.shown_s.append(time.monotonic())
        return False
