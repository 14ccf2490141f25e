"""Which events become cues, one rule at a time: grace, cool-down, distance, budget, patience, praise, quiet, fading."""

import math
from itertools import pairwise

import pytest

from monitor.alerts.policy import FOREVER_NS, CuePolicy, Silence
from monitor.settings import HeadRule, Settings
from monitor.values import NS_PER_S, EventKind, Mode, QuietReason

HEAD, SHOULDERS, MOVED = EventKind.HEAD_DOWN, EventKind.SHOULDERS_UP, EventKind.SENSOR_MOVED
SNOOZE, DRILL = QuietReason.SNOOZE, QuietReason.DRILL


def ask(policy, t_s, kind=HEAD, sensor="head", cooldown_s=30.0, goes_on=False):
    return policy.decide(kind, sensor, round(t_s * NS_PER_S), cooldown_s, goes_on=goes_on)


def at_most(road, trail=8, **more):
    """Settings with these budgets per hour."""
    trail_rule = HeadRule(on_deg=36, off_deg=31, prompts_per_hour=trail)
    return Settings(road=HeadRule(prompts_per_hour=road), trail=trail_rule, **more)


def given_while_it_goes_on(policy, from_s, to_s, kind=HEAD, cooldown_s=30.0):
    """Times at which a bout that is offered every second brings a cue."""
    return [t for t in range(from_s, to_s) if ask(policy, t, kind, cooldown_s=cooldown_s, goes_on=True) is None]


# ---------------------------------------------------------------- grace, cool-down, distance


def test_the_first_seconds_only_watch():
    policy = CuePolicy(Settings())
    assert ask(policy, 0) is Silence.GRACE
    assert ask(policy, 19.999) is Silence.GRACE
    assert ask(policy, 20) is None


def test_no_grace_when_it_is_switched_off():
    assert ask(CuePolicy(Settings(grace_s=0)), 0) is None


def test_cool_down_is_per_kind_and_counts_from_the_last_cue_given():
    policy = CuePolicy(Settings())
    assert ask(policy, 100) is None
    assert ask(policy, 129.9) is Silence.COOL_DOWN
    assert ask(policy, 110, SHOULDERS, cooldown_s=90) is None
    assert ask(policy, 130) is None
    assert ask(policy, 199, SHOULDERS, cooldown_s=90) is Silence.COOL_DOWN
    assert ask(policy, 200, SHOULDERS, cooldown_s=90) is None


def test_a_silent_event_does_not_prolong_the_cool_down():
    policy = CuePolicy(Settings())
    assert ask(policy, 100) is None
    assert ask(policy, 125) is Silence.COOL_DOWN
    assert ask(policy, 130) is None


def test_two_cues_are_never_closer_than_the_gap():
    policy = CuePolicy(Settings(prompt_gap_s=4))
    assert ask(policy, 100) is None
    assert ask(policy, 103.9, SHOULDERS) is Silence.TOO_CLOSE
    assert ask(policy, 104, SHOULDERS) is None


def test_no_cue_talks_over_the_word_that_a_sensor_is_lost_or_back():
    policy = CuePolicy(Settings(prompt_gap_s=4))
    policy.link_lost("collar", 100 * NS_PER_S)
    assert ask(policy, 103.9) is Silence.TOO_CLOSE
    assert ask(policy, 104) is None
    policy.link_back("collar", 200 * NS_PER_S)
    assert ask(policy, 199.5) is Silence.TOO_CLOSE  # measured before, but known only now
    assert ask(policy, 204) is None


def test_a_sensor_that_came_back_is_watched_for_a_while_and_the_other_is_not():
    policy = CuePolicy(Settings())
    policy.link_back("head", 100 * NS_PER_S)
    assert ask(policy, 119.9) is Silence.GRACE
    assert ask(policy, 119.9, SHOULDERS, "collar") is None
    assert ask(policy, 124) is None


# ---------------------------------------------------------------- the budget


