# ruff: noqa: N802  (Qt's own method names)
"""The painted parts of the window. Each says its texts as boxes, so that a test can check that nothing is cut."""

from __future__ import annotations

import math
from time import monotonic

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from monitor.dashboard import shapes
from monitor.dashboard.fitting import Text, paint
from monitor.dashboard.live_view import LiveState, Severity
from monitor.dashboard.theme import Theme
from monitor.texts.speaking import say

FLAT = 5.0
"""A tile of state that is so many times as wide as it is high has its reason beside the word."""
SPOKEN_S = 1.0
"""Accessible descriptions change no oftener than this, so that a screen reader can keep up."""

RIGHT, CENTRE = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignHCenter


def number(value: float, form: str) -> str:
    """A number, or a dash where there is nothing to say."""
    return format(value, form) if math.isfinite(value) else "–"


class Tile(QWidget):
    """A panel that paints itself from a few values and repaints only when they change."""

    def __init__(self, name: str, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self._values: tuple[object, ...] = ()
        self._spoken_at = -math.inf
        self.setAccessibleName(say(name))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    def sizeHint(self) -> QSize:
        return QSize(80, 40)

    def put(self, spoken: str, *values: object) -> None:
        """New values; equal ones cost nothing. `spoken` is what a screen reader says."""
        if values != self._values:
            self._values = values
            self.update()
        spoken = say(spoken)
        if spoken != self.accessibleDescription() and monotonic() - self._spoken_at >= SPOKEN_S:
            self._spoken_at = monotonic()
            self.setAccessibleDescription(spoken)

    def restyle(self, theme: Theme) -> None:
        """Use another theme."""
        self.theme = theme
        self.update()

    def texts(self) -> list[Text]:
        """All texts as they are painted now."""
        return []

    def decorate(self, painter: QPainter) -> None:
        """Paint what is not text; the panel is there already."""

    def fill(self) -> QColor:
        """The panel's colour."""
        return QColor(self.theme.panel)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint_panel(painter)
        self.decorate(painter)
        paint(painter, self.texts())
        painter.end()

    def paint_panel(self, painter: QPainter) -> None:
        """Paint the panel itself; what follows is drawn with antialiasing."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(self.theme.edge), 1))
        painter.setBrush(self.fill())
        painter.drawRoundedRect(box, 6, 6)


class StateTile(Tile):
    """The one word that is read from three metres, with its shape; an alert is drawn inverted.

    beside: where the tile is low, the reason may stand beside the word instead of below it
    """

    def __init__(self, theme: Theme, *, beside: bool = False) -> None:
        super().__init__("State", theme)
        self._beside = beside
        self.state = LiveState.WARMING_UP
        self.reason = ""

    def show_state(self, state: LiveState, reason: str) -> None:
        self.state, self.reason = state, reason
        self.put(f"{state.word}. {reason}", state, reason)

    def fill(self) -> QColor:
        alert = self.state.severity is Severity.ALERT
        return QColor(self.theme.alert) if alert else QColor(self.theme.panel)

    def _ink(self) -> QColor:
        if self.state.severity is Severity.ALERT:
            return QColor(self.theme.on_alert)
        return self.theme.severity(self.state.severity)

    def _is_flat(self) -> bool:
        return self._beside and self.width() > FLAT * self.height()

    def _boxes(self) -> tuple[QRectF, QRectF, QRectF]:
        """Where shape, word and reason go: the reason below the word, or beside it where the tile is low."""
        w, h = self.width(), self.height()
        pad = 0.08 * h
        if self._is_flat():
            shape = 0.6 * h
            word = 0.54 * w - shape
            return (
                QRectF(2 * pad, 0.2 * h, shape, shape),
                QRectF(shape + 4 * pad, 0.02 * h, word, 0.96 * h),
                QRectF(shape + 5 * pad + word, 0.08 * h, w - shape - word - 7 * pad, 0.84 * h),
            )
        shape = min(0.5 * h, 0.2 * w)
        top = 0.68 * h
        return (
            QRectF(pad * 1.3, (top - shape) / 2 + 0.04 * h, shape, shape),
            QRectF(shape + 2.6 * pad, 0.04 * h, w - shape - 3.4 * pad, top),
            QRectF(pad * 1.3, top, w - 2.4 * pad, 0.26 * h),
        )

    def decorate(self, painter: QPainter) -> None:
        shapes.draw(painter, self.state.shape, self._boxes()[0], self._ink())

    def texts(self) -> list[Text]:
        _, word, reason = self._boxes()
        ink, flat = self._ink().name(), self._is_flat()
        quiet = ink if self.state.severity is Severity.ALERT else self.theme.text
        return [
            Text(word, self.state.word, 0.62 * self.height(), ink, bold=True, lines=2),
            Text(reason, self.reason, (0.22 if flat else 0.17) * self.height(), quiet, lines=2 if flat else 1),
        ]


class ValueTile(Tile):
    """A caption, a large value, perhaps another beside it, and a small line below."""

    def __init__(self, caption: str, theme: Theme) -> None:
        super().__init__(caption, theme)
        self.caption, self.value, self.below, self.beside = caption, "–", "", ""

    def show_value(self, value: str, below: str = "", beside: str = "") -> None:
        self.value, self.below, self.beside = value, below, beside
        self.put(". ".join(text for text in (value, beside, below) if text), value, below, beside)

    def texts(self) -> list[Text]:
        w, h = self.width(), self.height()
        x, inner = 0.04 * w + 4, 0.92 * w - 8
        low = 0.24 * h if self.below else 0.06 * h
        caption = QRectF(x, 0.05 * h, inner, 0.24 * h)
        value = QRectF(x, 0.28 * h, (0.62 if self.beside else 1.0) * inner, 0.72 * h - low)
        items = [
            Text(caption, self.caption, 0.18 * h, self.theme.dim),
            Text(value, self.value, 0.42 * h, self.theme.text, bold=True),
        ]
        if self.beside:
            beside = QRectF(x + 0.64 * inner, value.top(), 0.36 * inner, value.height())
            items.append(Text(beside, self.beside, 0.42 * h, self.theme.text, bold=True, align=RIGHT))
        if self.below:
            items.append(Text(QRectF(x, h - low - 0.02 * h, inner, low), self.below, 0.17 * h, self.theme.dim))
        return items


class BannerTile(Tile):
    """A full-width strip: SIMULATED (`loud`), a standing notice, or in plain ink what the runner asked for."""

    def __init__(self, name: str, theme: Theme, *, loud: bool = False, severity: Severity = Severity.ATTENTION) -> None:
        super().__init__(name, theme)
        self.text, self.loud, self.severity = "", loud, severity

    def show_text(self, text: str) -> None:
        self.text = text
        self.setVisible(bool(text))
        self.put(text, text)

    def fill(self) -> QColor:
        return QColor(self.theme.simulated if self.loud else self.theme.panel)

    def texts(self) -> list[Text]:
        ink = self.theme.on_alert if self.loud else self.theme.severity(self.severity).name()
        box = QRectF(10, 0, self.width() - 20, self.height())
        return [Text(box, self.text, 0.62 * self.height(), ink, bold=True, align=CENTRE)]


class HeaderTile(Tile):
    """Name, mode, recording, mute; and the keys' reminder at the right."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("Run", theme)
        self.left, self.right = "", ""

    def show_run(self, left: str, right: str) -> None:
        self.left, self.right = left, right
        self.put(left, left, right)

    def fill(self) -> QColor:
        return QColor(self.theme.background)

    def texts(self) -> list[Text]:
        w, h = self.width(), self.height()
        return [
            Text(QRectF(10, 0, 0.58 * w, h), self.left, 0.56 * h, self.theme.text, bold=True),
            Text(QRectF(0.6 * w, 0, 0.4 * w - 10, h), self.right, 0.46 * h, self.theme.dim, align=RIGHT),
        ]
