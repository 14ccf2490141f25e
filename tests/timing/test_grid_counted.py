"""The uniform grid of sensors without a time stamp: samples are counted, loss shows as lateness that stays."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wire import S, Wire, feed, slots, wire

from monitor.timing.grid import Grid


def held_back(w: Wire, from_s: float, to_s: float) -> Wire:
    """The link stalls: nothing arrives between the two times, then all of it at once."""
    arrival = w.arrival_ns.copy()
    late = (arrival >= from_s * S) & (arrival < to_s * S)
    arrival[late] = round(to_s * S)
    _, which = np.unique(w.arrival_ns, return_inverse=True)
    arrival = np.maximum.accumulate(arrival + 0 * which)
    return Wire(w.number, w.true_ns, arrival, w.tick)


def monotone(s) -> None:
    assert (np.diff(s.index) > 0).all()
    assert (np.diff(s.t_ns) >= 0).all()


@pytest.mark.parametrize("rate_hz", [10, 25, 50, 100, 200, 1000])
def test_a_clean_stream_is_timed_by_counting(rate_hz):
    w = wire(40, rate_hz)
    grid = Grid(rate_hz, None)
    s = slots(feed(grid, w, stamped=False))
    monotone(s)
    assert s.real.all()
    assert np.array_equal(s.index, w.number)
    off = s.t_ns / S - w.number / rate_hz
    assert np.abs(off[w.number > 15 * rate_hz]).max() < 0.03
    assert grid.lost == 0


@pytest.mark.parametrize("true_hz", [46.0, 49.5, 54.5])
def test_a_nominal_rate_that_is_wrong_is_measured_not_taken_for_loss(true_hz):
    w = wire(120, true_hz)
    grid = Grid(50, None)
    s = slots(feed(grid, w, stamped=False))
    monotone(s)
    assert grid.rate_hz == pytest.approx(true_hz, rel=2e-3)
    assert grid.lost == 0
    assert np.abs(s.t_ns / S - w.number / true_hz)[1000:].max() < 0.05


@pytest.mark.parametrize("true_hz", [49.5, 50.0, 54.5])
@pytest.mark.parametrize("lost_s", [0.8, 1.6, 5.0])
def test_loss_that_nobody_counted_is_found_by_its_lateness(lost_s, true_hz):
    w = wire(120, true_hz)
    keep = (w.number < 60 * true_hz) | (w.number >= (60 + lost_s) * true_hz)
    grid = Grid(50, None)
    s = slots(feed(grid, w.pick(keep), stamped=False))
    monotone(s)
    assert grid.lost == pytest.approx(lost_s * true_hz, abs=0.1 * true_hz)
    off = s.t_ns[s.real] / S - s.number[s.real] / true_hz
    settled = (s.number[s.real] < 60 * true_hz - 50) | (s.number[s.real] > (67 + lost_s) * true_hz)
    assert np.abs(off[settled][1000:]).max() < 0.12
    assert len(s.restarts) == (2 if lost_s > 2.1 else 1)


@pytest.mark.parametrize("stall_s", [0.7, 1.5, 2.0, 3.0, 6.0])
def test_a_stall_that_ends_in_a_burst_is_no_loss(stall_s):
    w = held_back(wire(120, 50), 60.0, 60.0 + stall_s)
    grid = Grid(50, None)
    s = slots(feed(grid, w, stamped=False))
    monotone(s)
    assert grid.lost == 0
    assert np.array_equal(s.index, w.number)
    assert np.abs(s.t_ns / S - w.number / 50)[1000:].max() < 0.06


def test_a_stall_whose_backlog_drains_at_twice_the_pace_is_no_loss():
    w = wire(120, 50, delay_s=0.005)
    true = w.true_ns / S
    stalled = (true >= 60) & (true < 66)
    arrival = w.arrival_ns.copy()
    arrival[stalled] = np.rint((63 + (true[stalled] - 60) / 2) * S).astype(np.int64)
    w = Wire(w.number, w.true_ns, np.maximum.accumulate(arrival), w.tick)
    grid = Grid(50, None)
    s = slots(feed(grid, w, stamped=False))
    assert grid.lost == 0
    assert np.array_equal(s.index, w.number)


def test_a_stall_that_overflows_the_sensor_loses_what_overflowed():
    """Six seconds without link; the sensor keeps the last one."""
    w = wire(120, 50)
    true = w.true_ns / S
    w = held_back(w.pick((true < 60) | (true >= 65)), 60.0, 66.0)
    grid = Grid(50, None)
    s = slots(feed(grid, w, stamped=False))
    monotone(s)
    assert grid.lost == pytest.approx(250, abs=10)
    late = s.number[s.real] > 75 * 50  # six seconds of lateness prove the loss
    assert np.abs(s.t_ns[s.real] / S - s.number[s.real] / 50)[late].max() < 0.12


@pytest.mark.parametrize("batch_s", [0.5, 1.0, 2.0])
def test_a_sensor_that_sends_seconds_at_once(batch_s):
    """Its samples are late by design; a lost batch is still found and a kept one is not taken for lost."""
    w = wire(160, 50, per=round(50 * batch_s))
    for keep in (w.number >= 0, (w.number < 4000) | (w.number >= 4200)):
        grid = Grid(50, None)
        s = slots(feed(grid, w.pick(keep), stamped=False))
        monotone(s)
        assert grid.lost == pytest.approx(np.count_nonzero(~keep), abs=8)
        assert np.abs(s.t_ns[s.real] / S - s.number[s.real] / 50)[-2000:].max() < 0.12


def test_an_hour_with_a_loss_now_and_then_keeps_time():
    w = wire(1800, 50)
    keep = np.ones(len(w.number), bool)
    for at in range(100, 1800, 170):
        keep[at * 50 : at * 50 + 60] = False
    grid = Grid(50, None)
    s = slots(feed(grid, w.pick(keep), stamped=False, cuts=[]))
    monotone(s)
    off = s.t_ns[s.real] / S - s.number[s.real] / 50
    assert abs(grid.lost / (~keep).sum() - 1) < 0.05
    assert np.percentile(np.abs(off[1000:]), 95) < 0.3
    assert abs(off[-1]) < 0.3


def test_after_a_lost_link_counting_starts_anew():
    before, after = wire(30, 50), wire(30, 50, first=2000, seed=1)
    grid = Grid(50, None)
    blocks = feed(grid, before, stamped=False)
    grid.relink()
    s = slots(blocks + feed(grid, after, stamped=False))
    monotone(s)
    assert len(s.restarts) == 2
    assert np.abs(s.t_ns / S - s.number / 50)[-500:].max() < 0.05


@settings(deadline=None, max_examples=25)
@given(
    rate=st.sampled_from([25, 50, 100]),
    stalls=st.lists(st.tuples(st.floats(5, 70), st.floats(0.1, 8)), max_size=3),
    seed=st.integers(0, 99),
)
def test_whatever_the_stalls_nothing_is_declared_lost(rate, stalls, seed):
    w = wire(80, rate, seed=seed)
    for at, length in stalls:
        w = held_back(w, at, at + length)
    grid = Grid(rate, None)
    s = slots(feed(grid, w, stamped=False))
    monotone(s)
    assert grid.lost == 0
