"""When checks are due: planned time, planned distance, learned from earlier runs, or none of it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.coaching.plan import Plan, learned_min
from monitor.coaching.schedule import Check, Schedule

S = 10**9


@pytest.mark.parametrize(
    ("durations_min", "expected"),
    [
        ([], None),
        ([30, 40], None),
        ([30, 40, 50], 40),
        ([10, 30, 40, 50, 60, 70], 50),  # the last five
        ([30, 40, math.nan, 0, -5, math.inf], None),
        ([30, math.nan, 40, 32], 32),
    ],
)
def test_the_likely_duration_is_the_median_of_the_last_five(durations_min, expected):
    assert learned_min([m * 60 for m in durations_min]) == expected


@given(st.lists(st.floats(60, 1e5), min_size=3, max_size=20))
def test_the_likely_duration_lies_among_the_last_five(durations_s):
    last = durations_s[-5:]
    assert min(last) / 60 <= learned_min(durations_s) <= max(last) / 60


def test_time_alone():
    plan = Plan(60, 0)
    assert plan.progress(1800 * S) == 0.5
    assert plan.progress(7200 * S) == 2.0
    assert math.isnan(Plan(0, 0).progress(1800 * S))


def test_distance_goes_before_time_where_the_speed_is_known():
    plan = Plan(60, 10)
    assert plan.progress(600 * S) == pytest.approx(1 / 6)  # nothing known of the speed: by time
    plan = Plan(60, 10)
    plan.ground(0, 3.0)
    assert plan.progress(1000 * S) == pytest.approx(0.3)
    plan.ground(1000 * S, 2.0)
    assert plan.progress(2000 * S) == pytest.approx(0.5)


def test_a_speed_that_is_lost_gives_the_distance_up_for_the_time():
    plan = Plan(60, 10)
    plan.ground(0, 3.0)
    plan.ground(600 * S, math.nan)
    assert plan.progress(700 * S) == pytest.approx(0.18)
    assert plan.progress(1200 * S) == pytest.approx(1 / 3)
    without = Plan(0, 10)
    without.ground(0, 3.0)
    without.ground(600 * S, math.inf)
    assert math.isnan(without.progress(1200 * S))


def test_standing_on_a_stopped_belt_is_no_progress():
    plan = Plan(0, 10)
    plan.ground(0, 2.5)
    plan.ground(1000 * S, 0.0)
    assert plan.progress(1000 * S) == plan.progress(5000 * S) == pytest.approx(0.25)


def test_middle_and_end_once_each():
    schedule = Schedule()
    assert schedule.due(0.49, 0) is None
    assert schedule.due(0.5, 100) is Check.MIDDLE
    schedule.did(Check.MIDDLE, 100)
    assert schedule.due(0.7, 5000) is None  # no regular ones within a plan
    assert schedule.due(0.9, 5000) is Check.END
    schedule.did(Check.END, 5000)
    assert schedule.due(0.99, 6199) is None
    assert schedule.due(1.3, 6200) is Check.REGULAR  # who runs on is checked on


def test_a_middle_that_could_not_be_done_gives_way_to_the_end():
    schedule = Schedule()
    assert schedule.due(0.6, 10) is Check.MIDDLE
    assert schedule.due(0.95, 20) is Check.END
    schedule.did(Check.END, 20)
    assert schedule.due(0.96, 30) is None


def test_without_a_plan_every_twenty_minutes_from_the_baseline_on():
    schedule = Schedule()
    assert schedule.due(math.nan, 10_000) is None
    schedule.learned(600)
    schedule.learned(900)  # another sensor's, or another mode's
    assert schedule.due(math.nan, 1799) is None
    assert schedule.due(math.nan, 1800) is Check.REGULAR
    assert schedule.due(math.nan, 1850) is Check.REGULAR
    assert schedule.since_s == 1800
    schedule.did(Check.REGULAR, 1850)
    assert schedule.since_s is None
    assert schedule.due(math.nan, 3049) is None
    assert schedule.due(math.nan, 3050) is Check.REGULAR
