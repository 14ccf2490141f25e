"""Floor marks: the wearer's own share of head in a look down, refusals, and the limits that follow."""

import dataclasses
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.gaze import MARKS_M, depression_deg, fit_gaze
from calibration.limits import head_limits
from calibration.model import FloorMark, SiteCalibration
from monitor.errors import CalibrationError
from monitor.settings import HeadRule
from monitor.values import Mode

EYE_M = 1.62


def marks(share, intercept=0.0, eye_m=EYE_M, **wrong):
    return [
        FloorMark(name, d, intercept + share * depression_deg(d, eye_m) + wrong.get(f"m{name}", 0.0))
        for name, d in MARKS_M.items()
    ]


def test_the_geometry_is_that_of_an_eye_over_level_ground():
    assert depression_deg(4 * 0.3048, EYE_M) == pytest.approx(53.0, abs=0.05)
    assert depression_deg(7 * 0.3048, EYE_M) == pytest.approx(37.2, abs=0.05)
    assert depression_deg(10.0, EYE_M) == pytest.approx(9.2, abs=0.05)


@settings(deadline=None, max_examples=80)
@given(share=st.floats(0.35, 0.9), eye_m=st.floats(1.4, 1.85))
def test_a_wearers_share_is_found(share, eye_m):
    """What people usually do pulls by an eighth at most: two marks weigh far more."""
    gaze = fit_gaze(marks(share, eye_m=eye_m), eye_m)
    assert abs(gaze.share - share) <= abs(share - 0.6) / 8 + 1e-9
    assert gaze.residual_deg < 1.5
    assert gaze.eye_height_m == eye_m
    assert [m.name for m in gaze.marks] == ["4ft", "7ft"]


def test_a_gaze_back_from_the_pitch_is_nearer_than_the_default_map():
    gaze = fit_gaze(marks(0.45), EYE_M)
    pitch = 0.45 * depression_deg(7 * 0.3048, EYE_M)

    def distance_m(depressed_deg):
        return EYE_M / math.tan(math.radians(depressed_deg))

    fitted = distance_m((pitch - gaze.intercept_deg) / gaze.share)
    assert abs(fitted - 7 * 0.3048) < 0.15
    assert abs(distance_m(pitch / 0.6) - 7 * 0.3048) > 0.5


@pytest.mark.parametrize(
    ("shown", "says"),
    [
        (marks(0.2), "only 3 deg lower"),
        (marks(0.6, m7ft=8.0), "only 1 deg lower"),
        (marks(0.6, m4ft=14.0, m7ft=-10.0), "contradict"),
        ([FloorMark("7ft", MARKS_M["7ft"], 60.0)], "not how people look"),
        ([FloorMark("4ft", MARKS_M["4ft"], 2.0)], "not how people look"),
    ],
)
def test_marks_that_cannot_be_are_refused_with_a_remedy(shown, says):
    with pytest.raises(CalibrationError) as caught:
        fit_gaze(shown, EYE_M)
    assert says in caught.value.reason
    assert caught.value.remedy.endswith(".")


@settings(deadline=None, max_examples=200)
@given(four=st.floats(-90, 90), seven=st.floats(-90, 90), eye_m=st.floats(0.8, 2.2))
def test_whatever_the_marks_the_fit_is_sane_or_refused(four, seven, eye_m):
    try:
        gaze = fit_gaze([FloorMark("4ft", MARKS_M["4ft"], four), FloorMark("7ft", MARKS_M["7ft"], seven)], eye_m)
    except CalibrationError:
        return
    assert 0.25 <= gaze.share <= 1.0
    assert gaze.residual_deg <= 3.0
    assert four - seven >= 4.0


SITE = SiteCalibration("head", "head", "SIM", "sim", "vqf", ())


def site(four, seven, feet):
    gaze = dataclasses.replace(
        fit_gaze(marks(0.6), EYE_M, feet),
        marks=(FloorMark("4ft", MARKS_M["4ft"], four), FloorMark("7ft", MARKS_M["7ft"], seven)),
    )
    return dataclasses.replace(SITE, gaze=gaze)


def test_the_limits_follow_the_wearers_marks():
    limits = head_limits(site(32.0, 22.0, 52.0))
    assert limits == {Mode.ROAD: (25.0, 20.0), Mode.TRAIL: (37.0, 32.0)}


def test_a_trail_limit_keeps_three_degrees_below_the_four_foot_mark():
    assert head_limits(site(32.0, 22.0, 36.0))[Mode.TRAIL] == (35.0, 30.0)
    assert head_limits(site(32.0, 22.0, None))[Mode.TRAIL] == (35.0, 30.0)


def test_without_marks_there_are_no_personal_limits():
    assert head_limits(SITE) == {}


@settings(deadline=None, max_examples=100)
@given(four=st.floats(-90, 90), seven=st.floats(-90, 90), feet=st.none() | st.floats(-90, 90))
def test_every_limit_is_one_the_settings_accept(four, seven, feet):
    for on_deg, off_deg in head_limits(site(four, seven, feet)).values():
        rule = HeadRule(on_deg=on_deg, off_deg=off_deg)
        assert rule.on_deg - rule.off_deg == 5.0
