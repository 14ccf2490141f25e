"""A SIMULATED wearer who does the drills as they are asked for, felt by the cap sensor over the virtual radio.

Unlike the runner model, whose script is written beforehand, this wearer listens: `follow` is told what was asked, and
the head goes there as a person's does, smoothly and a little late. The head turns slowly, so the sensor's own
acceleration is left out; angular rate, gravity, noise and bias are those of the other simulated sensors.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from calibration.directions import as_vector
from calibration.model import HeadCalibration, Profile, SiteCalibration
from monitor.drills.catalogue import DrillKind
from monitor.drills.progress import Side
from monitor.simulator import rotation
from monitor.simulator.peripheral import VirtualSensor
from monitor.simulator.runner import simulate
from monitor.simulator.scenario import Scenario
from monitor.simulator.sensor_model import SensorModel
from monitor.simulator.wearer import HEAD_NAME, HEAD_RATE_HZ
from monitor.simulator.world import Fault, SimulatedRadio
from monitor.values import STANDARD_GRAVITY, FloatArray, Site

POSES_DEG: dict[DrillKind, tuple[float, float]] = {
    DrillKind.HEAD_HANG: (46.0, 0.0),
    DrillKind.EAR_RIGHT: (2.0, 34.0),
    DrillKind.EAR_LEFT: (2.0, -34.0),
    DrillKind.THORACIC: (84.0, 0.0),
}
"""Pitch (nose down) and roll (right ear down) of the poses this wearer holds."""
CIRCLE_DEG, CIRCLE_S = 42.0, 4.0
"""How wide the wearer means to circle (what comes out is rounder and smaller), and how fast."""
EAGERNESS_RAD_S = 3.0
"""How fast the head goes where it should: two thirds of the way after 0.7 s, at rest after 2 s."""
SWAY_DEG, SWAY_HZ = 0.4, (0.23, 0.31)
KEPT_S = 10.0
"""The newest samples can be read again."""


class DrillWearer:
    """A motion feed (`monitor.simulator.motion.MotionFeed`) that follows what is asked. `follow` from any thread."""

    def __init__(self, rate_hz: float = HEAD_RATE_HZ, seed: int = 21) -> None:
        self._model = SensorModel(site=Site.HEAD, rate_hz=rate_hz, seed=seed)
        # The same mounting as that of the other SIMULATED wearer's cap.
        self._mounting = simulate(Scenario(duration_s=0.1), self._model).mounting
        self._rng = np.random.default_rng([seed, 4])
        self._asked: tuple[DrillKind | None, Side] = (None, Side.NONE)
        self._angles = np.zeros(2)
        self._rates = np.zeros(2)
        self._phase = 0.0
        self._acc = np.empty((0, 3))
        self._gyr = np.empty((0, 3))
        self._first = 0

    @property
    def rate_hz(self) -> float:
        """Samples per second."""
        return self._model.rate_hz

    def follow(self, kind: DrillKind | None, side: Side = Side.NONE) -> None:
        """Do this drill from now on; None: stand upright."""
        if kind is not self._asked[0]:
            self._phase = 0.0
        self._asked = (kind, side)

    def block(self, start_index: int, n: int) -> tuple[FloatArray, FloatArray]:
        """Samples start ... start + n - 1, acc (n,3) m/s² and gyr (n,3) rad/s; the body moves on as they are asked."""
        missing = start_index + n - self._first - len(self._acc)
        if missing > 0:
            acc, gyr = self._move(missing)
            self._acc, self._gyr = np.concatenate((self._acc, acc)), np.concatenate((self._gyr, gyr))
            spare = max(0, min(len(self._acc) - round(KEPT_S * self.rate_hz), start_index - self._first))
            self._acc, self._gyr, self._first = self._acc[spare:], self._gyr[spare:], self._first + spare
        a = start_index - self._first
        if a < 0:
            raise ValueError(f"sample {start_index} was measured too long ago")
        return self._acc[a : a + n], self._gyr[a : a + n]

    def calibration(self) -> SiteCalibration:
        """What a flawless calibration of this wearer would know."""
        return calibration_of(self._mounting)

    def profile(self) -> Profile:
        """The same as a profile."""
        return Profile("simulated", "2026-01-01T00:00:00+00:00", True, (self.calibration(),))

    # ------------------------------------------------------------------ the body

    def _target(self, dt_s: float) -> FloatArray:
        """Where the head should be now, (pitch, roll) in degrees."""
        kind, side = self._asked
        if kind is not DrillKind.HEAD_CIRCLES:
            return np.array(POSES_DEG.get(kind, (0.0, 0.0))) if kind else np.zeros(2)
        self._phase += math.tau * dt_s / CIRCLE_S * (-1.0 if side is Side.LEFT else 1.0)
        return CIRCLE_DEG * np.array([math.cos(self._phase), math.sin(self._phase)])

    def _move(self, n: int) -> tuple[FloatArray, FloatArray]:
        """The next n samples: a critically damped approach to the target, swaying a little."""
        dt_s = 1.0 / self.rate_hz
        start = self._first + len(self._acc)
        angles, rates = np.empty((n, 2)), np.empty((n, 2))
        for i in range(n):
            pull = EAGERNESS_RAD_S**2 * (self._target(dt_s) - self._angles) - 2 * EAGERNESS_RAD_S * self._rates
            self._rates = self._rates + pull * dt_s
            self._angles = self._angles + self._rates * dt_s
            angles[i], rates[i] = self._angles, self._rates
        turn = math.tau * np.array(SWAY_HZ)
        t_s = (start + np.arange(n))[:, None] * dt_s
        angles += SWAY_DEG * np.sin(turn * t_s)
        rates += SWAY_DEG * turn * np.cos(turn * t_s)
        return self._measure(np.radians(angles), np.radians(rates))

    def _measure(self, angles: FloatArray, rates: FloatArray) -> tuple[FloatArray, FloatArray]:
        """What the sensor reads of pitch and roll (n,2) rad and their rates (n,2) rad/s."""
        n, model = len(angles), self._model
        pitch, roll = angles.T
        to_world = rotation.product(rotation.from_euler(np.zeros(n), pitch, roll), self._mounting)
        force = np.tile([0.0, 0.0, STANDARD_GRAVITY], (n, 1))
        acc = rotation.rotate(rotation.conjugate(to_world), force)
        body = np.stack([rates[:, 1], rates[:, 0] * np.cos(roll), -rates[:, 0] * np.sin(roll)], axis=1)
        gyr = rotation.rotate(rotation.conjugate(np.tile(self._mounting, (n, 1))), body)
        band = math.sqrt(model.rate_hz / 2)
        acc += np.array(model.acc_bias) + model.acc_noise_density * band * self._rng.standard_normal((n, 3))
        gyr += np.array(model.gyr_bias) + model.gyr_noise_density * band * self._rng.standard_normal((n, 3))
        return acc, gyr


def calibration_of(mounting: FloatArray) -> SiteCalibration:
    """The flawless calibration of a cap sensor mounted so: a quaternion (4,) that turns its axes into the wearer's."""
    to_sensor = rotation.conjugate(mounting)[None]
    neutral = as_vector(rotation.rotate(to_sensor, np.array([[0.0, 0.0, 1.0]]))[0])
    nod = as_vector(rotation.rotate(to_sensor, np.array([[-1.0, 0.0, 0.0]]))[0])
    head = HeadCalibration(neutral, nod, math.nan)
    return SiteCalibration("head", "head", HEAD_NAME, "", "vqf", (), head=head, sees="SIMULATED", standing=neutral)


def drill_radio(wearer: DrillWearer, faults: Sequence[Fault] = ()) -> SimulatedRadio:
    """A virtual radio with the cap sensor of this wearer."""
    return SimulatedRadio(
        [VirtualSensor("head", "openearable2", wearer, name=HEAD_NAME, clock_ppm=35.0, clock_offset_s=1234.5)],
        faults,
    )
