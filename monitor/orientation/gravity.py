"""Acceleration and angular rate -> where "up" is, in the sensor's own axes.

With a gyroscope: VQF (Laidig and Seel, "VQF: Highly accurate IMU orientation estimation with bias estimation and
magnetic disturbance rejection", Information Fusion 91, 2023), whose accelerometer correction works on the
*un-normalised* specific force in an almost-inertial frame. That matters: over a stride the mean force is gravity, the
mean of its direction is not, and filters that normalise each sample are 4-30 deg wrong in running.

Without one: a second-order Butterworth low-pass at 0.5 Hz on the un-normalised acceleration, normalised last; good
for sustained posture only (delay 0.45 s).
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from scipy.signal import butter, lfilter, lfilter_zi
from vqf import VQF, offlineVQF

from monitor.values import FloatArray

TAU_ACC_S = 1.5
"""Time constant of the accelerometer correction: the compromise between running (1 s best) and BROAD (3 s best)."""
START_TAU_ACC_S = 0.75
START_RAMP_S = (5, 40)
"""A cold start begins with a short time constant, lengthened second by second between these times. The error of an
unknown gyroscope bias is bias times tau: measured on real motion with 0.7 deg/s of bias, sustained pitch 5-10 s after
the start is 0.35 deg off instead of 1.06, and 0.11 instead of 0.16 from 30 s on."""
BIAS_CLIP_DPS = 6.0
"""Largest gyroscope bias; cheap MEMS need more than VQF's default 2."""
BIAS_SIGMA_INIT_DPS = 2.0
KNOWN_BIAS_SIGMA_DPS = 0.05
"""How well a bias learned beforehand is known."""
ACC_ONLY_CUTOFF_HZ = 0.5


class GravityEstimator(Protocol):
    """`push` blocks of consecutive samples; `restart` after a hole. Blocks of any size give identical results."""

    settle_s: float
    """Time after a (re)start before the estimate may be trusted."""

    def push(self, acc: FloatArray, gyr: FloatArray) -> FloatArray:
        """Unit vectors (n,3) pointing up, in sensor axes, for acc m/s² and gyr rad/s, each (n,3), all finite."""
        ...

    def restart(self) -> None: ...

    @property
    def gyro_bias(self) -> FloatArray | None:
        """The gyroscope bias (3,), rad/s, as estimated now; None where there is no gyroscope."""
        ...


class VqfGravity:
    """Gravity direction by VQF; keeps the gyroscope bias it has learned over a restart.

    `gyro_bias` (3,) rad/s: known beforehand, so that no cold start is needed.
    """

    settle_s = 2 * TAU_ACC_S + 1.0

    def __init__(self, period_s: float, tau_acc_s: float = TAU_ACC_S, gyro_bias: FloatArray | None = None) -> None:
        self._tau_acc_s = tau_acc_s
        self._second = max(1, round(1.0 / period_s))
        self._pushed = 0
        self._vqf = VQF(period_s, tauAcc=tau_acc_s, biasClip=BIAS_CLIP_DPS, biasSigmaInit=BIAS_SIGMA_INIT_DPS)
        self._cold = gyro_bias is None
        if gyro_bias is not None:
            self._vqf.setBiasEstimate(np.ascontiguousarray(gyro_bias), np.radians(KNOWN_BIAS_SIGMA_DPS))

    @property
    def gyro_bias(self) -> FloatArray | None:
        """The gyroscope bias (3,), rad/s, as estimated now."""
        return np.array(self._vqf.getBiasEstimate()[0])

    def push(self, acc: FloatArray, gyr: FloatArray) -> FloatArray:
        n = len(acc)
        acc, gyr = np.ascontiguousarray(acc), np.ascontiguousarray(gyr)
        parts = [np.empty((0, 4))]
        a = 0
        while a < n:
            b = n
            if self._cold:
                second, into = divmod(self._pushed, self._second)
                self._cold = second < START_RAMP_S[1]
                if into == 0:
                    self._vqf.setTauAcc(self._start_tau_s(second))
                b = min(n, a + self._second - into) if self._cold else n
            parts.append(self._vqf.updateBatch(gyr[a:b], acc[a:b])["quat6D"])
            self._pushed += b - a
            a = b
        return up_in_sensor(np.concatenate(parts))

    def restart(self) -> None:
        if self._pushed:
            bias, sigma = self._vqf.getBiasEstimate()
            self._vqf.resetState()
            self._vqf.setBiasEstimate(bias, sigma)

    def _start_tau_s(self, second: int) -> float:
        """The time constant in this second after a cold start."""
        first, last = START_RAMP_S
        share = min(max((second - first) / (last - first), 0.0), 1.0)
        return START_TAU_ACC_S + share * (self._tau_acc_s - START_TAU_ACC_S)


class OfflineVqfGravity:
    """Gravity direction smoothed in both directions: the best estimate for review, about half the error.

    Not causal: each push is a recording of its own, so it never equals the live run.
    """

    settle_s = 0.0
    gyro_bias: FloatArray | None = None

    def __init__(self, period_s: float) -> None:
        self._period_s = period_s

    def push(self, acc: FloatArray, gyr: FloatArray) -> FloatArray:
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

    def push(self, acc: FloatArray, gyr: FloatArray) -> FloatArray:  # noqa: ARG002 - the interface is shared
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
