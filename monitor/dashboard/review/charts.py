# ruff: noqa: N802  (Qt's own method names)
"""The charts of a run, one below the other, with one cursor across all of them.

The curves are painted once for what is visible; the cursor, A, B and the selection lie above that picture, so that
playing back costs no more than a copy of it.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from monitor.dashboard.fitting import Text, paint
from monitor.dashboard.review.chart_axes import Band, Layout, layout_of, time_ticks
from monitor.dashboard.review.chart_rows import ChartRows, LineRow
from monitor.dashboard.review.event_lines import Placed, Signs, placed
from monitor.dashboard.review.legend import paint_legend
from monitor.dashboard.review.moment import Moment
from monitor.dashboard.review.review_model import Change, ReviewModel
from monitor.dashboard.review.review_words import NOTHING
from monitor.dashboard.review.row_paint import doubtful, paint_data, paint_line, paint_zones, spans_of, swatch
from monitor.dashboard.review.sign_paint import paint_label, paint_sign_line
from monitor.dashboard.theme import Theme, font
from monitor.posture.gaze import GazeZone

DRAG_PX = 6
"""A press that moves less is a click."""
WHEEL_ZOOM = 1.25
NOTHING_TO_SHOW = (
    "No posture to show: this recording holds no data of a calibrated sensor. "
    "headsup calibrate --from takes a calibration from a recording."
)
ZONES = tuple(GazeZone)


class Charts(QWidget):
    """All rows over the visible range. Click: cursor; drag: selection; wheel: zoom; Shift or right button: pan."""

    def __init__(self, model: ReviewModel, rows: ChartRows, signs: Signs, theme: Theme) -> None:
        super().__init__()
        self._model, self._rows, self._signs, self.theme = model, rows, signs, theme
        self._picture: QPixmap | None = None
        self._pressed: tuple[float, float] | None = None
        self._panning: float | None = None
        self.setAccessibleName("Charts of the run")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

        self._describe()

    def _describe(self) -> None:
        names = ", ".join(row.title for row in self._rows.rows)
        self.setAccessibleDescription(f"{names} over time. What is at the cursor is read out below.")

    def spoken(self, moment: Moment) -> str:
        """All rows' values at a moment, for a screen reader."""
        return "; ".join(f"{row.title} {row.value(moment)}" for row in self._rows.rows)

    def sizeHint(self) -> QSize:
        return QSize(600, 400)

    @property
    def layout_now(self) -> Layout:
        """Where everything lies at the widget's present size."""
        return layout_of(self._rows.rows, self.width(), self.height())

    def show_rows(self, rows: ChartRows, signs: Signs) -> None:
        """Another look at the run."""
        self._rows, self._signs = rows, signs
        self._describe()
        self._repaint_curves()

    def restyle(self, theme: Theme) -> None:
        """Use another theme."""
        self.theme = theme
        self._repaint_curves()

    def heard(self, change: Change) -> None:
        """The model changed."""
        if change is Change.RANGE:
            self._repaint_curves()
        elif change in (Change.CURSOR, Change.MARKS, Change.SELECTION):
            self.update()

    def _repaint_curves(self) -> None:
        self._picture = None
        self.update()

    # ------------------------------------------------------------ painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        size = QSize(round(self.width() * ratio), round(self.height() * ratio))
        layout = self.layout_now
        if self._picture is None or self._picture.size() != size:
            self._picture = QPixmap(size)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(QColor(self.theme.background))
            painter = QPainter(self._picture)
            self._paint_curves(painter, layout)
            painter.end()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        self._paint_selection(painter, layout)
        self._paint_cursors(painter, layout)
        self._paint_values(painter, layout)
        painter.end()

    def _paint_curves(self, painter: QPainter, layout: Layout) -> None:
        visible, theme = self._model.visible_s, self.theme
        bad, gone = doubtful(self._rows.doubt, layout, visible)
        hatch = QBrush(QColor(theme.edge), Qt.BrushStyle.BDiagPattern)
        doubts = spans_of(bad | gone)
        for band in layout.bands:
            painter.fillRect(QRectF(layout.left, band.top, layout.width, band.height), QColor(theme.panel))
            if band.row.posture:
                for left, right in doubts:
                    painter.fillRect(QRectF(layout.left + left, band.top, right - left, band.height), hatch)
            if isinstance(band.row, LineRow):
                paint_line(painter, band, band.row, layout, visible, theme)
            elif band.row.shares is self._rows.doubt:
                paint_data(painter, band, band.row.shares, layout, visible, theme)
            else:
                paint_zones(painter, band, band.row, layout, visible, theme)
        if not any(isinstance(band.row, LineRow) for band in layout.bands):
            self._paint_nothing(painter)
        self._paint_times(painter, layout)
        paint_legend(painter, layout, self._rows, self._signs, theme)
        signs = self.placed_signs(layout)
        for sign in signs:
            paint_sign_line(painter, sign, layout, theme)
        for sign in signs:
            paint_label(painter, sign, layout, theme)

    def _paint_nothing(self, painter: QPainter) -> None:
        """There is no curve to draw, and why that may be."""
        box = QRectF(self.rect()).adjusted(20, 20, -20, -20)
        painter.setPen(QColor(self.theme.text))
        painter.setFont(font(self.layout_now.text_px + 4))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, NOTHING_TO_SHOW)

    def placed_signs(self, layout: Layout) -> list[Placed]:
        """The signs of the visible range, with the labels that find room."""
        visible = self._model.visible_s
        metrics = QFontMetricsF(font(round(0.9 * layout.text_px)))
        return placed(
            self._signs.between(*visible),
            lambda t_s: layout.x_of(t_s, visible),
            lambda words: metrics.horizontalAdvance(words) + 1.3 * layout.text_px,
            layout.right,
            layout.lanes,
        )

    def _paint_times(self, painter: QPainter, layout: Layout) -> None:
        visible, px = self._model.visible_s, layout.text_px
        painter.setFont(font(round(0.9 * px)))
        for t_s, words in time_ticks(*visible, int(layout.width / (5.5 * px))):
            x = layout.x_of(t_s, visible)
            painter.setPen(QColor(self.theme.edge))
            painter.drawLine(QPointF(x, layout.axis_top - 3), QPointF(x, layout.axis_top + 2))
            painter.setPen(QColor(self.theme.dim))
            half = painter.fontMetrics().horizontalAdvance(words) / 2 + 1
            box = QRectF(min(x, self.width() - half) - half, layout.axis_top, 2 * half, 1.5 * px)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_selection(self, painter: QPainter, layout: Layout) -> None:
        chosen = self._model.selection
        if chosen is None:
            return
        a, b = (min(max(layout.x_of(t, self._model.visible_s), layout.left), layout.right) for t in chosen)
        if b <= a:
            return
        tint = QColor(self.theme.trace)
        tint.setAlpha(45)
        box = QRectF(a, layout.signs_height, b - a, layout.axis_top - layout.signs_height)
        painter.fillRect(box, tint)
        painter.setPen(QPen(QColor(self.theme.trace), 1, Qt.PenStyle.DashLine))
        painter.drawLine(box.topLeft(), box.bottomLeft())
        painter.drawLine(box.topRight(), box.bottomRight())

    def _paint_cursors(self, painter: QPainter, layout: Layout) -> None:
        model, theme = self._model, self.theme
        px = layout.text_px
        for t_s, name in ((model.a_s, "A"), (model.b_s, "B"), (model.t_s, "")):
            if t_s is None or not model.visible_s[0] <= t_s <= model.visible_s[1]:
                continue
            x = layout.x_of(t_s, model.visible_s)
            painter.setPen(QPen(QColor(theme.text), 1 if name else 2))
            painter.drawLine(QPointF(x, layout.signs_height), QPointF(x, layout.axis_top))
            if name:
                box = QRectF(x - 0.75 * px, layout.axis_top, 1.5 * px, 1.4 * px)
                painter.fillRect(box, QColor(theme.text))
                painter.setPen(QColor(theme.background))
                painter.setFont(font(px, bold=True))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)

    def _paint_values(self, painter: QPainter, layout: Layout) -> None:
        items = []
        for band in layout.bands:
            items += self._value_texts(band, layout)
        paint(painter, items)
        moment = self._model.values_at(self._model.t_s)
        for band in layout.bands:
            if not isinstance(band.row, LineRow) and band.row.title == "Gaze" and moment.zone is not None:
                side = round(0.8 * layout.text_px)
                painter.drawImage(
                    QPointF(layout.left - side - 4, band.top + 2), swatch(ZONES.index(moment.zone), side, self.theme)
                )

    def value_texts(self) -> list[Text]:
        """The names and values left of the rows, as they are painted now."""
        layout = self.layout_now
        return [item for band in layout.bands for item in self._value_texts(band, layout)]

    def _value_texts(self, band: Band, layout: Layout) -> list[Text]:
        """The row's name, its value at the cursor and, where A and B are set, the difference."""
        px, theme = layout.text_px, self.theme
        found = self._model.differences()
        value = band.row.value(self._model.values_at(self._model.t_s))
        width = layout.left - 3.4 * px if isinstance(band.row, LineRow) else layout.left - 1.6 * px
        more = ""
        if isinstance(band.row, LineRow) and found is not None and (d := band.row.difference(found)) != NOTHING:
            more = f"B−A {d}"
        if band.height < 2.3 * px:
            half = 0.28 * width
            return [
                Text(QRectF(4, band.top, half, band.height), band.row.title, 0.9 * px, theme.dim),
                Text(QRectF(6 + half, band.top, width - half, band.height), value, px, theme.text, bold=True),
            ]
        rows = [(band.row.title, 0.9 * px, theme.dim, False), (value, 1.15 * px, theme.text, True)]
        if more and band.height >= 3.6 * px:
            rows.append((more, 0.95 * px, theme.text, False))
        return [
            Text(QRectF(4, band.top + i * 1.35 * px, width, 1.35 * px), words, size, colour, bold=bold)
            for i, (words, size, colour, bold) in enumerate(rows)
        ]

    # ------------------------------------------------------------ pointer

    def mousePressEvent(self, event: QMouseEvent) -> None:
        x, layout = event.position().x(), self.layout_now
        if event.button() == Qt.MouseButton.LeftButton and x >= layout.left:
            t_s = layout.t_of(x, self._model.visible_s)
            self._pressed = (x, t_s)
            self._model.move_cursor(t_s, show=False)
        elif event.button() in (Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton):
            self._panning = x

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x, layout, model = event.position().x(), self.layout_now, self._model
        if self._panning is not None:
            start, end = model.visible_s
            model.pan((self._panning - x) / layout.width * (end - start))
            self._panning = x
        elif self._pressed is not None and abs(x - self._pressed[0]) >= DRAG_PX:
            t_s = layout.t_of(x, model.visible_s)
            model.select(self._pressed[1], min(max(t_s, model.visible_s[0]), model.visible_s[1]))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._pressed is not None:
            if abs(event.position().x() - self._pressed[0]) < DRAG_PX:
                self._model.clear_selection()
            self._pressed = None
        self._panning = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn, layout, model = event.angleDelta(), self.layout_now, self._model
        start, end = model.visible_s
        sideways = turn.x() or (turn.y() if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0)
        if sideways:
            model.pan(-sideways / 120 * 0.1 * (end - start))
        elif turn.y():
            about = min(max(layout.t_of(event.position().x(), model.visible_s), start), end)
            model.zoom(WHEEL_ZOOM ** (-turn.y() / 120), about)
        event.accept()
