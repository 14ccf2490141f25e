"""The drills and the page of all buttons, in the real window: keys, fingers, words that fit, pages that go away."""

from __future__ import annotations

import pytest
from constructed_drills import constructed_drills
from constructed_runs import busy_run
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF
from recorded_actions import Recorded

from monitor.dashboard import window as window_module
from monitor.dashboard.drill_figure import WORDS
from monitor.dashboard.drill_view import DrillState, choices
from monitor.dashboard.fitting import MIN_PX, fitted
from monitor.dashboard.setup.page_base import Words
from monitor.dashboard.window import LiveWindow
from monitor.drills.catalogue import DRILLS, ROUTINES, DrillKind
from monitor.values import Mode

SIZES = [(1024, 600), (1280, 800), (1920, 1080)]
VIEWS = dict(constructed_drills())


def button(page, key):
    return next(b for touch, b in zip(page.touches, page.buttons, strict=True) if touch.key == key)


# ---------------------------------------------------------------- choosing


def test_d_lists_the_whole_catalogue_and_a_digit_begins(opened, qtbot):
    window, actions = opened()
    qtbot.keyClick(window, Qt.Key.Key_D)
    assert window.drills.isVisible()
    words = " ".join(b.text() for b in window.drills.buttons)
    for drill in DRILLS.values():
        assert drill.name in words
    assert len(window.drills.buttons) == len(DRILLS) + len(ROUTINES)
    qtbot.keyClick(window, Qt.Key.Key_5)  # not a mode, while drills are chosen
    assert actions.asked == [("drill", "head-hang")]
    window.refresh()
    assert window.drill_page.isVisible()
    assert window.drill_page.title.title == "Head hang"


def test_a_finger_chooses_and_arrow_keys_with_enter_do(opened, qtbot):
    window, actions = opened()
    qtbot.keyClick(window, Qt.Key.Key_D)
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Right)
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert actions.asked == [("drill", "during")]
    actions.drill_shown = None
    window.refresh()
    qtbot.keyClick(window, Qt.Key.Key_D)
    qtbot.mouseClick(window.drills.buttons[-1], Qt.MouseButton.LeftButton)
    assert actions.asked[-1] == ("drill", "wrist-shake")


def test_a_drill_that_cannot_be_is_a_sentence_on_the_run(opened, qtbot):
    window, actions = opened()
    actions.refuse = True
    qtbot.keyClick(window, Qt.Key.Key_D)
    qtbot.keyClick(window, Qt.Key.Key_1)
    assert window.figures.isVisible()
    assert window.notice.text == "The recording is closed already"


@pytest.mark.parametrize("key", [Qt.Key.Key_D, Qt.Key.Key_Escape, Qt.Key.Key_G])
def test_the_list_is_left_without_a_drill_and_without_the_end_of_the_run(opened, qtbot, key):
    window, actions = opened()
    qtbot.keyClick(window, Qt.Key.Key_D)
    qtbot.keyClick(window, key)
    assert window.figures.isVisible()
    assert window.isVisible()
    assert actions.asked == []


def test_every_choice_has_a_key_of_its_own():
    assert [key for key, _, _ in choices()] == [*ROUTINES, *DRILLS]
    assert len(choices()) <= 10


# ---------------------------------------------------------------- the drill that runs


def test_skip_and_stop_by_key_and_by_finger(opened, qtbot):
    window, actions = opened()
    actions.drill_shown = VIEWS["hang"]
    window.refresh()
    qtbot.keyClick(window, Qt.Key.Key_K)
    qtbot.mouseClick(window.drill_page.skip_button, Qt.MouseButton.LeftButton)
    assert actions.asked == ["skip", "skip"]
    qtbot.keyClick(window, Qt.Key.Key_M)  # marks go on
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert actions.asked[2:] == ["cramp", "stop drill"]
    window.refresh()
    assert window.drill_page.isVisible()  # its results are read first
    assert not window.drill_page.skip_button.isVisible()
    qtbot.mouseClick(window.drill_page.stop_button, Qt.MouseButton.LeftButton)
    assert actions.asked[4:] == ["put away"]
    assert window.figures.isVisible()
    assert window.isVisible()


