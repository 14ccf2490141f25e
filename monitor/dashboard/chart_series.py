"""From a sensor's remembered minutes to the few points that a chart draws. Pure numpy; all copies.

Buckets lie at fixed times of the run, so that a curve moves with time and does not flicker as its points are chosen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from monitor.dashboard.watch import Watch
from monitor.values import NS_PER_S, FloatArray, IntArray

COLUMNS = ("pitch_deg", "sustained_deg", "shoulder", "cadence_spm", "dwell", "watch")
PITCH, SUSTAINED, SHOULDER, CADENCE, DWELL, WATCH = range(6)
"""Columns of a sensor's ring: pitch without the trunk's lean, its one-stride mean, the shoulder score, the cadence,
the dwell clock as 0..1 of its limit, and the `Watch` code."""
MOST_POINTS = 750
"""Of one curve: about a point for each pixel of a small screen, and enough for the eye on a large one."""
GAP_S = 0.5
"""Neighbours further apart than this are not joined by a line."""


@dataclass(frozen=True, slots=True)
class Series:
    """One sensor's part of a chart; x (n,) in seconds before now, NaN where a curve must break.

    low_deg, high_deg (n,) : the pitch's range within each point
    """

    x: FloatArray
    low_deg: FloatArray
    high_deg: FloatArray
    sustained_deg: FloatArray
    shoulder: FloatArray
    cadence_spm: FloatArray
    dwell: FloatArray
    watch: FloatArray


NOTHING = Series(*(np.empty(0) for _ in range(8)))


def bucket_ns(seconds: float) -> int:
    """How much time one point stands for, over a span of so many seconds: a multiple of 0.05 s."""
    return max(1, math.ceil(seconds / MOST_POINTS * 20)) * NS_PER_S // 20


def series(t_ns: IntArray, values: FloatArray, now_ns: int, each_ns: int) -> Series:
    """`t_ns` (n,) increasing run times, `values` (6,n) as in a ring, `each_ns` as `bucket_ns` gave it."""
    if len(t_ns) == 0:
        return NOTHING
    x, rows = _thinned(t_ns, values, now_ns, each_ns)
    holes = np.flatnonzero(np.diff(x) > max(GAP_S, 2.5 * each_ns / NS_PER_S)) + 1
    if len(holes):
        fill = np.full((len(rows), len(holes)), np.nan)
        fill[-1] = Watch.LINK_GAP
        rows = np.insert(rows, holes, fill, axis=1)
        # Right behind the last value: there the stretch without data begins.
        x = np.insert(x, holes, x[holes - 1] + 0.001)
    low, high, sustained, shoulder, cadence, dwell, watch = rows
    return Series(x, low, high, sustained, shoulder, cadence, dwell, watch)


def _thinned(t_ns: IntArray, values: FloatArray, now_ns: int, each_ns: int) -> tuple[FloatArray, FloatArray]:
    """One point for each bucket; a value that may not be trusted makes its whole bucket a hole."""
    number = t_ns // each_ns
    first = np.concatenate(([0], np.flatnonzero(np.diff(number)) + 1))
    size = np.diff(np.append(first, len(t_ns)))
    rows = np.empty((7, len(first)))
    rows[0] = np.minimum.reduceat(values[PITCH], first)
    rows[1] = np.maximum.reduceat(values[PITCH], first)
    for row, column in ((2, SUSTAINED), (3, SHOULDER), (4, CADENCE)):
        rows[row] = np.add.reduceat(values[column], first) / size
    rows[5] = np.fmax.reduceat(values[DWELL], first)
    rows[6] = np.maximum.reduceat(values[WATCH], first)
    middle = number[first] * each_ns + each_ns // 2
    x = (np.minimum(middle, t_ns[-1]) - now_ns) / NS_PER_S
    return x, rows


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `start_x` to `end_x`, seconds before now, posture was not watched, and why."""

    start_x: float
    end_x: float
    watch: Watch


def stretches(part: Series, silent_s: float, seconds: float) -> tuple[Stretch, ...]:
    """Where the watch was not on. `silent_s`: how long no data have come; 0 where they come."""
    found: list[Stretch] = []
    if len(part.x):
        codes = part.watch
        edges = np.concatenate(([0], np.flatnonzero(np.diff(codes)) + 1, [len(codes)]))
        for a, b in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            watch = Watch(int(codes[a]))
            if watch is not Watch.ON:
                end_x = float(part.x[b]) if b < len(codes) else float(part.x[-1])
                found.append(Stretch(float(part.x[a]), end_x, watch))
    if silent_s > 0:
        found.append(Stretch(max(-silent_s, -seconds), 0.0, Watch.LINK_GAP))
    return tuple(found)
