"""Writing rows: creating a recording, adding to it in transactions that may be repeated, and closing it.

`RunFile` does no threading and keeps no clock; `writer`, `compact`, `salvage` and the import all write through it.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections import Counter
from contextlib import suppress
from pathlib import Path

from monitor.errors import RecordingError
from monitor.recording.blocks import BlockRow, check_packets, encode_block, split
from monitor.recording.contents import Contents
from monitor.recording.format import (
    APPLICATION_ID,
    BLOCK_SQL,
    FORMAT_VERSION,
    INDEX_SQL,
    ITEM_SQL,
    MAX_ROW_BYTES,
    MAX_TIME_NS,
    PAGE_SIZE,
    WAL_AUTOCHECKPOINT_PAGES,
    Codec,
)
from monitor.recording.items import (
    ItemRow,
    Totals,
    Trouble,
    control_item,
    event_body,
    item_row,
    run_body,
    sensor_body,
    text_body,
    totals_body,
    trouble_body,
)
from monitor.recording.place import create_empty, publish, remove, same_file
from monitor.values import Control, Event, PacketBlock, RunInfo, SensorInfo

_INSERT_BLOCK = "INSERT OR REPLACE INTO block VALUES (?,?,?,?,?,?,?,?,?,?)"
_INSERT_ITEM = "INSERT OR REPLACE INTO item(id, kind, t_ns, crc, body) VALUES (?,?,?,?,?)"


class RunFile:
    """A new recording, open for writing.

    `add_*` only collect rows; `commit` writes them in one durable transaction. Rows get their ids when they are
    added, so a commit that failed, or succeeded but said otherwise, is repeated without harm.
    """

    def __init__(self, path: Path, *, live: bool = True, codec: Codec = Codec.RAW, title: Path | None = None) -> None:
        """Create the file. Raises RecordingError.

        live : others may read while it is written (WAL)
        title : what an error calls the file, where that is not its name yet
        """
        self.path = Path(path)
        self._title = title or self.path
        self.codec = codec
        self._key = secrets.randbits(32)
        self._block_rows: list[tuple[int, BlockRow]] = []
        self._item_rows: list[ItemRow] = []
        self._next_block = 1
        self._next_item = 1
        self._seq: Counter[str] = Counter()
        self.pending_bytes = 0
        self.identity = create_empty(self.path, self._title)
        try:
            self._connection = _new_database(self.path)
            if live:
                _let_others_read(self._connection)
        except (sqlite3.Error, OSError) as error:
            remove(self.path)
            raise RecordingError(self._title, f"cannot be created: {disk_trouble(error)}") from error

    def add_head(self, run: RunInfo, settings_json: str, profile_json: str) -> None:
        """What is known before the first sample. Raises RecordingError where a text cannot be stored."""
        for name, text in (("settings", settings_json), ("profile", profile_json)):
            try:
                size = len(text.encode())
            except UnicodeEncodeError as error:
                raise RecordingError(self._title, f"the {name} are not proper text: {error.reason}") from error
            if size > MAX_ROW_BYTES // 2:
                raise RecordingError(self._title, f"the {name} are too long to be stored ({size / 1e6:.0f} MB)")
        self.add_item("run", 0, run_body(run, self._key))
        self.add_item("settings", 0, settings_json)
        self.add_item("profile", 0, profile_json)

    def add_contents(self, contents: Contents) -> None:
        """Everything but the notifications of another recording."""
        self.add_head(contents.run, contents.settings_json, contents.profile_json)
        for ready in contents.ready:
            self.add_sensor(ready.info, ready.t_ns)
        for event in contents.events:
            self.add_event(event.event, event.t_ns)
        for control in contents.controls:
            self.add_control(control)
        for trouble in contents.trouble:
            self.add_trouble(trouble)

    def add_packets(self, block: PacketBlock, span_ns: int) -> None:
        """Notifications as rows of at most about `span_ns`. Raises ValueError where they break their contract."""
        check_packets(block)
        for part in split(block, span_ns):
            row = encode_block(part, self._seq[block.sensor], self.codec, self._key)
            self._seq[block.sensor] += 1
            self._block_rows.append((self._next_block, row))
            self._next_block += 1
            self.pending_bytes += len(row.body) + 64

    def add_control(self, entry: Control) -> None:
        """Raises ValueError for an impossible time."""
        self.add_item(*control_item(entry))

    def add_sensor(self, info: SensorInfo, t_ns: int) -> None:
        self.add_item("sensor", t_ns, sensor_body(info))

    def add_event(self, event: Event, t_ns: int) -> None:
        self.add_item("event", t_ns, event_body(event))

    def add_note(self, note: str, t_ns: int) -> None:
        self.add_item("note", t_ns, text_body(note))

    def add_trouble(self, trouble: Trouble) -> None:
        """A stretch that could not be recorded or brought back; shown as damage by the reader."""
        self.add_item("trouble", max(trouble[1], trouble[2]), trouble_body(trouble))

    def add_item(self, kind: str, t_ns: int, body: str) -> None:
        """One row of the table `item`. Raises ValueError for an impossible time or size."""
        if abs(int(t_ns)) > MAX_TIME_NS or len(body) > MAX_ROW_BYTES // 2:
            raise ValueError(f"an entry of kind {kind} has an impossible time or size")
        self._item_rows.append(item_row(self._next_item, kind, int(t_ns), body, self._key))
        self._next_item += 1
        self.pending_bytes += len(body) + 64

    def commit(self) -> None:
        """Write what was added. Raises sqlite3.Error; the rows are then kept for the next try."""
        if not self._block_rows and not self._item_rows:
            return
        db = self._connection
        try:
            db.execute("BEGIN IMMEDIATE")
            db.executemany(
                _INSERT_BLOCK,
                (
                    (i, r.sensor, r.seq, r.t0_ns, r.t1_ns, r.n, r.codec, r.size, r.crc, r.body)
                    for i, r in self._block_rows
                ),
            )
            db.executemany(_INSERT_ITEM, ((r.id, r.kind, r.t_ns, r.crc, r.body) for r in self._item_rows))
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                with suppress(sqlite3.Error):
                    db.execute("ROLLBACK")
            raise
        self._block_rows.clear()
        self._item_rows.clear()
        self.pending_bytes = 0

    def go_live(self, path: Path) -> None:
        """Give what was committed its own name, replacing nothing; from now on others may read while it is written.

        Raises RecordingError or sqlite3.Error; `discard` then removes the file, whatever name it has.
        """
        self._connection.close()
        publish(self.path, path)
        self.path = path
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5.0)
        if not same_file(path, self.identity):
            raise RecordingError(path, "has just been replaced by another file; please choose another name")
        _let_others_read(self._connection)

    def finish(self, t_ns: int) -> None:
        """Write the closing entry and fold everything into the one file. Raises sqlite3.Error."""
        self.add_item("closed", t_ns, totals_body(Totals(dict(self._seq), self._next_item - 1)))
        self.commit()
        with suppress(sqlite3.Error):  # a reader may be looking; the file is complete either way
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._connection.execute("PRAGMA journal_mode=DELETE")
        self.release()

    def release(self) -> None:
        """Let go of the file as it is; may be called twice."""
        with suppress(sqlite3.Error):
            self._connection.close()

    def discard(self) -> None:
        """Let go of the file and remove it: it never became a recording."""
        self.release()
        remove(self.path)


def _new_database(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5.0)
    try:
        db.execute(f"PRAGMA page_size={PAGE_SIZE}")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("BEGIN IMMEDIATE")
        # Before WAL begins, so that even a copy without its -wal is recognised as ours.
        db.execute(f"PRAGMA application_id={APPLICATION_ID}")
        db.execute(f"PRAGMA user_version={FORMAT_VERSION}")
        for statement in (BLOCK_SQL, ITEM_SQL, INDEX_SQL):
            db.execute(statement)
        db.execute("COMMIT")
    except BaseException:
        db.close()
        raise
    return db


def _let_others_read(db: sqlite3.Connection) -> None:
    """From one file to WAL. Raises sqlite3.Error."""
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute(f"PRAGMA wal_autocheckpoint={WAL_AUTOCHECKPOINT_PAGES}")


def disk_trouble(error: sqlite3.Error | OSError) -> str:
    """Why nothing could be written, in words for the runner."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return "the disk is full"
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return "the disk may not be written to any more"
    if code == sqlite3.SQLITE_BUSY:
        return "another program holds the file"
    if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN):
        return "the disk cannot be written to"
    return f"the disk refused ({error})"
