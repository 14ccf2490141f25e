# ruff: noqa: N802  (Qt's own method names)
"""What is shown while a run is being worked out, and where that failed: a sentence, how far it is, and a way out."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from monitor.dashboard import theme as themes
from monitor.dashboard.theme import Theme, font
from monitor.dashboard.touch_bar import touch_height


class OpeningPage(QWidget):
    """A title, a sentence, a bar and one button."""

    def __init__(self, name: str, close: Callable[[], None], theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName("Opening the run")
        self.title, self.words = QLabel(f"Opening {name}"), QLabel("Reading the recording…")
        for label in (self.title, self.words):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setAccessibleName("How far it is")
        self.bar.setTextVisible(True)
        self.bar.setRange(0, 0)
        self.button = QPushButton("Close  Esc")
        self.button.setAccessibleName("Close")
        self.button.clicked.connect(close)
        column = QVBoxLayout(self)
        column.addStretch(2)
        for part in (self.title, self.words, self.bar):
            column.addWidget(part)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.button)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(3)
        self._column = column
        self.restyle(theme)

    def restyle(self, theme: Theme) -> None:
        """Use another theme."""
        self.setPalette(themes.palette(theme))
        self.setAutoFillBackground(True)
        self.setStyleSheet(
            f"QLabel {{ color: {theme.text}; }}"
            f"QProgressBar {{ color: {theme.text}; background: {theme.panel}; border: 1px solid {theme.dim};"
            f" border-radius: 6px; text-align: center; }}"
            f"QProgressBar::chunk {{ background: {theme.faint}; border-radius: 5px; }}"
            f"QPushButton {{ color: {theme.text}; background: {theme.panel}; border: 1px solid {theme.dim};"
            f" border-radius: 6px; padding: 4px 24px; }}"
            f"QPushButton:focus {{ border: 3px solid {theme.trace}; }}"
        )

    def show_progress(self, words: str, share: float | None) -> None:
        """How far it is, 0..1; None where that cannot be told."""
        if self.words.text() != words:
            self.words.setText(words)
            self.bar.setAccessibleDescription(words)
        if share is None:
            self.bar.setRange(0, 0)
        else:
            self.bar.setRange(0, 100)
            self.bar.setValue(round(100 * share))

    def show_trouble(self, sentence: str) -> None:
        """It failed, and why."""
        self.title.setText("This run cannot be shown")
        self.words.setText(sentence)
        self.setAccessibleDescription(sentence)
        self.bar.hide()
        self.button.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        px = max(13, round(0.03 * self.height()))
        self.title.setFont(font(round(1.4 * px), bold=True))
        self.words.setFont(font(px))
        self.bar.setFont(font(px))
        self.button.setFont(font(px))
        self.bar.setFixedHeight(2 * px)
        self.button.setMinimumHeight(touch_height(self.height()))
        self._column.setSpacing(px)
        side = round(0.15 * self.width())
        self._column.setContentsMargins(side, px, side, px)
        self._column.activate()
