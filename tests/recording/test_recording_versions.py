"""Recordings of every format version are read to the same values for ever; newer ones are refused with a way out."""

import json
import struct

import pytest
from recorded_runs import refused, write_run
from stored_runs import KINDS, described, stored, told, unpacked

from monitor.recording.blocks import decode_block, encode_block
from monitor.recording.format import (
    FORMAT_VERSION,
    OLDEST_VERSION,
    SCHEMA,
    Codec,
)
from monitor.recording.items import check_item, item_row
from monitor.recording.reader import open_recording
from monitor.recording.salvage import salvage
from monitor.values import NS_PER_S, PacketBlock, join_packets, packet

VERSIONS = range(OLDEST_VERSION, FORMAT_VERSION + 1)


def holds(got, want):
    """Whether `got` has all that `want` has; a later program may tell more of a thing, never less or otherwise."""
    if isinstance(want, dict):
        return isinstance(got, dict) and all(key in got and holds(got[key], value) for key, value in want.items())
    if isinstance(want, list):
        return isinstance(got, list) and len(got) == len(want) and all(map(holds, got, want))
    return got == want or (got != got and want != want)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("version", VERSIONS)
def test_a_stored_recording_reads_as_on_the_day_it_was_made(tmp_path, version, kind):
    path = unpacked(version, kind, tmp_path)
    before = path.read_bytes()
    want = json.loads(told(version, kind).read_text("utf-8"))
    assert struct.unpack_from(">i", before, 60) == (version,)
    assert len(want["packets"]) == 150
    with open_recording(path) as recording:
        assert holds(described(recording), want)
        assert recording.verify() == recording.damage
    assert path.read_bytes() == before


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("version", VERSIONS)
def test_a_stored_recording_is_repaired_into_one_of_today(tmp_path, version, kind):
    path = unpacked(version, kind, tmp_path)
    salvage(path, tmp_path / "saved.headsup")
    want = json.loads(told(version, kind).read_text("utf-8")) | {"closed": True}
    with open_recording(tmp_path / "saved.headsup") as recording:
        got = described(recording)
    # What was written down as missing keeps its sentence and its place.
    assert holds(got, want)
    assert struct.unpack_from(">i", (tmp_path / "saved.headsup").read_bytes(), 60) == (FORMAT_VERSION,)


def test_every_version_is_stored():
    assert {stored(version, kind).exists() for version in VERSIONS for kind in KINDS} == {True}
    assert not any(stored(FORMAT_VERSION + 1, kind).exists() for kind in KINDS)


def test_what_is_written_is_still_this_version():
    """Whoever changes one of these bytes makes a new version: see FORMAT.md."""
    block = join_packets([packet("head", 5, b"abc"), packet("head", 5 + NS_PER_S, b"")])
    row = encode_block(block, 3, Codec.RAW, key=0x1234_5678)
    assert row.body.hex() == "0000000000ca9a3b03000000616263"
    assert (row.seq, row.t0_ns, row.t1_ns, row.n, row.codec, row.size) == (3, 5, 1_000_000_005, 2, 0, 15)
    assert row.crc == 0xF5F3F04A
    assert item_row(4, "mark", 77, '{"label": "cramp"}', key=0x1234_5678).crc == 0x0A9C8AA2
    assert sorted(name for _, name, _, _ in SCHEMA) == ["block", "block_time", "item"]
    assert sum(len(text) for *_, text in SCHEMA) == 437


def test_rows_belong_to_their_run_alone():
    block = PacketBlock("head", packet("head", 5, b"x").t_ns, packet("head", 5, b"x").ends, b"x")
    assert decode_block(encode_block(block, 0, key=7), 7).payloads() == [b"x"]
    for key in (0, 6):
        with pytest.raises(ValueError, match="check sum"):
            decode_block(encode_block(block, 0, key=7), key)
        with pytest.raises(ValueError, match="check sum"):
            check_item(item_row(1, "mark", 5, "{}", key=7), key)


@pytest.mark.parametrize("version", [FORMAT_VERSION + 1, 1000, 0x7FFF_FFFF])
def test_a_newer_recording_is_refused_and_left_alone(tmp_path, version):
    path = tmp_path / "a.headsup"
    write_run(path, 3)
    data = bytearray(path.read_bytes())
    struct.pack_into(">i", data, 60, version)
    path.write_bytes(data)
    sentence = refused(path)
    assert f"format {version}" in sentence
    assert "please update" in sentence
    assert path.read_bytes() == data
    assert [p.name for p in tmp_path.iterdir()] == ["a.headsup"]
