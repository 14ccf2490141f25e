"""Frames of Polar's measurement data (PMD) -> samples: raw, or packed as differences of a few bits each.

A frame is `type u8, stamp u64, form u8, content`, little endian; the stamp is when its last sample was measured, ns
since 2000. Raw content is vectors end to end. Packed content is a reference vector, then blocks `bits u8, count u8`
and `count` vectors of differences, `bits` per component, the lowest bit first. Both are read as blocks of equally
wide signed numbers: a raw frame is one block, a reference vector a block of one.

Sources: polarofficial/polar-ble-sdk (PmdDataFrame, BlePMDClient, AccData, GyrData). See firmware_notes/polar.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from monitor.errors import DecodeError
from monitor.sensors.bounds import MAX_ACC, MAX_GYR
from monitor.values import STANDARD_GRAVITY, BoolArray, FloatArray, IntArray, PacketBlock

HEAD: Final = 10
BLOCK_HEAD: Final = 2
AXES: Final = 3
DELTA: Final = 0x80
MOST_BYTES: Final = 512
"""No attribute is longer (Bluetooth Core, Vol 3, Part F, 3.2.9)."""
MOST_SAMPLES: Final = 1024
"""In one frame: 20 s at 52 Hz."""
MOST_PER_BYTE: Final = 8
"""Samples for each byte of a frame: blocks of one bit make 2.7, blocks of no bits would make it a huge one."""
MOST_BITS: Final = 32
MAX_STAMP: Final = 1 << 63
"""ns, the year 2292: differences of such times fit 64 bits."""
_CHUNK: Final = 256
"""Frames read at a time: bounds the scratch memory, and sums of differences stay far below 2^63."""


class Measurement(IntEnum):
    """What a frame carries, as the sensor numbers it."""

    ACC = 2
    GYRO = 5


@dataclass(frozen=True, slots=True)
class Form:
    """How a frame is written: bytes per number (of a packed frame: of its reference vector), and what they mean.

    `per_count` is SI units per count, before the sensor's own factor where `scaled`; `real`: the numbers are the bit
    patterns of 32-bit floats.
    """

    size: int
    per_count: float
    packed: bool = True
    scaled: bool = True
    real: bool = False


_MG: Final = STANDARD_GRAVITY / 1000
_DPS: Final = math.radians(1.0)

FORMS: Final[dict[tuple[Measurement, int], Form]] = {
    (Measurement.ACC, 0x00): Form(1, _MG, packed=False, scaled=False),
    (Measurement.ACC, 0x01): Form(2, _MG, packed=False, scaled=False),
    (Measurement.ACC, 0x02): Form(3, _MG, packed=False, scaled=False),
    (Measurement.ACC, DELTA | 0x00): Form(2, STANDARD_GRAVITY),
    (Measurement.ACC, DELTA | 0x01): Form(2, _MG),
    (Measurement.GYRO, DELTA | 0x00): Form(2, _DPS),
    (Measurement.GYRO, DELTA | 0x01): Form(4, _DPS, real=True),
}
LIMITS: Final = {Measurement.ACC: MAX_ACC, Measurement.GYRO: MAX_GYR}


class Frames(NamedTuple):
    """m frames of one measurement: place of each among the notifications, stamp (ns), number of samples, all (m,);
    and the samples of all of them, end to end, (n, 3) in m/s² or rad/s."""

    packet: IntArray
    stamp_ns: IntArray
    samples: IntArray
    vector: FloatArray


class Refusal(NamedTuple):
    """Why the notification `packet` was refused."""

    packet: int
    offset: int
    expected: str
    got: str


def read_frames(
    packets: PacketBlock, factors: Mapping[Measurement, float]
) -> tuple[dict[Measurement, Frames], tuple[DecodeError, ...]]:
    """The frames of the measurements in `factors`, which gives each one's factor, and one error per refused one."""
    starts = np.concatenate(([0], packets.ends))[:-1]
    parts: dict[Measurement, list[Frames]] = {kind: [] for kind in factors}
    known: dict[tuple[int, str, str], DecodeError] = {}
    errors: list[DecodeError] = []
    for first in range(0, len(starts), _CHUNK):
        chunk = _Chunk(packets, starts, first, factors)
        for kind, frames in chunk.read():
            parts[kind].append(frames)
        for refusal in sorted(chunk.refused):
            # Equal errors share one object: hostile data is long, its kinds of errors are few.
            if refusal[1:] not in known:
                known[refusal[1:]] = DecodeError(*refusal[1:])
            errors.append(known[refusal[1:]])
    return {kind: _joined(found) for kind, found in parts.items()}, tuple(errors)


