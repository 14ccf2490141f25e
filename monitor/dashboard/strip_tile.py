# ruff: noqa: N802  (Qt's own method names)
"""A strip chart: a curve over the last minutes with its limit, cues and marks as ticks on the time axis.

Painted plainly for speed: opaque pens without antialiasing, at most `chart_series.MOST_POINTS` points a curve.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pyqtgraph.functions import arrayToQPath
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap, QPolygonF

from monitor.dashboard.fitting import Text, paint
from monitor.dashboard.live_view import ChartData
from monitor.dashboard.theme import Theme
from monitor.dashboard.tiles import CENTRE, RIGHT, Tile
from monitor.values import FloatArray

AXIS_S = {60.0: (45, 30, 15), 120.0: (90, 60, 30), 300.0: (240, 180, 120, 60), 600.0: (480, 360, 240, 120)}
"""Where the time axis has its lines, seconds before now, for each span."""
AFTER_NOW = 0.035
"""Part of the width right of now: room for half of the word."""
CUE_SIGN, MARK_SIGN = "▲", "◆"


def ago_words(seconds: int) -> str:
    """'30 s ago', '1½ min ago', 'now'."""
    if seconds == 0:
        return "now"
    if seconds < 60:
        return f"{seconds} s ago"
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}{'½' if rest == 30 else ''} min ago"


def span_title(seconds: float) -> str:
    """'last minute', 'last 5 minutes'."""
    return "last minute" if seconds <= 60 else f"last {seconds / 60:g} minutes"


class StripTile(Tile):
    """One strip; all strips of one width have the same time axis.

    axis_words : the times are written below
    legend : what triangles and diamonds are
    """

    def __init__(self, name: str, theme: Theme, *, axis_words: bool, legend: bool = False) -> None:
        super().__init__(name, theme)
        self.caption, self.empty = name, "The line starts with the first good data"
        self.limit = float("nan")
        self.top, self.bottom = 1.0, 0.0
        """Values at the upper and the lower edge."""
        self.steps: Sequence[tuple[float, str]] = ()
        """Values with a line and a label."""
        self.data: ChartData | None = None
        self.px = 12.0
        self._axis_words, self._legend = axis_words, legend
        self._drawn = 0
        self._picture: QPixmap | None = None
        self._picture_of: tuple[object, ...] = ()

    def set_text_px(self, px: int) -> None:
        """Size of the labels."""
        self.px = float(px)
        self.update()

    def take(self, data: ChartData, spoken: str) -> None:
        """A new picture. `spoken`: the chart in a sentence."""
        self.data = data
        self._drawn += 1
        self.put(spoken, self._drawn)

    def curve(self, data: ChartData) -> tuple[FloatArray, FloatArray]:
        """x, y (n,) of the curve."""
        raise NotImplementedError

    # ------------------------------------------------------------ where things lie

    def room_below(self) -> float:
        """Height kept between the plot and the time axis, for a subclass to paint in."""
        return 0.0

    def plot(self) -> QRectF:
        """The box of the curve."""
        left, top = 3.4 * self.px, 1.5 * self.px
        low = (1.5 if self._axis_words else 0.5) * self.px + self.room_below()
        return QRectF(left, top, max(1.0, self.width() - left - 6), max(1.0, self.height() - top - low - 2))

    def at(self, x: FloatArray) -> FloatArray:
        """Pixels of times in seconds before now."""
        box = self.plot()
        seconds = self.data.seconds if self.data is not None else 60.0
        return np.asarray(box.left() + box.width() * (1 - AFTER_NOW) * (1 + np.maximum(x, -seconds) / seconds))

    def level(self, y: FloatArray) -> FloatArray:
        """Pixels of values; beyond the edges they lie on them."""
        box = self.plot()
        part = (self.top - np.asarray(y, np.float64)) / (self.top - self.bottom)
        return np.asarray(box.top() + box.height() * np.clip(part, 0.0, 1.0))

    def _axis_y(self) -> float:
        """Where the time axis runs."""
        return self.plot().bottom() + self.room_below()

    # ------------------------------------------------------------ painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        """What stands still is painted once and copied; what moves is painted upon it."""
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._still())
        if self.data is not None:
            self.paint_below(painter, self.data)
            self.paint_behind(painter, self.data)
            x, y = self.curve(self.data)
            self.stroke(painter, x, y, self.theme.trace, self._thick())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._ticks(painter, self.data)
            paint(painter, self.moving_texts())
        painter.end()

    def _still(self) -> QPixmap:
        """Panel, lines, limit and texts, as they are now."""
        scale = self.devicePixelRatioF()
        key = (
            self.size(), scale, self.theme, self.px, self.caption, self.empty, self.limit, self.top,
            self.bottom, self._axis_s(), self._known(), self._has_ticks(),
        )  # fmt: skip
        if self._picture is None or key != self._picture_of:
            self._picture, self._picture_of = QPixmap(self.size() * scale), key
            self._picture.setDevicePixelRatio(scale)
            self._picture.fill(QColor(self.theme.background))
            painter = QPainter(self._picture)
            self.paint_panel(painter)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            self._lines(painter)
            self._limit_line(painter)
            paint(painter, self.still_texts())
            painter.end()
        return self._picture

    def paint_behind(self, painter: QPainter, data: ChartData) -> None:
        """What lies behind the curve."""

    def paint_below(self, painter: QPainter, data: ChartData) -> None:
        """What fills `room_below`."""

    def stroke(self, painter: QPainter, x: FloatArray, y: FloatArray, colour: str, width: int) -> None:
        """A curve broken where it is NaN."""
        if len(x) < 2:
            return
        painter.setPen(QPen(QColor(colour), width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        path: QPainterPath = arrayToQPath(self.at(x), self.level(y), connect="finite")
        painter.drawPath(path)

    def _thick(self) -> int:
        return max(2, round(self.px / 8))

    def _lines(self, painter: QPainter) -> None:
        """Frame and lines of value and time."""
        box, axis_y = self.plot(), self._axis_y()
        painter.setPen(QPen(QColor(self.theme.edge), 1))
        painter.drawLine(QPointF(box.left(), axis_y), QPointF(box.right(), axis_y))
        for y in self.level(np.array([value for value, _ in self.steps])).tolist():
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
        for x in self.at(-np.array([*self._axis_s(), 0], float)).tolist():
            painter.drawLine(QPointF(x, axis_y - 0.35 * self.px), QPointF(x, axis_y + 0.25 * self.px))

    def _limit_line(self, painter: QPainter) -> None:
        if not (self._known() and np.isfinite(self.limit)):
            return
        box, [y] = self.plot(), self.level(np.array([self.limit])).tolist()
        painter.setPen(QPen(QColor(self.theme.limit), self._thick(), Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))

    def _ticks(self, painter: QPainter, data: ChartData) -> None:
        """Cues as triangles and marks as diamonds that stand on the foot of the plot."""
        half, foot = 0.36 * self.px, self.plot().bottom()
        painter.setPen(QPen(QColor(self.theme.panel), 1))
        painter.setBrush(QColor(self.theme.text))
        for x in self.at(data.mark_x).tolist():
            y = foot - half
            painter.drawPolygon(_polygon((x - half, y), (x, y - half), (x + half, y), (x, y + half)))
        painter.setBrush(QColor(self.theme.limit))
        for x in self.at(data.cue_x).tolist():
            painter.drawPolygon(_polygon((x - 1.1 * half, foot), (x, foot - 2.2 * half), (x + 1.1 * half, foot)))

    def _axis_s(self) -> tuple[int, ...]:
        return AXIS_S.get(self.data.seconds if self.data is not None else 60.0, ())

    # ------------------------------------------------------------ texts

    def texts(self) -> list[Text]:
        return [*self.still_texts(), *self.moving_texts()]

    def moving_texts(self) -> list[Text]:
        """Texts that move with the curve."""
        return []

    def _known(self) -> bool:
        """There is a curve."""
        return self.data is not None and bool(np.isfinite(self.curve(self.data)[1]).any())

    def _has_ticks(self) -> bool:
        return self.data is not None and bool(len(self.data.cue_x) or len(self.data.mark_x))

    def still_texts(self) -> list[Text]:
        """Caption and labels."""
        box, px, dim = self.plot(), self.px, self.theme.dim
        row = 1.4 * px
        items = [Text(QRectF(8, 2, 0.62 * self.width() - 8, row), self.caption, px, self.theme.text, bold=True)]
        if self._legend and self._has_ticks():
            legend = QRectF(0.62 * self.width(), 2, 0.38 * self.width() - 8, row)
            items.append(Text(legend, f"{CUE_SIGN} cue  {MARK_SIGN} mark", px, dim, align=RIGHT))
        for value, label in self.steps:
            [y] = self.level(np.array([value])).tolist()
            y = min(max(y, box.top() + 0.45 * row), self._axis_y() - 0.45 * row)
            items.append(Text(QRectF(2, y - row / 2, 3.1 * px, row), label, px, dim, align=RIGHT))
        if self._axis_words:
            for seconds in (*self._axis_s(), 0):
                [x] = self.at(np.array([-float(seconds)])).tolist()
                wide = min(8 * px, 2 * (self.width() - 2 - x)) if seconds == 0 else 8 * px
                below = QRectF(x - wide / 2, self._axis_y() + 0.2 * px, wide, 1.3 * px)
                items.append(Text(below, ago_words(seconds), 0.92 * px, dim, align=CENTRE))
        if not self._known():
            items.append(Text(box, self.empty, px, dim, align=CENTRE))
        return items


def _polygon(*points: tuple[float, float]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in points])
