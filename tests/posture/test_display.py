"""The shown angle: the gait's nod is gone, a movement of the head is there at once, and chance is left alone."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.posture.display import CHUNK, DisplayAngle
from tests.accuracy import display_lag
from tests.evaluation.stitched import REAL_SITES

STRIDE_HZ = 1.4


def gait(n, rate_hz=100.0):
    """Phase (n,) and stride lengths (n,) of an even run."""
    phase = np.arange(n) * STRIDE_HZ / rate_hz
    return phase - np.floor(phase), np.full(n, rate_hz / STRIDE_HZ)


def nod(phase):
    """A nod (n,) with all three harmonics, degrees."""
    turn = 2 * np.pi * phase
    return 0.8 * np.sin(turn + 0.5) + 2.5 * np.sin(2 * turn + 1) + 0.6 * np.cos(3 * turn)


@pytest.mark.parametrize("rate_hz", [25.0, 52.0, 100.0, 200.0])
def test_the_nod_is_gone_after_a_few_strides(rate_hz):
    n = round(30 * rate_hz)
    phase, strides = gait(n, rate_hz)
    shown = DisplayAngle(1 / rate_hz).push(12 + nod(phase), phase, strides)
    raw = nod(phase).std()
    assert (shown - 12)[round(3 * rate_hz) :].std() < raw / 4
    assert (shown - 12)[round(12 * rate_hz) :].std() < raw / 10


def test_a_drop_of_the_head_is_shown_in_the_same_slot():
    phase, strides = gait(4000)
    posture = np.where(np.arange(4000) >= 2500, 25.0, 0.0)
    shown = DisplayAngle(0.01).push(posture + nod(phase), phase, strides)
    assert np.abs(shown - posture)[2000:2500].max() < 0.5
    assert np.abs(shown - posture)[2500:].max() < 1.0


@pytest.mark.parametrize(("height_deg", "hz", "part"), [(8, 0.15, 4), (4, 0.3, 4), (8, 0.3, 2)])
def test_a_slow_swing_of_the_head_itself_passes(height_deg, hz, part):
    """It never rests, so little can be learned: still most of the nod is gone."""
    phase, strides = gait(6000)
    posture = height_deg * np.sin(2 * np.pi * hz * np.arange(6000) / 100)
    shown = DisplayAngle(0.01).push(posture + nod(phase), phase, strides)
    assert (shown - posture)[1500:].std() < nod(phase).std() / part


@pytest.mark.parametrize(("down_s", "every_s"), [(0.4, 12.0), (1.0, 4.0), (0.5, 10 / 7), (0.7, 1.5)])
def test_glances_teach_nothing(down_s, every_s):
    """Looking down for a moment again and again, even in step with the stride, is posture and no nod."""
    phase, strides = gait(12_000)
    t = np.arange(12_000) / 100 % every_s
    glances = 20 * np.clip(np.minimum(t / 0.15, (down_s - t) / 0.15 + 1), 0, 1)
    alone = DisplayAngle(0.01).push(glances, phase, strides) - glances
    assert np.abs(alone[2000:]).max() < 0.05
    with_nod = DisplayAngle(0.01).push(glances + nod(phase), phase, strides) - glances
    rests = every_s - down_s > 2.0
    assert with_nod[2000:].std() < nod(phase).std() * (0.25 if rests else 1.02)


def test_without_rhythm_the_angle_passes_untouched():
    phase, strides = gait(1500)
    angle = 5 + nod(phase)
    phase[900:] = np.nan
    shown = DisplayAngle(0.01).push(angle, phase, strides)
    assert shown[900:].tobytes() == angle[900:].tobytes()
    assert DisplayAngle(0.01).push(angle, np.full(1500, np.nan), strides).tobytes() == angle.tobytes()


def test_what_does_not_repeat_is_left_alone():
    """Band noise as strong as a nod, without any relation to the stride: a canceller must not make it worse."""
    phase, strides = gait(60_000)
    rng = np.random.default_rng(5)
    noise = np.convolve(rng.standard_normal(60_000), np.hanning(40), "same")
    noise *= 1.5 / noise.std()
    shown = DisplayAngle(0.01).push(noise, phase, strides)
    print(f"chance alone: sd {noise.std():.2f} deg, shown {shown.std():.2f} deg")
    assert shown.std() < 1.02 * noise.std()


def test_the_other_foot_first_after_a_pause_does_no_harm():
    """After a stop the phase may start on the other foot: what was learned for the first must not be subtracted."""
    phase, strides = gait(5000)
    sway = 2 * np.sin(2 * np.pi * phase)
    believed = np.where(np.arange(5000) < 2500, phase, (phase + 0.5) % 1)
    believed[2300:2500] = np.nan
    shown = DisplayAngle(0.01).push(sway, believed, strides)
    assert np.abs(shown[2000:2300]).max() < 0.2
    assert np.abs(shown[2500:]).max() < 2.5  # as it is, until it is learned anew
    assert np.abs(shown[3500:]).max() < 0.3


def test_not_calibrated_is_not_shown():
    phase, strides = gait(500)
    display = DisplayAngle(0.01)
    assert np.isnan(display.push(np.full(500, np.nan), phase, strides)).all()
    assert len(display.push(np.empty(0), np.empty(0), np.empty(0))) == 0
    angle = nod(phase)
    assert display.push(angle, phase, strides).tobytes() == DisplayAngle(0.01).push(angle, phase, strides).tobytes()


def test_a_hole_in_the_angle_is_a_restart():
    phase, strides = gait(3000)
    angle = 3 + nod(phase)
    angle[1000:1005] = np.nan
    display = DisplayAngle(0.01)
    shown = display.push(angle, phase, strides)
    assert np.isnan(shown[1000:1005]).all()
    display.restart()
    assert shown[1005:].tobytes() == display.push(angle[1005:], phase[1005:], strides[1005:]).tobytes()


@pytest.mark.parametrize("rate_hz", [2.0, 5.0, 12.5, 33.3, 1000.0])
def test_odd_rates_work(rate_hz):
    n = round(20 * rate_hz)
    phase, strides = gait(n, rate_hz)
    assert np.isfinite(DisplayAngle(1 / rate_hz).push(5 + nod(phase), phase, strides)).all()


def inputs(seed, n, rate_hz):
    rng = np.random.default_rng(seed)
    strides = np.repeat(rng.uniform(0.6, 1.6, n // 50), 50) * rate_hz
    phase = np.cumsum(1 / strides) % 1
    phase[np.repeat(rng.random(n // 50) < 0.1, 50)] = np.nan
    angle = np.repeat(rng.uniform(0, 30, n // 100), 100) + nod(np.arange(n) * STRIDE_HZ / rate_hz)
    angle[np.repeat(rng.random(n // 50) < 0.04, 50)] = np.nan
    return angle, phase, strides


def cut(push, columns, edges):
    return np.concatenate([push(*(c[a:b] for c in columns)) for a, b in pairwise(edges)])


@settings(deadline=None, max_examples=60)
@given(
    cuts=st.lists(st.integers(0, 1500), max_size=12),
    rate_hz=st.sampled_from([25.0, 52.0, 100.0, 500.0]),
    seed=st.integers(0, 9),
)
def test_any_blocks_give_the_same_bits(cuts, rate_hz, seed):
    columns = inputs(seed, 1500, rate_hz)
    parts = cut(DisplayAngle(1 / rate_hz).push, columns, [0, *sorted(cuts), 1500])
    assert DisplayAngle(1 / rate_hz).push(*columns).tobytes() == parts.tobytes()


@pytest.mark.parametrize(("step", "n"), [(1, 1500), (7, 3000), (CHUNK - 1, 3 * CHUNK)])
def test_blocks_of_one_size_give_the_same_bits(step, n):
    phase, strides = gait(n)
    columns = (5 + nod(phase) + np.random.default_rng(0).standard_normal(n), phase, strides)
    parts = cut(DisplayAngle(0.01).push, columns, [*range(0, n, step), n])
    assert DisplayAngle(0.01).push(*columns).tobytes() == parts.tobytes()


# ---------------------------------------------------------------- SIMULATED runs through the whole chain


@pytest.mark.parametrize(("source", "attenuated"), [("treadmill", 10), ("trail", 6)])
def test_simulated_runs(source, attenuated):
    """`python -m tests.accuracy.display_lag` prints these and more."""
    run = display_lag.signals(source, 52.0)
    raw, mean, shown = (
        display_lag.figures(run, values, modelled=True) for values in (run.raw_deg, run.mean_deg, run.shown_deg)
    )
    assert abs(shown.best_lag_s) <= 0.05
    assert shown.bounce_deg <= raw.bounce_deg / attenuated
    assert shown.sd_deg <= 0.6 * raw.sd_deg
    assert shown.sd_deg <= 0.35 * mean.sd_deg
    assert shown.sd_deg <= 0.7 * mean.best_sd_deg  # even with the mean's lag taken out
    assert shown.settled_s <= 0.2 < mean.settled_s
    assert shown.calm_s <= 1.5
    assert shown.stop_deg <= raw.stop_deg + 0.5


@pytest.mark.slow
@pytest.mark.parametrize("source", [site for site, (segment, _) in REAL_SITES.items() if segment == "head"])
@pytest.mark.parametrize("rate_hz", display_lag.RATES_HZ)
def test_real_motion_is_not_made_worse(shared_data, source, rate_hz):
    """Joined clips of several runners hold hardly any nod that repeats: nothing to gain, and nothing may be lost."""
    run = display_lag.signals(source, rate_hz)
    raw, mean, shown = (
        display_lag.figures(run, values, modelled=False) for values in (run.raw_deg, run.mean_deg, run.shown_deg)
    )
    assert abs(shown.best_lag_s) <= 0.05
    assert shown.sd_deg <= 1.05 * raw.sd_deg
    assert shown.sd_deg <= 0.5 * mean.sd_deg
