"""Device time -> run clock, robust to delays that are never negative.

A notification is never early: arrival = true time + delay, delay >= 0, often bursty. The true relation is therefore
the line *under* the points (device time, arrival). Of all lines below every point we take the edge of the lower
convex hull under the middle of the data: it minimises the summed distance to the points (Moon, Skelly and Towsley,
"Estimation and removal of clock skew from network delay measurements", INFOCOM 1999), and a burst or a stall
cannot pull it.
"""

from __future__ import annotations

from dataclasses import dataclass

COUNTED_SKEW = 0.12
"""A nominal rate may be 10 % off to either side: 1 / 0.9 = 1.11."""


@dataclass(frozen=True, slots=True)
class ClockLine:
    """run_ns = offset_ns + rate * device_ns; `rate` is run nanoseconds per device nanosecond."""

    offset_ns: float
    rate: float

    def at(self, device_ns: float) -> float:
        """Run-clock time of one device time, ns."""
        return self.offset_ns + self.rate * device_ns


class ClockFit:
    """The line under a growing set of (device_ns, arrival_ns) points, kept over a sliding window.

    Parameters
    ----------
    max_skew : largest credible deviation of `rate` from 1 (1e-3 for a crystal, `COUNTED_SKEW` for a counted rate)
    min_span_ns : device-time span needed before the slope is believed; until then the rate last known is used
    window_ns : how far back points count, so that a crystal's drift with temperature is followed
    """

    def __init__(self, max_skew: float, min_span_ns: int, window_ns: int = 600 * 10**9) -> None:
        self._max_skew = max_skew
        self._min_span_ns = min_span_ns
        self._window_ns = window_ns
        self._rate = 1.0
        self._hull: list[tuple[int, int]] = []

    @property
    def settled(self) -> bool:
        """Whether the slope is measured, not assumed."""
        return len(self._hull) >= 2 and self._hull[-1][0] - self._hull[0][0] >= self._min_span_ns

    def restart(self) -> None:
        """Forget the points, keep the rate: after a lost link the offset is new, the crystal is not."""
        self._hull.clear()

    def add(self, device_ns: int, arrival_ns: int) -> ClockLine:
        """Add one point with device_ns larger than all before; returns the line as now known."""
        hull = self._hull
        while len(hull) >= 2 and not _turns_left(hull[-2], hull[-1], (device_ns, arrival_ns)):
            hull.pop()
        hull.append((device_ns, arrival_ns))
        while len(hull) > 2 and hull[1][0] < device_ns - self._window_ns:
            del hull[0]
        return self._line()

    def _line(self) -> ClockLine:
        hull = self._hull
        rate = self._rate
        base_x, base_y = hull[-1]
        if self.settled:
            middle = (hull[0][0] + base_x) / 2
            right = 1
            while hull[right][0] < middle:
                right += 1
            (x0, y0), (base_x, base_y) = hull[right - 1], hull[right]
            rate = (base_y - y0) / (base_x - x0)
            self._rate = rate = min(max(rate, 1 - self._max_skew), 1 + self._max_skew)
        # With the rate fixed, the line rests on the lowest point.
        offset = min([(y - base_y) - rate * (x - base_x) for x, y in hull])
        return ClockLine(base_y + offset - rate * base_x, rate)


def _turns_left(a: tuple[int, int], b: tuple[int, int], c: tuple[int, int]) -> bool:
    """Whether the path a-b-c turns counter-clockwise (exact, in integers)."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) > 0


def measure_rate_hz(sample_index: list[int], arrival_ns: list[int], nominal_hz: float) -> float:
    """True sample rate from sample numbers (increasing) and arrival times of the packets that brought them.

    Uses the last sample of each packet best; needs a few seconds. `nominal_hz` may be 10 % wrong.
    """
    period_ns = 1e9 / nominal_hz
    fit = ClockFit(max_skew=COUNTED_SKEW, min_span_ns=0, window_ns=1 << 62)
    line = ClockLine(0.0, 1.0)
    for index, arrival in zip(sample_index, arrival_ns, strict=True):
        line = fit.add(round(index * period_ns), arrival)
    return nominal_hz / line.rate
