"""Known speed and slope of the ground, from a treadmill or a watch, and what the slope does to the head's limit.

Uphill the same ground ahead is met by a less lowered gaze, downhill by a more lowered one; and a trunk that leans into
the hill takes the head along. The limit follows both, within bounds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from monitor.posture.gaze import FOOT_M, depression_deg
from monitor.settings import GazeModel, Settings
from monitor.values import FloatArray, Ground, IntArray, Mode

LOOK_M = {Mode.ROAD: 7 * FOOT_M, Mode.TRAIL: 4 * FOOT_M}
"""The ground that is too near in a mode; on technical ground any is allowed."""
MOST_SHIFT_DEG = 10.0
STEEPEST_DEG = 30.0
"""Steeper is a fault of the watch, not a run."""


def slope_deg(grade: float) -> float:
    """The slope of a grade (rise over run); 0 where that is not known."""
    return math.degrees(math.atan(grade)) if math.isfinite(grade) else 0.0


def gaze_shift_deg(slope: float, mode: Mode, model: GazeModel) -> float:
    """How much more the head is lowered on a slope (degrees, uphill positive) to look at the same ground ahead."""
    look_m = LOOK_M.get(mode)
    if look_m is None:
        return 0.0
    slope = min(max(slope, -STEEPEST_DEG), STEEPEST_DEG)
    more = depression_deg(look_m, model.eye_height_m, slope) - depression_deg(look_m, model.eye_height_m)
    return _bounded(model.head_share * more)


def lean_shift_deg(slope: float, lean_per_slope: float) -> float:
    """How much a trunk that leans into the hill takes the head along, where no sensor tells the lean itself."""
    return _bounded(lean_per_slope * max(slope, 0.0))


def hill_deg(slope: FloatArray, lean_deg: FloatArray, mode: Mode, settings: Settings) -> FloatArray:
    """How much lower the head may go (n,), degrees, on slopes (n,) with trunk leans (n,), NaN where not known."""
    slopes, which = np.unique(slope, return_inverse=True)
    gaze = np.array([gaze_shift_deg(s, mode, settings.gaze) for s in slopes.tolist()])[which]
    lean = np.array([lean_shift_deg(s, settings.hill_lean) for s in slopes.tolist()])[which]
    return np.asarray(gaze + np.where(np.isnan(lean_deg), lean, 0.0))


def _bounded(shift_deg: float) -> float:
    return min(max(shift_deg, -MOST_SHIFT_DEG), MOST_SHIFT_DEG)


class GroundLine:
    """Speed and slope over a run, from its `Ground` entries: each holds until the next."""

    def __init__(self, entries: Iterable[Ground]) -> None:
        known = sorted(entries, key=lambda entry: entry.t_ns)
        self._t_ns = np.array([entry.t_ns for entry in known], np.int64)
        self._speed = np.array([np.nan, *(entry.speed_m_s for entry in known)])
        grade = np.array([np.nan, *(entry.grade for entry in known)])
        self._grade = np.where(np.isfinite(grade), grade, np.nan)
        self._slope = np.array([0.0, *(slope_deg(entry.grade) for entry in known)])

    def __bool__(self) -> bool:
        return len(self._t_ns) > 0

    def at(self, arrival_ns: IntArray) -> tuple[FloatArray, FloatArray]:
        """Speed in m/s (NaN where not known) and slope in degrees (0 where not known) at arrival times (n,)."""
        which = np.searchsorted(self._t_ns, arrival_ns, side="right")
        return self._speed[which], self._slope[which]

    def grade_at(self, arrival_ns: IntArray) -> FloatArray:
        """Grade (n,), rise over run, uphill positive, at arrival times (n,); NaN where it is not known."""
        return np.asarray(self._grade[np.searchsorted(self._t_ns, arrival_ns, side="right")])
