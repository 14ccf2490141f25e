"""The page of tables: laps, miles or kilometres, slopes, running and walking; a row selects its stretch."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QTableWidgetItem, QVBoxLayout

from monitor.dashboard.review import tables
from monitor.dashboard.review.panel_page import PageTable, PanelPage, button_of, line_of
from monitor.dashboard.review.review_model import Change, ReviewModel
from monitor.dashboard.review.tables import NAME, Table
from monitor.dashboard.settings_fields import ChoiceEditor
from monitor.dashboard.theme import Theme
from monitor.review.insight.breakdown import Part
from monitor.review.report_words import clock_words

__all__ = ["NAME", "SortedItem", "TablesPage"]


PART = Qt.ItemDataRole.UserRole
"""Under this role each cell knows the number of its part, however the rows are sorted."""


class SortedItem(QTableWidgetItem):
    """A cell that sorts by its number; what is not known comes last of the rising order."""

    def __init__(self, words: str, number: float | None) -> None:
        super().__init__(words)
        self.number = math.inf if number is None or not math.isfinite(number) else number
        self.setFlags(Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled)
        self.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def __lt__(self, other: QTableWidgetItem) -> bool:
        return isinstance(other, SortedItem) and self.number < other.number


class TablesPage(PanelPage):
    """A choice of table above the table itself."""

    def __init__(self, model: ReviewModel, theme: Theme) -> None:
        super().__init__(NAME, model, theme)
        self.choice = ChoiceEditor([])
        self.choice.setAccessibleName("Which table")
        self.choice.activated.connect(lambda _: self._fill())
        self.copy = button_of("Copy", "Copy the table to the clipboard, for a spreadsheet")
        self.copy.clicked.connect(self.copy_table)
        self.table = PageTable("Table")
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.verticalHeader().show()
        self.table.verticalHeader().setSectionsClickable(True)
        self.table.model().layoutChanged.connect(self._name_rows)
        self.table.itemSelectionChanged.connect(self._selected)
        self.table.cellActivated.connect(lambda row, _: self._show(row))
        self.said = line_of("", "help", name="About this table")
        keys = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.table)
        keys.setContext(Qt.ShortcutContext.WidgetShortcut)
        keys.activated.connect(self.copy_table)
        row = QHBoxLayout()
        row.addWidget(self.choice, 1)
        row.addWidget(self.copy)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(6, 6, 6, 6)
        rows.addLayout(row)
        rows.addWidget(self.table, 1)
        rows.addWidget(self.said)
        self._parts: tuple[Part, ...] = ()
        self._filling = False

    @property
    def shown(self) -> Table:
        """The table that is shown."""
        return Table(str(self.choice.read()))

    def show_change(self, change: Change) -> None:
        if change is not Change.RUN:
            return
        feet, insight = self.model.run.analysis.settings.feet, self.model.run.insight
        before = self.choice.read() if self.choice.count() else None
        self.choice.offer([(table.value, tables.table_title(table, feet=feet)) for table in Table])
        filled = [table.value for table in Table if tables.parts_of(insight, table)]
        self.choice.put(before or (filled[0] if filled else Table.LAPS.value))
        self._fill()

    def show_table(self, table: Table) -> None:
        """Bring a table to the front."""
        self.choice.put(table.value)
        self._fill()

    def _fill(self) -> None:
        feet = self.model.run.analysis.settings.feet
        parts = self._parts = tables.parts_of(self.model.run.insight, self.shown)
        columns = tables.known_fields(parts, feet=feet)
        placed = bool(parts) and math.isfinite(parts[0].start_s)
        table, self._filling = self.table, True
        table.setSortingEnabled(False)
        table.clear()
        table.setRowCount(len(parts))
        heads = [("From", "where it begins in the run")] if placed else []
        heads += [(field.head, field.meaning) for field in columns]
        table.setColumnCount(len(heads))
        table.setAccessibleName(f"Table: {self.choice.currentText()}")
        for i, (head, meaning) in enumerate(heads):
            item = QTableWidgetItem(head)
            item.setToolTip(meaning)
            table.setHorizontalHeaderItem(i, item)
        for row, part in enumerate(parts):
            cells: list[tuple[str, float | None]] = [(clock_words(part.start_s), part.start_s)] if placed else []
            cells += [(tables.words_of(field, part.numbers), field.value(part.numbers)) for field in columns]
            for i, (words, number) in enumerate(cells):
                cell = SortedItem(words, number)
                cell.setData(PART, row)
                cell.setData(Qt.ItemDataRole.AccessibleTextRole, f"{part.name}, {heads[i][1]}: {words}")
                table.setItem(row, i, cell)
        table.horizontalHeader().setSortIndicator(0 if placed else -1, Qt.SortOrder.AscendingOrder)
        table.setSortingEnabled(True)
        self._name_rows()
        table.resizeColumnsToContents()
        table.clearSelection()
        self._filling = False
        self.copy.setEnabled(bool(parts))
        hint = "Each row lies in many places of the run. A column's title sorts."
        if placed:
            hint = "A row selects its stretch; Enter shows it. A column's title sorts."
        self.said.setText(hint if parts else tables.empty_words(self.shown))

    def _name_rows(self) -> None:
        """The names of the rows, as they are sorted; they stay in sight when the numbers are scrolled."""
        parts = (self.part_at(row) for row in range(self.table.rowCount()))
        self.table.setVerticalHeaderLabels([part.name.capitalize() if part is not None else "" for part in parts])

    def part_at(self, row: int) -> Part | None:
        """The part of the run that a row shows, however the rows are sorted."""
        item = self.table.item(row, 0)
        return self._parts[int(item.data(PART))] if item is not None else None

    def _selected(self) -> None:
        rows = self.table.selectionModel().selectedRows()
        part = self.part_at(rows[0].row()) if rows and not self._filling else None
        if part is not None and math.isfinite(part.start_s):
            self.model.select(part.start_s, part.end_s)
            self.model.move_cursor(part.start_s)

    def _show(self, row: int) -> None:
        part = self.part_at(row)
        if part is not None and math.isfinite(part.start_s):
            self.go_to(part.start_s, part.end_s)

    def copy_table(self) -> None:
        """The table as it is sorted, tab-separated."""
        table = self.table
        columns = range(table.columnCount())
        heads = [item.text() if (item := table.horizontalHeaderItem(i)) else "" for i in columns]
        lines = ["\t".join(["", *heads])]
        for row in range(table.rowCount()):
            name = item.text() if (item := table.verticalHeaderItem(row)) else ""
            cells = (table.item(row, i) for i in columns)
            lines.append("\t".join([name, *(cell.text() if cell is not None else "" for cell in cells)]))
        QGuiApplication.clipboard().setText("\n".join(lines) + "\n")
        self.said.setText("The table is on the clipboard.")
