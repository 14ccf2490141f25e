"""The chosen stretch: its numbers are those of the columns, files hold exactly it, and nothing read is overwritten."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from review_panels import LOW, a_run, simulated

from monitor.dashboard import theme as themes
from monitor.dashboard.review import panel_files
from monitor.dashboard.review.panel_selection import SETTLED_MS, StretchPage
from monitor.dashboard.review.panel_selection_rows import chosen_words, marks_rows, numbers_of, stretch_rows
from monitor.dashboard.review.review_actions import ReviewActions
from monitor.dashboard.review.review_model import ReviewModel
from monitor.errors import RecordingError
from monitor.review.reviewed import reviewed
from tests.review.constructed_analysis import analysis


@pytest.fixture(scope="module")
def run():
    return a_run()


class Asked:
    """Answers every question for a name."""

    def __init__(self, answer: str) -> None:
        self.answer, self.proposed = answer, ""

    def __call__(self, _parent, _title, proposed, _kinds) -> str:
        self.proposed = proposed
        return self.answer


@pytest.fixture
def page(run, shown):
    def make(answer: str = "", recording: Path | None = None, watch: Path | None = None, of=run):
        asked = Asked(answer)
        page = StretchPage(ReviewModel(of), themes.DARK, ReviewActions(recording, watch), picture=a_picture, ask=asked)
        page.resize(420, 800)
        return shown(page), asked

    return make


def a_picture() -> QPixmap:
    picture = QPixmap(40, 30)
    picture.fill(Qt.GlobalColor.red)
    return picture


def cells(table) -> dict[str, list[str]]:
    return {
        table.item(r, 0).text(): [table.item(r, c).text() for c in range(1, table.columnCount())]
        for r in range(table.rowCount())
    }


def test_the_stretch_stands_beside_the_whole_run(page, run, qtbot):
    shown, _ = page()
    assert set(map(len, cells(shown.numbers).values())) == {1}
    shown.model.select(*LOW[0])
    qtbot.waitUntil(lambda: shown.numbers.columnCount() == 3, timeout=20 * SETTLED_MS)
    found = cells(shown.numbers)
    assert found["Time"] == ["1:40", "30:00"]
    assert found["Past limit"][0] == "100 %"
    whole = run.metrics.past_limit_share
    assert found["Past limit"][1] == f"{100 * whole:.0f} %"
    assert "6:40 to 8:20" in shown.chosen.text()


def test_the_whole_run_agrees_with_the_metrics(run):
    numbers = numbers_of(run.columns, panel_files.WHOLE)
    assert numbers.running_s == pytest.approx(run.metrics.running_s)
    assert numbers.past_limit_share == pytest.approx(run.metrics.past_limit_share)
    assert numbers.head_pitch_mean_deg == pytest.approx(run.metrics.head_pitch_mean_deg)


def test_an_empty_run_has_no_numbers_but_a_page(page):
    empty = reviewed(analysis(seconds=0.0))
    shown, _ = page(of=empty)
    assert set(cells(shown.numbers)) <= {"Time", "Running"}
    assert stretch_rows(None, numbers_of(empty.columns, (0.0, 1.0)), feet=True)
    assert "Drag over the charts" in chosen_words(None)


def test_a_and_b_and_what_changed(page):
    shown, _ = page()
    assert not shown.marks.isVisible()
    assert not shown.to_marks.isEnabled()
    shown.model.set_a(100.0)
    shown.model.set_b(450.0)
    found = cells(shown.marks)
    assert found["Time"] == ["1:40", "7:30", "5 min 50 s"]
    assert found["Way"][2].startswith("+")
    assert found["Head"][2].startswith("+")
    qt_click(shown.to_marks)
    assert shown.model.selection == (100.0, 450.0)
    qt_click(shown.clear)
    assert shown.model.selection is None


def qt_click(button) -> None:
    button.click()


def test_b_before_a_counts_backwards(run):
    model = ReviewModel(run)
    model.set_a(450.0)
    model.set_b(100.0)
    rows = {row.title: row.cells for row in marks_rows(model.differences(), feet=False)}
    assert rows["Time"][2] == "−5 min 50 s"
    assert rows["Way"][2].startswith("−")


def test_the_csv_holds_exactly_the_stretch(page, qtbot, tmp_path):
    shown, asked = page(str(tmp_path / "out.csv"), tmp_path / "morning.headsup")
    shown.model.select(400.0, 500.0)
    qt_click(shown.csv)
    qtbot.waitUntil(lambda: "rows written" in shown.said.text())
    assert Path(asked.proposed).name == "morning-6m40-8m20.csv"
    with open(tmp_path / "out.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2500
    assert float(rows[0]["t_s"]) >= 400.0
    assert float(rows[-1]["t_s"]) < 500.0
    about = json.loads((tmp_path / "out.csv-metadata.json").read_text())
    assert about["url"] == "out.csv"


def test_parquet_opens_elsewhere(page, qtbot, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    shown, _ = page(str(tmp_path / "out"), of=simulated(a_run()))
    qt_click(shown.parquet)
    qtbot.waitUntil(lambda: "rows written" in shown.said.text())
    assert "SIMULATED" in shown.said.text()
    assert parquet.read_table(tmp_path / "out.parquet").num_rows == 45_000


def test_pictures_and_the_report_are_written(page, qtbot, tmp_path):
    shown, _ = page(str(tmp_path / "charts"))
    qt_click(shown.png)
    qtbot.waitUntil(lambda: "Picture written" in shown.said.text())
    assert (tmp_path / "charts.png").read_bytes().startswith(b"\x89PNG")
    shown, _ = page(str(tmp_path / "report"))
    qt_click(shown.report)
    qtbot.waitUntil(lambda: "Report written" in shown.said.text())
    assert (tmp_path / "report.html").read_text().startswith("<!DOCTYPE html>")
    qt_click(shown.report_png)
    assert (tmp_path / "report.png").read_bytes().startswith(b"\x89PNG")


def test_what_the_run_is_read_from_is_never_replaced(page, tmp_path):
    recording, watch = tmp_path / "run.headsup", tmp_path / "run.fit"
    for kept in (recording, watch):
        kept.write_bytes(b"precious")
        shown, _ = page(str(kept), recording, watch)
        for button in (shown.csv, shown.parquet, shown.png, shown.report, shown.report_png):
            qt_click(button)
            assert "is what this run is read from" in shown.said.text()
        assert kept.read_bytes() == b"precious"


def test_a_folder_that_is_missing_is_a_sentence(page, qtbot, tmp_path):
    shown, _ = page(str(tmp_path / "nowhere" / "out.csv"))
    qt_click(shown.csv)
    qtbot.waitUntil(lambda: "does not exist" in shown.said.text())


def test_no_name_writes_nothing(page, tmp_path):
    shown, _ = page("", tmp_path / "run.headsup")
    qt_click(shown.csv)
    assert shown.said.text() == ""
    assert list(tmp_path.iterdir()) == []


def test_a_link_to_the_recording_is_seen_through(tmp_path):
    recording, link = tmp_path / "run.headsup", tmp_path / "alias.csv"
    recording.write_bytes(b"precious")
    link.symlink_to(recording)
    with pytest.raises(RecordingError):
        panel_files.target(str(link), ".csv", (recording, None))
