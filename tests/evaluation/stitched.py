"""Long runs from a minute of real motion capture: clips joined where the stride matches, then posture added.

The recording is played in pieces; each piece ends where another moment of it has nearly the same attitude, turning and
force, and the small step that is left fades out over 0.2 s. Attitude and force in the world are carried along; the
sensor's readings are derived from them last, so gyroscope, accelerometer and attitude agree. Added posture turns the
sensor about the joint (neck or clavicle) with its lever arm. It is smooth, and the gait does not change with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from monitor.simulator.scenario import Scenario
from tests.evaluation.labelled import Floats

RATE_HZ = 100.0
RECORDING = Path(__file__).resolve().parents[3] / "shared" / "data" / "motion" / "run_60s.npz"
REAL_SITES = {
    "head_back": ("head", (-0.09, 0.0, 0.09)),
    "ear_r": ("head", (0.01, -0.075, 0.06)),
    "forehead": ("head", (0.10, 0.0, 0.11)),
    "clav_r": ("clav_r", (0.02, -0.075, 0.02)),
}
"""Segment, and position from the joint that moves it, m."""
FADE = 20
PIECE_S = (1.5, 5.0)
APART = 100
"""Two moments closer than this (samples) are no join."""


@dataclass(frozen=True, slots=True)
class Stitched:
    """n perfect readings at `RATE_HZ`: t_s (n,), acc and gyr (n,3), quat (n,4) w x y z, pitch_deg and shoulder (n,)."""

    t_s: Floats
    acc: Floats
    gyr: Floats
    quat: Floats
    pitch_deg: Floats
    shoulder: Floats


@dataclass(frozen=True, slots=True)
class _Clip:
    turn: Rotation
    force: Floats
    near: np.ndarray
    distance: Floats


def present() -> bool:
    """Whether the motion recordings are on this machine."""
    return RECORDING.is_file()


@lru_cache(maxsize=4)
def _clip(site: str) -> _Clip:
    segment, _ = REAL_SITES[site]
    with np.load(RECORDING) as z:
        quat, acc, gyr = (z[k].astype(np.float64) for k in (f"quat_{segment}", f"acc_{site}", f"gyr_{site}"))
    turn = Rotation.from_quat(quat[:, [1, 2, 3, 0]])
    force = turn.apply(acc)
    # One unit is 3 deg of attitude, 0.5 rad/s, or 5 m/s²: what hardly shows after fading.
    features = np.concatenate((turn.as_rotvec(degrees=True) / 3, gyr / 0.5, force / 5), axis=1)
    usable = len(features) - round(PIECE_S[1] * RATE_HZ) - 2
    distance, near = cKDTree(features[:usable]).query(features, k=60)
    return _Clip(turn, force, near, distance)


def stitched(site: str, scenario: Scenario, shrug_deg: float = 12.0) -> Stitched:
    """The outing at a site of the recording. Activities and `trail` are not in it: it always runs, on a treadmill."""
    n = round(scenario.duration_s * RATE_HZ) + 1
    t_s = np.arange(n) / RATE_HZ
    turn, force = _played(_clip(site), n, np.random.default_rng([scenario.seed, 7]))
    lean = _boxes(t_s, [(e.on_s, e.off_s, e.ramp_s, e.angle_deg) for e in scenario.leans])
    nod = lean + _boxes(t_s, [(e.on_s, e.off_s, e.ramp_s, e.angle_deg) for e in scenario.head])
    for amplitude, period_s in scenario.wander:
        nod += amplitude * np.sin(2 * np.pi * t_s / period_s)
    yaw = _boxes(t_s, [(e.on_s, e.off_s, e.ramp_s, e.yaw_deg) for e in scenario.head])
    roll = _boxes(t_s, [(e.on_s, e.off_s, e.ramp_s, e.roll_deg) for e in scenario.head])
    shoulder = _boxes(t_s, [(e.on_s, e.off_s, e.ramp_s, e.fraction) for e in scenario.shoulders])
    slip = np.zeros(n)
    for s in scenario.slips:
        slip += s.angle_deg * _edge(t_s, s.at_s, s.ramp_s)
    segment, lever = REAL_SITES[site]
    if segment == "head":
        added = Rotation.from_euler("ZYX", np.stack((yaw, nod, roll), axis=1), degrees=True)
    else:
        # The right collar bone's outer end (-y) rises when it turns about x the negative way.
        added = Rotation.from_euler("YX", np.stack((lean, -shrug_deg * shoulder), axis=1), degrees=True)
    posed = turn * added
    offset = posed.apply(lever) - turn.apply(lever)
    force = force + np.gradient(np.gradient(offset, 1 / RATE_HZ, axis=0), 1 / RATE_HZ, axis=0)
    sensor = posed * Rotation.from_rotvec(np.radians(slip)[:, None] * [0.0, 1.0, 0.0])
    gyr = np.empty((n, 3))
    gyr[1:-1] = (sensor[:-2].inv() * sensor[2:]).as_rotvec() * (RATE_HZ / 2)
    gyr[0], gyr[-1] = gyr[1], gyr[-2]
    ahead_down = -posed.as_matrix()[:, 2, 0]
    quat = sensor.as_quat()[:, [3, 0, 1, 2]]
    quat *= np.cumprod(np.where(np.sum(quat * np.roll(quat, 1, axis=0), axis=1) < 0, -1.0, 1.0))[:, None]
    return Stitched(
        t_s, sensor.inv().apply(force), gyr, quat, np.degrees(np.arcsin(np.clip(ahead_down, -1, 1))), shoulder
    )


def _played(clip: _Clip, n: int, rng: np.random.Generator) -> tuple[Rotation, Floats]:
    """Attitude (n) and force in the world (n,3) of `n` samples played with joins."""
    index = np.empty(n, np.int64)
    joins: list[tuple[int, int]] = []  # where, and which moment would have come there
    frame, at = int(rng.integers(0, clip.near.shape[0] // 2)), 0
    while at < n:
        length = round(rng.uniform(*PIECE_S) * RATE_HZ)
        window = np.arange(frame + length - 70, frame + length)
        window = window[(window > frame + FADE) & (window < len(clip.near) - 2)]
        far = np.abs(clip.near[window] - window[:, None]) > APART
        cost = np.where(far, clip.distance[window], np.inf) + rng.uniform(0, 0.15, far.shape)
        row, column = np.unravel_index(np.argmin(cost), cost.shape)
        last, target = int(window[row]), int(clip.near[window[row], column])
        piece = np.arange(frame, last)[: n - at]
        index[at : at + len(piece)] = piece
        at += len(piece)
        if at < n:
            joins.append((at, last))
        frame = target
    quat = clip.turn[index].as_quat()
    force = clip.force[index].copy()
    for at, expected in joins:
        part = slice(at, min(at + FADE, n))
        left = 1 - _smooth(np.arange(part.stop - at) / FADE)
        step = (clip.turn[expected] * Rotation.from_quat(quat[at]).inv()).as_rotvec()
        quat[part] = (Rotation.from_rotvec(left[:, None] * step) * Rotation.from_quat(quat[part])).as_quat()
        force[part] += left[:, None] * (clip.force[expected] - force[at])
    return Rotation.from_quat(quat), force


def _smooth(x: Floats) -> Floats:
    x = np.clip(x, 0, 1)
    return np.asarray(x * x * x * (10 + x * (6 * x - 15)))


def _edge(t_s: Floats, at_s: float, ramp_s: float) -> Floats:
    return _smooth((t_s - at_s) / ramp_s + 0.5)


def _boxes(t_s: Floats, boxes: Sequence[tuple[float, float, float, float]]) -> Floats:
    """Sum (n,) of smooth boxes (on, off, ramp, height), as `monitor.simulator.scenario` words them."""
    total = np.zeros_like(t_s)
    for on_s, off_s, ramp_s, height in boxes:
        a, b = np.searchsorted(t_s, [on_s - ramp_s, off_s + ramp_s])
        part = t_s[a:b]
        total[a:b] += height * (_edge(part, on_s, ramp_s) - _edge(part, off_s, ramp_s))
    return total
