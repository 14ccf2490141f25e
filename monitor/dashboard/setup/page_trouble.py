# ruff: noqa: N802  (Qt's own method names)
"""The page of everything that stands in the way: what it is, and what to try."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from monitor.dashboard import shapes
from monitor.dashboard.live_view import Shape
from monitor.dashboard.setup.facts import Problem
from monitor.dashboard.setup.page_base import Action, SetupPage, Words
from monitor.dashboard.setup.page_order import Page
from monitor.dashboard.setup.setup_model import SetupModel
from monitor.dashboard.theme import Theme
from monitor.texts.speaking import say

SHAPES = {
    Problem.NO_BLUETOOTH: Shape.BROKEN_LINK,
    Problem.NOTHING_FOUND: Shape.QUESTION,
    Problem.SENSOR_LOST: Shape.BROKEN_LINK,
}


class Sign(QWidget):
    """One of the signs of the live screen."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme, self.shape_ = theme, Shape.EXCLAMATION
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(60, 60)

    def show_shape(self, shape: Shape) -> None:
        """Another sign."""
        if shape is not self.shape_:
            self.shape_ = shape
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        side = 0.7 * min(self.width(), self.height())
        box = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        shapes.draw(painter, self.shape_, box, QColor(self.theme.attention))
        painter.end()


class TroublePage(SetupPage):
    """Enter tries again."""

    def __init__(self, model: SetupModel, theme: Theme) -> None:
        super().__init__(model, theme, "Something is missing")
        self.sign = Sign(theme)
        self.sentence = Words("", 1.6, bold=True)
        self.numbers = [Words(f"{i + 1}", 1.1, bold=True) for i in range(5)]
        self.remedies = [Words("", 1.1) for _ in range(5)]
        row, column = QHBoxLayout(self), QVBoxLayout()
        row.addWidget(self.sign, 3)
        row.addLayout(column, 10)
        column.addStretch(1)
        column.addWidget(self.sentence)
        grid = QGridLayout()
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 24)
        for i, (number, words) in enumerate(zip(self.numbers, self.remedies, strict=True)):
            number.setAlignment(Qt.AlignmentFlag.AlignTop)
            grid.addWidget(number, i, 0)
            grid.addWidget(words, i, 1)
        column.addLayout(grid)
        self.repeats = Words("", 1.1, bold=True)
        column.addWidget(self.repeats)
        column.addStretch(1)

    def refresh(self, now_s: float) -> None:  # noqa: ARG002
        trouble = self.model.trouble
        if trouble is None:
            return
        self.sign.show_shape(SHAPES.get(trouble.problem, Shape.EXCLAMATION))
        self.sentence.say(trouble.sentence)
        for i, (number, words) in enumerate(zip(self.numbers, self.remedies, strict=True)):
            words.say(trouble.remedies[i] if i < len(trouble.remedies) else "")
            number.setVisible(i < len(trouble.remedies))
        again_s = self.model.restarts_in_s
        self.repeats.say(f"Stay where you are: it begins again in {again_s:.0f} s." if math.isfinite(again_s) else "")
        self.setAccessibleDescription(" ".join(say(text) for text in (trouble.sentence, *trouble.remedies)))

    def title(self) -> str:
        return self.model.trouble.problem.value if self.model.trouble else ""

    def primary(self) -> str:
        if self.model.trouble is not None and self.model.trouble.problem is Problem.UNREADABLE:
            return "Calibrate again"
        lost = self.model.trouble is not None and self.model.trouble.problem is Problem.SENSOR_LOST
        return "Start the poses anew" if lost and self.model.guide is not None else "Try again"

    def others(self) -> Sequence[Action]:
        problem = self.model.trouble.problem if self.model.trouble else None
        if problem is Problem.NO_SOUND:
            return [Action("Go on &without sound", self.model.without_sound)]
        if self.model.behind is Page.CHECK:
            return [Action("&Run anyway", self.model.start_anyway), Action("Set &up again", self.model.anew)]
        if problem in (Problem.NO_BLUETOOTH, Problem.NOTHING_FOUND, Problem.UNREADABLE) and self.model.can_simulate:
            return [Action("Try a &SIMULATED runner", self.model.simulate)]
        return []

    def restyle(self, theme: Theme) -> None:
        super().restyle(theme)
        self.sign.theme = theme
