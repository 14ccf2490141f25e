"""Runs side by side: their numbers with differences, and whether two of them differ by more than their own spread.

A run is taken as half-minutes of running (`insight.windows`); two runs differ where the interval of the difference of
their means leaves out zero, with neighbouring half-minutes counted by what they are independently worth
(`insight.effect`), and the difference is not hardly any. Nothing is said across different rulers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from monitor.library.measures import MEASURES, Kind, Measure, Ruler
from monitor.library.rows import RunRow
from monitor.library.rulers import differences
from monitor.library.summary import OpenedRun
from monitor.library.words import difference_words
from monitor.review.insight.columns import RunColumns
from monitor.review.insight.effect import Effect, Size, effect
from monitor.review.insight.windows import Quantity, Windows, windows_of
from monitor.review.metrics import plain
from monitor.values import FloatArray

WINDOW_S = 30.0
CURVE_S = 20.0
LEAST_WINDOWS = 10
"""Five minutes of running: from less, a run's own spread cannot be told."""
MOST_RUNS = 8
RULERS: Mapping[Quantity, Ruler] = {
    Quantity.HEAD_PITCH: Ruler.HEAD,
    Quantity.NEAR_GAZE: Ruler.HEAD,
    Quantity.SHOULDERS: Ruler.SHOULDERS,
    Quantity.CADENCE: Ruler.GROUND,
    Quantity.HEART: Ruler.GROUND,
}


@dataclass(frozen=True, slots=True)
class Curves:
    """A run's quantities as they are drawn, from its first step of running on.

    t_s (k,), distance_m (k,) : NaN where no distance is known
    """

    t_s: FloatArray
    distance_m: FloatArray
    means: Mapping[Quantity, FloatArray]


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """What a comparison keeps of a run: little, so that long runs can lie side by side."""

    row: RunRow
    windows: Windows
    curves: Curves


@dataclass(frozen=True, slots=True)
class NumberLine:
    """One measure of all runs. `differences`: against the first run; None for itself and where either is unknown.

    same_ruler : whether a run's number was measured as the first run's
    """

    measure: Measure
    values: tuple[float | None, ...]
    differences: tuple[float | None, ...]
    same_ruler: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One quantity of one run (`run`, counted from 0) against the first; `effect` None: too little was seen."""

    quantity: Quantity
    run: int
    effect: Effect | None
    same_ruler: bool

    @property
    def differs(self) -> bool:
        """The two runs differ by more than their own spread, and it may be said."""
        found = self.effect
        return self.same_ruler and found is not None and found.certain and found.size is not Size.NONE


@dataclass(frozen=True, slots=True)
class Comparison:
    """Runs side by side. `not_same`: per run, why its numbers are not those of the first one's ruler; sentences."""

    runs: tuple[ComparedRun, ...]
    lines: tuple[NumberLine, ...]
    verdicts: tuple[Verdict, ...]
    not_same: tuple[tuple[str, ...], ...]

    @property
    def simulated(self) -> bool:
        """Any of the runs comes from a virtual sensor."""
        return any(run.row.simulated for run in self.runs)

    @property
    def has_distance(self) -> bool:
        """Every run knows how far it went."""
        return all(bool(np.isfinite(run.curves.distance_m).any()) for run in self.runs)

    def as_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "runs": [run.row.as_json() for run in self.runs],
            "measures": [
                {
                    "key": line.measure.key,
                    "values": plain(line.values),
                    "differences": plain(line.differences),
                    "same_ruler": list(line.same_ruler),
                }
                for line in self.lines
            ],
            "verdicts": [
                {
                    "quantity": v.quantity.value,
                    "run": v.run,
                    "same_ruler": v.same_ruler,
                    "differs": v.differs,
                    "effect": _effect_json(v.effect),
                    "words": verdict_words(v),
                }
                for v in self.verdicts
            ],
            "not_same_ruler": [list(said) for said in self.not_same],
        }


def compared(opened: OpenedRun) -> ComparedRun:
    """What a comparison needs of a run."""
    columns = opened.run.columns
    return ComparedRun(opened.row, windows_of(columns, WINDOW_S), _curves(columns))


def compare(runs: Sequence[ComparedRun]) -> Comparison:
    """Two or more runs against the first. Pure. Raises ValueError for fewer than two or more than `MOST_RUNS`."""
    if not 2 <= len(runs) <= MOST_RUNS:
        raise ValueError(f"between 2 and {MOST_RUNS} runs can be compared, not {len(runs)}")
    first = runs[0]
    apart = [_apart(first.row, run.row) for run in runs]
    lines = tuple(_line(m, [r.row.number(m.key) for r in runs], [not a[m.ruler] for a in apart]) for m in MEASURES)
    verdicts = tuple(
        Verdict(q, i, _effect(run.windows.means[q], first.windows.means[q]), not apart[i][ruler])
        for i, run in enumerate(runs)
        for q, ruler in RULERS.items()
        if i > 0 and (np.isfinite(run.windows.means[q]).any() and np.isfinite(first.windows.means[q]).any())
    )
    not_same = tuple(tuple(dict.fromkeys(said for reasons in a.values() for said in reasons)) for a in apart)
    kept = tuple(line for line in lines if any(value is not None for value in line.values))
    return Comparison(tuple(runs), kept, verdicts, not_same)


