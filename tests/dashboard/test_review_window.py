"""The review window on a screen that nobody sees: what is drawn, what pointer and keys do, what is read out."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel

from monitor.alignment.result import Method, NotAligned
from monitor.dashboard.fitting import fitted
from monitor.dashboard.review.chart_axes import time_ticks, value_ticks
from monitor.dashboard.review.chart_rows import LineRow, rows_of
from monitor.dashboard.review.event_lines import SignKind, placed, signs_of
from monitor.dashboard.review.review_actions import ReviewActions
from monitor.dashboard.review.review_model import ReviewModel
from monitor.dashboard.review.review_window import ReviewWindow
from monitor.interop.watch import WatchFile, WatchTrack
from monitor.review.reviewed import ReviewedRun, reviewed
from monitor.values import NS_PER_S, Event, EventKind, Reason
from tests.review.constructed_analysis import analysis, cut, prompt, silent, track, trail_run

SECONDS = 600.0
SIZES = [(1024, 600), (1280, 800), (1920, 1080)]


def mark(t_s: float, label: str) -> Event:
    return Event(round(t_s * NS_PER_S), EventKind.MARK, detail={"label": label})


@pytest.fixture(scope="module")
def run() -> ReviewedRun:
    pitch = 10 + 5 * np.sin(np.arange(15_000) / 500)
    reason = np.where((np.arange(15_000) >= 5000) & (np.arange(15_000) < 7500), Reason.GAP, Reason.OK)
    head = cut(track("head", SECONDS, sustained_deg=pitch, reason=reason, valid=reason == Reason.OK), 400.0, 450.0)
    events = (prompt(100.0), silent(150.0, "resting"), mark(500.0, "cramp"))
    return reviewed(analysis(head, seconds=SECONDS, events=events))


@pytest.fixture
def open_window(shown):
    def open_(run: ReviewedRun, size: tuple[int, int] = (1280, 800), **options: object) -> ReviewWindow:
        window = ReviewWindow(ReviewModel(run), theme=str(options.pop("theme", "dark")), **options)
        window.resize(*size)
        shown(window)
        QApplication.processEvents()
        return window

    return open_


def press(qtbot, window: ReviewWindow, key: Qt.Key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.keyClick(window, key, modifier)


def x_of(window: ReviewWindow, t_s: float) -> int:
    return round(window.charts.layout_now.x_of(t_s, window.model.visible_s))


# ------------------------------------------------------------ rows


def test_rows_without_data_are_not_shown(run):
    assert [row.title for row in rows_of(run).rows] == ["Head pitch", "Gaze", "Cadence", "Data"]
    whole = rows_of(reviewed(trail_run(120.0)))
    assert "Shoulders" in [row.title for row in whole.rows]


def test_what_is_not_trusted_is_drawn_apart(run):
    head = rows_of(run).rows[0]
    assert isinstance(head, LineRow)
    assert head.others is not None
    counted, others = (p.line(0.0, SECONDS, slots=600) for p in (head.counted, head.others))
    inside = (counted.x_s > 202) & (counted.x_s < 298)
    assert np.isnan(counted.y[inside]).all()
    assert np.isfinite(others.y[inside]).all()
    lost = (counted.x_s > 402) & (counted.x_s < 448)
    assert np.isnan(counted.y[lost]).all()
    assert np.isnan(others.y[lost]).all()


def test_the_limit_moves_with_a_lean_that_the_rule_takes_off():
    leaning = track("head", 60.0, sustained_deg=15.0, lean_deg=6.0)
    head = rows_of(reviewed(analysis(leaning, seconds=60.0))).rows[0]
    assert isinstance(head, LineRow)
    assert head.limit is not None
    assert head.limit.bounds == pytest.approx((26.0, 26.0))


def test_doubtful_stretches_are_hatched(run, open_window):
    window = open_window(run)
    picture = window.charts.grab().toImage()
    band = window.charts.layout_now.bands[0]
    panel, edge = QColor(window.theme.panel), QColor(window.theme.edge)

    def inks(t_s: float) -> set[str]:
        y = round(band.top + 3)
        return {picture.pixelColor(x_of(window, t_s) + i, y + j).name() for i in range(-6, 7) for j in range(9)}

    assert inks(60.0) == {panel.name()}
    assert edge.name() in inks(250.0)
    assert edge.name() in inks(425.0)


@pytest.mark.parametrize("span", [(0.0, 5.0), (0.0, 3600.0), (100.0, 86_400.0), (0.0, 500_000.0)])
def test_ticks_are_round_and_few(span):
    ticks = time_ticks(*span, 8)
    assert 1 <= len(ticks) <= 9
    assert all(span[0] <= t_s <= span[1] for t_s, _ in ticks)


def test_each_row_has_a_number_or_more_on_its_axis(run):
    for row in rows_of(reviewed(trail_run(120.0))).rows:
        if isinstance(row, LineRow):
            ticks = value_ticks(row, 3)
            assert 1 <= len(ticks) <= 3
            assert all(row.low <= value <= row.high for value, _ in ticks)


# ------------------------------------------------------------ signs


def test_signs_in_order_with_their_kinds_and_words(run):
    signs = signs_of(run)
    assert [sign.kind for sign in signs.signs] == [SignKind.CUE, SignKind.SILENT, SignKind.MARK]
    assert signs.signs[2].label == "cramp"
    assert "no cue: resting" in signs.signs[1].words
    assert signs.after(100.0).t_s == 150.0
    assert signs.before(100.0) is None


def test_labels_never_overlap_and_marks_come_first():
    events = (*(silent(100 + i / 10, "resting") for i in range(300)), mark(101.0, "x" * 5000))
    run = reviewed(analysis(track("head", SECONDS, sustained_deg=5.0), seconds=SECONDS, events=events))
    found = placed(signs_of(run).signs, lambda t: 2 * t, lambda words: 6.0 * len(words), 1200.0, 2)
    labelled = [p for p in found if p.lane is not None]
    assert any(p.sign.kind is SignKind.MARK for p in labelled)
    assert all(len(p.sign.label) <= 28 for p in found)
    for lane in range(2):
        spans = sorted((p.x, p.x + p.width) for p in labelled if p.lane == lane)
        assert all(a[1] <= b[0] for a, b in pairwise(spans))


# ------------------------------------------------------------ the window


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_everything_has_its_place_and_no_text_is_cut(run, open_window, size, theme):
    window = open_window(reviewed(trail_run(300.0)), size, theme=theme)
    window.add_panel("Map", QLabel("a map"))
    window.model.move_cursor(100.0)
    window.model.set_a(50.0)
    window.model.set_b(250.0)
    QApplication.processEvents()
    assert window.size().width() == size[0]
    parts = (window.simulated, window.header, window.overview, window.charts, window.readout, window.bar)
    for part in parts:
        assert part.isVisible(), part
        assert part.height() >= 18, part
    assert window.charts.height() >= 0.4 * size[1]
    for item in window.charts.value_texts():
        assert "…" not in "".join(fitted(item).lines), item.text


def test_the_readout_says_where_the_cursor_is(run, open_window):
    window = open_window(run)
    window.model.move_cursor(60.0)
    assert window.readout.text.startswith("1:00 · running · road mode")
    window.model.move_cursor(250.0)
    assert "not trusted" in window.readout.text
    window.model.move_cursor(425.0)
    assert window.readout.text == "7:05 · no data here"


def test_every_part_has_a_name_for_screen_readers(run, open_window, qtbot):
    window = open_window(run)
    window.add_panel("Map", QLabel("a map"))
    named = (window, window.overview, window.charts, window.readout, window.chosen, window.side, window.help)
    assert all(part.accessibleName() for part in named)
    assert all(button.accessibleName() and button.accessibleDescription() for button in window.bar.buttons)
    window.model.move_cursor(60.0)
    qtbot.waitUntil(lambda: "Head pitch 1" in window.readout.accessibleDescription(), timeout=3000)


def test_click_drag_and_wheel(run, open_window, qtbot):
    window = open_window(run)
    charts, model = window.charts, window.model
    y = charts.height() // 2
    qtbot.mouseClick(charts, Qt.MouseButton.LeftButton, pos=QPoint(x_of(window, 300.0), y))
    assert model.t_s == pytest.approx(300.0, abs=1.0)
    qtbot.mousePress(charts, Qt.MouseButton.LeftButton, pos=QPoint(x_of(window, 100.0), y))
    qtbot.mouseMove(charts, QPoint(x_of(window, 150.0), y))
    qtbot.mouseMove(charts, QPoint(x_of(window, 200.0), y))
    qtbot.mouseRelease(charts, Qt.MouseButton.LeftButton, pos=QPoint(x_of(window, 200.0), y))
    assert model.selection == pytest.approx((100.0, 200.0), abs=1.5)
    assert "Chosen: 1:" in window.chosen.text
    place = QPointF(x_of(window, 300.0), y)
    turn = QWheelEvent(
        place, charts.mapToGlobal(place), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(charts, turn)
    start, end = model.visible_s
    assert end - start == pytest.approx(SECONDS / 1.25)
    assert (300.0 - start) / (end - start) == pytest.approx(0.5, abs=0.01)
    qtbot.mouseClick(charts, Qt.MouseButton.LeftButton, pos=QPoint(x_of(window, 300.0), y))
    assert model.selection is None


def test_a_click_on_the_names_does_nothing(run, open_window, qtbot):
    window = open_window(run)
    window.model.move_cursor(300.0)
    qtbot.mouseClick(window.charts, Qt.MouseButton.LeftButton, pos=QPoint(10, 100))
    assert window.model.t_s == 300.0


def test_the_overview_drags_and_stretches_the_window(run, open_window, qtbot):
    window = open_window(run)
    strip, model = window.overview, window.model
    model.show_range(200.0, 300.0)
    y = strip.height() // 2

    def x(t_s: float) -> int:
        return round(strip._x(t_s))

    qtbot.mousePress(strip, Qt.MouseButton.LeftButton, pos=QPoint(x(250.0), y))
    qtbot.mouseMove(strip, QPoint(x(350.0), y))
    qtbot.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=QPoint(x(350.0), y))
    assert model.visible_s == pytest.approx((300.0, 400.0), abs=2.0)
    qtbot.mousePress(strip, Qt.MouseButton.LeftButton, pos=QPoint(x(model.visible_s[1]), y))
    qtbot.mouseMove(strip, QPoint(x(500.0), y))
    qtbot.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=QPoint(x(500.0), y))
    assert model.visible_s == pytest.approx((300.0, 500.0), abs=3.0)
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(x(100.0), y))
    assert model.t_s == pytest.approx(100.0, abs=2.0)
    assert sum(model.visible_s) / 2 == pytest.approx(100.0, abs=3.0)


def test_keys(run, open_window, qtbot):
    window = open_window(run)
    model, k = window.model, Qt.Key
    press(qtbot, window, k.Key_Right)
    assert model.t_s == pytest.approx(6.0)
    press(qtbot, window, k.Key_Down)
    assert model.t_s == 100.0
    assert "Head down" in window.readout.text
    press(qtbot, window, k.Key_Down)
    press(qtbot, window, k.Key_Up)
    assert model.t_s == 100.0
    press(qtbot, window, k.Key_A)
    press(qtbot, window, k.Key_End)
    assert model.t_s == SECONDS
    press(qtbot, window, k.Key_B)
    assert "A 1:40 → B 10:00" in window.chosen.text
    press(qtbot, window, k.Key_S)
    assert model.selection == (100.0, SECONDS)
    press(qtbot, window, k.Key_Z)
    assert model.visible_s[0] == pytest.approx(75.0)
    press(qtbot, window, k.Key_0)
    press(qtbot, window, k.Key_Home)
    press(qtbot, window, k.Key_Plus)
    assert model.visible_s == pytest.approx((0.0, SECONDS / 1.6))
    press(qtbot, window, k.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert model.visible_s[0] == pytest.approx(0.25 * SECONDS / 1.6)
    press(qtbot, window, k.Key_Escape)
    assert model.selection is None
    press(qtbot, window, k.Key_Escape)
    assert model.a_s is None
    assert window.chosen.isHidden()


def test_the_list_of_keys_opens_and_closes(run, open_window, qtbot):
    window = open_window(run, (1024, 600))
    press(qtbot, window, Qt.Key.Key_Question)
    assert window.help.isVisible()
    assert window.help.height() <= window.height()
    press(qtbot, window, Qt.Key.Key_Escape)
    assert not window.help.isVisible()


def test_play_back_moves_the_cursor_and_can_be_held(run, open_window, qtbot):
    window = open_window(run)
    for _ in range(4):
        press(qtbot, window, Qt.Key.Key_Greater)
    assert window.model.speed == 16.0
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.model.t_s > 2.0, timeout=5000)
    press(qtbot, window, Qt.Key.Key_Space)
    held = window.model.t_s
    qtbot.wait(100)
    assert window.model.t_s == held
    assert window.bar.buttons[0].text().startswith("Play 16×")


def test_pages_at_the_side(run, open_window, qtbot):
    window = open_window(run, (1024, 600))
    window.add_panel("Map", QLabel("a map"))
    window.add_panel("Laps", QLabel("laps"))
    assert window.side.isHidden()
    press(qtbot, window, Qt.Key.Key_P)
    assert window.side.isVisible()
    press(qtbot, window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.side.tabText(window.side.currentIndex()) == "Laps"
    press(qtbot, window, Qt.Key.Key_P)
    assert window.side.isHidden()
    wide = open_window(run, (1280, 800))
    wide.add_panel("Map", QLabel("a map"))
    assert wide.side.isVisible()


def test_another_look_at_the_run_is_drawn(run, open_window):
    window = open_window(run)
    before = window.charts.grab().toImage()
    pitch = track("head", SECONDS, sustained_deg=30.0)
    window.model.replace_run(reviewed(replace(run.analysis, tracks={"head": pitch}, events=())))
    assert window.charts.grab().toImage() != before
    assert window.signs.signs == ()


def test_a_run_without_anything_says_so(open_window):
    window = open_window(reviewed(analysis(seconds=0.0)))
    assert [row.title for row in rows_of(window.model.run).rows] == ["Data"]
    assert window.readout.text == "0:00 · no data here"
    assert not window.charts.grab().isNull()
    window.jump(1)
    window.show_chosen()


def test_trouble_of_the_recording_is_told(run, shown):
    model = ReviewModel(reviewed(replace(run.analysis, recovered=True)))
    window = shown(ReviewWindow(model, ReviewActions(notices=["A minute is missing\nat 3:00"]), theme="dark"))
    assert "A minute is missing at 3:00" in window.notice.text
    assert "never closed" in window.notice.text


def test_a_watch_that_could_not_be_lined_up_is_told(run, open_window):
    nan = np.full(3, np.nan)
    watch = WatchTrack(np.arange(3) * NS_PER_S, *(nan for _ in range(7)), source=WatchFile.GPX)
    window = open_window(reviewed(run.analysis, watch, NotAligned(Method.CADENCE, "The cadence never changes."), "x"))
    assert window.notice.text == "Watch not lined up: The cadence never changes."


def test_closing_is_told_once(run, shown):
    closed: list[int] = []
    window = shown(ReviewWindow(ReviewModel(run), ReviewActions(closed=lambda: closed.append(1)), theme="light"))
    window.model.play()
    window.leave()
    window.close()
    assert closed == [1]
    window.model.move_cursor(5.0)


def test_themes_turn_while_it_is_open(run, open_window, qtbot):
    window = open_window(run)
    dark = window.charts.grab().toImage()
    press(qtbot, window, Qt.Key.Key_L)
    light = window.charts.grab().toImage()
    assert light.pixelColor(2, 2).lightness() > dark.pixelColor(2, 2).lightness() + 100


def test_many_pages_all_find_room_on_the_tabs(run, open_window):
    window = open_window(run)
    for name in ("Meaning", "Map", "Tables", "Stretch", "What if", "Play", "Watch"):
        window.add_panel(name, QLabel(name))
    QApplication.processEvents()
    bar = window.side.tabBar()
    assert bar.tabRect(6).right() <= window.side.width()


def test_a_finger_can_take_everything_back(run, open_window, qtbot):
    window = open_window(run)
    window.model.set_a(10.0)
    window.model.select(20.0, 40.0)
    button = next(b for b in window.bar.buttons if b.text().startswith("Take back"))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.model.selection is None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.model.a_s is None


def test_overview_and_charts_begin_at_the_same_place(run, open_window):
    window = open_window(run, (1024, 600))
    assert window.overview.left_px == window.charts.layout_now.left
    window.resize(1920, 1080)
    QApplication.processEvents()
    assert window.overview.left_px == window.charts.layout_now.left
