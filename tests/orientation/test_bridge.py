"""Holes are filled from the strides before when running, straight across otherwise, and in any blocks alike."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.orientation.bridge import GapBridge

PERIOD_S = 0.02


def slots(n, holes, seed=0):
    rng = np.random.default_rng(seed)
    return pierced(rng.standard_normal((n, 6)), holes)


def pierced(rows, holes):
    acc, gyr, real = rows[:, :3].copy(), rows[:, 3:].copy(), np.ones(len(rows), bool)
    for a, b in holes:
        real[a:b] = False
    acc[~real] = gyr[~real] = np.nan
    return acc, gyr, real


def strides(n, stride=36.0, seed=0):
    """(n,6): a gait of three harmonics in every channel."""
    rng = np.random.default_rng(seed)
    phase = 2 * np.pi * np.arange(n)[:, None] / stride
    return sum(
        rng.uniform(0.2, 1, 6) * [10, 10, 10, 1, 1, 1] * np.sin(k * phase + rng.uniform(0, 6, 6)) for k in (1, 2, 3)
    )


def filled(rows, holes, stride):
    return np.hstack(GapBridge(PERIOD_S).push(*pierced(rows, holes), stride))


@pytest.mark.parametrize("length", [1, 5, 30, 60, 100])
def test_an_even_gait_is_restored(length):
    rows = strides(400)
    out = filled(rows, [(250, 250 + length)], 36)
    assert np.allclose(out, rows, atol=1e-9)


@pytest.mark.parametrize("known", [33, 36, 39])
def test_the_stride_need_not_be_known_exactly(known):
    rows = strides(400)
    assert np.allclose(filled(rows, [(250, 258)], known), rows, atol=1e-9)


def test_a_turn_of_the_head_that_goes_on_in_the_hole_is_not_lost():
    """A copy alone would read the turning rate of a stride ago."""
    rows = strides(400)
    rows[230:290, 4] += 1.0
    out = filled(rows, [(250, 260)], 36)
    missed_deg = np.degrees(np.sum(out - rows, axis=0) * PERIOD_S)[3:]
    in_the_hole_deg = np.degrees(10 * PERIOD_S)
    assert np.abs(missed_deg).max() < 0.1 * in_the_hole_deg


def test_an_uneven_gait_is_followed():
    """Every stride another length: the rotation missed is much less than by a copy of the stride before."""
    rng = np.random.default_rng(1)
    lengths = rng.normal(36, 2.0, 40)
    ends = np.cumsum(lengths)
    phase = np.interp(np.arange(1200), np.r_[0, ends], np.arange(41))
    rows = (
        np.stack([np.sin(2 * np.pi * k * phase + j) for j in range(2) for k in (1, 2, 3)], axis=1) * [10] * 3 + [0] * 6
    )
    rows[:, 3:] /= 10
    holes = [(a, a + 8) for a in range(200, 1150, 50)]
    out = filled(rows, holes, 36)
    missed = [np.linalg.norm(np.sum(out[a:b, 3:] - rows[a:b, 3:], axis=0)) for a, b in holes]
    copied = [np.linalg.norm(np.sum(rows[a - 36 : b - 36, 3:] - rows[a:b, 3:], axis=0)) for a, b in holes]
    assert np.sqrt(np.mean(np.square(missed))) < 0.4 * np.sqrt(np.mean(np.square(copied)))


def test_a_real_head_sensor(shared_data):
    """REAL: a walker's ear at 100 Hz, holes of 80 ms; what a plain copy misses is several times more."""
    data = np.load(shared_data / "head_imu" / "ear_fast_left.npz")
    n = len(data["acc"]) // 2 * 2
    rows = np.hstack([data[k][:n].astype(float).reshape(-1, 2, 3).mean(axis=1) for k in ("acc", "gyr")])
    walking = np.convolve(data["label"][:n:2], np.ones(800), "full")[: len(rows)] >= 800
    starts = [a for a in range(1000, len(rows) - 100, 100) if walking[a] and walking[a + 8]]
    assert len(starts) > 20
    stride = 99
    out = np.hstack(GapBridge(0.01).push(*pierced(rows, [(a, a + 8) for a in starts]), stride))
    missed = [np.linalg.norm(np.sum(out[a : a + 8, 3:] - rows[a : a + 8, 3:], axis=0)) * 0.01 for a in starts]
    copied = [
        np.linalg.norm(np.sum(rows[a - stride : a + 8 - stride, 3:] - rows[a : a + 8, 3:], axis=0)) * 0.01
        for a in starts
    ]
    ours, plain = (np.degrees(np.sqrt(np.mean(np.square(x)))) for x in (missed, copied))
    print(f"REAL walker's ear, holes of 80 ms: {ours:.2f} deg of rotation missed, by a copy {plain:.2f}")
    assert ours < 1.0
    assert ours < 0.3 * plain


