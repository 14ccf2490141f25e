"""Bringing back what is left of a damaged recording: every row whose check sum holds goes into a new one."""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from monitor import __version__
from monitor.errors import RecordingError
from monitor.recording.blocks import BlockRow, DamagedRowError, decode_block
from monitor.recording.carve import PageFile, Place, Value
from monitor.recording.contents import Contents, Header, Trouble, compare_totals, from_items, index_of
from monitor.recording.format import MAX_ITEM_BYTES
from monitor.recording.items import ItemRow, check_item
from monitor.recording.opening import check_file
from monitor.recording.place import part_name, publish, refuse_taken
from monitor.recording.store import RunFile
from monitor.values import NS_PER_S, Mode, PacketBlock, RunInfo

_COMMIT_BYTES = 16 << 20
_ANY_SPAN_NS = 3600 * NS_PER_S


@dataclass(frozen=True, slots=True)
class SalvageReport:
    """What a salvage saved, and what it found missing."""

    path: Path
    out: Path
    notifications: dict[str, int]
    """Per sensor."""
    entries: int
    """Marks, link and mode changes, battery levels, events."""
    duration_s: float
    was_closed: bool
    missing: tuple[str, ...]
    """In words; empty where nothing is known to be missing."""

    def __str__(self) -> str:
        saved = ", ".join(f"{count} notifications of '{key}'" for key, count in sorted(self.notifications.items()))
        lost = f"; missing: {'; '.join(self.missing)}" if self.missing else "; nothing is known to be missing"
        return f"saved {saved or 'no notifications'} and {self.entries} other entries, {self.duration_s:.0f} s{lost}"


@dataclass(slots=True)
class _Found:
    """Genuine rows: items by id, blocks by sensor and number."""

    items: dict[int, ItemRow] = field(default_factory=dict)
    headers: dict[tuple[str, int], Header] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)


def salvage(path: Path | str, out: Path | str) -> SalvageReport:
    """Write what can be got from a damaged or cut-short recording to the new file `out`; `path` stays as it is.

    Raises RecordingError where nothing is left, or `out` exists already.
    """
    path, out = Path(path), Path(out)
    refuse_taken(out)
    real, _ = check_file(path)
    part = part_name(out)
    try:
        with PageFile(real) as pages:
            found = _search(pages)
            if not found.items and not found.places:
                raise RecordingError(path, "holds nothing that could be salvaged")
            contents = _contents(found, path)
            target = RunFile(part, live=False)
            try:
                notifications, last_ns = _copy(pages, found, contents, target)
                target.finish(last_ns)
                publish(part, out)
            finally:
                target.discard()
    except sqlite3.Error as error:
        raise RecordingError(out, f"cannot be written: {error}") from error
    except OSError as error:
        raise RecordingError(path, f"cannot be read: {error.strerror}") from error
    return SalvageReport(
        path,
        out,
        notifications,
        len(contents.controls) + len(contents.events),
        _duration_s(contents),
        contents.totals is not None,
        tuple(what for what, _, _ in contents.trouble),
    )


def _search(pages: PageFile) -> _Found:
    found = _Found()
    room = MAX_ITEM_BYTES
    for place, row in pages.rows():
        if len(row) == 5:
            item = _item(row)
            if item is not None and item.id not in found.items and room > 0:
                found.items[item.id] = item
                room -= len(item.body)
        elif len(row) == 10:
            block = _block(row)
            if block is not None and (block.sensor, block.seq) not in found.headers:
                number = len(found.places)
                found.places.append(place)
                found.headers[block.sensor, block.seq] = (
                    number, block.sensor, block.seq, block.t0_ns, block.t1_ns, block.n, block.size
                )  # fmt: skip
    return found


def _item(row: list[Value]) -> ItemRow | None:
    item = ItemRow(*row)  # type: ignore[arg-type]
    try:
        check_item(item)
    except DamagedRowError:
        return None
    return item


def _block(row: list[Value] | None) -> BlockRow | None:
    if row is None or len(row) != 10 or not isinstance(row[9], bytes):
        return None
    block = BlockRow(*row[1:])  # type: ignore[arg-type]
    try:
        decode_block(block)
    except (DamagedRowError, TypeError):
        return None
    return block


def _contents(found: _Found, path: Path) -> Contents:
    trouble: list[Trouble] = []
    ids = sorted(found.items)
    missing = (ids[-1] if ids else 0) - len(ids)
    if missing:
        trouble.append((f"{missing} entries (marks, link changes, ...) are missing", 0, -1))
    lost = RunInfo(
        f"salvaged-{path.stem}",
        datetime.fromtimestamp(0, UTC).isoformat(),
        Mode.ROAD,
        simulated=False,
        app_version=__version__,
        note="what the recording said of the run is lost; its date is not known",
    )
    contents = from_items((found.items[i] for i in ids), path, trouble, run_if_lost=lost)
    contents.blocks = index_of(found.headers.values(), path, trouble)
    compare_totals(contents)
    known = {version.info.key for version in contents.ready}
    trouble.extend((f"the description of sensor '{key}' is lost", 0, -1) for key in contents.blocks if key not in known)
    return contents


def _copy(pages: PageFile, found: _Found, contents: Contents, target: RunFile) -> tuple[dict[str, int], int]:
    """Write everything; returns notifications per sensor and the last time. Raises sqlite3.Error."""
    target.add_contents(contents)
    counts: dict[str, int] = {}
    last_ns = max((entry.t_ns for entry in contents.controls), default=0)
    for block in _in_time_order(pages, found, contents):
        target.add_packets(block, _ANY_SPAN_NS)
        counts[block.sensor] = counts.get(block.sensor, 0) + len(block.t_ns)
        last_ns = max(last_ns, int(block.t_ns[-1]))
        if target.pending_bytes > _COMMIT_BYTES:
            target.commit()
    return counts, last_ns


def _in_time_order(pages: PageFile, found: _Found, contents: Contents) -> Iterator[PacketBlock]:
    streams = [zip(b.t0_ns.tolist(), b.ids.tolist(), strict=True) for b in contents.blocks.values()]
    for _, number in heapq.merge(*streams):
        row = _block(pages.row_at(found.places[number]))
        if row is not None:
            yield decode_block(row)


def _duration_s(contents: Contents) -> float:
    times = [entry.t_ns for entry in contents.controls]
    for blocks in contents.blocks.values():
        times += [int(blocks.t0_ns[0]), int(blocks.t1_ns[-1])]
    return (max(times) - min(times)) / NS_PER_S if times else 0.0
