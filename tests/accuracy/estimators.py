"""The orientation filters that `tests.accuracy.broad` compares: ours, plain VQF, and two other well-known ones.

The other ones come from their usual packages, which Heads Up itself never needs: `pip install -e .[compare]`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray
from vqf import VQF

from monitor.orientation.gravity import OfflineVqfGravity, VqfGravity, up_in_sensor
from monitor.values import STANDARD_GRAVITY

Floats = NDArray[np.float64]
MADGWICK_GAIN = 0.033
"""Its author's own choice for an IMU without magnetometer, and the package's default."""


@dataclass(frozen=True)
class Estimator:
    """A filter from acc (n,3) m/s², gyr (n,3) rad/s and the sample period in s to where "up" is, (n,3), sensor axes."""

    name: str
    up: Callable[[Floats, Floats, float], Floats]
    package: str = ""
    """What has to be installed for it; '' = nothing beyond Heads Up."""
    knows_bias: bool = False
    """It cannot learn the gyroscope's bias, so it is given it: the mean of the rest before the movement."""

    @property
    def is_here(self) -> bool:
        """Whether its package is installed."""
        return not self.package or find_spec(self.package) is not None


def ours(acc: Floats, gyr: Floats, period_s: float) -> Floats:
    """What the pipeline does with every sensor that has a gyroscope."""
    return VqfGravity(period_s).push(acc, gyr)


def ours_best(acc: Floats, gyr: Floats, period_s: float) -> Floats:
    """What `--estimate best` shows: smoothed in both directions."""
    return OfflineVqfGravity(period_s).push(acc, gyr)


def plain_vqf(acc: Floats, gyr: Floats, period_s: float) -> Floats:
    """The `vqf` package as it comes: tauAcc 3 s, bias estimation on, bias clip 2 deg/s."""
    return up_in_sensor(VQF(period_s).updateBatch(np.ascontiguousarray(gyr), np.ascontiguousarray(acc))["quat6D"])


def madgwick(acc: Floats, gyr: Floats, period_s: float) -> Floats:
    """Madgwick's filter of 2010 by the `ahrs` package."""
    from ahrs.filters import Madgwick

    return up_in_sensor(Madgwick(gyr=gyr, acc=acc, Dt=period_s, gain_imu=MADGWICK_GAIN).Q)


def fusion(acc: Floats, gyr: Floats, period_s: float) -> Floats:
    """x-io Fusion (`imufusion`) as its own complete example sets it: gain 0.5, acceleration rejection 10 deg, time-out
    5 s, and its bias correction, which learns whenever the sensor lies still for 3 s."""
    import imufusion

    settings, still = imufusion.AhrsSettings(), imufusion.BiasSettings()
    settings.sample_rate = still.sample_rate = 1.0 / period_s
    settings.convention = imufusion.CONVENTION_NWU
    settings.gain, settings.acceleration_rejection, settings.rejection_timeout = 0.5, 10.0, 5.0
    settings.gyroscope_range = 2000.0
    ahrs, bias = imufusion.Ahrs(), imufusion.Bias()
    ahrs.set_settings(settings)
    bias.set_settings(still)
    up = np.empty_like(acc)
    for i, (a, w) in enumerate(zip(acc / STANDARD_GRAVITY, np.degrees(gyr), strict=True)):
        ahrs.update_no_magnetometer(bias.update(w), a)
        up[i] = ahrs.get_gravity()
    return up


ESTIMATORS = (
    Estimator("Heads Up, live", ours),
    Estimator("Heads Up, best (offlineVQF)", ours_best),
    Estimator("plain VQF", plain_vqf),
    Estimator("Madgwick 0.033", madgwick, "ahrs"),
    Estimator("Madgwick 0.033, bias given", madgwick, "ahrs", knows_bias=True),
    Estimator("x-io Fusion 0.5 / 10 deg", fusion, "imufusion"),
)


def inclination_deg(up: Floats, truth: Floats) -> Floats:
    """The angle between two rows of directions (n,3), degrees (n,): exact also where it is tiny."""
    up, truth = (v / np.linalg.norm(v, axis=1, keepdims=True) for v in (up, truth))
    return np.degrees(2 * np.arcsin(np.clip(np.linalg.norm(up - truth, axis=1) / 2, 0, 1)))


def rmse_deg(up: Floats, truth: Floats, judged: NDArray[np.bool_]) -> float:
    """Root mean square of the inclination error over the judged rows (n,) of (n,3)."""
    return math.sqrt(float(np.mean(inclination_deg(up[judged], truth[judged]) ** 2)))
