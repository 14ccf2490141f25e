"""A treadmill that tells nothing by itself: its speed and incline as the runner reads them off the console."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from monitor.errors import SettingsError

SOURCE = "treadmill"
"""Of its `Ground` entries."""
SPEED_STEP_KMH = 0.5
INCLINE_STEP_PCT = 0.5
SLOWEST_KMH, FASTEST_KMH = 0.5, 40.0
"""From the slowest walking belt to the fastest racing one."""
LOWEST_PCT, STEEPEST_PCT = -15.0, 40.0


@dataclass(frozen=True, slots=True)
class Treadmill:
    """Speed in km/h and incline in percent, as consoles show them; NaN for what was not given."""

    speed_kmh: float = math.nan
    incline_pct: float = math.nan

    @property
    def adjustable(self) -> bool:
        """It runs at a known speed, so keys may change it."""
        return math.isfinite(self.speed_kmh)

    @property
    def speed_m_s(self) -> float:
        """Belt speed, NaN where not known."""
        return self.speed_kmh / 3.6

    @property
    def grade(self) -> float:
        """Rise over run, uphill positive, NaN where not known."""
        return self.incline_pct / 100.0

    def faster(self, steps: int) -> Treadmill:
        """So many steps faster (negative: slower), within what treadmills do."""
        speed_kmh = self.speed_kmh + steps * SPEED_STEP_KMH
        return replace(self, speed_kmh=min(max(speed_kmh, SLOWEST_KMH), FASTEST_KMH))

    def steeper(self, steps: int) -> Treadmill:
        """So many steps steeper (negative: flatter); one whose incline was not given was level."""
        level_pct = self.incline_pct if math.isfinite(self.incline_pct) else 0.0
        incline_pct = level_pct + steps * INCLINE_STEP_PCT
        return replace(self, incline_pct=min(max(incline_pct, LOWEST_PCT), STEEPEST_PCT))


def typed(speed_kmh: float | None, incline_pct: float | None) -> Treadmill | None:
    """The treadmill of the command line; None where nothing was given. Raises SettingsError."""
    if speed_kmh is None and incline_pct is None:
        return None
    return Treadmill(
        _within("--speed", speed_kmh, SLOWEST_KMH, FASTEST_KMH, "km/h"),
        _within("--incline", incline_pct, LOWEST_PCT, STEEPEST_PCT, "percent"),
    )


def _within(option: str, value: float | None, low: float, high: float, unit: str) -> float:
    if value is None:
        return math.nan
    if not low <= value <= high:  # also refuses NaN
        raise SettingsError(option, f"must lie between {low:g} and {high:g} {unit}, not {value:g}")
    return value
