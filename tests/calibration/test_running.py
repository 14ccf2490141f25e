"""The neutral of easy running, and what the estimators make of it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from calibration.directions import angle_deg, turn, unit
from calibration.fit import fit_head, fit_shoulders, in_running
from calibration.model import Pose
from calibration.pitch import pitch_deg
from calibration.running import RunningStretch, covariance, learn
from monitor.errors import CalibrationError

HZ = 25
angles = st.floats(-180, 180)
mounts = st.tuples(angles, st.floats(-90, 90), angles).map(lambda e: Rotation.from_euler("ZYX", e, degrees=True))


def stretch(seconds=30.0, pitch=0.0, sway=(0.8, 0.4), running=1.0, trusted=1.0, cadence_sd=1.0, mounting=None, seed=0):
    """Stride means swaying by `sway` degrees (pitch, roll), slowly as strides do."""
    rng = np.random.default_rng(seed)
    n = round(seconds * HZ)
    angles = np.repeat(rng.normal(0, 1, (n // 10 + 1, 2)), 10, axis=0)[:n] * sway + [pitch, 0]
    mounting = mounting or Rotation.identity()
    up = (Rotation.from_euler("YX", angles, degrees=True) * mounting).inv().apply([0, 0, 1.0])
    ran, sure = np.ones(n, bool), np.ones(n, bool)
    ran[: n - round(n * running)] = False
    sure[: n - round(n * trusted)] = False
    return RunningStretch(up, sure, ran, 168 + rng.normal(0, cadence_sd, n), 1 / HZ)


@settings(deadline=None, max_examples=30)
@given(mounting=mounts, seed=st.integers(0, 99))
def test_mean_spread_and_covariance_for_any_mounting(mounting, seed):
    found = learn(stretch(mounting=mounting, pitch=4.0, seed=seed))
    truth = (Rotation.from_euler("Y", 4.0, degrees=True) * mounting).inv().apply([0, 0, 1.0])
    assert angle_deg(np.array([found.up]), truth)[0] < 0.5
    assert found.spread_deg == pytest.approx(np.hypot(0.8, 0.4), rel=0.3)
    assert found.cadence_spm == pytest.approx(168, abs=1)
    cov = covariance(found)
    assert np.allclose(cov, cov.T)
    assert np.linalg.eigvalsh(cov)[0] == pytest.approx(0, abs=1e-6), "no part along up"
    assert np.trace(cov) == pytest.approx(found.spread_deg**2)


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (stretch(running=0.7), "was running"),
        (stretch(seconds=12), "only 12 s"),
        (stretch(trusted=0.4), "only 12 s"),
        (stretch(cadence_sd=15), "cadence"),
        (stretch(sway=(3.0, 1.0)), "wandered"),
        (stretch(seconds=0.0), "0 % of it was running"),
        (RunningStretch(np.full((900, 3), np.nan), *[np.ones(900, bool)] * 2, np.full(900, 168.0), 1 / HZ), "steady"),
        (RunningStretch(np.ones((900, 3)), *[np.ones(900, bool)] * 2, np.full(900, np.nan), 1 / HZ), "cadence"),
    ],
)
def test_refusals(bad, says):
    with pytest.raises(CalibrationError) as caught:
        learn(bad)
    assert says in caught.value.reason
    assert "run" in caught.value.remedy.lower()


@settings(deadline=None, max_examples=60)
@given(mounting=mounts, bias=st.floats(-3, 3))
def test_an_accelerometers_running_bias_cancels(mounting, bias):
    """The poses were taken standing; in running the estimate is `bias` off, always alike."""

    def up(pitch, roll=0.0):
        return (Rotation.from_euler("YX", [pitch, roll], degrees=True) * mounting).inv().apply([0, 0, 1.0])

    def pose(name, direction):
        return Pose(name, tuple(float(v) for v in direction), 0.3, 5.0, False)

    head = fit_head(pose("neutral", up(0)), [pose("feet", up(45))])
    runs = learn(stretch(pitch=bias, sway=(0.0, 0.0), mounting=mounting))
    ours = in_running(head, runs)
    assert pitch_deg(tuple(up(bias)), ours) == pytest.approx(0, abs=1e-4)
    assert pitch_deg(tuple(up(25 + bias)), ours) == pytest.approx(25, abs=1e-3)
    assert pitch_deg(tuple(up(bias)), head) == pytest.approx(bias, abs=1e-3)
    assert np.dot(ours.neutral, ours.nod) == pytest.approx(0, abs=1e-9)


def test_the_shoulders_are_judged_against_running():
    """What varies in running by itself costs separation; across the shrug it costs nothing."""

    def pose(name, pitch=0.0, roll=0.0):
        up = Rotation.from_euler("YX", [pitch, roll], degrees=True).inv().apply([0, 0, 1.0])
        return Pose(name, tuple(float(v) for v in up), 0.3, 5.0, False)

    neutral, shrug = pose("neutral"), [pose("shrug", roll=12)]
    quiet = fit_shoulders(neutral, shrug, None, learn(stretch(sway=(0.1, 0.1))))
    across = fit_shoulders(neutral, shrug, None, learn(stretch(sway=(1.8, 0.1))))
    along = fit_shoulders(neutral, shrug, None, learn(stretch(sway=(0.1, 1.8))))
    assert across.d_prime == pytest.approx(quiet.d_prime, rel=0.02)
    assert along.d_prime < 0.85 * quiet.d_prime

    leaning = learn(stretch(pitch=6.0, sway=(0.1, 0.1)))
    ours = fit_shoulders(neutral, shrug, None, leaning)
    assert np.dot(ours.weight, leaning.up) == pytest.approx(0, abs=1e-9), "running relaxed scores 0"


@settings(deadline=None, max_examples=60)
@given(mounting=mounts, other=mounts)
def test_the_smallest_turn(mounting, other):
    a, b = mounting.apply([0, 0, 1.0]), unit(other.apply([0, 0, 1.0]) + mounting.apply([0, 0, 1.2]))
    by = turn(a, b)
    assert np.allclose(by @ a, b, atol=1e-9)
    assert np.allclose(by @ by.T, np.eye(3), atol=1e-9)
    if np.linalg.norm(np.cross(a, b)) > 1e-3:
        axis = unit(np.cross(a, b))
        assert np.allclose(by @ axis, axis, atol=1e-9), "nothing turns about the vertical"
