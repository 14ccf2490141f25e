"""A watch's FIT file copied byte for byte, with our developer fields inserted.

Every byte of the original stays, in its order. Inserted are: the messages that introduce our fields, before the first
definition that needs them and under its own local number, which that definition takes back at once; our fields at the
end of the definitions of records, laps and sessions, which are flagged as having some; and our values at the end of
those messages. The header is told of the new length. Chained files get the fields in every part that has records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from monitor.interop.fit_fields import (
    APPLICATION_ID,
    CARRIED,
    RECORD_SIZE,
    DeveloperField,
    describe,
    entries,
    record_bytes,
    summary_bytes,
)
from monitor.interop.fit_parts import FitPart, join_part, split_parts
from monitor.interop.fit_scan import Definition, Message, field_bytes, field_value, scan
from monitor.interop.fit_wire import DEVELOPER_FLAG, EPOCH_UNIX_S, FIRST_DATE, FitError, GlobalMessage
from monitor.interop.posture_series import PostureSeries
from monitor.values import NS_PER_S, FloatArray, IntArray

RunClock: TypeAlias = Callable[[IntArray], FloatArray]
"""UTC nanoseconds of the watch (k,) as seconds of the run (k,)."""
_START_TIME, _ELAPSED = 2, 7
"""Numbers of these fields in laps and sessions."""


@dataclass(frozen=True, slots=True)
class FitCopy:
    """The copied file, and what was done. `records`: those of the watch; `matched`: with a head pitch of ours."""

    data: bytes
    parts: int
    records: int
    matched: int
    laps: int


@dataclass(frozen=True, slots=True)
class _Edit:
    """At `start` of the body `removed` bytes become `inserted`."""

    start: int
    removed: int
    inserted: bytes


@dataclass(frozen=True, slots=True)
class _Found:
    """What a part holds for us. `free`: a developer index nobody uses."""

    definitions: tuple[Definition, ...]
    records: tuple[Message, ...]
    sums: tuple[Message, ...]
    free: int


def copy_with_posture(watch: bytes, series: PostureSeries, run_s: RunClock, name: str) -> FitCopy:
    """The watch's file with the posture of a run in it.

    run_s : from times of the watch's clock to seconds of the run, as an alignment gives it
    name : of the file, for sentences

    Raises FitError where the file cannot be used or shares no time with the run.
    """
    parts = split_parts(watch, name)
    found = [_look(part, name) for part in parts]
    records = sum(len(f.records) for f in found)
    if records == 0:
        raise FitError(name, "holds no record of a run, so there is nothing to write beside")
    _check_shared_time(found, series, run_s, name)
    out, matched = [], 0
    for part, held in zip(parts, found, strict=True):
        if not held.definitions:
            out.append(part.whole)
            continue
        values, known = _record_values(held.records, series, run_s)
        matched += known
        edits = [*_introduction(held, simulated=series.simulated)]
        edits += [edit for d in held.definitions for edit in _extended(part.body, d, held.free, name)]
        edits += [_Edit(m.end, 0, value) for m, value in zip(held.records, values, strict=True)]
        edits += [_Edit(m.end, 0, _sums(part.body, m, series, run_s)) for m in held.sums]
        out.append(join_part(part.header, _applied(part.body, edits)))
    laps = sum(m.definition.message == GlobalMessage.LAP for f in found for m in f.sums)
    return FitCopy(b"".join(out), len(parts), records, matched, laps)


def _look(part: FitPart, name: str) -> _Found:
    definitions, records, sums = [], [], []
    used: set[int] = set()
    for item in scan(part.body, name):
        if isinstance(item, Definition):
            used.update(index for _, _, index in item.developer)
            if item.message in CARRIED:
                definitions.append(item)
            continue
        kind = item.definition.message
        if kind == GlobalMessage.RECORD:
            records.append(item)
        elif kind in CARRIED:
            sums.append(item)
        elif kind == GlobalMessage.DEVELOPER_DATA_ID:
            if field_bytes(part.body, item, 1) == APPLICATION_ID:
                raise FitError(name, "carries numbers of Heads Up already; please take the watch's own file")
            used.update(field_bytes(part.body, item, 3)[:1])
        elif kind == GlobalMessage.FIELD_DESCRIPTION:
            used.update(field_bytes(part.body, item, 0)[:1])
    free = next((index for index in range(255) if index not in used), None)
    if definitions and free is None:
        raise FitError(name, "holds the fields of so many programs that there is no room for ours")
    return _Found(tuple(definitions), tuple(records), tuple(sums), free or 0)


def _check_shared_time(found: list[_Found], series: PostureSeries, run_s: RunClock, name: str) -> None:
    times = [m.time for f in found for m in f.records if m.time is not None]
    if not times:
        raise FitError(name, "says of no record when it was made")
    first, last = _in_run(run_s, [min(times), max(times)]).tolist()
    if len(series) and first <= float(series.t_s[-1]) and last >= float(series.t_s[0]):
        return
    if max(times) < FIRST_DATE:
        raise FitError(name, "does not say at which date it was recorded; please give --offset")
    apart = first - float(series.t_s[-1]) if len(series) and first > 0 else -last
    raise FitError(
        name,
        f"shares no time with the recording: {_apart(apart)} lie between them. If a clock was wrong, give --offset",
    )


def _in_run(run_s: RunClock, times: Sequence[int | None]) -> FloatArray:
    """Seconds of the run (k,) at FIT seconds; NaN where there is no time."""
    known = np.array([t is not None for t in times], bool)
    watch_ns = (np.array([t or 0 for t in times], np.int64) + EPOCH_UNIX_S) * NS_PER_S
    return np.where(known, run_s(watch_ns), np.nan)


def _apart(seconds: float) -> str:
    size = abs(seconds)
    for longest, unit_s, unit in ((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h")):
        if size < longest:
            return f"{size / unit_s:.0f} {unit}"
    return f"{size / 86_400:.0f} days"


def _record_values(records: tuple[Message, ...], series: PostureSeries, run_s: RunClock) -> tuple[list[bytes], int]:
    """Our bytes for each record, and how many of them hold a head pitch."""
    rows = series.at(_in_run(run_s, [m.time for m in records]))
    either = [record_bytes(rows), record_bytes(rows, big_endian=True)]
    values = [either[m.definition.big_endian][i * RECORD_SIZE : (i + 1) * RECORD_SIZE] for i, m in enumerate(records)]
    return values, int(np.isfinite(rows.head_pitch_deg).sum())


def _sums(body: bytes, message: Message, series: PostureSeries, run_s: RunClock) -> bytes:
    """Our bytes for a lap or session: of the time it covers."""
    start = field_value(body, message.start, message.definition, _START_TIME, 4)
    elapsed_ms = field_value(body, message.start, message.definition, _ELAPSED, 4)
    a = b = np.nan
    if start is not None:
        a, b = _in_run(run_s, [start, message.time]).tolist()
        if elapsed_ms is not None:
            b = a + elapsed_ms / 1000.0
    return summary_bytes(series.summary(a, b), big_endian=message.definition.big_endian)


def _introduction(found: _Found, *, simulated: bool) -> Iterator[_Edit]:
    first = min(found.definitions, key=lambda d: d.start)
    yield _Edit(first.start, 0, describe(first.local, found.free, simulated=simulated))


def _extended(body: bytes, definition: Definition, index: int, name: str) -> Iterator[_Edit]:
    """A definition with our fields behind its own."""
    fields: tuple[DeveloperField, ...] = CARRIED[GlobalMessage(definition.message)]
    count = len(definition.developer) + len(fields)
    if count > 255:
        raise FitError(name, "has a message with so many fields that there is no room for ours")
    ours = b"".join(bytes(entry) for entry in entries(fields, index))
    if definition.developer_at == definition.end:
        yield _Edit(definition.start, 1, bytes([body[definition.start] | DEVELOPER_FLAG]))
        yield _Edit(definition.end, 0, bytes([count]) + ours)
    else:
        yield _Edit(definition.developer_at, 1, bytes([count]))
        yield _Edit(definition.end, 0, ours)


def _applied(body: bytes, edits: list[_Edit]) -> bytes:
    """The body with all edits made; of two at one place that comes first which belongs to what ends there."""
    out = bytearray()
    at = 0
    for edit in sorted(edits, key=lambda e: (e.start, e.removed)):
        out += body[at : edit.start] + edit.inserted
        at = edit.start + edit.removed
    return bytes(out + body[at:])
