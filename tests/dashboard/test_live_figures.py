"""The page of figures: its spans, its log's pages, and that everything fits from a small screen to a very large one."""

from __future__ import annotations

import numpy as np
import pytest
from constructed_runs import HEAD, busy_run, feed, long_run, model, output
from fitting_texts import check_fits
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from recorded_actions import Recorded

from monitor.dashboard import log_tile, run_log
from monitor.dashboard import theme as themes
from monitor.dashboard.figures_page import SPANS_S
from monitor.dashboard.live_view import Cue, LogLine
from monitor.dashboard.log_tile import LogTile
from monitor.dashboard.run_log import RunLog
from monitor.dashboard.window import LiveWindow
from monitor.values import NS_PER_S, Activity, Event, EventKind

SIZES = [(1024, 600), (1280, 800), (1920, 1080), (3840, 2160)]


@pytest.fixture
def watched(shown):
    """A window with the figures of a long run."""

    def watch(size=(1280, 800), theme="dark", run=long_run):
        live, clock = run()
        window = shown(LiveWindow(live, Recorded(), theme=theme))
        window.resize(*size)
        window.grab()
        return window, clock

    return watch


def redrawn(window):
    """Show the charts now, whatever was shown a moment ago."""
    window.figures.set_span_s(window.figures.span_s)
    window.refresh()
    return window.grab().toImage()


# ---------------------------------------------------------------- spans


def test_spans_follow_each_other_and_are_said(watched):
    window, _ = watched()
    page = window.figures
    said = [page.next_span() for _ in SPANS_S]
    assert said == [
        "Charts: last 2 minutes",
        "Charts: last 5 minutes",
        "Charts: last 10 minutes",
        "Charts: last minute",
    ]
    page.set_span_s(300.0)
    window.refresh()
    assert page.strip.data.seconds == 300.0
    assert page.strip.caption.endswith("last 5 minutes")
    with pytest.raises(ValueError, match="not 7"):
        page.set_span_s(7.0)
    assert page.span_s == 300.0


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", SIZES)
def test_every_span_fits(watched, size, theme):
    window, _ = watched(size, theme)
    for _ in SPANS_S:
        window.figures.next_span()
        window.refresh()
        for tile in window.figures.tiles:
            if tile.isVisible():
                check_fits(tile)
                assert window.rect().contains(tile.geometry().translated(window.figures.pos()))


def test_a_long_span_is_not_drawn_anew_with_every_frame(watched):
    window, _ = watched()
    window.figures.set_span_s(600.0)
    window.refresh()
    first = window.figures.strip.data
    window.refresh()
    assert window.figures.strip.data is first
    window.figures.set_span_s(600.0)  # asked for: at once
    window.refresh()
    assert window.figures.strip.data is not first


def test_the_axes_say_the_span_and_all_strips_share_it(watched):
    window, _ = watched()
    page = window.figures
    words = {
        60.0: ["45 s ago", "30 s ago", "15 s ago", "now"],
        120.0: ["1½ min ago", "1 min ago", "30 s ago", "now"],
        300.0: ["4 min ago", "3 min ago", "2 min ago", "1 min ago", "now"],
        600.0: ["8 min ago", "6 min ago", "4 min ago", "2 min ago", "now"],
    }
    for seconds in SPANS_S:
        page.set_span_s(seconds)
        window.refresh()
        assert [t.text for t in page.strip.texts() if "ago" in t.text or t.text == "now"] == words[seconds]
        ends = {tuple(strip.at(np.array([-seconds, 0.0])).tolist()) for strip in page.strips}
        assert len(ends) == 1


# ---------------------------------------------------------------- what is drawn


def inks(image, box, ratio=1.0):
    """Colours in a box of a picture."""
    xs = range(round(box.left() * ratio), round(box.right() * ratio))
    return {image.pixelColor(x, y).name() for x in xs for y in range(round(box.top()), round(box.bottom()))}