def test_while_a_drill_goes_on_the_run_can_be_looked_at_and_says_how_it_goes(opened, qtbot):
    window, actions = opened()
    actions.drill_shown = VIEWS["hang"]
    window.refresh()
    assert window.rest.text == ""
    qtbot.keyClick(window, Qt.Key.Key_G)
    assert window.figures.isVisible()
    assert window.rest.text == "Head hang, 37 seconds to go. D shows it"
    qtbot.keyClick(window, Qt.Key.Key_D)
    assert window.drill_page.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_G)
    actions.drill_shown = VIEWS["over"]
    window.refresh()
    assert actions.asked == ["put away"]  # who looks at the run is not called away from it
    assert window.figures.isVisible()


def test_results_and_pages_of_buttons_go_away_by_themselves(opened, qtbot, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(window_module, "monotonic", lambda: now[0])
    window, actions = opened()
    for key in (Qt.Key.Key_O, Qt.Key.Key_D):
        qtbot.keyClick(window, key)
        now[0] += window_module.ASIDE_S - 1
        window.refresh()
        assert not window.figures.isVisible()
        qtbot.keyClick(window, Qt.Key.Key_Shift)  # somebody is there
        now[0] += window_module.ASIDE_S - 1
        window.refresh()
        assert not window.figures.isVisible()
        now[0] += 2
        window.refresh()
        assert window.figures.isVisible()
    actions.drill_shown = VIEWS["hang"]
    window.refresh()
    now[0] += 500
    window.refresh()
    assert window.drill_page.isVisible()  # a drill lasts as long as it lasts
    actions.drill_shown = VIEWS["over"]
    window.refresh()
    assert window.drill_page.isVisible()
    now[0] += window_module.RESULTS_S
    window.refresh()
    assert window.figures.isVisible()
    assert actions.asked == ["put away"]


def test_q_asks_for_the_end_of_the_run_from_every_page(opened, qtbot):
    window, actions = opened(recording=True)
    for key in (Qt.Key.Key_O, Qt.Key.Key_D):
        qtbot.keyClick(window, key)
        qtbot.keyClick(window, Qt.Key.Key_Q)
        assert window.question.isVisible()
        qtbot.keyClick(window.question.buttons[0], Qt.Key.Key_Escape)
        assert not window.question.isVisible()
    assert actions.asked == []


# ---------------------------------------------------------------- what is seen


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", VIEWS)
def test_no_word_of_a_drill_is_cut(opened, name, size):
    window, actions = opened()
    actions.drill_shown = VIEWS[name]
    window.resize(*size)
    window.refresh()
    window.grab()
    page = window.drill_page
    assert page.isVisible()
    for tile in (page.title, page.figure, page.count):
        for item in tile.texts():
            way = fitted(item)
            assert " ".join(way.lines) == item.text
            assert way.px >= MIN_PX
    for words in page.findChildren(Words):
        if words.isVisible():
            assert words.height() >= words.heightForWidth(words.width()), words.text()
    for one in (page.skip_button, page.stop_button):
        assert one.height() >= 60 or not one.isVisible()
    assert page.count.height() >= 90 or VIEWS[name].over  # the count-down is read from afar


def test_the_drawn_pose_moves_unless_less_motion_is_wanted(shown):
    for still in (True, False):
        live, _ = busy_run("good")
        actions = Recorded()
        window = shown(LiveWindow(live, actions, theme="dark", reduced_motion=still))
        actions.drill_shown = VIEWS["hang"]
        window.refresh()
        page = window.drill_page
        begun_s, pictures = page._since_s, []
        for at_s in (0.0, 0.4):
            page._clock = lambda now_s=begun_s + at_s: now_s
            page.show_view(VIEWS["hang"])
            pictures.append(page.figure.grab().toImage())
        assert (pictures[0] == pictures[1]) is still


def test_each_drill_has_a_picture_of_its_own_and_words_for_it(shown):
    live, _ = busy_run("good")
    actions = Recorded()
    window = shown(LiveWindow(live, actions, theme="light", reduced_motion=True))
    assert set(WORDS) == {None, *DrillKind}
    images = []
    for name in ("hang", "ear-right", "ear-left", "circles", "thoracic", "ramping", "wrists", "stand"):
        actions.drill_shown = VIEWS[name]
        window.refresh()
        images.append(window.drill_page.figure.grab().toImage())
    assert all(a != b for i, a in enumerate(images) for b in images[:i])


def test_states_of_a_drill_are_told_apart_without_colour():
    assert len({state.word for state in DrillState}) == len(DrillState)


# ---------------------------------------------------------------- all that keys do, as buttons


def test_more_does_what_the_keys_do(opened, qtbot):
    opened_pages = []

    def settings(theme):
        from PySide6.QtWidgets import QWidget

        opened_pages.append(QWidget())
        return opened_pages[-1]

    window, actions = opened(settings_page=settings)
    for key in ("F", "Z", "1", "2", "3", ","):
        qtbot.mouseClick(window.bar.buttons[-1], Qt.MouseButton.LeftButton)
        assert window.more.isVisible()
        qtbot.mouseClick(button(window.more, key), Qt.MouseButton.LeftButton)
        assert window.figures.isVisible()  # the runner's eyes are back on the run
    assert actions.asked == ["form check", "rezero", Mode.ROAD, Mode.TRAIL, Mode.TECHNICAL]
    assert opened_pages[0].isVisible()
    qtbot.mouseClick(window.bar.buttons[-1], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(button(window.more, "Space"), Qt.MouseButton.LeftButton)
    assert actions.asked[-1] is True
    assert "Sound on" in button(window.more, "Space").text()
    qtbot.mouseClick(button(window.more, "L"), Qt.MouseButton.LeftButton)
    assert "Dark" in button(window.more, "L").text()
    assert window.more.isVisible()
    qtbot.mouseClick(button(window.more, "?"), Qt.MouseButton.LeftButton)
    assert window.help.isVisible()
    qtbot.mouseClick(window.help.buttons[0], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(button(window.more, "D"), Qt.MouseButton.LeftButton)
    assert window.drills.isVisible()
    qtbot.mouseClick(window.bar.buttons[-1], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(button(window.more, "Q"), Qt.MouseButton.LeftButton)
    assert actions.asked[-1] == "stop"


def test_a_treadmills_buttons_are_there_where_its_speed_is_known(opened, qtbot):
    window, actions = opened("treadmill")
    qtbot.keyClick(window, Qt.Key.Key_O)
    for key in "+-[]":
        qtbot.mouseClick(button(window.more, key), Qt.MouseButton.LeftButton)
    assert actions.asked == [("faster", 1), ("faster", -1), ("steeper", -1), ("steeper", 1)]
    assert window.more.isVisible()
    without, _ = opened("good")
    qtbot.keyClick(without, Qt.Key.Key_O)
    assert all(button(without.more, key).isHidden() for key in "+-[]")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("key", [Qt.Key.Key_O, Qt.Key.Key_D])
def test_buttons_are_large_and_their_words_fit(opened, qtbot, key, size):
    window, _ = opened("treadmill")
    window.resize(*size)
    qtbot.keyClick(window, key)
    window.grab()
    page = window.pages.currentWidget()
    for one in page.buttons:
        assert one.height() >= 60
        assert one.width() >= 60
        metrics = QFontMetricsF(one.font())
        lines = one.text().split("\n")
        assert max(metrics.horizontalAdvance(line) for line in lines) < one.width() - 4
        assert len(lines) * metrics.height() <= one.height()
        assert one.accessibleName()
        assert one.accessibleDescription().endswith(".")


def test_a_held_plus_key_goes_on_and_a_held_letter_does_not(opened, qtbot):
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QApplication

    window, actions = opened()
    none = Qt.KeyboardModifier.NoModifier
    for key, text in ((Qt.Key.Key_Plus, "+"), (Qt.Key.Key_M, "m"), (Qt.Key.Key_Plus, "+"), (Qt.Key.Key_S, "s")):
        QApplication.sendEvent(window, QKeyEvent(QEvent.Type.KeyPress, key, none, text, True))
    assert actions.asked == [("faster", 1), ("faster", 1)]


def test_f_asks_for_a_form_check(opened, qtbot):
    window, actions = opened()
    qtbot.keyClick(window, Qt.Key.Key_F)
    assert actions.asked == ["form check"]
    assert window.notice.text == "Form check: one moment"
