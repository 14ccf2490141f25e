"""Metrics on made tracks whose answers can be worked out on paper."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from constructed_analysis import (
    RATE_HZ,
    analysis,
    cut,
    prompt,
    seconds_where,
    silent,
    track,
    trail_run,
)

from monitor.posture.gaze import GazeZone
from monitor.review.metrics import summarise
from monitor.review.track_time import Bouts, bout_spans_s, weights_s
from monitor.settings import Settings
from monitor.values import Activity, EventKind, LinkQuality, Mode, Reason


def level(seconds: float, deg: float | np.ndarray = 5.0, **columns: object):
    return track("head", seconds, angle_deg=deg, sustained_deg=deg, **columns)


def test_time_by_activity():
    activity = np.repeat([Activity.STILL, Activity.WALK, Activity.RUN, Activity.OTHER], 10 * RATE_HZ)
    m = summarise(analysis(level(40, activity=activity), seconds=40.0))
    assert (m.still_s, m.walking_s, m.running_s, m.other_s) == pytest.approx((10, 10, 10, 10))
    assert m.no_data_s == pytest.approx(0)


def test_a_hole_is_no_data_and_not_running():
    m = summarise(analysis(cut(level(100), 40, 70), seconds=100.0))
    assert m.running_s == pytest.approx(70)
    assert m.no_data_s == pytest.approx(30)


def test_slots_without_data_are_no_data_too():
    lost = seconds_where(100, (40, 70))
    head = level(
        100,
        activity=np.where(lost, Activity.UNKNOWN, Activity.RUN),
        valid=~lost,
        reason=np.where(lost, Reason.NO_DATA, Reason.OK),
    )
    m = summarise(analysis(head, seconds=100.0))
    assert (m.running_s, m.no_data_s, m.other_s) == pytest.approx((70, 30, 0))


def test_running_time_valid_and_invalid_by_reason():
    gap, starting = seconds_where(100, (10, 30)), seconds_where(100, (0, 10))
    reason = np.where(gap, Reason.GAP, np.where(starting, Reason.STARTING, Reason.OK))
    m = summarise(analysis(level(100, valid=reason == Reason.OK, reason=reason), seconds=100.0))
    assert m.running_valid_share == pytest.approx(0.7)
    assert m.running_invalid_share == pytest.approx({"starting": 0.1, "gap": 0.2})


def test_head_pitch_counts_only_trusted_running():
    pitch = np.repeat([10.0, 30.0, 80.0, 80.0], 25 * RATE_HZ)
    activity = np.repeat([Activity.RUN, Activity.RUN, Activity.OTHER, Activity.RUN], 25 * RATE_HZ)
    valid = np.repeat([True, True, True, False], 25 * RATE_HZ)
    m = summarise(analysis(level(100, pitch, activity=activity, valid=valid), seconds=100.0))
    assert m.head_pitch_mean_deg == pytest.approx(20.0)
    assert m.head_pitch_median_deg == pytest.approx(20.0)
    assert m.head_pitch_p95_deg == pytest.approx(30.0)
    assert m.limit_deg == 20.0
    assert m.past_limit_share == pytest.approx(0.5)


def test_time_by_gaze_zone():
    # Eye 1.62 m, head share 0.6: a pitch p meets the ground at 1.62 / tan(p / 0.6).
    pitch = np.repeat([45.0, 33.0, 24.0, 15.0, 3.0], [10 * RATE_HZ * k for k in (1, 2, 3, 4, 5)])
    zones = summarise(analysis(level(150, pitch), seconds=150.0)).zone_s
    assert list(zones) == [z.value for z in GazeZone]
    assert zones == pytest.approx(
        {GazeZone.FEET: 10, GazeZone.NEAR: 20, GazeZone.TARGET: 30, GazeZone.AHEAD: 40, GazeZone.FAR: 50}
    )


def test_a_raised_head_looks_far():
    zones = summarise(analysis(level(10, -20.0), seconds=10.0)).zone_s
    assert zones[GazeZone.FAR] == pytest.approx(10)


def test_bouts():
    over = seconds_where(100, (10, 14), (50, 61), (95, 100))
    m = summarise(analysis(level(100, over=over), seconds=100.0))
    assert m.head_down is not None
    assert m.head_down.number == 3
    assert (m.head_down.longest_s, m.head_down.total_s) == pytest.approx((11, 20))


def test_a_bout_does_not_run_through_a_hole():
    head = cut(level(100, over=seconds_where(100, (10, 60))), 20, 50)
    assert bout_spans_s(head) == pytest.approx(np.array([[10, 20], [50, 60]]))


def test_events_prompts_and_silences():
    events = (prompt(10), silent(12, "told a moment ago"), prompt(40), prompt(50, EventKind.LINK_LOST))
    m = summarise(analysis(level(1800), seconds=1800.0, events=events))
    assert m.events == {"head_down": 3, "link_lost": 1}
    assert (m.prompts, m.silences) == (2, 1)
    assert m.prompts_per_hour == pytest.approx(4.0)


def test_time_to_correct():
    over = seconds_where(100, (10, 15), (50, 62), (90, 100))
    events = (prompt(10), prompt(50), prompt(90))
    m = summarise(analysis(level(100, over=over), seconds=100.0, events=events))
    assert [c.seconds for c in m.corrections] == [pytest.approx(5), pytest.approx(12), None]
    assert m.correction_median_s == pytest.approx(8.5)


@pytest.mark.parametrize("blind", ["hole", "invalid", "stopped"])
def test_a_correction_that_was_not_seen_is_not_claimed(blind):
    over = seconds_where(100, (10, 20))
    away = seconds_where(100, (14, 30))
    head = level(
        100,
        over=over,
        valid=~away if blind == "invalid" else True,
        activity=np.where(away, Activity.STILL, Activity.RUN) if blind == "stopped" else Activity.RUN,
    )
    if blind == "hole":
        head = cut(head, 14, 30)
    m = summarise(analysis(head, seconds=100.0, events=(prompt(10),)))
    assert m.corrections[0].seconds is None
    assert m.correction_median_s is None


def test_shoulders_from_the_collar():
    shoulder = np.repeat([0.2, 0.8], 50 * RATE_HZ)
    collar = track("collar", 100, shoulder=shoulder, over=seconds_where(100, (60, 100)))
    m = summarise(analysis(level(100), collar, seconds=100.0, events=(prompt(60, EventKind.SHOULDERS_UP, "collar"),)))
    assert m.shoulders is not None
    assert (m.shoulders.mean, m.shoulders.p95, m.shoulders.past_share) == pytest.approx((0.5, 0.8, 0.5))
    assert m.shoulders.bouts == Bouts(1, pytest.approx(40), pytest.approx(40))
    assert m.head_down == Bouts(0, 0.0, 0.0)


def test_a_sensor_of_both_gives_its_detector_to_the_head():
    both = track("collar", 100, sustained_deg=5.0, shoulder=0.2, over=seconds_where(100, (60, 70)))
    m = summarise(analysis(both, seconds=100.0))
    assert m.head_down == Bouts(1, pytest.approx(10), pytest.approx(10))
    assert m.shoulders is not None
    assert m.shoulders.bouts is None


def test_without_a_view_of_shoulders_nothing_is_claimed():
    m = summarise(analysis(level(10), track("collar", 10, valid=False, shoulder=0.9), seconds=10.0))
    assert m.shoulders is None
    assert m.as_json()["shoulders"] == "not visible from here"


def test_without_a_head_sensor():
    m = summarise(analysis(track("collar", 60, shoulder=0.1), seconds=60.0))
    assert m.head_down is None
    assert m.head_pitch_mean_deg is None
    assert m.past_limit_share is None
    assert m.running_s == pytest.approx(60)
    assert sum(m.zone_s.values()) == 0


def test_thirds_by_trusted_running_time():
    pitch = np.repeat([5.0, 10.0, 25.0], 100 * RATE_HZ)
    cadence = np.repeat([170.0, 168.0, 160.0], 100 * RATE_HZ)
    m = summarise(analysis(level(300, pitch, cadence_spm=cadence), seconds=300.0))
    assert m.first_third is not None
    assert m.last_third is not None
    assert m.first_third.head_pitch_mean_deg == pytest.approx(5.0)
    assert m.last_third.head_pitch_mean_deg == pytest.approx(25.0, abs=0.01)
    assert (m.first_third.past_limit_share, m.last_third.past_limit_share) == pytest.approx((0.0, 1.0), abs=0.001)
    assert (m.first_third.cadence_median_spm, m.last_third.cadence_median_spm) == (170.0, 160.0)
    short = summarise(analysis(level(170), seconds=170.0))
    assert short.first_third is None


def test_cadence_only_while_running():
    activity = np.repeat([Activity.WALK, Activity.RUN], 50 * RATE_HZ)
    cadence = np.repeat([110.0, 172.0], 50 * RATE_HZ)
    cadence[-100:] = np.nan
    m = summarise(analysis(level(100, activity=activity, cadence_spm=cadence), seconds=100.0))
    assert m.cadence_median_spm == 172.0


def test_technical_ground_has_no_limit():
    m = summarise(analysis(level(60, 50.0), seconds=60.0, settings=Settings(mode=Mode.TECHNICAL)))
    assert m.limit_deg is None
    assert m.past_limit_share is None


def test_links():
    quality = (LinkQuality("head", 99.0, 900, 100, 3, 2, 0), LinkQuality("collar", float("nan"), 0, 0, 0, 0, 0))
    m = summarise(analysis(level(10), seconds=10.0, quality=quality))
    assert m.links[0].loss_pct == pytest.approx(10.0)
    assert (m.links[1].rate_hz, m.links[1].loss_pct) == (None, None)


@pytest.mark.parametrize("seconds", [0.0, 30.0])
def test_an_empty_run_gives_empty_numbers(seconds):
    m = summarise(analysis(seconds=seconds))
    assert (m.running_s, m.prompts, m.corrections) == (0.0, 0, ())
    assert m.no_data_s == seconds
    assert m.running_valid_share is None
    assert m.cadence_median_spm is None
    one = summarise(analysis(level(0.04), seconds=0.0))
    assert one.running_s == 0.0


def test_a_run_without_a_valid_second():
    m = summarise(analysis(level(60, np.nan, valid=False, reason=Reason.NOT_CALIBRATED), seconds=60.0))
    assert m.running_valid_share == 0.0
    assert m.running_invalid_share == pytest.approx({"not_calibrated": 1.0})
    assert m.head_pitch_mean_deg is None
    assert m.head_down is None


def test_json_is_strict_and_complete():
    for run in (trail_run(300), analysis(seconds=0.0), analysis(level(10), seconds=10.0, duration_s=float("nan"))):
        plain = summarise(run).as_json()
        again = json.loads(json.dumps(plain, allow_nan=False))
        assert again == plain
        assert set(plain) == set(type(summarise(run)).__slots__)


def test_weights_sum_to_the_time_that_was_seen():
    rng = np.random.default_rng(1)
    head = level(200)
    keep = rng.random(len(head)) > 0.05
    names = [f for f in head.__slots__ if f != "sensor"]
    thinned = replace(head, **{n: getattr(head, n)[keep] for n in names})
    assert weights_s(thinned).sum() == pytest.approx(200, abs=0.5)


def test_metrics_do_not_change_the_analysis():
    run = trail_run(300)
    before = {k: t.sustained_deg.copy() for k, t in run.tracks.items()}
    summarise(run)
    for key, values in before.items():
        assert np.array_equal(run.tracks[key].sustained_deg, values, equal_nan=True)
