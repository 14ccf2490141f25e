"""The figure that shows what to do, as a skeleton in metres: x ahead of the toes, y up from the floor. Pure.

Every pose is drawn from the same body, so that only what the wearer should change differs from picture to picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from calibration.protocol import PoseKind

Point = tuple[float, float]
FOOT_M = 0.3048
LOOKS_DEG = {"4ft": 32.0, "7ft": 22.0, "feet": 48.0}
GAZES_M = {"4ft": 4 * FOOT_M, "7ft": 7 * FOOT_M, "feet": 0.16}
MOVE_S, HOLD_S, RETURN_S = 0.9, 1.7, 0.5
"""One round of the demonstration: into the pose, in it, and back."""
ROUND_S = MOVE_S + HOLD_S + RETURN_S
STEP_HZ = 1.4
"""Strides a second of the running figure."""
HIP_Y, THIGH, SHIN, TRUNK, ARM = 0.88, 0.43, 0.41, 0.5, 0.27
NECK, HEAD_R = 0.21, 0.115


@dataclass(frozen=True, slots=True)
class Stance:
    """What the body does. Degrees forward; `shrug` 0..1; `shake` -1..1 of the hands; `stride` 0..1, None standing.

    gaze_m : where on the floor the eyes rest; None = far ahead
    front : seen from the front instead of the side
    """

    head_deg: float = 0.0
    lean_deg: float = 0.0
    shrug: float = 0.0
    shake: float = 0.0
    stride: float | None = None
    gaze_m: float | None = None
    front: bool = False


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Joints seen from the side. Legs from hip to toes, arms from shoulder to hand; near side first."""

    head: Point
    neck: Point
    hip: Point
    legs: tuple[tuple[Point, ...], tuple[Point, ...]]
    arms: tuple[tuple[Point, ...], tuple[Point, ...]]
    face_deg: float
    """Which way the face points: 0 = level, positive = down."""


def ease(part: float) -> float:
    """0..1 with a gentle start and end."""
    part = min(1.0, max(0.0, part))
    return part * part * (3 - 2 * part)


def depth(at_s: float) -> float:
    """How far into the pose the demonstration is, 0..1, `at_s` seconds after it began; over and over."""
    at_s %= ROUND_S
    if at_s < MOVE_S:
        return ease(at_s / MOVE_S)
    return ease((ROUND_S - at_s) / RETURN_S) if at_s > MOVE_S + HOLD_S else 1.0


def stance(kind: PoseKind, pose: str, at_s: float | None) -> Stance:
    """What to show for a step: `at_s` seconds into the demonstration, or None = the pose itself, unmoving."""
    part = 1.0 if at_s is None else depth(at_s)
    if kind is PoseKind.LOOK:
        deep = part > 0.5
        return Stance(head_deg=LOOKS_DEG.get(pose, 40.0) * part, gaze_m=GAZES_M.get(pose, 0.16) if deep else None)
    if kind is PoseKind.SHRUG:
        return Stance(shrug=part, front=True)
    if kind is PoseKind.RELAX:
        return Stance(shake=0.0 if at_s is None else math.sin(2 * math.pi * 3 * at_s), front=True)
    if kind is PoseKind.LEAN:
        return Stance(lean_deg=14.0 * part)
    if kind is PoseKind.RUN:
        return Stance(lean_deg=5.0, stride=0.12 if at_s is None else (at_s * STEP_HZ) % 1.0)
    return Stance()


def skeleton(s: Stance) -> Skeleton:
    """The joints of a stance from the side."""
    hip = (0.0, HIP_Y)
    if s.stride is not None:
        # In the air or on the ground, never in it.
        feet = [y for leg in _running_legs(hip, s.stride) for _, y in leg]
        hip = (0.0, HIP_Y + max(0.03 * math.cos(4 * math.pi * s.stride), 0.02 - min(feet)))
    neck = _turned(hip, TRUNK, s.lean_deg)
    head = _turned(neck, NECK, s.lean_deg + 0.35 * s.head_deg)
    shoulder = _turned(hip, TRUNK - 0.06, s.lean_deg)
    if s.stride is None:
        legs = (_leg((0.0, HIP_Y), 2.0, 2.0), _leg((0.0, HIP_Y), -3.0, 3.0))
        arms = (_arm(shoulder, -4.0, 12.0), _arm(shoulder, 6.0, 12.0))
    else:
        near, far = s.stride, (s.stride + 0.5) % 1.0
        legs = _running_legs(hip, near)
        arms = (_running_arm(shoulder, far), _running_arm(shoulder, near))
    return Skeleton(head, neck, hip, legs, arms, s.head_deg + 0.3 * s.lean_deg)


def _turned(at: Point, length: float, forward_deg: float) -> Point:
    """The end of a limb that points up and is turned forward."""
    a = math.radians(forward_deg)
    return at[0] + length * math.sin(a), at[1] + length * math.cos(a)


def _hanging(at: Point, length: float, forward_deg: float) -> Point:
    """The end of a limb that hangs down and is swung forward."""
    a = math.radians(forward_deg)
    return at[0] + length * math.sin(a), at[1] - length * math.cos(a)


def _leg(hip: Point, thigh_deg: float, bend_deg: float) -> tuple[Point, ...]:
    knee = _hanging(hip, THIGH, thigh_deg)
    ankle = _hanging(knee, SHIN, thigh_deg - bend_deg)
    return hip, knee, ankle, (ankle[0] + 0.14, ankle[1] - 0.02)


def _running_legs(hip: Point, stride: float) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    return _running_leg(hip, stride), _running_leg(hip, (stride + 0.5) % 1.0)


def _running_leg(hip: Point, stride: float) -> tuple[Point, ...]:
    """0 = the knee at its highest, half a stride later the foot behind."""
    swing = math.cos(2 * math.pi * stride)
    thigh_deg = 12.0 + 34.0 * swing
    bend_deg = 48.0 - 34.0 * math.cos(2 * math.pi * (stride + 0.32))
    knee = _hanging(hip, THIGH, thigh_deg)
    ankle = _hanging(knee, SHIN, thigh_deg - bend_deg)
    return hip, knee, ankle, _hanging(ankle, 0.14, thigh_deg - bend_deg + 80.0)


def _arm(shoulder: Point, upper_deg: float, bend_deg: float) -> tuple[Point, ...]:
    elbow = _hanging(shoulder, ARM, upper_deg)
    return shoulder, elbow, _hanging(elbow, ARM - 0.02, upper_deg + bend_deg)


def _running_arm(shoulder: Point, stride: float) -> tuple[Point, ...]:
    return _arm(shoulder, -12.0 + 34.0 * math.cos(2 * math.pi * stride), 88.0)
