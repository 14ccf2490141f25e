"""Small files that the program keeps for itself, and what SQLite lays beside a recording: damaged, or another's."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import cache

import numpy as np

from monitor.commands import fading_runs, sensor_memory
from monitor.library.index import LibraryIndex
from monitor.library.rows import RunRow
from monitor.recording.reader import open_recording
from monitor.recording.store import RunFile
from monitor.review.cache import MOST_KNOWN, ReviewCache
from monitor.settings import MOST_RUNS, Settings
from monitor.sources.companions import CompanionKind
from monitor.sources.identity_desk import ANY_ID, MOST, IdentityDesk, Remembered, Standing
from monitor.values import NS_PER_S, Mark, PacketBlock, Site
from tests.fuzz import scratch
from tests.fuzz.fuzz_target import Target, promise
from tests.fuzz.recording_targets import HEAD, RUN, read_whole
from tests.fuzz.sparse_pages import compact, spread
from tests.fuzz.text_targets import JSON_WORDS

_INDEX_PAGE = 4096
_KNOWN, _INDEX, _LIVE = "known.json", "index.sqlite", "live.headsup"


def state_targets() -> Iterator[Target]:
    """One target for each file."""
    json_text = {"words": JSON_WORDS, "longest": 4000, "memory": 4 << 20, "disk": True}
    yield Target("state:sensors", _sensors, _sensors_seeds, **json_text)
    yield Target("state:known", _known, lambda: [b"{}", json.dumps({"a" * 64: "b" * 64}).encode()], **json_text)
    yield Target("state:fading-runs", _fading, _fading_seeds, **json_text)
    yield Target("state:index", _index, _index_seeds, disk=True, longest=6000, memory=4 << 20, seconds=1.0)
    yield Target("state:wal", _wal, _wal_seeds, disk=True, longest=120_000, memory=16 << 20, seconds=2.0)


# ------------------------------------------------------------------ JSON


def _sensors_seeds() -> list[bytes]:
    path = scratch.folder() / sensor_memory.FILE
    scratch.clear(path.name)
    desk = sensor_memory.desk(path)
    desk.remember(Remembered(Site.HEAD, "WT-own", "f2:51:00:00:00:0a", Standing.MET))
    desk.remember(Remembered(Site.COLLAR, "WT-strap", ANY_ID, Standing.SAME))
    desk.remember(Remembered(CompanionKind.HEART_STRAP, "Strap", "f2:51:00:00:00:0b", Standing.NOT_MINE))
    return [path.read_bytes()]


def _sensors(data: bytes) -> None:
    """Whatever makes no sense is left out, and what is left is written and read again as the same."""
    path = scratch.put(sensor_memory.FILE, data)
    desk = sensor_memory.desk(path)
    promise(len(desk.remembered) <= MOST, "sensors without bound")
    promise(all(r.ident == ANY_ID or sensor_memory.is_ident(r.ident) for r in desk.remembered), "an id that is none")
    for r in desk.remembered:
        desk.standing(r.site, r.name, r.ident)
    one = Remembered(Site.BACK, "WT-back", "f2:51:00:00:00:0c", Standing.MET)
    desk.remember(one)
    again: IdentityDesk = sensor_memory.desk(path)
    promise(again.remembered == desk.remembered, "written back, they read otherwise")
    promise(again.remembered[-1] == one, "what was remembered last is not kept")


def _known(data: bytes) -> None:
    """The hashes of recordings; whatever is wrong with the file costs a hash to be made again, never a wrong one."""
    folder = scratch.folder()
    scratch.put(_KNOWN, data)
    run = scratch.put("hashed.headsup", b"some bytes")
    key = ReviewCache(folder).key(run)
    promise(ReviewCache(folder).key(run) == key, "asked again, it is another recording")
    kept = json.loads((folder / _KNOWN).read_bytes())
    promise(len(kept) <= MOST_KNOWN, "hashes without bound")
    promise(key == _key_without_memory(), "a damaged memory changes the key")


@cache
def _key_without_memory() -> str:
    scratch.clear(_KNOWN)
    return ReviewCache(scratch.folder()).key(scratch.folder() / "hashed.headsup")


def _fading_seeds() -> list[bytes]:
    told = {"format": fading_runs.FORMAT, "version": fading_runs.VERSION, "runs": {"cap": 3, "visor": 12}}
    return [json.dumps(told).encode()]


def _fading(data: bytes) -> None:
    runs, damage = fading_runs._read(scratch.put("fading_runs.json", data))
    promise(not (runs and damage), "damaged and yet used")
    promise(all(0 <= n <= MOST_RUNS for n in runs.values()), "an impossible run")
    promise(damage.isprintable(), "a sentence that no terminal may show")


# ------------------------------------------------------------------ SQLite


def _row(name: str) -> RunRow:
    return RunRow(name, "1:2|-|-", "ab", error="is damaged")


@cache
def _index_seeds() -> list[bytes]:
    made = []
    for count in (1, 8):
        path = scratch.folder() / "seed.sqlite"
        scratch.clear(path.name)
        with LibraryIndex(path) as index:
            for number in range(count):
                index.put(_row(f"run-{number}.headsup"))
        made.append(compact(path.read_bytes(), _INDEX_PAGE))
    return made


def _index(data: bytes) -> None:
    """Never raises; a line that is told was whole, and one that is put is there when the file is opened again."""
    scratch.clear(*(f"{_INDEX}-{side}" for side in ("journal", "wal", "shm")))
    path = scratch.put(_INDEX, spread(data, _INDEX_PAGE))
    with LibraryIndex(path) as index:
        told = index.rows()
        promise(all(name == row.name for name, row in told.items()), "a line under another name")
        index.put(_row("new.headsup"))
        kept = index.rows()
        promise(index.note.isprintable(), "a sentence that no terminal may show")
    with LibraryIndex(path) as index:
        promise(index.note or index.rows() == kept, "opened again, it holds something else")


@cache
def _live() -> tuple[bytes, bytes]:
    """A recording that is being written, and its log of what is not in it yet."""
    path = scratch.folder() / "writing.headsup"
    sides = [f"{path.name}-{side}" for side in ("wal", "shm")]
    scratch.clear(path.name, *sides)
    out = RunFile(path, live=True)
    out.add_head(RUN, Settings().to_json(), "")
    out.add_sensor(HEAD, 0)
    rng = np.random.default_rng(5)
    for second in range(3):
        t_ns = second * NS_PER_S + np.arange(10, dtype=np.int64) * 10**8
        out.add_packets(PacketBlock("head", t_ns, 20 * np.arange(1, 11, dtype=np.int64), rng.bytes(200)), NS_PER_S)
        out.add_control(Mark(second * NS_PER_S + 5, "cramp"))
        out.commit()
        if second == 0:  # the file itself holds the first second, so that no damage beside it costs that
            with closing(sqlite3.connect(path)) as other:
                other.execute("PRAGMA wal_checkpoint(PASSIVE)")
    made = path.read_bytes(), path.with_name(sides[0]).read_bytes()
    out.release()
    scratch.clear(path.name, *sides)
    return made


def _wal_seeds() -> list[bytes]:
    wal = _live()[1]
    return [wal, wal[: len(wal) // 2], wal[:32]]


def _wal(data: bytes) -> None:
    """What is read is in order and the same each time, and reading changes nothing."""
    main, _ = _live()
    scratch.clear(f"{_LIVE}-shm", f"{_LIVE}-journal")
    path, wal = scratch.put(_LIVE, main), scratch.put(f"{_LIVE}-wal", data)
    told = []
    for _ in range(2):
        with open_recording(path) as recording:
            told.append(read_whole(recording))
    promise(told[0] == told[1], "read again, it is something else")
    promise((path.read_bytes(), wal.read_bytes()) == (main, data), "reading changed the files")
