"""Notifications of an MbientLab MetaMotion: `u8 module, u8 register`, then values. No time stamp, no counter.

Acceleration and turning come apart, each as one sample of three i16 or as three of them. Nothing tells which belong
together but their order on the link: both are measured by one chip at one rate, so they alternate. The fused outputs
are read by `fusion` alone, for who wants to compare. Source: mbientlab/MetaWear-SDK-Cpp (`src`, `test`).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from monitor.errors import DecodeError
from monitor.sensors.base import Decoded
from monitor.values import STANDARD_GRAVITY, FloatArray, IntArray, PacketBlock, SampleBlock

ACCELEROMETER: Final = 0x03
GYROSCOPE: Final = 0x13
FUSION: Final = 0x19
ACC_PER_G: Final = {2: 16384.0, 4: 8192.0, 8: 4096.0, 16: 2048.0}
GYR_PER_DPS: Final = {2000: 16.4, 1000: 32.8, 500: 65.6, 250: 131.2, 125: 262.4}
HEAD: Final = 2
_VECTOR: Final = 6
PACKED: Final = 3
"""Samples in a packed notification."""

# Fused output -> how many f32, and what they are divided by.
_FUSED: Final = {
    4: (3, 1000.0),
    5: (3, 1.0),
    7: (4, 1.0),
    8: (4, 1.0),
    9: (3, STANDARD_GRAVITY),
    10: (3, STANDARD_GRAVITY),
}


def vectors(notification: bytes, per_unit: float) -> FloatArray:
    """The samples (n,3) of a notification of either module, in the unit that `per_unit` counts make one of.

    Raises DecodeError for a length that is not that of one or three samples.
    """
    if len(notification) not in (HEAD + _VECTOR, HEAD + PACKED * _VECTOR):
        raise DecodeError(len(notification), "8 or 20 bytes", f"{len(notification)}")
    return np.frombuffer(notification, "<i2", offset=HEAD).reshape(-1, 3) / per_unit


def fusion(notification: bytes) -> FloatArray:
    """A fused output: register 4 acceleration (g), 5 turning (deg/s), 7 quaternion w x y z, 8 heading pitch roll yaw
    (deg), 9 gravity (g), 10 acceleration without gravity (g); shape (3,) or (4,).

    Raises DecodeError for another module or register and for a notification that is too short.
    """
    known = _FUSED.get(notification[1]) if len(notification) >= HEAD and notification[0] == FUSION else None
    if known is None:
        raise DecodeError(0, "a fused output", notification[:HEAD].hex(" ") or "nothing")
    count, divided_by = known
    if len(notification) < HEAD + 4 * count:
        raise DecodeError(len(notification), f"{HEAD + 4 * count} bytes", f"{len(notification)}")
    return np.frombuffer(notification, "<f4", count, HEAD) / divided_by


class MetaMotionDecoder:
    """`monitor.sensors.base.Decoder` of the family. Holds at most one notification between calls.

    `MetaMotionDecoder(config)` raises DecodeError where `config` is not: register of the acceleration, register of
    the turning, samples in each (1 or 3), range in g, range in deg/s (u16).
    """

    def __init__(self, config: bytes) -> None:
        acc_range, gyr_range = config[3] if len(config) == 6 else 0, int.from_bytes(config[4:], "little")
        if acc_range not in ACC_PER_G or gyr_range not in GYR_PER_DPS or config[2] not in (1, PACKED):
            raise DecodeError(0, "two registers, 1 or 3 samples and two ranges", config[:8].hex(" ") or "nothing")
        self._size = HEAD + config[2] * _VECTOR
        self._heads = np.array([(ACCELEROMETER, config[0]), (GYROSCOPE, config[1])], np.uint8)
        self._scale = (STANDARD_GRAVITY / ACC_PER_G[acc_range], math.radians(1.0) / GYR_PER_DPS[gyr_range])
        self.reset()

    def reset(self) -> None:
        """Forgets a notification that waits for its partner: a new link."""
        self._kind = np.empty(0, np.int64)
        self._t_ns = np.empty(0, np.int64)
        self._rows = np.empty((0, self._size), np.uint8)

    def push(self, packets: PacketBlock) -> Decoded:
        """The samples whose both halves are there, and one error for each notification that is neither."""
        starts = np.concatenate(([0], packets.ends))[:-1]
        lengths = packets.ends - starts
        sized = np.flatnonzero(lengths == self._size)
        rows = np.frombuffer(packets.data, np.uint8)[starts[sized][:, np.newaxis] + np.arange(self._size)]
        is_acc, is_gyr = ((rows[:, :HEAD] == head).all(axis=1) for head in self._heads)
        ours = is_acc | is_gyr
        bad = np.setdiff1d(np.arange(len(lengths)), sized[ours])
        kind = np.concatenate((self._kind, is_gyr[ours].astype(np.int64)))
        t_ns = np.concatenate((self._t_ns, packets.t_ns[sized[ours]]))
        rows = np.concatenate((self._rows, rows[ours]))
        first, waiting = _pairs(kind)
        self._kind, self._t_ns, self._rows = kind[waiting:], t_ns[waiting:], rows[waiting:]
        return Decoded(self._samples(kind, t_ns, rows, first), self._errors(packets.data, starts, lengths, bad))

    def _samples(self, kind: IntArray, t_ns: IntArray, rows: NDArray[np.uint8], first: IntArray) -> SampleBlock:
        """The samples of the pairs of notifications that begin at `first` (m,)."""
        swapped = kind[first]
        counts = np.ascontiguousarray(rows[:, HEAD:]).view("<i2").reshape(len(rows), (self._size - HEAD) // _VECTOR, 3)
        acc, gyr = counts[first + swapped].reshape(-1, 3), counts[first + 1 - swapped].reshape(-1, 3)
        clipped = (np.abs(acc.astype(np.int64)) >= 32767).any(axis=1) | (np.abs(gyr.astype(np.int64)) >= 32767).any(
            axis=1
        )
        arrival = np.repeat(t_ns[first + 1], counts.shape[1])
        return SampleBlock(arrival, None, acc * self._scale[0], gyr * self._scale[1], clipped)

    def _errors(self, data: bytes, starts: IntArray, lengths: IntArray, bad: IntArray) -> tuple[DecodeError, ...]:
        """Equal errors share one object: hostile data is long, its kinds of errors are few."""
        known: dict[tuple[int, bytes], DecodeError] = {}
        expected = f"{self._size} bytes of " + " or ".join(bytes(head).hex(" ") for head in self._heads)
        errors: list[DecodeError] = []
        for start, length in zip(starts[bad].tolist(), lengths[bad].tolist(), strict=True):
            key = (min(length, self._size + 1), data[start : start + min(length, HEAD)])
            if key not in known:
                size = f"{length}" if length <= self._size else f"over {self._size}"
                known[key] = DecodeError(0, expected, f"{size} bytes of {key[1].hex(' ') or 'nothing'}")
            errors.append(known[key])
        return tuple(errors)


def _pairs(kind: IntArray) -> tuple[IntArray, int]:
    """Where pairs of neighbours of two kinds begin, and from where on a notification waits; `kind` (n,) is 0 or 1.

    From the left: two neighbours of two kinds are a pair; of two of one kind the first has lost its partner. In runs
    of one kind that means: the last of a run belongs to the first of the next, if it is still free.
    """
    if len(kind) == 0:
        return np.empty(0, np.int64), 0
    begins = np.flatnonzero(np.diff(kind, prepend=1 - kind[0]))
    sizes = np.diff(begins, append=len(kind))
    run = np.arange(len(sizes))
    # The first of a run is taken by the run before, if that had one left: always behind a run of two and more, and
    # behind runs of one every other time.
    longer = np.where(sizes >= 2, run, 0)
    before = np.concatenate(([0], np.maximum.accumulate(longer)[:-1]))
    taken = ((run - before - 1) % 2 == 0) & (run > 0)
    left = sizes - taken >= 1
    last = begins + sizes - 1
    return last[:-1][left[:-1]], int(last[-1]) if left[-1] else len(kind)
