"""The page of the selected stretch: its numbers beside the whole run's, the cursors A and B, and files to take away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt, QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QFileDialog,
    QHeaderView,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from monitor.dashboard.report_png import report_png
from monitor.dashboard.review import panel_files as files
from monitor.dashboard.review.panel_page import PageTable, PanelPage, Pile, button_of, line_of, row_of
from monitor.dashboard.review.panel_selection_rows import (
    Row,
    chosen_words,
    is_stretch,
    marks_rows,
    numbers_of,
    stretch_rows,
)
from monitor.dashboard.review.panel_work import Work
from monitor.dashboard.review.review_actions import ReviewActions
from monitor.dashboard.review.review_model import Change, ReviewModel
from monitor.dashboard.theme import Theme
from monitor.errors import HeadsUpError
from monitor.review.insight.spans import SpanNumbers

NAME = "Stretch"
SETTLED_MS = 80
"""A selection that is still being dragged is not counted anew for every pixel."""

AskName = Callable[[QWidget, str, str, str], str]
"""Parent, title, proposed name and filter -> the chosen name, '' for none."""


def ask_name(parent: QWidget, title: str, proposed: str, kinds: str) -> str:
    """The desktop's own dialog; it asks before a file is replaced."""
    return QFileDialog.getSaveFileName(parent, title, proposed, kinds)[0]


