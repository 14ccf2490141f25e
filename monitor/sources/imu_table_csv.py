"""Reading an IMU table: one header line, then rows of numbers separated by commas.

    t_s,ax_m_s2,ay_m_s2,az_m_s2,gx_rad_s,gy_rad_s,gz_rad_s

Columns may stand in any order, the three gyro columns may all be absent, the rate is free. Numbers are parsed by
numpy's C reader in chunks; only a chunk with a fault is read again line by line, to name the line.
"""

from __future__ import annotations

import io
import stat
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from monitor.errors import TableError
from monitor.sources.imu_table_checks import check_samples, check_times
from monitor.values import FloatArray, Site

ACC_COLUMNS = ("ax_m_s2", "ay_m_s2", "az_m_s2")
GYR_COLUMNS = ("gx_rad_s", "gy_rad_s", "gz_rad_s")
COLUMNS = ("t_s", *ACC_COLUMNS, *GYR_COLUMNS)
MAX_TABLE_BYTES = 4 << 30
MAX_TABLE_ROWS = 20_000_000
"""55 h at 100 Hz; 1.1 GB of numbers."""
_CHUNK_BYTES = 8 << 20
_MAX_LINE_BYTES = 4096


@dataclass(frozen=True, slots=True)
class ImuTable:
    """n samples of one sensor as its table gives them, checked.

    t_s (n,) strictly increasing seconds; acc (n,3) m/s²; gyr (n,3) rad/s or None where the table has none.
    `told`: what was taken for what, '' for a table with the contract's own header.
    """

    path: Path
    site: Site
    t_s: FloatArray
    acc: FloatArray
    gyr: FloatArray | None
    told: str = ""

    def __len__(self) -> int:
        return len(self.t_s)

    @property
    def rate_hz(self) -> float:
        """Rows per second, of the usual distance of rows some way apart: Unix time as a float is a bit coarse."""
        apart = max(1, min(100, len(self) // 4))
        return float(apart / np.median(self.t_s[apart:] - self.t_s[:-apart]))


def read_table(path: Path | str, site: Site) -> ImuTable:
    """A table, read and checked whole. Raises TableError: one sentence, with the line where there is one."""
    path = Path(path)
    try:
        with _open(path) as file:
            names, start = _header(path, file)
            data = _numbers(path, file, names, start)
    except OSError as error:
        raise TableError(path, 0, f"cannot be read: {error.strerror}") from error
    column = {name: data[:, i] for i, name in enumerate(names)}
    t_s = np.ascontiguousarray(column["t_s"])
    acc = np.column_stack([column[name] for name in ACC_COLUMNS])
    gyr = np.column_stack([column[name] for name in GYR_COLUMNS]) if GYR_COLUMNS[0] in column else None
    del data, column
    check_times(path, t_s)
    check_samples(path, acc, gyr)
    return ImuTable(path, site, t_s, acc, gyr)


def _open(path: Path) -> io.BufferedReader:
    try:
        status = path.stat()
    except FileNotFoundError:
        raise TableError(path, 0, "does not exist") from None
    except ValueError as error:
        raise TableError(repr(str(path)), 0, "is not a usable file name") from error
    if stat.S_ISDIR(status.st_mode):
        raise TableError(path, 0, "is a folder, not a table")
    if not stat.S_ISREG(status.st_mode):
        raise TableError(path, 0, "is not an ordinary file")
    if status.st_size == 0:
        raise TableError(path, 0, "is empty")
    if status.st_size > MAX_TABLE_BYTES:
        raise TableError(path, 0, f"is too large for a table ({status.st_size / 2**30:.0f} GB); please split it")
    return path.open("rb")


# ------------------------------------------------------------------ the header


def _header(path: Path, file: io.BufferedReader) -> tuple[list[str], int]:
    """Column names, and the offset of the first row."""
    line = file.readline(_MAX_LINE_BYTES)
    if line.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise TableError(path, 1, "the file is UTF-16; please save it as UTF-8")
    if b"\0" in line:
        raise TableError(path, 1, "this is not text, so it cannot be a table")
    try:
        text = line.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise TableError(path, 1, "this is not UTF-8 text, so it cannot be a table") from error
    names = [name.strip().strip('"').strip() for name in text.split(",")]
    fault = _header_fault(text, names)
    if fault:
        raise TableError(path, 1, fault)
    return names, file.tell()


def _header_fault(text: str, names: list[str]) -> str:
    wanted = ",".join(COLUMNS)
    if text.startswith("#"):
        return f"comment lines are not read; please begin with the header {wanted}"
    if len(names) == 1 and any(mark in text for mark in ";\t"):
        return "the columns are not separated by commas; please save the table with commas and decimal points"
    if all(_is_number(name) for name in names):
        return f"the header line is missing; please begin with {wanted}"
    unknown = [name for name in names if name not in COLUMNS]
    if unknown:
        shown = ", ".join(repr(name[:30]) for name in unknown[:3])
        return f"unknown column {shown}; the columns are {wanted}"
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        return f"the column {twice} appears twice"
    missing = [name for name in ("t_s", *ACC_COLUMNS) if name not in names]
    if any(name in names for name in GYR_COLUMNS):
        missing += [name for name in GYR_COLUMNS if name not in names]
    return f"the column {missing[0]} is missing" if missing else ""


# ------------------------------------------------------------------ the rows


def _numbers(path: Path, file: io.BufferedReader, names: list[str], start: int) -> FloatArray:
    """All rows as an array (n, columns)."""
    capacity = _count_lines(file) + 1
    if capacity > MAX_TABLE_ROWS:
        raise TableError(path, 0, f"has more than {MAX_TABLE_ROWS // 1_000_000} million rows; please split it")
    file.seek(start)
    out = np.empty((capacity, len(names)))
    n = 0
    while chunk := file.read(_CHUNK_BYTES):
        chunk += file.readline(_MAX_LINE_BYTES)
        first_line = n + 2
        text = _text(path, chunk, first_line)
        if not file.peek(1):
            text = text.rstrip()  # blank lines at the very end are harmless
        if not text:
            break
        rows = _parse(path, text, names, first_line)
        if n + len(rows) > capacity:
            raise TableError(path, 0, "changed while it was read; please try again")
        out[n : n + len(rows)] = rows
        n += len(rows)
    if n == 0:
        raise TableError(path, 0, "has a header but no rows")
    return out[:n]


def _count_lines(file: io.BufferedReader) -> int:
    return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(_CHUNK_BYTES), b""))


