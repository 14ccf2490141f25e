"""The treadmill's speed and incline: as the runner reads them off the console, and as devices tell them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from monitor.dashboard.live_words import ground_words, incline_words, speed_words
from monitor.errors import SettingsError
from monitor.values import Ground

SOURCE = "treadmill"
"""Of its `Ground` entries."""
SPEED_STEP_KMH, SPEED_STEP_MPH = 0.5, 0.1
"""What a key changes: the buttons of treadmills in miles per hour step by a tenth."""
INCLINE_STEP_PCT = 0.5
KM_PER_MILE = 1.609344
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

    def faster(self, steps: int, *, miles: bool = False) -> Treadmill:
        """So many steps faster (negative: slower), within what treadmills do, to a tenth as consoles show it."""
        unit_kmh, step = (KM_PER_MILE, SPEED_STEP_MPH) if miles else (1.0, SPEED_STEP_KMH)
        speed_kmh = round(self.speed_kmh / unit_kmh + steps * step, 1) * unit_kmh
        return replace(self, speed_kmh=min(max(speed_kmh, SLOWEST_KMH), FASTEST_KMH))

    def steeper(self, steps: int) -> Treadmill:
        """So many steps steeper (negative: flatter); one whose incline was not given was level."""
        level_pct = self.incline_pct if math.isfinite(self.incline_pct) else 0.0
        incline_pct = level_pct + steps * INCLINE_STEP_PCT
        return replace(self, incline_pct=min(max(incline_pct, LOWEST_PCT), STEEPEST_PCT))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a key brought: the words for the screen, and speed (m/s) and grade from now on where they changed."""

    words: str = ""
    ground: tuple[float, float] | None = None


class Console:
    """What the runner typed in and the keys change, and what devices tell: of each value, a device's own counts.

    What no device tells is taken from the runner's typing: the incline of a treadmill that tells only its speed, or
    beside a foot pod. The speed is not: whether a belt that fell silent still moves is not known.
    """

    def __init__(self, treadmill: Treadmill | None, *, feet: bool) -> None:
        self._typed = treadmill or Treadmill()
        self._feet = feet
        self._speed_m_s = self._grade = math.nan
        self._teller = ""

    def completed(self, ground: Ground) -> Ground:
        """A device's `Ground` with what was typed in added. Called from the source's thread."""
        self._speed_m_s, self._grade, self._teller = ground.speed_m_s, ground.grade, ground.source
        return ground if math.isfinite(ground.grade) else replace(ground, grade=self._typed.grade)

    def faster(self, steps: int) -> Answer:
        """The key for so many steps faster (negative: slower)."""
        if math.isfinite(self._speed_m_s):
            return Answer(self._told_by_device())
        return self._set(self._typed.faster(steps, miles=self._feet)) if self._typed.adjustable else Answer()

    def steeper(self, steps: int) -> Answer:
        """The key for so many steps steeper (negative: flatter)."""
        if math.isfinite(self._grade):
            return Answer(self._told_by_device())
        known = self._typed.adjustable or math.isfinite(self._speed_m_s)
        return self._set(self._typed.steeper(steps)) if known else Answer()

    def _told_by_device(self) -> str:
        known = math.isfinite(self._speed_m_s), math.isfinite(self._grade)
        what = "speed and incline" if all(known) else "the speed" if known[0] else "the incline"
        return f"The {self._teller.replace('_', ' ')} tells {what} itself"

    def _set(self, treadmill: Treadmill) -> Answer:
        speed_m_s = self._speed_m_s if math.isfinite(self._speed_m_s) else treadmill.speed_m_s
        grade = self._grade if math.isfinite(self._grade) else treadmill.grade
        changed, self._typed = treadmill != self._typed, treadmill
        words = ground_words(speed_words(speed_m_s, self._feet), incline_words(grade))
        return Answer(f"Treadmill: {words}", (speed_m_s, grade) if changed else None)


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
