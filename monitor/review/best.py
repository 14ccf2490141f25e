"""The best estimate: tracks whose angles and scores come from an orientation smoothed in both directions.

Their neutral is the one that was in force in the run. A re-zero turns it, the slow adaptation shifts it; both are
known from the live estimate: it is run once more with neither, and the difference is what they did, value by value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from calibration.model import Profile
from monitor.pipeline import Pipeline
from monitor.posture.channel import PostureBlock
from monitor.posture.stride import LONGEST_STRIDE_S
from monitor.recording.reader import Recording
from monitor.review.postures import grid_blocks, postures
from monitor.review.replay import SLICE_S, replay
from monitor.settings import Settings
from monitor.values import NS_PER_S, BoolArray, FloatArray, IntArray, ReZero, SensorInfo, Track

SMOOTHED = ("angle_deg", "sustained_deg", "shoulder")
"""The columns of a track that the best estimate replaces."""


def best_tracks(
    live: dict[str, Track], recording: Recording, profile: Profile | None, settings: Settings, origin_ns: int
) -> dict[str, Track]:
    """The live tracks with angles and scores from the smoothed orientation.

    settings : as the live pipeline was given them; origin_ns : log time of the run's first sample
    """
    rezeros_ns = np.array([e.t_ns for e in recording.controls() if isinstance(e, ReZero)], np.int64)
    plain: dict[str, Track] = {}
    if profile is not None and (len(rezeros_ns) or settings.adapt_neutral):
        plain = replay(recording, Pipeline((), profile, settings.replaced(adapt_neutral=False)), rezeros=False).tracks
    out = {}
    for info in recording.sensors:
        if info.key in live:
            smooth = _smoothed(live[info.key], info, recording, profile, origin_ns)
            if info.key in plain:
                smooth = follow_neutral(smooth, live[info.key], plain[info.key], rezeros_ns)
            out[info.key] = smooth
    return out


def follow_neutral(best: Track, live: Track, plain: Track, rezeros_ns: IntArray) -> Track:
    """`best` with the neutral of `live` instead of the calibrated one that it shares with `plain`.

    The three tracks have the same times; rezeros_ns (k,) are the log times of re-zeroes, in order.
    """
    # The live stride means start anew at a re-zero: until they are whole again, what they show holds some nod.
    latest = np.searchsorted(rezeros_ns, live.arrival_ns, side="left") - 1
    since_ns = live.arrival_ns - np.append(rezeros_ns, 0)[latest]
    whole = (latest < 0) | (since_ns > LONGEST_STRIDE_S * NS_PER_S)
    columns: dict[str, Any] = {}
    for name in SMOOTHED:
        done = getattr(live, name) - getattr(plain, name)
        if name != "angle_deg":
            done = _next_where(done, whole)
        columns[name] = getattr(best, name) + np.nan_to_num(done)
    return replace(best, **columns)


def _next_where(values: FloatArray, good: BoolArray) -> FloatArray:
    """Values (n,) with each that is not good (n,) replaced by the next good one; as it is where none follows."""
    at = np.flatnonzero(good)
    following = np.searchsorted(at, np.arange(len(values)))
    known = following < len(at)
    out = values.copy()
    out[known] = values[at[following[known]]]
    return out


def _smoothed(track: Track, info: SensorInfo, recording: Recording, profile: Profile | None, origin_ns: int) -> Track:
    """The same track with angles and scores from the smoothed orientation and the calibrated neutral."""
    site = profile.site(info.key) if profile else None
    blocks = grid_blocks(info, recording.entries(slice_s=SLICE_S))
    best = postures(info, blocks, site, offline=True)
    t_ns = np.concatenate([b.t_ns for b in best]) - origin_ns
    at = np.clip(np.searchsorted(t_ns, track.t_ns), 0, len(t_ns) - 1)
    columns: dict[str, Any] = {name: _joined(best, name)[at] for name in SMOOTHED}
    return replace(track, **columns)


def _joined(blocks: Sequence[PostureBlock], name: str) -> np.ndarray:
    return np.concatenate([getattr(b, name) for b in blocks])
