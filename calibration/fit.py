"""Poses -> what a sensor can tell: the head's nod axis, the shoulders' weight, and how well each is separated.

Separation is d': the distance of two poses in standard deviations. It decides what is claimed, so that a placement
which cannot see a posture says so instead of guessing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from calibration.directions import angle_deg, as_vector, basis, tangent, turn, unit
from calibration.model import (
    HeadCalibration,
    Pose,
    RunningNeutral,
    ShoulderCalibration,
    TrunkCalibration,
    Vector,
)
from calibration.running import covariance
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
SHRUGS_ALIKE = 0.4
"""Repeated shrugs may differ from their mean by this part of its length."""
STARE = 0.45
"""A lowered head that counts (about 20 deg) is about this part of a look at the own feet (about 45 deg)."""
SMALLEST_SHRUG_DEG = 5.0
LEAN_CLEAR_DEG = 30.0
"""A shrug that turns the sensor almost like a lean cannot be told from one."""
LEAN_SD_DEG = 10.0
"""How far a trunk may lean without it being a shrug."""
SMALLEST_LEAN_DEG = 3.0
"""A lean that turns the sensor by less does not show which way the trunk leans."""
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
        return HeadCalibration(neutral.up, as_vector(unit(towards)), float(deepest / sigma))
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
    return HeadCalibration(neutral.up, as_vector(unit(towards)), float("nan"))


def fit_shoulders(
    neutral: Pose, shrugs: Sequence[Pose], lean: Pose | None = None, running: RunningNeutral | None = None
) -> ShoulderCalibration:
    """Shoulder calibration from relaxed neutral and full shrugs, with a trunk lean as nuisance where it was shown.

    The weight is Fisher's: the shrug's direction whitened by the covariance of relaxed running, so that score = 0 at
    neutral and 1 at the mean shrug. Where running was shown, its covariance counts and its neutral is the one in
    force: shoulders are judged in running. Raises CalibrationError when repeated shrugs disagree. A shrug that the
    sensor hardly feels is not an error: its d' is small and nothing is claimed.
    """
    n = np.array(neutral.up)
    e1, e2 = basis(n)
    arcs = [_arc_deg(n, p) for p in shrugs]
    arc = np.mean(arcs, axis=0)
    length = float(np.linalg.norm(arc))
    if not alike(arcs):
        raise CalibrationError(
            "shrug",
            "the shrugs differ too much from each other",
            "Lift both shoulders to the ears, the same each time.",
        )
    cov = nuisance_deg2(neutral, shrugs, running)
    clear = True
    if lean is not None:
        lean_arc = _arc_deg(n, lean)
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
    if running is not None:
        u = np.array(running.up)
        n, scaled = u, turn(n, u) @ scaled
    return ShoulderCalibration(as_vector(n), as_vector(scaled), length, d_prime)


def fit_trunk(
    neutral: Pose, lean: Pose, shrugs: Sequence[Pose] = (), running: RunningNeutral | None = None
) -> TrunkCalibration:
    """How far the trunk leans forward, from a lean pose; the sensor is not on the head.

    The least-variance unbiased estimate of the lean from a direction in the tangent plane, where a hiked shoulder is
    one more thing that varies: along the lean's own direction one degree counts as one degree, along the shrug's next
    to nothing. Where running was shown, its neutral is the one in force: a level run counts as upright. Raises
    CalibrationError where the sensor hardly feels the lean or cannot tell it from a shrug.
    """
    n = np.array(neutral.up)
    e1, e2 = basis(n)
    arc = _arc_deg(n, lean)
    size = float(np.linalg.norm(arc))
    if size < SMALLEST_LEAN_DEG:
        raise CalibrationError(
            "lean", f"the sensor turned by only {size:.0f} deg", "Lean forward a little more, from the hips."
        )
    along = arc / size
    cov = nuisance_deg2(neutral, [lean], running)
    if shrugs:
        shrug = np.mean([_arc_deg(n, p) for p in shrugs], axis=0)
        length = float(np.linalg.norm(shrug))
        if length >= SMALLEST_SHRUG_DEG:
            between = np.degrees(np.arccos(np.clip(abs(along @ shrug) / length, 0.0, 1.0)))
            if between < LEAN_CLEAR_DEG:
                raise CalibrationError(
                    "lean",
                    "a lean looks like a shrug from here",
                    "Clip it further out, or on the back.",
                )
            cov = cov + HIKE**2 * np.outer(shrug, shrug)
    w = np.linalg.solve(cov, along)
    scaled = np.degrees(w[0] * e1 + w[1] * e2) / float(along @ w)
    if running is not None:
        u = np.array(running.up)
        n, scaled = u, turn(n, u) @ scaled
    return TrunkCalibration(as_vector(n), as_vector(scaled), in_running=running is not None)


def alike(arcs: Sequence[NDArray[np.float64]], part: float = SHRUGS_ALIKE) -> bool:
    """Whether repeated shrugs (each an arc (2,) in degrees) are one movement, or too small to be judged."""
    arc = np.mean(arcs, axis=0)
    length = float(np.linalg.norm(arc))
    furthest = max(float(np.linalg.norm(a - arc)) for a in arcs)
    return furthest <= part * length or length < SMALLEST_SHRUG_DEG


def nuisance_deg2(neutral: Pose, poses: Sequence[Pose], running: RunningNeutral | None) -> NDArray[np.float64]:
    """Covariance (2,2), deg², of what varies by itself, in the tangent plane of the standing neutral.

    Creeping of the clip, error of the estimate, and the spread of relaxed running (of the poses, where no running
    was shown).
    """
    if running is None:
        return np.eye(2) * (SLIP_DEG**2 + _variance([neutral, *poses]))
    n = np.array(neutral.up)
    plane = np.stack(basis(n)) @ turn(np.array(running.up), n)
    return np.asarray(np.eye(2) * (SLIP_DEG**2 + ESTIMATOR_DEG**2) + plane @ covariance(running) @ plane.T)


def stare_d_prime(neutral: Pose, looks: Sequence[Pose], lean: Pose | None, running: RunningNeutral | None) -> float:
    """How well a sensor that is not on the head tells a lowered head: d' of a stare against relaxed running.

    `looks` as for `fit_head`; a sensor that turns alike for a lean cannot tell the two, which costs the claim.
    """
    n = np.array(neutral.up)
    arc = max((_arc_deg(n, p) for p in looks), key=lambda a: float(np.linalg.norm(a)))
    cov = nuisance_deg2(neutral, looks, running)
    if lean is not None:
        lean_arc = _arc_deg(n, lean)
        size = float(np.linalg.norm(lean_arc))
        if size > SMALLEST_SHRUG_DEG:
            cov = cov + LEAN_SD_DEG**2 * np.outer(lean_arc, lean_arc) / size**2
    return STARE * float(np.sqrt(arc @ np.linalg.solve(cov, arc)))


def _arc_deg(n: NDArray[np.float64], pose: Pose) -> NDArray[np.float64]:
    """Where a pose lies in the tangent plane of `n` (3,), (2,) degrees."""
    e1, e2 = basis(n)
    up = np.array(pose.up)
    return np.asarray(np.degrees(np.array([up @ e1, up @ e2])))


def in_running(head: HeadCalibration, running: RunningNeutral) -> HeadCalibration:
    """The head calibration with the running neutral in force: for sensors whose estimate has a bias in running."""
    by = turn(np.array(head.neutral), np.array(running.up))
    return HeadCalibration(running.up, as_vector(by @ np.array(head.nod)), head.separation_d)


def _variance(poses: Sequence[Pose]) -> float:
    """Pooled variance (deg²) of one-stride means within poses, with the estimator's own error."""
    return float(np.mean([p.spread_deg**2 for p in poses])) + ESTIMATOR_DEG**2
