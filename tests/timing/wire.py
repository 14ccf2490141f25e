"""SIMULATED sample streams for the grid: numbered samples, a device clock with its flaws, and a bursty link.

`acc[:, 0]` of every sample is its true number, so that a test can see which slot it was given.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from monitor.sensors.base import DeviceClock
from monitor.timing.grid import Grid
from monitor.values import GridBlock, SampleBlock

S = 10**9
MICROSECONDS = DeviceClock(tick_ns=1000, wrap_bits=32)


@dataclass(frozen=True)
class Wire:
    """n samples in the order they arrive: number, true time (ns), arrival (ns), raw stamp (ticks)."""

    number: np.ndarray
    true_ns: np.ndarray
    arrival_ns: np.ndarray
    tick: np.ndarray

    def pick(self, keep) -> Wire:
        return Wire(self.number[keep], self.true_ns[keep], self.arrival_ns[keep], self.tick[keep])

    def __add__(self, other: Wire) -> Wire:
        _, rank = np.unique(other.arrival_ns, return_inverse=True)
        later = np.maximum(other.arrival_ns, self.arrival_ns[-1] + 1 + rank)
        return Wire(
            np.concatenate((self.number, other.number)),
            np.concatenate((self.true_ns, other.true_ns)),
            np.concatenate((self.arrival_ns, later)),
            np.concatenate((self.tick, other.tick)),
        )

    def samples(self, *, stamped: bool) -> SampleBlock:
        n = len(self.number)
        acc = np.zeros((n, 3))
        acc[:, 0] = self.number
        tick = self.tick if stamped else None
        return SampleBlock(self.arrival_ns, tick, acc, np.zeros((n, 3)), np.zeros(n, bool))


def wire(
    seconds: float,
    rate_hz: float,
    *,
    per: int | None = None,
    ppm: float = 0.0,
    first: int = 0,
    boot_s: float = 3000.0,
    delay_s: float = 0.03,
    seed: int = 0,
) -> Wire:
    """Notifications of `per` samples (default: every 80 ms) with exponential delays that never overtake.

    The device clock runs `ppm` fast and started `boot_s` before the run's clock.
    """
    rng = np.random.default_rng(seed)
    per = per or max(1, round(0.08 * rate_hz))
    n = round(seconds * rate_hz) // per * per
    number = first + np.arange(n)
    true_s = number / rate_hz
    last_s = true_s[per - 1 :: per]
    arrival_s = np.maximum.accumulate(last_s + 0.004 + rng.exponential(delay_s, len(last_s)))
    arrival = np.rint(arrival_s * S).astype(np.int64)
    arrival += np.arange(len(arrival))  # strictly increasing
    device_us = np.rint((boot_s + true_s * (1 + ppm * 1e-6)) * 1e6).astype(np.int64)
    return Wire(number, np.rint(true_s * S).astype(np.int64), np.repeat(arrival, per), device_us % (1 << 32))


def borders(w: Wire) -> list[int]:
    """Where one notification ends and the next begins."""
    return (np.flatnonzero(np.diff(w.arrival_ns)) + 1).tolist()


def feed(grid: Grid, w: Wire, *, stamped: bool = True, cuts: list[int] | None = None) -> list[GridBlock]:
    """Push a wire, split at `cuts` (default: after every notification)."""
    edges = [0, *(borders(w) if cuts is None else cuts), len(w.number)]
    out: list[GridBlock] = []
    for a, b in pairwise(edges):
        out += grid.push(w.pick(slice(a, b)).samples(stamped=stamped))
    return out


@dataclass(frozen=True)
class Slots:
    """All slots of some grid blocks end to end; a hole that was not bridged is simply absent."""

    index: np.ndarray
    t_ns: np.ndarray
    arrival_ns: np.ndarray
    real: np.ndarray
    number: np.ndarray
    restarts: list[int]


def slots(blocks: list[GridBlock]) -> Slots:
    return Slots(
        np.concatenate([b.index + np.arange(len(b)) for b in blocks]),
        np.concatenate([b.t_ns for b in blocks]),
        np.concatenate([b.arrival_ns for b in blocks]),
        np.concatenate([b.real for b in blocks]),
        np.concatenate([b.acc[:, 0] for b in blocks]),
        [b.index for b in blocks if b.restart],
    )
