"""A FIT file as its parts, checked: several may be chained, each with its own header and checksum."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from monitor.interop.crc import fit_crc
from monitor.interop.fit_wire import FitError

MAX_FIT_BYTES = 32 << 20
"""A day's run with everything a watch records is a third of this."""
MAX_PARTS = 64
DEVELOPER_PROTOCOL = 0x20
"""Version 2.0: the first that knows developer fields."""
_NOT_FIT = "is not a FIT file, the only kind that takes numbers of ours; get it as FIT from the watch or its web page"
_HEADER = struct.Struct("<BBHI4s")


@dataclass(frozen=True, slots=True)
class FitPart:
    """One part: its header (12 bytes or more) and its body of records, without the checksum."""

    header: bytes
    body: bytes

    @property
    def whole(self) -> bytes:
        """The part as it stood in its file."""
        return self.header + self.body + fit_crc(self.body, fit_crc(self.header)).to_bytes(2, "little")


def split_parts(data: bytes, name: str) -> tuple[FitPart, ...]:
    """The parts of a file. Raises FitError where it is no FIT file, damaged, cut short or far too large."""
    if len(data) > MAX_FIT_BYTES:
        raise FitError(name, f"is too large for a watch's file ({len(data) / 2**20:.0f} MB)")
    parts: list[FitPart] = []
    at = 0
    while at < len(data) or not parts:
        if len(parts) == MAX_PARTS:
            raise FitError(name, f"is a chain of more than {MAX_PARTS} files; please split it")
        part, at = _part(data, at, name)
        parts.append(part)
    return tuple(parts)


def _part(data: bytes, at: int, name: str) -> tuple[FitPart, int]:
    if len(data) - at < _HEADER.size:
        raise FitError(name, "is cut short; copy it from the watch once more" if at else _NOT_FIT)
    size, protocol, _, length, magic = _HEADER.unpack_from(data, at)
    if magic != b".FIT" or size < _HEADER.size or size == 13:
        raise FitError(name, "goes on with something that is not FIT" if at else _NOT_FIT)
    if protocol >> 4 > 2:
        raise FitError(name, f"is of FIT version {protocol >> 4}, which is not known here")
    if length == 0:
        raise FitError(name, "was never finished by the watch; open and save it there first")
    start, end = at + size, at + size + length
    if end + 2 > len(data):
        raise FitError(name, f"is cut short by {end + 2 - len(data)} bytes; copy it from the watch once more")
    header, body = data[at:start], data[start:end]
    if size >= 14 and header[12:14] != b"\0\0" and fit_crc(header[:12]) != int.from_bytes(header[12:14], "little"):
        raise FitError(name, "is damaged: the checksum of its header is wrong")
    if fit_crc(data[at : end + 2]) != 0:
        raise FitError(name, "is damaged: its checksum is wrong; copy it from the watch once more")
    return FitPart(header, body), end + 2


def join_part(header: bytes, body: bytes) -> bytes:
    """A part as it stands in a file: the header told of the body's length and developer fields, and the checksum."""
    size, protocol, profile, _, magic = _HEADER.unpack_from(header)
    head = _HEADER.pack(size, max(protocol, DEVELOPER_PROTOCOL), profile, len(body), magic)
    if size >= 14:
        # 0 stands for a checksum that was never worked out; it stays so.
        head += header[12:14] if header[12:14] == b"\0\0" else fit_crc(head).to_bytes(2, "little")
    head += header[len(head) :]
    return head + body + fit_crc(body, fit_crc(head)).to_bytes(2, "little")


def new_header() -> bytes:
    """A header of 14 bytes for a new part."""
    head = _HEADER.pack(14, DEVELOPER_PROTOCOL, 2132, 0, b".FIT")
    return head + b"\xff\xff"
