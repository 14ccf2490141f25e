"""Mode spans, the known ground and the limit in force, on logs whose answers can be worked out on paper."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from constructed_analysis import HEAD, RATE_HZ, analysis, seconds_where, site, track
from hypothesis import given
from hypothesis import strategies as st

from monitor.posture.slope import GroundLine, gaze_shift_deg, hill_deg, lean_shift_deg, slope_deg
from monitor.review.ground import grade_at, slope_at, speed_at
from monitor.review.ground_metrics import Lean
from monitor.review.limits import limits_deg
from monitor.review.metrics import summarise
from monitor.review.modes import ModeSpan, in_mode, mode_spans, modes_used
from monitor.settings import Settings
from monitor.values import NS_PER_S, Activity, Ground, Mode, ModeChange, Reason, SensorInfo, Site

S = NS_PER_S
BACK = SensorInfo("back", Site.BACK, "demo", "Back IMU", "3", 50.0)
NAN = float("nan")


def level(seconds: float, deg: float | np.ndarray = 5.0, **columns: object):
    return track("head", seconds, angle_deg=deg, sustained_deg=deg, **columns)


def ground(*entries: tuple[float, float, float]) -> GroundLine:
    """Of (second, speed, grade)."""
    return GroundLine(Ground(round(t * S), speed, grade, "watch") for t, speed, grade in entries)


# ---------------------------------------------------------------- modes


def spans(start, *changes, origin_s=0.0, duration_s=100.0):
    found = mode_spans(start, [ModeChange(round(t * S), m) for t, m in changes], round(origin_s * S), duration_s)
    return [(s.start_s, s.end_s, s.mode.value) for s in found]


def test_spans_of_modes():
    assert spans(Mode.ROAD) == [(0, 100, "road")]
    assert spans(Mode.ROAD, (40, Mode.TRAIL), origin_s=10) == [(0, 30, "road"), (30, 100, "trail")]
    # To what it was already; before the first sample; after the last; there and back in no time.
    assert spans(Mode.ROAD, (40, Mode.ROAD)) == [(0, 100, "road")]
    assert spans(Mode.ROAD, (5, Mode.TECHNICAL), (7, Mode.TRAIL), origin_s=10) == [(0, 100, "trail")]
    assert spans(Mode.ROAD, (100, Mode.TRAIL), (170, Mode.ROAD)) == [(0, 100, "road")]
    assert spans(Mode.ROAD, (40, Mode.TRAIL), (40, Mode.ROAD)) == [(0, 100, "road")]
    assert spans(Mode.ROAD, (0, Mode.TRAIL), duration_s=0.0) == [(0, 0, "trail")]


@given(st.lists(st.tuples(st.floats(-50, 200), st.sampled_from(Mode)), max_size=20), st.sampled_from(Mode))
def test_spans_tile_the_run_and_hold_what_the_log_says(changes, start):
    changes.sort(key=lambda change: change[0])
    found = mode_spans(start, [ModeChange(round(t * S), m) for t, m in changes], 0, 100.0)
    assert (found[0].start_s, found[-1].end_s) == (0.0, 100.0)
    for one, following in pairwise(found):
        assert one.end_s == following.start_s > one.start_s
        assert one.mode is not following.mode
    for t_s in (0.0, 13.7, 99.9):
        before = [m for t, m in changes if round(t * S) <= t_s * S]
        now = before[-1] if before else start
        assert [bool(in_mode(found, mode, np.array([t_s]))[0]) for mode in Mode] == [mode is now for mode in Mode]


def test_modes_in_order_of_use():
    found = mode_spans(Mode.TRAIL, [ModeChange(k * S, m) for k, m in enumerate((Mode.ROAD, Mode.TRAIL), 1)], 0, 9.0)
    assert modes_used(found) == (Mode.TRAIL, Mode.ROAD)


# ---------------------------------------------------------------- ground


def test_what_is_not_known_of_the_ground_is_not_level():
    known = ground((10, 3.0, 0.05), (20, NAN, NAN), (30, 2.0, -0.1))
    at = np.array([5, 10, 15, 20, 25, 30, 99]) * S
    assert grade_at(known, at) == pytest.approx([NAN, 0.05, 0.05, NAN, NAN, -0.1, -0.1], nan_ok=True)
    assert speed_at(known, at) == pytest.approx([NAN, 3, 3, NAN, NAN, 2, 2], nan_ok=True)
    assert slope_at(known, at) == pytest.approx([0, *[slope_deg(0.05)] * 2, 0, 0, *[slope_deg(-0.1)] * 2])
    for nothing in (None, ground()):
        assert not nothing
        assert np.isnan(grade_at(nothing, at)).all()
        assert np.isnan(speed_at(nothing, at)).all()
        assert not slope_at(nothing, at).any()


def test_a_fault_of_the_watch_is_no_cliff():
    known = ground((0, 3.0, 1e308), (10, 3.0, -1e308), (20, 3.0, math.inf))
    at = np.array([5, 15, 25]) * S
    assert slope_at(known, at) == pytest.approx([30.0, -30.0, 0.0])
    assert np.isnan(grade_at(known, at)[2])
    m = summarise(analysis(level(30, 20.0), seconds=30.0, ground=known))
    assert sum(m.zone_s.values()) == pytest.approx(30)
    assert m.past_limit_share is not None


# ---------------------------------------------------------------- the limit


MIXED = (ModeSpan(0, 25, Mode.ROAD), ModeSpan(25, 50, Mode.TECHNICAL), ModeSpan(50, 100, Mode.TRAIL))


def test_the_limit_follows_the_mode():
    run = analysis(level(100), seconds=100.0, modes=MIXED)
    limits = limits_deg(run.tracks["head"], run)
    assert limits[: 25 * RATE_HZ] == pytest.approx(20.0)
    assert np.isnan(limits[25 * RATE_HZ : 50 * RATE_HZ]).all()
    assert limits[50 * RATE_HZ :] == pytest.approx(36.0)


def test_a_mode_holds_for_what_arrives_after_it():
    """A sensor that sends half a second late is judged by the mode of its arrival, on the log's own clock."""
    late = level(100)
    late = type(late)(
        **{n: getattr(late, n) for n in late.__slots__ if n != "arrival_ns"}, arrival_ns=late.t_ns + S // 2 + 7 * S
    )
    run = analysis(late, seconds=100.0, modes=MIXED, origin_ns=7 * S)
    limits = limits_deg(late, run)
    assert np.flatnonzero(np.isnan(limits))[0] == pytest.approx(24.5 * RATE_HZ, abs=1)


