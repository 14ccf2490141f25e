"""How the run drifted: slope of each quantity with its interval, last third against first, and a small chart."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from monitor.review.insight.breakdown import MILE_M
from monitor.review.insight.observations import Section
from monitor.review.insight.trend import MOST_WINDOWS, WINDOW_S, Trend
from monitor.review.insight.windows import Quantity, windows_of
from monitor.review.report_axes import area, picture, rows, time_frame, times
from monitor.review.report_parts import (
    DEG,
    degrees,
    figure,
    interval,
    para,
    percent,
    section,
    signed,
    table,
    term,
    whole,
)
from monitor.review.report_quantities import NAMES, UNITS
from monitor.review.reviewed import ReviewedRun
from monitor.review.svg import label, round_ticks, tag, text
from monitor.review.thirds import Third


def trend_section(run: ReviewedRun) -> str:
    """The section as HTML; '' for a run too short for a drift."""
    by_thirds = _thirds(run)
    if not run.insight.trends and not by_thirds:
        return ""
    if not run.insight.trends:
        return section(Section.TREND.value, "How the run drifted", by_thirds)
    chart = figure(_chart(run))
    note = "Each dot is a minute or more of running; the dashes are the straight line through them." if chart else ""
    return section(
        Section.TREND.value, "How the run drifted", chart, para(note, "dim"), _table(run), by_thirds,
        para("A drift counts only where its interval leaves out zero. The ground and the heat drift too.", "dim"),
    )  # fmt: skip


def trend_words(trend: Trend) -> str:
    """What a trend says, in plain words."""
    if trend.low == trend.high == 0:
        return "did not change"
    if not trend.certain:
        return "no drift that can be told"
    up, down = {
        Quantity.HEAD_PITCH: ("your head sank", "your head came up"),
        Quantity.NEAR_GAZE: ("your eyes came nearer", "your eyes went farther"),
        Quantity.SHOULDERS: ("your shoulders rose", "your shoulders came down"),
        Quantity.CADENCE: ("your steps grew quicker", "your steps grew slower"),
        Quantity.HEART: ("your heart rate rose", "your heart rate fell"),
    }[trend.quantity]
    return up if trend.per_10_min > 0 else down


def _table(run: ReviewedRun) -> str:
    feet = run.analysis.settings.feet
    per = (MILE_M / 1000, "/mi") if feet else (1.0, "/km")
    body = []
    for i, trend in enumerate(run.insight.trends):
        at, unit = f"insight.trends.{i}", UNITS[trend.quantity]
        thirds = "–"
        if trend.thirds is not None:
            t = trend.thirds
            thirds = (
                f"{signed(f'{at}.thirds.difference', t.difference, unit)} "
                f'<span class="range">{interval(f"{at}.thirds", t.low, t.high, unit)}</span>'
            )
        body.append(
            [
                NAMES[trend.quantity](feet),
                f"{signed(f'{at}.per_10_min', trend.per_10_min, unit)} "
                f'<span class="range">{interval(at, trend.low, trend.high, unit)}</span>',
                signed(f"{at}.per_km", trend.per_km, unit.over(*per)),
                thirds,
                text(trend_words(trend)),
            ]
        )
    way = "Per mile" if feet else "Per km"
    head = ["", term("Per ten minutes (95 %)", "slope"), way, term("Last third against first (95 %)", "thirds"), ""]
    return table(head, body, class_="left")


def _thirds(run: ReviewedRun) -> str:
    first, last = run.metrics.first_third, run.metrics.last_third
    if first is None or last is None:
        return ""

    def row(name: str, at: str, third: Third) -> list[str]:
        return [
            name,
            degrees(f"{at}.head_pitch_mean_deg", third.head_pitch_mean_deg),
            percent(f"{at}.past_limit_share", third.past_limit_share),
            whole(f"{at}.cadence_median_spm", third.cadence_median_spm, "spm"),
        ]

    head = ["", term("Head, mean", "head"), term("Past the limit", "past"), term("Cadence", "cadence")]
    both = [row("First third", "metrics.first_third", first), row("Last third", "metrics.last_third", last)]
    return f"<h3>Start against end</h3>{table(head, both, class_='left')}"


def _chart(run: ReviewedRun) -> Callable[[float], str]:
    """What draws head pitch in windows, with the straight line of its trend; '' where it has none."""
    trend = next((t for t in run.insight.trends if t.quantity is Quantity.HEAD_PITCH), None)
    if trend is None:
        return lambda _: ""
    windows = windows_of(run.columns, max(WINDOW_S, float(run.columns.t_s[-1]) / MOST_WINDOWS))
    means = windows.means[Quantity.HEAD_PITCH]
    known = np.isfinite(means)
    t_s, deg = windows.middle_s[known], means[known]
    ends = np.array([t_s[0], t_s[-1]])
    line = deg.mean() + trend.per_10_min * (ends - t_s.mean()) / 600
    low, high = min(float(deg.min()), float(line.min())), max(float(deg.max()), float(line.max()))
    ticks = round_ticks(low, max(high, low + 2.0))

    def draw(width: float) -> str:
        frame = time_frame(width, 22.0, 120.0, run.metrics.duration_s, ticks[0], ticks[-1])
        body = [area(frame), *rows(frame, ticks, DEG.after)]
        body += [
            tag("circle", cx=frame.x(t), cy=frame.y(v), r=2.4, class_="dot")
            for t, v in zip(t_s.tolist(), deg.tolist(), strict=True)
        ]
        (xa, xb), (ya, yb) = [frame.x(t) for t in ends], [frame.y(v) for v in line]
        body.append(tag("path", d=f"M{xa:.1f} {ya:.1f}L{xb:.1f} {yb:.1f}", class_="fit"))
        body.append(label(frame.left, 15.0, "Head pitch from the calibrated neutral", "row-title", "start"))
        words = "Head pitch minute by minute, with its straight line"
        return picture(width, frame.upper + frame.height + 24, words, [*body, *times(frame)])

    return draw
