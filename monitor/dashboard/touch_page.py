# ruff: noqa: N802  (Qt's own method names)
"""A page of large buttons, for fingers and keys: all that keys do, or the drills to choose from."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from monitor.dashboard.theme import Theme, font
from monitor.dashboard.touch_bar import Touch, fit_words, reword, style, touch_button
from monitor.texts.speaking import say

GAP = 6


class TouchPage(QWidget):
    """A title and a grid of buttons of equal size. Arrow keys go from one to the next, Enter presses."""

    def __init__(self, title: str, touches: Sequence[Touch], theme: Theme, *, columns: int) -> None:
        super().__init__()
        self.setAccessibleName(say(title))
        self._columns = columns
        self.title = QLabel(say(title), self)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.touches = tuple(touches)
        self.buttons: list[QPushButton] = [touch_button(touch, self) for touch in touches]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.title)
        self._grid = QGridLayout()
        self._grid.setSpacing(GAP)
        column.addLayout(self._grid, 1)
        self._arrange()
        self.restyle(theme)

    @property
    def rows(self) -> int:
        """Rows of buttons."""
        shown = sum(not button.isHidden() for button in self.buttons)
        return max(1, math.ceil(shown / self._columns))

    def press(self, key: str) -> bool:
        """Do what the button with this key does; False where there is none."""
        for touch, button in zip(self.touches, self.buttons, strict=True):
            if touch.key == key and not button.isHidden():
                touch.action()
                return True
        return False

    def name(self, key: str, words: str) -> None:
        """Other words on the button of this key."""
        for touch, button in zip(self.touches, self.buttons, strict=True):
            if touch.key == key:
                reword(button, words, key)
        self._fit()

    def offer(self, keys: str, offered: bool) -> None:
        """Show the buttons of these keys, or leave them out."""
        found = [b for touch, b in zip(self.touches, self.buttons, strict=True) if touch.key in keys]
        if any(button.isHidden() is offered for button in found):
            for button in found:
                button.setVisible(offered)
            self._arrange()

    def begin(self) -> None:
        """The page has come up: the keys are with its first button."""
        self.buttons[0].setFocus()

    def restyle(self, theme: Theme) -> None:
        """Use another theme."""
        self.setStyleSheet(f"QLabel {{ color: {theme.dim}; }} {style(theme)}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _arrange(self) -> None:
        shown = [button for button in self.buttons if not button.isHidden()]
        for button in self.buttons:
            self._grid.removeWidget(button)
        for row in range(self._grid.rowCount()):
            self._grid.setRowStretch(row, 0)
        for place, button in enumerate(shown):
            self._grid.addWidget(button, place // self._columns, place % self._columns)
        for row in range(self.rows):
            self._grid.setRowStretch(row, 1)
        for column in range(self._columns):
            self._grid.setColumnStretch(column, 1)
        self._fit()

    def _fit(self) -> None:
        """Letters for title and buttons."""
        title_px = max(11, round(0.045 * self.height()))
        self.title.setFont(font(title_px, bold=True))
        room = self.height() - self.title.sizeHint().height() - GAP
        width = (self.width() - GAP * (self._columns - 1)) // self._columns
        height = (room - GAP * (self.rows - 1)) // self.rows
        fit_words(self.buttons, round(0.26 * height), QSize(width, height))
