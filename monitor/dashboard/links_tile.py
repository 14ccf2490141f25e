"""The sensors as a table: sign, name and state, and how well the data arrive."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from monitor.dashboard import shapes
from monitor.dashboard.fitting import Text, even
from monitor.dashboard.link_facts import delay_words, gap_words, signal_words
from monitor.dashboard.live_view import LinkRow, Severity, Shape
from monitor.dashboard.theme import Theme
from monitor.dashboard.tiles import Tile, number
from monitor.texts.speaking import say
from monitor.values import Site

MOST_ROWS = len(Site)
"""One sensor at each place."""
TWO_LINES_PX = 26
"""Lower rows have room for one line of letters."""
COLUMNS = (
    ("Sensor", 0.0), ("", 0.2), ("rate", 0.355), ("lost", 0.445), ("gaps, longest", 0.52), ("delay", 0.65),
    ("battery", 0.73), ("signal when found", 0.81), ("", 1.0),
)  # fmt: skip
"""Captions, and where each column begins as a part of the width; the state has none."""


def place_words(site: Site) -> str:
    """'Left shoulder'."""
    return site.replace("_", " ").capitalize()


class LinksTile(Tile):
    """One row per sensor: sign, name, state in words, and the link's figures."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("Sensors", theme)
        self.rows: tuple[LinkRow, ...] = ()

    def show_links(self, rows: tuple[LinkRow, ...]) -> None:
        """The sensors of this moment."""
        self.rows = rows[:MOST_ROWS]
        facts = [self.facts(row) for row in self.rows]
        self.put(self._spoken(), *((r.key, r.state, r.severity, f) for r, f in zip(self.rows, facts, strict=True)))

    def _spoken(self) -> str:
        parts = []
        for row in self.rows:
            named = zip((c for c, _ in COLUMNS[2:-1]), self.facts(row), strict=True)
            told = ", ".join(f"{say(caption)} {say(fact)}" for caption, fact in named if fact != "–")
            parts.append(
                "; ".join(w for w in (f"{say(place_words(row.site))} {row.name}: {say(row.state)}", told) if w)
            )
        return ". ".join(parts) or "no sensor"

    @staticmethod
    def facts(row: LinkRow) -> tuple[str, ...]:
        """Rate, loss, gaps, delay, battery and signal of a row, in words."""
        rate, lost = number(row.rate_hz, ".0f"), number(row.loss_pct, ".1f")
        return (
            rate if rate == "–" else f"{rate} Hz",
            lost if lost == "–" else f"{lost} %",
            gap_words(row.gaps, row.longest_gap_s) if lost != "–" else "–",
            delay_words(row.delay_s),
            "–" if row.battery_pct is None else f"{row.battery_pct} %",
            signal_words(row.signal_dbm),
        )

    # ------------------------------------------------------------ where things lie

    def _caption_height(self) -> float:
        return min(0.2 * self.height(), 0.034 * self.width())

    def _row_height(self) -> float:
        return (self.height() - 6 - self._caption_height()) / max(2, len(self.rows))

    def _row_top(self, number_: int) -> float:
        return 3 + self._caption_height() + number_ * self._row_height()

    def _sign(self) -> float:
        """Side of the sign."""
        return min(0.42 * self._row_height(), 0.03 * self.width())

    def _cell(self, column: int, top: float, height: float) -> QRectF:
        left = 16 + self._sign()
        inner = self.width() - left - 6
        start, end = COLUMNS[column][1], COLUMNS[column + 1][1]
        return QRectF(left + start * inner, top, (end - start) * inner - 4, height)

    # ------------------------------------------------------------ painting

    def decorate(self, painter: QPainter) -> None:
        sign, h = self._sign(), self._row_height()
        for i, row in enumerate(self.rows):
            shape = {Severity.GOOD: Shape.TICK, Severity.CALM: Shape.DOTS}.get(row.severity, Shape.EXCLAMATION)
            shapes.draw(painter, shape, QRectF(9, self._row_top(i) + (h - sign) / 2, sign, sign), self._ink(row))

    def _ink(self, row: LinkRow) -> QColor:
        return self.theme.severity(row.severity)

    def texts(self) -> list[Text]:
        if not self.rows:
            box = QRectF(10, 0, self.width() - 20, self.height())
            return [Text(box, "No sensor yet. Try: headsup scan", 0.2 * self.height(), self.theme.dim)]
        h, captions = self._row_height(), self._caption_height()
        px = min(0.42 * h, 0.024 * self.width())
        small = min(0.8 * px, 0.75 * captions)
        heads = [
            Text(self._cell(i, 3, captions), caption, small, self.theme.dim)
            for i, (caption, _) in enumerate(COLUMNS[:-1])
            if caption
        ]
        names, states, figures = [], [], []
        for i, row in enumerate(self.rows):
            y, bold = self._row_top(i), row.severity is Severity.ATTENTION
            names += self._name(row, y, h, px)
            states.append(Text(self._cell(1, y, h), row.state, px, self._ink(row).name(), bold, lines=2))
            for j, fact in enumerate(self.facts(row), 2):
                figures.append(Text(self._cell(j, y, h), fact, px, self.theme.text if fact != "–" else self.theme.dim))
        return [*even(heads, 0.6), *even(names, 0.6), *even(states, 0.6), *even(figures, 0.6)]

    def _name(self, row: LinkRow, y: float, h: float, px: float) -> list[Text]:
        """Place and name, one below the other where there is room."""
        place, ink = place_words(row.site), self.theme.text
        if h < TWO_LINES_PX:
            return [Text(self._cell(0, y, h), f"{say(place)}  {row.name}", px, ink, said=True)]
        low = y + h / 2
        return [Text(self._cell(0, y, h / 2), place, px, ink, True), Text(self._cell(0, low, h / 2), row.name, px, ink)]
