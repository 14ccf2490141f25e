"""Paints the runner's body from a pose: every part is a ready outline, turned and scaled to its joint."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath

from monitor.dashboard import figure_parts as parts
from monitor.dashboard.figure_ground import Point
from monitor.dashboard.figure_inks import Inks
from monitor.dashboard.figure_pose import HEAD, Pose
from monitor.dashboard.figure_stride import Arm, Leg


def draw_body(painter: QPainter, pose: Pose, ink: Inks) -> None:
    """The whole runner, far side first."""
    draw = _Parts(painter, pose.unit, ink.gap)
    _arm(draw, pose.far_arm, ink.far, ink.far_shirt)
    _leg(draw, pose.far_leg, ink.far, ink.far_shorts, ink.far, ink.far_shorts)
    _leg(draw, pose.near_leg, ink.skin, ink.shorts, ink.shoe, ink.sole)
    draw.bone(parts.NECK_PART, pose.nape, pose.pivot, ink.skin)
    _yoke(painter, pose, ink)
    draw.part(parts.TORSO, pose.hip, pose.lean_deg, ink.shirt, seam=True)
    _head(painter, pose, ink)
    _arm(draw, pose.near_arm, ink.skin, ink.sleeve, seam=True)


class _Parts:
    """Paints outlines at joints."""

    def __init__(self, painter: QPainter, unit: float, gap: QColor) -> None:
        self._painter, self._scale, self._gap = painter, unit / parts.FINE, gap

    def part(self, part: parts.Part, at: Point, turn_deg: float, ink: QColor, *, seam: bool = False) -> None:
        p = self._painter
        p.save()
        p.translate(*at)
        p.rotate(turn_deg)
        p.scale(self._scale, self._scale)
        if seam:
            p.fillPath(part.seam, self._gap)
        p.fillPath(part.path, ink)
        p.restore()

    def bone(self, part: parts.Part, a: Point, b: Point, ink: QColor, *, seam: bool = False) -> None:
        """A limb from `a` towards `b`."""
        self.part(part, a, math.degrees(math.atan2(b[1] - a[1], b[0] - a[0])), ink, seam=seam)


def _leg(draw: _Parts, leg: Leg, skin: QColor, shorts: QColor, shoe: QColor, sole: QColor) -> None:
    draw.bone(parts.SHANK_PART, leg.knee, leg.ankle, skin, seam=True)
    draw.part(parts.SHOE, leg.ankle, leg.foot_deg, shoe, seam=True)
    draw.part(parts.SOLE, leg.ankle, leg.foot_deg, sole)
    draw.bone(parts.THIGH_PART, leg.hip, leg.knee, skin, seam=True)
    draw.bone(parts.SHANK_PART, leg.knee, leg.ankle, skin)
    draw.bone(parts.SHORTS, leg.hip, leg.knee, shorts)


def _arm(draw: _Parts, arm: Arm, skin: QColor, sleeve: QColor, *, seam: bool = False) -> None:
    draw.bone(parts.UPPER_ARM_PART, arm.shoulder, arm.elbow, skin, seam=seam)
    draw.bone(parts.FOREARM_PART, arm.elbow, arm.hand, skin, seam=seam)
    draw.bone(parts.UPPER_ARM_PART, arm.shoulder, arm.elbow, skin)
    way = math.degrees(math.atan2(arm.hand[1] - arm.elbow[1], arm.hand[0] - arm.elbow[0]))
    draw.part(parts.HAND, arm.hand, way - 20.0, skin)
    draw.bone(parts.SLEEVE, arm.shoulder, arm.elbow, sleeve, seam=seam)


def _yoke(painter: QPainter, pose: Pose, ink: Inks) -> None:
    """The muscle from neck to shoulder, under the shirt: it rises with the shoulder."""
    u, s, nape = pose.unit, pose.near_arm.shoulder, pose.nape
    path = QPainterPath(QPointF(pose.chest[0] - 0.066 * u, pose.chest[1] + 0.03 * u))
    path.cubicTo(
        nape[0] - 0.062 * u, s[1] - 0.010 * u, nape[0] - 0.050 * u, s[1] - 0.055 * u, s[0] + 0.004 * u, s[1] - 0.055 * u
    )
    path.cubicTo(
        s[0] + 0.036 * u,
        s[1] - 0.055 * u,
        s[0] + 0.056 * u,
        s[1] - 0.020 * u,
        s[0] + 0.060 * u,
        pose.chest[1] + 0.03 * u,
    )
    path.closeSubpath()
    painter.fillPath(path, ink.yoke)


def _head(painter: QPainter, pose: Pose, ink: Inks) -> None:
    p = painter
    p.save()
    p.translate(*pose.pivot)
    p.rotate(pose.head_deg)
    p.scale(HEAD * pose.unit / parts.FINE, HEAD * pose.unit / parts.FINE)
    p.fillPath(parts.FACE.seam, ink.gap)
    p.fillPath(parts.CAP.seam, ink.gap)
    p.fillPath(parts.VISOR.seam, ink.gap)
    p.fillPath(parts.FACE.path, ink.skin)
    p.fillPath(parts.HAIR.path, ink.hair)
    p.fillPath(parts.EAR_PART.seam, ink.hair)
    p.fillPath(parts.EAR_PART.path, ink.skin)
    p.fillPath(parts.CAP.path, ink.cap)
    p.fillPath(parts.VISOR.path, ink.visor)
    p.setPen(Qt.PenStyle.NoPen)
    p.setBrush(ink.eye)
    p.drawEllipse(parts.EYE_BOX)
    p.setBrush(ink.sensor)
    p.drawRoundedRect(parts.SENSOR_BOX, 0.06 * parts.FINE, 0.06 * parts.FINE)
    p.setBrush(ink.light)
    p.drawEllipse(parts.LIGHT_BOX)
    p.restore()
