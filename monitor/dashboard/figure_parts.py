"""The drawn runner's parts as filled outlines, each made once in its own frame and only turned and scaled later.

Limbs lie along +x from their joint, +y to the body's back when they hang down; trunk, head and shoe face +x with y up
the page negative, as Qt has it. Lengths below are in statures, of the head in head heights; the outlines are `FINE`
times larger.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPainterPathStroker, QTransform

from monitor.dashboard.figure_stride import FOREARM, SHANK, THIGH, UPPER_ARM

FINE = 1000.0
"""Qt cuts curves into pieces by the pixels of their own frame, so that frame is large."""
GAP, HEAD_GAP = 0.016, 0.07
"""Width of the seam around parts, in statures and in head heights."""


@dataclass(frozen=True, slots=True)
class Part:
    """A filled outline, and the same a little wider: painted first, in the panel's colour, it is the seam that parts
    a limb from what lies behind it."""

    path: QPainterPath
    seam: QPainterPath


def _part(path: QPainterPath, gap: float) -> Part:
    large = QTransform.fromScale(FINE, FINE).map(path)
    stroker = QPainterPathStroker()
    stroker.setWidth(gap * FINE)
    stroker.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    # Stroking anew on every frame costs ten times as much as filling.
    return Part(large, stroker.createStroke(large).united(large))


def _limb(length: float, r0: float, r1: float, back: float = 0.0, front: float = 0.0) -> Part:
    """A tapered limb with round ends; `back` and `front` swell its sides near the joint."""
    path = QPainterPath(QPointF(0.0, -r0))
    path.cubicTo(0.30 * length, -r0 - front, 0.55 * length, -r1 - front, length, -r1)
    path.arcTo(QRectF(length - r1, -r1, 2 * r1, 2 * r1), 90, -180)
    path.cubicTo(0.55 * length, r1 + back, 0.30 * length, r0 + back, 0.0, r0)
    path.arcTo(QRectF(-r0, -r0, 2 * r0, 2 * r0), 270, -180)
    path.closeSubpath()
    return _part(path, GAP)


def _outline(start: tuple[float, float], *curves: tuple[float, ...], gap: float = GAP) -> Part:
    """A closed outline of cubic (6 numbers) and straight (2 numbers) pieces."""
    path = QPainterPath(QPointF(*start))
    for piece in curves:
        if len(piece) == 6:
            path.cubicTo(*piece)
        else:
            path.lineTo(*piece)
    path.closeSubpath()
    path.setFillRule(Qt.FillRule.WindingFill)
    return _part(path, gap)


def _box(x: float, y: float, width: float, height: float) -> QRectF:
    return QRectF(x * FINE, y * FINE, width * FINE, height * FINE)


THIGH_PART = _limb(THIGH, 0.058, 0.039, back=0.004, front=0.010)
SHANK_PART = _limb(SHANK, 0.038, 0.020, back=0.022)
SHORTS = _limb(0.135, 0.067, 0.064, back=0.002, front=0.006)
UPPER_ARM_PART = _limb(UPPER_ARM, 0.036, 0.028, back=0.003, front=0.004)
SLEEVE = _limb(0.080, 0.045, 0.042)
FOREARM_PART = _limb(FOREARM, 0.028, 0.019, front=0.004)
HAND = _limb(0.026, 0.025, 0.022)
NECK_PART = _limb(0.090, 0.044, 0.036)

SHOE = _outline(
    (-0.046, 0.030),
    (-0.052, 0.005, -0.046, -0.022, -0.030, -0.026),
    (-0.010, -0.020, 0.012, -0.026, 0.022, -0.020),
    (0.045, 0.000, 0.088, 0.002, 0.104, 0.020),
    (0.110, 0.028, 0.108, 0.034, 0.100, 0.036),
    (-0.040, 0.036),
)
SOLE = _outline((-0.050, 0.026), (0.108, 0.026), (0.112, 0.034, 0.108, 0.041, 0.096, 0.041), (-0.038, 0.041))
TORSO = _outline(
    (-0.064, 0.040),
    (-0.064, -0.05, -0.050, -0.08, -0.056, -0.13),
    (-0.070, -0.19, -0.080, -0.23, -0.062, -0.275),
    (-0.052, -0.300, -0.034, -0.314, -0.012, -0.314),
    (0.020, -0.312, 0.036, -0.298, 0.048, -0.268),
    (0.078, -0.222, 0.074, -0.17, 0.064, -0.12),
    (0.058, -0.08, 0.062, -0.02, 0.064, 0.040),
    (0.03, 0.052, -0.03, 0.052, -0.064, 0.040),
)

FACE = _outline(
    (0.02, -0.58),
    (0.20, -0.57, 0.36, -0.46, 0.385, -0.27),
    (0.375, -0.22, 0.375, -0.20, 0.39, -0.165),
    (0.43, -0.09, 0.49, -0.03, 0.515, 0.015),
    (0.52, 0.045, 0.46, 0.06, 0.415, 0.062),
    (0.415, 0.085, 0.445, 0.105, 0.44, 0.13),
    (0.435, 0.145, 0.405, 0.15, 0.40, 0.16),
    (0.415, 0.175, 0.435, 0.19, 0.425, 0.215),
    (0.41, 0.235, 0.385, 0.245, 0.385, 0.265),
    (0.39, 0.29, 0.405, 0.32, 0.39, 0.365),
    (0.37, 0.42, 0.28, 0.43, 0.21, 0.40),
    (0.10, 0.35, 0.01, 0.31, -0.04, 0.20),
    (-0.14, 0.19, -0.28, 0.17, -0.35, 0.08),
    (-0.45, -0.05, -0.46, -0.25, -0.38, -0.38),
    (-0.29, -0.51, -0.13, -0.59, 0.02, -0.58),
    gap=HEAD_GAP,
)
HAIR = _outline(
    (-0.10, -0.22),
    (-0.12, -0.10, -0.14, 0.00, -0.16, 0.16),
    (-0.24, 0.17, -0.32, 0.13, -0.37, 0.06),
    (-0.45, -0.05, -0.46, -0.15, -0.45, -0.22),
    gap=HEAD_GAP,
)
EAR_PART = _outline(
    (-0.075, -0.10),
    (-0.12, -0.05, -0.12, 0.07, -0.065, 0.11),
    (-0.02, 0.13, 0.0, 0.07, 0.0, 0.03),
    (0.03, -0.03, 0.02, -0.11, -0.03, -0.125),
    gap=HEAD_GAP,
)
CAP = _outline(
    (-0.455, -0.16),
    (-0.48, -0.40, -0.27, -0.645, 0.02, -0.635),
    (0.25, -0.63, 0.41, -0.47, 0.425, -0.285),
    (0.30, -0.255, 0.10, -0.235, -0.06, -0.215),
    (-0.20, -0.195, -0.32, -0.15, -0.455, -0.16),
    gap=HEAD_GAP,
)
VISOR = _outline(
    (-0.455, -0.16),
    (-0.32, -0.15, -0.20, -0.195, -0.06, -0.215),
    (0.06, -0.235, 0.20, -0.25, 0.33, -0.235),
    (0.48, -0.225, 0.62, -0.215, 0.725, -0.18),
    (0.755, -0.175, 0.77, -0.205, 0.745, -0.225),
    (0.64, -0.295, 0.52, -0.335, 0.405, -0.355),
    (0.30, -0.325, 0.10, -0.305, -0.06, -0.285),
    (-0.20, -0.265, -0.32, -0.22, -0.462, -0.23),
    gap=HEAD_GAP,
)
"""The peak, and the cap's band in one with it."""
SENSOR_BOX = _box(-0.37, -0.50, 0.27, 0.21)
"""Where the sensor sits on the cap."""
LIGHT_BOX = _box(-0.285, -0.445, 0.10, 0.10)
EYE_BOX = _box(0.285, -0.165, 0.075, 0.075)
