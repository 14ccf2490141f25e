"""The run's track as a drawing in local metres: where it went, how the posture was there, and what happened.

Pure: no Qt. Positions are laid flat around their middle (equirectangular), which is true to 0.1 % over 100 km.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from monitor.posture.gaze import FOOT_M
from monitor.review.insight.breakdown import MILE_M
from monitor.review.insight.columns import RunColumns
from monitor.review.insight.course import LONGEST_GAP_S, Course
from monitor.review.report_words import clean, clock_words, event_title
from monitor.review.reviewed import ReviewedRun
from monitor.values import NS_PER_S, BoolArray, CodeArray, Event, EventKind, FloatArray, IntArray

EARTH_M = 6_371_008.8
"""Mean radius (IUGG)."""
MOST_POINTS = 20_000
USUAL_POINTS = 4_000
FINEST = 1 / 600
"""Points nearer to each other than this part of the map's larger side are not told apart on a screen."""
FASTEST_M_S = 60.0
"""A point that is left and reached faster than this is a fault of the watch."""
FURTHEST_M = 1_000_000.0
MOST_SIGNS = 400
ONE_PASS_S = 20.0
"""Points of the track at one place that lie further apart than this were passed at two times."""


class Stretch(IntEnum):
    """How the posture was on a piece of the track."""

    WELL = 0
    PAST = 1
    """The head past its limit, or a shoulder raised, for half of what was watched, or longer."""
    UNSEEN = 2
    """Walking, standing, not seen, or outside the recording."""


STRETCH_WORDS = {
    Stretch.WELL: "posture good",
    Stretch.PAST: "past the limit",
    Stretch.UNSEEN: "not watched",
}


class Sign(IntEnum):
    """What a sign on the map stands for; each has a shape of its own."""

    START = 0
    FINISH = 1
    MARK = 2
    CUE = 3


SIGN_WORDS = {Sign.START: "start", Sign.FINISH: "finish", Sign.MARK: "your mark", Sign.CUE: "cue given"}


@dataclass(frozen=True, slots=True)
class MapSign:
    """A sign at a place. `words`: what happened and when."""

    kind: Sign
    t_s: float
    x_m: float
    y_m: float
    words: str


@dataclass(frozen=True, slots=True)
class TrackMap:
    """k >= 2 points in metres east (x) and north (y) of the middle of the track.

    t_s (k,) increasing, seconds of the run's clock
    stretch (k,) `Stretch` codes of the piece that begins at the point
    joined (k,) whether the piece to the next point is drawn: False at its end and across long gaps
    """

    t_s: FloatArray
    x_m: FloatArray
    y_m: FloatArray
    stretch: CodeArray
    joined: BoolArray
    signs: tuple[MapSign, ...]

    def __len__(self) -> int:
        return len(self.t_s)

    def at(self, t_s: float) -> tuple[float, float] | None:
        """The place at a time; None where the watch did not know it."""
        if self._piece(t_s) is None:
            return None
        found = np.array([t_s])
        return float(np.interp(found, self.t_s, self.x_m)[0]), float(np.interp(found, self.t_s, self.y_m)[0])

    def same_way(self, other: TrackMap) -> bool:
        """The same places, whatever the posture and the clock."""
        return np.array_equal(self.x_m, other.x_m) and np.array_equal(self.y_m, other.y_m)

    def stretch_at(self, t_s: float) -> Stretch | None:
        """How the posture was on the piece of a time; None where the watch knew no place."""
        piece = self._piece(t_s)
        return None if piece is None else Stretch(int(self.stretch[piece]))

    def _piece(self, t_s: float) -> int | None:
        """The number of the point before a time, where a piece is drawn from it."""
        t = self.t_s
        if not (math.isfinite(t_s) and t[0] <= t_s <= t[-1]):
            return None
        left = min(int(np.searchsorted(t, t_s, side="right")) - 1, len(t) - 2)
        return left if self.joined[left] else None

    def time_at(self, x_m: float, y_m: float, reach_m: float, now_s: float) -> float | None:
        """When the runner was at a place, within `reach_m` of it; None where never.

        A place that was passed several times gives the next pass after `now_s`, and behind the last one the first.
        """
        away = np.hypot(self.x_m - x_m, self.y_m - y_m)
        near = np.flatnonzero(away <= reach_m)
        if len(near) == 0:
            return None
        near = near[away[near] <= float(away[near].min()) + reach_m / 3]
        passes = np.split(near, np.flatnonzero(np.diff(self.t_s[near]) > ONE_PASS_S) + 1)
        times = [float(self.t_s[p[np.argmin(away[p])]]) for p in passes]
        return next((t for t in times if t > now_s + ONE_PASS_S / 4), times[0])


