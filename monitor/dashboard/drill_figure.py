"""The figure of the set-up doing a drill: from the side what goes forward and back, from behind what goes to a side.

From behind, the figure's right is the reader's right.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from monitor.dashboard.fitting import Text
from monitor.dashboard.setup.figure_paint import LIMB_M, Figure
from monitor.dashboard.setup.figure_poses import HEAD_R, Point, Skeleton, Stance, depth, skeleton
from monitor.dashboard.theme import Theme
from monitor.dashboard.tiles import CENTRE, Tile
from monitor.drills.catalogue import DrillKind
from monitor.drills.progress import Side
from monitor.values import Site

HANG_DEG, EAR_DEG, FOLD_DEG, CIRCLE_DEG = 52.0, 34.0, 82.0, 26.0
SLIDE_M = 0.06
CIRCLE_S = 4.0
NECK_Y = 1.40
"""Where the neck bends, seen from behind."""
CLOSE_M = (0.98, 1.86)
"""Lower and upper edge of what is shown when only head and shoulders matter."""
FROM_BEHIND = frozenset({DrillKind.EAR_LEFT, DrillKind.EAR_RIGHT, DrillKind.HEAD_CIRCLES, DrillKind.WRISTS})
WORDS = {
    None: "A runner stands tall and looks far ahead.",
    DrillKind.HEAD_CIRCLES: "A runner seen from behind circles the head slowly.",
    DrillKind.HEAD_HANG: "A runner seen from the side lets the chin sink to the chest.",
    DrillKind.EAR_RIGHT: "A runner seen from behind lets the right ear sink to the right shoulder.",
    DrillKind.EAR_LEFT: "A runner seen from behind lets the left ear sink to the left shoulder.",
    DrillKind.THORACIC: "A runner folds at the hips, hands on a wall, and lets the chest sink between the arms.",
    DrillKind.RAMPING: "A runner seen from the side slides the chin straight back, the head level.",
    DrillKind.WRISTS: "A runner seen from behind lets the arms hang and shakes the wrists.",
}
"""The pictures for those who cannot see them."""


class DrillFigure(Figure):
    """Paints a drill's pose into a box. `part` 0..1: how far into it; `roll_deg`: right ear down positive."""

    def __init__(self, painter: QPainter, box: QRectF, theme: Theme, reach_m: float) -> None:
        super().__init__(painter, box, theme, reach_m)
        self.roll_deg = 0.0

    def come_close(self) -> None:
        """Show head and shoulders only, from behind: what moves there is small on a whole body."""
        low, high = CLOSE_M
        self.scale = min(self.box.height() / (high - low), self.box.width() / 1.1)
        middle = (self.reach_m - 0.55) / 2
        self.x0 = self.box.center().x() - middle * self.scale
        self.y0 = self.box.center().y() + (low + high) / 2 * self.scale

    def hang(self, part: float) -> None:
        """Chin to the chest."""
        self.body(skeleton(Stance(head_deg=HANG_DEG * part)))

    def slide(self, part: float) -> None:
        """Chin straight back."""
        bones = skeleton(Stance())
        start = (bones.head[0] + 0.06, bones.head[1])
        self.body(replace(bones, head=(start[0] - SLIDE_M * 1.6 * part, start[1])))
        y = bones.head[1] - 0.02
        self.arrow((0.62, y), (0.3, y), self.theme.trace, 0.03)

    def fold(self, part: float) -> None:
        """Hands on a wall, folded at the hips."""
        bones = skeleton(Stance(lean_deg=FOLD_DEG * part))
        shoulder = bones.arms[0][0]
        wall = 1.02
        hand = (wall - 0.03, shoulder[1] + 0.12)
        elbow = ((shoulder[0] + hand[0]) / 2, (shoulder[1] + hand[1]) / 2 - 0.05)
        arm = (shoulder, elbow, hand)
        self.pen(self.theme.dim, 0.03)
        self.line([(wall, 0.0), (wall, 1.7)])
        self.body(replace(bones, arms=(arm, arm)))

    def body(self, bones: Skeleton) -> None:
        """A body from the side, as the set-up's, with any joints."""
        for leg, colour in ((bones.legs[1], self.theme.dim), (bones.legs[0], self.theme.text)):
            self.pen(colour, LIMB_M)
            self.line(leg)
        self.pen(self.theme.text, 1.9 * LIMB_M)
        chest = (bones.neck[0] * 0.88, bones.hip[1] + 0.88 * (bones.neck[1] - bones.hip[1]))
        self.line([chest, (bones.hip[0], bones.hip[1])])
        self.pen(self.theme.text, 0.8 * LIMB_M)
        self.line([bones.neck, bones.head])
        for colour, width in ((self.theme.panel, 0.8 * LIMB_M + 0.035), (self.theme.text, 0.8 * LIMB_M)):
            self.pen(colour, width)
            self.line(bones.arms[0])
        self._face(bones)

    def behind(self, s: Stance, roll_deg: float, worn: Sequence[Site] = ()) -> None:
        """The figure from behind, the head tilted to a side."""
        self.roll_deg = roll_deg
        self.front(s, worn)

    def way_round(self, side: Side) -> None:
        """The way the head goes round, as a ring about it with an arrow's head."""
        middle, y = (self.reach_m - 0.55) / 2, 1.76
        way = -1.0 if side is Side.LEFT else 1.0
        # The far half of a flat ring: there the chin goes towards the ear that comes next.
        ring = [(middle + way * 0.24 * math.sin(a), y + 0.07 * math.cos(a)) for a in np.linspace(-1.2, 1.2, 15)]
        self.pen(self.theme.trace, 0.025)
        self.line(ring[:-1])
        (ax, ay), (bx, by) = ring[-3], ring[-1]
        self.arrow((ax, ay), (bx + (bx - ax), by + (by - ay)), self.theme.trace, 0.025)

    def _front_face(self, head: Point) -> None:
        """The back of the head, tilted about the neck; the name is the set-up's, which draws the front here."""
        p, r = self.painter, HEAD_R * self.scale
        pivot, top = self.at((head[0], NECK_Y)), self.at(head)
        p.save()
        p.translate(pivot)
        p.rotate(self.roll_deg)
        p.translate(QPointF(0.0, top.y() - pivot.y()))
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(QColor(self.theme.text))
        p.drawRoundedRect(QRectF(-0.32 * r, 0.4 * r, 0.64 * r, 1.2 * r), 0.2 * r, 0.2 * r)
        p.drawEllipse(QPointF(0, 0), 0.92 * r, r)
        for side in (-1, 1):
            p.drawEllipse(QPointF(0.95 * side * r, 0.12 * r), 0.16 * r, 0.26 * r)
        cap = QPainterPath()
        cap.moveTo(-1.0 * r, -0.1 * r)
        cap.arcTo(QRectF(-1.0 * r, -1.14 * r, 2.0 * r, 2.08 * r), 180, -180)
        cap.closeSubpath()
        p.setPen(QPen(QColor(self.theme.panel), max(1.0, 0.1 * r)))
        p.setBrush(QColor(self.theme.trace))
        p.drawPath(cap)
        p.restore()


