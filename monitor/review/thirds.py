"""The start of a run against its end: what tires shows in the last third."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from monitor.review.track_time import percentile, time_mean, time_share
from monitor.values import BoolArray, FloatArray, Track

THIRD_MIN_S = 60.0
"""Thirds are compared only where each holds at least this much trusted running."""


@dataclass(frozen=True, slots=True)
class Third:
    """One third of the trusted running, by time."""

    head_pitch_mean_deg: float
    past_limit_share: float | None
    cadence_median_spm: float | None


def past_share(track: Track, weight_s: FloatArray, part: BoolArray, limits_deg: FloatArray) -> float | None:
    """Share of a part of the time, as far as it has a limit, with the head beyond that; None where it has none.

    weight_s (n,) seconds, part (n,), limits_deg (n,) in force, NaN for none.
    """
    limited = part & np.isfinite(limits_deg)
    return time_share(weight_s, limited & (track.neck_deg > limits_deg), limited)


def thirds(
    track: Track, weight_s: FloatArray, head: BoolArray, limits_deg: FloatArray
) -> tuple[Third | None, Third | None]:
    """First and last third of the trusted running time `head` (n,); weight_s (n,) seconds, limits_deg (n,)."""
    elapsed_s = np.cumsum(np.where(head, weight_s, 0.0))
    total_s = float(elapsed_s[-1]) if len(elapsed_s) else 0.0
    if total_s < 3 * THIRD_MIN_S:
        return None, None
    parts = (head & (elapsed_s <= total_s / 3), head & (elapsed_s > 2 * total_s / 3))
    found = []
    for part in parts:
        mean = time_mean(track.sustained_deg[part], weight_s[part])
        if mean is None:
            return None, None
        cadence = track.cadence_spm[part & np.isfinite(track.cadence_spm)]
        found.append(Third(mean, past_share(track, weight_s, part, limits_deg), percentile(cadence, 50)))
    return found[0], found[1]
