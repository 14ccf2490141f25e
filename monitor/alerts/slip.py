"""Head low, or sensor slipped? A hint, apart from posture.

A runner who looks down looks up again sooner or later; a sensor that has slipped never comes back near its neutral. So
when a head has not come within `near_deg` of its neutral for `away_s` of trusted running, the wearer is asked whether
the sensor moved, once, and cues about the head rest until it comes back. A single sensor cannot tell the two apart
sooner: the same rotation is in its gyroscope.
"""

from __future__ import annotations

import numpy as np

from monitor.values import BoolArray, FloatArray


class SlipWatch:
    """Follows the head's one-stride mean. Any split of the same slots gives identical results."""

    def __init__(self, near_deg: float, away_s: float, period_s: float) -> None:
        self._near_deg = near_deg
        self._limit = max(1, round(away_s / period_s))
        self._away = 0
        self._moved = False

    def push(self, level: FloatArray, counted: BoolArray) -> tuple[BoolArray, list[int]]:
        """Whether the sensor seems to have moved (n,), and the slots at which that became so.

        level (n,) degrees, NaN allowed; counted (n,): running and trusted.
        """
        n = len(level)
        if n == 0:
            return np.zeros(0, bool), []
        with np.errstate(invalid="ignore"):
            near = counted & (level < self._near_deg)
        total = self._away + np.cumsum(counted)
        base = np.maximum.accumulate(np.where(near, total, 0))
        away = total - base
        moved = away >= self._limit
        rises = np.flatnonzero(moved & ~np.concatenate(([self._moved], moved[:-1])))
        self._away, self._moved = int(away[-1]), bool(moved[-1])
        return np.asarray(moved), rises.tolist()
