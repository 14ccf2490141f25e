"""The page 'What if': limit, dwell and mode moved by slider, and other neutrals for parts of the run.

A near answer is shown at once; the exact one follows from a thread, and with it the charts.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from calibration.model import Profile
from monitor.dashboard.review.panel_page import PanelPage, Pile, button_of, card, line_of, row_of
from monitor.dashboard.review.panel_whatif_cues import CueList
from monitor.dashboard.review.panel_whatif_slider import NumberRow
from monitor.dashboard.review.review_model import Change, ReviewModel
from monitor.dashboard.settings_fields import ChoiceEditor
from monitor.dashboard.theme import Theme
from monitor.errors import HeadsUpError
from monitor.review.choices import read_choices, write_choices
from monitor.review.report_words import clock_words
from monitor.review.reviewed import ReviewedRun, reviewed
from monitor.review.splits import NO_EDITS, Edits, edits_of, with_edits, words
from monitor.review.table import main_track
from monitor.review.whatif_change import Compared
from monitor.review.whatif_session import Answer, WhatIfSession
from monitor.review.whatif_settings import bounds, with_rule
from monitor.review.whatif_words import MODE_WORDS, in_a_sentence, labelled, readout, switched_words
from monitor.settings import Settings
from monitor.values import Mode

NAME = "What if"
PAUSE_MS = 120
"""So long a slider must rest before the exact answer is begun."""
NEARLY = "Nearly so; the exact answer is on its way …"
WORKING = "Looking through the recording once more …"
EXACT = "Exactly so. The charts show this now, not the run as it was."
NOT_LIVE = "Here are smoothed angles, which no rule has judged. Open the run without them to ask what if."
AS_IT_WAS = "This is the run as it was."


class WhatIfPage(PanelPage):
    """Asks what other settings would have changed. `path`: the recording; `profile`: where not the recorded one."""

    _came = Signal(object, object)

    def __init__(self, model: ReviewModel, theme: Theme, path: Path, profile: Profile | None = None) -> None:
        super().__init__(NAME, model, theme)
        self._path, self._profile = path, profile
        self._was = model.run.analysis
        self._asked = 0
        self.change: Compared | None = None
        choices, wrong = read_choices(path)
        self.edits, told = edits_of(choices)
        self._settled = NO_EDITS
        self._build()
        self._put(self._was.settings)
        self._say(wrong or told or AS_IT_WAS)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._ask)
        self._came.connect(self._take)
        self._open: list[WhatIfSession] = []
        self.destroyed.connect(partial(_close, self._open))
        if self._was.estimate != "live":
            self.setEnabled(False)
            self._say(NOT_LIVE)
        elif self.edits:
            self._timer.start()

    # ------------------------------------------------------------ what is on the page

    def _build(self) -> None:
        rule = self._was.settings.head_rule(self._was.settings.mode)
        self.mode = ChoiceEditor([(mode.value, text) for mode, text in MODE_WORDS.items()])
        self.mode.setAccessibleName("Mode at the start")
        self.limit = NumberRow("Limit", "°", bounds("on_deg"), rule.on_deg, "Head down counts above this, in degrees")
        self.dwell = NumberRow("Held for", "s", bounds("dwell_s"), rule.dwell_s, "So many seconds down bring a cue")
        self.back = button_of("As it was", "Put limit, time and mode back to what they were in the run")
        self.status = line_of("", "note", name="How exact this is")
        self.moved = button_of("The sensor moved here", "From the cursor on, the sensor has a neutral of its own")
        self.neutral = button_of("This stretch was neutral", "The chosen stretch is where you looked far ahead")
        self.undo = button_of("Take back", "Take the last word on the neutral back")
        self.said = line_of("", "help", name="Neutrals of this run")
        self.figures = QWidget()
        self._grid = QGridLayout(self.figures)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(0, 1)
        self.gained = CueList("Cues that would have come", self._go)
        self.lost = CueList("Cues that would not have come", self._go)
        switched = switched_words(self._was.modes)
        note = [line_of(switched, "help")] if switched else []
        pile = Pile(NAME)
        pile.fill(
            [
                card(self.mode, *note, self.limit, self.dwell, row_of(self.back)),
                card(self.status, self.figures, self.gained, self.lost),
                card(line_of("Neutral", "label"), row_of(self.neutral), row_of(self.moved, self.undo), self.said),
            ]
        )  # fmt: skip
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(pile)
        self.mode.on_edited = self._mode_chosen
        self.limit.moved.connect(self._look)
        self.dwell.moved.connect(self._look)
        self.back.clicked.connect(self._as_it_was)
        self.moved.clicked.connect(self._sensor_moved)
        self.neutral.clicked.connect(self._was_neutral)
        self.undo.clicked.connect(self._take_back)
        self._show_neutrals()

    def _put(self, settings: Settings) -> None:
        """Show these settings; not a question."""
        self.mode.put(settings.mode.value)
        rule = settings.head_rule(settings.mode)
        self.limit.put(rule.on_deg)
        self.dwell.put(rule.dwell_s)
        self.back.setEnabled(not self._is_as_it_was())

    # ------------------------------------------------------------ questions

    @property
    def settings(self) -> Settings:
        """What is asked for."""
        mode = Mode(str(self.mode.read()))
        asked = self._was.settings.replaced(own_limits=False, mode=mode)
        rule = asked.head_rule(mode)
        on_deg = None if self.limit.is_at(rule.on_deg) else self.limit.value
        dwell_s = None if self.dwell.is_at(rule.dwell_s) else self.dwell.value
        return with_rule(asked, mode, on_deg=on_deg, dwell_s=dwell_s)

    def _is_as_it_was(self) -> bool:
        return self.settings == self._was.settings.replaced(own_limits=False)

    def _mode_chosen(self) -> None:
        mode = Mode(str(self.mode.read()))
        rule = self._was.settings.head_rule(mode)
        self.limit.put(rule.on_deg)
        self.dwell.put(rule.dwell_s)
        self._look()

    def _as_it_was(self) -> None:
        self._put(self._was.settings)
        self._look()
        self.limit.box.setFocus()

    def _look(self) -> None:
        """The near answer now, the exact one as soon as the slider rests."""
        self.back.setEnabled(not self._is_as_it_was())
        self._asked = 0  # what is on its way is overtaken
        try:
            near = self._questions().look(self.settings, self.edits)
            if near is not None:
                self._show(near, NEARLY)
            else:
                self._say(WORKING)
        except HeadsUpError as error:
            self._say(str(error))
            return
        self._timer.start()

    def _ask(self) -> None:
        try:
            self._asked = self._questions().ask(self.settings, self.edits)
        except HeadsUpError as error:
            self._say(str(error))

    def _questions(self) -> WhatIfSession:
        if not self._open:
            self._open.append(WhatIfSession(self._path, self._was, self._answered, profile=self._profile))
        return self._open[0]

    def _answered(self, answer: Answer) -> None:
        """In the session's thread: everything of the run under these settings."""
        run: ReviewedRun | None = None
        watch = self.model.run.watch
        try:
            if answer.analysis is not None:
                found = labelled(answer.analysis, self._was, answer.question.edits)
                run = reviewed(found, watch.track, watch.alignment, watch.name) if watch else reviewed(found)
        except Exception as error:  # the page must hear of it, whatever it was
            answer = replace(answer, refused=f"This did not work: {error or type(error).__name__}.")
        # The page may have been closed meanwhile.
        with suppress(RuntimeError):
            self._came.emit(answer, run)

    def _take(self, answer: Answer, run: ReviewedRun | None) -> None:
        if answer.question.number != self._asked:
            return
        if run is None or answer.change is None:
            self.edits = self._settled
            self._show_neutrals()
            self._say(answer.refused)
            return
        if answer.question.edits != self._settled:
            self._settled = answer.question.edits
            self._keep()
        self.model.replace_run(run)
        same = self._is_as_it_was() and not self.edits
        self._show(answer.change, AS_IT_WAS if same else EXACT)

    # ------------------------------------------------------------ neutrals

    def _sensor(self) -> str:
        track = main_track(self._was)
        return track.sensor if track is not None else "head"

    def _sensor_moved(self) -> None:
        self._edit(self.edits.moved(self._sensor(), round(self.model.t_s, 3)))

    def _was_neutral(self) -> None:
        if self.model.selection is None:
            self._say("Choose a stretch in the charts first: half a minute of even running, looking far ahead.")
            return
        start_s, end_s = self.model.selection
        self._edit(self.edits.neutral(self._sensor(), (round(start_s, 3), round(end_s, 3))))

    def _take_back(self) -> None:
        self._edit(self.edits.undone())

    def _edit(self, edits: Edits) -> None:
        self.edits = edits
        self._show_neutrals()
        self._say(WORKING)
        self._timer.start()

    def _keep(self) -> None:
        """Beside the recording, with the other choices."""
        try:
            choices, _ = read_choices(self._path)
            write_choices(self._path, with_edits(choices, self._settled))
        except HeadsUpError as error:
            self.said.setText(f"{self.said.text()} This could not be kept: {error}")

    def _show_neutrals(self) -> None:
        self.said.setText("\n".join(words(self.edits)) or "As calibrated.")
        self.undo.setEnabled(bool(self.edits))
        self.neutral.setEnabled(self.model.selection is not None)

    # ------------------------------------------------------------ answers

    def _go(self, at_s: float) -> None:
        self.model.move_cursor(at_s)

    def show_change(self, change: Change) -> None:
        if change is Change.SELECTION:
            self.neutral.setEnabled(self.model.selection is not None)
        elif change is Change.CURSOR:
            at = clock_words(self.model.t_s)
            self.moved.setToolTip(f"From {at}, where the cursor is, the sensor has a neutral of its own")

    def _show(self, change: Compared, how: str) -> None:
        self.change = change
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for column, text in enumerate(("", "in the run", "would be")):
            self._grid.addWidget(line_of(text, "help"), 0, column)
        for row, cells in enumerate(readout(change), 1):
            for column, text in enumerate(cells):
                self._grid.addWidget(_figure(text, bold=column == 2), row, column)
        self.figures.setAccessibleName(in_a_sentence(change))
        self.gained.fill(change.gained)
        self.lost.fill(change.lost)
        self._say(how)

    def _say(self, text: str) -> None:
        self.status.setText(text)
        self.status.setAccessibleDescription(text)


def _figure(text: str, *, bold: bool) -> QLabel:
    return line_of(text, "label" if bold else "")


def _close(sessions: list[WhatIfSession]) -> None:
    """No more answers."""
    for session in sessions:
        session.close(0.0)