class DrillFigureTile(Tile):
    """The figure moving into the drill's pose over and over, or in it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("What to do, as a picture", theme)
        self.kind: DrillKind | None = None
        self.side = Side.NONE
        self.at_s: float | None = None

    def show_drill(self, kind: DrillKind | None, side: Side, at_s: float | None) -> None:
        """What to show. `at_s`: seconds into the demonstration, None = the pose itself, unmoving."""
        self.kind, self.side, self.at_s = kind, side, at_s
        self.put(WORDS[kind], kind, side, at_s)

    def _box(self) -> QRectF:
        pad = 0.03 * min(self.width(), self.height())
        return QRectF(self.rect()).adjusted(pad, pad, -pad, -pad - 0.09 * self.height())

    def decorate(self, painter: QPainter) -> None:
        painter.setClipRect(self._box())
        figure = DrillFigure(painter, self._box(), self.theme, 1.05)
        part = 1.0 if self.at_s is None else depth(self.at_s)
        turn = 0.0 if self.at_s is None else math.tau * self.at_s
        match self.kind:
            case DrillKind.HEAD_HANG:
                figure.floor()
                figure.hang(part)
            case DrillKind.THORACIC:
                figure.floor()
                figure.fold(part)
            case DrillKind.RAMPING:
                figure.floor()
                figure.slide(part)
            case DrillKind.EAR_RIGHT | DrillKind.EAR_LEFT:
                figure.come_close()
                figure.behind(Stance(), EAR_DEG * part * (1.0 if self.kind is DrillKind.EAR_RIGHT else -1.0))
            case DrillKind.HEAD_CIRCLES:
                figure.come_close()
                way = -1.0 if self.side is Side.LEFT else 1.0
                figure.behind(
                    Stance(), CIRCLE_DEG * way * (math.sin(turn / CIRCLE_S) if self.at_s is not None else 1.0)
                )
                figure.way_round(self.side)
            case DrillKind.WRISTS:
                figure.floor()
                figure.behind(Stance(shake=math.sin(3 * turn)), 0.0)
            case _:
                figure.floor()
                figure.side(Stance())
        painter.setClipping(False)

    def texts(self) -> list[Text]:
        words = "seen from behind: right is right" if self.kind in FROM_BEHIND else "seen from the side"
        h = self.height()
        return [Text(QRectF(6, 0.89 * h, self.width() - 12, 0.1 * h), words, 0.055 * h, self.theme.dim, align=CENTRE)]
