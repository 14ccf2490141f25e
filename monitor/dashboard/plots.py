"""The three strips of the page of figures: head pitch with the dwell clock below it, shoulder score, cadence."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

from monitor.dashboard.chart_series import Stretch
from monitor.dashboard.fitting import Text, size_of
from monitor.dashboard.live_view import ChartData
from monitor.dashboard.live_words import pitch_words
from monitor.dashboard.strip_tile import AFTER_NOW, StripTile, span_title
from monitor.dashboard.theme import Theme
from monitor.dashboard.tiles import CENTRE, RIGHT
from monitor.texts.speaking import say
from monitor.values import FloatArray

TOP_DEG, BOTTOM_DEGS = -15.0, (45.0, 60.0, 90.0)
"""Nose up to nose down; the lower end steps outwards when the head goes there and comes back a span later."""
LOWEST_SPM, TOP_SPM = (140.0, 90.0, 40.0), (200.0, 250.0)
"""So do the ends of the cadence: running, walking, and what else has a rhythm; fast, and sprinting."""


class HeadStrip(StripTile):
    """Head pitch, nose down drawn downwards; below it a ribbon that fills as the dwell clock runs.

    Where posture was not watched the ribbon says why: hatched where the data may not be trusted, grey where the
    wearer did not run.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__("Head pitch over time", theme, axis_words=True, legend=True)
        self.top, self.bottom = TOP_DEG, BOTTOM_DEGS[0]
        self.steps = ((0.0, "0°"), (30.0, "30°"))

    def show_chart(self, data: ChartData, limit_deg: float, limit_words: str) -> None:
        """Draw the head's part of the data."""
        self.limit = limit_deg
        self.caption = f"Head pitch, nose down · {limit_words} dashed · {span_title(data.seconds)}"
        self.empty = (
            "Head pitch: not visible from here" if _elsewhere(data) else "The line starts with the first good data"
        )
        known = data.head.sustained_deg[np.isfinite(data.head.sustained_deg)]
        deepest = float(known.max()) if len(known) else 0.0
        self.bottom = next((b for b in BOTTOM_DEGS if max(deepest, limit_deg) + 4 <= b), BOTTOM_DEGS[-1])
        spoken = f"now {pitch_words(known[-1])}, lowest {pitch_words(deepest)}" if len(known) else "not known"
        spoken = f"Head pitch, {span_title(data.seconds)}: {spoken}"
        self.take(data, f"{spoken}. {len(data.cue_x)} cues, {len(data.mark_x)} marks")

    def curve(self, data: ChartData) -> tuple[FloatArray, FloatArray]:
        return data.head.x, data.head.sustained_deg

    def paint_behind(self, painter: QPainter, data: ChartData) -> None:
        """The nod of every stride, faintly: the pitch's range."""
        head = data.head
        both = np.empty(2 * len(head.x))
        both[0::2], both[1::2] = head.low_deg, head.high_deg
        self.stroke(painter, np.repeat(head.x, 2), both, self.theme.faint, 1)

    # ------------------------------------------------------------ the ribbon

    def room_below(self) -> float:
        return 1.75 * self.px

    def ribbon(self) -> QRectF:
        """The box of the dwell clock."""
        box = self.plot()
        return QRectF(box.left(), box.bottom() + 0.35 * self.px, box.width() * (1 - AFTER_NOW), 1.3 * self.px)

    def paint_below(self, painter: QPainter, data: ChartData) -> None:
        box = self.ribbon()
        painter.setPen(Qt.PenStyle.NoPen)
        x, full = self.at(data.head.x), np.nan_to_num(data.head.dwell)
        for ink, done in ((self.theme.trace, full), (self.theme.alert, np.where(full >= 1.0, 1.0, 0.0))):
            painter.setBrush(QColor(ink))
            for a, b in _pieces(done > 0):
                low = box.bottom()
                rows = low - box.height() * done[a:b]
                points = [QPointF(px, py) for px, py in zip(x[a:b].tolist(), rows.tolist(), strict=True)]
                points = [QPointF(x[a], low), *points, QPointF(max(x[b - 1], x[a] + 1), low)]
                painter.drawPolygon(QPolygonF(points))
        for stretch in data.unwatched:
            self._paint_stretch(painter, self._box(stretch), trusted=stretch.watch.trusted)
        for room, _ in self._whys(data):
            painter.fillRect(room.adjusted(0, 1, 0, -1), QColor(self.theme.panel))
        painter.setPen(QPen(QColor(self.theme.dim), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box)

    def _box(self, stretch: Stretch) -> QRectF:
        box = self.ribbon()
        left, right = self.at(np.array([stretch.start_x, stretch.end_x])).tolist()
        return QRectF(left, box.top(), max(2.0, right - left), box.height())

    def _paint_stretch(self, painter: QPainter, box: QRectF, *, trusted: bool) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillRect(box, QColor(self.theme.edge if trusted else self.theme.panel))
        if not trusted:
            painter.fillRect(box, QBrush(QColor(self.theme.dim), Qt.BrushStyle.BDiagPattern))

    def still_texts(self) -> list[Text]:
        box, px = self.ribbon(), self.px
        held = Text(QRectF(2, box.top(), 3.1 * px, box.height()), "held", px, self.theme.dim, align=RIGHT)
        return [*super().still_texts(), held]

    def moving_texts(self) -> list[Text]:
        if self.data is None:
            return []
        px = int(0.85 * self.px)
        return [Text(room, why, px, self.theme.text, align=CENTRE) for room, why in self._whys(self.data)]

    def _whys(self, data: ChartData) -> list[tuple[QRectF, str]]:
        """The words on the ribbon, where a stretch is long enough for them, each with its box."""
        found = []
        for stretch in data.unwatched:
            room, why = self._box(stretch), stretch.watch.short
            wide, high = size_of((say(why),), int(0.85 * self.px), False)
            if wide + 10 <= room.width() and high <= room.height() + 1:
                left = room.center().x() - wide / 2 - 4
                found.append((QRectF(left, room.top(), wide + 8, max(high, room.height())), why))
        return found


class ShoulderStrip(StripTile):
    """The shoulder score in percent of the wearer's own shrug."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("Shoulders over time", theme, axis_words=False)
        self.top, self.bottom = 1.1, -0.2
        self.steps = ((1.0, "100 %"), (0.0, "0 %"))

    def show_chart(self, data: ChartData, limit: float, not_seen: str) -> None:
        """Draw the shoulders' part of the data. `not_seen`: what to say where there are none."""
        self.limit = limit
        self.caption = f"Shoulders · limit {100 * limit:.0f} % of your shrug, dashed"
        self.empty = f"Shoulders: {not_seen}"
        known = data.shoulder.shoulder[np.isfinite(data.shoulder.shoulder)]
        spoken = f"now {known[-1]:.0%} of your shrug, highest {known.max():.0%}" if len(known) else not_seen
        self.take(data, f"Shoulders, {span_title(data.seconds)}: {spoken}")

    def curve(self, data: ChartData) -> tuple[FloatArray, FloatArray]:
        return data.shoulder.x, data.shoulder.shoulder


class CadenceStrip(StripTile):
    """Steps per minute."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("Cadence over time", theme, axis_words=True)
        self.empty = "No steps yet"
        self._reach(LOWEST_SPM[0], TOP_SPM[0])

    def show_chart(self, data: ChartData) -> None:
        """Draw the cadence of the data."""
        self.caption = "Cadence, steps/min"
        known = data.cadence.cadence_spm[np.isfinite(data.cadence.cadence_spm)]
        low, high = (float(known.min()), float(known.max())) if len(known) else (LOWEST_SPM[0], TOP_SPM[0])
        bottom = next((spm for spm in LOWEST_SPM if low >= spm), LOWEST_SPM[-1])
        self._reach(bottom, next((spm for spm in TOP_SPM if high <= spm), TOP_SPM[-1]))
        spoken = f"now {known[-1]:.0f} steps a minute, from {low:.0f} to {high:.0f}" if len(known) else "no steps yet"
        self.take(data, f"Cadence, {span_title(data.seconds)}: {spoken}")

    def _reach(self, bottom: float, top: float) -> None:
        self.bottom, self.top = bottom, top
        middle = round((top + bottom) / 2, -1)
        self.steps = tuple((value, f"{value:.0f}") for value in (top - 20, middle - 10))

    def curve(self, data: ChartData) -> tuple[FloatArray, FloatArray]:
        return data.cadence.x, data.cadence.cadence_spm


def _elsewhere(data: ChartData) -> bool:
    """Data come, but from no sensor that tells the head's pitch."""
    return len(data.head.x) == 0 and len(data.cadence.x) > 0


def _pieces(mask: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> list[tuple[int, int]]:
    """Where runs of True begin and end in a mask (n,)."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False]))))
    return list(zip(edges[0::2].tolist(), edges[1::2].tolist(), strict=True))
