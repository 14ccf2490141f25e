"""The wearer's own limits and gaze, from floor marks, take the place of the defaults."""

import numpy as np
import pytest

from calibration.model import FloorMark, GazeCalibration, HeadCalibration, Profile, SiteCalibration
from monitor.posture.gaze import FOOT_M, ground_distance_m
from monitor.posture.personal import personal
from monitor.settings import Settings

EYE_M, SHARE, ZERO_DEG = 1.7, 0.5, 2.0


def depression_deg(feet: float) -> float:
    return float(np.degrees(np.arctan2(EYE_M, feet * FOOT_M)))


def marked() -> Profile:
    marks = tuple(
        FloorMark(name, feet * FOOT_M, ZERO_DEG + SHARE * depression_deg(feet))
        for name, feet in (("4ft", 4), ("7ft", 7))
    )
    gaze = GazeCalibration(ZERO_DEG, SHARE, 0.5, EYE_M, marks, feet_deg=45.0)
    head = HeadCalibration((0.0, 0.0, 1.0), (-1.0, 0.0, 0.0), 9.0)
    site = SiteCalibration("head", "head", "", "", "vqf", (), head=head, gaze=gaze)
    return Profile("me", "2026-01-01T00:00:00+00:00", False, (site,))


def test_limits_come_from_the_marks():
    own = personal(Settings(), marked())
    p4, p7 = (ZERO_DEG + SHARE * depression_deg(feet) for feet in (4, 7))
    assert own.road.on_deg == pytest.approx(p7 + 3)
    assert own.trail.on_deg == pytest.approx(p4 + (45 - p4) / 4)
    assert own.road.off_deg == own.road.on_deg - 5
    assert own.road.dwell_s == Settings().road.dwell_s
    assert own.technical == Settings().technical


def test_gaze_at_a_mark_is_the_marks_distance_within_its_band():
    own = personal(Settings(), marked())
    for feet in (4, 7):
        pitch = np.array([ZERO_DEG + SHARE * depression_deg(feet)])
        at, low, high = (float(x[0]) for x in ground_distance_m(pitch, own.gaze))
        assert at == pytest.approx(feet * FOOT_M, rel=1e-6)
        assert low < at < high
        assert high - low < 0.6 * at


def test_without_marks_or_when_not_wanted_nothing_changes():
    assert personal(Settings(), None) == Settings()
    off = Settings(own_limits=False)
    assert personal(off, marked()) == off
