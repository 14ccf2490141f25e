"""A stare or a glance? Hysteresis on a level, and a leaky clock on how long it lasts.

The clock runs forward while the level is past its limit and back, `leak` times as fast, while it is not. A brief
return (shorter than `brief_s`) after a long stretch past the limit is no rest: when the level goes past its limit
again, the clock goes on as if nothing had been; only when the return proves longer is it taken off. So a stare broken
by half-second look-ups counts in full, and a few glances do not count at all. Doubtful stretches stop the clock; they
neither count nor forgive. Stretches that count but are not trusted (a thin link) move the clock, but a bout begins
only on a trusted slot.

All time is counted in integer slots, so that any split into blocks gives identical results. The loop is over
stretches of equal state, never over samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from monitor.values import BoolArray, FloatArray, IntArray

_DOWN, _DOWN_HELD, _UP, _STOPPED, _DOUBT = 1, 2, -1, -2, 0
_SCALE = 1000
"""The clock counts thousandths of a slot, so that fractional leaks stay exact integers."""


class Turn(Enum):
    """What became of a bout at a slot."""

    REACHED = "reached"
    """The clock reached the dwell: a bout begins."""
    REPEATED = "repeated"
    """The bout has gone on for another repeat interval."""
    RELEASED = "released"
    """The level has been back long enough: the bout is over."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A turn at slot `at` of the pushed block; the clock had left zero `held` slots before."""

    at: int
    turn: Turn
    held: int


@dataclass(frozen=True, slots=True)
class DwellLimits:
    """Limits in the level's own unit, times in seconds."""

    on: float
    off: float
    dwell_s: float
    leak: float
    release_s: float
    repeat_s: float
    brief_s: float = 0.0


BRIEF_AFTER = 3
"""A return is brief only after a stretch past the limit of this many times `brief_s`."""


class DwellDetector:
    """Follows one level. `push` blocks of slots in order."""

    def __init__(self, limits: DwellLimits, period_s: float) -> None:
        self._limits = limits
        self._dwell = max(1, round(limits.dwell_s / period_s)) * _SCALE
        self._back = max(1, round(limits.leak * _SCALE))
        self._release = max(1, round(limits.release_s / period_s))
        self._repeat = max(1, round(limits.repeat_s / period_s))
        self._brief = round(limits.brief_s / period_s)
        self._period_s = period_s
        self._past_limit = False
        self._clock = 0
        self._since = 0
        self._slot = 0
        self._in_bout = False
        self._until_repeat = 0
        self._calm = 0
        self._down = 0  # slots past the limit, brief returns included
        self._away = 0  # slots of a return that may yet prove brief

    def push(
        self, level: FloatArray, active: BoolArray, trusted: BoolArray, counted: BoolArray | None = None
    ) -> tuple[FloatArray, BoolArray, list[Moment]]:
        """Dwell clock in seconds (n,), whether a bout is on (n,), and the turns, for n slots.

        level (n,) may be NaN where not counted; active (n,): the rule applies (running); trusted (n,): the level may
        be believed, and a cue given on it; counted (n,): it is good enough to move the clock (default: where trusted).
        """
        n = len(level)
        if n == 0:
            return np.empty(0), np.zeros(0, bool), []
        counted = trusted if counted is None else counted
        past = self._hysteresis(level, counted)
        down = np.where(trusted, _DOWN, _DOWN_HELD)
        what = np.where(counted, np.where(active, np.where(past, down, _UP), _STOPPED), _DOUBT)
        clock, bout = np.empty(n), np.zeros(n, bool)
        moments: list[Moment] = []
        starts = np.flatnonzero(np.diff(what, prepend=what[:1] + 1))
        for a, b in zip(starts.tolist(), [*starts[1:].tolist(), n], strict=True):
            bout[a:b] = self._in_bout
            if what[a] > 0:
                self._go_down(a, b, bool(what[a] == _DOWN_HELD), clock, bout, moments)
            elif what[a] == _DOUBT:
                clock[a:b] = self._clock
            else:
                self._go_up(a, b, bool(what[a] == _UP), clock, bout, moments)
            self._clock = int(clock[b - 1])
        self._slot += n
        return clock * (self._period_s / _SCALE), bout, moments

    def _hysteresis(self, level: FloatArray, counted: BoolArray) -> BoolArray:
        """Past the upper limit and not yet back under the lower one, (n,)."""
        verdict = np.zeros(len(level), np.int8)
        with np.errstate(invalid="ignore"):
            verdict[counted & (level > self._limits.on)] = 1
            verdict[counted & (level < self._limits.off)] = -1
        last: IntArray = np.maximum.accumulate(np.where(verdict != 0, np.arange(len(level)), -1))
        past = np.where(last >= 0, verdict[np.maximum(last, 0)] > 0, self._past_limit)
        self._past_limit = bool(past[-1])
        return past

    def _go_down(
        self, a: int, b: int, held_back: bool, clock: FloatArray, bout: BoolArray, moments: list[Moment]
    ) -> None:
        """Slots a..b past the limit; `held_back`: they count, but nothing begins on them."""
        if self._clock == 0:
            self._since = self._slot + a
        self._clock = min(self._clock + self._away * _SCALE, self._dwell - 1 if not self._in_bout else self._dwell)
        self._down += self._away + b - a
        self._away = self._calm = 0
        run = self._clock + _SCALE * np.arange(1, b - a + 1)
        clock[a:b] = np.minimum(run, self._dwell)
        if held_back:
            if self._in_bout:
                self._until_repeat = max(1, self._until_repeat - (b - a))
            return
        at = a
        if not self._in_bout and run[-1] >= self._dwell:
            at = a + max(0, -(-(self._dwell - self._clock) // _SCALE) - 1)
            bout[at:b] = True
            self._in_bout, self._until_repeat = True, self._repeat
            moments.append(self._moment(at, Turn.REACHED))
            at += 1
        if self._in_bout:
            self._repeats(at, b, moments)

    def _go_up(
        self, a: int, b: int, may_be_brief: bool, clock: FloatArray, bout: BoolArray, moments: list[Moment]
    ) -> None:
        """Slots a..b not past the limit."""
        at = a
        if may_be_brief and self._brief and self._down >= BRIEF_AFTER * self._brief:
            at = min(b, a + self._brief - self._away - 1)
            clock[a:at] = self._clock
            self._away += at - a
        if at < b:
            # Not brief (any more): what was held back is taken off now.
            owed = self._clock - self._back * self._away
            clock[at:b] = np.maximum(owed - self._back * np.arange(1, b - at + 1), 0)
            self._down = self._away = 0
        if self._in_bout:
            left = self._release - self._calm
            if b - a >= left:
                self._in_bout = False
                bout[a + left - 1 : b] = False
                clock[a + left - 1 : b] = 0
                self._down = self._away = 0
                moments.append(self._moment(a + left - 1, Turn.RELEASED))
            else:
                self._calm += b - a

    def _moment(self, at: int, turn: Turn) -> Moment:
        return Moment(at, turn, self._slot + at - self._since)

    def _repeats(self, a: int, b: int, moments: list[Moment]) -> None:
        """Count slots a..b of an unbroken bout towards the next repeat."""
        at = a + self._until_repeat - 1
        while at < b:
            moments.append(self._moment(at, Turn.REPEATED))
            at += self._repeat
        self._until_repeat = at - b + 1
