"""The report's first page as one picture, to send to a friend or a coach; painted by Qt without a screen.

Its sentence, facts and charts are those of the report (`monitor.review`), so both say the same.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import OutputUnavailableError
from monitor.review.report_parts import WIDE
from monitor.review.report_style import LIGHT, chart_css
from monitor.review.report_summary import SIMULATED_WORDS, about_words, facts, headline, is_simulated
from monitor.review.report_timeline import timeline
from monitor.review.report_track import track_picture
from monitor.review.report_words import clean
from monitor.review.reviewed import ReviewedRun

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QImage, QPainter

WIDTH = 1600
MARGIN, BETWEEN = 60, 24
ROOM = WIDTH - 2 * MARGIN
HIGHEST = 8000
"""Room for the longest words and both charts; what is not used is cut off."""
FACTS_IN_ROW = 5
CELL_HEIGHT = 150


def report_png(run: ReviewedRun, path: Path) -> None:
    """Write the picture of a run, 1600 pixels wide. Call from the main thread.

    Raises OutputUnavailableError where Qt cannot be loaded or the file cannot be written.
    """
    try:
        from PySide6.QtCore import QByteArray
        from PySide6.QtGui import QImageWriter

        image = _painted(run)
    except ImportError as error:
        raise OutputUnavailableError(
            "picture", f"Qt cannot be loaded ({error})", "'headsup doctor' says what to install."
        ) from error
    if not QImageWriter(str(path), QByteArray(b"png")).write(image):
        raise OutputUnavailableError("picture", f"{path} cannot be written", "Check the folder and its permissions.")


@contextmanager
def _without_screen() -> Iterator[None]:
    """Qt for painting: the application that runs already, or one that needs no display."""
    from PySide6.QtWidgets import QApplication

    if QApplication.instance() is None:
        before = os.environ.get("QT_QPA_PLATFORM")
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        try:
            _kept.append(QApplication(["headsup"]))
        finally:
            if before is None:
                del os.environ["QT_QPA_PLATFORM"]
            else:
                os.environ["QT_QPA_PLATFORM"] = before
    yield


_kept: list[object] = []
"""Qt ends with its application object, so that one is held."""


def _painted(run: ReviewedRun) -> QImage:
    from PySide6.QtGui import QColor, QImage, QPainter

    with _without_screen():
        image = QImage(WIDTH, HIGHEST, QImage.Format.Format_RGB32)
        image.fill(QColor(LIGHT["bg"]))
        painter = QPainter(image)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            lower = _Page(painter).draw(run)
        finally:
            painter.end()
        return image.copy(0, 0, WIDTH, min(HIGHEST, lower + MARGIN))


class _Page:
    """Paints one thing below the other."""

    def __init__(self, painter: QPainter) -> None:
        self._painter = painter
        self._y = MARGIN

    def draw(self, run: ReviewedRun) -> int:
        """The whole page; gives where it ends, in pixels."""
        if is_simulated(run.analysis):
            self._band(SIMULATED_WORDS)
        self._words(headline(run.metrics), 52, bold=True)
        self._words(about_words(run), 28, ink="dim")
        if run.analysis.info.note:
            self._words(clean(run.analysis.info.note, 400), 28)
        self._gap()
        for number, said in enumerate(run.observations, start=1):
            self._words(f"{number}   {clean(said.text, 600)}", 30)
            if said.next_time:
                self._words(f"Next time: {clean(said.next_time, 300)}", 30, bold=True)
            self._gap(BETWEEN // 2)
        self._facts(run)
        self._gap()
        for svg in (timeline(run)(WIDE), track_picture(run, WIDE)):
            self._chart(svg)
        about = f"Heads Up {clean(run.analysis.info.app_version, 20)} · a coaching aid, not a medical device"
        self._words(about, 24, ink="dim")
        return self._y

    def _gap(self, pixels: int = BETWEEN) -> None:
        self._y += pixels

    def _band(self, words: str) -> None:
        from PySide6.QtCore import QRectF, Qt
        from PySide6.QtGui import QColor

        box = QRectF(MARGIN, self._y, ROOM, 62)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(QColor(LIGHT["sim"]))
        self._painter.drawRoundedRect(box, 10, 10)
        self._pen(30, "on-sim", bold=True)
        self._painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
        self._y += 62 + BETWEEN

    def _pen(self, pixels: int, ink: str, *, bold: bool) -> None:
        from PySide6.QtGui import QColor

        from monitor.dashboard.theme import font

        self._painter.setFont(font(pixels, bold))
        self._painter.setPen(QColor(LIGHT[ink]))

    def _words(self, words: str, pixels: int, *, ink: str = "ink", bold: bool = False) -> None:
        """A paragraph, as many lines as it needs."""
        from PySide6.QtCore import QRect, Qt

        self._pen(pixels, ink, bold=bold)
        # A word longer than a line is broken too.
        flags = Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere if _long(words) else Qt.TextFlag.TextWordWrap
        room = QRect(MARGIN, self._y, ROOM, HIGHEST)
        needed = self._painter.boundingRect(room, int(flags.value), words)
        self._painter.drawText(room, int(flags.value), words)
        self._y += needed.height() + 8

    def _facts(self, run: ReviewedRun) -> None:
        """The facts in rows of boxes."""
        from PySide6.QtCore import QRect, Qt
        from PySide6.QtGui import QColor

        gap = 16
        width = (ROOM - (FACTS_IN_ROW - 1) * gap) // FACTS_IN_ROW
        found = facts(run)
        for i, fact in enumerate(found):
            name, value, note = fact.words
            left = MARGIN + (i % FACTS_IN_ROW) * (width + gap)
            upper = self._y + (i // FACTS_IN_ROW) * (CELL_HEIGHT + gap)
            self._painter.setPen(QColor(LIGHT["edge"]))
            self._painter.setBrush(QColor(LIGHT["panel"]))
            self._painter.drawRoundedRect(QRect(left, upper, width, CELL_HEIGHT), 12, 12)
            for words, pixels, ink, y, bold in (
                (name, 24, "dim", 12, False),
                (value, 36, "ink", 44, True),
                (note, 21, "dim", 92, False),
            ):
                self._pen(pixels, ink, bold=bold)
                box = QRect(left + 16, upper + y, width - 24, CELL_HEIGHT - y)
                self._painter.drawText(box, int(Qt.TextFlag.TextWordWrap.value), words)
        self._y += -(-len(found) // FACTS_IN_ROW) * (CELL_HEIGHT + gap)

    def _chart(self, svg: str) -> None:
        """One of the report's charts across the page; nothing for ''."""
        if not svg:
            return
        from PySide6.QtCore import QByteArray, QRectF
        from PySide6.QtSvg import QSvgRenderer

        head, tail = svg.split(">", 1)
        whole = f'{head} xmlns="http://www.w3.org/2000/svg"><style>{chart_css(LIGHT)}</style>{tail}'
        renderer = QSvgRenderer(QByteArray(whole.encode("utf-8")))
        if not renderer.isValid():
            raise OutputUnavailableError("picture", "a chart cannot be drawn by Qt", "Use --report instead.")
        size = renderer.viewBoxF().size()
        height = ROOM * size.height() / size.width()
        renderer.render(self._painter, QRectF(MARGIN, self._y, ROOM, height))
        self._y += round(height) + BETWEEN


def _long(words: str) -> bool:
    return any(len(word) > 40 for word in words.split())
