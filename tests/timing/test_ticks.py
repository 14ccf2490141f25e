"""Device ticks: wraps, repeats, small steps back, restarts, and the same answer for any split."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.sensors.base import DeviceClock
from monitor.timing.ticks import TickUnwrapper


@pytest.mark.parametrize("bits", [16, 24, 32])
def test_every_wrap_is_undone(bits):
    """A counter that wraps three times gives back the straight line it came from."""
    span = 1 << bits
    true = np.arange(0, 3 * span + span // 2, max(1, span // 997), dtype=np.int64) + span - 5
    unwrap = TickUnwrapper(DeviceClock(tick_ns=1000, wrap_bits=bits))
    out = unwrap.push(true % span)
    assert np.array_equal(np.diff(out), np.diff(true) * 1000)
    assert out[0] == (true[0] % span) * 1000


def test_a_clock_that_never_wraps_is_only_scaled():
    unwrap = TickUnwrapper(DeviceClock(tick_ns=1000, wrap_bits=0))
    ticks = np.array([10, 20, 5, 1 << 40], np.int64)
    assert unwrap.push(ticks).tolist() == [10_000, 20_000, 5_000, (1 << 40) * 1000]


@pytest.mark.parametrize("bits", [16, 32])
def test_a_repeated_and_a_late_stamp_step_back_instead_of_wrapping(bits):
    unwrap = TickUnwrapper(DeviceClock(tick_ns=1, wrap_bits=bits))
    assert unwrap.push(np.array([100, 200, 200, 150, 300], np.int64)).tolist() == [100, 200, 200, 150, 300]


def test_a_late_stamp_across_the_wrap_goes_back_across_it():
    unwrap = TickUnwrapper(DeviceClock(tick_ns=1, wrap_bits=16))
    assert unwrap.push(np.array([65_530, 2, 65_534, 4], np.int64)).tolist() == [65_530, 65_538, 65_534, 65_540]


def test_a_restart_of_less_than_half_the_range_is_a_step_back():
    """The grid above recognises it by its size and starts a new stretch."""
    unwrap = TickUnwrapper(DeviceClock(tick_ns=1_000_000, wrap_bits=32))
    out = unwrap.push(np.array([3_600_000, 3_600_020, 0, 20], np.int64))
    assert out[2] - out[1] == -3_600_020 * 1_000_000
    assert out[3] - out[2] == 20 * 1_000_000


def test_nothing_in_nothing_out():
    unwrap = TickUnwrapper(DeviceClock(tick_ns=1000, wrap_bits=16))
    assert len(unwrap.push(np.empty(0, np.int64))) == 0
    assert unwrap.push(np.array([7], np.int64)).tolist() == [7000]


@settings(deadline=None, max_examples=150)
@given(
    bits=st.sampled_from([0, 16, 24, 32]),
    ticks=st.lists(st.integers(0, (1 << 32) - 1), min_size=1, max_size=60),
    cuts=st.lists(st.integers(0, 60), max_size=8),
)
def test_any_split_gives_the_same_times(bits, ticks, cuts):
    raw = np.array(ticks, np.int64) % (1 << bits if bits else 1 << 32)
    clock = DeviceClock(tick_ns=1000, wrap_bits=bits)
    whole = TickUnwrapper(clock).push(raw)
    unwrap = TickUnwrapper(clock)
    parts = [unwrap.push(part) for part in np.split(raw, sorted(min(c, len(raw)) for c in cuts))]
    assert np.array_equal(whole, np.concatenate(parts))


@settings(deadline=None, max_examples=150)
@given(
    bits=st.sampled_from([16, 24, 32]),
    start=st.integers(0, (1 << 32) - 1),
    steps=st.lists(st.integers(-100, (1 << 15) - 1), min_size=1, max_size=60),
)
def test_any_walk_of_less_than_half_the_range_per_step_is_recovered(bits, start, steps):
    true = start + np.concatenate(([0], np.cumsum(np.array(steps, np.int64))))
    out = TickUnwrapper(DeviceClock(tick_ns=1, wrap_bits=bits)).push(true % (1 << bits))
    assert np.array_equal(np.diff(out), np.diff(true))
