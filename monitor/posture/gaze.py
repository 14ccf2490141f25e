"""Where the gaze meets level ground, as a distance with an honest band.

Geometry: a gaze lowered by `theta` from an eye at height h meets level ground at h / tan(theta). The head makes only
part of a lowered gaze (`head_share`, about 0.6, sd 0.12 between people), so theta = pitch / share. Without the
wearer's own floor marks that share is unknown and the distance is a band, never a number.
"""

from __future__ import annotations

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


def ground_distance_m(pitch_deg: FloatArray, model: GazeModel) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Distance, low and high end of its band in metres; each (n,) like `pitch_deg` (n,), nose down positive.

    The band is one standard deviation of the head share (and of the eyes) to either side. A level or raised gaze is
    infinitely far; NaN stays NaN.
    """
    return (
        _distance(pitch_deg, model, model.head_share, 0.0),
        _distance(pitch_deg, model, max(model.head_share - model.head_share_sd, 0.1), model.eye_sd_deg),
        _distance(pitch_deg, model, model.head_share + model.head_share_sd, -model.eye_sd_deg),
    )


def _distance(pitch_deg: FloatArray, model: GazeModel, share: float, eye_deg: float) -> FloatArray:
    gaze_rad = np.radians(np.clip((pitch_deg - model.intercept_deg) / share + eye_deg, 0.0, 89.9))
    with np.errstate(divide="ignore", over="ignore"):
        distance = model.eye_height_m / np.tan(gaze_rad)
    return np.asarray(np.where(gaze_rad > 0, distance, np.where(np.isnan(gaze_rad), np.nan, np.inf)))


def zone(distance_m: float) -> GazeZone | None:
    """The zone of a distance; None where it is not known (NaN)."""
    if np.isnan(distance_m):
        return None
    return list(GazeZone)[int(np.searchsorted(ZONE_EDGES_M, distance_m, side="right"))]
