"""What calibration learns, as frozen values. Directions are unit vectors in the sensor's own axes.

Everything rests on the direction of "up" (gravity reversed) seen by the sensor, so nothing is assumed about how the
sensor is mounted: a pose *is* a direction. Source: gravity-direction calibration, tangent plane at the neutral.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Vector: TypeAlias = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Pose:
    """One captured pose: the mean up direction, how much it moved, and how long it was held.

    `spread_deg` is the standard deviation of the one-stride means around the mean direction; `moving` tells that it
    was taken while walking or running.
    """

    name: str
    up: Vector
    spread_deg: float
    duration_s: float
    moving: bool


@dataclass(frozen=True, slots=True)
class HeadCalibration:
    """Head pitch relative to the wearer's own far-gaze neutral.

    neutral : up direction when looking far ahead, the one in force
    nod     : unit vector, orthogonal to `neutral`, towards which "up" moves when the nose goes down
    separation_d : d' of the look-down pose against the neutral (NaN where the axis was given, not shown)
    """

    neutral: Vector
    nod: Vector
    separation_d: float


@dataclass(frozen=True, slots=True)
class FloorMark:
    """A mark on the floor that the wearer looked at: how far ahead of the toes, and the head pitch it took."""

    name: str
    distance_m: float
    pitch_deg: float


@dataclass(frozen=True, slots=True)
class GazeCalibration:
    """The wearer's own share of head in a lowered gaze: pitch = intercept_deg + share * gaze depression.

    residual_deg : how far the worst mark lies off that line
    marks        : what it was fitted to, nearest mark first
    feet_deg     : head pitch when looking at the own feet, None where that was not shown; not part of the fit
    """

    intercept_deg: float
    share: float
    residual_deg: float
    eye_height_m: float
    marks: tuple[FloorMark, ...]
    feet_deg: float | None = None


@dataclass(frozen=True, slots=True)
class RunningNeutral:
    """Where "up" is while the wearer runs easily, looking far ahead, shoulders loose.

    spread_deg : standard deviation of the one-stride means around `up`
    covariance : of the one-stride means, deg², in sensor axes: xx, xy, xz, yy, yz, zz (no part along `up`)
    """

    up: Vector
    spread_deg: float
    cadence_spm: float
    duration_s: float
    covariance: tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class ShoulderCalibration:
    """Shoulder score: a covariance-weighted projection on the direction of the wearer's own shrug.

    neutral : up direction, shoulders relaxed
    weight  : score = weight . (up - neutral part removed), see `monitor.posture.shoulders`; orthogonal to `neutral`
    arc_deg : how far a full shrug turns the sensor
    d_prime : separation of a 40 % shrug from relaxed running, in standard deviations; claims need 2
    """

    neutral: Vector
    weight: Vector
    arc_deg: float
    d_prime: float


@dataclass(frozen=True, slots=True)
class TrunkCalibration:
    """Forward lean of the trunk under a sensor that rides on it: the sine of the lean = weight . up, 0 at `neutral`.

    neutral : up direction when the trunk is as in level running (`in_running`), else as in standing
    weight  : in degrees (times 180 / pi); orthogonal to `neutral`, nearly blind to a shrug where one was shown
    """

    neutral: Vector
    weight: Vector
    in_running: bool


@dataclass(frozen=True, slots=True)
class SiteCalibration:
    """Everything known of one sensor at one site."""

    sensor: str
    """Key in the run, normally the site."""
    site: str
    sensor_name: str
    sensor_address: str
    estimator: str
    """'vqf' or 'accelerometer': which gravity estimate the poses were taken with."""
    poses: tuple[Pose, ...]
    head: HeadCalibration | None = None
    shoulders: ShoulderCalibration | None = None
    sees: str = ""
    """What this placement can see, in words."""
    standing: Vector | None = None
    """Up while standing and looking far ahead; None where the neutral was taken in motion."""
    running: RunningNeutral | None = None
    gaze: GazeCalibration | None = None
    """From floor marks, where the wearer showed them and they agree."""
    notes: tuple[str, ...] = ()
    """What the wearer should know of this sensor: doubts of the self-check, steps that were left out."""
    trunk: TrunkCalibration | None = None
    """From a lean of the trunk, for a sensor that is not on the head and can tell it from a shrug."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One wearer's calibration. `created_utc` is ISO 8601; `simulated` marks a virtual wearer."""

    name: str
    created_utc: str
    simulated: bool
    sites: tuple[SiteCalibration, ...]

    def site(self, sensor: str) -> SiteCalibration | None:
        """The calibration of one sensor key, None where there is none."""
        return next((s for s in self.sites if s.sensor == sensor), None)
