"""Device time stamps as they come (a counter that wraps) -> device time that only grows."""

from __future__ import annotations

import numpy as np

from monitor.sensors.base import DeviceClock
from monitor.values import IntArray


class TickUnwrapper:
    """Unwraps a counter that begins again after `clock.span` ticks; keeps its place between blocks.

    A step back of less than half the counter's range is taken as a step back (late or repeated packet, restart),
    a larger one as a wrap.
    """

    def __init__(self, clock: DeviceClock) -> None:
        self._clock = clock
        self._last_raw: int | None = None
        self._last: int = 0

    def push(self, tick: IntArray) -> IntArray:
        """Device time in nanoseconds, (n,), for raw ticks (n,)."""
        if len(tick) == 0:
            return np.empty(0, np.int64)
        span = self._clock.span
        if span == 0:
            return tick * self._clock.tick_ns
        first = int(tick[0]) if self._last_raw is None else self._last_raw
        steps = np.diff(tick, prepend=first)
        steps = (steps + span // 2) % span - span // 2
        out = self._last + np.cumsum(steps)
        if self._last_raw is None:
            out += first
        self._last_raw, self._last = int(tick[-1]), int(out[-1])
        return out * self._clock.tick_ns
