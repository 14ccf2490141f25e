"""The uniform grid of stamped streams and tables: losses, repeats, reboots, jumps, long holes, links lost."""

import numpy as np
import pytest
from wire import MICROSECONDS, S, Slots, feed, slots, wire

from monitor.timing.grid import Grid


def check_promises(s: Slots) -> None:
    """What every grid promises: slots and times only grow, and nothing is known before it arrived."""
    assert (np.diff(s.index) > 0).all()
    assert (np.diff(s.t_ns) >= 0).all()
    assert (np.diff(s.arrival_ns) >= 0).all()
    assert np.isnan(s.number[~s.real]).all()
    assert np.isfinite(s.number[s.real]).all()


def times_off_s(s: Slots, rate_hz: float) -> np.ndarray:
    """How far (s) each real slot's time lies from when its sample was measured."""
    return s.t_ns[s.real] / S - s.number[s.real] / rate_hz


@pytest.mark.parametrize("rate_hz", [10, 25, 52, 100, 200, 400, 1000])
def test_a_clean_stream_gives_consecutive_slots_and_true_times(rate_hz):
    w = wire(30, rate_hz, ppm=50, seed=rate_hz)
    grid = Grid(rate_hz, MICROSECONDS)
    s = slots(feed(grid, w))
    check_promises(s)
    assert s.real.all()
    assert np.array_equal(s.index, np.arange(len(w.number)))
    assert np.array_equal(s.number, w.number)
    off = times_off_s(s, rate_hz)
    assert np.abs(off[s.number > 12 * rate_hz]).max() < 0.02
    assert np.abs(off).max() < 0.15
    assert grid.rate_hz == pytest.approx(rate_hz, rel=1e-3)
    assert (grid.samples, grid.lost) == (len(w.number), 0)


@pytest.mark.parametrize("ppm", [-200, 200])
def test_an_hour_of_drift_is_followed(ppm):
    w = wire(1800, 25, ppm=ppm)
    s = slots(feed(Grid(25, MICROSECONDS), w, cuts=[]))
    off = times_off_s(s, 25)[25 * 60 :]
    assert np.abs(off).max() < 0.02


