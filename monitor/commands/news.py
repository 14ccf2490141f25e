"""Short remarks for the screen, one after the other: a device that was found, a battery that is low."""

from __future__ import annotations

import threading
from collections import deque

SHOWN_S = 8.0
MOST_WAITING = 12
"""More would tell of what is long over: the oldest are left out."""


class News:
    """Each remark is shown for `SHOWN_S`, in the order in which they came. From any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[str] = deque(maxlen=MOST_WAITING)
        self._shown = ""
        self._until_s = 0.0

    def add(self, text: str) -> None:
        """Something to say; not twice where it still waits."""
        with self._lock:
            if text not in self._waiting:
                self._waiting.append(text)

    def current(self, now_s: float) -> str:
        """What to show at `now_s`, on any clock in seconds that runs on; '' where there is nothing."""
        with self._lock:
            if not self._shown or now_s >= self._until_s:
                self._shown = self._waiting.popleft() if self._waiting else ""
                self._until_s = now_s + SHOWN_S
            return self._shown
