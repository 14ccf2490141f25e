"""Notifications that are one record each: whole numbers for acceleration and turning, perhaps with a time stamp."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from monitor.errors import DecodeError
from monitor.sensors.base import Decoded
from monitor.values import PacketBlock, SampleBlock

ACC: Final = "acc"
GYR: Final = "gyr"
TICK: Final = "tick"


@dataclass(frozen=True, slots=True)
class Record:
    """A layout: the fields `acc` and `gyr` of three numbers each, perhaps `tick`, and what one count is worth.

    `acc_per_count` in m/s² (negative where the maker's sign is that of gravity), `gyr_per_count` in rad/s. A number
    whose size is `acc_clip` or `gyr_clip` counts and more reads its full scale. `longest`: bytes behind the record up
    to this length belong to it and are not read; 0 = none may follow.
    """

    layout: np.dtype[Any]
    acc_per_count: float
    gyr_per_count: float
    acc_clip: int
    gyr_clip: int
    longest: int = 0


class RecordDecoder:
    """`monitor.sensors.base.Decoder` of such a family. A notification stands alone: nothing is held between calls."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._longest = max(record.longest, record.layout.itemsize)
        self._stamped = TICK in (record.layout.names or ())

    def reset(self) -> None:
        """Nothing to forget."""

    def push(self, packets: PacketBlock) -> Decoded:
        """One sample for each notification of the right length, one error for each other."""
        starts = np.concatenate(([0], packets.ends))[:-1]
        lengths = packets.ends - starts
        fits = (lengths >= self._record.layout.itemsize) & (lengths <= self._longest)
        rows = records(packets.data, starts[fits], self._record.layout)
        acc, gyr = rows[ACC].astype(np.float64), rows[GYR].astype(np.float64)
        at_end = (np.abs(acc) >= self._record.acc_clip) | (np.abs(gyr) >= self._record.gyr_clip)
        samples = SampleBlock(
            packets.t_ns[fits],
            rows[TICK].astype(np.int64) if self._stamped else None,
            acc * self._record.acc_per_count,
            gyr * self._record.gyr_per_count,
            np.asarray(at_end.any(axis=1)),
        )
        expected = f"{self._record.layout.itemsize} bytes"
        # Equal errors share one object: hostile data is long, its kinds of errors are few.
        refused = np.minimum(lengths[~fits], self._longest + 1).tolist()
        known = {size: DecodeError(size, expected, f"{size} bytes") for size in set(refused)}
        return Decoded(samples, tuple(known[size] for size in refused))


def records(data: bytes, starts: NDArray[np.int64], layout: np.dtype[Any]) -> NDArray[np.void]:
    """The records (m,) that begin at `starts` (m,); all of them must lie within `data`."""
    raw = np.frombuffer(data, np.uint8)[starts[:, np.newaxis] + np.arange(layout.itemsize)]
    rows: NDArray[np.void] = raw.view(layout)[:, 0]
    return rows


def encode(record: Record, acc: NDArray[np.float64], gyr: NDArray[np.float64], tick: int = 0) -> bytes:
    """One notification from `acc` (3,) m/s² and `gyr` (3,) rad/s, rounded and saturating like the sensor."""
    row = np.zeros((), record.layout)
    for name, values, unit, end in (
        (ACC, acc, record.acc_per_count, record.acc_clip),
        (GYR, gyr, record.gyr_per_count, record.gyr_clip),
    ):
        row[name] = np.clip(np.rint(values / unit), -end, min(end, 32767))
    if TICK in (record.layout.names or ()):
        row[TICK] = tick
    return row.tobytes()
