"""The minutes before and after a mark such as 'cramp' against the rest of the run.

Heads and shoulders tire anyway, and cramps come late: a part that lies at the end of a run differs from the rest for
that alone. So each comparison also says how it stands with the run's own drift taken out, and how many other stretches
of the same length were as low: an answer that needs no theory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from monitor.review.insight.columns import RunColumns
from monitor.review.insight.effect import Effect, effect, rank_among
from monitor.review.insight.windows import Quantity, Windows, windows_of
from monitor.values import NS_PER_S, BoolArray, Event, EventKind, FloatArray

AROUND_S = 300.0
WINDOW_S = 30.0


@dataclass(frozen=True, slots=True)
class AgainstRest:
    """One quantity in the minutes on one side of the marks.

    plain : against all the run that is not near any of the marks
    drift_removed : the same with the straight line through the rest taken out of both
    rank : share of other stretches as long whose mean was smaller, 0..1
    """

    quantity: Quantity
    mean: float
    rest_mean: float
    plain: Effect
    drift_removed: Effect | None
    rank: float | None


@dataclass(frozen=True, slots=True)
class AroundMarks:
    """All marks of one label. `before`, `after`: what could be compared."""

    label: str
    marks_s: tuple[float, ...]
    before: tuple[AgainstRest, ...]
    after: tuple[AgainstRest, ...]


def around_marks(columns: RunColumns, events: Sequence[Event], label: str) -> AroundMarks | None:
    """The minutes around all marks with this label; None where there is none."""
    marks_s = tuple(
        e.t_ns / NS_PER_S for e in events if e.kind is EventKind.MARK and str(e.detail.get("label", "")) == label
    )
    if not marks_s:
        return None
    windows = windows_of(columns, WINDOW_S)
    before, after = (_near(windows, marks_s, side) for side in (-1, 1))
    rest = ~(before | after)
    return AroundMarks(label, marks_s, _against(windows, before, rest), _against(windows, after & ~before, rest))


def _near(windows: Windows, marks_s: Sequence[float], side: int) -> BoolArray:
    """Windows (k,) within five minutes before (-1) or after (1) any mark."""
    near = np.zeros(len(windows), bool)
    for at_s in marks_s:
        away_s = side * (windows.middle_s - at_s)
        near |= (away_s >= 0) & (away_s <= AROUND_S)
    return near


def _against(windows: Windows, part: BoolArray, rest: BoolArray) -> tuple[AgainstRest, ...]:
    found = []
    for quantity, means in windows.means.items():
        plain = effect(means[part], means[rest])
        if plain is None:
            continue
        level = float(np.nanmean(means[part]))
        flat = _without_drift(windows.middle_s, means, rest)
        found.append(
            AgainstRest(
                quantity,
                level,
                float(np.nanmean(means[rest])),
                plain,
                None if flat is None else effect(flat[part], flat[rest]),
                rank_among(level, _stretches(means, rest, int(part.sum()))),
            )
        )
    return tuple(found)


def _without_drift(middle_s: FloatArray, means: FloatArray, rest: BoolArray) -> FloatArray | None:
    """Means (k,) less the straight line through the rest; None where the rest is too little for a line."""
    known = rest & np.isfinite(means)
    if known.sum() < 10:
        return None
    slope, level = np.polyfit(middle_s[known], means[known], 1)
    return np.asarray(means - (slope * middle_s + level))


def _stretches(means: FloatArray, rest: BoolArray, length: int) -> FloatArray:
    """Means of all stretches of `length` neighbouring windows that lie in the rest and are mostly seen."""
    usable = np.where(rest & np.isfinite(means), means, np.nan)
    if length < 1 or len(usable) < length:
        return np.empty(0)
    runs = np.lib.stride_tricks.sliding_window_view(usable, length)
    whole = np.lib.stride_tricks.sliding_window_view(rest, length).all(axis=1)
    count = np.isfinite(runs).sum(axis=1)
    good = whole & (count >= max(1, length // 2))
    return np.asarray(np.nansum(runs[good], axis=1) / count[good])
