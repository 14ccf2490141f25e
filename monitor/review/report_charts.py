"""The report's pictures as inline SVG: head pitch, shoulders, cadence, time per gaze zone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from monitor.posture.gaze import GazeZone
from monitor.review.metrics import RunMetrics
from monitor.review.report_words import clock_words, share_words, zone_words
from monitor.review.svg import Frame, label, line_path, tag, time_ticks
from monitor.review.track_time import bout_spans_s
from monitor.values import NS_PER_S, Activity, Event, EventKind, FloatArray, Reason, Track

WIDTH, LEFT, RIGHT = 960.0, 46.0, 24.0
LABEL_GAP = 22.0
"""Marks closer together than this, in pixels, share the first one's label."""
LIMIT_LABEL_WIDTH = 150.0
"""A stretch narrower than this, in pixels, has no room for the words on its limit."""
MARKS_MOST = 400
PITCH_STEPS_DEG = (45.0, 60.0, 90.0)


@dataclass(frozen=True, slots=True)
class ChartMark:
    """A labelled mark above a chart: a filled triangle for a cue, an open diamond for anything else."""

    t_s: float
    words: str
    cue: bool


def chart_marks(numbered: Sequence[tuple[int, Event]]) -> list[ChartMark]:
    """Marks for cues given and for the runner's own marks, labelled with their row in the table."""
    shown = [(n, e) for n, e in numbered if e.prompted or e.kind is EventKind.MARK]
    return [ChartMark(e.t_ns / NS_PER_S, str(n), e.prompted) for n, e in shown[:MARKS_MOST]]


@dataclass(frozen=True, slots=True)
class LimitLabel:
    """What is written at the limit's line at the end of a stretch; `deg` None where there is no limit."""

    start_s: float
    end_s: float
    deg: float | None
    words: str


def pitch_chart(
    track: Track, span_s: float, limits_deg: FloatArray, labels: Sequence[LimitLabel], marks: Sequence[ChartMark]
) -> str:
    """What the head's rules judge over the whole run, nose down drawn downwards; bouts shaded, gaps left open.

    limits_deg (n,) : the limit in force at each value of the track, NaN for none
    """
    pitch = np.where(track.valid, track.neck_deg, np.nan)
    known = pitch[np.isfinite(pitch)]
    deepest = float(known.max()) + 3 if len(known) else 0.0
    bottom = next((b for b in PITCH_STEPS_DEG if deepest <= b), PITCH_STEPS_DEG[-1])
    frame = Frame(LEFT, 34.0, WIDTH - LEFT - RIGHT, 230.0, max(span_s, 1.0), -15.0, bottom)
    body = [_area(frame)]
    for start_s, end_s in bout_spans_s(track).tolist():
        width = max(1.5, frame.x(end_s) - frame.x(start_s))
        body.append(tag("rect", x=frame.x(start_s), y=frame.upper, width=width, height=frame.height, class_="bout"))
    body += _rows(frame, np.arange(0, bottom + 1, 15), "°")
    body += _limit(frame, track.t_ns / NS_PER_S, limits_deg, labels)
    body.append(tag("path", d=line_path(frame, track.t_ns / NS_PER_S, pitch), class_="trace"))
    if len(known) == 0:
        body.append(label(frame.left + frame.width / 2, frame.y(10), "No trusted head pitch in this run"))
    body += [*_marks(frame, marks), *_activity(frame, track), *_times(frame, 18.0)]
    body.append(label(frame.left, 14, "level is 0°, nose down is below it", anchor="start"))
    words = f"Head pitch over {clock_words(span_s)}, {len(marks)} marks"
    return _figure(frame.upper + frame.height + 42, words, body)


def _limit(frame: Frame, t_s: FloatArray, limits_deg: FloatArray, labels: Sequence[LimitLabel]) -> list[str]:
    """The limit's dashes, open where there is none, and a label for each stretch with room for one."""
    body = []
    if np.isfinite(limits_deg).any():
        # Only the ends of level pieces are needed; a hole in the data is no hole in the limit.
        with np.errstate(invalid="ignore"):
            same = (np.diff(limits_deg) == 0) | (np.isnan(limits_deg[1:]) & np.isnan(limits_deg[:-1]))
        bends = ~(np.append(False, same) & np.append(same, False))
        body.append(tag("path", d=line_path(frame, t_s[bends], limits_deg[bends], hole_s=math.inf), class_="limit"))
    for stretch in labels:
        left, right = frame.x(stretch.start_s), frame.x(stretch.end_s)
        if right - left >= LIMIT_LABEL_WIDTH:
            # Outside the line's own busy area: right end, below the dashes.
            y = frame.upper + frame.height - 6 if stretch.deg is None else frame.y(stretch.deg) + 15
            body.append(label(right - 6, y, stretch.words, "limit-label", "end"))
    return body


def strip(track: Track, values: FloatArray, span_s: float, top: float, bottom: float, unit: str, words: str) -> str:
    """A low chart of one series."""
    frame = Frame(LEFT, 10.0, WIDTH - LEFT - RIGHT, 110.0, max(span_s, 1.0), top, bottom)
    rows = np.linspace(bottom, top, 3)
    body = [_area(frame), *_rows(frame, rows, unit)]
    body.append(tag("path", d=line_path(frame, track.t_ns / NS_PER_S, values), class_="trace"))
    return _figure(frame.upper + frame.height + 26, words, [*body, *_times(frame, 0.0)])


