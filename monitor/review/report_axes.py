"""What all charts of the report share: the plot area, its rows and its time axis, in any width."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.review.report_words import clock_words
from monitor.review.svg import Frame, label, tag, time_ticks

LEFT, RIGHT = 48.0, 14.0
LETTER, BOLD = 7.5, 9.0
"""About the widths of a letter of a chart, pixels."""
PER_TIME_LABEL = 90.0
"""Pixels that a time and the space around it take."""


def time_frame(width: float, upper: float, height: float, span_s: float, top: float, bottom: float) -> Frame:
    """A plot area of a chart `width` wide; all of them share one time axis."""
    return Frame(LEFT, upper, width - LEFT - RIGHT, height, max(span_s, 1.0), top, bottom)


def picture(width: float, height: float, words: str, body: Sequence[str]) -> str:
    """The SVG; `words` say what it shows to those who do not see it."""
    return tag("svg", "".join(body), viewBox=f"0 0 {width:.0f} {height:.0f}", role="img", aria_label=words)


def area(frame: Frame) -> str:
    """The ground of a plot."""
    return tag("rect", x=frame.left, y=frame.upper, width=frame.width, height=frame.height, class_="area")


def rows(frame: Frame, values: Sequence[float], unit: str = "") -> list[str]:
    """Level lines with their values at the left."""
    out = []
    for value in values:
        y = frame.y(value)
        out.append(tag("line", x1=frame.left, x2=frame.left + frame.width, y1=y, y2=y, class_="rule"))
        out.append(label(frame.left - 6, y + 4, f"{value:g}{unit}".replace("-", "−"), anchor="end"))
    return out


def times(frame: Frame, below: float = 0.0) -> list[str]:
    """The times under a plot."""
    y = frame.upper + frame.height + below + 16
    ticks = time_ticks(frame.span_s, most=max(2, int(frame.width / PER_TIME_LABEL)))
    out = []
    for t_s in ticks:
        words = clock_words(t_s)
        farthest = frame.left + frame.width + RIGHT - LETTER * len(words) / 2
        out.append(label(min(frame.x(t_s), farthest), y, words))
    return out


def upright(frame: Frame, t_s: float, upper: float, lower: float, class_: str) -> str:
    """A line from `upper` down to `lower` at a time."""
    x = frame.x(t_s)
    return tag("line", x1=x, x2=x, y1=upper, y2=lower, class_=class_)
