"""The alerts, marks and laps of a run as lines with labels, and which of the labels find room. No Qt.

Each kind has a sign, a line style and a word of its own; colour only helps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from monitor.review.insight.course import Lap
from monitor.review.report_words import POSTURE_KINDS, clean, clock_words, event_title, event_why, silence_words
from monitor.review.reviewed import ReviewedRun
from monitor.values import NS_PER_S, Event, EventKind, FloatArray

MOST_SIGNS = 20_000
"""A run with more events than this is broken; the rest is not drawn."""
LONGEST_LABEL = 28


class SignKind(IntEnum):
    """Kinds of signs, the one that gives way first last."""

    MARK = 0
    CUE = 1
    LINK = 2
    LAP = 3
    MODE = 4
    COACH = 5
    SILENT = 6


@dataclass(frozen=True, slots=True)
class Sign:
    """One line across the charts: `label` beside it where there is room, `words` in full."""

    t_s: float
    kind: SignKind
    label: str
    words: str


@dataclass(frozen=True, slots=True)
class Signs:
    """All signs of a run in order of time; t_s (n,)."""

    signs: tuple[Sign, ...]
    t_s: FloatArray

    def between(self, start_s: float, end_s: float) -> tuple[Sign, ...]:
        """Those from start to end, both included."""
        a, b = np.searchsorted(self.t_s, start_s, side="left"), np.searchsorted(self.t_s, end_s, side="right")
        return self.signs[a:b]

    def after(self, t_s: float) -> Sign | None:
        """The next one, a tenth of a second away at least."""
        i = int(np.searchsorted(self.t_s, t_s + 0.1))
        return self.signs[i] if i < len(self.signs) else None

    def before(self, t_s: float) -> Sign | None:
        """The one before, a tenth of a second away at least."""
        i = int(np.searchsorted(self.t_s, t_s - 0.1, side="right")) - 1
        return self.signs[i] if i >= 0 else None


def signs_of(run: ReviewedRun) -> Signs:
    """The signs of a run's events, laps and changes of mode."""
    sites = {sensor.key: sensor.site for sensor in run.analysis.sensors}
    found = []
    for event in run.analysis.events[:MOST_SIGNS]:
        title = event_title(event, sites.get(event.sensor))
        why = " · ".join(filter(None, (event_why(event), silence_words(event))))
        t_s = event.t_ns / NS_PER_S
        label = str(event.detail.get("label", "")) if event.kind is EventKind.MARK else title
        words = f"{clock_words(t_s)} {title}{f': {why}' if why else ''}"
        found.append(Sign(t_s, _kind(event), clean(label, LONGEST_LABEL) or title, words))
    laps = run.course.laps if run.course else ()
    found += [_lap(lap) for lap in laps if 0.0 <= lap.end_s < run.analysis.duration_s]
    for span in run.analysis.modes[1:]:
        words = f"{span.mode.value} mode"
        found.append(Sign(span.start_s, SignKind.MODE, words, f"{clock_words(span.start_s)} {words} from here"))
    found.sort(key=lambda sign: sign.t_s)
    return Signs(tuple(found), np.array([sign.t_s for sign in found]))


def _lap(lap: Lap) -> Sign:
    words = f"Lap {lap.number} ends"
    return Sign(lap.end_s, SignKind.LAP, words, f"{clock_words(lap.end_s)} {words}")


def _kind(event: Event) -> SignKind:
    if event.kind is EventKind.MARK:
        return SignKind.MARK
    if event.kind in POSTURE_KINDS:
        return SignKind.CUE if event.prompted else SignKind.SILENT
    if event.kind in (EventKind.LINK_LOST, EventKind.LINK_BACK, EventKind.SENSOR_MOVED):
        return SignKind.LINK
    return SignKind.COACH


@dataclass(frozen=True, slots=True)
class Placed:
    """A sign on the screen: `x` in pixels, `lane` of its label, None where the label finds no room."""

    sign: Sign
    x: float
    lane: int | None
    width: float


def placed(
    signs: Sequence[Sign], x_of: Callable[[float], float], wide: Callable[[str], float], end_x: float, lanes: int
) -> list[Placed]:
    """Signs in the order they are drawn; labels that would overlap are left out, the least important first.

    Of several signs of one kind within two pixels one is kept. wide : width of a label in pixels
    """
    taken: list[list[tuple[float, float]]] = [[] for _ in range(lanes)]
    seen: set[tuple[SignKind, int]] = set()
    out = []
    for sign in sorted(signs, key=lambda s: (s.kind, s.t_s)):
        x = x_of(sign.t_s)
        if (sign.kind, int(x // 2)) in seen:
            continue
        seen.add((sign.kind, int(x // 2)))
        width = wide(sign.label)
        left = x if x + width <= end_x else x - width
        lane = next((i for i, spans in enumerate(taken) if _free(spans, left - 4, left + width + 4)), None)
        if lane is not None:
            taken[lane].append((left - 4, left + width + 4))
        out.append(Placed(sign, x, lane, width))
    return out[::-1]


def _free(spans: Sequence[tuple[float, float]], left: float, right: float) -> bool:
    return all(right <= a or left >= b for a, b in spans)
