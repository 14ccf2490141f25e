"""A stretch of up directions -> one pose, or a refusal that says what to do.

Poses are held standing or while running easily; either way they are judged on one-stride means, in which running's nod
and sway vanish.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.directions import angle_deg, as_vector, unit
from calibration.model import Pose
from monitor.errors import CalibrationError

SHORTEST_S = 3.0
"""Less than this is no pose."""
TRUSTED_PART = 0.8
"""This part of the stretch must have arrived and settled."""
STEADY_DEG = 3.0
"""Largest spread of the one-stride means of a pose held standing; quiet standing sways well under 1 deg."""
STEADY_MOVING_DEG = 4.0
"""... and while running or walking."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a sensor saw while a pose was held.

    up (n,3)  one-stride means of the world's up in sensor axes (not normalised)
    trusted (n,) bool
    moving  the wearer ran or walked for most of it
    period_s  slot length
    """

    up: NDArray[np.float64]
    trusted: NDArray[np.bool_]
    moving: bool
    period_s: float


def capture(name: str, stretch: Stretch) -> Pose:
    """The pose held in a stretch. Raises CalibrationError when it was too short, too broken or not steady."""
    duration_s = len(stretch.up) * stretch.period_s
    if duration_s < SHORTEST_S:
        raise CalibrationError(
            name, f"only {duration_s:.1f} s were captured", f"Hold the pose for at least {SHORTEST_S:.0f} seconds."
        )
    if stretch.trusted.mean() < TRUSTED_PART:
        raise CalibrationError(
            name,
            f"only {100 * stretch.trusted.mean():.0f} % of it can be trusted",
            "Wait until the sensor has streamed for five seconds without gaps, then hold the pose again.",
        )
    directions = stretch.up[stretch.trusted]
    directions = directions / np.maximum(np.linalg.norm(directions, axis=1, keepdims=True), 1e-12)
    mean = directions.mean(axis=0)
    if not np.linalg.norm(mean) > 0.5:  # also NaN
        raise CalibrationError(
            name, "no steady direction was seen", "Check that the sensor sits firmly, and try again."
        )
    mean = unit(mean)
    spread_deg = float(np.sqrt(np.mean(angle_deg(directions, mean) ** 2)))
    limit = STEADY_MOVING_DEG if stretch.moving else STEADY_DEG
    if spread_deg > limit:
        raise CalibrationError(
            name,
            f"the head or sensor moved by {spread_deg:.1f} deg while it should have been steady",
            "Hold it quite still (or run evenly), and try again.",
        )
    return Pose(name, as_vector(mean), spread_deg, duration_s, stretch.moving)
