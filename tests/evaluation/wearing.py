"""Perfect readings -> what an imperfect sensor, mounted anyhow, measures, and the log in which it arrives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from monitor.sensors import openearable, scheme, table, witmotion
from monitor.values import STANDARD_GRAVITY, PacketBlock, SensorInfo, Site
from tests.evaluation.labelled import Bools, Floats, Samples
from tests.evaluation.motion import Motion

SAMPLES_PER_PACKET = {"openearable2": 4, "witmotion": 1, "table": 5, "table-acc": 5}
MEAN_BURST = 2.0
"""Packets lost together, on average."""
ARRIVAL_DELAY_S = 0.03


@dataclass(frozen=True, slots=True)
class Wearing:
    """One sensor, its errors and its link. `seed` fixes mounting and biases: the same sensor in calibration and run.

    Biases are normal with the given standard deviations per axis; `warming_dps` is what the gyroscope's bias gains per
    axis with 10 degrees C of warming (time constant 5 min).
    """

    seed: int
    family: str = "openearable2"
    rate_hz: float = 100.0
    acc_bias: float = 0.1
    """m/s²."""
    acc_noise: float = 0.03
    gyr_bias_dps: float = 0.6
    gyr_noise: float = 0.003
    """rad/s."""
    scale_error: float = 0.0
    dps_per_g: float = 0.0
    warming_dps: float = 0.0
    full_scale_g: float = 8.0
    loss: float = 0.0
    clock_ppm: float = 0.0

    @property
    def true_rate_hz(self) -> float:
        """Sample rate by an exact clock."""
        return self.rate_hz / (1 + self.clock_ppm * 1e-6)


def sensor_info(wearing: Wearing, site: Site) -> SensorInfo:
    """The sensor as a run knows it."""
    config = scheme.encode(scheme.DIY) if wearing.family == "openearable2" else b""
    key = site.value
    return SensorInfo(key, site, wearing.family, f"SIM {key}", f"sim:{key}", wearing.rate_hz, config, simulated=True)


def measure(motion: Motion, wearing: Wearing, noise_seed: int) -> Samples:
    """Readings of the worn sensor; all of them received."""
    own = np.random.default_rng([wearing.seed, 11])
    mounting = Rotation.from_quat(own.standard_normal(4)).as_matrix()
    acc_bias = own.normal(0, wearing.acc_bias, 3)
    gyr_bias = np.radians(own.normal(0, wearing.gyr_bias_dps, 3))
    scale = 1 + own.normal(0, wearing.scale_error)
    per_g = np.radians(own.normal(0, wearing.dps_per_g, 3)) / STANDARD_GRAVITY
    warming = np.radians(wearing.warming_dps) * own.choice([-1.0, 1.0], 3)
    rng = np.random.default_rng([wearing.seed, noise_seed, 12])
    acc = motion.acc @ mounting + acc_bias + rng.normal(0, wearing.acc_noise, motion.acc.shape)
    gyr = scale * (motion.gyr @ mounting) + gyr_bias + rng.normal(0, wearing.gyr_noise, motion.gyr.shape)
    gyr += acc * per_g + warming * (1 - np.exp(-motion.t_s / 300))[:, None]
    limit = wearing.full_scale_g * STANDARD_GRAVITY
    return Samples(motion.t_s, np.clip(acc, -limit, limit), gyr, np.ones(len(acc), bool), mounting)


def bursts(rng: np.random.Generator, count: int, part: float, mean: float = MEAN_BURST) -> Bools:
    """Which (count,) packets are lost: `part` of all, in bursts of `mean` on average."""
    lost = np.zeros(count, bool)
    if part <= 0:
        return lost
    at = 0
    while at < count:
        at += int(rng.geometric(part / (1 - part) / mean))
        length = int(rng.geometric(1 / mean))
        lost[at : at + length] = True
        at += length
    return lost


def arrive(
    samples: Samples, wearing: Wearing, site: Site, outages: tuple[tuple[float, float], ...], noise_seed: int
) -> tuple[PacketBlock, Bools]:
    """The log of the samples, one block of many notifications, and which samples (n,) arrived."""
    rng = np.random.default_rng([wearing.seed, noise_seed, 13])
    per = SAMPLES_PER_PACKET[wearing.family]
    count = len(samples.t_s) // per
    first = np.arange(count) * per
    measured_s = samples.t_s[first + per - 1]
    kept = ~bursts(rng, count, wearing.loss)
    for a, b in outages:
        kept &= (measured_s < a) | (samples.t_s[first] >= b)
    delay_s = 0.0 if wearing.family.startswith("table") else rng.exponential(ARRIVAL_DELAY_S, count)
    t_ns = np.maximum.accumulate(np.rint((measured_s + delay_s) * 1e9).astype(np.int64)) + np.arange(count)
    step_ns = round(1e9 / wearing.rate_hz)
    payloads = [
        _payload(wearing.family, samples.acc[a : a + per], samples.gyr[a : a + per], a, step_ns)
        for a in first[kept].tolist()
    ]
    received = np.zeros(len(samples.t_s), bool)
    received[: count * per] = np.repeat(kept, per)
    ends = np.cumsum([len(p) for p in payloads], dtype=np.int64)
    return PacketBlock(site.value, t_ns[kept], ends, b"".join(payloads)), received


def _payload(family: str, acc: Floats, gyr: Floats, first: int, step_ns: int) -> bytes:
    if family == "openearable2":
        return openearable.encode_notification(
            7_000_000 + first * step_ns // 1000, acc, gyr, step_ns // 1000, scheme.DIY
        )
    if family == "witmotion":
        return witmotion.encode_frames(acc, gyr)
    t_ns = (first + np.arange(len(acc), dtype=np.int64)) * step_ns
    return table.encode_rows(t_ns, acc, None if family == "table-acc" else gyr)
