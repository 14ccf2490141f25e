"""Questions 'what if' one after the other: a near answer at once, the exact one from a thread.

Only the latest question is worked out; one that was overtaken is dropped.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from calibration.model import Profile
from monitor.errors import HeadsUpError
from monitor.recording.reader import open_recording
from monitor.review.analyse import recorded_profile
from monitor.review.analysis import RunAnalysis
from monitor.review.splits import NO_EDITS, Edits
from monitor.review.whatif import MOST_BYTES, Rescorer, rescorer_of
from monitor.review.whatif_change import Compared, compared, tally
from monitor.review.whatif_quick import QuickLook
from monitor.settings import Settings


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked; `number` counts from 1."""

    number: int
    settings: Settings
    edits: Edits


@dataclass(frozen=True, slots=True)
class Answer:
    """The exact answer. `refused`: why there is none, a sentence; then `analysis` and `change` are None."""

    question: Question
    analysis: RunAnalysis | None
    change: Compared | None
    refused: str = ""


class WhatIfSession:
    """One recording, many questions.

    Parameters
    ----------
    path : the recording
    analysis : of the run as it was, the live estimate
    answered : told each exact answer, in this session's thread
    profile : the calibration that the analysis was given; None: the recorded one

    Raises RecordingError.
    """

    def __init__(
        self,
        path: Path,
        analysis: RunAnalysis,
        answered: Callable[[Answer], None],
        *,
        profile: Profile | None = None,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        with open_recording(path) as recording:
            profile = profile if profile is not None else recorded_profile(recording)
            self._controls = recording.controls()
        self._near = (NO_EDITS, QuickLook(analysis, profile, self._controls))
        self.was, self._then = analysis, tally(analysis)
        self._path, self._profile, self._most = path, profile, most_bytes
        self._answered = answered
        self._changed = threading.Condition()
        self._next: Question | None = None
        self._count = 0
        self._closed = False
        self._thread: threading.Thread | None = None
        self._rescorer: tuple[Edits, Rescorer] | None = None

    @property
    def settings(self) -> Settings:
        """The settings as they held, to be changed."""
        return self.was.settings.replaced(own_limits=False)

    def look(self, settings: Settings, edits: Edits = NO_EDITS) -> Compared | None:
        """What would change, nearly; at once. None where the run was not yet seen with these neutrals."""
        known, quick = self._near
        return compared(self.was, quick.look(settings), self._then) if known == edits else None

    def ask(self, settings: Settings, edits: Edits = NO_EDITS) -> int:
        """Have a question worked out exactly; its number. An earlier one that still waits is dropped."""
        with self._changed:
            self._count += 1
            self._next = Question(self._count, settings, edits)
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._work, name="what-if", daemon=True)
                self._thread.start()
            self._changed.notify()
            return self._count

    def close(self, wait_s: float = 5.0) -> None:
        """No more answers; what is being worked out is let go."""
        with self._changed:
            self._closed = True
            self._next = None
            self._changed.notify()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(wait_s)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._next is not None)
                question, self._next = self._next, None
            if question is None:
                return
            answer = self._answer(question)
            with self._changed:
                overtaken = self._closed or self._next is not None
            if not overtaken:
                self._answered(answer)

    def _answer(self, question: Question) -> Answer:
        try:
            found = self._seen_with(question.edits).rescore(question.settings)
        except HeadsUpError as error:
            return Answer(question, None, None, str(error))
        except MemoryError:
            return Answer(question, None, None, "This computer has not enough memory for that now.")
        except Exception as error:  # whoever asked must hear of it, whatever it was
            return Answer(question, None, None, f"This did not work: {error or type(error).__name__}.")
        return Answer(question, found, compared(self.was, found, self._then))

    def _seen_with(self, edits: Edits) -> Rescorer:
        """The run as it was seen with these neutrals."""
        if self._rescorer is None or self._rescorer[0] != edits:
            self._rescorer = None  # its memory is needed for the next
            made = rescorer_of(self._path, self.was, profile=self._profile, edits=edits, most_bytes=self._most)
            self._rescorer = (edits, made)
            self._near = (edits, QuickLook(made.analysis, self._profile, self._controls))
        return self._rescorer[1]
