"""Decoded samples -> consecutive slots of a uniform grid on the run clock.

The grid is the sensor's own: slot k is its k-th sampling instant, so no sample is ever interpolated. Where the
device stamps its samples, the stamps tell which slots are missing; where it does not, samples are counted and loss
shows only as lateness that stays. Slots missing for at most `BRIDGE_S` are handed on as empty; longer holes start a
new block with `restart`.

Everything is causal and exact: any split of the same samples over `push` calls gives the same slots.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from monitor.sensors.base import DeviceClock
from monitor.timing.clockfit import COUNTED_SKEW, ClockFit, ClockLine
from monitor.timing.ticks import TickUnwrapper
from monitor.values import NS_PER_S, BoolArray, FloatArray, GridBlock, IntArray, SampleBlock

BRIDGE_S = 2.0
"""Longest hole that is bridged; after a longer one the estimators start anew."""
WARM_UP = 32
"""Samples held back at the start to measure the period of a stamped sensor."""
LATE_S = 0.5
"""An uncounted sensor whose least delay grows by more than this, and stays, has lost samples."""
LATE_SECONDS = 6
"""... for this many seconds of samples: the backlog of a stalled link is late as well, but catches up ..."""
STAYS_S = 0.1
"""... meaning that the least delays of each two of them agree. (Two, as some sensors send two seconds at once.)"""
EPOCH_JUMP_NS = 2 * NS_PER_S
"""Stamps that disagree with arrival by more than this come from a new start of the device's clock."""
AT_ONCE = 1 << 16
"""Rows of an uncounted sensor placed together: what comes behind a loss is placed anew when it is found."""
MAX_HOLE_SLOTS = 1 << 40
RATES_HZ = (5.0, 2000.0)
"""Rates beyond these are taken as these, so that no stamps can ask for an endless number of slots."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """Samples in flight: device time from the epoch's start (ns) beside the decoded arrays."""

    x: IntArray
    arrival_ns: IntArray
    acc: FloatArray
    gyr: FloatArray
    clipped: BoolArray

    def part(self, a: int, b: int) -> _Rows:
        return _Rows(self.x[a:b], self.arrival_ns[a:b], self.acc[a:b], self.gyr[a:b], self.clipped[a:b])

    def where(self, keep: BoolArray) -> _Rows:
        if keep.all():
            return self
        return _Rows(self.x[keep], self.arrival_ns[keep], self.acc[keep], self.gyr[keep], self.clipped[keep])

    def __len__(self) -> int:
        return len(self.x)


_NO_ROWS = _Rows(np.empty(0, np.int64), np.empty(0, np.int64), np.empty((0, 3)), np.empty((0, 3)), np.empty(0, bool))


def _join(a: _Rows, b: _Rows) -> _Rows:
    if len(a) == 0:
        return b
    return _Rows(
        np.concatenate((a.x, b.x)),
        np.concatenate((a.arrival_ns, b.arrival_ns)),
        np.concatenate((a.acc, b.acc)),
        np.concatenate((a.gyr, b.gyr)),
        np.concatenate((a.clipped, b.clipped)),
    )


