"""Text tables of any make: separator, decimal comma, lines before the header, a row of units, comments in between.

The first lines are looked at once to find the line of names; the columns that are wanted are then read in chunks by
numpy's C reader, and only a chunk it cannot read goes line by line.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from monitor.errors import TableError
from monitor.settings import shown
from monitor.sources.imu_dates import is_date, read_dates
from monitor.sources.imu_names import Kind, read_name
from monitor.sources.imu_open import TableSource
from monitor.sources.imu_table_csv import MAX_TABLE_ROWS
from monitor.sources.imu_units import unit_named
from monitor.values import FloatArray

MAX_COLUMNS = 1000
_HEAD_BYTES = 1 << 18
_HEAD_LINES = 200
_CHUNK_BYTES = 4 << 20
_MAX_LINE_BYTES = 1 << 16
_SEPARATORS = ("\t", ";", ",", "|", " ")
_COMMENTS = ("#", "//", "%")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_IMU = (Kind.ACC, Kind.GYR, Kind.LINEAR, Kind.GRAVITY, Kind.BARE)


@dataclass(frozen=True, slots=True)
class TableHead:
    """What the first lines of a table show.

    `names` and `units` per column, `units` from a row of units or ''; `preamble`: the lines before the names;
    `sample`: the cells of the first rows. `first_line`: the 1-based line of the first row, `separator` for text.
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    preamble: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    first_line: int = 1
    separator: str = ","

    def cells(self, column: int) -> list[str]:
        """The first cells of a column."""
        return [row[column].strip() for row in self.sample if column < len(row)]

    def shown(self, column: int) -> str:
        """The name of a column for a sentence: a stranger's file must not steer the terminal."""
        return shown(self.names[column])[:40]


@dataclass(frozen=True, slots=True)
class Rows:
    """Wanted columns of a table: `values` (n, columns), NaN where a cell is no number; `dates` (n,) s or None.

    `strange`: how many lines were neither rows nor comments nor the header once more.
    """

    values: FloatArray
    dates: FloatArray | None
    strange: int = 0


def read_head(source: TableSource, named: Sequence[str] = ()) -> TableHead:
    """Find the line of names: the first that names three axes, or all of `named`. Raises TableError."""
    with source.open() as file:
        raw = file.read(_HEAD_BYTES)
    lines = _text_lines(source, raw)
    if named and all(name.startswith("#") for name in named):
        return _numbered(source, lines)
    for number, line in enumerate(lines[:_HEAD_LINES]):
        for separator in _SEPARATORS:
            names = split_line(_uncommented(line), separator)
            if 3 <= len(names) <= MAX_COLUMNS and _names_axes(names, named):
                return _with_units(lines, number, names, separator)
    raise TableError(source.path, 0, _no_names(lines, named))


def _text_lines(source: TableSource, raw: bytes) -> list[str]:
    if not raw:
        raise TableError(source.path, 0, "is empty")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise TableError(source.path, 1, "the file is UTF-16; please save it as UTF-8")
    if b"\0" in raw:
        raise TableError(source.path, 1, "this is not text, so it cannot be a table")
    text = _decoded(raw)
    lines = re.split("\r\n|\n|\r", text)
    return lines[:-1] if len(raw) == _HEAD_BYTES and len(lines) > 1 else lines  # the last may be cut


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        # cut in the middle of a character, or an older program's °: every byte of the columns that count is ASCII
        return raw.decode("cp1252", "replace").removeprefix("ï»¿")


def _uncommented(line: str) -> str:
    stripped = line.strip()
    for mark in _COMMENTS:
        if stripped.startswith(mark):
            return stripped.lstrip("#/% ")
    return line


def split_line(line: str, separator: str) -> list[str]:
    """The cells of one line, without the quotes around them."""
    if separator == " ":
        return line.split()
    if '"' not in line:
        return [cell.strip() for cell in line.split(separator)]
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=separator, skipinitialspace=True))]
    except (csv.Error, StopIteration):
        return []


def _names_axes(names: Sequence[str], named: Sequence[str]) -> bool:
    if named:
        folded = {name.casefold() for name in names}
        return all(name.startswith("#") or name.casefold() in folded for name in named)
    axes = [meaning.axis for meaning in map(read_name, names) if meaning.kind in _IMU]
    return {"x", "y", "z"} <= set(axes)


def _numbered(source: TableSource, lines: Sequence[str]) -> TableHead:
    """A table whose columns are called by their numbers: names are those of the line before the first row, or none."""

    def numbers(line: str, separator: str) -> int:
        return sum(_is_number(cell) or is_date(cell) for cell in split_line(line, separator))

    for number, line in enumerate(lines[:_HEAD_LINES]):
        separator = max(_SEPARATORS, key=lambda mark: numbers(line, mark))
        cells = split_line(line, separator)
        if numbers(line, separator) < 3 or line.lstrip().startswith(_COMMENTS):
            continue
        if len(cells) > MAX_COLUMNS:
            break
        before = split_line(_uncommented(lines[number - 1]), separator) if number else []
        names = before if len(before) == len(cells) else [f"#{i + 1}" for i in range(len(cells))]
        rows = [tuple(split_line(row, separator)) for row in lines[number:] if row.strip()]
        told = tuple(lines[:number])
        return TableHead(tuple(names), ("",) * len(cells), told, tuple(rows[:_HEAD_LINES]), number + 1, separator)
    raise TableError(source.path, 0, "has no line with at least three numbers")


