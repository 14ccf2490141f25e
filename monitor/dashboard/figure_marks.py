"""The two arrows beside the drawn runner: lift the gaze to the target, let the shoulders drop."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF

from monitor.dashboard import shapes
from monitor.dashboard.figure_inks import Inks
from monitor.dashboard.figure_pose import Pose
from monitor.dashboard.live_view import Shape

LEAST_TURN_DEG = 5.0
"""A smaller turn has no room for an arrow along it."""


def draw_lift(painter: QPainter, pose: Pose, wanted_m: float, ink: Inks) -> None:
    """A dashed gaze to where it should be, and an arrow that turns up to it from the gaze as it is.

    Where the gaze is not known, or is that far already, the head alone is to come up: a plain arrow before the face.
    """
    eye, unit = QPointF(*pose.eye), pose.unit
    wanted = pose.scale.ray(pose.eye, wanted_m)

    def angle(to: tuple[float, float]) -> float:
        return math.degrees(math.atan2(to[1] - eye.y(), to[0] - eye.x()))

    start, end = angle(pose.ray[1]) if pose.ray else -math.inf, angle(wanted[1])
    if start - end < LEAST_TURN_DEG:
        side = 0.24 * unit
        at = QRectF(pose.scale.zero + 0.16 * unit, max(0.0, eye.y() - 0.5 * side), side, side)
        shapes.draw(painter, Shape.ARROW_UP, at, ink.fault)
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(ink.target, max(2.5, 0.011 * unit), Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(*wanted[0]), QPointF(*wanted[1]))
    r = 0.42 * unit
    head = min(0.5 * (start - end), 11.0)
    box = QRectF(eye.x() - r, eye.y() - r, 2 * r, 2 * r)
    path = QPainterPath()
    path.arcMoveTo(box, -start)
    path.arcTo(box, -start, start - end - head)
    painter.setPen(QPen(ink.fault, max(4.0, 0.026 * unit)))
    painter.drawPath(path)

    def on_arc(deg: float, radius: float) -> QPointF:
        turn = math.radians(deg)
        return QPointF(eye.x() + radius * math.cos(turn), eye.y() + radius * math.sin(turn))

    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink.fault)
    wide = 0.05 * unit
    painter.drawPolygon(QPolygonF([on_arc(end, r), on_arc(end + head, r + wide), on_arc(end + head, r - wide)]))


def draw_lower(painter: QPainter, pose: Pose, ink: Inks) -> None:
    """An arrow down behind the neck to the level where the shoulders rest."""
    unit = pose.unit
    y = pose.relaxed[1] - 0.045 * unit
    x = pose.hip[0] - 0.19 * unit
    painter.setPen(QPen(ink.target, max(2.5, 0.011 * unit), Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(x - 0.10 * unit, y), QPointF(pose.hip[0] - 0.05 * unit, y))
    side = 0.19 * unit
    shapes.draw(painter, Shape.ARROW_DOWN, QRectF(x - side / 2, y - 1.08 * side, side, side), ink.fault)
