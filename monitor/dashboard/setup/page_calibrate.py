"""The page that leads through the poses: first how thorough, then one large instruction at a time."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from calibration.protocol import PoseKind
from monitor.dashboard.setup.facts import Extent, Phase
from monitor.dashboard.setup.instruction import InstructionTile, SteadinessTile
from monitor.dashboard.setup.page_base import Action, FigureTile, SetupPage, Words, rescale_choice
from monitor.dashboard.setup.setup_model import SetupModel
from monitor.dashboard.theme import Theme
from monitor.dashboard.tiles import Tile
from monitor.texts.speaking import say

EXTENTS = {
    Extent.QUICK: "&Quick, half a minute: stand tall, look at your feet, lift your shoulders.",
    Extent.FULL: "&Thorough, a minute and a half: also lean, and run easily where you are.",
    Extent.MARKS: "Thorough with &floor marks: also look at tape 4 ft and 7 ft (1.2 and 2.1 m) ahead of your toes.",
}


class ProgressTile(Tile):
    """How much of the calibration is behind."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("Progress", theme)
        self.part = 0.0

    def show_part(self, part: float) -> None:
        """0..1."""
        self.part = part
        self.put(f"{part:.0%}", round(part, 3))

    def decorate(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.trace))
        box = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        painter.drawRoundedRect(QRectF(box.left(), box.top(), box.width() * self.part, box.height()), 3, 3)


class CalibratePage(SetupPage):
    """Keys: Enter starts, A asks for the pose again, S skips it, Esc goes back to the choice."""

    def __init__(self, model: SetupModel, theme: Theme, *, still: bool = False) -> None:
        super().__init__(model, theme, "Learn your posture")
        self._still = still
        self._since: tuple[object, ...] = ()
        self._since_s = 0.0
        self.figure = FigureTile(theme)
        self.instruction, self.steady, self.progress = (
            InstructionTile(theme),
            SteadinessTile(theme),
            ProgressTile(theme),
        )
        self.intro = QWidget()
        column = QVBoxLayout(self.intro)
        column.setContentsMargins(0, 0, 0, 0)
        column.addStretch(1)
        column.addWidget(Words("Put the sensor on, stand up, and look far ahead.", 1.6, bold=True))
        column.addWidget(
            Words(
                "Then no key is needed: a voice leads you from pose to pose, and asks again for one that did not work.",
                1.1,
            )
        )
        self.silent = Words("", bold=True)
        column.addWidget(self.silent)
        column.addWidget(Words("How thorough?", 1.1, bold=True))
        self.extents: dict[Extent, QRadioButton] = {}
        for extent, words in EXTENTS.items():
            words = say(words)
            name, _, what = words.partition(":")
            button = self.extents[extent] = QRadioButton(name)
            button.setAccessibleDescription(words.replace("&", ""))
            button.clicked.connect(lambda _=False, e=extent: self.model.guiding.choose(e))
            column.addWidget(button)
            what = what.strip()
            column.addWidget(Words(f"{what[:1].upper()}{what[1:]}", 0.9, dim=True))
        column.addStretch(1)
        self.right = QWidget()
        tiles = QVBoxLayout(self.right)
        tiles.setContentsMargins(0, 0, 0, 0)
        tiles.addWidget(self.instruction, 74)
        tiles.addWidget(self.steady, 18)
        tiles.addWidget(self.progress, 4)
        self.right.hide()
        self._row = row = QHBoxLayout(self)
        for part, stretch in ((self.figure, 9), (self.intro, 12), (self.right, 12)):
            row.addWidget(part, stretch)

    def refresh(self, now_s: float) -> None:
        guide = self.model.guide
        led = guide.led if guide else None
        worn = tuple(pick.site for pick in self.model.picks)
        marks = self.model.guiding.extent is Extent.MARKS
        self._row.setStretch(0, 12 if marks else 9)  # the marks lie far ahead
        if self.intro.isVisibleTo(self) is not (guide is None):
            self.intro.setVisible(guide is None)
            self.right.setVisible(guide is not None)
            self.begin()
        for tile in (self.steady, self.progress):
            tile.setVisible(led is not None)
        silent = self.model.sound.silent
        self.silent.say("There is no sound now: keep an eye on the screen." if silent else "")
        for extent, button in self.extents.items():
            button.setChecked(extent is self.model.guiding.extent)
        if led is None:
            self.figure.show_pose(PoseKind.NEUTRAL, "neutral", None, worn, marks)
            self.instruction.show_led(None, guide.waiting if guide else "")
            self.steady.show_led(None)
            self.progress.show_part(1.0 if guide is not None and guide.phase is Phase.WORKING else 0.0)
            return
        self.instruction.show_led(led, "")
        self.steady.show_led(led)
        self.progress.show_part(led.part)
        step = (led.number, led.holding)
        if step != self._since:
            self._since, self._since_s = step, now_s
        moving = led.kind in (PoseKind.RUN, PoseKind.RELAX) or not led.holding
        at_s = now_s - self._since_s if moving and not self._still else None
        self.figure.show_pose(led.kind, led.pose, at_s, worn, marks)

    def primary(self) -> str:
        return "Start" if self.model.guide is None else ""

    def others(self) -> Sequence[Action]:
        actions = [Action("&Again", self.model.guiding.again)] if self.model.guiding.leading else []
        if self.model.guiding.can_skip:
            actions.append(Action("&Skip this one", self.model.guiding.skip))
        return actions

    def begin(self) -> None:
        # Never leave the focus to chance: on "Back", an Enter in the midst of a pose would end it all.
        (self.extents[self.model.guiding.extent] if self.model.guide is None else self).setFocus()

    def rescale(self, px: float) -> None:
        super().rescale(px)
        for button in self.extents.values():
            rescale_choice(button, px)
