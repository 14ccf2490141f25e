"""Whether posture tightens as the run goes on: a slope with its confidence, and the first third against the last."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from monitor.review.insight.columns import RunColumns
from monitor.review.insight.effect import Effect, effect
from monitor.review.insight.windows import Quantity, independent, windows_of
from monitor.values import FloatArray

WINDOW_S = 60.0
MOST_WINDOWS = 240
"""Longer runs get longer windows: pairs of windows grow with the square."""
LEAST_WINDOWS = 10
MINUTES = 10.0


@dataclass(frozen=True, slots=True)
class Trend:
    """How one quantity moves over the running of a run.

    per_10_min : slope of the straight line through the windows, in the quantity's unit per ten minutes of the run
    low, high  : its 95 % interval, with the windows counted by what they are independently worth
    per_km     : the same per kilometre at the run's mean speed; None where no distance is known
    thirds     : last third of the windows against the first
    """

    quantity: Quantity
    per_10_min: float
    low: float
    high: float
    per_km: float | None
    thirds: Effect | None
    n: int

    @property
    def certain(self) -> bool:
        """The interval leaves out no slope at all."""
        return self.low > 0 or self.high < 0


def trends(columns: RunColumns) -> tuple[Trend, ...]:
    """A trend for each quantity of which enough of the run was seen."""
    if len(columns) == 0:
        return ()
    windows = windows_of(columns, max(WINDOW_S, float(columns.t_s[-1]) / MOST_WINDOWS))
    km_per_10_min = _km_per_10_min(columns)
    found = []
    for quantity, means in windows.means.items():
        known = np.isfinite(means)
        if known.sum() < LEAST_WINDOWS:
            continue
        x, y = windows.middle_s[known] / (60 * MINUTES), means[known]
        slope, reach = line(x, y)
        third = len(y) // 3
        found.append(
            Trend(
                quantity,
                slope,
                slope - reach,
                slope + reach,
                slope / km_per_10_min if km_per_10_min else None,
                effect(y[-third:], y[:third]),
                len(y),
            )
        )
    return tuple(found)


def _km_per_10_min(columns: RunColumns) -> float:
    known = np.isfinite(columns.distance_m)
    if known.sum() < 2:
        return 0.0
    t_s, distance_m = columns.t_s[known], columns.distance_m[known]
    return float((distance_m[-1] - distance_m[0]) / 1000 / ((t_s[-1] - t_s[0]) / (60 * MINUTES) or 1.0))


def line(x: FloatArray, y: FloatArray) -> tuple[float, float]:
    """Slope of y (n,) over x (n,), n >= 3, and half its 95 % interval.

    Least squares; the standard error is widened by what neighbouring values know of each other.
    """
    n = len(y)
    centred = x - x.mean()
    spread = float(centred @ centred)
    slope = float(centred @ (y - y.mean())) / spread
    left = y - y.mean() - slope * centred
    worth = max(3.0, independent(left, fitted=2))
    error = np.sqrt(float(left @ left) / (n - 2) / spread * n / worth)
    return slope, float(stats.t.ppf(0.975, max(worth - 2, 1.0))) * error
