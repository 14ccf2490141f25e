"""The track as a table, the contract of `headsup analyze --track`.

`head_pitch_sustained_deg` is the one-stride mean placed at the middle of its stride (live it is known half a stride
later). `gaze_low_m` and `gaze_high_m` are the band of one standard deviation; a level gaze is `inf` metres away.
"""

from __future__ import annotations

from typing import TextIO

import numpy as np

from monitor.posture.gaze import ground_distance_m
from monitor.posture.stride import DEFAULT_STRIDE_S
from monitor.review.analysis import RunAnalysis
from monitor.values import NS_PER_S, Activity, FloatArray, Reason, Site, Track

COLUMNS = (
    "t_s",
    "activity",
    "cadence_spm",
    "head_pitch_deg",
    "head_pitch_sustained_deg",
    "gaze_m",
    "gaze_low_m",
    "gaze_high_m",
    "shoulder_score",
    "valid",
    "reason",
)
NEAREST_S = 0.1
"""A shoulder score is shown beside head values measured at most this far from it."""


def write_track(analysis: RunAnalysis, out: TextIO) -> int:
    """Write the table; returns its number of rows. Empty cells are values that are not known."""
    out.write(",".join(COLUMNS) + "\n")
    main = main_track(analysis)
    if main is None:
        return 0
    sustained = centred(main)
    gaze, low, high = ground_distance_m(sustained, analysis.settings.gaze)
    shoulder = _shoulder_beside(main, analysis)
    columns = (
        main.t_ns / NS_PER_S, main.cadence_spm, main.angle_deg, sustained, gaze, low, high, shoulder
    )  # fmt: skip
    reasons = {int(r): "" if r is Reason.OK else r.name.lower() for r in Reason}
    activities = {int(a): a.name.lower() for a in Activity}
    for i, (t, spm, pitch, mean, at, near, far, score) in enumerate(zip(*(c.tolist() for c in columns), strict=True)):
        cells = (
            f"{t:.3f}", activities[int(main.activity[i])], _cell(spm, 2), _cell(pitch, 3), _cell(mean, 3),
            _cell(at, 3), _cell(near, 3), _cell(far, 3), _cell(score, 3),
            "1" if main.valid[i] else "0", reasons[int(main.reason[i])],
        )  # fmt: skip
        out.write(",".join(cells) + "\n")
    return len(main)


def main_track(analysis: RunAnalysis) -> Track | None:
    """The head sensor's track; without one, the first sensor's; None for an empty run."""
    heads = [s.key for s in analysis.sensors if s.site is Site.HEAD and s.key in analysis.tracks]
    keys = heads or [s.key for s in analysis.sensors if s.key in analysis.tracks]
    return analysis.tracks[keys[0]] if keys else None


def centred(track: Track) -> FloatArray:
    """The one-stride means (n,) moved to the middle of their strides; NaN where the middle's stride is not whole."""
    if len(track) < 2:
        return track.sustained_deg
    t_s = track.t_ns / NS_PER_S
    stride_s = np.where(np.isnan(track.cadence_spm), DEFAULT_STRIDE_S, 120.0 / track.cadence_spm)
    out = np.interp(t_s + stride_s / 2, t_s, track.sustained_deg, right=np.nan)
    # Never reach across a hole.
    later = np.searchsorted(t_s, t_s + stride_s / 2)
    hole = t_s[np.minimum(later, len(t_s) - 1)] - t_s > stride_s / 2 + 0.5
    return np.where(hole, np.nan, out)


def _shoulder_beside(main: Track, analysis: RunAnalysis) -> FloatArray:
    """The shoulder score of whichever sensor sees it, at the main track's times, (n,)."""
    out = np.full(len(main), np.nan)
    for track in analysis.tracks.values():
        seen = ~np.isnan(track.shoulder) & track.valid
        if not seen.any():
            continue
        t_ns, score = track.t_ns[seen], track.shoulder[seen]
        right = (
            np.clip(np.searchsorted(t_ns, main.t_ns), 1, len(t_ns) - 1) if len(t_ns) > 1 else np.zeros(len(main), int)
        )
        left = np.maximum(right - 1, 0)
        nearest = np.where(np.abs(t_ns[left] - main.t_ns) <= np.abs(t_ns[right] - main.t_ns), left, right)
        close = np.abs(t_ns[nearest] - main.t_ns) <= NEAREST_S * NS_PER_S
        out = np.where(np.isnan(out) & close, score[nearest], out)
    return out


def _cell(value: float, digits: int) -> str:
    return "" if value != value else f"{value:.{digits}f}"
