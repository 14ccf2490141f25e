"""How the signs of a run are painted: each kind has a shape, a line and a label; colour only helps."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from monitor.dashboard.review.chart_axes import Layout
from monitor.dashboard.review.event_lines import Placed, SignKind
from monitor.dashboard.theme import Theme, font

_LINES = {
    SignKind.MARK: (Qt.PenStyle.SolidLine, 2),
    SignKind.CUE: (Qt.PenStyle.SolidLine, 1),
    SignKind.LINK: (Qt.PenStyle.DashDotLine, 1),
    SignKind.LAP: (Qt.PenStyle.DotLine, 1),
    SignKind.MODE: (Qt.PenStyle.DashDotDotLine, 1),
    SignKind.COACH: (Qt.PenStyle.DotLine, 1),
    SignKind.SILENT: (Qt.PenStyle.DashLine, 1),
}
_FLAG = ((0.0, 0.0), (1.0, 0.3), (0.15, 0.6), (0.15, 1.0), (0.0, 1.0))
_SHAPES = {
    SignKind.MARK: _FLAG,
    SignKind.CUE: ((0.0, 0.1), (1.0, 0.1), (0.5, 1.0)),
    SignKind.LINK: ((0.0, 0.0), (0.5, 0.35), (1.0, 0.0), (0.65, 0.5), (1.0, 1.0), (0.5, 0.65), (0.0, 1.0), (0.35, 0.5)),
    SignKind.LAP: ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)),
    SignKind.MODE: ((0.0, 0.8), (0.4, 0.2), (0.6, 0.5), (0.75, 0.35), (1.0, 0.8)),
    SignKind.COACH: ((0.5, 0.0), (1.0, 0.5), (0.5, 1.0), (0.0, 0.5)),
    SignKind.SILENT: ((0.0, 0.1), (1.0, 0.1), (0.5, 1.0)),
}
_HOLLOW = frozenset({SignKind.SILENT, SignKind.LAP, SignKind.COACH})


def colour_of(kind: SignKind, theme: Theme) -> QColor:
    """The colour of a kind."""
    ink = {SignKind.MARK: theme.text, SignKind.CUE: theme.limit, SignKind.LINK: theme.attention}
    return QColor(ink.get(kind, theme.dim))


def paint_shape(painter: QPainter, kind: SignKind, box: QRectF, colour: QColor) -> None:
    """The shape of a kind in a box."""
    shape = QPolygonF(
        [QPointF(box.left() + x * box.width(), box.top() + y * box.height()) for x, y in _SHAPES[kind]]
    )  # fmt: skip
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush if kind in _HOLLOW else colour)
    painter.drawPolygon(shape)
    painter.restore()


def paint_sign_line(painter: QPainter, placed: Placed, layout: Layout, theme: Theme) -> None:
    """A line across the rows, from its label down."""
    kind, x, px = placed.sign.kind, placed.x, layout.text_px
    style, width = _LINES[kind]
    painter.setPen(QPen(colour_of(kind, theme), width, style))
    lane_height = layout.signs_height / layout.lanes
    top = layout.signs_height - 4 if placed.lane is None else placed.lane * lane_height + 0.5 * px
    painter.drawLine(QPointF(x, top), QPointF(x, layout.axis_top))


def paint_label(painter: QPainter, placed: Placed, layout: Layout, theme: Theme) -> None:
    """The shape of a sign and its label, where it found room."""
    if placed.lane is None:
        return
    kind, x, px = placed.sign.kind, placed.x, layout.text_px
    colour, lane_height = colour_of(kind, theme), layout.signs_height / layout.lanes
    left = x if x + placed.width <= layout.right else x - placed.width
    box = QRectF(left, placed.lane * lane_height, placed.width, lane_height)
    painter.fillRect(box, QColor(theme.background))
    side = 0.75 * px
    paint_shape(painter, kind, QRectF(box.left() + 1, box.center().y() - side / 2, side, side), colour)
    painter.setPen(colour)
    painter.setFont(font(round(0.9 * px)))
    text = box.adjusted(side + 0.3 * px, 0, 0, 0)
    painter.drawText(text, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, placed.sign.label)
