"""Charts of runs side by side: small multiples, a row for each run, all on one axis; the first run faint behind."""

from __future__ import annotations

import math
from collections.abc import Iterator
from enum import StrEnum

import numpy as np

from monitor.library.compare import CURVE_S, KINDS, NAMES, ComparedRun, Comparison
from monitor.library.measures import Kind
from monitor.library.words import KM_M, day_words, short_name
from monitor.review.insight.breakdown import MILE_M
from monitor.review.insight.windows import Quantity
from monitor.review.report_axes import LEFT, RIGHT, area, picture, rows, times
from monitor.review.svg import Frame, label, line_path, round_ticks, tag
from monitor.values import FloatArray

ROW_PX, GAP_PX, TOP_PX, FOOT_PX = 64.0, 22.0, 40.0, 26.0
DOWNWARDS = frozenset({Quantity.HEAD_PITCH})
"""Drawn with larger values below, as the nose goes down."""
NEVER_BELOW_0 = frozenset({Quantity.NEAR_GAZE, Quantity.CADENCE, Quantity.HEART})
PRINTED = {Kind.DEG: (1.0, "°"), Kind.SHARE: (100.0, " %")}
"""Printed units for one of the JSON's, and what stands behind them."""
LEAST_SPAN = {Quantity.HEAD_PITCH: 10.0, Quantity.NEAR_GAZE: 20.0, Quantity.SHOULDERS: 40.0}
"""Printed units that an axis spans at least: a flat line must look flat."""


class Over(StrEnum):
    """What runs from left to right."""

    TIME = "time"
    DISTANCE = "distance"


def quantities(comparison: Comparison) -> Iterator[Quantity]:
    """Those of which anything is known in at least two runs."""
    for quantity in Quantity:
        known = [bool(np.isfinite(run.curves.means[quantity]).any()) for run in comparison.runs]
        if sum(known) >= 2:
            yield quantity


def chart(comparison: Comparison, quantity: Quantity, over: Over, width: float, *, feet: bool) -> str:
    """The SVG of one quantity, `width` wide."""
    scale, after = PRINTED.get(KINDS[quantity], (1.0, ""))
    series = [(axis_of(run, over, feet=feet), scale * run.curves.means[quantity]) for run in comparison.runs]
    span = max((float(np.nanmax(x)) for x, _ in series if np.isfinite(x).any()), default=1.0)
    low, high = _range([values for _, values in series], LEAST_SPAN.get(quantity, 10.0))
    if quantity in NEVER_BELOW_0 and low < 0:
        low, high = 0.0, high - low
    ticks = round_ticks(low, high, most=3)
    top, bottom = (ticks[0], ticks[-1]) if quantity in DOWNWARDS else (ticks[-1], ticks[0])
    below = "; lower on the page is nose down" if quantity in DOWNWARDS else ""
    title = f"{NAMES[quantity]}{below}"
    body = [label(LEFT, 15.0, title, "own", "start")]
    frame = None
    for i, (run, (x, values)) in enumerate(zip(comparison.runs, series, strict=True)):
        frame = Frame(LEFT, TOP_PX + i * (ROW_PX + GAP_PX), width - LEFT - RIGHT, ROW_PX, max(span, 1e-6), top, bottom)
        body += [area(frame), *rows(frame, ticks, after)]
        hole = _hole(over, span, frame.width)
        if i > 0:
            body.append(tag("path", d=line_path(frame, *series[0], hole_s=hole), class_="behind"))
        body.append(tag("path", d=line_path(frame, x, values, hole_s=hole), class_="trace"))
        body.append(label(frame.left, frame.upper - 6, row_words(i, run), "row-title", "start"))
        if not np.isfinite(values).any():
            body.append(label(frame.left + frame.width / 2, frame.upper + ROW_PX / 2, "not seen in this run"))
    assert frame is not None
    body += times(frame) if over is Over.TIME else _ways(frame, span, feet=feet)
    height = frame.upper + frame.height + FOOT_PX
    words = f"{title}: {len(comparison.runs)} runs over {over.value}, one below the other"
    return picture(width, height, words, body)


def row_words(i: int, run: ComparedRun) -> str:
    """Which run a row is of."""
    simulated = " · SIMULATED" if run.row.simulated else ""
    return f"{i + 1} · {day_words(run.row)} · {run.row.modes or 'no mode'} · {short_name(run.row, 24)}{simulated}"


def axis_of(run: ComparedRun, over: Over, *, feet: bool) -> FloatArray:
    """The run's place on the axis (k,): seconds since it began to run, or miles or kilometres since then."""
    return run.curves.t_s if over is Over.TIME else run.curves.distance_m / (MILE_M if feet else KM_M)


def _hole(over: Over, span: float, width: float) -> float:
    """What is missing for longer breaks a line: a few means, or of a way a few pixels."""
    return 2.5 * CURVE_S if over is Over.TIME else max(0.3, 6 * span / width)


def _range(series: list[FloatArray], least: float) -> tuple[float, float]:
    known = np.concatenate([values[np.isfinite(values)] for values in series])
    low, high = float(known.min()), float(known.max())
    short = max(0.0, least - (high - low)) / 2
    return low - short, high + short


def _ways(frame: Frame, span: float, *, feet: bool) -> list[str]:
    step = next(s for s in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, math.inf) if span / s <= frame.width / 80)
    places = [i * step for i in range(int(span / step) + 1)] if math.isfinite(step) else [0.0]
    unit = "mi" if feet else "km"
    return [label(frame.x(at), frame.upper + frame.height + 16, f"{at:g} {unit}") for at in places]
