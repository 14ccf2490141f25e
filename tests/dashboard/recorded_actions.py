"""What a window asks of the run, written down."""

from __future__ import annotations

from monitor.errors import HeadsUpError
from monitor.values import Mode


class Recorded:
    """Actions that remember what was asked."""

    def __init__(self) -> None:
        self.asked: list[object] = []
        self.refuse = False
        self.treadmill = True

    def _take(self, what: object) -> None:
        if self.refuse:
            raise HeadsUpError("The recording is closed already")
        self.asked.append(what)

    def mark(self, label: str) -> None:
        self._take(label)

    def set_mode(self, mode: Mode) -> None:
        self._take(mode)

    def rezero(self) -> None:
        self._take("rezero")

    def mute(self, muted: bool) -> None:
        self._take(muted)

    def snooze(self) -> str:
        self._take("snooze")
        return "Cues rest for 5 minutes"

    def faster(self, steps: int) -> str:
        self._take(("faster", steps))
        return "Treadmill: 10.5 km/h" if self.treadmill else ""

    def steeper(self, steps: int) -> str:
        self._take(("steeper", steps))
        return "Treadmill: 10.0 km/h, incline 0.5 %" if self.treadmill else ""

    def stop(self) -> None:
        self.asked.append("stop")
