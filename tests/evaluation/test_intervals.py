"""Confidence intervals against published values."""

import math

import pytest

from tests.evaluation.intervals import poisson_rate, wilson


def test_wilson():
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-3)
    assert wilson(0, 10)[0] == 0.0
    assert wilson(10, 10) == pytest.approx((0.7225, 1.0), abs=1e-3)
    assert wilson(0, 0) == (0.0, 1.0)


def test_poisson_and_the_rule_of_three():
    assert poisson_rate(10, 1.0) == pytest.approx((4.795, 18.39), abs=0.01)
    low, high = poisson_rate(0, 3.0)
    assert low == 0.0
    assert high == pytest.approx(3.689 / 3, abs=1e-3)
    assert poisson_rate(0, 0.0) == (0.0, math.inf)
