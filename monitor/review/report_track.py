"""The way that was run, drawn from the watch's positions and coloured by where the eyes were. No map, no network.

Each kind of posture has a line of its own (width and dashes), so that it can be told without its colour.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from monitor.posture.gaze import GazeZone
from monitor.review.insight.breakdown import MILE_M
from monitor.review.insight.columns import RunColumns
from monitor.review.insight.course import LONGEST_GAP_S, Course
from monitor.review.report_axes import BOLD, picture
from monitor.review.report_words import clean
from monitor.review.reviewed import ReviewedRun
from monitor.review.svg import label, tag
from monitor.review.track_time import nearest
from monitor.values import NS_PER_S, BoolArray, EventKind, FloatArray, IntArray

EARTH_M = 6_371_000.0
PIECES_MOST = 6000
"""A day of laps on one track has more turns than an eye can follow."""
PIECE = 2.0
"""Pixels of the way that have one posture: what most of their moments were."""
LEAST_M = 20.0
"""A way that spans less is a place, and no picture is made of it."""
HIGHEST = 460.0
MARGIN, LEGEND_ROW = 26.0, 20.0
LABELS_MOST = 40
RAISED = "w6"
"""The style of a shoulder past its limit: dots along the middle of the line, whatever the head did."""


class Seen(IntEnum):
    """What the head did on a piece of the way; later ones are drawn over earlier ones."""

    UNSEEN = 0
    ON_FOOT = 1
    AHEAD = 2
    TARGET = 3
    NEAR = 4
    PAST = 5


@dataclass(frozen=True, slots=True)
class Way:
    """m pieces of a way on paper: x (m,) to the right and y (m,) down, pixels; `seen` (m,) `Seen` codes.

    raised (m,) : a shoulder was past its limit
    begins (m,) : nothing leads here from the piece before
    metres_per_pixel : its scale
    """

    x: FloatArray
    y: FloatArray
    t_s: FloatArray
    seen: IntArray
    raised: BoolArray
    begins: BoolArray
    height: float
    metres_per_pixel: float


def track_picture(run: ReviewedRun, width: float) -> str:
    """The way as SVG with its legend; '' where no watch told places during the run."""
    way = way_of(run.course, run.columns, width) if run.course else None
    if way is None:
        return ""
    body = [tag("rect", x=0.0, y=0.0, width=width, height=way.height, class_="area")]
    paths = [(f"w{seen.value}", _path(way, way.seen == seen)) for seen in Seen] + [(RAISED, _path(way, way.raised))]
    body += [tag("path", d=path, class_=f"way {style}") for style, path in paths if path]
    body += [*_places(way, run, width), *_scale(way, width, feet=run.analysis.settings.feet)]
    legend, lower = _legend(run, width, way)
    return picture(width, lower, "The way that was run, coloured by where the eyes were", [*body, *legend])


def seen_words(seen: Seen, feet: bool) -> str:
    """A kind of posture as the legend says it."""
    return {
        Seen.UNSEEN: "head not seen",
        Seen.ON_FOOT: "walking or standing",
        Seen.AHEAD: "eyes beyond 7 ft" if feet else "eyes beyond 2.1 m",
        Seen.TARGET: "eyes 4–7 ft ahead" if feet else "eyes 1.2–2.1 m ahead",
        Seen.NEAR: "eyes nearer than 4 ft" if feet else "eyes nearer than 1.2 m",
        Seen.PAST: "head past its limit",
    }[seen]


def way_of(course: Course, columns: RunColumns, width: float) -> Way | None:
    """The part of the course that lies in the run, north up, as large as `width` allows; None where there is none."""
    known = np.isfinite(course.lat_deg) & np.isfinite(course.lon_deg)
    if len(columns) == 0 or not known.any():
        return None
    known &= (course.t_s >= columns.t_s[0]) & (course.t_s <= columns.t_s[-1])
    if known.sum() < 2:
        return None
    t_s = course.t_s[known]
    east_m, north_m = _on_paper(course.lat_deg[known], course.lon_deg[known])
    near = _near(east_m) & _near(north_m)
    t_s, east_m, north_m = t_s[near], east_m[near], north_m[near]
    if len(t_s) < 2 or max(np.ptp(east_m), np.ptp(north_m)) < LEAST_M:
        return None
    room_m = (max(float(np.ptp(east_m)), 1.0), max(float(np.ptp(north_m)), 1.0))
    scale = min((width - 2 * MARGIN) / room_m[0], (HIGHEST - 2 * MARGIN) / room_m[1])
    height = max(120.0, room_m[1] * scale + 2 * MARGIN)
    x = width / 2 + (east_m - (east_m.max() + east_m.min()) / 2) * scale
    y = height / 2 - (north_m - (north_m.max() + north_m.min()) / 2) * scale
    jump = np.append(True, np.diff(t_s) > LONGEST_GAP_S)
    at = nearest(np.rint(t_s * NS_PER_S).astype(np.int64), np.rint(columns.t_s * NS_PER_S).astype(np.int64))
    seen, raised = _seen(columns, at), columns.raised[at] & (at >= 0)
    length = np.cumsum(np.append(0.0, np.hypot(np.diff(x), np.diff(y))))
    step = max(PIECE, float(length[-1]) / PIECES_MOST)
    group = np.unique((length / step).astype(np.int64) + np.cumsum(jump) * (PIECES_MOST + 2), return_inverse=True)[1]
    first = np.flatnonzero(np.append(True, np.diff(group) != 0))
    votes = np.stack(
        [np.bincount(group[part], minlength=int(group[-1]) + 1) for part in (*(seen == s for s in Seen), raised)]
    )
    most, up = votes[:-1].argmax(axis=0), 2 * votes[-1] > votes[:-1].sum(axis=0)
    return Way(x[first], y[first], t_s[first], most, up, jump[first], height, 1 / scale)


def _on_paper(lat_deg: FloatArray, lon_deg: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Metres east and north (m,) of the middle; a run is small enough for a flat earth."""
    lon = np.unwrap(lon_deg, period=360.0)
    shrink = max(0.01, float(np.cos(np.radians(np.median(lat_deg)))))
    east = np.radians(lon - np.median(lon)) * shrink * EARTH_M
    return np.asarray(east), np.asarray(np.radians(lat_deg - np.median(lat_deg)) * EARTH_M)


