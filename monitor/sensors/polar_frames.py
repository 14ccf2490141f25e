"""Frames of Polar's measurement data (PMD) -> samples: raw, or packed as differences of a few bits each.

A frame is `type u8, stamp u64, form u8, content`, little endian; the stamp is when its last sample was measured, ns
since 2000. Raw content is vectors end to end. Packed content is a reference vector, then blocks `bits u8, count u8`
and `count` vectors of differences, `bits` per component, the lowest bit first. Both are read as blocks of equally
wide signed numbers: a raw frame is one block, a reference vector a block of one.

Sources: polarofficial/polar-ble-sdk (PmdDataFrame, BlePMDClient, AccData, GyrData). See firmware_notes/polar.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple, TypeAlias

import numpy as np

from monitor.errors import DecodeError
from monitor.sensors.bounds import MAX_ACC, MAX_GYR
from monitor.values import STANDARD_GRAVITY, FloatArray, IntArray, PacketBlock

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
"""Notifications read at a time: bounds the scratch memory, and keeps sums of differences far below 2^63."""


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


Refusal: TypeAlias = tuple[int, str, str]
"""offset, expected, got"""


def read_frames(
    packets: PacketBlock, factors: Mapping[Measurement, float]
) -> tuple[dict[Measurement, Frames], tuple[DecodeError, ...]]:
    """The frames of the measurements in `factors`, which gives each one's factor, and one error per refused one."""
    parts: dict[Measurement, list[Frames]] = {kind: [] for kind in factors}
    known: dict[Refusal, DecodeError] = {}
    errors: list[DecodeError] = []
    ends = packets.ends.tolist()
    for first in range(0, len(ends), _CHUNK):
        chunk = _Chunk(packets.data, factors)
        refused: list[tuple[int, Refusal]] = []
        start = ends[first - 1] if first else 0
        for packet, end in enumerate(ends[first : first + _CHUNK], start=first):
            if (refusal := chunk.add(packet, start, end)) is not None:
                refused.append((packet, refusal))
            start = end
        for kind in factors:
            frames, others = chunk.read(kind)
            parts[kind].append(frames)
            refused += others
        for _, refusal in sorted(refused):
            # Equal errors share one object: hostile data is long, its kinds of errors are few.
            if refusal not in known:
                known[refusal] = DecodeError(*refusal)
            errors.append(known[refusal])
    return {kind: _joined(found) for kind, found in parts.items()}, tuple(errors)


def _joined(parts: list[Frames]) -> Frames:
    if len(parts) == 1:
        return parts[0]
    none = Frames(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64), np.empty((0, AXES)))
    return Frames._make(np.concatenate(columns) for columns in zip(*(parts or [none]), strict=True))


class _Written:
    """Frames of one form, found but not read yet: of each frame place, stamp and samples; of each of their blocks
    where it begins, bits per number and vectors."""

    def __init__(self) -> None:
        self.frames: list[tuple[int, int, int]] = []
        self.blocks: list[tuple[int, int, int]] = []


