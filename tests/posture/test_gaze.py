"""Gaze distance: the geometry's table, monotone, an honest band, and the zones' edges."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.posture.gaze import FOOT_M, ZONE_EDGES_M, GazeZone, ground_distance_m, zone
from monitor.settings import GazeModel

EYE_ONLY = GazeModel(eye_height_m=1.62, head_share=1.0, head_share_sd=0.0)

# theta = atan(h / d) for h = 1.62 m, and the head's part of it at shares 0.4 / 0.6 / 0.8.
TABLE = [
    (3 * FOOT_M, 60.6, (24, 36, 48)),
    (4 * FOOT_M, 53.0, (21, 32, 42)),
    (5.5 * FOOT_M, 44.0, (18, 26, 35)),
    (7 * FOOT_M, 37.2, (15, 22, 30)),
    (5.0, 18.0, (7, 11, 14)),
    (10.0, 9.2, (4, 6, 7)),
]


@pytest.mark.parametrize(("target_m", "depression_deg", "heads"), TABLE)
def test_the_table(target_m, depression_deg, heads):
    exact_deg = np.degrees(np.arctan(1.62 / target_m))
    assert exact_deg == pytest.approx(depression_deg, abs=0.06)
    assert ground_distance_m(np.array([exact_deg]), EYE_ONLY)[0][0] == pytest.approx(target_m)
    for share, head_deg in zip((0.4, 0.6, 0.8), heads, strict=True):
        model = GazeModel(eye_height_m=1.62, head_share=share, head_share_sd=0.0)
        assert exact_deg * share == pytest.approx(head_deg, abs=0.61)
        assert ground_distance_m(np.array([exact_deg * share]), model)[0][0] == pytest.approx(target_m)


@pytest.mark.parametrize(("height_m", "depression_deg"), [(1.45, 49.9), (1.62, 53.0), (1.75, 55.1)])
def test_four_feet_for_small_and_tall(height_m, depression_deg):
    model = GazeModel(eye_height_m=height_m, head_share=1.0, head_share_sd=0.0)
    got = ground_distance_m(np.array([depression_deg]), model)[0][0]
    assert got == pytest.approx(4 * FOOT_M, rel=0.005)


@pytest.mark.parametrize(("target_m", "per_degree_m"), [(4 * FOOT_M, 0.044), (7 * FOOT_M, 0.077), (10.0, 1.11)])
def test_what_a_degree_is_worth(target_m, per_degree_m):
    deg = np.degrees(np.arctan(1.62 / target_m))
    d = ground_distance_m(np.array([deg - 0.5, deg + 0.5]), EYE_ONLY)[0]
    assert d[0] - d[1] == pytest.approx(per_degree_m, rel=0.03)


@settings(deadline=None, max_examples=200)
@given(
    pitch=st.floats(-90, 90),
    more=st.floats(0.01, 30),
    height=st.floats(0.8, 2.2),
    share=st.floats(0.3, 1.0),
    sd=st.floats(0, 0.3),
)
def test_a_lower_head_is_never_farther_and_the_band_contains_the_value(pitch, more, height, share, sd):
    model = GazeModel(eye_height_m=height, head_share=share, head_share_sd=sd)
    d, low, high = ground_distance_m(np.array([pitch, pitch + more]), model)
    assert d[1] <= d[0]
    assert (low <= d).all()
    assert (d <= high).all()
    assert (d >= 0).all()


def test_level_and_raised_look_to_infinity_and_unknown_stays_unknown():
    d, low, high = ground_distance_m(np.array([0.0, -20.0, np.nan]), GazeModel())
    assert d.tolist()[:2] == [np.inf, np.inf]
    assert all(np.isnan(x[2]) for x in (d, low, high))


def test_a_head_a_hair_below_level_looks_to_infinity():
    assert ground_distance_m(np.array([1e-309]), GazeModel())[0][0] == np.inf


def test_the_widest_allowed_share_still_gives_a_finite_band():
    d, low, high = ground_distance_m(np.array([10.0]), GazeModel(head_share=0.3, head_share_sd=0.3))
    assert 0 < low[0] < d[0] < high[0] < np.inf


@pytest.mark.parametrize(
    ("distance_m", "expected"),
    [
        (0.0, GazeZone.FEET),
        (2.9 * FOOT_M, GazeZone.FEET),
        (3.0 * FOOT_M, GazeZone.NEAR),
        (3.9 * FOOT_M, GazeZone.NEAR),
        (4.0 * FOOT_M, GazeZone.TARGET),
        (6.9 * FOOT_M, GazeZone.TARGET),
        (7.0 * FOOT_M, GazeZone.AHEAD),
        (14.9 * FOOT_M, GazeZone.AHEAD),
        (15.0 * FOOT_M, GazeZone.FAR),
        (np.inf, GazeZone.FAR),
    ],
)
def test_zones(distance_m, expected):
    assert zone(distance_m) is expected


def test_no_distance_no_zone():
    assert zone(float("nan")) is None
    assert len(ZONE_EDGES_M) == len(GazeZone) - 1
