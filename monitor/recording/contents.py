"""What an opened file holds, row by row: the block index and the items, checked for holes, order and sense."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from monitor.errors import RecordingError
from monitor.recording.blocks import DamagedRowError
from monitor.recording.format import (
    MAX_BLOCK_BYTES,
    MAX_BLOCK_PACKETS,
    MAX_ITEM_BYTES,
    MAX_ROWS,
    MAX_SENSORS,
    MAX_TIME_NS,
    READ_ERRORS,
    read_failure,
)
from monitor.recording.items import (
    CONTROL_KINDS,
    ItemRow,
    LiveEvent,
    SensorReadyAt,
    Totals,
    Trouble,
    check_item,
    control_value,
    event_value,
    is_run_row,
    run_value,
    sensor_value,
    stated_key,
    text_value,
    totals_value,
    trouble_value,
)
from monitor.values import NS_PER_S, Control, IntArray, Mode, RunInfo

_T0, _T1 = 2, 3
"""Columns of a checked header (row id, seq, t0, t1, n, size)."""
_MIN_ROW_BYTES = 24
"""No row takes less of the file: bounds what a file of looping pages can make us read."""


Header: TypeAlias = tuple[Any, ...]
"""(row id, sensor, seq, t0_ns, t1_ns, n, size) of a block, not yet checked."""


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


_UNKNOWN_RUN = RunInfo("", "", Mode.ROAD, simulated=False, app_version="")


@dataclass(slots=True)
class Contents:
    """Everything but the notifications themselves; filled by `read_contents`."""

    key: int = 0
    """What the check sums of this run's rows are made with."""
    run: RunInfo = _UNKNOWN_RUN
    settings_json: str = "{}"
    profile_json: str = ""
    ready: list[SensorReadyAt] = field(default_factory=list)
    controls: list[Control] = field(default_factory=list)
    events: list[LiveEvent] = field(default_factory=list)
    totals: Totals | None = None
    blocks: dict[str, SensorBlocks] = field(default_factory=dict)
    trouble: list[Trouble] = field(default_factory=list)


