"""Poses -> what a sensor can tell: the head's nod axis, the shoulders' weight, and how well each is separated.

Separation is d': the distance of two poses in standard deviations. It decides what is claimed, so that a placement
which cannot see a posture says so instead of guessing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from calibration.model import HeadCalibration, Pose, ShoulderCalibration, Vector
from calibration.poses import angle_deg, tangent, unit
from monitor.errors import CalibrationError

SMALLEST_NOD_DEG = 8.0
"""A look-down pose closer to the neutral than this does not show which way the head nods."""
ONE_WAY = 0.8
"""Look-down poses whose sum is shorter than this part of their lengths do not show one direction."""
SLIP_DEG = 1.5
"""How far a clip may creep between captures."""
ESTIMATOR_DEG = 1.0
"""Error of the gravity estimate under running."""
HIKE = 0.4
"""A hiked shoulder is about this part of a full shrug; d' is stated for it."""
SMALLEST_SHRUG_DEG = 5.0
LEAN_CLEAR_DEG = 30.0
"""A shrug that turns the sensor almost like a lean cannot be told from one."""
LEAN_SD_DEG = 10.0
"""How far a trunk may lean without it being a shrug."""
AXES: Mapping[str, Vector] = {
    "x": (1.0, 0.0, 0.0),
    "-x": (-1.0, 0.0, 0.0),
    "y": (0.0, 1.0, 0.0),
    "-y": (0.0, -1.0, 0.0),
    "z": (0.0, 0.0, 1.0),
    "-z": (0.0, 0.0, -1.0),
}


def fit_head(neutral: Pose, looks: Sequence[Pose], forward: str | None = None) -> HeadCalibration:
    """Head calibration from the neutral and at least one look-down pose, or from a known forward axis.

    With several look-down poses the axis is their mean, deeper poses weighing more. Raises CalibrationError when
    neither shows which way the head nods.
    """
    n = np.array(neutral.up)
    if looks:
        ways = [tangent(n, np.array(p.up)) for p in looks]
        towards = np.sum(ways, axis=0)
        deepest = max(float(angle_deg(np.array([p.up]), n)[0]) for p in looks)
        if deepest < SMALLEST_NOD_DEG:
            raise CalibrationError(
                "look down",
                f"it differs by only {deepest:.0f} deg from the neutral",
                "Look down at your feet for this pose, and far ahead for the neutral.",
            )
        if np.linalg.norm(towards) < ONE_WAY * sum(float(np.linalg.norm(way)) for way in ways):
            raise CalibrationError(
                "look down",
                "the look-down poses turn the head in different directions",
                "Keep the face forward and only nod, a little further each time.",
            )
        sigma = np.sqrt(_variance([neutral, *looks]))
        return HeadCalibration(neutral.up, _vector(unit(towards)), float(deepest / sigma))
    if forward is None:
        raise CalibrationError(
            "look down",
            "no look-down pose was given, so nothing shows which way the head nods",
            "Give one (--look down=A:B), or say which sensor axis points forward (--forward x).",
        )
    if forward not in AXES:
        raise CalibrationError("forward axis", f"'{forward}' is not an axis", f"Use one of {', '.join(AXES)}.")
    towards = tangent(n, -np.array(AXES[forward]))
    if np.linalg.norm(towards) < np.sin(np.radians(20)):
        raise CalibrationError(
            "forward axis",
            f"the sensor's {forward} axis points up or down, not forward, in the neutral pose",
            "Choose the axis that points the way the nose does.",
        )
    return HeadCalibration(neutral.up, _vector(unit(towards)), float("nan"))


def fit_shoulders(neutral: Pose, shrugs: Sequence[Pose], lean: Pose | None = None) -> ShoulderCalibration:
    """Shoulder calibration from relaxed neutral and full shrugs, with a trunk lean as nuisance where it was shown.

    The weight is Fisher's: the shrug's direction whitened by the covariance of relaxed running, so that score = 0 at
    neutral and 1 at the mean shrug. Raises CalibrationError when repeated shrugs disagree. A shrug that the sensor
    hardly feels is not an error: its d' is small and nothing is claimed.
    """
    n = np.array(neutral.up)
    e1, e2 = _basis(n)
    arcs = [np.degrees(np.array([np.array(p.up) @ e1, np.array(p.up) @ e2])) for p in shrugs]
    arc = np.mean(arcs, axis=0)
    length = float(np.linalg.norm(arc))
    if len(arcs) > 1 and max(float(np.linalg.norm(a - arc)) for a in arcs) > 0.4 * length >= 0.4 * SMALLEST_SHRUG_DEG:
        raise CalibrationError(
            "shrug",
            "the shrugs differ too much from each other",
            "Lift both shoulders to the ears, the same each time.",
        )
    cov = np.eye(2) * (SLIP_DEG**2 + _variance([neutral, *shrugs]))
    clear = True
    if lean is not None:
        lean_arc = np.degrees(np.array([np.array(lean.up) @ e1, np.array(lean.up) @ e2]))
        size = float(np.linalg.norm(lean_arc))
        if size > SMALLEST_SHRUG_DEG:
            along = lean_arc / size
            cov = cov + LEAN_SD_DEG**2 * np.outer(along, along)
            between = np.degrees(np.arccos(np.clip(abs(along @ arc) / max(length, 1e-9), 0.0, 1.0)))
            clear = bool(between >= LEAN_CLEAR_DEG)
    w = np.linalg.solve(cov, arc)
    power = float(arc @ w)
    d_prime = HIKE * float(np.sqrt(power)) if clear and length >= SMALLEST_SHRUG_DEG else 0.0
    scaled = np.degrees(w[0] * e1 + w[1] * e2) / max(power, 1e-12)
    return ShoulderCalibration(neutral.up, _vector(scaled), length, d_prime)


def _variance(poses: Sequence[Pose]) -> float:
    """Pooled variance (deg²) of one-stride means within poses, with the estimator's own error."""
    return float(np.mean([p.spread_deg**2 for p in poses])) + ESTIMATOR_DEG**2


def _basis(n: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Two unit vectors (3,) that span the plane orthogonal to `n` (3,)."""
    least = np.zeros(3)
    least[int(np.argmin(np.abs(n)))] = 1.0
    e1 = unit(np.cross(n, least))
    return e1, np.cross(n, e1)


def _vector(v: NDArray[np.float64]) -> Vector:
    return (float(v[0]), float(v[1]), float(v[2]))
