# ruff: noqa: N802  (Qt's own method names)
"""Large buttons along the bottom of the window, for a wet finger: marks, a rest of the cues, the other pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from monitor.dashboard.theme import Theme, font
from monitor.texts.speaking import say

TALL_PART = 0.108
"""Of the window's height: 65 px on the smallest usual screen, 1024 x 600, which is over 10 mm on its 10 inches."""
LEAST_PX, MOST_PX = 40, 120


@dataclass(frozen=True, slots=True)
class Touch:
    """One button: its words, the key that does the same, what it does, and the sentence a screen reader says."""

    words: str
    key: str
    action: Callable[[], None]
    spoken: str


def touch_height(window_px: int) -> int:
    """How tall a button is in a window of this height, pixels."""
    return max(LEAST_PX, min(round(TALL_PART * window_px), MOST_PX))


def touch_button(touch: Touch, parent: QWidget) -> QPushButton:
    """A button that takes all the room it is given."""
    button = QPushButton(_text(touch.words, touch.key), parent)
    button.setAccessibleName(say(touch.words))
    button.setAccessibleDescription(say(f"{touch.spoken} Key {touch.key}." if touch.key else touch.spoken))
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
    button.setMinimumSize(1, 1)
    # A click leaves the keys with the window: the next key press is the runner's, not the button's.
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(partial(_clicked, touch.action))
    return button


def reword(button: QPushButton, words: str, key: str) -> None:
    """Other words on a button."""
    if button.text() != _text(words, key):
        button.setText(_text(words, key))
        button.setAccessibleName(say(words))


def fit_words(buttons: Sequence[QPushButton], most_px: int, room: QSize) -> None:
    """One size of letters for all, as large as the longest line lets it be in a button of this size."""
    px = most_px
    texts = [button.text().split("\n") for button in buttons]
    while px > 10:
        metrics = QFontMetricsF(font(px, bold=True))
        wide = max((metrics.horizontalAdvance(line) for lines in texts for line in lines), default=0)
        tall = max((metrics.height() * len(lines) for lines in texts), default=0)
        if wide <= room.width() - 12 and tall <= room.height() - 4:
            break
        px -= 1
    for button in buttons:
        button.setFont(font(px, bold=True))


def style(theme: Theme) -> str:
    """How such buttons look."""
    return (
        f"QPushButton {{ color: {theme.text}; background: {theme.panel}; border: 1px solid {theme.dim};"
        f" border-radius: 6px; }}"
        f"QPushButton:pressed {{ background: {theme.background}; }}"
        f"QPushButton:focus {{ border: 3px solid {theme.trace}; }}"
        f"QPushButton:disabled {{ color: {theme.dim}; border-color: {theme.edge}; }}"
    )


class TouchBar(QWidget):
    """Buttons of equal width, each with its key below the words."""

    def __init__(self, touches: Sequence[Touch], theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName(say("Buttons"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.buttons: list[QPushButton] = []
        for touch in touches:
            button = touch_button(touch, self)
            row.addWidget(button, 1)
            self.buttons.append(button)
        self.restyle(theme)

    def name(self, index: int, words: str, key: str) -> None:
        """Other words on a button."""
        reword(self.buttons[index], words, key)
        self._fit()

    def offer(self, index: int, offered: bool) -> None:
        """Show a button, or leave it out."""
        if self.buttons[index].isHidden() is offered:
            self.buttons[index].setVisible(offered)
            self._fit()

    def restyle(self, theme: Theme) -> None:
        """Use another theme."""
        self.setStyleSheet(style(theme))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        shown = [button for button in self.buttons if not button.isHidden()]
        width = (self.width() - 6 * (len(shown) - 1)) / max(1, len(shown))
        fit_words(self.buttons, round(0.32 * self.height()), QSize(int(width), self.height()))


def _text(words: str, key: str) -> str:
    return f"{say(words)}\n{say(key)}" if key else say(words)


def _clicked(action: Callable[[], None], _checked: bool = False) -> None:
    """Qt tells whether a button is checked; these never are."""
    action()
