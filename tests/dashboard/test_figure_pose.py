"""The drawn runner's geometry: steady in every quantity, always on its canvas, never a guess for what is not known."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.dashboard.figure_ground import END_M, EVEN_M, GroundScale, target, ticks
from monitor.dashboard.figure_pose import HEAD_DOWN_DEG, HEAD_UP_DEG, LEAN_DEG, Seen, pose
from monitor.dashboard.figure_stride import FOREARM, HEEL, SHANK, SOLE, THIGH, TOE, UPPER_ARM
from monitor.posture.gaze import FOOT_M
from monitor.values import Mode

NAN, INF = math.nan, math.inf
SIZES = [(1024, 340), (1260, 440), (1900, 620), (3800, 1200), (790, 600), (300, 900), (2000, 100), (40, 30)]
MODES = st.sampled_from(list(Mode))
CANVAS = st.tuples(st.integers(40, 4000), st.integers(30, 3000))
PITCH = st.floats(HEAD_UP_DEG, HEAD_DOWN_DEG)
METRES = st.floats(0.0, 60.0)
ANY = st.floats(allow_nan=True, allow_infinity=True)


def seen(**known: object) -> Seen:
    return Seen(**{"pitch_deg": 10.0, "gaze_m": 3.0, "gaze_low_m": 2.0, "gaze_high_m": 5.0, **known})


# ---------------------------------------------------------------- always drawable


@given(
    ANY, ANY, ANY, st.lists(ANY, min_size=3, max_size=3), st.floats(0, 1) | st.just(NAN), st.booleans(), MODES, CANVAS
)
@settings(deadline=None, max_examples=300)
def test_whatever_comes_every_point_is_finite_and_on_the_canvas(pitch, lean, score, gaze, phase, standing, mode, size):
    now = pose(Seen(pitch, lean, score, *gaze, mode, phase, standing), *size)
    for x, y in now.points():
        assert 0 <= x <= size[0]
        assert 0 <= y <= size[1]


@given(st.floats(0, 1), st.floats(-10, 30), PITCH, st.floats(-0.3, 1.3))
@settings(deadline=None)
def test_bones_keep_their_length_and_feet_stay_above_the_ground(phase, lean, pitch, score):
    now = pose(seen(phase=phase, lean_deg=lean, pitch_deg=pitch, shoulder=score), 1260, 440)
    for leg in (now.near_leg, now.far_leg):
        assert math.dist(leg.hip, leg.knee) == pytest.approx(THIGH * now.unit)
        assert math.dist(leg.knee, leg.ankle) == pytest.approx(SHANK * now.unit)
        c, s = math.cos(math.radians(leg.foot_deg)), math.sin(math.radians(leg.foot_deg))
        for along in (TOE, HEEL):
            assert leg.ankle[1] + (along * s + SOLE * c) * now.unit <= now.scale.ground + 1e-6
    for arm in (now.near_arm, now.far_arm):
        assert math.dist(arm.shoulder, arm.elbow) == pytest.approx(UPPER_ARM * now.unit)
        assert math.dist(arm.elbow, arm.hand) == pytest.approx(FOREARM * now.unit)


def test_the_stride_closes_and_one_foot_is_down_in_stance():
    first, last = (pose(seen(phase=p), 1260, 440) for p in (0.0, 1.0 - 1e-9))
    for a, b in zip(first.points(), last.points(), strict=True):
        assert math.dist(a, b) < 1e-3
    down = pose(seen(phase=0.12), 1260, 440)
    assert down.scale.ground - down.near_leg.ankle[1] == pytest.approx(0.039 * down.unit)
    assert down.far_leg.ankle[1] < down.near_leg.ankle[1] - 0.2 * down.unit


# ---------------------------------------------------------------- the head


@given(PITCH, PITCH, st.floats(-10, 30))
def test_a_deeper_pitch_has_a_lower_nose(a, b, lean):
    low, high = sorted((a, b))
    up, down = (pose(seen(pitch_deg=p, lean_deg=lean), 1260, 440) for p in (low, high))
    if high - low > 1e-6:
        assert down.nose[1] > up.nose[1]


@given(PITCH, st.floats(-10, 30))
def test_the_head_turns_by_the_measured_pitch_whatever_the_trunk_does(pitch, lean):
    level, now = (pose(seen(pitch_deg=p, lean_deg=lean), 1260, 440) for p in (0.0, pitch))

    def along(p):
        return math.degrees(math.atan2(p.nose[1] - p.ear[1], p.nose[0] - p.ear[0]))

    assert along(now) - along(level) == pytest.approx(pitch, abs=1e-6)


def test_a_head_that_nobody_measured_is_level_and_has_no_gaze():
    now = pose(seen(pitch_deg=NAN), 1260, 440)
    assert (now.head_deg, now.ray, now.wedge) == (0.0, (), ())
    assert pose(Seen(), 1260, 440).lean_deg == LEAN_DEG
    assert pose(Seen(standing=True), 1260, 440).lean_deg == 0.0


# ---------------------------------------------------------------- shoulders


@given(st.floats(-0.3, 1.3), st.floats(-0.3, 1.3))
def test_a_higher_score_lifts_the_shoulders_towards_the_ear(a, b):
    low, high = sorted((a, b))
    rest, up = (pose(seen(shoulder=s), 1260, 440) for s in (low, high))
    assert rest.near_arm.shoulder[1] >= up.near_arm.shoulder[1]
    assert up.near_arm.shoulder[1] > up.ear[1]
    assert up.relaxed == rest.relaxed


def test_a_shrug_is_seen_and_an_unknown_one_is_not_drawn():
    rest, up, unknown = (pose(seen(shoulder=s), 1260, 440) for s in (0.0, 1.0, NAN))
    assert rest.near_arm.shoulder[1] - up.near_arm.shoulder[1] > 0.05 * rest.unit
    assert unknown.near_arm == rest.near_arm


# ---------------------------------------------------------------- the ground and the gaze


@given(METRES | st.just(INF), METRES | st.just(INF), MODES, CANVAS)
def test_a_nearer_gaze_lands_nearer(a, b, mode, size):
    near, far = sorted((a, b))
    ends = [pose(seen(gaze_m=d, gaze_low_m=0.0, gaze_high_m=INF, mode=mode), *size).ray[-1] for d in (near, far)]
    assert ends[0][0] <= ends[1][0]
    assert ends[0][1] >= ends[1][1]


@given(METRES, METRES, METRES | st.just(INF), MODES)
def test_the_band_is_ordered_and_holds_the_gaze(a, b, c, mode):
    low, middle, high = sorted((a, b, c))
    now = pose(seen(gaze_m=middle, gaze_low_m=low, gaze_high_m=high, mode=mode), 1260, 440)
    scale = now.scale
    start, end = scale.ray(now.eye, low)[-1], scale.ray(now.eye, high)[-1]
    assert start[0] <= now.ray[-1][0] <= end[0]
    assert start[1] >= now.ray[-1][1] >= end[1]
    assert {start, end, now.eye} <= set(now.wedge)
    swapped = pose(seen(gaze_m=middle, gaze_low_m=high, gaze_high_m=low, mode=mode), 1260, 440)
    assert swapped.wedge == now.wedge


@pytest.mark.parametrize("missing", ["pitch_deg", "gaze_m", "gaze_low_m", "gaze_high_m"])
def test_without_a_whole_gaze_none_is_drawn(missing):
    assert pose(seen(**{missing: NAN}), 1260, 440).ray == ()


def test_an_endless_gaze_is_level_and_leaves_the_picture():
    now = pose(seen(gaze_m=INF, gaze_high_m=INF), 1260, 440)
    assert now.ray[-1] == pytest.approx((now.scale.end, now.eye[1]))


@pytest.mark.parametrize("mode", list(Mode))
def test_the_scale_is_even_to_15_ft_smooth_and_compressed_beyond(mode):
    scale = GroundScale(mode, 100.0, 1000.0, 300.0)
    assert scale.x(0) == 100.0
    assert scale.x(END_M) == pytest.approx(1100.0)
    assert scale.x(2 * EVEN_M) - 100 < 2 * (scale.x(EVEN_M) - 100)
    assert scale.x(EVEN_M / 2) - 100 == pytest.approx((scale.x(EVEN_M) - 100) / 2)
    before, after = (scale.x(EVEN_M + d) - scale.x(EVEN_M) for d in (-1e-4, 1e-4))
    assert -before == pytest.approx(after, rel=1e-3)


def test_targets_are_the_coaches():
    for mode in (Mode.TRAIL, Mode.TECHNICAL):
        assert (target(mode, True).low_m, target(mode, True).high_m) == (4 * FOOT_M, 7 * FOOT_M)
    road = target(Mode.ROAD, True)
    assert road.low_m < 30 * FOOT_M < 10.0 < road.high_m < 12.0
    assert [t.text for t in ticks(Mode.TRAIL, True)] == ["15 ft", "30 ft"]
    assert [t.distance_m for t in ticks(Mode.ROAD, False)] == [2.0, 5.0]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("mode", list(Mode))
def test_the_ground_before_the_runner_is_wide(size, mode):
    scale = pose(seen(mode=mode), *size).scale
    assert scale.width >= 0.5 * size[0]
    assert scale.end <= size[0]
    assert scale.ground <= size[1]
