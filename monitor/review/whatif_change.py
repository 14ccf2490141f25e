"""What other settings would have changed in a run: cues, bouts, time past the limit; which cues come, which go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from monitor.review.analysis import RunAnalysis
from monitor.review.limits import limits_deg
from monitor.review.metrics import plain
from monitor.review.table import main_track
from monitor.review.thirds import past_share
from monitor.review.track_time import weights_s
from monitor.values import NS_PER_S, Activity, Event, EventKind

POSTURE = frozenset({EventKind.HEAD_DOWN, EventKind.LOOK_UP_DUE, EventKind.SHOULDERS_UP})
SAME_S = 15.0
"""A cue of the same kind no further away than this is the same cue, given sooner or later."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a run comes to: cues given about posture, bouts noticed (each once, with or without a cue), and the share
    0..1 of the trusted running time with the head past the limit, None where no head was seen or no limit held."""

    cues: int
    bouts: int
    past_limit_share: float | None


@dataclass(frozen=True, slots=True)
class Compared:
    """A run as it was and as it would have been. `gained`, `lost`: cues that come and that go, in order of time."""

    then: Tally
    now: Tally
    gained: tuple[Event, ...]
    lost: tuple[Event, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "then": plain(asdict(self.then)),
            "now": plain(asdict(self.now)),
            "gained": [event.as_json() for event in self.gained],
            "lost": [event.as_json() for event in self.lost],
        }


def compared(was: RunAnalysis, now: RunAnalysis, then: Tally | None = None) -> Compared:
    """What changes from one analysis of a recording to another. Pure. `then`: the tally of `was`, where it is known."""
    before, after = _cues(was.events), _cues(now.events)
    gained, lost = list(after), []
    for cue in before:
        same = next((c for c in gained if _same(cue, c)), None)
        if same is None:
            lost.append(cue)
        else:
            gained.remove(same)
    return Compared(then or tally(was), tally(now), tuple(gained), tuple(lost))


def tally(analysis: RunAnalysis) -> Tally:
    """Cues, bouts and time past the limit of a run. Pure."""
    bouts = sum(e.kind in POSTURE and "repeat" not in e.detail for e in analysis.events)
    return Tally(len(_cues(analysis.events)), bouts, _past_limit(analysis))


def _cues(events: Sequence[Event]) -> list[Event]:
    return [event for event in events if event.kind in POSTURE and event.prompted]


def _same(a: Event, b: Event) -> bool:
    return (a.kind, a.sensor) == (b.kind, b.sensor) and abs(a.t_ns - b.t_ns) <= SAME_S * NS_PER_S


def _past_limit(analysis: RunAnalysis) -> float | None:
    track = main_track(analysis)
    if track is None or len(track) < 2:
        return None
    head = (track.activity == Activity.RUN) & track.valid & np.isfinite(track.sustained_deg)
    return past_share(track, weights_s(track), head, limits_deg(track, analysis))
