"""Foreign and hostile files: one sentence, or the truth and what was left out; no crash, no hang, no memory taken."""

import os
import sqlite3
import zlib
from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_runs import RUN, in_time, log_or_sentence, refused, whole_log, write_run

from monitor.recording import reader, store
from monitor.recording.blocks import BlockRow, DamagedRowError, decode_block, encode_block
from monitor.recording.format import Codec, block_crc, item_crc
from monitor.recording.reader import open_recording
from monitor.recording.salvage import salvage
from monitor.values import NS_PER_S, PacketBlock, packet
from tests.fuzz.recording_targets import files

# ------------------------------------------------------------------ files that are no recordings


def test_foreign_files_get_one_fitting_sentence(tmp_path):
    path = tmp_path / "a.headsup"
    assert refused(path) == "does not exist"
    assert refused(tmp_path) == "is a folder, not a recording"
    path.write_bytes(b"")
    assert refused(path) == "is empty"
    for content in (b"x", b"t_s,ax\n" * 100, np.random.default_rng(0).bytes(50_000), b"SQLite format 3\0"):
        path.write_bytes(content)
        assert refused(path).startswith("is not a Heads Up recording")
    path.rename(tmp_path / "a.jpg")
    assert refused(tmp_path / "a.jpg") == "is not a Heads Up recording"
    (tmp_path / "a.jpg").rename(path)
    path.unlink()
    sqlite3.connect(path).execute("CREATE TABLE block(id)").connection.close()
    assert "another program" in refused(path)
    os.mkfifo(tmp_path / "fifo")
    assert "ordinary file" in refused(tmp_path / "fifo")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert refused(tmp_path / "loop")
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(40 << 30)
    assert "too large" in refused(tmp_path / "huge")
    assert "ordinary file" in refused(Path("/dev/null"))


