"""Where the parts of the charts lie, and the numbers along their axes. No Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.dashboard.review.chart_rows import LineRow, Row
from monitor.review.report_words import clock_words

STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400)
GAP_PX = 3.0
LEGEND_FROM_PX = 380.0


@dataclass(frozen=True, slots=True)
class Band:
    """The place of one row, pixels from the charts' top."""

    row: Row
    top: float
    height: float


@dataclass(frozen=True, slots=True)
class Layout:
    """The places of everything in the charts, pixels. Names stand left of `left`, curves between it and `right`.

    signs_top, signs_height : the labels of alerts, marks and laps; axis_top : the times
    """

    left: float
    right: float
    text_px: int
    signs_height: float
    lanes: int
    bands: tuple[Band, ...]
    axis_top: float
    legend_top: float | None
    """None where there is no room for one."""

    @property
    def width(self) -> float:
        """Of the curves."""
        return max(self.right - self.left, 1.0)

    def x_of(self, t_s: float, visible: tuple[float, float]) -> float:
        """Where a time is drawn."""
        return self.left + (t_s - visible[0]) / (visible[1] - visible[0]) * self.width

    def t_of(self, x: float, visible: tuple[float, float]) -> float:
        """The time at a place; may lie outside of the run."""
        return visible[0] + (x - self.left) / self.width * (visible[1] - visible[0])


def layout_of(rows: Sequence[Row], width: float, height: float) -> Layout:
    """Share out the room: the letters grow with the window, the rows take what their part says."""
    text_px = max(11, min(round(0.022 * height), round(0.018 * width), 40))
    left = min(max(0.155 * width, 11.0 * text_px), 0.34 * width)
    lanes = 2 if height > 420 else 1
    signs_height = lanes * 1.35 * text_px + 4
    axis_height = 1.5 * text_px
    legend_height = 1.6 * text_px if height >= LEGEND_FROM_PX else 0.0
    room = height - signs_height - axis_height - legend_height - GAP_PX * len(rows)
    total = sum(row.part for row in rows) or 1.0
    bands, top = [], signs_height
    for row in rows:
        share = max(room * row.part / total, 4.0)
        bands.append(Band(row, top, share))
        top += share + GAP_PX
    legend_top = top + axis_height if legend_height else None
    return Layout(left, width - 0.6 * text_px, text_px, signs_height, lanes, tuple(bands), top, legend_top)


def time_ticks(start_s: float, end_s: float, most: int) -> list[tuple[float, str]]:
    """Round times from start to end, at most so many, with their words."""
    span = end_s - start_s
    step = next((s for s in STEPS_S if span / s <= max(most, 1)), STEPS_S[-1] * math.ceil(span / STEPS_S[-1] / most))
    first = math.ceil(start_s / step)
    return [(i * step, clock_words(i * step)) for i in range(first, math.floor(end_s / step) + 1)]


def value_ticks(row: LineRow, most: int) -> list[tuple[float, str]]:
    """Round values of a row's axis in its curve's unit, with the numbers that are written there."""
    low, high = row.low * row.shown, row.high * row.shown
    power = math.floor(math.log10((high - low) / max(most, 1)))
    for step in (factor * 10.0**power for factor in (1, 2, 5, 10, 20, 50)):
        ticks = range(math.ceil(low / step), math.floor(high / step) + 1)
        if len(ticks) <= most:
            break
    digits = max(0, -math.floor(math.log10(step)))
    return [(i * step / row.shown, f"{i * step:,.{digits}f}".replace("-", "−")) for i in ticks]
