"""The watch on the run's clock, and the grade of its heights."""

import numpy as np
import pytest
from constructed_analysis import analysis

from monitor.alignment.choose import by_hand
from monitor.interop.watch import WatchFile, WatchLap, WatchTrack
from monitor.review.insight.from_watch import course_of, grade_of, ground_of, run_started_ns
from monitor.values import NS_PER_S

START_NS = 1_763_803_800 * NS_PER_S
RNG = np.random.default_rng(1)


def a_watch(n=600, offset_s=0.0, grade=0.05):
    t_s = np.arange(n, dtype=float)
    nothing = np.full(n, np.nan)
    lap = WatchLap(START_NS + 60 * NS_PER_S, START_NS + 120 * NS_PER_S, "Lap 1", 180.0, "manual")
    return WatchTrack(
        t_ns=START_NS + np.rint((t_s + offset_s) * NS_PER_S).astype(np.int64),
        lat_deg=nothing, lon_deg=nothing,
        elevation_m=np.round((100 + grade * 3 * t_s) * 5) / 5,  # steps of 0.2 m, as watches write
        distance_m=3 * t_s, speed_m_s=np.full(n, 3.0), cadence_spm=np.full(n, 170.0), heart_bpm=nothing,
        source=WatchFile.FIT, laps=(lap,),
    )  # fmt: skip


def test_an_offset_moves_points_and_laps_alike():
    course = course_of(a_watch(offset_s=37.0), by_hand(37.0), START_NS, "morning.fit")
    assert course.t_s[0] == pytest.approx(0.0)
    assert (course.laps[0].start_s, course.laps[0].end_s) == pytest.approx((60 - 37, 120 - 37))
    assert course.source == "morning.fit"


def test_a_file_without_times_is_no_course():
    watch = a_watch()
    empty = WatchTrack(np.empty(0, np.int64), *(getattr(watch, n) for n in (
        "lat_deg", "lon_deg", "elevation_m", "distance_m", "speed_m_s", "cadence_spm", "heart_bpm")),
        source=WatchFile.GPX)  # fmt: skip
    assert course_of(empty, by_hand(0.0), START_NS) is None


@pytest.mark.parametrize("grade", [-0.2, -0.05, 0.0, 0.05, 0.3])
def test_the_grade_of_a_steady_slope(grade):
    found = grade_of(a_watch(grade=grade).distance_m, a_watch(grade=grade).elevation_m)
    assert np.abs(found - grade).max() < 0.01


def test_a_wavering_height_makes_little_slope():
    watch = a_watch(grade=0.0)
    found = grade_of(watch.distance_m, 100 + RNG.normal(0, 0.5, 600))
    assert np.percentile(np.abs(found), 95) < 0.02


def test_standing_and_jumps_give_no_grade():
    assert np.isnan(grade_of(np.zeros(50), np.arange(50.0))).all()
    assert np.isnan(grade_of(np.full(50, np.nan), np.arange(50.0))).all()
    assert np.isnan(grade_of(np.linspace(0, 20, 50), np.linspace(0, 400, 50))).all()


def test_the_ground_of_the_course_is_read_at_log_times():
    origin_ns = 5 * NS_PER_S
    line = ground_of(course_of(a_watch(), by_hand(0.0), START_NS), origin_ns)
    speed, slope = line.at(np.array([origin_ns + 100 * NS_PER_S]))
    assert speed[0] == 3.0
    assert slope[0] == pytest.approx(np.degrees(np.arctan(0.05)), abs=0.3)


def test_the_runs_clock_begins_with_its_first_sample():
    of = analysis(seconds=10.0, origin_ns=7 * NS_PER_S)
    assert run_started_ns(of) % NS_PER_S == 0
    assert run_started_ns(of) - run_started_ns(analysis(seconds=10.0)) == 7 * NS_PER_S


def test_heights_of_a_real_run(shared_data):
    """Over the fenix 2's 9 km the grade leads to the height of the end, and climbs about what the watch says (64 m)."""
    from monitor.interop.reading import read_watch

    watch = read_watch(shared_data / "watch" / "activity-small-fenix2-run.fit")
    grade = grade_of(watch.distance_m, watch.elevation_m)
    step_m = np.diff(watch.distance_m, prepend=watch.distance_m[0])
    rise = np.nan_to_num(grade * step_m)
    assert rise.sum() == pytest.approx(watch.elevation_m[-1] - watch.elevation_m[0], abs=3)
    assert 55 < rise[rise > 0].sum() < 90  # small ups, which the watch leaves out, are in it
    assert np.nanmax(np.abs(grade)) < 0.25
