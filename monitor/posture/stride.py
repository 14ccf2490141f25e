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

    def push(self, values: FloatArray, stride_slots: FloatArray) -> FloatArray:
        """Means (n,k) of finite values (n,k); `stride_slots` (n,) is the stride length at each slot, in slots."""
        n = len(values)
        if n == 0:
            return np.empty((0, self._columns))
        held = len(self._sums)
        added = np.cumsum(np.concatenate((self._sums[-1:], values)), axis=0)[1:]
        sums = np.concatenate((self._sums, added))
        now = held + np.arange(n)
        have = np.minimum(self._since_restart + 1 + np.arange(n), held + np.arange(n))
        length = np.minimum(np.minimum(stride_slots, self._keep - 2), have)
        whole = np.ceil(length).astype(np.int64)
        low = now - whole
        fraction = (whole - length)[:, None]  # from the length alone: independent of where the block starts
        past = sums[low] + fraction * (sums[np.minimum(low + 1, now)] - sums[low])
        self._sums = sums[-self._keep :]
        self._since_restart += n
        return np.asarray((sums[now] - past) / length[:, None])