def shoulder_chart(track: Track, span_s: float, limit: float | None) -> str:
    """Shoulder score of the whole run, with its limit where one applies."""
    score = np.where(track.valid | (track.reason == Reason.CANNOT_SEE), track.shoulder, np.nan)
    known = score[np.isfinite(score)]
    top = max(1.0, math.ceil(float(known.max()) * 2) / 2) if len(known) else 1.0
    frame = Frame(LEFT, 10.0, WIDTH - LEFT - RIGHT, 110.0, max(span_s, 1.0), 100 * min(top, 2.0), -25.0)
    body = [_area(frame), *_rows(frame, np.array([0.0, 50.0, 100.0]), " %")]
    if limit is not None:
        y = frame.y(100 * limit)
        body.append(tag("line", x1=frame.left, x2=frame.left + frame.width, y1=y, y2=y, class_="limit"))
        body.append(label(frame.left + frame.width - 6, y - 5, "limit", "limit-label", "end"))
    body.append(tag("path", d=line_path(frame, track.t_ns / NS_PER_S, 100 * score), class_="trace"))
    words = "Shoulder score" if limit is not None else "Shoulder score, weakly seen"
    return _figure(frame.upper + frame.height + 26, words, [*body, *_times(frame, 0.0)])


def zone_bar(metrics: RunMetrics, feet: bool) -> str:
    """Time per gaze zone as one bar with its legend in words; '' where there is none."""
    total_s = sum(metrics.zone_s.values())
    if total_s <= 0:
        return ""
    x, bars, legend = 0.0, [], []
    for i, zone in enumerate(GazeZone):
        share = metrics.zone_s.get(zone.value, 0.0) / total_s
        width = share * WIDTH
        if width > 0:
            bars.append(tag("rect", x=x, y=0.0, width=width, height=34.0, class_=f"zone z{i}"))
        words = f"{zone_words(zone, feet)}: <b>{share_words(share)}</b>"
        legend.append(f'<li><span class="swatch z{i}"></span>{words}</li>')
        x += width
    picture = tag("svg", "".join(bars), viewBox=f"0 0 {WIDTH:.0f} 34", role="img", aria_label="Time per gaze distance")
    return f'<figure>{picture}<ul class="zones">{"".join(legend)}</ul></figure>'


def _figure(height: float, words: str, body: Sequence[str]) -> str:
    picture = tag("svg", "".join(body), viewBox=f"0 0 {WIDTH:.0f} {height:.0f}", role="img", aria_label=words)
    return f'<figure class="wide">{picture}</figure>'


def _area(frame: Frame) -> str:
    return tag("rect", x=frame.left, y=frame.upper, width=frame.width, height=frame.height, class_="area")


def _rows(frame: Frame, values: FloatArray, unit: str) -> list[str]:
    out = []
    for value in values.tolist():
        y = frame.y(value)
        out.append(tag("line", x1=frame.left, x2=frame.left + frame.width, y1=y, y2=y, class_="rule"))
        out.append(label(frame.left - 6, y + 4, f"{value:.0f}{unit}", anchor="end"))
    return out


def _times(frame: Frame, below: float) -> list[str]:
    y = frame.upper + frame.height + below + 16
    return [label(frame.x(t), y, clock_words(t)) for t in time_ticks(frame.span_s)]


def _marks(frame: Frame, marks: Sequence[ChartMark]) -> list[str]:
    out, labelled = [], -math.inf
    base = frame.upper - 2
    for mark in sorted(marks, key=lambda m: m.t_s):
        x = frame.x(mark.t_s)
        if mark.cue:
            out.append(tag("path", d=f"M{x - 5:.1f} {base - 8:.1f}h10l-5 8z", class_="cue"))
        else:
            out.append(tag("path", d=f"M{x:.1f} {base - 9:.1f}l4 4.5l-4 4.5l-4 -4.5z", class_="note"))
        # The words at the left end of the top line keep their place.
        if x - labelled >= LABEL_GAP:
            out.append(
                label(x, base - 11, mark.words) if x > 300 else label(x + 7, base - 1, mark.words, anchor="start")
            )
            labelled = x
    return out


def _activity(frame: Frame, track: Track) -> list[str]:
    """A ribbon below the chart: filled while running, an outline while walking."""
    columns = 400
    if len(track) == 0:
        return []
    column = np.clip(track.t_ns / NS_PER_S / frame.span_s * columns, 0, columns - 1).astype(np.int64)
    counts = np.stack(
        [np.bincount(column[track.activity == a], minlength=columns) for a in (Activity.RUN, Activity.WALK)]
    )
    total = np.bincount(column, minlength=columns)
    kind = np.where(2 * counts[0] > total, 1, np.where(2 * counts[1] > total, 2, 0))
    edges = np.flatnonzero(np.append(True, np.diff(kind) != 0))
    y, width = frame.upper + frame.height + 5, frame.width / columns
    out = []
    for first, end in zip(edges.tolist(), [*edges[1:].tolist(), columns], strict=True):
        if kind[first]:
            style = "run" if kind[first] == 1 else "walk"
            x, length = frame.left + first * width, (end - first) * width
            out.append(tag("rect", x=x, y=y, width=length, height=7.0, class_=style))
    return out
