"""The summary as a file: Parquet that pandas, DuckDB and Arrow open as it is, or CSV. The same rows, the same bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from monitor.batch.fields import FIELDS, Kind, Value
from monitor.batch.row import SummaryRow
from monitor.errors import SettingsError
from monitor.interop.columns import About
from monitor.interop.csv_out import metadata_path, text_cell
from monitor.interop.missing import optional
from monitor.interop.new_file import check_free, new_file

SUFFIXES = (".parquet", ".csv")
IDENTITY = (
    ("file", "the recording: its path from the folder"),
    ("content_sha256", "SHA-256 of the recording; empty where it could not be read"),
    ("error", "why it could not be used; empty: it could"),
)
"""The first columns; `fields.FIELDS` follow."""
KIND = "batch summary"
_CSVW = {Kind.TEXT: "string", Kind.NUMBER: "number", Kind.COUNT: "integer", Kind.FLAG: "boolean", Kind.DATE: "datetime"}


def check_table(path: Path, *, replace: bool) -> None:
    """Everything that can be refused before hours of work: the name, the library, a file that is there already.

    Raises HeadsUpError.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise SettingsError("-o", f"must name a file that ends in .parquet or .csv, not '{path.name}'")
    if _is_parquet(path):
        optional("pyarrow.parquet", "Parquet", "parquet")
    for target in _targets(path):
        check_free(target, replace=replace)


def is_summary(path: Path) -> bool:
    """Whether a file is the summary of an earlier batch, which a later one may replace."""
    if path.is_symlink() or not path.is_file():
        return False
    try:
        if not _is_parquet(path):
            first = ",".join(name for name, _ in IDENTITY) + ","
            with open(path, "rb") as file:
                return file.read(len(first)) == first.encode()
        about = optional("pyarrow.parquet", "Parquet", "parquet").read_schema(path).metadata or {}
        return json.dumps({"kind": KIND})[1:-1].encode() in about.get(b"headsup", b"")
    except (OSError, ValueError):  # pyarrow's own errors are ValueErrors
        return False


def write_table(path: Path, rows: Sequence[SummaryRow], about: About, *, replace: bool) -> None:
    """Write all rows, by name; CSV gets its description beside it. Raises RecordingError."""
    ordered = sorted(rows, key=lambda row: (row.name, row.content))
    with new_file(path, replace=replace) as out:
        if _is_parquet(path):
            _write_parquet(out, ordered, about)
        else:
            _write_csv(out, ordered)
    for beside in _targets(path)[1:]:
        with new_file(beside, replace=replace) as out:
            out.write(_description(path, about))


def _is_parquet(path: Path) -> bool:
    return path.suffix.lower() == ".parquet"


def _targets(path: Path) -> tuple[Path, ...]:
    return (path,) if _is_parquet(path) else (path, metadata_path(path))


def _columns(rows: Sequence[SummaryRow]) -> list[list[Value]]:
    """The values column by column, those of IDENTITY first; None where a recording could not be used."""
    texts: list[list[Value]] = [[getattr(row, name) for row in rows] for name in ("name", "content", "error")]
    return texts + [[row.values[i] if row.values else None for row in rows] for i in range(len(FIELDS))]


# ------------------------------------------------------------------ Parquet


def _write_parquet(out: BinaryIO, rows: Sequence[SummaryRow], about: About) -> None:
    arrow = optional("pyarrow", "Parquet", "parquet")
    parquet = optional("pyarrow.parquet", "Parquet", "parquet")
    types = {
        Kind.TEXT: arrow.string(),
        Kind.NUMBER: arrow.float64(),
        Kind.COUNT: arrow.int64(),
        Kind.FLAG: arrow.bool_(),
        # Without a zone: DuckDB's Python client hands out a moment with one only where pytz is installed.
        Kind.DATE: arrow.timestamp("us"),
    }
    described = [(name, Kind.TEXT, "", meaning) for name, meaning in IDENTITY]
    described += [(f.name, f.kind, f.unit, f.meaning) for f in FIELDS]
    fields = [
        arrow.field(name, types[kind], metadata={"unit": unit, "description": meaning})
        for name, kind, unit, meaning in described
    ]
    schema = arrow.schema(fields, metadata={"headsup": json.dumps(dict(about), sort_keys=True, allow_nan=False)})
    arrays: list[Any] = []
    for (_, kind, _, _), values in zip(described, _columns(rows), strict=True):
        if kind is Kind.DATE:
            cells: list[Any] = [m.replace(tzinfo=None) if (m := _moment(v)) is not None else None for v in values]
        else:
            cells = values
        arrays.append(arrow.array(cells, types[kind]))
    parquet.write_table(arrow.table(arrays, schema=schema), out, compression="zstd")


def _moment(value: Value) -> datetime | None:
    """A date, UTC; None where it is none."""
    try:
        moment = datetime.fromisoformat(str(value or ""))
        return moment.astimezone(UTC) if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


# ------------------------------------------------------------------ CSV


def _write_csv(out: BinaryIO, rows: Sequence[SummaryRow]) -> None:
    names = [name for name, _ in IDENTITY] + [f.name for f in FIELDS]
    kinds = [Kind.TEXT] * len(IDENTITY) + [f.kind for f in FIELDS]
    out.write((",".join(names) + "\n").encode())
    columns = [[_cell(kind, v) for v in values] for kind, values in zip(kinds, _columns(rows), strict=True)]
    for cells in zip(*columns, strict=True):
        out.write((",".join(cells) + "\n").encode("utf-8"))


def _cell(kind: Kind, value: Value) -> str:
    if value is None:
        return ""
    if kind is Kind.FLAG:
        return "1" if value else "0"
    if kind is Kind.DATE:
        moment = _moment(value)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment is not None else ""
    return text_cell(value) if isinstance(value, str) else repr(value)


def _description(table: Path, about: About) -> bytes:
    """What the columns mean, in the form of the W3C's "CSV on the Web"."""
    columns: list[dict[str, str]] = [
        {"name": name, "titles": name, "datatype": "string", "dc:description": meaning} for name, meaning in IDENTITY
    ]
    columns += [
        {"name": f.name, "titles": f.name, "datatype": _CSVW[f.kind], "dc:description": f.meaning}
        | ({"schema:unitText": f.unit} if f.unit else {})
        for f in FIELDS
    ]
    content = {
        "@context": "http://www.w3.org/ns/csvw",
        "url": table.name,
        "tableSchema": {"columns": columns},
        "headsup": dict(about),
    }
    return (json.dumps(content, indent=1, sort_keys=True, allow_nan=False) + "\n").encode("utf-8")
