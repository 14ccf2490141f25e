"""An asyncio event loop whose clock jumps to the next timer when nothing is ready: a day of radio in minutes.

Everything in the loop takes exactly the simulated time that it waits for, and none for computing; so a run depends on
its seed alone, not on how busy the computer is.
"""

from __future__ import annotations

import asyncio
import selectors
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

BEGIN_S = 1000.0
"""What the clock shows at first: no code may take it for the time since the start."""


class VirtualClock:
    """The time of all loops that were made for it. While it does not `race`, it goes as fast as any other clock."""

    def __init__(self) -> None:
        self.loop_s = BEGIN_S
        self.racing = True

    def now_s(self) -> float:
        """Seconds since it was made."""
        return self.loop_s - BEGIN_S

    def now_ns(self) -> int:
        """Nanoseconds since it was made: the run clock of a soak."""
        return round(self.now_s() * 1e9)


class _JumpingSelector(selectors.DefaultSelector):
    """Where asyncio would wait for a timer, the clock is put forward instead."""

    clock: VirtualClock

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if self.clock.racing and timeout is not None:
            ready = super().select(0)
            if not ready and timeout > 0:
                self.clock.loop_s += timeout
            return ready
        start = time.monotonic()
        ready = super().select(timeout)
        self.clock.loop_s += time.monotonic() - start
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop on a `VirtualClock`."""

    def __init__(self, clock: VirtualClock) -> None:
        selector = _JumpingSelector()
        selector.clock = clock
        super().__init__(selector)
        self._clock = clock

    def time(self) -> float:
        return self._clock.loop_s


@contextmanager
def virtual_loops(clock: VirtualClock) -> Iterator[None]:
    """Inside, every `asyncio.run` of any thread gets a loop on this clock, also that of a Bluetooth source."""

    class Policy(asyncio.DefaultEventLoopPolicy):
        def new_event_loop(self) -> asyncio.AbstractEventLoop:
            return VirtualLoop(clock)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of Python 3.14, which has no other way to reach a thread
        before = asyncio.get_event_loop_policy()
        asyncio.set_event_loop_policy(Policy())
        try:
            yield
        finally:
            asyncio.set_event_loop_policy(before)
