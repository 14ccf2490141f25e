# ruff: noqa: N802  (Qt's own method names)
"""The play-back page: the run again, at any speed, on the live screen's drawn runner."""

from __future__ import annotations

import math
from dataclasses import replace
from time import monotonic

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSlider, QVBoxLayout

from monitor.dashboard.glance_view import GlancePage
from monitor.dashboard.live_view import LogLine
from monitor.dashboard.review.panel_page import PanelPage, button_of, line_of
from monitor.dashboard.review.play_back import PlayBack
from monitor.dashboard.review.review_model import Change, ReviewModel
from monitor.dashboard.settings_fields import ChoiceEditor
from monitor.dashboard.theme import Theme
from monitor.review.report_words import clean, clock_words

NAME = "Play"
SPEEDS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
GLANCE_SHAPE = 0.8
"""Height of the glance page for its width, at most."""
NARROW_PX = 400
ROOMY_PX = 520
"""A lower page leaves its room to the drawn runner."""
SKIP_S = 10.0
TICKS_PER_S = 4
"""Steps of the slider."""


class PlayPage(PanelPage):
    """The glance page at the cursor; play, speed and place below it. The window's own clock moves the cursor."""

    def __init__(self, model: ReviewModel, theme: Theme, *, reduced_motion: bool = False) -> None:
        super().__init__(NAME, model, theme)
        self._play_back: PlayBack | None = None
        self._legs_s, self._wall_s = 0.0, math.nan
        self.glance = GlancePage(theme, reduced_motion=reduced_motion, clock=self._legs)
        self.glance.setMinimumSize(200, 180)
        self.glance.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.play = button_of("Play", "Play the run from the cursor")
        self.play.clicked.connect(lambda: model.play(not model.playing))
        self.speed = ChoiceEditor([(speed, f"{speed:g}×") for speed in SPEEDS])
        self.speed.setAccessibleName("Speed of the play-back")
        self.speed.on_edited = lambda: model.set_speed(float(str(self.speed.read())))
        self.where = QSlider(Qt.Orientation.Horizontal)
        self.where.setAccessibleName("Place in the run")
        self.where.setSingleStep(TICKS_PER_S)
        self.where.setPageStep(60 * TICKS_PER_S)
        self.where.valueChanged.connect(self._slid)
        self.log = line_of("", "help", name="What happened up to here")
        row = QHBoxLayout()
        back = button_of("−10 s", "Ten seconds back")
        on = button_of("+10 s", "Ten seconds on")
        back.clicked.connect(lambda: model.move_cursor(model.t_s - SKIP_S))
        on.clicked.connect(lambda: model.move_cursor(model.t_s + SKIP_S))
        for widget in (self.play, back, on, self.speed):
            row.addWidget(widget)
        row.addStretch(1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(6, 6, 6, 6)
        rows.addWidget(self.glance, 1)
        rows.addWidget(self.where)
        rows.addLayout(row)
        rows.addWidget(self.log)
        rows.addStretch(0)

    def show_change(self, change: Change) -> None:
        model = self.model
        if change is Change.RUN:
            self._play_back = PlayBack(model.run)
            self.where.blockSignals(True)
            self.where.setRange(0, math.ceil(model.duration_s * TICKS_PER_S))
            self.where.blockSignals(False)
        if change in (Change.RUN, Change.CURSOR):
            self._show_moment()
        elif change is Change.PLAY:
            self._legs()
            self.play.setText("Pause" if model.playing else "Play")
            self.play.setAccessibleName("Hold the play-back" if model.playing else "Play the run from the cursor")
            self.speed.put(min(SPEEDS, key=lambda speed: abs(speed - model.speed)))

    def _show_moment(self) -> None:
        view = self._play_back.view(self.model.t_s) if self._play_back is not None else None
        if view is None:
            return
        # Seven values need more width than this; the window tells the distance at the cursor anyway.
        narrow = self.width() < NARROW_PX
        self.glance.show_view(view, replace(view.facts, distance_m=math.nan) if narrow else view.facts)
        self.log.setText("\n".join(log_words(line) for line in view.log))
        self.where.blockSignals(True)
        self.where.setValue(round(self.model.t_s * TICKS_PER_S))
        self.where.blockSignals(False)
        self.where.setAccessibleDescription(clock_words(self.model.t_s))

    def _slid(self, ticks: int) -> None:
        self.model.move_cursor(ticks / TICKS_PER_S)

    def _legs(self) -> float:
        """Seconds for which the drawn runner has run: only while the run is played."""
        now_s = monotonic()
        if self.model.playing and math.isfinite(self._wall_s):
            self._legs_s += now_s - self._wall_s
        self._wall_s = now_s if self.model.playing else math.nan
        return self._legs_s

    def resizeEvent(self, event: QResizeEvent) -> None:
        # Wide rather than high: the values need their width.
        self.glance.setMaximumHeight(max(180, round(GLANCE_SHAPE * self.width())))
        self.log.setVisible(self.height() >= ROOMY_PX)
        super().resizeEvent(event)
        self._show_moment()

    def restyle(self, theme: Theme) -> None:
        super().restyle(theme)
        self.glance.restyle(theme)


def log_words(line: LogLine) -> str:
    """'24:10 Shoulders up: 82 % of your own shrug, raised for 6 s'."""
    return f"{clock_words(line.t_s)} {line.title}" + (f": {clean(line.why, 80)}" if line.why else "")
