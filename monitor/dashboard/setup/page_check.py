"""The page of the 10-second check: look far ahead, and then how the sensors sit."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from calibration.check import Verdict
from calibration.protocol import PoseKind
from monitor.dashboard.setup.check_facts import CheckPhase
from monitor.dashboard.setup.check_words import advice, as_led, heading, lines, no_signal
from monitor.dashboard.setup.instruction import InstructionTile, SteadinessTile
from monitor.dashboard.setup.page_base import Action, FigureTile, SetupPage, Words
from monitor.dashboard.setup.setup_model import SetupModel
from monitor.dashboard.theme import Theme

MOST_LINES = 6


class CheckPage(SetupPage):
    """Enter does what is best for the verdict; every other way on has its letter."""

    def __init__(self, model: SetupModel, theme: Theme) -> None:
        super().__init__(model, theme, "The ten-second check")
        self.figure = FigureTile(theme)
        self.instruction, self.steady = InstructionTile(theme), SteadinessTile(theme)
        self.looking, self.found = QWidget(), QWidget()
        tiles = QVBoxLayout(self.looking)
        tiles.setContentsMargins(0, 0, 0, 0)
        tiles.addWidget(self.instruction, 80)
        tiles.addWidget(self.steady, 20)
        column = QVBoxLayout(self.found)
        column.setContentsMargins(0, 0, 0, 0)
        column.addStretch(1)
        self.heading = Words("", 2.2, bold=True)  # read by somebody who stands away from the screen
        self.lines = [Words("", 1.05) for _ in range(MOST_LINES)]
        self.advice = [Words("", 1.05, bold=i == 0) for i in range(4)]
        self.goes = Words("", 1.9, bold=True)
        for words in (self.heading, *self.lines):
            column.addWidget(words)
        column.addSpacing(10)
        for words in (*self.advice, self.goes):
            column.addWidget(words)
        column.addStretch(1)
        self.found.hide()
        row = QHBoxLayout(self)
        for part, stretch in ((self.figure, 9), (self.looking, 12), (self.found, 12)):
            row.addWidget(part, stretch)

    def refresh(self, now_s: float) -> None:  # noqa: ARG002
        check = self.model.check
        if check is None:
            return
        view = check.view
        self.figure.show_pose(PoseKind.NEUTRAL, "neutral", None, self.model.worn)
        done = view.phase is CheckPhase.DONE
        if self.found.isVisibleTo(self) is not done:
            self.found.setVisible(done)
            self.looking.setVisible(not done)
        if not done:
            led = as_led(view) if view.phase is CheckPhase.LOOKING and not view.lost else None
            self.instruction.show_led(led, no_signal(view) if view.lost else view.waiting)
            self.steady.show_led(led)
            self.steady.setVisible(led is not None)
            return
        self.heading.say(heading(view))
        _fill(self.lines, lines(view, check.batteries()))
        _fill(self.advice, advice(view, enough=check.battery_enough))
        goes = check.goes_in_s
        self.goes.say(f"Off you go in {math.ceil(goes)} s." if math.isfinite(goes) else "")
        self.setAccessibleDescription(" ".join(w.text() for w in (self.heading, *self.lines, *self.advice) if w.text()))

    def primary(self) -> str:
        check = self.model.check
        verdict = check.view.verdict if check is not None else None
        if check is None or verdict is None:
            return ""
        if verdict is Verdict.SAME:
            return "Run now" if check.battery_enough else "Run anyway"
        return "Check again" if verdict is Verdict.WORN_ANEW or check.view.bowed else "Re-zero now"

    def others(self) -> Sequence[Action]:
        check = self.model.check
        verdict = check.view.verdict if check is not None else None
        if verdict is Verdict.SAME:
            return []
        if check is None or verdict is None:
            return [Action("&Run anyway", self.model.start_anyway)]
        actions = [Action("&Run anyway", self.model.start_anyway), Action("Calibrate a&new", self.model.calibrate_anew)]
        if verdict is Verdict.MOVED:
            other = (
                ("Re-&zero now", self.model.rezero) if check.view.bowed else ("Check &again", self.model.check_again)
            )
            actions.append(Action(*other))
        return actions


def _fill(labels: Sequence[Words], texts: Sequence[str]) -> None:
    """The texts, one in each label; labels without one are hidden."""
    for i, label in enumerate(labels):
        label.say(texts[i] if i < len(texts) else "")
