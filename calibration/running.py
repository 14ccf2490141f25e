"""Half a minute of easy running -> where "up" is in running, and what varies by itself.

The running neutral is what an accelerometer-only sensor is judged against (its steady error at a pace then cancels),
and its covariance is what a raised shoulder must stand out from.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.directions import as_vector, unit
from calibration.model import RunningNeutral
from monitor.errors import CalibrationError

SHORTEST_S = 15.0
"""So much even, trusted running is needed of the 30 s asked for."""
RUNNING_PART = 0.8
STEADY_DEG = 2.0
"""Largest standard deviation of the one-stride means."""
STEADY_CADENCE = 0.05
"""Largest standard deviation of the cadence, as a part of it."""


@dataclass(frozen=True, slots=True)
class RunningStretch:
    """What a sensor saw while the wearer ran.

    up (n,3)  one-stride means of the world's up in sensor axes
    trusted, running (n,) bool
    cadence_spm (n,)  NaN where unknown
    period_s  slot length
    """

    up: NDArray[np.float64]
    trusted: NDArray[np.bool_]
    running: NDArray[np.bool_]
    cadence_spm: NDArray[np.float64]
    period_s: float


def learn(stretch: RunningStretch) -> RunningNeutral:
    """The running neutral. Raises CalibrationError when it was not running, too short, or not even."""
    again = "Run easily and evenly for half a minute, looking far ahead."
    n = len(stretch.up)
    if not n or stretch.running.mean() < RUNNING_PART:
        part = 100 * stretch.running.mean() if n else 0.0
        raise CalibrationError("easy running", f"only {part:.0f} % of it was running", again)
    good = stretch.trusted & stretch.running
    duration_s = float(good.sum()) * stretch.period_s
    if duration_s < SHORTEST_S:
        raise CalibrationError("easy running", f"only {duration_s:.0f} s of it can be used", again)
    cadence = stretch.cadence_spm[good]
    cadence = cadence[np.isfinite(cadence)]
    if not len(cadence) or np.std(cadence) > STEADY_CADENCE * np.mean(cadence):
        raise CalibrationError("easy running", "the cadence changed too much", again)
    up = stretch.up[good]
    up = up / np.maximum(np.linalg.norm(up, axis=1, keepdims=True), 1e-12)
    mean = up.mean(axis=0)
    if not np.linalg.norm(mean) > 0.5:  # also NaN
        raise CalibrationError("easy running", "no steady direction was seen", again)
    mean = unit(mean)
    off = np.degrees(up - (up @ mean)[:, None] * mean)
    cov = off.T @ off / len(off)
    spread = float(np.sqrt(np.trace(cov)))
    if spread > STEADY_DEG:
        raise CalibrationError("easy running", f"the head or sensor wandered by {spread:.1f} deg", again)
    return RunningNeutral(as_vector(mean), spread, float(np.mean(cadence)), duration_s, packed(cov))


def covariance(running: RunningNeutral) -> NDArray[np.float64]:
    """The covariance (3,3) of a running neutral's one-stride means, deg², in sensor axes."""
    xx, xy, xz, yy, yz, zz = running.covariance
    return np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])


def packed(cov: NDArray[np.float64]) -> tuple[float, float, float, float, float, float]:
    """A covariance (3,3) as xx, xy, xz, yy, yz, zz; rounding never leaves a negative variance."""
    (xx, xy, xz), (_, yy, yz), (_, _, zz) = cov.tolist()
    return (max(xx, 0.0), xy, xz, max(yy, 0.0), yz, max(zz, 0.0))
