"""Speed and slope as a run's log tells them, and which parts of it are known at all."""

from __future__ import annotations

import numpy as np

from monitor.posture.slope import STEEPEST_DEG, GroundLine
from monitor.values import FloatArray, IntArray


def speed_at(ground: GroundLine | None, arrival_ns: IntArray) -> FloatArray:
    """Speed (n,) in m/s at arrival times (n,); NaN where it is not known."""
    return ground.at(arrival_ns)[0] if ground else np.full(len(arrival_ns), np.nan)


def slope_at(ground: GroundLine | None, arrival_ns: IntArray) -> FloatArray:
    """Slope (n,) in degrees, uphill positive, at arrival times (n,), within what a run can be; 0 where not known."""
    if not ground:
        return np.zeros(len(arrival_ns))
    return np.clip(ground.at(arrival_ns)[1], -STEEPEST_DEG, STEEPEST_DEG)


def grade_at(ground: GroundLine | None, arrival_ns: IntArray) -> FloatArray:
    """Grade (n,), rise over run, at arrival times (n,); NaN where it is not known."""
    return ground.grade_at(arrival_ns) if ground else np.full(len(arrival_ns), np.nan)
