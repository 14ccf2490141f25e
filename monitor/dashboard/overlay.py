"""A card over the window: the list of keys, or the question before a recording ends. Never blocks the run."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from monitor.dashboard.theme import Theme, font
from monitor.dashboard.touch_bar import touch_height
from monitor.texts.speaking import say

LEAST_PX = 11


class Overlay(QFrame):
    """A centred card with a title, plain text and buttons; `place` fits it to the window."""

    def __init__(
        self, parent: QWidget, title: str, text: str, buttons: tuple[tuple[str, Callable[[], None]], ...]
    ) -> None:
        super().__init__(parent)
        self._window = parent
        self.setObjectName("overlay")
        self.setAccessibleName(say(title))
        self.title, self.text = QLabel(say(title), self), QLabel(say(text), self)
        for label in (self.title, self.text):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self.buttons = [QPushButton(say(words), self) for words, _ in buttons]
        column = QVBoxLayout(self)
        column.addWidget(self.title)
        column.addWidget(self.text)
        row = QHBoxLayout()
        for button, (words, action) in zip(self.buttons, buttons, strict=True):
            button.setAccessibleName(say(words))
            button.clicked.connect(action)
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        self.hide()

    def restyle(self, theme: Theme) -> None:
        """Use another theme."""
        self.setStyleSheet(
            f"#overlay {{ background: {theme.panel}; border: 2px solid {theme.trace}; border-radius: 10px; }}"
            f"QLabel {{ color: {theme.text}; }}"
            f"QPushButton {{ color: {theme.text}; background: {theme.background};"
            f" border: 1px solid {theme.dim}; border-radius: 6px; padding: 6px 14px; }}"
            f"QPushButton:focus {{ border: 2px solid {theme.trace}; }}"
        )

    def place(self) -> None:
        """Size the letters from the window's height, smaller where the card would not fit, and centre it."""
        window = self._window
        px = max(12, min(round(window.height() * 0.034), round(window.width() * 0.02)))
        self._set_letters(px)
        while px > LEAST_PX and (self.height() > window.height() or self.width() > window.width()):
            px -= 1
            self._set_letters(px)
        self.move((window.width() - self.width()) // 2, (window.height() - self.height()) // 2)

    def _set_letters(self, px: int) -> None:
        self.title.setFont(font(round(1.4 * px), bold=True))
        self.text.setFont(font(px))
        for button in self.buttons:
            button.setFont(font(px))
            button.setMinimumHeight(touch_height(self._window.height()))
        column = self.layout()
        if column is not None:
            column.setContentsMargins(2 * px, px, 2 * px, px)
            column.setSpacing(px)
            column.activate()
        self.adjustSize()

    def open(self) -> None:
        """Show the card with its first button ready."""
        self.place()
        self.show()
        self.raise_()
        if self.buttons:
            self.buttons[0].setFocus()
