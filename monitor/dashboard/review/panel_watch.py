# ruff: noqa: N802  (Qt's own method names)
"""The page of the watch's file: choose or drop it, see how it lies on the run, line up the clocks, take it away."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from monitor.alignment.result import Alignment, Method
from monitor.dashboard.review import panel_watch_file as files
from monitor.dashboard.review.align_dialog import AlignDialog
from monitor.dashboard.review.panel_align_curves import curves_of, found_words
from monitor.dashboard.review.panel_page import PanelPage, Pile, button_of, card, line_of, row_of
from monitor.dashboard.review.panel_watch_file import WatchLaid
from monitor.dashboard.review.panel_work import Work
from monitor.dashboard.review.review_actions import ReviewActions
from monitor.dashboard.review.review_model import Change, ReviewModel
from monitor.dashboard.settings_fields import ChoiceEditor
from monitor.dashboard.theme import Theme
from monitor.errors import HeadsUpError
from monitor.review.report_words import clean, span_words
from monitor.review.reviewed import ReviewedRun, WatchBeside, reviewed
from monitor.values import NS_PER_S

NAME = "Watch"
KINDS = "Watch files (*.fit *.gpx *.tcx *.FIT *.GPX *.TCX);;All files (*)"
MOST_WARNINGS = 6
ALL, MOST_SESSIONS = 0, 200
"""`ALL`: every activity of a file with several, which are numbered from 1."""

AskFile = Callable[[QWidget, str], str]
"""Parent and folder -> the chosen file, '' for none."""


def ask_file(parent: QWidget, folder: str) -> str:
    """The desktop's own dialog."""
    return QFileDialog.getOpenFileName(parent, "Choose the watch's file", folder, KINDS)[0]


