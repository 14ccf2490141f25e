"""The review's model: cursors, selection, range and play-back, without a screen."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.dashboard.review.review_model import LEAST_SHOWN_S, Change, ReviewModel
from monitor.posture.gaze import GazeZone
from monitor.review.modes import ModeSpan
from monitor.review.reviewed import ReviewedRun, reviewed
from monitor.values import Activity, Mode, Reason
from tests.review.constructed_analysis import analysis, cut, track

SECONDS = 600.0


def rising_run(seconds: float = SECONDS, hole: tuple[float, float] | None = None) -> ReviewedRun:
    """The head sinks from 0 to 30 degrees; a hole is lost altogether."""
    head = track("head", seconds, sustained_deg=np.linspace(0.0, 30.0, round(25 * seconds)))
    return reviewed(analysis(cut(head, *hole) if hole else head, seconds=seconds))


@pytest.fixture(scope="module")
def run() -> ReviewedRun:
    return rising_run()


@pytest.fixture
def model(run) -> ReviewModel:
    return ReviewModel(run)


def test_a_moment_has_every_column(model):
    there = model.values_at(300.0)
    assert there.known
    assert there.seen
    assert there.activity is Activity.RUN
    assert there.reason is Reason.OK
    assert there.pitch_deg == pytest.approx(15.0, abs=0.01)
    assert there.cadence_spm == 170.0
    assert there.zone is GazeZone.AHEAD
    assert math.isnan(there.elevation_m)
    assert model.values_at(0.0).zone is GazeZone.FAR


def test_nothing_is_known_in_a_hole():
    model = ReviewModel(rising_run(hole=(100.0, 200.0)))
    assert model.values_at(99.7).known
    gone = model.values_at(150.0)
    assert not gone.known
    assert gone.reason is Reason.NO_DATA
    assert gone.zone is None
    assert math.isnan(gone.pitch_deg)


def test_a_moment_knows_its_mode(run):
    spans = (ModeSpan(0.0, 200.0, Mode.ROAD), ModeSpan(200.0, SECONDS, Mode.TRAIL))
    model = ReviewModel(reviewed(replace(run.analysis, modes=spans)))
    assert [model.values_at(t).mode for t in (0.0, 199.9, 200.0)] == [Mode.ROAD, Mode.ROAD, Mode.TRAIL]


def test_an_empty_run_has_an_axis_and_no_values():
    model = ReviewModel(reviewed(analysis(seconds=0.0)))
    assert model.duration_s == 1.0
    assert not model.values_at(0.0).known
    model.zoom(0.5)
    model.play()
    model.step(5.0)
    assert model.t_s == 1.0


def test_differences_are_b_less_a(model):
    assert model.differences() is None
    model.set_a(100.0)
    assert model.differences() is None
    model.set_b(400.0)
    found = model.differences()
    assert found is not None
    assert found.elapsed_s == 300.0
    assert found.drawn_deg == pytest.approx(15.0, abs=0.05)
    assert found.cadence_spm == 0.0
    assert math.isnan(found.heart_bpm)
    model.clear_marks()
    assert model.differences() is None


def test_a_and_b_stand_where_the_cursor_is(model):
    model.move_cursor(42.0)
    model.set_a()
    model.move_cursor(77.0)
    model.set_b()
    assert (model.a_s, model.b_s) == (42.0, 77.0)


def test_listeners_hear_what_changed_and_only_then(model):
    heard: list[Change] = []
    stop = model.listen(heard.append)
    model.move_cursor(10.0)
    model.move_cursor(10.0)
    model.select(5.0, 9.0)
    model.select(9.0, 5.0)
    model.show_range(0.0, 60.0)
    model.set_a()
    model.play()
    model.set_speed(4.0)
    assert heard == [Change.CURSOR, Change.SELECTION, Change.RANGE, Change.MARKS, Change.PLAY, Change.PLAY]
    stop()
    stop()
    model.move_cursor(11.0)
    assert len(heard) == 6


def test_a_listener_may_leave_while_it_is_told(model):
    heard: list[str] = []

    def once(change: Change) -> None:
        heard.append("first")
        stop()

    stop = model.listen(once)
    model.listen(lambda change: heard.append("second"))
    model.move_cursor(1.0)
    model.move_cursor(2.0)
    assert heard == ["first", "second", "second"]


def test_a_stretch_too_short_chooses_nothing(model):
    model.select(10.0, 20.0)
    model.select(30.0, 30.1)
    assert model.selection is None


def test_the_range_follows_the_cursor(model):
    model.show_range(0.0, 60.0)
    model.move_cursor(100.0)
    start, end = model.visible_s
    assert start < 100.0 < end
    assert end - start == pytest.approx(60.0)
    model.move_cursor(20.0, show=False)
    assert model.visible_s == (start, end)


def test_zoom_keeps_what_is_under_the_pointer(model):
    model.zoom(0.5, 150.0)
    start, end = model.visible_s
    assert (150.0 - start) / (end - start) == pytest.approx(150.0 / SECONDS)
    model.zoom(1e-9, 150.0)
    assert model.visible_s[1] - model.visible_s[0] == pytest.approx(LEAST_SHOWN_S)
    model.zoom(1e9)
    assert model.visible_s == (0.0, SECONDS)


def test_play_back_runs_at_its_speed_and_stops_at_the_end(model):
    model.step(1.0)
    assert model.t_s == 0.0
    model.set_speed(100.0)
    assert model.speed == 32.0
    model.play()
    model.step(1.0)
    assert model.t_s == 32.0
    model.step(-5.0)
    assert model.t_s == 32.0
    model.step(60.0)
    assert model.t_s == SECONDS
    assert not model.playing
    model.play()
    assert model.t_s == 0.0


def test_another_look_at_the_run_keeps_the_place(model):
    model.move_cursor(500.0)
    model.select(400.0, 550.0)
    model.set_b(590.0)
    heard: list[Change] = []
    model.listen(heard.append)
    model.replace_run(rising_run(450.0))
    assert heard == [Change.RUN]
    assert (model.t_s, model.b_s, model.selection) == (450.0, 450.0, (400.0, 450.0))
    assert model.visible_s == (0.0, 450.0)


def test_no_time_is_no_place(model):
    for nothing in (math.nan, math.inf, -math.inf):
        model.move_cursor(nothing)
        model.select(nothing, 5.0)
        model.set_a(nothing)
        model.show_range(nothing, 5.0)
        model.zoom(nothing)
        model.pan(nothing)
        model.set_speed(nothing)
        model.step(nothing)
    assert (model.t_s, model.a_s, model.selection, model.visible_s) == (0.0, None, None, (0.0, SECONDS))


moves = st.lists(
    st.tuples(st.sampled_from(["show_range", "zoom", "pan", "move_cursor"]), st.floats(-1e4, 1e4), st.floats(-1e4, 1e4))
)


@given(moves=moves)
def test_whatever_is_done_the_range_stays_within_the_run(run, moves):
    model = ReviewModel(run)
    for name, x, y in moves:
        if name == "show_range":
            model.show_range(x, y)
        elif name == "zoom":
            model.zoom(abs(x), min(max(y, 0.0), SECONDS))
        elif name == "pan":
            model.pan(x)
        else:
            model.move_cursor(x)
        start, end = model.visible_s
        assert 0.0 <= start < end <= SECONDS + 1e-6
        assert end - start >= LEAST_SHOWN_S - 1e-6
        assert 0.0 <= model.t_s <= SECONDS
