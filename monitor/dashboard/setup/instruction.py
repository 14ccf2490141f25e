"""What to do in very large letters, and how still the wearer is: the tiles of whoever is led."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from calibration.protocol import PoseKind
from monitor.dashboard.fitting import Text
from monitor.dashboard.setup.facts import STEADY, Led
from monitor.dashboard.setup.wrapping import wrapped
from monitor.dashboard.theme import Theme
from monitor.dashboard.tiles import RIGHT, Tile


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
        items = []
        if led.steps > 1:
            step = QRectF(x, 0.04 * h, inner, 0.09 * h)
            items.append(Text(step, f"Step {led.number} of {led.steps}", 0.07 * h, quiet))
        top = 0.14
        if led.reason:
            items += wrapped(QRectF(x, 0.14 * h, inner, 0.13 * h), led.reason, 0.075 * h, ink, bold=True)
            items += wrapped(QRectF(x, 0.28 * h, inner, 0.13 * h), led.remedy, 0.075 * h, ink)
            top = 0.43
        items += wrapped(QRectF(x, top * h, inner, (0.72 - top) * h), led.say, 0.22 * h, ink, bold=True)
        doing = ("Hold it" if led.pose else "Stand still") if led.holding else "Get ready"
        if led.kind is PoseKind.RELAX:
            doing = ""
        if led.kind is PoseKind.RUN and led.holding:
            doing = "Keep running"
        if doing and led.left_s > 0:
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
