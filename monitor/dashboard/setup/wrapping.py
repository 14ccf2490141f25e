"""An instruction in the largest letters that a box allows, over as many lines as that takes."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF

from monitor.dashboard.fitting import MIN_PX, Text
from monitor.dashboard.theme import font
from monitor.texts.speaking import say


@lru_cache(maxsize=512)
def wrap(text: str, width: int, height: int, px: int, bold: bool) -> tuple[int, tuple[str, ...]]:
    """Letter height in pixels, at most `px`, and the lines of `text` that then fit `width` x `height`.

    Where nothing fits, the smallest letters that are read.
    """
    low, high = MIN_PX, max(MIN_PX, px)
    while low < high:  # the largest size that fits, by bisection
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _fits(text, width, height, middle, bold) else (low, middle - 1)
    return low, _lines(text, width, low, bold)


def _lines(text: str, width: int, px: int, bold: bool) -> tuple[str, ...]:
    """As many words on each line as fit."""
    metrics = QFontMetricsF(font(px, bold))
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and metrics.horizontalAdvance(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return tuple(lines)


def _fits(text: str, width: int, height: int, px: int, bold: bool) -> bool:
    metrics = QFontMetricsF(font(px, bold))
    lines = _lines(text, width, px, bold)
    wide = max(metrics.horizontalAdvance(line) for line in lines)
    return wide <= width and metrics.height() * len(lines) <= height


def wrapped(rect: QRectF, text: str, px: float, colour: str, *, bold: bool = False) -> list[Text]:
    """The lines of a text, one `Text` each, together in the middle of `rect`'s height."""
    if not (text := say(text)):
        return []
    size, lines = wrap(text, max(1, int(rect.width())), max(1, int(rect.height())), int(px), bold)
    high = QFontMetricsF(font(size, bold)).height()
    top = rect.top() + (rect.height() - high * len(lines)) / 2
    # A hair more room than measured: a line must not be shrunk by rounding.
    return [
        Text(QRectF(rect.left(), top + i * high, rect.width() + 1, high + 1), line, size, colour, bold=bold, said=True)
        for i, line in enumerate(lines)
    ]
