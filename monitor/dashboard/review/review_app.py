"""Opens the review window: the run is worked out in a thread while the window tells how far it is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from monitor.dashboard.app import application
from monitor.dashboard.review.review_actions import ReviewActions
from monitor.errors import HeadsUpError
from monitor.review.report_words import clean
from monitor.review.reviewed import ReviewedRun

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from monitor.dashboard.review.review_window import ReviewWindow

LOOK_MS = 50
Tell = Callable[[str, float | None], None]
"""What is being done, and how much of it is done, 0..1 or None. Raises OpeningStoppedError once nobody waits."""


class OpeningStoppedError(Exception):
    """The window was closed before the run was there."""


class Opening:
    """A run being worked out in a thread of its own.

    run, error : what came of it; both None while it goes on
    """

    def __init__(self, work: Callable[[Tell], ReviewedRun]) -> None:
        self._work = work
        self._stopped = threading.Event()
        self.progress: tuple[str, float | None] = ("Reading the recording…", None)
        self.run: ReviewedRun | None = None
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._go, name="opening", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, wait_s: float = 2.0) -> None:
        """Nobody waits any more; returns once the thread has ended, or after `wait_s`."""
        self._stopped.set()
        self._thread.join(wait_s)

    def _tell(self, words: str, share: float | None) -> None:
        if self._stopped.is_set():
            raise OpeningStoppedError
        self.progress = (words, share)

    def _go(self) -> None:
        try:
            self.run = self._work(self._tell)
        except BaseException as error:
            self.error = error


def trouble_words(error: BaseException) -> str:
    """Why a run cannot be shown, in a sentence."""
    if isinstance(error, HeadsUpError):
        return clean(str(error), 400)
    return (
        f"Something went wrong in Heads Up itself ({type(error).__name__}: {clean(str(error), 200)}). Please tell us."
    )


def make_desk(
    opening: Opening,
    actions: ReviewActions,
    name: str,
    fill: Callable[[ReviewWindow], object],
    theme: str = "auto",
) -> QWidget:
    """The outer window: the page that waits, then the review in its place. Starts the opening."""
    from monitor.dashboard.review.review_desk import ReviewDesk

    return ReviewDesk(opening, actions, name, fill, theme)


def run_review(
    work: Callable[[Tell], ReviewedRun],
    actions: ReviewActions,
    name: str,
    fill: Callable[[ReviewWindow], object],
    *,
    theme: str = "auto",
) -> int:
    """Show a run until its window is closed; returns the exit code (0; 130 after Ctrl-C). Main thread only.

    work : gives the run; called in a thread of its own, with what tells how far it is
    name : of the run, for the title; fill : puts the pages beside the charts
    Raises OutputUnavailableError where no window can be opened; what `work` raised, once the window that said so is
    closed.
    """
    app = application("Use --report for the report, or --no-gui.")
    from monitor.dashboard.interrupt import ended_by_ctrl_c

    opening = Opening(work)
    desk = make_desk(opening, actions, clean(name, 60), fill, theme)
    try:
        with ended_by_ctrl_c(desk, desk.close) as interrupted:
            desk.show()
            app.exec()
    finally:
        opening.stop()
    if opening.error is not None and not isinstance(opening.error, OpeningStoppedError):
        raise opening.error
    return 130 if interrupted.is_set() else 0
