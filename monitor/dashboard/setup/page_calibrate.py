"""The page that leads through the poses: first how thorough, then one large instruction at a time."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from calibration.protocol import PoseKind
from monitor.dashboard.fitting import Text
from monitor.dashboard.setup.facts import STEADY, Extent, Led, Phase
from monitor.dashboard.setup.page_base import Action, FigureTile, SetupPage, Words
from monitor.dashboard.setup.setup_model import SetupModel
from monitor.dashboard.setup.wrapping import wrapped
from monitor.dashboard.theme import Theme, font
from monitor.dashboard.tiles import RIGHT, Tile

EXTENTS = {
    Extent.QUICK: "&Quick, half a minute: stand tall, look at your feet, lift your shoulders.",
    Extent.FULL: "&Thorough, a minute and a half: also lean, and run easily where you are.",
    Extent.MARKS: "Thorough with &floor marks: also look at tape 4 ft and 7 ft (1.2 and 2.1 m) ahead of your toes.",
}


class InstructionTile(Tile):
    """What to do in very large letters, how long, and why again."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("What to do", theme)
        self.led: Led | None = None
        self.waiting = ""

    def show_led(self, led: Led | None, waiting: str) -> None:
        """A step, or what is being waited for."""
        self.led, self.waiting = led, waiting
        seconds = math.ceil(led.left_s) if led else 0
        spoken = " ".join(filter(None, (led.reason, led.remedy, led.say))) if led else waiting
        self.put(spoken, spoken, seconds, led.holding if led else False, led.number if led else 0)

    def fill(self) -> QColor:
        refused = self.led is not None and self.led.reason
        return QColor(self.theme.alert if refused else self.theme.panel)

    def texts(self) -> list[Text]:
        w, h = self.width(), self.height()
        x, inner = 0.05 * w, 0.9 * w
        if self.led is None:
            return wrapped(QRectF(x, 0.1 * h, inner, 0.8 * h), self.waiting, 0.14 * h, self.theme.text)
        led = self.led
        ink = self.theme.on_alert if led.reason else self.theme.text
        quiet = ink if led.reason else self.theme.dim
        items = [Text(QRectF(x, 0.04 * h, inner, 0.09 * h), f"Step {led.number} of {led.steps}", 0.07 * h, quiet)]
        top = 0.14
        if led.reason:
            items += wrapped(QRectF(x, 0.14 * h, inner, 0.13 * h), led.reason, 0.075 * h, ink, bold=True)
            items += wrapped(QRectF(x, 0.28 * h, inner, 0.13 * h), led.remedy, 0.075 * h, ink)
            top = 0.43
        items += wrapped(QRectF(x, top * h, inner, (0.72 - top) * h), led.say, 0.22 * h, ink, bold=True)
        doing = ("Hold it" if led.holding else "Get ready") if led.pose else ("Stand still" if led.holding else "")
        if led.kind is PoseKind.RELAX:
            doing = ""
        if led.kind is PoseKind.RUN and led.holding:
            doing = "Keep running"
        if doing:
            items.append(Text(QRectF(x, 0.72 * h, 0.62 * inner, 0.24 * h), doing, 0.15 * h, quiet))
            seconds = f"{math.ceil(led.left_s)} s"
            box = QRectF(x + 0.6 * inner, 0.72 * h, 0.4 * inner, 0.24 * h)
            items.append(Text(box, seconds, 0.24 * h, ink, bold=True, align=RIGHT))
        return items


class SteadinessTile(Tile):
    """How still the wearer is: a bar with the line below which a pose is refused; or the pace while running."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("Steadiness", theme)
        self.words, self.part = "", math.nan

    def show_led(self, led: Led | None) -> None:
        """The present step."""
        self.words, self.part = "", math.nan
        if led is not None and led.kind is PoseKind.RUN:
            self.words = f"{led.cadence_spm:.0f} steps a minute" if math.isfinite(led.cadence_spm) else "Start running"
        elif led is not None and math.isfinite(led.steadiness):
            self.part = led.steadiness
            self.words = (
                "Quite still" if led.steadiness >= 0.75 else ("Still enough" if led.steadiness >= STEADY else "Moving")
            )
        self.put(self.words, self.words, None if math.isnan(self.part) else round(self.part, 2))

    def _bar(self) -> QRectF:
        w, h = self.width(), self.height()
        return QRectF(0.36 * w, 0.36 * h, 0.6 * w, 0.28 * h)

    def decorate(self, painter: QPainter) -> None:
        if math.isnan(self.part):
            return
        box = self._bar()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.edge))
        painter.drawRoundedRect(box, 4, 4)
        good = self.part >= STEADY
        painter.setBrush(QColor(self.theme.good if good else self.theme.alert))
        painter.drawRoundedRect(QRectF(box.left(), box.top(), box.width() * self.part, box.height()), 4, 4)
        x = box.left() + STEADY * box.width()
        painter.setBrush(QColor(self.theme.text))
        painter.drawRect(QRectF(x - 1.5, box.top() - 0.3 * box.height(), 3, 1.6 * box.height()))

    def texts(self) -> list[Text]:
        w, h = self.width(), self.height()
        wide = 0.92 * w if math.isnan(self.part) else 0.3 * w
        return [Text(QRectF(0.04 * w, 0, wide, h), self.words, 0.36 * h, self.theme.text, bold=True)]


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
                "A voice and this screen lead you from pose to pose. A pose that did not work is asked for again.", 1.1
            )
        )
        self.silent = Words("", bold=True)
        column.addWidget(self.silent)
        column.addWidget(Words("How thorough?", 1.1, bold=True))
        self.extents: dict[Extent, QRadioButton] = {}
        for extent, words in EXTENTS.items():
            button = self.extents[extent] = QRadioButton(words.split(":")[0])
            button.setAccessibleDescription(words.replace("&", ""))
            button.clicked.connect(lambda _=False, e=extent: self.model.choose_extent(e))
            column.addWidget(button)
            column.addWidget(Words(words.split(":")[1].strip().capitalize(), 0.9, dim=True))
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
        marks = self.model.extent is Extent.MARKS
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
            button.setChecked(extent is self.model.extent)
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
        actions = [Action("&Again", self.model.again)] if self.model.leading else []
        if self.model.can_skip:
            actions.append(Action("&Skip this one", self.model.skip))
        return actions

    def begin(self) -> None:
        # Never leave the focus to chance: on "Back", an Enter in the midst of a pose would end it all.
        (self.extents[self.model.extent] if self.model.guide is None else self).setFocus()

    def rescale(self, px: float) -> None:
        super().rescale(px)
        for button in self.extents.values():
            button.setFont(font(round(px)))
