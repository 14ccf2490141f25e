"""The tables: numbers that equal the insight's, sorting by number, rows that select their stretch, and empty tables."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from review_panels import SECONDS, a_run, an_analysis

from monitor.dashboard import theme as themes
from monitor.dashboard.review import tables
from monitor.dashboard.review.panel_tables import TablesPage
from monitor.dashboard.review.review_model import ReviewModel
from monitor.dashboard.review.tables import Table
from monitor.review.reviewed import reviewed


@pytest.fixture
def page(shown):
    def make(run=None) -> TablesPage:
        page = TablesPage(ReviewModel(run or a_run()), themes.DARK)
        page.resize(420, 500)
        return shown(page)

    return make


def column(page: TablesPage, head: str) -> list[str]:
    table = page.table
    if head == "":
        return [table.verticalHeaderItem(row).text() for row in range(table.rowCount())]
    at = next(i for i in range(table.columnCount()) if table.horizontalHeaderItem(i).text() == head)
    return [table.item(row, at).text() for row in range(table.rowCount())]


def test_laps_come_first_and_say_what_the_insight_says(page):
    shown, run = page(), a_run()
    assert shown.shown is Table.LAPS
    assert column(shown, "") == ["Lap 1", "Lap 2", "Lap 3"]
    expected = [f"{100 * lap.numbers.past_limit_share:.0f} %" for lap in run.insight.laps]
    assert column(shown, "Past limit") == expected
    assert len(set(expected)) > 1


def test_sorting_goes_by_the_number_and_back(page):
    shown = page()
    shown.show_table(Table.DISTANCES)
    assert column(shown, "") == ["Mile 1", "Mile 2", "Mile 3", "Mile 4"]
    heads = [shown.table.horizontalHeaderItem(i).text() for i in range(shown.table.columnCount())]
    at = heads.index("Past limit")
    shown.table.sortItems(at, Qt.SortOrder.DescendingOrder)
    shares = [int(text.split()[0]) for text in column(shown, "Past limit")]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > shares[-1]
    worst = shown.part_at(0)
    assert column(shown, "")[0] == worst.name
    assert worst.numbers.past_limit_share == max(p.numbers.past_limit_share for p in a_run().insight.distances)


def test_a_row_selects_its_stretch_after_sorting_too(page):
    shown = page()
    shown.table.sortItems(0, Qt.SortOrder.DescendingOrder)
    shown.table.selectRow(0)
    assert shown.model.selection == pytest.approx((1200.0, 1800.0))
    assert shown.model.visible_s == (0.0, SECONDS)
    shown.table.cellActivated.emit(0, 1)
    assert shown.model.visible_s[0] > 1000.0


def test_the_arrow_keys_go_from_lap_to_lap(page, qtbot):
    shown = page()
    shown.table.setFocus()
    shown.table.setCurrentCell(0, 0)
    qtbot.keyClick(shown.table, Qt.Key.Key_Down)
    assert shown.model.selection == pytest.approx((600.0, 1200.0))
    assert shown.model.t_s == pytest.approx(600.0)


def test_slopes_lie_in_many_places_and_select_nothing(page):
    shown = page()
    shown.show_table(Table.SLOPES)
    assert shown.table.rowCount() >= 2
    shown.table.selectRow(0)
    assert shown.model.selection is None
    assert "many places" in shown.said.text()


def test_empty_tables_say_why(page):
    shown = page(reviewed(an_analysis()))
    assert shown.shown is Table.GAITS
    for table in (Table.LAPS, Table.DISTANCES, Table.SLOPES):
        shown.show_table(table)
        assert shown.table.rowCount() == 0
        assert shown.said.text() == tables.empty_words(table)
        assert not shown.copy.isEnabled()


def test_metres_for_those_who_want_them(page):
    shown = page(a_run(settings=a_run().analysis.settings.replaced(feet=False)))
    shown.show_table(Table.DISTANCES)
    assert shown.choice.currentText() == "Kilometres"
    assert column(shown, "")[0] == "Km 1"
    assert all(text.endswith("km") for text in column(shown, "Way"))
    assert any(text.endswith(" m") for text in column(shown, "Up"))


def test_what_is_not_known_is_a_dash_and_whole_unknown_columns_are_left_out():
    run = a_run()
    blind = replace(run.insight.laps[0].numbers, heart_mean_bpm=None, shoulder_mean=None)
    parts = tuple(replace(lap, numbers=blind) for lap in run.insight.laps)
    heads = [f.head for f in tables.known_fields(parts, feet=True)]
    assert "Heart" not in heads
    assert "Head" in heads
    mixed = (parts[0], run.insight.laps[1])
    heart = next(f for f in tables.known_fields(mixed, feet=True) if f.head == "Heart")
    assert tables.words_of(heart, parts[0].numbers) == "–"


def test_the_table_goes_to_a_spreadsheet(page):
    shown = page()
    shown.copy_table()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 4
    assert lines[0].split("\t")[:3] == ["", "From", "Time"]
    assert lines[1].split("\t")[0] == "Lap 1"
    assert len({len(line.split("\t")) for line in lines}) == 1


def test_a_screen_reader_hears_what_a_cell_is(page):
    shown = page()
    cell = shown.table.item(1, 3)
    said = cell.data(Qt.ItemDataRole.AccessibleTextRole)
    assert said.startswith("Lap 2, ")
    assert said.endswith(cell.text())
    assert shown.table.accessibleName() == "Table: Laps"


def test_the_chosen_table_stays_when_the_run_is_worked_out_anew(page):
    shown = page()
    shown.show_table(Table.SLOPES)
    shown.model.replace_run(a_run())
    assert shown.shown is Table.SLOPES
