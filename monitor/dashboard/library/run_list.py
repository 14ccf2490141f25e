# ruff: noqa: N802  (Qt's own method names)
"""The list of runs: a table whose rows are chosen and let go by space, a click or a finger."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from monitor.dashboard.library import library_words as words
from monitor.library.measures import BY_KEY
from monitor.library.rows import RunRow
from monitor.library.table import SIMULATED
from monitor.library.words import DASH, day_words, short_name, value_words

HEADINGS = ("", "Run", "Length", "Past limit", "Cues", "Head")
RUN = 1
"""The column of two lines: when and where, then the recording's name and note."""
LENGTH = 2
NARROW_PX = 520
KEYS = ("duration_s", "past_limit_share", "prompts", "head_from_calibration_deg")
ROW_PX = 46


class RunList(QTableWidget):
    """The rows of a library, newest first. `chosen`: the names, in the order they were chosen."""

    chosen = Signal(list)

    def __init__(self) -> None:
        super().__init__(0, len(HEADINGS))
        self._rows: tuple[RunRow, ...] = ()
        self._order: list[str] = []
        self._filling = False
        self._moved = False
        self.setAccessibleName("Your runs, newest first")
        self.setHorizontalHeaderLabels(list(HEADINGS))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.MultiSelection)
        self.setAlternatingRowColors(True)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setSectionResizeMode(RUN, QHeaderView.ResizeMode.Stretch)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemSelectionChanged.connect(self._changed)
        self.currentCellChanged.connect(self._went)

    def show_rows(self, rows: tuple[RunRow, ...], chosen: Sequence[str], *, feet: bool) -> None:
        """Show these; those that are chosen stay so."""
        if rows == self._rows:
            return
        known = self._moved and 0 <= self.currentRow() < len(self._rows)
        at = self._rows[self.currentRow()].name if known else ""
        self._filling, self._rows, self._order = True, rows, list(chosen)
        self.clearContents()
        self.clearSpans()
        self.setRowCount(len(rows))
        for y, row in enumerate(rows):
            self._fill(y, row, feet=feet)
        place = next((y for y, row in enumerate(rows) if row.name == at), 0)
        self.setCurrentCell(place, RUN, QItemSelectionModel.SelectionFlag.NoUpdate)
        self._filling = False
        self.mark(chosen)

    def mark(self, chosen: Sequence[str]) -> None:
        """Show these as chosen, with their numbers."""
        self._filling, self._order = True, list(chosen)
        model = self.selectionModel()
        for y, row in enumerate(self._rows):
            place = self._order.index(row.name) + 1 if row.name in self._order else 0
            flag = QItemSelectionModel.SelectionFlag
            turn = (flag.Select if place else flag.Deselect) | flag.Rows
            model.select(self.model().index(y, 0), turn)
            item = self.item(y, 0)
            if item is not None:
                item.setText(str(place) if place else "")
        self._filling = False

    def let_go(self) -> None:
        """Choose none."""
        self.clearSelection()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow list rather loses a column than the runs' names."""
        self.setColumnHidden(LENGTH, event.size().width() < NARROW_PX)
        super().resizeEvent(event)

    def _fill(self, y: int, row: RunRow, *, feet: bool) -> None:
        if row.error:
            cells = ["", f"{short_name(row)}\n{row.error}"]
            self.setSpan(y, RUN, 1, len(HEADINGS) - RUN)
        else:
            numbers = [value_words(BY_KEY[key].kind, row.number(key), feet=feet) for key in KEYS]
            about = " · ".join(filter(None, (SIMULATED if row.simulated else "", short_name(row), row.note)))
            cells = ["", f"{day_words(row)} · {row.modes or DASH}\n{about}", *numbers]
        for x, cell in enumerate(cells):
            item = QTableWidgetItem(cell)
            right = x > RUN
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            spoken = words.spoken(row) if x <= RUN else f"{HEADINGS[x]}: {cell}"
            item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
            item.setToolTip(row.error or "; ".join(filter(None, (row.name, row.note, *row.notes))))
            if row.error:
                item.setFlags(Qt.ItemFlag.ItemIsEnabled)
            self.setItem(y, x, item)

    def _went(self) -> None:
        # Until the runner goes anywhere, the newest run stays the current one, however the list grows.
        self._moved |= not self._filling

    def _changed(self) -> None:
        if self._filling:
            return
        now = [self._rows[index.row()].name for index in self.selectionModel().selectedRows(0)]
        self._order = [name for name in self._order if name in now] + [n for n in now if n not in self._order]
        self.chosen.emit(list(self._order))
