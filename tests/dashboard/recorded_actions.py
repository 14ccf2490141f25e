"""What a window asks of the run, written down."""

from __future__ import annotations

from monitor.dashboard.drill_view import DrillState, DrillView, choice_name
from monitor.drills.words import STAND
from monitor.errors import HeadsUpError
from monitor.values import Mode


class Recorded:
    """Actions that remember what was asked."""

    def __init__(self) -> None:
        self.asked: list[object] = []
        self.refuse = False
        self.treadmill = True
        self.drill_shown: DrillView | None = None

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

    def form_check(self) -> str:
        self._take("form check")
        return "Form check: one moment"

    def start_drill(self, choice: str) -> None:
        self._take(("drill", choice))
        self.drill_shown = DrillView(choice_name(choice), DrillState.STAND, STAND)

    def skip_drill(self) -> None:
        self._take("skip")

    def stop_drill(self) -> None:
        self._take("stop drill")
        self.drill_shown = DrillView("Head hang", DrillState.STOPPED, "Stopped.", over=True)

    def put_drill_away(self) -> None:
        self._take("put away")
        self.drill_shown = None

    def drill(self) -> DrillView | None:
        return self.drill_shown

    def faster(self, steps: int) -> str:
        self._take(("faster", steps))
        return "Treadmill: 10.5 km/h" if self.treadmill else ""

    def steeper(self, steps: int) -> str:
        self._take(("steeper", steps))
        return "Treadmill: 10.0 km/h, incline 0.5 %" if self.treadmill else ""

    def stop(self) -> None:
        self.asked.append("stop")