def _no_names(lines: Sequence[str], named: Sequence[str]) -> str:
    if named and not all(name.startswith("#") for name in named):
        missing = next(name for name in named if not name.startswith("#"))
        return f"has no line of names with the column {missing[:40]!r} and the others of --columns"
    first = next((line for line in lines if line.strip() and not line.strip().startswith(_COMMENTS)), "")
    for separator in _SEPARATORS:
        cells = split_line(first, separator)
        if len(cells) >= 4 and sum(_is_number(cell) for cell in cells) >= 3:
            return (
                "has no line with the names of its columns; say which is which by their numbers, "
                "--columns t=#1,ax=#2,ay=#3,az=#4"
            )
    return (
        "names no acceleration along x, y and z; if it holds one, say in which columns with "
        "--columns t=NAME,ax=NAME,ay=NAME,az=NAME"
    )


def _with_units(lines: Sequence[str], number: int, names: list[str], separator: str) -> TableHead:
    after = number + 1
    units = [""] * len(names)
    row = split_line(lines[after], separator) if after < len(lines) else []
    if len(row) == len(names) and any(row) and not any(_is_number(c) or is_date(c) for c in row):
        told = [unit_named(cell) for cell in row]
        if sum(bool(unit) and unit != "?" for unit in told) >= 3:
            units, after = told, after + 1
    sample = [tuple(split_line(line, separator)) for line in lines[after : after + _HEAD_LINES] if line.strip()]
    return TableHead(tuple(names), tuple(units), tuple(lines[:number]), tuple(sample), after + 1, separator)


def read_rows(source: TableSource, head: TableHead, columns: Sequence[int], date: int | None) -> Rows:
    """Read these columns whole, and `date` as dates. Raises TableError where the table is far too long."""
    parts: list[FloatArray] = []
    dates: list[FloatArray] = []
    strange = total = 0
    date_cells = _DateCells()
    with source.open() as file:
        stream = io.TextIOWrapper(file, encoding="utf-8", errors="replace", newline=None)
        for _ in range(head.first_line - 1):
            stream.readline(_MAX_LINE_BYTES)
        while True:
            chunk = stream.read(_CHUNK_BYTES)
            if not chunk:
                break
            chunk += stream.readline(_MAX_LINE_BYTES)
            if "\0" in chunk:
                raise TableError(source.path, 0, "holds zero bytes: this is not text, or it was cut off while written")
            lines = [line for line in chunk.split("\n") if line.strip()]
            values, when, odd = _parse(lines, head, columns, date, date_cells.read)
            parts.append(values)
            strange += odd
            if when is not None:
                dates.append(when)
            total += len(values)
            if total > MAX_TABLE_ROWS:
                raise TableError(
                    source.path, 0, f"has more than {MAX_TABLE_ROWS // 1_000_000} million rows; please split it"
                )
    if not total:
        raise TableError(source.path, 0, "has a header but no rows")
    return Rows(np.concatenate(parts), np.concatenate(dates) if date is not None else None, strange)


class _DateCells:
    """Dates chunk by chunk; a clock without a date goes on over midnight from one chunk to the next."""

    def __init__(self) -> None:
        self._last = ""
        self._moved = 0.0

    def read(self, cells: list[str]) -> FloatArray:
        """Seconds (n,) of the cells."""
        joined = read_dates([self._last, *cells] if self._last else cells)
        first = joined[0]
        out = joined[1:] if self._last else joined
        if self._last and np.isfinite(first):
            out = out + (self._moved - first)
        seen = np.flatnonzero(np.isfinite(out))
        if len(seen):
            self._last, self._moved = cells[int(seen[-1])], float(out[seen[-1]])
        return out


_Dates = Callable[[list[str]], FloatArray]


def _parse(
    lines: list[str], head: TableHead, columns: Sequence[int], date: int | None, read: _Dates
) -> tuple[FloatArray, FloatArray | None, int]:
    """Columns (n,k) and dates (n,) of whole lines, and how many lines were strange."""
    separator = head.separator
    # numpy warns of a chunk without a row.
    if any(line.strip() for line in lines) and not any('"' in line for line in lines):
        try:
            text = [line.replace(",", ".") for line in lines] if separator != "," else lines
            values = np.loadtxt(
                text, delimiter=None if separator == " " else separator, usecols=list(columns), comments=None, ndmin=2
            )
            if len(values) == len(lines):
                cells = [split_line(line, separator)[date] for line in lines] if date is not None else []
                return values, read(cells) if date is not None else None, 0
        except (ValueError, IndexError):
            pass
    return _line_by_line(lines, head, columns, date, read)


def _line_by_line(
    lines: list[str], head: TableHead, columns: Sequence[int], date: int | None, read: _Dates
) -> tuple[FloatArray, FloatArray | None, int]:
    rows: list[list[float]] = []
    cells: list[str] = []
    strange = 0
    needed = min(len(head.names), 1 + max([*columns, -1 if date is None else date]))
    for line in lines:
        if line.lstrip().startswith(_COMMENTS):
            continue
        row = split_line(line, head.separator)
        if tuple(row) == head.names:
            continue
        if len(row) < needed:
            strange += 1
            continue
        rows.append([_number(row[i], head.separator) for i in columns])
        cells.append(row[date] if date is not None else "")
    values = np.array(rows, np.float64).reshape(len(rows), len(columns))
    return values, read(cells) if date is not None and cells else None if date is None else np.empty(0), strange


def _number(cell: str, separator: str) -> float:
    plain = cell.replace(",", ".", 1) if separator != "," or "," in cell else cell
    return float(plain) if _NUMBER.fullmatch(plain) else float("nan")


def _is_number(cell: str) -> bool:
    return _NUMBER.fullmatch(cell.strip().replace(",", ".", 1)) is not None
