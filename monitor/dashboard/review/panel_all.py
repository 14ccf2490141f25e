# ruff: noqa: N802  (Qt's own method names)
"""All pages beside the charts, put into the review window."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QDropEvent

from monitor.dashboard.review.panel_map import MapPage
from monitor.dashboard.review.panel_meaning import MeaningPage
from monitor.dashboard.review.panel_page import PanelPage
from monitor.dashboard.review.panel_play import PlayPage
from monitor.dashboard.review.panel_selection import StretchPage
from monitor.dashboard.review.panel_tables import TablesPage
from monitor.dashboard.review.panel_watch import WatchPage, dropped
from monitor.dashboard.review.panel_whatif import WhatIfPage
from monitor.dashboard.review.review_window import ReviewWindow


@dataclass(frozen=True, slots=True)
class Panels:
    """The pages, in the order of their tabs. `what_if`: None where the run is not read from a recording."""

    meaning: MeaningPage
    map: MapPage
    tables: TablesPage
    stretch: StretchPage
    what_if: WhatIfPage | None
    play: PlayPage
    watch: WatchPage

    @property
    def pages(self) -> tuple[PanelPage, ...]:
        """All of them."""
        asking = (self.what_if,) if self.what_if is not None else ()
        return (self.meaning, self.map, self.tables, self.stretch, *asking, self.play, self.watch)


def add_panels(window: ReviewWindow, *, reduced_motion: bool = False) -> Panels:
    """Put all pages into the window, and take back the watch's file that was chosen before."""
    model, actions, theme = window.model, window.surroundings, window.theme
    panels = Panels(
        meaning=MeaningPage(model, theme),
        map=MapPage(model, theme),
        tables=TablesPage(model, theme),
        stretch=StretchPage(model, theme, actions, picture=window.charts.grab),
        what_if=WhatIfPage(model, theme, actions.recording) if actions.recording is not None else None,
        play=PlayPage(model, theme, reduced_motion=reduced_motion),
        watch=WatchPage(model, theme, actions),
    )
    for page in panels.pages:
        page.page_wanted.connect(window.show_panel)
        window.add_panel(page.name, page)
    window.setAcceptDrops(True)
    window.installEventFilter(_WatchDrop(window, panels.watch))
    panels.watch.recall()
    return panels


class _WatchDrop(QObject):
    """A watch's file may be dropped anywhere on the window."""

    def __init__(self, window: ReviewWindow, page: WatchPage) -> None:
        super().__init__(window)
        self._page = page

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() not in (QEvent.Type.DragEnter, QEvent.Type.Drop) or not isinstance(event, QDropEvent):
            return False
        path = dropped(event)
        if path is None:
            return False
        event.acceptProposedAction()
        if event.type() is QEvent.Type.Drop:
            self._page.page_wanted.emit(self._page.name)
            self._page.take_file(path)
        return True
