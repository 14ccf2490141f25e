"""Tables as CSV: one header line, a point as decimal mark, empty cells for what is not known.

No cell can be taken for a formula: a text that begins like one gets an apostrophe in front. What the table is about
stands in a file beside it, `NAME-metadata.json`, in the form of the W3C's "CSV on the Web".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import numpy as np

from monitor.interop.columns import About, Column, Columns

_FORMULA = re.compile(r"^\s*[=+\-@|%\t\r]")
_QUOTED = re.compile(r'[",\r\n]')


def write_csv(chunks: Iterable[Columns], out: BinaryIO) -> int:
    """Write the chunks of one table, UTF-8; returns the number of rows."""
    count = 0
    for number, columns in enumerate(chunks):
        if number == 0:
            out.write((",".join(text_cell(c.name) for c in columns) + "\n").encode("utf-8"))
        cells = [_cells(column) for column in columns]
        lines = [",".join(row) for row in zip(*cells, strict=True)]
        count += len(lines)
        if lines:
            out.write(("\n".join(lines) + "\n").encode("utf-8"))
    return count


def text_cell(text: str) -> str:
    """A text as a cell that no program takes for a formula, quoted where it must be."""
    if _FORMULA.match(text):
        text = "'" + text
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def metadata_path(path: Path) -> Path:
    """Where the description of a CSV lies: beside it."""
    return path.with_name(path.name + "-metadata.json")


def metadata(table: Path, columns: Columns, about: About) -> bytes:
    """The description of a table that lies beside it."""
    described = [
        {"name": c.name, "titles": c.name, "datatype": _datatype(c), "dc:description": c.meaning}
        | ({"schema:unitText": c.unit} if c.unit else {})
        for c in columns
    ]
    content = {
        "@context": "http://www.w3.org/ns/csvw",
        "url": table.name,
        "tableSchema": {"columns": described},
        "headsup": dict(about),
    }
    return (json.dumps(content, indent=1, allow_nan=False) + "\n").encode("utf-8")


def _datatype(column: Column) -> str:
    if column.words:
        return "string"
    kinds = {"f": "number", "i": "integer", "b": "boolean", "M": "datetime"}
    return kinds[column.values.dtype.kind]


def _cells(column: Column) -> list[str]:
    values = column.values
    if column.words:
        words = [text_cell(word) for word in column.words]
        return [words[code] for code in values.tolist()]
    if values.dtype.kind == "b":
        return ["1" if value else "0" for value in values.tolist()]
    if values.dtype.kind == "M":
        return ["" if text == "NaT" else f"{text}Z" for text in np.datetime_as_string(values, unit="ms").tolist()]
    if values.dtype.kind == "i":
        return [str(value) for value in values.tolist()]
    if column.digits is None:
        return ["" if value != value else repr(value) for value in values.tolist()]
    form = f"%.{column.digits}f"
    return ["" if value != value else form % value for value in values.tolist()]