def _near(values_m: FloatArray) -> BoolArray:
    """Values (m,) that are no wild jump of the receiver: within half again of what holds all but 1 %."""
    low, high = np.percentile(values_m, (0.5, 99.5))
    reach = 0.5 * (high - low) + LEAST_M
    return np.asarray((values_m >= low - reach) & (values_m <= high + reach))


def _seen(columns: RunColumns, at: IntArray) -> IntArray:
    """What the head did at moments (m,) of the columns; -1 for none."""
    order = list(GazeZone)
    near = (GazeZone.FEET, GazeZone.NEAR)
    of_zone = np.array([Seen.NEAR if z in near else Seen.TARGET if z is GazeZone.TARGET else Seen.AHEAD for z in order])
    seen = np.where(columns.seen[at], of_zone[np.maximum(columns.zone[at], 0)], Seen.UNSEEN)
    seen = np.where(columns.past[at], Seen.PAST, seen)
    seen = np.where(columns.running[at], seen, Seen.ON_FOOT)
    return np.asarray(np.where(at >= 0, seen, Seen.UNSEEN), np.int64)


def _path(way: Way, part: BoolArray) -> str:
    """The `d` of some of the pieces (m,): each leads on to the piece behind it."""
    here = np.flatnonzero(part[:-1] & ~way.begins[1:])
    parts, last = [], -2
    for i in here.tolist():
        if i != last + 1:
            parts.append(f"M{way.x[i]:.1f} {way.y[i]:.1f}")
        parts.append(f"L{way.x[i + 1]:.1f} {way.y[i + 1]:.1f}")
        last = i
    return "".join(parts)