def verdict_words(verdict: Verdict) -> str:
    """What may be said of it, a sentence without the run's name."""
    name = NAMES[verdict.quantity]
    found = verdict.effect
    if not verdict.same_ruler:
        return f"{name}: not the same ruler, so nothing is claimed."
    if found is None:
        return f"{name}: too little running in one of the two to tell."
    if found.low == found.high == 0:
        return f"{name}: the same in both."
    kind = KINDS[verdict.quantity]
    by, low, high = (difference_words(kind, v, feet=False) for v in (found.difference, found.low, found.high))
    if not found.certain:
        return f"{name}: no difference that can be told ({by}, {low} to {high})."
    if found.size is Size.NONE:
        return f"{name}: as good as the same ({by}, {low} to {high})."
    up, down = _DIRECTIONS[verdict.quantity]
    way = up if found.difference > 0 else down
    return f"{name}: {way}, by more than the runs' own ups and downs ({by}, {low} to {high})."


def said_of(comparison: Comparison, run: int) -> list[str]:
    """All that may be said of a run against the first, a sentence each; what cannot be claimed is said once."""
    one, other = comparison.runs[0].row, comparison.runs[run].row
    if (one.run_id, one.started_utc) == (other.run_id, other.started_utc):
        return ["Both are recordings of one and the same run."]
    verdicts = [v for v in comparison.verdicts if v.run == run]
    lines = [verdict_words(v) for v in verdicts if v.same_ruler and v.effect is not None]
    for left, why in (
        ([v for v in verdicts if v.same_ruler and v.effect is None], "too little running in one of the two to tell"),
        ([v for v in verdicts if not v.same_ruler], "not the same ruler, so nothing is claimed"),
    ):
        if left:
            names = ", ".join(NAMES[v.quantity] for v in left)
            lines.append(f"{names[:1]}{names[1:].lower()}: {why}.")
    return lines


def reasons_of(comparison: Comparison, run: int) -> str:
    """Why a run was not measured with the first one's ruler, in words; '' where it was."""
    reasons = comparison.not_same[run]
    return f"Run {run + 1} and run 1 were not measured with the same ruler. {' '.join(reasons)}" if reasons else ""


NAMES = {
    Quantity.HEAD_PITCH: "Head",
    Quantity.NEAR_GAZE: "Eyes near the feet",
    Quantity.SHOULDERS: "Shoulders",
    Quantity.CADENCE: "Cadence",
    Quantity.HEART: "Heart rate",
}
KINDS = {
    Quantity.HEAD_PITCH: Kind.DEG,
    Quantity.NEAR_GAZE: Kind.SHARE,
    Quantity.SHOULDERS: Kind.SHARE,
    Quantity.CADENCE: Kind.STEPS,
    Quantity.HEART: Kind.BEATS,
}
_DIRECTIONS = {
    Quantity.HEAD_PITCH: ("lower", "higher"),
    Quantity.NEAR_GAZE: ("more often", "less often"),
    Quantity.SHOULDERS: ("higher", "looser"),
    Quantity.CADENCE: ("quicker", "slower"),
    Quantity.HEART: ("higher", "lower"),
}


def _apart(first: RunRow, other: RunRow) -> dict[Ruler, list[str]]:
    if first.ruler is None or other.ruler is None or first is other:
        return {ruler: [] for ruler in Ruler}
    return differences(first.ruler, other.ruler)


def _line(measure: Measure, values: list[float | None], same: list[bool]) -> NumberLine:
    first = values[0]
    diffs = [None if i == 0 or v is None or first is None else v - first for i, v in enumerate(values)]
    return NumberLine(measure, tuple(values), tuple(diffs), tuple(same))


def _effect(part: FloatArray, rest: FloatArray) -> Effect | None:
    if min(np.isfinite(part).sum(), np.isfinite(rest).sum()) < LEAST_WINDOWS:
        return None
    here, there = effect(part, rest), effect(rest, part)
    if here is None or there is None:
        return None
    # How alike neighbours are is learned from one of the two: the more cautious answer holds, whichever run is first.
    return replace(here, low=min(here.low, -there.high), high=max(here.high, -there.low))


def _curves(columns: RunColumns) -> Curves:
    windows = windows_of(columns, CURVE_S)
    if len(windows) == 0:
        return Curves(windows.middle_s, windows.middle_s, windows.means)
    begins_s = float(columns.t_s[columns.running][0]) if columns.running.any() else 0.0
    keep = windows.middle_s >= begins_s
    at_s = windows.middle_s[keep]
    known = np.isfinite(columns.distance_m)
    distance = np.full(len(at_s), np.nan)
    if known.any():
        t_s, way_m = columns.t_s[known], columns.distance_m[known]
        distance = np.interp(at_s, t_s, way_m - np.interp(begins_s, t_s, way_m), left=np.nan, right=np.nan)
    return Curves(at_s - begins_s, distance, {q: means[keep] for q, means in windows.means.items()})


def _effect_json(found: Effect | None) -> dict[str, Any] | None:
    if found is None:
        return None
    numbers = ("difference", "low", "high", "g", "n_part", "n_rest")
    return {key: plain(getattr(found, key)) for key in numbers} | {"size": found.size.value, "certain": found.certain}
