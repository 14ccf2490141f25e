"""Damage in every region of a file, cuts at any length, and schemas made to cost time or memory."""

from __future__ import annotations

import sqlite3
import struct
from contextlib import suppress

import numpy as np
import pytest
from recorded_runs import is_part_of, log_or_sentence, refused, whole_log, write_run

from monitor.errors import RecordingError
from monitor.recording.format import PAGE_SIZE
from monitor.recording.salvage import salvage

SLOW = pytest.mark.slow


def assert_truth(path, want, about):
    """The file is refused with one sentence, or gives the truth, and says so where some of it is missing."""
    outcome = log_or_sentence(path)
    if isinstance(outcome, str):
        assert outcome
        assert "\n" not in outcome
        return
    got, damage = outcome
    assert is_part_of(got, want), f"wrong data: {about}"
    assert got == want or damage, f"data vanished silently: {about}"


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A closed run of two sensors and its log."""
    path = tmp_path_factory.mktemp("sound") / "a.headsup"
    return path, write_run(path, 30), path.read_bytes()


def page_of(data, kind):
    """Offsets of the pages of one of SQLite's kinds: 0x02, 0x05 interior, 0x0A, 0x0D leaf; index and table."""
    return [at for at in range(PAGE_SIZE, len(data), PAGE_SIZE) if data[at] == kind]


@pytest.mark.parametrize("at", [*range(0, 100, 3), *(pytest.param(i, marks=SLOW) for i in range(100) if i % 3)])
def test_any_byte_of_the_header_may_be_wrong(sound, tmp_path, at):
    path, (_, want, good) = tmp_path / "a.headsup", sound
    for value in (0x00, 0xFF, good[at] ^ 0x01, good[at] ^ 0x80):
        path.write_bytes(good[:at] + bytes([value]) + good[at + 1 :])
        assert_truth(path, want, f"byte {at} of the header is {value}")


@pytest.mark.parametrize("kind", [0x02, 0x05, 0x0A, 0x0D])
def test_the_head_of_any_kind_of_page_may_be_wrong(tmp_path, kind):
    path = tmp_path / "a.headsup"
    want = write_run(path, 500 if kind == 0x02 else 200 if kind == 0x05 else 30)
    good = path.read_bytes()
    pages = page_of(good, kind)
    assert pages
    rng = np.random.default_rng(kind)
    for _ in range(4 if kind in (0x02, 0x05) else 12):
        at = int(rng.choice(pages)) + int(rng.integers(0, 14))
        path.write_bytes(good[:at] + bytes([int(rng.integers(0, 256))]) + good[at + 1 :])
        assert_truth(path, want, f"byte {at % PAGE_SIZE} of a page of kind {kind}")


@pytest.mark.parametrize("count", [25, pytest.param(400, marks=SLOW)])
def test_cut_at_any_length(sound, tmp_path, count):
    path, (_, want, good) = tmp_path / "a.headsup", sound
    lengths = np.random.default_rng(count).integers(1, len(good), count).tolist()
    for length in (1, 15, 16, 99, 100, 101, PAGE_SIZE - 1, PAGE_SIZE, PAGE_SIZE + 1, len(good) - 1, *lengths):
        path.write_bytes(good[:length])
        assert_truth(path, want, f"cut at {length}")
        out = tmp_path / f"saved-{length}.headsup"
        if length < 5 * PAGE_SIZE:  # before this there may be nothing
            with suppress(RecordingError):
                salvage(path, out)
        else:
            salvage(path, out)
        if not out.exists():
            continue
        assert_truth(out, want, f"saved after a cut at {length}")
        out.unlink()


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (28, 0xFFFFFFFF),  # pages that the file claims to have
        (28, 0),
        (28, 1),
        (32, 3),  # a free list that is a page of ours
        (32, 0xFFFFFFFF),
        (36, 0xFFFFFFFF),
        (44, 0xFFFFFFFF),  # schema format
        (48, 0xFFFFFFFF),  # cache size that it suggests
        (52, 5),  # auto-vacuum: every page after the second would be a map
        (56, 2),  # UTF-16
        (56, 77),
    ],
)
def test_numbers_that_the_header_claims(sound, tmp_path, at, value):
    path, (_, want, good) = tmp_path / "a.headsup", sound
    data = bytearray(good)
    struct.pack_into(">I", data, at, value)
    path.write_bytes(data)
    assert_truth(path, want, f"{value} at {at}")
    salvage(path, tmp_path / "saved.headsup")
    assert_truth(tmp_path / "saved.headsup", want, "saved")


