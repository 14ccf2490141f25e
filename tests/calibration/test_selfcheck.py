"""A sensor's faults at rest, each told in words; a sound sensor is silent."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from calibration.selfcheck import Rest, check_rest

G = 9.80665


def rest(
    *, n=300, scale=1.0, acc_sd=0.02, gyr_dps=(0.6, -0.3, 0.4), gyr_sd=0.1, clipped=0.0, rate=100.0, seed=0, turn=None
):
    rng = np.random.default_rng(seed)
    up = np.array([0.0, 0.0, 1.0]) if turn is None else turn.apply([0, 0, 1.0])
    acc = up * G * scale + rng.normal(0, acc_sd, (n, 3)) * (acc_sd > 0)
    gyr = np.radians(np.array(gyr_dps) + rng.normal(0, 1, (n, 3)) * gyr_sd)
    return Rest(acc, gyr, np.arange(n) < clipped * n, rate, 100.0)


@settings(deadline=None, max_examples=60)
@given(
    turn=st.tuples(st.floats(-180, 180), st.floats(-90, 90)).map(lambda e: Rotation.from_euler("ZY", e, degrees=True)),
    scale=st.floats(0.975, 1.025),
    bias=st.floats(-5.5, 5.5),
    seed=st.integers(0, 99),
)
def test_a_sound_sensor_is_silent_in_any_mounting(turn, scale, bias, seed):
    assert check_rest("head", rest(turn=turn, scale=scale, gyr_dps=(bias, 0, 0), seed=seed)) == ()


@pytest.mark.parametrize(
    ("what", "code", "serious"),
    [
        ({"scale": 1.05}, "gravity", False),
        ({"scale": 0.95}, "gravity", False),
        ({"scale": 2.0}, "gravity", True),
        ({"scale": 1 / G}, "gravity", True),
        ({"acc_sd": 0.0}, "frozen", True),
        ({"acc_sd": 2.0}, "shaking", False),
        ({"gyr_dps": (0, 0, 6.5)}, "gyro_bias", True),
        ({"gyr_sd": 5.0}, "gyro_noise", False),
        ({"gyr_sd": 0.0}, "gyro_frozen", True),
        ({"clipped": 0.02}, "clipped", False),
        ({"clipped": 0.5}, "clipped", True),
        ({"rate": 80.0}, "rate", False),
        ({"n": 20}, "short", False),
        ({"n": 0}, "short", False),
    ],
)
def test_each_fault_is_one_sentence(what, code, serious):
    found = check_rest("collar", rest(**what))
    assert [(f.code, f.serious) for f in found] == [(code, serious)]
    assert "collar" in found[0].text
    assert found[0].text.endswith(".")


def test_no_numbers_and_no_gyroscope():
    sound = rest()
    broken = Rest(np.full_like(sound.acc, np.nan), sound.gyr, sound.clipped, 100.0, 100.0)
    assert [f.code for f in check_rest("head", broken)] == ["gravity"]
    without = Rest(sound.acc, np.full_like(sound.gyr, np.nan), sound.clipped, 100.0, 100.0)
    assert check_rest("head", without) == ()


def test_the_worst_comes_first():
    found = check_rest("head", rest(rate=80.0, gyr_dps=(9, 0, 0), scale=1.05))
    assert [f.serious for f in found] == [True, False, False]
