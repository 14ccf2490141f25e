"""An event loop whose clock jumps to the next timer when nothing is ready, but first waits a moment for others.

A minute of simulated running takes seconds. On the path through D-Bus another process, the bus daemon, has to get its
turn before the clock moves. Where it needs longer than it is given, the simulated wait is longer by as much as one
timer: the times of the table are never too short by it.
"""

from __future__ import annotations

import asyncio
import selectors
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from dbus_fast.aio import message_bus

_BEGIN_S = 1000.0
_LOOKS = 25
"""So often is the bus daemon waited for before a message is thought to have gone to nobody."""


class PatientClock:
    """The time of all loops that were made for it; `race` False: as fast as any other clock."""

    def __init__(self, patience_s: float = 0.002) -> None:
        self.loop_s = _BEGIN_S
        self.patience_s = patience_s
        self.race = True
        self.under_way = 0
        """Messages to others that have not come back."""

    def now_s(self) -> float:
        """Seconds since it was made."""
        return self.loop_s - _BEGIN_S

    def now_ns(self) -> int:
        """The same in nanoseconds: the run clock of a session."""
        return round(self.now_s() * 1e9)


class _Selector(selectors.DefaultSelector):  # type: ignore[misc,valid-type]
    clock: PatientClock

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        clock = self.clock
        if not clock.race or timeout is None:
            start = time.monotonic()
            ready = super().select(timeout)
            clock.loop_s += time.monotonic() - start
            return ready
        if timeout <= 0:
            return super().select(0)
        for _ in range(_LOOKS if clock.under_way else 1):
            if ready := super().select(clock.patience_s if clock.under_way else 0):
                return ready
        clock.under_way = 0
        clock.loop_s += timeout
        return []


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self, clock: PatientClock) -> None:
        selector = _Selector()
        selector.clock = clock
        super().__init__(selector)
        self._clock = clock

    def time(self) -> float:
        return self._clock.loop_s


@contextmanager
def loops_on(clock: PatientClock) -> Iterator[None]:
    """Inside, every `asyncio.run` of any other thread gets a loop on this clock."""
    here = threading.current_thread()

    class Policy(asyncio.DefaultEventLoopPolicy):
        def new_event_loop(self) -> asyncio.AbstractEventLoop:
            return super().new_event_loop() if threading.current_thread() is here else _Loop(clock)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of Python 3.14
        before = asyncio.get_event_loop_policy()
        asyncio.set_event_loop_policy(Policy())
        try:
            yield
        finally:
            asyncio.set_event_loop_policy(before)


@contextmanager
def waiting_for_the_bus(clock: PatientClock) -> Iterator[None]:
    """Inside, the clock stands while messages of this process are with a D-Bus daemon."""
    write, build = message_bus._MessageWriter.buffer_message, message_bus.build_message_reader

    def sent(self: Any, *arguments: Any) -> None:
        clock.under_way += 1
        write(self, *arguments)

    def reader(sock: Any, process: Callable[[Any], None], *others: Any) -> Any:
        def arrived(message: Any) -> None:
            clock.under_way = max(0, clock.under_way - 1)
            process(message)

        return build(sock, arrived, *others)

    with (
        patch.object(message_bus._MessageWriter, "buffer_message", sent),
        patch.object(message_bus, "build_message_reader", reader),
    ):
        yield