def test_the_budget_slides_with_the_hour():
    policy = CuePolicy(at_most(3))
    assert [ask(policy, t) for t in (100, 200, 300, 400)] == [None, None, None, Silence.BUDGET]
    assert ask(policy, 3699.9) is Silence.BUDGET
    assert ask(policy, 3700) is None  # the first is an hour old
    assert ask(policy, 3799) is Silence.BUDGET
    assert ask(policy, 3800) is None


@pytest.mark.parametrize(("mode", "budget"), [(Mode.ROAD, 12), (Mode.TRAIL, 8), (Mode.TECHNICAL, 8)])
def test_twelve_cues_an_hour_on_the_road_and_eight_on_trails(mode, budget):
    policy = CuePolicy(Settings(mode=mode))
    assert sum(ask(policy, t) is None for t in range(60, 3600, 60)) == budget


def test_all_kinds_share_one_budget():
    policy = CuePolicy(at_most(3))
    assert [ask(policy, t, kind) for t, kind in ((100, HEAD), (200, SHOULDERS), (300, EventKind.LOOK_UP_DUE))] == [
        None
    ] * 3
    assert ask(policy, 400, HEAD) is Silence.BUDGET
    assert ask(policy, 400, SHOULDERS) is Silence.BUDGET


def test_the_budget_of_the_mode_in_force_counts_the_cues_of_the_last_hour():
    policy = CuePolicy(at_most(5, trail=3))
    assert [ask(policy, t) for t in (100, 200, 300)] == [None] * 3
    policy.set_mode(Mode.TRAIL)
    assert ask(policy, 400) is Silence.BUDGET
    policy.set_mode(Mode.ROAD)
    assert [ask(policy, t) for t in (500, 600, 700)] == [None, None, Silence.BUDGET]
    policy.set_mode(Mode.TRAIL)
    assert ask(policy, 3701) is Silence.BUDGET  # 200, 300, 500, 600 are within the hour
    assert ask(policy, 3901) is None  # 500, 600


def test_a_budget_of_one_gives_one_an_hour_for_a_day():
    policy = CuePolicy(at_most(1))
    cues = [t for t in range(0, 86_400, 60) if ask(policy, t) is None]
    assert len(cues) == pytest.approx(24, abs=1)


def test_ten_hours_with_the_head_down_stay_within_the_budget_and_never_fall_silent():
    policy = CuePolicy(Settings())
    assert ask(policy, 60) is None
    cues = [60, *given_while_it_goes_on(policy, 61, 36_000)]
    for hour in range(10):
        assert 6 <= sum(hour * 3600 <= t < (hour + 1) * 3600 for t in cues) <= 12


def test_the_hint_about_a_moved_sensor_needs_no_budget_and_takes_none():
    policy = CuePolicy(at_most(2))
    assert ask(policy, 5, MOVED, cooldown_s=0) is None  # not even a grace
    assert [ask(policy, t) for t in (100, 200, 300)] == [None, None, Silence.BUDGET]
    assert ask(policy, 700, MOVED, cooldown_s=600) is None
    assert ask(policy, 702, HEAD) is Silence.TOO_CLOSE
    assert ask(policy, 1299, MOVED, cooldown_s=600) is Silence.COOL_DOWN
    assert ask(policy, 1299, MOVED, "collar", cooldown_s=600) is None  # another sensor, another matter


# ---------------------------------------------------------------- patience


def test_unheeded_cues_come_ever_more_rarely_and_a_new_bout_starts_afresh():
    policy = CuePolicy(at_most(120))
    assert ask(policy, 100) is None
    cues = given_while_it_goes_on(policy, 101, 4000)
    assert [b - a for a, b in pairwise([100, *cues])][:8] == [30, 30, 30, 60, 120, 240, 480, 480]
    assert ask(policy, cues[-1] + 30) is None  # a new bout
    assert ask(policy, cues[-1] + 60, goes_on=True) is None


