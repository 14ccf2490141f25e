"""The checksum of FIT files: CRC-16 with the reflected polynomial 0xA001, starting at 0."""

from __future__ import annotations


def _table() -> tuple[int, ...]:
    out = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (0xA001 if value & 1 else 0)
        out.append(value)
    return tuple(out)


_TABLE = _table()


def fit_crc(data: bytes, crc: int = 0) -> int:
    """Checksum (0..65535) of these bytes, going on from `crc`; over data and its own checksum it is 0."""
    table = _TABLE
    for byte in data:
        crc = (crc >> 8) ^ table[(crc ^ byte) & 0xFF]
    return crc
