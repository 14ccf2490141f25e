"""What the speed and the slope of the ground say on the live screens."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from monitor.posture.gaze import FAR_M, GazeZone, ground_distance_m, look_ahead_s, zone
from monitor.posture.slope import hill_deg, slope_deg
from monitor.review import report_words as words
from monitor.settings import Settings
from monitor.values import Mode


@dataclass(frozen=True, slots=True)
class GazeNow:
    """Where the gaze meets the ground: its band and its likely zone in words, and how many seconds ahead that is."""

    band: str = "–"
    zone: GazeZone | None = None
    zone_words: str = "–"
    ahead: str = ""
    """'0.7 s ahead'; '' where the speed is not known or the gaze is far."""
    middle_m: float = math.nan
    low_m: float = math.nan
    high_m: float = math.nan
    """The band in metres, infinite where it does not meet the ground."""


@dataclass(frozen=True, slots=True)
class GroundNow:
    """Speed in m/s and grade (rise over run, uphill positive) as they are now; NaN for what is not known."""

    speed_m_s: float = math.nan
    grade: float = math.nan

    def limit_shift_deg(self, mode: Mode, settings: Settings, *, lean_known: bool) -> float:
        """How much lower the head may go here than on level ground, as the head's rules count it."""
        lean = np.array([0.0 if lean_known else math.nan])
        return float(hill_deg(np.array([slope_deg(self.grade)]), lean, mode, settings)[0])

    def gaze(self, pitch_deg: float, settings: Settings) -> GazeNow:
        """Where a head pitched like this (trunk and all, degrees) looks; nothing for NaN."""
        if math.isnan(pitch_deg):
            return GazeNow()
        middle, low, high = ground_distance_m(np.array([pitch_deg]), settings.gaze, slope_deg(self.grade))
        distance_m = float(middle[0])
        where = zone(distance_m)
        seconds = float(look_ahead_s(middle, self.speed_m_s)[0]) if distance_m < FAR_M else math.nan
        return GazeNow(
            words.gaze_words(float(low[0]), float(high[0]), settings.feet),
            where,
            f"likely {words.zone_words(where, settings.feet)}",
            f"{seconds:.1f} s ahead" if math.isfinite(seconds) else "",
            distance_m,
            float(low[0]),
            float(high[0]),
        )
