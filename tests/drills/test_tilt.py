"""The head's tilt from gravity, in any mounting."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tilted import site_of, turn_of, up_of

from calibration.model import HeadCalibration
from monitor.drills.tilt import HeadAxes, between_deg
from monitor.posture.head import pitch_deg

MOUNTINGS = st.tuples(*[st.floats(-1, 1)] * 4).filter(lambda q: math.hypot(*q) > 0.1).map(turn_of)
ANGLES = st.floats(-85, 85)


def tilt_of(pitch, roll, mounting=None):
    up = up_of(pitch, roll, mounting)
    return HeadAxes.of(site_of(mounting).head).tilt(tuple(map(float, up)))


@given(ANGLES, ANGLES, MOUNTINGS)
def test_no_mounting_changes_the_tilt(pitch, roll, mounting):
    plain, mounted = tilt_of(pitch, roll), tilt_of(pitch, roll, mounting)
    for name in ("pitch_deg", "roll_deg", "fold_deg"):
        assert getattr(mounted, name) == pytest.approx(getattr(plain, name), abs=1e-4)


@given(ANGLES, ANGLES, MOUNTINGS)
def test_pitch_is_that_of_the_posture_core(pitch, roll, mounting):
    core = pitch_deg(up_of(pitch, roll, mounting)[None], site_of(mounting).head)[0]
    assert tilt_of(pitch, roll, mounting).pitch_deg == pytest.approx(core, abs=1e-4)


def test_the_signs():
    assert tilt_of(40, 0).pitch_deg == pytest.approx(40)  # nose down
    right = tilt_of(0, 30)
    assert (right.pitch_deg, right.roll_deg) == pytest.approx((0, 30))  # right ear down
    assert tilt_of(0, -30).roll_deg == pytest.approx(-30)
    assert tilt_of(30, 40).pitch_deg == pytest.approx(30), "roll does not change the pitch"


def test_fold_goes_on_beyond_the_horizontal():
    assert tilt_of(110, 0).pitch_deg == pytest.approx(70)
    assert tilt_of(110, 0).fold_deg == pytest.approx(110)
    assert tilt_of(70, 0).fold_deg == pytest.approx(70)
    assert tilt_of(-110, 0).fold_deg == pytest.approx(-110)


def test_an_oblique_nod_axis_is_made_level():
    slanted = HeadCalibration((0.0, 0.0, 1.0), (-0.8, 0.0, 0.6), 5.0)
    axes = HeadAxes.of(slanted)
    assert axes.nod == pytest.approx((-1, 0, 0))
    assert axes.tilt((0.0, 0.0, 1.0)).pitch_deg == pytest.approx(0)


def test_no_direction_is_no_tilt():
    tilt = HeadAxes.of(site_of().head).tilt((math.nan, 0.0, 1.0))
    assert math.isnan(tilt.pitch_deg)
    assert math.isnan(tilt.radius_deg)
    assert math.isnan(between_deg((math.nan, 0.0, 0.0), (0.0, 0.0, 1.0)))


@given(st.floats(0, 179), MOUNTINGS)
def test_angles_between_directions(angle, mounting):
    a, b = mounting @ [0, 0, 1], mounting @ [np.sin(np.radians(angle)), 0, np.cos(np.radians(angle))]
    assert between_deg(tuple(a), tuple(b)) == pytest.approx(angle, abs=1e-5)
