"""Tables as Parquet: typed, compressed, with the unit and the meaning of each column in the file itself.

pyarrow is imported when it is used: the extra `parquet`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, BinaryIO

from monitor.interop.columns import About, Column, Columns
from monitor.interop.missing import optional


def need_pyarrow() -> None:
    """Raises MissingLibraryError where Parquet cannot be written here."""
    optional("pyarrow.parquet", "Parquet", "parquet")


def write_parquet(chunks: Iterable[Columns], out: BinaryIO, about: About) -> int:
    """Write the chunks of one table, at least one; returns the number of rows. Raises MissingLibraryError.

    The schema's metadata holds `headsup` (`about` as JSON), each field's `unit` and `description`.
    """
    arrow = optional("pyarrow", "Parquet", "parquet")
    parquet = optional("pyarrow.parquet", "Parquet", "parquet")
    writer: Any = None
    count = 0
    try:
        for columns in chunks:
            table = arrow.table([_array(arrow, c) for c in columns], schema=_schema(arrow, columns, about))
            if writer is None:
                floats = [c.name for c in columns if c.values.dtype.kind == "f"]
                writer = parquet.ParquetWriter(
                    out,
                    table.schema,
                    compression="zstd",
                    use_dictionary=[c.name for c in columns if c.words],
                    use_byte_stream_split=floats,
                )
            writer.write_table(table)
            count += table.num_rows
    finally:
        if writer is not None:
            writer.close()
    return count


def _schema(arrow: Any, columns: Columns, about: About) -> Any:
    fields = [
        arrow.field(c.name, _type(arrow, c), metadata={"unit": c.unit, "description": c.meaning}) for c in columns
    ]
    return arrow.schema(fields, metadata={"headsup": json.dumps(dict(about), allow_nan=False)})


def _type(arrow: Any, column: Column) -> Any:
    if column.words:
        return arrow.dictionary(arrow.int8(), arrow.string())
    kinds = {
        "f": arrow.float64(),
        "i": arrow.int64(),
        "b": arrow.bool_(),
        "M": arrow.timestamp("ns", tz="UTC"),
    }
    return kinds[column.values.dtype.kind]


def _array(arrow: Any, column: Column) -> Any:
    if column.words:
        codes = arrow.array(column.values, arrow.int8())
        return arrow.DictionaryArray.from_arrays(codes, arrow.array(column.words, arrow.string()))
    # What is not known is null, not NaN: pandas, DuckDB and Arrow count it as missing.
    return arrow.array(column.values, _type(arrow, column), from_pandas=True)
