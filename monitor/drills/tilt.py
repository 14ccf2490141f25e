"""How the head is tilted, from the world's up in sensor axes: pitch, roll and fold. Needs no knowledge of the mounting.

Pitch is that of `monitor.posture.head`: the depression of the wearer's forward axis, positive = nose down. Roll is the
depression of the ear-to-ear axis, positive = right ear down. Neither changes when the wearer turns on the spot. Fold
is pitch that goes on counting beyond 90 degrees, for a head that hangs upside down.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np

from calibration.directions import as_vector, tangent, unit
from calibration.model import HeadCalibration, Vector


@dataclass(frozen=True, slots=True)
class Tilt:
    """Degrees: pitch and roll -90..90 (nose down, right ear down positive), fold -180..180 (forward positive)."""

    pitch_deg: float
    roll_deg: float
    fold_deg: float

    @property
    def radius_deg(self) -> float:
        """How far the head is from upright, whichever way."""
        return math.hypot(self.pitch_deg, self.roll_deg)


@dataclass(frozen=True, slots=True)
class HeadAxes:
    """The wearer's axes at the neutral, as unit vectors in sensor axes.

    neutral : up when looking far ahead
    nod     : backwards, level: where "up" goes when the nose goes down
    ear     : to the left, level: where "up" goes when the right ear goes down
    """

    neutral: Vector
    nod: Vector
    ear: Vector

    @classmethod
    def of(cls, head: HeadCalibration) -> Self:
        """The axes of a head calibration. A nod axis that is a little oblique is made level first."""
        neutral = unit(np.array(head.neutral))
        nod = unit(tangent(neutral, np.array(head.nod)))
        return cls(as_vector(neutral), as_vector(nod), as_vector(np.cross(nod, neutral)))

    def tilt(self, up: Vector) -> Tilt:
        """The tilt of the head for one up direction in sensor axes; NaN where `up` is not a direction."""
        pitch = _depression_deg(dot(up, self.nod))
        roll = _depression_deg(dot(up, self.ear))
        upright = dot(up, self.neutral) >= 0
        return Tilt(pitch, roll, pitch if upright else math.copysign(180.0, pitch) - pitch)


def dot(a: Vector, b: Vector) -> float:
    """The scalar product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def between_deg(a: Vector, b: Vector) -> float:
    """The angle between two unit vectors, exact for small angles too; NaN where one is not a direction."""
    chord = math.dist(a, b)
    return math.degrees(2 * math.asin(min(1.0, chord / 2))) if math.isfinite(chord) else math.nan


def _depression_deg(sine: float) -> float:
    return math.degrees(math.asin(max(-1.0, min(1.0, sine)))) if math.isfinite(sine) else math.nan
