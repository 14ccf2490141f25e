"""Activity and cadence on real walks, real-motion runs and the simulated runner, and what must not be running."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.posture.gait import GaitTracker
from monitor.posture.stride import DEFAULT_STRIDE_S
from monitor.simulator.runner import simulate
from monitor.simulator.scenario import ActivitySpan, HeadEvent, LeanSpan, Scenario
from monitor.simulator.sensor_model import SensorModel
from monitor.values import STANDARD_GRAVITY, Activity

FULL_WINDOW_S = 5.0
"""A window and the hold."""


def part(activity, kind):
    return float(np.mean(activity == kind))


# ---------------------------------------------------------------- real walking, real-motion running


@pytest.mark.parametrize(
    ("walk", "low_hz", "high_hz"), [("slow", 1.57, 1.59), ("normal", 1.81, 1.81), ("fast", 2.06, 2.09)]
)
@pytest.mark.parametrize("ear", ["left", "right"])
def test_real_ear_walks_have_the_known_step_rate_and_never_run(shared_data, walk, low_hz, high_hz, ear):
    data = np.load(shared_data / "head_imu" / f"ear_{walk}_{ear}.npz")
    gait = GaitTracker(1 / 200).push(data["acc"].astype(float))
    walking = data["label"] == 1
    rate = float(np.nanmedian(gait.cadence_spm[walking])) / 60
    print(f"REAL {walk} walk, {ear} ear: {rate:.3f} steps/s (known {low_hz}-{high_hz})")
    assert low_hz * 0.97 <= rate <= high_hz * 1.03
    assert not (gait.activity == Activity.RUN).any()
    # Each bout lasts 13-22 s and a turn in its middle; the rest, once the window is inside, is a walk.
    edges = np.flatnonzero(np.diff(walking.astype(int), prepend=0, append=0))
    inside = np.zeros(len(walking), bool)
    for a, b in zip(edges[::2], edges[1::2], strict=True):
        inside[a + round(FULL_WINDOW_S * 200) + 200 : b - 300] = True
    assert part(gait.activity[inside], Activity.WALK) > 0.8


@pytest.mark.parametrize("walk", ["slow", "normal", "fast"])
@pytest.mark.parametrize("ear", ["left", "right"])
def test_real_ear_walks_bout_by_bout_agree_with_their_own_spectrum(shared_data, walk, ear):
    """Each bout has its own pace: the spectral peak of the whole bout is an independent measure of it."""
    data = np.load(shared_data / "head_imu" / f"ear_{walk}_{ear}.npz")
    acc = data["acc"].astype(float)
    spm = GaitTracker(1 / 200).push(acc).cadence_spm
    walking = data["label"] == 1
    edges = np.flatnonzero(np.diff(walking.astype(int), prepend=0, append=0))
    off = []
    for a, b in zip(edges[::2], edges[1::2], strict=True):
        inside = slice(a + 800, b - 100)  # a window is 4 s long
        force = np.linalg.norm(acc[a + 200 : b - 100], axis=1)
        size = 32 * len(force)
        power = np.abs(np.fft.rfft((force - force.mean()) * np.hanning(len(force)), size))
        hz = np.fft.rfftfreq(size, 1 / 200)
        near = (hz > 1.4) & (hz < 2.5)
        off.append(np.nanmedian(spm[inside]) / 60 / hz[near][np.argmax(power[near])] - 1)
    print(f"REAL {walk} walk, {ear} ear: cadence against the bout's spectrum {100 * np.round(off, 3)} %")
    assert len(off) == 6
    assert abs(np.mean(off)) < 0.02
    assert np.max(np.abs(off)) < 0.05  # within a bout the pace changes, and there is a turn


@pytest.mark.parametrize("site", ["head_back", "ear_r", "forehead", "collar_c7", "sternum", "clav_r"])
def test_real_motion_runs_are_running_nearly_all_the_time(shared_data, site):
    for name in ("run_60s", "run_headdown_180s", "run_shrug_180s", "run_headdown_shrug_240s"):
        data = np.load(shared_data / "motion" / f"{name}.npz")
        gait = GaitTracker(0.01).push(data[f"acc_{site}"].astype(float))
        assert part(gait.activity[500:], Activity.RUN) > 0.98, name
    print(f"REAL MOTION {site}: mean cadence {np.nanmean(gait.cadence_spm[500:]):.1f} spm")


@pytest.mark.parametrize("site", ["head_back", "ear_r", "forehead", "collar_c7", "sternum", "clav_r", "clav_l"])
def test_real_motion_walks_are_never_running(shared_data, site):
    data = np.load(shared_data / "motion" / "walk_60s.npz")
    assert not (GaitTracker(0.01).push(data[f"acc_{site}"].astype(float)).activity == Activity.RUN).any()


@pytest.mark.parametrize("site", ["head", "upper_back"])
def test_real_standing_moving_and_walking(shared_data, site):
    """Two real sensors: 0-40 s standing with poses, 40-57 s movements, 57-100 s walking at 2.0 steps/s."""
    data = np.load(shared_data / "head_imu" / "head_upper_back_100hz.npz")
    gait = GaitTracker(0.01).push(data[f"acc_{site}"].astype(float))
    assert not (gait.activity == Activity.RUN).any()
    assert part(gait.activity[500:4000], Activity.WALK) == 0
    assert part(gait.activity[6300:], Activity.WALK) > 0.97
    assert np.nanmedian(gait.cadence_spm[6300:]) / 60 == pytest.approx(2.0, rel=0.03)


# ---------------------------------------------------------------- the simulated runner


def simulated(activity, spm, rate_hz=100.0, seconds=40.0, *, trail=False, seed=1, **sensor):
    scenario = Scenario(
        duration_s=seconds, activities=(ActivitySpan(0, seconds, activity, spm),), trail=trail, seed=seed
    )
    return simulate(scenario, SensorModel(rate_hz=rate_hz, seed=seed, **sensor))


@pytest.mark.parametrize("rate_hz", [25.0, 52.0, 100.0, 200.0])
def test_cadence_of_simulated_runs(rate_hz):
    errors, wrong = [], 0
    for spm in (144, 156, 168, 180, 192, 204):
        motion = simulated(Activity.RUN, spm, rate_hz, seed=spm)
        gait = GaitTracker(1 / rate_hz).push(motion.acc)
        late = slice(round(FULL_WINDOW_S * rate_hz), None)
        errors.append(np.abs(gait.cadence_spm[late] - spm))
        assert part(gait.activity[late], Activity.RUN) == 1.0, spm
        assert gait.stride_slots[-1] == pytest.approx(120 / spm * rate_hz, rel=0.01)
    errors = np.concatenate(errors)
    wrong = np.mean(~(errors < 0.05 * 168))
    print(f"SIMULATED runs at {rate_hz:.0f} Hz: cadence MAE {errors.mean():.2f} spm, gross errors {100 * wrong:.1f} %")
    assert errors.mean() <= 1.0
    assert wrong < 0.01


def test_cadence_on_a_simulated_trail():
    errors = []
    for spm in (150, 160, 170, 180):
        motion = simulated(Activity.RUN, spm, 52.0, seconds=90.0, trail=True, seed=spm)
        gait = GaitTracker(1 / 52).push(motion.acc)
        truth = np.convolve(motion.cadence_spm, np.ones(208) / 208)[: len(motion)]
        errors.append(np.abs(gait.cadence_spm - truth)[300:])
        assert part(gait.activity[300:], Activity.RUN) > 0.99
    errors = np.concatenate(errors)
    print(f"SIMULATED trail at 52 Hz: cadence MAE {np.nanmean(errors):.2f} spm")
    assert np.nanmean(errors) <= 1.5  # over a window in which the steps themselves vary by 20 %
    assert np.isnan(errors).mean() < 0.01


@pytest.mark.parametrize("bounce", [0.25, 0.5, 1.0])
@pytest.mark.parametrize("trail", [False, True])
def test_a_soft_runner_runs_too(bounce, trail):
    """A fixed shock level of 0.2 g is blind here; the rhythm is not."""
    motion = simulated(Activity.RUN, 168, 52.0, trail=trail, bounce_scale=bounce)
    gait = GaitTracker(1 / 52).push(motion.acc)
    assert part(gait.activity[260:], Activity.RUN) > 0.98


@pytest.mark.parametrize("spm", [96, 108, 120])
def test_walking_is_walking(spm):
    motion = simulated(Activity.WALK, spm, 52.0)
    gait = GaitTracker(1 / 52).push(motion.acc)
    assert part(gait.activity[260:], Activity.WALK) > 0.98
    assert np.nanmedian(gait.cadence_spm[260:]) == pytest.approx(spm, abs=2)


def test_standing_bending_and_drinking_are_not_running():
    """Standing; bends of 70 deg held 9 s; sips with the head thrown back; nodding at a talking speed."""
    bends = tuple(LeanSpan(t, t + 9, 70.0) for t in (10, 40))
    sips = tuple(HeadEvent(t, t + 2, -25.0) for t in (60, 64, 68))
    nods = tuple(HeadEvent(80 + 0.8 * k, 80.4 + 0.8 * k, 12.0, ramp_s=0.3) for k in range(20))
    scenario = Scenario(duration_s=110, head=sips + nods, leans=bends, seed=2)
    gait = GaitTracker(0.02).push(simulate(scenario, SensorModel(rate_hz=50.0)).acc)
    assert not (gait.activity == Activity.RUN).any()
    assert not (gait.activity == Activity.WALK).any()


def test_handling_the_sensor_is_not_running():
    """Taken off, turned over, put down: large and aperiodic."""
    rng = np.random.default_rng(0)
    steps = np.repeat(rng.standard_normal((60, 3)), 25, axis=0)
    smooth = np.stack([np.convolve(c, np.hanning(40) / 20, "same") for c in steps.T], axis=1)
    gait = GaitTracker(0.02).push(np.array([0, 0, 9.8]) + 4 * smooth)
    assert part(gait.activity, Activity.RUN) < 0.02


def test_a_stop_is_noticed_within_two_seconds_and_a_start_within_five():
    scenario = Scenario(duration_s=60, activities=(ActivitySpan(20, 40, Activity.RUN, 168),), seed=1)
    motion = simulate(scenario, SensorModel(rate_hz=50.0))
    runs = GaitTracker(0.02).push(motion.acc).activity == Activity.RUN
    changes = np.flatnonzero(np.diff(runs.astype(int))) / 50
    assert len(changes) == 2
    assert 20 < changes[0] <= 25
    assert 40 < changes[1] <= 42.5


# ---------------------------------------------------------------- form


def test_before_the_first_window_nothing_is_claimed():
    gait = GaitTracker(0.02).push(np.tile([0, 0, 9.8], (199, 1)))
    assert (gait.activity == Activity.UNKNOWN).all()
    assert np.isnan(gait.cadence_spm).all()
    assert gait.stride_slots[0] == pytest.approx(DEFAULT_STRIDE_S / 0.02)


def test_after_a_restart_the_activity_is_unknown_again():
    motion = simulated(Activity.RUN, 168, 50.0)
    tracker = GaitTracker(0.02)
    tracker.push(motion.acc)
    assert tracker.stride_slots > 0
    tracker.restart()
    assert tracker.stride_slots == 0
    assert (tracker.push(motion.acc[:50]).activity == Activity.UNKNOWN).all()


def test_a_frozen_sensor_is_still_and_has_no_cadence():
    gait = GaitTracker(0.01).push(np.full((2000, 3), 5.0))
    assert gait.activity[-1] == Activity.STILL
    assert np.isnan(gait.cadence_spm).all()


@pytest.mark.parametrize("rate_hz", [5.0, 10.0, 12.5, 33.3, 1000.0, 2000.0])
def test_odd_rates_work(rate_hz):
    t = np.arange(round(12 * rate_hz)) / rate_hz
    acc = np.zeros((len(t), 3))
    acc[:, 2] = STANDARD_GRAVITY * (1 + 0.8 * np.sin(2 * np.pi * 2.0 * t))
    gait = GaitTracker(1 / rate_hz).push(acc)
    assert len(gait.activity) == len(t)
    assert np.isfinite(gait.stride_slots).all()
    if rate_hz > 10:
        assert gait.cadence_spm[-1] == pytest.approx(120, abs=2)


@settings(deadline=None, max_examples=40)
@given(
    cuts=st.lists(st.integers(0, 2600), max_size=15),
    rate_hz=st.sampled_from([25.0, 52.0, 104.0, 200.0]),
    seed=st.integers(0, 5),
)
def test_any_blocks_give_the_same_bits(cuts, rate_hz, seed):
    rng = np.random.default_rng(seed)
    n = 2600
    t = np.arange(n) / rate_hz
    swing = np.where(t < t[-1] / 2, 0.3 * np.sin(2 * np.pi * 1.9 * t), 0.9 * np.sin(2 * np.pi * 2.8 * t))
    acc = np.array([0, 0, 9.8]) + 9.8 * swing[:, None] * [0.2, 0.1, 1] + 0.3 * rng.standard_normal((n, 3))
    whole = GaitTracker(1 / rate_hz).push(acc)
    tracker = GaitTracker(1 / rate_hz)
    parts = [tracker.push(acc[a:b]) for a, b in pairwise([0, *sorted(cuts), n])]
    for name in ("activity", "cadence_spm", "stride_slots"):
        assert getattr(whole, name).tobytes() == np.concatenate([getattr(p, name) for p in parts]).tobytes(), name


def test_any_mounting_gives_the_same_activity_and_cadence():
    motion = simulated(Activity.RUN, 168, 52.0)
    turn = np.linalg.qr(np.random.default_rng(0).standard_normal((3, 3)))[0]
    a, b = GaitTracker(1 / 52).push(motion.acc), GaitTracker(1 / 52).push(motion.acc @ turn.T)
    assert np.array_equal(a.activity, b.activity)
    assert np.allclose(a.cadence_spm, b.cadence_spm, equal_nan=True, atol=1e-6)


def test_the_stride_is_the_middle_one_of_the_last_three_rates():
    """One odd look, as when the head nods, does not change the stride; a new pace does, half a second later."""
    t = np.arange(0, 40, 0.02)
    pace_hz = np.where(t < 15, 2.6, 2.6 + 0.02 * (t - 15))
    magnitude = 9.8 + 8 * np.sin(2 * np.pi * np.cumsum(pace_hz) * 0.02)
    magnitude[(t > 25) & (t < 25.4)] = 9.8
    acc = np.stack((np.zeros(len(t)), np.zeros(len(t)), magnitude), axis=1)
    gait = GaitTracker(0.02).push(acc)
    looks = np.arange(199, len(t), 25)  # a window of 4 s, then every half second
    rates = gait.cadence_spm[looks] / 60
    assert np.isfinite(rates).all()
    strides = gait.stride_slots[looks]
    for k in range(2, len(looks)):
        assert strides[k] == pytest.approx(2 / np.median(rates[k - 2 : k + 1]) / 0.02)
    assert strides[-1] == pytest.approx(2 / 3.1 / 0.02, rel=0.03)
