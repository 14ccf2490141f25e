"""The map page: where the run went and how the posture was there. Drawn from the watch's positions, no network."""

from __future__ import annotations

import math

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout

from monitor.alignment.result import NotAligned
from monitor.dashboard.review.panel_map_canvas import MapCanvas
from monitor.dashboard.review.panel_page import PanelPage, button_of, line_of
from monitor.dashboard.review.panel_watch import NAME as WATCH
from monitor.dashboard.review.review_model import Change, ReviewModel
from monitor.dashboard.review.track_map import STRETCH_WORDS, TrackMap, summary, track_map
from monitor.dashboard.theme import Theme
from monitor.review.insight.breakdown import MILE_M
from monitor.review.report_words import clock_words
from monitor.review.reviewed import ReviewedRun

NAME = "Map"


def why_no_map(run: ReviewedRun) -> str:
    """One sentence where a run has no map."""
    if run.watch is None:
        return "No watch file lies beside this run yet. Add one (FIT, GPX or TCX) to see where it went."
    if isinstance(run.watch.alignment, NotAligned):
        return f"The watch's file does not lie on this run yet. {run.watch.alignment.reason}"
    return "The watch's file holds no positions, as on a treadmill, so there is no map to draw."


class MapPage(PanelPage):
    """The track, a line on the place of the cursor, and buttons for the view."""

    def __init__(self, model: ReviewModel, theme: Theme) -> None:
        super().__init__(NAME, model, theme)
        self.canvas = MapCanvas(theme)
        self.canvas.time_chosen.connect(model.move_cursor)
        self.place = line_of("", "where", name="At the cursor")
        self.add_watch = button_of("Watch's file…", "Go to the page where a watch's file is chosen and lined up")
        self.add_watch.clicked.connect(lambda: self.page_wanted.emit(WATCH))
        self._zooming: list[QPushButton] = []
        row = QHBoxLayout()
        row.addWidget(self.place, 1)
        row.addWidget(self.add_watch)
        for text, spoken, act in (
            ("+", "Zoom in", self.canvas.zoom_in),
            ("−", "Zoom out", self.canvas.zoom_out),
            ("Whole", "Show the whole track", self.canvas.fit),
        ):
            button = button_of(text, spoken)
            button.clicked.connect(act)
            button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
            self._zooming.append(button)
            row.addWidget(button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(6, 6, 6, 6)
        rows.addWidget(self.canvas, 1)
        rows.addLayout(row)

    def show_change(self, change: Change) -> None:
        run = self.model.run
        if change is Change.RUN:
            track, feet = track_map(run), run.analysis.settings.feet
            instead = "" if track else why_no_map(run)
            self.add_watch.setVisible(track is None)
            for button in self._zooming:
                button.setVisible(track is not None)
            self.canvas.show_track(track, feet=feet, instead=instead)
            self.canvas.setAccessibleDescription(summary(track, feet=feet) if track else instead)
        elif change is Change.CURSOR:
            self.canvas.show_cursor(self.model.t_s)
            self.place.setText(place_words(self.model, self.canvas.track))
        elif change is Change.SELECTION:
            self.canvas.show_selection(self.model.selection)

    def restyle(self, theme: Theme) -> None:
        super().restyle(theme)
        self.canvas.restyle(theme)


def place_words(model: ReviewModel, track: TrackMap | None) -> str:
    """'37:43 · 4.20 mi · past the limit' of the cursor's place; says where the watch does not know it."""
    t_s, feet = model.t_s, model.run.analysis.settings.feet
    parts = [clock_words(t_s)]
    way_m = model.values_at(t_s).distance_m
    if math.isfinite(way_m):
        unit_m, unit = (MILE_M, "mi") if feet else (1000.0, "km")
        parts.append(f"{way_m / unit_m:.2f} {unit}")
    if track is not None:
        stretch = track.stretch_at(t_s)
        parts.append("the watch knows no place here" if stretch is None else STRETCH_WORDS[stretch])
    return " · ".join(parts)
