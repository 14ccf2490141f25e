"""The mean over the last stride: the boxcar whose nulls lie exactly on the stride and step frequencies.

Running's nod and sway vanish in it (gain 0.006 at 1.4 Hz and 2.8 Hz); its delay is half a stride, about 0.35 s.
"""

from __future__ import annotations

import numpy as np

from monitor.values import FloatArray

DEFAULT_STRIDE_S = 0.71
"""Used while no cadence is known."""
LONGEST_STRIDE_S = 2.0


class StrideMean:
    """Running means of k columns over the last stride, whose length may change from slot to slot.

    Uses differences of one running sum, so any split into blocks gives bit-equal results; fractional stride lengths
    are interpolated. After `restart` the mean covers what there is.
    """

    def __init__(self, period_s: float, columns: int) -> None:
        self._keep = int(np.ceil(LONGEST_STRIDE_S / period_s)) + 2
        self._columns = columns
        self._sums = np.zeros((1, columns))
        self._since_restart = 0

    def restart(self) -> None:
        """Forget the past (after a hole)."""
        self._sums = np.zeros((1, self._columns))
        self._since_restart = 0

    def push(self, values: FloatArray, stride_slots: FloatArray, last: int | None = None) -> FloatArray:
        """Means (n,k) of finite values (n,k); `stride_slots` (n,) is the stride length at each slot, in slots.

        With `last`, only the means of the last so many slots are worked out and returned.
        """
        n = len(values)
        first = 0 if last is None else max(0, n - last)
        if n == 0:
            return np.empty((0, self._columns))
        held = len(self._sums)
        sums = np.concatenate((self._sums, values))
        np.cumsum(sums[held - 1 :], axis=0, out=sums[held - 1 :])
        now = np.arange(held + first, held + n)
        have = np.minimum(now, now + (self._since_restart + 1 - held))
        length = np.minimum(np.minimum(stride_slots[first:], self._keep - 2), have)
        whole = np.ceil(length)
        low = now - whole.astype(np.int64)
        high = np.minimum(low + 1, now)
        fraction = whole - length  # from the length alone: independent of where the block starts
        means = np.empty((n - first, self._columns))
        for column, mean in zip(sums.T, means.T, strict=True):
            past = column[low]
            past += fraction * (column[high] - past)
            np.divide(column[held + first :] - past, length, out=mean)
        self._sums = sums[-self._keep :].copy()
        self._since_restart += n
        return means