def _joined(parts: list[Frames]) -> Frames:
    if len(parts) == 1:
        return parts[0]
    none = Frames(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64), np.empty((0, AXES)))
    return Frames._make(np.concatenate(columns) for columns in zip(*(parts or [none]), strict=True))


class _Blocks(NamedTuple):
    """Blocks of equally wide numbers: the frame each belongs to, where it begins, bits per number, vectors."""

    frame: IntArray
    at: IntArray
    bits: IntArray
    vectors: IntArray


class _Chunk:
    """Some notifications read together. A frame is known by its number in the chunk."""

    def __init__(
        self, packets: PacketBlock, starts: IntArray, first: int, factors: Mapping[Measurement, float]
    ) -> None:
        part = slice(first, first + _CHUNK)
        base = int(starts[first])
        self._first = first
        self._factors = factors
        self._start, self._end = starts[part] - base, packets.ends[part] - base
        # Eight bytes may be read from any place, the last byte included.
        data = packets.data[base : base + int(self._end[-1])] + bytes(8)
        self._byte = np.frombuffer(data, np.uint8)
        self._word = np.ndarray((len(data) - 7,), "<u8", data, 0, (1,))
        self._good: BoolArray = np.ones(len(self._start), np.bool_)
        self.refused: list[Refusal] = []

    def read(self) -> Iterator[tuple[Measurement, Frames]]:
        """The good frames of each measurement, in order; fills `refused`."""
        form, size, packed = self._head()
        blocks = self._blocks(size, packed)
        samples = np.bincount(blocks.frame, blocks.vectors, len(self._start)).astype(np.int64)
        si = self._scaled(self._numbers(blocks, samples, packed), form, samples)
        end = np.cumsum(samples)
        for kind in self._factors:
            mine = [number for number, (measured, _) in enumerate(FORMS) if measured is kind]
            which = np.flatnonzero(self._good & np.isin(form, mine))
            if len(which):
                whole = len(which) == len(samples)
                rows = si if whole else si[_spans(end[which] - samples[which], samples[which])]
                yield kind, self._within(rows, which, samples[which], LIMITS[kind])

    def _refuse(self, wrong: BoolArray, at: IntArray | int, expected: str, got: NDArray[Any], unit: str = "") -> None:
        """Refuse the frames (m,) that are `wrong` and were good so far; `at` is where, `got` (m,) what was found."""
        for i in np.flatnonzero(wrong & self._good).tolist():
            offset = at if isinstance(at, int) else int(at[i])
            self.refused.append(Refusal(self._first + i, offset, expected, f"{got[i]}{unit}"))
        self._good &= ~wrong

    def _head(self) -> tuple[IntArray, IntArray, BoolArray]:
        """Of each frame the place of its form in `FORMS` (-1 where refused), bytes per number, whether packed."""
        length = self._end - self._start
        text = f"a frame of {HEAD + AXES} to {MOST_BYTES} bytes"
        self._refuse((length < HEAD + AXES) | (length > MOST_BYTES), 0, text, length, " bytes")
        start = np.where(self._good, self._start, 0)
        kind = (self._byte[start] & 0x3F).astype(np.int64)
        names = " or ".join(f"{each.value} ({each.name.lower()})" for each in self._factors)
        self._refuse(~np.isin(kind, [*self._factors]), 0, f"measurement {names}", kind)
        form = self._byte[np.minimum(start + HEAD - 1, len(self._byte) - 1)].astype(np.int64)
        place = np.full(len(start), -1)
        size, packed = np.ones(len(start), np.int64), np.zeros(len(start), np.bool_)
        for number, ((measured, code), shape) in enumerate(FORMS.items()):
            mine = self._good & (kind == measured) & (form == code)
            place[mine], size[mine], packed[mine] = number, shape.size, shape.packed
        self._refuse(place < 0, HEAD - 1, "a known form of frame", form)
        stamp = self._word[np.minimum(start + 1, len(self._word) - 1)]
        self._refuse(stamp >= MAX_STAMP, 1, "a time stamp before 2292", stamp)
        content = length - HEAD
        cut = np.where(packed, content < AXES * size, content % (AXES * size) != 0)
        self._refuse(cut, HEAD, "whole vectors", content, " bytes")
        return np.where(self._good, place, -1), size, packed

    def _blocks(self, size: IntArray, packed: BoolArray) -> _Blocks:
        """The blocks of all good frames, in order; all frames go from block to block in step."""
        frame = np.flatnonzero(self._good)
        vectors = np.where(packed, 1, (self._end - self._start - HEAD) // (AXES * size))
        found = [_Blocks(frame, self._start[frame] + HEAD, 8 * size[frame], vectors[frame])]
        at = self._start + HEAD + AXES * size * vectors
        total = vectors.copy()
        most = np.minimum(MOST_SAMPLES, MOST_PER_BYTE * (self._end - self._start))
        while True:
            more = self._good & packed & (at < self._end)
            if not more.any():
                break
            left, offset = self._end - at - BLOCK_HEAD, at - self._start
            self._refuse(more & (left < 0), offset, "the head of a block", left + BLOCK_HEAD, " byte")
            frame = np.flatnonzero(more & self._good)
            bits, vectors = np.zeros_like(at), np.zeros_like(at)
            bits[frame], vectors[frame] = self._byte[at[frame]], self._byte[at[frame] + 1]
            size_bytes = (bits * vectors * AXES + 7) // 8
            total += vectors
            self._refuse(bits > MOST_BITS, offset, f"differences of at most {MOST_BITS} bits", bits)
            self._refuse(more & (size_bytes > left), offset, "a whole block of differences", left, " bytes")
            self._refuse(total > most, offset, f"at most {MOST_PER_BYTE} samples a byte, {MOST_SAMPLES} in all", total)
            frame = frame[self._good[frame]]
            found.append(_Blocks(frame, at[frame] + BLOCK_HEAD, bits[frame], vectors[frame]))
            at = at + BLOCK_HEAD + size_bytes
        blocks = _Blocks._make(np.concatenate(columns) for columns in zip(*found, strict=True))
        order = np.argsort(blocks.frame, kind="stable")
        order = order[self._good[blocks.frame[order]]]
        return _Blocks._make(column[order] for column in blocks)

    def _numbers(self, blocks: _Blocks, samples: IntArray, packed: BoolArray) -> IntArray:
        """The vectors of all good frames (n, 3) as counts of 32 bits; `samples` (m,): how many each frame has."""
        each = AXES * blocks.vectors
        bits = np.repeat(blocks.bits, each)
        bit = np.repeat(8 * blocks.at, each) + _spans(np.zeros_like(each), each) * bits
        word = self._word[bit >> 3] >> (bit & 7).astype(np.uint64)
        number = (word & ((np.uint64(1) << bits.astype(np.uint64)) - np.uint64(1))).astype(np.int64)
        sign = (np.int64(1) << bits) >> 1
        rows: IntArray = ((number ^ sign) - sign).reshape(-1, AXES)
        if packed.any():
            total = np.concatenate((np.zeros((1, AXES), np.int64), np.cumsum(rows, axis=0)))
            before = np.repeat(total[np.cumsum(samples) - samples], samples, axis=0)
            rows = np.where(np.repeat(packed, samples)[:, np.newaxis], total[1:] - before, rows)
        # Sums wrap at 32 bits, which the differences of float patterns rely on.
        return rows.astype(np.int32).astype(np.int64)

    def _scaled(self, rows: IntArray, form: IntArray, samples: IntArray) -> FloatArray:
        """Counts (n, 3) as m/s² or rad/s (n, 3); bit patterns of no number give NaN. `form`, `samples`: (m,)."""
        si = rows.astype(np.float64)
        form = np.repeat(form, samples)
        for number, ((kind, _), shape) in enumerate(FORMS.items()):
            mine = form == number
            if not mine.any():
                continue
            with np.errstate(all="ignore"):
                if shape.real:
                    si[mine] = rows[mine].astype(np.int32).view(np.float32)
                si[mine] *= shape.per_count * (self._factors[kind] if shape.scaled else 1.0)
        return si

    def _within(self, si: FloatArray, which: IntArray, samples: IntArray, limit: float) -> Frames:
        """The frames `which` (m,) without those that hold a number beyond `limit`; `si` (n, 3): their samples."""
        within = np.abs(si) <= limit  # false for NaN
        if not within.all():
            good = np.logical_and.reduceat(within.all(axis=1), np.cumsum(samples) - samples)
            for i in which[~good].tolist():
                self.refused.append(Refusal(self._first + i, HEAD, "numbers an IMU can measure", "others"))
            si, which, samples = si[np.repeat(good, samples)], which[good], samples[good]
        return Frames(which + self._first, self._word[self._start[which] + 1].astype(np.int64), samples, si)


def _spans(first: IntArray, size: IntArray) -> IntArray:
    """`first[0]`, `first[0] + 1`, ... `size[0]` numbers, then the same of the next; both (m,)."""
    ends = np.cumsum(size)
    spans: IntArray = np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(first - (ends - size), size)
    return spans
