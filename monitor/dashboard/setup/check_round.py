"""One 10-second check from the button to the run, as the pages show it: what is spoken, and when it goes on by itself.

Without Qt; call `tick` several times a second.
"""

from __future__ import annotations

import math

from calibration.check import Verdict
from calibration.model import Profile
from monitor.dashboard.setup.battery import Battery, judged
from monitor.dashboard.setup.check_facts import Checker, CheckPhase, CheckView
from monitor.dashboard.setup.facts import Sounds

GO_S = 4.0
"""All well: the run begins by itself after so long, so that nobody has to come back to the keyboard."""
COUNTED_S = 3
_CLIPS = {Verdict.SAME: "done", Verdict.MOVED: "sensor_moved", Verdict.WORN_ANEW: "sensor_moved"}


class CheckRound:
    """Begins when it is made; `stop` ends it. `planned_min`: how long the run is likely to be, 0: not known."""

    def __init__(self, checker: Checker, sounds: Sounds, profile: Profile, planned_min: float) -> None:
        self._checker, self._sounds, self._planned_min = checker, sounds, planned_min
        self.view = CheckView(CheckPhase.WAITING, "Looking for your sensors ...")
        self._now_s = 0.0
        self._go_at_s = math.inf
        self._said: set[object] = set()
        checker.start(profile)

    def tick(self, now_s: float) -> None:
        """Look at the checker, and say what is new."""
        self._now_s = now_s
        view = self.view = self._checker.look()
        if view.phase is CheckPhase.LOOKING and not view.lost:
            self._once("stand_tall", lambda: self._sounds.say("stand_tall"))
            second = math.ceil(view.left_s)
            if 1 <= second <= COUNTED_S:
                self._once(second, lambda: self._sounds.tick(second))
        elif view.lost:
            self._said -= set(range(1, COUNTED_S + 1))  # it counts anew when the sensor is back
        if view.verdict is not None:
            self._once("verdict", self._reach)

    def _once(self, what: object, do: object) -> None:
        if what not in self._said and callable(do):
            self._said.add(what)
            do()

    def _reach(self) -> None:
        verdict = self.view.verdict
        if verdict is None:
            return
        by_itself = verdict is Verdict.SAME and self.battery_enough
        if verdict is not Verdict.SAME or by_itself:
            self._sounds.say(_CLIPS[verdict])
        else:
            self._sounds.say("battery_low")
        if by_itself:
            self._go_at_s = self._now_s + GO_S

    def batteries(self) -> dict[str, Battery]:
        """Each sensor's battery against the run, by its place in the run."""
        return {p.key: judged(p.battery_pct, self._planned_min, p.drain_pct_h) for p in self.view.places}

    @property
    def battery_enough(self) -> bool:
        """No sensor is known to run out."""
        return all(battery.enough is not False for battery in self.batteries().values())

    @property
    def goes_in_s(self) -> float:
        """Seconds until the run begins by itself; infinite where it does not."""
        return max(0.0, self._go_at_s - self._now_s)

    def stop(self) -> None:
        """Let go of the radio."""
        self._checker.stop()
