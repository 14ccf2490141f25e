"""Fills the short holes of a grid, so that the orientation filter can run through them.

While running, a hole is filled from the strides before it. In each of the last few strides the moment is sought whose
readings just before and just behind a hole of this length are most like these; what it read in between is taken over,
and the difference that is left at either edge is carried into the hole, where it fades. So the filled turning rate
meets the measured one at both edges, which a plain copy of the stride before does not: the rotation missed in a hole
of 80 ms is 0.3 deg instead of 2.0 (SIMULATED trail), and 0.5 instead of 5.8 with a real sensor behind the ear of a
fast walker. Without a known stride the readings run straight over the hole, the turning rate fading towards zero.

The slot behind the hole is known when the hole is filled, as a block of a grid ends with a sample that came. What was
filled stays marked.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np

from monitor.values import BoolArray, FloatArray, IntArray

STRIDES = 3
"""How many strides back a likeness is sought."""
STRIDE_SPREAD = 0.15
"""By how much of itself a stride may be longer or shorter than the present rhythm says: so little that the lags of one
stride back and of two do not overlap."""
CONTEXT_S = 0.15
"""This much before the hole is compared."""
M_S2_PER_RAD_S = 10.0
"""A difference of this much in m/s² counts as one of 1 rad/s."""
LIKE_ENOUGH = 1e-3
"""(rad/s)²; below this a likeness is perfect: what noise alone leaves."""
ACC_FADE_S = 0.06
"""How far the difference at an edge reaches into the hole: an impact is short, ..."""
GYR_FADE_S = 0.3
"""... a turn of the head is not."""
HISTORY_S = 4.0
"""How much past is kept, s."""
_CHANNELS = np.array([1 / M_S2_PER_RAD_S] * 3 + [1.0] * 3)
_FADE_S = np.array([ACC_FADE_S] * 3 + [GYR_FADE_S] * 3)


class GapBridge:
    """Replaces NaN rows; keeps the recent past. `push` takes one contiguous stretch of slots at a time."""

    def __init__(self, period_s: float) -> None:
        self._period_s = period_s
        self._keep = round(HISTORY_S / period_s)
        self._context = max(2, round(CONTEXT_S / period_s))
        self._compared = -np.arange(1, self._context + 1, max(1, round(0.02 / period_s)))  # 50 Hz tells enough
        self._past = np.empty((0, 6))

    def reset(self) -> None:
        """Forget the past (after a hole too long to bridge)."""
        self._past = np.empty((0, 6))

    def push(
        self, acc: FloatArray, gyr: FloatArray, real: BoolArray, stride_slots: int
    ) -> tuple[FloatArray, FloatArray]:
        """acc, gyr (n,3) with every row finite; `stride_slots` = samples per stride, 0 when not running."""
        base, n = len(self._past), len(acc)
        if n >= self._keep and real.all():
            self._past = np.concatenate((acc[-self._keep :], gyr[-self._keep :]), axis=1)
            return acc, gyr
        rows = np.empty((base + n, 6))
        rows[:base], rows[base:, :3], rows[base:, 3:] = self._past, acc, gyr
        for a, b in spans(~real):
            if a + base > 0:
                rows[a + base : b + base] = self._filled(rows, a + base, b + base, stride_slots)
        self._past = rows[-self._keep :].copy()
        return rows[base:, :3], rows[base:, 3:]

    def _filled(self, rows: FloatArray, start: int, end: int, stride_slots: int) -> FloatArray:
        """Readings (n,6) for the hole from `start` to `end` in rows (m,6)."""
        n = end - start
        before = rows[start - 1]
        # Behind the last row nothing is known: hold the acceleration and stop turning.
        after = rows[end] if end < len(rows) else np.concatenate((before[:3], np.zeros(3)))
        lags, unlike = self._alike(rows, start, after, n, stride_slots)
        from_left, from_right = _fades(n, self._period_s)
        if len(lags) == 0:
            share = (np.arange(1, n + 1) / (n + 1))[:, None]
            held = (1 - share) * before + share * after
            held[:, 3:] = from_left[:, 3:] * before[3:] + from_right[:, 3:] * after[3:]
            return np.asarray(held)
        then = rows.take((start - 1 - lags)[:, None] + np.arange(n + 2), axis=0)  # with both edges
        left, right = before - then[:, :1], after - then[:, -1:]
        weights = 1 / (unlike + LIKE_ENOUGH)
        weighted = weights[:, None, None] * (then[:, 1:-1] + from_left * left + from_right * right)
        return np.asarray(np.sum(weighted, axis=0, initial=0.0) / sum(weights.tolist()))

    def _alike(
        self, rows: FloatArray, start: int, after: FloatArray, n: int, stride_slots: int
    ) -> tuple[IntArray, FloatArray]:
        """The best lag in each stride back, and how unlike its surroundings are, (rad/s)²; none where none will do."""
        lags, ends = _lags(stride_slots)
        known = min(start, self._keep)  # whatever the block holds besides
        first, last = np.searchsorted(lags, (n + 1, known - self._context + 1)).tolist()
        if first >= last:
            return lags[:0], np.empty(0)
        at = start - lags[first:last]
        past = rows.take(at[:, None] + self._compared, axis=0) - rows[start + self._compared]
        unlike = np.sum((past * _CHANNELS) ** 2, axis=(1, 2)) / len(self._compared)
        unlike += np.sum(((rows[at + n] - after) * _CHANNELS) ** 2, axis=1)
        spans_of_strides = pairwise(min(max(end, first), last) - first for end in ends)
        best = [a + int(np.argmin(unlike[a:b])) for a, b in spans_of_strides if a < b]
        return start - at[best], unlike[best]


@lru_cache(maxsize=32)
def _lags(stride_slots: int) -> tuple[IntArray, list[int]]:
    """The lags to try, ascending, and where those of each stride back begin and end; none without a stride."""
    if not stride_slots:
        return np.empty(0, np.int64), [0]
    middles = [stride * stride_slots for stride in range(1, STRIDES + 1)]
    parts = [np.arange(round(m * (1 - STRIDE_SPREAD)), round(m * (1 + STRIDE_SPREAD)) + 1) for m in middles]
    return np.concatenate(parts), np.cumsum([0, *map(len, parts)]).tolist()


@lru_cache(maxsize=64)
def _fades(n: int, period_s: float) -> tuple[FloatArray, FloatArray]:
    """What is left, (n,6), of a difference at the left and at the right edge of a hole, at each slot in it.

    Their sum is the mean of an Ornstein-Uhlenbeck bridge, what most likely lies between two values of a quantity
    that forgets: a straight line over a short hole, fading to zero within a long one.
    """
    slope = np.minimum(period_s / _FADE_S, 50.0 / (n + 1))  # beyond e^50 the middle is zero anyhow
    k = np.arange(1, n + 1)[:, None]
    whole = np.sinh((n + 1) * slope)
    return np.asarray(np.sinh((n + 1 - k) * slope) / whole), np.asarray(np.sinh(k * slope) / whole)


def spans(mask: BoolArray) -> list[tuple[int, int]]:
    """Half-open index spans where `mask` (n,) is true."""
    padded = np.zeros(len(mask) + 2, bool)
    padded[1:-1] = mask
    edges = np.flatnonzero(padded[1:] != padded[:-1]).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))
