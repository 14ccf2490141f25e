"""The hint that a sensor moved: when, once, and in any blocks."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerts.dwell import Turn
from monitor.alerts.slip import SlipWatch

PERIOD_S = 0.02
HZ = 50


def trace(*parts):
    return np.concatenate([np.full(round(s * HZ), float(d)) for s, d in parts])


def watch(level, counted=None, cuts=(), familiar_s=0.0):
    counted = np.ones(len(level), bool) if counted is None else counted
    slip = SlipWatch(13.0, 45.0, PERIOD_S, familiar_s)
    moved, hints = [], []
    edges = [0, *sorted(min(c, len(level)) for c in cuts), len(level)]
    for a, b in pairwise(edges):
        state, found = slip.push(level[a:b], counted[a:b])
        moved.append(state)
        hints += [(a + at, turn) for at, turn in found]
    return np.concatenate(moved), hints


def began(hints):
    return [at for at, turn in hints if turn is Turn.REACHED]


def test_a_head_that_never_comes_back_is_hinted_once_after_the_time():
    moved, hints = watch(trace((60, 3), (200, 20)))
    assert began(hints) == [60 * HZ + 45 * HZ - 1]
    assert [at for at, turn in hints if turn is Turn.REPEATED] == [began(hints)[0] + k * HZ for k in range(1, 156)]
    assert moved[-1]
    assert not moved[: 60 * HZ].any()


def test_one_look_up_clears_it():
    _, hints = watch(trace((60, 3), *[(40, 25), (0.1, 5)] * 10))
    assert hints == []


def test_it_is_over_when_the_head_comes_back():
    moved, hints = watch(trace((50, 20), (1, 0), (50, 20)))
    assert len(began(hints)) == 2
    assert not moved[50 * HZ]


def test_only_trusted_running_counts():
    level = trace((200, 20))
    counted = np.zeros(len(level), bool)
    counted[: 44 * HZ] = True
    assert watch(level, counted)[1] == []
    level[60 * HZ :] = np.nan
    counted[100 * HZ :] = True  # NaN is never near
    assert len(began(watch(level, counted)[1])) == 1


def test_where_coming_up_was_not_the_habit_staying_down_is_no_news():
    up_and_down = [(10, 3), (20, 25)] * 5  # 150 s of coming up now and then
    assert began(watch(trace(*up_and_down, (100, 25)), familiar_s=120.0)[1]) == [(150 - 20 + 45) * HZ - 1]
    assert began(watch(trace(*up_and_down[:6], (100, 25)), familiar_s=120.0)[1]) == []
    assert began(watch(trace((300, 25)), familiar_s=120.0)[1]) == []
    # After one long absence the habit must first come back.
    again = trace(*up_and_down, (100, 25), (60, 3), (100, 25), *up_and_down, (100, 25))
    assert len(began(watch(again, familiar_s=120.0)[1])) == 2


@settings(deadline=None, max_examples=50)
@given(
    parts=st.lists(st.tuples(st.floats(0.1, 60), st.floats(-10, 40)), min_size=1, max_size=8),
    cuts=st.lists(st.integers(0, 20_000), max_size=8),
    familiar_s=st.sampled_from([0.0, 30.0, 120.0]),
)
def test_any_split_is_equal(parts, cuts, familiar_s):
    whole = watch(trace(*parts), familiar_s=familiar_s)
    split = watch(trace(*parts), cuts=cuts, familiar_s=familiar_s)
    assert np.array_equal(whole[0], split[0])
    assert whole[1] == split[1]


def test_empty_block():
    moved, hints = SlipWatch(13.0, 45.0, PERIOD_S).push(np.empty(0), np.empty(0, bool))
    assert len(moved) == 0
    assert hints == []
