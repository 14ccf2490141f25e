# ruff: noqa: N802  (Qt's own method names)
"""The drawn track: pieces told apart by colour, width and dashes, signs of different shapes, north and a scale bar."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from monitor.dashboard.fitting import Text, paint
from monitor.dashboard.review.panel_map_signs import draw_north, draw_scale, draw_sign
from monitor.dashboard.review.panel_page import Span
from monitor.dashboard.review.track_map import SIGN_WORDS, STRETCH_WORDS, MapSign, Sign, Stretch, TrackMap, scale_bar
from monitor.dashboard.theme import Theme, font
from monitor.values import BoolArray

MARGIN_PX = 26
CLICK_PX = 24
SIGN_PX = 12
DRAG_PX = 5
CLOSEST_PX_PER_M = 20.0
LEGEND_PX, LEGEND_TEXT_PX = 20, 12
STEP_S, JUMP_S = 5.0, 60.0


@dataclass(frozen=True, slots=True)
class View:
    """What part of the ground is shown: metres at the middle, and pixels for each metre."""

    x_m: float = 0.0
    y_m: float = 0.0
    px_per_m: float = 1.0


class MapCanvas(QWidget):
    """The drawing. Click or arrow keys move the cursor, the wheel or + and - zoom, dragging moves the view."""

    time_chosen = Signal(float)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme, self.feet, self.instead = theme, True, ""
        self.track: TrackMap | None = None
        self.cursor_s = 0.0
        self.selection: Span | None = None
        self.view, self._fitted = View(), True
        self._picture: QPixmap | None = None
        self._pressed: QPointF | None = None
        self._dragged = False
        self.setAccessibleName("Map of the run")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 120)
        self.setMouseTracking(True)

    def sizeHint(self) -> QSize:
        return QSize(360, 360)

    # ------------------------------------------------------------ what is shown

    def show_track(self, track: TrackMap | None, *, feet: bool, instead: str = "") -> None:
        """Draw this, or say the sentence `instead`."""
        before, self.track = self.track, track
        self.feet, self.instead = feet, instead
        if self._fitted or before is None or track is None or not track.same_way(before):
            self.fit()
        self._redraw()

    def show_cursor(self, t_s: float) -> None:
        """Put the dot where the runner was."""
        if t_s == self.cursor_s:
            return
        self.cursor_s = t_s
        place = self.track.at(t_s) if self.track is not None else None
        if place is not None and not self._fitted and not self.ground().contains(self.to_px(*place)):
            self.view = View(*place, self.view.px_per_m)
            self._redraw()
        self.update()

    def show_selection(self, span: Span | None) -> None:
        """Draw a stretch with a band below it."""
        if span != self.selection:
            self.selection = span
            self._redraw()

    def restyle(self, theme: Theme) -> None:
        """Use another theme."""
        self.theme = theme
        self._redraw()

    def _redraw(self) -> None:
        self._picture = None
        self.update()

    # ------------------------------------------------------------ the view

    def ground(self) -> QRectF:
        """Where the track is drawn: above the legend."""
        cells = self.legend() if self.track is not None else []
        top = min((box.top() for _, box, _ in cells), default=self.height())
        return QRectF(0, 0, self.width(), max(1.0, top - 2))

    def fit(self) -> None:
        """Show the whole track."""
        self._fitted = True
        if self.track is not None:
            x, y, box = self.track.x_m, self.track.y_m, self.ground()
            wide = max(float(np.ptp(x)), 20.0) / max(1.0, box.width() - 2 * MARGIN_PX)
            high = max(float(np.ptp(y)), 20.0) / max(1.0, box.height() - 2 * MARGIN_PX)
            self.view = View(float(x.min() + x.max()) / 2, float(y.min() + y.max()) / 2, 1 / max(wide, high))
        self._redraw()

    def zoom_in(self) -> None:
        """Twice as large about the cursor, or about the middle."""
        self._zoom(2.0, self._dot() or self.ground().center())

    def zoom_out(self) -> None:
        """Half as large."""
        self._zoom(0.5, self.ground().center())

    def _zoom(self, factor: float, about: QPointF) -> None:
        if self.track is None:
            return
        before, middle = self.view, self.ground().center()
        least = 0.2 * min(self.ground().width(), self.ground().height()) / self._side_m()
        scale = min(max(before.px_per_m * factor, min(least, before.px_per_m)), CLOSEST_PX_PER_M)
        # The place under `about` stays there.
        dx, dy = about.x() - middle.x(), about.y() - middle.y()
        gain = 1 / before.px_per_m - 1 / scale
        self.view = View(before.x_m + dx * gain, before.y_m - dy * gain, scale)
        self._fitted = False
        self._redraw()

    def _side_m(self) -> float:
        assert self.track is not None
        return max(float(np.ptp(self.track.x_m)), float(np.ptp(self.track.y_m)), 20.0)

    def to_px(self, x_m: float, y_m: float) -> QPointF:
        """A place on the screen."""
        middle, view = self.ground().center(), self.view
        return QPointF(middle.x() + (x_m - view.x_m) * view.px_per_m, middle.y() - (y_m - view.y_m) * view.px_per_m)

    def _dot(self) -> QPointF | None:
        """Where the cursor is drawn."""
        place = self.track.at(self.cursor_s) if self.track is not None else None
        return None if place is None else self.to_px(*place)

    # ------------------------------------------------------------ mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed, self._dragged = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None or self.track is None:
            return
        moved = event.position() - self._pressed
        if not self._dragged and math.hypot(moved.x(), moved.y()) < DRAG_PX:
            return
        self._dragged, self._fitted, self._pressed = True, False, event.position()
        view = self.view
        self.view = View(view.x_m - moved.x() / view.px_per_m, view.y_m + moved.y() / view.px_per_m, view.px_per_m)
        self._redraw()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is None or self._dragged or self.track is None:
            return
        sign = self.sign_at(event.position())
        if sign is not None:
            self.time_chosen.emit(sign.t_s)
            return
        middle, view = self.ground().center(), self.view
        x_m = view.x_m + (event.position().x() - middle.x()) / view.px_per_m
        y_m = view.y_m - (event.position().y() - middle.y()) / view.px_per_m
        t_s = self.track.time_at(x_m, y_m, CLICK_PX / view.px_per_m, self.cursor_s)
        if t_s is not None:
            self.time_chosen.emit(t_s)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._zoom(1.0015 ** max(-720, min(720, event.angleDelta().y())), event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, track = event.key(), self.track
        step_s = JUMP_S if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP_S
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_in()
        elif key == Qt.Key.Key_Minus:
            self.zoom_out()
        elif key == Qt.Key.Key_0:
            self.fit()
        elif track is not None and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            wanted = self.cursor_s + (step_s if key == Qt.Key.Key_Right else -step_s)
            self.time_chosen.emit(min(max(wanted, float(track.t_s[0]), 0.0), float(track.t_s[-1])))
        else:
            super().keyPressEvent(event)

    def sign_at(self, place: QPointF) -> MapSign | None:
        """The uppermost sign there."""
        for sign in reversed(self.track.signs if self.track is not None else ()):
            at = self.to_px(sign.x_m, sign.y_m) - place
            high = 6 if sign.kind is Sign.MARK else 0  # a flag stands above its place
            if math.hypot(at.x(), at.y() - high) <= SIGN_PX:
                return sign
        return None

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            sign = self.sign_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), sign.words if sign else "", self)
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitted:
            self.fit()
        self._redraw()

    # ------------------------------------------------------------ painting

    def pen(self, stretch: Stretch) -> QPen:
        """Colour, width and dashes of a piece of the track."""
        theme = self.theme
        pen = {
            Stretch.WELL: QPen(QColor(theme.good), 3),
            Stretch.PAST: QPen(QColor(theme.limit), 7),
            Stretch.UNSEEN: QPen(QColor(theme.dim), 2, Qt.PenStyle.DotLine),
        }[stretch]
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        return pen

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self.theme.trace if self.hasFocus() else self.theme.edge), 2))
        painter.setBrush(QColor(self.theme.panel))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        if self.track is None:
            words = QRectF(self.rect()).adjusted(MARGIN_PX, MARGIN_PX, -MARGIN_PX, -MARGIN_PX)
            painter.setPen(QColor(self.theme.text))
            painter.setFont(self.font())
            painter.drawText(words, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.instead)
            painter.end()
            return
        if self._picture is None:
            self._picture = self._drawn(self.track)
        painter.drawPixmap(0, 0, self._picture)
        dot = self._dot()
        if dot is not None:
            painter.setPen(QPen(QColor(self.theme.panel), 2))
            painter.setBrush(QColor(self.theme.text))
            painter.drawEllipse(dot, 8, 8)
            painter.setBrush(QColor(self.theme.trace))
            painter.drawEllipse(dot, 4.5, 4.5)
        painter.end()

    def _drawn(self, track: TrackMap) -> QPixmap:
        """Everything but the cursor, which moves thirty times a second."""
        ratio = self.devicePixelRatioF()
        picture = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(self.ground().adjusted(2, 2, -2, 0))
        if self.selection is not None:
            inside = (track.t_s >= self.selection[0]) & (track.t_s < self.selection[1])
            band = QPen(QColor(self.theme.faint), 15)
            band.setCapStyle(Qt.PenCapStyle.RoundCap)
            self._line(painter, track, inside, band)
        for stretch in (Stretch.UNSEEN, Stretch.WELL, Stretch.PAST):
            self._line(painter, track, track.stretch == stretch, self.pen(stretch))
        for sign in track.signs:
            draw_sign(painter, sign.kind, self.to_px(sign.x_m, sign.y_m), self.theme)
        length_m, words = scale_bar(0.3 * self.ground().width() / self.view.px_per_m, feet=self.feet)
        corner = QPointF(14, self.ground().bottom() - 12)
        draw_scale(painter, corner, length_m * self.view.px_per_m, words, self.theme)
        draw_north(painter, QPointF(self.width() - 22, 14), self.theme)
        painter.setClipping(False)
        self._paint_legend(painter)
        painter.end()
        return picture

    def _line(self, painter: QPainter, track: TrackMap, part: BoolArray, pen: QPen) -> None:
        """The pieces that begin at the points of the part (k,)."""
        drawn = part & track.joined
        if not drawn.any():
            return
        middle, view = self.ground().center(), self.view
        x = middle.x() + (track.x_m - view.x_m) * view.px_per_m
        y = middle.y() - (track.y_m - view.y_m) * view.px_per_m
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(pg.arrayToQPath(x, y, connect=drawn.astype(np.int32)))

    # ------------------------------------------------------------ the legend

    def _legend_items(self) -> list[tuple[Stretch | Sign, str]]:
        kinds = {sign.kind for sign in self.track.signs} if self.track is not None else set()
        lines: list[tuple[Stretch | Sign, str]] = [(stretch, STRETCH_WORDS[stretch]) for stretch in Stretch]
        return lines + [(kind, SIGN_WORDS[kind]) for kind in Sign if kind in kinds]

    def legend(self) -> list[tuple[Stretch | Sign, QRectF, Text]]:
        """Each item: its sample's box and its words, in rows at the lower edge."""
        cells: list[tuple[Stretch | Sign, str, float, int, float]] = []
        x, row = 10.0, 0
        metrics = QFontMetricsF(font(LEGEND_TEXT_PX))
        for kind, words in self._legend_items():
            width = min(44 + metrics.horizontalAdvance(words), max(60.0, self.width() - 16.0))
            if x > 10 and x + width > self.width() - 6:
                x, row = 10.0, row + 1
            cells.append((kind, words, x, row, width))
            x += width
        top = self.height() - (row + 1) * LEGEND_PX - 5
        return [
            (
                kind,
                QRectF(x, top + row * LEGEND_PX, 24, LEGEND_PX),
                Text(
                    QRectF(x + 29, top + row * LEGEND_PX, width - 30, LEGEND_PX),
                    words,
                    LEGEND_TEXT_PX,
                    self.theme.text,
                ),
            )
            for kind, words, x, row, width in cells
        ]

    def _paint_legend(self, painter: QPainter) -> None:
        cells = self.legend()
        for kind, box, _ in cells:
            if isinstance(kind, Stretch):
                painter.setPen(self.pen(kind))
                painter.drawLine(QPointF(box.left() + 2, box.center().y()), QPointF(box.right() - 2, box.center().y()))
            else:
                low = 6 if kind is Sign.MARK else 0
                draw_sign(painter, kind, box.center() + QPointF(0, low), self.theme, 7)
        paint(painter, [text for _, _, text in cells])
