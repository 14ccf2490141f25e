"""Short remarks for the screen, one after the other: a device that was found, a battery that is low."""

from __future__ import annotations

import threading

SHOWN_S = 8.0
MOST_WAITING = 12
"""Things; no run has more."""


class News:
    """Each remark is shown for `SHOWN_S`, in the order in which they came. From any thread.

    A newer remark about the same thing takes an older one's place: what is over is not told.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, str] = {}
        self._about = self._shown = ""
        self._until_s = 0.0

    def add(self, about: str, text: str) -> None:
        """Something to say about a thing, named by any key."""
        with self._lock:
            if about == self._about and self._shown:
                self._shown = text
            elif about in self._waiting or len(self._waiting) < MOST_WAITING:
                self._waiting[about] = text

    def current(self, now_s: float) -> str:
        """What to show at `now_s`, on any clock in seconds that runs on; '' where there is nothing."""
        with self._lock:
            if not self._shown or now_s >= self._until_s:
                self._about = next(iter(self._waiting), "")
                self._shown = self._waiting.pop(self._about, "")
                self._until_s = now_s + SHOWN_S
            return self._shown
