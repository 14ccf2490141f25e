"""One sensor's poses -> what it claims, wherever it is worn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from calibration.limits import head_limits
from calibration.model import Pose, RunningNeutral
from calibration.site import Poses, calibrate_site
from monitor.values import Mode, SensorInfo, Site

angles = st.floats(-180, 180)
mounts = st.tuples(angles, st.floats(-90, 90), angles).map(lambda e: Rotation.from_euler("ZYX", e, degrees=True))
HEAD = SensorInfo("head", Site.HEAD, "openearable2", "SIM", "sim:1", 100.0)
COLLAR = SensorInfo("collar", Site.COLLAR, "witmotion", "SIM", "sim:2", 50.0)


def pose(name, pitch=0.0, roll=0.0, mounting=None):
    body = Rotation.from_euler("YX", [pitch, roll], degrees=True) * (mounting or Rotation.identity())
    return Pose(name, tuple(float(v) for v in body.inv().apply([0, 0, 1.0])), 0.3, 4.0, False)


def running(pitch=0.0, mounting=None):
    return RunningNeutral(pose("run", pitch, 0, mounting).up, 0.5, 168.0, 28.0, (0.1, 0.0, 0.0, 0.1, 0.0, 0.1))


def looks(mounting=None, **pitches):
    return {name.lstrip("m"): pose(f"look {name.lstrip('m')}", p, 0, mounting) for name, p in pitches.items()}


MARKS = {"m4ft": 31.0, "m7ft": 22.0, "feet": 45.0}


@settings(deadline=None, max_examples=40)
@given(mounting=mounts)
def test_a_head_with_marks_has_its_own_limits(mounting):
    poses = Poses(pose("neutral", mounting=mounting), looks(mounting, **MARKS))
    site = calibrate_site(HEAD, True, poses, head_elsewhere=False)
    assert site.gaze is not None
    assert site.gaze.share == pytest.approx(0.6, abs=0.05)
    limits = head_limits(site)
    assert limits[Mode.ROAD][0] == pytest.approx(25.0, abs=1e-6)
    assert limits[Mode.TRAIL][0] == pytest.approx(34.5, abs=1e-6)
    assert site.notes == ()
    assert site.standing == site.head.neutral


def test_marks_that_contradict_leave_a_note_and_the_default_limits():
    poses = Poses(pose("neutral"), looks(m4ft=24.0, m7ft=22.0, feet=45.0))
    site = calibrate_site(HEAD, True, poses, head_elsewhere=False)
    assert site.head is not None
    assert site.gaze is None
    assert head_limits(site) == {}
    assert "floor marks are not used" in site.notes[0]


def test_without_a_gyroscope_the_running_neutral_is_in_force():
    poses = Poses(pose("neutral"), looks(feet=45.0), running=running(2.5))
    with_gyro = calibrate_site(HEAD, True, poses, head_elsewhere=False)
    without = calibrate_site(HEAD, False, poses, head_elsewhere=False)
    assert with_gyro.head.neutral == poses.neutral.up
    assert without.head.neutral == poses.running.up
    assert without.standing == with_gyro.standing == poses.neutral.up
    assert without.estimator == "accelerometer"
    assert without.notes == ()


def test_without_a_gyroscope_and_running_it_says_so():
    poses = Poses(pose("neutral"), looks(feet=45.0))
    assert "no gyroscope" in calibrate_site(HEAD, False, poses, head_elsewhere=False).notes[0]
    ran = Poses(Pose("neutral", (0, 0, 1.0), 0.5, 20.0, True), looks(feet=45.0))
    site = calibrate_site(HEAD, False, ran, head_elsewhere=False)
    assert site.notes == ()
    assert site.standing is None


@pytest.mark.parametrize(
    ("moved", "lean", "sees"),
    [
        (3.0, None, False),  # a strap hardly moves when the head bows
        (9.0, None, True),  # just enough: 0.45 of it is over two deviations
        (25.0, None, True),  # a neckband that rides on the neck
        (25.0, 10.0, False),  # ... but turns alike for a lean
    ],
)
def test_a_collar_claims_the_head_only_where_it_can_tell(moved, lean, sees):
    poses = Poses(pose("neutral"), looks(feet=moved), (), pose("lean", lean) if lean else None)
    site = calibrate_site(COLLAR, True, poses, head_elsewhere=False)
    assert (site.head is not None) == sees
    assert ("Sees a lowered head" in site.sees) == sees
    assert ("Cannot see a lowered head" in site.sees) != sees
    if sees:
        assert "lean of the trunk" in site.notes[0]


def test_a_lean_across_leaves_the_collars_claim():
    poses = Poses(pose("neutral"), looks(feet=25.0), (), pose("lean", 0.0, 10.0))
    site = calibrate_site(COLLAR, True, poses, head_elsewhere=False)
    assert site.head is not None
    assert site.head.separation_d >= 2
    assert site.notes == ()


def test_the_collar_leaves_the_head_to_the_head_sensor():
    poses = Poses(pose("neutral"), looks(feet=30.0), [pose("shrug", roll=12.0)])
    site = calibrate_site(COLLAR, True, poses, head_elsewhere=True)
    assert site.head is None
    assert site.sees.startswith("Sees raised shoulders")
    assert "lowered head" not in site.sees


def test_notes_come_first_and_are_kept():
    site = calibrate_site(
        HEAD, False, Poses(pose("neutral"), looks(feet=45.0)), head_elsewhere=False, notes=["It is a little off."]
    )
    assert site.notes[0] == "It is a little off."
    assert len(site.notes) == 2


@settings(deadline=None, max_examples=60)
@given(
    mounting=mounts,
    feet=st.floats(9, 70),
    shrug=st.floats(0, 25),
    lean=st.floats(0, 20),
    ran=st.booleans(),
    gyro=st.booleans(),
)
def test_whatever_the_poses_shoulders_are_never_claimed_below_two(mounting, feet, shrug, lean, ran, gyro):
    poses = Poses(
        pose("neutral", mounting=mounting),
        looks(mounting, feet=feet),
        [pose("shrug", 0, shrug, mounting)],
        pose("lean", lean, 0, mounting),
        running(3.0, mounting) if ran else None,
    )
    site = calibrate_site(COLLAR, gyro, poses, head_elsewhere=True)
    d = site.shoulders.d_prime
    assert ("Sees raised shoulders (" in site.sees) == (d >= 2)
    assert ("only weakly" in site.sees) == (1.2 <= d < 2)
    assert ("Cannot see raised shoulders" in site.sees) == (d < 1.2)
    assert np.isfinite(site.shoulders.weight).all()
