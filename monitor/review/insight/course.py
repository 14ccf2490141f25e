"""What the watch tells of a run, on the run's own clock: place, height, speed, heart rate and laps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from monitor.values import FloatArray

LONGEST_GAP_S = 60.0
"""Watches that save power write a point now and then; further apart than this nothing is said in between."""


@dataclass(frozen=True, slots=True)
class Lap:
    """One lap as it was pressed or made by the watch, in seconds of the run's clock."""

    number: int
    start_s: float
    end_s: float
    distance_m: float
    """As the watch gives it; NaN where it does not."""
    trigger: str = ""
    """'manual', 'distance', ... in the watch's own word; '' where it does not say."""


@dataclass(frozen=True, slots=True)
class Course:
    """m >= 1 points of a watch. Times are seconds of the run's clock and may lie before its start and behind its end.

    t_s (m,)         strictly increasing
    lat_deg, lon_deg, elevation_m, distance_m, speed_m_s, cadence_spm, heart_bpm, grade (m,)
                     NaN where not known; distance from the watch's start, grade rise over run, uphill positive
    source           the file's name
    """

    t_s: FloatArray
    lat_deg: FloatArray
    lon_deg: FloatArray
    elevation_m: FloatArray
    distance_m: FloatArray
    speed_m_s: FloatArray
    cadence_spm: FloatArray
    heart_bpm: FloatArray
    grade: FloatArray
    laps: tuple[Lap, ...] = ()
    source: str = ""

    def at(self, values: FloatArray, t_s: FloatArray) -> FloatArray:
        """One of the columns (m,) at other times (n,): on the line between known neighbours, NaN across long gaps."""
        known = np.isfinite(values)
        out = np.full(len(t_s), np.nan)
        if known.sum() < 2:
            return out
        times, seen = self.t_s[known], values[known]
        inside = (t_s >= times[0]) & (t_s <= times[-1])
        right = np.clip(np.searchsorted(times, t_s[inside], side="right"), 1, len(times) - 1)
        near = times[right] - times[right - 1] <= LONGEST_GAP_S
        out[inside] = np.where(near, np.interp(t_s[inside], times, seen), np.nan)
        return out
