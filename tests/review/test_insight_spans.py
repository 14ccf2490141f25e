"""Any part of a run has numbers, and those of the whole are the run's own."""

from itertools import pairwise

import numpy as np
import pytest
from constructed_analysis import analysis, cut, track
from hypothesis import given
from hypothesis import strategies as st

from monitor.review.insight.columns import NO_ZONE, columns_of
from monitor.review.insight.course import Course
from monitor.review.insight.heart import HeartLine
from monitor.review.insight.spans import between, span_numbers
from monitor.review.metrics import summarise
from monitor.values import NS_PER_S, Activity, Ground, HeartRate, Reason

RNG = np.random.default_rng(3)


def a_run(seconds=600.0):
    """Ten minutes: lower from minute to minute, a walk, a hole, a stretch that is not trusted."""
    n = round(seconds * 25)
    pitch = np.linspace(5, 30, n) + RNG.normal(0, 2, n)
    activity = np.where((np.arange(n) > 3000) & (np.arange(n) < 4000), Activity.WALK, Activity.RUN)
    valid = ~((np.arange(n) > 6000) & (np.arange(n) < 6500)) & (activity == Activity.RUN)
    reason = np.where(valid, Reason.OK, Reason.SPARSE)
    head = track("head", seconds, angle_deg=pitch, sustained_deg=pitch, activity=activity, valid=valid, reason=reason)
    collar = track("collar", seconds, shoulder=np.where(np.arange(n) % 1000 < 300, 0.9, 0.1))
    return analysis(cut(head, 400, 410), collar, seconds=seconds)


def straight_course(t_s, **columns):
    """A watch that went straight on."""
    nothing = np.full(len(t_s), np.nan)
    plain = dict.fromkeys(
        ("lat_deg", "lon_deg", "elevation_m", "distance_m", "speed_m_s", "cadence_spm", "heart_bpm", "grade"), nothing
    )
    return Course(t_s=t_s, **(plain | columns))


def test_the_numbers_of_the_whole_are_those_of_the_run():
    run = a_run()
    columns, metrics = columns_of(run), summarise(run)
    whole = span_numbers(columns, np.ones(len(columns), bool))
    assert whole.running_s == pytest.approx(metrics.running_s)
    assert whole.walking_s == pytest.approx(metrics.walking_s)
    assert whole.head_pitch_mean_deg == pytest.approx(metrics.head_pitch_mean_deg)
    assert whole.head_pitch_median_deg == pytest.approx(metrics.head_pitch_median_deg)
    assert whole.head_pitch_p95_deg == pytest.approx(metrics.head_pitch_p95_deg)
    assert whole.past_limit_share == pytest.approx(metrics.past_limit_share)
    assert np.array(whole.zone_share) * whole.seen_s == pytest.approx(list(metrics.zone_s.values()))
    assert whole.cadence_median_spm == pytest.approx(metrics.cadence_median_spm)


def test_the_shoulders_of_the_whole_are_those_of_the_run():
    """Where the head's sensor has no hole: its moments are the ones that count."""
    shoulder = np.where(np.arange(15_000) % 1000 < 300, 0.9, 0.1)
    run = analysis(track("head", 600.0), track("collar", 600.0, shoulder=shoulder), seconds=600.0)
    columns, metrics = columns_of(run), summarise(run)
    whole = span_numbers(columns, np.ones(len(columns), bool))
    assert whole.shoulder_mean == pytest.approx(metrics.shoulders.mean)
    assert whole.raised_share == pytest.approx(metrics.shoulders.past_share)


@given(cuts=st.lists(st.floats(0, 600), max_size=5))
def test_times_of_parts_add_up(cuts):
    columns = columns_of(a_run())
    edges = [0.0, *sorted(cuts), 601.0]
    parts = [span_numbers(columns, between(columns, a, b)) for a, b in pairwise(edges)]
    whole = span_numbers(columns, between(columns, 0.0, 601.0))
    for name in ("total_s", "running_s", "walking_s", "seen_s"):
        assert sum(getattr(p, name) for p in parts) == pytest.approx(getattr(whole, name))


def test_a_part_without_data_says_nothing():
    columns = columns_of(a_run())
    empty = span_numbers(columns, between(columns, 401, 409))
    assert empty.total_s == 0
    assert empty.head_pitch_mean_deg is None
    assert empty.zone_share is None
    assert empty.distance_m is None


def test_an_empty_run_has_empty_columns():
    columns = columns_of(analysis(seconds=0.0))
    assert len(columns) == 0
    assert span_numbers(columns, np.zeros(0, bool)).past_limit_share is None


def test_nothing_is_in_a_zone_that_was_not_seen():
    columns = columns_of(a_run())
    assert (columns.zone[~columns.seen] == NO_ZONE).all()
    assert (columns.zone[columns.seen] >= 0).all()


def test_the_watch_tells_height_and_distance():
    t_s = np.arange(-30.0, 700.0)
    course = straight_course(t_s, elevation_m=100 + 0.1 * (t_s + 30), distance_m=3.0 * (t_s + 30))
    columns = columns_of(a_run(), course)
    part = span_numbers(columns, between(columns, 100, 200))
    assert part.distance_m == pytest.approx(300, abs=0.5)
    assert part.climb_m == pytest.approx(10, abs=3)
    assert part.drop_m == 0


def test_a_wavering_barometer_climbs_nothing():
    t_s = np.arange(0.0, 700.0)
    course = straight_course(t_s, elevation_m=100 + RNG.uniform(-1.2, 1.2, len(t_s)))
    part = span_numbers(columns := columns_of(a_run(), course), np.ones(len(columns), bool))
    assert (part.climb_m, part.drop_m) == (0, 0)


def test_across_a_long_silence_of_the_watch_nothing_is_known():
    t_s = np.r_[np.arange(0.0, 100.0), np.arange(300.0, 400.0)]
    course = straight_course(t_s, elevation_m=np.ones(len(t_s)))
    assert np.isnan(course.at(course.elevation_m, np.array([200.0]))).all()
    assert np.isfinite(course.at(course.elevation_m, np.array([50.0, 350.0]))).all()
    assert np.isnan(course.at(course.elevation_m, np.array([-1.0, 401.0]))).all()


def test_the_belt_tells_speed_and_distance_where_there_is_no_watch():
    from monitor.posture.slope import GroundLine

    run = a_run()
    columns = columns_of(analysis(*run.tracks.values(), seconds=600.0, ground=GroundLine([Ground(0, 2.5, 0.0)])))
    assert span_numbers(columns, between(columns, 0, 100)).distance_m == pytest.approx(250, abs=1)


def test_an_old_heart_rate_is_not_held_for_long():
    line = HeartLine([HeartRate(NS_PER_S, 150.0), HeartRate(2 * NS_PER_S, float("nan"))])
    at = line.at(np.array([0, 1, 2, 60], np.int64) * NS_PER_S)
    assert at[1] == 150
    assert np.isnan(at[[0, 2, 3]]).all()
    assert not HeartLine([])
