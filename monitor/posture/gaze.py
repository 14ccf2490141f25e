"""Where the gaze meets level ground, as a distance with an honest band.

Geometry: a gaze lowered by `theta` from an eye at height h meets level ground at h / tan(theta). The head makes only
part of a lowered gaze (`head_share`, about 0.6, sd 0.12 between people), so theta = pitch / share. Without the
wearer's own floor marks that share is unknown and the distance is a band, never a number. On ground that slopes by s
(uphill positive) the gaze meets it h / ((tan theta + tan s) cos s) away, measured along the ground.
"""

from __future__ import annotations

import math
from enum import StrEnum

import numpy as np

from monitor.settings import GazeModel
from monitor.values import FloatArray

FOOT_M = 0.3048
FAR_M = 15.0
"""Beyond this a head angle says no more than 'far': one degree there is several metres."""


class GazeZone(StrEnum):
    """The zones of the ground ahead, nearest first, as people would say them."""

    FEET = "feet"
    NEAR = "near"
    TARGET = "4-7 ft"
    AHEAD = "ahead"
    FAR = "far"


ZONE_EDGES_M = (3 * FOOT_M, 4 * FOOT_M, 7 * FOOT_M, 15 * FOOT_M)
"""Upper edges of all zones but the last: feet < 3 ft, near < 4 ft, target < 7 ft, ahead < 15 ft, far."""


def ground_distance_m(
    pitch_deg: FloatArray, model: GazeModel, slope_deg: FloatArray | float = 0.0
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Distance, low and high end of its band in metres; each (n,) like `pitch_deg` (n,), nose down positive.

    The band is one standard deviation of the head share (and of the eyes) to either side. A gaze that does not meet
    the ground is infinitely far; NaN stays NaN. `slope_deg` (n,) or one number: uphill positive.
    """
    return (
        _distance(pitch_deg, model, model.head_share, 0.0, slope_deg),
        _distance(pitch_deg, model, max(model.head_share - model.head_share_sd, 0.1), model.eye_sd_deg, slope_deg),
        _distance(pitch_deg, model, model.head_share + model.head_share_sd, -model.eye_sd_deg, slope_deg),
    )


def _distance(
    pitch_deg: FloatArray, model: GazeModel, share: float, eye_deg: float, slope_deg: FloatArray | float
) -> FloatArray:
    slope = np.radians(slope_deg)
    gaze_rad = np.radians(np.clip((pitch_deg - model.intercept_deg) / share + eye_deg, -89.9, 89.9))
    nearing = (np.tan(gaze_rad) + np.tan(slope)) * np.cos(slope)
    with np.errstate(divide="ignore", over="ignore"):
        distance = model.eye_height_m / nearing
    return np.asarray(np.where(nearing > 0, distance, np.where(np.isnan(nearing), np.nan, np.inf)))


def depression_deg(distance_m: float, eye_height_m: float, slope_deg: float = 0.0) -> float:
    """How far a gaze is lowered that meets the ground `distance_m` ahead, measured along a slope."""
    slope = math.radians(slope_deg)
    drop_m = eye_height_m - distance_m * math.sin(slope)
    return math.degrees(math.atan2(drop_m, distance_m * math.cos(slope)))


def look_ahead_s(distance_m: FloatArray, speed_m_s: FloatArray | float) -> FloatArray:
    """How many seconds of running lie between the runner and where the gaze meets the ground, (n,).

    NaN where the speed is not known or the runner stands.
    """
    speed = np.asarray(speed_m_s, float)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(speed > 0, distance_m / np.where(speed > 0, speed, 1.0), np.nan))


def zone(distance_m: float) -> GazeZone | None:
    """The zone of a distance; None where it is not known (NaN)."""
    if np.isnan(distance_m):
        return None
    return list(GazeZone)[int(np.searchsorted(ZONE_EDGES_M, distance_m, side="right"))]
