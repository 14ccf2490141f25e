"""The track as a table, the contract of `headsup analyze --track`.

`head_pitch_sustained_deg` is the one-stride mean placed at the middle of its stride (live it is known half a stride
later). `gaze_low_m` and `gaze_high_m` are the band of one standard deviation; a level gaze is `inf` metres away.
`shoulder_score` is that of whichever sensor sees a shoulder, of the higher one where several do.

Behind these columns follow, in this order, the ones of which anything is known in the run:
`shoulder_left`, `shoulder_right` with a sensor on each shoulder; `lean_deg`, the forward lean of the trunk that the
rules take off the head pitch (the pitch columns still hold it; without a head
sensor the trunk's own); `speed_m_s` and `slope_deg` (uphill positive) as a
treadmill or a watch told them; `look_ahead_s`, the running time up to where the gaze meets the ground. Where the slope
is known, the gaze columns are distances along it; elsewhere the ground is taken for level.
"""

from __future__ import annotations

from typing import TextIO

import numpy as np

from monitor.posture.gaze import ground_distance_m, look_ahead_s
from monitor.posture.stride import DEFAULT_STRIDE_S
from monitor.review.analysis import RunAnalysis
from monitor.review.ground import grade_at, slope_at, speed_at
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
KNOWN_COLUMNS = ("lean_deg", "speed_m_s", "slope_deg", "look_ahead_s")
"""At the end, each only where anything of it is known."""


def write_track(analysis: RunAnalysis, out: TextIO) -> int:
    """Write the table; returns its number of rows. Empty cells are values that are not known."""
    main = main_track(analysis)
    pair = _sides(analysis)
    if main is None:
        out.write(",".join(COLUMNS) + "\n")
        return 0
    sustained = centred(main)
    gaze, low, high = ground_distance_m(
        sustained, analysis.settings.gaze, slope_at(analysis.ground, main.arrival_ns)
    )  # fmt: skip
    shoulder = np.full(len(main), np.nan)
    for track in analysis.tracks.values():
        shoulder = np.fmax(shoulder, _score_beside(main, track))
    more = dict(zip(SIDE_COLUMNS, (_score_beside(main, track) for track in pair), strict=False))
    more |= _known(main, gaze, analysis)
    further = [[_cell(value, 3) for value in values.tolist()] for values in more.values()]
    out.write(",".join((*COLUMNS, *more)) + "\n")
    columns = (
        main.t_ns / NS_PER_S, main.cadence_spm, main.angle_deg, sustained, gaze, low, high, shoulder
    )  # fmt: skip
    reasons = {int(r): "" if r is Reason.OK else r.name.lower() for r in Reason}
    activities = {int(a): a.name.lower() for a in Activity}
    for i, (t, spm, pitch, mean, at, near, far, score) in enumerate(zip(*(c.tolist() for c in columns), strict=True)):
        cells = (
            f"{t:.3f}", activities[int(main.activity[i])], _cell(spm, 2), _cell(pitch, 3), _cell(mean, 3),
            _cell(at, 3), _cell(near, 3), _cell(far, 3), _cell(score, 3),
            "1" if main.valid[i] else "0", reasons[int(main.reason[i])], *(cells[i] for cells in further),
        )  # fmt: skip
        out.write(",".join(cells) + "\n")
    return len(main)


def _known(main: Track, gaze_m: FloatArray, analysis: RunAnalysis) -> dict[str, FloatArray]:
    """What is known of lean, speed, slope and look-ahead, by column; gaze_m (n,) as the table has it."""
    speed, grade = speed_at(analysis.ground, main.arrival_ns), grade_at(analysis.ground, main.arrival_ns)
    columns = (main.lean_deg, speed, np.degrees(np.arctan(grade)), look_ahead_s(gaze_m, speed))
    return {name: c for name, c in zip(KNOWN_COLUMNS, columns, strict=True) if not np.isnan(c).all()}


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
