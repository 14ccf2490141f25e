"""Rows of a recording with the right check sum: what lies inside the SQLite file, but without SQLite, much faster."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Callable, Iterator

import numpy as np

from calibration import store
from monitor.errors import HeadsUpError
from monitor.recording import items
from monitor.recording.blocks import BlockRow, DamagedRowError, check_packets, decode_block, encode_block
from monitor.recording.carve import PageFile
from monitor.recording.format import MAX_TIME_NS, PAGE_SIZE, Codec, block_crc
from monitor.recording.genuine import genuine_rows
from monitor.recording.items import CONTROL_KINDS, ItemRow
from monitor.settings import Settings
from monitor.values import PacketBlock
from tests.fuzz import recording_targets, scratch
from tests.fuzz.fuzz_target import Target, promise
from tests.fuzz.sparse_pages import MOST_PAGES, compact, spread
from tests.fuzz.taking import Taking

_READERS: dict[str, Callable[[ItemRow], object]] = {
    **dict.fromkeys(sorted(CONTROL_KINDS), items.control_value),
    "run": items.run_value,
    "sensor": items.sensor_value,
    "event": items.event_value,
    "closed": items.totals_value,
    "note": items.text_value,
    "trouble": items.trouble_value,
    "settings": lambda row: Settings.from_json(items.text_value(row), forgiving=True),
    "profile": lambda row: store.from_json(items.text_value(row), "a recording"),
}
_KINDS = tuple(_READERS)
_REFUSED = (DamagedRowError, HeadsUpError)
_KEY = 0x1234_5678


def row_targets() -> Iterator[Target]:
    """An entry's text, a block's bytes, and whole pages read without SQLite."""
    yield Target("recording:item", _item, _items, words=recording_targets.WORDS, longest=4000, may_raise=_REFUSED,
                 memory=4 << 20)  # fmt: skip
    yield Target("recording:block", _block, _blocks, longest=3000, may_raise=_REFUSED, memory=8 << 20)
    yield Target("recording:pages", _pages, _single_pages, disk=True, longest=4000, memory=8 << 20)


# ------------------------------------------------------------------ entries


def _items() -> list[bytes]:
    heads = (
        ("run", items.run_body(recording_targets.RUN, 0)),
        ("settings", items.text_body(Settings().to_json())),
        ("profile", items.text_body(store.to_json(recording_targets.a_profile()))),
    )
    bodies = [*heads, *((kind, json.dumps(body)) for kind, body in recording_targets.BODIES)]
    return [bytes((_KINDS.index(kind),)) + body.encode() for kind, body in bodies]


def _item(data: bytes) -> None:
    """A value whose numbers and words a reader can take, or a sentence."""
    taking = Taking(data)
    kind = _KINDS[taking.u8() % len(_KINDS)]
    row = items.item_row(7, kind, 5, taking.take(taking.left).decode("utf-8", "replace"), _KEY)
    items.check_item(row, _KEY)
    value = _READERS[kind](row)
    if kind == "trouble":
        what, begin, end = items.trouble_value(row)
        promise(isinstance(what, str) and max(abs(begin), abs(end)) <= MAX_TIME_NS, "an impossible trouble")
    elif kind == "quiet":
        promise(not math.isnan(value.seconds) and value.seconds >= 0, "a senseless pause")  # type: ignore[attr-defined]
    promise(items.key_for_item(row) == _KEY, "reading changed the row")


# ------------------------------------------------------------------ blocks


def _blocks() -> list[bytes]:
    rng = np.random.default_rng(1)
    made = []
    for n, size, codec in ((10, 20, Codec.RAW), (1, 0, Codec.RAW), (40, 28, Codec.ZLIB)):
        t_ns = np.cumsum(rng.integers(1, 10**7, n))
        ends = size * np.arange(1, n + 1, dtype=np.int64)
        row = encode_block(PacketBlock("head", t_ns, ends, bytes(size * n)), 0, codec, _KEY)
        made.append(_header(row) + row.body)
    return made


def _header(row: BlockRow) -> bytes:
    numbers = (row.t0_ns, row.t1_ns, row.n, row.size)
    return bytes((row.codec,)) + b"".join(number.to_bytes(8, "little", signed=True) for number in numbers)


def _block(data: bytes) -> None:
    """Notifications that keep the contract and are written as they were read, or a refusal."""
    taking = Taking(data)
    codec = taking.u8()
    t0, t1, n, size = (int.from_bytes(taking.take(8), "little", signed=True) for _ in range(4))
    body = taking.take(taking.left)
    crc = block_crc("head", 3, t0, t1, n, codec, size, body) ^ _KEY
    block = decode_block(BlockRow("head", 3, t0, t1, n, codec, size, crc, body), _KEY)
    try:
        check_packets(block)
    except ValueError as error:
        promise(False, f"a block that our own writer would refuse: {error}")
    again = encode_block(block, 3, Codec.RAW, _KEY)
    unpacked = body if codec == Codec.RAW else zlib.decompress(body)
    promise(again.body == unpacked, "written again, it is something else")


# ------------------------------------------------------------------ pages


def _single_pages() -> list[bytes]:
    """The pages of a small recording, each as a file of its own."""
    whole = recording_targets.files()[0]
    pages = [whole[at : at + PAGE_SIZE] for at in range(0, len(whole), PAGE_SIZE)]
    return [compact(page) for page in pages if any(page[:100])]


def _pages(data: bytes) -> None:
    """Rows out of any pages: each is found again where it was, and only true ones count as the run's."""
    with PageFile(scratch.put("pages.headsup", spread(data))) as pages:
        count = 0
        for place, row in pages.rows():
            count += 1
            promise(pages.row_at(place) == row, "a row is not where it was found")
        promise(count <= len(data) + MOST_PAGES, f"{count} rows in {len(data)} bytes")
        found = genuine_rows(pages)
    for item in found.items.values():
        items.check_item(item, found.key)
    promise(len(found.places) == len(found.headers), "a block without a place")
