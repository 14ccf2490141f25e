"""How far a drill is: one frozen value for screens, voices and tests."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from monitor.drills.catalogue import DrillKind
from monitor.drills.look import Look
from monitor.drills.tilt import Tilt
from monitor.drills.words import Hint


class Phase(StrEnum):
    """What goes on."""

    READY = "ready"
    """Nothing has counted yet."""
    COUNTING = "counting"
    """It counts, or it did within the last two seconds."""
    PAUSED = "paused"
    """It counted before; the clock stands still."""
    UNSEEN = "unseen"
    """The sensor cannot be trusted now; the clock stands still."""
    DONE = "done"


class Side(StrEnum):
    """Which ear, or which way round (right: right ear first after the chin)."""

    NONE = ""
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class DrillProgress:
    """How far a drill is.

    held_s, wanted_s : time that counted, in sum; a timer's time
    reps, wanted_reps : circles of both directions together; paced cycles of head ramping (wanted 0)
    reps_right, reps_left : circles each way
    side  : the ear, or the way round that is wanted now
    angle_deg : the drill's own angle now, NaN where it is not seen or there is none
    mean_deg  : its mean over the time that counted
    sure_s    : the part of `held_s` that could be nothing else (shoulder seen low, trunk surely folded)
    level_percent : head ramping: part of the time in which the head stayed level
    hint : why nothing counts now; None where it counts
    """

    kind: DrillKind
    phase: Phase
    held_s: float
    wanted_s: float
    reps: int = 0
    wanted_reps: int = 0
    reps_right: int = 0
    reps_left: int = 0
    side: Side = Side.NONE
    angle_deg: float = math.nan
    mean_deg: float = math.nan
    sure_s: float = 0.0
    level_percent: float = math.nan
    hint: Hint | None = None

    @property
    def done(self) -> bool:
        """The drill is complete."""
        return self.phase is Phase.DONE

    @property
    def part(self) -> float:
        """How much of it is done, 0..1."""
        if self.done:
            return 1.0
        if self.wanted_reps:
            each = self.wanted_reps / 2
            return (min(self.reps_right, each) + min(self.reps_left, each)) / self.wanted_reps
        return min(1.0, self.held_s / self.wanted_s)


class DrillMachine(Protocol):
    """One drill as a state machine: `step` looks in order until `progress` is done; more looks change nothing."""

    @property
    def progress(self) -> DrillProgress: ...

    def step(self, look: Look, tilt: Tilt) -> None: ...
