"""How far the run has come: by planned distance where the speed is known, else by planned or learned duration."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from monitor.values import NS_PER_S

LEARN_FROM = 5
LEAST_RUNS = 3
LEAST_KNOWN = 0.8
"""The speed must be known for this part of the time, or the distance is not relied on."""


def learned_min(durations_s: Sequence[float]) -> float | None:
    """Minutes the next run is likely to last: the median of the last five, oldest first; None with fewer than three.

    Durations in seconds; what is no length of a run (zero, negative, infinite, NaN) is left out.
    """
    known = [s for s in durations_s if math.isfinite(s) and s > 0]
    return median(known[-LEARN_FROM:]) / 60 if len(known) >= LEAST_RUNS else None


class Plan:
    """Progress of one run. Times are run-clock nanoseconds, 0 = the run's first sample, and never go back.

    planned_min, planned_km : 0 for not known
    """

    def __init__(self, planned_min: float, planned_km: float) -> None:
        self._planned_min = planned_min
        self._planned_m = planned_km * 1000
        self._speed_m_s = math.nan
        self._since_ns = 0
        self._way_m = 0.0
        self._known_s = 0.0

    def ground(self, t_ns: int, speed_m_s: float) -> None:
        """The speed from `t_ns` on, NaN for not known."""
        self._way_m, self._known_s = self._so_far(t_ns)
        self._speed_m_s = speed_m_s if math.isfinite(speed_m_s) else math.nan
        self._since_ns = t_ns

    def progress(self, t_ns: int) -> float:
        """Part of the run that is done, more than 1 beyond its planned end; NaN where there is no plan."""
        if self._planned_m:
            way_m, known_s = self._so_far(t_ns)
            if known_s > 0 and known_s >= LEAST_KNOWN * t_ns / NS_PER_S:
                return way_m / self._planned_m
        return t_ns / (self._planned_min * 60 * NS_PER_S) if self._planned_min else math.nan

    def _so_far(self, t_ns: int) -> tuple[float, float]:
        """Metres run, and seconds of which the speed was known, up to `t_ns`."""
        if math.isnan(self._speed_m_s):
            return self._way_m, self._known_s
        seconds = max(0, t_ns - self._since_ns) / NS_PER_S
        return self._way_m + self._speed_m_s * seconds, self._known_s + seconds
