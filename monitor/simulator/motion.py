"""What a virtual sensor measures: samples by number, from a runner model or from arrays, and when they are due."""

from __future__ import annotations

import asyncio
import math
from typing import Protocol

import numpy as np

from monitor.values import FloatArray


class MotionFeed(Protocol):
    """Motion in sensor axes at a fixed rate, addressed by sample number so that nothing depends on who asks when.

    `block(start, n)` gives `acc` (m, 3) m/s² and `gyr` (m, 3) rad/s of the samples start ... start + m - 1;
    m < n means that the motion ends there.
    """

    @property
    def rate_hz(self) -> float: ...

    def block(self, start_index: int, n: int) -> tuple[FloatArray, FloatArray]: ...


class ArrayFeed:
    """Plays arrays, once or over and over. Raises ValueError unless both are finite and (n, 3) with n >= 1."""

    def __init__(self, acc: FloatArray, gyr: FloatArray, rate_hz: float, loop: bool = False) -> None:
        self._acc = np.asarray(acc, np.float64)
        self._gyr = np.asarray(gyr, np.float64)
        if self._acc.shape != self._gyr.shape or self._acc.ndim != 2 or self._acc.shape[1] != 3 or not len(self._acc):
            raise ValueError(f"acc and gyr must both be (n, 3), not {self._acc.shape} and {self._gyr.shape}")
        if not (np.isfinite(self._acc).all() and np.isfinite(self._gyr).all()):
            raise ValueError("acc and gyr must be finite: a sensor sends numbers or nothing")
        if not (math.isfinite(rate_hz) and rate_hz > 0):
            raise ValueError(f"rate_hz must be positive, not {rate_hz!r}")
        self._rate_hz = float(rate_hz)
        self._loop = loop

    @property
    def rate_hz(self) -> float:
        return self._rate_hz

    def block(self, start_index: int, n: int) -> tuple[FloatArray, FloatArray]:
        if self._loop:
            rows = np.arange(start_index, start_index + n) % len(self._acc)
            return self._acc[rows], self._gyr[rows]
        return self._acc[start_index : start_index + n], self._gyr[start_index : start_index + n]


def rows_at(feed: MotionFeed, first: int, n: int, rate_hz: float) -> tuple[FloatArray, FloatArray]:
    """n samples at `rate_hz` from number `first` on: the feed's own where the rates agree, else between two of them.

    `acc` and `gyr` (m, 3); m < n where the feed ends.
    """
    if feed.rate_hz == rate_hz:
        return feed.block(first, n)
    place = np.arange(first, first + n) * (feed.rate_hz / rate_hz)
    before = np.floor(place).astype(np.int64)
    acc, gyr = feed.block(int(before[0]), int(before[-1] - before[0]) + 2)
    before -= before[0]
    before = before[before + 1 < len(acc)]
    share = (place[: len(before)] % 1.0)[:, None]
    return (
        acc[before] * (1 - share) + acc[before + 1] * share,
        gyr[before] * (1 - share) + gyr[before + 1] * share,
    )


class Timeline:
    """The time of the simulated run, common to all sensors: starts when the first of them begins to stream."""

    def __init__(self) -> None:
        self._started_s: float | None = None
        self._started = asyncio.Event()

    def start(self) -> None:
        """Begin, unless begun before."""
        if self._started_s is None:
            self._started_s = asyncio.get_running_loop().time()
            self._started.set()

    async def wait(self, at_s: float) -> None:
        """Return at this time of the run."""
        await self._started.wait()
        await asyncio.sleep(max(0.0, at_s - self.now_s()))

    def now_s(self) -> float:
        """Seconds since the start; 0 before it."""
        return 0.0 if self._started_s is None else asyncio.get_running_loop().time() - self._started_s
