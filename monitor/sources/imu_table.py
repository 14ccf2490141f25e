"""Importing IMU tables: the samples as notifications of the family `table`, in a recording like any other.

The rows keep the table's own times as sample times (0 = the earliest row of all tables); about 50 ms of rows form a
notification that arrives with its last sample. A hole in a table is a lost link.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from monitor import __version__
from monitor.errors import RecordingError, TableError
from monitor.recording.blocks import split
from monitor.recording.compact import COMPACT_SPAN_S
from monitor.recording.place import part_name, publish, refuse_taken
from monitor.recording.slices import in_log_order
from monitor.recording.store import RunFile, disk_trouble
from monitor.sensors.table import ROW, encode_rows
from monitor.settings import Settings
from monitor.sources.imu_hints import NO_HINTS, ImuHints
from monitor.sources.imu_reader import read_imu
from monitor.sources.imu_table_checks import MAX_DURATION_S
from monitor.sources.imu_table_csv import ImuTable, read_table
from monitor.sources.imu_times import UNIX_2001_S, UNIX_2100_S
from monitor.values import NS_PER_S, IntArray, LinkChange, LinkState, LogEntry, PacketBlock, RunInfo, SensorInfo, Site

__all__ = ["ImportSummary", "ImuTable", "import_tables", "read_table", "sensor_of", "table_entries"]

HOLE_S = 2.0
"""Longer without a row counts as a lost link."""
_PACKET_NS = 50_000_000
_MAX_PACKET_ROWS = 1000
_COMMIT_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import brought."""

    path: Path
    duration_s: float
    sensors: tuple[SensorInfo, ...]
    rows: tuple[int, ...]
    """Per sensor."""
    holes: tuple[int, ...]
    """Per sensor: stretches of more than two seconds without a row."""
    told: tuple[str, ...]
    """Per sensor: what was taken for what in a foreign table, '' for one with the contract's own header."""


def import_tables(
    head_csv: Path | str | None,
    collar_csv: Path | str | None,
    out_path: Path | str,
    *,
    left_shoulder_csv: Path | str | None = None,
    right_shoulder_csv: Path | str | None = None,
    back_csv: Path | str | None = None,
    gyro: Mapping[Site, Path] | None = None,
    hints: ImuHints = NO_HINTS,
    settings: Settings | None = None,
    profile_json: str = "",
) -> ImportSummary:
    """Write a recording from one table or several. Raises TableError or RecordingError; then nothing is left behind.

    `gyro`: files of their own for the angular rates of some sites; `hints`: what the user says about all the tables.
    `out_path` gets its name only when it is complete, and nothing that has this name already is touched.
    """
    out_path = Path(out_path)
    refuse_taken(out_path)
    given = {
        Site.HEAD: head_csv,
        Site.COLLAR: collar_csv,
        Site.LEFT_SHOULDER: left_shoulder_csv,
        Site.RIGHT_SHOULDER: right_shoulder_csv,
        Site.BACK: back_csv,
    }
    gyro = gyro or {}
    for site in gyro:
        if given[site] is None:
            raise TableError(gyro[site], 0, f"is the gyro of a sensor ({_place(site)}) whose acceleration is missing")
    tables = [
        read_imu(path, site, gyro_path=gyro.get(site), hints=hints) for site, path in given.items() if path is not None
    ]
    if not tables:
        raise RecordingError(out_path, "no table was named to make it from")
    _check_together(tables)
    settings = Settings() if settings is None else settings
    entries = table_entries(tables)
    sensors = tuple(sensor_of(table) for table in tables)
    part = part_name(out_path)
    out = RunFile(part, live=False, title=out_path)
    try:
        out.add_head(_run_info(tables, settings), settings.to_json(), profile_json)
        for sensor in sensors:
            out.add_sensor(sensor, 0)
        last_ns = _add_entries(out, entries)
        out.finish(last_ns)
        publish(part, out_path)
    except sqlite3.Error as error:
        raise RecordingError(out_path, f"cannot be written: {disk_trouble(error)}") from error
    finally:
        out.discard()
    holes = tuple(
        sum(isinstance(e, LinkChange) and e.sensor == s.key and e.state is LinkState.LOST for e in entries)
        for s in sensors
    )
    told = tuple(table.told for table in tables)
    return ImportSummary(out_path, last_ns / NS_PER_S, sensors, tuple(map(len, tables)), holes, told)


def sensor_of(table: ImuTable) -> SensorInfo:
    """The sensor a table stands for: family `table` or `table-acc`, named after its file."""
    family = "table" if table.gyr is not None else "table-acc"
    return SensorInfo(table.site.value, table.site, family, table.path.name, "", round(table.rate_hz, 3))


