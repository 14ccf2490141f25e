"""A ring buffer of double length: the newest values are always one contiguous slice, without a roll or a copy."""

from __future__ import annotations

import numpy as np

from monitor.values import FloatArray, IntArray


class TrackRing:
    """The last `capacity` values of `columns` series with their times; memory is fixed on construction.

    Times must increase; a value that is not later than the newest one is dropped, so that a repeated or
    disordered block can never draw a line backwards.
    """

    def __init__(self, capacity: int, columns: int) -> None:
        self._capacity = capacity
        self._t_ns: IntArray = np.zeros(2 * capacity, np.int64)
        self._values: FloatArray = np.full((columns, 2 * capacity), np.nan)
        self._end = 0

    def __len__(self) -> int:
        return min(self._end, self._capacity)

    def append(self, t_ns: IntArray, *series: FloatArray) -> None:
        """Add n values per series; `t_ns` (n,), each series (n,)."""
        if self._end and len(t_ns):
            t_last = self._t_ns[self._end - 1]
            if t_ns[0] <= t_last:
                fresh = t_ns > t_last
                t_ns, series = t_ns[fresh], tuple(s[fresh] for s in series)
        n = min(len(t_ns), self._capacity)
        if n == 0:
            return
        if self._end + n > 2 * self._capacity:
            keep = self._capacity - n
            start = self._end - keep
            self._t_ns[:keep] = self._t_ns[start : self._end].copy()
            self._values[:, :keep] = self._values[:, start : self._end].copy()
            self._end = keep
        self._t_ns[self._end : self._end + n] = t_ns[-n:]
        for row, values in zip(self._values, series, strict=True):
            row[self._end : self._end + n] = values[-n:]
        self._end += n

    def since(self, t_ns: int) -> tuple[IntArray, FloatArray]:
        """Times (m,) and values (columns, m) at or after `t_ns`: views, to be copied before the lock is left."""
        start = max(0, self._end - self._capacity)
        first = start + int(np.searchsorted(self._t_ns[start : self._end], t_ns, side="left"))
        return self._t_ns[first : self._end], self._values[:, first : self._end]
