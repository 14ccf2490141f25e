"""What changed from run to run over the weeks: a robust line, and words only where it is certain.

Runs are joined only where they were measured with the same ruler (`rulers`): same calibration, sensor, mode and, for
shares past a limit, the same limit. The line is that of Theil and Sen (Sen 1968, JASA 63), which one odd run in four
cannot turn. A direction is only told where its interval *and* that of least squares leave out zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from scipy import stats

from monitor.library.measures import BY_KEY, Measure
from monitor.library.rows import RunRow
from monitor.library.words import difference_words
from monitor.review.insight.trend import line
from monitor.review.metrics import plain

FOLLOWED = ("head_from_calibration_deg", "past_limit_share", "shoulder_mean", "cadence_median_spm", "prompts_per_hour")
"""What is followed over the weeks."""
LEAST_RUNS = 5
MOST_RUNS = 400
"""The latest that are followed: pairs of runs grow with the square."""
LEAST_RUNNING_S = 300.0
"""A shorter run says little of a runner."""
LEAST_DAYS = 7.0
CONFIDENCE = 0.99
"""For each of the five, so that of all that is said together one in twenty may be wrong."""
DAY_S = 86_400.0
WEEK_DAYS = 7.0


@dataclass(frozen=True, slots=True)
class Point:
    """One run of a line."""

    name: str
    at: datetime
    value: float


@dataclass(frozen=True, slots=True)
class Slope:
    """The robust straight line through some runs.

    per_week  : slope, in the measure's own unit
    low, high : its interval, the wider of Theil-Sen's and least squares' on either side
    start     : the line's value at the first run
    """

    per_week: float
    low: float
    high: float
    start: float

    @property
    def certain(self) -> bool:
        """The interval leaves out no change at all."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Followed:
    """One measure over runs that were measured with the same ruler, oldest first. `slope` None: too few to tell."""

    measure: Measure
    points: tuple[Point, ...]
    slope: Slope | None
    simulated: bool
    modes: str

    def words(self, *, feet: bool) -> str:
        """What may be said of it, a sentence."""
        n = len(self.points)
        what = f"{self.measure.name} ({self.modes}{', SIMULATED' if self.simulated else ''})"
        if self.slope is None:
            need = f"from {LEAST_RUNS} of them, over a week or more, a direction can be told"
            return f"{what}: {n} comparable run{'s' if n != 1 else ''} so far; {need}."
        days = (self.points[-1].at - self.points[0].at).total_seconds() / DAY_S
        over = f"over {n} runs in {days / WEEK_DAYS:.0f} weeks" if days >= 14 else f"over {n} runs in {days:.0f} days"
        if not self.slope.certain:
            return f"{what}: no change that can be told {over}."
        kind = self.measure.kind
        a_week, low, high = (
            difference_words(kind, v, feet=feet) for v in (self.slope.per_week, self.slope.low, self.slope.high)
        )
        return f"{what}: {a_week} a week ({low} to {high}) {over}."

    def as_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        slope = self.slope
        table: dict[str, Any] = {
            "measure": self.measure.key,
            "modes": self.modes,
            "simulated": self.simulated,
            "points": [{"name": p.name, "at_utc": p.at.isoformat(), "value": plain(p.value)} for p in self.points],
            "slope": None,
        }
        if slope is not None:
            table["slope"] = {
                "per_week": plain(slope.per_week),
                "low": plain(slope.low),
                "high": plain(slope.high),
                "start": plain(slope.start),
                "certain": slope.certain,
            }
        return table


def over_weeks(rows: Iterable[RunRow]) -> tuple[Followed, ...]:
    """Every measure over every set of comparable runs, the largest sets first. Copies of a run count once."""
    runs = _each_once(row for row in rows if _counts(row))
    found = []
    for key in FOLLOWED:
        measure = BY_KEY[key]
        groups: dict[tuple[Any, ...], list[RunRow]] = {}
        for row in runs:
            if row.ruler is not None and row.number(key) is not None and row.ruler.holds(measure.ruler):
                groups.setdefault(row.ruler.key(measure.ruler), []).append(row)
        for group in sorted(groups.values(), key=len, reverse=True):
            points = tuple(
                Point(row.name, row.started, value)
                for row in group[-MOST_RUNS:]
                if row.started is not None and (value := row.number(key)) is not None
            )
            found.append(Followed(measure, points, slope_of(points), group[0].simulated, group[0].modes))
    return tuple(found)


def slope_of(points: Sequence[Point]) -> Slope | None:
    """The robust line through points in order of time; None for too few, or for less than a week."""
    if len(points) < LEAST_RUNS:
        return None
    first = points[0].at
    weeks = np.array([(p.at - first).total_seconds() / DAY_S / WEEK_DAYS for p in points])
    values = np.array([p.value for p in points])
    if weeks[-1] * WEEK_DAYS < LEAST_DAYS:
        return None
    robust = stats.theilslopes(values, weeks, CONFIDENCE)
    slope, reach = line(weeks, values)
    # `line` gives 95 %; widened to the confidence used here, as for the normal distribution.
    reach *= float(stats.norm.ppf(0.5 + CONFIDENCE / 2) / stats.norm.ppf(0.975))
    return Slope(
        float(robust.slope),
        min(float(robust.low_slope), slope - reach),
        max(float(robust.high_slope), slope + reach),
        float(robust.intercept),
    )


def _counts(row: RunRow) -> bool:
    return not row.error and row.started is not None and (row.number("running_s") or 0.0) >= LEAST_RUNNING_S


def _each_once(rows: Iterable[RunRow]) -> list[RunRow]:
    """Oldest first, of several copies of one run the first."""
    seen: dict[tuple[str, str], RunRow] = {}
    for row in sorted(rows, key=lambda r: (r.started or datetime.min, r.name)):
        seen.setdefault((row.run_id, row.started_utc), row)
    return list(seen.values())
