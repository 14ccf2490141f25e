"""A runner model: from a `Scenario` to the samples of an IMU on the head or the trunk, with the truth beside them.

The motion comes first: joint angles and the trunk's acceleration as smooth functions of time, at 400 Hz or more. The
sensor's readings follow from it by physics: angular rate is the derivative of its orientation, specific force is
R' (acceleration + gravity) with the acceleration of a head that swings on the neck. Only then come averaging to the
sample rate, bias, noise and clipping. Everything is SIMULATED: the gait is a model, no human.

Body axes: x ahead, y left, z up. Head pitch is positive nose down, 0 = far-gaze neutral.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from monitor.simulator import rotation
from monitor.simulator.body import Body, Pose, Truth
from monitor.simulator.scenario import Scenario
from monitor.simulator.sensor_model import SensorModel
from monitor.values import STANDARD_GRAVITY, Activity, BoolArray, CodeArray, FloatArray, Site

INTERNAL_RATE_HZ = 400.0
_CHUNK_NODES = 100_000


@dataclass(frozen=True, slots=True)
class SimulatedMotion:
    """n samples at times i / rate_hz in sensor axes, and the truth at the same times.

    acc (n,3) m/s²; gyr (n,3) rad/s; clipped (n,) an axis reads its full scale
    quat (n,4) sensor to world, w x y z; mounting (4,) sensor to body at the start
    head_pitch_deg (n,) nose down, with the nodding of the gait and sway; head_posture_deg (n,) without them, as asked
    shoulder (n,) score of the side the sensor rides on, on head and back of the higher side; trunk_lean_deg (n,)
    activity (n,) codes as asked; cadence_spm (n,) NaN when still
    """

    rate_hz: float
    acc: FloatArray
    gyr: FloatArray
    clipped: BoolArray
    t_s: FloatArray
    quat: FloatArray
    mounting: FloatArray
    head_pitch_deg: FloatArray
    head_posture_deg: FloatArray
    shoulder: FloatArray
    trunk_lean_deg: FloatArray
    activity: CodeArray
    cadence_spm: FloatArray
    simulated: bool = True

    def __len__(self) -> int:
        return len(self.t_s)


def simulate(scenario: Scenario, sensor: SensorModel) -> SimulatedMotion:
    """What `sensor` measures of `scenario`; the same arguments give the same bits."""
    # An odd number of nodes per sample puts one node at the sample's own time, where the truth is read.
    per_sample = int(np.ceil(INTERNAL_RATE_HZ / sensor.rate_hz)) | 1
    dt_s = 1 / (sensor.rate_hz * per_sample)
    samples = max(2, round(scenario.duration_s * sensor.rate_hz))
    mounting = _mounting(sensor)
    body = Body(scenario, sensor.site)
    parts: list[_Part] = []
    step = max(1, _CHUNK_NODES // per_sample)
    for first in range(0, samples, step):
        last = min(first + step, samples)
        # One node more on either side for the derivatives.
        nodes = np.arange(first * per_sample - 1, last * per_sample + 1) - (per_sample - 1) / 2
        parts.append(_measure(body.advance(np.asarray(nodes * dt_s), dt_s, sensor), mounting, per_sample, dt_s))

    acc = np.concatenate([p.acc for p in parts])
    gyr = np.concatenate([p.gyr for p in parts])
    t_s: FloatArray = np.arange(samples) / sensor.rate_hz
    acc, gyr, clipped = _imperfect(acc, gyr, t_s, scenario, sensor)
    activity = _asked_activity(scenario, t_s)
    steps_per_s = np.concatenate([p.truth.steps_per_s for p in parts])
    return SimulatedMotion(
        rate_hz=sensor.rate_hz,
        acc=acc,
        gyr=gyr,
        clipped=clipped,
        t_s=t_s,
        quat=np.concatenate([p.quat for p in parts]),
        mounting=mounting,
        head_pitch_deg=np.concatenate([p.truth.head_pitch_deg for p in parts]),
        head_posture_deg=np.concatenate([p.truth.head_posture_deg for p in parts]),
        shoulder=np.concatenate([p.truth.shoulder for p in parts]),
        trunk_lean_deg=np.concatenate([p.truth.lean_deg for p in parts]),
        activity=activity,
        cadence_spm=np.where(activity == Activity.STILL, np.nan, steps_per_s * 60),
    )


# ---------------------------------------------------------------- the sensor


@dataclass(frozen=True, slots=True)
class _Part:
    acc: FloatArray
    gyr: FloatArray
    quat: FloatArray
    truth: Truth


def _mounting(sensor: SensorModel) -> FloatArray:
    if sensor.mounting is not None:
        return np.array(sensor.mounting)
    return rotation.random_unit(np.random.default_rng([sensor.seed, 2, list(Site).index(sensor.site)]))


def _measure(pose: Pose, mounting: FloatArray, per_sample: int, dt_s: float) -> _Part:
    """Perfect readings at the sample rate from a pose at fine nodes (one extra node at either end)."""
    quat = rotation.product(pose.orientation, mounting)
    turned = rotation.product(rotation.conjugate(quat[:-2]), quat[2:])
    gyr = rotation.rotation_vector(turned) / (2 * dt_s)
    offset_acc = (pose.offset_m[2:] - 2 * pose.offset_m[1:-1] + pose.offset_m[:-2]) / dt_s**2
    force = pose.trunk_acc[1:-1] + offset_acc
    force[:, 2] += STANDARD_GRAVITY
    acc = rotation.rotate(rotation.conjugate(quat[1:-1]), force)
    centre = slice(1 + per_sample // 2, -1, per_sample)
    truth = pose.truth
    return _Part(
        acc.reshape(-1, per_sample, 3).mean(axis=1),
        gyr.reshape(-1, per_sample, 3).mean(axis=1),
        quat[centre],
        Truth(
            truth.head_pitch_deg[centre],
            truth.head_posture_deg[centre],
            truth.shoulder[centre],
            truth.lean_deg[centre],
            truth.steps_per_s[centre],
        ),
    )


def _imperfect(
    acc: FloatArray, gyr: FloatArray, t_s: FloatArray, scenario: Scenario, sensor: SensorModel
) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Readings (n,3) with scale error, bias, drift, noise and clipping, and where they clipped (n,)."""
    rng = np.random.default_rng([scenario.seed, sensor.seed, 3, list(Site).index(sensor.site)])
    band = np.sqrt(sensor.rate_hz / 2)
    gyr = gyr * (1 + sensor.gyr_scale_error) + sensor.gyr_per_acc * acc + np.array(sensor.gyr_bias)
    gyr += t_s[:, None] / 3600 * np.array(sensor.gyr_drift)
    gyr += sensor.gyr_noise_density * band * rng.standard_normal(gyr.shape)
    acc = acc + np.array(sensor.acc_bias) + sensor.acc_noise_density * band * rng.standard_normal(acc.shape)
    beyond: BoolArray = (np.abs(acc) >= sensor.acc_full_scale) | (np.abs(gyr) >= sensor.gyr_full_scale)
    np.clip(acc, -sensor.acc_full_scale, sensor.acc_full_scale, out=acc)
    np.clip(gyr, -sensor.gyr_full_scale, sensor.gyr_full_scale, out=gyr)
    return acc, gyr, np.asarray(beyond.any(axis=1))


def _asked_activity(scenario: Scenario, t_s: FloatArray) -> CodeArray:
    """Activity codes (n,) as asked, with sharp edges."""
    activity = np.full(len(t_s), int(Activity.STILL), np.int8)
    for span in scenario.activities:
        activity[slice(*np.searchsorted(t_s, [span.on_s, span.off_s]))] = int(span.activity)
    return activity
