"""IMU tables of unknown make as text, packed, zipped and as Parquet; and sounds of one's own."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from collections.abc import Iterator
from functools import partial

import numpy as np

from monitor.outputs.wav import MAX_DURATION_S, MAX_RATE_HZ, read_recording
from monitor.sensors.bounds import MAX_ACC, MAX_GYR
from monitor.sources.imu_dates import first_instant, is_date, is_local, read_dates
from monitor.sources.imu_names import read_name
from monitor.sources.imu_open import TableSource, find_source
from monitor.sources.imu_parquet import read_parquet_head, read_parquet_rows
from monitor.sources.imu_reader import read_imu
from monitor.sources.imu_table import table_entries
from monitor.sources.imu_table_csv import ImuTable, read_table
from monitor.sources.imu_units import unit_named
from monitor.values import PacketBlock, Site
from tests.fuzz import scratch
from tests.fuzz.fuzz_target import Target, promise
from tests.fuzz.taking import one_in

ROWS = 64
_WORDS = (
    b"nan", b"inf", b"1e999", b"-1e308", b"9" * 400, b"1_0", b"0x10", b"\xd9\xa1", b'"', b'""', b";", b"\t", b"\r",
    b"# ", b"//", b"sep=;\n", b"\xef\xbb\xbf", b"\0", b"\x1b[2J", b"(m/s^2)", b"[dps]", b"gravityX",
    b"userAccelerationX",
    b"SampleTimeFine", b"PacketCounter", b"DeviceTag: D4\n", b"2026-11-22T10:00:00.5Z", b"23:59:59.9", b",,,,,,",
)  # fmt: skip


def table_targets() -> Iterator[Target]:
    """Reading tables in each form."""
    text = {"words": _WORDS, "longest": 6000, "memory": 24 << 20, "per_byte": 4000, "seconds": 1.0, "disk": True}
    yield Target("table:contract", partial(_contract, "a.csv"), _contracts, **text)
    yield Target("table:any", partial(_any, "a.csv"), _texts, **text)
    yield Target("table:gzip", _gzip, lambda: [gzip.compress(t, mtime=0) for t in _texts()], **text)
    yield Target("table:zip", _zip, _zips, **text)
    yield Target("table:parquet", _parquet, _parquets, disk=True, longest=12_000, memory=24 << 20, per_byte=4000,
                 seconds=1.0, threads=True)  # fmt: skip
    yield Target("table:names", _names, lambda: [b"AccX(g)\nGyr_X\ntime[ms]\n22.11.2026", *_WORDS], longest=500)
    yield Target(
        "table:dates", _dates, lambda: [b"2026-11-22T10:00:00Z\n10:00:01.5\n2026/1/2 3:04:05+05:30"], longest=500
    )
    yield Target("sound", _sound, _sounds, disk=True, longest=20_000, memory=12 << 20, per_byte=200)


# ------------------------------------------------------------------ seeds


def _numbers() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    t = np.arange(ROWS) / 25
    pitch = 0.3 * np.sin(2.5 * t)
    acc = 9.80665 * np.column_stack([-np.sin(pitch), 0.01 * t, np.cos(pitch)])
    acc += np.sin(15 * t)[:, None] * np.array([0.3, 0.4, 2.0])
    gyr = np.column_stack([0.05 * np.sin(9 * t), 0.75 * np.cos(2.5 * t), 0.05 * np.cos(7 * t)])
    return t, acc, gyr


def _text(head: str, separator: str = ",", *, preamble: str = "", tick: float = 1.0) -> bytes:
    t, acc, gyr = _numbers()
    columns = np.column_stack([tick * t, acc, gyr])
    lines = [separator.join(f"{v:.7g}" for v in row) for row in columns.tolist()]
    return f"{preamble}{head}\n{chr(10).join(lines)}\n".encode()


def _contracts() -> list[bytes]:
    return [_text("t_s,ax_m_s2,ay_m_s2,az_m_s2,gx_rad_s,gy_rad_s,gz_rad_s")]


def _texts() -> list[bytes]:
    return [
        *_contracts(),
        _text("time[s];Acc X (m/s^2);Acc Y (m/s^2);Acc Z (m/s^2);Gyr X (rad/s);Gyr Y (rad/s);Gyr Z (rad/s)", ";",
              preamble="# rate: 25 Hz\n"),
        _text("timestamp\tx\ty\tz\ttemp\tb\tc", "\t"),
        _text("SampleTimeFine,Acc_X,Acc_Y,Acc_Z,Gyr_X,Gyr_Y,Gyr_Z", preamble="sep=,\nDeviceTag: D\n", tick=1e6),
    ]  # fmt: skip


def _zips() -> list[bytes]:
    made = []
    for kind in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", kind) as packed:
            packed.writestr(zipfile.ZipInfo("Accelerometer.csv"), _text("time,x,y,z,a,b,c"))
            packed.writestr(zipfile.ZipInfo("meta/time.csv"), "START,0,1700000000")
        made.append(out.getvalue())
    return made


def _parquets() -> list[bytes]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        return []
    t, acc, gyr = _numbers()
    names = ("t_s", "ax_m_s2", "ay_m_s2", "az_m_s2", "gx_rad_s", "gy_rad_s", "gz_rad_s")
    columns = dict(zip(names, np.column_stack([t, acc, gyr]).T, strict=True))
    made = []
    for packing in ("none", "zstd"):
        out = io.BytesIO()
        parquet.write_table(pyarrow.table({k: np.ascontiguousarray(v) for k, v in columns.items()}), out,
                            compression=packing)  # fmt: skip
        made.append(out.getvalue())
    return made


def _sounds() -> list[bytes]:
    rng = np.random.default_rng(1)
    made = []
    for tag, bits, channels in ((1, 16, 1), (1, 8, 2), (1, 24, 1), (3, 32, 2), (3, 64, 1)):
        frame = channels * bits // 8
        body = (
            rng.bytes(frame * 800)
            if tag == 1
            else rng.uniform(-1, 1, 800 * channels).astype(f"<f{bits // 8}").tobytes()
        )
        head = struct.pack("<HHIIHH", tag, channels, 8000, 8000 * frame, frame, bits)
        chunks = b"fmt " + struct.pack("<I", 16) + head + b"data" + struct.pack("<I", len(body)) + body
        made.append(b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks)
    return made


# ------------------------------------------------------------------ tables


def _contract(name: str, data: bytes) -> None:
    check_table(read_table(scratch.put(name, data), Site.HEAD))


def _any(name: str, data: bytes) -> None:
    """A table, whole and in order, or a sentence; and the log that would be recorded of it."""
    table = read_imu(scratch.put(name, data), Site.HEAD)
    check_table(table)
    entries = table_entries([table])
    rows = sum(len(entry.data) for entry in entries if isinstance(entry, PacketBlock))
    promise(rows == len(table) * 56, "rows are lost on the way to a recording")


def _gzip(data: bytes) -> None:
    """The same bytes as the library unpacks, or a sentence."""
    if one_in(16, data):  # what lies behind a packing is the same as in `table:any`
        _any("a.csv.gz", data)
    source = find_source(scratch.put("a.csv.gz", data))
    promise(isinstance(source, TableSource) or data[:2] == b"PK", "a packed file is taken for a folder")
    for table in [source] if isinstance(source, TableSource) else source.tables:
        with table.open() as file:
            unpacked = file.read()
        if data[:2] == b"\x1f\x8b":
            promise(unpacked == gzip.decompress(data), "other bytes than were packed")


def _zip(data: bytes) -> None:
    """The tables inside, each with its own bytes and a name that may be shown, or a sentence."""
    if one_in(16, data):  # what lies behind a packing is the same as in `table:any`
        _any("a.zip", data)
    found = find_source(scratch.put("a.zip", data))
    if isinstance(found, TableSource):  # damage to its first bytes makes it something else
        promise(data[:2] != b"PK" or data[2:4] not in (b"\3\4", b"\5\6"), "a zip is taken for a table")
        return
    promise(all(table.name.isprintable() for table in found.tables), "a name that no terminal may show")
    promise(sum(map(len, found.notes.values())) <= 100 * len(data) + 4000, "notes without bound")
    for table in found.tables:
        with table.open() as file:
            file.read()


def _parquet(data: bytes) -> None:
    """Columns as wide and as long as they are declared, or a sentence."""
    if one_in(16, data):  # what lies behind a packing is the same as in `table:any`
        _any("a.parquet", data)
    path = scratch.put("a.parquet", data)
    source = TableSource(path, path.name, lambda: path.open("rb"))
    head = read_parquet_head(source)
    promise(all(len(row) == len(head.names) for row in head.sample), "a row of another width")
    rows = read_parquet_rows(source, head, range(len(head.names)), None)
    promise(rows.values.shape[1] == len(head.names) and len(rows.values) >= len(head.sample), "rows are missing")


def check_table(table: ImuTable) -> None:
    """What an imported table promises. Raises BrokenPromiseError."""
    n = len(table)
    promise(n > 0 and table.acc.shape == (n, 3), "arrays of other lengths")
    promise(bool((np.diff(table.t_s) > 0).all()) and bool(np.isfinite(table.t_s).all()), "times out of order")
    promise(bool((np.abs(table.acc) <= MAX_ACC).all()), "an acceleration that no sensor can measure")
    if table.gyr is not None:
        promise(table.gyr.shape == (n, 3) and bool((np.abs(table.gyr) <= MAX_GYR).all()), "an impossible angular rate")
    promise(table.told.isprintable(), "a line that no terminal may show")
    promise(np.isfinite(table.rate_hz) and table.rate_hz > 0, f"a rate of {table.rate_hz}")


def _names(data: bytes) -> None:
    for name in data.decode("utf-8", "replace").split("\n"):
        meaning = read_name(name)
        promise(meaning.axis in ("", "x", "y", "z"), f"the axis {meaning.axis!r}")
        unit_named(name)


def _dates(data: bytes) -> None:
    cells = data.decode("utf-8", "replace").split("\n")
    seconds = read_dates(cells)
    promise(len(seconds) == len(cells) and not np.isinf(seconds).any(), "an infinite date")
    for cell in cells:
        first_instant(cell)
        is_local(cell)
        is_date(cell)


# ------------------------------------------------------------------ sounds


def _sound(data: bytes) -> None:
    sound = read_recording(scratch.put("good.wav", data))
    promise(sound.samples.ndim == 1 and 0 < len(sound.samples) <= MAX_DURATION_S * MAX_RATE_HZ, "a sound without bound")
    promise(bool(np.isfinite(sound.samples).all()), "a sound of infinite loudness")
