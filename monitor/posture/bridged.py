"""Bridge and gait together: a hole is filled with the stride known just before it, the gait follows what was filled.

The stride seldom changes, so several holes are filled at once with the one known now, and the gait is looked at over
all of them. Where the stride proves to have changed before one of these holes, that hole and all behind it are filled
anew. The result is that of going hole by hole, several times as fast.
"""

from __future__ import annotations

from copy import copy

import numpy as np

from monitor.orientation.bridge import GapBridge, spans
from monitor.posture.gait import Gait, GaitTracker
from monitor.values import BoolArray, FloatArray

MOST_AT_ONCE = 32
"""Holes; beyond, there is little left to gain."""


class BridgedGait:
    """Fills the holes of one sensor's slots and follows the gait; any split into blocks gives identical results."""

    def __init__(self, period_s: float) -> None:
        self._bridge = GapBridge(period_s)
        self._gait = GaitTracker(period_s)
        self._at_once = 1  # stretches that begin with a hole; a matter of speed only

    def restart(self) -> None:
        """Forget everything (after a hole too long to bridge)."""
        self._bridge.reset()
        self._gait.restart()

    def push(self, acc: FloatArray, gyr: FloatArray, real: BoolArray) -> tuple[FloatArray, FloatArray, Gait]:
        """acc, gyr (n,3) with every row finite, and the gait at each slot; of these the last is `real` (n,)."""
        edges = [0, *(start for start, _ in spans(~real) if start), len(acc)]
        parts: list[tuple[FloatArray, FloatArray, Gait]] = []
        done = 0
        while done < len(edges) - 1:
            ahead = edges[done : done + self._at_once + 1]
            part = slice(ahead[0], ahead[-1])
            right, filled = self._try(acc[part], gyr[part], real[part], [at - ahead[0] for at in ahead[1:]])
            parts.append(filled)
            self._at_once = right if right < len(ahead) - 1 else min(2 * right, MOST_AT_ONCE)
            done += right
        if len(parts) == 1:
            return parts[0]
        accs, gyrs, gaits = zip(*parts, strict=True)
        gait = Gait(
            np.concatenate([g.activity for g in gaits]),
            np.concatenate([g.cadence_spm for g in gaits]),
            np.concatenate([g.stride_slots for g in gaits]),
        )
        return np.concatenate(accs), np.concatenate(gyrs), gait

    def _try(
        self, acc: FloatArray, gyr: FloatArray, real: BoolArray, ends: list[int]
    ) -> tuple[int, tuple[FloatArray, FloatArray, Gait]]:
        """Stretches that end at these slots, filled with one stride: how many of them were right, and these."""
        stride = self._gait.stride_slots
        before = copy(self._bridge), copy(self._gait)
        acc, gyr = self._bridge.push(acc, gyr, real, stride)
        gait = self._gait.push(acc)
        right = next((i for i, end in enumerate(ends[:-1], 1) if gait.stride_at(end - 1) != stride), len(ends))
        if right < len(ends):
            # Once more from where it began, up to the hole before which the stride has changed.
            self._bridge, self._gait = before
            acc, gyr = acc[: ends[right - 1]], gyr[: ends[right - 1]]
            self._bridge.push(acc, gyr, np.ones(len(acc), bool), stride)
            gait = self._gait.push(acc)
        return right, (acc, gyr, gait)
