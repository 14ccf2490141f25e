"""The stride's phase follows the bounce without delay, and is not claimed where there is none."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.posture.phase import StridePhase
from monitor.simulator.runner import simulate
from monitor.simulator.scenario import ActivitySpan, Scenario
from monitor.simulator.sensor_model import SensorModel
from monitor.values import STANDARD_GRAVITY, Activity

SETTLED_S = 2.0


def bounce(step_hz, period_s, height=0.8):
    """Steps done (n,), and the magnitude (n,) of an acceleration whose steps come at step_hz (n,)."""
    steps = np.cumsum(step_hz) * period_s
    return steps, STANDARD_GRAVITY * (1 + height * np.cos(2 * np.pi * steps))


def off(phase, steps):
    """How far (n,) the phase is from the truth, in steps of -0.5..0.5: the foot is not told."""
    error = 2 * phase - steps
    return error - np.rint(error)


def follow(magnitude, stride_slots, period_s=0.01, moving=True):
    n = len(magnitude)
    return StridePhase(period_s).push(magnitude, np.full(n, stride_slots, float), np.full(n, moving))


@pytest.mark.parametrize("rate_hz", [25.0, 52.0, 100.0, 200.0])
def test_steady_running(rate_hz):
    steps, magnitude = bounce(np.full(round(20 * rate_hz), 2.8), 1 / rate_hz)
    phase = follow(magnitude, 2 / 2.8 * rate_hz, 1 / rate_hz)
    late = slice(round(SETTLED_S * rate_hz), None)
    assert np.abs(off(phase, steps)[late]).max() < 0.01
    advance = np.diff(phase[late])
    assert np.abs(advance - np.rint(advance) - 1.4 / rate_hz).max() < 0.005


@pytest.mark.parametrize("believed", [0.96, 1.04])
def test_a_wrong_rate_of_the_tracker_is_made_up_for(believed):
    steps, magnitude = bounce(np.full(2000, 2.8), 0.01)
    phase = follow(magnitude, 200 / 2.8 / believed)
    assert np.abs(off(phase, steps)[round(SETTLED_S * 100) :]).max() < 0.05


def test_ten_percent_more_steps_are_followed_while_the_tracker_still_believes_the_old_rate():
    steps, magnitude = bounce(np.where(np.arange(3000) < 1500, 2.7, 2.97), 0.01)
    error = np.abs(off(follow(magnitude, 200 / 2.7), steps))
    assert error[300:1500].max() < 0.01
    assert error[1500:1700].max() < 0.25
    assert error[1700:].max() < 0.08


def test_uneven_steps():
    """Cadence wanders by 4 %, single steps differ by 20 %: as on the simulated trail."""
    rng = np.random.default_rng(3)
    t = np.arange(0, 60, 0.01)
    cadence = 2.75 * (1 + 0.04 * np.sqrt(2) * np.sin(2 * np.pi * 0.12 * t))
    steps, _ = bounce(cadence, 0.01)
    height = 0.8 * (1 + 0.2 * rng.standard_normal(400).clip(-2.5, 2.5))[np.floor(steps).astype(int)]
    magnitude = STANDARD_GRAVITY * (1 + height * np.cos(2 * np.pi * steps)) + 0.3 * rng.standard_normal(len(t))
    error = off(follow(magnitude, 200 / 2.75), steps)[300:]
    print(f"uneven steps: phase error sd {error.std():.3f} steps")
    assert error.std() < 0.04


def test_strides_are_counted_as_the_simulator_takes_them():
    scenario = Scenario(duration_s=60, activities=(ActivitySpan(0, 60, Activity.RUN, 170),), trail=True, seed=4)
    motion = simulate(scenario, SensorModel(rate_hz=52.0))
    phase = follow(np.linalg.norm(motion.acc, axis=1), 52 * 120 / 170, 1 / 52)
    assert np.isfinite(phase[104:]).all()
    advance = np.diff(phase[104:])
    strides = (advance - np.rint(advance)).sum()
    assert strides == pytest.approx(motion.cadence_spm[104:-1].sum() / 52 / 120, abs=0.15)


def test_nothing_is_claimed_before_a_stride_without_moving_or_without_a_bounce():
    _, magnitude = bounce(np.full(500, 2.8), 0.01)
    assert np.isnan(follow(magnitude, 71.4)[:64]).all()
    assert np.isnan(follow(magnitude, 71.4, moving=False)).all()
    assert np.isnan(follow(np.full(500, 9.8), 71.4)).all()


def test_a_stop_is_noticed_before_the_gait_tracker_does():
    _, magnitude = bounce(np.full(1000, 2.8), 0.01)
    phase = follow(np.concatenate((magnitude, np.full(300, 9.8))), 71.4)
    assert np.isfinite(phase[200:1000]).all()
    assert np.isnan(phase[1050:]).all()


def test_lost_samples_do_not_poison_it():
    steps, magnitude = bounce(np.full(2000, 2.8), 0.01)
    magnitude[700:705] = np.nan
    magnitude[900] = np.inf
    assert np.abs(off(follow(magnitude, 71.4), steps)[1100:]).max() < 0.01


def test_after_a_restart_nothing_is_left():
    _, magnitude = bounce(np.full(1003, 2.8), 0.01)
    strides, moving = np.full(1003, 71.4), np.ones(1003, bool)
    follower = StridePhase(0.01)
    follower.push(magnitude, strides, moving)
    follower.restart()
    again = follower.push(magnitude, strides, moving)
    assert again.tobytes() == StridePhase(0.01).push(magnitude, strides, moving).tobytes()


@pytest.mark.parametrize("rate_hz", [5.0, 12.5, 33.3, 1000.0])
def test_odd_rates_work(rate_hz):
    n = round(12 * rate_hz)
    steps, magnitude = bounce(np.full(n, 1.9), 1 / rate_hz)
    phase = follow(magnitude, 2 / 1.9 * rate_hz, 1 / rate_hz)
    assert np.isfinite(phase[n // 2 :]).all()
    assert ((phase[n // 2 :] >= 0) & (phase[n // 2 :] < 1)).all()
    if rate_hz > 10:
        assert np.abs(off(phase, steps)[n // 2 :]).max() < 0.05


def inputs(seed, n, period_s):
    rng = np.random.default_rng(seed)
    _, magnitude = bounce(np.repeat(rng.uniform(1.5, 3.2, n // 100), 100), period_s)
    magnitude += rng.standard_normal(n) + np.where(rng.random(n) < 0.001, np.nan, 0.0)
    strides = np.repeat(rng.uniform(0.6, 1.1, n // 50), 50) / period_s
    return magnitude, strides, np.repeat(rng.random(n // 100) < 0.8, 100)


def cut(push, columns, edges):
    return np.concatenate([push(*(c[a:b] for c in columns)) for a, b in pairwise(edges)])


@settings(deadline=None, max_examples=60)
@given(
    cuts=st.lists(st.integers(0, 1200), max_size=12),
    rate_hz=st.sampled_from([25.0, 52.0, 100.0, 1000.0]),
    seed=st.integers(0, 9),
)
def test_any_blocks_give_the_same_bits(cuts, rate_hz, seed):
    columns = inputs(seed, 1200, 1 / rate_hz)
    whole = StridePhase(1 / rate_hz).push(*columns)
    parts = cut(StridePhase(1 / rate_hz).push, columns, [0, *sorted(cuts), 1200])
    assert whole.tobytes() == parts.tobytes()


@pytest.mark.parametrize("step", [1, 7, 8191])
def test_blocks_of_one_size_give_the_same_bits(step):
    n = 20_000 if step > 100 else 2000
    columns = inputs(1, n, 0.01)
    parts = cut(StridePhase(0.01).push, columns, [*range(0, n, step), n])
    assert StridePhase(0.01).push(*columns).tobytes() == parts.tobytes()
