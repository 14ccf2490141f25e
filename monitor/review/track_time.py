"""Seconds on a track: what each value stands for, which times were past a limit, shares and means by time."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from monitor.values import NS_PER_S, BoolArray, FloatArray, IntArray, Track

HOLE_S = 0.5
"""Neighbouring track values further apart than this have a hole between them."""
NEAREST_S = 0.1
"""Values of two sensors measured no further apart than this belong together."""


@dataclass(frozen=True, slots=True)
class Bouts:
    """Times past a rule's limit, from the detector's own state. They end when it releases.

    longest_s, total_s : seconds
    """

    number: int
    longest_s: float
    total_s: float


def weights_s(track: Track) -> FloatArray:
    """How many seconds each track value stands for, (n,): the time to the next one, but never across a hole."""
    if len(track) < 2:
        return np.full(len(track), 0.0)
    step_s = np.diff(track.t_ns) / NS_PER_S
    inside = step_s[(step_s > 0) & (step_s <= HOLE_S)]
    usual_s = float(np.median(inside)) if len(inside) else 0.0
    return np.append(np.where((step_s > 0) & (step_s <= HOLE_S), step_s, usual_s), usual_s)


def bout_spans_s(track: Track) -> FloatArray:
    """Start and end (k, 2) in seconds of the times past the limit, split at holes."""
    if len(track) == 0 or not track.over.any():
        return np.empty((0, 2))
    t_s, weight_s = track.t_ns / NS_PER_S, weights_s(track)
    over = track.over
    hole = np.append(True, np.diff(t_s) > HOLE_S)
    starts = np.flatnonzero(over & (np.append(True, ~over[:-1]) | hole))
    ends = np.flatnonzero(over & (np.append(~over[1:], True) | np.append(hole[1:], True)))
    return np.column_stack((t_s[starts], t_s[ends] + weight_s[ends]))


def bouts(track: Track) -> Bouts:
    """Number and length of the times past the limit."""
    return bouts_of(bout_spans_s(track))


def bouts_of(spans_s: FloatArray) -> Bouts:
    """Number and length of spans (k, 2) in seconds."""
    lengths = np.diff(spans_s, axis=1).ravel()
    return Bouts(len(lengths), float(lengths.max(initial=0.0)), float(lengths.sum()))


def time_share(weight_s: FloatArray, part: BoolArray, whole: BoolArray) -> float | None:
    """Share of the whole's seconds that the part takes, 0..1; None of no time. All (n,)."""
    total_s = float(weight_s[whole].sum())
    return min(1.0, float(weight_s[part].sum()) / total_s) if total_s > 0 else None


def time_mean(values: FloatArray, weight_s: FloatArray) -> float | None:
    """Mean over time of values (n,); None of no time."""
    return float(np.average(values, weights=weight_s)) if weight_s.sum() > 0 else None


def percentile(values: FloatArray, percent: float) -> float | None:
    """Percentile of values (n,); None of no values."""
    return float(np.percentile(values, percent)) if len(values) else None


def nearest(t_ns: IntArray, others_ns: IntArray) -> IntArray:
    """For each time (n,) the number (n,) of the nearest of the other times (m,), -1 where none is near.

    Other times are in order. Nothing is near that is more than `NEAREST_S` away.
    """
    if len(others_ns) == 0:
        return np.full(len(t_ns), -1, np.int64)
    right = np.clip(np.searchsorted(others_ns, t_ns), 0, len(others_ns) - 1)
    left = np.maximum(right - 1, 0)
    best = np.where(np.abs(others_ns[left] - t_ns) <= np.abs(others_ns[right] - t_ns), left, right)
    return np.asarray(np.where(np.abs(others_ns[best] - t_ns) <= NEAREST_S * NS_PER_S, best, -1))


def empty_track() -> Track:
    """A track without values."""
    codes = {"t_ns": np.int64, "arrival_ns": np.int64, "activity": np.int8, "reason": np.int8}
    flags = {"valid": np.bool_, "over": np.bool_}
    kinds = codes | flags
    columns = {f.name: np.empty(0, kinds.get(f.name, np.float64)) for f in fields(Track) if f.name != "sensor"}
    return Track(sensor="", **columns)