def test_lost_notifications_are_empty_slots_in_the_right_place():
    w = wire(30, 52)
    lost = np.isin(w.number // 4, [100, 101, 102, 200, 333])
    grid = Grid(52, MICROSECONDS)
    s = slots(feed(grid, w.pick(~lost)))
    check_promises(s)
    assert np.array_equal(s.index, w.number)
    assert np.array_equal(s.real, ~lost)
    assert np.array_equal(s.number[s.real], s.index[s.real])
    assert grid.lost == lost.sum()
    assert np.abs(s.t_ns / S - s.index / 52).max() < 0.15
    empty = np.flatnonzero(~s.real)
    assert np.abs(np.diff(s.t_ns)[empty - 1] / S - 1 / 52).max() < 0.005


def test_repeated_and_overtaken_notifications_are_dropped():
    w = wire(20, 50)
    order = np.arange(len(w.number)).reshape(-1, 4)
    order = np.insert(order, 101, order[100], axis=0)  # sent twice
    order[[200, 201]] = order[[201, 200]]  # the second overtook the first
    arrival = np.repeat(np.arange(len(order)) * 80_000_000 + 100_000_000, 4)
    rows = order.ravel()
    jumbled = w.pick(rows)
    jumbled = type(w)(jumbled.number, jumbled.true_ns, arrival, jumbled.tick)
    s = slots(feed(Grid(50, MICROSECONDS), jumbled))
    check_promises(s)
    assert len(np.unique(s.number[s.real])) == s.real.sum()
    assert np.array_equal(s.number[s.real], s.index[s.real])
    assert (~s.real).sum() == 4  # the overtaken four come too late for a causal grid


def test_a_sensor_that_reboots_goes_on_with_a_hole_of_the_right_length():
    """Its clock starts at zero again; the run's clock tells how long it was away."""
    before = wire(30, 50)
    after = wire(30, 50, first=1600, boot_s=-1600 / 50, seed=1)  # samples 1500..1599 never measured: 2 s
    s = slots(feed(Grid(50, MICROSECONDS), before + after))
    check_promises(s)
    moved = s.index[s.real] - s.number[s.real]
    assert (moved[s.number[s.real] < 1500] == 0).all()
    assert np.ptp(moved[s.number[s.real] >= 1600]) == 0
    assert abs(moved[-1]) <= 8  # 0.16 s: what one notification's delay can hide
    off = times_off_s(s, 50)
    assert np.abs(off[s.number[s.real] > 1600 + 50 * 12]).max() < 0.02


def test_a_reboot_right_away_leaves_no_hole():
    before = wire(30, 50)
    after = wire(30, 50, first=1500, boot_s=-30.0, seed=1)
    s = slots(feed(Grid(50, MICROSECONDS), before + after))
    check_promises(s)
    assert s.real.mean() > 0.99
    assert s.restarts == [0]


def test_a_device_clock_that_jumps_forward_is_no_hole():
    """Someone set the earable's clock: stamps leap by an hour, arrivals do not."""
    before = wire(30, 50)
    after = wire(30, 50, first=1500, boot_s=6600.0, seed=1)
    s = slots(feed(Grid(50, MICROSECONDS), before + after))
    check_promises(s)
    assert (~s.real).sum() <= 8
    assert s.index[-1] <= 3000 + 8
    assert np.abs(times_off_s(s, 50)[50 * 45 :]).max() < 0.02


def test_a_jump_back_and_then_forward_are_both_seen():
    """After a reboot the least delay must be learned anew, or a later leap would pass for a loss."""
    parts = wire(20, 50) + wire(20, 50, first=1000, boot_s=-20.0, seed=1) + wire(20, 50, first=2000, boot_s=500, seed=2)
    for cuts in (None, []):
        s = slots(feed(Grid(50, MICROSECONDS), parts, cuts=cuts))
        check_promises(s)
        assert s.index[-1] <= 3000 + 16
        assert (~s.real).sum() <= 16


def test_a_long_hole_starts_a_new_stretch_and_a_short_one_does_not():
    w = wire(40, 50)
    for lost_s, restarts in ((1.9, 1), (2.2, 2), (10.0, 2)):
        keep = (w.number < 1000) | (w.number >= 1000 + lost_s * 50)
        s = slots(feed(Grid(50, MICROSECONDS), w.pick(keep)))
        check_promises(s)
        assert len(s.restarts) == restarts
        assert np.array_equal(s.index[s.real], s.number[s.real])
        if restarts == 2:
            assert s.real.all()
            assert s.restarts[1] == 1000 + lost_s * 50


def test_a_nominal_rate_ten_percent_off_is_corrected_by_the_stamps():
    w = wire(30, 55)
    grid = Grid(50, MICROSECONDS)
    s = slots(feed(grid, w))
    check_promises(s)
    assert s.real.all()
    assert np.array_equal(s.index, s.number)
    assert grid.rate_hz == pytest.approx(55, rel=1e-3)


@pytest.mark.parametrize("true_hz", [48.0, 49.5, 50.5, 52.0])
def test_a_rate_a_little_off_neither_invents_nor_swallows_slots(true_hz):
    w = wire(120, true_hz)
    s = slots(feed(Grid(50, MICROSECONDS), w, cuts=[]))
    check_promises(s)
    assert s.real.all()
    assert np.array_equal(s.index, s.number)


def test_after_a_lost_link_the_stamps_may_begin_anywhere():
    before, after = wire(20, 50), wire(20, 50, first=1250, boot_s=77.0, seed=1)
    grid = Grid(50, MICROSECONDS)
    blocks = feed(grid, before)
    grid.relink()
    s = slots(blocks + feed(grid, after))
    check_promises(s)
    assert len(s.restarts) == 2
    moved = s.index[s.real] - s.number[s.real]
    assert abs(moved[-1]) <= 8
    assert np.abs(times_off_s(s, 50)[-300:]).max() < 0.02


def test_a_link_that_comes_back_at_once_is_bridged():
    before, after = wire(20, 50), wire(20, 50, first=1050, seed=1)
    grid = Grid(50, MICROSECONDS)
    blocks = feed(grid, before)
    grid.relink()
    s = slots(blocks + feed(grid, after))
    check_promises(s)
    assert s.restarts == [0]
    assert 50 - 8 <= (~s.real).sum() <= 50 + 8


def test_an_imported_table_keeps_its_own_times_exactly():
    w = wire(20, 100, boot_s=0.0)
    w = type(w)(w.number, w.true_ns, w.arrival_ns, w.true_ns)
    clock = type(MICROSECONDS)(tick_ns=1, wrap_bits=0)
    grid = Grid(100, clock, exact=True)
    keep = ~((w.number > 500) & (w.number < 520))
    s = slots(feed(grid, w.pick(keep), cuts=[]))
    check_promises(s)
    assert np.array_equal(s.t_ns[s.real], w.true_ns[keep])
    assert np.array_equal(s.index[s.real], s.number[s.real])
    assert grid.rate_hz == pytest.approx(100)


def test_an_imported_table_of_any_rate_needs_no_nominal_one():
    for true_hz in (33.3, 128.0, 285.714):
        w = wire(20, true_hz, boot_s=0.0)
        w = type(w)(w.number, w.true_ns, w.arrival_ns, w.true_ns)
        grid = Grid(100, type(MICROSECONDS)(tick_ns=1, wrap_bits=0), exact=True)
        s = slots(feed(grid, w, cuts=[]))
        assert s.real.all()
        assert grid.rate_hz == pytest.approx(true_hz, rel=1e-3)


def test_fewer_samples_than_the_warm_up_give_nothing_yet():
    w = wire(0.4, 50)
    assert feed(Grid(50, MICROSECONDS), w) == []


def test_a_family_that_promises_stamps_must_bring_them():
    with pytest.raises(ValueError, match="promises time stamps"):
        Grid(50, MICROSECONDS).push(wire(1, 50).samples(stamped=False))
