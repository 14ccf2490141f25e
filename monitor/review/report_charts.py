"""The report's charts of what was worn: head pitch with its limit and cues, shoulders, time per gaze zone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from monitor.posture.gaze import GazeZone
from monitor.review.report_axes import area, picture, rows, time_frame, times
from monitor.review.report_words import clean
from monitor.review.svg import Frame, label, line_path, tag
from monitor.review.track_time import bout_spans_s
from monitor.values import NS_PER_S, Event, EventKind, FloatArray, Reason, Track

LETTER = 7.0
"""About the width of a letter of a chart, pixels."""
LIMIT_LABEL_WIDTH = 150.0
"""A stretch narrower than this, in pixels, has no room for the words on its limit."""
MARKS_MOST = 400
HIGHEST_DEG = -15.0
PITCH_STEPS_DEG = (45.0, 60.0, 90.0)


@dataclass(frozen=True, slots=True)
class ChartMark:
    """A labelled mark above a chart: a filled triangle for a cue, an open diamond for anything else."""

    t_s: float
    words: str
    cue: bool


def chart_marks(numbered: Sequence[tuple[int, Event]]) -> list[ChartMark]:
    """Cues given, with their row in the table, and the runner's own marks, with their labels; in order of time."""
    shown = [(n, e) for n, e in numbered if e.prompted or e.kind is EventKind.MARK][:MARKS_MOST]
    marks = [
        ChartMark(
            e.t_ns / NS_PER_S,
            str(n) if e.prompted else clean(str(e.detail.get("label", "")), 14) or str(n),
            e.prompted,
        )
        for n, e in shown
    ]
    return sorted(marks, key=lambda m: m.t_s)


@dataclass(frozen=True, slots=True)
class LimitLabel:
    """What is written at the limit's line at the end of a stretch; `deg` None where there is no limit."""

    start_s: float
    end_s: float
    deg: float | None
    words: str


def judged_deg(track: Track) -> FloatArray:
    """What the head's rules judge (n,), NaN where it may not be trusted."""
    return np.asarray(np.where(track.valid, track.neck_deg, np.nan))


def deepest_deg(pitch_deg: FloatArray) -> float:
    """The lower end of a chart of these angles (n,): the first round one that holds them."""
    known = pitch_deg[np.isfinite(pitch_deg)]
    deepest = float(known.max()) + 3 if len(known) else 0.0
    return next((b for b in PITCH_STEPS_DEG if deepest <= b), PITCH_STEPS_DEG[-1])


def pitch_panel(
    frame: Frame, track: Track, limits_deg: FloatArray, labels: Sequence[LimitLabel], marks: Sequence[ChartMark]
) -> list[str]:
    """What the head's rules judge over the whole run, nose down drawn downwards; bouts shaded, gaps left open.

    frame : its top and bottom are degrees; the marks stand above it
    limits_deg (n,) : the limit in force at each value of the track, NaN for none
    """
    pitch = judged_deg(track)
    body = [area(frame), *_bouts(frame, track)]
    body += rows(frame, np.arange(0, frame.bottom + 1, 15).tolist(), "°")
    body += _limit(frame, track.t_ns / NS_PER_S, limits_deg, labels)
    body.append(tag("path", d=line_path(frame, track.t_ns / NS_PER_S, pitch), class_="trace"))
    if not np.isfinite(pitch).any():
        body.append(label(frame.left + frame.width / 2, frame.y(10), "No trusted head pitch in this run"))
    return [*body, *_marks(frame, marks)]


def _bouts(frame: Frame, track: Track) -> list[str]:
    """Stretches past the dwell, shaded; those that a pixel cannot part are drawn as one."""
    spans = [(frame.x(a), frame.x(b)) for a, b in bout_spans_s(track).tolist()]
    joined: list[tuple[float, float]] = []
    for left, right in spans:
        if joined and left - joined[-1][1] < 1.0:
            joined[-1] = (joined[-1][0], max(right, joined[-1][1]))
        else:
            joined.append((left, right))
    return [
        tag("rect", x=left, y=frame.upper, width=max(1.5, right - left), height=frame.height, class_="bout")
        for left, right in joined
    ]


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
            body.append(label(right - 6, min(y, frame.upper + frame.height - 4), stretch.words, "limit-label", "end"))
    return body


def _marks(frame: Frame, marks: Sequence[ChartMark]) -> list[str]:
    """Signs above the frame; where labels would meet, the first one stands."""
    out, free = [], -math.inf
    base = frame.upper - 2
    for mark in marks:
        x = frame.x(mark.t_s)
        if mark.cue:
            out.append(tag("path", d=f"M{x - 5:.1f} {base - 8:.1f}h10l-5 8z", class_="cue"))
        else:
            out.append(tag("path", d=f"M{x:.1f} {base - 9:.1f}l4 4.5l-4 4.5l-4 -4.5z", class_="note"))
        half = LETTER * len(mark.words) / 2
        centre = min(max(x, half), frame.left + frame.width + 10 - half)
        if centre - half >= free:
            out.append(label(centre, base - 12, mark.words, "tick" if mark.cue else "own"))
            free = centre + half + 4
    return out


def shoulder_chart(width: float, track: Track, span_s: float, limit: float | None) -> str:
    """Shoulder score of the whole run, with its limit where one applies."""
    score = np.where(track.valid | (track.reason == Reason.CANNOT_SEE), track.shoulder, np.nan)
    known = score[np.isfinite(score)]
    top = max(1.0, math.ceil(float(known.max()) * 2) / 2) if len(known) else 1.0
    frame = time_frame(width, 10.0, 110.0, span_s, 100 * min(top, 2.0), -25.0)
    body = [area(frame), *rows(frame, [0.0, 50.0, 100.0], " %")]
    body.append(tag("path", d=line_path(frame, track.t_ns / NS_PER_S, 100 * score), class_="trace"))
    if limit is not None:
        y = frame.y(100 * limit)
        body.append(tag("line", x1=frame.left, x2=frame.left + frame.width, y1=y, y2=y, class_="limit"))
        body.append(label(frame.left + 6, y - 5, "limit", "limit-label", "start"))
    words = "Shoulder score" if limit is not None else "Shoulder score, weakly seen"
    return picture(width, frame.upper + frame.height + 24, words, [*body, *times(frame)])


def zone_strip(shares: Sequence[float], class_: str = "mini") -> str:
    """Shares of the gaze zones as one bar, nearest zone first."""
    x, bars = 0.0, []
    for i, share in enumerate(shares[: len(GazeZone)]):
        if share > 0:
            bars.append(tag("rect", x=x, y=0.0, width=100 * share, height=10.0, class_=f"zone z{i}"))
        x += 100 * share
    return tag(
        "svg", "".join(bars), viewBox="0 0 100 10", preserveAspectRatio="none", aria_hidden="true", class_=class_
    )
