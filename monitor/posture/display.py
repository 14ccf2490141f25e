"""The head angle for the live needle: without the nod of the gait, and without the lag of a stride mean.

What repeats with the stride (its harmonics 1 to 3; the step is the second) is learned over the last seconds and
subtracted; everything else passes at once. Learning looks at slots that are a second old: by then their centred
stride mean is known, and a real head movement shows as a change of that mean and counts for next to nothing. What does
not repeat reliably is not subtracted: a canceller fed with chance would shake the needle instead of calming it.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.signal import lfilter

from monitor.posture.stride import StrideMean
from monitor.values import BoolArray, FloatArray, IntArray

HARMONICS = 3
HOP_S = 0.2
"""What was learned is taken over this often."""
HOPS_BEHIND = 5
"""Learning happens this many hops behind the present."""
MEMORY_S = 3.0
"""Time constant of learning: about four strides."""
LEAST_WEIGHT = 0.1
"""With less than this part of a full memory, what was learned is subtracted in part only: at the start, and when the
head has not rested for 7 s."""
MOVED_DEG = 3.0
"""A slot counts half where the stride mean changes by so much from the stride before it to the one after it."""
DOUBT = 0.2
"""How much of a harmonic's scatter from stride to stride survives in its mean over the memory: a stride mean's
variance against that of the memory, 0.71 s / (2 * 3 s), and a little more."""
CHUNK = 8192
"""Slots taken at once: few enough to stay in the processor's cache."""


