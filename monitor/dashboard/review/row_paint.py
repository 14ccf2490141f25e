"""How one row of the charts is painted: a curve with its limit, or a ribbon of stacked shares with patterns."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.functions import arrayToQPath
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen

from monitor.dashboard.review.chart_axes import Band, Layout, value_ticks
from monitor.dashboard.review.chart_rows import LineRow, RibbonRow
from monitor.dashboard.review.pyramid import Pyramid, Shares
from monitor.dashboard.theme import Theme, font
from monitor.values import BoolArray

ZONE_COLOURS = ("#D55E00", "#E69F00", "#4FD1A5", "#56B4E9", "#A9B4C2")
"""From the feet to far ahead; each has a pattern as well."""
MOST_TICKS = 6
MOST_SLOTS = 1800
"""A finer curve than this is not told from it, also on the largest screens."""
TILE = 24
"""Pixels after which every pattern repeats."""
DOUBTFUL = 0.5
"""A pixel is hatched where this much of its time was not trusted or brought no data."""


def path_of(pyramid: Pyramid, band: Band, row: LineRow, layout: Layout, visible: tuple[float, float]) -> QPainterPath:
    """The curve in pixels, within its band."""
    line = pyramid.line(*visible, slots=int(min(layout.width, MOST_SLOTS)))
    x = layout.left + (line.x_s - visible[0]) * (layout.width / (visible[1] - visible[0]))
    share = np.clip((line.y - row.low) / (row.high - row.low), 0.0, 1.0)
    y = band.top + band.height * (share if row.inverted else 1.0 - share)
    return arrayToQPath(x, y, connect="finite")


def paint_line(
    painter: QPainter, band: Band, row: LineRow, layout: Layout, visible: tuple[float, float], theme: Theme
) -> None:
    """Level lines with their numbers, then what is not counted, the limit, and the curve."""
    area = QRectF(layout.left, band.top, layout.width, band.height)
    px = round(0.85 * layout.text_px)
    painter.setFont(font(px))
    for value, words in value_ticks(row, min(max(2, int(band.height / (1.6 * px))), MOST_TICKS)):
        share = (value - row.low) / (row.high - row.low)
        y = band.top + band.height * (share if row.inverted else 1 - share)
        painter.setPen(QPen(QColor(theme.edge), 1))
        painter.drawLine(round(area.left()), round(y), round(area.right()), round(y))
        if band.top + 0.45 * px <= y <= band.top + band.height - 0.45 * px:
            painter.setPen(QColor(theme.dim))
            box = QRectF(0, y - px, layout.left - 4, 2 * px)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)
    painter.save()
    painter.setClipRect(area)
    if row.others is not None:
        painter.setPen(QPen(QColor(theme.faint), 1))
        painter.drawPath(path_of(row.others, band, row, layout, visible))
    if row.limit is not None:
        painter.setPen(QPen(QColor(theme.limit), 2, Qt.PenStyle.DashLine))
        painter.drawPath(path_of(row.limit, band, row, layout, visible))
    painter.setPen(QPen(QColor(theme.trace), 1))
    painter.drawPath(path_of(row.counted, band, row, layout, visible))
    painter.restore()


def paint_zones(
    painter: QPainter, band: Band, row: RibbonRow, layout: Layout, visible: tuple[float, float], theme: Theme
) -> None:
    """Stacked from the feet at the bottom to far ahead at the top; time without a zone stays empty."""
    ratio = painter.device().devicePixelRatioF()
    w, h = max(1, int(layout.width * ratio)), max(1, int(band.height * ratio))
    edges = np.linspace(visible[0], visible[1], w + 1)
    seconds = row.shares.seconds(edges)
    tops = np.cumsum(seconds, axis=0) / np.maximum(seconds.sum(axis=0), 1e-9)
    seen = seconds.sum(axis=0) >= 0.25 * (edges[1] - edges[0])
    level = ((np.arange(h, 0, -1) - 0.5) / h).astype(np.float32)[:, None]
    which = np.zeros((h, w), np.uint8)
    for top in tops.astype(np.float32)[:-1]:
        which += level > top
    which[:, ~seen] = len(row.names)
    image = _coloured(which, (*ZONE_COLOURS, theme.panel), theme.panel, pattern_scale(layout, ratio))
    painter.drawImage(QRectF(layout.left, band.top, layout.width, band.height), image)


def paint_data(
    painter: QPainter, band: Band, shares: Shares, layout: Layout, visible: tuple[float, float], theme: Theme
) -> None:
    """A thin line where the data were good, hatching where they were not trusted, crossed hatching without data."""
    bad, gone = doubtful(shares, layout, visible)
    middle = band.top + band.height / 2
    for left, right in spans_of(~(bad | gone)):
        painter.fillRect(QRectF(layout.left + left, middle - 1, right - left, 2), QColor(theme.good))
    for mask, pattern in ((bad, Qt.BrushStyle.BDiagPattern), (gone, Qt.BrushStyle.DiagCrossPattern)):
        for left, right in spans_of(mask):
            box = QRectF(layout.left + left, band.top, max(right - left, 2), band.height)
            painter.fillRect(box, QBrush(QColor(theme.attention), pattern))


def pattern_scale(layout: Layout, ratio: float) -> int:
    """Patterns grow with the letters, so that they are seen on a large screen too."""
    return max(1, round(ratio * layout.text_px / 14))


def doubtful(shares: Shares, layout: Layout, visible: tuple[float, float]) -> tuple[BoolArray, BoolArray]:
    """Per pixel (w,): mostly not trusted; mostly without data."""
    edges = np.linspace(visible[0], visible[1], max(1, int(layout.width)) + 1)
    seconds = shares.seconds(edges) / (edges[1] - edges[0])
    bad = seconds[1] >= DOUBTFUL
    return bad, ~bad & (seconds[0] + seconds[1] < DOUBTFUL)


def spans_of(mask: BoolArray) -> list[tuple[int, int]]:
    """Start and end of each stretch of neighbours that are true."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return list(zip(edges[0::2].tolist(), edges[1::2].tolist(), strict=True))


