"""Poses -> head axis and shoulder weight: for any mounting, honest separations, and refusals that say what to do."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from calibration.fit import AXES, fit_head, fit_shoulders
from calibration.model import Pose
from calibration.sees import in_words
from monitor.errors import CalibrationError

angles = st.floats(-180, 180)
mounts = st.tuples(angles, st.floats(-90, 90), angles).map(lambda e: Rotation.from_euler("ZYX", e, degrees=True))
FORWARD = np.array([1.0, 0.0, 0.0])


def seen(mounting, *, pitch=0.0, roll=0.0):
    """Up in sensor axes; pitch nose down, roll to the right shoulder."""
    body = Rotation.from_euler("YX", [pitch, roll], degrees=True)
    return (body * mounting).inv().apply([0.0, 0.0, 1.0])


def pose(name, up, spread=0.5):
    return Pose(name, tuple(float(v) for v in up), spread, 8.0, False)


@settings(deadline=None, max_examples=150)
@given(mounting=mounts, depth=st.floats(9, 85))
def test_the_nod_axis_is_found_for_any_mounting(mounting, depth):
    head = fit_head(pose("neutral", seen(mounting)), [pose("feet", seen(mounting, pitch=depth))])
    truth = mounting.inv().apply(-FORWARD)  # nose down: up moves towards the back of the head
    assert np.allclose(head.nod, truth, atol=1e-6)
    assert abs(np.dot(head.nod, head.neutral)) < 1e-9
    assert np.linalg.norm(head.nod) == pytest.approx(1)
    assert head.separation_d == pytest.approx(depth / np.hypot(0.5, 1.0), rel=1e-3)


@settings(deadline=None, max_examples=60)
@given(mounting=mounts, seed=st.integers(0, 999))
def test_several_looks_average_their_errors(mounting, seed):
    """4 ft, 7 ft and feet, each turned sideways by up to a few degrees."""
    rng = np.random.default_rng(seed)
    shown = zip((32, 22, 50), rng.normal(0, 2, 3), strict=True)
    looks = [pose("look", seen(mounting, pitch=p, roll=r)) for p, r in shown]
    head = fit_head(pose("neutral", seen(mounting)), looks)
    off = np.degrees(np.arccos(np.clip(np.dot(head.nod, mounting.inv().apply(-FORWARD)), -1, 1)))
    assert off < 10


@pytest.mark.parametrize("axis", list(AXES))
def test_a_known_forward_axis_replaces_the_look(axis):
    """Whatever the sensor's axis that points forward is called, pitch is positive nose down."""
    forward = np.array(AXES[axis])
    neutral_up = np.roll(np.abs(forward), 1)
    head = fit_head(pose("neutral", neutral_up), [], forward=axis)
    assert np.allclose(head.nod, -forward)
    assert np.isnan(head.separation_d)


def test_a_forward_axis_need_not_be_level():
    """Worn 30 deg nose up, the axis is projected to the level."""
    up = np.array([np.sin(np.radians(30)), 0, np.cos(np.radians(30))])
    head = fit_head(pose("neutral", up), [], forward="x")
    assert abs(np.dot(head.nod, up)) < 1e-12
    assert np.dot(head.nod, [-1, 0, 0]) == pytest.approx(np.cos(np.radians(30)))


def refused(pattern, function, *args, **kw):
    with pytest.raises(CalibrationError) as caught:
        function(*args, **kw)
    error = caught.value
    assert error.pose
    assert len(error.remedy) > 10
    assert error.remedy.endswith(".")
    assert pattern in str(error)
    return error


@settings(deadline=None, max_examples=50)
@given(mounting=mounts, depth=st.floats(-7.9, 7.9))
def test_a_look_that_hardly_looks_down_is_refused(mounting, depth):
    refused(
        "differs by only", fit_head, pose("neutral", seen(mounting)), [pose("feet", seen(mounting, pitch=depth))]
    )  # fmt: skip


@settings(deadline=None, max_examples=50)
@given(mounting=mounts, one=st.floats(10, 60), other=st.floats(10, 60))
def test_looks_in_opposite_directions_are_refused(mounting, one, other):
    """Up once and down once: nothing shows which is which, and equal ones would cancel to nothing."""
    neutral = pose("neutral", seen(mounting))
    looks = [pose("feet", seen(mounting, pitch=one)), pose("4ft", seen(mounting, pitch=-other))]
    assume(abs(np.sin(np.radians(one)) - np.sin(np.radians(other))) < 0.5)
    refused("different directions", fit_head, neutral, looks)


def test_without_any_look_it_says_which_pose_is_missing():
    error = refused("no look-down pose", fit_head, pose("neutral", (0, 0, 1)), [])
    assert "--look" in error.remedy
    assert "--forward" in error.remedy


