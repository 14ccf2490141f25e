"""Head circles, counted.

Pitch and roll are a point that goes around the upright head. A circle is a full turn of that point: its distance from
upright is 15 degrees or more for at least 80 % of the turn, and it takes 2 to 10 s. Turning the face (yaw) is not
needed and not seen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from monitor.drills.catalogue import Drill
from monitor.drills.hold import PAUSE_S
from monitor.drills.look import Look
from monitor.drills.progress import DrillProgress, Phase, Side
from monitor.drills.tilt import Tilt
from monitor.drills.words import NOT_SEEN, Hint, why_unseen
from monitor.values import NS_PER_S

WIDE_DEG = 15.0
WIDE_PART = 0.8
QUICKEST_S, SLOWEST_S = 2.0, 10.0
CENTRE_DEG = 4.0
"""So near upright there is no way around."""
BACK_RAD = math.radians(30.0)
"""Going back this far is a turn the other way; less is a wobble."""
JUMP_RAD = math.radians(75.0)
"""More than this between two looks is no way around either: the head went straight across."""
BEGUN_RAD = math.radians(5.0)
"""A turn's time starts when it has come so far, so that a rest before it is free."""
MOVING_DEG_S = 5.0
"""Slower is a rest: the slowest circle that counts, 15 degrees wide in 10 s, goes at 9 degrees a second."""
HINT_S = 3.0
"""How long the reason for a refused circle stays."""


@dataclass(slots=True)
class _Turn:
    """A way around since somewhere: signed angle, the part of it that was wide, and the time."""

    angle: float = 0.0
    wide: float = 0.0
    ns: int = 0

    def add(self, angle: float, *, wide: bool, dt_ns: int) -> None:
        self.angle += angle
        self.wide += angle if wide else 0.0
        self.ns = self.ns + dt_ns if abs(self.angle) >= BEGUN_RAD else 0


class CircleDrill:
    """Circles until there are `drill.wanted_reps` each way; either way may come first."""

    def __init__(self, drill: Drill) -> None:
        self._drill = drill
        self._counts = {Side.RIGHT: 0, Side.LEFT: 0}
        self._held_ns = 0
        self._phase = Phase.READY
        self._radius_deg = math.nan
        self._hint: Hint | None = Hint.AROUND
        self._hint_ns = 0
        self._rest_ns = 0
        self._begin()

    def step(self, look: Look, tilt: Tilt) -> None:
        """Take in one look."""
        if self._phase is Phase.DONE:
            return
        radius = tilt.radius_deg
        if not look.trusted or not math.isfinite(radius):
            self._phase, self._radius_deg = Phase.UNSEEN, math.nan
            self._hint, self._hint_ns = why_unseen(look.reason), 0
            self._begin()
            return
        self._radius_deg = radius
        self._advance(look, tilt, radius)
        if not self.progress.done:
            self._settle_phase(look)

    def _begin(self) -> None:
        """From here on, a new turn."""
        self._turn, self._back = _Turn(), _Turn()
        self._furthest = 0.0
        self._at: float | None = None

    def _advance(self, look: Look, tilt: Tilt, radius_deg: float) -> None:
        if radius_deg < CENTRE_DEG:
            self._begin()
            return
        at = math.atan2(tilt.roll_deg, tilt.pitch_deg)
        moved = 0.0 if self._at is None else math.remainder(at - self._at, math.tau)
        if abs(moved) > JUMP_RAD:
            self._begin()
            moved = 0.0
        self._at = at
        wide = radius_deg >= WIDE_DEG
        self._turn.add(moved, wide=wide, dt_ns=look.dt_ns)
        self._back.add(moved, wide=wide, dt_ns=look.dt_ns)
        if abs(self._turn.angle) >= abs(self._furthest):
            self._furthest, self._back = self._turn.angle, _Turn()
        elif abs(self._furthest - self._turn.angle) >= BACK_RAD:
            self._turn, self._back = self._back, _Turn()
            self._furthest = self._turn.angle
        if abs(self._turn.angle) >= math.tau:
            self._judge()

    def _judge(self) -> None:
        """A full turn: count it, or say why not."""
        turn = self._turn
        seconds = turn.ns / NS_PER_S
        way = Side.RIGHT if turn.angle > 0 else Side.LEFT
        self._hint_ns = 0
        if not abs(turn.wide) >= WIDE_PART * abs(turn.angle):
            self._hint = Hint.WIDER
        elif seconds < QUICKEST_S:
            self._hint = Hint.SLOWER
        elif seconds > SLOWEST_S:
            self._hint = Hint.FLOWING
        else:
            self._counts[way] += 1
            self._held_ns += turn.ns
            enough = self._counts[way] >= self._drill.wanted_reps
            self._hint = Hint.OTHER_WAY if enough else None
            self._phase = Phase.COUNTING
            if min(self._counts.values()) >= self._drill.wanted_reps:
                self._phase, self._hint = Phase.DONE, None
        # The next circle goes on from here: what was turned too far belongs to it.
        rest = math.copysign(abs(turn.angle) - math.tau, turn.angle)
        self._turn, self._back = _Turn(rest, rest), _Turn()
        self._furthest = rest

    def _settle_phase(self, look: Look) -> None:
        """Going round counts as counting, with a short rest on the way; hints fade."""
        self._rest_ns = 0 if look.speed_deg_s >= MOVING_DEG_S else self._rest_ns + look.dt_ns
        going = abs(self._turn.angle) >= BEGUN_RAD and self._rest_ns <= PAUSE_S * NS_PER_S
        self._hint_ns += look.dt_ns
        if self._hint_ns > HINT_S * NS_PER_S or self._hint in NOT_SEEN:
            self._hint, self._hint_ns = None, 0
        begun = any(self._counts.values())
        if going:
            self._phase = Phase.COUNTING
            self._hint = None if self._hint is Hint.AROUND else self._hint
        elif self._hint is None:
            self._phase = Phase.PAUSED if begun else Phase.READY
            self._hint = Hint.AROUND

    @property
    def progress(self) -> DrillProgress:
        """How far it is."""
        wanted, right, left = self._drill.wanted_reps, self._counts[Side.RIGHT], self._counts[Side.LEFT]
        return DrillProgress(
            self._drill.kind,
            self._phase,
            self._held_ns / NS_PER_S,
            0.0,
            reps=right + left,
            wanted_reps=2 * wanted,
            reps_right=right,
            reps_left=left,
            side=Side.RIGHT if right < wanted else Side.LEFT,
            angle_deg=self._radius_deg,
            sure_s=self._held_ns / NS_PER_S,
            hint=self._hint,
        )
