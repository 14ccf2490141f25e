"""The track as a table, the contract of `headsup analyze --track`.

`head_pitch_sustained_deg` is the one-stride mean placed at the middle of its stride (live it is known half a stride
later). `gaze_low_m` and `gaze_high_m` are the band of one standard deviation; a level gaze is `inf` metres away.
`shoulder_score` is that of whichever sensor sees a shoulder, of the higher one where several do. With a sensor on each
shoulder, `shoulder_left` and `shoulder_right` follow at the end.
"""

from __future__ import annotations

from typing import TextIO

import numpy as np

from monitor.posture.gaze import ground_distance_m
from monitor.posture.stride import DEFAULT_STRIDE_S
from monitor.review.analysis import RunAnalysis
from monitor.review.track_time import nearest
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
SIDE_COLUMNS = ("shoulder_left", "shoulder_right")
"""Behind the others, where both shoulders have a sensor."""


def write_track(analysis: RunAnalysis, out: TextIO) -> int:
    """Write the table; returns its number of rows. Empty cells are values that are not known."""
    main = main_track(analysis)
    pair = _sides(analysis)
    out.write(",".join(COLUMNS + (SIDE_COLUMNS if pair else ())) + "\n")
    if main is None:
        return 0
    sustained = centred(main)
    gaze, low, high = ground_distance_m(sustained, analysis.settings.gaze)
    shoulder = np.full(len(main), np.nan)
    for track in analysis.tracks.values():
        shoulder = np.fmax(shoulder, _score_beside(main, track))
    sides = [[_cell(score, 3) for score in _score_beside(main, track).tolist()] for track in pair]
    columns = (
        main.t_ns / NS_PER_S, main.cadence_spm, main.angle_deg, sustained, gaze, low, high, shoulder
    )  # fmt: skip
    reasons = {int(r): "" if r is Reason.OK else r.name.lower() for r in Reason}
    activities = {int(a): a.name.lower() for a in Activity}
    for i, (t, spm, pitch, mean, at, near, far, score) in enumerate(zip(*(c.tolist() for c in columns), strict=True)):
        cells = (
            f"{t:.3f}", activities[int(main.activity[i])], _cell(spm, 2), _cell(pitch, 3), _cell(mean, 3),
            _cell(at, 3), _cell(near, 3), _cell(far, 3), _cell(score, 3),
            "1" if main.valid[i] else "0", reasons[int(main.reason[i])], *(side[i] for side in sides),
        )  # fmt: skip
        out.write(",".join(cells) + "\n")
    return len(main)


def main_track(analysis: RunAnalysis) -> Track | None:
    """The head sensor's track; without one, the first that tells anything, else the first; None for an empty run."""
    present = [s for s in analysis.sensors if s.key in analysis.tracks]
    heads = [s for s in present if s.site is Site.HEAD]
    telling = [s for s in present if analysis.tracks[s.key].valid.any()]
    chosen = next(iter(heads or telling or present), None)
    return analysis.tracks[chosen.key] if chosen else None


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


def _sides(analysis: RunAnalysis) -> tuple[Track, ...]:
    """The tracks of the left and the right shoulder's sensor; empty where not both are worn."""
    worn = {s.site: analysis.tracks[s.key] for s in analysis.sensors if s.key in analysis.tracks}
    if Site.LEFT_SHOULDER not in worn or Site.RIGHT_SHOULDER not in worn:
        return ()
    return worn[Site.LEFT_SHOULDER], worn[Site.RIGHT_SHOULDER]


def _score_beside(main: Track, track: Track) -> FloatArray:
    """A sensor's trusted shoulder scores at the main track's times, (n,); NaN where there is none."""
    seen = ~np.isnan(track.shoulder) & track.valid
    at = nearest(main.t_ns, track.t_ns[seen])
    return np.append(track.shoulder[seen], np.nan)[at]


def _cell(value: float, digits: int) -> str:
    return "" if value != value else f"{value:.{digits}f}"
