"""Opening a file that anybody may have made: read-only, nothing in it trusted, every refusal one sentence."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import struct
import tempfile
from contextlib import suppress
from pathlib import Path

from monitor.errors import RecordingError
from monitor.recording.format import (
    APPLICATION_ID,
    FORMAT_VERSION,
    MAX_FILE_BYTES,
    MAX_ROW_BYTES,
    OLDEST_VERSION,
    READ_ERRORS,
    SCHEMA,
    SUFFIX,
    read_failure,
)
from monitor.recording.items import ItemRow, is_run_row
from monitor.recording.place import sidecars, wal_of
from monitor.recording.wal import hides_commits

_MAGIC = b"SQLite format 3\0"
_MAX_COPY_BYTES = 4 << 30
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: MAX_ROW_BYTES,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 10_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 100,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 50,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 5,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
}
_SCHEMA_STEPS = 2000
"""Steps of SQLite's machine in which a schema must be read; ours takes less than a hundred."""
_OTHER_TABLES = "calls itself a Heads Up recording, but holds other tables"
_HIDDEN = "what was recorded last is damaged and was left out; headsup repair RUN -o NEW may bring it back"
_STRANGE = "'{name}' beside the recording belongs to another run and was not read; please move it away"


class OpenedFile:
    """A read-only connection and what must be tidied up after it."""

    def __init__(self, connection: sqlite3.Connection, size: int, folder: tempfile.TemporaryDirectory[str] | None):
        self.connection = connection
        self.wal_trouble = ""
        """What is wrong with its -wal, in words; '' for nothing."""
        self.size = size
        """Bytes of the file and its -wal: no honest content is larger."""
        self._folder = folder

    def close(self) -> None:
        self.connection.close()
        if self._folder is not None:
            self._folder.cleanup()


def open_file(path: Path) -> OpenedFile:
    """A checked read-only connection. Raises RecordingError."""
    real, size = check_file(path)
    _check_header(path, real)
    try:
        file = _open_in_place(real, size) or _open_elsewhere(path, real, size)
    except READ_ERRORS as error:
        raise refusal(path, error) from error
    try:
        _check_schema(file.connection, path)
        file = _without_strange_wal(file, real)
        if not file.wal_trouble and hides_commits(wal_of(real)):
            file.wal_trouble = _HIDDEN
    except READ_ERRORS as error:
        file.close()
        raise refusal(path, error) from error
    except RecordingError:
        file.close()
        raise
    return file


