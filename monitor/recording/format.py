"""The layout of a `.headsup` file: constants, schema and check sums, stated once. Versions and promises: FORMAT.md.

A recording is an SQLite database with two tables and one index:

block   one row per about one sensor-second of notifications; `body` as `monitor.recording.blocks` encodes it.
        `seq` counts a sensor's blocks from 0, so that a vanished row is noticed.
item    everything else, in the order it was written, as JSON (settings and profile: their own text).
        `id` counts from 1 without holes. Kinds: see `monitor.recording.items`.

Every row carries a CRC-32 over all its other fields, exclusive-or the run's key (a random number that the first item
states): a flipped bit, or pages of another run that SQLite took from a -wal of theirs, drop a row and are reported;
they never change a number. The index repeats the block headers so that opening reads no bodies; rows are checked
against it.
"""

from __future__ import annotations

import sqlite3
import struct
import zlib
from enum import IntEnum

SUFFIX = ".headsup"
APPLICATION_ID = 0x48647355
"""'HdsU' in ASCII; at offset 68 of the file."""
FORMAT_VERSION = 2
"""What is written."""
OLDEST_VERSION = 1
"""What is read, as written then and for ever: version 1 has no key, which is a key of 0."""
PAGE_SIZE = 16384
"""A 1 s block of 2-3 kB fills these pages well; with 4 kB pages the file grows by three quarters."""
WAL_AUTOCHECKPOINT_PAGES = 64
"""Keeps all but the last seconds in the main file, for people who copy it without its -wal."""

BLOCK_SQL = (
    "CREATE TABLE block(id INTEGER PRIMARY KEY, sensor TEXT NOT NULL, seq INTEGER NOT NULL, t0_ns INTEGER NOT NULL, "
    "t1_ns INTEGER NOT NULL, n INTEGER NOT NULL, codec INTEGER NOT NULL, size INTEGER NOT NULL, crc INTEGER NOT NULL, "
    "body BLOB NOT NULL)"
)
ITEM_SQL = (
    "CREATE TABLE item(id INTEGER PRIMARY KEY, kind TEXT NOT NULL, t_ns INTEGER NOT NULL, crc INTEGER NOT NULL, "
    "body TEXT NOT NULL)"
)
INDEX_SQL = "CREATE INDEX block_time ON block(t0_ns, t1_ns, sensor, seq, n, size)"
SCHEMA = frozenset(
    {
        ("table", "block", "block", BLOCK_SQL),
        ("table", "item", "item", ITEM_SQL),
        ("index", "block_time", "block", INDEX_SQL),
    }
)
"""Exactly this is in `sqlite_schema`; a file with anything more or less is not ours."""

# Bounds checked before memory is taken.
MAX_FILE_BYTES = 32 << 30
MAX_ROW_BYTES = 32 << 20
MAX_BLOCK_PACKETS = 1 << 18
MAX_BLOCK_BYTES = 8 << 20
MAX_PAYLOAD_BYTES = 0xFFFF
MAX_SENSORS = 32
MAX_ROWS = 2_000_000
"""Of each table: eleven days of two sensors in blocks of a second."""
MAX_ITEM_BYTES = 256 << 20
"""All items together; a long run has less than one megabyte."""
MAX_TIME_NS = 1 << 61
"""73 years either way: sums and differences of two times stay within 64 bits."""


READ_ERRORS = (sqlite3.Error, UnicodeDecodeError, MemoryError)
"""What reading a damaged file raises; Python cannot decode SQLite's message where it quotes damaged text, and a row
that claims an impossible length is said to be out of memory."""


def read_failure(error: BaseException) -> str:
    """One of `READ_ERRORS` in words for a sentence."""
    if isinstance(error, UnicodeDecodeError):
        return "its tables are unreadable"
    if isinstance(error, MemoryError):
        return "a row claims more than it can hold"
    # SQLite quotes the file's own text: it must not steer the terminal.
    return "".join(c if c.isprintable() else "?" for c in str(error))


class Codec(IntEnum):
    """How a block's body is stored."""

    RAW = 0
    ZLIB = 1


_BLOCK_HEADER = struct.Struct("<qqqqqq")
_ITEM_HEADER = struct.Struct("<qq")


def block_crc(sensor: str, seq: int, t0_ns: int, t1_ns: int, n: int, codec: int, size: int, body: bytes) -> int:
    """CRC-32 over every field of a block row but its `id`."""
    header = _BLOCK_HEADER.pack(seq, t0_ns, t1_ns, n, codec, size) + sensor.encode("utf-8", "surrogatepass")
    return zlib.crc32(body, zlib.crc32(header))


def item_crc(row_id: int, kind: str, t_ns: int, body: str) -> int:
    """CRC-32 over every field of an item row."""
    header = _ITEM_HEADER.pack(row_id, t_ns) + kind.encode("utf-8", "surrogatepass") + b"\0"
    return zlib.crc32(body.encode("utf-8", "surrogatepass"), zlib.crc32(header))