def test_not_running_goes_straight_across():
    acc, gyr, real = slots(50, [(20, 29)])
    smooth, turned = GapBridge(PERIOD_S).push(acc, gyr, real, 0)
    share = np.arange(1, 10)[:, None] / 10
    assert np.allclose(smooth[20:29], (1 - share) * acc[19] + share * acc[29])
    assert np.allclose(turned[20:29], (1 - share) * gyr[19] + share * gyr[29], atol=0.06)


def test_not_running_a_turn_is_not_carried_on_for_long():
    rows = np.ones((200, 6))
    out = filled(rows, [(50, 140)], 0)
    assert np.allclose(out[50:140, :3], 1)
    assert (np.abs(out[80:110, 3:]) < 0.2).all()
    assert (out[[50, 139], 3:] > 0.9).all()


def test_with_less_than_a_stride_of_past_it_goes_straight_across():
    given = slots(40, [(20, 25)])
    assert np.array_equal(GapBridge(PERIOD_S).push(*given, 36)[0], GapBridge(PERIOD_S).push(*given, 0)[0])


def test_after_a_reset_nothing_of_before_is_used():
    bridge = GapBridge(PERIOD_S)
    bridge.push(*pierced(strides(200), []), 36)
    bridge.reset()
    late = slots(10, [(5, 8)], seed=1)
    assert np.array_equal(np.hstack(bridge.push(*late, 36)), np.hstack(GapBridge(PERIOD_S).push(*late, 0)))


def test_the_hole_at_the_start_of_a_block_knows_the_block_before():
    rows = strides(250)
    bridge = GapBridge(PERIOD_S)
    bridge.push(*pierced(rows[:200], []), 36)
    out = np.hstack(bridge.push(*pierced(rows[200:], [(0, 5)]), 36))
    assert np.allclose(out, rows[200:], atol=1e-9)


def test_a_hole_with_nothing_before_it_stays():
    out = filled(strides(20), [(0, 3)], 36)
    assert np.isnan(out[:3]).all()


@pytest.mark.parametrize("stride", [0, 36])
def test_nothing_missing_nothing_changed(stride):
    acc, gyr, real = slots(90, [])
    smooth, turned = GapBridge(PERIOD_S).push(acc, gyr, real, stride)
    assert np.array_equal(smooth, acc)
    assert np.array_equal(turned, gyr)


@settings(deadline=None, max_examples=100)
@given(
    holes=st.lists(st.tuples(st.integers(1, 590), st.integers(1, 100)), max_size=6),
    cuts=st.lists(st.integers(1, 599), max_size=10),
    stride=st.sampled_from([0, 1, 30, 36, 41, 90]),
)
def test_any_blocks_give_the_same_bits_and_no_hole_remains(holes, cuts, stride):
    acc, gyr, real = slots(600, [(a, min(a + n, 599)) for a, n in holes])
    whole = np.hstack(GapBridge(PERIOD_S).push(acc, gyr, real, stride))
    assert np.isfinite(whole).all()
    assert np.array_equal(whole[real], np.hstack((acc, gyr))[real])
    bridge = GapBridge(PERIOD_S)
    # A grid block always ends with a sample that came.
    edges = [0, *sorted(c for c in set(cuts) if real[c - 1]), 600]
    parts = [np.hstack(bridge.push(acc[a:b], gyr[a:b], real[a:b], stride)) for a, b in itertools.pairwise(edges)]
    assert whole.tobytes() == np.concatenate(parts).tobytes()
