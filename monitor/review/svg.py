"""SVG pieces for the report: scales, tick marks, and lines of any length reduced to what the eye can see.

Long series are reduced to their smallest and largest value per pixel column, so that a short stare in a day's run
stays visible, and lines are broken wherever values are missing.
"""

from __future__ import annotations

import html
import math
from dataclasses import dataclass

import numpy as np

from monitor.values import FloatArray

TICK_STEPS_S = (5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 21600)


@dataclass(frozen=True, slots=True)
class Frame:
    """A plot area and its scales: seconds `0..span_s` to x, values `top..bottom` to y (either may be the larger)."""

    left: float
    upper: float
    width: float
    height: float
    span_s: float
    top: float
    bottom: float

    def x(self, t_s: float) -> float:
        """Pixel column of a time, kept inside the area."""
        return self.left + self.width * min(1.0, max(0.0, t_s / self.span_s))

    def y(self, value: float) -> float:
        """Pixel row of a value, kept inside the area."""
        return self.upper + self.height * min(1.0, max(0.0, (value - self.top) / (self.bottom - self.top)))


def text(value: str) -> str:
    """Text made safe for HTML and SVG, in content and in attributes."""
    return html.escape(value, quote=True)


def line_path(frame: Frame, t_s: FloatArray, values: FloatArray, hole_s: float = 0.5) -> str:
    """The `d` of a path through a series (n,), broken at NaN and at holes in time; '' where nothing is known."""
    known = np.flatnonzero(np.isfinite(values) & np.isfinite(t_s))
    if len(known) == 0:
        return ""
    t, v = t_s[known], values[known]
    # A line may only join neighbours: no missing value and no long time between them.
    start = np.append(True, (np.diff(known) > 1) | (np.diff(t) > hole_s))
    columns = max(1, int(frame.width))
    if len(t) > 4 * columns:
        # Holes narrower than a pixel cannot be seen, and a day of lost samples has too many to write down.
        start[1:] &= np.diff(t) > frame.span_s / columns
        column = np.clip(t / frame.span_s * columns, 0, columns - 1).astype(np.int64)
        t, v, start = _reduced(t, v, start, column)
    x = frame.left + frame.width * np.clip(t / frame.span_s, 0, 1)
    y = frame.upper + frame.height * np.clip((v - frame.top) / (frame.bottom - frame.top), 0, 1)
    parts = [
        f"{'M' if begins else 'L'}{px:.1f} {py:.1f}"
        for px, py, begins in zip(x.tolist(), y.tolist(), start.tolist(), strict=True)
    ]
    # A lone point between two gaps still shows, as a dot: round line caps draw a line of no length.
    alone = start & np.append(start[1:], True)
    for i in np.flatnonzero(alone).tolist():
        parts[i] += "h0"
    return "".join(parts)


DRAWN_MOST = 4000
"""Columns in which a long series is kept for drawing: finer than any chart."""


def thinned(t_s: FloatArray, values: FloatArray, span_s: float, hole_s: float = 0.5) -> tuple[FloatArray, FloatArray]:
    """A series (n,) for drawing it more than once: its extremes in fine columns, with NaN at every hole.

    The line through the result, drawn with `hole_s` infinite, is that of the series.
    """
    known = np.flatnonzero(np.isfinite(values) & np.isfinite(t_s))
    if len(known) == 0:
        return np.empty(0), np.empty(0)
    t, v = t_s[known], values[known]
    start = np.append(True, (np.diff(known) > 1) | (np.diff(t) > hole_s))
    if len(t) > 4 * DRAWN_MOST:
        start[1:] &= np.diff(t) > span_s / DRAWN_MOST
        column = np.clip(t / span_s * DRAWN_MOST, 0, DRAWN_MOST - 1).astype(np.int64)
        t, v, start = _reduced(t, v, start, column)
    holes = np.flatnonzero(start[1:]) + 1
    return np.insert(t, holes, t[holes]), np.insert(v, holes, np.nan)


def _reduced(
    t: FloatArray, v: FloatArray, start: np.ndarray, column: np.ndarray
) -> tuple[FloatArray, FloatArray, np.ndarray]:
    """Two points per pixel column and unbroken piece: its smallest and largest value, in order of time."""
    piece = np.cumsum(start)
    first = np.flatnonzero(np.append(True, (np.diff(column) != 0) | (np.diff(piece) != 0)))
    low, high = np.minimum.reduceat(v, first), np.maximum.reduceat(v, first)
    rising = v[np.append(first[1:], len(v)) - 1] >= v[first]
    pair = np.where(rising[:, None], np.column_stack((low, high)), np.column_stack((high, low)))
    begins = np.column_stack((start[first], np.zeros(len(first), bool)))
    return np.repeat(t[first], 2), pair.ravel(), begins.ravel()


def area_path(frame: Frame, t_s: FloatArray, values: FloatArray, hole_s: float) -> str:
    """The `d` of the area between a series (n,) and the frame's lower edge, one piece for each unbroken line."""
    floor = f"{frame.upper + frame.height:.1f}"
    pieces = []
    for piece in line_path(frame, t_s, values, hole_s).split("M")[1:]:
        points = piece.removesuffix("h0").split("L")
        left, right = points[0].split(" ")[0], points[-1].split(" ")[0]
        pieces.append(f"M{left} {floor}L{'L'.join(points)}L{right} {floor}z")
    return "".join(pieces)


def round_ticks(low: float, high: float, most: int = 3) -> list[float]:
    """Round values of which the first and last enclose `low..high`: two at least, `most` + 2 at most."""
    span = max(high - low, 1e-9)
    size = 10.0 ** math.floor(math.log10(span / most))
    step = next(m * size for m in (1, 2, 5, 10, 20) if span / (m * size) <= most)
    first = math.floor(low / step + 1e-9)
    last = max(first + 1, math.ceil(high / step - 1e-9))
    return [i * step for i in range(first, last + 1)]


def time_ticks(span_s: float, most: int = 8) -> list[float]:
    """Round times from 0, at most `most` + 1 of them."""
    step = next((s for s in TICK_STEPS_S if span_s / s <= most), max(TICK_STEPS_S[-1], span_s / most))
    return [i * step for i in range(int(span_s / step) + 1)]


def tag(name: str, content: str = "", **attributes: str | float) -> str:
    """One element; attribute values are escaped, `content` is taken as markup. `class_` becomes `class`."""
    words = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(f"{value:.1f}" if isinstance(value, float) else str(value))}"'
        for key, value in attributes.items()
    )
    return f"<{name}{words}>{content}</{name}>" if content else f"<{name}{words}/>"


def label(x: float, y: float, words: str, class_: str = "tick", anchor: str = "middle") -> str:
    """A text at a place."""
    return tag("text", text(words), x=float(x), y=float(y), class_=class_, text_anchor=anchor)
