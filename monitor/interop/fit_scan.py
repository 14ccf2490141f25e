"""Walking over the records of a FIT body: definitions and messages with their places, nothing interpreted but time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from monitor.interop.fit_wire import COMPRESSED_FLAG, DEFINITION_FLAG, DEVELOPER_FLAG, TIMESTAMP, FitError

MAX_RECORDS = 2_000_000
"""More than ten hours of a watch that writes fifty messages a second."""
_UNKNOWN = 0xFFFF_FFFF


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition at `start`..`end` of the body.

    message : global number; fields : offset and size of each native field by number; developer_at : where the number
    of developer fields stands, == `end` where there is none; developer : (number, size, developer index) of each
    """

    start: int
    end: int
    local: int
    message: int
    big_endian: bool
    fields: dict[int, tuple[int, int]]
    developer_at: int
    developer: tuple[tuple[int, int, int], ...]
    size: int
    """Bytes of a message, without its header byte."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message at `start`..`end` of the body; `time` in FIT seconds, its own or by the compressed header."""

    start: int
    end: int
    definition: Definition
    time: int | None


def scan(body: bytes, name: str) -> Iterator[Definition | Message]:
    """Every record of a body in order. Raises FitError where the body does not hold what it promises."""
    local: dict[int, Definition] = {}
    last: int | None = None
    at = count = 0
    while at < len(body):
        count += 1
        if count > MAX_RECORDS:
            raise FitError(name, f"holds more than {MAX_RECORDS // 1_000_000} million records; please split it")
        header = body[at]
        compressed = bool(header & COMPRESSED_FLAG)
        if not compressed and header & DEFINITION_FLAG:
            definition = _definition(body, at, name)
            local[definition.local] = definition
            at = definition.end
            yield definition
            continue
        found = local.get((header >> 5) & 3 if compressed else header & 15)
        if found is None:
            raise FitError(name, f"is damaged: byte {at} of its records belongs to nothing")
        end = at + 1 + found.size
        if end > len(body):
            raise FitError(name, "is damaged: its last record is cut short")
        stamp = field_value(body, at, found, TIMESTAMP, 4)
        if stamp is not None:
            last = stamp
        elif compressed and last is not None:
            # Five bits of the time; it has moved on by less than 32 s.
            last = (last + (((header & 31) - last) & 31)) & _UNKNOWN
        yield Message(at, end, found, last if compressed else stamp)
        at = end


def field_value(body: bytes, start: int, definition: Definition, number: int, size: int) -> int | None:
    """An unsigned native field of the message at `start`; None where it is absent, of another size, or not known."""
    place = definition.fields.get(number)
    if place is None or place[1] != size:
        return None
    raw = body[start + 1 + place[0] : start + 1 + place[0] + size]
    value = int.from_bytes(raw, "big" if definition.big_endian else "little")
    return None if value == (1 << 8 * size) - 1 else value


def field_bytes(body: bytes, message: Message, number: int) -> bytes:
    """A native field as it stands; b'' where it is absent."""
    offset, size = message.definition.fields.get(number, (0, 0))
    return body[message.start + 1 + offset : message.start + 1 + offset + size]


def _definition(body: bytes, at: int, name: str) -> Definition:
    cut = FitError(name, "is damaged: a definition is cut short")
    if at + 6 > len(body):
        raise cut
    big = body[at + 2] != 0
    message = int.from_bytes(body[at + 3 : at + 5], "big" if big else "little")
    end = at + 6 + 3 * body[at + 5]
    if end > len(body):
        raise cut
    fields: dict[int, tuple[int, int]] = {}
    size = 0
    for entry in range(at + 6, end, 3):
        fields.setdefault(body[entry], (size, body[entry + 1]))
        size += body[entry + 1]
    developer_at, developer = end, []
    if body[at] & DEVELOPER_FLAG:
        if end >= len(body):
            raise cut
        end += 1 + 3 * body[developer_at]
        if end > len(body):
            raise cut
        for entry in range(developer_at + 1, end, 3):
            developer.append((body[entry], body[entry + 1], body[entry + 2]))
            size += body[entry + 1]
    return Definition(at, end, body[at] & 15, message, big, fields, developer_at, tuple(developer), size)
