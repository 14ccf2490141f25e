"""Ctrl-C closes a window: without this, Qt's loop would never let Python see the signal."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

LOOK_MS = 100


@contextmanager
def ended_by_ctrl_c(
    window: QWidget, end: Callable[[], object], also: threading.Event | None = None
) -> Iterator[threading.Event]:
    """While a loop of Qt runs inside, Ctrl-C (or `also`) calls `end`; the event yielded tells whether it was Ctrl-C.

    Behind it `end` was called in any case, and the window will be gone. Main thread only.
    """
    interrupted = threading.Event()

    def look() -> None:
        if interrupted.is_set() or (also is not None and also.is_set()):
            end()

    watch = QTimer(window)  # its ticks alone let Python run its signal handlers while Qt's loop waits
    watch.timeout.connect(look)
    watch.start(LOOK_MS)
    before = signal.signal(signal.SIGINT, lambda _number, _frame: interrupted.set())
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, before)
        watch.stop()
        end()
        window.deleteLater()
