"""The head pitch: a needle that moves with the head, its figure, the limit, and the detector's clock."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from monitor.dashboard.fitting import Text
from monitor.dashboard.live_words import pitch_words
from monitor.dashboard.theme import Theme
from monitor.dashboard.tiles import RIGHT, Tile

HOLD_DEG = 0.8
"""The figure follows the needle when it is off by more than this, so that it does not flicker between two numbers."""
UP_DEG, DOWN_DEG = -20.0, 65.0
"""Where the needle stops."""


class PitchTile(Tile):
    """The needle starts at the ear and points where the nose points; the dashed line is the limit.

    Needle and figure show this moment; the words below, and the needle's colour, what the rules judge.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__("Head pitch", theme)
        self.value, self.limit, self.below, self.lean = "–", "", "", ""
        self.dwell = 0.0
        self.needle_deg = self.limit_deg = self._figure_deg = math.nan
        self.over = False

    def show_pitch(self, needle_deg: float, limit_deg: float, over: bool, limit: str, lean: str) -> None:
        """Angles in degrees, nose down positive, NaN for none; `over`: the sustained pitch is past the limit."""
        self.needle_deg, self.limit_deg, self.over, self.limit, self.lean = needle_deg, limit_deg, over, limit, lean
        if not abs(needle_deg - self._figure_deg) <= HOLD_DEG:  # also where either is NaN
            self._figure_deg = needle_deg
        self.value = pitch_words(self._figure_deg)
        self._tell()

    def show_dwell(self, dwell: float, words: str) -> None:
        """The detector's clock, 0..1 of its limit, and in words."""
        self.dwell, self.below = dwell, words
        self._tell()

    def _tell(self) -> None:
        spoken = ", ".join(text for text in (self.value, self.limit, self.below, self.lean) if text)
        needle = round(2 * self.needle_deg) if math.isfinite(self.needle_deg) else None
        self.put(spoken, self.value, needle, self.over, self.limit, self.lean, round(self.dwell, 3), self.below)

    def _bar(self) -> QRectF:
        w, h = self.width(), self.height()
        return QRectF(0.04 * w + 4, 0.72 * h, 0.92 * w - 8, 0.09 * h)

    def _dial(self) -> QRectF:
        """Where the needle plays; its ear is at the left edge."""
        w, h = self.width(), self.height()
        height = min(0.5 * h, 0.24 * w)
        return QRectF(0.96 * w - 4 - 1.6 * height, 0.2 * h, 1.6 * height, height)

    def decorate(self, painter: QPainter) -> None:
        bar = self._bar()
        painter.setPen(QPen(QColor(self.theme.dim), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(bar)
        done = QRectF(bar)
        done.setWidth(bar.width() * self.dwell)
        painter.fillRect(done, QColor(self.theme.alert if self.dwell >= 1 else self.theme.trace))
        if math.isfinite(self.needle_deg):
            self._draw_needle(painter)

    def _draw_needle(self, painter: QPainter) -> None:
        dial = self._dial()
        thick = max(3.0, 0.07 * dial.height())
        ear = QPointF(dial.left() + thick, dial.top() + 0.24 * dial.height())
        length = dial.width() - 2 * thick

        def ray(deg: float, start: float, end: float, pen: QPen) -> None:
            turn = math.radians(min(max(deg, UP_DEG), DOWN_DEG))
            # Steep rays are shortened so that they end in the dial.
            room = (dial.bottom() - thick - ear.y()) / max(math.sin(turn), 1e-3)
            way = QPointF(math.cos(turn), math.sin(turn)) * (min(length, room) if turn > 0 else length)
            painter.setPen(pen)
            painter.drawLine(ear + way * start, ear + way * end)

        ray(0.0, 0.0, 1.0, QPen(QColor(self.theme.edge), 1))
        if math.isfinite(self.limit_deg):
            ray(self.limit_deg, 0.2, 1.0, QPen(QColor(self.theme.limit), 2, Qt.PenStyle.DashLine))
        ink = QColor(self.theme.alert if self.over else self.theme.trace)
        round_end = Qt.PenCapStyle.RoundCap
        ray(self.needle_deg, 0.0, 0.85, QPen(ink, thick, Qt.PenStyle.SolidLine, round_end))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawEllipse(ear, 1.2 * thick, 1.2 * thick)

    def texts(self) -> list[Text]:
        w, h = self.width(), self.height()
        x, inner = 0.04 * w + 4, 0.92 * w - 8
        dim, px = self.theme.dim, 0.12 * h
        words = 0.48 if self.lean else 1.0
        items = [
            Text(QRectF(x, 0.03 * h, 0.5 * inner, 0.16 * h), "Head pitch", px, dim),
            Text(QRectF(x + 0.5 * inner, 0.03 * h, 0.5 * inner, 0.16 * h), self.limit, px, dim, align=RIGHT),
            Text(QRectF(x, 0.2 * h, self._dial().left() - x - 6, 0.5 * h), self.value, 0.38 * h, self.theme.text, True),
            Text(QRectF(x, 0.82 * h, words * inner, 0.17 * h), self.below, px, dim),
        ]
        if self.lean:
            box = QRectF(x + 0.5 * inner, 0.82 * h, 0.5 * inner, 0.17 * h)
            items.append(Text(box, self.lean, px, dim, align=RIGHT))
        return items