class _Chunk:
    """Some notifications read together."""

    def __init__(self, data: bytes, factors: Mapping[Measurement, float]) -> None:
        self._data = data
        self._factors = factors
        self._written: dict[tuple[Measurement, int], _Written] = {}

    def add(self, packet: int, start: int, end: int) -> Refusal | None:
        """Find the blocks of the frame between two bytes; why it is refused, None where it is not."""
        data, size = self._data, end - start
        if not HEAD + AXES <= size <= MOST_BYTES:
            return 0, f"a frame of {HEAD + AXES} to {MOST_BYTES} bytes", f"{size} bytes"
        if (kind := data[start] & 0x3F) not in self._factors:
            names = " or ".join(f"{each.value} ({each.name.lower()})" for each in self._factors)
            return 0, f"measurement {names}", f"{kind}"
        key = Measurement(kind), data[start + HEAD - 1]
        if (form := FORMS.get(key)) is None:
            return HEAD - 1, "a known form of frame", f"{key[1]}"
        if (stamp_ns := int.from_bytes(data[start + 1 : start + 9], "little")) >= MAX_STAMP:
            return 1, "a time stamp before 2292", f"{stamp_ns}"
        content, vector = size - HEAD, AXES * form.size
        if content < vector or (content % vector and not form.packed):
            return HEAD, "whole vectors", f"{content} bytes"
        samples = 1 if form.packed else content // vector
        blocks = [(start + HEAD, 8 * form.size, samples)]
        at, most = start + HEAD + samples * vector, min(MOST_SAMPLES, MOST_PER_BYTE * size)
        while at < end:
            if at + BLOCK_HEAD > end:
                return at - start, "the head of a block", f"{end - at} byte"
            bits, count = data[at], data[at + 1]
            follows = at + BLOCK_HEAD + (bits * count * AXES + 7) // 8
            samples += count
            if bits > MOST_BITS:
                return at - start, f"differences of at most {MOST_BITS} bits", f"{bits}"
            if follows > end:
                return at - start, "a whole block of differences", f"{end - at - BLOCK_HEAD} bytes"
            if samples > most:
                return at - start, f"at most {MOST_PER_BYTE} samples a byte, {MOST_SAMPLES} in all", f"{samples}"
            blocks.append((at + BLOCK_HEAD, bits, count))
            at = follows
        written = self._written.setdefault(key, _Written())
        written.frames.append((packet, stamp_ns, samples))
        written.blocks += blocks
        return None

    def read(self, kind: Measurement) -> tuple[Frames, list[tuple[int, Refusal]]]:
        """The frames of a measurement in order, and those that are refused for what they say."""
        parts = [self._read(key, written) for key, written in self._written.items() if key[0] is kind]
        frames = _joined(parts)
        if len(parts) > 1:  # of several forms
            order = np.argsort(frames.packet)
            rows = _spans(np.cumsum(frames.samples)[order] - frames.samples[order], frames.samples[order])
            frames = Frames(frames.packet[order], frames.stamp_ns[order], frames.samples[order], frames.vector[rows])
        within = np.abs(frames.vector) <= LIMITS[kind]  # false for NaN
        if within.all():
            return frames, []
        good = np.logical_and.reduceat(within.all(axis=1), np.cumsum(frames.samples) - frames.samples)
        refusal = (HEAD, "numbers an IMU can measure", "others")
        kept = Frames(
            frames.packet[good],
            frames.stamp_ns[good],
            frames.samples[good],
            frames.vector[np.repeat(good, frames.samples)],
        )
        return kept, [(packet, refusal) for packet in frames.packet[~good].tolist()]

    def _read(self, key: tuple[Measurement, int], written: _Written) -> Frames:
        """The frames of one form, (n, 3) in m/s² or rad/s; bit patterns of no number give NaN."""
        form = FORMS[key]
        packet, stamp_ns, samples = np.array(written.frames, np.int64).T
        rows = self._numbers(np.array(written.blocks, np.int64).T)
        if form.packed:
            total = np.concatenate((np.zeros((1, AXES), np.int64), np.cumsum(rows, axis=0)))
            rows = total[1:] - np.repeat(total[np.cumsum(samples) - samples], samples, axis=0)
        # Sums wrap at 32 bits, which the differences of float patterns rely on.
        counts = rows.astype(np.int32)
        with np.errstate(all="ignore"):
            numbers = counts.view(np.float32) if form.real else counts
            factor = self._factors[key[0]] if form.scaled else 1.0
            return Frames(packet, stamp_ns, samples, numbers.astype(np.float64) * (form.per_count * factor))

    def _numbers(self, blocks: IntArray) -> IntArray:
        """The signed numbers of blocks, (n, 3); `blocks` (3, k): where each begins, bits, vectors."""
        first, last = int(blocks[0, 0]), int(blocks[0, -1]) + MOST_BYTES
        # Eight bytes may be read from any place, the last byte included.
        data = self._data[first:last] + bytes(8)
        words = np.ndarray((len(data) - 7,), "<u8", data, 0, (1,))
        each = AXES * blocks[2]
        bits = np.repeat(blocks[1], each)
        bit = np.repeat(8 * (blocks[0] - first), each) + _spans(np.zeros_like(each), each) * bits
        word = words[bit >> 3] >> (bit & 7).astype(np.uint64)
        number = (word & ((np.uint64(1) << bits.astype(np.uint64)) - np.uint64(1))).astype(np.int64)
        sign = (np.int64(1) << bits) >> 1
        rows: IntArray = ((number ^ sign) - sign).reshape(-1, AXES)
        return rows


def _spans(first: IntArray, size: IntArray) -> IntArray:
    """`first[0]`, `first[0] + 1`, ... `size[0]` numbers, then the same of the next; both (m,)."""
    ends = np.cumsum(size)
    spans: IntArray = np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(first - (ends - size), size)
    return spans
