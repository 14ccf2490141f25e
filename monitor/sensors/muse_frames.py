"""Motion notifications of Muse headbands, and how their commands are written.

Muse 2 and Muse S send acceleration and turning on two characteristics, each as `u16 index` and three samples, big
endian. The Muse S Athena sends everything on one: packets with a head of 14 bytes, in them blocks by tag, of which
0x47 holds three samples of both. Sources: alexandrebarachant/muse-lsl, DominiqueMakowski/OpenMuse.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from monitor.errors import DecodeError
from monitor.sensors.base import Decoded
from monitor.sensors.pairing import NONE, StreamPair, Vectors
from monitor.values import NS_PER_S, STANDARD_GRAVITY, FloatArray, IntArray, PacketBlock, SampleBlock

ACC_PER_COUNT: Final = 0.0000610352 * STANDARD_GRAVITY
GYR_PER_COUNT: Final = math.radians(0.0074768)
RATE_HZ: Final = 52.0
TICK_NS: Final = round(NS_PER_S / RATE_HZ)
SAMPLES: Final = 3

CLASSIC: Final = np.dtype([("channel", "u1"), ("index", ">u2"), ("counts", ">i2", (SAMPLES, 3))])
"""A notification of Muse 2 or S as it is kept: before it 0 for acceleration, 1 for turning."""
_LATE: Final = 16

HEAD: Final = 14
BLOCK_HEAD: Final = 5
MOTION_TAG: Final = 0x47
BATTERY_TAG: Final = 0x98
BLOCK_SIZES: Final = {0x11: 28, 0x12: 28, 0x34: 30, 0x35: 40, 0x36: 40, MOTION_TAG: 36, 0x53: 24, BATTERY_TAG: 20}
"""Bytes of the blocks of each tag: brain waves, light, motion, one unknown, battery."""


def command(token: str) -> bytes:
    """A command as the headbands take it: its length, its letters, a line feed."""
    letters = token.encode("ascii") + b"\n"
    return bytes((len(letters),)) + letters


# ------------------------------------------------------------------ Muse 2 and Muse S


class MuseDecoder:
    """`monitor.sensors.base.Decoder` of Muse 2 and S. The ticks are sample numbers at a nominal 52 Hz.

    The two channels count on their own. Where both have been heard, their counters are set side by side by the
    notifications that stood next to each other: at most one notification (58 ms) askew, which posture does not see.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """A new link: the counters begin anew."""
        self._pair = StreamPair(widest=1, patience=4 * SAMPLES, jump=200)
        self._waiting: tuple[int, int, bytes] | None = None  # channel, arrival, notification: before both were heard
        self._offset: int | None = None
        self._newest: list[int | None] = [None, None]

    def push(self, packets: PacketBlock) -> Decoded:
        """The samples that these notifications complete, and one error for each that is none of ours."""
        starts = np.concatenate(([0], packets.ends))[:-1]
        lengths = packets.ends - starts
        whole = np.flatnonzero(lengths == CLASSIC.itemsize)
        raw = np.frombuffer(packets.data, np.uint8)[starts[whole][:, np.newaxis] + np.arange(CLASSIC.itemsize)]
        known = raw[:, 0] <= 1
        raw, t_ns = raw[known], packets.t_ns[whole[known]]
        bad = np.setdiff1d(np.arange(len(lengths)), whole[known])
        error = DecodeError(0, f"channel 0 or 1 and {CLASSIC.itemsize - 1} bytes", "others")
        errors = (error,) * len(bad)
        if self._waiting is not None:
            raw = np.concatenate((np.frombuffer(self._waiting[2], np.uint8)[np.newaxis], raw))
            t_ns = np.concatenate(([self._waiting[1]], t_ns))
            self._waiting = None
        rows = raw.view(CLASSIC)[:, 0]
        if self._offset is None and len(rows):
            other = np.flatnonzero(rows["channel"] != rows["channel"][0])
            # Only the last of the first channel stands next to the first of the other.
            last = int(other[0]) - 1 if len(other) else len(rows) - 1
            rows, t_ns, raw = rows[last:], t_ns[last:], raw[last:]
            if not len(other):
                self._waiting = (int(rows["channel"][0]), int(t_ns[0]), raw[0].tobytes())
                rows, t_ns = rows[:0], t_ns[:0]
            else:
                step = int(rows["index"][1]) - int(rows["index"][0])
                self._offset = step if rows["channel"][0] == 0 else -step
        return Decoded(self._samples(rows, t_ns), errors)

    def _samples(self, rows: NDArray[np.void], t_ns: IntArray) -> SampleBlock:
        streams = []
        for channel, per_count in ((0, ACC_PER_COUNT), (1, GYR_PER_COUNT)):
            which = np.flatnonzero(rows["channel"] == channel)
            if not len(which):
                streams.append(NONE)
                continue
            counts = rows["counts"][which].astype(np.float64).reshape(-1, 3)
            index = self._unwrapped(channel, rows["index"][which].astype(np.int64)) - (self._offset or 0) * channel
            tick = (index[:, np.newaxis] * SAMPLES + np.arange(SAMPLES)).ravel()
            at_end = np.asarray((np.abs(counts) >= 32767).any(axis=1))
            packet, arrival = np.repeat(which, SAMPLES), np.repeat(t_ns[which], SAMPLES)
            vector: FloatArray = counts * per_count
            streams.append(Vectors(packet, arrival, tick, vector, at_end))
        return self._pair.push(*streams)

    def _unwrapped(self, channel: int, index: IntArray) -> IntArray:
        """Counters (n,) of 65536 values, growing over their wraps."""
        held = self._newest[channel]
        newest = int(index[0]) if held is None else held
        steps = np.diff(index, prepend=newest % 65536)
        out: IntArray = newest + np.cumsum(np.mod(steps + _LATE, 65536) - _LATE)
        self._newest[channel] = int(out[-1])
        return out


