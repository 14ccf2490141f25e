"""The page 'What it means': two or three observations, each with its evidence one click away, and that evidence."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QProgressBar, QVBoxLayout, QWidget

from monitor.dashboard.review import panel_meaning_words as words
from monitor.dashboard.review import tables
from monitor.dashboard.review.panel_page import PanelPage, Pile, button_of, card, line_of, row_of
from monitor.dashboard.review.review_model import Change, ReviewModel
from monitor.dashboard.theme import Theme
from monitor.review.insight.around_marks import AROUND_S, AroundMarks
from monitor.review.insight.observations import Observation, Section
from monitor.review.report_words import SITE_WORDS, clean, clock_words, event_title, event_why, share_words
from monitor.review.reviewed import ReviewedRun
from monitor.values import NS_PER_S, EventKind

NAME = "Meaning"
"""Of the tab, where room is scarce."""
MOST_CHECKS = 20
TITLES = {
    Section.TREND: "As the run went on",
    Section.MARKS: "Around your marks",
    Section.ALERTS: "What the cues did",
    Section.GAZE: "Where you looked",
    Section.QUALITY: "How well it was seen",
}


def nothing_words(run: ReviewedRun) -> str:
    """Where no observation is made: never 'all is well' of what was not seen."""
    metrics = run.metrics
    if metrics.running_s <= 0:
        return "There is no running in this recording to say something about."
    if not metrics.running_valid_share:
        return "Your posture was not seen in this run, so nothing is said about it."
    return "Nothing stands out that is certain enough to say. The numbers below are all there is."


class MeaningPage(PanelPage):
    """Observations as cards, then their evidence."""

    def __init__(self, model: ReviewModel, theme: Theme) -> None:
        super().__init__(NAME, model, theme)
        self.setAccessibleName("What it means")
        self.pile = Pile("What the run means")
        self.sections: dict[Section, QFrame] = {}
        self.observations: list[QFrame] = []
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.pile)

    def show_change(self, change: Change) -> None:
        if change is Change.RUN:
            self._fill(self.model.run)

    def _fill(self, run: ReviewedRun) -> None:
        feet = run.analysis.settings.feet
        widgets: list[QWidget] = []
        if run.analysis.info.simulated or any(s.simulated for s in run.analysis.sensors):
            widgets.append(line_of("SIMULATED · this is not a real runner", "error"))
        widgets.append(line_of(words.run_words(run.metrics), "label"))
        self.observations = [self._observation(o) for o in run.observations]
        widgets += self.observations or [card(line_of(nothing_words(run)))]
        self.sections = {
            Section.TREND: self._section(
                Section.TREND,
                [line_of(text) for text in words.trend_lines(run.insight.trends, feet=feet)],
            ),
            Section.MARKS: self._section(Section.MARKS, self._marks(run, feet)),
            Section.ALERTS: self._section(Section.ALERTS, [line_of(t) for t in words.cue_words(run.insight.alerts)]),
            Section.GAZE: self._section(Section.GAZE, self._gaze(run, feet)),
            Section.QUALITY: self._section(Section.QUALITY, [line_of(t) for t in self._quality(run)]),
        }
        widgets += self.sections.values()
        if checks := self._checks(run):
            widgets.append(card(line_of("Form checks", "label"), *checks))
        self.pile.fill(widgets)

    # ------------------------------------------------------------ observations

    def _observation(self, observation: Observation) -> QFrame:
        inside: list[QWidget] = [line_of(observation.text)]
        if observation.next_time:
            inside.append(line_of(f"Next time: {observation.next_time}", "label"))
        buttons: list[QWidget] = []
        start_s, end_s = observation.start_s, observation.end_s
        if start_s is not None and end_s is not None:
            start_s, end_s = max(0.0, start_s), min(self.model.duration_s, end_s)
            stretch = f"{clock_words(start_s)}–{clock_words(end_s)}"
            show = button_of(f"Show {stretch}", f"Select {stretch} and show it in the charts")
            show.clicked.connect(partial(self.go_to, start_s, end_s))
            buttons.append(show)
        why = button_of("The numbers", f"Show the evidence: {TITLES.get(observation.section, 'Tables')}")
        why.clicked.connect(partial(self.show_section, observation.section))
        frame = card(*inside, row_of(*buttons, why))
        frame.setAccessibleName("Observation")
        frame.setAccessibleDescription(f"{observation.text} {observation.next_time}".strip())
        return frame

    def show_section(self, section: Section) -> None:
        """Bring the evidence into sight: here, or on the page of the tables."""
        frame = self.sections.get(section)
        if frame is None:
            self.page_wanted.emit(tables.NAME)
            return
        self.pile.verticalScrollBar().setValue(frame.y())
        frame.setFocus(Qt.FocusReason.OtherFocusReason)

    # ------------------------------------------------------------ evidence

    def _section(self, section: Section, inside: Sequence[QWidget]) -> QFrame:
        frame = card(line_of(TITLES[section], "label"), *inside)
        frame.setAccessibleName(TITLES[section])
        frame.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return frame

    def _marks(self, run: ReviewedRun, feet: bool) -> list[QWidget]:
        if not run.insight.marks:
            return [line_of("You set no mark in this run. Press the mark key when a cramp or a sore neck begins.")]
        found: list[QWidget] = []
        for around in words.felt_first(run.insight.marks):
            found.append(line_of(words.marks_words(around)))
            found += self._sides(around, feet)
        return found

    def _sides(self, around: AroundMarks, feet: bool) -> list[QWidget]:
        first_s = around.marks_s[0]
        found: list[QWidget] = []
        for title, compared, ends in (
            ("Before", around.before, (first_s - AROUND_S, first_s)),
            ("After", around.after, (first_s, first_s + AROUND_S)),
        ):
            start_s, end_s = max(0.0, ends[0]), min(self.model.duration_s, ends[1])
            stretch = f"{clock_words(start_s)}–{clock_words(end_s)}"
            button = button_of(f"{title}: show {stretch}", f"Select the minutes {title.lower()} the mark, {stretch}")
            button.clicked.connect(partial(self.go_to, start_s, end_s))
            found.append(row_of(button))
            found += [line_of(f"• {text}") for text in words.side_lines(compared, feet=feet)]
        return found

    def _gaze(self, run: ReviewedRun, feet: bool) -> list[QWidget]:
        lines = words.gaze_lines(run.metrics, feet=feet)
        if not lines:
            return [line_of("The gaze was not seen in this run.")]
        found: list[QWidget] = []
        for zone, share in lines:
            bar = QProgressBar()
            bar.setRange(0, 1000)
            bar.setValue(round(1000 * share))
            bar.setTextVisible(False)
            bar.setFixedHeight(8)
            bar.setAccessibleName(f"{zone}: {share_words(share)}")
            found += [line_of(f"{zone}: {share_words(share)}"), bar]
        return found

    def _quality(self, run: ReviewedRun) -> tuple[str, ...]:
        calibrated = run.analysis.calibrated
        sees = {SITE_WORDS[s.site]: clean(calibrated.get(s.key, "not calibrated"), 120) for s in run.analysis.sensors}
        return (*words.quality_words(run.metrics), *words.neutral_words(run.metrics, sees))

    def _checks(self, run: ReviewedRun) -> list[QWidget]:
        found: list[QWidget] = []
        checks = [e for e in run.analysis.events if e.kind is EventKind.FORM_CHECK]
        for event in checks[:MOST_CHECKS]:
            at_s = event.t_ns / NS_PER_S
            button = button_of(clock_words(at_s), f"Go to the form check at {clock_words(at_s)}")
            button.clicked.connect(partial(self.model.move_cursor, at_s))
            found += [row_of(button), line_of(event_why(event) or event_title(event))]
        return found
