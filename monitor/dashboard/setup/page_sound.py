"""The sound test: was it heard, and if not, where else to play."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QVBoxLayout

from monitor.dashboard.setup.page_base import Action, SetupPage, Words
from monitor.dashboard.setup.result_words import plain
from monitor.dashboard.setup.setup_model import SetupModel
from monitor.dashboard.theme import Theme, font
from monitor.dashboard.tiles import Tile
from monitor.texts.speaking import say

OWN_CHOICE = "The computer's own choice"


class DeviceList(QListWidget):
    """The outputs; Space plays on the current one. Enter and Esc are the window's."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's own name)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            event.ignore()
        elif event.key() == Qt.Key.Key_Space and self.currentItem() is not None:
            self.itemClicked.emit(self.currentItem())
        else:
            super().keyPressEvent(event)


class LoudspeakerTile(Tile):
    """A loudspeaker, crossed out where nothing plays."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("Sound", theme)
        self.working = False

    def show_working(self, working: bool) -> None:
        """Whether there is an output."""
        self.working = working
        self.put("Sound works." if working else "No sound.", working)

    def decorate(self, painter: QPainter) -> None:
        s = min(self.width(), self.height()) / 2.4
        painter.translate(self.width() / 2 - 0.35 * s, self.height() / 2)
        body = [(-0.55, -0.22), (-0.25, -0.22), (0.1, -0.55), (0.1, 0.55), (-0.25, 0.22), (-0.55, 0.22)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.text))
        painter.drawPolygon(QPolygonF([QPointF(x * s, y * s) for x, y in body]))
        pen = QPen(QColor(self.theme.trace if self.working else self.theme.attention), 0.09 * s)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.working:
            for r in (0.3, 0.55, 0.8):
                painter.drawArc(QRectF((0.15 - r) * s, -r * s, 2 * r * s, 2 * r * s), -40 * 16, 80 * 16)
        else:
            painter.drawLine(QPointF(0.35 * s, -0.25 * s), QPointF(0.85 * s, 0.25 * s))
            painter.drawLine(QPointF(0.35 * s, 0.25 * s), QPointF(0.85 * s, -0.25 * s))
        painter.resetTransform()


class SoundPage(SetupPage):
    """Enter: I heard it. N: no."""

    def __init__(self, model: SetupModel, theme: Theme) -> None:
        super().__init__(model, theme, "Sound test")
        self.ask = Words("", 1.9, bold=True)
        self.what = Words("", 1.1)
        self.where = Words(dim=True)
        self.list = DeviceList()
        self.list.setAccessibleName(say("Sound outputs"))
        self.list.setObjectName("outputs")
        self.list.itemClicked.connect(lambda item: self.model.sound.choose(self._names[self.list.row(item)]))
        self._names: tuple[str, ...] = ()
        self.picture = LoudspeakerTile(theme)
        row, column = QHBoxLayout(self), QVBoxLayout()
        row.addLayout(column, 11)
        row.addWidget(self.picture, 8)
        column.addStretch(1)
        for words in (self.ask, self.what, self.where):
            column.addWidget(words)
        column.addWidget(self.list, 6)
        column.addStretch(1)
        self._listed = False

    def refresh(self, now_s: float) -> None:  # noqa: ARG002
        sound = self.model.sound
        choosing = sound.choosing
        if sound.view.opening:
            self.ask.say("One moment ...")
        else:
            self.ask.say("Where should it play?" if choosing else "Did you hear it?")
        if choosing:
            self.what.say("Up, Down, then Space to play it there. Turn the volume up, too.")
        else:
            self.what.say("A rising tone and a sentence: so it sounds when your head stays down.")
        self.where.say(plain(sound.view.sentence))
        self.list.setVisible(choosing)
        self.picture.show_working(sound.view.working)
        names = ("", *sound.view.devices)
        if names != self._names:
            self._names = names
            self.list.clear()
            self.list.addItems([say(OWN_CHOICE), *(plain(name, 80) for name in names[1:])])
            if sound.view.device in names:
                self.list.setCurrentRow(names.index(sound.view.device))
        if choosing and not self._listed:
            self.list.setFocus()
        self._listed = choosing

    def primary(self) -> str:
        return "I heard it" if self.model.sound.view.working else ""

    def others(self) -> Sequence[Action]:
        play = Action("&Play again", self.model.sound.play)
        if self.model.sound.choosing:
            return [play, Action("&Without sound", self.model.without_sound)]
        return [play, Action("&No, nothing", self._no)]

    def _no(self) -> None:
        self.model.sound.choosing = True

    def rescale(self, px: float) -> None:
        super().rescale(px)
        self.list.setFont(font(round(px)))