def swatch(zone: int, px: int, theme: Theme, scale: int = 1) -> QImage:
    """A small square in the colour and pattern of a zone."""
    return _coloured(np.full((px, px), zone, np.uint8), (*ZONE_COLOURS, theme.panel), theme.panel, scale)


def _coloured(which: NDArray[np.uint8], colours: tuple[str, ...], ground: str, scale: int) -> QImage:
    """An image of zones (h, w), each in its pattern."""
    h, w = which.shape
    y, x = (np.arange(h) // scale % TILE)[:, None], (np.arange(w) // scale % TILE)[None, :]
    pixels = _tiles(colours, ground)[which, y, x]
    image = QImage(pixels.tobytes(), w, h, 4 * w, QImage.Format.Format_RGB32)
    return image.copy()  # the bytes do not outlive this call


@lru_cache(maxsize=8)
def _tiles(colours: tuple[str, ...], ground: str) -> NDArray[np.uint32]:
    """The repeating squares (k, TILE, TILE): the nearer the gaze, the denser its stripes; ahead dotted, far plain."""
    y, x = np.mgrid[0:TILE, 0:TILE]
    nothing = np.zeros((TILE, TILE), bool)
    patterns = ((x + y) % 4 < 2, (x + y) % 8 < 2, nothing, (x % 6 < 2) & (y % 6 < 2), nothing, nothing)
    tiles = [
        np.where(inked, _towards(colour, ground), QColor(colour).rgb())
        for colour, inked in zip(colours, patterns, strict=True)
    ]
    return np.stack(tiles).astype(np.uint32)


def _towards(colour: str, ground: str) -> int:
    """A colour half way to the ground."""
    a, b = QColor(colour), QColor(ground)
    return QColor((a.red() + b.red()) // 2, (a.green() + b.green()) // 2, (a.blue() + b.blue()) // 2).rgb()
