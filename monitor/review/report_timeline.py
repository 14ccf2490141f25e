"""The whole run on one time axis: head pitch, how well it was seen, and below it the ground and the body."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from monitor.posture.gaze import FOOT_M
from monitor.review.insight.breakdown import MILE_M, QualitySpan
from monitor.review.insight.columns import RunColumns
from monitor.review.insight.course import Lap
from monitor.review.limits import limits_deg
from monitor.review.report_axes import LETTER, area, picture, rows, time_frame, times, upright
from monitor.review.report_charts import (
    HIGHEST_DEG,
    LimitLabel,
    PitchLines,
    chart_marks,
    pitch_of,
    pitch_panel,
)
from monitor.review.report_words import clock_words
from monitor.review.reviewed import ReviewedRun
from monitor.review.svg import Frame, area_path, label, line_path, round_ticks, tag, thinned
from monitor.review.table import main_track
from monitor.review.track_time import empty_track
from monitor.values import FloatArray, Mode, Reason

PITCH_HEIGHT, ROW_HEIGHT, BETWEEN = 200.0, 50.0, 25.0
RIBBON = 9.0
LINES_APART = 15.0
"""Lines for laps and marks stand at least so many pixels apart on average."""
SHADES = 5
"""Steps in which the ribbon tells how much of a moment was not seen."""


@dataclass(frozen=True, slots=True)
class Row:
    """One quantity below the head: `values` (n,) at `t_s` (n,), NaN at holes; `ticks` round values around it."""

    title: str
    t_s: FloatArray
    values: FloatArray
    ticks: tuple[float, ...]
    filled: bool


def timeline(run: ReviewedRun) -> Callable[[float], str]:
    """What draws the chart as SVG in a width; '' for a run in which nothing was measured."""
    columns, span_s = run.columns, run.metrics.duration_s
    if len(columns) == 0:
        return lambda _: ""
    marks = chart_marks(list(enumerate(run.analysis.events, start=1)))
    panel = _pitch(run) if run.metrics.head_down is not None else None
    labels, found = limit_labels(run), rows_of(run)
    words = f"The run over {clock_words(span_s)}: head pitch" + "".join(f", {row.title}" for row in found)

    def draw(width: float) -> str:
        upper, body = 34.0, []
        frame = time_frame(width, upper, 0.0, span_s, 1.0, 0.0)
        if panel is not None:
            frame = time_frame(width, upper, PITCH_HEIGHT, span_s, HIGHEST_DEG, panel.deepest_deg)
            body += [*pitch_panel(frame, panel, labels, marks), *_stretches(frame, run)]
        lower = frame.upper + frame.height
        body += _activity(frame, lower + 5, columns)
        body += _quality(frame, lower + 5 + RIBBON + 4, run.insight.quality)
        lower += 5 + 2 * RIBBON + 4
        titles = []
        for row in found:
            frame = time_frame(width, lower + BETWEEN, ROW_HEIGHT, span_s, row.ticks[-1], row.ticks[0])
            body += _row(frame, row)
            titles.append(label(frame.left, frame.upper - 6, row.title, "row-title", "start"))
            lower = frame.upper + frame.height
        body += _laps(frame, run.course.laps if run.course else (), upper, lower)
        body += _lines(frame, [m.t_s for m in marks if not m.cue], upper, lower, "own-line")
        body += titles
        return picture(width, lower + 24, words, [*body, *times(frame, lower - frame.upper - frame.height)])

    return draw


def _pitch(run: ReviewedRun) -> PitchLines:
    track = main_track(run.analysis) or empty_track()
    return pitch_of(track, limits_deg(track, run.analysis), run.metrics.duration_s)


def rows_of(run: ReviewedRun) -> list[Row]:
    """What is known of ground and body, in the units the wearer wants."""
    c, feet = run.columns, run.analysis.settings.feet
    height, speed = (FOOT_M, 3600 / MILE_M) if feet else (1.0, 3.6)
    found = (
        (f"Elevation, {'ft' if feet else 'm'}", c.elevation_m / height, True),
        (f"Speed, {'miles' if feet else 'km'} an hour", c.speed_m_s * speed, False),
        ("Heart rate, beats a minute", c.heart_bpm, False),
        ("Cadence, steps a minute", c.cadence_spm, False),
    )
    rows = []
    for title, values, filled in found:
        t_s, drawn = thinned(c.t_s, values, max(run.metrics.duration_s, 1.0))
        known = drawn[np.isfinite(drawn)]
        if len(known) > 1:
            rows.append(Row(title, t_s, drawn, _scale(known, filled), filled))
    return rows


def _scale(known: FloatArray, filled: bool) -> tuple[float, ...]:
    """Round values around the known ones (k,), of which a few wild ones set no scale."""
    low, high = np.percentile(known, (0.5, 99.5)).tolist()
    if filled:  # a summit is as short as a fault of the watch, but not far above the way to it
        reach = 0.3 * (high - low)
        low, high = max(low - reach, float(known.min())), min(high + reach, float(known.max()))
    narrow = max(1.0, 0.02 * abs(high))  # a belt that runs evenly is a level line, not a mountain range
    if high - low < narrow:
        low, high = (low + high - narrow) / 2, (low + high + narrow) / 2
    return tuple(round_ticks(low, high))


def limit_labels(run: ReviewedRun) -> list[LimitLabel]:
    """The words on the limit's line, one for each span of a mode."""
    labels, analysis = [], run.analysis
    for span in analysis.modes:
        mode = f"{span.mode.value}: " if len(analysis.modes) > 1 else ""
        if span.mode is Mode.TECHNICAL:
            labels.append(LimitLabel(span.start_s, span.end_s, None, f"{mode}no limit" if mode else ""))
        else:
            deg = analysis.settings.head_rule(span.mode).on_deg
            level = " on the level" if analysis.ground and not analysis.ground_of_watch else ""
            labels.append(LimitLabel(span.start_s, span.end_s, deg, f"{mode}limit {deg:.0f}°{level}"))
    return labels


