"""One file of a sensor, read: its columns in the units of the file, its times in seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from monitor.errors import TableError
from monitor.sources.imu_columns import Columns, Vector, find_columns
from monitor.sources.imu_dates import is_local
from monitor.sources.imu_hints import ImuHints
from monitor.sources.imu_layouts import TICKS, Layout, layout_of, phyphox_zero, stated_rate, stated_start
from monitor.sources.imu_open import TableSource
from monitor.sources.imu_parquet import MAGIC, read_parquet_head, read_parquet_rows
from monitor.sources.imu_text import Rows, TableHead, read_head, read_rows
from monitor.sources.imu_times import MAX_CELL, UNIX_2001_S, UNIX_2100_S, rows_of, unit_by_size, unwrapped
from monitor.sources.imu_units import TIME_UNITS
from monitor.values import BoolArray, FloatArray

_MOST_UNUSABLE = 0.2
"""A table with more rows than this that hold no numbers is none that was understood."""
_COUNTER_SPAN = 65536.0
_MAX_S = 1e11


@dataclass(frozen=True, slots=True)
class Stream:
    """n rows of one file. Times (n,) s; `acc`, `gyr`, `gravity` (n,3) in the file's own units and signs, NaN where a
    cell is empty, or None where the file has no such columns. `offset_s`: what must be added to the times to make
    them Unix time, None where nothing tells. `time_words` and `said`: what was taken for time, what was left out."""

    source: TableSource
    head: TableHead
    columns: Columns
    layout: Layout
    t_s: FloatArray
    acc: FloatArray | None
    gyr: FloatArray | None
    gravity: FloatArray | None
    offset_s: float | None
    time_words: str
    said: tuple[str, ...]

    def rows_with(self, values: FloatArray) -> BoolArray:
        """Rows (n,) that have a time and all of `values` (n,3)."""
        with_all: BoolArray = np.isfinite(self.t_s) & np.isfinite(values).all(axis=1)
        return with_all


def read_stream(source: TableSource, hints: ImuHints, notes: Mapping[str, str], *, gyro_only: bool = False) -> Stream:
    """Find and read the columns of a file; with `gyro_only` only those of the gyro.

    `notes`: companion files of an export by name. Raises TableError and MissingLibraryError.
    """
    with source.open() as file:
        parquet = file.read(4) == MAGIC
    if gyro_only:
        hints = replace(hints, columns={key: name for key, name in hints.columns.items() if key[0] == "g"})
    named = [name.lstrip("- ") for name in hints.columns.values()]
    head = read_parquet_head(source) if parquet else read_head(source, named)
    columns = find_columns(source, head, hints, gyro_only=gyro_only)
    wanted = [i for vector in (columns.acc, columns.gyr, columns.gravity) if vector for i in vector.columns]
    clocks = [i for i in (columns.time, columns.counter) if i is not None]
    rows = (read_parquet_rows if parquet else read_rows)(source, head, [*wanted, *clocks], columns.date)
    values = np.where(np.abs(rows.values) < MAX_CELL, rows.values, np.nan)
    acc, gyr, gravity = _vectors(values, columns)
    clock = dict(zip(clocks, values[:, len(wanted) :].T, strict=True))
    layout = layout_of(head)
    t_s, words = _times(source, head, columns, layout, hints, clock, rows)
    t_s = np.where(np.abs(t_s) < _MAX_S, t_s, np.nan)
    stream = Stream(
        source, head, columns, layout, t_s, acc, gyr, gravity, _offset(t_s, rows.dates, head, notes), words, ()
    )
    return _checked(stream, rows.strange)


def _vectors(values: FloatArray, columns: Columns) -> list[FloatArray | None]:
    out: list[FloatArray | None] = []
    at = 0
    for vector in (columns.acc, columns.gyr, columns.gravity):
        if vector is None:
            out.append(None)
            continue
        out.append(values[:, at : at + 3] * np.array(vector.signs))
        at += 3
    return out


def _checked(stream: Stream, strange: int) -> Stream:
    """Refuse a file whose rows hold no numbers; say how many were left out of one that has some."""
    held = [values for values in (stream.acc, stream.gyr) if values is not None]
    usable = np.any([stream.rows_with(values) for values in held], axis=0)
    unusable = int(np.count_nonzero(~usable))
    if unusable > _MOST_UNUSABLE * len(usable):
        vectors = [vector for vector in (stream.columns.acc, stream.columns.gyr) if vector is not None]
        names = ", ".join(stream.head.shown(i) for vector in vectors for i in vector.columns)
        raise TableError(
            stream.source.path, 0, f"only {len(usable) - unusable} of {len(usable)} rows hold a time and numbers in "
            f"{names}"
        )  # fmt: skip
    said = [f"{rows_of(unusable)} without numbers left out"] if unusable else []
    if strange:
        said.append(f"{rows_of(strange, 'incomplete')} left out")
    if strange > _MOST_UNUSABLE * len(usable):
        raise TableError(stream.source.path, 0, f"{strange} lines do not fit the line of names; is the file whole?")
    return replace(stream, said=tuple(said))


def _times(
    source: TableSource,
    head: TableHead,
    columns: Columns,
    layout: Layout,
    hints: ImuHints,
    clock: Mapping[int, FloatArray],
    rows: Rows,
) -> tuple[FloatArray, str]:
    """Times (n,) in seconds, NaN where a row has none, and in words where they come from."""
    number = columns.time
    if number is not None and np.isfinite(clock[number]).mean() > 0.5:
        return _numbered(source, head, columns, layout, hints, clock[number])
    if columns.date is not None and rows.dates is not None:
        zone = "local time" if any(map(is_local, head.cells(columns.date))) else "time"
        return rows.dates, f'time "{head.shown(columns.date)}" as date and {zone}'
    rate = hints.rate_hz or stated_rate(head)
    if rate is None:
        raise TableError(
            source.path, 0, "has no column with times; say how many samples a second it holds with --rate, or name "
            "the column: --columns t=NAME"
        )  # fmt: skip
    counter = clock.get(columns.counter) if columns.counter is not None else None
    if counter is not None and np.isfinite(counter).all():
        return unwrapped(counter, _COUNTER_SPAN) / rate, f"time by the counter at {rate:g} Hz"
    return np.arange(len(rows.values)) / rate, f"time by rows at {rate:g} Hz"


def _numbered(
    source: TableSource, head: TableHead, columns: Columns, layout: Layout, hints: ImuHints, values: FloatArray
) -> tuple[FloatArray, str]:
    """Times from a column of numbers."""
    assert columns.time is not None
    name = head.shown(columns.time)
    if hints.rate_hz is not None:
        raise TableError(source.path, 0, f"has times ({name}), so it needs no --rate")
    ticks = name.lower() == "sampletimefine"
    if ticks and not hints.time_unit:
        tick_s = layout.tick_s or _tick_of(values)
        if tick_s:
            going_on = unwrapped(values[np.isfinite(values)], TICKS)
            out = np.full(len(values), np.nan)
            out[np.isfinite(values)] = going_on * tick_s
            return out, f'time "{name}" in {"us" if tick_s == 1e-6 else "0.1 ms"}'
    size = unit_by_size(values)
    unit = hints.time_unit or columns.time_unit or size
    if not unit:
        steps = np.diff(values[np.isfinite(values)])
        raise TableError(
            source.path, 0, f"its times ({name}) are {np.median(steps) if len(steps) else 0.0:.4g} apart, which tells "
            "no unit; say it with --time-unit s, ms, us or ns"
        )  # fmt: skip
    if not hints.time_unit and size and size != unit:
        raise TableError(
            source.path, 0, f"its times ({name}) are called {unit} but look like {size}; say which with --time-unit"
        )
    return values * TIME_UNITS[unit], f'time "{name}" in {unit}'


def _tick_of(values: FloatArray) -> float:
    """0.1 ms or 1 us: Xsens' stamps, by their usual distance; 0 where neither fits."""
    steps = np.diff(values[np.isfinite(values)])
    usual = float(np.median(steps)) if len(steps) else 0.0
    return 1e-4 if 10 <= usual <= 2500 else 1e-6 if 4000 <= usual <= 1_000_000 else 0.0


def _offset(t_s: FloatArray, dates: FloatArray | None, head: TableHead, notes: Mapping[str, str]) -> float | None:
    """What makes the times Unix time: a column of dates, phyphox's own note, or a date before the header."""
    good = np.flatnonzero(np.isfinite(t_s))
    if not len(good):
        return None
    if UNIX_2001_S < t_s[good[0]] < UNIX_2100_S:
        return 0.0
    if dates is not None:
        apart = dates - t_s
        apart = apart[np.isfinite(apart) & (dates > UNIX_2001_S)]
        return float(np.median(apart)) if len(apart) else None
    zero = phyphox_zero(notes)
    if zero is not None:
        return zero
    start = stated_start(head)
    return None if start is None else start - float(t_s[good[0]])


def names_of(head: TableHead, vector: Vector) -> str:
    """The three columns of a quantity for the line that says what was taken for what."""
    return "/".join(
        ("-" if sign < 0 else "") + f'"{head.shown(i)}"' for i, sign in zip(vector.columns, vector.signs, strict=True)
    )
