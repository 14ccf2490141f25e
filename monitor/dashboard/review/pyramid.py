"""Long columns drawn fast: the lowest and highest value per stretch of time, for stretches of doubling length. No Qt.

A level holds one pair per slot of time, not per so many samples: a hole stays a hole at every level, and is never
drawn across. Beyond the finest level the samples themselves are drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.review.track_time import HOLE_S
from monitor.values import FloatArray

FINEST_S = 0.25
"""Length of the finest slots: some six samples, so that no slot between two samples is empty."""
Float32Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Line:
    """Points (k,) to join in their order, never across a NaN; `x_s` in seconds."""

    x_s: FloatArray
    y: FloatArray


class Times:
    """The times of a run's columns, cut into the finest slots once for all of them. t_s (n,) increasing."""

    def __init__(self, t_s: FloatArray) -> None:
        self.t_s = np.asarray(t_s, np.float64)
        self.n = int(self.t_s[-1] / FINEST_S) + 1 if len(self.t_s) else 0
        self.slot = np.clip((self.t_s / FINEST_S).astype(np.int64), 0, max(self.n - 1, 0))
        self.first = np.flatnonzero(np.diff(self.slot, prepend=-1))
        """The first sample of each slot that has any."""


class Pyramid:
    """One column of a run, ready to be drawn at any zoom.

    values (n,), NaN where nothing is to be drawn. Memory: 2 x 4 bytes per quarter second and as much again for the
    coarser levels, and the column itself, which is not copied.
    """

    def __init__(self, times: Times, values: FloatArray) -> None:
        self._t_s = times.t_s
        self._values = values
        low, high = np.full(times.n, np.nan, np.float32), np.full(times.n, np.nan, np.float32)
        if times.n:
            which = times.slot[times.first]
            low[which] = np.fmin.reduceat(values, times.first)
            high[which] = np.fmax.reduceat(values, times.first)
        self._levels: list[tuple[Float32Array, Float32Array]] = [(low, high)]
        while len(low) > 256:
            low, high = _halved(low, np.fmin), _halved(high, np.fmax)
            self._levels.append((low, high))

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The lowest and the highest value of all; None where there is none."""
        low, high = self._levels[-1]
        return (float(np.nanmin(low)), float(np.nanmax(high))) if np.isfinite(low).any() else None

    def line(self, start_s: float, end_s: float, slots: int) -> Line:
        """What is to be drawn from start to end over `slots` pixels: at most about four points for each.

        Every value of the stretch lies within the line's ends at its place.
        """
        fine_s = (end_s - start_s) / max(slots, 1)
        if fine_s < FINEST_S:
            return self._samples(start_s, end_s, fine_s)
        level = min(int(np.log2(fine_s / FINEST_S)), len(self._levels) - 1)
        width_s = FINEST_S * 2**level
        low, high = self._levels[level]
        a, b = max(int(start_s / width_s), 0), min(int(end_s / width_s) + 2, len(low))
        x = (np.arange(a, b) + 0.5) * width_s
        return Line(np.repeat(x, 2), _in_turn(low[a:b], high[a:b]))

    def _samples(self, start_s: float, end_s: float, fine_s: float) -> Line:
        """The samples themselves, or the ends of those that share a pixel; one more to either side; NaN in holes."""
        a = max(int(np.searchsorted(self._t_s, start_s)) - 1, 0)
        b = int(np.searchsorted(self._t_s, end_s)) + 1
        x, y = self._t_s[a:b], np.asarray(self._values[a:b], np.float64)
        if (len(x) - 2) * fine_s > end_s - start_s:  # steps of less than a pixel would leave dots instead of a line
            pixel = np.floor((x - start_s) / fine_s)
            first = np.flatnonzero(np.diff(pixel, prepend=-np.inf) > 0)
            x = np.repeat(x[first], 2)
            y = _in_turn(np.fmin.reduceat(y, first), np.fmax.reduceat(y, first))
        holes = np.flatnonzero(np.diff(x) > HOLE_S) + 1
        if len(holes):
            x, y = np.insert(x, holes, x[holes]), np.insert(y, holes, np.nan)
        return Line(x, y)


class Shares:
    """How much of any stretch of time each of a few answers takes: gaze zones, reasons. Ready for any zoom.

    codes (n,) 0..k-1, others count for nothing; weight_s (n,) seconds that each stands for.
    """

    def __init__(self, times: Times, codes: NDArray[np.int8], weight_s: FloatArray, k: int) -> None:
        self._sums = np.zeros((k, times.n + 1))
        for code in range(k) if times.n else ():
            seconds = np.add.reduceat(np.where(codes == code, weight_s, 0.0), times.first)
            of_slot = np.zeros(times.n)
            of_slot[times.slot[times.first]] = seconds
            np.cumsum(of_slot, out=self._sums[code, 1:])

    def seconds(self, edges_s: FloatArray) -> FloatArray:
        """Seconds (k, m) of each answer between neighbouring edges (m+1,), which increase."""
        n = self._sums.shape[1] - 1
        place = np.clip(np.asarray(edges_s) / FINEST_S, 0, n)
        low = np.minimum(place.astype(np.int64), max(n - 1, 0))
        part = place - low
        last = np.minimum(low + 1, n)
        at = self._sums[:, low] * (1 - part) + self._sums[:, last] * part
        return np.asarray(np.diff(at, axis=1))


def _in_turn(low: NDArray[Any], high: NDArray[Any]) -> FloatArray:
    """Low and high (k,) in turn (2k,): the line from one to the next fills what lies between them."""
    y = np.empty(2 * len(low))
    y[0::2], y[1::2] = low, high
    return y


def _halved(values: Float32Array, join: np.ufunc) -> Float32Array:
    """Pairs of neighbours joined into one; the last stands alone where their number is odd."""
    whole = values if len(values) % 2 == 0 else np.append(values, np.float32(np.nan))
    return np.asarray(join(whole[0::2], whole[1::2]))
