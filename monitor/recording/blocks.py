"""Notifications of one sensor as rows: splitting, encoding, checking, cutting.

The body of a block of n notifications, all little-endian:

    uint32  (n,)  nanoseconds since the notification before (0 for the first)
    uint16  (n,)  payload lengths
    bytes         the payloads end to end

so that a block is exact to the nanosecond and costs six bytes per notification. A pause of more than four seconds,
which no longer fits in 32 bits, starts a new block.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from monitor.recording.format import (
    MAX_BLOCK_BYTES,
    MAX_BLOCK_PACKETS,
    MAX_PAYLOAD_BYTES,
    MAX_TIME_NS,
    Codec,
    block_crc,
)
from monitor.values import PacketBlock

_PACKET_OVERHEAD = 6
_MAX_PAUSE_NS = 0xFFFF_FFFF


class DamagedRowError(ValueError):
    """A row whose check sum or inner structure is wrong; the text says what, for the log."""


@dataclass(frozen=True, slots=True)
class BlockRow:
    """One row of the table `block`, without its id. `size` is the length of the uncompressed body."""

    sensor: str
    seq: int
    t0_ns: int
    t1_ns: int
    n: int
    codec: int
    size: int
    crc: int
    body: bytes


def check_packets(block: PacketBlock) -> None:
    """Raise ValueError where a block breaks the contract of `PacketBlock` or the limits of the format."""
    t, ends = block.t_ns, block.ends
    block.sensor.encode()  # a key that is no proper text raises a ValueError too
    if t.dtype != np.int64 or ends.dtype != np.int64 or not isinstance(block.data, bytes):
        raise ValueError("times and offsets must be 64-bit integers, the data bytes")
    if t.ndim != 1 or t.shape != ends.shape or len(t) == 0:
        raise ValueError("times and offsets must be two equally long, non-empty lists")
    if t[0] < -MAX_TIME_NS or t[-1] > MAX_TIME_NS or np.any(t[1:] <= t[:-1]):
        raise ValueError("arrival times must increase")
    lengths = np.diff(ends, prepend=0)
    if lengths.min() < 0 or lengths.max() > MAX_PAYLOAD_BYTES or ends[-1] != len(block.data):
        raise ValueError("payload offsets do not fit the data")


def cut(block: PacketBlock, start: int, stop: int) -> PacketBlock | None:
    """Notifications start..stop-1 of a block; None where that is none."""
    if start >= stop:
        return None
    if start == 0 and stop == len(block.t_ns):
        return block
    first = int(block.ends[start - 1]) if start else 0
    last = int(block.ends[stop - 1])
    return PacketBlock(block.sensor, block.t_ns[start:stop], block.ends[start:stop] - first, block.data[first:last])


def cut_time(block: PacketBlock, from_ns: int, to_ns: int) -> PacketBlock | None:
    """Notifications with from_ns <= t_ns < to_ns; None where there is none."""
    start, stop = np.searchsorted(block.t_ns, [from_ns, to_ns]).tolist()
    return cut(block, start, stop)


def split(block: PacketBlock, span_ns: int) -> Iterator[PacketBlock]:
    """A block of any length as blocks that fit a row and last at most about `span_ns`."""
    t, ends, n = block.t_ns, block.ends, len(block.t_ns)
    pauses = (np.flatnonzero(np.diff(t) > _MAX_PAUSE_NS) + 1).tolist()
    pauses.append(n)
    start = 0
    for pause in pauses:
        while start < pause:
            base = int(ends[start - 1]) if start else 0
            in_time = int(np.searchsorted(t, t[start] + span_ns))
            in_bytes = int(np.searchsorted(ends, base + MAX_BLOCK_BYTES // 2, side="right"))
            stop = max(min(pause, in_time, in_bytes, start + MAX_BLOCK_PACKETS), start + 1)
            part = cut(block, start, stop)
            if part is not None:
                yield part
            start = stop


def encode_block(block: PacketBlock, seq: int, codec: Codec = Codec.RAW, key: int = 0) -> BlockRow:
    """One row from a block that `split` made, for the run of this key."""
    deltas = np.diff(block.t_ns, prepend=block.t_ns[0]).astype("<u4")
    lengths = np.diff(block.ends, prepend=0).astype("<u2")
    body = deltas.tobytes() + lengths.tobytes() + block.data
    size = len(body)
    if codec is Codec.ZLIB:
        body = zlib.compress(body, 1)
    t0, t1, n = int(block.t_ns[0]), int(block.t_ns[-1]), len(block.t_ns)
    crc = block_crc(block.sensor, seq, t0, t1, n, codec, size, body) ^ key
    return BlockRow(block.sensor, seq, t0, t1, n, int(codec), size, crc, body)


def key_for_block(row: BlockRow) -> int:
    """The key with which the check sum of a row is right. Raises DamagedRowError where it can have none."""
    try:
        return block_crc(row.sensor, row.seq, row.t0_ns, row.t1_ns, row.n, row.codec, row.size, row.body) ^ row.crc
    except Exception as error:  # fields of a wrong type or beyond 64 bits
        raise DamagedRowError(f"a block header cannot be read: {error}") from error


def decode_block(row: BlockRow, key: int = 0) -> PacketBlock:
    """The notifications of a row of the run with this key.

    Raises DamagedRowError; takes no more memory than the limits of the format.
    """
    if not (0 < row.n <= MAX_BLOCK_PACKETS and row.n * _PACKET_OVERHEAD <= row.size <= MAX_BLOCK_BYTES):
        raise DamagedRowError(f"a block declares {row.n} notifications in {row.size} bytes")
    if key_for_block(row) != key:
        raise DamagedRowError("a block's check sum is wrong")
    body = _unpacked(row)
    n = row.n
    deltas = np.frombuffer(body, "<u4", n)
    lengths = np.frombuffer(body, "<u2", n, offset=4 * n)
    data = body[_PACKET_OVERHEAD * n :]
    ends = np.cumsum(lengths, dtype=np.int64)
    t_ns = np.cumsum(deltas, dtype=np.int64) + row.t0_ns
    if deltas[0] != 0 or np.any(deltas[1:] == 0) or t_ns[-1] != row.t1_ns or ends[-1] != len(data):
        raise DamagedRowError("a block's contents do not fit its header")
    if abs(row.t0_ns) > MAX_TIME_NS or abs(row.t1_ns) > MAX_TIME_NS:
        raise DamagedRowError("a block's times are impossible")
    return PacketBlock(row.sensor, t_ns, ends, data)


def _unpacked(row: BlockRow) -> bytes:
    if row.codec == Codec.RAW:
        body = row.body
    elif row.codec == Codec.ZLIB:
        unpacker = zlib.decompressobj()
        try:
            body = unpacker.decompress(row.body, row.size + 1)
        except zlib.error as error:
            raise DamagedRowError(f"a block cannot be unpacked: {error}") from error
        if len(body) <= row.size and (not unpacker.eof or unpacker.unused_data):
            raise DamagedRowError("a block's packed bytes are cut short or go on")
    else:
        raise DamagedRowError(f"a block uses the unknown codec {row.codec}")
    if len(body) != row.size:
        raise DamagedRowError("a block is longer or shorter than it says")
    return body
