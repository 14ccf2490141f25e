"""Whether a posture value may be trusted at each slot, and why not."""

from __future__ import annotations

import numpy as np

from monitor.values import BoolArray, CodeArray, IntArray, Reason

REAL_PART = 0.8
"""Of the last second at least this part must have been received."""
LONG_GAP_S = 0.5
"""After a longer hole the estimate needs to settle again."""
CLIPPED_PART = 0.3
"""Of the last second at most this part may read full scale."""


class Trust:
    """Follows what was received; `push` blocks in order, any block size gives the same answer."""

    def __init__(self, period_s: float, settle_s: float) -> None:
        self._settle = round(settle_s / period_s)
        self._second = max(1, round(1.0 / period_s))
        self._long_gap = LONG_GAP_S / period_s
        self.restart()

    def restart(self) -> None:
        """The estimators start anew at the next slot."""
        self._age = 0
        self._since_gap = 1 << 40
        self._recent = np.empty((0, 2), np.int64)

    def push(self, real: BoolArray, clipped: BoolArray) -> CodeArray:
        """`Reason` codes (n,) for received and full-scale slots, both (n,)."""
        n = len(real)
        age = self._age + np.arange(1, n + 1)
        since_gap = self._slots_since_gap(real)
        missing, full = self._in_last_second(np.stack((~real, clipped), axis=1).astype(np.int64))
        seen = np.minimum(age, self._second)
        reason = np.full(n, Reason.OK, np.int8)
        reason[full > CLIPPED_PART * seen] = Reason.SENSOR_FAULT
        reason[(seen - missing < REAL_PART * seen) | (since_gap <= self._settle)] = Reason.GAP
        reason[age <= self._settle] = Reason.STARTING
        self._age += n
        return reason

    def _slots_since_gap(self, real: BoolArray) -> IntArray:
        """Slots since the end of the last long gap (n,). A gap always ends within the block that brings it."""
        n = len(real)
        edges = np.flatnonzero(np.diff(np.concatenate(([True], real, [True])).astype(np.int8)))
        starts, ends = edges[::2], edges[1::2]
        ends = ends[ends - starts > self._long_gap]
        slots = np.arange(n)
        since = self._since_gap + slots + 1
        if len(ends):
            last = np.searchsorted(ends, slots, side="right") - 1
            since = np.where(last >= 0, slots - ends[np.maximum(last, 0)] + 1, since)
        self._since_gap = int(since[-1]) if n else self._since_gap
        return since

    def _in_last_second(self, flags: IntArray) -> tuple[IntArray, IntArray]:
        """How many of the last second's slots carry each of two flags (n,2)."""
        held = len(self._recent)
        rows = np.concatenate((self._recent, flags))
        sums = np.concatenate((np.zeros((1, 2), np.int64), np.cumsum(rows, axis=0)))
        end = np.arange(held + 1, len(rows) + 1)
        counts = sums[end] - sums[np.maximum(end - self._second, 0)]
        self._recent = rows[-self._second :]
        return counts[:, 0], counts[:, 1]
