"""The question about a device of unknown identity: over the live window, and in the terminal's panel."""

from __future__ import annotations

import io
import threading

import pytest
from constructed_runs import busy_run
from PySide6.QtCore import Qt
from recorded_actions import Recorded

from monitor.dashboard import identity_card, terminal
from monitor.dashboard.identity_card import IdentityCard
from monitor.dashboard.window import LiveWindow
from monitor.sources.identity_desk import NO, YES, IdentityDesk, Question, Standing, answer_by_key
from monitor.values import Site

QUESTION = Question(Site.LEFT_SHOULDER, "WT901BLE68", "F2:51:00:00:00:0B")
SECOND = Question(Site.HEAD, "WT901BLE68", "F2:51:00:00:00:0C", several=True)


@pytest.fixture
def asking(qtbot):
    desk = IdentityDesk()
    live, _ = busy_run("lost")
    actions = Recorded()
    window = LiveWindow(live, actions, theme="dark", glance=True, recording=True, reduced_motion=True, desk=desk)
    qtbot.addWidget(window)
    window.resize(1024, 600)
    window.show()
    qtbot.waitExposed(window)
    window.refresh()
    assert not window.identity.isVisible()
    desk.ask(QUESTION)
    window.refresh()
    assert window.identity.isVisible()
    return window, desk, actions


def standing(desk: IdentityDesk, question: Question = QUESTION) -> Standing | None:
    return desk.standing(question.site, question.name, question.ident)


def test_one_clear_question_with_two_answers_the_safe_one_first(asking):
    window, _, _ = asking
    card = window.identity
    assert card.title.text() == card.accessibleName() == "Is this your left shoulder sensor?"
    assert "WT901BLE68 answers under another id, ending in 00:00:0B" in card.text.text()
    assert [button.text() for button in card.buttons] == [NO, YES]
    assert [button.accessibleName() for button in card.buttons] == [NO, YES]
    assert window.focusWidget() is card.buttons[0]
    assert card.width() <= window.width()
    assert card.height() <= window.height()


@pytest.mark.parametrize(("key", "expected"), [("Y", Standing.SAME), ("N", Standing.NOT_MINE)])
def test_a_letter_answers_and_does_nothing_else(asking, qtbot, key, expected):
    window, desk, actions = asking
    qtbot.keyClick(window, key)
    assert standing(desk) is expected
    assert not window.identity.isVisible()
    window.refresh()
    assert ("Taken as your left shoulder sensor" in window.notice.text) == (expected is Standing.SAME)
    assert actions.asked == [], "N is also the key of a mark, but not while the question is open"
    qtbot.keyClick(window, "N")
    assert actions.asked == ["sore neck"]


def test_tab_and_enter_answer_without_a_mouse(asking, qtbot):
    window, desk, _ = asking
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert window.focusWidget() is window.identity.buttons[1]
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert standing(desk) is Standing.SAME
    assert not window.identity.isVisible()


def test_a_click_answers(asking, qtbot):
    window, desk, _ = asking
    qtbot.mouseClick(window.identity.buttons[0], Qt.MouseButton.LeftButton)
    assert standing(desk) is Standing.NOT_MINE


def test_esc_puts_it_off_and_ends_no_run(asking, qtbot, monkeypatch):
    window, desk, _ = asking
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.identity.isVisible()
    assert window.isVisible()
    assert not window.question.isVisible()
    window.refresh()
    assert not window.identity.isVisible()
    assert standing(desk) is None
    monkeypatch.setattr(identity_card, "LATER_S", -1.0)
    qtbot.keyClick(window, Qt.Key.Key_Question)  # the list of keys; the question waits behind it
    later = identity_card.monotonic() + 1000.0
    monkeypatch.setattr(identity_card, "monotonic", lambda: later)
    window.refresh()
    assert not window.identity.isVisible()
    window.turn_help()
    window.refresh()
    assert window.identity.isVisible()


def test_the_next_question_follows_and_one_that_is_settled_goes(asking, qtbot):
    window, desk, _ = asking
    desk.ask(SECOND)
    qtbot.keyClick(window, "N")
    window.refresh()
    assert window.identity.title.text() == "Is this your head sensor?"
    assert "Several sensors in range" in window.identity.text.text()
    desk.serves(Site.HEAD, "WT-own", "AA:00", asked_for=False)  # its own came back
    window.refresh()
    assert not window.identity.isVisible()


def test_without_a_desk_there_is_no_card(qtbot):
    live, _ = busy_run()
    window = LiveWindow(live, Recorded(), reduced_motion=True)
    qtbot.addWidget(window)
    window.show()
    window.refresh()
    assert isinstance(window.identity, IdentityCard)
    assert not window.identity.isVisible()


# ---------------------------------------------------------------- the terminal


class _Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


class _Typed:
    """Keys as typed, one look after the other."""

    listening = True

    def __init__(self, *looks: str) -> None:
        self.looks = list(looks)

    def take(self) -> str:
        return self.looks.pop(0) if self.looks else ""


def test_in_the_terminal_it_is_one_line_and_a_key(monkeypatch):
    live, _ = busy_run("lost")
    desk, stop, out, keys = IdentityDesk(), threading.Event(), _Tty(), _Typed("", "Y")
    desk.ask(QUESTION)
    monkeypatch.setattr(terminal, "REFRESH_S", 0.0)
    monkeypatch.setattr(stop, "wait", lambda _s: not keys.looks)
    terminal._run_panel(live, stop, out, keys, Recorded(), desk)
    assert "Is this your left shoulder sensor?" in out.getvalue()
    assert standing(desk) is Standing.SAME


def test_a_key_answers_only_an_open_question():
    desk = IdentityDesk()
    assert answer_by_key(desk, "y") == answer_by_key(None, "y") == ""
    desk.ask(QUESTION)
    assert answer_by_key(desk, "s") == ""
    assert answer_by_key(desk, "n").startswith("Left alone")
    assert desk.question() is None
