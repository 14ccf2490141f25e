"""All pages in the review window: tabs, jumps between them, drops, keys, themes, names, and room at every size."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QPushButton,
    QSlider,
    QTableWidget,
)
from review_panels import a_run, an_analysis
from test_review_panel_watch import gpx_of

from monitor.dashboard import theme as themes
from monitor.dashboard.review import panel_all
from monitor.dashboard.review.panel_page import page_style
from monitor.dashboard.review.review_actions import ReviewActions
from monitor.dashboard.review.review_model import ReviewModel
from monitor.dashboard.review.review_window import ReviewWindow
from monitor.review.reviewed import reviewed
from tests.dashboard.review_panels import a_watch

SIZES = [(1024, 600), (1280, 800), (1920, 1080)]
CONTROLS = (QAbstractButton, QComboBox, QDoubleSpinBox, QSlider, QTableWidget)


@pytest.fixture
def window(shown):
    def make(run=None, size=(1280, 800), theme="dark", recording: Path | None = None):
        window = ReviewWindow(ReviewModel(run or a_run()), ReviewActions(recording), theme=theme)
        panels = panel_all.add_panels(window)
        window.resize(*size)
        shown(window)
        return window, panels

    return make


def turn_to(window, page) -> None:
    window.show_panel(page.name)
    QApplication.processEvents()


def test_every_page_has_its_tab(window):
    shown, panels = window()
    names = [shown.side.tabText(i) for i in range(shown.side.count())]
    assert names == [page.name for page in panels.pages] == ["Meaning", "Map", "Tables", "Stretch", "Play", "Watch"]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_no_page_is_wider_than_its_place_and_no_button_cut(window, size, theme):
    shown, panels = window(size=size, theme=theme)
    for page in panels.pages:
        turn_to(shown, page)
        assert page.isVisible()
        assert page.minimumSizeHint().width() <= page.width() <= 0.45 * size[0]
        for button in page.findChildren(QPushButton):
            if button.isVisibleTo(page):
                wanted = button.fontMetrics().horizontalAdvance(button.text())
                assert button.width() >= wanted, (page.name, button.text())
                left = button.mapTo(page, QPoint(0, 0)).x()
                assert left >= 0
                assert left + button.width() <= page.width()


def test_every_control_has_a_name_and_can_be_reached_by_tab(window):
    shown, panels = window()
    for page in panels.pages:
        turn_to(shown, page)
        found = [c for kind in CONTROLS for c in page.findChildren(kind) if c.isVisibleTo(page)]
        assert found or page is panels.map
        for control in found:
            if control.metaObject().className() in ("QTableCornerButton", "QScrollBar"):
                continue
            assert control.accessibleName(), (page.name, control)
            assert control.focusPolicy() & Qt.FocusPolicy.TabFocus or not control.isEnabled()
    assert panels.map.canvas.accessibleName()
    assert panels.map.canvas.accessibleDescription()


def test_evidence_in_the_tables_turns_to_the_tables(window):
    shown, panels = window()
    turn_to(shown, panels.meaning)
    panels.meaning.page_wanted.emit(panels.tables.name)
    assert shown.side.currentWidget() is panels.tables


def test_letters_in_a_table_are_the_windows(window, qtbot):
    shown, panels = window()
    turn_to(shown, panels.tables)
    shown.model.move_cursor(123.0)
    panels.tables.table.setFocus()
    qtbot.keyClick(panels.tables.table, Qt.Key.Key_A)
    assert shown.model.a_s == 123.0
    qtbot.keyClick(panels.tables.table, Qt.Key.Key_Space)
    assert shown.model.playing
    shown.model.play(False)


def test_a_theme_reaches_all_pages(window):
    shown, panels = window()
    shown.turn_theme()
    for page in panels.pages:
        assert page.theme is themes.LIGHT
        assert themes.LIGHT.panel in page.styleSheet()
    assert panels.map.canvas.theme is themes.LIGHT


def test_a_watchs_file_is_dropped_on_the_window(window, qtbot, tmp_path):
    shown, panels = window(reviewed(an_analysis()))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(gpx_of(a_watch(an_analysis()), tmp_path / "square.gpx")))])
    actions, buttons, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), actions, data, buttons, keys)
    QApplication.sendEvent(shown, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(shown, QDropEvent(QPointF(5, 5), actions, data, buttons, keys))
    qtbot.waitUntil(lambda: shown.model.run.course is not None, timeout=20_000)
    turn_to(shown, panels.map)
    assert panels.map.canvas.track is not None


def test_playing_moves_map_and_runner_together(window):
    shown, panels = window()
    turn_to(shown, panels.play)
    shown.model.play()
    shown.model.step(5.0)
    shown.model.play(False)
    assert panels.play.where.value() == 5 * 4
    turn_to(shown, panels.map)
    assert panels.map.canvas.cursor_s == 5.0


def test_another_alignment_reaches_the_page_in_sight_and_later_the_others(window):
    shown, panels = window()
    turn_to(shown, panels.tables)
    shown.model.replace_run(reviewed(an_analysis()))
    assert panels.tables.table.rowCount() == 0
    turn_to(shown, panels.map)
    assert panels.map.canvas.track is None


def test_a_closed_window_leaves_no_listener(qtbot):
    model = ReviewModel(a_run())
    before = len(model._listeners)
    window = ReviewWindow(model, ReviewActions())
    panel_all.add_panels(window)
    window.close()
    window.deleteLater()
    qtbot.waitUntil(lambda: len(model._listeners) <= before + 1)
    model.move_cursor(5.0)


def contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in QColor(colour).getRgbF()[:3]]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [themes.DARK, themes.LIGHT])
def test_lines_and_signs_stand_out_from_the_ground(window, theme):
    shown, panels = window(theme=theme.name)
    turn_to(shown, panels.map)
    for stretch in panels.map.canvas._legend_items()[:3]:
        assert contrast(panels.map.canvas.pen(stretch[0]).color().name(), theme.panel) >= 3.0
    assert contrast(theme.trace, theme.panel) >= 3.0
    assert theme.text in page_style(theme)


def test_no_text_is_markup(window):
    shown, panels = window()
    for page in panels.pages:
        turn_to(shown, page)
        for label in page.findChildren(QLabel):
            assert label.textFormat() is Qt.TextFormat.PlainText


def test_a_run_from_a_recording_can_be_asked_what_if(window, tmp_path):
    recording = tmp_path / "run.headsup"
    recording.write_bytes(b"looked at only when something is asked")
    shown, panels = window(recording=recording)
    assert panels.what_if in panels.pages
    turn_to(shown, panels.what_if)
    assert panels.what_if.isVisible()
    assert window()[1].what_if is None
