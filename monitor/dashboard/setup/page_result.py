"""The page that tells what was learned: one card for each sensor."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from monitor.dashboard.setup.page_base import Action, SetupPage, Words
from monitor.dashboard.setup.page_order import Page
from monitor.dashboard.setup.result_words import SiteResult, results
from monitor.dashboard.setup.setup_model import SetupModel
from monitor.dashboard.theme import Theme
from monitor.texts.speaking import say


class ResultPage(SetupPage):
    """Built anew for every profile."""

    def __init__(self, model: SetupModel, theme: Theme) -> None:
        super().__init__(model, theme, "What it sees")
        self.heading = Words("", 1.6, bold=True)
        self.cards = QScrollArea()
        self.cards.setWidgetResizable(True)
        self.cards.setFrameShape(QFrame.Shape.NoFrame)
        self.cards.setAccessibleName(say("Results"))
        column = QVBoxLayout(self)
        column.addWidget(self.heading)
        column.addWidget(self.cards, 1)
        self._shown: object = None
        self._px = 18.0

    def refresh(self, now_s: float) -> None:  # noqa: ARG002
        profile = self.model.profile
        if profile is None or profile is self._shown:
            return
        self._shown = profile
        found = results(profile)
        works = [result for result in found if result.works]
        if len(works) == len(found):
            self.heading.say("That worked.")
        elif works:
            self.heading.say("That worked for one sensor." if len(works) == 1 else "That worked for some sensors.")
        else:
            self.heading.say("From there it sees little.")
        inside = QWidget()
        row = QHBoxLayout(inside)
        row.setContentsMargins(0, 0, 0, 0)
        for result in found:
            row.addWidget(card(result), 1)
        self.cards.setWidget(inside)
        self.rescale(self._px)

    def others(self) -> Sequence[Action]:
        return [Action("Calibrate &again", lambda: self.model.go(Page.CALIBRATE))]

    def begin(self) -> None:
        self.cards.setFocus()

    def rescale(self, px: float) -> None:
        self._px = px
        super().rescale(px)
        for frame in self.cards.findChildren(QFrame):
            if frame.property("card") and (column := frame.layout()) is not None:
                column.setContentsMargins(round(px), round(px), round(px), round(px))
                column.setSpacing(round(0.5 * px))


def card(result: SiteResult) -> QFrame:
    """One sensor's result, framed; a tick or an exclamation mark says whether it is of use."""
    frame = QFrame()
    frame.setProperty("card", True)
    column = QVBoxLayout(frame)
    column.addWidget(Words(result.title, 1.1, dim=True))
    column.addWidget(Words(f"{'✓' if result.works else '!'}  {result.sees}", 1.45, bold=True))
    for line in result.lines:
        column.addWidget(Words(f"·  {line}", 1.1))
    column.addStretch(1)
    frame.setAccessibleName(say(result.title))
    frame.setAccessibleDescription(" ".join(say(text) for text in (result.sees, *result.lines)))
    return frame