def table_entries(tables: Sequence[ImuTable]) -> list[LogEntry]:
    """The log of a run made of these tables, in order as `Recording.entries` gives it, as one slice."""
    start_s = min(float(table.t_s[0]) for table in tables)
    times = [np.rint((table.t_s - start_s) * NS_PER_S).astype(np.int64) for table in tables]
    ends = [_packet_ends(t) for t in times]
    holes = [np.flatnonzero(np.diff(t) > HOLE_S * NS_PER_S) for t in times]
    # Where times are equal, a link comes back before the packet and is lost after it.
    back = [t[hole + 1] for t, hole in zip(times, holes, strict=True)]
    arrival = [t[end - 1] for t, end in zip(times, ends, strict=True)]
    lost = [t[hole] for t, hole in zip(times, holes, strict=True)]
    back, arrival, lost = _distinct((back, arrival, lost))

    packets, controls = [], []
    for i, table in enumerate(tables):
        key = table.site.value
        rows = encode_rows(times[i], table.acc, table.gyr)
        packets.append(PacketBlock(key, arrival[i], ends[i] * ROW.itemsize, rows))
        for hole, lost_ns, back_ns in zip(holes[i].tolist(), lost[i].tolist(), back[i].tolist(), strict=True):
            length_s = float(table.t_s[hole + 1] - table.t_s[hole])
            controls.append(LinkChange(key, lost_ns, LinkState.LOST, f"hole of {length_s:.1f} s in the table"))
            controls.append(LinkChange(key, back_ns, LinkState.STREAMING))
    controls.sort(key=lambda change: change.t_ns)
    return in_log_order(packets, controls)


def _packet_ends(t_ns: IntArray) -> IntArray:
    """(m,) for each notification the number of the row behind its last: rows of one 50 ms step belong together."""
    step = t_ns // _PACKET_NS
    first = np.flatnonzero(np.diff(step, prepend=step[0] - 1))
    row_in_step = np.arange(len(t_ns)) - np.repeat(first, np.diff(first, append=len(t_ns)))
    starts = np.flatnonzero(row_in_step % _MAX_PACKET_ROWS == 0)
    return np.append(starts[1:], len(t_ns)).astype(np.int64)


def _distinct(groups: Sequence[Sequence[IntArray]]) -> list[list[IntArray]]:
    """The same times, later by the few nanoseconds that make all distinct; of equals, an earlier group is first."""
    parts = [part for group in groups for part in group]
    rank = np.repeat(np.arange(len(groups)), [sum(len(part) for part in group) for group in groups])
    times = np.concatenate(parts)
    order = np.lexsort((rank, times))
    count = np.arange(len(times))
    out = np.empty_like(times)
    out[order] = np.maximum.accumulate(times[order] - count) + count
    pieces = iter(np.split(out, np.cumsum([len(part) for part in parts])[:-1]))
    return [[next(pieces) for _ in group] for group in groups]


def _add_entries(out: RunFile, entries: Sequence[LogEntry]) -> int:
    """Write the log in transactions of bounded size; returns its last time. Raises sqlite3.Error."""
    last_ns = 0
    for entry in entries:
        if isinstance(entry, PacketBlock):
            for part in split(entry, int(COMPACT_SPAN_S * NS_PER_S)):
                out.add_packets(part, NS_PER_S * 3600)
                if out.pending_bytes > _COMMIT_BYTES:
                    out.commit()
            last_ns = max(last_ns, int(entry.t_ns[-1]))
        else:
            out.add_control(entry)
            last_ns = max(last_ns, entry.t_ns)
    return last_ns


def _check_together(tables: Sequence[ImuTable]) -> None:
    """All tables of one run share some time with the first, and so most of a clock. Raises TableError."""
    first, *others = tables
    start_s, end_s = float(first.t_s[0]), float(first.t_s[-1])
    beside = f"the {_place(first.site)} table"
    for other in others:
        if min(first.t_s[-1], other.t_s[-1]) <= max(first.t_s[0], other.t_s[0]):
            spans = " and ".join(f"{_place(t.site)} {t.t_s[0]:.10g} s to {t.t_s[-1]:.10g} s" for t in (first, other))
            raise TableError(other.path, 0, f"shares no time with {beside} ({spans}); both need the same clock")
        start_s, end_s = min(start_s, float(other.t_s[0])), max(end_s, float(other.t_s[-1]))
        if end_s - start_s > MAX_DURATION_S:
            raise TableError(other.path, 0, f"covers {(end_s - start_s) / 86_400:.3g} days together with {beside}")


def _place(site: Site) -> str:
    return site.value.replace("_", " ")


def _run_info(tables: Sequence[ImuTable], settings: Settings) -> RunInfo:
    start_s = min(float(table.t_s[0]) for table in tables)
    *others, last = (table.path.name for table in tables)
    names = f"{', '.join(others)} and {last}" if others else last
    note = f"imported from {names}"
    if UNIX_2001_S < start_s < UNIX_2100_S:
        started = datetime.fromtimestamp(start_s, UTC)
    else:
        started = datetime.now(UTC)
        note += "; the tables do not say when the run began, so its date is that of the import"
    return RunInfo(secrets.token_hex(8), started.isoformat(), settings.mode, False, __version__, note)
