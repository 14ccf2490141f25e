"""The track as a table, the contract of `headsup analyze --track` (written by `track_columns.write_track`).

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

import numpy as np

from monitor.posture.stride import DEFAULT_STRIDE_S
from monitor.review.analysis import RunAnalysis
from monitor.values import NS_PER_S, FloatArray, Site, Track


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
