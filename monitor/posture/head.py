"""Head pitch: how far the nose points down, relative to the wearer's own far-gaze neutral. Positive = nose down.

The pitch is the depression of the wearer's forward axis, which is level at the neutral. It does not change when the
head rolls about that axis or turns, and it needs no knowledge of the mounting.
"""

from __future__ import annotations

import numpy as np

from calibration.model import HeadCalibration
from monitor.values import FloatArray


def pitch_deg(up: FloatArray, head: HeadCalibration) -> FloatArray:
    """Head pitch (n,) in degrees, -90..90, for up directions (n,3) in sensor axes."""
    nod = np.array(head.nod)
    return np.asarray(np.degrees(np.arcsin(np.clip(_dot(up, nod), -1.0, 1.0))))


def _dot(rows: FloatArray, vector: FloatArray) -> FloatArray:
    """Row-wise dot product with a fixed order of additions, so that any block size gives the same bits."""
    return np.asarray(rows[:, 0] * vector[0] + rows[:, 1] * vector[1] + rows[:, 2] * vector[2])