def test_the_limit_follows_the_slope_as_the_core_shifts_it():
    settings = Settings()
    lean = np.where(seconds_where(100, (0, 50)), NAN, 4.0)
    known = ground((20, 3.0, 0.1), (60, 3.0, -0.2), (80, 3.0, NAN))
    run = analysis(level(100, lean_deg=lean), seconds=100.0, ground=known)
    limits = limits_deg(run.tracks["head"], run)
    up, down = slope_deg(0.1), slope_deg(-0.2)

    def gaze(slope):
        return gaze_shift_deg(slope, Mode.ROAD, settings.gaze)

    expected = {10: 0, 30: gaze(up) + lean_shift_deg(up, settings.hill_lean), 55: gaze(up), 70: gaze(down), 90: 0}
    assert gaze(down) > 1
    assert gaze(up) < -1
    for second, shift in expected.items():
        assert limits[second * RATE_HZ] == pytest.approx(20.0 + shift), second


@given(st.lists(st.floats(-89, 89), min_size=1, max_size=30), st.sampled_from([Mode.ROAD, Mode.TRAIL]))
def test_slopes_together_are_slopes_alone(slopes, mode):
    settings = Settings()
    lean = np.where(np.arange(len(slopes)) % 2, 3.0, NAN)
    together = hill_deg(np.array(slopes), lean, mode, settings)
    alone = [
        gaze_shift_deg(s, mode, settings.gaze) + (lean_shift_deg(s, settings.hill_lean) if math.isnan(one) else 0.0)
        for s, one in zip(slopes, lean, strict=True)
    ]
    assert together == pytest.approx(alone)


def test_time_past_the_limit_is_of_the_time_that_had_one():
    # 25 deg is past 20 on the road, on technical ground nothing, on a trail not past 36.
    m = summarise(analysis(level(100, 25.0), seconds=100.0, modes=MIXED))
    assert m.past_limit_share == pytest.approx(25 / 75)
    assert m.limit_deg == 20.0
    begins_technical = summarise(
        analysis(
            level(100, 40.0), seconds=100.0, settings=Settings(mode=Mode.TECHNICAL),
            modes=(ModeSpan(0, 50, Mode.TECHNICAL), ModeSpan(50, 100, Mode.TRAIL)),
        )
    )  # fmt: skip
    assert (begins_technical.limit_deg, begins_technical.past_limit_share) == (None, 1.0)


def test_a_mode_chosen_before_the_first_sample_is_the_starts():
    run = analysis(level(100, 25.0), seconds=100.0, modes=(ModeSpan(0, 100, Mode.TRAIL),))
    assert run.settings.mode is Mode.ROAD
    m = summarise(run)
    assert (m.limit_deg, m.past_limit_share) == (36.0, 0.0)


def test_bouts_belong_to_the_mode_they_were_in():
    over = seconds_where(100, (10, 14), (40, 45), (60, 70), (80, 90))
    m = summarise(analysis(level(100, over=over), seconds=100.0, modes=MIXED))
    found = {mode: (b.number, round(b.total_s, 3)) for mode, b in m.head_down_by_mode.items()}
    assert found == {"road": (1, 4), "technical": (1, 5), "trail": (2, 20)}
    assert m.head_down.number == 4
    assert summarise(analysis(track("collar", 10), seconds=10.0)).head_down_by_mode == {}


# ---------------------------------------------------------------- lean


