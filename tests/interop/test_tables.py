"""Tables for other programs: cells no program runs, values that come back, files that are whole or not there."""

from __future__ import annotations

import csv
import errno
import io
import json
import math
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import RecordingError
from monitor.interop.columns import Column, in_chunks
from monitor.interop.csv_out import metadata, text_cell, write_csv
from monitor.interop.new_file import new_file
from monitor.interop.parquet_out import write_parquet


def columns(n: int = 5):
    count = np.arange(n)
    return (
        Column("t_s", count / 10.0, "s", "time"),
        Column("exact", np.where(count == 1, np.nan, 1.0 / (count + 3.0)), "m", "a number", None),
        Column("far", np.where(count == 2, np.inf, 0.5), "m", "a distance", 1),
        Column("n", count.astype(np.int64), "", "a count"),
        Column("ok", count % 2 == 0, "", "a flag"),
        Column("word", (count % 3).astype(np.int8), "", "a word", words=("", "=run", 'a "b", c')),
        Column("at", (count * 10**9).astype("datetime64[ns]"), "", "when"),
    )


def written(chunks) -> tuple[int, list[list[str]]]:
    out = io.BytesIO()
    rows = write_csv(chunks, out)
    return rows, list(csv.reader(io.StringIO(out.getvalue().decode("utf-8"), newline="")))


def test_cells_are_plain():
    rows, [head, *body] = written(in_chunks(columns()))
    assert rows == 5
    assert head == ["t_s", "exact", "far", "n", "ok", "word", "at"]
    assert body[0] == ["0.000", repr(1 / 3), "0.5", "0", "1", "", "1970-01-01T00:00:00.000Z"]
    assert body[1][1] == ""
    assert body[2][2] == "inf"
    assert [row[5] for row in body[:3]] == ["", "'=run", 'a "b", c']


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_chunks_make_one_table(size):
    assert written(in_chunks(columns(), size)) == written([columns()])


def test_an_empty_table_has_its_header():
    rows, lines = written(in_chunks(columns(0)))
    assert (rows, len(lines)) == (0, 1)


@given(st.text())
def test_no_text_becomes_a_formula_and_every_text_is_one_cell(text):
    cell = text_cell(text)
    [[back]] = csv.reader(io.StringIO(f"{cell}\n", newline="")) if cell else [[""]]
    assert back in (text, f"'{text}")
    assert not back.lstrip().startswith(("=", "+", "-", "@"))


@given(st.lists(st.floats(allow_infinity=False), min_size=1, max_size=20))
def test_numbers_come_back_bit_for_bit(values):
    _, [_, *body] = written([(Column("x", np.array(values), "", "", None),)])
    cells = [row[0] if row else "" for row in body]
    assert all(c == "" if math.isnan(v) else float(c) == v for c, v in zip(cells, values, strict=True))


def test_the_description_beside_a_csv():
    told = json.loads(metadata(Path("a/run.csv"), columns(), {"simulated": True}))
    assert told["url"] == "run.csv"
    assert told["headsup"] == {"simulated": True}
    assert [c["datatype"] for c in told["tableSchema"]["columns"]] == [
        "number", "number", "number", "integer", "boolean", "string", "datetime",
    ]  # fmt: skip
    assert told["tableSchema"]["columns"][0]["schema:unitText"] == "s"


@pytest.mark.parametrize("size", [2, 100])
def test_parquet_keeps_types_units_and_what_is_not_known(size):
    pytest.importorskip("pyarrow")
    from pyarrow import parquet

    out = io.BytesIO()
    assert write_parquet(in_chunks(columns(), size), out, {"run_id": "r", "simulated": True}) == 5
    table = parquet.read_table(io.BytesIO(out.getvalue()))
    assert table["exact"].to_pylist() == [1 / 3, None, 1 / 5, 1 / 6, 1 / 7]
    assert table["far"].to_pylist()[2] == math.inf
    assert table["ok"].to_pylist() == [True, False, True, False, True]
    assert table["word"].to_pylist()[1] == "=run"
    assert table.schema.field("t_s").metadata == {b"unit": b"s", b"description": b"time"}
    assert json.loads(table.schema.metadata[b"headsup"]) == {"run_id": "r", "simulated": True}


def test_an_empty_parquet_has_its_columns():
    pytest.importorskip("pyarrow")
    from pyarrow import parquet

    out = io.BytesIO()
    assert write_parquet(in_chunks(columns(0)), out, {}) == 0
    assert parquet.read_table(io.BytesIO(out.getvalue())).num_columns == 7


def test_a_file_is_whole_or_not_there(tmp_path):
    path = tmp_path / "out.csv"
    with pytest.raises(ZeroDivisionError), new_file(path) as out:
        out.write(b"half" * (1 // 0))
    assert list(tmp_path.iterdir()) == []
    with new_file(path) as out:
        out.write(b"whole")
        assert not path.exists()
    assert path.read_bytes() == b"whole"
    with pytest.raises(RecordingError, match="exists already"), new_file(path):
        pass
    with pytest.raises(ZeroDivisionError), new_file(path, replace=True) as out:
        out.write(b"half" * (1 // 0))
    assert path.read_bytes() == b"whole"
    with new_file(path, replace=True) as out:
        out.write(b"new")
    assert path.read_bytes() == b"new"
    assert [p.name for p in tmp_path.iterdir()] == ["out.csv"]


def test_links_and_folders_are_never_replaced(tmp_path):
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "mine")
    for path in (tmp_path / "link", tmp_path):
        with pytest.raises(RecordingError, match="not an ordinary file"), new_file(path, replace=True):
            pass
    with pytest.raises(RecordingError, match="does not exist"), new_file(tmp_path / "none" / "x"):
        pass


def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path, monkeypatch):
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RecordingError, match="cannot be written: No space left"), new_file(tmp_path / "x") as out:
        out.write(b"much")
    assert list(tmp_path.iterdir()) == []