def test_two_shoulders_raised_together_do_not_defeat_the_patience():
    policy = CuePolicy(at_most(120))
    assert ask(policy, 100, SHOULDERS, "left") is None
    cues = [100]
    for t in range(101, 3000):
        if t % 100 == 0:  # the right one comes and goes
            policy.corrected(SHOULDERS, "right", t * NS_PER_S)
            silences = [ask(policy, t, SHOULDERS, "right")]
        else:
            silences = [ask(policy, t, SHOULDERS, s, goes_on=True) for s in ("left", "right")]
        cues += [t] * silences.count(None)
    assert cues[-1] - cues[-2] >= 16 * 30


@pytest.mark.parametrize(
    "cut_off",
    [lambda policy: policy.link_lost("left", 1001 * NS_PER_S), lambda policy: policy.set_mode(Mode.TECHNICAL)],
)
def test_a_bout_that_was_cut_off_does_not_keep_another_sensors_waiting(cut_off):
    policy = CuePolicy(at_most(120, technical=HeadRule(prompts_per_hour=120)))
    assert ask(policy, 100, SHOULDERS, "left") is None
    for t in range(101, 1000):
        ask(policy, t, SHOULDERS, "left", goes_on=True)
    assert ask(policy, 1000, SHOULDERS, "right") is Silence.COOL_DOWN
    cut_off(policy)
    assert ask(policy, 1010, SHOULDERS, "right") is None


# ---------------------------------------------------------------- praise


def test_mending_it_after_a_cue_is_praised_now_and_then():
    policy = CuePolicy(Settings())
    assert not policy.corrected(HEAD, "head", 50 * NS_PER_S)  # no cue, no praise
    assert ask(policy, 100) is None
    assert policy.corrected(HEAD, "head", 105 * NS_PER_S)
    assert not policy.corrected(HEAD, "head", 106 * NS_PER_S)  # once
    assert ask(policy, 200) is None
    assert not policy.corrected(HEAD, "head", 205 * NS_PER_S)  # too soon after the last
    assert ask(policy, 500) is None
    assert policy.corrected(HEAD, "head", 505 * NS_PER_S)
    never = CuePolicy(Settings(praise_every_s=0))
    assert ask(never, 100) is None
    assert not never.corrected(HEAD, "head", 105 * NS_PER_S)


@pytest.mark.parametrize("changed", [True, False])
def test_a_bout_without_a_cue_of_its_own_earns_no_praise(changed):
    """The bout before was cued and broken off, by a change of mode or a fresh start of its detector."""
    policy = CuePolicy(Settings())
    assert ask(policy, 100) is None
    if changed:
        policy.set_mode(Mode.TRAIL)
    assert ask(policy, 110) is Silence.COOL_DOWN
    assert not policy.corrected(HEAD, "head", 115 * NS_PER_S)


# ---------------------------------------------------------------- quiet times


@pytest.mark.parametrize(("why", "silence"), [(SNOOZE, Silence.SNOOZE), (DRILL, Silence.DRILL)])
def test_while_it_is_quiet_there_is_no_cue_no_hint_and_no_praise(why, silence):
    policy = CuePolicy(Settings())
    assert ask(policy, 90) is None
    policy.quiet(why, 100 * NS_PER_S, 300)
    assert policy.quiet_until_ns(100 * NS_PER_S) == 400 * NS_PER_S
    assert not policy.corrected(HEAD, "head", 105 * NS_PER_S)
    for kind in (HEAD, SHOULDERS, EventKind.LOOK_UP_DUE, MOVED):
        assert ask(policy, 399.9, kind) is silence
    assert policy.quiet_until_ns(400 * NS_PER_S) is None
    assert ask(policy, 404) is None


def test_a_bout_that_is_still_on_when_the_quiet_ends_is_told_once_the_runner_heard_that_cues_are_back():
    policy = CuePolicy(Settings(prompt_gap_s=4))
    policy.quiet(SNOOZE, 100 * NS_PER_S, 300)
    assert ask(policy, 390) is Silence.SNOOZE
    assert given_while_it_goes_on(policy, 391, 440) == [404, 434]


