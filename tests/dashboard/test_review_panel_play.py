"""Play-back: at any moment the live screen's own words, from what was recorded, and nothing that was not known then."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from review_panels import CRAMP_S, SECONDS, a_run, an_analysis, simulated

from monitor.dashboard import theme as themes
from monitor.dashboard.fitting import fitted
from monitor.dashboard.live_view import LiveState
from monitor.dashboard.review.panel_play import PlayPage
from monitor.dashboard.review.play_back import PlayBack
from monitor.dashboard.review.review_model import ReviewModel
from monitor.review.report_words import NOT_VISIBLE
from monitor.review.reviewed import reviewed
from monitor.values import Activity, Mode, Reason
from tests.review.constructed_analysis import analysis, cut, prompt, seconds_where, track


@pytest.fixture(scope="module")
def play() -> PlayBack:
    return PlayBack(a_run())


def test_a_low_head_is_eyes_up_and_a_level_one_good(play):
    assert play.view(450.0).state is LiveState.EYES_UP
    view = play.view(700.0)
    assert view.state is LiveState.GOOD
    assert view.pitch_deg == pytest.approx(8.0 + 2 * math.sin(700 / 50), abs=0.1)
    assert view.needle_deg == view.pitch_deg  # no delay-free pitch was recorded: the stride's mean stands in
    assert view.elapsed_s == 700.0
    assert view.facts.distance_m == pytest.approx(2100.0, abs=3)
    assert view.facts.heart_bpm == pytest.approx(150.0)


def test_cues_and_marks_are_told_for_a_moment(play):
    assert "head down" in play.view(407.0).notice
    assert play.view(405.0).notice == ""
    assert play.view(420.0).notice == ""
    assert "cramp" in play.view(CRAMP_S + 1).notice
    assert play.view(CRAMP_S + 1).log[0].title.endswith("cramp")
    assert play.view(405.0).log == ()


def test_nothing_is_known_in_a_hole():
    head = cut(track("head", 600.0, sustained_deg=8.0), 200.0, 300.0)
    play = PlayBack(reviewed(analysis(head, seconds=600.0)))
    before, inside, behind = (play.view(t) for t in (190.0, 250.0, 310.0))
    assert before.state is LiveState.GOOD
    assert inside.state is LiveState.SENSOR_LOST
    assert "50 s" in inside.reason
    assert math.isnan(inside.pitch_deg)
    assert math.isnan(inside.facts.gaze_m)
    assert behind.state is LiveState.GOOD


def test_an_untrusted_pitch_is_not_shown():
    blind = seconds_where(600.0, (100.0, 200.0))
    head = track("head", 600.0, sustained_deg=8.0, valid=~blind, reason=np.where(blind, Reason.GAP, Reason.OK))
    view = PlayBack(reviewed(analysis(head, seconds=600.0))).view(150.0)
    assert math.isnan(view.pitch_deg)
    assert view.gaze == "–"
    assert view.state is LiveState.WARMING_UP


def test_standing_before_the_run_is_ready_and_after_it_paused():
    t_s = np.arange(600 * 25) / 25
    activity = np.where((t_s > 100) & (t_s < 500), Activity.RUN, Activity.STILL)
    play = PlayBack(reviewed(analysis(track("head", 600.0, sustained_deg=8.0, activity=activity), seconds=600.0)))
    assert play.view(50.0).state is LiveState.READY
    assert play.view(300.0).state is LiveState.GOOD
    assert play.view(550.0).state is LiveState.PAUSED


def test_shoulders_are_never_claimed_unseen():
    assert PlayBack(a_run()).view(700.0).shoulders == NOT_VISIBLE
    score = np.where(seconds_where(600.0, (300.0, 330.0)), 0.9, 0.1)
    collar = track("collar", 600.0, shoulder=score, over=score > 0.5)
    run = reviewed(analysis(collar, seconds=600.0, events=(prompt(301.0),)))
    play = PlayBack(run)
    assert play.view(315.0).state is LiveState.RELAX_SHOULDERS
    assert play.view(315.0).shoulder_score == pytest.approx(0.9)
    assert play.view(200.0).shoulders == "relaxed"


def test_a_calibration_that_is_missing_is_said():
    run = reviewed(replace(an_analysis(), sites={}))
    assert PlayBack(run).view(100.0).state is LiveState.NOT_CALIBRATED


def test_an_empty_recording_can_be_looked_at():
    view = PlayBack(reviewed(analysis(seconds=0.0))).view(0.0)
    assert view.mode is Mode.ROAD
    assert math.isnan(view.cadence_spm)


def test_simulated_is_said():
    assert PlayBack(simulated(a_run())).view(10.0).simulated
    assert not PlayBack(a_run()).view(10.0).simulated


# ---------------------------------------------------------------- the page


@pytest.fixture
def page(shown):
    page = PlayPage(ReviewModel(a_run()), themes.DARK)
    page.resize(420, 480)
    return shown(page)


def test_the_page_follows_the_cursor(page):
    page.model.move_cursor(450.0)
    assert page.glance.state.state is LiveState.EYES_UP
    assert page.where.value() == 450 * 4
    assert "7:30" in page.where.accessibleDescription()
    page.model.move_cursor(700.0)
    assert page.glance.state.state is LiveState.GOOD


def test_what_happened_up_to_the_cursor_is_listed(page):
    assert page.log.text() == ""
    page.model.move_cursor(CRAMP_S + 1)
    lines = page.log.text().splitlines()
    assert lines[0].startswith("24:10 ")
    assert "cramp" in lines[0]
    assert len(lines) == 3


def test_buttons_slider_and_speed_move_the_model(page, qtbot):
    qtbot.mouseClick(page.play, Qt.MouseButton.LeftButton)
    assert page.model.playing
    assert page.play.text() == "Pause"
    page.model.step(2.0)
    assert page.model.t_s == pytest.approx(2.0)
    page.speed.put(8.0)
    page.speed.activated.emit(page.speed.currentIndex())
    page.model.step(2.0)
    assert page.model.t_s == pytest.approx(18.0)
    page.where.setValue(100 * 4)
    assert page.model.t_s == 100.0
    qtbot.mouseClick(page.play, Qt.MouseButton.LeftButton)
    assert not page.model.playing
    assert page.play.text() == "Play"


def test_a_speed_set_elsewhere_is_shown(page):
    page.model.set_speed(16.0)
    assert page.speed.read() == 16.0


def test_the_end_of_the_run_is_in_reach_of_the_slider(page):
    page.where.setValue(page.where.maximum())
    assert page.model.t_s == SECONDS


def test_the_legs_rest_while_nothing_is_played(page):
    before = page._legs()
    assert page._legs() == before
    page.model.play()
    page._legs()
    assert page._legs() >= before


@pytest.mark.parametrize("size", [(360, 420), (434, 560), (440, 900), (700, 1000), (900, 500)])
def test_no_value_is_cut_at_any_shape_of_the_page(shown, size):
    page = PlayPage(ReviewModel(a_run()), themes.DARK)
    page.resize(*size)
    shown(page)
    page.model.move_cursor(1234.0)
    QApplication.processEvents()
    for tile in page.glance.tiles:
        for text in tile.texts() if tile.isVisible() else []:
            assert not any(line.endswith("…") for line in fitted(text).lines if text.text), text.text
