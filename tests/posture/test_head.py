"""Head pitch: positive = nose down for any mounting, indifferent to roll and turn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from calibration.fit import fit_head
from calibration.model import HeadCalibration, Pose
from monitor.posture.head import pitch_deg

angles = st.floats(-180, 180)


def up_seen(pitch, roll=0.0, yaw=0.0, mounting=None):
    """Up in sensor axes of a head (x ahead, y left, z up) turned left by yaw, nose down by pitch, rolled by roll."""
    head = Rotation.from_euler("ZYX", [yaw, pitch, roll], degrees=True)
    mounting = mounting or Rotation.identity()  # sensor axes -> head axes
    return mounting.inv().apply(head.inv().apply([0.0, 0.0, 1.0]))


def calibrated(mounting, look_deg=40.0):
    neutral = Pose("neutral", tuple(up_seen(0, mounting=mounting)), 0.5, 10, False)
    look = Pose("feet", tuple(up_seen(look_deg, mounting=mounting)), 0.5, 10, False)
    return fit_head(neutral, [look])


@settings(deadline=None, max_examples=200)
@given(
    pitch=st.floats(-85, 85),
    roll=st.floats(-60, 60),
    yaw=angles,
    mount=st.tuples(angles, st.floats(-90, 90), angles),
    look=st.floats(10, 80),
)
def test_nose_down_is_positive_for_any_mounting_roll_and_turn(pitch, roll, yaw, mount, look):
    mounting = Rotation.from_euler("ZYX", mount, degrees=True)
    got = pitch_deg(up_seen(pitch, roll, yaw, mounting)[None], calibrated(mounting, look))
    assert got[0] == pytest.approx(pitch, abs=1e-3)


def test_the_neutral_reads_zero_and_the_look_down_pose_its_own_depth():
    mounting = Rotation.from_euler("ZYX", [20, -70, 130], degrees=True)
    head = calibrated(mounting, 35.0)
    rows = np.array([up_seen(p, mounting=mounting) for p in (0, 35, -20)])
    assert np.allclose(pitch_deg(rows, head), [0, 35, -20], atol=1e-6)


def test_a_vector_a_little_longer_than_one_is_no_nan():
    head = HeadCalibration((0, 0, 1), (1, 0, 0), 5.0)
    assert pitch_deg(np.array([[1.0 + 1e-9, 0, 0], [-1.1, 0, 0]]), head).tolist() == [90.0, -90.0]


def test_one_row_and_many_give_the_same_bits():
    rows = np.random.default_rng(0).standard_normal((500, 3))
    head = calibrated(Rotation.from_euler("ZYX", [10, 20, 30], degrees=True))
    whole = pitch_deg(rows, head)
    single = np.concatenate([pitch_deg(rows[i : i + 1], head) for i in range(500)])
    assert whole.tobytes() == single.tobytes()
