"""Other neutrals for parts of a recorded run: 'the sensor moved here', 'this stretch was neutral'.

A run is cut where the runner says that a sensor moved; from there on it has a neutral of its own, taken from a stretch
of even running that the runner points at or, without one, from the tenth of the part in which the head was highest.
Everything that was calibrated is turned to the new neutral by the smallest rotation, as a re-zero does; so the same
bound holds, 25 degrees from part to part. The recording is never touched: edits are kept with the other choices.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType
from typing import Any, TypeGuard

from monitor.review.choices import ReviewChoices
from monitor.review.report_words import clock_words

KEY = "neutrals"
"""Where edits stand among the review's choices."""
MOST_SPLITS = 200
LONGEST_RUN_S = 31 * 86_400.0
LONGEST_NAME = 64
WHOLE_RUN = 0.0

Span = tuple[float, float]
"""From and to, seconds of the run."""


@dataclass(frozen=True, slots=True)
class Split:
    """From `at_s` on (seconds of the run; 0 = from its start) a sensor has another neutral.

    `stretch`: where that neutral was held; None: the tenth of the part in which the head was highest.
    """

    sensor: str
    at_s: float
    stretch: Span | None = None


@dataclass(frozen=True, slots=True)
class Edits:
    """What was said of a run's neutrals, in the order in which it was said: a later word on the same part holds."""

    said: tuple[Split, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.said)

    @property
    def in_force(self) -> tuple[Split, ...]:
        """One split for each part that has a neutral of its own, in order of time."""
        latest = {(split.sensor, split.at_s): split for split in self.said}
        return tuple(sorted(latest.values(), key=lambda split: (split.at_s, split.sensor)))

    def moved(self, sensor: str, at_s: float, stretch: Span | None = None) -> Edits:
        """The same, and a sensor that moved at `at_s`."""
        return Edits((*self.said, Split(sensor, at_s, stretch)))

    def neutral(self, sensor: str, stretch: Span) -> Edits:
        """The same, and a stretch that was neutral: it counts for the part of the run in which it lies."""
        starts = (split.at_s for split in self.in_force if split.sensor == sensor and split.at_s <= stretch[0])
        return self.moved(sensor, max(starts, default=WHOLE_RUN), stretch)

    def undone(self) -> Edits:
        """The same without what was said last."""
        return Edits(self.said[:-1])

    def end_s(self, split: Split) -> float:
        """Where the part of a split ends: at the next one of its sensor; infinite for the last."""
        later = (s.at_s for s in self.in_force if s.sensor == split.sensor and s.at_s > split.at_s)
        return min(later, default=math.inf)


NO_EDITS = Edits()


def edits_of(choices: ReviewChoices) -> tuple[Edits, str]:
    """The edits among a run's choices, and a sentence on what was wrong with them ('' for nothing). Never raises."""
    told = choices.others.get(KEY)
    if told is None:
        return NO_EDITS, ""
    splits = [_split(row) for row in told] if isinstance(told, list) and len(told) <= MOST_SPLITS else [None]
    if None in splits:
        return NO_EDITS, "The neutrals chosen for this run cannot be used; please choose again."
    return Edits(tuple(split for split in splits if split is not None)), ""


def with_edits(choices: ReviewChoices, edits: Edits) -> ReviewChoices:
    """The choices with these edits in the place of others; write them with `choices.write_choices`."""
    others: dict[str, Any] = {key: value for key, value in choices.others.items() if key != KEY}
    if edits:
        others[KEY] = [asdict(split) for split in edits.said]
    return replace(choices, others=MappingProxyType(others))


def words(edits: Edits) -> tuple[str, ...]:
    """Each part's neutral in words, in order of time."""
    return tuple(_in_words(split) for split in edits.in_force)


def _in_words(split: Split) -> str:
    where = (
        f"{split.sensor}: from the start" if not split.at_s else f"{split.sensor}: moved at {clock_words(split.at_s)}"
    )
    if split.stretch is None:
        return f"{where}; neutral where the head was highest after it"
    return f"{where}; neutral as at {clock_words(split.stretch[0])}-{clock_words(split.stretch[1])}"


def _split(row: Any) -> Split | None:
    """A split as a file holds it; None where any part of it cannot be right."""
    if not isinstance(row, Mapping):
        return None
    sensor, at_s, stretch = row.get("sensor"), row.get("at_s"), row.get("stretch")
    if not isinstance(sensor, str) or not 0 < len(sensor) <= LONGEST_NAME or not sensor.isprintable():
        return None
    if not _is_time(at_s):
        return None
    if stretch is None:
        return Split(sensor, float(at_s))
    if not isinstance(stretch, (list, tuple)) or len(stretch) != 2 or not all(_is_time(t) for t in stretch):
        return None
    start, end = float(stretch[0]), float(stretch[1])
    return Split(sensor, float(at_s), (start, end)) if start < end else None


def _is_time(value: Any) -> TypeGuard[float]:
    return not isinstance(value, bool) and isinstance(value, (int, float)) and 0.0 <= value <= LONGEST_RUN_S
