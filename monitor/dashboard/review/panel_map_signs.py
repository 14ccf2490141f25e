"""The signs of the map: each kind a shape of its own, with a rim that sets it off from the track."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from monitor.dashboard.review.track_map import Sign
from monitor.dashboard.theme import Theme, font


def _polygon(*points: tuple[float, float]) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in points]))
    path.closeSubpath()
    return path


def _box(side: float) -> QPainterPath:
    path = QPainterPath()
    path.addRect(QRectF(-side, -side, 2 * side, 2 * side))
    return path


_SHAPES = {
    Sign.START: _polygon((-0.75, -0.95), (1.0, 0.0), (-0.75, 0.95)),
    Sign.FINISH: _box(0.8),
    Sign.MARK: _polygon((-0.3, -1.9), (1.5, -1.3), (0.05, -0.7), (0.05, 0.0), (-0.3, 0.0)),
    Sign.CUE: _polygon((-0.85, -0.75), (0.85, -0.75), (0.0, 0.75)),
}
"""In radii around the place: triangle to the right, square, flag on its pole, triangle downwards; as in the charts."""


def draw_sign(painter: QPainter, kind: Sign, place: QPointF, theme: Theme, radius: float = 0.0) -> None:
    """One sign; a radius of 0 takes its usual size."""
    usual = {Sign.START: 9.0, Sign.FINISH: 8.0, Sign.MARK: 12.0, Sign.CUE: 7.0}[kind]
    fill = theme.limit if kind is Sign.CUE else theme.text
    size = radius or usual
    painter.save()
    painter.translate(place)
    painter.scale(size, size)
    rim = theme.text if kind is Sign.CUE else theme.panel
    painter.setPen(QPen(QColor(rim), 1.6 / size))
    painter.setBrush(QColor(fill))
    painter.drawPath(_SHAPES[kind])
    painter.restore()


def draw_north(painter: QPainter, top: QPointF, theme: Theme) -> None:
    """An arrow to the upper edge with an N below it."""
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.text))
    x, y = top.x(), top.y()
    painter.drawPolygon([QPointF(x, y), QPointF(x + 6, y + 16), QPointF(x, y + 12), QPointF(x - 6, y + 16)])
    painter.setPen(QColor(theme.text))
    painter.setFont(font(12, bold=True))
    painter.drawText(QRectF(x - 10, y + 17, 20, 16), Qt.AlignmentFlag.AlignCenter, "N")
    painter.restore()


def draw_scale(painter: QPainter, corner: QPointF, length_px: float, words: str, theme: Theme) -> None:
    """A bar from its lower left corner, with its length above it."""
    painter.save()
    painter.setPen(QPen(QColor(theme.text), 2))
    x, y = corner.x(), corner.y()
    painter.drawLine(QPointF(x, y), QPointF(x + length_px, y))
    for end in (x, x + length_px):
        painter.drawLine(QPointF(end, y - 5), QPointF(end, y + 1))
    painter.setFont(font(12))
    height = QFontMetricsF(painter.font()).height()
    painter.drawText(QRectF(x + 4, y - height - 4, 120, height), Qt.AlignmentFlag.AlignLeft, words)
    painter.restore()
