"""Whether a posture value may be trusted at each slot, and why not."""

from __future__ import annotations

import numpy as np

from monitor.values import BoolArray, CodeArray, IntArray, Reason

REAL_PART = 0.8
"""Of the last second at least this part must have been received, or no cue is given on it."""
LONG_GAP_S = 0.25
"""A longer hole may hide a nod: the estimate needs to settle again."""
AFTER_GAP_S, AFTER_GAP_PART = 1.5, 0.5
"""It is doubted for so long, and for this part of the hole's own length. Measured (SIMULATED; the head drops by 25 deg
unseen), the stride mean is within 3 deg again 1.1-1.3 s after holes of 0.3-1.9 s, on a trail after at most 2.2 s."""
CLIPPED_PART = 0.3
"""Of the last second at most this part may read full scale."""


class Trust:
    """Follows what was received; `push` blocks in order, any block size gives the same answer.

    `settle_s`: how long the estimators take after a (re)start.
    """

    def __init__(self, period_s: float, settle_s: float) -> None:
        self._settle = round(settle_s / period_s)
        self._second = max(1, round(1.0 / period_s))
        self._long_gap = LONG_GAP_S / period_s
        self._after_gap = AFTER_GAP_S / period_s
        self.restart()

    def restart(self) -> None:
        """The estimators start anew at the next slot."""
        self._age = 0
        self._doubted = 0  # coming slots
        self._recent = np.empty((0, 2), bool)

    def push(self, real: BoolArray, clipped: BoolArray) -> CodeArray:
        """`Reason` codes (n,) for received and full-scale slots, both (n,); the last one was received."""
        n = len(real)
        age = self._age + np.arange(1, n + 1)
        missing, full = self._in_last_second(np.stack((~real, clipped), axis=1))
        seen = np.minimum(age, self._second)
        reason = np.full(n, Reason.OK, np.int8)
        sparse = seen - missing < REAL_PART * seen
        inside, after = self._around_long_gaps(real)
        reason[sparse] = Reason.SPARSE
        reason[full > CLIPPED_PART * seen] = Reason.SENSOR_FAULT
        reason[(sparse & inside) | after] = Reason.GAP
        reason[age <= self._settle] = Reason.STARTING
        self._age += n
        return reason

    def _around_long_gaps(self, real: BoolArray) -> tuple[BoolArray, BoolArray]:
        """Which slots (n,) lie in a long gap, and which follow one too closely.

        A gap always ends within the block that brings it.
        """
        n = len(real)
        edges = np.flatnonzero(np.diff(np.concatenate(([True], real, [True])).astype(np.int8)))
        starts, ends = edges[::2], edges[1::2]
        long = ends - starts > self._long_gap
        starts, ends = starts[long], ends[long]
        until = np.zeros(n + 1, np.int64)
        until[ends] = ends + np.rint(self._after_gap + AFTER_GAP_PART * (ends - starts)).astype(np.int64)
        doubted = np.zeros(n, bool)
        doubted[: self._doubted] = True
        self._doubted = max(0, self._doubted - n, int(until.max()) - n)
        inside = np.zeros(n, bool)
        if len(ends):
            doubted |= np.arange(n) < np.maximum.accumulate(until[:n])
            edge = np.zeros(n + 1, np.int64)
            edge[starts] += 1
            edge[ends] -= 1
            inside = np.cumsum(edge[:n]) > 0
        return inside, doubted

    def _in_last_second(self, flags: BoolArray) -> tuple[IntArray, IntArray]:
        """How many of the last second's slots carry each of two flags (n,2)."""
        held = len(self._recent)
        rows = np.concatenate((self._recent, flags))
        self._recent = rows[-self._second :].copy()
        if not rows.any():  # nearly always
            none = np.zeros(len(flags), np.int64)
            return none, none
        sums = np.concatenate((np.zeros((1, 2), np.int64), np.cumsum(rows, axis=0)))
        end = np.arange(held + 1, len(rows) + 1)
        counts = sums[end] - sums[np.maximum(end - self._second, 0)]
        return counts[:, 0], counts[:, 1]