def edit(path, *statements):
    """Change a good recording as its owner never would."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA writable_schema=ON")
    for statement in statements:
        connection.execute(*([statement] if isinstance(statement, str) else statement))
    connection.close()


@pytest.fixture
def good(tmp_path):
    write_run(tmp_path / "a.headsup", 20)
    return tmp_path / "a.headsup"


def test_a_schema_that_is_no_text_is_refused(good):
    """SQLite quotes it in its message, which Python then cannot decode."""
    good.write_bytes(good.read_bytes().replace(b"CREATE TABLE item", b"CREATE TABLE \xff\xfe\xfd\xfc"))
    assert "damaged" in refused(good)


def test_a_row_of_impossible_length_costs_no_more_than_rows(tmp_path):
    """SQLite says it is out of memory; that must neither hide behind its own rollback nor cost the whole run."""
    path = tmp_path / "a.headsup"
    whole = bytearray(files()[0])
    at = whole.index(b"mark")
    whole[at - 8 : at - 4] = b"\xff" * 4  # the row's length, and its number behind the next byte
    whole[at - 3 : at + 5] = b"\xff" * 8
    path.write_bytes(whole)
    with closing(sqlite3.connect(path)) as raw, pytest.raises(MemoryError):
        raw.execute("SELECT id, kind, t_ns, crc, body FROM item ORDER BY id").fetchall()
    with open_recording(path) as recording:
        blocks = [entry for part in recording.entries() for entry in part if isinstance(entry, PacketBlock)]
    assert sum(len(block.t_ns) for block in blocks) == 40
    assert "some entries cannot be read (a row claims more than it can hold)" in [d.what for d in recording.damage]
    saved = salvage(path, tmp_path / "saved.headsup")
    assert saved.notifications == {"head": 20, "collar": 20}


def test_a_newer_format_asks_for_an_update(good):
    edit(good, "PRAGMA user_version=3")
    assert "please update" in refused(good)
    for version in (0, -1):
        edit(good, f"PRAGMA user_version={version}")
    assert "unknown format" in refused(good)


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE TRIGGER t AFTER INSERT ON item BEGIN DELETE FROM block; END"],
        ["CREATE VIEW v AS SELECT * FROM block"],
        ["CREATE TABLE more(x)"],
        ["DROP INDEX block_time"],
        ["DROP TABLE block", "CREATE VIEW block AS SELECT 1 AS id, randomblob(1000000000) AS body"],
        ["ALTER TABLE block ADD COLUMN x GENERATED ALWAYS AS (randomblob(1000000000))"],
        ["UPDATE sqlite_schema SET sql = 'garbage' WHERE name = 'item'"],
        ["UPDATE sqlite_schema SET rootpage = 1 WHERE name = 'block'"],
        ["UPDATE sqlite_schema SET rootpage = 99999 WHERE name = 'item'"],
        ["DELETE FROM item"],
        ["DELETE FROM item WHERE kind = 'run'"],
    ],
)
def test_a_hostile_schema_is_refused(good, statements):
    edit(good, *statements)
    assert refused(good)


def key_of(path):
    """What a forger needs to know; it stands in the file."""
    with open_recording(path) as recording:
        return recording.contents.key


def forged(good, **changes):
    """The good file with its first block replaced by a forgery whose check sum is right."""
    connection = sqlite3.connect(good)
    row = connection.execute("SELECT sensor, seq, t0_ns, t1_ns, n, codec, size, crc, body FROM block WHERE id=1")
    fields = dict(
        zip(("sensor", "seq", "t0_ns", "t1_ns", "n", "codec", "size", "crc", "body"), row.fetchone(), strict=True)
    )
    connection.close()
    fields |= changes
    told = (fields[k] for k in ("sensor", "seq", "t0_ns", "t1_ns", "n", "codec", "size", "body"))
    fields["crc"] = block_crc(*told) ^ key_of(good)
    names = ", ".join(f"{name} = ?" for name in fields)
    edit(good, (f"UPDATE block SET {names} WHERE id = 1", tuple(fields.values())))


@pytest.mark.parametrize(
    "changes",
    [
        {"n": 1 << 40},
        {"n": 0},
        {"n": -5},
        {"n": 200_000, "size": 1_200_000},
        {"size": 1 << 40},
        {"size": 5},
        {"codec": 7},
        {"codec": 1},
        {"codec": 1, "body": b"\x78\x9c" + bytes(50)},
        {"body": b""},
        {"t0_ns": -(1 << 63), "t1_ns": (1 << 63) - 1},
        {"t0_ns": 5, "t1_ns": 4},
        {"t1_ns": 999_999_999_999},
        {"seq": -1},
        {"seq": 1 << 50},
        {"sensor": "x" * 10_000},
    ],
)
def test_a_forged_block_is_left_out_and_reported(good, changes):
    forged(good, **changes)
    log, damage = whole_log(good)
    assert damage
    assert len(log) == 20 * 40 + 2 - 20 + (20 if changes == {"sensor": "x" * 10_000} else 0)


def test_wrong_types_in_rows_are_left_out(good):
    edit(
        good,
        "UPDATE block SET n = 'many', size = x'00', t0_ns = 'early' WHERE id = 3",
        "UPDATE block SET body = 'text' WHERE id = 4",
        "UPDATE item SET body = x'ff00fe' WHERE kind = 'mark'",
        "UPDATE item SET crc = 'none' WHERE kind = 'sensor'",
    )
    log, damage = whole_log(good)
    assert len(log) == 20 * 40 - 40
    assert len(damage) >= 4


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("link", '{"sensor": "head", "state": "flying", "why": ""}'),
        ("link", '{"sensor": 5, "state": "lost", "why": ""}'),
        ("link", "[" * 100_000),
        ("battery", '{"sensor": "head", "percent": true}'),
        ("battery", '{"sensor": "head", "percent": ' + "9" * 5000 + "}"),
        ("mark", "null"),
        ("mark", "{"),
        ("mode", '{"mode": "moon"}'),
        ("event", '{"t_ns": 1, "kind": "head_down", "sensor": "", "prompted": true, "detail": {"x": [1]}}'),
        ("sensor", '{"key": "head"}'),
        ("spaceship", "{}"),
    ],
)
def test_a_senseless_entry_with_a_right_check_sum_is_left_out_and_reported(good, kind, body):
    crc = item_crc(6, kind, 500_000_001, body) ^ key_of(good)
    edit(good, ("UPDATE item SET kind=?, body=?, crc=? WHERE id=6", (kind, body, crc)))
    log, damage = whole_log(good)
    assert damage
    assert len(log) == 20 * 40 + 1


def test_vanished_rows_are_noticed(good):
    edit(good, "DELETE FROM block WHERE id IN (7, 8)", "DELETE FROM item WHERE id = 6")
    log, damage = whole_log(good)
    assert len(log) == 20 * 40 - 40 + 1
    assert Counter("missing" in str(d) for d in damage) == {True: 3}
    edit(good, "DELETE FROM block WHERE id = (SELECT max(id) FROM block)")
    assert any("the last 1 block(s)" in str(d) for d in whole_log(good)[1])


def test_too_many_sensors_are_refused(good):
    edit(good, *[("UPDATE block SET sensor = ? WHERE id = ?", (f"s{i}", i)) for i in range(1, 41)])
    assert "sensors" in refused(good)


def test_a_sidecar_that_is_no_file_is_refused(good, tmp_path):
    os.mkfifo(f"{good}-wal")
    assert "not an ordinary file" in refused(good)
    os.unlink(f"{good}-wal")
    (tmp_path / "secret").write_bytes(b"precious")
    Path(f"{good}-wal").symlink_to(tmp_path / "secret")
    assert "not an ordinary file" in refused(good)
    assert (tmp_path / "secret").read_bytes() == b"precious"


def test_a_garbage_wal_beside_a_good_file_does_no_harm(good):
    want, _ = whole_log(good)
    Path(f"{good}-wal").write_bytes(np.random.default_rng(0).bytes(100_000))
    outcome = log_or_sentence(good)
    assert outcome == (want, ()) or "damaged" in outcome


def test_a_link_to_a_recording_opens(good, tmp_path):
    (tmp_path / "link.headsup").symlink_to(good)
    assert whole_log(tmp_path / "link.headsup") == whole_log(good)


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=300), n=st.integers(-2, 40), size=st.integers(-1, 300), codec=st.integers(-1, 3))
def test_any_body_with_a_right_check_sum_decodes_or_is_damaged(data, n, size, codec):
    crc = block_crc("head", 0, 10, 20, n, codec, size, data)
    try:
        block = decode_block(BlockRow("head", 0, 10, 20, n, codec, size, crc, data))
    except DamagedRowError:
        return
    assert len(block.t_ns) == len(block.ends) == n
    assert block.ends[-1] == len(block.data)


def test_a_packed_bomb_is_not_unpacked():
    bomb = zlib.compress(bytes(100 << 20))
    crc = block_crc("head", 0, 0, 0, 1, 1, 1000, bomb)
    with pytest.raises(DamagedRowError, match="longer or shorter"):
        decode_block(BlockRow("head", 0, 0, 0, 1, 1, 1000, crc, bomb))


@pytest.mark.parametrize("change", [lambda packed: packed[:-3], lambda packed: packed + b"more"])
def test_packed_bytes_end_where_they_should(change):
    block = PacketBlock("head", np.arange(3) * 1000, np.arange(1, 4) * 20, bytes(60))
    row = encode_block(block, 0, Codec.ZLIB)
    assert decode_block(row).data == block.data
    body = change(row.body)
    crc = block_crc("head", 0, row.t0_ns, row.t1_ns, row.n, row.codec, row.size, body)
    with pytest.raises(DamagedRowError, match="cut short or go on"):
        decode_block(replace(row, body=body, crc=crc))


def test_slices_stay_small_however_dense_the_data(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "MAX_SLICE_BYTES", 100_000)
    out = store.RunFile(tmp_path / "a.headsup")
    out.add_head(RUN, "{}", "")
    log = []
    for i in range(100):
        t = i * 1000 + np.arange(100)
        log.append(PacketBlock("head", t, np.arange(1, 101) * 100, bytes(10_000)))
        out.add_packets(log[-1], NS_PER_S)
    out.finish(0)
    with open_recording(tmp_path / "a.headsup") as recording:
        slices = list(recording.entries(slice_s=60))
        assert all(sum(len(e.data) for e in s) <= 100_000 for s in slices)
        assert in_time(e for s in slices for e in s) == in_time(log)


def test_every_field_is_under_the_check_sum():
    row = encode_block(packet("head", 10, b"abc"), 3, Codec.RAW)
    assert decode_block(row).payloads() == [b"abc"]
    for name in ("sensor", "seq", "t0_ns", "t1_ns", "n", "codec", "size", "crc", "body"):
        values = {field: getattr(row, field) for field in BlockRow.__slots__}
        values[name] = {"sensor": "heae", "body": row.body[:-1] + b"d"}.get(
            name, values[name] + 1 if name not in ("sensor", "body") else None
        )
        with pytest.raises(DamagedRowError):
            decode_block(BlockRow(**values))
