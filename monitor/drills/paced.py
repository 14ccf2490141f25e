"""Timers: head ramping, paced, with the one thing a tilt sensor can check of it; and shaking the wrists.

Sliding the chin back by 3 cm does not tilt the head: at one cycle in 3 s it accelerates a sensor by 7 thousandths of
gravity, less than swaying does. So no slide is ever claimed. What shows is a nod, which the coaches warn of: the pitch
leaves its level by more than 5 degrees.
"""

from __future__ import annotations

import math

from monitor.drills.catalogue import Drill
from monitor.drills.look import Look
from monitor.drills.progress import DrillProgress, Phase
from monitor.drills.tilt import Tilt
from monitor.drills.words import Hint, why_unseen
from monitor.values import NS_PER_S

CYCLE_S = 3.0
LEVEL_DEG = 5.0
START_DEG = 15.0
"""The head must be about this level for the level of this drill to be taken."""
START_DEG_S = 10.0
BASELINE_S = 1.0
HINT_S = 3.0


class RampingDrill:
    """A timer that runs while the sensor is trusted, and the part of it in which the head stayed level."""

    def __init__(self, drill: Drill) -> None:
        self._drill = drill
        self._wanted_ns = round(drill.wanted_s * NS_PER_S)
        self._held_ns = 0
        self._level_ns = 0
        self._base_ns = 0
        self._base_sum = 0.0
        self._nodded_ns: int | None = None
        self._phase = Phase.READY
        self._off_deg = math.nan
        self._hint: Hint | None = Hint.LEVEL_FIRST

    def step(self, look: Look, tilt: Tilt) -> None:
        """Take in one look."""
        if self._phase is Phase.DONE:
            return
        if not look.trusted or not math.isfinite(tilt.pitch_deg):
            self._phase, self._off_deg, self._hint = Phase.UNSEEN, math.nan, why_unseen(look.reason)
            return
        if self._base_ns < BASELINE_S * NS_PER_S:
            self._find_level(look, tilt)
            return
        self._off_deg = tilt.pitch_deg - self._base_sum / self._base_ns
        self._held_ns += look.dt_ns
        if abs(self._off_deg) <= LEVEL_DEG:
            self._level_ns += look.dt_ns
            self._nodded_ns = None if self._nodded_ns is None else self._nodded_ns + look.dt_ns
        else:
            self._nodded_ns = 0
        nodded = self._nodded_ns is not None and self._nodded_ns <= HINT_S * NS_PER_S
        self._hint = Hint.NO_NODDING if nodded else None
        self._phase = Phase.COUNTING if self._held_ns < self._wanted_ns else Phase.DONE

    def _find_level(self, look: Look, tilt: Tilt) -> None:
        """The level of this drill is where the head rests for a second before it."""
        self._phase, self._hint = Phase.READY, Hint.LEVEL_FIRST
        if abs(tilt.pitch_deg) <= START_DEG and look.speed_deg_s < START_DEG_S:
            self._base_ns += look.dt_ns
            self._base_sum += tilt.pitch_deg * look.dt_ns
        else:
            self._base_ns, self._base_sum = 0, 0.0

    @property
    def progress(self) -> DrillProgress:
        """How far it is; `angle_deg` is how far the head is off its level."""
        return DrillProgress(
            self._drill.kind,
            self._phase,
            self._held_ns / NS_PER_S,
            self._drill.wanted_s,
            reps=int(self._held_ns // round(CYCLE_S * NS_PER_S)),
            angle_deg=self._off_deg,
            level_percent=100.0 * self._level_ns / self._held_ns if self._held_ns else math.nan,
            hint=self._hint,
        )


class TimerDrill:
    """A timer that looks at nothing, so it runs with and without a sensor."""

    def __init__(self, drill: Drill) -> None:
        self._drill = drill
        self._held_ns = 0

    def step(self, look: Look, tilt: Tilt) -> None:  # noqa: ARG002
        """Let time pass."""
        if not self.progress.done:
            self._held_ns += look.dt_ns

    @property
    def progress(self) -> DrillProgress:
        """How far it is."""
        held_s, wanted_s = self._held_ns / NS_PER_S, self._drill.wanted_s
        phase = Phase.DONE if held_s >= wanted_s else Phase.COUNTING if held_s else Phase.READY
        return DrillProgress(self._drill.kind, phase, held_s, wanted_s)
