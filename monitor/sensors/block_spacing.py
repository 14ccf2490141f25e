"""How far apart the samples of a block are, measured from the stamps of the blocks before it.

Where only a block's first sample is stamped, the others are placed between it and the next block. The nominal rate
of such sensors may be some percent off, and a stamp in whole milliseconds jitters: the spacing is therefore taken
over the last blocks without a loss between them. Causal: any split of the same blocks gives the same spacings.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from monitor.values import BoolArray, FloatArray, IntArray

WINDOW: Final = 16
"""Blocks that are looked back on."""
TOLERANCE: Final = 0.1
"""Blocks whose distance is further than this from nominal have a loss between them, or a new start of the clock."""


class BlockSpacing:
    """`nominal` is the distance of two samples, in ticks."""

    def __init__(self, nominal: float) -> None:
        self._nominal = nominal
        self._spacing = nominal
        self._t, self._n = np.empty(0, np.int64), np.empty(0, np.int64)

    def push(self, t: IntArray, n: IntArray) -> FloatArray:
        """The spacing (m,) in ticks within blocks that start at ticks `t` (m,) and hold `n` (m,) samples each."""
        if not len(t):
            return np.empty(0)
        before = len(self._t)
        t, n = np.concatenate((self._t, t)), np.concatenate((self._n, n))
        self._t, self._n = t[-WINDOW:], n[-WINDOW:]
        at = np.arange(len(t))
        unbroken = _no_further_than(np.diff(t) / (n[:-1] * self._nominal))
        since = np.maximum.accumulate(np.where(np.concatenate(([False], unbroken)), 0, at))
        first = np.maximum(since, at - WINDOW)
        counted = np.concatenate(([0], np.cumsum(n)))[:-1]
        measurable = at > first
        measured = (t - t[first]) / np.where(measurable, counted - counted[first], 1)
        # A block behind a loss goes on with the spacing last known.
        known = np.maximum.accumulate(np.where(measurable, at, -1))[before:]
        spacing = np.where(known >= before, measured[known], self._spacing)
        self._spacing = float(spacing[-1])
        return spacing


def _no_further_than(ratio: FloatArray) -> BoolArray:
    return np.asarray(np.abs(ratio - 1) <= TOLERANCE)
