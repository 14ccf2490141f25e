"""Text that always fits its box: the largest font, on one line or two, that stays inside."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from monitor.dashboard.theme import font
from monitor.texts.speaking import say

MIN_PX = 9
"""Smaller text is not read by anybody: it is cut with an ellipsis instead."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text to paint: at most `px` high letters, shrunk to fit `rect`, over at most `lines` lines.

    text : in English, and set in the person's language; `said`: in that language already
    """

    rect: QRectF
    text: str
    px: float
    colour: str
    bold: bool = False
    lines: int = 1
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft
    least: float = MIN_PX
    """Rather cut with an ellipsis than set smaller than this."""
    said: bool = False


@dataclass(frozen=True, slots=True)
class Fitted:
    """What is painted: the font's pixel size and the lines."""

    px: int
    lines: tuple[str, ...]


def _splits(text: str, lines: int) -> list[tuple[str, ...]]:
    """The ways to set a text on one line or, at a space, on two."""
    ways: list[tuple[str, ...]] = [(text,)]
    if lines >= 2:
        ways += [(text[:i], text[i + 1 :]) for i, c in enumerate(text) if c == " "]
    return ways


def size_of(lines: tuple[str, ...], px: int, bold: bool) -> tuple[float, float]:
    """Width and height in pixels of lines set in a font of `px`."""
    metrics = QFontMetricsF(font(px, bold))
    return max(metrics.horizontalAdvance(line) for line in lines), metrics.height() * len(lines)


@lru_cache(maxsize=2048)
def fit(text: str, width: int, height: int, px: int, bold: bool, lines: int, least: int = MIN_PX) -> Fitted:
    """The largest setting of `text` not above `px` pixels that fits `width` x `height`.

    A text that does not fit even at `least` pixels is cut with an ellipsis.
    """
    best = Fitted(0, (text,))
    for way in _splits(text, lines):
        low, high = least - 1, max(least, px)
        while low < high:  # the largest size that fits, by bisection
            middle = (low + high + 1) // 2
            w, h = size_of(way, middle, bold)
            low, high = (middle, high) if w <= width and h <= height else (low, middle - 1)
        if low > best.px:
            best = Fitted(low, way)
    if best.px >= least:
        return best
    metrics = QFontMetricsF(font(least, bold))
    return Fitted(least, (metrics.elidedText(text, Qt.TextElideMode.ElideRight, width),))


def fitted(item: Text) -> Fitted:
    """How a text will be set."""
    rect = item.rect
    width, height = max(1, int(rect.width())), max(1, int(rect.height()))
    text = item.text if item.said else say(item.text)
    return fit(text, width, height, int(item.px), item.bold, item.lines, int(item.least))


def even(items: list[Text], floor: float = 0.75) -> list[Text]:
    """The same texts, all in one size: what the longest needs, but not below `floor` of what was asked."""
    if not items:
        return items
    px = max(MIN_PX, min(min(fitted(i).px for i in items), min(i.px for i in items)), floor * min(i.px for i in items))
    return [replace(i, px=px, least=px) for i in items]


def paint(painter: QPainter, items: list[Text]) -> None:
    """Paint texts, each vertically centred in its box."""
    for item in items:
        if not item.text:
            continue
        way = fitted(item)
        painter.setFont(font(way.px, item.bold))
        painter.setPen(QColor(item.colour))
        height = QFontMetricsF(painter.font()).height()
        top = item.rect.top() + (item.rect.height() - height * len(way.lines)) / 2
        for i, line in enumerate(way.lines):
            row = QRectF(item.rect.left(), top + i * height, item.rect.width(), height)
            painter.drawText(row, item.align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, line)
