"""The report's charts of what was worn: head pitch with its limit and cues, shoulders, time per gaze zone."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from monitor.posture.gaze import GazeZone
from monitor.review.report_axes import BOLD, LETTER, RIGHT, area, picture, rows, time_frame, times
from monitor.review.report_words import clean
from monitor.review.svg import Frame, label, line_path, tag, thinned
from monitor.review.track_time import bout_spans_s
from monitor.values import NS_PER_S, Event, EventKind, FloatArray, Reason, Track

LIMIT_LABEL_WIDTH = 150.0
"""A stretch narrower than this, in pixels, has no room for the words on its limit."""
MARKS_MOST = 400
SIGNS_APART = 3.0
"""Of marks of one kind that are closer together, in pixels, the first is drawn."""
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


@dataclass(frozen=True, slots=True)
class PitchLines:
    """What is drawn of the head, thinned for drawing (`svg.thinned`).

    t_s, deg (n,)         what the head's rules judge, NaN where it may not be trusted
    limit_s, limit_deg (m,)   the ends of the level pieces of the limit in force, NaN for none
    bouts_s               start and end of each time past the dwell
    deepest_deg           the lower end of the chart: the first round one that holds the angles
    """

    t_s: FloatArray
    deg: FloatArray
    limit_s: FloatArray
    limit_deg: FloatArray
    bouts_s: tuple[tuple[float, float], ...]
    deepest_deg: float


def pitch_of(track: Track, limits_deg: FloatArray, span_s: float) -> PitchLines:
    """The lines of a head's track (n,) with its limits (n,) in force, NaN for none."""
    t_s = track.t_ns / NS_PER_S
    t, deg = thinned(t_s, np.where(track.valid, track.neck_deg, np.nan), max(span_s, 1.0))
    # Only the ends of level pieces are needed; a hole in the data is no hole in the limit.
    with np.errstate(invalid="ignore"):
        same = (np.diff(limits_deg) == 0) | (np.isnan(limits_deg[1:]) & np.isnan(limits_deg[:-1]))
    bends = ~(np.append(False, same) & np.append(same, False))
    deepest = float(np.nanmax(deg)) + 3 if np.isfinite(deg).any() else 0.0
    return PitchLines(
        t, deg, t_s[bends], limits_deg[bends],
        tuple((float(a), float(b)) for a, b in bout_spans_s(track).tolist()),
        next((b for b in PITCH_STEPS_DEG if deepest <= b), PITCH_STEPS_DEG[-1]),
    )  # fmt: skip


def pitch_panel(frame: Frame, lines: PitchLines, labels: Sequence[LimitLabel], marks: Sequence[ChartMark]) -> list[str]:
    """What the head's rules judge over the whole run, nose down drawn downwards; bouts shaded, gaps left open.

    frame : its top and bottom are degrees; the marks stand above it
    """
    body = [area(frame), *_bouts(frame, lines.bouts_s)]
    body += rows(frame, np.arange(0, frame.bottom + 1, 15).tolist(), "°")
    body += _limit(frame, lines)
    body.append(tag("path", d=line_path(frame, lines.t_s, lines.deg, math.inf), class_="trace"))
    body += _limit_words(frame, labels)
    if not np.isfinite(lines.deg).any():
        body.append(label(frame.left + frame.width / 2, frame.y(10), "No trusted head pitch in this run"))
    return [*body, *_marks(frame, marks)]


def _limit_words(frame: Frame, labels: Sequence[LimitLabel]) -> list[str]:
    """What is said of the limit of each stretch with room for it: at its right end, below the dashes."""
    body = []
    for stretch in labels:
        left, right = frame.x(stretch.start_s), frame.x(stretch.end_s)
        if right - left >= LIMIT_LABEL_WIDTH:
            y = frame.upper + frame.height - 6 if stretch.deg is None else frame.y(stretch.deg) + 15
            body.append(label(right - 6, min(y, frame.upper + frame.height - 4), stretch.words, "limit-label", "end"))
    return body


def _bouts(frame: Frame, bouts_s: Sequence[tuple[float, float]]) -> list[str]:
    """Stretches past the dwell, shaded; those that a pixel cannot part are drawn as one."""
    spans = [(frame.x(a), frame.x(b)) for a, b in bouts_s]
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


def _limit(frame: Frame, lines: PitchLines) -> list[str]:
    """The limit's dashes, open where there is none."""
    body = []
    if np.isfinite(lines.limit_deg).any():
        body.append(tag("path", d=line_path(frame, lines.limit_s, lines.limit_deg, math.inf), class_="limit"))
    return body


def _marks(frame: Frame, marks: Sequence[ChartMark]) -> list[str]:
    """Signs above the frame; where labels would meet, the runner's own stand, and of cues the first."""
    out: list[str] = []
    taken: list[tuple[float, float]] = []
    base = frame.upper - 2
    for cue in (False, True):
        last = -math.inf
        for mark in (m for m in marks if m.cue is cue):
            x = frame.x(mark.t_s)
            if x - last < SIGNS_APART:
                continue
            last = x
            if cue:
                out.append(tag("path", d=f"M{x - 5:.1f} {base - 8:.1f}h10l-5 8z", class_="cue"))
            else:
                out.append(tag("path", d=f"M{x:.1f} {base - 9:.1f}l4 4.5l-4 4.5l-4 -4.5z", class_="note"))
            half = (LETTER if cue else BOLD) * len(mark.words) / 2
            centre = min(max(x, half), frame.left + frame.width + RIGHT - half)
            if not any(centre - half < right and left < centre + half for left, right in taken):
                out.append(label(centre, base - 12, mark.words, "tick" if cue else "own"))
                taken.append((centre - half - 2, centre + half + 2))
    return out


def shoulder_chart(track: Track, span_s: float, limit: float | None) -> Callable[[float], str]:
    """What draws the shoulder score of the whole run in a width, with its limit where one applies."""
    score = np.where(track.valid | (track.reason == Reason.CANNOT_SEE), track.shoulder, np.nan)
    t_s, percent = thinned(track.t_ns / NS_PER_S, 100 * score, max(span_s, 1.0))
    top = max(100.0, 50 * math.ceil(float(np.nanmax(percent)) / 50)) if len(percent) else 100.0
    words = "Shoulder score" if limit is not None else "Shoulder score, weakly seen"

    def draw(width: float) -> str:
        frame = time_frame(width, 10.0, 110.0, span_s, min(top, 200.0), -25.0)
        body = [area(frame), *rows(frame, [0.0, 50.0, 100.0], " %")]
        body.append(tag("path", d=line_path(frame, t_s, percent, math.inf), class_="trace"))
        if limit is not None:
            y = frame.y(100 * limit)
            body.append(tag("line", x1=frame.left, x2=frame.left + frame.width, y1=y, y2=y, class_="limit"))
            body.append(label(frame.left + 6, y - 5, "limit", "limit-label", "start"))
        return picture(width, frame.upper + frame.height + 24, words, [*body, *times(frame)])

    return draw


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
