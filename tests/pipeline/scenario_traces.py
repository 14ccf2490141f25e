"""SIMULATED traces of the acceptance scenarios A to H: ten minutes at 50 Hz each, and the log they arrive as.

Base pitch: sines of 3 deg (90 s) and 2 deg (17 s); stride: roll 2 deg at 1.42 Hz and nod 2 deg at 2.83 Hz; bounce
8 m/s² at 2.83 Hz and 3 m/s² at 5.66 Hz, fore-aft 3 and lateral 2 m/s²; noise 0.3 m/s² and 0.02 rad/s; gyroscope bias
(0.005, -0.003, 0.004) rad/s; edges of the drops smoothed over 0.2 s; neutral from 5-28 s. In G the runner stands.
Here as everywhere, nose down is positive.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.spatial.transform import Rotation

from calibration.model import HeadCalibration, Profile, SiteCalibration, TrunkCalibration
from monitor.sensors import table
from monitor.values import STANDARD_GRAVITY, PacketBlock, SensorInfo, Site

RATE_HZ = 50.0
STEP_HZ = 2.83
STRIDE_HZ = STEP_HZ / 2
GYRO_BIAS = np.array([0.005, -0.003, 0.004])


@dataclass(frozen=True)
class Drop:
    """The head (or, in E, the sensor) goes down by `deg` from `on_s` to `off_s`."""

    on_s: float
    off_s: float
    deg: float


@dataclass(frozen=True)
class Trace:
    """n samples of one head sensor, and the pitch it was given without nod and roll (posture) and with them."""

    t_s: np.ndarray
    acc: np.ndarray
    gyr: np.ndarray
    posture_deg: np.ndarray
    drops: tuple[Drop, ...]


def every(first_s: float, apart_s: float, count: int, down_s: float, deg: float) -> tuple[Drop, ...]:
    return tuple(Drop(first_s + apart_s * k, first_s + apart_s * k + down_s, deg) for k in range(count))


def interrupted(first_s: float, deg: float) -> tuple[Drop, ...]:
    """Half a minute of 4.5 s down and 0.5 s up."""
    return tuple(Drop(first_s + 5 * k, first_s + 5 * k + 4.5, deg) for k in range(6))


SCENARIOS: dict[str, tuple[Drop, ...]] = {
    "A": (),
    "B": every(30, 12, 47, 1.5, 35),
    "C": tuple(d for k in range(6) for d in interrupted(60 + 90 * k, 30)),
    "D": every(60, 90, 6, 30, 30),
    "E": (Drop(200, 1e9, 18),),
    "F": (Drop(120, 480, 10),),
    "G": tuple(Drop(t, t + 9, 70) for t in (100, 220, 340, 460)),
    "H": every(60, 65, 8, 20, 14),
}
"""What goes down when, in road mode."""


def deeper(drops: tuple[Drop, ...], by: float) -> tuple[Drop, ...]:
    """The same timing, each drop deeper by a factor (30 -> 48 deg for trail mode: 1.6)."""
    return tuple(Drop(d.on_s, d.off_s, d.deg * by) for d in drops)


@lru_cache(maxsize=16)
def trace(
    drops: tuple[Drop, ...],
    *,
    seconds: float = 600.0,
    standing: bool = False,
    bounce: float = 1.0,
    seed: int = 0,
    wander: float = 1.0,
) -> Trace:
    """Ten minutes of running (or standing) with these drops; `bounce` scales the acceleration of the gait, `wander`
    the slow wander of the head."""
    rng = np.random.default_rng(seed)
    fine = 4  # orientation is integrated finer than it is sampled
    n = round(seconds * RATE_HZ)
    t = np.arange(n * fine + 1) / (RATE_HZ * fine)
    down = np.zeros(len(t))
    for d in drops:
        down += d.deg * (np.clip((t - d.on_s) / 0.2 + 0.5, 0, 1) - np.clip((t - d.off_s) / 0.2 + 0.5, 0, 1))
    posture = wander * _base_deg(t) + down
    gait = 0.0 if standing else 1.0
    nod = posture + gait * 2 * np.sin(2 * np.pi * STEP_HZ * t + 0.7)
    roll = gait * 2 * np.sin(2 * np.pi * STRIDE_HZ * t + 0.3)
    head = Rotation.from_euler("ZYX", np.stack((np.zeros_like(nod), nod, roll), axis=1), degrees=True)
    gyr = (head[:-1].inv() * head[1:]).as_rotvec() * (RATE_HZ * fine)
    gyr = gyr.reshape(n, fine, 3).mean(axis=1) + GYRO_BIAS + 0.02 * rng.standard_normal((n, 3))
    at = slice(fine // 2, n * fine, fine)
    step, stride = 2 * np.pi * STEP_HZ * t[at], 2 * np.pi * STRIDE_HZ * t[at]
    force = np.zeros((n, 3))
    if not standing:
        force[:, 0] = 3 * bounce * np.sin(step + 1.1)
        force[:, 1] = 2 * bounce * np.sin(stride + 0.5)
        force[:, 2] = bounce * (8 * np.sin(step) + 3 * np.sin(2 * step + 0.4))
    force[:, 2] += STANDARD_GRAVITY
    acc = head[at].inv().apply(force) + 0.3 * rng.standard_normal((n, 3))
    return Trace(np.arange(n) / RATE_HZ, acc, gyr, posture[at], drops)


INFO = SensorInfo("head", Site.HEAD, "table", "SIM head", "sim:head", RATE_HZ, simulated=True)
BACK = SensorInfo("back", Site.BACK, "table", "SIM back", "sim:back", RATE_HZ, simulated=True)


def log(
    trace_: Trace, *, lost: np.ndarray | None = None, per: int = 5, gyro: bool = True, sensor: str = "head"
) -> list[PacketBlock]:
    """The trace as a table's log: one notification of `per` samples each, without those `lost` (k,) bool."""
    t_ns = np.rint(trace_.t_s * 1e9).astype(np.int64)
    rows = [slice(a, a + per) for a in range(0, len(t_ns) - per + 1, per)]
    kept = [r for i, r in enumerate(rows) if lost is None or not lost[i]]
    size = per * table.ROW.itemsize
    data = b"".join(table.encode_rows(t_ns[r], trace_.acc[r], trace_.gyr[r] if gyro else None) for r in kept)
    arrival = np.array([t_ns[r][-1] for r in kept], np.int64)
    return [PacketBlock(sensor, arrival, size * np.arange(1, len(kept) + 1, dtype=np.int64), data)]


