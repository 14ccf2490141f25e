"""The heart rate over a run, as a strap or the treadmill told it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from monitor.values import NS_PER_S, FloatArray, HeartRate, IntArray

HOLDS_S = 10.0
"""A strap speaks about once a second; a value older than this says nothing."""


class HeartLine:
    """Beats per minute from a log's `HeartRate` entries: each holds until the next, but not for long."""

    def __init__(self, entries: Iterable[HeartRate]) -> None:
        known = sorted(entries, key=lambda entry: entry.t_ns)
        self._t_ns = np.array([entry.t_ns for entry in known], np.int64)
        self._bpm = np.array([entry.bpm for entry in known], np.float64)

    def __bool__(self) -> bool:
        return len(self._t_ns) > 0

    def at(self, arrival_ns: IntArray) -> FloatArray:
        """Beats per minute (n,) at arrival times (n,) of the log; NaN where nothing recent is known."""
        out = np.full(len(arrival_ns), np.nan)
        if not self:
            return out
        which = np.searchsorted(self._t_ns, arrival_ns, side="right") - 1
        fresh = (which >= 0) & (arrival_ns - self._t_ns[which] <= HOLDS_S * NS_PER_S)
        out[fresh] = self._bpm[which[fresh]]
        return out
