"""Rows straight from the pages of a damaged SQLite file, without SQLite: no header, no tree, no index is needed.

Every page that looks like a table leaf is read by itself (SQLite file format, sections 1.6 and 2.1), from the file and
from its -wal. Whether a row is genuine is not judged here: the caller's check sums do that.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, TypeAlias

from monitor.recording.format import MAX_ROW_BYTES, PAGE_SIZE
from monitor.recording.place import wal_of
from monitor.recording.wal import FRAME_HEADER_BYTES, HEADER_BYTES

Value: TypeAlias = int | float | bytes | str | None
Place: TypeAlias = tuple[int, int]
"""Where a row starts: offset of its page in the file (in the -wal: behind `_WAL_BASE`), offset of its cell there."""

_LEAF = 0x0D
_MAX_LOCAL = PAGE_SIZE - 35
_MIN_LOCAL = (PAGE_SIZE - 12) * 32 // 255 - 23
_WAL_BASE = 1 << 50
_MOST_COLUMNS = 10
"""Of any table in a recording; what has more is not worth taking apart."""
_INT_BYTES = (0, 1, 2, 3, 4, 6, 8)


@dataclass(slots=True)
class PageFile:
    """The pages of a recording and its -wal, whatever state they are in. A context manager."""

    path: Path
    _file: BinaryIO = field(init=False)
    _wal: BinaryIO | None = field(init=False, default=None)
    _frames: dict[int, int] = field(init=False, default_factory=dict)
    """Page number -> offset of its latest copy in the -wal."""
    _budget: int = field(init=False, default=0)
    """Bytes of long rows that may still be put together; a hostile file would have us read the same pages for ever."""

    def __post_init__(self) -> None:
        self._file = self.path.open("rb")
        wal = wal_of(self.path)
        if wal.is_file():
            self._wal = wal.open("rb")
            for offset, number in self._wal_frames():
                self._frames[number] = offset
        self._budget = 4 * sum(os.fstat(f.fileno()).st_size for f in self._files()) + MAX_ROW_BYTES

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._files():
            file.close()

    def rows(self, *, main: bool = True, wal: bool = True) -> Iterator[tuple[Place, list[Value]]]:
        """Every row of every page that can be a table leaf; the row id stands in place of a leading NULL.

        `main`, `wal`: whether those of the file itself and of its -wal are read.
        """
        for offset in self._page_offsets(main=main, wal=wal):
            page = self._page_at(offset)
            start = 100 if offset == 0 else 0
            if len(page) != PAGE_SIZE or page[start] != _LEAF:
                continue
            count = int.from_bytes(page[start + 3 : start + 5], "big")
            pointers = page[start + 8 : start + 8 + 2 * min(count, PAGE_SIZE // 2)]
            cells = struct.unpack(f">{len(pointers) // 2}H", pointers[: len(pointers) // 2 * 2])
            for cell in dict.fromkeys(cells):
                row = self._row(page, cell)
                if row is not None:
                    yield (offset, cell), row

    def row_at(self, place: Place) -> list[Value] | None:
        """A row found before, read again."""
        return self._row(self._page_at(place[0]), place[1])

    # ---------------------------------------------------------------- pages

    def _files(self) -> list[BinaryIO]:
        return [self._file] if self._wal is None else [self._file, self._wal]

    def _page_offsets(self, *, main: bool, wal: bool) -> Iterator[int]:
        if main:
            yield from range(0, os.fstat(self._file.fileno()).st_size, PAGE_SIZE)
        if wal:
            for offset, _ in self._wal_frames():
                yield _WAL_BASE + offset

    def _wal_frames(self) -> Iterator[tuple[int, int]]:
        """(offset of the page, its number) of each frame; stale frames too: their rows are old, not wrong."""
        if self._wal is None:
            return
        size = os.fstat(self._wal.fileno()).st_size
        for offset in range(HEADER_BYTES, size - FRAME_HEADER_BYTES - PAGE_SIZE + 1, FRAME_HEADER_BYTES + PAGE_SIZE):
            self._wal.seek(offset)
            yield offset + FRAME_HEADER_BYTES, int.from_bytes(self._wal.read(4), "big")

    def _page_at(self, offset: int) -> bytes:
        file, at = (self._wal, offset - _WAL_BASE) if offset >= _WAL_BASE else (self._file, offset)
        if file is None:
            return b""
        if not 0 <= at < os.fstat(file.fileno()).st_size:
            return b""
        file.seek(at)
        return file.read(PAGE_SIZE)

    def _page(self, number: int) -> bytes:
        offset = self._frames.get(number)
        if offset is not None:
            return self._page_at(_WAL_BASE + offset)
        return self._page_at((number - 1) * PAGE_SIZE)

    # ---------------------------------------------------------------- cells

    def _row(self, page: bytes, cell: int) -> list[Value] | None:
        try:
            size, at = _varint(page, cell)
            row_id, at = _varint(page, at)
            payload = self._payload(page, at, size)
            return _record(payload, row_id) if payload is not None else None
        except (IndexError, struct.error, UnicodeDecodeError):
            return None

    def _payload(self, page: bytes, at: int, size: int) -> bytes | None:
        """The bytes of a row, with those on overflow pages; None where they are not all there."""
        if not 0 < size <= MAX_ROW_BYTES:
            return None
        if size <= _MAX_LOCAL:
            return page[at : at + size] if at + size <= PAGE_SIZE else None
        local = _MIN_LOCAL + (size - _MIN_LOCAL) % (PAGE_SIZE - 4)
        local = local if local <= _MAX_LOCAL else _MIN_LOCAL
        if at + local + 4 > PAGE_SIZE or self._budget < size:
            return None
        parts, missing = [page[at : at + local]], size - local
        following = int.from_bytes(page[at + local : at + local + 4], "big")
        while missing > 0:
            overflow = self._page(following)
            self._budget -= PAGE_SIZE
            if len(overflow) != PAGE_SIZE:
                return None
            parts.append(overflow[4 : 4 + missing])
            missing -= PAGE_SIZE - 4
            following = int.from_bytes(overflow[:4], "big")
        return b"".join(parts)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """SQLite's variable-length integer at `at`, and where it ends. Raises IndexError."""
    value = 0
    for i in range(8):
        byte = data[at + i]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + i + 1
    value = value << 8 | data[at + 8]
    return value - (1 << 64) if value >> 63 else value, at + 9


