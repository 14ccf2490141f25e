"""How long the Bluetooth reader waits for what, in one place, so that tests can be quick."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LinkTiming:
    """Seconds, all of them, unless the name says otherwise."""

    search_s: float = 10.0
    """A search without a find says so after this long, and goes on."""
    choose_s: float = 1.0
    """With a free choice of sensors, how long others may announce themselves before the strongest is taken."""
    same_name_s: float = 20.0
    """A known sensor that does not come back under its address is looked for by name after this long."""
    unfit_s: float = 60.0
    """A device that turned out to be no such sensor is left alone for this long."""
    radio_s: float = 10.0
    """Opening or closing the radio, starting or stopping a scan."""
    connect_s: float = 20.0
    """Connecting, with the discovery of services (bleak's own limit is 30 s)."""
    step_s: float = 5.0
    """One read, write or subscription."""
    answer_s: float = 2.0
    """A requested notification; after that the answer is read instead, where it can be read."""
    setup_s: float = 30.0
    """All of a sensor's set-up."""
    battery_s: float = 180.0
    """Between two looks at the battery."""
    stale_s: float = 2.0
    stale_intervals: float = 3.0
    """Stale after the longer of `stale_s` and so many notification intervals without data."""
    lost_s: float = 5.0
    lost_intervals: float = 5.0
    """Given up after the longer of these two."""
    retry_s: float = 0.2
    retry_longest_s: float = 5.0
    """The pause before the next attempt: from the first, doubling with each failure, to the second."""
    retry_computer_s: float = 2.0
    """The longest pause where the computer's own Bluetooth is off or gone: asking again disturbs nobody."""
    farewell_s: float = 2.0
    """Each of: telling a sensor to stop, disconnecting, ending the scan, closing the radio."""

    def stale_after_s(self, interval_s: float) -> float:
        """Silence that makes a link stale, for a sensor that notifies every `interval_s`."""
        return max(self.stale_s, self.stale_intervals * interval_s)

    def lost_after_s(self, interval_s: float) -> float:
        """Silence after which the connection is given up."""
        return max(self.lost_s, self.lost_intervals * interval_s)

    def stop_bound_s(self) -> float:
        """The longest that stopping may take."""
        return 5 * self.farewell_s


async def within(seconds: float, doing: str, work: Awaitable[T]) -> T:
    """The result of `work`. Raises TimeoutError(doing) when it takes longer; `doing` reads as 'connecting'."""
    try:
        async with asyncio.timeout(seconds) as limit:
            return await work
    except TimeoutError:
        if limit.expired():
            raise TimeoutError(doing) from None
        raise