def track_map(run: ReviewedRun) -> TrackMap | None:
    """The map of a run; None where the watch told no positions."""
    course = run.course
    if course is None:
        return None
    keep = usable(course)
    if len(keep) < 2:
        return None
    x_m, y_m = flat(course.lat_deg[keep], course.lon_deg[keep])
    t_s = course.t_s[keep]
    jump = np.diff(t_s) > LONGEST_GAP_S
    few = thinned(x_m, y_m, jump)
    t_s, x_m, y_m = t_s[few], x_m[few], y_m[few]
    jumps = np.concatenate(([0], np.cumsum(jump)))[few]
    joined = np.append(np.diff(jumps) == 0, False)
    bare = TrackMap(t_s, x_m, y_m, stretches(run.columns, t_s), joined, ())
    return replace(bare, signs=_signs(run, bare))


def usable(course: Course) -> IntArray:
    """The numbers of the points (j,) with a believable position."""
    lat, lon = course.lat_deg, course.lon_deg
    known = np.isfinite(lat) & np.isfinite(lon) & (np.abs(lat) <= 90) & (np.abs(lon) <= 360) & np.isfinite(course.t_s)
    known &= (lat != 0) | (lon != 0)
    at = np.flatnonzero(known)
    if len(at) < 3:
        return at
    x_m, y_m = flat(lat[at], lon[at])
    fast = np.hypot(np.diff(x_m), np.diff(y_m)) > FASTEST_M_S * np.maximum(np.diff(course.t_s[at]), 1e-3)
    spike = np.append(True, fast) & np.append(fast, True)
    return at[~spike & (np.hypot(x_m, y_m) <= FURTHEST_M)]


