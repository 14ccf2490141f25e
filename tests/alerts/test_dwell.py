"""Stare or glance: the leaky clock against a slow reference, in any blocks, and the cases a coach would name."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerts.dwell import DwellDetector, DwellLimits, Turn

PERIOD_S = 0.02
ROAD = DwellLimits(on=20, off=15, dwell_s=6, leak=2, release_s=1.5, repeat_s=30)
HZ = round(1 / PERIOD_S)


def follow(level, active=None, trusted=None, limits=ROAD, cuts=(), counted=None):
    n = len(level)
    active = np.ones(n, bool) if active is None else active
    trusted = np.ones(n, bool) if trusted is None else trusted
    counted = trusted if counted is None else counted
    detector = DwellDetector(limits, PERIOD_S)
    clocks, bouts, moments = [], [], []
    for a, b in pairwise([0, *sorted(min(c, n) for c in cuts), n]):
        clock, bout, found = detector.push(level[a:b], active[a:b], trusted[a:b], counted[a:b])
        clocks.append(clock)
        bouts.append(bout)
        moments += [(a + m.at, m.turn, m.held) for m in found]
    return np.concatenate(clocks), np.concatenate(bouts), moments


def reference(level, active, trusted, limits, counted=None):
    """The rules as a person would write them: one slot at a time, in thousandths of a slot."""
    dwell, release, repeat = (round(s / PERIOD_S) for s in (limits.dwell_s, limits.release_s, limits.repeat_s))
    back, brief = round(limits.leak * 1000), round(limits.brief_s / PERIOD_S)
    past = in_bout = False
    clock = calm = since_cue = since = down = away = 0
    clocks, bouts, moments = [], [], []
    counted = trusted if counted is None else counted
    for i, (x, runs, sure, fires) in enumerate(zip(level.tolist(), active, counted, trusted, strict=True)):
        if sure and x > limits.on:
            past = True
        elif sure and x < limits.off:
            past = False
        if sure and past and runs:
            if clock == 0:
                since = i
            if away:  # it was brief: the clock goes on as if nothing had been
                clock = min(clock + away * 1000, dwell * 1000 - (not in_bout))
            clock = min(clock + 1000, dwell * 1000)
            down += away + 1
            calm = away = 0
            if in_bout:
                since_cue += 1
                if since_cue >= repeat and fires:
                    moments.append((i, Turn.REPEATED, i - since))
                    since_cue = 0
            elif clock == dwell * 1000 and fires:
                in_bout, since_cue = True, 0
                moments.append((i, Turn.REACHED, i - since))
        elif sure:
            if runs and brief and down >= 3 * brief and away + 1 < brief:
                away += 1
            else:
                clock = max(0, clock - back * (away + 1))
                down = away = 0
            if in_bout:
                calm += 1
                if calm == release:
                    in_bout, calm, clock, down, away = False, 0, 0, 0, 0
                    moments.append((i, Turn.RELEASED, i - since))
        clocks.append(clock * PERIOD_S / 1000)
        bouts.append(in_bout)
    return np.array(clocks), np.array(bouts), moments


def trace(*parts):
    """Level from (seconds, degrees) parts."""
    return np.concatenate([np.full(round(s * HZ), float(d)) for s, d in parts])


def reached_s(moments):
    return [at * PERIOD_S for at, turn, _ in moments if turn is Turn.REACHED]


@st.composite
def days(draw):
    """Random levels held for random times, with stops and doubtful stretches."""
    level = trace(*draw(st.lists(st.tuples(st.floats(0.02, 8), st.floats(0, 45)), min_size=1, max_size=25)))
    active, trusted, thin = np.ones(len(level), bool), np.ones(len(level), bool), np.ones(len(level), bool)
    for flags in (active, trusted, thin):
        for a, n in draw(st.lists(st.tuples(st.integers(0, len(level)), st.integers(1, 400)), max_size=4)):
            flags[a : a + n] = False
    counted = trusted
    trusted = trusted & thin
    if draw(st.booleans()):
        level[~counted] = np.nan
    limits = DwellLimits(
        on=20,
        off=draw(st.sampled_from([10.0, 15.0, 19.99])),
        dwell_s=draw(st.sampled_from([1.0, 6.0, 10.0])),
        leak=draw(st.sampled_from([0.5, 1.3, 2.0, 40.0])),
        release_s=draw(st.sampled_from([0.2, 1.5, 4.0])),
        repeat_s=draw(st.sampled_from([5.0, 30.0])),
        brief_s=draw(st.sampled_from([0.0, 0.04, 0.5, 1.0])),
    )
    return level, active, trusted, limits, counted


@settings(deadline=None, max_examples=150)
@given(day=days(), cuts=st.lists(st.integers(0, 5000), max_size=10))
def test_it_equals_the_slow_reference_in_any_blocks(day, cuts):
    level, active, trusted, limits, counted = day
    clock, bout, moments = follow(level, active, trusted, limits, counted=counted)
    expected_clock, expected_bout, expected_moments = reference(level, active, trusted, limits, counted)
    assert moments == expected_moments
    assert np.array_equal(bout, expected_bout)
    assert np.allclose(clock, expected_clock, atol=1e-9)
    split = follow(level, active, trusted, limits, cuts, counted)
    assert split[0].tobytes() == clock.tobytes()
    assert split[1].tobytes() == bout.tobytes()
    assert split[2] == moments


def test_a_thin_link_counts_but_brings_no_cue_before_it_is_trusted_again():
    level = trace((10, 3), (20, 30))
    trusted = np.ones(len(level), bool)
    trusted[12 * HZ : 18 * HZ] = False
    every = np.ones(len(level), bool)
    _, _, moments = follow(level, every, trusted, counted=every)
    assert reached_s(moments) == [pytest.approx(18.0)]
    _, _, stopped = follow(level, every, trusted)
    assert reached_s(stopped) == [pytest.approx(22 - PERIOD_S)]


def test_a_glance_every_twelve_seconds_never_counts():
    level = trace(*[(10.5, 3), (1.5, 35)] * 50)
    _, bout, moments = follow(level)
    assert moments == []
    assert not bout.any()


def test_a_stare_counts_after_exactly_the_dwell():
    _, bout, moments = follow(trace((10, 3), (8, 30), (10, 3)))
    assert reached_s(moments) == [pytest.approx(16 - PERIOD_S)]
    assert moments[0][2] == 6 * HZ - 1  # since it left zero
    assert bout[16 * HZ - 1]
    assert not bout[16 * HZ - 2]


def test_a_stare_broken_by_half_second_look_ups_still_counts_once():
    """4.5 s down, 0.5 s up: the clock stands at 3.5 s after the first look up and reaches 6 s at 7.5 s."""
    level = trace((10, 3), *[(4.5, 30), (0.5, 3)] * 6, (20, 3))
    _, _, moments = follow(level)
    assert reached_s(moments) == [pytest.approx(10 + 7.5 - PERIOD_S, abs=0.05)]
    assert [turn for _, turn, _ in moments] == [Turn.REACHED, Turn.RELEASED]


@pytest.mark.parametrize(("dwell_s", "after_s"), [(6, 7.5), (10, 13.0), (20, 27.5)])
def test_the_same_stare_against_longer_dwells(dwell_s, after_s):
    limits = DwellLimits(20, 15, dwell_s, 2, 1.5, 30)
    _, _, moments = follow(trace(*[(4.5, 30), (0.5, 3)] * 12), limits=limits)
    assert reached_s(moments)[0] == pytest.approx(after_s, abs=0.6)


def test_a_brief_look_up_after_a_long_look_down_is_no_rest():
    limits = DwellLimits(20, 15, 6, 2, 1.5, 30, brief_s=1.0)
    _, _, moments = follow(trace((10, 3), *[(4.5, 30), (0.5, 3)] * 6, (20, 3)), limits=limits)
    assert reached_s(moments) == [pytest.approx(10 + 6.0 - PERIOD_S, abs=0.05)]
    # ... but it is one after a short look down, and when it lasts.
    assert follow(trace(*[(1.5, 30), (0.9, 3)] * 20), limits=limits)[2] == []
    assert follow(trace(*[(4.5, 30), (2.5, 3)] * 20), limits=limits)[2] == []


def test_between_the_limits_the_last_verdict_stands():
    down = follow(trace((1, 3), (2, 25), (10, 17)))
    up = follow(trace((1, 3), (12, 17)))
    assert len(reached_s(down[2])) == 1
    assert up[2] == []


def test_exactly_at_a_limit_changes_nothing():
    assert follow(trace((20, 20.0)))[2] == []
    assert len(reached_s(follow(trace((1, 21), (20, 15.0)))[2])) == 1


def test_doubt_pauses_the_clock_and_neither_counts_nor_forgives():
    level = trace((4, 30), (5, 30), (4, 30))
    trusted = np.ones(len(level), bool)
    trusted[4 * HZ : 9 * HZ] = False
    level[~trusted] = np.nan
    clock, _, moments = follow(level, trusted=trusted)
    assert np.ptp(clock[4 * HZ - 1 : 9 * HZ]) == 0
    assert reached_s(moments) == [pytest.approx(11 - PERIOD_S)]


def test_stopping_forgives():
    level = trace((60, 30))
    active = np.ones(len(level), bool)
    active[5 * HZ :] = False
    clock, _, moments = follow(level, active=active)
    assert moments == []
    assert clock[-1] == 0


def test_a_bout_ends_after_the_release_time_and_the_clock_is_empty():
    clock, bout, moments = follow(trace((10, 30), (5, 3)))
    at = next(i for i, turn, _ in moments if turn is Turn.RELEASED)
    assert at == 10 * HZ + round(1.5 * HZ) - 1
    assert not bout[at:].any()
    assert (clock[at:] == 0).all()


def test_a_look_up_shorter_than_the_release_keeps_the_bout():
    _, bout, moments = follow(trace((10, 30), (1.4, 3), (10, 30)))
    assert [turn for _, turn, _ in moments] == [Turn.REACHED]
    assert bout[6 * HZ :].all()


def test_a_long_bout_repeats_every_interval():
    _, _, moments = follow(trace((100, 30)))
    times = [at * PERIOD_S for at, turn, _ in moments if turn is Turn.REPEATED]
    assert times == pytest.approx([36 - PERIOD_S, 66 - PERIOD_S, 96 - PERIOD_S])


def test_after_a_release_a_new_stare_needs_the_whole_dwell_again():
    _, _, moments = follow(trace((10, 30), (2, 3), (10, 30)))
    assert reached_s(moments) == pytest.approx([6 - PERIOD_S, 18 - PERIOD_S])


def test_technical_ground_half_a_second_up_clears_twenty():
    limits = DwellLimits(on=12, off=10, dwell_s=20, leak=40, release_s=0.5, repeat_s=60)
    assert follow(trace(*[(19, 30), (0.5, 3)] * 10), limits=limits)[2] == []
    assert len(reached_s(follow(trace((25, 30)), limits=limits)[2])) == 1


def test_no_slots_no_moments():
    clock, bout, moments = DwellDetector(ROAD, PERIOD_S).push(np.empty(0), np.empty(0, bool), np.empty(0, bool))
    assert len(clock) == len(bout) == len(moments) == 0
