"""What a second sensor and a known ground add to a run's numbers: lean, grade, and how far ahead in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from monitor.posture.gaze import FAR_M, ground_distance_m, look_ahead_s
from monitor.review.analysis import RunAnalysis
from monitor.review.ground import grade_at, slope_at, speed_at
from monitor.review.track_time import time_mean, time_share
from monitor.values import BoolArray, FloatArray, Track

LEVEL_GRADE = 0.02
"""Ground counts as level up to this grade either way: a watch knows no better."""


class Lean(StrEnum):
    """What became of the trunk's lean, as the JSON names it."""

    REMOVED = "removed"
    NO_SENSOR = "included in the head pitch: no trunk sensor"
    NOT_TOLD = "included in the head pitch: the trunk sensor could not tell it"


@dataclass(frozen=True, slots=True)
class LeanMetrics:
    """The trunk's forward lean while running, where the head was trusted.

    mean_deg : of what was taken off the head pitch; None where nothing was
    known_share : of that running, how much had a known lean, 0..1; in the rest it counts as head pitch
    """

    treatment: Lean
    mean_deg: float | None
    known_share: float


@dataclass(frozen=True, slots=True)
class GradeMetrics:
    """The slope of the ground while running.

    known_share : of the running, how much had a known grade, 0..1
    uphill_share, level_share, downhill_share : of the running with a known grade; level is up to 2 % either way
    afterwards : learned from a watch after the run, so the limits of the run did not follow it
    """

    known_share: float
    uphill_share: float
    level_share: float
    downhill_share: float
    afterwards: bool = False


def lean_metrics(track: Track, weight_s: FloatArray, head: BoolArray, analysis: RunAnalysis) -> LeanMetrics:
    """Of a head track; weight_s (n,) seconds, head (n,) where it was running and trusted."""
    known = head & np.isfinite(track.lean_deg)
    mean, share = time_mean(track.lean_deg[known], weight_s[known]), time_share(weight_s, known, head) or 0.0
    if mean is not None:
        return LeanMetrics(Lean.REMOVED, mean, share)
    trunk = any(site.trunk is not None for key, site in analysis.sites.items() if key != track.sensor)
    return LeanMetrics(Lean.NOT_TOLD if trunk else Lean.NO_SENSOR, None, 0.0)


def grade_metrics(track: Track, weight_s: FloatArray, running: BoolArray, analysis: RunAnalysis) -> GradeMetrics | None:
    """Of any track; weight_s (n,) seconds, running (n,). None where the grade was never known while running."""
    grade = grade_at(analysis.ground, track.arrival_ns)
    known = running & np.isfinite(grade)
    up, down = known & (grade > LEVEL_GRADE), known & (grade < -LEVEL_GRADE)
    shares = [time_share(weight_s, part, known) for part in (up, known & ~up & ~down, down)]
    of_running = time_share(weight_s, known, running)
    if of_running is None or any(share is None for share in shares):
        return None
    up_share, level_share, down_share = (share or 0.0 for share in shares)
    return GradeMetrics(of_running, up_share, level_share, down_share, analysis.ground_of_watch)


def gaze_distance_m(track: Track, pitch_deg: FloatArray, analysis: RunAnalysis) -> FloatArray:
    """Likeliest distance (n,) of the gaze on the ground for head pitches (n,) at a track's times, on its slope."""
    return ground_distance_m(pitch_deg, analysis.settings.gaze, slope_at(analysis.ground, track.arrival_ns))[0]


def look_ahead_metrics(
    track: Track, distance_m: FloatArray, weight_s: FloatArray, head: BoolArray, analysis: RunAnalysis
) -> tuple[float | None, float | None]:
    """Median look-ahead in seconds, and the share of that time with the gaze beyond 15 m; None where no speed is known.

    distance_m (n,) of the gaze, weight_s (n,) seconds, head (n,) where it was running and trusted. Beyond 15 m a head
    angle says no more than 'far', so there the look-ahead is what 15 m take: the least that it was.
    """
    ahead_s = look_ahead_s(np.minimum(distance_m, FAR_M), speed_at(analysis.ground, track.arrival_ns))
    known = head & np.isfinite(ahead_s)
    far = time_share(weight_s, known & (distance_m >= FAR_M), known)
    return (float(np.median(ahead_s[known])) if far is not None else None), far