class Grid:
    """One sensor's timing: `push` samples, get grid blocks; `relink` after a lost link.

    Parameters
    ----------
    rate_hz : nominal sample rate
    clock : the family's device clock, None where samples carry no stamp
    exact : stamps are run-clock times already (an imported table)
    after_ns : no slot is earlier than this, run clock; None where nothing came before
    """

    def __init__(
        self, rate_hz: float, clock: DeviceClock | None, *, exact: bool = False, after_ns: int | None = None
    ) -> None:
        self._clock = clock
        self._exact = exact
        self._unwrap = TickUnwrapper(clock) if clock else None
        self.period_ns = _bounded(NS_PER_S / rate_hz)
        self._warm: _Rows | None = _NO_ROWS if clock else None
        skew, span_s = (clock.max_skew, 10) if clock else (COUNTED_SKEW, 3)
        self._fit = ClockFit(max_skew=skew, min_span_ns=span_s * NS_PER_S)
        self._line: ClockLine | None = None
        self._new_epoch = True
        self._counted = 0  # samples of this epoch, for sensors without a stamp
        self._hole_slots = 0  # slots known to be missing before the next row
        self._next_slot = 0
        self._last_x = 0  # of the last row placed
        self._row_x = 0  # of the last row that came, placed or not
        self._row_arrival_ns = 0
        self._least_late = 0
        self._late_ns: list[float] = []  # of the last seconds, while an uncounted sensor seems to have lost samples
        self._last_t_ns = after_ns
        self._placed_t_ns = 0
        self._chunk: tuple[int, int, int] | None = None  # rows so far, x and arrival of the least late one
        self.samples = 0
        self.lost = 0

    @property
    def rate_hz(self) -> float:
        """Sample rate against the run clock; NaN before it is measured."""
        if self._exact:
            return NS_PER_S / self.period_ns if self.samples > 1 else float("nan")
        if self._line is None or not self._fit.settled:
            return float("nan")
        return NS_PER_S / (self.period_ns * self._line.rate)

    @property
    def last_ns(self) -> int | None:
        """Run-clock time of the last slot; None before it."""
        return self._last_t_ns

    def relink(self) -> None:
        """The link was lost: what comes next belongs to a new stretch of the device's clock or count."""
        self._new_epoch = not self._exact or self.samples == 0

    def push(self, samples: SampleBlock) -> list[GridBlock]:
        """Grid blocks that these samples complete, in order. Samples of one notification must come together."""
        if len(samples) == 0:
            return []
        x = np.zeros(len(samples), np.int64)
        if self._unwrap is not None:
            if samples.tick is None:
                raise ValueError("this family promises time stamps")
            x = self._unwrap.push(samples.tick)
        rows = _Rows(x, samples.arrival_ns, samples.acc, samples.gyr, samples.clipped)
        if self._warm is not None:
            rows = _join(self._warm, rows)
            if len(rows) < WARM_UP:
                self._warm = rows
                return []
            self._warm = None
            self._measure_period(rows)
        blocks: list[GridBlock] = []
        for a, b, broken in self._stretches(rows):
            self._new_epoch |= broken
            while a < b:
                a += self._advance(rows.part(a, b), blocks)
        return blocks

    # ------------------------------------------------------------------ the device's clock

    def _measure_period(self, rows: _Rows) -> None:
        """The period from the stamps of the first samples, where it is far (5 %) from nominal."""
        steps = np.diff(rows.x[:WARM_UP])
        steps = steps[steps > 0]
        if len(steps):
            # The mean of the steps without a hole in them: stamps may be so coarse that no single step is right.
            middle = np.median(steps)
            usual = steps[np.abs(steps - middle) <= middle / 2]
            period = _bounded(float(np.mean(usual) if len(usual) else middle))
            if abs(period / self.period_ns - 1) > 0.05:
                self.period_ns = period

    def _stretches(self, rows: _Rows) -> list[tuple[int, int, bool]]:
        """Row spans between jumps of the device's clock: (from, to, whether a jump precedes it).

        A jump is a step back by more than late packets explain, or a step forward that would make samples arrive
        before they were measured.
        """
        n = len(rows)
        if self._clock is None or self._exact:
            return [(0, n, False)]
        fresh = self._new_epoch
        dx = np.diff(rows.x, prepend=rows.x[0] if fresh else self._row_x)
        if dx.max() <= EPOCH_JUMP_NS and dx.min() >= -EPOCH_JUMP_NS:  # nearly always
            least_late = int(np.min(rows.arrival_ns - rows.x))
            self._least_late = least_late if fresh else min(self._least_late, least_late)
            self._row_x, self._row_arrival_ns = int(rows.x[-1]), int(rows.arrival_ns[-1])
            return [(0, n, False)]
        dr = np.diff(rows.arrival_ns, prepend=rows.arrival_ns[0] if fresh else self._row_arrival_ns)
        late = rows.arrival_ns - rows.x
        back = np.flatnonzero(dx < -EPOCH_JUMP_NS)
        # The least delay before each row; it is learned anew after every step back.
        before = late.copy()
        for a, b in pairwise([0, *[int(i) for i in back if i > 0], n]):
            known = late[a] if fresh or dx[a] < -EPOCH_JUMP_NS else self._least_late
            before[a:b] = np.minimum.accumulate(np.concatenate(([known], late[a : b - 1])))
            self._least_late = int(min(before[b - 1], late[b - 1]))
        ahead = (dx > EPOCH_JUMP_NS) & (dx - dr > EPOCH_JUMP_NS) & (late < before - EPOCH_JUMP_NS)
        self._row_x, self._row_arrival_ns = int(rows.x[-1]), int(rows.arrival_ns[-1])
        starts = np.flatnonzero((dx < -EPOCH_JUMP_NS) | ahead).tolist()
        edges = [0, *[i for i in starts if i > 0], n]
        jumps = set(starts)
        return [(a, b, a in jumps) for a, b in pairwise(edges)]

    def _begin_epoch(self, rows: _Rows) -> None:
        """A new stretch of the device's clock: anchor it by the arrival of its first notification."""
        self._fit.restart()
        self._chunk = None
        self._late_ns = []
        rate = self._line.rate if self._line else 1.0
        if self._exact:
            self._line = ClockLine(0.0, 1.0)
        else:
            # Of one notification the last sample waited least.
            first = rows.arrival_ns == rows.arrival_ns[0]
            self._line = ClockLine(float(np.min(rows.arrival_ns[first] - rate * rows.x[first])), rate)
        if self._last_t_ns is not None:
            hole_ns = self._line.at(float(rows.x[0])) - self._last_t_ns
            self._hole_slots = max(0, round(hole_ns / (self.period_ns * rate)) - 1)
        self._last_x = int(rows.x[0]) - round(self.period_ns)
        self._new_epoch = False

    # ------------------------------------------------------------------ slots and times

    def _advance(self, rows: _Rows, blocks: list[GridBlock]) -> int:
        """Place rows of one clock stretch; returns how many. Those behind a loss found here wait until it is known."""
        taken = len(rows)
        if self._clock is None:
            taken = min(taken, AT_ONCE)
            if self._new_epoch:
                self._counted = 0
            x = np.rint((self._counted + np.arange(taken)) * self.period_ns).astype(np.int64)
            rows = replace(rows.part(0, taken), x=x)
        else:
            # Repeated or late packets: keep only what moves the clock on.
            floor = -(1 << 62) if self._new_epoch else self._last_x
            if rows.x[0] <= floor or np.any(rows.x[1:] <= rows.x[:-1]):
                before = np.maximum.accumulate(np.concatenate(([floor], rows.x[:-1])))
                rows = rows.where(rows.x > before)
            if len(rows) == 0:
                return taken
        if self._new_epoch:
            self._begin_epoch(rows)
        t_ns, missing = self._times(rows)
        if len(t_ns) < len(rows):
            taken = len(t_ns)
            rows = rows.part(0, taken)
        self._place(rows, t_ns, blocks)
        self._counted += len(rows) + missing
        self._hole_slots = missing
        return taken

    def _times(self, rows: _Rows) -> tuple[IntArray, int]:
        """Run-clock times (m,) of the first m rows, refitting every second, and the slots found lost behind them."""
        assert self._line is not None
        if self._exact:
            t_ns = rows.x if self._last_t_ns is None else np.maximum(rows.x, self._last_t_ns)
            self._last_t_ns = int(t_ns[-1])
            return t_ns, 0
        size = max(1, round(NS_PER_S / self.period_ns))
        held, best_x, best_r = self._chunk or (0, 0, 0)
        complete, over = divmod(held + len(rows), size)
        least = _least_late(rows, size, held)
        lines: list[ClockLine] = []
        missing = 0
        for x, arrival in zip(rows.x[least].tolist(), rows.arrival_ns[least].tolist(), strict=True):
            begun = held > 0 and not lines
            if not begun or arrival - x < best_r - best_x:
                best_x, best_r = x, arrival
            lines.append(self._line)
            if len(lines) <= complete:
                missing = self._close_second(best_x, best_r)
                if missing:
                    break
        self._chunk = (over, best_x, best_r) if len(lines) > complete else None
        ends = np.minimum(np.arange(1, len(lines) + 1) * size - held, len(rows))
        each = np.diff(ends, prepend=0)
        offsets, rates = np.array([line.offset_ns for line in lines]), np.array([line.rate for line in lines])
        t_ns = np.rint(np.repeat(offsets, each) + np.repeat(rates, each) * rows.x[: ends[-1]]).astype(np.int64)
        floor = int(t_ns[0]) if self._last_t_ns is None else self._last_t_ns
        t_ns = np.maximum(np.maximum.accumulate(t_ns), floor)
        self._last_t_ns = int(t_ns[-1])
        return t_ns, missing

    def _close_second(self, x: int, arrival: int) -> int:
        """A second is complete: refit, or say how many uncounted slots its lateness shows to be lost."""
        assert self._line is not None
        if self._clock is None and self._fit.settled:
            late_ns = arrival - self._line.at(x)
            if late_ns > LATE_S * NS_PER_S:
                return self._lost_if_it_stays(late_ns)
            if late_ns < -LATE_S * NS_PER_S:
                # Taken for lost, but it was on its way: the count runs ahead.
                self._fit.restart()
        self._late_ns = []
        self._line = self._fit.add(x, arrival)
        return 0

    def _lost_if_it_stays(self, late_ns: float) -> int:
        """Slots lost, 0 while that is not sure."""
        assert self._line is not None
        self._late_ns.append(late_ns)
        if len(self._late_ns) < LATE_SECONDS:
            return 0
        least_ns = [min(pair) for pair in zip(self._late_ns[::2], self._late_ns[1::2], strict=True)]
        if max(least_ns) - min(least_ns) > STAYS_S * NS_PER_S:
            del self._late_ns[0]
            return 0
        self._late_ns = []
        return round(min(least_ns) / (self.period_ns * self._line.rate))

    def _place(self, rows: _Rows, t_ns: IntArray, blocks: list[GridBlock]) -> None:
        """Give rows (n,) with times (n,) their slots; append blocks, split at long holes."""
        first_ever = self.samples == 0
        if self._clock is None:
            steps = np.ones(len(rows), np.int64)
        else:
            ratio = np.diff(rows.x, prepend=self._last_x) / self.period_ns
            steps = np.maximum(1, np.rint(np.minimum(ratio, MAX_HOLE_SLOTS))).astype(np.int64)
        steps[0] += self._hole_slots
        if first_ever:
            steps[0] = 1
        index = self._next_slot + np.cumsum(steps) - 1
        self.lost += int(np.sum(steps - 1))
        self.samples += len(rows)
        self._next_slot = int(index[-1]) + 1
        self._last_x = int(rows.x[-1])
        before_ns, self._placed_t_ns = self._placed_t_ns, int(t_ns[-1])
        long = steps - 1 > BRIDGE_S * NS_PER_S / self.period_ns
        cuts = [0, *(np.flatnonzero(long[1:]) + 1).tolist(), len(rows)]
        for a, b in pairwise(cuts):
            restart = bool(long[a]) or (first_ever and a == 0)
            bridged = 0 if restart else int(steps[a]) - 1
            blocks.append(self._block(rows.part(a, b), index[a:b], bridged, before_ns, t_ns[a:b], restart))

    def _block(
        self, rows: _Rows, index: IntArray, bridged: int, before_ns: int, t_ns: IntArray, restart: bool
    ) -> GridBlock:
        """Consecutive slots up to the last row; `bridged` empty ones come first, after a row of time `before_ns`."""
        start = int(index[0]) - bridged
        size = int(index[-1]) + 1 - start
        period_s = self.period_ns / NS_PER_S
        if size == len(rows):
            real = np.ones(size, bool)
            return GridBlock(start, period_s, t_ns, rows.arrival_ns, rows.acc, rows.gyr, real, rows.clipped, restart)
        at = index - start
        real = np.zeros(size, bool)
        real[at] = True
        acc, gyr, clipped = np.full((size, 3), np.nan), np.full((size, 3), np.nan), np.zeros(size, bool)
        acc[at], gyr[at], clipped[at] = rows.acc, rows.gyr, rows.clipped
        # An empty slot's time lies evenly between its real neighbours', however the rows were grouped.
        upcoming = np.cumsum(real) - real  # the row that is in the slot or the next one behind it
        t, empty = t_ns[upcoming], np.flatnonzero(~real)
        row = upcoming[empty]
        known_at, known_t = np.concatenate(([-1], at)), np.concatenate(([before_ns], t_ns))
        width, rise = np.diff(known_at)[row], np.diff(known_t)[row]
        t[empty] -= (at[row] - empty) * rise // width
        return GridBlock(start, period_s, t, rows.arrival_ns[upcoming], acc, gyr, real, clipped, restart)


def _least_late(rows: _Rows, size: int, held: int) -> IntArray:
    """Which row waited least, in each second of `size` rows; of the first second `held` rows came earlier."""
    seconds = -(-(held + len(rows)) // size)
    late = np.full(seconds * size, np.iinfo(np.int64).max)
    np.subtract(rows.arrival_ns, rows.x, out=late[held : held + len(rows)])
    return np.asarray(late.reshape(seconds, size).argmin(axis=1) + np.arange(seconds) * size - held)


def _bounded(period_ns: float) -> float:
    low_hz, high_hz = RATES_HZ
    return min(max(period_ns, NS_PER_S / high_hz), NS_PER_S / low_hz)