def test_the_ribbon_fills_as_the_dwell_clock_runs(shown):
    live, clock = model(HEAD)
    feed(live, clock, 0, 30)
    window = shown(LiveWindow(live, Recorded(), theme="dark"))
    strip = window.figures.strip
    heights = []
    for dwell in (0.0, 2.0, 4.0, 6.0):
        feed(live, clock, clock.ns / NS_PER_S - 7, clock.ns / NS_PER_S - 5, dwell=dwell)
        redrawn(window)
        image, box = strip.grab().toImage(), strip.ribbon()
        column = round(float(strip.at(np.array([-1.0]))[0]))
        rows = range(round(box.top()) + 2, round(box.bottom()) - 1)
        filled = {themes.DARK.trace.lower(), themes.DARK.alert.lower()}
        heights.append(sum(image.pixelColor(column, row).name() in filled for row in rows) / len(rows))
        assert (image.pixelColor(column, rows[0]).name() == themes.DARK.alert.lower()) is (dwell == 6.0)
    assert heights == pytest.approx([0, 1 / 3, 2 / 3, 1], abs=0.1)


def test_a_pause_is_a_shape_and_a_word_on_the_ribbon(shown):
    live, clock = model(HEAD)
    feed(live, clock, 0, 20)
    feed(live, clock, 20, 40, activity=Activity.STILL)
    feed(live, clock, 52, 60)
    window = shown(LiveWindow(live, Recorded(), theme="dark"))
    window.resize(1280, 800)
    redrawn(window)
    strip = window.figures.strip
    assert [t.text for t in strip.moving_texts()] == ["not running", "link gap"]
    assert [s.watch.trusted for s in strip.data.unwatched] == [True, False]
    image, box = strip.grab().toImage(), strip.ribbon().adjusted(0, 3, 0, -3)

    def at(from_s, to_s):
        left, right = strip.at(np.array([from_s, to_s])).tolist()
        return inks(image, type(box)(left, box.top(), right - left, box.height()))

    plain, hatched, watched_ = at(-39, -37), at(-19.5, -18), at(-55, -45)
    assert plain == {themes.DARK.edge.lower()}
    assert len(hatched) == 2  # hatching upon the panel
    assert watched_ == {themes.DARK.panel.lower()}


def test_a_cue_is_a_triangle_and_a_mark_a_diamond_and_both_are_named(watched):
    window, _ = watched(run=busy_run)
    strip = window.figures.strip
    assert any(t.text == "▲ cue  ◆ mark" for t in strip.texts())
    image, foot = strip.grab().toImage(), strip.plot().bottom()
    for x, ink in ((strip.data.cue_x[0], themes.DARK.limit), (strip.data.mark_x[0], themes.DARK.text)):
        column = round(float(strip.at(np.array([x]))[0]))
        assert image.pixelColor(column, round(foot - 0.36 * strip.px)).name() == ink.lower()


def test_a_stare_that_is_deeper_than_the_chart_makes_it_deeper(shown):
    live, clock = model(HEAD)
    feed(live, clock, 0, 10, pitch=5.0)
    window = shown(LiveWindow(live, Recorded(), theme="dark"))
    strip = window.figures.strip
    assert strip.bottom == 45.0
    for pitch, bottom in ((50.0, 60.0), (75.0, 90.0), (170.0, 90.0)):
        start = clock.ns / NS_PER_S - 7
        feed(live, clock, start, start + 1, pitch=pitch)
        redrawn(window)
        assert strip.bottom == bottom
    assert float(strip.level(np.array([170.0]))[0]) == strip.plot().bottom()  # along the edge


# ---------------------------------------------------------------- the log


LINES = tuple(LogLine(float(i), f"Head down {i}", "low for 10 s", Cue.GIVEN) for i in range(200, 0, -1))


