"""The stored lines of a library, in a small SQLite file: a copy that may be lost, damaged or thrown away at any time.

Several programs may use it at once: each line is written in a step of its own, and two that work out the same run
write the same line. Every line carries a CRC-32, so that a flipped bit costs a line and never changes a number.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import zlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from monitor.library.rows import LARGEST_BYTES, RowError, RunRow, from_text, to_text
from monitor.library.scan import MOST_RUNS

APPLICATION_ID = 0x4864734C
"""'HdsL' in ASCII."""
INDEX_VERSION = 1
RUN_SQL = "CREATE TABLE run(name TEXT PRIMARY KEY, crc INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID"
LARGEST_FILE = 1 << 30
WAIT_S = 5.0
_ERRORS = (sqlite3.Error, UnicodeDecodeError, MemoryError, OSError)
"""MemoryError: SQLite's word for a damaged row that claims an impossible length."""


class _NotOursError(Exception):
    """The file is no index of this version."""


def index_path(cache: Path, folder: Path) -> Path:
    """Where the index of a folder is kept: never in the folder, which may be another person's or may not be written."""
    digest = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:24]
    return cache / f"{digest}.sqlite"


class LibraryIndex:
    """The lines of one folder. A context manager; used by one thread at a time.

    Whatever goes wrong with the file costs the lines that were stored, not the library: `note` then says so.
    """

    def __init__(self, path: Path) -> None:
        """Open the index, or make it. Never raises for what the file holds or where it lies."""
        self.path = path
        self.note = ""
        self._db: sqlite3.Connection | None = None
        self._mended = False
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._db = _open(path)
        except (_NotOursError, *_ERRORS) as error:
            self._mend(error)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        if self._db is not None:
            self._db.close()
            self._db = None

    def rows(self) -> dict[str, RunRow]:
        """All lines that are whole, by name; a damaged index is thrown away and holds none."""
        if self._db is None:
            return {}
        found: dict[str, RunRow] = {}
        try:
            cursor = self._db.execute("SELECT name, crc, body FROM run LIMIT ?", (MOST_RUNS + 1,))
            for name, crc, body in cursor:
                with suppress(RowError):
                    if (
                        isinstance(body, str)
                        and crc == _crc(name, body)
                        and _key((row := from_text(body)).name) == name
                    ):
                        found[row.name] = row
        except _ERRORS as error:
            self._mend(error)
            return {}
        return found

    def put(self, row: RunRow) -> None:
        """Store a line, instead of the one of its name."""
        key, body = _key(row.name), to_text(row)
        if len(body) <= LARGEST_BYTES:
            self._write("INSERT OR REPLACE INTO run VALUES (?,?,?)", [(key, _crc(key, body), body)])

    def forget(self, names: Iterable[str]) -> None:
        """Drop the lines of recordings that are gone."""
        self._write("DELETE FROM run WHERE name = ?", [(_key(name),) for name in names])

    def _write(self, statement: str, values: list[tuple[str | int, ...]]) -> None:
        if self._db is None or not values:
            return
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(statement, values)
            self._db.execute("COMMIT")
        except _ERRORS as error:
            with suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            self._mend(error)

    def _mend(self, error: Exception) -> None:
        """Start with an empty index where this one is damaged; go on without one where that cannot be done."""
        self.close()
        if not _is_busy(error) and not self._mended:
            self._mended = True  # once: a full disk would be mended for ever
            try:
                _throw_away(self.path)
                self._db = _open(self.path)
                self.note = "The library's index was made anew from the recordings."
                return
            except (_NotOursError, *_ERRORS) as again:
                error = again
        held = "is held by another program" if _is_busy(error) else "cannot be written"
        self.note = f"The library's index {held}, so the runs were read without keeping it."


def _open(path: Path) -> sqlite3.Connection:
    """A connection to an index of this version, made where there is none. Raises _NotOursError or one of _ERRORS."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise _NotOursError
    if path.exists() and path.stat().st_size > LARGEST_FILE:
        raise _NotOursError
    db = sqlite3.connect(path, isolation_level=None, timeout=WAIT_S, check_same_thread=False)
    try:
        db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 2 * LARGEST_BYTES)
        db.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        # The recordings are the truth: a power cut may cost the index.
        for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "synchronous=OFF", "mmap_size=0"):
            db.execute(f"PRAGMA {pragma}")
        db.execute("BEGIN IMMEDIATE")
        schema = db.execute("SELECT type, name, sql FROM sqlite_schema LIMIT 5").fetchall()
        if not schema:
            db.execute(f"PRAGMA application_id={APPLICATION_ID}")
            db.execute(f"PRAGMA user_version={INDEX_VERSION}")
            db.execute(RUN_SQL)
        elif schema != [("table", "run", RUN_SQL)] or _numbers(db) != (APPLICATION_ID, INDEX_VERSION):
            raise _NotOursError
        db.execute("COMMIT")
    except BaseException:
        db.close()
        raise
    return db


def _numbers(db: sqlite3.Connection) -> tuple[int, int]:
    (application,), (version,) = (db.execute(f"PRAGMA {p}").fetchone() for p in ("application_id", "user_version"))
    return application, version


def _throw_away(path: Path) -> None:
    """Remove an index and what SQLite kept beside it. Raises OSError."""
    # The journal goes first: it must never be played into the file that follows.
    for name in (f"{path.name}-journal", f"{path.name}-wal", f"{path.name}-shm", path.name):
        path.with_name(name).unlink(missing_ok=True)


def _is_busy(error: Exception) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _key(name: str) -> str:
    """A file's name as plain ASCII: SQLite takes no lone surrogates."""
    return name.encode("unicode_escape").decode("ascii")


def _crc(name: str, body: str) -> int:
    return zlib.crc32(f"{name}\0{body}".encode("utf-8", "replace"))
