"""Holes are filled by the stride before when running, by holding otherwise, and in any blocks alike."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.orientation.bridge import GapBridge

PERIOD_S = 0.02


def slots(n, holes, seed=0):
    rng = np.random.default_rng(seed)
    acc, gyr, real = rng.standard_normal((n, 3)), rng.standard_normal((n, 3)), np.ones(n, bool)
    for a, b in holes:
        real[a:b] = False
    acc[~real] = gyr[~real] = np.nan
    return acc, gyr, real


def test_running_copies_the_stride_before():
    acc, gyr, real = slots(100, [(60, 70)])
    filled, turned = GapBridge(PERIOD_S).push(acc, gyr, real, 36)
    assert np.array_equal(filled[60:70], acc[24:34])
    assert np.array_equal(turned[60:70], gyr[24:34])
    assert np.array_equal(filled[real], acc[real])


def test_a_hole_longer_than_the_stride_repeats_it():
    acc, gyr, real = slots(150, [(60, 140)])
    filled, _ = GapBridge(PERIOD_S).push(acc, gyr, real, 36)
    assert np.array_equal(filled[60:96], acc[24:60])
    assert np.array_equal(filled[96:132], acc[24:60])
    assert np.array_equal(filled[132:140], acc[24:32])


def test_not_running_holds_the_acceleration_and_stops_the_rotation():
    acc, gyr, real = slots(50, [(20, 30)])
    filled, turned = GapBridge(PERIOD_S).push(acc, gyr, real, 0)
    assert (filled[20:30] == acc[19]).all()
    assert (turned[20:30] == 0).all()


def test_with_less_than_a_stride_of_past_it_holds():
    acc, gyr, real = slots(30, [(20, 25)])
    filled, turned = GapBridge(PERIOD_S).push(acc, gyr, real, 36)
    assert (filled[20:25] == acc[19]).all()
    assert (turned[20:25] == 0).all()


def test_after_a_reset_nothing_of_before_is_copied():
    bridge = GapBridge(PERIOD_S)
    acc, gyr, real = slots(100, [])
    bridge.push(acc, gyr, real, 36)
    bridge.reset()
    late = slots(10, [(5, 8)], seed=1)
    filled, _ = bridge.push(*late, 36)
    assert (filled[5:8] == late[0][4]).all()


def test_the_hole_at_the_start_of_a_block_knows_the_block_before():
    bridge = GapBridge(PERIOD_S)
    first = slots(80, [])
    bridge.push(*first, 36)
    filled, _ = bridge.push(*slots(20, [(0, 5)], seed=1), 36)
    assert np.array_equal(filled[:5], first[0][80 - 36 : 80 - 31])


@pytest.mark.parametrize("stride", [0, 36])
def test_nothing_missing_nothing_changed(stride):
    acc, gyr, real = slots(90, [])
    filled, turned = GapBridge(PERIOD_S).push(acc, gyr, real, stride)
    assert np.array_equal(filled, acc)
    assert np.array_equal(turned, gyr)


@settings(deadline=None, max_examples=100)
@given(
    holes=st.lists(st.tuples(st.integers(1, 290), st.integers(1, 100)), max_size=6),
    cuts=st.lists(st.integers(1, 299), max_size=10),
    stride=st.sampled_from([0, 30, 36, 41]),
)
def test_any_blocks_give_the_same_bits_and_no_hole_remains(holes, cuts, stride):
    acc, gyr, real = slots(300, [(a, min(a + n, 299)) for a, n in holes])
    whole = np.hstack(GapBridge(PERIOD_S).push(acc, gyr, real, stride))
    assert np.isfinite(whole).all()
    assert np.array_equal(whole[real], np.hstack((acc, gyr))[real])
    bridge = GapBridge(PERIOD_S)
    # A grid block always ends with a sample that came.
    edges = [0, *sorted(c for c in set(cuts) if real[c - 1]), 300]
    parts = [np.hstack(bridge.push(acc[a:b], gyr[a:b], real[a:b], stride)) for a, b in itertools.pairwise(edges)]
    assert whole.tobytes() == np.concatenate(parts).tobytes()
