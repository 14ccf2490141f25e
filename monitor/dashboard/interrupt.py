"""Ctrl-C closes a window: Qt's loop would otherwise never let Python see the signal."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

LOOK_MS = 100


@contextmanager
def closed_by_ctrl_c(window: QWidget) -> Iterator[threading.Event]:
    """While Qt's loop runs inside, Ctrl-C closes the window and sets the event; at the end the window is gone."""
    interrupted = threading.Event()
    watch = QTimer(window)  # lets Python run its signal handlers while Qt's loop waits
    watch.timeout.connect(lambda: window.close() if interrupted.is_set() else None)
    watch.start(LOOK_MS)
    before = signal.signal(signal.SIGINT, lambda _number, _frame: interrupted.set())
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, before)
        watch.stop()
        window.close()
        window.deleteLater()
