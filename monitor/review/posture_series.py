"""A run as other programs are told of it: the posture at each moment, and the run second by second."""

from __future__ import annotations

import math

import numpy as np

from monitor.interop.fit_write import RunSeconds
from monitor.interop.posture_series import UNKNOWN_STATE, PostureSeries, PostureState
from monitor.posture.gaze import FOOT_M
from monitor.review.analysis import RunAnalysis
from monitor.review.ground_metrics import gaze_distance_m
from monitor.review.insight.columns import columns_of
from monitor.review.table import main_track
from monitor.review.track_time import empty_track
from monitor.values import NS_PER_S, EventKind, FloatArray

CUE_KINDS = frozenset({EventKind.HEAD_DOWN, EventKind.LOOK_UP_DUE, EventKind.SHOULDERS_UP})
MILE_M = 5280 * FOOT_M
_STEP_S = 0.1
"""Speed is added up in steps of this."""


def posture_series(analysis: RunAnalysis, span_s: tuple[float, float] = (0.0, math.inf)) -> PostureSeries:
    """The posture of a run from span_s[0] to before span_s[1]."""
    track, columns = main_track(analysis) or empty_track(), columns_of(analysis)
    trusted = track.valid & np.isfinite(columns.drawn_deg)
    state = np.full(len(columns), UNKNOWN_STATE, np.uint8)
    judged = trusted | columns.shoulder_clear
    state[judged] = (
        columns.past * np.uint8(PostureState.HEAD_DOWN) + columns.raised * np.uint8(PostureState.SHOULDERS_UP)
    )[judged]
    cues = np.array([e.t_ns / NS_PER_S for e in analysis.events if e.prompted and e.kind in CUE_KINDS], np.float64)
    part = (columns.t_s >= span_s[0]) & (columns.t_s < span_s[1])
    pitch = np.where(trusted, columns.drawn_deg, np.nan)
    return PostureSeries(
        t_s=columns.t_s[part],
        head_pitch_deg=pitch[part],
        gaze_m=gaze_distance_m(track, pitch, analysis)[part],
        shoulder=columns.shoulder[part],
        state=state[part],
        weight_s=columns.weight_s[part],
        running_pitch_deg=np.where(columns.seen, columns.pitch_deg, np.nan)[part],
        past=columns.past[part],
        cues_s=np.sort(cues[(cues >= span_s[0]) & (cues < span_s[1])]),
        simulated=analysis.info.simulated,
    )


def run_seconds(
    analysis: RunAnalysis, begin_unix_s: float, treadmill: bool, span_s: tuple[float, float] = (0.0, math.inf)
) -> RunSeconds:
    """A run second by second, as a watch would have written it.

    begin_unix_s : date of the run's first sample; treadmill : speed and slope are a treadmill's
    """
    columns = columns_of(analysis)
    start_s = max(0.0, span_s[0])
    end_s = min(span_s[1], analysis.duration_s)
    # Records stand on whole seconds of the clock.
    first_s = math.ceil(begin_unix_s + start_s) - begin_unix_s
    n = max(1, math.floor(end_s - first_s) + 1)
    t_s = first_s + np.arange(n, dtype=np.float64)
    log_ns = np.rint(t_s * NS_PER_S).astype(np.int64) + analysis.origin_ns
    nothing = np.full(n, np.nan)
    speed = analysis.ground.at(log_ns)[0] if analysis.ground else nothing
    return RunSeconds(
        start_unix_s=round(begin_unix_s + first_s),
        start_s=first_s,
        speed_m_s=speed,
        distance_m=_distance_m(analysis, t_s, speed),
        grade=analysis.ground.grade_at(log_ns) if analysis.ground else nothing,
        heart_bpm=analysis.heart.at(log_ns) if analysis.heart else nothing,
        cadence_spm=_beside(columns.t_s, columns.cadence_spm, t_s),
        treadmill=treadmill,
        lap_m=MILE_M if analysis.settings.feet else 1000.0,
        run_id=analysis.info.run_id,
        app_version=analysis.info.app_version,
    )


def _distance_m(analysis: RunAnalysis, t_s: FloatArray, speed_m_s: FloatArray) -> FloatArray:
    """Metres run since the first second (n,); NaN where the speed is not known."""
    if analysis.ground is None:
        return np.full(len(t_s), np.nan)
    per_s = round(1 / _STEP_S)
    middle_s = t_s[0] + (np.arange((len(t_s) - 1) * per_s) + 0.5) * _STEP_S
    log_ns = np.rint(middle_s * NS_PER_S).astype(np.int64) + analysis.origin_ns
    steps_m = np.nan_to_num(analysis.ground.at(log_ns)[0]) * _STEP_S
    run_m = np.concatenate(([0.0], np.cumsum(steps_m.reshape(-1, per_s).sum(axis=1))))
    return np.where(np.isfinite(speed_m_s), run_m, np.nan)


def _beside(times_s: FloatArray, values: FloatArray, t_s: FloatArray) -> FloatArray:
    """Values (m,) at other times (n,): the latest known one, no older than a second."""
    known = np.flatnonzero(np.isfinite(values))
    which = np.searchsorted(times_s[known], t_s, side="right") - 1
    out = np.full(len(t_s), np.nan)
    fresh = which >= 0
    at = known[which[fresh]]
    out[fresh] = np.where(t_s[fresh] - times_s[at] <= 1.0, values[at], np.nan)
    return out
