# ruff: noqa: N802  (Qt's own method names)
"""Large buttons along the bottom of the window, for a wet finger: marks, a rest of the cues, the other page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from monitor.dashboard.theme import Theme, font


@dataclass(frozen=True, slots=True)
class Touch:
    """One button: its words, the key that does the same, what it does, and the sentence a screen reader says."""

    words: str
    key: str
    action: Callable[[], None]
    spoken: str


class TouchBar(QWidget):
    """Buttons of equal width, each with its key in small beside the words."""

    def __init__(self, touches: Sequence[Touch], theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName("Buttons")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.buttons: list[QPushButton] = []
        for touch in touches:
            button = QPushButton(f"{touch.words}  ({touch.key})", self)
            button.setAccessibleName(touch.words)
            button.setAccessibleDescription(f"{touch.spoken} Key {touch.key}.")
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
            button.setMinimumSize(1, 1)
            # A click leaves the keys with the window: the next key press is the runner's, not the button's.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(partial(_clicked, touch.action))
            row.addWidget(button, 1)
            self.buttons.append(button)
        self.restyle(theme)

    def name(self, index: int, words: str, key: str) -> None:
        """Other words on a button."""
        text = f"{words}  ({key})"
        if self.buttons[index].text() != text:
            self.buttons[index].setText(text)
            self.buttons[index].setAccessibleName(words)

    def restyle(self, theme: Theme) -> None:
        """Use another theme."""
        self.setStyleSheet(
            f"QPushButton {{ color: {theme.text}; background: {theme.panel}; border: 1px solid {theme.dim};"
            f" border-radius: 6px; }}"
            f"QPushButton:pressed {{ background: {theme.background}; }}"
            f"QPushButton:focus {{ border: 3px solid {theme.trace}; }}"
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = self.width() / max(1, len(self.buttons))
        px = max(10, min(round(0.36 * self.height()), round(width / 9)))
        for button in self.buttons:
            button.setFont(font(px, bold=True))


def _clicked(action: Callable[[], None], _checked: bool = False) -> None:
    """Qt tells whether a button is checked; these never are."""
    action()
