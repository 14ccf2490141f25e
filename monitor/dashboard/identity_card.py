"""The question about a device of unknown identity: a card over the live window with two answers, Y and N."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from monitor.dashboard.overlay import Overlay
from monitor.sources.identity_desk import NO, YES, YES_OR_NO, IdentityDesk, Question, answer_by_key
from monitor.texts.speaking import say

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

LATER_S = 120.0
"""Esc puts the question off for so long."""
LATER = "Esc  decide later"


class IdentityCard(Overlay):
    """Shows the desk's question while there is one. The safe answer has the focus."""

    def __init__(self, parent: QWidget, desk: IdentityDesk | None) -> None:
        super().__init__(parent, "Is this your sensor?", "", ((NO, self._no), (YES, self._yes)))
        self._desk = desk
        self._shown: Question | None = None
        self._put_off: tuple[Question, float] | None = None
        self._said = ""

    def look(self, *, free: bool) -> None:
        """Follow the desk. `free`: nothing else lies over the window; an open card stays."""
        question = self._desk.question() if self._desk is not None else None
        if question is None or self._is_put_off(question):
            self._leave()
        elif question != self._shown and (free or self.isVisible()):
            self._shown = question
            self.title.setText(say(question.title))
            self.setAccessibleName(say(question.title))
            self.text.setText(f"{say(question.text)}\n{say(YES_OR_NO)}   {say(LATER)}")
            self.open()

    def press(self, key: str) -> bool:
        """A typed character; whether it was an answer."""
        if not self.isVisible() or not (said := answer_by_key(self._desk, key)):
            return False
        self._said = said
        self._leave()
        return True

    def take_said(self) -> str:
        """What the last answer brought, once."""
        said, self._said = self._said, ""
        return said

    def later(self) -> None:
        """Decide another time; the sensor is left alone meanwhile."""
        if self._shown is not None:
            self._put_off = self._shown, monotonic() + LATER_S
        self._leave()

    def _is_put_off(self, question: Question) -> bool:
        return self._put_off is not None and self._put_off[0] == question and monotonic() < self._put_off[1]

    def _leave(self) -> None:
        self._shown = None
        if self.isVisible():
            self.hide()
            parent = self.parentWidget()
            if parent is not None:
                parent.setFocus()

    def _no(self) -> None:
        self.press("n")

    def _yes(self) -> None:
        self.press("y")
