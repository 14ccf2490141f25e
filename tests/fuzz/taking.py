"""Bytes of a fuzzer taken apart: a choice, a few numbers, strings one behind the other.

Lengths stand in front of what they measure and are cut to what is there, so that any bytes mean something and a
change in one place moves little elsewhere.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

import numpy as np

from monitor.values import PacketBlock


def one_in(count: int, data: bytes) -> bool:
    """Whether an input is one of the few, always the same ones, with which the dearer checks are made."""
    return zlib.crc32(data) % count == 0


class Taking:
    """Takes values off the front; what is not there is zero or empty."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        """Bytes not taken yet."""
        return len(self._data) - self._at

    def u8(self) -> int:
        """The next byte."""
        return self.take(1)[0] if self.left else 0

    def take(self, size: int) -> bytes:
        """The next bytes, fewer at the end."""
        part = self._data[self._at : self._at + size]
        self._at += len(part)
        return part

    def string(self) -> bytes:
        """A length and as many bytes; a length of 255 means all the rest."""
        size = self.u8()
        return self.take(self.left if size == 255 else size)

    def strings(self, most: int = 64) -> list[bytes]:
        """All strings that follow, the empty ones too."""
        found = []
        while self.left and len(found) < most:
            found.append(self.string())
        return found


def strung(*parts: bytes) -> bytes:
    """The inverse of `Taking.strings` for strings of up to 254 bytes; the last one may be longer."""
    return b"".join(bytes((min(len(part), 255),)) + part for part in parts)


def pauses_ns(code: int) -> int:
    """Time from one notification to the next: mostly some milliseconds, now and then up to a year."""
    return (code + 1) * 200_000 if code < 200 else 1 << (code - 200)


def packet_block(payloads: Iterable[bytes], pauses: Iterable[int], sensor: str = "head") -> PacketBlock | None:
    """Notifications with strictly increasing arrivals; None for none at all."""
    payloads = list(payloads)
    if not payloads:
        return None
    t_ns = np.cumsum(np.array(list(pauses), np.int64))
    ends = np.cumsum(np.array([len(p) for p in payloads], np.int64))
    return PacketBlock(sensor, t_ns, ends, b"".join(payloads))


def one_by_one(block: PacketBlock) -> list[PacketBlock]:
    """The same notifications in blocks of one."""
    return [
        PacketBlock(block.sensor, block.t_ns[i : i + 1], np.array([len(p)], np.int64), p)
        for i, p in enumerate(block.payloads())
    ]
