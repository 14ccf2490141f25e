"""The fading programme: when cues are given in which run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.fading import MINUTE_NS, Fading, schedule
from monitor.settings import MOST_RUNS, Settings


def minutes_with_cues(run, planned_min=0, until=45):
    """The minutes of a run in which cues are given; each must be given or not as a whole."""
    fading = Fading(run, planned_min * MINUTE_NS)
    found = []
    for minute in range(until):
        seconds = {fading.gives_cues(minute * MINUTE_NS + round(s * MINUTE_NS)) for s in (0, 0.01, 0.5, 0.999)}
        assert len(seconds) == 1
        if seconds.pop():
            found.append(minute)
    return found


@pytest.mark.parametrize("run", [1, 2])
def test_the_first_two_runs_have_cues_throughout(run):
    assert minutes_with_cues(run) == list(range(45))


@pytest.mark.parametrize("run", [3, 4])
def test_then_every_other_five_minutes(run):
    assert minutes_with_cues(run) == [*range(5), *range(10, 15), *range(20, 25), *range(30, 35), *range(40, 45)]


@pytest.mark.parametrize("run", [5, 6])
def test_then_the_first_and_the_last_five_minutes(run):
    assert minutes_with_cues(run, planned_min=30) == [*range(5), *range(25, 30)]


@pytest.mark.parametrize(
    ("planned_min", "minutes"), [(0, range(5)), (3, range(5)), (7, range(7)), (10, range(10)), (1440, range(5))]
)
def test_the_last_five_minutes_need_a_plan_and_may_meet_the_first(planned_min, minutes):
    assert minutes_with_cues(5, planned_min) == list(minutes)


@pytest.mark.parametrize("run", [7, 8, 500])
def test_then_one_minute_of_every_ten(run):
    assert minutes_with_cues(run, planned_min=30) == [10, 20, 30, 40]


@given(run=st.integers(1, MOST_RUNS), planned=st.integers(0, 1440 * MINUTE_NS), t_ns=st.integers(0, 86_400 * 10**9))
def test_a_later_run_never_has_more_cues_in_an_hour(run, planned, t_ns):
    """The programme only ever fades; and no run of an hour or more is left without any."""
    hour = [minute * MINUTE_NS for minute in range(60)]
    given_now = sum(map(Fading(run, planned).gives_cues, hour))
    given_then = sum(map(Fading(run + 1, planned).gives_cues, hour))
    assert given_then <= given_now
    assert given_now > 0
    assert isinstance(Fading(run, planned).gives_cues(t_ns), bool)


def test_every_part_of_the_programme_is_said_in_words():
    said = [Fading(run).in_words() for run in range(1, 9)]
    assert said[0] == said[1] == "cues throughout"
    assert said[4] == "cues in the first five minutes, and with the setting planned_min in the last five"
    assert Fading(5, MINUTE_NS).in_words() == "cues in the first and the last five minutes"
    assert said[6] == said[7]
    assert len(set(said)) == 4


def test_the_settings_name_the_run_and_its_planned_length():
    assert schedule(Settings(fading=True)) == Fading(1, 0)
    assert schedule(Settings(fading=True, fading_run=5.0, planned_min=32.5)) == Fading(5, 65 * MINUTE_NS // 2)
