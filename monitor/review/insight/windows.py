"""A run as a row of equal windows: the unit in which parts of a run are compared.

Values of one second know each other; means of half a minute still do a little (`independent`), but can be counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from monitor.posture.gaze import GazeZone
from monitor.review.insight.columns import RunColumns
from monitor.values import BoolArray, FloatArray

FILLED = 1 / 3
"""A window counts where at least this part of it was seen."""
MOST_ALIKE = 0.95
"""A lag-1 correlation nearer to 1 cannot be told from a drift."""
NEAR = (list(GazeZone).index(GazeZone.FEET), list(GazeZone).index(GazeZone.NEAR))


class Quantity(StrEnum):
    """What is compared; the JSON's names. The head's pitch is that against the calibrated neutral."""

    HEAD_PITCH = "head_pitch_deg"
    NEAR_GAZE = "near_gaze_share"
    SHOULDERS = "shoulder_score"
    CADENCE = "cadence_spm"
    HEART = "heart_bpm"


@dataclass(frozen=True, slots=True)
class Windows:
    """k windows of `width_s` seconds, one after the other from 0.

    middle_s (k,)   middle of each, seconds of the run's clock
    means           per quantity (k,), NaN where too little of the window was seen
    """

    width_s: float
    middle_s: FloatArray
    means: dict[Quantity, FloatArray]

    def __len__(self) -> int:
        return len(self.middle_s)


def windows_of(columns: RunColumns, width_s: float) -> Windows:
    """Means over windows of running; `width_s` seconds wide."""
    n = int(np.ceil((columns.t_s[-1] + 1e-9) / width_s)) if len(columns) else 0
    which = np.minimum((columns.t_s / width_s).astype(int), max(n - 1, 0))
    near = np.isin(columns.zone, NEAR).astype(float)

    def mean(values: FloatArray, part: BoolArray) -> FloatArray:
        known = part & np.isfinite(values)
        weight = np.bincount(which[known], weights=columns.weight_s[known], minlength=n)
        total = np.bincount(which[known], weights=columns.weight_s[known] * values[known], minlength=n)
        filled = weight >= FILLED * width_s
        return np.where(filled, total / np.where(filled, weight, 1.0), np.nan)

    c = columns
    return Windows(
        width_s,
        np.asarray((np.arange(n) + 0.5) * width_s, np.float64),
        {
            Quantity.HEAD_PITCH: mean(c.calibrated_deg, c.seen),
            Quantity.NEAR_GAZE: mean(near, c.seen),
            Quantity.SHOULDERS: mean(c.shoulder, c.shoulder_seen),
            Quantity.CADENCE: mean(c.cadence_spm, c.running),
            Quantity.HEART: mean(c.heart_bpm, c.running),
        },
    )


def independent(values: FloatArray, *, fitted: int = 1) -> float:
    """How many independent values a row of window means (k,) is worth: k (1 - r) / (1 + r), r its lag-1 correlation.

    fitted : how many numbers were taken out of the values beforehand: 1 for their mean, 2 for a straight line. A short
        row makes its own correlation look smaller by about (fitted + 4 r) / k; that is put back.

    Source: Bayley and Hammersley 1946 for a first-order autoregressive row; Kendall 1954 for its bias. NaN are left
    out; at least 1 where any is known, never more than were.
    """
    known = np.isfinite(values)
    k = int(known.sum())
    if k < 3:
        return float(k)
    dev = values - np.nanmean(values)
    pairs = known[1:] & known[:-1]
    spread = float(np.nanmean(dev**2))
    if pairs.sum() < 2 or spread <= 0:
        return float(k)
    r = float(np.mean(dev[1:][pairs] * dev[:-1][pairs])) / spread
    r = min(max(r + (fitted + 4 * max(r, 0.0)) / k, 0.0), MOST_ALIKE)
    return max(1.0, k * (1 - r) / (1 + r))
