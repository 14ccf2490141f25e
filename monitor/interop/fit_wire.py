"""The FIT file format on the wire: base types, message numbers, and the encoding of definitions and messages.

A FIT file is a header, a body of records and a checksum. A record is a *definition* (which fields, of which size, the
following messages of a local number have) or a *message*. Developer fields stand behind the native ones in both.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

from monitor.errors import HeadsUpError

EPOCH_UNIX_S = 631_065_600
"""FIT counts seconds from 1989-12-31 00:00:00 UTC."""
FIRST_DATE = 0x1000_0000
"""Smaller times are seconds since the device was switched on, not dates."""
TIMESTAMP = 253
"""Number of the field that holds a message's time, in every message."""
DEFINITION_FLAG, DEVELOPER_FLAG, COMPRESSED_FLAG = 0x40, 0x20, 0x80


class FitError(HeadsUpError):
    """A FIT file that cannot be used. Attributes: `name` (the file), `reason`."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


class GlobalMessage(IntEnum):
    """Global numbers of the messages that are read or written here."""

    FILE_ID = 0
    SESSION = 18
    LAP = 19
    RECORD = 20
    EVENT = 21
    DEVICE_INFO = 23
    ACTIVITY = 34
    FIELD_DESCRIPTION = 206
    DEVELOPER_DATA_ID = 207


class BaseType(IntEnum):
    """Types of a field's value."""

    ENUM = 0x00
    UINT8 = 0x02
    STRING = 0x07
    BYTES = 0x0D
    SINT16 = 0x83
    UINT16 = 0x84
    UINT32 = 0x86
    FLOAT32 = 0x88
    UINT32Z = 0x8C


_CODES = {
    BaseType.ENUM: ("B", 0xFF),
    BaseType.UINT8: ("B", 0xFF),
    BaseType.SINT16: ("h", 0x7FFF),
    BaseType.UINT16: ("H", 0xFFFF),
    BaseType.UINT32: ("I", 0xFFFF_FFFF),
    BaseType.UINT32Z: ("I", 0),
}
"""struct code, and the pattern that stands for 'not known'."""
_INVALID_FLOAT = b"\xff\xff\xff\xff"

Value: TypeAlias = int | float | str | bytes | None
"""None is written as the pattern for 'not known'."""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One native field of a message to be written; `size` in bytes (strings with their closing zero)."""

    number: int
    base: BaseType
    size: int


def spec(number: int, base: BaseType, value: Value = None) -> FieldSpec:
    """A field that has room for this value."""
    if base is BaseType.STRING:
        assert isinstance(value, str)
        return FieldSpec(number, base, len(_text(value)))
    if base is BaseType.BYTES:
        assert isinstance(value, bytes)
        return FieldSpec(number, base, len(value))
    return FieldSpec(number, base, 4 if base is BaseType.FLOAT32 else struct.calcsize(_CODES[base][0]))


def encode_definition(
    local: int, message: int, fields: Sequence[FieldSpec], developer: Sequence[tuple[int, int, int]] = ()
) -> bytes:
    """A little-endian definition. developer: (field number, size, developer index) each."""
    flags = DEFINITION_FLAG | (DEVELOPER_FLAG if developer else 0)
    out = struct.pack("<BBBHB", flags | local, 0, 0, message, len(fields))
    out += b"".join(struct.pack("<BBB", f.number, f.size, f.base) for f in fields)
    if developer:
        out += bytes([len(developer)]) + b"".join(bytes(entry) for entry in developer)
    return out


def encode_message(local: int, fields: Sequence[FieldSpec], values: Sequence[Value], developer: bytes = b"") -> bytes:
    """A message of a definition with these fields. Numbers beyond a field's range are written as not known."""
    body = b"".join(encode_value(f, v) for f, v in zip(fields, values, strict=True))
    return bytes([local]) + body + developer


def encode_value(field: FieldSpec, value: Value) -> bytes:
    """A value in the `field.size` bytes of its field, little-endian."""
    if field.base is BaseType.STRING:
        return _text(str(value or ""))[: field.size - 1].ljust(field.size, b"\0")
    if field.base is BaseType.BYTES:
        assert isinstance(value, bytes)
        return value
    if field.base is BaseType.FLOAT32:
        return _INVALID_FLOAT if value is None else struct.pack("<f", value)
    code, invalid = _CODES[field.base]
    number = invalid if value is None else round(float(value))
    try:
        return struct.pack(f"<{code}", number)
    except struct.error:
        return struct.pack(f"<{code}", invalid)


def whole_message(local: int, message: int, content: Sequence[tuple[int, BaseType, Value]]) -> bytes:
    """A definition and its one message."""
    fields = [spec(number, base, value) for number, base, value in content]
    return encode_definition(local, message, fields) + encode_message(local, fields, [v for _, _, v in content])


def _text(value: str) -> bytes:
    """ASCII with a closing zero, at most 64 bytes: what every reader of FIT files takes."""
    return value.encode("ascii", "replace")[:63] + b"\0"
