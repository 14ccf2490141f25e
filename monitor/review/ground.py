"""Speed and slope as a run's log tells them, and which parts of it are known at all."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from monitor.posture.slope import STEEPEST_DEG, GroundLine
from monitor.values import FloatArray, Ground, IntArray


class KnownGround(GroundLine):
    """The ground line that also says where the grade is not known, which `at` takes for level."""

    def __init__(self, entries: Iterable[Ground]) -> None:
        known = sorted(entries, key=lambda entry: entry.t_ns)
        super().__init__(known)
        self._begin_ns = np.array([entry.t_ns for entry in known], np.int64)
        grade = np.array([np.nan, *(entry.grade for entry in known)])
        self._grade = np.where(np.isfinite(grade), grade, np.nan)

    def grade_at(self, arrival_ns: IntArray) -> FloatArray:
        """Grade (n,), rise over run, uphill positive, at arrival times (n,); NaN where it is not known."""
        return np.asarray(self._grade[np.searchsorted(self._begin_ns, arrival_ns, side="right")])


def speed_at(ground: KnownGround | None, arrival_ns: IntArray) -> FloatArray:
    """Speed (n,) in m/s at arrival times (n,); NaN where it is not known."""
    return ground.at(arrival_ns)[0] if ground else np.full(len(arrival_ns), np.nan)


def slope_at(ground: KnownGround | None, arrival_ns: IntArray) -> FloatArray:
    """Slope (n,) in degrees, uphill positive, at arrival times (n,), within what a run can be; 0 where not known."""
    if not ground:
        return np.zeros(len(arrival_ns))
    return np.clip(ground.at(arrival_ns)[1], -STEEPEST_DEG, STEEPEST_DEG)


def grade_at(ground: KnownGround | None, arrival_ns: IntArray) -> FloatArray:
    """Grade (n,), rise over run, at arrival times (n,); NaN where it is not known."""
    return ground.grade_at(arrival_ns) if ground else np.full(len(arrival_ns), np.nan)
