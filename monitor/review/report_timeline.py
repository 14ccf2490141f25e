"""The whole run on one time axis: head pitch, how well it was seen, and below it the ground and the body."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from monitor.posture.gaze import FOOT_M
from monitor.review.insight.breakdown import MILE_M, QualitySpan
from monitor.review.insight.columns import RunColumns
from monitor.review.insight.course import Lap
from monitor.review.limits import limits_deg
from monitor.review.report_axes import area, picture, rows, time_frame, times, upright
from monitor.review.report_charts import (
    HIGHEST_DEG,
    LETTER,
    LimitLabel,
    chart_marks,
    deepest_deg,
    judged_deg,
    pitch_panel,
)
from monitor.review.report_words import clock_words
from monitor.review.reviewed import ReviewedRun
from monitor.review.svg import Frame, area_path, label, line_path, round_ticks, tag
from monitor.review.table import main_track
from monitor.review.track_time import empty_track
from monitor.values import FloatArray, Mode, Reason

PITCH_HEIGHT, ROW_HEIGHT, BETWEEN = 220.0, 62.0, 26.0
RIBBON = 9.0
SHADES = 5
"""Steps in which the ribbon tells how much of a moment was not seen."""


@dataclass(frozen=True, slots=True)
class Row:
    """One quantity below the head: `values` (n,) at the columns' times, NaN where not known."""

    title: str
    values: FloatArray
    filled: bool = False


def timeline(run: ReviewedRun, width: float) -> str:
    """The chart as SVG; '' for a run in which nothing was measured."""
    columns, span_s = run.columns, run.metrics.duration_s
    if len(columns) == 0:
        return ""
    upper, body, seen = 34.0, [], run.metrics.head_down is not None
    marks = chart_marks(list(enumerate(run.analysis.events, start=1)))
    if seen:
        track = main_track(run.analysis) or empty_track()
        frame = time_frame(width, upper, PITCH_HEIGHT, span_s, HIGHEST_DEG, deepest_deg(judged_deg(track)))
        limits = limits_deg(track, run.analysis)
        body += pitch_panel(frame, track, limits, limit_labels(run), marks)
        body += _stretches(frame, run)
        lower = frame.upper + frame.height
    else:
        frame, lower = time_frame(width, upper, 0.0, span_s, 1.0, 0.0), upper
    body += _ribbons(frame, lower + 5, run)
    lower += 5 + 2 * RIBBON + 4
    for row in rows_of(run):
        frame, pieces = _row(width, lower + BETWEEN, span_s, columns.t_s, row)
        body += pieces
        lower = frame.upper + frame.height
    laps = run.course.laps if run.course else ()
    body += _laps(frame, laps, upper, lower)
    body += [upright(frame, m.t_s, upper, lower, "own-line") for m in marks if not m.cue]
    words = f"The run over {clock_words(span_s)}: head pitch" + "".join(f", {r.title}" for r in rows_of(run))
    return picture(width, lower + 24, words, [*body, *times(frame, lower - frame.upper - frame.height)])


def rows_of(run: ReviewedRun) -> list[Row]:
    """What is known of ground and body, in the units the wearer wants."""
    c, feet = run.columns, run.analysis.settings.feet
    height, speed = (FOOT_M, 3600 / MILE_M) if feet else (1.0, 3.6)
    found = [
        Row(f"Elevation, {'ft' if feet else 'm'}", c.elevation_m / height, filled=True),
        Row(f"Speed, {'miles' if feet else 'km'} an hour", c.speed_m_s * speed),
        Row("Heart rate, beats a minute", c.heart_bpm),
        Row("Cadence, steps a minute", c.cadence_spm),
    ]
    return [row for row in found if np.isfinite(row.values).sum() > 1]


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


def _row(width: float, upper: float, span_s: float, t_s: FloatArray, row: Row) -> tuple[Frame, list[str]]:
    """One low chart with its title above; a few wild values do not set its scale."""
    known = row.values[np.isfinite(row.values)]
    low, high = np.percentile(known, (0.5, 99.5)).tolist()
    if row.filled:  # a summit is as short as a fault of the watch, but not far above the way to it
        reach = 0.3 * (high - low)
        low, high = max(low - reach, float(known.min())), min(high + reach, float(known.max()))
    ticks = round_ticks(low, high)
    frame = time_frame(width, upper, ROW_HEIGHT, span_s, ticks[-1], ticks[0])
    body = [area(frame), label(frame.left, upper - 6, row.title, "row-title", "start")]
    if row.filled:
        body.append(tag("path", d=area_path(frame, t_s, row.values, 0.5), class_="land"))
    body += rows(frame, [ticks[0], ticks[-1]])
    body.append(tag("path", d=line_path(frame, t_s, row.values), class_="land-line" if row.filled else "trace"))
    return frame, body


def _laps(frame: Frame, laps: tuple[Lap, ...], upper: float, lower: float) -> list[str]:
    """Where each lap begins, with its number where there is room."""
    out, free = [], 0.0
    inside = [lap for lap in laps if lap.end_s > 0 and lap.start_s < frame.span_s]
    for lap in inside[: int(frame.width / 3)]:
        if lap.start_s > 0:
            out.append(upright(frame, lap.start_s, upper, lower, "lap"))
        x, words = frame.x(lap.start_s) + 4, f"lap {lap.number}"
        if x >= free and frame.x(lap.end_s) - x >= LETTER * len(words):
            out.append(label(x, upper + 13, words, "tick", "start"))
            free = x + LETTER * len(words) + 4
    return out


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


def _ribbons(frame: Frame, upper: float, run: ReviewedRun) -> list[str]:
    """Two lines under the head: filled = running, outline = walking; and how well the head was seen."""
    return [*_activity(frame, upper, run.columns), *_quality(frame, upper + RIBBON + 4, run.insight.quality)]


def _activity(frame: Frame, upper: float, columns: RunColumns) -> list[str]:
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
