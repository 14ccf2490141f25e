"""IMU tables as Parquet, through pyarrow where it is installed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from monitor.errors import TableError
from monitor.interop.missing import optional
from monitor.sources.imu_open import TableSource
from monitor.sources.imu_table_csv import MAX_TABLE_ROWS
from monitor.sources.imu_text import MAX_COLUMNS, Rows, TableHead

MAGIC = b"PAR1"
_SAMPLE_ROWS = 200
_MAX_ROW_GROUP_BYTES = 4 << 30


def read_parquet_head(source: TableSource) -> TableHead:
    """Names of the columns, and the first rows as text. Raises TableError and MissingLibraryError."""
    with source.open() as file:
        table = _opened(source, file)
        schema = table.schema_arrow
        names = [str(name) for name in schema.names]
        units = tuple("s" if str(kind).startswith("timestamp") else "" for kind in schema.types)
        plain = _plain_columns(table)
        rows = _guarded(source, lambda: next(table.iter_batches(_SAMPLE_ROWS, columns=plain, use_threads=False), None))
        count = rows.num_rows if rows else 0
        known = {name: _numbers(rows.column(name), unit) for name, unit in zip(names, units, strict=True)
                 if rows and name in plain}  # fmt: skip
        columns = [known.get(name, np.full(count, np.nan)) for name in names]
        sample = tuple(tuple(_cell(column[i]) for column in columns) for i in range(count))
    return TableHead(tuple(names), units, (), sample)


def read_parquet_rows(source: TableSource, head: TableHead, columns: Sequence[int], date: int | None) -> Rows:
    """Read these columns whole. Raises TableError and MissingLibraryError."""
    del date  # a time stamp is a number here
    with source.open() as file:
        table = _opened(source, file)
        plain = _plain_columns(table)
        wanted = sorted({head.names[i] for i in columns} & set(plain))
        read = _guarded(source, lambda: table.read(columns=wanted, use_threads=False))
        empty = np.full(read.num_rows if wanted else 0, np.nan)
        values = np.column_stack(
            [
                _numbers(read.column(head.names[i]).combine_chunks(), head.units[i])
                if head.names[i] in plain
                else empty
                for i in columns
            ]
        )
    if not len(values):
        raise TableError(source.path, 0, "has no rows")
    return Rows(values, None)


def _opened(source: TableSource, file: Any) -> Any:
    parquet = optional("pyarrow.parquet", "Reading a Parquet table", "parquet")
    table = _guarded(source, lambda: parquet.ParquetFile(file))
    about = table.metadata
    if about.num_rows > MAX_TABLE_ROWS or about.num_rows < 0:
        raise TableError(source.path, 0, f"has more than {MAX_TABLE_ROWS // 1_000_000} million rows; please split it")
    if about.num_columns > MAX_COLUMNS:
        raise TableError(source.path, 0, f"has more than {MAX_COLUMNS} columns, too many for one sensor")
    if any(about.row_group(i).total_byte_size > _MAX_ROW_GROUP_BYTES for i in range(about.num_row_groups)):
        raise TableError(source.path, 0, "is too large for a table; please split it")
    if len(set(table.schema_arrow.names)) != len(table.schema_arrow.names):
        raise TableError(source.path, 0, "has two columns of the same name")
    return table


def _plain_columns(table: Any) -> list[str]:
    """The columns of numbers and time stamps. Others are never read: a few bytes may stand for gigabytes of text."""
    types = optional("pyarrow", "Reading a Parquet table", "parquet").types
    schema = table.schema_arrow
    return [
        str(name)
        for name, kind in zip(schema.names, schema.types, strict=True)
        if types.is_integer(kind) or types.is_floating(kind) or types.is_timestamp(kind)
    ]


def _guarded(source: TableSource, read: Any) -> Any:
    """Whatever a damaged file makes pyarrow say is one sentence."""
    try:
        return read()
    except (OSError, ValueError, TypeError, KeyError, IndexError, MemoryError, OverflowError, NotImplementedError) as e:
        raise TableError(source.path, 0, "is a damaged or unusual Parquet file that cannot be read") from e


def _numbers(column: Any, unit: str) -> Any:
    """A column as float64 (n,), time stamps as Unix seconds; NaN for all that is no number."""
    arrow = optional("pyarrow", "Reading a Parquet table", "parquet")
    kind = column.type
    try:
        if unit == "s" and arrow.types.is_timestamp(kind):
            stamps = column.cast(arrow.timestamp("ns"), safe=False).cast(arrow.int64())
            return np.asarray(stamps.fill_null(0).to_numpy(zero_copy_only=False), np.float64) * 1e-9 + np.where(
                column.is_null().to_numpy(zero_copy_only=False), np.nan, 0.0
            )
        if arrow.types.is_integer(kind) or arrow.types.is_floating(kind):
            return np.asarray(column.cast(arrow.float64(), safe=False).to_numpy(zero_copy_only=False), np.float64)
    except (ValueError, TypeError, NotImplementedError):
        pass
    return np.full(len(column), np.nan)


def _cell(value: float) -> str:
    return "" if np.isnan(value) else repr(float(value))
