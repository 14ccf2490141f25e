"""Only what exceeds its own uncertainty is a difference."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.coaching.compare import CADENCE_SPM, HEAD_DEG, LEAST_BASE, Scale, change, likeness

ANY = Scale(floor=0.0, least=0.0, vague=5.0)
number = st.floats(-90, 90)


def alike_noise(rng, n, sd, r):
    """A stationary series (n,) with correlation r of neighbours."""
    noise = rng.normal(0, sd * math.sqrt(1 - r * r), n)
    out = np.empty(n)
    out[0] = rng.normal(0, sd)
    for i in range(1, n):
        out[i] = r * out[i - 1] + noise[i]
    return out


@pytest.mark.parametrize(("r", "most"), [(0.0, 0.015), (0.5, 0.03), (0.8, 0.06)])
def test_unchanged_running_is_rarely_called_changed(r, most):
    """99 % are promised for independent means; what is alike over minutes is harder, and stays rare."""
    rng = np.random.default_rng(11)
    named = 0
    for _ in range(2000):
        series = alike_noise(rng, 30 + 90 + 3, 1.5, r)
        found = change(series[-3:], series[:30], ANY)
        named += abs(found.difference) > found.margin
    assert named / 2000 <= most


def test_a_change_of_several_margins_is_always_named():
    rng = np.random.default_rng(3)
    for _ in range(200):
        base = rng.normal(5, 1.0, 30)
        assert change(rng.normal(10, 1.0, 3), base, HEAD_DEG).named


def test_independent_means_have_the_textbook_margin():
    base = np.tile([4.0, 6.0, 6.0, 4.0], 8)[:30]
    assert abs(likeness(base)) < 0.1
    found = change([5.0, 5.0, 5.0], base, HEAD_DEG)
    # Student's t, 99 %, 29 degrees of freedom: 2.756.
    assert found.margin == pytest.approx(2.756 * np.std(base, ddof=1) * math.sqrt(1 / 3 + 1 / 30), rel=0.15)


def test_what_is_sure_but_tiny_is_not_named():
    found = change([6.0] * 30, [5.0] * 30, HEAD_DEG)
    assert found.difference == 1.0 > found.margin
    assert not found.named
    assert not found.unclear


def test_what_is_large_but_lost_in_noise_is_unclear_and_not_named():
    base = [0.0, 20.0] * 15
    found = change([18.0, 4.0, 20.0], base, HEAD_DEG)
    assert not found.named
    assert found.unclear


def test_what_shows_but_is_not_beyond_chance_is_neither_named_nor_denied():
    base = [3.0, 7.0] * 15
    found = change([8.0, 7.0, 8.0], base, HEAD_DEG)
    assert 2.0 <= found.difference < found.margin
    assert found.unclear
    assert not change([5.5, 6.0, 4.5], base, HEAD_DEG).unclear


def test_a_perfectly_steady_baseline_is_not_taken_at_its_word():
    found = change([172.5] * 3, [170.0] * 30, CADENCE_SPM)
    assert found.margin > 0.5
    assert not found.named


@pytest.mark.parametrize(
    ("now", "base"),
    [([1.0, 2.0], [1.0] * 30), ([1.0] * 3, [1.0] * (LEAST_BASE - 1)), ([], []), ([math.nan] * 5, [1.0] * 30)],
)
def test_too_little_says_nothing(now, base):
    assert change(now, base, HEAD_DEG) is None


@given(st.lists(number, min_size=3, max_size=30), st.lists(number, min_size=LEAST_BASE, max_size=30), number)
def test_shifting_both_changes_nothing_and_swapping_the_sign_swaps_the_difference(now, base, by):
    found = change(now, base, HEAD_DEG)
    moved = change([x + by for x in now], [x + by for x in base], HEAD_DEG)
    assert moved.difference == pytest.approx(found.difference, abs=1e-9)
    mirrored = change([-x for x in now], [-x for x in base], HEAD_DEG)
    assert mirrored.difference == pytest.approx(-found.difference, abs=1e-9)
    assert mirrored.margin == pytest.approx(found.margin, rel=1e-6)
    assert found.margin > 0


@given(st.lists(st.one_of(number, st.just(math.nan)), max_size=40))
def test_likeness_is_bounded(series):
    known = [x for x in series if x == x]
    if known:
        assert 0.0 <= likeness(known) <= 0.9
