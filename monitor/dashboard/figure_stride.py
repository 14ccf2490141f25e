"""The running legs and arms of the drawn runner. Pure; lengths in statures, x forward, y up, ground at y = 0.

Segment lengths are Winter's (Biomechanics and Motor Control of Human Movement, body segments as parts of stature).
The ankle's path is drawn by hand after the usual pictures of a stride: strike, mid-stance, toe-off, heel to the seat,
knee lift. It decorates: nothing here is measured but the cadence that turns it.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass

Point = tuple[float, float]

THIGH, SHANK = 0.245, 0.246
UPPER_ARM, FOREARM = 0.17, 0.145
TOE, HEEL, SOLE = 0.104, -0.050, 0.039
"""Of the shoe, from the ankle: to its front, to its back, down."""
HIP_RUN, HIP_STAND = 0.505, 0.525
STILL_PHASE = 0.40
"""The stride's moment that is drawn where it does not move: just after toe-off."""

# phase, ankle x from the hip, ankle height, foot pitch in degrees (toes down positive)
_STRIDE = (
    (0.00, 0.160, 0.048, -6.0),
    (0.12, 0.010, 0.039, 0.0),
    (0.25, -0.150, 0.062, 24.0),
    (0.36, -0.270, 0.130, 58.0),
    (0.48, -0.330, 0.260, 84.0),
    (0.58, -0.245, 0.345, 92.0),
    (0.70, -0.040, 0.330, 62.0),
    (0.80, 0.130, 0.250, 22.0),
    (0.90, 0.225, 0.145, -8.0),
)
_PHASES = [row[0] for row in _STRIDE]


@dataclass(frozen=True, slots=True)
class Leg:
    """Joints of one leg; `foot_deg` toes down positive."""

    hip: Point
    knee: Point
    ankle: Point
    foot_deg: float


@dataclass(frozen=True, slots=True)
class Arm:
    """Joints of one arm."""

    shoulder: Point
    elbow: Point
    hand: Point


def _at(phase: float, column: int) -> float:
    """A column of the stride at a phase, by cubic Hermite pieces around the cycle."""
    n, phase = len(_STRIDE), phase % 1.0
    i = bisect_right(_PHASES, phase) - 1

    def row(k: int) -> tuple[float, float]:
        return _PHASES[k % n] + k // n, _STRIDE[k % n][column]

    (t0, v0), (t1, v1), (t2, v2), (t3, v3) = (row(i + k) for k in (-1, 0, 1, 2))
    h, s = t2 - t1, (phase - t1) / (t2 - t1)
    m1, m2 = h * (v2 - v0) / (t2 - t0), h * (v3 - v1) / (t3 - t1)
    return v1 * (1 + 2 * s) * (1 - s) ** 2 + m1 * s * (1 - s) ** 2 + v2 * s**2 * (3 - 2 * s) + m2 * s**2 * (s - 1)


def hip_height(phase: float) -> float:
    """The hip's height: lowest in the middle of each stance. NaN: standing."""
    if math.isnan(phase):
        return HIP_STAND
    return HIP_RUN - 0.010 * math.cos(4 * math.pi * (phase - 0.12))


def leg(phase: float, *, far: bool) -> Leg:
    """One leg at the near leg's phase 0..1 (0 = the near foot's strike); NaN: standing."""
    hip = (0.0, hip_height(phase))
    if math.isnan(phase):
        ankle, foot_deg = (0.045 if far else -0.02, SOLE), 0.0
    else:
        own = phase + 0.5 if far else phase
        foot_deg = _at(own, 3)
        ankle = (_at(own, 1), max(_at(own, 2), _least_height(foot_deg)))
    return Leg(hip, _knee(hip, ankle), ankle, foot_deg)


def _least_height(foot_deg: float) -> float:
    """How high the ankle is at least, so that toe and heel stay above the ground."""
    c, s = math.cos(math.radians(foot_deg)), math.sin(math.radians(foot_deg))
    return max(along * s + SOLE * c for along in (TOE, HEEL))


def _knee(hip: Point, ankle: Point) -> Point:
    """The knee before the line from hip to ankle."""
    dx, dy = ankle[0] - hip[0], ankle[1] - hip[1]
    reach = math.hypot(dx, dy)
    if reach >= THIGH + SHANK:
        return hip[0] + dx * THIGH / reach, hip[1] + dy * THIGH / reach
    along = (THIGH**2 - SHANK**2 + reach**2) / (2 * reach)
    aside = math.sqrt(max(THIGH**2 - along**2, 0.0))
    return hip[0] + (along * dx - aside * dy) / reach, hip[1] + (along * dy + aside * dx) / reach


def arm(shoulder: Point, phase: float, lean_deg: float, *, far: bool) -> Arm:
    """One arm: bent, against its leg while running; hanging easily where standing (NaN)."""
    if math.isnan(phase):
        swing, bend = (-4.0 if far else -8.0), 24.0
    else:
        own = phase + 0.5 if far else phase
        turn = math.cos(2 * math.pi * (own + 0.1))
        swing, bend = -12.0 - 36.0 * turn, 96.0 - 12.0 * turn
    upper = math.radians(swing - 0.5 * lean_deg)
    lower = upper + math.radians(bend)
    elbow = (shoulder[0] + UPPER_ARM * math.sin(upper), shoulder[1] - UPPER_ARM * math.cos(upper))
    return Arm(shoulder, elbow, (elbow[0] + FOREARM * math.sin(lower), elbow[1] - FOREARM * math.cos(lower)))
