"""The runner from the side, drawn live: head, shoulders, stride, and where the gaze meets the ground."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from monitor.dashboard import shapes
from monitor.dashboard.figure_body import draw_body
from monitor.dashboard.figure_ground import EVEN_M, target, ticks
from monitor.dashboard.figure_inks import Inks, inks
from monitor.dashboard.figure_marks import draw_lift, draw_lower
from monitor.dashboard.figure_pose import Pose, Seen, pose
from monitor.dashboard.fitting import Text, even
from monitor.dashboard.live_view import LiveState, Shape
from monitor.dashboard.theme import Theme
from monitor.dashboard.tiles import CENTRE, RIGHT, Tile
from monitor.values import Mode

FLAT, ROUND = Qt.PenCapStyle.FlatCap, Qt.PenCapStyle.RoundCap


class Figure(Tile):
    """A side view of the runner as far as known. `show_figure` takes what is known; equal values cost nothing."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("Runner", theme)
        self.seen, self.state = Seen(), LiveState.WARMING_UP
        self.corner, self.feet = "", True
        self._inks = self._inked()

    def show_figure(self, seen: Seen, state: LiveState, corner: str, spoken: str, *, feet: bool) -> None:
        """What is known now; `corner`: a short word at the upper right; `spoken`: the picture in words."""
        self.seen, self.state, self.corner, self.feet = seen, state, corner, feet
        self._inks = self._inked()
        self.put(spoken, *_rounded(seen), state, corner, feet)

    def restyle(self, theme: Theme) -> None:
        super().restyle(theme)
        self._inks = self._inked()

    def _inked(self) -> Inks:
        return inks(self.theme, self.state, not math.isnan(self.seen.shoulder))

    def area(self) -> QRectF:
        """Where the runner and the ground are drawn."""
        w, h = self.width(), self.height()
        return QRectF(0.015 * w, 0.03 * h, 0.97 * w, 0.94 * h)

    def drawn(self) -> Pose:
        """The pose as it is drawn now, in pixels from the upper left corner of `area`."""
        area = self.area()
        return pose(self.seen, area.width(), area.height())

    def decorate(self, painter: QPainter) -> None:
        area, now, ink = self.area(), self.drawn(), self._inks
        painter.save()
        self._earth(painter, area.top() + now.scale.ground)
        painter.translate(area.topLeft())
        self._ground(painter, now, ink)
        if now.wedge:
            self._gaze(painter, now, ink)
        draw_body(painter, now, ink)
        self._signs(painter, now, ink)
        painter.restore()

    def _earth(self, painter: QPainter, top: float) -> None:
        """The panel below the ground's line, a shade apart; inside the panel's rim."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._inks.earth)
        box = QRectF(self.rect()).adjusted(1.0, 0.0, -1.0, -1.0)
        painter.drawRoundedRect(QRectF(box.left(), top, box.width(), box.bottom() - top), 5, 5)

    def _ground(self, painter: QPainter, now: Pose, ink: Inks) -> None:
        scale, thick = now.scale, max(2.0, 0.008 * now.unit)
        zone = target(scale.mode, self.feet)
        left, right = scale.x(zone.low_m), scale.x(zone.high_m)
        mat = QRectF(left, scale.ground, right - left, 0.05 * now.unit)
        painter.setPen(QPen(ink.ground, thick, Qt.PenStyle.SolidLine, ROUND))
        painter.drawLine(QPointF(thick, scale.ground), QPointF(scale.x(EVEN_M), scale.ground))
        # The compressed part of the scale is dashed.
        painter.setPen(QPen(ink.ground, thick, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(scale.x(EVEN_M), scale.ground), QPointF(scale.end, scale.ground))
        painter.setPen(QPen(ink.ground, thick))
        for tick in ticks(scale.mode, self.feet):
            x = scale.x(tick.distance_m)
            painter.drawLine(QPointF(x, scale.ground), QPointF(x, scale.ground + 0.035 * now.unit))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.target)
        painter.drawRoundedRect(mat, 0.4 * mat.height(), 0.4 * mat.height())
        painter.setPen(QPen(ink.target, thick))
        for x in (left, right):
            painter.drawLine(QPointF(x, scale.ground - 0.03 * now.unit), QPointF(x, scale.ground + mat.height()))

    def _gaze(self, painter: QPainter, now: Pose, ink: Inks) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.wedge)
        # Smoothed, the pale wedge costs more than all the rest together, and looks the same.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.drawPolygon(_polygon(now.wedge))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # One line with flat ends is filled as a rectangle; a polyline with round ends costs ten times as much.
        painter.setPen(QPen(ink.gaze, max(3.0, 0.014 * now.unit), Qt.PenStyle.SolidLine, FLAT))
        painter.drawLine(QPointF(*now.ray[0]), QPointF(*now.ray[-1]))
        low, high = (now.scale.x(d) for d in sorted((self.seen.gaze_low_m, self.seen.gaze_high_m)))
        band = QRectF(low, now.scale.ground - 0.022 * now.unit, high - low, 0.022 * now.unit)
        painter.fillRect(band.toAlignedRect(), ink.gaze)
        end, r = QPointF(*now.ray[-1]), 0.030 * now.unit
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink.gaze)
        if end.y() < now.scale.ground - 0.5:  # far: the gaze leaves the picture
            _arrow_head(painter, QPointF(*now.ray[0]), end, 2.2 * r)
        else:
            painter.drawEllipse(end, 1.6 * r, 0.8 * r)

    def _signs(self, painter: QPainter, now: Pose, ink: Inks) -> None:
        """What stands beside the runner in states that ask for something."""
        unit = now.unit
        side = 0.26 * unit
        beside = QRectF(now.scale.zero + 0.34 * unit, now.eye[1] - 0.35 * side, side, side)
        if self.state is LiveState.EYES_UP:
            zone = target(now.scale.mode, self.feet)
            # On technical ground the head is to come up for a moment, past any mark on the ground.
            technical = now.scale.mode is Mode.TECHNICAL
            draw_lift(painter, now, math.inf if technical else math.sqrt(zone.low_m * zone.high_m), ink)
        elif self.state is LiveState.RELAX_SHOULDERS:
            draw_lower(painter, now, ink)
        elif self.state in (LiveState.SENSOR_LOST, LiveState.FAILED):
            shapes.draw(painter, Shape.BROKEN_LINK, beside, ink.sign)
        elif not now.ray:
            painter.setPen(QPen(ink.sign, max(2.5, 0.012 * unit), Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(now.eye[0] + 0.12 * unit, now.eye[1]), QPointF(beside.left(), now.eye[1]))
            beside.moveTop(now.eye[1] - side / 2)
            shapes.draw(painter, Shape.QUESTION, beside, ink.sign)

    def texts(self) -> list[Text]:
        now, area = self.drawn(), self.area()
        unit, scale = now.unit, now.scale
        px = 0.088 * unit
        top = area.top() + scale.ground + 0.055 * unit
        high = min(0.115 * unit, self.height() - top)
        theme = self.theme
        zone = target(scale.mode, self.feet)

        def label(x: float, room: float) -> QRectF:
            left = min(max(area.left() + x - room / 2, area.left()), area.right() - room)
            return QRectF(left, top, room, high)

        room = min(0.5 * unit, 0.24 * scale.width)
        marks = [
            Text(label(scale.x(t.distance_m), 0.75 * room), t.text, px, theme.dim, align=CENTRE)
            for t in ticks(scale.mode, self.feet)
        ]
        middle = (scale.x(zone.low_m) + scale.x(zone.high_m)) / 2
        items = even(marks, 0.6)
        items.append(Text(label(middle, 1.2 * room), zone.text, 1.1 * px, self._inks.target.name(), True, align=CENTRE))
        corner = QRectF(area.right() - 0.4 * scale.width, area.top(), 0.4 * scale.width, 0.11 * unit)
        items.append(Text(corner, self.corner, 0.075 * unit, theme.dim, align=RIGHT))
        return items


def _polygon(points: tuple[tuple[float, float], ...]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in points])


def _arrow_head(painter: QPainter, before: QPointF, end: QPointF, size: float) -> None:
    way = end - before
    length = math.hypot(way.x(), way.y()) or 1.0
    way /= length
    side = QPointF(-way.y(), way.x())
    painter.drawPolygon(QPolygonF([end, end - way * size + side * 0.6 * size, end - way * size - side * 0.6 * size]))


def _rounded(seen: Seen) -> tuple[object, ...]:
    """What is seen, as fine as the drawing shows it, so that equal pictures are not painted again."""

    def at(value: float, step: float) -> float | None:
        return round(value / step) * step if math.isfinite(value) else (None if math.isnan(value) else value)

    gaze = [at(1 / max(v, 0.05), 0.002) for v in (seen.gaze_m, seen.gaze_low_m, seen.gaze_high_m)]
    mode: Mode = seen.mode
    return (
        at(seen.pitch_deg, 0.25),
        at(seen.lean_deg, 0.5),
        at(seen.shoulder, 0.01),
        *gaze,
        mode,
        at(seen.phase, 1e-3),
        seen.standing,
    )