class DisplayAngle:
    """Follows the angle; any split into blocks gives bit-equal results."""

    def __init__(self, period_s: float) -> None:
        self._hop = max(1, round(HOP_S / period_s))
        self._behind = HOPS_BEHIND * self._hop
        self._mean = StrideMean(period_s, columns=1)
        self._nod = _Nod(self._hop * period_s)
        self.restart()

    def restart(self) -> None:
        """Forget everything (after a hole, or when the angle means something else from now on)."""
        self._mean.restart()
        self._nod.restart()
        self._age = 0
        self._past = np.empty((6, 0))
        self._coefficients = np.zeros(2 * HARMONICS)

    def push(self, angle_deg: FloatArray, phase: FloatArray, stride_slots: FloatArray) -> FloatArray:
        """The angle (n,) to show, degrees; NaN where `angle_deg` is, and learning starts anew behind it.

        angle_deg (n,) head pitch; phase (n,) of the stride, NaN without rhythm: there the angle passes as it is;
        stride_slots (n,) stride length in slots, positive.
        """
        known = np.isfinite(angle_deg)
        if not known.any():
            if len(angle_deg):
                self.restart()
            return np.full(len(angle_deg), np.nan)
        edges = np.flatnonzero(np.diff(known)) + 1
        shown = np.full(len(angle_deg), np.nan)
        for a, b in pairwise([0, *edges.tolist(), len(angle_deg)]):
            if not known[a]:
                self.restart()
                continue
            for first in range(a, b, CHUNK):
                part = slice(first, min(first + CHUNK, b))
                shown[part] = self._advance(angle_deg[part], phase[part], stride_slots[part])
        return shown

    def _advance(self, angle_deg: FloatArray, phase: FloatArray, stride_slots: FloatArray) -> FloatArray:
        """The angle (n,) to show, for finite ones (n,) that follow the last without a hole."""
        n = len(angle_deg)
        rhythm = np.isfinite(phase)
        turn = 2 * np.pi * np.where(rhythm, phase, 0.0)
        cos, sin = np.cos(turn), np.sin(turn)
        mean = self._mean.push(angle_deg[:, None], stride_slots)[:, 0]
        rows = np.concatenate((self._past, (angle_deg, mean, stride_slots, rhythm, cos, sin)), axis=1)
        held = self._past.shape[1]
        self._past = rows[:, -(self._behind + self._hop) :].copy()

        # Whole hops are counted from the restart, so that they do not depend on where a block begins.
        first, last = (max(age // self._hop, HOPS_BEHIND) for age in (self._age, self._age + n))
        learned = np.empty((0, 2 * HARMONICS))
        if last > first:
            judged = held - self._age + np.arange(first * self._hop, last * self._hop) - self._behind
            learned = self._learn(rows, judged)
        ends = np.arange(first + 1, last + 1) * self._hop - self._age
        lengths = np.diff(np.concatenate(([0], ends, [n])))
        table = np.concatenate((self._coefficients[None], learned))
        self._coefficients = table[-1].copy()
        self._age += n

        nod = np.zeros(n)
        for column, wave in enumerate(_waves(cos, sin)):
            nod += np.repeat(table[:, column], lengths) * wave
        return angle_deg - np.where(rhythm, nod, 0.0)

    def _learn(self, rows: FloatArray, judged: IntArray) -> FloatArray:
        """What is known of the nod (m,6) after each of m hops, from their judged slots (m*hop,) of rows (6,slots)."""
        angle_deg, mean, strides, rhythm, cos, sin = rows
        part = slice(int(judged[0]), int(judged[-1]) + 1)
        stride = np.clip(np.rint(strides[part]).astype(np.int64), 1, self._behind)
        before, centre, after = mean[part], mean[judged + (stride - 1) // 2], mean[judged + stride]
        # By way of the centre: a glance falls into both strides alike.
        moved = (np.abs(centre - before) + np.abs(after - centre)) / MOVED_DEG
        moved = moved * moved
        weight = rhythm[part] / (1.0 + moved * moved)
        left = 2.0 * weight * (angle_deg[part] - centre)
        parts = [weight, *(left * wave for wave in _waves(cos[part], sin[part]))]
        sums = np.stack([p.reshape(-1, self._hop).sum(axis=1) / self._hop for p in parts], axis=1)
        any_rhythm = rhythm[part].reshape(-1, self._hop).any(axis=1)
        return self._nod.push(sums, strides[part][:: self._hop] / self._hop, any_rhythm)


class _Nod:
    """What repeats with the stride, learned hop by hop."""

    def __init__(self, hop_s: float) -> None:
        self._keep = float(np.exp(-hop_s / MEMORY_S))
        self._last_stride = StrideMean(hop_s, columns=1 + 2 * HARMONICS)
        self.restart()

    def restart(self) -> None:
        """Forget everything."""
        self._last_stride.restart()
        self._memory = np.zeros((1, 1 + 3 * HARMONICS))

    def push(self, sums: FloatArray, stride_hops: FloatArray, rhythm: BoolArray) -> FloatArray:
        """Cosine and sine amplitudes (m,6), degrees, to subtract after each hop.

        sums (m,7): mean weight, and mean weighted products of the angle with the six waves, doubled
        stride_hops (m,) stride length in hops; rhythm (m,): without it everything is forgotten, since nobody knows
        which foot comes first when it returns
        """
        out = np.zeros((len(sums), 2 * HARMONICS))
        edges = np.flatnonzero(np.diff(rhythm)) + 1
        for a, b in pairwise([0, *edges.tolist(), len(sums)]):
            if rhythm[a]:
                out[a:b] = self._follow(sums[a:b], stride_hops[a:b])
            else:
                self.restart()
        return out

    def _follow(self, sums: FloatArray, stride_hops: FloatArray) -> FloatArray:
        stride = self._last_stride.push(sums, stride_hops)
        power = _power(stride[:, 1:]) / np.maximum(stride[:, :1], 1e-3)
        columns = np.concatenate((sums, power), axis=1)
        together, self._memory = lfilter([1 - self._keep], [1, -self._keep], columns, axis=0, zi=self._memory)
        weight = np.maximum(together[:, :1], LEAST_WEIGHT)
        amplitudes = together[:, 1 : 1 + 2 * HARMONICS] / weight
        steady = _power(amplitudes)
        scatter = np.maximum(together[:, 1 + 2 * HARMONICS :] / weight - steady, 0.0)
        # The best guess of something known with an error (Wiener): shrunk by the part that may be chance.
        trust = np.clip(1.0 - DOUBT / weight * scatter / np.maximum(steady, 1e-12), 0.0, 1.0)
        return np.asarray(amplitudes * np.repeat(trust, 2, axis=1))


def _waves(cos: FloatArray, sin: FloatArray) -> tuple[FloatArray, ...]:
    """Cosine and sine (n,) of the stride phase and its multiples up to `HARMONICS`, from those (n,) of the first."""
    waves = [cos, sin]
    for _ in range(1, HARMONICS):
        waves += [waves[-2] * cos - waves[-1] * sin, waves[-1] * cos + waves[-2] * sin]
    return tuple(waves)


def _power(amplitudes: FloatArray) -> FloatArray:
    """Squared amplitudes (m,3) from cosine and sine amplitudes (m,6)."""
    squares = amplitudes * amplitudes
    return np.asarray(squares[:, 0::2] + squares[:, 1::2])
