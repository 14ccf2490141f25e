# ruff: noqa: N802  (Qt's own method names)
"""The page of a drill: the pose as a picture, the words, the count-down, and whether the sensors see it held."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from monitor.dashboard import shapes
from monitor.dashboard.drill_figure import DrillFigureTile
from monitor.dashboard.drill_view import DrillState, DrillView
from monitor.dashboard.fitting import Text
from monitor.dashboard.live_view import Severity
from monitor.dashboard.setup.page_base import Words
from monitor.dashboard.theme import Theme
from monitor.dashboard.tiles import RIGHT, Tile
from monitor.dashboard.touch_bar import Touch, fit_words, reword, style, touch_button, touch_height
from monitor.texts.speaking import say

GAP = 6
EMPTY = DrillView("", DrillState.STAND, "")


class CountTile(Tile):
    """How much is left, in figures to read from afar; the state in word and shape; the part that is done as a bar."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("Count-down", theme)
        self.view = EMPTY

    def show_drill(self, view: DrillView) -> None:
        """Show this moment."""
        self.view = view
        spoken = ". ".join(part for part in (view.state.word, f"{view.left} {view.unit}".strip(), view.seen) if part)
        self.put(spoken, view.state, view.left, view.unit, view.seen, view.part)

    def _ink(self) -> str:
        return self.theme.severity(self.view.state.severity).name()

    def _sign(self) -> QRectF:
        w, h = self.width(), self.height()
        size = min(0.34 * h, 0.12 * w)
        left = 0.42 * w if self.view.left else 0.04 * w
        return QRectF(left, 0.10 * h + (0.36 * h - size) / 2, size, size)

    def decorate(self, painter: QPainter) -> None:
        w, h = self.width(), self.height()
        shapes.draw(painter, self.view.state.shape, self._sign(), QColor(self._ink()))
        if not self.view.over and self.view.kind is not None:
            bar = QRectF(0.03 * w, 0.90 * h, 0.94 * w, 0.055 * h)
            painter.fillRect(bar, QColor(self.theme.edge))
            held = self.view.state.severity is Severity.GOOD
            bar.setWidth(bar.width() * self.view.part)
            painter.fillRect(bar, QColor(self.theme.good if held else self.theme.trace))

    def texts(self) -> list[Text]:
        w, h, v, t = self.width(), self.height(), self.view, self.theme
        sign = self._sign()
        left = sign.right() + 0.02 * w
        word = QRectF(left, 0.06 * h, 0.97 * w - left, 0.44 * h)
        items = [Text(word, v.state.word, 0.30 * h, self._ink(), bold=True)]
        if v.left:
            items.append(Text(QRectF(0.03 * w, 0.02 * h, 0.34 * w, 0.66 * h), v.left, 0.62 * h, t.text, bold=True))
            items.append(Text(QRectF(0.03 * w, 0.68 * h, 0.34 * w, 0.18 * h), v.unit, 0.14 * h, t.dim))
        if v.seen:
            seen = QRectF(0.42 * w, 0.54 * h, 0.55 * w, 0.32 * h)
            items.append(Text(seen, v.seen, 0.22 * h, t.text, bold=True))
        return items


class TitleTile(Tile):
    """The drill's name, and which of how many it is."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("Drill", theme)
        self.title, self.place = "", ""

    def show_title(self, title: str, place: str) -> None:
        """Both texts; `place` may be ''."""
        self.title, self.place = title, place
        self.put(f"{title}. {place}" if place else title, title, place)

    def fill(self) -> QColor:
        return QColor(self.theme.background)

    def decorate(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), self.fill())

    def texts(self) -> list[Text]:
        w, h = self.width(), self.height()
        share = 0.70 if self.place else 1.0
        items = [Text(QRectF(2, 0, share * w - 4, h), self.title, 0.78 * h, self.theme.text, bold=True)]
        if self.place:
            items.append(Text(QRectF(0.72 * w, 0, 0.28 * w - 4, h), self.place, 0.5 * h, self.theme.dim, align=RIGHT))
        return items


class DrillPage(QWidget):
    """Shows a drill; `skip` and `stop` are its two buttons, and once it is over, `back`."""

    def __init__(
        self,
        theme: Theme,
        skip: Callable[[], None],
        stop: Callable[[], None],
        back: Callable[[], None],
        *,
        reduced_motion: bool = False,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__()
        self.setAccessibleName(say("Drill"))
        self._stop, self._back = stop, back
        self._still, self._clock = reduced_motion, clock
        self._since_s = clock()
        self.view = EMPTY
        self.title, self.figure, self.count = TitleTile(theme), DrillFigureTile(theme), CountTile(theme)
        self.say, self.hint = Words(size=1.15), Words(size=1.15, bold=True)
        self.unchecked, self.results = Words(size=0.85, dim=True), Words(size=1.0)
        self.skip_button = touch_button(Touch("Skip", "K", skip, "Leaves this drill for the next."), self)
        self.stop_button = touch_button(Touch("Stop", "Esc", self._end, "Ends the drill; what was held counts."), self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * GAP)
        row.addWidget(self.figure, 40)
        column = QVBoxLayout()
        column.setSpacing(GAP)
        column.addWidget(self.title, 12)
        for words in (self.say, self.hint):
            column.addWidget(words)
        column.addWidget(self.count, 42)
        for words in (self.unchecked, self.results):
            column.addWidget(words)
        column.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP)
        buttons.addWidget(self.skip_button, 1)
        buttons.addWidget(self.stop_button, 1)
        column.addLayout(buttons)
        row.addLayout(column, 60)
        self.restyle(theme)

    def show_view(self, view: DrillView) -> None:
        """Show this moment of the drill."""
        now_s = self._clock()
        if view.kind is not self.view.kind:
            self._since_s = now_s
        self.view = view
        place = f"{view.number} of {view.drills}" if view.number and view.drills > 1 else ""
        self.title.show_title(view.title, place)
        self.figure.show_drill(view.kind, view.side, None if self._still else round(now_s - self._since_s, 2))
        self.say.say(view.say)
        self.hint.say(view.hint)
        self.count.show_drill(view)
        self.unchecked.say("" if view.over else view.unchecked)
        self.results.say("\n".join(view.results) if view.over else "")
        self.skip_button.setVisible(not view.over)
        reword(self.stop_button, "Back to the run" if view.over else "Stop", "Esc")

    def _end(self) -> None:
        """The second button stops, and once it is over goes back."""
        self._back() if self.view.over else self._stop()

    def restyle(self, theme: Theme) -> None:
        """Use another theme."""
        dim, text = theme.dim, theme.text
        self.setStyleSheet(f"QLabel {{ color: {text}; }} QLabel[dim=true] {{ color: {dim}; }} {style(theme)}")
        for tile in (self.title, self.figure, self.count):
            tile.restyle(theme)

    def rescale(self, window_width: int, window_height: int) -> None:
        """Fit letters and buttons to a window of this size in pixels."""
        px = max(11.0, min(0.033 * window_height, 0.0195 * window_width))
        for words in (self.say, self.hint, self.unchecked, self.results):
            words.rescale(px)
        height = touch_height(window_height)
        for button in (self.skip_button, self.stop_button):
            button.setFixedHeight(height)
        fit_words((self.skip_button, self.stop_button), round(0.32 * height), QSize(self.width() // 4, height))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        window = self.window()
        self.rescale(window.width(), window.height())
