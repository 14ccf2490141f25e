"""Which rows on a damaged file's pages are genuine rows of its run: those whose check sum holds with the run's key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from monitor.recording.blocks import BlockRow, DamagedRowError, decode_block, key_for_block
from monitor.recording.carve import PageFile, Place, Value
from monitor.recording.contents import Header
from monitor.recording.format import MAX_ITEM_BYTES
from monitor.recording.items import ItemRow, check_item, key_for_item

_ENOUGH_VOTES = 200
"""So many rows with one key settle it; a damaged row has any of four thousand million."""
_MOST_KEYS = 10_000
_NO_CHANCE = 3
"""So many rows that agree on another key are of another run, not damaged."""
_ITEM_COLUMNS, _BLOCK_COLUMNS = 5, 10


@dataclass(slots=True)
class GenuineRows:
    """Items by id, blocks by sensor and number, and whether rows of other runs lie among them."""

    key: int
    items: dict[int, ItemRow] = field(default_factory=dict)
    headers: dict[tuple[str, int], Header] = field(default_factory=dict)
    """The row id is an index into `places`."""
    places: list[Place] = field(default_factory=list)
    strangers: bool = False


def genuine_rows(pages: PageFile) -> GenuineRows:
    """Everything of the run that can be found on the pages. Raises OSError."""
    found = GenuineRows(_voted_key(pages))
    others: Counter[int] = Counter()
    room = MAX_ITEM_BYTES
    for place, row in pages.rows():
        key = _key_for(row)
        if key is None:
            continue
        if key != found.key:
            if key in others or len(others) < _MOST_KEYS:
                others[key] += 1
        elif len(row) == _ITEM_COLUMNS:
            item = ItemRow(*row)  # type: ignore[arg-type]
            if item.id not in found.items and room > 0 and _is_sound(item, key):
                found.items[item.id] = item
                room -= len(item.body)
        else:
            _add_block(found, place, row)
    found.strangers = any(count >= _NO_CHANCE for count in others.values())
    return found


def genuine_block(row: list[Value] | None, key: int) -> BlockRow | None:
    """A row of the table `block` whose check sum and inner structure hold."""
    if row is None or len(row) != _BLOCK_COLUMNS or not isinstance(row[9], bytes):
        return None
    block = BlockRow(*row[1:])  # type: ignore[arg-type]
    try:
        decode_block(block, key)
    except (DamagedRowError, TypeError):
        return None
    return block


def _voted_key(pages: PageFile) -> int:
    """The key of most rows, as the run's own may be damaged; those of the main file decide where they can."""
    votes: Counter[int] = Counter()
    for key in _keys(pages.rows(wal=False)):
        if key in votes or len(votes) < _MOST_KEYS:
            votes[key] += 1
        if votes[key] >= _ENOUGH_VOTES:
            return key
    if not votes or votes.most_common(1)[0][1] < _NO_CHANCE:
        votes.update(islice(_keys(pages.rows(main=False)), _MOST_KEYS))
    return votes.most_common(1)[0][0] if votes else 0


def _keys(rows: Iterable[tuple[Place, list[Value]]]) -> Iterator[int]:
    keys = (_key_for(row) for _, row in rows)
    return (key for key in keys if key is not None)


def _key_for(row: list[Value]) -> int | None:
    """The key with which a row's check sum is right; None for what can be no row of ours."""
    try:
        if len(row) == _ITEM_COLUMNS:
            return key_for_item(ItemRow(*row))  # type: ignore[arg-type]
        if len(row) == _BLOCK_COLUMNS and isinstance(row[9], bytes):
            return key_for_block(BlockRow(*row[1:]))  # type: ignore[arg-type]
    except DamagedRowError:
        pass
    return None


def _is_sound(item: ItemRow, key: int) -> bool:
    try:
        check_item(item, key)
    except DamagedRowError:
        return False
    return True


def _add_block(found: GenuineRows, place: Place, row: list[Value]) -> None:
    block = genuine_block(row, found.key)
    if block is None or (block.sensor, block.seq) in found.headers:
        return
    number = len(found.places)
    found.places.append(place)
    found.headers[block.sensor, block.seq] = (
        number, block.sensor, block.seq, block.t0_ns, block.t1_ns, block.n, block.size
    )  # fmt: skip
