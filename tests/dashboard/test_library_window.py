"""The library's window: keys, states, names for a screen reader, sizes; and that it never waits for its work."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QTableWidget

from monitor.dashboard import theme as themes
from monitor.dashboard.fitting import fitted
from monitor.dashboard.library import library_model
from monitor.dashboard.library import library_words as words
from monitor.dashboard.library.library_model import LibraryModel, State
from monitor.dashboard.library.library_window import LibraryWindow
from monitor.dashboard.library.svg_view import SvgView
from monitor.dashboard.tiles import Tile
from monitor.errors import RecordingError
from monitor.library.compare_charts import Over
from monitor.library.compare_report import compare_html
from tests.library.small_runs import calibration, record

SIZES = [(1024, 600), (1280, 800), (3840, 2160)]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Three SIMULATED runs and a recording that cannot be read, with an index that knows them."""
    folder = tmp_path_factory.mktemp("library")
    for day in range(3):
        record(folder / f"run-{day}.headsup", day=day, down_deg=8.0 + 3 * day)
    (folder / "bad.headsup").write_bytes(b"nothing" * 50)
    return folder, tmp_path_factory.mktemp("cache")


@pytest.fixture
def window(shown, qtbot, made):
    """Opens the window on a folder and waits until it has been read."""
    models = []

    def open_(folder: Path = made[0], *, wait: bool = True, **options) -> LibraryWindow:
        model = LibraryModel(folder, made[1], (calibration(),))
        models.append(model)
        opened = shown(LibraryWindow(model, **{"theme": "dark"} | options))
        if wait:
            qtbot.waitUntil(lambda: model.state is not State.READING, timeout=20_000)
        return opened

    yield open_
    for model in models:
        model.close()


def choose(window, qtbot, *places):
    """By keys alone: to the row, and space."""
    window.list.setFocus()
    for place in places:
        while window.list.currentRow() != place:
            QTest.keyClick(window.list, Qt.Key.Key_Down if window.list.currentRow() < place else Qt.Key.Key_Up)
        QTest.keyClick(window.list, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not window.model.comparing, timeout=20_000)


def test_runs_are_listed_newest_first_with_what_is_wrong_last(window):
    w = window()
    first = [w.list.item(y, 1).text() for y in range(w.list.rowCount())]
    assert first[0].startswith("2026-06-03 07:00 · trail\nSIMULATED · run-2")
    assert first[3] == "bad\nIs not a Heads Up recording; if it was one, try: headsup repair RUN -o NEW"
    assert "4 runs, 3 of them SIMULATED" in w.header.right


def test_two_chosen_by_keys_lie_side_by_side(window, qtbot):
    w = window()
    choose(w, qtbot, 2, 0)
    assert w.model.chosen == ("run-0.headsup", "run-2.headsup")
    assert (w.list.item(2, 0).text(), w.list.item(0, 0).text()) == ("1", "2")
    said = w.side.texts()
    assert said[0].startswith("1 · 2026-06-01")
    assert any("too little running" in line for line in said), "half a minute proves nothing"
    assert len(w.side.findChildren(SvgView)) >= 2
    assert w.simulated.text.startswith("SIMULATED")
    table = w.side.findChildren(QTableWidget)[-1]
    names = {table.item(y, 0).text(): [table.item(y, x).text() for x in (1, 2, 3)] for y in range(table.rowCount())}
    assert names["Head, mean"][2].startswith("+")


def test_space_again_and_escape_let_go(window, qtbot):
    w = window()
    choose(w, qtbot, 0, 1)
    choose(w, qtbot, 0)
    assert w.model.chosen == ("run-1.headsup",)
    assert words.ONE_MORE in w.side.texts()
    QTest.keyClick(w, Qt.Key.Key_Escape)
    assert w.model.chosen == ()
    assert w.side.texts() == [words.HINT]


