"""Small files that claim to be huge, bombs, endless numbers and nesting: a sentence soon, and little memory."""

from __future__ import annotations

import gzip
import io
import json
import os
import struct
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest

from calibration import store
from monitor.commands import small_file
from monitor.errors import HeadsUpError
from monitor.interop.reading import read_watch
from monitor.library.rows import RowError, from_text
from monitor.outputs.wav import read_recording
from monitor.recording.reader import open_recording
from monitor.recording.salvage import salvage
from monitor.review.choices import choices_path, read_choices
from monitor.review.frozen_values import UnfitValueError, read_values
from monitor.review.reviewed import ReviewedRun
from monitor.settings import Settings, load
from monitor.sources.imu_hints import parse_columns
from monitor.sources.imu_reader import read_imu
from monitor.texts import reading
from monitor.values import Site
from tests.fuzz.fuzz_target import check_sentence
from tests.fuzz.watch_targets import fit_file, fit_message
from tests.fuzz.weighing import weighing

MB = 1 << 20
SECONDS = 5.0
HEADER = "t_s,ax_m_s2,ay_m_s2,az_m_s2\n"


def refused(read, *args, megabytes=32, seconds=SECONDS, kind=HeadsUpError, says=True, threads=False):
    """The sentence; an error where there is none, or where time or memory runs away."""
    begin = time.process_time()
    with weighing(threads=threads) as peak, pytest.raises(kind) as caught:
        read(*args)
    assert time.process_time() - begin < seconds
    assert peak.size < megabytes * MB
    if kind is HeadsUpError and says:
        check_sentence(str(caught.value))
    return str(caught.value)


def table(path):
    return read_imu(path, Site.HEAD)


def put(folder, name, data):
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


# ------------------------------------------------------------------ paths that are no files


READERS = {
    "table": table,
    "watch": read_watch,
    "recording": open_recording,
    "sound": read_recording,
    "settings": load,
    "language": lambda path: reading.read(path, "de"),
}


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize("what", ["/dev/zero", "/dev/urandom", "/dev/stdin", "fifo", "folder", "socket", "nul", "long"])
def test_endless_and_odd_paths(tmp_path, kind, what):
    """A pipe that nobody writes to must not hold the program up, a device must not fill the memory."""
    path = Path(what) if what.startswith("/dev") else tmp_path / what
    if what == "fifo":
        os.mkfifo(path)
    elif what == "folder":
        path.mkdir()
    elif what == "socket":
        os.mknod(path, 0o140600)
    elif what == "nul":
        path = Path(f"{tmp_path}/a\0b")
    elif what == "long":
        path = tmp_path / ("x" * 5000)
    refused(READERS[kind], path, says=what not in ("nul", "long"))  # what a person typed is shown as typed


@pytest.mark.parametrize("kind", READERS)
def test_a_sparse_file_of_terabytes(tmp_path, kind):
    path = put(tmp_path, "a", b"RIFF")
    with path.open("r+b") as file:
        file.truncate(1 << 40)
    refused(READERS[kind], path)


def test_names_that_climb_out_of_a_folder(tmp_path):
    for name in ("../cap", "/etc/passwd", "a/b", "..", ".", "", "a\0b", "a\nb", "x" * 300):
        refused(store.load, tmp_path, name, says=False)
    choices = {"format": "headsup-review", "watch": {"file": "../../etc/passwd", "sha256": "0" * 64, "offset_s": 0.0}}
    put(tmp_path, "a.headsup.review.json", json.dumps(choices))
    found, wrong = read_choices(tmp_path / "a.headsup")
    assert found.watch is None
    assert wrong


def test_a_zip_whose_names_climb_writes_nothing(tmp_path):
    path = tmp_path / "inside" / "a.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("../../evil.csv", HEADER + "0,1,2,9\n" * 9)
        packed.writestr("/abs.csv", HEADER)
    refused(table, path)
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["a.zip"]


# ------------------------------------------------------------------ numbers, nesting, encodings


DIGITS = "9" * 100_000
TEXTS = {
    "deep": "[" * 100_000,
    "deep tables": '{"a":' * 50_000,
    "digits": DIGITS,
    "digits in a table": f'{{"format": {DIGITS}}}',
    "infinite": '{"volume": 1e999}',
    "nan": '{"volume": NaN}',
    "utf-16": '{"volume": 1}'.encode("utf-16"),
    "not utf-8": b'{"volume": "\xff\xfe\xfd"}',
    "nul": b'{"volume": "\0"}',
    "empty": b"",
    "twice": '{"volume": 1, "volume": 2}',
}


@pytest.mark.parametrize("what", TEXTS)
def test_hostile_json(tmp_path, what):
    data = TEXTS[what] if isinstance(TEXTS[what], bytes) else TEXTS[what].encode()
    text = data.decode("utf-8", "replace")
    refused(Settings.from_json, text)
    refused(store.from_json, text)
    refused(from_text, text, kind=RowError)
    if what != "empty":
        refused(reading.read, put(tmp_path, "de.json", data), "de")
    put(tmp_path, "a.headsup.review.json", data)
    assert read_choices(tmp_path / "a.headsup")[1]
    kept, damage = small_file.read_table(put(tmp_path, "runs.json", data), "x", 1)
    assert not kept
    assert damage in ("is damaged", "is far too large")


