"""Longer work beside the window: a function in a thread of its own, its answer back in the window's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from PySide6.QtCore import QObject, Signal

from monitor.errors import HeadsUpError


class Work(QObject):
    """Runs one function at a time; of several that were begun, only the newest answers.

    Exactly one of `succeeded` and `failed` is called for it, in the window's thread.
    """

    _ended = Signal(int, object, str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._number = 0
        self._succeeded: Callable[[object], None] = _ignore
        self._failed: Callable[[str], None] = _ignore
        self._ended.connect(self._answer)

    @property
    def busy(self) -> bool:
        """Something has been begun that has not answered yet."""
        return self._succeeded is not _ignore

    def begin(
        self, function: Callable[[], object], succeeded: Callable[[object], None], failed: Callable[[str], None]
    ) -> None:
        """Run `function`; it must not touch the window. `failed` gets a sentence for people."""
        self._number += 1
        number = self._number
        self._succeeded, self._failed = succeeded, failed

        def run() -> None:
            answer: object = None
            wrong = ""
            try:
                answer = function()
            except HeadsUpError as error:
                wrong = str(error)
            except Exception as error:  # the window must hear of it, whatever it was
                wrong = f"This did not work: {error or type(error).__name__}"
            # The window may have been closed meanwhile.
            with suppress(RuntimeError):
                self._ended.emit(number, answer, wrong)

        threading.Thread(target=run, name="review work", daemon=True).start()

    def forget(self) -> None:
        """Whatever is under way is no longer wanted."""
        self._number += 1
        self._succeeded = self._failed = _ignore

    def _answer(self, number: int, answer: object, wrong: str) -> None:
        if number != self._number:
            return
        succeeded, failed = self._succeeded, self._failed
        self._succeeded = self._failed = _ignore
        if wrong:
            failed(wrong)
        else:
            succeeded(answer)


def _ignore(_answer: object) -> None:
    """Nobody waits."""
