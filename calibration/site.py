"""All poses of one sensor -> its calibration: what it sees, in which neutral, and what should be known of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from calibration.fit import fit_head, fit_shoulders, fit_trunk, in_running, stare_d_prime
from calibration.gaze import MARKS_M, fit_gaze
from calibration.model import (
    FloorMark,
    GazeCalibration,
    HeadCalibration,
    Pose,
    RunningNeutral,
    SiteCalibration,
    TrunkCalibration,
)
from calibration.pitch import pitch_deg
from calibration.sees import CLAIM_D, in_words
from monitor.errors import CalibrationError
from monitor.values import SensorInfo, Site


@dataclass(frozen=True, slots=True)
class Poses:
    """What one sensor saw of the wearer's poses. `looks` maps '4ft', '7ft', 'feet' or 'down' to its pose."""

    neutral: Pose
    looks: Mapping[str, Pose] = field(default_factory=dict)
    shrugs: Sequence[Pose] = ()
    lean: Pose | None = None
    running: RunningNeutral | None = None


def calibrate_site(
    info: SensorInfo,
    has_gyro: bool,
    poses: Poses,
    *,
    head_elsewhere: bool,
    forward: str | None = None,
    eye_height_m: float = 1.62,
    notes: Sequence[str] = (),
) -> SiteCalibration:
    """The calibration of one sensor. Raises CalibrationError with reason and remedy.

    head_elsewhere : another sensor of this wearer sits on the head, so this one leaves the head to it
    notes : what is known already, e.g. doubts of the self-check
    """
    said = list(notes)
    looks = list(poses.looks.values())
    head: HeadCalibration | None = None
    gaze: GazeCalibration | None = None
    stare_d: float | None = None
    if info.site is Site.HEAD:
        head = fit_head(poses.neutral, looks, forward)
        gaze = _gaze(poses, head, eye_height_m, said)
    elif looks and not head_elsewhere:
        stare_d = stare_d_prime(poses.neutral, looks, poses.lean, poses.running)
        head = _head_from_elsewhere(poses, looks, stare_d, said)
    shoulders = fit_shoulders(poses.neutral, poses.shrugs, poses.lean, poses.running) if poses.shrugs else None
    trunk = _trunk(poses, said) if poses.lean is not None and info.site is not Site.HEAD else None
    if head is not None and poses.running is not None and not has_gyro:
        head = in_running(head, poses.running)
    if not has_gyro and poses.running is None and not poses.neutral.moving:
        said.append(
            "This sensor has no gyroscope: take the neutral while running (headsup calibrate --full), or its angles "
            "are off by a degree or two."
        )
    kept = [poses.neutral, *looks, *poses.shrugs, *([poses.lean] if poses.lean else [])]
    return SiteCalibration(
        sensor=info.key,
        site=info.site.value,
        sensor_name=info.name,
        sensor_address=info.address,
        estimator="vqf" if has_gyro else "accelerometer",
        poses=tuple(kept),
        head=head,
        shoulders=shoulders,
        sees=in_words(head, shoulders, stare_d, leans=trunk is not None),
        standing=None if poses.neutral.moving else poses.neutral.up,
        running=poses.running,
        gaze=gaze,
        trunk=trunk,
        notes=tuple(said),
    )


def _gaze(poses: Poses, head: HeadCalibration, eye_height_m: float, said: list[str]) -> GazeCalibration | None:
    """The floor marks' fit, or a note why there is none: a distance is then a band, the default limits hold."""
    marks = [
        FloorMark(name, MARKS_M[name], pitch_deg(pose.up, head))
        for name, pose in poses.looks.items()
        if name in MARKS_M
    ]
    if not marks:
        return None
    feet = poses.looks.get("feet")
    try:
        return fit_gaze(marks, eye_height_m, pitch_deg(feet.up, head) if feet else None)
    except CalibrationError as error:
        said.append(f"The floor marks are not used: {error.reason}. {error.remedy}")
        return None


def _trunk(poses: Poses, said: list[str]) -> TrunkCalibration | None:
    """The trunk's lean, or a note why this sensor does not tell it."""
    assert poses.lean is not None
    try:
        return fit_trunk(poses.neutral, poses.lean, poses.shrugs, poses.running)
    except CalibrationError as error:
        said.append(f"The lean of the trunk is not told apart: {error.reason}. {error.remedy}")
        return None


def _head_from_elsewhere(
    poses: Poses, looks: Sequence[Pose], stare_d: float, said: list[str]
) -> HeadCalibration | None:
    """A sensor that is not on the head claims a lowered head only where it is well separated."""
    if stare_d < CLAIM_D:
        return None
    try:
        head = fit_head(poses.neutral, looks)
    except CalibrationError:
        return None
    if poses.lean is None:
        said.append("A lean of the trunk may count as a lowered head: show it one (headsup calibrate --full).")
    return HeadCalibration(head.neutral, head.nod, stare_d)
