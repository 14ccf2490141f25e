"""A watch's track on the run's clock, with the grade of the ground worked out from its heights."""

from __future__ import annotations

import numpy as np

from monitor.alignment.result import Alignment, utc_ns
from monitor.interop.watch import WatchTrack
from monitor.posture.slope import GroundLine
from monitor.review.analysis import RunAnalysis
from monitor.review.insight.course import Course, Lap
from monitor.values import NS_PER_S, FloatArray, Ground

GRADE_REACH_M = 40.0
"""The grade at a place is that of the straight line through the heights so far before and behind it: less, and the
steps of the watch's barometer (0.2 m) and its lag would show as slopes."""
GRADE_LEAST_M = 15.0
"""Heights that span less ground give no grade."""
STEEPEST = 1.0
"""Rise over run: steeper is a fault of the watch."""


def course_of(watch: WatchTrack, alignment: Alignment, run_started_ns: int, source: str = "") -> Course | None:
    """The watch on the run's clock; None where the file has no times. `run_started_ns`: see `run_started_ns`."""
    if not watch.has_times:
        return None
    edges = np.array([[lap.start_ns, lap.end_ns] for lap in watch.laps], np.int64).reshape(-1, 2)
    laps_s = alignment.run_s(run_started_ns, edges)
    return Course(
        t_s=alignment.run_s(run_started_ns, watch.t_ns),
        lat_deg=watch.lat_deg,
        lon_deg=watch.lon_deg,
        elevation_m=watch.elevation_m,
        distance_m=watch.distance_m,
        speed_m_s=watch.speed_m_s,
        cadence_spm=watch.cadence_spm,
        heart_bpm=watch.heart_bpm,
        grade=grade_of(watch.distance_m, watch.elevation_m),
        laps=tuple(
            Lap(i, start_s, end_s, lap.distance_m, lap.trigger)
            for i, (lap, (start_s, end_s)) in enumerate(zip(watch.laps, laps_s.tolist(), strict=True), start=1)
        ),
        source=source,
    )


def run_started_ns(analysis: RunAnalysis) -> int:
    """UTC nanoseconds of the run's first sample: t_s = 0. Raises ValueError where the run has no date."""
    return utc_ns(analysis.info.started_utc) + analysis.origin_ns


def grade_of(distance_m: FloatArray, elevation_m: FloatArray) -> FloatArray:
    """Rise over run (m,) at each point; NaN where height or way are not known. Standing still says nothing new."""
    known = np.isfinite(distance_m) & np.isfinite(elevation_m)
    out = np.full(len(distance_m), np.nan)
    if known.sum() < 3:
        return out
    way = np.maximum.accumulate(distance_m[known])
    centre = float(way.mean())
    x, y = way - centre, elevation_m[known] - float(elevation_m[known].mean())
    low = np.searchsorted(way, way - GRADE_REACH_M, side="left")
    high = np.searchsorted(way, way + GRADE_REACH_M, side="right")
    n = high - low

    def window(values: FloatArray) -> FloatArray:
        total = np.concatenate(([0.0], np.cumsum(values)))
        return np.asarray(total[high] - total[low])

    sx, sy = window(x), window(y)
    spread = window(x * x) - sx * sx / n
    enough = (way[high - 1] - way[low] >= GRADE_LEAST_M) & (spread > 1.0)
    slope = (window(x * y) - sx * sy / n) / np.where(enough, spread, 1.0)
    out[known] = np.where(enough & (np.abs(slope) <= STEEPEST), slope, np.nan)
    return out


def ground_of(course: Course, origin_ns: int) -> GroundLine | None:
    """Speed and grade of the course as a line over the log, whose time of the run's first sample is `origin_ns`."""
    if not (np.isfinite(course.grade).any() or np.isfinite(course.speed_m_s).any()):
        return None
    entries = zip(course.t_s.tolist(), course.speed_m_s.tolist(), course.grade.tolist(), strict=True)
    return GroundLine(Ground(origin_ns + round(t * NS_PER_S), speed, grade, "watch") for t, speed, grade in entries)
