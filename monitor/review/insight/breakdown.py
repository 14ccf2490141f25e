"""A run taken apart: by lap, by mile or kilometre, by slope, by walking and running, by data quality."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np

from monitor.review.insight.columns import RunColumns
from monitor.review.insight.course import Lap
from monitor.review.insight.spans import SpanNumbers, span_numbers, whole_of
from monitor.values import Activity, BoolArray, Reason

MILE_M = 1609.344
MOST_PARTS = 500
"""More laps or miles than this are not listed."""


class Slope(StrEnum):
    """Classes of steepness; the JSON's names. Edges follow what runners call gentle and steep."""

    STEEP_DOWN = "steep downhill"
    DOWN = "downhill"
    LEVEL = "level"
    UP = "uphill"
    STEEP_UP = "steep uphill"


SLOPE_EDGES = (-0.10, -0.02, 0.02, 0.10)
"""Grades between the classes: a watch knows level no better than 2 %."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a run. `start_s`, `end_s`: where it lies, NaN where it lies in many places."""

    name: str
    start_s: float
    end_s: float
    numbers: SpanNumbers


def by_lap(columns: RunColumns, laps: Iterable[Lap]) -> tuple[Part, ...]:
    """One part for each lap that has any of the run in it."""
    parts = []
    for lap in list(laps)[:MOST_PARTS]:
        inside = columns.cut(lap.start_s, lap.end_s)
        if len(inside):
            parts.append(Part(f"Lap {lap.number}", lap.start_s, lap.end_s, whole_of(inside)))
    return tuple(parts)


def by_distance(columns: RunColumns, *, feet: bool) -> tuple[Part, ...]:
    """One part for each mile (feet) or kilometre, the last one as far as it went; empty where no distance is known."""
    known = np.isfinite(columns.distance_m)
    if not known.any():
        return ()
    unit_m, word = (MILE_M, "Mile") if feet else (1000.0, "Km")
    start_m = float(columns.distance_m[known][0])
    t_s, way_m = columns.t_s[known], np.maximum.accumulate(columns.distance_m[known]) - start_m
    count = min(int(way_m[-1] // unit_m) + 1, MOST_PARTS)
    edges = [0.0, *t_s[np.searchsorted(way_m, unit_m * np.arange(1, count))].tolist(), float(t_s[-1]) + 1e-6]
    parts = []
    for i, (start_s, end_s) in enumerate(pairwise(edges), start=1):
        inside = columns.cut(start_s, end_s)
        if len(inside):
            parts.append(Part(f"{word} {i}", float(inside.t_s[0]), float(inside.t_s[-1]), whole_of(inside)))
    return tuple(parts)


def by_slope(columns: RunColumns) -> tuple[Part, ...]:
    """One part for each class of slope that was met on foot; empty where the slope is not known."""
    which = np.digitize(columns.grade, SLOPE_EDGES)
    known = np.isfinite(columns.grade) & (columns.running | columns.walking)
    return _many_places(columns, [(slope.value, known & (which == i)) for i, slope in enumerate(Slope)])


def by_gait(columns: RunColumns) -> tuple[Part, ...]:
    """Running and walking."""
    return _many_places(columns, [("running", columns.running), ("walking", columns.walking)])


def _many_places(columns: RunColumns, parts: list[tuple[str, BoolArray]]) -> tuple[Part, ...]:
    nowhere = float("nan")
    return tuple(Part(name, nowhere, nowhere, span_numbers(columns, p)) for name, p in parts if p.any())


@dataclass(frozen=True, slots=True)
class QualitySpan:
    """A stretch of the run with one answer to how well it was seen: `reason` is OK where it was."""

    start_s: float
    end_s: float
    reason: Reason


QUALITY_STEP_S = 1.0


def quality_ribbon(columns: RunColumns, duration_s: float) -> tuple[QualitySpan, ...]:
    """The run from 0 to its end without holes, second by second as most of its moments were.

    Seconds with no moment at all are NO_DATA; moments without running are OK, as there is nothing to be seen.
    """
    n = int(np.ceil(duration_s / QUALITY_STEP_S))
    if n <= 0:
        return ()
    second = np.minimum((columns.t_s / QUALITY_STEP_S).astype(int), n - 1)
    blank = (columns.activity == Activity.UNKNOWN) & (columns.reason == Reason.NO_DATA)
    codes = np.where(columns.running & ~columns.seen, columns.reason, Reason.OK)
    codes = np.where(blank, Reason.NO_DATA, codes)
    votes = np.zeros((n, len(Reason)))
    np.add.at(votes, (second, codes.astype(int)), 1)
    of_second = np.where(votes.sum(axis=1) > 0, votes.argmax(axis=1), int(Reason.NO_DATA))
    edges = np.flatnonzero(np.diff(of_second)) + 1
    starts, ends = np.r_[0, edges], np.r_[edges, n]
    return tuple(
        QualitySpan(a * QUALITY_STEP_S, min(b * QUALITY_STEP_S, duration_s), Reason(int(of_second[a])))
        for a, b in zip(starts.tolist(), ends.tolist(), strict=True)
    )
