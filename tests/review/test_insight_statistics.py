"""Differences and slopes are claimed where they are planted, and hardly ever where there are none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.review.insight.effect import Size, effect, rank_among
from monitor.review.insight.trend import line
from monitor.review.insight.windows import independent


def wandering(rng, n, r):
    """A row (n,) whose neighbours are alike to the degree r, of unit spread."""
    out = np.empty(n)
    out[0] = rng.normal()
    for i in range(1, n):
        out[i] = r * out[i - 1] + np.sqrt(1 - r * r) * rng.normal()
    return out


@pytest.mark.parametrize(("n", "r"), [(15, 0.0), (30, 0.3), (60, 0.6), (180, 0.6)])
def test_slopes_and_thirds_are_not_seen_where_there_are_none(n, r):
    rng = np.random.default_rng(n)
    slopes = thirds = 0
    for _ in range(300):
        row = wandering(rng, n, r)
        slope, reach = line(np.arange(n) / 10, row)
        slopes += abs(slope) > reach
        found = effect(row[-(n // 3) :], row[: n // 3])
        thirds += found is not None and found.certain
    # Of 300, 5 % by design; neighbours that are alike make it up to twice that.
    assert slopes <= 36
    assert thirds <= 36


def test_a_planted_slope_is_found():
    rng = np.random.default_rng(0)
    found = 0
    for _ in range(100):
        slope, reach = line(np.arange(60) / 10, wandering(rng, 60, 0.3) + np.arange(60) * 0.05)
        found += slope - reach > 0 and slope - reach < 0.5 < slope + reach
    assert found >= 85


def test_hedges_by_hand():
    found = effect(np.array([2.0, 4.0, 6.0]), np.array([1.0, 2.0, 3.0, 2.0]))
    pooled = np.sqrt((2 * 4.0 + 3 * (2 / 3)) / 5)
    assert found.difference == pytest.approx(2.0)
    assert found.g == pytest.approx((1 - 3 / 19) * 2.0 / pooled)
    assert found.size is Size.LARGE
    assert not found.certain


def test_too_few_windows_say_nothing():
    assert effect(np.array([1.0, np.nan, 2.0]), np.arange(10.0)) is None
    assert effect(np.arange(10.0), np.full(5, np.nan)) is None


def test_values_that_never_change():
    found = effect(np.full(5, 2.0), np.full(5, 1.0))
    assert found.certain
    assert found.difference == 1.0


@given(st.lists(st.floats(-100, 100), min_size=3, max_size=60))
def test_a_row_is_worth_at_least_one_and_at_most_its_length(row):
    assert 1.0 <= independent(np.array(row)) <= len(row)


def test_neighbours_that_are_alike_are_worth_less():
    rng = np.random.default_rng(5)
    assert independent(wandering(rng, 400, 0.9)) < 60
    assert independent(wandering(rng, 400, 0.0)) > 250


def test_rank():
    assert rank_among(3.0, np.array([1.0, 2.0, 3.0, 4.0])) == pytest.approx(0.625)
    assert rank_among(3.0, np.array([np.nan])) is None
    assert rank_among(float("nan"), np.array([1.0])) is None
