"""Damaged, cut, foreign and hostile files: one sentence or the truth, never wrong data, a crash or a hang."""

import os
import sqlite3
import struct
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recorded_runs import RUN, in_time, wait_until, whole_log, write_run

from monitor.errors import RecordingError
from monitor.recording import format as layout
from monitor.recording import reader, store
from monitor.recording.blocks import BlockRow, DamagedRowError, decode_block, encode_block
from monitor.recording.format import Codec, block_crc, item_crc
from monitor.recording.reader import open_recording
from monitor.recording.salvage import salvage
from monitor.recording.writer import RecordingWriter
from monitor.values import NS_PER_S, PacketBlock, packet

SLOW = pytest.param(400, marks=pytest.mark.slow)


def refused(path):
    """The sentence with which a file is refused."""
    with pytest.raises(RecordingError) as caught:
        open_recording(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)
    return caught.value.reason


def log_or_sentence(path):
    """What `whole_log` gives, or the sentence with which the file is refused."""
    try:
        return whole_log(path)
    except RecordingError as error:
        return error.reason


def is_part_of(got, want):
    """Nothing in `got` that is not in `want`, and in the same order."""
    rest = iter(want)
    return all(any(item == other for other in rest) for item in got)


# ------------------------------------------------------------------ damage


@pytest.mark.parametrize("span_s", [1, 10])
@pytest.mark.parametrize("count", [25, SLOW])
def test_a_flipped_byte_never_gives_wrong_data_silently(tmp_path, count, span_s):
    path = tmp_path / "a.headsup"
    want = write_run(path, 60, span_s=span_s)
    good = path.read_bytes()
    rng = np.random.default_rng(count)
    for k in range(count):
        at = int(rng.integers(0, 100 + 3 * layout.PAGE_SIZE)) if k % 3 == 0 else int(rng.integers(0, len(good)))
        bad = bytearray(good)
        bad[at] ^= 1 << int(rng.integers(0, 8))
        path.write_bytes(bad)
        try:
            got, damage = whole_log(path)
        except RecordingError:
            continue
        assert is_part_of(got, want), f"wrong data after a flip at byte {at}"
        assert got == want or damage, f"data vanished silently after a flip at byte {at}"


