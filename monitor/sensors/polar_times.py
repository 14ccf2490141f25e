"""When each sample of Polar's frames was measured: frames are stamped with the time of their last sample only.

The maker's rule: the samples of a frame lie evenly between the stamp of the frame before and its own; the first
frame's lie one nominal period apart. Taken to the letter, a lost frame stretches the next one over its time. So the
rule holds only where the samples come out near the nominal rate; elsewhere (a frame lost or repeated, the sensor's
clock set) they lie as far apart as those of the last frame that followed the rule, and end at their frame's stamp.

Source: polarofficial/polar-ble-sdk (PmdTimeStampUtils).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from monitor.values import NS_PER_S, IntArray

NEAR: Final = 0.15
"""A sensor's true rate lies within 15 % of the nominal one; a lost frame of half the size shows as 50 %."""


class SampleTimes:
    """The times of one measurement's samples. Any split of the same frames gives the same times.

    rate_hz : nominal sample rate
    """

    def __init__(self, rate_hz: float) -> None:
        self._nominal_ns = NS_PER_S / rate_hz
        self._period_ns = self._nominal_ns
        self._previous: int | None = None

    def reset(self) -> None:
        """The next frame has none before it: a new link. How far samples lie apart is still known."""
        self._previous = None

    def push(self, stamp_ns: IntArray, samples: IntArray) -> IntArray:
        """Times (n,) in ns of the samples of frames with these stamps (m,) and numbers of samples (m,), all >= 1."""
        if len(stamp_ns) == 0:
            return np.empty(0, np.int64)
        before = np.concatenate(([stamp_ns[0] if self._previous is None else self._previous], stamp_ns[:-1]))
        self._previous = int(stamp_ns[-1])
        step = stamp_ns - before
        period = step / samples
        even = np.abs(period / self._nominal_ns - 1) <= NEAR
        last_even = np.maximum.accumulate(np.where(even, np.arange(len(even)), -1))
        in_force = np.where(last_even >= 0, period[last_even], self._period_ns)
        self._period_ns = float(in_force[-1])

        last = np.cumsum(samples) - 1
        left = np.repeat(last, samples) - np.arange(int(last[-1]) + 1)
        since = np.repeat(samples, samples) - left
        period = np.repeat(in_force, samples)
        after = np.repeat(before, samples) + np.rint(period * since).astype(np.int64)
        until = np.repeat(stamp_ns, samples) - np.rint(period * left).astype(np.int64)
        # The clock begins in 2000: no sample is older.
        return np.maximum(np.where(np.repeat(even, samples), after, until), 0)
