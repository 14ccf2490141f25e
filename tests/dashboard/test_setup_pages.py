"""The set-up by the keyboard alone, through its real widgets, offscreen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QRadioButton
from setup_fakes import CAP, PROFILE, STRAP, THIRD, Parts, leading
from setup_window import alt, at_calibration, enter, escape, open_wizard

from monitor.dashboard.setup.facts import GuideView, Outcome, Phase, ScanView
from monitor.dashboard.setup.page_order import Page
from monitor.values import Site

DONE = GuideView(Phase.DONE, profile=PROFILE)


@pytest.fixture
def wizard(shown, qtbot):
    """Opens the set-up on fakes: `wizard(Parts(...))`."""
    return lambda parts, **options: open_wizard(shown, qtbot, parts, **options)


# ---------------------------------------------------------------- by the keyboard


def test_enter_leads_through_all_pages_and_the_choice_is_told_once(wizard, qtbot):
    parts = Parts(CAP, STRAP)
    window = wizard(parts)
    told = []
    window.finished.connect(told.append)
    pages = []

    def press():
        pages.append(window.model.page)
        enter(qtbot, window)

    press()
    parts.scanner.shake(CAP.address)
    window.refresh()
    assert window.next_button.text() == "Take it (Enter)"
    press()
    parts.scanner.shake(STRAP.address, 0.05)
    window.refresh()
    for _ in range(3):
        press()
    assert parts.calibrator.asked == [((Site.HEAD,), "quick", "me")]
    parts.calibrator.view = DONE
    window.refresh()
    assert window.stack.currentWidget() is window.pages[Page.RESULT]
    for _ in range(4):
        press()
    assert pages == [
        Page.WELCOME, Page.FIND, Page.FIND, Page.CLIP, Page.CALIBRATE, Page.RESULT, Page.GROUND, Page.SOUND, Page.READY,
    ]  # fmt: skip
    assert [(c.outcome, c.profile, c.heard) for c in told] == [(Outcome.START, PROFILE, True)]
    window.close()
    assert len(told) == 1


def test_the_returning_page_starts_with_enter(wizard, qtbot):
    window = wizard(Parts(profile=PROFILE))
    page = window.pages[Page.RETURNING]
    assert "OpenEarable-1A2B" in page.sensors.text()
    assert "21 days old" in page.age.text()
    assert page.ground.text() == "Today: road or treadmill."
    assert window.next_button.text() == "Start (Enter)"
    enter(qtbot, window)
    assert window.stack.currentWidget() is window.pages[Page.CHECK]


def test_closing_the_window_leaves_and_stops_everything(wizard):
    parts = Parts(CAP)
    window = wizard(parts)
    window.model.next()
    told = []
    window.finished.connect(told.append)
    window.close()
    assert [c.outcome for c in told] == [Outcome.LEFT]
    assert not parts.scanner.running


def test_enter_in_the_midst_of_a_pose_does_nothing(wizard, qtbot):
    parts = Parts(CAP, STRAP)
    window = wizard(parts)
    at_calibration(window, parts)
    assert isinstance(window.focusWidget(), QRadioButton)
    enter(qtbot, window)
    parts.calibrator.view = leading()
    window.refresh()
    enter(qtbot, window)
    enter(qtbot, window)
    assert window.model.page is Page.CALIBRATE
    assert parts.calibrator.asked == [((Site.HEAD, Site.COLLAR), "quick", "me")]
    assert not window.next_button.isVisible()


def test_again_and_skip_are_on_their_letters(wizard, qtbot):
    parts = Parts(CAP, STRAP)
    window = wizard(parts)
    at_calibration(window, parts, leading(can_skip=True))
    assert [b.text() for b in window.others] == ["&Again", "&Skip this one"]
    alt(qtbot, window, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: parts.calibrator.asked[1:] == ["again"])
    alt(qtbot, window, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: parts.calibrator.asked[1:] == ["again", "skip"])
    parts.calibrator.view = leading(can_skip=False)
    window.refresh()
    assert [b.text() for b in window.others] == ["&Again"]


def test_the_list_takes_and_places_by_keys(wizard, qtbot):
    parts = Parts(CAP, STRAP, THIRD)
    window = wizard(parts)
    enter(qtbot, window)
    page = window.pages[Page.FIND]
    assert window.focusWidget() is page.list
    qtbot.keyClick(page.list, Qt.Key.Key_Down)
    qtbot.keyClick(page.list, Qt.Key.Key_Space)
    assert [(p.found.name, p.site) for p in window.model.picks] == [(STRAP.name, Site.HEAD)]
    alt(qtbot, window, Qt.Key.Key_L)
    qtbot.waitUntil(lambda: [p.site for p in window.model.picks] == [Site.LEFT_SHOULDER])
    assert page.places[Site.LEFT_SHOULDER].isChecked()
    qtbot.keyClick(page.list, Qt.Key.Key_Space)
    assert window.model.picks == ()
    assert page.unused.isChecked()
    escape(qtbot, window)
    assert window.model.page is Page.WELCOME


def test_the_row_of_a_shaken_sensor_becomes_the_current_one(wizard, qtbot):
    parts = Parts(CAP, STRAP)
    window = wizard(parts)
    enter(qtbot, window)
    page = window.pages[Page.FIND]
    assert page.list.currentRow() == 0
    parts.scanner.shake(STRAP.address)
    window.refresh()
    assert page.list.currentRow() == 1
    assert page.ask.text() == f"That one is {STRAP.name}."
    parts.scanner.view = ScanView(tuple(replace(f, spread_m_s2=9.0) for f in (CAP, STRAP)))
    window.model.finding.marked = None
    window.refresh()
    assert page.ask.text() == "Several are moving."


def test_a_sensor_that_comes_late_leaves_the_chosen_row(wizard, qtbot):
    parts = Parts(STRAP)
    window = wizard(parts)
    enter(qtbot, window)
    parts.scanner.view = ScanView((CAP, STRAP, THIRD))
    window.refresh()
    page = window.pages[Page.FIND]
    assert page.list.address() == STRAP.address
    assert page.list.count() == 3


def test_a_focused_button_gets_enter(wizard, qtbot):
    parts = Parts(CAP, STRAP)
    window = wizard(parts)
    at_calibration(window, parts, DONE)
    enter(qtbot, window)
    enter(qtbot, window)
    assert window.model.page is Page.SOUND
    no = next(b for b in window.others if "No" in b.text())
    no.setFocus()
    enter(qtbot, window)
    assert window.model.sound.choosing
    page = window.pages[Page.SOUND]
    assert page.list.isVisible()
    qtbot.keyClick(page.list, Qt.Key.Key_Down)
    qtbot.keyClick(page.list, Qt.Key.Key_Down)
    qtbot.keyClick(page.list, Qt.Key.Key_Space)
    window.refresh()
    assert parts.sounds.asked[-2:] == ["open buds", "test"]


def test_everything_that_can_be_pressed_is_reached_by_tab(wizard, qtbot):
    parts = Parts(CAP, STRAP)
    window = wizard(parts)
    enter(qtbot, window)
    wanted = {b for b in window.findChildren(QPushButton) if b.isVisible() and b.isEnabled()}
    reached = set()
    for _ in range(len(wanted) + 4):
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        reached.add(window.focusWidget())
    assert wanted <= reached