def test_a_forward_axis_that_points_up_is_refused():
    refused("points up or down", fit_head, pose("neutral", (0, 0, 1)), [], forward="z")
    refused("points up or down", fit_head, pose("neutral", (0, 0, 1)), [], forward="-z")


def test_an_unknown_axis_is_refused():
    refused("is not an axis", fit_head, pose("neutral", (0, 0, 1)), [], forward="north")


# ---------------------------------------------------------------- shoulders


@settings(deadline=None, max_examples=100)
@given(mounting=mounts, shrug=st.floats(6, 25), roll_part=st.floats(-1, 1), lean=st.booleans())
def test_the_score_is_zero_at_neutral_and_one_at_the_mean_shrug(mounting, shrug, roll_part, lean):
    angle = np.pi / 2 * roll_part
    up = seen(mounting, pitch=shrug * np.sin(angle), roll=shrug * np.cos(angle))
    shoulders = fit_shoulders(
        pose("neutral", seen(mounting)),
        [pose("shrug", up)],
        pose("lean", seen(mounting, pitch=10)) if lean else None,
    )
    weight = np.array(shoulders.weight)
    assert weight @ seen(mounting) == pytest.approx(0, abs=1e-9)
    assert weight @ up == pytest.approx(1, abs=1e-9)
    assert shoulders.arc_deg == pytest.approx(shrug, rel=0.04)


def test_d_prime_is_what_its_definition_says():
    """0.4 of a 12 deg shrug over slip 1.5, estimator 1 and spread 0.5 deg."""
    mounting = Rotation.identity()
    shoulders = fit_shoulders(pose("neutral", seen(mounting)), [pose("shrug", seen(mounting, roll=12))])
    arc = np.degrees(np.sin(np.radians(12)))
    assert shoulders.d_prime == pytest.approx(0.4 * arc / np.sqrt(1.5**2 + 1.0 + 0.25), rel=1e-6)


def test_a_lean_across_the_shrug_costs_nothing_and_one_along_it_costs_the_claim():
    mounting = Rotation.identity()
    neutral, shrug = pose("neutral", seen(mounting)), [pose("shrug", seen(mounting, roll=12))]
    alone = fit_shoulders(neutral, shrug)
    across = fit_shoulders(neutral, shrug, pose("lean", seen(mounting, pitch=10)))
    slanted = fit_shoulders(neutral, shrug, pose("lean", seen(mounting, pitch=8, roll=8)))
    along = fit_shoulders(neutral, shrug, pose("lean", seen(mounting, pitch=2, roll=10)))
    assert across.d_prime == pytest.approx(alone.d_prime, rel=1e-6)
    assert 0 < slanted.d_prime < alone.d_prime
    assert along.d_prime == 0


def test_a_placement_that_feels_no_shrug_claims_nothing_but_is_no_error():
    shoulders = fit_shoulders(pose("neutral", (0, 0, 1)), [pose("shrug", seen(Rotation.identity(), roll=2))])
    assert shoulders.d_prime == 0
    assert "Cannot see raised shoulders" in in_words(None, shoulders)


def test_no_shrug_at_all_is_finite():
    shoulders = fit_shoulders(pose("neutral", (0, 0, 1)), [pose("shrug", (0, 0, 1))])
    assert shoulders.d_prime == 0
    assert np.isfinite(shoulders.weight).all()


def test_shrugs_that_differ_are_refused():
    mounting = Rotation.identity()
    shrugs = [pose("shrug", seen(mounting, roll=20)), pose("shrug", seen(mounting, roll=6))]
    refused("differ too much", fit_shoulders, pose("neutral", seen(mounting)), shrugs)
    alike = [pose("shrug", seen(mounting, roll=14)), pose("shrug", seen(mounting, roll=11))]
    assert fit_shoulders(pose("neutral", seen(mounting)), alike).d_prime > 2


@pytest.mark.parametrize(
    ("roll", "words"), [(12, "Sees raised shoulders"), (7.5, "only weakly"), (5.2, "Cannot see raised shoulders")]
)
def test_what_it_sees_in_words(roll, words):
    mounting = Rotation.identity()
    shoulders = fit_shoulders(pose("neutral", seen(mounting)), [pose("shrug", seen(mounting, roll=roll))])
    assert words in in_words(None, shoulders)


def test_words_for_a_head_and_for_nothing():
    head = fit_head(pose("neutral", (0, 0, 1)), [pose("feet", seen(Rotation.identity(), pitch=40))])
    assert in_words(head, None) == "Sees a lowered head."
    assert in_words(None, None) == "Not calibrated."
    axis = fit_head(pose("neutral", (0, 0, 1)), [], forward="x")
    assert in_words(axis, None) == "Sees a lowered head."
