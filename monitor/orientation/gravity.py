"""Acceleration and angular rate -> where "up" is, in the sensor's own axes.

With a gyroscope: VQF (Laidig and Seel, "VQF: Highly accurate IMU orientation estimation with bias estimation and
magnetic disturbance rejection", Information Fusion 91, 2023), whose accelerometer correction works on the
*un-normalised* specific force in an almost-inertial frame. That matters: over a stride the mean force is gravity, the
mean of its direction is not, and filters that normalise each sample are 4-30 deg wrong in running.

Without one: a second-order Butterworth low-pass at 0.5 Hz on the un-normalised acceleration, normalised last; good
for sustained posture only (delay 0.45 s).
"""

from __future__ import annotations

from itertools import pairwise
from typing import Protocol

import numpy as np
from scipy.signal import butter, lfilter, lfilter_zi
from vqf import VQF, offlineVQF

from monitor.orientation.bridge import spans
from monitor.values import BoolArray, FloatArray

TAU_ACC_S = 1.5
"""Time constant of the accelerometer correction: the compromise between running (1 s best) and BROAD (3 s best)."""
START_TAU_ACC_S = 0.75
START_RAMP_S = (5, 40)
"""A cold start begins with a short time constant, lengthened second by second between these times. The error of an
unknown gyroscope bias is bias times tau: measured on real motion with 0.7 deg/s of bias, sustained pitch 5-10 s after
the start is 0.35 deg off instead of 1.06, and 0.11 instead of 0.16 from 30 s on."""
HOLE_S2 = 0.06
LEAST_TAU_ACC_S = 0.4
"""A hole of h seconds, however well bridged, hides some rotation: the time constant drops to `HOLE_S2` / h, at least to
this, so that what was missed is levelled out soon ..."""
TAU_ACC_GROWTH = 0.2
"""... and grows by this much per second again, as what can be averaged since the hole does."""
GROW_EVERY_S = 0.25
BIAS_CLIP_DPS = 6.0
"""Largest gyroscope bias; cheap MEMS need more than VQF's default 2."""
BIAS_SIGMA_INIT_DPS = 2.0
LONG = 1 << 62
KNOWN_BIAS_SIGMA_DPS = 0.05
"""How well a bias learned beforehand is known."""
ACC_ONLY_CUTOFF_HZ = 0.5


class GravityEstimator(Protocol):
    """`push` blocks of consecutive samples; `restart` after a hole. Blocks of any size give identical results."""

    settle_s: float
    """Time after a (re)start before the estimate may be trusted."""

    def push(self, acc: FloatArray, gyr: FloatArray, real: BoolArray | None = None) -> FloatArray:
        """Unit vectors (n,3) pointing up, in sensor axes, for acc m/s² and gyr rad/s, each (n,3), all finite.

        `real` (n,): which samples were received rather than filled in; all, when left out. The last of a block must be.
        """
        ...

    def restart(self) -> None: ...

    @property
    def gyro_bias(self) -> FloatArray | None:
        """The gyroscope bias (3,), rad/s, as estimated now; None where there is no gyroscope."""
        ...


