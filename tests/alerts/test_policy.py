"""Which events become cues: grace, cool-down, distance between cues, the hourly budget; never more than promised."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerts.policy import HOUR_NS, CuePolicy, Silence
from monitor.settings import Settings
from monitor.values import NS_PER_S, EventKind

HEAD, SHOULDERS = EventKind.HEAD_DOWN, EventKind.SHOULDERS_UP


def ask(policy, t_s, kind=HEAD, sensor="head", cooldown_s=30.0):
    return policy.decide(kind, sensor, round(t_s * NS_PER_S), cooldown_s)


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


def test_the_budget_slides_with_the_hour():
    policy = CuePolicy(Settings(prompts_per_hour=3))
    assert [ask(policy, t) for t in (100, 200, 300, 400)] == [None, None, None, Silence.BUDGET]
    assert ask(policy, 3699.9) is Silence.BUDGET
    assert ask(policy, 3700) is None  # the first is an hour old
    assert ask(policy, 3799) is Silence.BUDGET
    assert ask(policy, 3800) is None


def test_a_sensor_that_came_back_is_watched_for_a_while_and_the_other_is_not():
    policy = CuePolicy(Settings())
    policy.link_back("head", 100 * NS_PER_S)
    assert ask(policy, 119.9) is Silence.GRACE
    assert ask(policy, 119.9, SHOULDERS, "collar") is None
    assert ask(policy, 124) is None


def test_every_silence_has_words():
    assert all(len(s.value) > 10 for s in Silence)


@settings(deadline=None, max_examples=150)
@given(
    steps=st.lists(
        st.tuples(st.floats(0, 400), st.sampled_from([HEAD, SHOULDERS]), st.booleans()), min_size=1, max_size=150
    ),
    budget=st.integers(1, 15),
    gap=st.floats(0, 60),
)
def test_never_more_than_promised_and_never_silent_without_reason(steps, budget, gap):
    """Whatever happens: the rules hold for the cues given, and each silence is true."""
    policy = CuePolicy(Settings(prompts_per_hour=budget, prompt_gap_s=gap))
    cooldown = {HEAD: 30.0, SHOULDERS: 90.0}
    given_cues: list[tuple[int, EventKind]] = []
    t, back = 0, -(10**18)
    for step_s, kind, lost in steps:
        t += round(step_s * NS_PER_S)
        if lost:
            policy.link_back("head", t)
            back = t
        silence = policy.decide(kind, "head", t, cooldown[kind])
        same = [u for u, k in given_cues if k is kind]
        hour = [u for u, _ in given_cues if u > t - HOUR_NS]
        reasons = {
            Silence.GRACE: t < 20 * NS_PER_S or t < back + 20 * NS_PER_S,
            Silence.COOL_DOWN: bool(same) and t - same[-1] < cooldown[kind] * NS_PER_S,
            Silence.TOO_CLOSE: bool(given_cues) and t - given_cues[-1][0] < gap * NS_PER_S,
            Silence.BUDGET: len(hour) >= budget,
        }
        if silence is None:
            assert not any(reasons.values())
            given_cues.append((t, kind))
        else:
            assert reasons[silence]


def test_a_budget_of_one_gives_one_an_hour_for_a_day():
    policy = CuePolicy(Settings(prompts_per_hour=1))
    cues = [t for t in range(0, 86_400, 60) if ask(policy, t) is None]
    assert len(cues) == pytest.approx(24, abs=1)


def test_unheeded_cues_come_ever_more_rarely_and_a_new_bout_starts_afresh():
    policy = CuePolicy(Settings(prompts_per_hour=120))
    assert ask(policy, 100) is None
    given, t = [], 100
    while t < 4000:
        t += 1
        if policy.decide(HEAD, "head", t * NS_PER_S, 30.0, goes_on=True) is None:
            given.append(t)
    gaps = [b - a for a, b in zip([100, *given], given, strict=False)]
    assert gaps[:8] == [30, 30, 30, 60, 120, 240, 480, 480]
    assert ask(policy, given[-1] + 30) is None  # a new bout
    assert policy.decide(HEAD, "head", (given[-1] + 60) * NS_PER_S, 30.0, goes_on=True) is None


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