def read_contents(db: sqlite3.Connection, path: Path | str, size: int) -> Contents:
    """Read the index and the items in one snapshot. Raises RecordingError or sqlite3.Error."""
    limit = min(size // _MIN_ROW_BYTES, MAX_ROWS)
    trouble: list[Trouble] = []
    db.execute("BEGIN")
    try:
        rows = list(_item_rows(db, limit, trouble))
        blocks = list(_headers(db, limit, trouble))
    finally:
        if db.in_transaction:  # a disk that fails has ended it already
            db.execute("ROLLBACK")
    key = _key_of(rows)
    contents = from_items(_genuine(rows, key, trouble), path, trouble)
    contents.key = key
    contents.blocks = index_of(blocks, path, trouble)
    compare_totals(contents)
    return contents


def _item_rows(db: sqlite3.Connection, limit: int, trouble: list[Trouble]) -> Iterator[ItemRow]:
    """The table `item` as it stands, unchecked."""
    size = 0
    for fields in _scan(db, "SELECT id, kind, t_ns, crc, body FROM item", limit, trouble, "entries"):
        row = ItemRow(*fields)
        size += len(row.body) if isinstance(row.body, (str, bytes)) else 0
        if size > MAX_ITEM_BYTES:
            trouble.append(("there are more entries than a run can have; the rest was left out", 0, -1))
            return
        yield row


def _key_of(rows: Iterable[ItemRow]) -> int:
    """The key that the run's own row states; 0 where there is none that its check sum confirms."""
    return next((stated_key(row) for row in rows if is_run_row(row)), 0)


def _genuine(rows: Iterable[ItemRow], key: int, trouble: list[Trouble]) -> Iterator[ItemRow]:
    """The rows whose check sum holds; the others and holes are reported."""
    expected = 1
    for row in rows:
        try:
            check_item(row, key)
        except DamagedRowError as error:
            trouble.append((str(error), 0, -1))
            if isinstance(row.id, int):
                expected = max(expected, row.id + 1)
            continue
        if row.id > expected:
            trouble.append((f"{row.id - expected} entries (marks, link changes, ...) are missing", 0, -1))
        expected = row.id + 1
        yield row


def _headers(db: sqlite3.Connection, limit: int, trouble: list[Trouble]) -> Iterator[Header]:
    columns = "SELECT id, sensor, seq, t0_ns, t1_ns, n, size FROM block"
    try:
        yield from _capped(db.execute(f"{columns} INDEXED BY block_time ORDER BY t0_ns"), limit)
    except READ_ERRORS:
        # Rows already given come again from the table; `index_of` drops repetitions.
        trouble.append(("the index is damaged; blocks were looked for one by one", 0, -1))
        yield from _scan(db, f"{columns} NOT INDEXED", limit, trouble, "blocks")


def _scan(
    db: sqlite3.Connection, query: str, limit: int, trouble: list[Trouble], what: str
) -> Iterator[tuple[Any, ...]]:
    """All rows of a table that can be reached, by id; past a damaged page from the other end."""
    last = None
    try:
        for row in _capped(db.execute(f"{query} ORDER BY id"), limit):
            last = row[0]
            yield row
        return
    except READ_ERRORS as error:
        trouble.append((f"some {what} cannot be read ({read_failure(error)})", 0, -1))
    tail: list[tuple[Any, ...]] = []
    try:
        for row in _capped(db.execute(f"{query} ORDER BY id DESC"), limit):
            if last is not None and row[0] <= last:
                break
            tail.append(row)
    except READ_ERRORS:
        pass  # as far as it goes; already reported
    yield from reversed(tail)


def _capped(rows: Iterable[tuple[Any, ...]], limit: int) -> Iterator[tuple[Any, ...]]:
    for count, row in enumerate(rows):
        if count > limit:
            raise sqlite3.DatabaseError("more rows than the file can hold")
        yield row


def from_items(
    items: Iterable[ItemRow], path: Path | str, trouble: list[Trouble], run_if_lost: RunInfo | None = None
) -> Contents:
    """What checked items say. Raises RecordingError where the run's own description is lost and none is given."""
    runs: list[RunInfo] = []
    notes: list[str] = []
    texts: dict[str, str] = {}
    contents = Contents(trouble=trouble)
    for row in items:
        try:
            if row.kind in CONTROL_KINDS:
                contents.controls.append(control_value(row))
            elif row.kind == "event":
                contents.events.append(event_value(row))
            elif row.kind == "sensor":
                contents.ready.append(sensor_value(row))
            elif row.kind == "run":
                runs.append(run_value(row))
            elif row.kind in ("settings", "profile"):
                texts[row.kind] = row.body
            elif row.kind == "note":
                notes.append(text_value(row))
            elif row.kind == "trouble":
                trouble.append(trouble_value(row))
            elif row.kind == "closed":
                contents.totals = totals_value(row)
            else:
                trouble.append((f"an entry of the unknown kind '{row.kind[:20]}' was left out", row.t_ns, row.t_ns))
        except DamagedRowError as error:
            trouble.append((f"{error}; it was left out", row.t_ns, row.t_ns))
    run = runs[0] if runs else run_if_lost
    if run is None:
        raise RecordingError(path, "is damaged: what it says of the run itself is lost; try: headsup repair RUN -o NEW")
    lost = {"settings": "the settings in force are lost", "profile": "the calibration profile is lost"}
    trouble.extend((sentence, 0, -1) for kind, sentence in lost.items() if kind not in texts)
    contents.run = replace(run, note=notes[-1]) if notes else run
    contents.settings_json = texts.get("settings", "{}")
    contents.profile_json = texts.get("profile", "")
    # Stable: entries of equal time keep the order in which they were written.
    contents.controls.sort(key=lambda entry: entry.t_ns)
    return contents


def index_of(headers: Iterable[Header], path: Path | str, trouble: list[Trouble]) -> dict[str, SensorBlocks]:
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


def _ordered(sensor: str, rows: dict[int, tuple[int, ...]], trouble: list[Trouble]) -> SensorBlocks:
    """Blocks in order of number, without those whose times contradict their neighbours; holes are reported."""
    numbers = sorted(rows)
    kept: list[tuple[int, ...]] = []
    for i, seq in enumerate(numbers):
        row = rows[seq]
        if kept and row[_T0] <= kept[-1][_T1]:
            # One of the two is wrong: the earlier one if it contradicts the next block as well.
            following = rows[numbers[i + 1]] if i + 1 < len(numbers) else row
            blame_earlier = following[_T0] <= kept[-1][_T1] and (len(kept) < 2 or row[_T0] > kept[-2][_T1])
            wrong = kept.pop() if blame_earlier else row
            trouble.append((f"a block of '{sensor}' is out of order and was left out", wrong[_T0], wrong[_T0]))
            if not blame_earlier:
                continue
        kept.append(row)
    last_seq, last_t1 = -1, 0
    for seq, at in zip(numbers, (rows[seq][_T0] for seq in numbers), strict=True):
        if seq > last_seq + 1:
            since = last_t1 if last_seq >= 0 else at
            trouble.append((f"{seq - last_seq - 1} block(s) of '{sensor}' are missing", since, at))
        last_seq, last_t1 = seq, rows[seq][_T1]
    table = np.array(kept, np.int64).reshape(-1, 6)
    return SensorBlocks(*(np.ascontiguousarray(column) for column in table.T))


def compare_totals(contents: Contents) -> None:
    """A closed recording says how many blocks it has: notice when the last ones vanished, or all."""
    if contents.totals is None:
        return
    ends = {sensor: int(blocks.t1_ns[-1]) for sensor, blocks in contents.blocks.items() if len(blocks.seq)}
    latest = max([*ends.values(), *(entry.t_ns for entry in contents.controls)], default=0)
    for sensor, count in contents.totals.blocks.items():
        if sensor not in ends:
            if count:
                contents.trouble.append((f"all {count} block(s) of '{sensor}' are missing", 0, -1))
            continue
        have = int(contents.blocks[sensor].seq[-1]) + 1
        if have < count:
            since = ends[sensor]
            contents.trouble.append((f"the last {count - have} block(s) of '{sensor}' are missing", since, latest))


def in_words(trouble: Trouble, first_ns: int) -> Damage:
    """Trouble with its times as seconds since the first entry."""
    what, from_ns, to_ns = trouble
    if to_ns < from_ns:
        return Damage(what)
    return Damage(what, (from_ns - first_ns) / NS_PER_S, (to_ns - first_ns) / NS_PER_S)
