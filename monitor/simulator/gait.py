"""How walking and running shake a body: acceleration and oscillation as functions of the step phase.

`phase` counts steps: its whole part is the step number, its fraction 0 at foot contact. All accelerations are in g,
in the runner's axes (ahead, left, up), and average to zero over every stride: a runner who keeps the pace gains no
speed. In flight a running body falls freely, so its acceleration is exactly -1 g upwards.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from monitor.values import FloatArray

STANCE = 0.7
"""Part of a running step with a foot on the ground."""
FORE_AFT_G = 0.35
LATERAL_G = 0.15
RING_HZ = 16.0
RING_DECAY_S = 0.035
_RING_W = 2 * np.pi * RING_HZ
_RING_TOP_S = np.arctan(_RING_W * RING_DECAY_S) / _RING_W
_RING_TOP = np.exp(-_RING_TOP_S / RING_DECAY_S) * np.sin(_RING_W * _RING_TOP_S)
_RING_AREA_S = _RING_W / (_RING_W**2 + RING_DECAY_S**-2) / _RING_TOP
"""Integral of a ring of height 1, s."""


def running(
    phase: FloatArray, steps_per_s: FloatArray, impact_g: float, step_gain: FloatArray, stride_gain: FloatArray
) -> FloatArray:
    """Acceleration (n,3) of a running trunk, g: half-sine stance, flight, landing ring, braking and sway.

    phase, steps_per_s (n,); `step_gain` and `stride_gain` (n,) make single steps and strides stronger than 1 or weaker.
    """
    fraction = phase - np.floor(phase)
    on_ground = fraction < STANCE
    u = np.where(on_ground, fraction / STANCE, 0.0)
    since_contact_s = fraction / steps_per_s
    ring_g = impact_g * step_gain
    ring = ring_g * np.exp(-since_contact_s / RING_DECAY_S) * np.sin(_RING_W * since_contact_s) / _RING_TOP
    # The half-sine carries what the ring does not, so that stance and ring together carry the body weight.
    peak = (1 - ring_g * _RING_AREA_S * steps_per_s) * np.pi / (2 * STANCE)
    side = np.where(np.floor(phase) % 2 == 0, 1.0, -1.0)
    stance = np.sin(np.pi * u)
    return np.stack(
        [
            -FORE_AFT_G * step_gain * np.sin(2 * np.pi * u),
            LATERAL_G * stride_gain * side * stance,
            peak * stance + ring - 1,
        ],
        axis=1,
    )


def walking(phase: FloatArray) -> FloatArray:
    """Acceleration (n,3) of a walking trunk, g; phase (n,)."""
    turn = 2 * np.pi * phase
    return np.stack(
        [-0.15 * np.sin(turn), 0.08 * np.sin(turn / 2), 0.28 * np.cos(turn) + 0.10 * np.cos(2 * turn)], axis=1
    )


@dataclass(frozen=True, slots=True)
class Oscillation:
    """Amplitudes in degrees of a part of the body that nods with the steps and rolls and turns with the strides."""

    pitch_deg: float
    roll_deg: float
    yaw_deg: float


HEAD_RUNNING = Oscillation(2.5, 1.5, 4.0)
HEAD_WALKING = Oscillation(1.2, 1.0, 2.5)
TRUNK_RUNNING = Oscillation(2.0, 3.0, 6.0)
TRUNK_WALKING = Oscillation(1.0, 2.0, 4.0)


class Sway:
    """A smooth random signal with standard deviation `sd`: sines between `low_hz` and `high_hz`, drawn from `rng`."""

    def __init__(self, rng: np.random.Generator, sd: float, low_hz: float, high_hz: float, sines: int = 6) -> None:
        self._omega = 2 * np.pi * np.exp(rng.uniform(np.log(low_hz), np.log(high_hz), sines))
        self._start = rng.uniform(0, 2 * np.pi, sines)
        self._amplitude = sd * np.sqrt(2 / sines)

    def at(self, t_s: FloatArray) -> FloatArray:
        """Values (n,) at times (n,)."""
        total = np.zeros_like(t_s)
        for omega, start in zip(self._omega, self._start, strict=True):
            total += np.sin(omega * t_s + start)
        total *= self._amplitude
        return total
