"""Where in the stride the wearer is, slot by slot and without delay, from the bounce in the acceleration's magnitude.

A carrier that runs at the gait tracker's step rate is compared with the step-frequency part of the magnitude over the
last stride: their difference, and how fast it changes, put the phase right up to the present slot. So the phase
follows uneven steps and a new pace within about a stride, where the tracker alone needs its 4 s.

Two steps make a stride, but the magnitude alone does not tell the left foot from the right: phase 0 and 0.5 are both
the middle of a step's push, and which foot is which is chosen anew whenever the rhythm starts.
"""

from __future__ import annotations

import numpy as np
from scipy.signal import lfilter

from monitor.posture.stride import LONGEST_STRIDE_S, StrideMean
from monitor.values import STANDARD_GRAVITY, BoolArray, FloatArray

STEPS = 2.0
"""Steps of a stride."""
HOP_S = 0.05
"""Carrier and bounce are compared this often."""
LEAST_BOUNCE_G = 0.03
"""Amplitude of the step-frequency part below which it is no bounce: a soft walk has 0.1 g, a run 0.2-1 g."""
STOPPED_PART = 0.5
"""A bounce of the last stride smaller than this part of the usual one: the wearer has just stopped."""
USUAL_S = 3.0
"""Time constant of the usual bounce."""
CHUNK = 8192
"""Slots taken at once: few enough to stay in the processor's cache."""


class StridePhase:
    """Follows the phase; any split into blocks gives bit-equal results."""

    def __init__(self, period_s: float) -> None:
        self._hop = max(1, round(HOP_S / period_s))
        hop_s = self._hop * period_s
        self._keep = int(np.ceil(LONGEST_STRIDE_S / hop_s)) + 1
        self._last_stride = StrideMean(hop_s, columns=2)
        self._forget = float(np.exp(-hop_s / USUAL_S))
        self.restart()

    def restart(self) -> None:
        """Forget everything (after a hole)."""
        self._last_stride.restart()
        self._steps = 0.0  # of the carrier, since the restart
        self._loose = np.empty((3, 0))  # products with the carrier and strides that do not fill a hop yet
        self._now = (0.0, 0.0)  # by how many steps the bounce is ahead of the carrier; 1 with a rhythm
        self._ahead = np.zeros(1)  # by how many steps the bounce was ahead of the carrier, last hops
        self._wrapped = 0.0  # the last of them before it was unwrapped
        self._usual_g = np.zeros(1)
        self._hops = 0

    def push(self, acc_norm: FloatArray, stride_slots: FloatArray, moving: BoolArray) -> FloatArray:
        """Phase (n,) of the stride in 0..1, NaN where there is no rhythm or less than a stride of it.

        acc_norm (n,) magnitude of the specific force, m/s²; stride_slots (n,) stride by the gait tracker, in slots,
        positive; moving (n,) whether the gait tracker sees walking or running.
        """
        phase = np.empty(len(acc_norm))
        for first in range(0, len(acc_norm), CHUNK):
            part = slice(first, first + CHUNK)
            phase[part] = self._advance(acc_norm[part], stride_slots[part], moving[part])
        return phase

    def _advance(self, acc_norm: FloatArray, stride_slots: FloatArray, moving: BoolArray) -> FloatArray:
        """The phase (n,) of a part that fits the cache."""
        n = len(acc_norm)
        carrier = np.cumsum(np.concatenate(([self._steps], STEPS / stride_slots)))[1:]
        self._steps = float(carrier[-1])
        # Without weight, so that less is left over where the stride is not quite right.
        bounce_g = np.where(np.isfinite(acc_norm), acc_norm, STANDARD_GRAVITY) / STANDARD_GRAVITY - 1.0
        turn = 2 * np.pi * (carrier - np.floor(carrier))
        held = self._loose.shape[1]
        loose = np.concatenate((self._loose, (bounce_g * np.cos(turn), bounce_g * np.sin(turn), stride_slots)), axis=1)
        hops = loose.shape[1] // self._hop
        table, lengths = np.array([self._now]), [n]
        if hops:
            table = np.concatenate((table, self._look(*(row[: hops * self._hop].reshape(hops, -1) for row in loose))))
            # A hop's last slot already knows it.
            ends = np.arange(1, hops + 1) * self._hop - held - 1
            lengths = np.diff(np.concatenate(([0], ends, [n]))).tolist()
        self._now = (float(table[-1, 0]), float(table[-1, 1]))
        self._loose = loose[:, hops * self._hop :].copy()
        ahead, rhythm = (np.repeat(column, lengths) for column in table.T)
        phase = (carrier + ahead) / STEPS
        return np.where(moving & (rhythm > 0), phase - np.floor(phase), np.nan)

    def _look(self, cos: FloatArray, sin: FloatArray, strides: FloatArray) -> FloatArray:
        """What holds after each of m hops (m,2), from products with the carrier and strides, each (m,slots)."""
        m = len(cos)
        stride = strides[:, -1].copy()
        parts = np.stack((cos.sum(axis=1) / self._hop, sin.sum(axis=1) / self._hop), axis=1)
        means = self._last_stride.push(parts, stride / self._hop)
        cos_g, sin_g = means[:, 0].copy(), means[:, 1].copy()
        bounce_g = 2.0 * np.sqrt(cos_g * cos_g + sin_g * sin_g)
        usual_g, self._usual_g = lfilter([1 - self._forget], [1, -self._forget], bounce_g, zi=self._usual_g)

        ahead = self._unwrapped(np.arctan2(-sin_g, cos_g) / (2 * np.pi))
        at = len(ahead) - m + np.arange(m)
        back = np.clip(np.rint(stride / self._hop).astype(np.int64), 1, self._keep)
        hops = self._hops + 1 + np.arange(m)
        change = (ahead[at] - ahead[np.maximum(at - back, 0)]) / (back * self._hop)
        change = np.where(hops >= 2 * back, change, 0.0)
        self._ahead = ahead[-(self._keep + 1) :].copy()
        self._hops += m
        rhythm = (hops >= back) & (bounce_g >= np.maximum(LEAST_BOUNCE_G, STOPPED_PART * usual_g))
        # The mean over the last stride tells where the bounce was half a stride ago; the answer is used for a hop.
        return np.stack((ahead[at] + change * (stride - 1 + self._hop) / 2, rhythm), axis=1)

    def _unwrapped(self, wrapped: FloatArray) -> FloatArray:
        """Steps (m,) of -0.5..0.5 continued without jumps, behind what is kept of the earlier ones."""
        jumps = np.rint(np.diff(np.concatenate(([self._wrapped], wrapped))))
        # Whole numbers: their sums are exact, wherever a block begins.
        turns = np.rint(self._ahead[-1] - self._wrapped) - np.cumsum(jumps)
        self._wrapped = float(wrapped[-1])
        return np.concatenate((self._ahead, wrapped + turns))
