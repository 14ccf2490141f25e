"""The line under the arrivals: bursts, stalls, drift, and a real packet log."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.timing.clockfit import ClockFit, measure_rate_hz

S = 10**9


def fit_all(device_ns, arrival_ns, **kw):
    fit = ClockFit(**{"max_skew": 1e-3, "min_span_ns": 10 * S, **kw})
    line = None
    for x, y in zip(device_ns, arrival_ns, strict=True):
        line = fit.add(int(x), int(y))
    return fit, line


def bursty(rng, seconds, step_s=0.04, skew_ppm=0.0, offset_s=5.0):
    """Device times and arrivals with exponential delays that never overtake, and the true run-clock times, ns."""
    x = np.arange(0, seconds, step_s)
    true = offset_s + x * (1 + skew_ppm * 1e-6)
    arrival = np.maximum.accumulate(true + 0.005 + rng.exponential(0.05, len(x)))
    return np.rint(x * S), np.rint(arrival * S), true * S


@pytest.mark.parametrize("ppm", [-200, -20, 0, 20, 200])
def test_drift_is_measured_under_bursty_delays(ppm):
    x, arrival, true = bursty(np.random.default_rng(1), 120, skew_ppm=ppm)
    _, line = fit_all(x, arrival)
    assert (line.rate - 1) * 1e6 == pytest.approx(ppm, abs=60)
    assert abs(line.at(x[-1]) - true[-1]) < 0.012 * S


def test_a_three_second_stall_moves_nothing():
    x, arrival, true = bursty(np.random.default_rng(2), 90)
    stalled = arrival.copy()
    held = (true > 50 * S) & (true < 53 * S)
    stalled[held] = 53 * S
    stalled = np.maximum.accumulate(stalled)
    _, without = fit_all(x, arrival)
    _, line = fit_all(x, stalled)
    assert abs(line.at(x[-1]) - without.at(x[-1])) < 0.003 * S


def test_a_stall_at_the_very_start_is_forgotten():
    """The first packets of a link come late; once better ones are in, the line is right."""
    x, arrival, true = bursty(np.random.default_rng(3), 60)
    arrival = np.maximum(arrival, arrival[0] + 2 * S)
    arrival[x > 2 * S] = bursty(np.random.default_rng(3), 60)[1][x > 2 * S]
    arrival = np.maximum.accumulate(arrival)
    _, line = fit_all(x, arrival)
    assert abs(line.at(x[-1]) - true[-1]) < 0.015 * S


def test_before_the_span_is_reached_the_slope_is_the_one_last_known():
    fit, line = fit_all([0, 1 * S, 2 * S], [0, 1.5 * S, 2.2 * S])
    assert line.rate == 1.0
    assert not fit.settled


def test_after_a_restart_the_rate_stays_and_the_offset_is_new():
    x, arrival, _ = bursty(np.random.default_rng(4), 60, skew_ppm=150)
    fit, before = fit_all(x, arrival)
    fit.restart()
    line = fit.add(0, 1000 * S)
    assert line.rate == before.rate
    assert line.at(0) == pytest.approx(1000 * S, abs=1)


def test_the_slope_follows_a_crystal_that_warms_up():
    """Drift of -100 ppm for 20 minutes, then +100 ppm: with a ten-minute window the slope turns with it."""
    x = np.arange(0, 2400, 1.0)
    true = np.cumsum(np.where(x < 1200, 1 - 1e-4, 1 + 1e-4))
    rng = np.random.default_rng(5)
    _, line = fit_all(x * S, np.rint((true + rng.exponential(0.03, len(x))) * S))
    assert (line.rate - 1) * 1e6 == pytest.approx(100, abs=30)


def test_the_memory_of_the_fit_stays_small():
    x, arrival, _ = bursty(np.random.default_rng(6), 4000, step_s=1.0)
    fit, _ = fit_all(x, arrival)
    assert len(fit._hull) < 200


def test_a_skew_beyond_belief_is_clipped_but_the_line_stays_under_the_points():
    x = np.arange(0, 60, 0.5) * S
    _, line = fit_all(x, x * 1.01)
    assert line.rate == 1.001
    assert all(line.at(a) <= a * 1.01 + 1 for a in x)


@settings(deadline=None, max_examples=200)
@given(
    steps=st.lists(st.integers(1, 5 * S), min_size=1, max_size=50),
    delays=st.lists(st.integers(0, 3 * S), min_size=50, max_size=50),
    ppm=st.integers(-200, 200),
)
def test_no_sample_is_ever_put_later_than_it_arrived(steps, delays, ppm):
    x = np.cumsum(np.array(steps, np.int64))
    arrival = [round(a * (1 + ppm * 1e-6)) + d for a, d in zip(x.tolist(), delays, strict=False)]
    fit = ClockFit(max_skew=1e-3, min_span_ns=10 * S)
    for i, (a, b) in enumerate(zip(x.tolist(), arrival, strict=True)):
        line = fit.add(a, b)
        for a0, b0 in zip(x[: i + 1].tolist(), arrival, strict=False):
            assert line.at(a0) <= b0 + 1


@settings(deadline=None, max_examples=40)
@given(nominal=st.floats(20, 110), wrong=st.floats(-0.1, 0.1), seed=st.integers(0, 1000))
def test_a_counted_rate_is_measured_though_the_nominal_one_is_ten_percent_off(nominal, wrong, seed):
    true_hz = nominal * (1 + wrong)
    rng = np.random.default_rng(seed)
    index = np.arange(3, round(60 * true_hz), 4)
    arrival = np.maximum.accumulate(index / true_hz + rng.exponential(0.03, len(index)))
    measured = measure_rate_hz(index.tolist(), np.rint(arrival * S).astype(np.int64).tolist(), nominal)
    assert measured == pytest.approx(true_hz, rel=0.002)


@pytest.mark.parametrize("nominal", [45.5, 50.0, 54.0])
def test_the_real_packet_log_runs_at_49_and_a_half(shared_data, nominal):
    """1069 real notifications of an earable; its maker says 50 Hz, its crystal 49.5."""
    log = np.load(shared_data / "head_imu" / "ble_bmi270_packets.npz")
    last = np.flatnonzero(np.diff(log["packet"], append=log["packet"][-1] + 1))
    arrival = np.rint(log["t_rx_s"][last] * S).astype(np.int64)
    measured = measure_rate_hz(last.tolist(), arrival.tolist(), nominal)
    print(f"real BMI270 log: {measured:.3f} Hz measured from nominal {nominal}")
    assert measured == pytest.approx(49.5, rel=0.002)
