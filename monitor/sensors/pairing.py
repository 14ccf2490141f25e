"""Two streams of one sensor, acceleration and turning, each with its own time stamps, joined into samples.

Some sensors send the two apart. A sample is made of every acceleration, with the angular rate interpolated between
its two neighbours in time. It leaves with the notification that brought the later neighbour. Accelerations between
neighbours too far apart, or whose turn never comes, are left out: better a gap than a guess. Whether one is left out
depends on the order of the notifications alone, so that any split of them over calls gives the same samples.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np

from monitor.values import BoolArray, FloatArray, IntArray, SampleBlock


@dataclass(frozen=True, slots=True)
class Vectors:
    """One of the two streams, in the order of its notifications.

    `packet` (n,) counts notifications over both streams and never falls; `arrival_ns` (n,) is that of the
    notification; `tick` (n,) is device time that does not wrap; `vector` (n, 3) in SI units; `clipped` (n,).
    """

    packet: IntArray
    arrival_ns: IntArray
    tick: IntArray
    vector: FloatArray
    clipped: BoolArray

    def __len__(self) -> int:
        return len(self.tick)

    def at(self, which: IntArray | BoolArray | slice) -> Vectors:
        """Some of them: `which` are row numbers (m,), a mask (n,) or a slice."""
        return Vectors(
            self.packet[which], self.arrival_ns[which], self.tick[which], self.vector[which], self.clipped[which]
        )


NONE = Vectors(
    np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64), np.empty((0, 3)), np.empty(0, np.bool_)
)

_NEVER: Final = np.iinfo(np.int64).max


def joined(a: Vectors, b: Vectors) -> Vectors:
    """`a`, then `b`."""
    if not len(a) or not len(b):
        return a if len(a) else b
    return Vectors(
        np.concatenate((a.packet, b.packet)),
        np.concatenate((a.arrival_ns, b.arrival_ns)),
        np.concatenate((a.tick, b.tick)),
        np.concatenate((a.vector, b.vector)),
        np.concatenate((a.clipped, b.clipped)),
    )


class StreamPair:
    """Joins the two streams of one sensor.

    Parameters
    ----------
    widest : ticks between two angular rates that are still interpolated
    patience : an acceleration waits for its angular rates until so many later ones have come, and none is taken that
        comes behind so many angular rates too late; bounds what is held
    jump : a step back of more ticks than this is a new start of the device's clock; a smaller one is a late or
        repeated notification, which is left out
    """

    def __init__(self, widest: int, patience: int, jump: int) -> None:
        self._widest = widest
        self._patience = patience
        self._jump = jump
        self._packet = 0
        self._acc, self._gyr = _Held(), _Held()

    def reset(self) -> None:
        """Nothing waits any more: a new link."""
        self._acc, self._gyr = _Held(), _Held()

    def push(self, acc: Vectors, gyr: Vectors) -> SampleBlock:
        """The samples that these complete, in order. `packet` may count from 0 in each call."""
        first = self._packet
        self._packet += max([int(stream.packet[-1]) + 1 for stream in (acc, gyr) if len(stream)], default=0)
        acc, gyr = replace(acc, packet=acc.packet + first), replace(gyr, packet=gyr.packet + first)
        restarts = sorted({*self._acc.restarts(acc, self._jump), *self._gyr.restarts(gyr, self._jump)})
        parts: list[SampleBlock] = []
        for a, b in pairwise((first, *restarts, self._packet)):
            if a in restarts:
                self._acc.restart()
                self._gyr.restart()
            span = [slice(*np.searchsorted(stream.packet, (a, b))) for stream in (acc, gyr)]
            parts.append(self._advance(acc.at(span[0]), gyr.at(span[1])))
        return _in_a_row(parts)

    def _advance(self, acc: Vectors, gyr: Vectors) -> SampleBlock:
        """Within one stretch of the device's clock."""
        a, g = self._acc.with_later(acc), self._gyr.with_later(gyr)
        right = np.searchsorted(g.tick, a.tick)  # the first angular rate at or behind each acceleration
        answered = np.append(g.packet, _NEVER)[right]
        overdue = np.append(a.packet, _NEVER)[np.minimum(np.arange(len(a)) + self._patience, len(a))]
        too_late = np.searchsorted(g.packet, a.packet, side="right") - 1 - right > self._patience
        # An acceleration at the very time of an angular rate needs no left neighbour.
        left = right - (np.append(g.tick, _NEVER)[right] != a.tick)
        rows = np.flatnonzero((right < len(g)) & (answered <= overdue) & ~too_late & (left >= 0))
        i, j = left[rows], right[rows]
        width = g.tick[j] - g.tick[i]
        near = width <= self._widest
        rows, i, j, width = rows[near], i[near], j[near], width[near]
        share = ((a.tick[rows] - g.tick[i]) / np.maximum(width, 1))[:, np.newaxis]
        self._acc.keep(a.at((right == len(g)) & (overdue == _NEVER)))
        self._gyr.keep(g.at(slice(max(0, len(g) - self._patience - 2), None)))
        return SampleBlock(
            np.maximum(a.arrival_ns[rows], g.arrival_ns[j]),
            a.tick[rows],
            a.vector[rows],
            g.vector[i] + share * (g.vector[j] - g.vector[i]),
            a.clipped[rows] | g.clipped[i] | g.clipped[j],
        )


class _Held:
    """What is held of one stream, and how far it has come."""

    def __init__(self) -> None:
        self._vectors = NONE
        self._newest: int | None = None
        self._previous: int | None = None

    def restarts(self, new: Vectors, jump: int) -> list[int]:
        """Notifications with which the device's clock begins anew."""
        if not len(new):
            return []
        before = int(new.tick[0]) if self._previous is None else self._previous
        self._previous = int(new.tick[-1])
        return [int(each) for each in new.packet[np.diff(new.tick, prepend=before) < -jump]]

    def restart(self) -> None:
        """The device's clock begins anew: what is held has no partner any more."""
        self._vectors, self._newest = NONE, None

    def with_later(self, new: Vectors) -> Vectors:
        """What is held, then those of `new` that move the clock on."""
        if len(new):
            newest = int(new.tick[0]) - 1 if self._newest is None else self._newest
            reached = np.maximum.accumulate(np.concatenate(([newest], new.tick)))
            self._newest = int(reached[-1])
            new = new.at(new.tick > reached[:-1])
        return joined(self._vectors, new)

    def keep(self, vectors: Vectors) -> None:
        """Hold these for the next call."""
        self._vectors = vectors


def _in_a_row(parts: list[SampleBlock]) -> SampleBlock:
    if len(parts) == 1:
        return parts[0]
    ticks = [part.tick for part in parts if part.tick is not None]
    return SampleBlock(
        np.concatenate([part.arrival_ns for part in parts]),
        np.concatenate(ticks),
        np.concatenate([part.acc for part in parts]),
        np.concatenate([part.gyr for part in parts]),
        np.concatenate([part.clipped for part in parts]),
    )
