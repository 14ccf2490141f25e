"""The trunk's lean: its angle, its zero, and that the head knows just what had arrived by then."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.model import Profile, SiteCalibration, TrunkCalibration
from monitor.posture.trunk import BASELINE_S, HOLD_NS, LeanBaseline, TrunkLean, lean_deg, trunk_sensor

TRUNK = TrunkCalibration((0.0, 0.0, 1.0), (-np.degrees(1.0), 0.0, 0.0), in_running=True)
STANDING = TrunkCalibration(TRUNK.neutral, TRUNK.weight, in_running=False)


@pytest.mark.parametrize("deg", [-10.0, 0.0, 5.0, 20.0])
def test_a_lean_reads_as_its_angle(deg):
    a = np.radians(deg)
    up = np.array([[-np.sin(a), 0.0, np.cos(a)]])
    assert lean_deg(up, TRUNK)[0] == pytest.approx(deg)


def test_a_running_neutral_is_zero_from_the_start():
    lean = np.array([1.0, 2.0])
    assert LeanBaseline(TRUNK, 0.01).push(lean, np.zeros(2, bool)).tolist() == [1.0, 2.0]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), cuts=st.lists(st.integers(0, 900), max_size=8))
def test_without_one_the_first_minute_is_zero_in_any_split(seed, cuts):
    rng = np.random.default_rng(seed)
    lean, counted = 4.0 + rng.normal(size=900), rng.random(900) < 0.8
    period_s = BASELINE_S / 500
    whole = LeanBaseline(STANDING, period_s).push(lean, counted)
    known = int(np.flatnonzero(np.cumsum(counted) >= 500)[0]) + 1
    assert np.isnan(whole[:known]).all()
    assert np.allclose(whole[known:], lean[known:] - lean[:known][counted[:known]].mean(), atol=1e-9)
    parts, again = LeanBaseline(STANDING, period_s), []
    for a, b in zip([0, *sorted(cuts)], [*sorted(cuts), 900], strict=True):
        again.append(parts.push(lean[a:b], counted[a:b]))
    assert np.array_equal(np.concatenate(again), whole, equal_nan=True)


def test_only_what_had_arrived_is_known_and_not_for_ever():
    log = TrunkLean()
    arrival = np.array([10, 20, 30], np.int64) * 100_000_000
    log.push(0, 0.1, arrival, np.array([5.0, 6.0, 7.0]), np.array([True, False, True]))
    asked = np.array([9, 10, 29, 30], np.int64) * 100_000_000
    assert np.array_equal(log.taken(asked), [np.nan, 5.0, 5.0, 7.0], equal_nan=True)
    later = np.array([arrival[2] + HOLD_NS, arrival[2] + HOLD_NS + 1])
    assert np.array_equal(log.taken(later), [7.0, np.nan], equal_nan=True)


def test_a_lean_back_is_not_held_against_the_head_and_a_bow_is_no_running():
    log = TrunkLean()
    log.push(0, 0.1, np.array([0, 1], np.int64), np.array([-8.0, 60.0]), np.ones(2, bool))
    assert log.taken(np.array([0, 1], np.int64)).tolist() == [0.0, 30.0]


def test_nothing_told_is_nothing_known():
    assert np.isnan(TrunkLean().taken(np.arange(3))).all()


@settings(max_examples=30, deadline=None)
@given(cuts=st.lists(st.integers(0, 200), max_size=6), period_s=st.sampled_from([0.01, 0.02, 0.05, 0.2]))
def test_any_interleaving_of_the_two_sensors_gives_the_same(cuts, period_s):
    n, step = 200, round(period_s * 1e9)
    trunk_ns, head_ns = np.arange(n) * step, np.arange(n) * step + step // 3
    lean, trusted = np.linspace(0, 20, n), np.arange(n) % 7 > 0
    log = TrunkLean()
    log.push(0, period_s, trunk_ns, lean, trusted)
    whole = log.taken(head_ns)
    parts, again = TrunkLean(), []
    for a, b in zip([0, *sorted(cuts)], [*sorted(cuts), n], strict=True):
        parts.push(a, period_s, trunk_ns[a:b], lean[a:b], trusted[a:b])
        again.append(parts.taken(head_ns[a:b]))
    assert np.array_equal(np.concatenate(again), whole, equal_nan=True)


def test_of_several_the_back_counts():
    def site(where, trunk):
        return SiteCalibration(where, where, "", "", "vqf", (), trunk=trunk)

    sites = (site("head", None), site("left_shoulder", TRUNK), site("back", TRUNK), site("collar", TRUNK))
    assert trunk_sensor(Profile("p", "", True, sites)) == "back"
    assert trunk_sensor(Profile("p", "", True, sites[:2])) == "left_shoulder"
    assert trunk_sensor(Profile("p", "", True, sites[:1])) == ""
    assert trunk_sensor(None) == ""
