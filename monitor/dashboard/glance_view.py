# ruff: noqa: N802  (Qt's own method names)
"""The glance page: one word, the runner as seen from the side, and the run's numbers, to be read from three metres."""

from __future__ import annotations

import math
from collections.abc import Callable
from time import monotonic

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from monitor.dashboard import theme as themes
from monitor.dashboard.figure import Figure
from monitor.dashboard.fitting import Text, even
from monitor.dashboard.glance_facts import GlanceValue, moves, next_phase, seen, summary, values
from monitor.dashboard.live_view import GlanceFacts, LiveView
from monitor.dashboard.theme import Theme
from monitor.dashboard.tiles import CENTRE, SPOKEN_S, BannerTile, StateTile, Tile
from monitor.texts.speaking import say

SIMULATED_TEXT = "SIMULATED · this is not a real runner"
LANDSCAPE, PORTRAIT = (26, 55, 19), (24, 48, 28)
"""Heights of state, figure and values in parts of the window."""
BANNER_PART = 5


class ValuesTile(Tile):
    """The run's numbers side by side, on two rows where the page is narrow; all figures in one size."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("Values", theme)
        self.values: tuple[GlanceValue, ...] = ()

    def show_values(self, shown: tuple[GlanceValue, ...]) -> None:
        """These, from left to right."""
        self.values = shown
        self.put(". ".join(value.spoken for value in shown), shown)

    def cells(self) -> list[tuple[GlanceValue, QRectF]]:
        """Each value and its place."""
        if not self.values:
            return []
        narrow = self.width() < 3.2 * self.height()
        per_row = math.ceil(len(self.values) / 2) if narrow and len(self.values) > 3 else len(self.values)
        rows = [self.values[i : i + per_row] for i in range(0, len(self.values), per_row)]
        found = []
        height = self.height() / len(rows)
        for r, row in enumerate(rows):
            parts = [1.5 if value.words else 1.6 if ":" in value.text else 1.0 for value in row]
            x = 0.0
            for value, part in zip(row, parts, strict=True):
                width = self.width() * part / sum(parts)
                found.append((value, QRectF(x, r * height, width, height)))
                x += width
        return found

    def decorate(self, painter: QPainter) -> None:
        painter.setPen(QPen(QColor(self.theme.edge), max(1.0, 0.008 * self.height())))
        for _, cell in self.cells():
            if cell.left() > 1:
                inset = 0.14 * cell.height()
                painter.drawLine(cell.topLeft() + QPointF(0, inset), cell.bottomLeft() - QPointF(0, inset))

    def texts(self) -> list[Text]:
        captions, numbers, words = [], [], []
        for value, cell in self.cells():
            w, h = cell.width(), cell.height()
            x, inner = cell.left() + 0.05 * w, 0.90 * w
            caption = QRectF(x, cell.top() + 0.06 * h, inner, 0.24 * h)
            captions.append(Text(caption, value.caption, 0.19 * h, self.theme.dim, align=CENTRE))
            box = QRectF(x, cell.top() + 0.29 * h, inner, 0.67 * h)
            if value.words:
                words.append(Text(box, value.text, 0.30 * h, self.theme.text, bold=True, lines=2, align=CENTRE))
            else:
                numbers.append(Text(box, value.text, 0.56 * h, self.theme.text, bold=True, align=CENTRE))
        return [*even(captions, 0.5), *even(numbers, 0.3), *words]


class GlancePage(QWidget):
    """The whole page; give it each new view by `show_view`. It owns no timer.

    `banners`: show SIMULATED, a rest of the cues and notices itself (False where the window around it does).
    `reduced_motion`: the drawn legs and arms stand still. `clock` gives seconds, for the stride and for how often the
    accessible text may change.
    """

    def __init__(
        self,
        theme: Theme,
        *,
        banners: bool = True,
        reduced_motion: bool = False,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__()
        self._theme, self._banners, self._clock = theme, banners, clock
        self.reduced_motion = reduced_motion
        self._phase, self._at_s, self._spoken_at = 0.0, math.nan, -math.inf
        self.setAccessibleName(say("At a glance"))
        self.simulated = BannerTile("Simulated run", theme, loud=True)
        self.notice = BannerTile("Remark", theme)
        self.state, self.figure, self.numbers = StateTile(theme), Figure(theme), ValuesTile(theme)
        self.tiles: tuple[Tile, ...] = (self.simulated, self.notice, self.state, self.figure, self.numbers)
        for tile in self.tiles:
            tile.setParent(self)
        self.simulated.hide()
        self.notice.hide()
        self.restyle(theme)

    def show_view(self, view: LiveView, facts: GlanceFacts) -> None:
        """Show this moment of the run."""
        now_s = self._clock()
        if moves(view) and not self.reduced_motion:
            self._phase = next_phase(self._phase, now_s - self._at_s, view.cadence_spm)
        self._at_s = now_s
        phase = math.nan if self.reduced_motion else self._phase
        self.state.show_state(view.state, view.reason)
        spoken = say(summary(view, facts))
        self.figure.show_figure(seen(view, facts, phase), view.state, view.mode.upper(), spoken, feet=facts.feet)
        self.numbers.show_values(values(view, facts))
        self._show_banners(view)
        if spoken != self.accessibleDescription() and now_s - self._spoken_at >= SPOKEN_S:
            self._spoken_at = now_s
            self.setAccessibleDescription(spoken)

    def restyle(self, theme: Theme) -> None:
        """Use another theme."""
        self._theme = theme
        self.setPalette(themes.palette(theme))
        self.setAutoFillBackground(True)
        for tile in self.tiles:
            tile.restyle(theme)

    def _show_banners(self, view: LiveView) -> None:
        before = (bool(self.simulated.text), bool(self.notice.text))
        self.simulated.show_text(SIMULATED_TEXT if view.simulated and self._banners else "")
        self.notice.show_text((view.notice or view.rest) if self._banners else "")
        if before != (bool(self.simulated.text), bool(self.notice.text)):
            self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        """Everything from top to bottom in parts of the height, with small gaps."""
        w, h = self.width(), self.height()
        gap = max(3, round(0.008 * min(w, h)))
        heights = LANDSCAPE if w >= h else PORTRAIT
        banners = [tile for tile in (self.simulated, self.notice) if tile.text]
        rows: list[tuple[Tile, float]] = [(tile, BANNER_PART) for tile in banners]
        rows += zip((self.state, self.figure, self.numbers), heights, strict=True)
        room = h - gap * (len(rows) + 1)
        total, top, done = sum(part for _, part in rows), float(gap), 0.0
        for i, (tile, part) in enumerate(rows):
            done += part
            bottom = gap * (i + 1) + room * done / total
            tile.setGeometry(gap, round(top), w - 2 * gap, max(1, round(bottom) - round(top)))
            top = bottom + gap
