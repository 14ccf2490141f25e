"""Head pitch of a single direction; the stream's is in `monitor.posture.head`."""

from __future__ import annotations

import math

import numpy as np

from calibration.model import HeadCalibration, Vector


def pitch_deg(up: Vector, head: HeadCalibration) -> float:
    """Nose-down angle of one direction, -90..90."""
    return math.degrees(math.asin(float(np.clip(np.dot(up, head.nod), -1.0, 1.0))))
