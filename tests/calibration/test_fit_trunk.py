"""The lean of the trunk: one degree counts as one, a shrug as nearly nothing, and what cannot be told is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from calibration.fit import fit_trunk
from calibration.model import Pose, RunningNeutral
from calibration.rezero import rezero
from calibration.site import Poses, calibrate_site
from monitor.errors import CalibrationError
from monitor.posture.trunk import lean_deg
from monitor.values import SensorInfo, Site

rotations = st.integers(0, 2**32 - 1).map(lambda seed: Rotation.random(rng=np.random.default_rng(seed)))


def seen(mounting, *, lean=0.0, shrug=0.0, off=0.0):
    """Up in sensor axes: the trunk leans about y, a shrug turns the sensor about x (and `off` of it about y)."""
    body = Rotation.from_euler("YX", [lean + off * shrug, shrug], degrees=True)
    return mounting.inv().apply(body.inv().apply([0.0, 0.0, 1.0]))


def pose(name, up):
    return Pose(name, tuple(map(float, up)), 0.5, 4.0, False)


@settings(max_examples=60, deadline=None)
@given(mounting=rotations, lean=st.floats(5, 20), now=st.floats(-5, 25), hike=st.floats(0, 1))
def test_a_degree_is_a_degree_and_a_hike_hardly_any(mounting, lean, now, hike):
    trunk = fit_trunk(
        pose("neutral", seen(mounting)),
        pose("lean", seen(mounting, lean=lean)),
        [pose("shrug", seen(mounting, shrug=12.0, off=0.4))],
    )
    up = np.array([seen(mounting, lean=now, shrug=12.0 * hike, off=0.4)])
    assert lean_deg(up, trunk)[0] == pytest.approx(now, abs=2.0 + 0.02 * abs(now))
    assert lean_deg(np.array([seen(mounting, lean=now)]), trunk)[0] == pytest.approx(now, abs=0.3)


def test_level_running_is_the_zero_where_it_was_shown():
    mounting = Rotation.from_euler("ZYX", [30, 40, 50], degrees=True)
    ran = RunningNeutral(tuple(map(float, seen(mounting, lean=6.0))), 0.8, 168.0, 28.0, (0.2, 0.0, 0.0, 0.2, 0.0, 0.2))
    trunk = fit_trunk(pose("neutral", seen(mounting)), pose("lean", seen(mounting, lean=10.0)), running=ran)
    assert trunk.in_running
    assert lean_deg(np.array([seen(mounting, lean=6.0)]), trunk)[0] == pytest.approx(0.0, abs=0.05)
    assert lean_deg(np.array([seen(mounting, lean=16.0)]), trunk)[0] == pytest.approx(10.0, abs=0.3)


def test_a_lean_that_is_hardly_felt_is_refused():
    still = Rotation.identity()
    with pytest.raises(CalibrationError, match="turned by only 1 deg"):
        fit_trunk(pose("neutral", seen(still)), pose("lean", seen(still, lean=1.0)))


def test_a_lean_that_looks_like_the_shrug_is_left_out_with_a_note():
    still = Rotation.identity()
    poses = Poses(
        neutral=pose("neutral", seen(still)),
        shrugs=[pose("shrug", seen(still, lean=12.0))],
        lean=pose("lean", seen(still, lean=10.0)),
    )
    info = SensorInfo("collar", Site.COLLAR, "witmotion", "x", "y", 50.0)
    site = calibrate_site(info, True, poses, head_elsewhere=True)
    assert site.trunk is None
    assert "looks like a shrug from here" in " ".join(site.notes)


def test_a_site_on_the_trunk_says_that_it_sees_the_lean_and_a_re_zero_takes_it_along():
    mounting = Rotation.from_euler("ZYX", [10, -70, 20], degrees=True)
    poses = Poses(neutral=pose("neutral", seen(mounting)), lean=pose("lean", seen(mounting, lean=10.0)))
    info = SensorInfo("back", Site.BACK, "witmotion", "x", "y", 50.0)
    site = calibrate_site(info, True, poses, head_elsewhere=True)
    assert site.sees == "Sees a lean of the trunk."
    slipped = Rotation.from_euler("X", 8, degrees=True) * mounting
    moved = rezero(site, tuple(map(float, seen(slipped))), running=False)
    assert lean_deg(np.array([seen(slipped, lean=12.0)]), moved.trunk)[0] == pytest.approx(12.0, abs=0.5)


def test_a_head_sensor_has_no_trunk():
    still = Rotation.identity()
    poses = Poses(
        neutral=pose("neutral", seen(still)),
        looks={"feet": pose("look feet", seen(still, lean=40.0))},
        lean=pose("lean", seen(still, lean=10.0)),
    )
    info = SensorInfo("head", Site.HEAD, "witmotion", "x", "y", 50.0)
    assert calibrate_site(info, True, poses, head_elsewhere=False).trunk is None
