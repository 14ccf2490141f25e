# ruff: noqa: N802  (Qt's own method names)
"""The library as a window: the list of runs at the left, what was chosen of it at the right."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QLabel, QSizePolicy, QSplitter, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from monitor.dashboard import theme as themes
from monitor.dashboard.library import library_words as words
from monitor.dashboard.library.library_model import LibraryModel, SavePage, State
from monitor.dashboard.library.library_pages import Page, calibrations, one_run, over_the_weeks, side_by_side
from monitor.dashboard.library.run_list import RunList
from monitor.dashboard.overlay import Overlay
from monitor.dashboard.review.panel_page import line_of, page_style
from monitor.dashboard.theme import Theme, font
from monitor.dashboard.tiles import BannerTile, HeaderTile
from monitor.dashboard.touch_bar import Touch, TouchBar, touch_height
from monitor.errors import HeadsUpError
from monitor.library.calibrations import history
from monitor.library.compare_charts import Over
from monitor.library.over_weeks import over_weeks
from monitor.review.report_summary import SIMULATED_WORDS

POLL_MS = 50
LIST_PART = 0.46


class LibraryWindow(QWidget):
    """The runs of a model. `save_page` writes the comparison as a page.

    theme : 'dark', 'light', or 'auto' for what the desktop says
    on_closed : called once when the window closes
    """

    def __init__(
        self,
        model: LibraryModel,
        *,
        save_page: SavePage | None = None,
        theme: str = "auto",
        on_closed: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__()
        self.model, self._save_page, self._on_closed = model, save_page, on_closed
        self.theme = themes.named(theme)
        self.over = Over.TIME
        self._closed = False
        self._drawn: object = None
        self.setObjectName("page")
        self.setWindowTitle(words.TITLE)
        self.setAccessibleName(words.TITLE)
        self.setMinimumSize(640, 400)
        self.resize(1280, 800)
        t = self.theme
        self.simulated = BannerTile("Simulated", t, loud=True)
        self.header = HeaderTile(t)
        for tile in (self.simulated, self.header):
            tile.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.list = RunList()
        self.list.chosen.connect(self._chosen)
        self.empty = _centred("Nothing to show")
        self.left = QStackedWidget()
        self.left.addWidget(self.list)
        self.left.addWidget(self.empty)
        self.side, self.weeks, self.calibrated = (Page(n, t) for n in (words.SIDE, words.WEEKS, words.CALIBRATIONS))
        self.pages = QTabWidget()
        self.pages.setAccessibleName("Pages beside the list")
        self.pages.setDocumentMode(True)
        for page in (self.side, self.weeks, self.calibrated):
            self.pages.addTab(page, page.accessibleName())
        self.bar = TouchBar(self._touches(), t)
        self.help = Overlay(self, "Keys", "\n".join(words.KEYS), (("Back to the runs", self.close_help),))
        self._lay_out()
        self._bind()
        self._restyle()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(POLL_MS)
        self.show_all()

    def _touches(self) -> tuple[Touch, ...]:
        return (
            Touch("Let go", "Esc", self.let_go, "Lets all chosen runs go."),
            Touch("Over distance", "D", self.turn_axis, "Draws the charts over distance, or over time."),
            Touch("Save page", "S", self.save, "Writes the comparison as a page."),
            Touch("Look again", "F5", self.look_again, "Looks at the folder again."),
            Touch("Keys", "?", self.turn_help, "Shows the list of keys."),
        )

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 8)
        column.setSpacing(6)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.left)
        self.split.addWidget(self.pages)
        column.addWidget(self.simulated)
        column.addWidget(self.header)
        column.addWidget(self.split, 1)
        column.addWidget(self.bar)

    def _bind(self) -> None:
        """Keys that work wherever the focus is; the list keeps arrows and space."""
        for keys, action in (
            ("Esc", self.let_go),
            ("D", self.turn_axis),
            ("S", self.save),
            ("F5", self.look_again),
            ("L", self.turn_theme),
            ("F11", self.turn_full_screen),
            ("?", self.turn_help),
            ("F1", self.turn_help),
            ("Q", self.close),
            ("Ctrl+1", lambda: self.pages.setCurrentIndex(0)),
            ("Ctrl+2", lambda: self.pages.setCurrentIndex(1)),
            ("Ctrl+3", lambda: self.pages.setCurrentIndex(2)),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(action)

    # ------------------------------------------------------------ what the model tells

    def look(self) -> None:
        """Take over what was done behind the window, and show it."""
        if self.model.poll():
            self.show_all()

    def show_all(self) -> None:
        """Everything, as the model is now."""
        model = self.model
        rows = model.rows
        if rows:
            self.list.show_rows(rows, model.chosen, feet=model.feet)
        self.left.setCurrentWidget(self.list if rows else self.empty)
        self.empty.setText({State.READING: model.said, State.FAILED: model.said}.get(model.state, words.EMPTY))
        simulated = sum(row.simulated for row in rows)
        told = [model.said if rows else "", words.count_words(len(rows), simulated) if rows else "", *model.notes]
        self.say(" · ".join(filter(None, told)))
        drawn = (model.state, rows)
        if drawn != self._drawn and model.state is not State.READING:
            self._drawn = drawn
            self.weeks.fill(over_the_weeks(over_weeks(rows), self.theme, feet=model.feet))
            self.calibrated.fill(calibrations(history(rows, model.shelf)))
        self._show_side()

    def _show_side(self) -> None:
        model = self.model
        chosen = [row for name in model.chosen if (row := model.row(name)) is not None]
        shown = any(row.simulated for row in chosen)
        self.simulated.show_text(SIMULATED_WORDS if shown else "")
        if model.comparison is not None:
            self.side.fill(side_by_side(model.comparison, self._axis(), self.theme, feet=model.feet))
        elif model.comparing:
            self.side.fill([line_of(words.COMPARING)])
        elif model.compare_error:
            self.side.fill([line_of(model.compare_error, "error")])
        elif len(chosen) == 1:
            self.side.fill(one_run(chosen[0], feet=model.feet))
        else:
            self.side.fill([line_of(words.HINT)] if model.rows else [])

    def _axis(self) -> Over:
        """What the charts run over: distance only where every run knows its own."""
        comparison = self.model.comparison
        return self.over if comparison is not None and comparison.has_distance else Over.TIME

    def _chosen(self, names: list[str]) -> None:
        said = self.model.choose(names)
        self.list.mark(self.model.chosen)
        if said:
            self.say(said)
        if len(names) > 0:
            self.pages.setCurrentIndex(0)
        self._show_side()

    def say(self, text: str) -> None:
        """A line beside the title."""
        self.header.show_run(words.TITLE, text)

    # ------------------------------------------------------------ what keys and buttons do

    def let_go(self) -> None:
        """Close the list of keys; else let all chosen runs go."""
        if self.help.isVisible():
            self.close_help()
        else:
            self.list.let_go()

    def turn_axis(self) -> None:
        """Over distance, or over time."""
        comparison = self.model.comparison
        self.over = Over.TIME if self.over is Over.DISTANCE else Over.DISTANCE
        if self.over is Over.DISTANCE and comparison is not None and not comparison.has_distance:
            self.over = Over.TIME
            self.say(words.NO_DISTANCE)
        self.bar.name(1, "Over time" if self.over is Over.DISTANCE else "Over distance", "D")
        self._show_side()

    def save(self) -> None:
        """Write the comparison as a page, and say where."""
        if self.model.comparison is None or self._save_page is None:
            self.say(words.NOTHING_TO_SAVE)
            return
        try:
            self.say(f"Page written to {self._save_page(self.model.comparison, self._axis())}")
        except HeadsUpError as error:
            self.say(f"! {error}")

    def look_again(self) -> None:
        """Look at the folder again."""
        self.model.reload()
        self.show_all()

    def turn_help(self) -> None:
        """The list of keys, or the runs again."""
        self.close_help() if self.help.isVisible() else self.help.open()

    def close_help(self) -> None:
        """The runs again."""
        self.help.hide()
        self.list.setFocus()

    def turn_theme(self) -> None:
        """Light, or dark."""
        self.theme = themes.LIGHT if self.theme is themes.DARK else themes.DARK
        self._restyle()

    def turn_full_screen(self) -> None:
        """The whole screen, or a window."""
        self.showNormal() if self.isFullScreen() else self.showFullScreen()

    # ------------------------------------------------------------ looks

    def _restyle(self) -> None:
        t: Theme = self.theme
        self.setPalette(themes.palette(t))
        self.setAutoFillBackground(True)
        self.setStyleSheet(
            page_style(t) + f"QTabBar::tab {{ color: {t.text}; background: {t.panel}; padding: 6px 10px; }}"
            f"QTabBar::tab {{ border: 1px solid {t.edge}; }}"
            f"QTabBar::tab:selected {{ border-bottom: 3px solid {t.trace}; font-weight: bold; }}"
            f"QTabBar::tab:selected:focus {{ border: 2px solid {t.trace}; }}"
        )
        for part in (self.simulated, self.header, self.bar, self.help, self.side, self.weeks, self.calibrated):
            part.restyle(t)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        h = self.height()
        self.simulated.setFixedHeight(max(18, round(0.035 * h)))
        self.header.setFixedHeight(max(22, round(0.042 * h)))
        self.bar.setFixedHeight(round(0.85 * touch_height(h)))
        self.pages.setFont(font(max(11, min(round(0.02 * h), 22))))
        self.split.setSizes([round(LIST_PART * self.width()), round((1 - LIST_PART) * self.width())])
        self.help.place()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._closed:
            self._closed = True
            self._timer.stop()
            self.model.close()
            self._on_closed()
        event.accept()


def _centred(name: str) -> QLabel:
    label = line_of("", "note", name=name)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return label
