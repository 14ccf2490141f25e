"""The page of figures: what is judged and how, its last minutes, the sensors and the prompts."""

from __future__ import annotations

import math

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from monitor.dashboard.live_view import LiveView
from monitor.dashboard.live_words import limit_words
from monitor.dashboard.pitch_tile import PitchTile
from monitor.dashboard.plots import HeadStrip
from monitor.dashboard.row_tiles import LinksTile, LogTile
from monitor.dashboard.theme import Theme
from monitor.dashboard.tiles import ShoulderTile, StateTile, ValueTile, number
from monitor.dashboard.viewmodel import LiveModel
from monitor.review.report_words import clock_words
from monitor.values import Mode

ROW_PARTS = (21, 17, 17, 17, 18)
"""Heights of the rows."""


class FiguresPage(QWidget):
    """Shows a view of the model; asks the model for the lines of its charts only when it is shown."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName("Figures")
        t = theme
        self.state, self.strip = StateTile(t), HeadStrip(t)
        self.pitch, self.gaze = PitchTile(t), ValueTile("Eyes on the ground", t)
        self.shoulders, self.cadence = ShoulderTile(t), ValueTile("Cadence", t)
        self.time, self.ground = ValueTile("Time", t), ValueTile("Ground", t)
        self.links, self.log = LinksTile(t), LogTile(t)
        self.tiles = (
            self.state, self.pitch, self.gaze, self.shoulders, self.cadence, self.time, self.ground, self.links,
            self.log,
        )  # fmt: skip
        self._lay_out()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setSpacing(6)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(self.state, 0, 0, 2, 1)
        grid.addWidget(self.strip, 2, 0, 2, 1)
        for row, tile in enumerate((self.pitch, self.gaze, self.shoulders)):
            grid.addWidget(tile, row, 1)
        small = QHBoxLayout()
        for tile in (self.cadence, self.time, self.ground):
            small.addWidget(tile, 1)
        grid.addLayout(small, 3, 1)
        bottom = QHBoxLayout()
        bottom.addWidget(self.links, 12)
        bottom.addWidget(self.log, 10)
        grid.addLayout(bottom, 4, 0, 1, 2)
        for row, parts in enumerate(ROW_PARTS):
            grid.setRowStretch(row, parts)
        for column, parts in enumerate((24, 14)):
            grid.setColumnStretch(column, parts)

    def restyle(self, theme: Theme) -> None:
        """Use another theme."""
        for part in (*self.tiles, self.strip):
            part.restyle(theme)

    def scale(self, width: int, height: int) -> None:
        """Fit the charts' labels to a window of this size in pixels."""
        self.strip.set_text_px(max(10, min(round(height * 0.021), round(width * 0.014))))

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
        self.log.show_log(view.log)
        chart = model.chart()
        self.strip.show_chart(chart, view.limit_deg, limit_words(view.limit_deg, view.mode))
        self.shoulders.show_minute(chart.shoulder_x, chart.shoulder, view.shoulder_limit)

    def _show_pitch(self, view: LiveView) -> None:
        over = view.pitch_deg > view.limit_deg and view.mode is not Mode.TECHNICAL
        limit = limit_words(view.limit_deg, view.mode)
        self.pitch.show_pitch(view.needle_deg, view.limit_deg, over, limit, view.lean)
        counted = f"{view.dwell_s:.0f} of {view.dwell_limit_s:.0f} s"
        words = f"{counted} since a look up" if view.mode is Mode.TECHNICAL else f"{counted} too low"
        if math.isnan(view.pitch_deg):
            words = "no head angle now"
        self.pitch.show_dwell(view.dwell, words)
