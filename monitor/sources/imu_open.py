"""The files behind one sensor's table: a file, a packed one, or a folder or zip as an app exports it.

Folders and zips are those of phyphox (`Accelerometer.csv`, `Gyroscope.csv`, `meta/time.csv` with the start) and of
Sensor Logger (`TotalAcceleration.csv`, `Gyroscope.csv`): chosen by the names of the files inside. Nothing is unpacked
to the disk, and no more than a table's largest size is ever read.
"""

from __future__ import annotations

import gzip
import io
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from monitor.errors import TableError
from monitor.sources.imu_table_csv import MAX_TABLE_BYTES

_MAX_MEMBERS = 10_000
_NOTE_BYTES = 1 << 16
_IN_MEMORY_BYTES = 512 << 20
"""Of a table inside a zip: eight hours at 100 Hz."""
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What apps write. The others of zip's are refused: a few bytes of LZMA may ask for gigabytes of memory."""
_TABLES = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz", ".parquet")
_DAMAGE = (zlib.error, EOFError, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError)


@dataclass(frozen=True, slots=True)
class TableSource:
    """One table's bytes. `path` is what the user named, `name` the file's own name, inside a folder or zip or not."""

    path: Path
    name: str
    _opener: Callable[[], BinaryIO]

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The bytes, unpacked on the way. Raises TableError, also for damage met while reading."""
        try:
            with self._opener() as file:
                head = file.read(4)
                file.seek(0)
                if head[:2] == b"\x1f\x8b":
                    with gzip.open(file) as unpacked:
                        yield io.BufferedReader(_Bounded(self.path, unpacked))  # type: ignore[arg-type,type-var]
                else:
                    yield file
        except TableError:
            raise
        except OSError as error:
            reason = f"cannot be read: {error.strerror}" if error.strerror else "is damaged or cut off"
            raise TableError(self.path, 0, reason) from error
        except (zlib.error, EOFError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            raise TableError(self.path, 0, "is damaged or cut off; please export it once more") from error


@dataclass(frozen=True, slots=True)
class Folder:
    """What a folder or a zip holds: its tables, and the text of its small companion files by name."""

    path: Path
    tables: tuple[TableSource, ...]
    notes: dict[str, str]


class _Bounded(io.RawIOBase):
    """At most a table's largest size of a stream: a packed file says nothing true about its length."""

    def __init__(self, path: Path, stream: BinaryIO) -> None:
        self._path, self._stream, self._left = path, stream, MAX_TABLE_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise TableError(self._path, 0, "unpacks to more than a table may hold; please split it")
        buffer[: len(data)] = data
        return len(data)


def find_source(path: Path) -> TableSource | Folder:
    """What a path of the user names: a table, or a folder or zip of tables. Raises TableError."""
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        inside = _inside_a_zip(path)
        if inside is not None:
            return inside
        raise TableError(path, 0, "does not exist") from None
    except (OSError, ValueError) as error:
        raise TableError(repr(str(path)), 0, "is not a usable file name") from error
    if stat.S_ISDIR(status.st_mode):
        return _folder(path)
    if not stat.S_ISREG(status.st_mode):
        raise TableError(path, 0, "is not an ordinary file")
    if status.st_size == 0:
        raise TableError(path, 0, "is empty")
    if status.st_size > MAX_TABLE_BYTES:
        raise TableError(path, 0, f"is too large for a table ({status.st_size / 2**30:.0f} GB); please split it")
    return _zip(path) if _is_zip(path) else TableSource(path, path.name, lambda: path.open("rb"))


def _is_zip(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")
    except OSError as error:
        raise TableError(path, 0, f"cannot be read: {error.strerror}") from error


def _folder(path: Path) -> Folder:
    tables, notes = [], {}
    try:
        for count, file in enumerate(sorted(path.rglob("*"))):
            if count > _MAX_MEMBERS:
                raise TableError(path, 0, "holds far too many files; please name the one of the sensor")
            name = file.relative_to(path).as_posix()
            if file.is_symlink() or not file.is_file() or not name.lower().endswith(_TABLES):
                continue
            if _is_note(name):
                with file.open("rb") as note:
                    notes[PurePosixPath(name).name.lower()] = note.read(_NOTE_BYTES).decode("utf-8", "replace")
            elif "/" not in name:
                found = find_source(file)
                if isinstance(found, TableSource):
                    tables.append(found)
    except OSError as error:
        raise TableError(path, 0, f"cannot be read: {error.strerror}") from error
    return Folder(path, tuple(tables), notes)


def _zip(path: Path) -> Folder:
    tables, notes = [], {}
    try:
        with zipfile.ZipFile(path) as packed:
            # Not `is_dir`: it stumbles over an empty name.
            files = {entry.filename: entry for entry in packed.infolist() if not entry.filename.endswith("/")}
            if len(packed.infolist()) > _MAX_MEMBERS:
                raise TableError(path, 0, "holds far too many files; please name the one of the sensor")
            if "xl/workbook.xml" in files:
                raise TableError(path, 0, "is a spreadsheet; please save its sheet as CSV")
            for name in sorted(files):
                if not name.lower().endswith(_TABLES) or "__MACOSX/" in name:
                    continue
                if files[name].compress_type not in _PACKINGS:
                    raise TableError(path, 0, "is packed in an unusual way; please unpack it and name the folder")
                if _is_note(name):
                    with packed.open(name) as note:
                        notes[PurePosixPath(name).name.lower()] = note.read(_NOTE_BYTES).decode("utf-8", "replace")
                else:
                    tables.append(_member(path, name))
    except _DAMAGE as error:
        raise TableError(path, 0, "is a damaged or locked zip") from error
    return Folder(path, tuple(tables), notes)


def _is_note(name: str) -> bool:
    return PurePosixPath(name).name.lower() in ("metadata.csv", "time.csv", "device.csv", "annotation.csv")


def _member(path: Path, name: str) -> TableSource:
    def opener() -> BinaryIO:
        try:
            with zipfile.ZipFile(path) as packed, packed.open(name) as member:
                data = member.read(_IN_MEMORY_BYTES + 1)
        except _DAMAGE as error:
            raise TableError(path, 0, "is a damaged or locked zip") from error
        if len(data) > _IN_MEMORY_BYTES:
            shown = _printable(name)
            raise TableError(path, 0, f"{shown} is too large to be read from the zip; please unpack it first")
        return io.BytesIO(data)

    return TableSource(path, _printable(PurePosixPath(name).name), opener)


def _printable(name: str) -> str:
    """A name inside a zip for a sentence: it must not steer the terminal."""
    return "".join(c if c.isprintable() else "?" for c in name)


def _inside_a_zip(path: Path) -> TableSource | None:
    """`export.zip/Headphone.csv`: the one file of that name inside."""
    parent = path.parent
    try:
        if parent == path or not parent.is_file() or not _is_zip(parent):
            return None
    except (OSError, ValueError):
        return None
    found = [table for table in _zip(parent).tables if table.name == path.name]
    return found[0] if len(found) == 1 else None