def _places(way: Way, run: ReviewedRun, width: float) -> list[str]:
    """Start (circle), finish (square), the runner's own marks (diamonds) and where laps began (dots), with words."""
    out, taken = [], Taken(width)
    laps = run.course.laps if run.course else ()
    ways = [_at(way, lap.start_s) for lap in laps[1:]]
    out += [tag("circle", cx=xy[0], cy=xy[1], r=2.5, class_="lap-start") for xy in ways if xy]
    (x0, x1), (y0, y1) = way.x[[0, -1]].tolist(), way.y[[0, -1]].tolist()
    together = math.hypot(x0 - x1, y0 - y1) < 30
    out.append(tag("rect", x=x1 - 5, y=y1 - 5, width=10.0, height=10.0, class_="end"))
    out.append(tag("circle", cx=x0, cy=y0, r=4.0, class_="start"))
    words = [(x0, y0, "start, finish" if together else "start", "place")]
    words += [] if together else [(x1, y1, "finish", "place")]
    for event in [e for e in run.analysis.events if e.kind is EventKind.MARK][:LABELS_MOST]:
        xy = _at(way, event.t_ns / NS_PER_S)
        if xy:
            out.append(tag("path", d=f"M{xy[0]:.1f} {xy[1] - 7:.1f}l6 7l-6 7l-6 -7z", class_="note"))
            words.append((*xy, clean(str(event.detail.get("label", "")), 20) or "mark", "own place"))
    words += [(*xy, f"lap {lap.number}", "tick place") for lap, xy in zip(laps[1:], ways, strict=True) if xy]
    for x, y, said, style in words[:LABELS_MOST]:
        out += taken.label(x, y, said, style)
    return out


def _at(way: Way, t_s: float) -> tuple[float, float] | None:
    """Where the runner was at a time of the run; None where no place is known near it."""
    i = min(int(np.searchsorted(way.t_s, t_s)), len(way.t_s) - 1)
    near = abs(float(way.t_s[i]) - t_s) <= LONGEST_GAP_S
    return (float(way.x[i]), float(way.y[i])) if near else None


class Taken:
    """The words on a picture so far: new ones stand where there is room, or not at all."""

    def __init__(self, width: float) -> None:
        self._width = width
        self._boxes: list[tuple[float, float, float, float]] = []

    def label(self, x: float, y: float, words: str, style: str) -> list[str]:
        """Words beside a place; [] where they would cover others."""
        length = BOLD * len(words) + 4
        for left, base in ((x + 9, y - 5), (x - 9 - length, y - 5), (x + 9, y + 16), (x - 9 - length, y + 16)):
            box = (left, base - 12, left + length, base + 3)
            if left >= 0 and box[2] <= self._width and not any(_meet(box, other) for other in self._boxes):
                self._boxes.append(box)
                return [label(left, base, words, style, "start")]
        return []


def _meet(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _scale(way: Way, width: float, *, feet: bool) -> list[str]:
    """A bar of a round length, and where north is."""
    unit_m, unit = (MILE_M, "mile") if feet else (1000.0, "km")
    room_m = 0.3 * width * way.metres_per_pixel
    sizes = (50, 20, 10, 5, 2, 1, 0.5, 0.25, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002)
    size = next((s for s in sizes if s * unit_m <= room_m), sizes[-1])
    length, x, y = size * unit_m / way.metres_per_pixel, 12.0, way.height - 10
    return [
        tag("path", d=f"M{x:.1f} {y - 5:.1f}v5h{length:.1f}v-5", class_="scale"),
        label(x + 4, y - 6, f"{size:g} {unit}{'s' if feet and size > 1 else ''}", "tick place", "start"),
        label(width - 14, 20, "N ↑", "tick place", "end"),
    ]


def _legend(run: ReviewedRun, width: float, way: Way) -> tuple[list[str], float]:
    """A sample of each line that is in the picture, with its words; and where the legend ends."""
    columns, out = (3 if width > 600 else 2), []
    feet = run.analysis.settings.feet
    shown = [(f"w{seen.value}", seen_words(seen, feet)) for seen in reversed(Seen) if (way.seen == seen).any()]
    shown += [(RAISED, "a shoulder up")] if way.raised.any() else []
    for i, (style, words) in enumerate(shown):
        x, y = 8 + (i % columns) * width / columns, way.height + 20 + (i // columns) * LEGEND_ROW
        out.append(tag("path", d=f"M{x:.1f} {y:.1f}h34", class_=f"way {style}"))
        out.append(label(x + 42, y + 4, words, "tick", "start"))
    return out, way.height + 12 + LEGEND_ROW * -(-len(shown) // columns)