def test_cues_resume_early_when_asked_for():
    policy = CuePolicy(Settings())
    policy.quiet(SNOOZE, 100 * NS_PER_S, math.inf)
    assert policy.quiet_until_ns(36_000 * NS_PER_S) == FOREVER_NS
    assert ask(policy, 36_000) is Silence.SNOOZE
    policy.quiet(SNOOZE, 36_001 * NS_PER_S, 0)
    assert policy.quiet_until_ns(36_001 * NS_PER_S) is None
    assert ask(policy, 36_004) is Silence.TOO_CLOSE
    assert ask(policy, 36_005) is None


def test_the_last_wish_holds_longer_or_shorter():
    policy = CuePolicy(Settings())
    policy.quiet(SNOOZE, 100 * NS_PER_S, 300)
    policy.quiet(SNOOZE, 200 * NS_PER_S, 900)
    assert policy.quiet_until_ns(500 * NS_PER_S) == 1100 * NS_PER_S
    policy.quiet(SNOOZE, 500 * NS_PER_S, 300)
    assert policy.quiet_until_ns(500 * NS_PER_S) == 800 * NS_PER_S


def test_the_end_of_a_drill_does_not_end_a_snooze_nor_the_other_way_round():
    policy = CuePolicy(Settings())
    policy.quiet(SNOOZE, 100 * NS_PER_S, 900)
    policy.quiet(DRILL, 200 * NS_PER_S, 60)
    assert ask(policy, 210) is Silence.DRILL
    policy.quiet(DRILL, 220 * NS_PER_S, 0)
    assert ask(policy, 221) is Silence.SNOOZE
    policy.quiet(DRILL, 300 * NS_PER_S, 60)
    policy.quiet(SNOOZE, 310 * NS_PER_S, 0)
    assert ask(policy, 320) is Silence.DRILL
    assert policy.quiet_until_ns(320 * NS_PER_S) == 360 * NS_PER_S


def test_ending_a_quiet_that_is_not_on_changes_nothing():
    policy = CuePolicy(Settings())
    policy.quiet(SNOOZE, 100 * NS_PER_S, 0)
    assert ask(policy, 100) is None
    policy.quiet(SNOOZE, 110 * NS_PER_S, 10)
    policy.quiet(SNOOZE, 200 * NS_PER_S, 0)
    assert ask(policy, 200) is None


@pytest.mark.parametrize("seconds", [math.inf, math.nan, 1e300, 10.0**10])
def test_any_long_time_is_the_rest_of_the_run(seconds):
    policy = CuePolicy(Settings())
    policy.quiet(SNOOZE, 5 * NS_PER_S, seconds)
    assert policy.quiet_until_ns(10**9 * NS_PER_S) == FOREVER_NS


@pytest.mark.parametrize("seconds", [-1.0, -1e300, -math.inf, 0.0])
def test_no_time_at_all_is_the_end_of_the_quiet(seconds):
    policy = CuePolicy(Settings())
    policy.quiet(SNOOZE, 100 * NS_PER_S, math.inf)
    policy.quiet(SNOOZE, 150 * NS_PER_S, seconds)
    assert policy.quiet_until_ns(150 * NS_PER_S) is None


# ---------------------------------------------------------------- fading


def test_faded_parts_of_a_run_bring_neither_cue_nor_praise_but_the_hint_about_the_sensor():
    policy = CuePolicy(Settings(fading=True, fading_run=3))
    assert ask(policy, 290) is None
    assert not policy.corrected(HEAD, "head", 301 * NS_PER_S)
    assert ask(policy, 400) is Silence.FADED
    assert ask(policy, 410, MOVED) is None
    assert given_while_it_goes_on(policy, 420, 640) == [600, 630]


def test_the_number_of_the_run_means_nothing_where_cues_do_not_fade():
    policy = CuePolicy(Settings(fading_run=9))
    assert ask(policy, 400) is None


def test_every_silence_has_words():
    assert all(len(s.value) >= len("snoozed") for s in Silence)
    assert len({s.value for s in Silence}) == len(Silence)