@pytest.mark.parametrize("count", [12, SLOW])
def test_salvage_after_a_flip_or_a_smashed_page_saves_nearly_everything(tmp_path, count):
    path = tmp_path / "a.headsup"
    want = write_run(path, 60)
    good = path.read_bytes()
    rng = np.random.default_rng(count)
    for k in range(count):
        bad = bytearray(good)
        if k % 2:
            page = int(rng.integers(0, len(good) // layout.PAGE_SIZE)) * layout.PAGE_SIZE
            bad[page : page + layout.PAGE_SIZE] = rng.bytes(layout.PAGE_SIZE)
        else:
            bad[int(rng.integers(0, len(good)))] ^= 1 << int(rng.integers(0, 8))
        path.write_bytes(bad)
        out = tmp_path / f"saved-{k}.headsup"
        report = salvage(path, out)
        got, damage = whole_log(out)
        assert is_part_of(got, want)
        assert len(got) >= 0.85 * len(want)
        assert got == want or (report.missing and damage)


@pytest.mark.parametrize("part", [0.05, 0.34, 0.5, 0.76, 0.99])
@pytest.mark.parametrize("span_s", [1, 10])
def test_a_cut_file_is_refused_and_salvaged(tmp_path, part, span_s):
    path = tmp_path / "a.headsup"
    want = write_run(path, 120, span_s=span_s)
    good = path.read_bytes()
    path.write_bytes(good[: int(part * len(good))])
    outcome = log_or_sentence(path)
    if isinstance(outcome, str):
        assert "salvage" in outcome
    else:
        assert is_part_of(outcome[0], want)
        assert outcome[1]
    if part < 0.2:
        return  # hardly anything is before this cut
    report = salvage(path, tmp_path / "saved.headsup")
    got, _ = whole_log(tmp_path / "saved.headsup")
    assert is_part_of(got, want)
    assert len(got) >= (part - 0.12) * len(want)
    assert sum(report.notifications.values()) + report.entries == len(got)


def test_salvage_of_a_sound_file_is_complete_and_says_so(tmp_path):
    want = write_run(tmp_path / "a.headsup", 30)
    report = salvage(tmp_path / "a.headsup", tmp_path / "b.headsup")
    assert report.missing == ()
    assert report.was_closed
    assert "nothing is known to be missing" in str(report)
    assert whole_log(tmp_path / "b.headsup") == (want, ())
    with open_recording(tmp_path / "b.headsup") as recording:
        assert recording.run == RUN
        assert recording.settings_json == '{"volume": 0.5}'
        assert recording.profile_json == "a profile"
    with pytest.raises(RecordingError):
        salvage(tmp_path / "a.headsup", tmp_path / "b.headsup")


def test_salvage_without_a_header(tmp_path):
    path = tmp_path / "a.headsup"
    want = write_run(path, 30)
    path.write_bytes(b"\0" * 100 + path.read_bytes()[100:])
    assert refused(path) == "is not a Heads Up recording"
    salvage(path, tmp_path / "saved.headsup")
    assert whole_log(tmp_path / "saved.headsup") == (want, ())


def test_a_copy_of_a_running_recording_opens_and_is_salvaged_with_its_wal(tmp_path):
    path, copy = tmp_path / "a.headsup", tmp_path / "copy.headsup"
    writer = RecordingWriter(path, RUN, "{}", commit_interval_s=0.01)
    try:
        for i in range(50):
            writer.append(packet("head", i, bytes(100)))
        wait_until(lambda: writer.status().committed_ns == 49)
        for name in ("", "-wal"):
            Path(f"{copy}{name}").write_bytes(Path(f"{path}{name}").read_bytes())
        want = [(i, "head", bytes(100)) for i in range(50)]
        report = salvage(copy, tmp_path / "saved.headsup")
        assert report.notifications == {"head": 50}
        assert whole_log(tmp_path / "saved.headsup")[0] == want
        assert whole_log(copy)[0] == want
    finally:
        writer.close()


def test_salvage_finds_nothing_in_other_files(tmp_path):
    path = tmp_path / "a"
    for content in (b"x", np.random.default_rng(0).bytes(200_000), b"\x0d" * 50_000):
        path.write_bytes(content)
        with pytest.raises(RecordingError, match="nothing"):
            salvage(path, tmp_path / "out.headsup")
    with pytest.raises(RecordingError, match="does not exist"):
        salvage(tmp_path / "none", tmp_path / "out.headsup")
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_salvage_survives_a_page_of_cells_that_all_claim_the_same_long_chain(tmp_path):
    size = layout.PAGE_SIZE
    page = bytearray(size)
    cells = range(9000, 9000 + 3 * 2000, 3)
    page[0:8] = b"\x0d" + struct.pack(">HHHB", 0, len(cells), 9000, 0)
    page[8 : 8 + 2 * len(cells)] = struct.pack(f">{len(cells)}H", *cells)
    for cell in cells:
        page[cell : cell + 3] = b"\xff\xff\x7f"  # a row of two million bytes
    (tmp_path / "a").write_bytes(bytes(size) + bytes(page) + bytes(size) * 20)
    with pytest.raises(RecordingError, match="nothing"):
        salvage(tmp_path / "a", tmp_path / "out.headsup")


def smashed(good, rng):
    """A file with up to a dozen damages of many kinds, often where SQLite keeps its own numbers."""
    bad = bytearray(good)
    pages = len(good) // layout.PAGE_SIZE
    for _ in range(int(rng.integers(1, 12))):
        page = int(rng.integers(0, pages)) * layout.PAGE_SIZE
        at = page + int(rng.integers(0, 40 if rng.random() < 0.4 else layout.PAGE_SIZE))
        kind = int(rng.integers(0, 4))
        if kind == 0:
            bad[at] = int(rng.integers(0, 256))
        elif kind == 1:
            bad[at : at + 8] = rng.bytes(8)
        elif kind == 2:
            bad[at : at + 4] = b"\xff" * 4
        else:
            other = int(rng.integers(0, pages)) * layout.PAGE_SIZE
            bad[page : page + layout.PAGE_SIZE] = good[other : other + layout.PAGE_SIZE]
    return bytes(bad[: len(good)]) if rng.random() < 0.9 else bytes(bad[: int(rng.integers(1, len(good)))])


@pytest.mark.parametrize("count", [30, pytest.param(1000, marks=pytest.mark.slow)])
def test_a_smashed_file_is_refused_or_read_with_its_damage_named(tmp_path, count):
    path = tmp_path / "a.headsup"
    want = write_run(path, 40)
    good = path.read_bytes()
    rng = np.random.default_rng(count)
    for k in range(count):
        path.write_bytes(smashed(good, rng))
        outcome = log_or_sentence(path)
        if not isinstance(outcome, str):
            assert is_part_of(outcome[0], want), f"wrong data in file {k}"
            assert outcome[0] == want or outcome[1], f"data vanished silently in file {k}"
        if k % 5 == 0:
            out = tmp_path / f"saved-{k}.headsup"
            try:
                salvage(path, out)
            except RecordingError:
                continue
            assert is_part_of(whole_log(out)[0], want)


def test_a_schema_that_is_no_text_is_refused(good):
    """SQLite quotes it in its message, which Python then cannot decode."""
    good.write_bytes(good.read_bytes().replace(b"CREATE TABLE item", b"CREATE TABLE \xff\xfe\xfd\xfc"))
    assert "damaged" in refused(good)


# ------------------------------------------------------------------ files that are no recordings


def test_foreign_files_get_one_fitting_sentence(tmp_path):
    path = tmp_path / "a.headsup"
    assert refused(path) == "does not exist"
    assert refused(tmp_path) == "is a folder, not a recording"
    path.write_bytes(b"")
    assert refused(path) == "is empty"
    for content in (b"x", b"t_s,ax\n" * 100, np.random.default_rng(0).bytes(50_000), b"SQLite format 3\0"):
        path.write_bytes(content)
        assert refused(path) == "is not a Heads Up recording"
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


def test_a_newer_format_asks_for_an_update(good):
    edit(good, "PRAGMA user_version=2")
    assert "please update" in refused(good)
    edit(good, "PRAGMA user_version=-1")
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


def forged(good, **changes):
    """The good file with its first block replaced by a forgery whose check sum is right."""
    connection = sqlite3.connect(good)
    row = connection.execute("SELECT sensor, seq, t0_ns, t1_ns, n, codec, size, crc, body FROM block WHERE id=1")
    fields = dict(
        zip(("sensor", "seq", "t0_ns", "t1_ns", "n", "codec", "size", "crc", "body"), row.fetchone(), strict=True)
    )
    connection.close()
    fields |= changes
    fields["crc"] = block_crc(*(fields[k] for k in ("sensor", "seq", "t0_ns", "t1_ns", "n", "codec", "size", "body")))
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
    edit(good, ("UPDATE item SET kind=?, body=?, crc=? WHERE id=6", (kind, body, item_crc(6, kind, 500_000_001, body))))
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
