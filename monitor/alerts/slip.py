"""Head low, or sensor slipped? A hint, apart from posture.

A runner who looks down looks up again sooner or later; a sensor that has slipped never comes back near its neutral. So
when a head has not come within `near_deg` of its neutral for `away_s` of trusted running, the wearer is asked whether
the sensor moved, once, and cues about the head rest until it comes back. A single sensor cannot tell the two apart
sooner: the same rotation is in its gyroscope.

On a trail looking at the ground 4-7 ft ahead is right, so only a head that stays below that rests the cues. But where
a head used to come up and then never does, the same question is shown, not said: a look at the log or a re-zero at
the next stop settles it, and nobody is interrupted for having come onto rougher ground.
"""

from __future__ import annotations

import numpy as np

from monitor.alerts.dwell import Turn
from monitor.values import BoolArray, FloatArray


class SlipWatch:
    """Follows the head's one-stride mean. Any split of the same slots gives identical results.

    familiar_s : so much counted time without a long absence must lie before a hint
    """

    def __init__(self, near_deg: float, away_s: float, period_s: float, familiar_s: float = 0.0) -> None:
        self._near_deg = near_deg
        self._limit = max(1, round(away_s / period_s))
        self._familiar = round(familiar_s / period_s)
        self._repeat = max(1, round(1.0 / period_s))
        self._away = 0
        self._moved = False
        self._total = 0  # counted slots so far
        self._since = 0  # of these, where the head began to come near as it does now

    def push(self, level: FloatArray, counted: BoolArray) -> tuple[BoolArray, list[tuple[int, Turn]]]:
        """Whether the sensor seems to have moved (n,), and when that became so (REACHED) or goes on (REPEATED, each
        second, so that a hint which had to be silent comes as soon as it may).

        level (n,) degrees, NaN allowed; counted (n,): running and trusted.
        """
        n = len(level)
        if n == 0:
            return np.zeros(0, bool), []
        with np.errstate(invalid="ignore"):
            near = counted & (level < self._near_deg)
        before = self._away
        total = before + np.cumsum(counted)
        base = np.maximum.accumulate(np.where(near, total, 0))
        away = total - base
        moved = away >= self._limit
        changes = np.flatnonzero(moved != np.concatenate(([self._moved], moved[:-1])))
        hints: list[tuple[int, Turn]] = []
        for at in changes.tolist():
            now = self._total + int(total[at]) - before
            if not moved[at]:
                self._since = now
            elif now - int(away[at]) - self._since >= self._familiar:
                hints.append((at, Turn.REACHED))
        if moved.any():
            goes_on = counted & (away > self._limit) & ((away - self._limit) % self._repeat == 0)
            hints = sorted(hints + [(at, Turn.REPEATED) for at in np.flatnonzero(goes_on).tolist()], key=_slot)
        self._total += int(total[-1]) - before
        self._away, self._moved = int(away[-1]), bool(moved[-1])
        return np.asarray(moved), hints


def _slot(hint: tuple[int, Turn]) -> int:
    return hint[0]
