"""Bringing back what is left of a damaged recording: every row whose check sum holds goes into a new one."""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from monitor import __version__
from monitor.errors import RecordingError
from monitor.recording.blocks import decode_block
from monitor.recording.carve import PageFile
from monitor.recording.contents import Contents, Damage, compare_totals, from_items, in_words, index_of
from monitor.recording.format import FORMAT_VERSION
from monitor.recording.genuine import GenuineRows, genuine_block, genuine_rows
from monitor.recording.items import Trouble
from monitor.recording.opening import check_file, newer_format
from monitor.recording.place import part_name, publish, refuse_taken
from monitor.recording.store import RunFile, disk_trouble
from monitor.values import NS_PER_S, Mark, Mode, PacketBlock, RunInfo

PAUSE_S = 2.0
"""A longer time without a notification is a pause, not data."""
_NEWER = "it calls itself format {}, this Heads Up knows up to {}: what is new in it is lost; an update may save more"
_COMMIT_BYTES = 16 << 20
_ANY_SPAN_NS = 3600 * NS_PER_S


@dataclass(frozen=True, slots=True)
class SavedSensor:
    """What was saved of one sensor."""

    notifications: int
    seconds: float
    """For which there are data: without missing blocks, and without pauses of more than `PAUSE_S`."""


@dataclass(frozen=True, slots=True)
class SalvageReport:
    """What a salvage saved, and what it found missing."""

    path: Path
    out: Path
    sensors: dict[str, SavedSensor]
    marks: int
    alerts: int
    """Cues that the runner was given."""
    entries: int
    """Everything but notifications: marks, link and mode changes, battery levels, events."""
    duration_s: float
    """From the first entry to the last."""
    was_closed: bool
    """False: the run was broken off, or the end of the file is lost; nobody can say what came after the last entry."""
    missing: tuple[Damage, ...]
    """With times since the first entry that was saved; empty where nothing is known to be missing."""

    @property
    def notifications(self) -> dict[str, int]:
        """Per sensor."""
        return {key: saved.notifications for key, saved in self.sensors.items()}


def salvage(path: Path | str, out: Path | str) -> SalvageReport:
    """Write what can be got from a damaged or cut-short recording to the new file `out`; `path` stays as it is.

    Raises RecordingError where nothing is left, `out` exists already, or there is no room for it.
    """
    path, out = Path(path), Path(out)
    refuse_taken(out)
    real, _ = check_file(path)
    part = part_name(out)
    try:
        with PageFile(real) as pages:
            found = genuine_rows(pages)
            if not found.items and not found.places:
                raise RecordingError(path, "holds nothing that could be salvaged")
            contents = _contents(found, path)
            if newer := newer_format(real):
                contents.trouble.append((_NEWER.format(newer, FORMAT_VERSION), 0, -1))
            target = RunFile(part, live=False, title=out)
            try:
                sensors, last_ns = _copy(pages, found, contents, target)
                target.finish(last_ns)
                publish(part, out)
            finally:
                target.discard()
    except sqlite3.Error as error:
        raise RecordingError(out, f"cannot be written: {disk_trouble(error)}") from error
    except OSError as error:
        raise RecordingError(path, f"cannot be read: {error.strerror}") from error
    first_ns, last_ns = _span(contents)
    return SalvageReport(
        path,
        out,
        sensors,
        sum(isinstance(entry, Mark) for entry in contents.controls),
        sum(live.event.prompted for live in contents.events),
        len(contents.controls) + len(contents.events),
        (last_ns - first_ns) / NS_PER_S,
        contents.totals is not None,
        tuple(in_words(trouble, first_ns) for trouble in contents.trouble),
    )


def _contents(found: GenuineRows, path: Path) -> Contents:
    trouble: list[Trouble] = []
    ids = sorted(found.items)
    missing = (ids[-1] if ids else 0) - len(ids)
    if missing:
        trouble.append((f"{missing} entries (marks, link changes, ...) are missing", 0, -1))
    if found.strangers:
        trouble.append(("rows of another recording lay in the file or its -wal and were left out", 0, -1))
    lost = RunInfo(
        f"salvaged-{path.stem}",
        datetime.fromtimestamp(0, UTC).isoformat(),
        Mode.ROAD,
        simulated=False,
        app_version=__version__,
        note="what the recording said of the run is lost; its date is not known",
    )
    contents = from_items((found.items[i] for i in ids), path, trouble, run_if_lost=lost)
    if not any(item.kind == "run" for item in found.items.values()):
        trouble.append(("what the recording said of the run itself is lost", 0, -1))
        simulated = any(ready.info.simulated for ready in contents.ready)
        contents.run = replace(contents.run, simulated=simulated)
    contents.blocks = index_of(found.headers.values(), path, trouble)
    compare_totals(contents)
    known = {version.info.key for version in contents.ready}
    trouble.extend((f"the description of sensor '{key}' is lost", 0, -1) for key in contents.blocks if key not in known)
    return contents


def _copy(
    pages: PageFile, found: GenuineRows, contents: Contents, target: RunFile
) -> tuple[dict[str, SavedSensor], int]:
    """Write everything; returns what there was of each sensor, and the last time. Raises sqlite3.Error."""
    target.add_contents(contents)
    counts: dict[str, int] = {}
    covered_ns: dict[str, int] = {}
    latest: dict[str, int] = {}
    expected: dict[str, int] = {}
    for seq, block in _in_time_order(pages, found, contents):
        target.add_packets(block, _ANY_SPAN_NS)
        key, t_ns = block.sensor, block.t_ns
        since = latest.get(key) if seq == expected.get(key) else None  # before a missing block nothing is known
        expected[key] = seq + 1
        steps = np.diff(t_ns, prepend=int(t_ns[0]) if since is None else since)
        covered_ns[key] = covered_ns.get(key, 0) + int(steps[steps <= PAUSE_S * NS_PER_S].sum())
        counts[key] = counts.get(key, 0) + len(t_ns)
        latest[key] = int(t_ns[-1])
        if target.pending_bytes > _COMMIT_BYTES:
            target.commit()
    last_ns = max([*latest.values(), *(entry.t_ns for entry in contents.controls)], default=0)
    return {key: SavedSensor(count, covered_ns[key] / NS_PER_S) for key, count in sorted(counts.items())}, last_ns


def _in_time_order(pages: PageFile, found: GenuineRows, contents: Contents) -> Iterator[tuple[int, PacketBlock]]:
    """Number in its sensor's row and notifications of every block."""
    streams = [zip(b.t0_ns.tolist(), b.ids.tolist(), strict=True) for b in contents.blocks.values()]
    for _, number in heapq.merge(*streams):
        row = genuine_block(pages.row_at(found.places[number]), found.key)
        if row is not None:
            yield row.seq, decode_block(row, found.key)


def _span(contents: Contents) -> tuple[int, int]:
    """Arrival of the first and the last entry; 0, 0 where there is none."""
    times = [entry.t_ns for entry in contents.controls]
    for blocks in contents.blocks.values():
        times += [int(blocks.t0_ns[0]), int(blocks.t1_ns[-1])]
    return (min(times), max(times)) if times else (0, 0)
