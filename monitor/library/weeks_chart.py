"""A measure over the weeks as a small chart: a dot for each run, the robust line, dashed where nothing is certain."""

from __future__ import annotations

from datetime import timedelta

from monitor.library.measures import Kind
from monitor.library.over_weeks import DAY_S, WEEK_DAYS, Followed
from monitor.review.report_axes import LEFT, RIGHT, area, picture, rows
from monitor.review.svg import Frame, label, round_ticks, tag

HEIGHT_PX = 150.0
DOWNWARDS = frozenset({"head_from_calibration_deg"})
LEAST_SPAN = {Kind.DEG: 6.0, Kind.SHARE: 10.0, Kind.STEPS: 8.0, Kind.RATE: 4.0}
_UNIT = {Kind.DEG: "°", Kind.SHARE: " %"}


def weeks_chart(line: Followed, width: float) -> str:
    """The SVG. The line needs at least one point."""
    kind, scale = line.measure.kind, 100.0 if line.measure.kind is Kind.SHARE else 1.0
    first = line.points[0].at
    days = [(p.at - first).total_seconds() / DAY_S for p in line.points]
    values = [p.value * scale for p in line.points]
    ends: list[tuple[float, float]] = []
    if line.slope is not None:
        start = line.slope.start * scale
        ends = [(0.0, start), (days[-1], start + line.slope.per_week * scale * days[-1] / WEEK_DAYS)]
    known = values + [value for _, value in ends]
    short = max(0.0, LEAST_SPAN.get(kind, 4.0) - (max(known) - min(known))) / 2
    low, high = min(known) - short, max(known) + short
    if kind is not Kind.DEG and low < 0 <= min(known):
        low, high = 0.0, high - low
    ticks = round_ticks(low, high)
    down = line.measure.key in DOWNWARDS
    top, bottom = (ticks[0], ticks[-1]) if down else (ticks[-1], ticks[0])
    frame = Frame(LEFT, 26.0, width - LEFT - RIGHT, HEIGHT_PX - 52.0, max(days[-1], 1.0), top, bottom)
    mode = f"{line.modes}{', SIMULATED' if line.simulated else ''}"
    title = f"{line.measure.name} · {mode}{' · lower on the page is nose down' if down else ''}"
    body = [area(frame), *rows(frame, ticks, _UNIT.get(kind, ""))]
    body.append(label(frame.left, 16.0, title, "own", "start"))
    if ends and line.slope is not None:
        (xa, ya), (xb, yb) = [(frame.x(t), frame.y(v)) for t, v in ends]
        style = "sure" if line.slope.certain else "fit"
        body.append(tag("path", d=f"M{xa:.1f} {ya:.1f}L{xb:.1f} {yb:.1f}", class_=style))
    body += [
        tag("circle", cx=frame.x(t), cy=frame.y(v), r=3.2, class_="dot") for t, v in zip(days, values, strict=True)
    ]
    body += _dates(frame, line)
    words = f"{title}: {len(line.points)} runs from {first:%Y-%m-%d} to {line.points[-1].at:%Y-%m-%d}"
    return picture(width, HEIGHT_PX, words, body)


def _dates(frame: Frame, line: Followed) -> list[str]:
    """The first and the last day, and what fits between them."""
    count = max(1, min(6, int(frame.width / 110)))
    y = frame.upper + frame.height + 16
    first = line.points[0].at
    out = []
    for i in range(count + 1):
        day = frame.span_s * i / count
        at = first + timedelta(days=day)
        anchor = "start" if i == 0 else "end" if i == count else "middle"
        out.append(
            label(frame.x(day), y, f"{at.day} {at:%b %Y}" if i in (0, count) else f"{at.day} {at:%b}", anchor=anchor)
        )
    return out