def flat(lat_deg: FloatArray, lon_deg: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Metres east and north (n,) of the middle of positions (n,), n >= 1; also across the 180th meridian."""
    east = (lon_deg - lon_deg[0] + 180.0) % 360.0 - 180.0
    middle = float(np.median(lat_deg))
    x_m = np.radians(east - float(np.median(east))) * EARTH_M * math.cos(math.radians(middle))
    return np.asarray(x_m), np.asarray(np.radians(lat_deg - middle) * EARTH_M)


def thinned(x_m: FloatArray, y_m: FloatArray, jump: BoolArray) -> IntArray:
    """Numbers of the points (k,) that a drawing needs: the ends, both sides of a jump (n-1,), and one in each step."""
    n = len(x_m)
    step_m = np.hypot(np.diff(x_m), np.diff(y_m))
    side_m = max(float(np.ptp(x_m)), float(np.ptp(y_m)), 1.0)
    way_m = np.concatenate(([0.0], np.cumsum(np.where(jump, 0.0, step_m))))
    each_m = max(min(way_m[-1] / USUAL_POINTS, side_m * FINEST), way_m[-1] / MOST_POINTS)
    keep = np.zeros(n, bool)
    keep[[0, -1]] = True
    keep[1:] |= np.floor(way_m[1:] / each_m) != np.floor(way_m[:-1] / each_m) if each_m > 0 else True
    sides = np.flatnonzero(jump)[: MOST_POINTS // 2]
    keep[sides] = keep[sides + 1] = True
    return np.flatnonzero(keep)


def stretches(columns: RunColumns, t_s: FloatArray) -> CodeArray:
    """How the posture was from each time (k,) to the next; the last is as the one before."""
    out = np.full(len(t_s), Stretch.UNSEEN, np.int8)
    if len(columns) == 0 or len(t_s) < 2:
        return out
    watched = columns.seen | columns.shoulder_clear
    past = columns.past | columns.raised
    edge = np.searchsorted(columns.t_s, t_s)

    def seconds(part: BoolArray) -> FloatArray:
        total = np.concatenate(([0.0], np.cumsum(np.where(part, columns.weight_s, 0.0))))
        return np.asarray(np.diff(total[edge]))

    seen_s, past_s = seconds(watched), seconds(watched & past)
    # A watch that rests writes long pieces: what was run of them counts.
    out[:-1] = np.where(seen_s < 0.5 * np.minimum(np.diff(t_s), seconds(columns.running) + 1.0), Stretch.UNSEEN,
                        np.where(2 * past_s >= seen_s, Stretch.PAST, Stretch.WELL))  # fmt: skip
    out[:-1][seen_s <= 0] = Stretch.UNSEEN
    out[-1] = out[-2]
    return out


def _signs(run: ReviewedRun, track: TrackMap) -> tuple[MapSign, ...]:
    """Start and finish of the recording, marks, and cues, in the order in which they are painted."""
    begin_s, end_s = max(float(track.t_s[0]), 0.0), min(float(track.t_s[-1]), run.analysis.duration_s)
    found: list[MapSign] = []

    def put(kind: Sign, t_s: float, words: str) -> None:
        place = track.at(t_s)
        if place is not None:
            found.append(MapSign(kind, t_s, *place, f"{words}, {clock_words(t_s)}"))

    noted = [e for e in run.analysis.events if e.kind is EventKind.MARK or e.prompted]
    for event in sorted(noted, key=lambda e: e.kind is EventKind.MARK)[-MOST_SIGNS:]:
        is_mark = event.kind is EventKind.MARK
        put(Sign.MARK if is_mark else Sign.CUE, event.t_ns / NS_PER_S, sign_words(event))
    if begin_s < end_s:
        put(Sign.FINISH, end_s, "Finish")
        put(Sign.START, begin_s, "Start")
    return tuple(found)


def sign_words(event: Event) -> str:
    """'Your mark: cramp', 'Cue: head down'."""
    if event.kind is EventKind.MARK:
        return f"Your mark: {clean(str(event.detail.get('label', '')), 40)}".rstrip(": ")
    return f"Cue: {event_title(event).lower()}"


# ---------------------------------------------------------------- the scale bar

_FEET = tuple((n * FOOT_M, f"{n} ft") for n in (20, 50, 100, 200, 500, 1000))
_MILES = tuple((n * MILE_M, f"{words} mi") for n, words in (
    (0.25, "¼"), (0.5, "½"), (1, "1"), (2, "2"), (5, "5"), (10, "10"), (20, "20"), (50, "50"), (100, "100"),
))  # fmt: skip
_METRES = tuple((float(n), f"{n} m") for n in (5, 10, 20, 50, 100, 200, 500))
_KILOMETRES = tuple((1000.0 * n, f"{n} km") for n in (1, 2, 5, 10, 20, 50, 100, 200))


def scale_bar(longest_m: float, *, feet: bool) -> tuple[float, str]:
    """The longest round length that is not above `longest_m`, in metres, and its words."""
    bars = (*_FEET, *_MILES) if feet else (*_METRES, *_KILOMETRES)
    return max((bar for bar in bars if bar[0] <= longest_m), default=bars[0])


def summary(track: TrackMap, *, feet: bool) -> str:
    """The map in a sentence or two, for a screen reader."""
    step_s = np.where(track.joined[:-1], np.diff(track.t_s), 0.0)
    total_s = float(step_s.sum()) or 1.0
    parts = [
        f"{100 * float(step_s[track.stretch[:-1] == kind].sum()) / total_s:.0f} % {STRETCH_WORDS[kind]}"
        for kind in Stretch
    ]
    wide_m, high_m = float(np.ptp(track.x_m)), float(np.ptp(track.y_m))
    unit_m, unit = (MILE_M, "miles") if feet else (1000.0, "km")
    size = f"{wide_m / unit_m:.1f} {unit} from west to east and {high_m / unit_m:.1f} {unit} from south to north"
    counts = [f"{n} {'mark' if kind is Sign.MARK else 'cue'}{'' if n == 1 else 's'}" for kind in (Sign.MARK, Sign.CUE)
              if (n := sum(s.kind is kind for s in track.signs))]  # fmt: skip
    return f"Track of the run, {size}: {', '.join(parts)}." + (f" {' and '.join(counts)}." if counts else "")
