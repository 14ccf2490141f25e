"""What an opened file holds, row by row: the block index and the items, checked for holes, order and sense."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from monitor.errors import RecordingError
from monitor.recording.blocks import DamagedRowError
from monitor.recording.format import MAX_BLOCK_BYTES, MAX_BLOCK_PACKETS, MAX_SENSORS, MAX_TIME_NS
from monitor.recording.items import (
    CONTROL_KINDS,
    Control,
    ItemRow,
    LiveEvent,
    SensorVersion,
    Totals,
    check_item,
    control_value,
    event_value,
    run_value,
    sensor_value,
    text_value,
    totals_value,
)
from monitor.values import NS_PER_S, IntArray, RunInfo

_MIN_ROW_BYTES = 24
"""No row takes less of the file: bounds what a file of looping pages can make us read."""


@dataclass(frozen=True, slots=True)
class Damage:
    """Something that is missing or was left out because it cannot be trusted.

    Times in seconds since the recording's first entry, NaN where they are not known.
    """

    what: str
    from_s: float = float("nan")
    to_s: float = float("nan")

    def __str__(self) -> str:
        if self.from_s != self.from_s:
            return self.what
        return f"{self.what} ({self.from_s:.1f} s to {self.to_s:.1f} s)"


@dataclass(frozen=True, slots=True)
class SensorBlocks:
    """The block index of one sensor, in order; all (m,): row ids, numbers, first and last arrival, sizes in bytes."""

    ids: IntArray
    seq: IntArray
    t0_ns: IntArray
    t1_ns: IntArray
    n: IntArray
    size: IntArray


@dataclass(slots=True)
class Contents:
    """Everything but the notifications themselves; filled by `read_contents`."""

    run: RunInfo
    settings_json: str = ""
    profile_json: str = ""
    versions: list[SensorVersion] = field(default_factory=list)
    controls: list[Control] = field(default_factory=list)
    events: list[LiveEvent] = field(default_factory=list)
    totals: Totals | None = None
    blocks: dict[str, SensorBlocks] = field(default_factory=dict)
    trouble: list[tuple[str, int, int]] = field(default_factory=list)
    """(what, from_ns, to_ns); times 0, -1 where they are not known."""


def read_contents(db: sqlite3.Connection, path: Any, size: int) -> Contents:
    """Read the index and the items in one snapshot. Raises RecordingError or sqlite3.Error."""
    limit = size // _MIN_ROW_BYTES
    trouble: list[tuple[str, int, int]] = []
    db.execute("BEGIN")
    try:
        items = list(_items(db, limit, trouble))
        blocks = list(_headers(db, limit, trouble))
    finally:
        db.execute("ROLLBACK")
    contents = _from_items(items, path, trouble)
    contents.blocks = _index(blocks, path, trouble)
    _compare_totals(contents)
    return contents


def _items(db: sqlite3.Connection, limit: int, trouble: list[tuple[str, int, int]]) -> Iterator[ItemRow]:
    expected = 1
    for fields in _scan(db, "SELECT id, kind, t_ns, crc, body FROM item", limit, trouble, "entries"):
        row = ItemRow(*fields)
        try:
            check_item(row)
        except DamagedRowError as error:
            trouble.append((str(error), 0, -1))
            if isinstance(row.id, int):
                expected = max(expected, row.id + 1)
            continue
        if row.id > expected:
            trouble.append((f"{row.id - expected} entries (marks, link changes, ...) are missing", 0, -1))
        expected = row.id + 1
        yield row


def _headers(db: sqlite3.Connection, limit: int, trouble: list[tuple[str, int, int]]) -> Iterator[tuple[Any, ...]]:
    columns = "SELECT id, sensor, seq, t0_ns, t1_ns, n, size FROM block"
    try:
        yield from _capped(db.execute(f"{columns} INDEXED BY block_time ORDER BY t0_ns"), limit)
    except sqlite3.DatabaseError:
        # Rows already given come again from the table; `_index` drops repetitions.
        trouble.append(("the index is damaged; blocks were looked for one by one", 0, -1))
        yield from _scan(db, f"{columns} NOT INDEXED", limit, trouble, "blocks")


def _scan(
    db: sqlite3.Connection, query: str, limit: int, trouble: list[tuple[str, int, int]], what: str
) -> Iterator[tuple[Any, ...]]:
    """All rows of a table that can be reached, by id; past a damaged page from the other end."""
    last = None
    try:
        for row in _capped(db.execute(f"{query} ORDER BY id"), limit):
            last = row[0]
            yield row
        return
    except sqlite3.DatabaseError as error:
        trouble.append((f"some {what} cannot be read ({error})", 0, -1))
    tail: list[tuple[Any, ...]] = []
    try:
        for row in _capped(db.execute(f"{query} ORDER BY id DESC"), limit):
            if last is not None and row[0] <= last:
                break
            tail.append(row)
    except sqlite3.DatabaseError:
        pass  # as far as it goes; already reported
    yield from reversed(tail)


def _capped(rows: Iterable[tuple[Any, ...]], limit: int) -> Iterator[tuple[Any, ...]]:
    for count, row in enumerate(rows):
        if count > limit:
            raise sqlite3.DatabaseError("more rows than the file can hold")
        yield row


def _from_items(items: list[ItemRow], path: Any, trouble: list[tuple[str, int, int]]) -> Contents:
    run: RunInfo | None = None
    contents = Contents(RunInfo("", "", mode=None, simulated=False, app_version=""))  # type: ignore[arg-type]
    contents.trouble = trouble
    note: str | None = None
    seen = set()
    for row in items:
        seen.add(row.kind)
        try:
            if row.kind in CONTROL_KINDS:
                contents.controls.append(control_value(row))
            elif row.kind == "event":
                contents.events.append(event_value(row))
            elif row.kind == "sensor":
                contents.versions.append(sensor_value(row))
            elif row.kind == "run":
                run = run_value(row)
            elif row.kind == "settings":
                contents.settings_json = row.body
            elif row.kind == "profile":
                contents.profile_json = row.body
            elif row.kind == "note":
                note = text_value(row)
            elif row.kind == "trouble":
                trouble.append((text_value(row), row.t_ns, row.t_ns))
            elif row.kind == "closed":
                contents.totals = totals_value(row)
            else:
                trouble.append((f"an entry of the unknown kind '{row.kind[:20]}' was left out", row.t_ns, row.t_ns))
        except DamagedRowError as error:
            trouble.append((f"{error}; it was left out", row.t_ns, row.t_ns))
    if run is None:
        raise RecordingError(path, "is damaged: what it says of the run itself is lost; the rest can be salvaged")
    trouble.extend((f"the {kind} in force are lost", 0, -1) for kind in ("settings", "profile") if kind not in seen)
    contents.run = run if note is None else RunInfo(**{**_fields(run), "note": note})
    # Stable: entries of equal time keep the order in which they were written.
    contents.controls.sort(key=lambda entry: entry.t_ns)
    return contents


def _fields(run: RunInfo) -> dict[str, Any]:
    return {name: getattr(run, name) for name in RunInfo.__slots__}


def _index(headers: list[tuple[Any, ...]], path: Any, trouble: list[tuple[str, int, int]]) -> dict[str, SensorBlocks]:
    """Per sensor the headers that make sense, in order of number."""
    by_sensor: dict[str, dict[int, tuple[int, ...]]] = {}
    senseless = 0
    for row_id, sensor, seq, t0, t1, n, size in headers:
        numbers = (row_id, seq, t0, t1, n, size)
        if not isinstance(sensor, str) or not all(type(v) is int for v in numbers) or not (
            seq >= 0 and 0 < n <= MAX_BLOCK_PACKETS and 0 <= size <= MAX_BLOCK_BYTES
            and -MAX_TIME_NS <= t0 <= t1 <= MAX_TIME_NS
        ):  # fmt: skip
            senseless += 1
            continue
        if sensor not in by_sensor and len(by_sensor) == MAX_SENSORS:
            raise RecordingError(path, f"names more than {MAX_SENSORS} sensors; that is no run")
        by_sensor.setdefault(sensor, {}).setdefault(seq, numbers)
    if senseless:
        trouble.append((f"{senseless} block(s) have an impossible header and were left out", 0, -1))
    return {sensor: _ordered(sensor, rows, trouble) for sensor, rows in by_sensor.items()}


def _ordered(sensor: str, rows: dict[int, tuple[int, ...]], trouble: list[tuple[str, int, int]]) -> SensorBlocks:
    kept: list[tuple[int, ...]] = []
    next_seq, last_t1 = 0, -MAX_TIME_NS - 1
    for seq in sorted(rows):
        row = rows[seq]
        if row[2] <= last_t1:
            trouble.append((f"a block of '{sensor}' is out of order and was left out", row[2], row[3]))
            continue
        if seq > next_seq:
            since = last_t1 if kept else row[2]
            trouble.append((f"{seq - next_seq} block(s) of '{sensor}' are missing", since, row[2]))
        kept.append(row)
        next_seq, last_t1 = seq + 1, row[3]
    table = np.array(kept, np.int64).reshape(-1, 6)
    return SensorBlocks(*(np.ascontiguousarray(column) for column in table.T))


def _compare_totals(contents: Contents) -> None:
    """A closed recording says how many blocks it has: notice when the last ones vanished."""
    if contents.totals is None:
        return
    for sensor, count in contents.totals.blocks.items():
        blocks = contents.blocks.get(sensor)
        have = int(blocks.seq[-1]) + 1 if blocks is not None and len(blocks.seq) else 0
        if have < count:
            at = int(blocks.t1_ns[-1]) if blocks is not None and len(blocks.seq) else 0
            contents.trouble.append((f"the last {count - have} block(s) of '{sensor}' are missing", at, at))


def in_words(trouble: tuple[str, int, int], first_ns: int) -> Damage:
    """Trouble with its times as seconds since the first entry."""
    what, from_ns, to_ns = trouble
    if to_ns < from_ns:
        return Damage(what)
    return Damage(what, (from_ns - first_ns) / NS_PER_S, (to_ns - first_ns) / NS_PER_S)
