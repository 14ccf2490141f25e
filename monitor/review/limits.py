"""The head's limit in force at each moment of a run: its mode's, shifted on a slope as the pipeline shifts it."""

from __future__ import annotations

import numpy as np

from monitor.posture.slope import hill_deg
from monitor.review.analysis import RunAnalysis
from monitor.review.modes import in_mode, modes_used
from monitor.values import NS_PER_S, FloatArray, Mode, Track


def limits_deg(track: Track, analysis: RunAnalysis) -> FloatArray:
    """The limit (n,) at each value of a head track, to compare with its `neck_deg`; NaN on technical ground.

    A mode or a slope holds from its place in the log, so what counts is when a value arrived.
    """
    settings, limits = analysis.settings, np.full(len(track), np.nan)
    known_s = (track.arrival_ns - analysis.origin_ns) / NS_PER_S
    for mode in modes_used(analysis.modes):
        if mode is Mode.TECHNICAL:
            continue
        here = in_mode(analysis.modes, mode, known_s)
        limits[here] = settings.head_rule(mode).on_deg
        if analysis.ground and not analysis.ground_of_watch:
            slope = analysis.ground.at(track.arrival_ns[here])[1]
            limits[here] += hill_deg(slope, track.lean_deg[here], mode, settings)
    return limits