@pytest.mark.parametrize(
    "text",
    [
        f"volume = {DIGITS}",
        f"volume = 0x{'f' * 100_000}",
        f"volume = 1e{'9' * 1000}",
        f"volume = {'[' * 50_000}",
        f"{'a.' * 20_000}b = 1",
        "volume = nan",
        "volume = inf",
        "[road]\n" * 2,
        "mode = '\x1b[2J'",
        '"\\u001b[2J" = 1',
        "a = {" * 5000,
    ],
    ids=range(11),
)
def test_hostile_toml(tmp_path, text):
    refused(load, put(tmp_path, "settings.toml", text))


@pytest.mark.parametrize("cell", ["1e999", DIGITS, "nan", "inf", "0x10", "1_0", "\0", "٣", "=1+1", '"' * 999])
def test_hostile_numbers_in_a_table(tmp_path, cell):
    rows = "".join(f"{i / 50},0.1,0.2,9.8{i % 7}\n" for i in range(200))
    refused(table, put(tmp_path, "a.csv", f"{HEADER}{rows}5,0,{cell},9\n{'5.1,0,0,9' + chr(10)}"))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-7", "cp037"])
def test_odd_encodings(tmp_path, encoding):
    refused(table, put(tmp_path, "a.csv", (HEADER + "0,0,0,9.8\n" * 99).encode(encoding)))
    xml = '<?xml version="1.0"?><gpx><trk/></gpx>'.encode(encoding)
    refused(read_watch, put(tmp_path, "a.gpx", xml))


@pytest.mark.slow
def test_lines_and_columns_without_end(tmp_path):
    refused(table, put(tmp_path, "a.csv", b"x" * (100 * MB)), megabytes=64)
    refused(table, put(tmp_path, "b.csv", HEADER.encode() + b"1," * (20 * MB)), megabytes=256)
    refused(table, put(tmp_path, "c.csv", ",".join(f"c{i}" for i in range(1_000_000))), megabytes=64)
    refused(
        table, put(tmp_path, "d.csv", "ax,ay,az," + ",".join(f"c{i}" for i in range(60_000)) + "\n" + "1," * 60_000)
    )
    refused(table, put(tmp_path, "e.csv", b'ax,ay,az\n"' + b"," * (8 * MB)), megabytes=256)


@pytest.mark.parametrize("text", ["x=" * 50_000, "ax=" + " " * 100_000, "ax=-" * 20_000, "=" * 100_000])
def test_typed_columns_take_no_time(text):
    refused(parse_columns, text, seconds=1.0)


@pytest.mark.parametrize("name", ["[" * 200_000, "(" + " " * 200_000, "aA" * 100_000, "1-1-1 " * 30_000])
def test_patterns_do_not_turn_back(tmp_path, name):
    """Names and dates are looked for with regular expressions; none may take longer than its text is long."""
    head = f"{name},ax,ay,az\n"
    refused(table, put(tmp_path, "a.csv", head + "2026-11-22T10:00:00,0,0,9.8\n" * 200), megabytes=64)


# ------------------------------------------------------------------ bombs


@pytest.mark.slow
def test_packed_bombs(tmp_path):
    zeros = gzip.compress(b"0" * (300 * MB), 9)
    refused(table, put(tmp_path, "a.csv.gz", zeros), megabytes=64, seconds=20)
    lines = gzip.compress((HEADER + "\n" * (30 * MB)).encode(), 9)
    refused(table, put(tmp_path, "b.csv.gz", lines), megabytes=400, seconds=30)


@pytest.mark.slow
def test_a_zip_bomb_is_not_unpacked(tmp_path):
    path = tmp_path / "a.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed,
        packed.open("Accelerometer.csv", "w", force_zip64=True) as member,
    ):
        for _ in range(600):
            member.write(b"0" * MB)
    assert path.stat().st_size < 2 * MB
    refused(table, path, megabytes=1100, seconds=30)


@pytest.mark.slow
def test_a_zip_of_very_many_files(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for i in range(10_500):
            packed.writestr(f"{i}.csv", "")
    assert "far too many" in refused(table, path, megabytes=64)


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE a [<!ENTITY b "cccccccccc">]>',
        "<!DOCTYPE a [<!ENTITY b0 'x'>"
        + "".join(f"<!ENTITY b{i} '&b{i - 1};&b{i - 1};'>" for i in range(1, 30))
        + "]>",
        '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE a [<!ENTITY % b SYSTEM "http://localhost/"> %b;]>',
        "<!DOCTYPE a [<!ATTLIST gpx x CDATA 'y'>]>",
    ],
)
@pytest.mark.parametrize("root", ["gpx", "TrainingCenterDatabase"])
def test_xml_bombs(tmp_path, head, root):
    said = refused(read_watch, put(tmp_path, "a.gpx", f'<?xml version="1.0"?>{head}<{root}>&b29;&b;</{root}>'))
    assert "defines entities" in said


