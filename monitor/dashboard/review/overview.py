# ruff: noqa: N802  (Qt's own method names)
"""The whole run at once, as a strip: what the charts show of it is a window that can be dragged and stretched."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from monitor.dashboard.review.chart_axes import Band, Layout
from monitor.dashboard.review.chart_rows import ChartRows, LineRow
from monitor.dashboard.review.event_lines import SignKind, Signs
from monitor.dashboard.review.review_model import LEAST_SHOWN_S, Change, ReviewModel
from monitor.dashboard.review.row_paint import doubtful, path_of, spans_of
from monitor.dashboard.review.sign_paint import colour_of, paint_shape
from monitor.dashboard.theme import Theme, font

HANDLE_PX = 14.0
"""So far from an edge of the window a finger still takes hold of it."""
LEAST_WINDOW_PX = 6.0
TICKED = (SignKind.SILENT, SignKind.LAP, SignKind.LINK, SignKind.CUE, SignKind.MARK)


class Hold(Enum):
    """What of the window was taken hold of."""

    START = "start"
    END = "end"
    WHOLE = "whole"


class Overview(QWidget):
    """Head pitch over the whole run with its cues and marks; drag the window to look elsewhere."""

    def __init__(self, model: ReviewModel, rows: ChartRows, signs: Signs, theme: Theme) -> None:
        super().__init__()
        self._model, self._rows, self._signs, self.theme = model, rows, signs, theme
        self._picture: QPixmap | None = None
        self._hold: Hold | None = None
        self._held_s = 0.0
        self.left_px = 0.0
        self.setAccessibleName("The whole run")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMouseTracking(True)

    def sizeHint(self) -> QSize:
        return QSize(600, 60)

    def show_rows(self, rows: ChartRows, signs: Signs) -> None:
        """Another look at the run."""
        self._rows, self._signs = rows, signs
        self._picture = None
        self.update()

    def restyle(self, theme: Theme) -> None:
        """Use another theme."""
        self.theme, self._picture = theme, None
        self.update()

    def heard(self, change: Change) -> None:
        """The model changed."""
        if change is not Change.PLAY:
            self.update()

    def align_left(self, left_px: float) -> None:
        """Begin where the charts' curves begin, so that the two read as one."""
        if left_px != self.left_px:
            self.left_px, self._picture = left_px, None
            self.update()

    # ------------------------------------------------------------ painting

    def _layout(self) -> tuple[Layout, Band | None]:
        """The strip as a layout with one band: that of the first curve of the run."""
        px = max(9, round(0.17 * self.height()))
        top = 0.22 * self.height()
        row = next((row for row in self._rows.rows if isinstance(row, LineRow)), None)
        band = Band(row, top, self.height() - top - 3) if row else None
        right = self.width() - 0.6 * px
        return Layout(self.left_px, right, px, top, 1, (band,) if band else (), float(self.height()), None), band

    def _x(self, t_s: float) -> float:
        return self._layout()[0].x_of(t_s, (0.0, self._model.duration_s))

    def _t(self, x: float) -> float:
        return self._layout()[0].t_of(x, (0.0, self._model.duration_s))

    def paintEvent(self, _event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        size = QSize(round(self.width() * ratio), round(self.height() * ratio))
        if self._picture is None or self._picture.size() != size:
            self._picture = QPixmap(size)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(QColor(self.theme.background))
            painter = QPainter(self._picture)
            self._paint_run(painter)
            painter.end()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        self._paint_window(painter)
        painter.end()

    def _paint_run(self, painter: QPainter) -> None:
        layout, band = self._layout()
        theme, whole = self.theme, (0.0, self._model.duration_s)
        painter.setPen(QColor(theme.dim))
        painter.setFont(font(layout.text_px))
        name = QRectF(4, 0, layout.left - 8, self.height())
        words = "Whole run"
        painter.drawText(name, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
        area = QRectF(layout.left, layout.signs_height, layout.width, self.height() - layout.signs_height - 3)
        painter.fillRect(area, QColor(theme.panel))
        bad, gone = doubtful(self._rows.doubt, layout, whole)
        for left, right in spans_of(bad | gone):
            box = QRectF(layout.left + left, area.top(), right - left, area.height())
            painter.fillRect(box, QBrush(QColor(theme.edge), Qt.BrushStyle.BDiagPattern))
        if band is not None and isinstance(band.row, LineRow):
            for pyramid, colour in ((band.row.others, theme.faint), (band.row.counted, theme.trace)):
                if pyramid is not None:
                    painter.setPen(QPen(QColor(colour), 1))
                    painter.drawPath(path_of(pyramid, band, band.row, layout, whole))
        side = min(0.8 * layout.signs_height, 11.0)
        taken: set[tuple[SignKind, int]] = set()
        for kind in TICKED:
            for sign in self._signs.signs:
                x = layout.x_of(sign.t_s, whole)
                if sign.kind is kind and (kind, int(x // 3)) not in taken:
                    taken.add((kind, int(x // 3)))
                    box = QRectF(x - side / 2, layout.signs_height - side - 1, side, side)
                    paint_shape(painter, kind, box, colour_of(kind, theme))

    def _paint_window(self, painter: QPainter) -> None:
        model, theme, h = self._model, self.theme, self.height()
        layout, _ = self._layout()
        if model.selection is not None:
            tint = QColor(theme.trace)
            tint.setAlpha(60)
            a, b = self._x(model.selection[0]), self._x(model.selection[1])
            painter.fillRect(QRectF(a, layout.signs_height, max(b - a, 2), h - layout.signs_height - 3), tint)
        a, b = self._window_px()
        veil = QColor(theme.background)
        veil.setAlpha(150)
        painter.fillRect(QRectF(layout.left, layout.signs_height, a - layout.left, h), veil)
        painter.fillRect(QRectF(b, layout.signs_height, layout.right - b, h), veil)
        painter.setPen(QPen(QColor(theme.text), 2))
        painter.drawRect(QRectF(a, layout.signs_height, b - a, h - layout.signs_height - 2))
        for x in (a, b):
            painter.fillRect(QRectF(x - 3, layout.signs_height + 0.25 * h, 6, 0.32 * h), QColor(theme.text))
        painter.setPen(QPen(QColor(theme.text), 1))
        x = self._x(model.t_s)
        painter.drawLine(QPointF(x, layout.signs_height), QPointF(x, h))

    def _window_px(self) -> tuple[float, float]:
        """Both edges of the window, never closer than can be seen."""
        a, b = self._x(self._model.visible_s[0]), self._x(self._model.visible_s[1])
        lack = max(0.0, LEAST_WINDOW_PX - (b - a)) / 2
        return a - lack, b + lack

    # ------------------------------------------------------------ pointer

    def hold_at(self, x: float) -> Hold | None:
        """What a press there takes hold of; None: nothing, the window comes there."""
        a, b = self._window_px()
        reach = min(HANDLE_PX, max((b - a) / 3, 3.0))
        if abs(x - a) <= reach:
            return Hold.START
        if abs(x - b) <= reach:
            return Hold.END
        return Hold.WHOLE if a < x < b else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or event.position().x() < self.left_px - HANDLE_PX:
            return
        x = event.position().x()
        start, end = self._model.visible_s
        self._hold = self.hold_at(x)
        if self._hold is None or (self._hold is Hold.WHOLE and end - start >= self._model.duration_s):
            self._model.move_cursor(self._t(x))
            start, end = self._model.visible_s
            middle = self._t(x)
            self._model.show_range(middle - (end - start) / 2, middle + (end - start) / 2)
            self._hold = Hold.WHOLE
        self._held_s = self._t(x) - self._model.visible_s[0]

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        model = self._model
        start, end = model.visible_s
        if self._hold is Hold.WHOLE:
            model.pan(self._t(x) - self._held_s - start)
        elif self._hold is Hold.START:
            model.show_range(min(self._t(x), end - LEAST_SHOWN_S), end)
        elif self._hold is Hold.END:
            model.show_range(start, max(self._t(x), start + LEAST_SHOWN_S))
        else:
            over = self.hold_at(x)
            shapes = {Hold.START: Qt.CursorShape.SizeHorCursor, Hold.END: Qt.CursorShape.SizeHorCursor}
            self.setCursor(shapes.get(over, Qt.CursorShape.ArrowCursor) if over else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._hold = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta().y()
        if turn:
            self._model.zoom(1.25 ** (-turn / 120))
        event.accept()