def leaning(seconds: float, lean: float | np.ndarray, **changes: object):
    """A head that goes 25 deg down with a trunk that leans."""
    return analysis(
        level(seconds, 25.0, lean_deg=lean), seconds=seconds,
        sites={"head": site(HEAD), "back": site(BACK, trunk=True)}, sensors=(HEAD, BACK), **changes,
    )  # fmt: skip


def test_a_known_lean_is_no_bent_neck():
    m = summarise(leaning(100, np.where(seconds_where(100, (0, 60)), NAN, 10.0)))
    assert m.head_pitch_mean_deg == pytest.approx(25.0)
    assert m.past_limit_share == pytest.approx(0.6)
    assert (m.trunk_lean.treatment, m.trunk_lean.mean_deg) == (Lean.REMOVED, pytest.approx(10.0))
    assert m.trunk_lean.known_share == pytest.approx(0.4)


def test_lean_counts_only_while_running_and_trusted():
    lean = np.where(seconds_where(100, (0, 50)), 20.0, 4.0)
    walking = np.where(seconds_where(100, (0, 30)), Activity.WALK, Activity.RUN)
    lost = seconds_where(100, (30, 50))
    head = level(100, 10.0, lean_deg=lean, activity=walking, valid=~lost, reason=np.where(lost, Reason.GAP, Reason.OK))
    m = summarise(analysis(head, seconds=100.0, sites={"back": site(BACK, trunk=True)}))
    assert (m.trunk_lean.mean_deg, m.trunk_lean.known_share) == pytest.approx((4.0, 1.0))


def test_without_a_trunk_sensor_or_with_a_silent_one_the_lean_is_in_the_pitch():
    assert summarise(leaning(30, NAN)).trunk_lean.treatment is Lean.NOT_TOLD
    alone = summarise(analysis(level(30, 25.0), seconds=30.0))
    assert alone.trunk_lean.treatment is Lean.NO_SENSOR
    assert alone.as_json()["trunk_lean"] == {
        "treatment": "included in the head pitch: no trunk sensor", "mean_deg": None, "known_share": 0.0,
    }  # fmt: skip
    assert summarise(analysis(track("collar", 30, shoulder=0.1), seconds=30.0)).trunk_lean is None


# ---------------------------------------------------------------- grade and look-ahead


def test_shares_of_uphill_level_and_downhill_are_of_known_running():
    known = ground((20, NAN, 0.021), (40, NAN, 0.02), (50, NAN, -0.02), (60, NAN, -0.021), (90, NAN, NAN))
    walk = np.where(seconds_where(100, (0, 30)), Activity.WALK, Activity.RUN)
    g = summarise(analysis(level(100, activity=walk), seconds=100.0, ground=known)).grade
    assert g.known_share == pytest.approx(60 / 70)
    assert (g.uphill_share, g.level_share, g.downhill_share) == pytest.approx((10 / 60, 20 / 60, 30 / 60))
    assert summarise(analysis(level(100), seconds=100.0)).grade is None
    assert summarise(analysis(level(100), seconds=100.0, ground=ground((0, 3.0, NAN)))).grade is None
    assert summarise(analysis(level(100, activity=Activity.WALK), seconds=100.0, ground=known)).grade is None


def test_look_ahead_is_the_time_to_where_the_gaze_lands():
    # A pitch of 24 deg lowers the gaze by 40: it lands 1.62 / tan 40 deg = 1.93 m ahead.
    known = ground((0, 2.0, NAN), (60, 4.0, NAN), (90, NAN, NAN))
    m = summarise(analysis(level(100, 24.0), seconds=100.0, ground=known))
    assert m.look_ahead_median_s == pytest.approx(1.62 / math.tan(math.radians(40)) / 2.0)
    assert m.look_ahead_far_share == 0.0
    far = summarise(analysis(level(100, -5.0), seconds=100.0, ground=known))
    assert (far.look_ahead_median_s, far.look_ahead_far_share) == (7.5, 1.0)
    for nothing in (None, ground((0, NAN, 0.1)), ground((0, 0.0, 0.0)), ground((0, -3.0, 0.0))):
        m = summarise(analysis(level(100, 24.0), seconds=100.0, ground=nothing))
        assert (m.look_ahead_median_s, m.look_ahead_far_share) == (None, None)


def test_zones_follow_the_slope():
    # 24 deg of head: 40 deg of gaze. Up 20 %: 1.62 / ((tan 40 + 0.2) cos 11.3) = 1.59 m, down 30 %: 3.1 m.
    seconds = {}
    for grade in (NAN, 0.2, -0.3):
        m = summarise(analysis(level(10, 24.0), seconds=10.0, ground=ground((0, 3.0, grade))))
        seconds[grade] = next(zone for zone, s in m.zone_s.items() if s)
    assert list(seconds.values()) == ["4-7 ft", "4-7 ft", "ahead"]
    m = summarise(analysis(level(10, 31.0), seconds=10.0, ground=ground((0, 3.0, 0.3))))
    assert m.zone_s["near"] == pytest.approx(10)
