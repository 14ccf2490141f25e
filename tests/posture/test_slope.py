"""Ground that slopes: where the gaze meets it, what the limit does, and which entry holds when."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.posture.gaze import FOOT_M, depression_deg, ground_distance_m, look_ahead_s
from monitor.posture.slope import MOST_SHIFT_DEG, GroundLine, gaze_shift_deg, lean_shift_deg, slope_deg
from monitor.settings import GazeModel
from monitor.values import Ground, Mode

EYE_ONLY = GazeModel(head_share=1.0, head_share_sd=0.0)


@pytest.mark.parametrize(("slope", "depression"), [(10, 30.8), (0, 37.2), (-10, 43.5)])
def test_seven_feet_ahead_on_a_slope(slope, depression):
    assert depression_deg(7 * FOOT_M, 1.62, slope) == pytest.approx(depression, abs=0.1)


@given(
    d=st.floats(0.8, 12.0), slope=st.floats(-25, 25), h=st.floats(1.3, 1.9),
)  # fmt: skip
def test_looking_at_a_distance_is_that_distance(d, slope, h):
    model = GazeModel(eye_height_m=h, head_share=1.0, head_share_sd=0.0)
    pitch = depression_deg(d, h, slope)
    assert ground_distance_m(np.array([pitch]), model, slope)[0][0] == pytest.approx(d, rel=1e-6)


def test_a_gaze_along_the_hill_never_meets_it():
    far = ground_distance_m(np.array([-10.0, 5.0, np.nan]), EYE_ONLY, -10.0)[0]
    assert far[0] == far[1] == np.inf
    assert np.isnan(far[2])


def test_uphill_a_level_gaze_meets_the_ground():
    assert ground_distance_m(np.array([0.0]), EYE_ONLY, 10.0)[0][0] == pytest.approx(1.62 / math.sin(math.radians(10)))


@given(grade=st.floats(-0.3, 0.3), mode=st.sampled_from([Mode.ROAD, Mode.TRAIL]))
def test_downhill_the_head_may_go_lower_and_uphill_less(grade, mode):
    shift = gaze_shift_deg(slope_deg(grade), mode, GazeModel())
    assert abs(shift) <= MOST_SHIFT_DEG
    assert shift * grade <= 0


@pytest.mark.parametrize(("mode", "head_deg"), [(Mode.ROAD, 3.8), (Mode.TRAIL, 2.1)])
def test_ten_degrees_of_slope_are_a_few_of_the_head(mode, head_deg):
    assert gaze_shift_deg(10.0, mode, GazeModel()) == pytest.approx(-head_deg, abs=0.1)
    assert gaze_shift_deg(-10.0, mode, GazeModel()) == pytest.approx(head_deg, abs=0.3)


def test_a_trunk_leans_into_the_hill_only_uphill():
    assert lean_shift_deg(10.0, 0.5) == 5.0
    assert lean_shift_deg(-10.0, 0.5) == 0.0
    assert lean_shift_deg(60.0, 0.5) == MOST_SHIFT_DEG


def test_technical_ground_has_no_target_and_an_unknown_grade_is_level():
    assert gaze_shift_deg(10.0, Mode.TECHNICAL, GazeModel()) == 0.0
    assert slope_deg(math.nan) == 0.0


def test_seconds_ahead():
    assert look_ahead_s(np.array([4.2, np.inf]), 2.8).tolist() == [pytest.approx(1.5), np.inf]
    assert np.isnan(look_ahead_s(np.array([4.2, 4.2]), np.array([np.nan, 0.0]))).all()


def test_each_entry_holds_until_the_next():
    line = GroundLine([Ground(20, 3.0, math.nan), Ground(10, 2.5, 0.1)])
    speed, slope = line.at(np.array([9, 10, 19, 20, 99], np.int64))
    assert np.array_equal(speed, [np.nan, 2.5, 2.5, 3.0, 3.0], equal_nan=True)
    assert slope == pytest.approx([0, slope_deg(0.1), slope_deg(0.1), 0, 0])
    assert line
    assert not GroundLine([])
