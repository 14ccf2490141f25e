"""Bounded slow adaptation: a cap that creeps on the head is followed, a slouch is not learned.

What is followed is the lower quartile of the head pitch over the last five minutes of undoubted, easy running near the
neutral: the quarter of the time with the head highest. It is compared with the same quartile at the start, so that a
runner who always looks a few degrees lower keeps the calibrated zero; only a *change* counts. The correction moves by
at most half a degree per minute and never beyond 5 degrees, however long it goes on; past that only an explicit
re-zero helps. Nothing is learned while the head is held low: samples more than 4 degrees from the neutral, and all
that the caller calls busy (a bout, or its clock running), do not count.

The correction is constant within a hop of 30 s of slots and depends on earlier hops only, so a caller can feed back
what it detects: split blocks with `edges`, and any other split of the same slots gives bit-equal results.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from monitor.values import BoolArray, FloatArray

HOP_S = 30.0
"""The correction is set anew this often."""
SAMPLE_S = 0.5
"""One-stride means are looked at this often; nearer ones are nearly the same value."""


@dataclass(frozen=True, slots=True)
class DriftLimits:
    """Bounds of the adaptation, degrees, seconds and degrees per minute."""

    near_deg: float = 4.0
    """Only pitches this near to the corrected neutral count."""
    memory_s: float = 300.0
    least_s: float = 120.0
    """So much of the memory must count before anything is learned. The start is a whole memory, to compare like with
    like: a head wanders over minutes."""
    rate_deg_min: float = 0.5
    cap_deg: float = 5.0


class NeutralDrift:
    """Follows one sensor's neutral. `push` blocks of slots in order."""

    def __init__(self, period_s: float, limits: DriftLimits | None = None) -> None:
        self._limits = limits or DriftLimits()
        self._every = max(1, round(SAMPLE_S / period_s))
        self._hop = max(1, round(HOP_S / SAMPLE_S)) * self._every
        self._sample_s = self._every * period_s
        self._step = self._limits.rate_deg_min * self._hop * period_s / 60.0
        self._keep = round(self._limits.memory_s / self._sample_s)
        self._least = round(self._limits.least_s / self._sample_s)
        self._recent = np.empty(0)
        self._slot = 0
        self._start_deg: float | None = None
        self.offset_deg = 0.0
        """The correction in force: subtract it from the pitch. Positive = the neutral has sunk."""

    @property
    def at_cap(self) -> bool:
        """The neutral has moved as far as it may: ask for a re-zero."""
        return abs(self.offset_deg) >= self._limits.cap_deg

    def restart(self) -> None:
        """After an explicit re-zero: the neutral is right, nothing was learned."""
        self._recent = np.empty(0)
        self._start_deg = None
        self.offset_deg = 0.0

    def edges(self, n: int) -> list[int]:
        """Where to split the next n slots so that each part has one correction: positions in 1..n, n last."""
        first = self._hop - self._slot % self._hop
        return [*range(first, n, self._hop), n] if n else []

    def push(self, pitch_deg: FloatArray, trusted: BoolArray, running: BoolArray, busy: BoolArray) -> FloatArray:
        """The corrections (n,) in force at n slots, for

        pitch_deg (n,) one-stride means of the *uncorrected* pitch, NaN allowed; trusted (n,); running (n,); busy (n,)
        a bout or its clock is on.
        """
        n = len(pitch_deg)
        counts = trusted & running & ~busy & np.isfinite(pitch_deg)
        offsets = np.empty(n)
        a = 0
        for b in self.edges(n):
            offsets[a:b] = self.offset_deg
            pick = slice(a + -(self._slot) % self._every, b, self._every)
            self._recent = np.concatenate((self._recent, np.where(counts[pick], pitch_deg[pick], np.nan)))[
                -self._keep :
            ]
            self._slot += b - a
            if self._slot % self._hop == 0:
                self._learn()
            a = b
        return offsets

    def _learn(self) -> None:
        """Move the correction by one hop's worth towards where the quartile has gone."""
        limits = self._limits
        near = self._recent[np.abs(self._recent - self.offset_deg) <= limits.near_deg]
        if len(near) < self._least:
            return
        quartile = float(np.percentile(near, 25))
        if self._start_deg is None:
            if len(self._recent) < self._keep:
                return
            self._start_deg = quartile
        move = quartile - self._start_deg - self.offset_deg
        moved = self.offset_deg + min(max(move, -self._step), self._step)
        self.offset_deg = min(max(moved, -limits.cap_deg), limits.cap_deg)