class NumbersTable(PageTable):
    """Rows of words with titles above; as high as its rows."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.horizontalHeader().setStretchLastSection(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def fill(self, heads: Sequence[str], rows: Sequence[Row]) -> None:
        """Show these rows instead."""
        self.clear()
        self.setColumnCount(1 + len(heads))
        self.setRowCount(len(rows))
        self.setHorizontalHeaderLabels(["", *heads])
        for r, row in enumerate(rows):
            for c, text in enumerate((row.title, *row.cells)):
                cell = QTableWidgetItem(text)
                cell.setFlags(Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled)
                cell.setToolTip(row.meaning)
                side = Qt.AlignmentFlag.AlignLeft if c == 0 else Qt.AlignmentFlag.AlignRight
                cell.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                said = f"{row.title}, {heads[c - 1]}: {text}" if c else f"{row.title}: {row.meaning}"
                cell.setData(Qt.ItemDataRole.AccessibleTextRole, said)
                self.setItem(r, c, cell)
        self.horizontalHeader().resizeSections(QHeaderView.ResizeMode.ResizeToContents)
        high = self.fontMetrics().height() + 7
        for r in range(len(rows)):
            self.setRowHeight(r, high)
        rim = 2 * self.frameWidth() + self.horizontalHeader().sizeHint().height() + 14
        self.setFixedHeight(rim + high * len(rows))


class StretchPage(PanelPage):
    """What is selected.

    picture : paints the charts as they are shown; None where there are none
    ask : asks for a file's name
    """

    def __init__(
        self,
        model: ReviewModel,
        theme: Theme,
        actions: ReviewActions | None = None,
        *,
        picture: Callable[[], QPixmap] | None = None,
        ask: AskName = ask_name,
    ) -> None:
        super().__init__(NAME, model, theme)
        self._actions, self._picture, self._ask = actions or ReviewActions(), picture, ask
        self._work = Work(self)
        self._whole: SpanNumbers | None = None
        self.chosen = line_of("", "label", name="Selected stretch")
        self.numbers = NumbersTable("Numbers of the stretch and of the whole run")
        self.marks = NumbersTable("At the cursors A and B, and what changed")
        self.marks_said = line_of("", "help")
        self.said = line_of("", "label", name="What was written")
        self.to_marks = button_of("A to B", "Select the stretch between the cursors A and B")
        self.to_marks.clicked.connect(self._select_marks)
        self.clear = button_of("Whole run", "Select nothing: the whole run")
        self.clear.clicked.connect(model.clear_selection)
        self.csv = button_of("CSV", "Save this stretch as CSV, a table for a spreadsheet")
        self.parquet = button_of("Parquet", "Save this stretch as Parquet, a table for pandas or DuckDB")
        self.png = button_of("PNG", "Save a picture of the charts as they are shown")
        self.csv.clicked.connect(partial(self._save_table, ".csv", files.write_stretch_csv))
        self.parquet.clicked.connect(partial(self._save_table, ".parquet", files.write_stretch_parquet))
        self.png.clicked.connect(self.save_picture)
        self.png.setEnabled(picture is not None)
        self.report = button_of("Report", "Save the report of the whole run, one page to read or print (HTML)")
        self.report_png = button_of("Report picture", "Save the report's first page as a picture to share (PNG)")
        self.report.clicked.connect(self.save_report)
        self.report_png.clicked.connect(self.save_report_picture)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLED_MS)
        self._settling.timeout.connect(self.count)
        pile = Pile("The selected stretch")
        pile.fill(
            [
                self.chosen,
                row_of(self.to_marks, self.clear),
                self.numbers,
                line_of("Save this stretch, and the whole run's report", "help"),
                row_of(self.csv, self.parquet, self.png),
                row_of(self.report, self.report_png),
                self.said,
                self.marks_said,
                self.marks,
            ]
        )
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(pile)

    def show_change(self, change: Change) -> None:
        if change is Change.RUN:
            self._whole = numbers_of(self.model.run.columns, files.WHOLE)
            self.count()
        elif change is Change.SELECTION:
            self.chosen.setText(chosen_words(self.model.selection))
            self.clear.setEnabled(self.model.selection is not None)
            self._settling.start()
        elif change is Change.MARKS:
            self._show_marks()

    def count(self) -> None:
        """Work out the numbers of the stretch."""
        model, feet = self.model, self.model.run.analysis.settings.feet
        if self._whole is None:
            return
        chosen = numbers_of(model.run.columns, model.selection) if model.selection is not None else None
        heads = ("This stretch", "Whole run") if chosen is not None else ("Whole run",)
        self.numbers.fill(heads, stretch_rows(chosen, self._whole, feet=feet))

    def _show_marks(self) -> None:
        found = self.model.differences()
        self.marks.setVisible(found is not None)
        self.to_marks.setEnabled(is_stretch(self.model.a_s, self.model.b_s))
        if found is None:
            self.marks_said.setText("Set A and B (keys A and B at the cursor) to see what changed between them.")
            return
        self.marks_said.setText("At A, at B, and what changed")
        self.marks.fill(("A", "B", "B − A"), marks_rows(found, feet=self.model.run.analysis.settings.feet))

    def _select_marks(self) -> None:
        if self.model.a_s is not None and self.model.b_s is not None:
            self.model.select(self.model.a_s, self.model.b_s)

    # ------------------------------------------------------------ files

    def _save_table(self, suffix: str, write: Callable[..., str], _checked: bool = False) -> None:
        run, span = self.model.run, self.model.selection
        path = self._target("Save the stretch" if span else "Save the run", span, suffix)
        if path is not None:
            self.said.setText("Writing…")
            self._work.begin(partial(write, run, span or files.WHOLE, path), self._say, self._say)

    def save_picture(self) -> None:
        """The charts as they are shown, as PNG."""
        if self._picture is None:
            return
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        self._picture().save(buffer, "PNG")
        path = self._target("Save the picture", self.model.visible_s, ".png")
        if path is not None:
            self._work.begin(partial(files.write_bytes, bytes(data.data()), path), self._say, self._say)

    def save_report(self) -> None:
        """The whole run's report as HTML."""
        path = self._target("Save the report", None, ".html")
        if path is not None:
            self.said.setText("Writing…")
            self._work.begin(partial(files.write_report, self.model.run, path), self._say, self._say)

    def save_report_picture(self) -> None:
        """The report's first page as PNG. It is painted here: letters are the window's own thread's."""
        path = self._target("Save the report's picture", None, ".png")
        if path is None:
            return
        try:
            report_png(self.model.run, path)
        except HeadsUpError as error:
            self._say(str(error))
        else:
            self._say(f"Picture written to {path.name}.")

    def _target(self, title: str, span: tuple[float, float] | None, suffix: str) -> Path | None:
        """Ask for a name; None where there is none that may be used."""
        recording = self._actions.recording
        kinds = f"{suffix[1:].upper()} (*{suffix})"
        chosen = self._ask(self, title, files.proposed(recording, span, suffix), kinds)
        if not chosen:
            return None
        try:
            return files.target(chosen, suffix, (recording, self._actions.watch))
        except HeadsUpError as error:
            self._say(str(error))
            return None

    def _say(self, text: object) -> None:
        self.said.setText(str(text))
