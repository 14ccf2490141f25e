"""What aligning gives, and its one convention.

    watch's UTC = the run's start (UTC) + t_s x (1 + drift) + offset_s

`t_s` = 0 is the run's first sample. A positive offset: the watch's clock was ahead of the recording computer's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from math import nan
from typing import Protocol

import numpy as np

from monitor.values import NS_PER_S, FloatArray, IntArray

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Method(StrEnum):
    """How an offset was found."""

    CADENCE = "cadence"
    MARKS = "marks"
    START_TIMES = "start times"
    BY_HAND = "by hand"


class Watch(Protocol):
    """What aligning needs of a watch's track: `t_ns` (n,) UTC, increasing, and `cadence_spm` (n,), NaN where absent."""

    @property
    def t_ns(self) -> IntArray: ...

    @property
    def cadence_spm(self) -> FloatArray: ...


@dataclass(frozen=True, slots=True)
class Alignment:
    """An offset that may be used, and what speaks for it."""

    offset_s: float
    confidence: float
    """0..1, for ranking and for words such as 'sure' or 'a guess'; not a probability."""
    method: Method
    evidence: str
    """One sentence for the runner."""
    uncertainty_s: float
    """About how far off it may be."""
    runner_up: float = nan
    """Cadence: misfit here over the misfit at the next best offset; 1 = nothing tells them apart. Otherwise NaN."""
    overlap_s: float = nan
    """Cadence: seconds in which both tell a cadence. Otherwise NaN."""
    drift_ppm: float = 0.0
    """The run's clock runs slow by this much; 0 unless it is large and plain to see."""

    def watch_ns(self, run_started_ns: int, t_s: FloatArray) -> IntArray:
        """Run times t_s (n,) as the watch's UTC nanoseconds (n,); `run_started_ns` is the UTC of t_s = 0."""
        seconds = np.asarray(t_s, np.float64) * (1.0 + self.drift_ppm * 1e-6) + self.offset_s
        return run_started_ns + np.rint(seconds * NS_PER_S).astype(np.int64)

    def run_s(self, run_started_ns: int, watch_ns: IntArray) -> FloatArray:
        """The watch's UTC nanoseconds (n,) as run times in seconds (n,): the inverse of `watch_ns`."""
        seconds = (np.asarray(watch_ns, np.int64) - run_started_ns) / NS_PER_S
        result: FloatArray = (seconds - self.offset_s) / (1.0 + self.drift_ppm * 1e-6)
        return result


@dataclass(frozen=True, slots=True)
class NotAligned:
    """No offset that may be used, and why: one sentence for the runner, with what to do."""

    method: Method
    reason: str


def utc_ns(iso: str) -> int:
    """UTC nanoseconds of an ISO 8601 time with its zone, as in `RunInfo.started_utc`. Raises ValueError."""
    moment = datetime.fromisoformat(iso)
    if moment.tzinfo is None:
        raise ValueError(f"a time without its zone: {iso!r}")
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * NS_PER_S + since.microseconds * 1000


def offset_words(offset_s: float) -> str:
    """An offset as a runner reads it: '+37 s', '-8 min 33 s', '+2 h'."""
    sign = "-" if round(offset_s, 1) < 0 else "+"
    size = abs(offset_s)
    if size < 60:
        return f"{sign}{size:.1f} s".replace(".0 s", " s")
    minutes, seconds = divmod(round(size), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{n} {unit}" for n, unit in ((hours, "h"), (minutes, "min"), (seconds, "s")) if n]
    return sign + " ".join(parts)