# ------------------------------------------------------------------ Muse S Athena


@dataclass(frozen=True, slots=True)
class Block:
    """A block of an Athena packet: the packet's counter and clock (256 kHz), the block's tag and content."""

    packet_index: int
    packet_ticks: int
    tag: int
    content: bytes


def blocks(notification: bytes) -> Iterator[Block]:
    """The blocks of a notification's packets, in order. Raises DecodeError where one does not fit or is not known."""
    at = 0
    while at < len(notification):
        size = notification[at]
        if size < HEAD or at + size > len(notification):
            raise DecodeError(at, f"a packet of {HEAD} to {len(notification) - at} bytes", f"{size}")
        packet = notification[at : at + size]
        index, ticks = packet[1], int.from_bytes(packet[2:6], "little")
        tag, inside = packet[9], HEAD
        while True:
            length = BLOCK_SIZES.get(tag)
            if length is None:
                raise DecodeError(at + inside, "the tag of a known block", f"{tag:02x}")
            if inside + length > size:
                raise DecodeError(at + inside, f"a block of {length} bytes", f"{size - inside}")
            yield Block(index, ticks, tag, packet[inside : inside + length])
            inside += length
            if inside + BLOCK_HEAD > size:
                break
            tag = packet[inside]
            inside += BLOCK_HEAD
        at += size


def motion(content: bytes) -> FloatArray:
    """Three samples (3, 6) of a motion block: acceleration xyz (m/s²), turning xyz (rad/s).

    The signs of turning are the reverse of those of a Muse 2. Raises DecodeError for another length.
    """
    if len(content) != BLOCK_SIZES[MOTION_TAG]:
        raise DecodeError(len(content), f"{BLOCK_SIZES[MOTION_TAG]} bytes", f"{len(content)}")
    return _six(np.frombuffer(content, "<i2"))[:SAMPLES]


def _six(counts: NDArray[np.int16]) -> FloatArray:
    """Samples (n, 6) in SI units of 6 n counts of the Athena."""
    si: FloatArray = counts.reshape(-1, 6) * np.array([ACC_PER_COUNT] * 3 + [-GYR_PER_COUNT] * 3)
    return si


def battery_percent(notification: bytes) -> int | None:
    """Percent from a notification that begins with a battery block, None from any other."""
    try:
        first = next(blocks(notification), None)
    except DecodeError:
        return None
    if first is None or first.tag != BATTERY_TAG:
        return None
    percent = int.from_bytes(first.content[:2], "little") / 256
    return round(percent) if percent <= 100 else None


class AthenaDecoder:
    """`monitor.sensors.base.Decoder` of the Muse S Athena. A notification stands alone: nothing is held.

    Its packets repeat their stamps and step back now and then, so its samples are counted.
    """

    def reset(self) -> None:
        """Nothing to forget."""

    def push(self, packets: PacketBlock) -> Decoded:
        """The samples of all motion blocks in order, and one error for each notification that does not fit."""
        contents: list[bytes] = []
        arrival: list[int] = []
        errors: list[DecodeError] = []
        for t_ns, notification in zip(packets.t_ns.tolist(), packets.payloads(), strict=True):
            try:
                for each in blocks(notification):
                    if each.tag == MOTION_TAG:
                        contents.append(each.content)
                        arrival.append(t_ns)
            except DecodeError as error:
                errors.append(error)
        counts = np.frombuffer(b"".join(contents), "<i2")
        si = _six(counts)
        at_end = (np.abs(counts.astype(np.int64)) >= 32767).reshape(-1, 6)
        times = np.repeat(np.array(arrival, np.int64), SAMPLES)
        samples = SampleBlock(times, None, si[:, :3], si[:, 3:], np.asarray(at_end.any(axis=1)))
        return Decoded(samples, tuple(errors))
