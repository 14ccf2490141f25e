"""A run as columns: everything known of each moment side by side, so that any part of it can be counted.

The moments are those of the main track, about 25 a second. Every number of a lap, a slope, a chosen stretch or the
minutes before a cramp is a mask over these columns (`spans.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from calibration.sees import WEAK_D
from monitor.posture.gaze import ZONE_EDGES_M
from monitor.review.analysis import RunAnalysis
from monitor.review.ground import grade_at, speed_at
from monitor.review.ground_metrics import gaze_distance_m
from monitor.review.insight.course import Course
from monitor.review.limits import limits_deg
from monitor.review.shoulders import Sight, seen_at, sight
from monitor.review.table import centred, main_track
from monitor.review.track_time import empty_track, nearest, weights_s
from monitor.values import NS_PER_S, Activity, BoolArray, CodeArray, FloatArray, Track

NO_ZONE = -1


@dataclass(frozen=True, slots=True)
class RunColumns:
    """n moments of a run; every column (n,). Floats are NaN where nothing is known.

    t_s         seconds of the run's clock
    weight_s    seconds that each moment stands for
    activity    `Activity` codes
    reason      `Reason` codes: why the posture was not trusted
    running, walking
    seen        running, trusted, and the head's angle known: what head numbers count
    pitch_deg   head pitch, one-stride mean, nose down positive, as the rules knew it
    calibrated_deg  the same against the calibrated neutral: what the slow following of it took off is put back.
                A head that sinks within the hour and a cap that creeps look alike here
    drawn_deg   the pitch at the middle of its stride, trusted or not: for charts
    neck_deg    what the rules judged: pitch without the trunk's lean, where that is known
    limit_deg   in force; NaN on technical ground
    past        seen, and the head past its limit
    gaze_m      likeliest distance of the gaze on the ground, inf = far
    zone        index into `GazeZone`, -1 where not seen
    shoulder    score, 1 = own full shrug; of several sensors the higher
    shoulder_seen   running, and a shoulder seen at least weakly
    shoulder_clear  running, and a shoulder seen clearly, so that its limit counts
    raised      there, and past the limit
    cadence_spm, speed_m_s, grade, elevation_m, distance_m, heart_bpm
                the watch's where it knows them, else the treadmill's, foot pod's or strap's
    """

    t_s: FloatArray
    weight_s: FloatArray
    activity: CodeArray
    reason: CodeArray
    running: BoolArray
    walking: BoolArray
    seen: BoolArray
    pitch_deg: FloatArray
    calibrated_deg: FloatArray
    drawn_deg: FloatArray
    neck_deg: FloatArray
    limit_deg: FloatArray
    past: BoolArray
    gaze_m: FloatArray
    zone: CodeArray
    shoulder: FloatArray
    shoulder_seen: BoolArray
    shoulder_clear: BoolArray
    raised: BoolArray
    cadence_spm: FloatArray
    speed_m_s: FloatArray
    grade: FloatArray
    elevation_m: FloatArray
    distance_m: FloatArray
    heart_bpm: FloatArray

    def __len__(self) -> int:
        return len(self.t_s)

    def cut(self, start_s: float, end_s: float) -> RunColumns:
        """The moments from start to before the end; views, so a day's run is cut as fast as a minute's."""
        a, b = np.searchsorted(self.t_s, (start_s, end_s), side="left")
        return RunColumns(**{f.name: getattr(self, f.name)[a:b] for f in fields(self)})


def columns_of(analysis: RunAnalysis, course: Course | None = None) -> RunColumns:
    """All columns of a run. Pure; an empty run gives columns of length 0."""
    track = main_track(analysis)
    if track is None or len(track) == 0:
        track = empty_track()
    t_s, weight_s = track.t_ns / NS_PER_S, weights_s(track)
    running = np.asarray(track.activity == Activity.RUN)
    seen = running & track.valid & np.isfinite(track.sustained_deg)
    limit = limits_deg(track, analysis)
    gaze = gaze_distance_m(track, track.sustained_deg, analysis)
    zone = np.where(seen, np.searchsorted(ZONE_EDGES_M, gaze, side="right"), NO_ZONE).astype(np.int8)
    shoulder, clear, raised = _shoulders(track, analysis)
    speed, grade = speed_at(analysis.ground, track.arrival_ns), grade_at(analysis.ground, track.arrival_ns)
    heart = analysis.heart.at(track.arrival_ns) if analysis.heart else np.full(len(track), np.nan)
    elevation = np.full(len(track), np.nan)
    distance = _distance_m(speed, weight_s)
    if course is not None:
        elevation = course.at(course.elevation_m, t_s)
        speed = _first_known(course.at(course.speed_m_s, t_s), speed)
        grade = _first_known(course.at(course.grade, t_s), grade)
        heart = _first_known(course.at(course.heart_bpm, t_s), heart)
        of_watch = course.at(course.distance_m, t_s)
        distance = of_watch if np.isfinite(of_watch).any() else distance
    return RunColumns(
        t_s=t_s,
        weight_s=weight_s,
        activity=track.activity,
        reason=track.reason,
        running=running,
        walking=np.asarray(track.activity == Activity.WALK),
        seen=seen,
        pitch_deg=track.sustained_deg,
        calibrated_deg=track.sustained_deg + np.nan_to_num(track.followed_deg),
        drawn_deg=centred(track),
        neck_deg=track.neck_deg,
        limit_deg=limit,
        past=seen & np.isfinite(limit) & (track.neck_deg > limit),
        gaze_m=gaze,
        zone=zone,
        shoulder=shoulder,
        shoulder_seen=running & np.isfinite(shoulder),
        shoulder_clear=running & clear,
        raised=running & raised,
        cadence_spm=track.cadence_spm,
        speed_m_s=speed,
        grade=grade,
        elevation_m=elevation,
        distance_m=distance,
        heart_bpm=heart,
    )


def _first_known(values: FloatArray, others: FloatArray) -> FloatArray:
    return np.where(np.isfinite(values), values, others)


def _distance_m(speed_m_s: FloatArray, weight_s: FloatArray) -> FloatArray:
    """Run so far by speed; NaN throughout where no speed is known."""
    if not np.isfinite(speed_m_s).any():
        return np.full(len(speed_m_s), np.nan)
    return np.asarray(np.cumsum(np.nan_to_num(speed_m_s) * weight_s))


def _shoulders(main: Track, analysis: RunAnalysis) -> tuple[FloatArray, BoolArray, BoolArray]:
    """Score, where one is seen clearly, and where it is past the limit there, at the main track's moments (n,)."""
    score, clear, raised = np.full(len(main), np.nan), np.zeros(len(main), bool), np.zeros(len(main), bool)
    limits = analysis.settings.shoulders
    for key, track in analysis.tracks.items():
        site = analysis.sites.get(key)
        if site is None or site.shoulders is None or not site.shoulders.d_prime >= WEAK_D:
            continue
        known = seen_at(track)
        at = nearest(main.t_ns, track.t_ns[known])
        here = np.append(track.shoulder[known], np.nan)[at]
        score = np.fmax(score, here)
        if sight(site.shoulders, limits.claim_d_prime) is Sight.CLEAR:
            clear |= np.isfinite(here)
            raised |= here > limits.on
    return score, clear, raised
