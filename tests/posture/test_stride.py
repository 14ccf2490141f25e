"""The one-stride mean: exact nulls at stride and step, right after a restart, any blocks alike."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.posture.stride import LONGEST_STRIDE_S, StrideMean


def test_stride_and_step_vanish_and_the_mean_stays():
    t = np.arange(1000) / 100
    stride = 100 * 2 / 2.8
    values = 7 + 4 * np.sin(2 * np.pi * 1.4 * t) + 3 * np.sin(2 * np.pi * 2.8 * t + 1)
    out = StrideMean(0.01, 1).push(values[:, None], np.full(1000, stride))[:, 0]
    assert np.abs(out[100:] - 7).max() < 0.03


def test_a_step_is_half_way_after_half_a_stride():
    values = np.r_[np.zeros(200), np.ones(200)][:, None]
    out = StrideMean(0.01, 1).push(values, np.full(400, 70.0))[:, 0]
    assert out[199] == 0
    assert out[200 + 34] == pytest.approx(0.5)
    assert out[200 + 69] == pytest.approx(1.0)


@settings(deadline=None, max_examples=100)
@given(seed=st.integers(0, 9999), length=st.floats(1.0, 150.0))
def test_it_is_the_weighted_mean_of_the_last_stride(seed, length):
    """Against the definition, slot by slot: whole slots count fully, the oldest by its fraction."""
    rng = np.random.default_rng(seed)
    values = rng.standard_normal((60, 2))
    out = StrideMean(0.02, 2).push(values, np.full(60, length))
    for i in (0, 3, 30, 59):
        span = min(length, 100, i + 1)
        weights = np.clip(span - np.arange(i + 1), 0, 1)
        expected = (values[i::-1] * weights[:, None]).sum(axis=0) / span
        assert np.allclose(out[i], expected, atol=1e-9)


def test_after_a_restart_the_mean_covers_only_what_came_since():
    mean = StrideMean(0.02, 1)
    mean.push(np.full((100, 1), 100.0), np.full(100, 35.0))
    mean.restart()
    out = mean.push(np.arange(10.0)[:, None], np.full(10, 35.0))[:, 0]
    assert out[0] == 0
    assert out[9] == pytest.approx(4.5)


def test_an_absurd_stride_is_cut_to_the_longest():
    mean = StrideMean(0.02, 1)
    values = np.r_[np.full(400, 5.0), np.zeros(round(LONGEST_STRIDE_S / 0.02))][:, None]
    assert mean.push(values, np.full(len(values), 1e9))[-1, 0] == pytest.approx(0, abs=1e-9)


def test_a_day_of_running_sums_loses_no_precision():
    mean = StrideMean(0.01, 1)
    mean.push(np.full((100, 1), 31.0 * 86_400), np.full(100, 71.4))  # the sum of 24 h at 100 Hz
    mean.push(np.full((1000, 1), 31.0), np.full(1000, 71.4))
    out = mean.push(np.full((10, 1), 31.0), np.full(10, 71.4))
    assert np.abs(out - 31.0).max() < 1e-6


@settings(deadline=None, max_examples=60)
@given(cuts=st.lists(st.integers(0, 400), max_size=12), seed=st.integers(0, 99))
def test_any_blocks_give_the_same_bits(cuts, seed):
    rng = np.random.default_rng(seed)
    values, strides = rng.standard_normal((400, 2)), np.repeat(rng.uniform(1, 120, 16), 25)
    whole = StrideMean(0.02, 2).push(values, strides)
    mean = StrideMean(0.02, 2)
    parts = [mean.push(values[a:b], strides[a:b]) for a, b in pairwise([0, *sorted(cuts), 400])]
    assert whole.tobytes() == np.concatenate(parts).tobytes()


@pytest.mark.parametrize("size", [1, 30, 400])
def test_the_last_means_alone_are_those_of_the_whole_block(size):
    rng = np.random.default_rng(3)
    values, stride = rng.standard_normal((400, 3)), rng.uniform(50, 80, 400)
    whole, ends = StrideMean(0.01, 3), StrideMean(0.01, 3)
    for a, b in pairwise([*range(0, 400, size), 400]):
        full = whole.push(values[a:b], stride[a:b])
        assert ends.push(values[a:b], stride[a:b], last=20).tobytes() == full[-20:].tobytes()