@pytest.fixture
def log(shown):
    tile = shown(LogTile(themes.DARK))
    tile.resize(420, 100)
    tile.show_log(LINES, 200)
    return tile


def on_top(tile):
    return next(t.text for t in tile.texts() if "down" in t.text)


def test_every_prompt_of_the_run_is_reached_by_pages(log):
    seen = []
    for _ in range(200):
        seen += [t.text for t in log.texts() if "down" in t.text]
        before = log.first
        log.turn(1)
        if log.first == before:
            break
    assert {line.title for line in LINES} == {text.split(":")[0] for text in seen}
    log.turn(-9999)
    assert on_top(log).startswith("Head down 200")


def test_what_is_read_stays_while_new_lines_come_and_gives_way_later(log, monkeypatch):
    log.turn(3)
    before = on_top(log)
    more = (LogLine(201.0, "Head down 201", "", Cue.GIVEN), *LINES)
    log.show_log(more, 201)
    assert on_top(log) == before
    later = log_tile.monotonic() + log_tile.BACK_S + 1
    monkeypatch.setattr(log_tile, "monotonic", lambda: later)
    log.show_log(more, 201)
    assert on_top(log) == "Head down 201"


def test_wheel_and_finger_turn_the_log(log):
    down = QWheelEvent(
        QPointF(50, 50), QPointF(50, 50), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(log, down)
    assert log.first == 1
    QTest.mousePress(log, Qt.MouseButton.LeftButton, pos=QPoint(50, 90))
    QTest.mouseMove(log, QPoint(50, 10))
    QTest.mouseRelease(log, Qt.MouseButton.LeftButton, pos=QPoint(50, 10))
    assert 4 <= log.first <= 6


def test_page_keys_turn_the_log_of_the_page_that_is_shown(watched, qtbot):
    window, _ = watched()
    log, page = window.figures.log, window.figures
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    assert len(log.lines) > 8
    for key, moved in ((Qt.Key.Key_PageDown, 1), (Qt.Key.Key_PageUp, -1)):
        before = log.first
        qtbot.keyClick(window, key)
        assert np.sign(log.first - before) == moved
    qtbot.keyClick(window, Qt.Key.Key_End)
    assert log.first == len(log.lines) - 1
    qtbot.keyClick(window, Qt.Key.Key_Home)
    assert log.first == 0
    page.page_log(1)
    assert log.first > 0


def test_a_long_line_takes_two_rows_and_is_whole(shown):
    tile = shown(LogTile(themes.DARK))
    tile.resize(400, 100)
    long = LogLine(700.0, "Form check", "head 3° lower and 4 steps a minute slower than in minutes 5 to 10", Cue.NOTE)
    tile.show_log((long, *LINES), 201)
    check_fits(tile)
    assert any(item.lines == 2 for item in tile.texts())


def test_each_kind_of_line_has_a_sign_of_its_own():
    assert set(log_tile.SIGNS) == set(Cue)
    assert len(set(log_tile.SIGNS.values())) == len(Cue)


def test_a_day_of_lines_takes_no_more_room_than_its_bound():
    log = RunLog()
    for i in range(2 * run_log.MOST_LINES):
        log.enter(LogLine(float(i), "Head down", "", Cue.GIVEN))
        log.tick(float(i), Cue.GIVEN)
    assert (len(log.lines), log.entered) == (run_log.MOST_LINES, 2 * run_log.MOST_LINES)
    assert log.lines[0].t_s == 2 * run_log.MOST_LINES - 1
    assert log.ticks(2.0 * run_log.MOST_LINES, 1e9)[0].size == run_log.MOST_TICKS


def test_a_prompt_given_now_has_its_tick_at_now():
    live, clock = model(HEAD)
    feed(live, clock, 0, 10)
    live.update(output(events=(Event(10 * NS_PER_S, EventKind.HEAD_DOWN, "head", True),)))
    assert live.chart().cue_x.tolist() == [0.0]
