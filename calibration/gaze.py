"""Floor marks -> how much of a lowered gaze this wearer makes with the head.

An eye at height h that looks at the floor d ahead is lowered by theta = atan(h / d). The head follows with a part of
it: pitch = a + k * theta. People differ in k (0.6, sd 0.12) and in what they call "far ahead" (a: 0, sd 5 deg); two or
three marks tell a wearer's own. The fit is least squares with those two as prior knowledge.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from calibration.model import FloorMark, GazeCalibration
from monitor.errors import CalibrationError

FOOT_M = 0.3048
MARKS_M: Mapping[str, float] = MappingProxyType({"4ft": 4 * FOOT_M, "7ft": 7 * FOOT_M})
"""Looks that are floor marks, and how far ahead they lie."""
SHARE, SHARE_SD = 0.6, 0.12
INTERCEPT_SD_DEG = 5.0
MARK_SD_DEG = 1.5
"""How well a wearer repeats a look at one mark."""
SHARES = (0.25, 1.0)
"""Fits outside are no human's."""
LARGEST_RESIDUAL_DEG = 3.0
APART_DEG = 4.0
"""The 4-ft and the 7-ft mark must differ by this much head pitch, or the eyes alone did the looking."""


def depression_deg(distance_m: float, eye_height_m: float) -> float:
    """How far a gaze at level ground `distance_m` ahead is lowered."""
    return math.degrees(math.atan2(eye_height_m, distance_m))


def apart(four_deg: float, seven_deg: float) -> None:
    """Raises CalibrationError unless the two marks were looked at with different head pitches."""
    if not four_deg - seven_deg >= APART_DEG:
        raise CalibrationError(
            "floor marks",
            f"the head was only {four_deg - seven_deg:.0f} deg lower for the 4-ft mark than for the 7-ft mark",
            "Look at each mark as you would while running: turn the head, not only the eyes.",
        )


def fit_gaze(marks: Sequence[FloorMark], eye_height_m: float, feet_deg: float | None = None) -> GazeCalibration:
    """The wearer's line through far ahead (0 deg at the horizon) and the marks.

    Raises CalibrationError when the marks are too alike, contradict each other, or give a share no human has.
    """
    pitches = {m.name: m.pitch_deg for m in marks}
    if "4ft" in pitches and "7ft" in pitches:
        apart(pitches["4ft"], pitches["7ft"])
    theta = np.array([0.0, *(depression_deg(m.distance_m, eye_height_m) for m in marks)])
    pitch = np.array([0.0, *(m.pitch_deg for m in marks)])
    # Prior knowledge enters as two more observations, each divided by its own standard deviation.
    rows = np.vstack(
        (
            np.column_stack((np.ones_like(theta), theta)) / MARK_SD_DEG,
            [[1.0 / INTERCEPT_SD_DEG, 0.0], [0.0, 1.0 / SHARE_SD]],
        )
    )
    seen = np.concatenate((pitch / MARK_SD_DEG, [0.0, SHARE / SHARE_SD]))
    intercept, share = (float(v) for v in np.linalg.lstsq(rows, seen, rcond=None)[0])
    residual = float(np.max(np.abs(pitch - intercept - share * theta)))
    if not SHARES[0] <= share <= SHARES[1]:
        raise CalibrationError(
            "floor marks",
            f"the head made {100 * share:.0f} % of the look down, which is not how people look",
            "Check that the marks lie 4 and 7 feet ahead of your toes, and look at each with the head as in running.",
        )
    if residual > LARGEST_RESIDUAL_DEG:
        raise CalibrationError(
            "floor marks",
            f"far ahead and the marks contradict each other by {residual:.0f} deg",
            "Check that the marks lie 4 and 7 feet ahead of your toes, and look at each with the head as in running.",
        )
    ordered = tuple(sorted(marks, key=lambda m: m.distance_m))
    return GazeCalibration(intercept, share, residual, eye_height_m, ordered, feet_deg)
