"""Whether the texts of a tile can be read."""

from __future__ import annotations

from monitor.dashboard.fitting import MIN_PX, fitted, size_of
from monitor.dashboard.tiles import Tile


def check_fits(tile: Tile) -> None:
    """No text is cut, tiny, or outside of its tile."""
    for item in (item for item in tile.texts() if item.text):
        way = fitted(item)
        assert " ".join(way.lines) == item.text, f"{tile.accessibleName()}: {way.lines} is cut"
        width, height = size_of(way.lines, way.px, item.bold)
        assert width <= item.rect.width() + 0.5, item
        assert height <= item.rect.height() + 0.5, item
        assert item.rect.left() >= 0, item
        assert item.rect.right() <= tile.width() + 0.5, item
        assert item.rect.bottom() <= tile.height() + 0.5, item
        assert way.px >= MIN_PX, item