def refusal(path: Path | str, error: Exception) -> RecordingError:
    """What to tell the user of one of `READ_ERRORS`."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return RecordingError(path, "is held by another program just now; please try again")
    if code == sqlite3.SQLITE_INTERRUPT:
        return RecordingError(path, _OTHER_TABLES)
    if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL):
        return RecordingError(
            path, f"cannot be read ({error}); is the disk all right? Else try: headsup repair RUN -o NEW"
        )
    return RecordingError(path, f"is damaged ({read_failure(error)}); try: headsup repair RUN -o NEW")


def check_file(path: Path) -> tuple[Path, int]:
    """The real path and the size with its -wal; refuses all but ordinary files. Raises RecordingError."""
    try:
        real = Path(path).resolve(strict=True)
        status = real.stat()
    except FileNotFoundError:
        raise RecordingError(path, "does not exist") from None
    except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: a loop of links
        raise RecordingError(path, f"cannot be opened: {getattr(error, 'strerror', None) or error}") from error
    if stat.S_ISDIR(status.st_mode):
        raise RecordingError(path, "is a folder, not a recording")
    if not stat.S_ISREG(status.st_mode):
        raise RecordingError(path, "is not an ordinary file")
    size = status.st_size
    for side in sidecars(real):
        with suppress(FileNotFoundError):
            beside = side.lstat()
            if not stat.S_ISREG(beside.st_mode):
                raise RecordingError(path, f"'{side.name}' beside it is not an ordinary file")
            size += beside.st_size if side.name.endswith("-wal") else 0
    if size == 0:
        raise RecordingError(path, "is empty")
    if size > MAX_FILE_BYTES:
        raise RecordingError(path, f"is too large for a recording ({size / 2**30:.0f} GB)")
    return real, size


def _check_header(path: Path, real: Path) -> None:
    """Judge the first 100 bytes, so that foreign files get a fitting sentence."""
    try:
        with real.open("rb") as file:
            header = file.read(100)
    except OSError as error:
        raise RecordingError(path, f"cannot be read: {error.strerror}") from error
    if len(header) < 100 or not header.startswith(_MAGIC):
        if len(header) == 100 and path.suffix == SUFFIX:
            raise RecordingError(path, "is not a Heads Up recording; if it was one, try: headsup repair RUN -o NEW")
        raise RecordingError(path, "is not a Heads Up recording")
    (version,) = struct.unpack_from(">i", header, 60)
    (application,) = struct.unpack_from(">I", header, 68)
    if application != APPLICATION_ID:
        raise RecordingError(path, "is a database of another program, not a Heads Up recording")
    if version > FORMAT_VERSION:
        raise RecordingError(
            path,
            f"was written by a newer Heads Up (format {version}; this one reads {FORMAT_VERSION}): please update",
        )
    if version < OLDEST_VERSION:
        raise RecordingError(path, f"has the unknown format {version}")


def newer_format(real: Path) -> int:
    """The format that a file states where it is newer than ours, else 0. Raises OSError."""
    with real.open("rb") as file:
        header = file.read(100)
    if len(header) < 100 or struct.unpack_from(">I", header, 68) != (APPLICATION_ID,):
        return 0
    (version,) = struct.unpack_from(">i", header, 60)
    return int(version) if version > FORMAT_VERSION else 0


def _connect(real: Path, options: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{real.as_uri()}?{options}", uri=True, isolation_level=None, check_same_thread=False, timeout=5.0
    )
    try:
        for what, most in _LIMITS.items():
            connection.setlimit(what, most)
        # Bytes that are no UTF-8 must not stop a scan; the check sum finds them.
        connection.text_factory = _text
        for pragma in ("trusted_schema=OFF", "query_only=ON", "cell_size_check=ON", "mmap_size=0"):
            connection.execute(f"PRAGMA {pragma}")
        # SQLite parses the whole schema with the first statement; ours is three rows.
        connection.set_progress_handler(lambda: 1, _SCHEMA_STEPS)
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        connection.set_progress_handler(None, 0)
    except BaseException:
        connection.close()
        raise
    return connection


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


_NO_SIDE_FILE = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL)
"""What comes of it where nothing may be written beside the file, or the disk is full."""


def _open_in_place(real: Path, size: int) -> OpenedFile | None:
    """The file where it is; None where its folder would have to be written to. Raises sqlite3.Error."""
    try:
        connection = _connect(real, "mode=ro")
    except READ_ERRORS as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _NO_SIDE_FILE:
            return None
        raise
    return OpenedFile(connection, size, None)


def _open_elsewhere(path: Path, real: Path, size: int) -> OpenedFile:
    """Without writing beside the file: as it stands if it has no -wal, else from a copy."""
    wal = wal_of(real)
    if not wal.exists() or wal.stat().st_size == 0:
        return OpenedFile(_connect(real, "mode=ro&immutable=1"), size, None)
    if size > _MAX_COPY_BYTES:
        raise RecordingError(path, "lies in a folder that may not be written to; please copy it with its -wal")
    folder = tempfile.TemporaryDirectory(prefix="headsup-")
    try:
        copy = Path(folder.name) / "run"
        shutil.copyfile(real, copy)
        shutil.copyfile(wal, Path(folder.name) / "run-wal")
        return OpenedFile(_connect(copy, "mode=ro"), size, folder)
    except OSError as error:
        folder.cleanup()
        raise RecordingError(path, f"cannot be copied to be read: {error.strerror}") from error


def _without_strange_wal(file: OpenedFile, real: Path) -> OpenedFile:
    """The file without its -wal where that tells of another run: SQLite takes any."""
    wal = wal_of(real)
    if not wal.exists() or wal.stat().st_size == 0:
        return file
    try:
        alone = _connect(real, "mode=ro&immutable=1")
    except READ_ERRORS:  # a checkpoint was cut short: the -wal holds what the file itself lacks
        return file
    own = _first_item(alone)
    if own is None or not is_run_row(own) or own == _first_item(file.connection):
        alone.close()
        return file
    file.close()
    file = OpenedFile(alone, file.size, None)
    file.wal_trouble = _STRANGE.format(name=wal.name)
    return file


def _first_item(connection: sqlite3.Connection) -> ItemRow | None:
    """The row that describes the run; None where it cannot be read."""
    try:
        fields = connection.execute("SELECT id, kind, t_ns, crc, body FROM item WHERE id = 1").fetchone()
    except READ_ERRORS:
        return None
    return ItemRow(*fields) if fields is not None else None


def _check_schema(connection: sqlite3.Connection, path: Path) -> None:
    """Exactly our tables and index, nothing else: no views, no triggers. Raises RecordingError or sqlite3.Error."""
    rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema LIMIT 10").fetchall()
    if set(rows) != SCHEMA or len(rows) != len(SCHEMA):
        raise RecordingError(path, _OTHER_TABLES)
