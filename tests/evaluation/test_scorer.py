"""The scorer on cases made by hand, whose answers are known beforehand."""

import math

import numpy as np
import pytest

from tests.evaluation.labelled import TRUTH_HZ, Specification, TrueEvent, stride_mean, true_events
from tests.evaluation.scorer import (
    Matches,
    add,
    expected,
    match,
    p95,
    pitch_errors,
    rmse,
    score_events,
    second_means,
)

ROAD = Specification(on=20.0, off=15.0, dwell_s=6.0, leak=2.0, release_s=1.5)
EVENTS = [TrueEvent(100, 106, 106, 130, 30, 30), TrueEvent(200, 206, 206, 215, 30, 15)]


def level(*bouts: tuple[float, float, float], seconds: float = 300.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times, a level that is 0 but for (from, to, depth), and 'active' throughout."""
    t = np.arange(0, seconds, 1 / TRUTH_HZ)
    values = np.zeros(len(t))
    for on, off, depth in bouts:
        values[(t >= on) & (t < off)] = depth
    return t, values, np.ones(len(t), bool)


# ---------------------------------------------------------------- what counts as an event


def test_a_plain_stare_is_due_after_its_dwell():
    (event,) = true_events(*level((50, 80, 30)), ROAD)
    assert event.onset_s == pytest.approx(50, abs=0.05)
    assert event.due_s == pytest.approx(56, abs=0.1)
    assert event.end_s == pytest.approx(80, abs=0.05)
    assert event.depth == pytest.approx(30)
    assert event.held_s == pytest.approx(30, abs=0.1)


def test_glances_shallow_looks_and_standing_are_no_events():
    assert true_events(*level((50, 55.5, 30), (100, 103, 40)), ROAD) == []
    assert true_events(*level((50, 120, 19.9)), ROAD) == []
    t, values, active = level((50, 80, 30))
    assert true_events(t, values, ~active, ROAD) == []


def test_a_stare_broken_by_looking_up_is_one_event_with_a_leaking_clock():
    bouts = [(50 + 5 * k, 54.5 + 5 * k, 30.0) for k in range(6)]
    (event,) = true_events(*level(*bouts), ROAD)
    assert event.due_s == pytest.approx(57.5, abs=0.15)  # 4.5 - 2 x 0.5 + 2.5
    assert event.earliest_s == pytest.approx(56, abs=0.05)
    assert event.end_s == pytest.approx(79.5, abs=0.1)
    assert event.held_s == pytest.approx(27, abs=0.3)


def test_hysteresis_keeps_an_event_until_the_lower_limit():
    (event,) = true_events(*level((50, 60, 30), (60, 70, 16), (70, 90, 14)), ROAD)
    assert event.end_s == pytest.approx(70, abs=0.05)


def test_an_event_that_outlasts_the_run_ends_with_it():
    (event,) = true_events(*level((280, 400, 30)), ROAD)
    assert event.end_s == pytest.approx(300, abs=0.1)


# ---------------------------------------------------------------- matching


def test_perfect():
    found = match([106.3, 206.4], EVENTS)
    assert (found.hits, found.missed, found.false, found.fragments) == (2, 0, 0, 0)
    assert found.precision == found.recall == found.f1 == 1.0
    assert found.latency_s == pytest.approx((0.3, 0.4))


def test_all_missed():
    found = match([], EVENTS)
    assert (found.hits, found.missed) == (0, 2)
    assert found.recall == found.f1 == 0.0
    assert math.isnan(found.precision)


def test_nothing_to_find():
    found = match([10.0], [])
    assert found.false == 1
    assert math.isnan(found.f1)


def test_fragments_are_neither_hits_nor_false():
    found = match([106, 115, 125, 206], EVENTS)
    assert (found.hits, found.missed, found.false, found.fragments) == (2, 0, 0, 2)


@pytest.mark.parametrize(("alert", "hit"), [(104.9, False), (105.0, True), (131.0, True), (131.1, False)])
def test_the_collar_is_one_second(alert, hit):
    found = match([alert], EVENTS[:1])
    assert (found.hits, found.false) == ((1, 0) if hit else (0, 1))


def test_a_broken_stare_may_be_told_before_its_leaking_clock_is_full():
    """A look up that ends a hair above the lower limit is none to a detector; its latency is then negative."""
    found = match([106.2], [TrueEvent(100, 106, 107.5, 130, 30, 27)])
    assert found.hits == 1
    assert found.latency_s == pytest.approx((-1.3,))


def test_neighbouring_events_share_no_alert():
    near = [TrueEvent(0, 6, 6, 10, 30, 10), TrueEvent(4, 10.5, 10.5, 20, 30, 15)]
    assert match([10.2, 10.6], near).hits == 2
    assert match([10.2], near).missed == 1


def test_ignored_events_neither_help_nor_hurt():
    found = match([106, 206], EVENTS[:1], ignored=EVENTS[1:])
    assert (found.hits, found.missed, found.false) == (1, 0, 0)


def test_runs_add_up():
    total = add([Matches(3, 1, 2, 0, (0.1,)), Matches(1, 0, 0, 4, (0.2,))])
    assert (total.hits, total.missed, total.false, total.fragments) == (4, 1, 2, 4)
    assert total.latency_s == (0.1, 0.2)
    assert total.f1 == pytest.approx(8 / 11)


# ---------------------------------------------------------------- the don't-care band


def test_borderline_events_are_set_apart():
    t, values, active = level((30, 50, 30), (80, 100, 22), (130, 136.5, 30), (160, 180, 18), (200, 205.5, 30))
    truth = expected(t, values, active, ROAD)
    assert [round(e.onset_s) for e in truth.strict] == [30, 80, 130]
    assert [round(e.onset_s) for e in truth.clear] == [30]
    assert sorted({round(e.onset_s) for e in truth.borderline}) == [80, 130, 160, 200]


def test_telling_what_is_borderline_is_wrong_only_strictly():
    t, values, active = level((30, 50, 30), (160, 180, 18))
    score = score_events([36.3, 166.5], expected(t, values, active, ROAD), t)
    assert (score.strict.hits, score.strict.false) == (1, 1)
    assert (score.lenient.hits, score.lenient.false) == (1, 0)


def test_missing_what_is_borderline_is_wrong_only_strictly():
    t, values, active = level((30, 50, 30), (160, 180, 22))
    score = score_events([36.3], expected(t, values, active, ROAD), t)
    assert score.strict.missed == 1
    assert score.lenient.missed == 0


def test_a_far_too_shallow_look_is_false_in_both():
    t, values, active = level((160, 180, 10))
    score = score_events([166.0], expected(t, values, active, ROAD), t)
    assert score.strict.false == score.lenient.false == 1


def test_time_in_state():
    t, values, active = level((30, 50, 30))
    told = (t >= 41) & (t <= 55)
    score = score_events([41], expected(t, values, active, ROAD), t, told)
    assert score.both_s == pytest.approx(9, abs=0.2)
    assert score.only_true_s == pytest.approx(5, abs=0.2)
    assert score.only_told_s == pytest.approx(5, abs=0.2)
    assert score.state_f1 == pytest.approx(18 / 28, abs=0.02)


# ---------------------------------------------------------------- continuous values


def test_second_means_leave_out_thin_seconds():
    t = np.arange(0, 4, 0.04)
    values = np.where(t < 2, 1.0, 3.0)
    values[(t >= 3) & (t < 3.8)] = np.nan
    assert second_means(t, values, 4)[:3] == pytest.approx([1, 1, 3])
    assert np.isnan(second_means(t, values, 4)[3])
    assert np.isnan(second_means(t, np.full(len(t), np.nan), 4)).all()


def test_pitch_errors_are_relative_to_the_neutral_stretch():
    truth = np.array([0.0, 0, 10, 20])
    estimate = truth + np.array([2.0, 2, 3, 1])
    neutral = np.array([True, True, False, False])
    found = pitch_errors(estimate, truth, ~neutral, neutral)
    assert found.offset_deg == pytest.approx(2)
    assert found.error_deg == pytest.approx([1, -1])
    assert rmse(found.error_deg) == pytest.approx(1)


def test_no_errors_have_no_rmse():
    assert math.isnan(rmse(np.empty(0)))
    assert math.isnan(p95(np.empty(0)))


def test_stride_mean_is_centred_and_flat_on_a_constant():
    t = np.arange(0, 20, 1 / TRUTH_HZ)
    assert stride_mean(np.ones(len(t))) == pytest.approx(1)
    edge = stride_mean((t >= 10).astype(float))
    assert edge[np.searchsorted(t, 10)] == pytest.approx(0.5, abs=0.06)
