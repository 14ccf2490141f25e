"""The pages at the right of the library: runs side by side, over the weeks, the history of calibrations."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QHeaderView,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from monitor.dashboard.library import library_words as words
from monitor.dashboard.library.svg_view import SvgView
from monitor.dashboard.review.panel_page import line_of
from monitor.dashboard.theme import Theme
from monitor.library.calibrations import CalibrationVersion
from monitor.library.compare import Comparison, reasons_of, said_of
from monitor.library.compare_charts import Over, chart, quantities, row_words
from monitor.library.compare_report import HONEST, NOT_LIKE
from monitor.library.measures import BY_KEY
from monitor.library.over_weeks import Followed
from monitor.library.rows import RunRow
from monitor.library.weeks_chart import weeks_chart
from monitor.library.words import difference_words, value_words

Parts = Sequence[QWidget]


class Page(QScrollArea):
    """A page that scrolls; `fill` replaces all that is on it."""

    def __init__(self, name: str, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.setAccessibleName(name)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.fill([])

    def fill(self, parts: Parts) -> None:
        """Show these, one below the other."""
        leaf = QWidget()
        leaf.setObjectName("leaf")
        leaf.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(leaf)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(8)
        for part in parts:
            column.addWidget(part)
        column.addStretch(1)
        self.setWidget(leaf)  # Qt deletes the one before

    def restyle(self, theme: Theme) -> None:
        """Use another theme."""
        self.theme = theme
        for view in self.findChildren(SvgView):
            view.restyle(theme)

    def texts(self) -> list[str]:
        """All lines of text on the page."""
        return [label.text() for label in self.findChildren(QLabel)]


def one_run(row: RunRow, *, feet: bool) -> Parts:
    """A single run: its numbers, and that a second one is needed."""
    known = [(BY_KEY[key], value) for key, value in row.numbers.items() if value is not None]
    known.sort(key=lambda pair: list(BY_KEY).index(pair[0].key))
    table = _table([words.NUMBER, words.THIS_RUN], [[m.name, value_words(m.kind, v, feet=feet)] for m, v in known])
    table.setAccessibleName(words.NUMBERS)
    notes = [line_of(note, "help") for note in row.notes]
    return [line_of(words.heading(row), "title"), line_of(words.ONE_MORE, "help"), *notes, table]


def side_by_side(comparison: Comparison, over: Over, theme: Theme, *, feet: bool) -> Parts:
    """What differs, the numbers, the charts."""
    parts: list[QWidget] = [line_of(row_words(i, run), "label") for i, run in enumerate(comparison.runs)]
    for i in range(1, len(comparison.runs)):
        if reason := reasons_of(comparison, i):
            parts.append(line_of(f"{NOT_LIKE} {reason}", "error"))
        parts += [line_of(f"{i + 1} against 1. {said}") for said in said_of(comparison, i)]
    parts.append(line_of(HONEST, "help"))
    for quantity in quantities(comparison):
        make = partial(_drawn, comparison, quantity, over, feet)
        parts.append(SvgView(make, f"{words.CHART}: {quantity.name.replace('_', ' ').lower()}, {over.value}", theme))
    head = [words.NUMBER, "1"]
    for i in range(2, len(comparison.runs) + 1):
        head += [str(i), f"{i} − 1"]
    rows = []
    for line in comparison.lines:
        kind = line.measure.kind
        cells = [line.measure.name, value_words(kind, line.values[0], feet=feet)]
        for value, by, same in zip(line.values[1:], line.differences[1:], line.same_ruler[1:], strict=True):
            said = difference_words(kind, by, feet=feet)
            cells += [value_words(kind, value, feet=feet), said if same or by is None else f"{NOT_LIKE} {said}"]
        rows.append(cells)
    table = _table(head, rows)
    table.setAccessibleName(words.NUMBERS)
    return [*parts, table]


def over_the_weeks(lines: Sequence[Followed], theme: Theme, *, feet: bool) -> Parts:
    """A sentence and a chart for each line with enough runs; the others as sentences."""
    if not lines:
        return [line_of(words.NO_WEEKS)]
    parts: list[QWidget] = [line_of(words.WEEKS_HELP, "help")]
    for line in lines:
        if line.slope is not None:
            said = line.words(feet=feet)
            parts += [line_of(said), SvgView(partial(weeks_chart, line), f"{words.CHART}: {said}", theme)]
    return parts + [line_of(line.words(feet=feet), "help") for line in lines if line.slope is None]


def calibrations(versions: Sequence[CalibrationVersion]) -> Parts:
    """The versions, newest first."""
    if not versions:
        return [line_of(words.NO_CALIBRATIONS)]
    parts: list[QWidget] = [line_of(words.CALIBRATIONS_HELP, "help")]
    for version in reversed(versions):
        parts += [line_of(version.words, "label"), *(line_of(step.words) for step in version.steps)]
    return parts


def _drawn(comparison: Comparison, quantity: object, over: Over, feet: bool, width: float) -> str:
    return chart(comparison, quantity, over, width, feet=feet)  # type: ignore[arg-type]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> QTableWidget:
    """A table as high as its rows, so that the page scrolls and not the table."""
    table = QTableWidget(len(rows), len(head))
    table.setHorizontalHeaderLabels(list(head))
    table.verticalHeader().hide()
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setTabKeyNavigation(False)
    for y, cells in enumerate(rows):
        for x, cell in enumerate(cells):
            item = QTableWidgetItem(cell)
            side = Qt.AlignmentFlag.AlignLeft if x == 0 else Qt.AlignmentFlag.AlignRight
            item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{cells[0]}, {head[x]}: {cell}" if x else cell)
            table.setItem(y, x, item)
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    table.horizontalHeader().setStretchLastSection(False)
    table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    table.horizontalHeader().setMinimumSectionSize(40)
    table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    table.setSizeAdjustPolicy(QAbstractScrollArea.SizeAdjustPolicy.AdjustToContents)
    table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return table