def test_a_recording_that_cannot_be_read_cannot_be_chosen(window, qtbot):
    w = window()
    w.list.setFocus()
    for _ in range(6):
        QTest.keyClick(w.list, Qt.Key.Key_Down)
    QTest.keyClick(w.list, Qt.Key.Key_Space)
    assert "bad.headsup" not in w.model.chosen


def test_the_other_pages(window, qtbot):
    w = window()
    QTest.keyClick(w, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert w.pages.currentWidget() is w.weeks
    assert w.weeks.texts() == [words.NO_WEEKS]
    QTest.keyClick(w, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    said = w.calibrated.texts()
    assert any("me: 0 runs, the one in use now" in line for line in said)
    assert any("SIMULATED wearer): 3 runs" in line for line in said)


def test_no_runs_yet(window, tmp_path):
    w = window(tmp_path)
    assert w.model.state is State.EMPTY
    assert w.left.currentWidget() is w.empty
    assert w.empty.text() == words.EMPTY


def test_a_folder_that_cannot_be_read_says_so(window, tmp_path):
    w = window(tmp_path / "none")
    assert w.model.state is State.FAILED
    assert w.empty.text().endswith("there is no such folder")


def test_a_run_that_comes_later_is_found_by_looking_again(window, qtbot, made, tmp_path):
    folder = tmp_path / "later"
    folder.mkdir()
    shutil.copy(made[0] / "run-0.headsup", folder)
    shutil.copy(made[0] / "run-1.headsup", folder)
    w = window(folder)
    choose(w, qtbot, 0)
    shutil.copy(made[0] / "run-2.headsup", folder)
    QTest.keyClick(w, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: w.list.rowCount() == 3, timeout=20_000)
    assert w.model.chosen == ("run-1.headsup",)
    assert w.list.item(1, 0).text() == "1", "what was chosen stays chosen, in its new place"
    (folder / "run-1.headsup").unlink()
    QTest.keyClick(w, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: w.list.rowCount() == 2, timeout=20_000)
    assert w.model.chosen == ()


def test_a_run_that_vanishes_while_it_is_compared_says_so(window, qtbot, made, tmp_path):
    folder = tmp_path / "vanish"
    shutil.copytree(made[0], folder)
    w = window(folder)
    (folder / "run-0.headsup").unlink()
    choose(w, qtbot, 0, 2)
    assert any("does not exist" in line for line in w.side.texts())


def test_the_page_is_saved_where_it_was_asked_for(window, qtbot, tmp_path):
    saved = []

    def save(comparison, over):
        saved.append(over)
        (tmp_path / "page.html").write_text(compare_html(comparison, over, feet=True))
        return tmp_path / "page.html"

    w = window(save_page=save)
    QTest.keyClick(w, Qt.Key.Key_S)
    assert w.header.right == words.NOTHING_TO_SAVE
    choose(w, qtbot, 0, 1)
    QTest.keyClick(w, Qt.Key.Key_S)
    assert saved == [Over.TIME]
    assert "page.html" in w.header.right


def test_a_page_that_cannot_be_saved_is_a_sentence(window, qtbot, tmp_path):
    def save(comparison, over):
        raise RecordingError(tmp_path, "cannot be written: no space")

    w = window(save_page=save)
    choose(w, qtbot, 0, 1)
    QTest.keyClick(w, Qt.Key.Key_S)
    assert w.header.right.endswith("cannot be written: no space")


def test_over_distance_needs_a_distance(window, qtbot):
    w = window()
    choose(w, qtbot, 0, 1)
    QTest.keyClick(w, Qt.Key.Key_D)
    assert w.header.right == words.NO_DISTANCE
    assert w.over is Over.TIME


def test_the_list_grows_while_runs_are_read_and_can_be_used(window, qtbot, monkeypatch, made):
    import threading

    go_on, whole = threading.Event(), library_model.read_library

    def slow(folder, cache, *, progress, **options):
        library = whole(folder, cache)
        progress(2, 3, library.rows[:2])
        assert go_on.wait(20)
        return library

    monkeypatch.setattr(library_model, "read_library", slow)
    w = window(wait=False)
    qtbot.waitUntil(lambda: w.list.rowCount() == 2, timeout=20_000)
    assert "Reading new runs: 2 of 3" in w.header.right
    assert w.list.currentRow() == 0
    choose(w, qtbot, 0, 1)
    assert w.model.comparison is not None
    go_on.set()
    qtbot.waitUntil(lambda: w.list.rowCount() == 4, timeout=20_000)
    assert len(w.model.chosen) == 2
    assert w.list.currentRow() == 1, "the run that was gone to stays the current one"


def test_closing_ends_the_thread_even_while_runs_are_read(window, qtbot, monkeypatch):
    import threading

    go_on = threading.Event()
    monkeypatch.setattr(library_model, "read_library", lambda *a, progress, **k: go_on.wait(5) and progress(1, 2, []))
    w = window(wait=False)
    assert w.left.currentWidget() is w.empty
    assert "Looking" in w.empty.text()
    go_on.set()
    closed = []
    w._on_closed = lambda: closed.append(1)
    w.close()
    assert closed == [1]
    assert not w.model._reader.thread.is_alive()
    assert not w.model._comparer.thread.is_alive()


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
def test_nothing_overlaps_or_is_cut_at_any_size(window, qtbot, size, theme):
    w = window(theme=theme)
    choose(w, qtbot, 0, 1)
    w.resize(*size)
    for _ in range(3):
        QApplication.processEvents()
    assert (w.width(), w.height()) == size
    below = 0
    for part in (w.simulated, w.header, w.split, w.bar):
        assert part.isVisible()
        assert part.y() >= below, f"{part.accessibleName()} lies over the part above it"
        below = part.y() + part.height()
    assert below <= w.height()
    for tile in w.findChildren(Tile):
        for item in tile.texts():
            assert " ".join(fitted(item).lines) == item.text
    for view in w.side.findChildren(SvgView):
        assert view.width() <= w.side.viewport().width()
    table = w.side.findChildren(QTableWidget)[-1]
    last = table.visualRect(table.model().index(table.rowCount() - 1, 0))
    assert last.bottom() <= table.viewport().height(), "the last row is whole"


def test_everything_has_a_name_for_a_screen_reader(window, qtbot):
    w = window()
    choose(w, qtbot, 0, 1)
    for widget in [*w.findChildren(QPushButton), *w.findChildren(QTableWidget), *w.findChildren(SvgView), w.pages]:
        assert widget.accessibleName(), widget
    role = Qt.ItemDataRole.AccessibleTextRole
    assert w.list.item(0, 1).data(role).startswith("SIMULATED · 2026-06-03")
    assert w.list.item(0, 5).data(role).startswith("Head: ")
    assert (
        w.list.item(3, 1)
        .data(role)
        .endswith("Is not a Heads Up recording; if it was one, try: headsup repair RUN -o NEW")
    )


def test_the_charts_are_drawn_in_the_windows_colours(window, qtbot):
    w = window()
    choose(w, qtbot, 0, 1)
    w.resize(1280, 800)
    QApplication.processEvents()
    view = w.side.findChildren(SvgView)[0]
    ground = view.mapTo(w, QPoint(view.width() // 2, 50))
    dark = w.grab().toImage().pixelColor(ground)
    QTest.keyClick(w, Qt.Key.Key_L)
    assert w.theme is themes.LIGHT
    assert dark.lightness() < 80 < 200 < w.grab().toImage().pixelColor(ground).lightness()


def test_the_list_of_keys_names_every_key(window):
    w = window()
    QTest.keyClick(w, Qt.Key.Key_Question)
    assert w.help.isVisible()
    QTest.keyClick(w, Qt.Key.Key_Escape)
    assert not w.help.isVisible()
