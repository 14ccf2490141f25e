"""The painted lists of the window: the sensors, and the log of prompts."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from monitor.dashboard import shapes
from monitor.dashboard.fitting import Text, even
from monitor.dashboard.live_view import Cue, LinkRow, LogLine, Severity, Shape
from monitor.dashboard.theme import Theme
from monitor.dashboard.tiles import CENTRE, Tile, number
from monitor.review.report_words import clock_words
from monitor.values import Site

MOST_ROWS = len(Site)
"""One sensor at each place."""


def _place(site: Site) -> str:
    """'Left shoulder'."""
    return site.replace("_", " ").capitalize()


class LinksTile(Tile):
    """One row per sensor: sign, name, state in words, rate, loss, battery."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("Sensors", theme)
        self.rows: tuple[LinkRow, ...] = ()

    def show_links(self, rows: tuple[LinkRow, ...]) -> None:
        self.rows = rows
        spoken = "; ".join(f"{_place(r.site)} {r.name}: {r.state}" for r in rows) or "no sensor"
        self.put(spoken, *((r.key, r.state, self._facts(r)) for r in rows))

    @staticmethod
    def _facts(row: LinkRow) -> str:
        battery = "battery –" if row.battery_pct is None else f"battery {row.battery_pct} %"
        return f"{number(row.rate_hz, '.0f')} Hz  {number(row.loss_pct, '.1f')} % lost  {battery}"

    def _row_height(self) -> float:
        return (self.height() - 8) / max(2, min(MOST_ROWS, len(self.rows)))

    def decorate(self, painter: QPainter) -> None:
        for i, row in enumerate(self.rows[:MOST_ROWS]):
            h = self._row_height()
            sign = {Severity.GOOD: Shape.TICK, Severity.CALM: Shape.DOTS}
            shape = sign.get(row.severity, Shape.EXCLAMATION)
            shapes.draw(painter, shape, QRectF(10, 4 + h * (i + 0.3), 0.4 * h, 0.4 * h), self._ink(row))

    def _ink(self, row: LinkRow) -> QColor:
        return self.theme.severity(row.severity)

    def texts(self) -> list[Text]:
        if not self.rows:
            box = QRectF(10, 0, self.width() - 20, self.height())
            return [Text(box, "No sensor yet. Try: headsup scan", 0.2 * self.height(), self.theme.dim)]
        items = []
        h = self._row_height()
        for i, row in enumerate(self.rows[:MOST_ROWS]):
            y, left = 4 + h * i, 16 + 0.4 * h
            inner = self.width() - left - 10
            px = min(0.42 * h, 0.035 * self.width())
            bold = row.severity is Severity.ATTENTION
            name = f"{_place(row.site)}  {row.name}"
            items += [
                Text(QRectF(left, y, 0.34 * inner, h), name, px, self.theme.text),
                Text(QRectF(left + 0.36 * inner, y, 0.21 * inner, h), row.state, px, self._ink(row).name(), bold),
                Text(QRectF(left + 0.59 * inner, y, 0.41 * inner, h), self._facts(row), px, self.theme.dim),
            ]
        return even(items, 0.6)


class LogTile(Tile):
    """The last prompts and silences, newest on top, each with its reason."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("Prompts", theme)
        self.lines: tuple[LogLine, ...] = ()

    def show_log(self, lines: tuple[LogLine, ...]) -> None:
        self.lines = lines
        spoken = f"{lines[0].title}: {lines[0].why}" if lines else "no prompt yet"
        self.put(spoken, lines)

    def texts(self) -> list[Text]:
        w, h = self.width(), self.height()
        row = max(20.0, min(0.045 * w + 8, h / 4))
        px = 0.62 * row
        if not self.lines:
            return [
                Text(QRectF(10, 0, w - 20, h), "No prompt yet. They appear here with the reason.", px, self.theme.dim)
            ]
        items = []
        for i, line in enumerate(self.lines[: max(1, int((h - 8) / row))]):
            y = 4 + row * i
            sign = {Cue.GIVEN: "♪", Cue.SILENT: "–", Cue.NOTE: "·"}[line.cue]
            ink = self.theme.text if line.cue is Cue.GIVEN else self.theme.dim
            text = f"{line.title}: {line.why}" if line.why else line.title
            items += [
                Text(QRectF(10, y, 0.13 * w, row), clock_words(line.t_s), px, self.theme.dim),
                Text(QRectF(10 + 0.13 * w, y, 0.05 * w, row), sign, px, ink, bold=True, align=CENTRE),
                Text(QRectF(14 + 0.19 * w, y, 0.81 * w - 24, row), text, px, ink, bold=line.cue is Cue.GIVEN),
            ]
        return [*items[0::3], *items[1::3], *even(items[2::3])]
