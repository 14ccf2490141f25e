"""When a value may be trusted: every reason, to the slot, against a slow reference, in any blocks."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.posture.trust import AFTER_GAP_PART, AFTER_GAP_S, CLIPPED_PART, LONG_GAP_S, REAL_PART, Trust
from monitor.values import Reason

PERIOD_S, SETTLE_S = 0.02, 4.0
SECOND, SETTLE = 50, 200


def judge(real, clipped=None):
    clipped = np.zeros(len(real), bool) if clipped is None else clipped
    return Trust(PERIOD_S, SETTLE_S).push(real, clipped)


def all_real(n, holes=()):
    real = np.ones(n, bool)
    for a, b in holes:
        real[a:b] = False
    return real


def test_it_starts_by_settling_for_exactly_the_settling_time():
    reason = judge(all_real(400))
    assert (reason[:SETTLE] == Reason.STARTING).all()
    assert (reason[SETTLE:] == Reason.OK).all()


def test_a_gap_of_a_quarter_second_is_forgiven_and_one_slot_more_is_not():
    slots = int(LONG_GAP_S / PERIOD_S)
    short = judge(all_real(900, [(500, 500 + slots)]))
    missing_limit = round((1 - REAL_PART) * SECOND)
    # More than a fifth of the last second is missing until the hole has left that second.
    assert not (short == Reason.GAP).any()
    doubted = np.flatnonzero(short[SETTLE:] == Reason.SPARSE) + SETTLE
    assert doubted[0] == 500 + missing_limit
    assert doubted[-1] == 500 + slots - missing_limit - 1 + SECOND - 1
    end = 500 + slots + 1
    long = judge(all_real(900, [(500, end)]))
    doubted = np.flatnonzero(long[SETTLE:] == Reason.GAP) + SETTLE
    assert doubted[-1] == end + after(slots + 1) - 1
    assert (long[end + after(slots + 1) :] == Reason.OK).all()


def after(hole):
    """Doubted slots behind a long hole."""
    return round(AFTER_GAP_S / PERIOD_S + AFTER_GAP_PART * hole)


def test_a_longer_gap_is_doubted_for_longer():
    last = [
        np.flatnonzero(judge(all_real(900, [(500, 500 + n)]))[SETTLE:] == Reason.GAP)[-1] + SETTLE - (500 + n)
        for n in (20, 50, 90)
    ]
    assert [round(x * PERIOD_S, 1) for x in last] == [1.7, 2.0, 2.4]


def test_a_short_gap_does_not_cut_the_doubt_of_a_long_one():
    reason = judge(all_real(900, [(500, 580), (590, 604)]))
    assert (reason[580 : 580 + after(80)] == Reason.GAP).all()
    assert (reason[580 + after(80) :] == Reason.OK).all()


def test_a_fifth_of_a_second_missing_is_the_limit():
    ten, eleven = all_real(600), all_real(600)
    ten[400:450:5] = False
    eleven[400:450:5] = False
    eleven[402] = False
    assert (judge(ten)[SETTLE:] == Reason.OK).all()
    assert (judge(eleven)[SETTLE:] == Reason.SPARSE).any()


def test_full_scale_in_a_third_of_a_second_is_a_sensor_fault():
    clipped = np.zeros(600, bool)
    clipped[400:415] = True
    assert CLIPPED_PART * SECOND == 15
    assert (judge(all_real(600), clipped)[SETTLE:] == Reason.OK).all()
    clipped[415] = True
    reason = judge(all_real(600), clipped)
    assert np.flatnonzero(reason[SETTLE:] == Reason.SENSOR_FAULT)[0] + SETTLE == 415
    assert (reason[415 + SECOND :] == Reason.OK).all()


def test_impacts_that_clip_now_and_then_are_no_fault():
    clipped = np.zeros(1000, bool)
    clipped[::17] = True
    assert (judge(all_real(1000), clipped)[SETTLE:] == Reason.OK).all()


def test_a_restart_begins_again():
    trust = Trust(PERIOD_S, SETTLE_S)
    trust.push(all_real(500), np.zeros(500, bool))
    trust.restart()
    reason = trust.push(all_real(300), np.zeros(300, bool))
    assert (reason[:SETTLE] == Reason.STARTING).all()
    assert (reason[SETTLE:] == Reason.OK).all()


def in_long_hole(real, i):
    """Slot i and its neighbours were not received, together for longer than the limit."""
    before = next((k for k in range(i + 1) if real[i - k]), i + 1)
    behind = next((k for k in range(len(real) - i) if real[i + k]), len(real) - i)
    return before > 0 and before + behind - 1 > LONG_GAP_S / PERIOD_S


def reference(real, clipped):
    """The rules, slot by slot."""
    out, doubted_until, hole = [], 0, 0
    for i in range(len(real)):
        hole = 0 if real[i] else hole + 1
        doubted = i < doubted_until
        if not real[i] and (i + 1 == len(real) or real[i + 1]) and hole > LONG_GAP_S / PERIOD_S:
            doubted_until = max(doubted_until, i + 1 + after(hole))
        last = slice(max(0, i + 1 - SECOND), i + 1)
        seen = min(i + 1, SECOND)
        if i + 1 <= SETTLE:
            out.append(Reason.STARTING)
        elif doubted or (np.sum(real[last]) < REAL_PART * seen and in_long_hole(real, i)):
            out.append(Reason.GAP)
        elif np.sum(clipped[last]) > CLIPPED_PART * seen:
            out.append(Reason.SENSOR_FAULT)
        elif np.sum(real[last]) < REAL_PART * seen:
            out.append(Reason.SPARSE)
        else:
            out.append(Reason.OK)
    return np.array(out, np.int8)


@st.composite
def received(draw):
    n = draw(st.integers(210, 700))
    real, clipped = np.ones(n, bool), np.zeros(n, bool)
    for a, length in draw(st.lists(st.tuples(st.integers(1, n - 1), st.integers(1, 60)), max_size=6)):
        real[a : a + length] = False
    for a, length in draw(st.lists(st.tuples(st.integers(0, n - 1), st.integers(1, 60)), max_size=4)):
        clipped[a : a + length] = True
    real[0] = real[-1] = True
    return real, clipped & real


@settings(deadline=None, max_examples=80)
@given(what=received(), cuts=st.lists(st.integers(1, 699), max_size=8))
def test_it_follows_the_rules_in_any_blocks(what, cuts):
    real, clipped = what
    whole = judge(real, clipped)
    assert np.array_equal(whole, reference(real, clipped))
    trust = Trust(PERIOD_S, SETTLE_S)
    # A grid block always ends with a sample that came.
    edges = [0, *sorted(c for c in set(cuts) if c < len(real) and real[c - 1]), len(real)]
    parts = [trust.push(real[a:b], clipped[a:b]) for a, b in pairwise(edges)]
    assert np.array_equal(whole, np.concatenate(parts))