def _text(path: Path, chunk: bytes, first_line: int) -> str:
    try:
        if b"\0" in chunk:
            at = chunk.index(b"\0")
            raise TableError(path, first_line + chunk.count(b"\n", 0, at), "a zero byte: this is not text")
        return chunk.decode("utf-8")
    except UnicodeDecodeError as error:
        line = first_line + chunk.count(b"\n", 0, error.start)
        raise TableError(path, line, "this is not UTF-8 text; please save the table as UTF-8") from error


def _parse(path: Path, text: str, names: list[str], first_line: int) -> FloatArray:
    """Rows (n, columns) of whole lines. Raises TableError naming the line of the first fault."""
    lines = text.count("\n") + (not text.endswith("\n"))
    reason = ""
    try:
        rows = (
            np.loadtxt(io.StringIO(text, newline=None), delimiter=",", comments=None, ndmin=2) if text.strip() else None
        )
        if rows is not None and rows.shape == (lines, len(names)):
            return rows
    except ValueError as error:
        reason = str(error)
    for number, line in enumerate(text.split("\n"), first_line):
        fault = _line_fault(line.rstrip("\r"), names)
        if fault:
            raise TableError(path, number, fault)
    raise TableError(path, first_line, f"cannot be read from here on: {reason or 'the lines do not match the header'}")


def _line_fault(line: str, names: list[str]) -> str:
    """What is wrong with a line, or ''."""
    if not line.strip():
        return "the line is blank"
    if line.lstrip().startswith("#"):
        return "comment lines are not read; please remove them"
    if len(line) > _MAX_LINE_BYTES:
        return "the line is far too long for a row of numbers"
    cells = [cell.strip() for cell in line.split(",")]
    if len(cells) != len(names):
        return f"{len(cells)} value(s) where the header names {len(names)}"
    for name, cell in zip(names, cells, strict=True):
        if not cell:
            return f"{name} is empty"
        if not _is_number(cell):
            return f"{name} is {cell[:30]!r}, not a number"
    return ""


def _is_number(cell: str) -> bool:
    if not cell.isascii() or "_" in cell:  # float() takes both, the C reader neither
        return False
    try:
        float(cell)
    except ValueError:
        return False
    return True
