"""Notifications of a Movesense sensor -> samples: the blocks of `movesense_blocks`, and a time for each sample."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from monitor.errors import DecodeError
from monitor.sensors.base import Decoded
from monitor.sensors.block_spacing import BlockSpacing
from monitor.sensors.gsp import Quantity, Subscription, subscription
from monitor.sensors.movesense_blocks import BlockReader, Blocks, Notifications
from monitor.sensors.pairing import StreamPair, Vectors
from monitor.values import IntArray, PacketBlock, SampleBlock

TICKS_PER_MS: Final = 1000
"""The sensor stamps blocks in ms; the tick of a sample is in us."""
WRAP_BITS: Final = 32
_WRAP_MS: Final = 1 << WRAP_BITS
_SPAN: Final = TICKS_PER_MS << WRAP_BITS

# The values in the captured packets are whole multiples of these: the steps of the sensor's chip at ±8 g (with its
# firmware's g) and ±2000 dps. The counts end at ±32767.
ACC_STEP: Final = 0.244e-3 * 9.807
GYR_STEP: Final = math.radians(0.070)
LAST_COUNT: Final = 32767
_CLIPPED: Final = {Quantity.ACC: (LAST_COUNT - 0.5) * ACC_STEP, Quantity.GYR: (LAST_COUNT - 0.5) * GYR_STEP}

_NO_SAMPLES: Final = SampleBlock(
    np.empty(0, np.int64), np.empty(0, np.int64), np.empty((0, 3)), np.empty((0, 3)), np.empty(0, np.bool_)
)
_CHUNK: Final = 1 << 11
"""Notifications decoded at a time: bounds the scratch memory."""
_WIDEST_PERIODS: Final = 3
"""Between two angular rates that are still interpolated."""
_PATIENCE: Final = 64
_JUMP_TICKS: Final = 2000 * TICKS_PER_MS


def configuration(subscriptions: list[Subscription]) -> bytes:
    """What the decoder must know, as it is kept in the recording: reference and path of each stream."""
    return b"".join(bytes((each.reference,)) + each.path.encode("ascii") + b"\0" for each in subscriptions)


def subscriptions(config: bytes) -> list[Subscription]:
    """The streams in a configuration.

    Raises DecodeError unless they are one with acceleration and angular rate, or one of each at the same rate.
    """
    parts = [part for part in config[:128].split(b"\0") if part]
    found = [subscription(part[0], part[1:].decode("ascii", "replace")) for part in parts]
    names = sorted(each.name for each in found)
    if len(found) == 1 and {Quantity.ACC, Quantity.GYR} <= {*found[0].quantities}:
        return found
    if names == ["Acc", "Gyro"] and found[0].rate_hz == found[1].rate_hz and found[0].reference != found[1].reference:
        return found
    raise DecodeError(0, "a subscription to IMU6 or IMU9, or to Acc and Gyro", " and ".join(names) or "none")


class MovesenseDecoder:
    """`monitor.sensors.base.Decoder` of the family. Between calls it holds at most a first part of a block of each
    stream, and what `StreamPair` holds.

    Raises DecodeError for a configuration that `subscriptions` refuses.
    """

    def __init__(self, config: bytes) -> None:
        self._readers = [BlockReader(each) for each in subscriptions(config)]
        self._period = 1000 * TICKS_PER_MS / self._readers[0].about.rate_hz
        self._pair = StreamPair(round(_WIDEST_PERIODS * self._period), _PATIENCE, _JUMP_TICKS)
        self.reset()

    def reset(self) -> None:
        """Forgets a half-received block, what waits to be joined, and the clock."""
        for reader in self._readers:
            reader.reset()
        self._pair.reset()
        self._spacings = [BlockSpacing(self._period) for _ in self._readers]
        self._last_raw_ms: int | None = None
        self._last_ms = 0

    def push(self, packets: PacketBlock) -> Decoded:
        """The samples that these notifications complete, and one error for each part that does not fit."""
        chunks = range(0, max(1, len(packets.ends)), _CHUNK)
        parts = [self._push(packets, slice(first, first + _CHUNK)) for first in chunks]
        if len(parts) == 1:
            return parts[0]
        # Any split gives the same, so the parts need only be laid end to end.
        samples = [part.samples for part in parts]
        joined = SampleBlock(
            np.concatenate([each.arrival_ns for each in samples]),
            np.concatenate([each.tick for each in samples if each.tick is not None]),
            np.concatenate([each.acc for each in samples]),
            np.concatenate([each.gyr for each in samples]),
            np.concatenate([each.clipped for each in samples]),
        )
        return Decoded(joined, tuple(error for part in parts for error in part.errors))

    def _push(self, packets: PacketBlock, part: slice) -> Decoded:
        of = Notifications.of(packets, part, [held for reader in self._readers for held in reader.held])
        refused = of.strangers([reader.about.reference for reader in self._readers])
        found = [reader.blocks(of, refused) for reader in self._readers]
        # Equal errors share one object: hostile data is long, its kinds of errors are few.
        known = {each: DecodeError(*each) for _, each in refused}
        errors = tuple(known[each] for _, each in sorted(refused, key=lambda one: one[0]))
        if not any(len(blocks.packet) for blocks in found):
            return Decoded(_NO_SAMPLES, errors)
        vectors: dict[Quantity, Vectors] = {}
        for blocks, start_ms, spacing in zip(found, self._unwrapped(found), self._spacings, strict=True):
            vectors |= _vectors(blocks, start_ms * TICKS_PER_MS, spacing, of.arrival_ns)
        return Decoded(self._samples(vectors[Quantity.ACC], vectors[Quantity.GYR]), errors)

    def _unwrapped(self, found: list[Blocks]) -> list[IntArray]:
        """The stamps of each stream's blocks, of which there are some, in ms: unwrapped in the order they came in."""
        order = np.argsort(np.concatenate([blocks.packet for blocks in found]), kind="stable")
        raw = np.concatenate([blocks.t_ms for blocks in found])[order]
        if self._last_raw_ms is None:
            self._last_raw_ms = self._last_ms = int(raw[0])
        steps = (np.diff(raw, prepend=self._last_raw_ms) + _WRAP_MS // 2) % _WRAP_MS - _WRAP_MS // 2
        out = np.empty(len(raw), np.int64)
        out[order] = self._last_ms + np.cumsum(steps)
        self._last_raw_ms, self._last_ms = int(raw[-1]), int(out[order[-1]])
        return np.split(out, np.cumsum([len(blocks.t_ms) for blocks in found])[:-1])

    def _samples(self, acc: Vectors, gyr: Vectors) -> SampleBlock:
        if len(self._readers) > 1:
            joined = self._pair.push(acc, gyr)
        else:
            clipped = acc.clipped | gyr.clipped
            joined = SampleBlock(acc.arrival_ns, acc.tick, acc.vector, gyr.vector, clipped)
        assert joined.tick is not None
        return SampleBlock(joined.arrival_ns, joined.tick % _SPAN, joined.acc, joined.gyr, joined.clipped)


def _vectors(blocks: Blocks, start: IntArray, spacing: BlockSpacing, arrival_ns: IntArray) -> dict[Quantity, Vectors]:
    """The vectors of each quantity, the samples of a block evenly spaced from its `start` (m,) on, in ticks."""
    step = spacing.push(start, blocks.samples)
    block = np.repeat(np.arange(len(start)), blocks.samples)
    place = np.arange(len(block)) - np.repeat(np.cumsum(blocks.samples) - blocks.samples, blocks.samples)
    tick = start[block] + np.rint(place * step[block]).astype(np.int64)
    packet = blocks.packet[block]
    return {
        quantity: Vectors(packet, arrival_ns[packet], tick, vector, np.abs(vector).max(axis=1, initial=0.0) >= clipped)
        for quantity, clipped in _CLIPPED.items()
        if (vector := blocks.values.get(quantity)) is not None
    }