class WatchPage(PanelPage):
    """The watch beside the run."""

    def __init__(
        self, model: ReviewModel, theme: Theme, actions: ReviewActions | None = None, *, ask: AskFile = ask_file
    ) -> None:
        super().__init__(NAME, model, theme)
        self._actions, self._ask = actions or ReviewActions(), ask
        self._path = self._actions.watch
        self._session: int | None = None
        self._work = Work(self)
        self.dialog: AlignDialog | None = None
        self.setAcceptDrops(True)
        self.said = line_of("", "label", name="What happened")
        self.choose = button_of("Choose file…", "Choose the watch's file: FIT, GPX or TCX")
        self.line_up = button_of("Line up clocks…", "Line up the clocks of the run and the watch")
        self.take_away = button_of("Take away", "Review this run without the watch's file")
        self.choose.clicked.connect(self.choose_file)
        self.line_up.clicked.connect(self.open_dialog)
        self.take_away.clicked.connect(self.remove)
        self.sessions = ChoiceEditor([])
        self.sessions.setAccessibleName("Which activity of the file")
        self.sessions.on_edited = self._choose_session
        self.facts = Pile("The watch's file")
        rows = QVBoxLayout(self)
        rows.setContentsMargins(6, 6, 6, 6)
        rows.addWidget(row_of(self.choose, self.line_up, self.take_away))
        rows.addWidget(self.sessions)
        rows.addWidget(self.said)
        rows.addWidget(self.facts, 1)

    # ------------------------------------------------------------ what is shown

    def show_change(self, change: Change) -> None:
        if change is not Change.RUN:
            return
        watch = self.model.run.watch
        self.line_up.setEnabled(watch is not None and watch.track.has_times and not self._work.busy)
        self.take_away.setEnabled(watch is not None)
        self._show_sessions(watch)
        if watch is None:
            hint = (
                "Choose the file of your watch (FIT, GPX or TCX), or drop it here, to see where and how fast you ran."
            )
            self.facts.fill([line_of(hint)])
            return
        self.facts.fill([card(*(line_of(text) for text in watch_lines(watch)))])

    def _show_sessions(self, watch: WatchBeside | None) -> None:
        several = watch is not None and len(watch.track.sessions) > 1
        self.sessions.setVisible(several)
        if watch is None or not several:
            return
        choices = [(ALL, "All activities of the file")]
        for number, session in enumerate(watch.track.sessions[:MOST_SESSIONS], start=1):
            length = span_words((session.end_ns - session.start_ns) / NS_PER_S)
            choices.append((number, f"{number}: {clean(session.sport, 30) or 'activity'}, {length}"))
        self.sessions.offer(choices)
        self.sessions.put(self._session if self._session in dict(choices) else ALL)

    def _say(self, text: str) -> None:
        self.said.setText(text)

    # ------------------------------------------------------------ choosing

    def recall(self) -> None:
        """Lay the watch's file on the run that was chosen at an earlier opening, unless another was named now."""
        recording = self._actions.recording
        if recording is None:
            return
        now = self._actions.watch
        if now is not None:
            self._begin(partial(_recall_offset, self.model.run, recording, now), self._recalled)
        elif self.model.run.watch is None:
            self._begin(partial(files.remembered, self.model.run.analysis, recording), self._recalled)

    def choose_file(self) -> None:
        """Ask for a file."""
        near = self._path or self._actions.recording
        chosen = self._ask(self, str(near.parent) if near is not None else "")
        if chosen:
            self.take_file(Path(chosen))

    def take_file(self, path: Path, session: int | None = None) -> None:
        """Read a watch's file and lay it on the run, by what tells its offset; the answer comes when it is there."""
        self._begin(partial(files.lay, self.model.run.analysis, path, None, session), self._taken)
        self._say(f"Reading {path.name}…")

    def _choose_session(self) -> None:
        number = int(str(self.sessions.read()))
        if self._path is not None:
            self.take_file(self._path, None if number == ALL else number)

    def _begin(self, function: Callable[[], object], succeeded: Callable[[object], None]) -> None:
        self._work.begin(function, succeeded, self._failed)
        self.line_up.setEnabled(False)

    def _failed(self, sentence: str) -> None:
        self._say(sentence)
        if sentence:
            self.page_wanted.emit(NAME)
        self.show_change(Change.RUN)

    def _taken(self, answer: object) -> None:
        assert isinstance(answer, WatchLaid)
        self._path, self._session = answer.path, answer.session
        watch = answer.run.watch
        assert watch is not None
        if isinstance(watch.alignment, Alignment):
            kept = self._kept(watch.alignment)
            self._say(kept or f"{clean(answer.path.name, 60)} lies on the run.")
        else:
            self._say("The watch's file does not lie on the run yet: line up the clocks by hand.")
        self.model.replace_run(answer.run)

    def _recalled(self, answer: object) -> None:
        if isinstance(answer, WatchLaid):
            self._path, self._session = answer.path, answer.session
            self._say(answer.told)
            if answer.run is self.model.run:
                self.show_change(Change.RUN)
            else:
                self.model.replace_run(answer.run)
            return
        self._failed(str(answer))

    def remove(self) -> None:
        """Review the run without a watch."""
        self._work.forget()
        self._path = self._session = None
        sentence = "The watch's file is taken away; it is untouched where it lies."
        if self._actions.recording is not None:
            try:
                files.forget(self._actions.recording)
            except HeadsUpError as error:
                sentence = f"Taken away for now. {error}"
        self._say(sentence)
        self.model.replace_run(reviewed(files.without_watch(self.model.run.analysis)))

    # ------------------------------------------------------------ lining up

    def open_dialog(self) -> None:
        """Line up the clocks by hand, with a live preview."""
        run = self.model.run
        if self.dialog is not None or run.watch is None or not run.watch.track.has_times:
            return
        try:
            curves = curves_of(run.analysis, run.watch.track)
        except ValueError:
            self._say("This run does not say when it began, so no watch can lie beside it.")
            return
        search = partial(files.search, run.analysis, run.watch.track)
        self.dialog = AlignDialog(curves, run.watch.alignment, search, self.theme, self)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog.accepted.connect(self._lined_up)
        self.dialog.finished.connect(self._closed)
        self.dialog.open()

    def _closed(self) -> None:
        self.dialog = None

    def _lined_up(self) -> None:
        watch = self.model.run.watch
        if self.dialog is None or watch is None:
            return
        alignment = self.dialog.alignment
        self._say("Laying the watch on the run…")
        function = partial(files.laid, self.model.run.analysis, watch.track, alignment, watch.name)
        self._begin(function, partial(self._laid, alignment))

    def _laid(self, alignment: Alignment, answer: object) -> None:
        assert isinstance(answer, ReviewedRun)
        self._say(self._kept(alignment) or "The clocks are lined up.")
        self.model.replace_run(answer)

    def _kept(self, alignment: Alignment) -> str:
        """Keep the choice for the next opening; a sentence where that did not work or was not possible."""
        if self._actions.recording is None or self._path is None:
            return ""
        try:
            files.keep(self._actions.recording, self._path, alignment, self._session)
        except HeadsUpError as error:
            return f"The watch lies on the run now, but your choice could not be kept. {error}"
        return ""

    # ------------------------------------------------------------ drag and drop

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = dropped(event)
        if path is not None:
            event.acceptProposedAction()
            self.take_file(path)


def dropped(event: QDropEvent) -> Path | None:
    """The one local file of a drop; None for anything else."""
    urls = event.mimeData().urls()
    return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None


def watch_lines(watch: WatchBeside) -> list[str]:
    """What is known of a watch's file and of how it lies on the run, sentence by sentence."""
    track = watch.track
    lines = [f"{clean(watch.name, 80) or 'The watch'} ({track.source.value})"]
    facts = [clean(track.device, 60), clean(track.sport, 40)]
    if track.has_times:
        facts.append(span_words(float(track.t_ns[-1] - track.t_ns[0]) / NS_PER_S))
    facts.append(f"{len(track.laps)} lap{'' if len(track.laps) == 1 else 's'}")
    lines.append(", ".join(fact for fact in facts if fact))
    lines.append(found_words(watch.alignment))
    return lines + [clean(warning, 300) for warning in track.warnings[:MOST_WARNINGS]]


def _recall_offset(run: ReviewedRun, recording: Path, named: Path) -> WatchLaid | str:
    """The run with the watch that is named now, at the offset that was chosen for it before; '' where there is none.

    An offset that was given together with the file stays, and the run is the same one where nothing is to be moved.
    """
    found = files.find(recording)
    if isinstance(found, str) or run.watch is None or not found[0].is_of(named):
        return ""
    choice, lies = found[0], run.watch.alignment
    if isinstance(lies, Alignment) and (lies.method is Method.BY_HAND or lies.offset_s == choice.offset_s):
        return WatchLaid(run, named, choice.session)
    again = files.laid(run.analysis, run.watch.track, choice.alignment(), run.watch.name)
    return WatchLaid(again, named, choice.session, "The clocks are lined up as you chose before.")