def bursty_loss(rng: np.random.Generator, count: int, part: float, mean_run: float = 2.0) -> np.ndarray:
    """Which of `count` notifications are lost: runs of `mean_run` on average, `part` of all."""
    lost = np.zeros(count, bool)
    stay, begin = 1 - 1 / mean_run, part / (1 - part) / mean_run
    for i in range(1, count):
        lost[i] = rng.random() < (stay if lost[i - 1] else begin)
    return lost


def _base_deg(t: np.ndarray) -> np.ndarray:
    """The slow wander of the head (n,), nose down positive: the published trace counts nose down negative."""
    return -(3 * np.sin(2 * np.pi * t / 90) + 2 * np.sin(2 * np.pi * t / 17))


def back_trace(drops: tuple[Drop, ...]) -> Trace:
    """A trunk that leans with these drops and does not wander, as a sensor on the back sees it."""
    return trace(drops, seed=1, wander=0.0)


def profile_with_back() -> Profile:
    """`profile` with a back sensor whose lean is known in level running."""
    trunk = TrunkCalibration((0.0, 0.0, 1.0), (float(-np.degrees(1.0)), 0.0, 0.0), in_running=True)
    site = SiteCalibration("back", "back", "SIM back", "sim:back", "vqf", (), trunk=trunk)
    head = profile()
    return Profile(head.name, head.created_utc, True, (*head.sites, site))


def profile() -> Profile:
    """Neutral and nod axis as a calibration with these sensor axes (x ahead, y left, z up) finds them.

    The neutral is the median of 5-28 s: the base pitch has a mean of +2.4 deg there.
    """
    t = np.arange(5, 28, 1 / RATE_HZ)
    offset = np.radians(np.median(_base_deg(t)))
    neutral = (-np.sin(offset), 0.0, np.cos(offset))
    nod = (-np.cos(offset), 0.0, -np.sin(offset))
    head = HeadCalibration(tuple(map(float, neutral)), tuple(map(float, nod)), 10.0)
    site = SiteCalibration("head", "head", "SIM head", "sim:head", "vqf", (), head=head)
    return Profile("simulated", "2026-01-01T00:00:00+00:00", True, (site,))
