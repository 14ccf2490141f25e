"""What other programs are told of a run: its posture at each moment, and the run second by second."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from constructed_analysis import INFO, analysis, cut, seconds_where, track

from monitor.interop.fit_write import fit_activity
from monitor.interop.posture_series import UNKNOWN_STATE
from monitor.posture.slope import GroundLine
from monitor.review.insight.columns import columns_of
from monitor.review.insight.heart import HeartLine
from monitor.review.insight.spans import between, span_numbers
from monitor.review.posture_series import posture_series, run_seconds
from monitor.review.track_columns import about_run, picked, track_columns
from monitor.values import NS_PER_S, Activity, Event, EventKind, Ground, HeartRate

EVER = (0.0, float("inf"))
BEGAN = 1_763_800_000.4


def head_down(seconds: float = 600.0):
    """Running with the head low from 100 to 200 s, walking from 300 to 400 s, nothing received from 500 to 520 s."""
    pitch = np.where(seconds_where(seconds, (100, 200)), 30.0, 5.0)
    activity = np.where(seconds_where(seconds, (300, 400)), Activity.WALK, Activity.RUN)
    events = (
        Event(106 * NS_PER_S, EventKind.HEAD_DOWN, "head", True),
        Event(150 * NS_PER_S, EventKind.HEAD_DOWN, "head", False),
        Event(160 * NS_PER_S, EventKind.MARK, "", False, {"label": "=1+1", "limit": float("inf")}),
    )
    whole = track("head", seconds, sustained_deg=pitch, angle_deg=pitch, activity=activity)
    return analysis(cut(whole, 500, 520), seconds=seconds, events=events)


def test_the_series_says_what_was_seen_and_nothing_else():
    series = posture_series(head_down())
    rows = series.at(np.array([50.0, 150.0, 350.0, 510.0, 900.0, -5.0, np.nan]))
    assert rows.head_pitch_deg[:3].tolist() == [5.0, 30.0, 5.0]  # walking is posture too
    assert np.isnan(rows.head_pitch_deg[3:]).all()
    assert rows.state.tolist() == [0, 1, 0] + [UNKNOWN_STATE] * 4
    assert rows.gaze_m[1] < rows.gaze_m[0]
    assert np.isnan(rows.shoulder).all()


def test_sums_of_a_part_are_those_of_the_review():
    run = head_down()
    series, columns = posture_series(run), columns_of(run)
    for a, b in ((0, 600), (50, 150), (300, 400), (505, 515)):
        told, numbers = series.summary(a, b), span_numbers(columns, between(columns, a, b))
        assert told.head_pitch_mean_deg == pytest.approx(numbers.head_pitch_mean_deg)
    assert series.summary(50, 150).head_down_s == pytest.approx(50.0, abs=0.1)
    assert [series.summary(a, b).cues for a, b in ((0, 600), (0, 106), (106, 107), (505, 515))] == [1, 0, 1, None]
    assert series.summary(300, 400).head_down_s is None  # walking is not counted
    assert series.summary(200, 100).cues is None


def test_a_chosen_stretch_is_all_that_is_told():
    series = posture_series(head_down(), (120.0, 180.0))
    assert (series.t_s[0], series.t_s[-1]) == (120.0, 179.96)
    assert len(series.cues_s) == 0
    assert np.isnan(series.at(np.array([100.0])).head_pitch_deg).all()


def test_the_run_second_by_second_with_a_treadmill_and_a_strap():
    origin = 7 * NS_PER_S
    at = lambda t_s: origin + round(t_s * NS_PER_S)  # noqa: E731
    ground = GroundLine(
        (Ground(at(-3), 0.0, 0.0), Ground(at(60.25), 3.0, 0.02), Ground(at(120.25), float("nan"), 0.02),
         Ground(at(180.25), 2.0, 0.0))
    )  # fmt: skip
    heart = HeartLine([HeartRate(at(t), 140.0) for t in range(30, 100)])
    run = replace(head_down(240.0), ground=ground, heart=heart, origin_ns=origin)
    tracks = {k: replace(t, arrival_ns=t.t_ns + origin) for k, t in run.tracks.items()}
    told = run_seconds(replace(run, tracks=tracks), BEGAN, True)
    assert (told.start_unix_s, told.start_s) == (1_763_800_001, pytest.approx(0.6))
    assert len(told) == 240
    t_s = told.start_s + np.arange(len(told))
    metres = np.interp(t_s, [0, 60.25, 120.25, 180.25, 240], [0, 0, 180, 180, 180 + 59.75 * 2])
    unknown = (t_s >= 120.25) & (t_s < 180.25)
    np.testing.assert_allclose(told.distance_m[~unknown], metres[~unknown], atol=0.31)
    assert np.isnan(told.distance_m[unknown]).all()
    assert np.isnan(told.speed_m_s[unknown]).all()
    assert told.heart_bpm[40] == 140.0
    assert np.isnan(told.heart_bpm[[5, 150]]).all()
    assert set(told.cadence_spm) == {170.0}
    assert fit_activity(told, posture_series(run))[8:12] == b".FIT"


def test_a_run_without_anything():
    run = analysis(seconds=0.0)
    assert [len(c.values) for c in track_columns(run, EVER)] == [0] * 12
    series = posture_series(run)
    assert len(series) == 0
    assert series.summary(0, 10).cues is None
    assert series.at(np.array([1.0])).state.tolist() == [UNKNOWN_STATE]


def test_what_a_table_is_about_is_plain_json():
    about = about_run(replace(head_down(), info=replace(INFO, simulated=True)))
    assert about["simulated"] is True
    assert about["events"][2] == {"t_s": 160.0, "kind": "mark", "prompted": False, "label": "=1+1", "limit": None}


@pytest.mark.parametrize("rate_hz", [1.0, 10.0, 12.5, 100.0])
def test_thinned_rows_keep_their_pace(rate_hz):
    rng = np.random.default_rng(1)
    t_ns = np.arange(2500) * 40_000_000 + rng.integers(-100_000, 100_000, 2500)
    at = picked(t_ns, (10.0, 90.0), rate_hz)
    steps = np.diff(t_ns[at]) / NS_PER_S
    assert len(at) == pytest.approx(80 * min(rate_hz, 25.0), abs=1)
    assert steps.max() <= max(1 / rate_hz, 0.04) + 0.0402
    assert len(picked(t_ns, (200.0, 300.0), rate_hz)) == 0
