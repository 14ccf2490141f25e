"""The page of figures: what is judged and how, its last minutes, the sensors and the prompts."""

from __future__ import annotations

import math
from time import monotonic

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from monitor.dashboard.links_tile import LinksTile
from monitor.dashboard.live_view import LiveView
from monitor.dashboard.live_words import limit_words
from monitor.dashboard.log_tile import LogTile
from monitor.dashboard.pitch_tile import PitchTile
from monitor.dashboard.plots import CadenceStrip, HeadStrip, ShoulderStrip
from monitor.dashboard.strip_tile import span_title
from monitor.dashboard.theme import Theme
from monitor.dashboard.tiles import StateTile, ValueTile, number
from monitor.dashboard.viewmodel import LiveModel
from monitor.review.report_words import clock_words
from monitor.texts.speaking import say
from monitor.values import Mode

SPANS_S = (60.0, 120.0, 300.0, 600.0)
"""What the charts may show."""
REDRAWN_S = {60.0: 0.0, 120.0: 0.09, 300.0: 0.18, 600.0: 0.18}
"""How rarely the charts of a span are drawn anew: time moves by about a pixel meanwhile."""
ROW_PARTS = (18, 31, 15, 20, 22)
"""Heights of the rows: state, head, shoulders, cadence, sensors and log."""

PAGE_KEYS = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1, Qt.Key.Key_End: 9999, Qt.Key.Key_Home: -9999}
"""Pages of the log towards older lines."""


class FiguresPage(QWidget):
    """Shows a view of the model; asks the model for the lines of its charts only when it is shown.

    Page Up, Page Down, Home and End turn the log's pages wherever the focus is in the window.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName(say("Figures"))
        t = theme
        self.state, self.gaze = StateTile(t, beside=True), ValueTile("Eyes on the ground", t)
        self.strip, self.pitch = HeadStrip(t), PitchTile(t)
        self.shoulder_strip, self.shoulders = ShoulderStrip(t), ValueTile("Shoulders", t)
        self.cadence_strip, self.cadence = CadenceStrip(t), ValueTile("Cadence", t)
        self.time, self.ground = ValueTile("Time", t), ValueTile("Ground", t)
        self.links, self.log = LinksTile(t), LogTile(t)
        self.strips = (self.strip, self.shoulder_strip, self.cadence_strip)
        self.tiles = (
            self.state, self.pitch, self.gaze, self.shoulders, self.cadence, self.time, self.ground, self.links,
            self.log, *self.strips,
        )  # fmt: skip
        self.span_s = SPANS_S[0]
        self._drawn_at_s = -math.inf
        self._lay_out()
        for key, pages in PAGE_KEYS.items():
            QShortcut(QKeySequence(key), self, lambda pages=pages: self.page_log(pages))

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setSpacing(6)
        grid.setContentsMargins(0, 0, 0, 0)
        small = QHBoxLayout()
        for tile in (self.cadence, self.time, self.ground):
            small.addWidget(tile, 1)
        rows = ((self.state, self.gaze), (self.strip, self.pitch), (self.shoulder_strip, self.shoulders))
        for row, (wide, narrow) in enumerate(rows):
            grid.addWidget(wide, row, 0)
            grid.addWidget(narrow, row, 1)
        grid.addWidget(self.cadence_strip, 3, 0)
        grid.addLayout(small, 3, 1)
        bottom = QHBoxLayout()
        bottom.addWidget(self.links, 60)
        bottom.addWidget(self.log, 42)
        grid.addLayout(bottom, 4, 0, 1, 2)
        for row, parts in enumerate(ROW_PARTS):
            grid.setRowStretch(row, parts)
        for column, parts in enumerate((25, 13)):
            grid.setColumnStretch(column, parts)

    def restyle(self, theme: Theme) -> None:
        """Use another theme."""
        for part in self.tiles:
            part.restyle(theme)

    def scale(self, width: int, height: int) -> None:
        """Fit the charts' labels to a window of this size in pixels."""
        for strip in self.strips:
            strip.set_text_px(max(10, min(round(height * 0.019), round(width * 0.013))))

    # ------------------------------------------------------------ what the runner chooses

    def set_span_s(self, seconds: float) -> None:
        """Charts of the last `seconds`, one of `SPANS_S`. Raises ValueError for any other."""
        if seconds not in SPANS_S:
            raise ValueError(f"charts show {', '.join(f'{s:g}' for s in SPANS_S)} seconds, not {seconds:g}")
        self.span_s = seconds
        self._drawn_at_s = -math.inf

    def next_span(self) -> str:
        """The next longer span, after the longest the shortest; what to tell: 'Charts: last 2 minutes'."""
        self.set_span_s(SPANS_S[(SPANS_S.index(self.span_s) + 1) % len(SPANS_S)])
        return f"Charts: {span_title(self.span_s)}"

    def page_log(self, pages: int) -> None:
        """Older lines of the log by so many pages; newer ones where negative."""
        self.log.turn(pages)

    # ------------------------------------------------------------ showing

    def show_view(self, view: LiveView, model: LiveModel) -> None:
        """Show this moment, and the minutes before it."""
        self.state.show_state(view.state, view.reason)
        self._show_pitch(view)
        self.gaze.show_value(view.gaze, view.zone_text if view.zone is not None else "", view.ahead)
        score = f"{view.shoulder_score:.0%} of your shrug" if math.isfinite(view.shoulder_score) else ""
        self.shoulders.show_value(view.shoulders, score)
        self.cadence.show_value(number(view.cadence_spm, ".0f"), "steps/min")
        self.time.show_value(clock_words(view.elapsed_s), "elapsed")
        self.ground.show_value(view.speed or view.incline, view.incline if view.speed else "")
        self.ground.setVisible(bool(self.ground.value))
        self.links.show_links(view.links)
        self.log.show_log(view.log, view.logged)
        if monotonic() - self._drawn_at_s >= REDRAWN_S[self.span_s]:
            self._drawn_at_s = monotonic()
            self._show_charts(view, model)

    def _show_charts(self, view: LiveView, model: LiveModel) -> None:
        chart = model.chart(self.span_s)
        self.strip.show_chart(chart, view.limit_deg, limit_words(view.limit_deg, view.mode))
        self.shoulder_strip.show_chart(chart, view.shoulder_limit, view.shoulders)
        self.cadence_strip.show_chart(chart)

    def _show_pitch(self, view: LiveView) -> None:
        over = view.pitch_deg > view.limit_deg and view.mode is not Mode.TECHNICAL
        limit = limit_words(view.limit_deg, view.mode)
        self.pitch.show_pitch(view.needle_deg, view.limit_deg, over, limit, view.lean)
        counted = f"{view.dwell_s:.0f} of {view.dwell_limit_s:.0f} s"
        words = f"{counted} since a look up" if view.mode is Mode.TECHNICAL else f"{counted} too low"
        if math.isnan(view.pitch_deg):
            words = "no head angle now"
        self.pitch.show_dwell(view.dwell, words)
