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

    neutral : up direction when looking far ahead
    nod     : unit vector, orthogonal to `neutral`, towards which "up" moves when the nose goes down
    separation_d : d' of the look-down pose against the neutral (NaN where the axis was given, not shown)
    """

    neutral: Vector
    nod: Vector
    separation_d: float


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
