"""Which sensor is being shaken: the one whose movement rises well above that of all the others. Pure judgement."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from monitor.values import FloatArray

WINDOW_S = 1.5
THIRDS = 3
"""Each third of the window must move: a knock on the table, even one across a boundary, leaves one at rest."""
LEAST_M_S2 = 3.0
"""A brisk shake by hand varies |acc| by 5-20 m/s², lifting a sensor off the table by about 1."""
ABOVE = 3.0
"""So many times as much as the next one: sensors in one bag, or on a walker, move alike."""


class Movement:
    """The last moments of one sensor. `push` samples as they come; `spread` tells how much |acc| varied."""

    def __init__(self, rate_hz: float) -> None:
        self._keep = max(2 * THIRDS, round(WINDOW_S * rate_hz))
        self._size = np.empty(0)

    def push(self, acc: FloatArray) -> None:
        """Samples acc (n,3) m/s², in order."""
        size = np.linalg.norm(np.asarray(acc, np.float64).reshape(-1, 3), axis=1)
        self._size = np.concatenate((self._size, size[np.isfinite(size)]))[-self._keep :]

    def spread(self) -> float:
        """The smallest standard deviation of |acc| in any third of the window, m/s²; NaN until the window is full."""
        if len(self._size) < self._keep:
            return math.nan
        return float(min(np.std(third) for third in np.array_split(self._size, THIRDS)))


def shaken(spreads: Mapping[str, float]) -> str | None:
    """The key of the one sensor that is shaken, None where none stands out. NaN: not listened to."""
    known = sorted(((s, key) for key, s in spreads.items() if math.isfinite(s)), reverse=True)
    if not known or known[0][0] < LEAST_M_S2:
        return None
    next_one = known[1][0] if len(known) > 1 else 0.0
    return known[0][1] if known[0][0] >= ABOVE * next_one else None


def all_move(spreads: Mapping[str, float]) -> bool:
    """Several sensors are shaken at once, so that none stands out."""
    return shaken(spreads) is None and sum(s >= LEAST_M_S2 for s in spreads.values()) > 1
