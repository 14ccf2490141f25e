"""A bend's push is taken out of the specific force, a glance's hardly, and any blocks give the same."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from monitor.orientation.gravity import VqfGravity
from monitor.orientation.turning import LEAST_YAW_RAD_S, SPEED_M_S, TurnCompensation

RATE_HZ = 100.0
PERIOD_S = 1 / RATE_HZ
G = 9.80665


def bend(yaw_rad_s, seconds=20.0, speed=SPEED_M_S, mounting=None):
    """Straight for 5 s, then on a bend: acc, gyr and the forward direction in sensor axes."""
    n = round(seconds * RATE_HZ)
    turning = np.where(np.arange(n) >= 5 * RATE_HZ, yaw_rad_s, 0.0)
    acc = np.column_stack((np.zeros(n), speed * turning, np.full(n, G)))
    gyr = np.column_stack((np.zeros(n), np.zeros(n), turning))
    turn = mounting or Rotation.identity()
    return turn.apply(acc), turn.apply(gyr), turn.apply([1.0, 0.0, 0.0]), turn.apply([0.0, 0.0, 1.0])


@pytest.mark.parametrize("yaw", [-0.3, 0.3])
def test_a_bend_no_longer_tilts_the_estimate(yaw):
    mounting = Rotation.random(rng=np.random.default_rng(4))
    acc, gyr, forward, up = bend(yaw, mounting=mounting)
    running = np.ones(len(acc), bool)
    plain = VqfGravity(PERIOD_S).push(acc, gyr)
    straight = VqfGravity(PERIOD_S).push(TurnCompensation(PERIOD_S, forward).push(acc, gyr, running), gyr)
    # Where the nose points: up's part along the way ahead is the pitch that the bend brings.
    pitch, bettered = (np.degrees(np.arcsin(x[-500:] @ forward)) for x in (plain, straight))
    roll, less = (np.degrees(np.arccos(np.clip(x[-500:] @ up, -1, 1))) for x in (plain, straight))
    assert np.mean(pitch) > 1.0
    assert abs(np.mean(bettered)) < 0.4 * np.mean(pitch)
    assert np.mean(less) < 0.4 * np.mean(roll)


def test_who_does_not_run_is_left_alone():
    acc, gyr, forward, _ = bend(0.3)
    same = TurnCompensation(PERIOD_S, forward).push(acc, gyr, np.zeros(len(acc), bool))
    assert np.array_equal(same, acc)


def test_the_offset_of_a_gyroscope_is_no_bend():
    acc, gyr, forward, _ = bend(0.0)
    same = TurnCompensation(PERIOD_S, forward).push(acc, gyr + 0.9 * LEAST_YAW_RAD_S, np.ones(len(acc), bool))
    assert np.allclose(same, acc)


def test_a_glance_aside_is_no_bend():
    acc, gyr, forward, _ = bend(0.0)
    gyr[1000:1030, 2], gyr[1080:1110, 2] = 3.0, -3.0  # 50 deg aside within 0.3 s, back half a second later
    up = VqfGravity(PERIOD_S).push(TurnCompensation(PERIOD_S, forward).push(acc, gyr, np.ones(len(acc), bool)), gyr)
    plain = VqfGravity(PERIOD_S).push(acc, gyr)
    off = np.degrees(np.arccos(np.clip(np.sum(up * plain, axis=1), -1, 1)))
    assert np.max(off[900:]) < 0.6
    assert np.max(off[1400:]) < 0.1


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000), cuts=st.lists(st.integers(0, 600), max_size=8), restart=st.booleans())
def test_any_blocks_give_the_same_bits(seed, cuts, restart):
    rng = np.random.default_rng(seed)
    acc, gyr = rng.normal((0, 0, G), 1.0, (600, 3)), rng.normal(size=(600, 3))
    running = rng.random(600) < 0.7
    whole = TurnCompensation(PERIOD_S, np.array([0.9, 0.1, 0.4]))
    parts = TurnCompensation(PERIOD_S, np.array([0.9, 0.1, 0.4]))
    if restart:
        parts.push(acc, gyr, running)
        parts.restart()
    expected = whole.push(acc, gyr, running)
    got = [parts.push(acc[a:b], gyr[a:b], running[a:b]) for a, b in pairwise([0, *sorted(cuts), 600])]
    assert np.concatenate(got).tobytes() == expected.tobytes()
