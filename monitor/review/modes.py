"""Which mode was in force when: spans of the run's clock, from the runner's own switches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from monitor.values import NS_PER_S, BoolArray, FloatArray, Mode, ModeChange


@dataclass(frozen=True, slots=True)
class ModeSpan:
    """A stretch of the run in one mode, seconds of the run's clock."""

    start_s: float
    end_s: float
    mode: Mode


def mode_spans(start: Mode, changes: Iterable[ModeChange], origin_ns: int, duration_s: float) -> tuple[ModeSpan, ...]:
    """The spans of a run in order, without gaps, from 0 to its end; at least one.

    changes : in order of the log; a switch before the first sample or to the mode in force makes no span of its own
    origin_ns : log time of the run's first sample
    """
    begins = [(0.0, start)]
    for change in changes:
        at_s = max(0.0, (change.t_ns - origin_ns) / NS_PER_S)
        if at_s <= begins[-1][0]:
            begins.pop()  # it was never in force
        if not begins or begins[-1][1] is not change.mode:
            begins.append((at_s, change.mode))
    begins = begins[:1] + [b for b in begins[1:] if b[0] < duration_s]
    ends = [at_s for at_s, _ in begins[1:]] + [duration_s]
    return tuple(ModeSpan(at_s, end_s, mode) for (at_s, mode), end_s in zip(begins, ends, strict=True))


def in_mode(spans: Sequence[ModeSpan], mode: Mode, t_s: FloatArray) -> BoolArray:
    """Whether a mode was in force at each of the times (n,) in seconds; before the first span, that one was."""
    starts = np.array([span.start_s for span in spans])
    which = np.maximum(np.searchsorted(starts, t_s, side="right") - 1, 0)
    return np.array([span.mode is mode for span in spans])[which]


def modes_used(spans: Sequence[ModeSpan]) -> tuple[Mode, ...]:
    """Each mode once, in order of its first span."""
    return tuple(dict.fromkeys(span.mode for span in spans))