class VqfGravity:
    """Gravity direction by VQF; keeps the gyroscope bias it has learned over a restart.

    Its time constant is shorter than `tau_acc_s` for half a minute after a cold start, and for some seconds after a
    hole. `gyro_bias` (3,) rad/s: known beforehand, so that no cold start is needed.
    """

    settle_s = 2 * TAU_ACC_S + 1.0

    def __init__(self, period_s: float, tau_acc_s: float = TAU_ACC_S, gyro_bias: FloatArray | None = None) -> None:
        self._period_s = period_s
        self._tau_acc_s = self._tau_now_s = self._tau_after_hole_s = tau_acc_s
        self._second = max(1, round(1.0 / period_s))
        self._step = max(1, round(GROW_EVERY_S / period_s))
        self._pushed = 0
        self._since_hole = 0
        self._vqf = VQF(period_s, tauAcc=tau_acc_s, biasClip=BIAS_CLIP_DPS, biasSigmaInit=BIAS_SIGMA_INIT_DPS)
        self._cold = gyro_bias is None
        if gyro_bias is not None:
            self._vqf.setBiasEstimate(np.ascontiguousarray(gyro_bias), np.radians(KNOWN_BIAS_SIGMA_DPS))

    @property
    def gyro_bias(self) -> FloatArray | None:
        """The gyroscope bias (3,), rad/s, as estimated now."""
        return np.array(self._vqf.getBiasEstimate()[0])

    def push(self, acc: FloatArray, gyr: FloatArray, real: BoolArray | None = None) -> FloatArray:
        n = len(acc)
        acc, gyr = np.ascontiguousarray(acc), np.ascontiguousarray(gyr)
        holes = [] if real is None else spans(~real)
        lengths = {end: end - start for start, end in holes}
        parts = [np.empty((0, 4))]
        for a, b in pairwise([0, *lengths, n]):
            if a in lengths:
                self._recover(lengths[a])
            at = a
            while at < b:
                upto = min(b, at + self._settle())
                parts.append(self._vqf.updateBatch(gyr[at:upto], acc[at:upto])["quat6D"])
                self._pushed += upto - at
                self._since_hole += upto - at
                at = upto
        return up_in_sensor(np.concatenate(parts))

    def restart(self) -> None:
        if self._pushed:
            bias, sigma = self._vqf.getBiasEstimate()
            self._vqf.resetState()
            self._vqf.setBiasEstimate(bias, sigma)
        self._tau_after_hole_s = self._tau_acc_s

    def _recover(self, hole_slots: int) -> None:
        """A hole has just ended."""
        grown_s, _ = self._hole_tau()
        self._tau_after_hole_s = min(grown_s, max(LEAST_TAU_ACC_S, HOLE_S2 / (hole_slots * self._period_s)))
        self._since_hole = 0

    def _settle(self) -> int:
        """Set the time constant that holds now; returns for how many samples it does."""
        (tau_s, samples), (cold_tau_s, cold_samples) = self._hole_tau(), self._cold_tau()
        tau_s = min(tau_s, cold_tau_s)
        if tau_s != self._tau_now_s:
            self._vqf.setTauAcc(tau_s)
            self._tau_now_s = tau_s
        return min(samples, cold_samples)

    def _hole_tau(self) -> tuple[float, int]:
        """The time constant that the last hole allows, and for how many samples."""
        if self._tau_after_hole_s >= self._tau_acc_s:
            return self._tau_acc_s, LONG
        steps, into = divmod(self._since_hole, self._step)
        tau_s = self._tau_after_hole_s + TAU_ACC_GROWTH * GROW_EVERY_S * steps
        if tau_s >= self._tau_acc_s:
            self._tau_after_hole_s = self._tau_acc_s
            return self._tau_acc_s, LONG
        return tau_s, self._step - into

    def _cold_tau(self) -> tuple[float, int]:
        """The time constant that a cold start allows, and for how many samples."""
        second, into = divmod(self._pushed, self._second)
        first, last = START_RAMP_S
        self._cold = self._cold and second < last
        if not self._cold:
            return self._tau_acc_s, LONG
        share = max((second - first) / (last - first), 0.0)
        return START_TAU_ACC_S + share * (self._tau_acc_s - START_TAU_ACC_S), self._second - into


class OfflineVqfGravity:
    """Gravity direction smoothed in both directions: the best estimate for review, about half the error.

    Not causal: each push is a recording of its own, so it never equals the live run.
    """

    settle_s = 0.0
    gyro_bias: FloatArray | None = None

    def __init__(self, period_s: float) -> None:
        self._period_s = period_s

    def push(self, acc: FloatArray, gyr: FloatArray, real: BoolArray | None = None) -> FloatArray:  # noqa: ARG002
        if len(acc) == 0:
            return np.empty((0, 3))
        params = {"biasClip": BIAS_CLIP_DPS, "biasSigmaInit": BIAS_SIGMA_INIT_DPS}
        out = offlineVQF(np.ascontiguousarray(gyr), np.ascontiguousarray(acc), None, self._period_s, params)
        return up_in_sensor(out["quat6D"])

    def restart(self) -> None:
        """Nothing is carried from one push to the next."""


class AccelerometerGravity:
    """Gravity direction from a sensor without gyroscope."""

    settle_s = 3.0
    gyro_bias: FloatArray | None = None

    def __init__(self, period_s: float, cutoff_hz: float = ACC_ONLY_CUTOFF_HZ) -> None:
        self._b, self._a = butter(2, cutoff_hz, fs=1.0 / period_s)
        self._zi: FloatArray | None = None

    def push(self, acc: FloatArray, gyr: FloatArray, real: BoolArray | None = None) -> FloatArray:  # noqa: ARG002
        if len(acc) == 0:
            return np.empty((0, 3))
        if self._zi is None:
            self._zi = lfilter_zi(self._b, self._a)[:, None] * acc[:1]
        smooth, self._zi = lfilter(self._b, self._a, acc, axis=0, zi=self._zi)
        return np.asarray(smooth / np.maximum(np.sqrt(np.sum(smooth**2, axis=1, keepdims=True)), 1e-9))

    def restart(self) -> None:
        self._zi = None


def up_in_sensor(quat: FloatArray) -> FloatArray:
    """The world's z axis in sensor axes, (n,3), for sensor-to-world quaternions w, x, y, z (n,4)."""
    w, x, y, z = quat[:, 0], quat[:, 1], quat[:, 2], quat[:, 3]
    return np.stack((2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z), axis=1)