def with_schema(path, *statements):
    """A good recording whose schema somebody edited by hand."""
    write_run(path, 5)
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA writable_schema=ON")
    for statement in statements:
        db.execute(statement)
    db.close()


SERIES = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) "
INSERT = "INSERT INTO sqlite_schema(type, name, tbl_name, rootpage, sql) "


@pytest.mark.parametrize(
    "statements",
    [
        [INSERT + "SELECT 'view', 'v', 'v', 0, 'CREATE VIEW v AS SELECT ' || printf('%.*c', 900000, '(') "],
        [INSERT + "SELECT 'view', 'v', 'v', 0, 'CREATE VIEW v AS SELECT ' || printf('%.*c1', 5000, '-') "],
        ["CREATE VIEW a AS SELECT * FROM b", "CREATE VIEW b AS SELECT * FROM a"],
        [f"CREATE TABLE wide({', '.join(f'c{i}' for i in range(1900))})"],
        ["UPDATE sqlite_schema SET sql = replace(sql, 'body BLOB NOT NULL', 'body AS (zeroblob(2000000000))')"],
        ["UPDATE sqlite_schema SET sql = replace(sql, 'n INTEGER NOT NULL', 'n INTEGER CHECK (n > (SELECT 1))')"],
        ["UPDATE sqlite_schema SET type = 'view', rootpage = 0 WHERE name = 'block'"],
        ["ANALYZE"],
    ],
    ids=["long", "deep", "circle", "wide", "generated", "check", "view", "statistics"],
)  # fmt: skip
def test_a_schema_made_to_cost_is_refused(tmp_path, statements):
    path = tmp_path / "a.headsup"
    with_schema(path, *statements)
    assert refused(path)


def test_a_long_schema_is_not_even_parsed(tmp_path):
    """Thirty thousand views take SQLite a second; with the bound it stops before."""
    path = tmp_path / "a.headsup"
    views = "SELECT 'view', 'v' || i, 'v' || i, 0, 'CREATE VIEW v' || i || ' AS SELECT 1' FROM n"
    with_schema(path, INSERT + SERIES.format(30_000) + views)
    assert "other tables" in refused(path)


def test_a_table_that_stands_on_the_pages_of_another_gives_no_wrong_data(tmp_path):
    path = tmp_path / "a.headsup"
    item_root = "(SELECT rootpage FROM sqlite_schema WHERE name = 'item')"
    with_schema(path, f"UPDATE sqlite_schema SET rootpage = {item_root} WHERE name = 'block'")
    got, damage = whole_log(path)
    assert damage
    assert [entry for entry in got if isinstance(entry, tuple)] == []


def test_a_row_that_claims_to_be_huge_costs_nothing(sound, tmp_path):
    path, (_, want, good) = tmp_path / "a.headsup", sound
    data = bytearray(good)
    for page in page_of(good, 0x0D):
        (cell,) = struct.unpack_from(">H", data, page + 8)
        data[page + cell : page + cell + 5] = b"\x87\xff\xff\xff\x7f"  # two thousand million bytes
    path.write_bytes(data)
    assert_truth(path, want, "huge rows")
    try:
        salvage(path, tmp_path / "saved.headsup")
    except RecordingError:
        return
    assert_truth(tmp_path / "saved.headsup", want, "saved")