@pytest.mark.slow
def test_xml_without_end(tmp_path):
    for body in ("<a>" * 200_000, "<a " + "b='c' " * 500_000, "<a>" + "x" * (30 * MB), "<" + "a" * (30 * MB)):
        refused(read_watch, put(tmp_path, "a.gpx", f"<gpx>{body}"), megabytes=64)
    attributes = " ".join(f"a{i}='1'" for i in range(100_000))
    refused(read_watch, put(tmp_path, "a.gpx", f"<gpx {attributes}></gpx>"), megabytes=64)


def test_fit_files_that_promise_more_than_they_hold(tmp_path):
    whole = bytearray(fit_file(fit_message(20, {253: ("I", 1_000_000_000)})))
    struct.pack_into("<I", whole, 4, 0xFFFF_FFFF)
    (path := tmp_path / "a.fit").write_bytes(whole)
    assert len(read_watch(path)) == 1  # what is there is read
    many_fields = struct.pack("<BBBHB", 0x40, 0, 0, 20, 255) + bytes((1, 255, 0)) * 255 + b"\0" * 60_000
    refused(read_watch, put(tmp_path, "b.fit", fit_file(many_fields)))
    refused(read_watch, put(tmp_path, "c.fit", fit_file(bytes((0x40, 0, 0, 99, 0, 0)) + b"\0" * 30_000)), seconds=30)


def test_sounds_that_claim_other_lengths(tmp_path):
    frame = struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)
    for size in (0xFFFF_FFFF, 0x7FFF_FFFF, 0):
        chunks = b"fmt " + struct.pack("<I", 16) + frame + b"data" + struct.pack("<I", size) + b"\1\2" * 50
        refused(read_recording, put(tmp_path, "a.wav", b"RIFF\0\0\0\0WAVE" + chunks))
    tiny = (b"JUNK" + struct.pack("<I", 0)) * 900_000
    refused(read_recording, put(tmp_path, "b.wav", b"RIFF\0\0\0\0WAVE" + tiny))


# ------------------------------------------------------------------ Parquet


@pytest.mark.slow
def test_parquet_that_unpacks_to_more_than_a_table(tmp_path):
    """A text of a megabyte, named twenty million times by one byte each, stands where numbers belong."""
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    codes = arrow.array(np.zeros(2_000_000, np.int32))
    texts = arrow.DictionaryArray.from_arrays(codes, arrow.array(["x" * 100_000]))
    numbers = arrow.array(np.zeros(2_000_000))
    path = tmp_path / "a.parquet"
    columns = {"t_s": numbers, "ax_m_s2": texts, "ay_m_s2": texts, "az_m_s2": texts}
    parquet.write_table(arrow.table(columns), path, compression="zstd", store_schema=False)
    assert path.stat().st_size < 4 * MB
    before = arrow.total_allocated_bytes()
    refused(table, path, megabytes=400, threads=True)
    assert arrow.default_memory_pool().max_memory() - before < 400 * MB


@pytest.mark.slow
def test_parquet_of_very_many_columns_or_rows(tmp_path):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "a.parquet"
    parquet.write_table(arrow.table({f"c{i}": [1.0] for i in range(3000)}), path)
    assert "columns" in refused(table, path, megabytes=64, threads=True)
    zeros = arrow.array(np.zeros(21_000_000, np.int8))
    parquet.write_table(arrow.table({"t_s": zeros, "ax": zeros, "ay": zeros, "az": zeros}), path)
    assert "million rows" in refused(table, path, megabytes=64, threads=True)


# ------------------------------------------------------------------ our own files


def test_a_cache_whose_arrays_are_larger_than_the_file(tmp_path):
    out = io.BytesIO()
    np.lib.format.write_array_header_1_0(out, {"descr": "<f8", "fortran_order": False, "shape": (1 << 40,)})
    for kind in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        path = tmp_path / f"{kind}.npz"
        with zipfile.ZipFile(path, "w", kind) as packed:
            packed.writestr("0.npy", out.getvalue() if kind == zipfile.ZIP_STORED else b"\0" * (50 * MB))
            packed.writestr("values.json", '{"is": "ReviewedRun", "of": []}')
        refused(read_values, path, ReviewedRun, kind=UnfitValueError, megabytes=8)


def test_a_recording_that_is_only_a_header_and_holes(tmp_path):
    path = put(tmp_path, "a.headsup", b"SQLite format 3\0" + bytes(52) + b"HdsU" + bytes(28))
    with path.open("r+b") as file:
        file.truncate(20 * MB)
    refused(open_recording, path)
    refused(salvage, path, tmp_path / "b.headsup", seconds=20)
    assert not (tmp_path / "b.headsup").exists()


def test_choices_of_a_gigabyte_are_not_read(tmp_path):
    choices_path(tmp_path / "a.headsup").write_bytes(b"[" * 200_000)
    assert "passed over" in read_choices(tmp_path / "a.headsup")[1]
