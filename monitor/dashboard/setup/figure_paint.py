"""Paints the figure: from the side with its gaze and the floor, or from the front for the shoulders."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from monitor.dashboard.setup.figure_poses import FOOT_M, HEAD_R, Point, Skeleton, Stance, skeleton
from monitor.dashboard.theme import Theme, font
from monitor.texts.speaking import say
from monitor.values import Site

LIMB_M = 0.085
TALL_M, BELOW_M = 1.78, 0.2
REACH_M, MARKS_REACH_M = 1.05, 2.4
"""How far ahead of the toes is shown: without and with marks on the floor."""
BEHIND_M = 0.55
EYE_DEG = 8.0
"""The eyes sit above the middle of the face."""


class Scene:
    """Where metres land in pixels: the body and what lies ahead of it, as large as the box allows."""

    def __init__(self, box: QRectF, reach_m: float = REACH_M) -> None:
        self.box, self.reach_m = box, reach_m
        self.scale = min(box.width() / (BEHIND_M + reach_m), box.height() / (TALL_M + BELOW_M))
        wide = self.scale * (BEHIND_M + reach_m)
        self.x0 = box.left() + (box.width() - wide) / 2 + BEHIND_M * self.scale
        self.y0 = box.bottom() - (box.height() - self.scale * (TALL_M + BELOW_M)) / 2 - (BELOW_M - 0.04) * self.scale

    def at(self, point: Point) -> QPointF:
        """Where a point of the scene is painted."""
        return QPointF(self.x0 + point[0] * self.scale, self.y0 - point[1] * self.scale)


class Figure(Scene):
    """Paints the figure into a scene."""

    def __init__(self, painter: QPainter, box: QRectF, theme: Theme, reach_m: float = REACH_M) -> None:
        super().__init__(box, reach_m)
        self.painter, self.theme = painter, theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def pen(self, colour: str, metres: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> None:
        """Paint round-ended lines of this width from now on."""
        pen = QPen(QColor(colour), max(1.0, metres * self.scale), style)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        self.painter.setPen(pen)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)

    def line(self, points: Sequence[Point]) -> None:
        """An open line through points."""
        self.painter.drawPolyline(QPolygonF([self.at(p) for p in points]))

    def dot(self, point: Point, radius_m: float, colour: str) -> None:
        """A filled disc."""
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(QColor(colour))
        r = radius_m * self.scale
        self.painter.drawEllipse(self.at(point), r, r)

    def arrow(self, start: Point, end: Point, colour: str, width_m: float = 0.03, dashed: bool = False) -> None:
        """An arrow with a filled head."""
        self.pen(colour, width_m, Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine)
        a, b = self.at(start), self.at(end)
        way = QPointF(b.x() - a.x(), b.y() - a.y())
        length = max(1.0, math.hypot(way.x(), way.y()))
        ux, uy, size = way.x() / length, way.y() / length, 0.1 * self.scale
        base = QPointF(b.x() - ux * size, b.y() - uy * size)
        self.painter.drawLine(a, base)
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(QColor(colour))
        half = 0.55 * size
        self.painter.drawPolygon(
            QPolygonF(
                [
                    b,
                    QPointF(base.x() - uy * half, base.y() + ux * half),
                    QPointF(base.x() + uy * half, base.y() - ux * half),
                ]
            )
        )

    def floor(self, marks: bool = False) -> None:
        """The ground, perhaps with marks at 4 and 7 ft."""
        self.pen(self.theme.dim, 0.012)
        self.line([(-BEHIND_M, -0.02), (self.reach_m, -0.02)])
        if marks:
            self.painter.setFont(font(round(0.12 * self.scale)))
            for feet in (4, 7):
                x = feet * FOOT_M
                self.pen(self.theme.trace, 0.03)
                self.line([(x - 0.1, -0.02), (x + 0.1, -0.02)])
                where = self.at((x, 0.0))
                side = 0.3 * self.scale
                words = QRectF(where.x() - side, where.y() + 0.05 * self.scale, 2 * side, 0.14 * self.scale)
                self.painter.setPen(QColor(self.theme.text))
                self.painter.drawText(words, Qt.AlignmentFlag.AlignCenter, say(f"{feet} ft"))

    # ---------------------------------------------------------------- from the side

    def side(self, s: Stance, worn: Sequence[Site] = (), *, gaze: bool = True) -> None:
        """The figure from the side, looking to the right; sensors where they are worn."""
        bones = skeleton(s)
        for i, colour in ((1, self.theme.dim), (0, self.theme.text)):
            self.pen(colour, LIMB_M)
            self.line(bones.legs[i])
            if i:
                self.pen(colour, 0.8 * LIMB_M)
                self.line(bones.arms[i])
        self.pen(self.theme.text, 1.9 * LIMB_M)
        chest = (bones.neck[0], bones.neck[1] - 0.07)
        self.line([chest, (bones.hip[0], bones.hip[1] + 0.02)])
        self.pen(self.theme.text, 0.8 * LIMB_M)
        self.line([bones.neck, bones.head])
        # The near arm is set off from the trunk by a rim in the ground's colour.
        self.pen(self.theme.panel, 0.8 * LIMB_M + 0.035)
        self.line(bones.arms[0])
        self.pen(self.theme.text, 0.8 * LIMB_M)
        self.line(bones.arms[0])
        self._face(bones)
        if gaze:
            self._gaze(bones, s.gaze_m)
        for site in worn:
            self.sensor(side_place(bones, site))

    def _face(self, bones: Skeleton) -> None:
        """A head with a cap; its brim and nose show where it points."""
        p, r = self.painter, HEAD_R * self.scale
        p.save()
        p.translate(self.at(bones.head))
        p.rotate(bones.face_deg)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(QColor(self.theme.text))
        p.drawEllipse(QPointF(0, 0), r, r)
        p.drawEllipse(QPointF(r, 0.2 * r), 0.2 * r, 0.17 * r)
        cap = QPainterPath()
        cap.moveTo(-1.08 * r, -0.2 * r)
        cap.arcTo(QRectF(-1.08 * r, -1.14 * r, 2.16 * r, 1.9 * r), 180, -180)
        cap.lineTo(1.95 * r, -0.14 * r)
        cap.lineTo(1.95 * r, 0.06 * r)
        cap.lineTo(0.6 * r, 0.06 * r)
        cap.closeSubpath()
        p.setPen(QPen(QColor(self.theme.panel), max(1.0, 0.1 * r)))
        p.setBrush(QColor(self.theme.trace))
        p.drawPath(cap)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(QColor(self.theme.panel))
        p.drawEllipse(QPointF(0.62 * r, 0.1 * r), 0.12 * r, 0.12 * r)
        p.restore()

    def _gaze(self, bones: Skeleton, gaze_m: float | None) -> None:
        a = math.radians(bones.face_deg)
        eye = (bones.head[0] + 2.2 * HEAD_R * math.cos(a), bones.head[1] - 2.2 * HEAD_R * math.sin(a) - 0.02)
        far = (self.reach_m - 0.03, eye[1] - 0.04) if gaze_m is None else (gaze_m, 0.02)
        self.arrow(eye, far, self.theme.trace, 0.022, dashed=True)

    def sensor(self, point: Point) -> None:
        """A sensor: a small box with a rim, in the colour of all signs that matter."""
        p, r = self.painter, 0.05 * self.scale
        where = self.at(point)
        p.setPen(QPen(QColor(self.theme.panel), max(1.0, 0.35 * r)))
        p.setBrush(QColor(self.theme.alert))
        p.drawRoundedRect(QRectF(where.x() - r, where.y() - 0.8 * r, 2 * r, 1.6 * r), 0.4 * r, 0.4 * r)

    # ---------------------------------------------------------------- from the front

    def front(self, s: Stance, worn: Sequence[Site] = ()) -> None:
        """The figure from the front, in the middle of the box: shoulders that rise, hands that shake."""
        middle = (self.reach_m - BEHIND_M) / 2
        lift = 0.1 * s.shrug

        def at(x: float, y: float) -> Point:
            return middle + x, y

        self.pen(self.theme.text, LIMB_M)
        for side in (-1, 1):
            self.line([at(0.09 * side, 0.88), at(0.11 * side, 0.46), at(0.11 * side, 0.04), at(0.17 * side, 0.02)])
        y = 1.36 + lift
        self.pen(self.theme.text, LIMB_M)
        self.painter.setBrush(QColor(self.theme.text))
        trunk = [at(-0.17, y), at(0.0, 1.38), at(0.17, y), at(0.09, 0.92), at(-0.09, 0.92)]
        self.painter.drawPolygon(QPolygonF([self.at(p) for p in trunk]))
        for side in (-1, 1):
            hand = at((0.3 + 0.05 * s.shake) * side, y - 0.52)
            self.pen(self.theme.panel, LIMB_M + 0.03)
            self.line([at(0.27 * side, y - 0.1), at(0.29 * side, y - 0.27), hand])
            self.pen(self.theme.text, LIMB_M)
            self.line([at(0.19 * side, y - 0.01), at(0.29 * side, y - 0.27), hand])
        self.pen(self.theme.text, 0.9 * LIMB_M)
        self.line([at(0, 1.36), at(0, 1.5)])
        self._front_face(at(0, 1.59))
        for side in (-1, 1):
            x = 0.45 * side
            if s.shrug > 0.02:
                self.arrow(at(x, 1.22), at(x, 1.5), self.theme.trace, 0.035)
            else:
                self.arrow(at(x, 1.5), at(x, 1.22), self.theme.trace, 0.035)
        places = {
            Site.HEAD: at(0.0, 1.69),
            Site.COLLAR: at(-0.2, 1.41 + lift),
            Site.RIGHT_SHOULDER: at(-0.2, 1.41 + lift),
            Site.LEFT_SHOULDER: at(0.2, 1.41 + lift),
        }
        for site in worn:
            if site in places:
                self.sensor(places[site])

    def _front_face(self, head: Point) -> None:
        p, r = self.painter, HEAD_R * self.scale
        p.save()
        p.translate(self.at(head))
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(QColor(self.theme.text))
        p.drawEllipse(QPointF(0, 0), 0.92 * r, r)
        cap = QPainterPath()
        cap.moveTo(-1.0 * r, -0.2 * r)
        cap.arcTo(QRectF(-1.0 * r, -1.14 * r, 2.0 * r, 1.9 * r), 180, -180)
        cap.closeSubpath()
        p.setPen(QPen(QColor(self.theme.panel), max(1.0, 0.1 * r)))
        p.setBrush(QColor(self.theme.trace))
        p.drawPath(cap)
        p.drawRoundedRect(QRectF(-0.75 * r, -0.32 * r, 1.5 * r, 0.24 * r), 0.1 * r, 0.1 * r)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(QColor(self.theme.panel))
        for x in (-0.33, 0.33):
            p.drawEllipse(QPointF(x * r, 0.14 * r), 0.12 * r, 0.12 * r)
        p.restore()


def side_place(bones: Skeleton, site: Site) -> Point:
    """Where a sensor is seen from the side."""
    a = math.radians(bones.face_deg)
    if site is Site.HEAD:
        back, up = -0.75 * HEAD_R, 0.8 * HEAD_R
        return (
            bones.head[0] + back * math.cos(a) + up * math.sin(a),
            bones.head[1] - back * math.sin(a) + up * math.cos(a),
        )
    if site is Site.BACK:
        return bones.neck[0] - 0.095, bones.neck[1] - 0.16
    return bones.neck[0] - 0.01, bones.neck[1] + 0.015
