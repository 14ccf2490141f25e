"""Shoulder score: 0 = relaxed neutral, 1 = the wearer's own full shrug.

A shrug tilts a sensor that rides on the outer shoulder; so do leaning and running. The score projects the sensor's up
direction on the shrug's direction, weighted by the inverse covariance of relaxed running, so that what varies anyway
counts little. It is linear: score = weight . up, with weight in the tangent plane of the neutral.
"""

from __future__ import annotations

import numpy as np

from calibration.model import ShoulderCalibration
from monitor.values import FloatArray


def score(up: FloatArray, shoulders: ShoulderCalibration) -> FloatArray:
    """Shoulder score (n,) for up directions (n,3) in sensor axes."""
    weight = np.array(shoulders.weight)
    return np.asarray(up[:, 0] * weight[0] + up[:, 1] * weight[1] + up[:, 2] * weight[2])
