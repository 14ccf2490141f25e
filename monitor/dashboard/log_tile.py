# ruff: noqa: N802  (Qt's own method names)
"""The log of prompts, silences and pauses, newest on top; older ones by keys, wheel or finger."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QWheelEvent

from monitor.dashboard.fitting import Text, size_of
from monitor.dashboard.live_view import Cue, LogLine
from monitor.dashboard.theme import Theme
from monitor.dashboard.tiles import CENTRE, RIGHT, Tile
from monitor.review.report_words import clock_words
from monitor.texts.speaking import say

SIGNS = {Cue.GIVEN: "♪", Cue.SILENT: "–", Cue.NOTE: "·", Cue.PAUSED: "‖", Cue.WATCHING: "▸"}
BACK_S = 20.0
"""Older lines give way to the newest when nobody turns the pages for so long."""


class LogTile(Tile):
    """Lines with their reasons, as many as fit; a long one takes two rows."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("Prompts", theme)
        self.lines: tuple[LogLine, ...] = ()
        self.first = 0
        """How many newer lines there are than the one on top."""
        self._entered = 0
        self._touched_s = 0.0
        self._finger_y: float | None = None

    def show_log(self, lines: tuple[LogLine, ...], entered: int) -> None:
        """All lines, newest first, and how many there were since the start."""
        if self.first:
            # What is being read stays where it is, until it is given up.
            self.first += entered - self._entered
            if monotonic() - self._touched_s > BACK_S:
                self.first = 0
        self.lines, self._entered = lines, entered
        self.first = max(0, min(self.first, len(lines) - 1))
        spoken = f"{lines[0].title}: {lines[0].why}" if lines else "no prompt yet"
        self.put(spoken, self._entered, self.first)

    # ------------------------------------------------------------ turning its pages

    def turn(self, pages: int) -> None:
        """Older lines by so many pages; newer ones where negative."""
        page = max(1, len(self._layout()) - 1)
        self.scroll_by(pages * page)

    def scroll_by(self, lines: int) -> None:
        """Older lines by so many; newer ones where negative."""
        self._touched_s = monotonic()
        self.first = max(0, min(self.first + lines, len(self.lines) - 1))
        self.put(self.accessibleDescription(), self._entered, self.first)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.angleDelta().y():
            self.scroll_by(-1 if event.angleDelta().y() > 0 else 1)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._finger_y = event.position().y()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A finger pulls the lines with it."""
        if self._finger_y is not None and (moved := int((event.position().y() - self._finger_y) / self._row())):
            self._finger_y += moved * self._row()
            self.scroll_by(-moved)
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._finger_y = None
        super().mouseReleaseEvent(event)

    # ------------------------------------------------------------ painting

    def _row(self) -> float:
        """Height of a row: five of them at least, where letters stay readable."""
        return max(15.0, min(0.04 * self.width() + 6, (self.height() - 8) / 5))

    def _words_box(self, top: float, rows: int) -> QRectF:
        row, w = self._row(), self.width()
        left = 12 + 3.6 * row * 0.62 + 1.3 * row
        return QRectF(left, top, w - left - 14, rows * row)

    def _layout(self) -> list[tuple[LogLine, QRectF]]:
        """The lines that fit, each with the box of its words."""
        row, y = self._row(), 4.0
        found: list[tuple[LogLine, QRectF]] = []
        for line in self.lines[self.first :]:
            box = self._words_box(y, 1)
            long = size_of((say(_words(line)),), int(0.62 * row), line.cue is Cue.GIVEN)[0] > box.width()
            box = self._words_box(y, 2 if long and y + 2 * row <= self.height() - 4 else 1)
            if box.bottom() > self.height() - 3:
                break
            found.append((line, box))
            y = box.bottom()
        return found

    def decorate(self, painter: QPainter) -> None:
        """A bar at the right says where the shown lines lie among all."""
        shown = len(self._layout())
        if not 0 < shown < len(self.lines):
            return
        room = self.height() - 12
        tall = max(12.0, room * shown / len(self.lines))
        top = 6 + (room - tall) * self.first / max(1, len(self.lines) - 1)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.dim if self.first else self.theme.edge))
        painter.drawRoundedRect(QRectF(QPointF(self.width() - 8, top), QPointF(self.width() - 4, top + tall)), 2, 2)

    def texts(self) -> list[Text]:
        row = self._row()
        px = 0.62 * row
        if not self.lines:
            box = QRectF(10, 0, self.width() - 20, self.height())
            return [Text(box, "No prompt yet. They appear here with the reason.", 1.3 * px, self.theme.dim, lines=2)]
        items = []
        for line, box in self._layout():
            ink = self.theme.text if line.cue is Cue.GIVEN else self.theme.dim
            time = QRectF(10, box.top(), 3.6 * px, row)
            sign = QRectF(time.right() + 0.15 * row, box.top(), row, row)
            rows = 2 if box.height() > 1.5 * row else 1
            items += [
                Text(time, clock_words(line.t_s), px, self.theme.dim, align=RIGHT),
                Text(sign, SIGNS[line.cue], px, ink, bold=True, align=CENTRE),
                Text(box, _words(line), px, ink, bold=line.cue is Cue.GIVEN, lines=rows),
            ]
        return [replace(item, least=min(item.px, 9)) for item in items]


def _words(line: LogLine) -> str:
    return f"{line.title}: {line.why}" if line.why else line.title
