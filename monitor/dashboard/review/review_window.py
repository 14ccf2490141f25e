# ruff: noqa: N802  (Qt's own method names)
"""The review window: the whole run above, the charts below it, pages at the side, and buttons for a finger."""

from __future__ import annotations

from time import monotonic

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QSplitter, QVBoxLayout, QWidget

from monitor.alignment.result import NotAligned
from monitor.dashboard import theme as themes
from monitor.dashboard.live_view import Severity
from monitor.dashboard.overlay import Overlay
from monitor.dashboard.review.chart_rows import rows_of
from monitor.dashboard.review.charts import Charts
from monitor.dashboard.review.event_lines import signs_of
from monitor.dashboard.review.overview import Overview
from monitor.dashboard.review.readout import Readout
from monitor.dashboard.review.review_actions import ReviewActions
from monitor.dashboard.review.review_keys import CURSOR_PART, KEYS, ZOOM, key_table
from monitor.dashboard.review.review_model import Change, ReviewModel
from monitor.dashboard.review.review_touches import bar_touches
from monitor.dashboard.review.review_words import (
    SIMULATED,
    difference_words,
    moment_words,
    stretch_words,
    title_words,
)
from monitor.dashboard.review.side_pages import SidePages
from monitor.dashboard.theme import Theme
from monitor.dashboard.tiles import BannerTile, HeaderTile
from monitor.dashboard.touch_bar import TouchBar, touch_height
from monitor.review.report_words import clean

FRAME_MS = 33
SPOKEN_MS = 1100
NARROW_PX = 1200
"""A window narrower than this begins without the pages at its side."""
SIDE_PART = 0.36


