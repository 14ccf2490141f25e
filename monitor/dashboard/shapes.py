"""The signs beside the state's word, drawn as plain filled shapes in a unit square."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPolygonF

from monitor.dashboard.live_view import Shape


def _polygon(*points: tuple[float, float]) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in points]))
    path.closeSubpath()
    return path


def _rects(*boxes: tuple[float, float, float, float]) -> QPainterPath:
    path = QPainterPath()
    for box in boxes:
        path.addRect(QRectF(*box))
    return path


def _dots() -> QPainterPath:
    path = QPainterPath()
    for x in (0.17, 0.5, 0.83):
        path.addEllipse(QPointF(x, 0.5), 0.13, 0.13)
    return path


def _question() -> QPainterPath:
    hook = QPainterPath()
    hook.setFillRule(Qt.FillRule.WindingFill)
    hook.arcMoveTo(QRectF(0.2, 0.0, 0.6, 0.6), 180)
    hook.arcTo(QRectF(0.2, 0.0, 0.6, 0.6), 180, -225)
    hook.lineTo(0.58, 0.62)
    hook.lineTo(0.58, 0.72)
    hook.lineTo(0.42, 0.72)
    hook.lineTo(0.42, 0.52)
    hook.arcTo(QRectF(0.36, 0.16, 0.28, 0.28), -45, 225)
    hook.closeSubpath()
    hook.addEllipse(QPointF(0.5, 0.9), 0.1, 0.1)
    return hook


def _exclamation() -> QPainterPath:
    path = _polygon((0.38, 0.0), (0.62, 0.0), (0.57, 0.68), (0.43, 0.68))
    path.addEllipse(QPointF(0.5, 0.88), 0.12, 0.12)
    return path


_UP = ((0.5, 0.0), (1.0, 0.5), (0.7, 0.5), (0.7, 1.0), (0.3, 1.0), (0.3, 0.5), (0.0, 0.5))
_PATHS = {
    Shape.ARROW_UP: _polygon(*_UP),
    Shape.ARROW_DOWN: _polygon(*((x, 1 - y) for x, y in _UP)),
    Shape.TICK: _polygon((0.0, 0.55), (0.15, 0.4), (0.38, 0.62), (0.85, 0.12), (1.0, 0.27), (0.38, 0.92)),
    Shape.BROKEN_LINK: _rects((0.0, 0.4, 0.32, 0.2), (0.68, 0.4, 0.32, 0.2)),
    Shape.QUESTION: _question(),
    Shape.DOTS: _dots(),
    Shape.PLAY: _polygon((0.15, 0.05), (0.95, 0.5), (0.15, 0.95)),
    Shape.PAUSE: _rects((0.15, 0.05, 0.25, 0.9), (0.6, 0.05, 0.25, 0.9)),
    Shape.SQUARE: _rects((0.12, 0.12, 0.76, 0.76)),
    Shape.EXCLAMATION: _exclamation(),
}
_PATHS[Shape.BROKEN_LINK].addPath(_polygon((0.4, 0.95), (0.52, 0.05), (0.6, 0.05), (0.48, 0.95)))


def draw(painter: QPainter, shape: Shape, box: QRectF, colour: QColor) -> None:
    """Fill a shape into the largest centred square of `box`."""
    side = min(box.width(), box.height())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.center().x() - side / 2, box.center().y() - side / 2)
    painter.scale(side, side)
    painter.fillPath(_PATHS[shape], colour)
    painter.restore()