def _record(payload: bytes, row_id: int) -> list[Value] | None:
    """The columns of a record. Raises IndexError or UnicodeDecodeError where it is none."""
    header_end, at = _varint(payload, 0)
    if not 1 < header_end <= min(len(payload), 200):
        return None
    kinds = []
    while at < header_end:
        kind = payload[at]
        if kind < 0x80:  # nearly all of them
            at += 1
        else:
            kind, at = _varint(payload, at)
        kinds.append(kind)
        if len(kinds) > _MOST_COLUMNS:
            return None
    out: list[Value] = []
    at = header_end
    for kind in kinds:
        length = _INT_BYTES[kind] if 0 <= kind < 7 else 8 if kind == 7 else max(0, (kind - 12) // 2)
        raw = payload[at : at + length]
        if kind < 0 or len(raw) != length:
            return None
        at += length
        out.append(_value(kind, raw))
    if out and out[0] is None:
        out[0] = row_id
    return out


def _value(kind: int, raw: bytes) -> Value:
    if kind == 0:
        return None
    if kind < 7:
        return int.from_bytes(raw, "big", signed=True)
    if kind == 7:
        value: float = struct.unpack(">d", raw)[0]
        return value
    if kind < 12:
        return kind - 8
    return raw.decode() if kind % 2 else raw
