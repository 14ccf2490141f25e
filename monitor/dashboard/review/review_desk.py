# ruff: noqa: N802  (Qt's own method names)
"""The outer window of a review: the page that waits while the run is worked out, then the review in its place."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from monitor.dashboard import theme as themes
from monitor.dashboard.review.opening_page import OpeningPage
from monitor.dashboard.review.review_actions import ReviewActions
from monitor.dashboard.review.review_app import LOOK_MS, Opening, trouble_words
from monitor.dashboard.review.review_model import ReviewModel
from monitor.dashboard.review.review_window import ReviewWindow


class ReviewDesk(QWidget):
    """Starts the opening and shows what comes of it. `review`: the window, once it is there."""

    def __init__(
        self,
        opening: Opening,
        actions: ReviewActions,
        name: str,
        fill: Callable[[ReviewWindow], object],
        theme: str = "auto",
    ) -> None:
        super().__init__()
        self._opening, self._surroundings, self._fill, self._theme = opening, actions, fill, theme
        self.review: ReviewWindow | None = None
        self.setWindowTitle(f"Heads Up: {name}")
        self.setAccessibleName("Heads Up, review of a run")
        self.setMinimumSize(640, 400)
        self.resize(1280, 800)
        self.waiting = OpeningPage(name, self._leave, themes.named(theme))
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.waiting)
        opening.start()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(LOOK_MS)

    def _look(self) -> None:
        opening = self._opening
        if opening.run is None and opening.error is None:
            self.waiting.show_progress(*opening.progress)
            return
        self._timer.stop()
        if opening.run is None:
            assert opening.error is not None
            self.waiting.show_trouble(trouble_words(opening.error))
            return
        model = ReviewModel(opening.run)
        seen = np.flatnonzero(opening.run.columns.seen)
        if len(seen):  # the cursor begins where there is something to be read
            model.move_cursor(float(opening.run.columns.t_s[seen[0]]))
        self.review = ReviewWindow(model, self._surroundings, theme=self._theme)
        self.review.close_wanted.connect(self._leave)
        self._stack.addWidget(self.review)
        self._fill(self.review)
        self._stack.setCurrentWidget(self.review)
        self.review.setFocus()

    def _leave(self) -> None:
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Q) and self.review is None:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._timer.stop()
        self._opening.stop(0.0)
        if self.review is not None:
            self.review.close()
        event.accept()