class ReviewWindow(QWidget):
    """A reviewed run. `add_panel` puts pages at the right; their `restyle(theme)` is called.

    theme : 'dark', 'light', or 'auto' for what the desktop says
    """

    close_wanted = Signal()
    """Q was pressed: whoever holds the window closes it."""

    def __init__(self, model: ReviewModel, actions: ReviewActions | None = None, *, theme: str = "auto") -> None:
        super().__init__()
        self.model, self.surroundings = model, actions or ReviewActions()
        self.theme = themes.named(theme)
        self._closed = False
        self._side_wanted: bool | None = None
        self._stepped = monotonic()
        self.setWindowTitle("Heads Up: review")
        self.setAccessibleName("Heads Up, review of a run")
        self.setMinimumSize(640, 400)
        self.resize(1280, 800)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        rows, self.signs, self._title = rows_of(model.run), signs_of(model.run), title_words(model.run)
        t = self.theme
        self.simulated = BannerTile("Simulated", t, loud=True)
        self.header = HeaderTile(t)
        self.notice = BannerTile("Notice", t)
        self.overview = Overview(model, rows, self.signs, t)
        self.charts = Charts(model, rows, self.signs, t)
        self.readout = Readout(t)
        self.chosen = BannerTile("Chosen", t, severity=Severity.CALM)
        self.side = SidePages(t)
        self.side.hide()
        self.bar = TouchBar(bar_touches(self), t)
        self.help = Overlay(self, "Keys", "\n".join(KEYS), (("Back to the run", self.close_help),))
        self._lay_out()
        self._restyle()
        self._stop_listening = model.listen(self._heard)
        self._spoken_later = QTimer(self)  # what was too quick to be read out is read out in the end
        self._spoken_later.setSingleShot(True)
        self._spoken_later.setInterval(SPOKEN_MS)
        self._spoken_later.timeout.connect(self.readout.speak)
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._step)
        self._say()

    def _lay_out(self) -> None:
        for strip in (self.simulated, self.header, self.notice, self.overview, self.readout, self.chosen, self.bar):
            strip.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        left = QWidget()
        self._left = QVBoxLayout(left)
        self._left.setContentsMargins(0, 0, 0, 0)
        self._left.setSpacing(4)
        for part in (self.overview, self.charts, self.chosen, self.readout):
            self._left.addWidget(part)
        self._left.setStretchFactor(self.charts, 1)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(left)
        self.split.addWidget(self.side)
        self.split.setStretchFactor(0, round(100 * (1 - SIDE_PART)))
        self.split.setStretchFactor(1, round(100 * SIDE_PART))
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.simulated)
        column.addWidget(self.header)
        column.addWidget(self.notice)
        column.addWidget(self.split, 1)
        column.addWidget(self.bar)
        self.charts.installEventFilter(self)

    # ------------------------------------------------------------ pages at the side

    def add_panel(self, name: str, widget: QWidget) -> None:
        """A page at the right side. `name` is its tab and what a screen reader says."""
        self.side.add(name, widget)
        self._fit_side()

    def turn_side(self) -> None:
        """Show the pages at the side, or put them away."""
        self._side_wanted = self.side.isHidden()
        self._fit_side()
        self.setFocus()

    def show_panel(self, name: str) -> None:
        """Turn to the page of this name and show it."""
        for i in range(self.side.count()):
            if self.side.tabText(i) == name:
                self.side.setCurrentIndex(i)
                self._side_wanted = True
                self._fit_side()

    def _fit_side(self) -> None:
        wanted = self.width() >= NARROW_PX if self._side_wanted is None else self._side_wanted
        shown = wanted and self.side.count() > 0
        if shown is self.side.isHidden():
            self.side.setVisible(shown)
            if shown:
                self.split.setSizes([round((1 - SIDE_PART) * self.width()), round(SIDE_PART * self.width())])
        self.bar.offer(-1, self.side.count() > 0)

    # ------------------------------------------------------------ what the model tells

    def _heard(self, change: Change) -> None:
        if change is Change.RUN:
            run = self.model.run
            rows, self.signs, self._title = rows_of(run), signs_of(run), title_words(run)
            self.overview.show_rows(rows, self.signs)
            self.charts.show_rows(rows, self.signs)
        if change is Change.PLAY:
            self._stepped = monotonic()
            self._timer.start() if self.model.playing else self._timer.stop()
        self.overview.heard(change)
        self.charts.heard(change)
        self._say()

    def _say(self) -> None:
        """All texts, as the model is now."""
        model = self.model
        run, feet = model.run, model.run.analysis.settings.feet
        self.simulated.show_text(SIMULATED if run.analysis.info.simulated else "")
        self.notice.show_text(self._notice())
        self.header.show_run(f"Heads Up   {self._title}", "?  keys")
        moment = model.values_at(model.t_s)
        words = moment_words(moment, feet)
        self.readout.show_moment(words, f"{words}. {self.charts.spoken(moment)}")
        self._spoken_later.start()
        found = model.differences()
        chosen = [difference_words(found, feet)] if found else []
        chosen += [stretch_words(*model.selection)] if model.selection else []
        self.chosen.show_text("   ".join(chosen))
        self.bar.name(0, f"Hold {model.speed:g}×" if model.playing else f"Play {model.speed:g}×", "Space")

    def _notice(self) -> str:
        """What must be known of the recording before its charts are believed."""
        told = [clean(notice, 200) for notice in self.surroundings.notices[:3]]
        watch = self.model.run.watch
        if watch is not None and isinstance(watch.alignment, NotAligned):
            told.append(f"Watch not lined up: {clean(watch.alignment.reason, 160)}")
        if self.model.run.analysis.recovered:
            told.append("This recording was never closed; all that was written is here")
        if self.model.run.analysis.estimate == "best":
            told.append("Curves are smoothed afterwards; cues are those of the run")
        return " · ".join(told)

    def _step(self) -> None:
        """A frame of play-back."""
        now = monotonic()
        self.model.step(min(now - self._stepped, 0.5))
        self._stepped = now

    # ------------------------------------------------------------ keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        key = Qt.Key(event.key())
        if control and Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            self._turn_to(key - Qt.Key.Key_1)
        elif (do := key_table(self, shift).get(key)) is not None:
            do()
        else:
            super().keyPressEvent(event)

    def nudge(self, way: int) -> None:
        """The cursor a little later (1) or earlier (-1)."""
        model = self.model
        model.move_cursor(model.t_s + way * CURSOR_PART * (model.visible_s[1] - model.visible_s[0]))

    def _turn_to(self, page: int) -> None:
        if page < self.side.count():
            self.show_panel(self.side.tabText(page))

    def jump(self, way: int) -> None:
        """The cursor to the next alert, mark or lap (1), or the one before (-1), which is read out."""
        sign = self.signs.after(self.model.t_s) if way > 0 else self.signs.before(self.model.t_s)
        if sign is not None:
            self.model.move_cursor(sign.t_s)
            self.readout.show_moment(sign.words, sign.words)

    def closer(self) -> None:
        """Show less of the run, larger."""
        self.model.zoom(1 / ZOOM)

    def wider(self) -> None:
        """Show more of the run."""
        self.model.zoom(ZOOM)

    def show_chosen(self) -> None:
        """Show the chosen stretch and a little around it; without one, from A to B."""
        model = self.model
        stretch = model.selection
        if stretch is None and model.a_s is not None and model.b_s is not None:
            stretch = (min(model.a_s, model.b_s), max(model.a_s, model.b_s))
        if stretch is not None:
            room = 0.05 * (stretch[1] - stretch[0])
            model.show_range(max(stretch[0] - room, 0.0), min(stretch[1] + room, model.duration_s))

    def choose_a_to_b(self) -> None:
        """Choose what lies between A and B."""
        if self.model.a_s is not None and self.model.b_s is not None:
            self.model.select(self.model.a_s, self.model.b_s)

    def turn_play(self) -> None:
        """Play, or hold."""
        self.model.play(not self.model.playing)

    def slower(self) -> None:
        """Play back at half the speed."""
        self.model.set_speed(self.model.speed / 2)

    def faster(self) -> None:
        """Play back at twice the speed."""
        self.model.set_speed(self.model.speed * 2)

    def take_back(self) -> None:
        """Close the list of keys; else take back the choice; else A and B."""
        if self.help.isVisible():
            self.close_help()
        elif self.model.selection is not None:
            self.model.clear_selection()
        else:
            self.model.clear_marks()

    def turn_help(self) -> None:
        """The list of keys, or the run again."""
        self.close_help() if self.help.isVisible() else self.help.open()

    def close_help(self) -> None:
        """The run again."""
        self.help.hide()
        self.setFocus()

    def turn_theme(self) -> None:
        """Light, or dark."""
        self.theme = themes.LIGHT if self.theme is themes.DARK else themes.DARK
        self._restyle()

    def turn_full_screen(self) -> None:
        """The whole screen, or a window."""
        outer = self.window()
        outer.showNormal() if outer.isFullScreen() else outer.showFullScreen()

    # ------------------------------------------------------------ looks

    def _restyle(self) -> None:
        t: Theme = self.theme
        self.setPalette(themes.palette(t))
        self.setAutoFillBackground(True)
        tiles = (self.simulated, self.header, self.notice, self.readout, self.chosen)
        for part in (*tiles, self.overview, self.charts, self.side, self.bar, self.help):
            part.restyle(t)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        h = self.height()
        self.simulated.setFixedHeight(max(18, round(0.035 * h)))
        self.header.setFixedHeight(max(22, round(0.042 * h)))
        self.notice.setFixedHeight(max(20, round(0.038 * h)))
        self.readout.setFixedHeight(max(22, round(0.042 * h)))
        self.chosen.setFixedHeight(max(20, round(0.038 * h)))
        self.overview.setFixedHeight(max(46, round(0.1 * h)))
        self.bar.setFixedHeight(round(0.85 * touch_height(h)))
        self.side.scale(min(round(0.02 * h), 28))
        self._fit_side()
        self.help.place()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.charts and event.type() == QEvent.Type.Resize:
            self.overview.align_left(self.charts.layout_now.left)
        return False

    # ------------------------------------------------------------ the end

    def leave(self) -> None:
        """Close the window, and the one around it."""
        self.close_wanted.emit()
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._closed:
            self._closed = True
            self._timer.stop()
            self._spoken_later.stop()
            self._stop_listening()
            self.surroundings.closed()
        event.accept()
