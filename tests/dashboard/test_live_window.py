"""The real window, offscreen: keys, the question before the end, sizes without a cut text, themes, pictures."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from constructed_runs import COLLAR, HEAD, busy_run, feed, model
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetricsF
from PySide6.QtWidgets import QWidget
from recorded_actions import Recorded

from monitor.dashboard import theme as themes
from monitor.dashboard.fitting import MIN_PX, fitted, size_of
from monitor.dashboard.live_view import LiveState, Severity
from monitor.dashboard.tiles import StateTile
from monitor.dashboard.window import LiveWindow
from monitor.values import Ground, Mode

SIZES = [(1024, 600), (1280, 800), (1920, 1080)]
STORIES = ["eyes up", "good", "shoulders", "lost", "notice", "treadmill"]


# ---------------------------------------------------------------- keys


def test_every_key_does_what_the_help_says(opened, qtbot):
    window, actions = opened()
    pressed = (
        Qt.Key.Key_M,
        Qt.Key.Key_N,
        Qt.Key.Key_B,
        Qt.Key.Key_1,
        Qt.Key.Key_2,
        Qt.Key.Key_3,
        Qt.Key.Key_Z,
        Qt.Key.Key_Space,
        Qt.Key.Key_Space,
    )
    for key in pressed:
        qtbot.keyClick(window, key)
    assert actions.asked == ["cramp", "sore neck", "note", Mode.ROAD, Mode.TRAIL, Mode.TECHNICAL, "rezero", True, False]
    qtbot.keyClick(window, Qt.Key.Key_Question)
    assert window.help.isVisible()
    for word in ("Space", "S", "G", "M  N  B", "1  2  3", "Z", "F11", "Esc", "Q", "?"):
        assert f"{word}\t" in window.help.text.text().replace("Esc  Q", "Esc\tQ")
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.help.isVisible()
    assert window.isVisible()


def test_the_buttons_do_what_the_keys_do_and_say_so(opened, qtbot):
    window, actions = opened()
    for button in window.bar.buttons[:4]:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert actions.asked == ["cramp", "sore neck", "note", "snooze"]
    for button in window.bar.buttons:
        assert button.accessibleName()
        assert button.accessibleDescription().endswith(".")
    assert [b.text().split("\n")[1] for b in window.bar.buttons] == list("MNBSGO")
    qtbot.keyClick(window, Qt.Key.Key_M)  # a click did not take the keys away
    assert actions.asked[-1] == "cramp"


def test_the_runner_and_the_figures_are_two_pages(opened, qtbot):
    window, _ = opened()
    assert not window.glance.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_G)
    assert window.glance.isVisible()
    assert not window.figures.strip.isVisible()
    assert window.glance.accessibleDescription()
    qtbot.mouseClick(window.bar.buttons[-2], Qt.MouseButton.LeftButton)
    assert window.figures.strip.isVisible()


@pytest.mark.parametrize("size", SIZES)
def test_the_buttons_words_fit(opened, size):
    window, _ = opened()
    window.resize(*size)
    window.grab()
    for button in window.bar.buttons:
        metrics = QFontMetricsF(button.font())
        assert max(metrics.horizontalAdvance(line) for line in button.text().split("\n")) < button.width() - 8
        assert 2 * metrics.height() <= button.height()
        assert button.height() >= 60  # over 9 mm on the usual 10-inch screen of 1024 x 600


def test_a_comma_opens_the_settings_and_the_end_closes_them(opened, qtbot):
    pages = []

    def page(theme):
        pages.append(QWidget())
        return pages[-1]

    window, _ = opened(settings_page=page)
    qtbot.keyClick(window, Qt.Key.Key_Comma)
    qtbot.keyClick(window, Qt.Key.Key_Comma)
    assert len(pages) == 1
    assert pages[0].isVisible()
    window.end_now()
    assert not pages[0].isVisible()


def test_without_a_settings_page_it_is_said_where_they_are(opened, qtbot):
    window, _ = opened()
    qtbot.keyClick(window, Qt.Key.Key_Comma)
    assert "headsup settings" in window.notice.text


def test_mute_is_seen_and_a_mark_is_confirmed(opened, qtbot):
    window, _ = opened()
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert "sound off" in window.header.left
    qtbot.keyClick(window, Qt.Key.Key_M)
    assert window.notice.text == "Marked at 12:44: cramp"
    assert window.notice.isVisible()


def test_a_refusal_is_a_sentence_and_nothing_pretends_to_have_worked(opened, qtbot):
    window, actions = opened()
    actions.refuse = True
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert window.notice.text == "The recording is closed already"
    assert "sound off" not in window.header.left


def test_full_screen_and_back(opened, qtbot):
    window, _ = opened()
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert window.isFullScreen()
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert not window.isFullScreen()


def test_light_and_dark(opened, qtbot):
    window, _ = opened()
    before = window.grab().toImage().pixelColor(2, 2)
    qtbot.keyClick(window, Qt.Key.Key_L)
    after = window.grab().toImage().pixelColor(2, 2)
    assert before == QColor(themes.DARK.background)
    assert after == QColor(themes.LIGHT.background)


# ---------------------------------------------------------------- the end


def test_without_a_recording_escape_ends_at_once(opened, qtbot):
    window, actions = opened()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()
    assert actions.asked == ["stop"]


def test_while_recording_it_asks_first(opened, qtbot):
    closed = []
    window, actions = opened(recording=True, on_closed=lambda: closed.append(1))
    qtbot.keyClick(window, Qt.Key.Key_Q)
    assert window.question.isVisible()
    assert actions.asked == []
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.question.isVisible()
    assert window.isVisible()
    window.close()  # the window manager's button asks too
    assert window.isVisible()
    assert window.question.isVisible()
    qtbot.mouseClick(window.question.buttons[1], Qt.MouseButton.LeftButton)
    assert not window.isVisible()
    assert actions.asked == ["stop"]
    window.close()
    assert actions.asked == ["stop"]
    assert closed == [1]


# ---------------------------------------------------------------- what is seen


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("size", SIZES)
def test_no_text_is_cut_or_tiny(opened, story, size):
    window, _ = opened(story)
    window.resize(*size)
    window.refresh()
    window.grab()
    for tile in (*window.banners, *window.figures.tiles):
        if not tile.isVisible():
            continue
        for item in tile.texts():
            if not item.text:
                continue
            way = fitted(item)
            assert " ".join(way.lines) == item.text, f"{tile.accessibleName()}: {way.lines} is cut"
            width, height = size_of(way.lines, way.px, item.bold)
            assert width <= item.rect.width() + 0.5
            assert height <= item.rect.height() + 0.5
            assert item.rect.left() >= 0
            assert item.rect.right() <= tile.width() + 0.5
            assert item.rect.bottom() <= tile.height() + 0.5
            assert way.px >= MIN_PX


@pytest.mark.parametrize("state", list(LiveState))
@pytest.mark.parametrize("size", SIZES)
def test_every_state_is_read_from_afar(shown, state, size):
    tile = shown(StateTile(themes.DARK))
    tile.resize(int(size[0] * 0.61), int(size[1] * 0.35))
    tile.show_state(state, "Look about 30 ft down the road")
    word = fitted(tile.texts()[0])
    assert " ".join(word.lines) == state.word
    # Capital letters of a twelfth of the window's height at least: over 20 mm on a 24-inch screen.
    capital = QFontMetricsF(themes.font(word.px, bold=True)).capHeight()
    assert capital >= size[1] / 14


@pytest.mark.parametrize("size", SIZES)
def test_overlays_fit_the_window(opened, qtbot, size):
    window, _ = opened(recording=True)
    window.resize(*size)
    live = window._model
    live.ground(Ground(0, 3.0, 0.05))
    qtbot.keyClick(window, Qt.Key.Key_Question)
    for card in (window.help, window.question):
        card.open()
        assert window.rect().contains(card.geometry())
        for label in (card.title, card.text):
            assert label.width() >= label.sizeHint().width()
            assert label.height() >= label.sizeHint().height()


def test_states_differ_without_colour():
    assert len({s.shape for s in LiveState if s.severity is Severity.ALERT}) == 2
    assert len({(s.word, s.shape) for s in LiveState}) == len(LiveState)


def _contrast(a: str, b: str) -> float:
    def luminance(name: str) -> float:
        c = QColor(name)
        parts = [c.redF(), c.greenF(), c.blueF()]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [themes.DARK, themes.LIGHT], ids=lambda t: t.name)
def test_texts_have_contrast(theme):
    for ink in (theme.text, theme.dim, theme.good, theme.attention, theme.limit):
        assert _contrast(ink, theme.panel) >= 4.5, ink
    for ground in (theme.alert, theme.simulated):
        assert _contrast(theme.on_alert, ground) >= 4.5


def test_accessible_names_and_descriptions(opened):
    window, _ = opened()
    names = [tile.accessibleName() for tile in (*window.banners, *window.figures.tiles)]
    assert all(names)
    assert len(set(names)) == len(names)
    assert window.figures.state.accessibleDescription() == "EYES UP. Look 4–7 ft ahead"
    assert "Head down" in window.figures.log.accessibleDescription()


def test_simulated_is_said_only_where_so(shown):
    for simulated in (True, False):
        live, _ = busy_run(simulated=simulated)
        window = shown(LiveWindow(live, Recorded(), theme="dark"))
        assert window.simulated.isVisible() is simulated


def test_enter_presses_the_button_that_is_lit(opened, qtbot):
    window, actions = opened(recording=True)
    qtbot.keyClick(window, Qt.Key.Key_Q)
    qtbot.keyClick(window.question.buttons[0], Qt.Key.Key_Return)
    assert not window.question.isVisible()
    assert window.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Q)
    qtbot.keyClick(window.question.buttons[0], Qt.Key.Key_Q)  # a second Q means it
    assert actions.asked == ["stop"]


def test_shoulders_draw_their_minute_only_where_seen(shown):
    for sensors, seen in (((HEAD, COLLAR), True), ((HEAD,), False)):
        live, clock = model(*sensors)
        feed(live, clock, 0, 30, shoulder=0.4)
        window = shown(LiveWindow(live, Recorded(), theme="dark"))
        strip = window.figures.shoulder_strip
        image = strip.grab().toImage()
        inks = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
        assert (themes.DARK.trace.lower() in inks) is seen
        assert any("not visible from here" in item.text for item in strip.texts()) is not seen


def test_empty_and_failed(shown):
    live, _ = model()
    window = shown(LiveWindow(live, Recorded(), theme="dark"))
    assert window.figures.state.state is LiveState.WARMING_UP
    assert window.figures.pitch.value == "–"
    live.fail("The disk is full")
    window.refresh()
    assert (window.figures.state.state, window.figures.state.reason) == (LiveState.FAILED, "The disk is full")


def test_strip_draws_the_line_broken_and_the_limit(opened):
    window, _ = opened()
    window.resize(1280, 800)
    window.refresh()
    strip = window.figures.strip
    image = strip.grab().toImage()
    x, y = strip.curve(strip.data)
    hole = float(x[np.flatnonzero(np.isnan(y))[0]])

    def inks(at_s: float) -> set[str]:
        column = round(float(strip.at(np.array([at_s]))[0]))
        box = strip.plot()
        return {image.pixelColor(column, row).name() for row in range(int(box.top()), int(box.bottom()) - 12)}

    trace, limit = themes.DARK.trace.lower(), themes.DARK.limit.lower()
    assert trace in inks(hole - 2)
    assert trace not in inks(hole + 1)
    assert trace in inks(hole + 4)
    assert any(limit in inks(-30 + i / 10) for i in range(10))  # dashed
    assert strip.limit == 36.0
    assert "limit 36° dashed" in strip.caption


def test_void_methods_keep_the_count_of_none(opened):
    """PySide6 6.12.0 on Python 3.11 drops a reference to None per call and aborts within seconds."""
    window, _ = opened()
    before = sys.getrefcount(None)
    for _ in range(2000):
        window.figures.state.update()
    assert sys.getrefcount(None) > before - 500


def test_t_shows_more_minutes_of_the_charts(opened, qtbot):
    window, _ = opened()
    spans = [window.figures.span_s]
    for _ in range(4):
        qtbot.keyClick(window, Qt.Key.Key_T)
        spans.append(window.figures.span_s)
        assert window.pages.currentWidget() is window.figures
        assert "Charts: last" in window.notice.text
    assert spans == [60.0, 120.0, 300.0, 600.0, 60.0]