def _row(frame: Frame, row: Row) -> list[str]:
    """One low chart."""
    body = [area(frame)]
    if row.filled:
        body.append(tag("path", d=area_path(frame, row.t_s, row.values, math.inf), class_="land"))
    body += rows(frame, [row.ticks[0], row.ticks[-1]])
    line = line_path(frame, row.t_s, row.values, math.inf)
    body.append(tag("path", d=line, class_="land-line" if row.filled else "trace"))
    return body


def _laps(frame: Frame, laps: tuple[Lap, ...], upper: float, lower: float) -> list[str]:
    """Where each lap begins, with its number where there is room."""
    inside = [lap for lap in laps if lap.end_s > 0 and lap.start_s < frame.span_s]
    out, free = _lines(frame, [lap.start_s for lap in inside if lap.start_s > 0], upper, lower, "lap"), 0.0
    for lap in inside:
        x, words = frame.x(lap.start_s) + 4, f"lap {lap.number}"
        if x >= free and frame.x(lap.end_s) - x >= LETTER * len(words):
            out.append(label(x, upper + 13, words, "tick", "start"))
            free = x + LETTER * len(words) + 4
    return out


def _lines(frame: Frame, times_s: Sequence[float], upper: float, lower: float, class_: str) -> list[str]:
    """Lines through all rows at some times; none where they would hide what they cross."""
    if len(times_s) > frame.width / LINES_APART:
        return []
    return [upright(frame, t_s, upper, lower, class_) for t_s in times_s]


def _stretches(frame: Frame, run: ReviewedRun) -> list[str]:
    """Brackets with the numbers of the observations that speak of a stretch."""
    out = []
    for number, said in enumerate(run.observations, start=1):
        if said.start_s is None or said.end_s is None:
            continue
        y = frame.upper + 24 + 14 * (number - 1)
        left, right = frame.x(said.start_s), frame.x(said.end_s)
        out.append(tag("path", d=f"M{left:.1f} {y + 5:.1f}v-5H{right:.1f}v5", class_="bracket"))
        out.append(label(left - 6, y + 6, str(number), "own", "end"))
    return out


# ---------------------------------------------------------------- ribbons


def _activity(frame: Frame, upper: float, columns: RunColumns) -> list[str]:
    """Filled = running, an outline = walking."""
    bins = int(frame.width / 2)
    column = np.clip(columns.t_s / frame.span_s * bins, 0, bins - 1).astype(np.int64)
    total = np.bincount(column, minlength=bins)
    ran, walked = (np.bincount(column[part], minlength=bins) for part in (columns.running, columns.walking))
    kind = np.where(2 * ran > total, 1, np.where(2 * walked > total, 2, 0))
    return [
        tag("rect", x=left, y=upper, width=right - left, height=RIBBON - 2, class_="run" if which == 1 else "walk")
        for left, right, which in _pieces(frame, kind)
        if which
    ]


def _quality(frame: Frame, upper: float, quality: tuple[QualitySpan, ...]) -> list[str]:
    """A thin line where all was seen; a filled bar as high as the part in doubt, an outline for no data at all."""
    seconds = np.array([max(1, round(q.end_s - q.start_s)) for q in quality], np.int64)
    doubt = np.repeat([q.reason not in (Reason.OK, Reason.NO_DATA) for q in quality], seconds)
    blank = np.repeat([q.reason is Reason.NO_DATA for q in quality], seconds)
    out = [tag("path", d=f"M{frame.left:.1f} {upper + RIBBON:.1f}h{frame.width:.1f}", class_="rule-line")]
    n = len(doubt)
    bins = min(int(frame.width), n)
    if bins == 0:
        return out
    column = np.arange(n) * bins // n
    total = np.bincount(column, minlength=bins)
    for part, style in ((doubt, "doubt"), (blank, "blank")):
        share = np.ceil(SHADES * np.bincount(column[part], minlength=bins) / total).astype(np.int64)
        for left, right, shade in _pieces(frame, share):
            if shade:
                height = RIBBON * shade / SHADES
                out.append(
                    tag("rect", x=left, y=upper + RIBBON - height, width=right - left, height=height, class_=style)
                )
    return out


def _pieces(frame: Frame, kind: np.ndarray) -> list[tuple[float, float, int]]:
    """Left and right edge and kind of each run of equal values (k,) spread over the frame."""
    edges = np.flatnonzero(np.append(True, np.diff(kind) != 0)).tolist()
    step = frame.width / len(kind)
    return [
        (frame.left + a * step, frame.left + b * step, int(kind[a]))
        for a, b in zip(edges, [*edges[1:], len(kind)], strict=True)
    ]
