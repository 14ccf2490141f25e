"""What is said of a run: what was planted is said, with its place; of a plain run nothing is claimed."""

import json
from itertools import pairwise

import numpy as np
import pytest
from constructed_analysis import analysis, track

from monitor.review.insight.columns import columns_of
from monitor.review.insight.course import Course, Lap
from monitor.review.insight.insight import insight_of
from monitor.review.insight.observations import Section, observations
from monitor.review.reviewed import reviewed
from monitor.values import NS_PER_S, Activity, Event, EventKind, Mode, Reason

MIN = 60.0


def wander(rng, seconds, spread_deg=2.0, per_s=25):
    """Head pitch that wanders as people's does: half a minute's memory."""
    n = round(seconds / 5)
    out = np.empty(n)
    out[0] = 0.0
    for i in range(1, n):
        out[i] = 0.85 * out[i - 1] + np.sqrt(1 - 0.85**2) * rng.normal()
    return np.interp(np.arange(round(seconds * per_s)) / per_s, np.arange(n) * 5.0, spread_deg * out)


def run(pitch, events=(), **columns):
    seconds = len(pitch) / 25
    head = track("head", seconds, angle_deg=pitch, sustained_deg=pitch, **columns)
    return analysis(head, seconds=seconds, events=tuple(events))


def mark(at_s, label):
    return Event(round(at_s * NS_PER_S), EventKind.MARK, detail={"label": label})


def said(of, course=None):
    insight = insight_of(of, course)
    return observations(insight, of.duration_s, 1.0)


def test_of_a_plain_run_hardly_anything_is_claimed():
    """Forty runs of an hour with a cramp mark and nothing in them."""
    claims = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        claims += len(said(run(12 + wander(rng, 60 * MIN), [mark(40 * MIN, "cramp")])))
    assert claims <= 3


def test_a_head_that_sinks_is_said_with_its_rate():
    rng = np.random.default_rng(1)
    pitch = 8 + wander(rng, 60 * MIN) + np.linspace(0, 9, round(60 * MIN * 25))
    first = said(run(pitch))[0]
    assert first.section is Section.TREND
    assert "sank" in first.text
    assert "every ten minutes" in first.text
    assert first.next_time
    head = next(t for t in insight_of(run(pitch)).trends if t.quantity == "head_pitch_deg")
    assert head.low < 1.5 < head.high


def test_what_came_before_a_cramp_is_said_with_its_place():
    rng = np.random.default_rng(2)
    pitch = 10 + wander(rng, 60 * MIN)
    before = slice(round(35 * MIN * 25), round(40 * MIN * 25))
    pitch[before] += 8
    found = [o for o in said(run(pitch, [mark(40 * MIN, "cramp")])) if o.section is Section.MARKS]
    assert len(found) == 1
    assert "five minutes before your cramp mark at 40:00" in found[0].text
    assert "One mark may be chance" in found[0].text
    assert (found[0].start_s, found[0].end_s) == (35 * MIN, 45 * MIN)


def test_the_runs_own_drift_is_named_where_it_explains_the_cramp():
    rng = np.random.default_rng(3)
    pitch = 8 + wander(rng, 60 * MIN, 0.5) + np.linspace(0, 12, round(60 * MIN * 25))
    found = [o for o in said(run(pitch, [mark(59 * MIN, "cramp")])) if o.section is Section.MARKS]
    assert all("drift explains part" in o.text for o in found)


def hilly(seconds):
    """Five minutes up, five minutes down, and so on, at 3 m/s."""
    t_s = np.arange(0.0, seconds)
    grade = np.where((t_s // 300) % 2 == 0, 0.08, -0.06)
    nothing = np.full(len(t_s), np.nan)
    laps = tuple(Lap(i + 1, 600.0 * i, 600.0 * (i + 1), 1800.0) for i in range(int(seconds // 600)))
    return Course(t_s, nothing, nothing, np.cumsum(grade * 3), 3 * t_s, 3 + 0 * t_s, nothing, nothing, grade, laps)


def test_climbs_that_hold_the_time_past_the_limit():
    rng = np.random.default_rng(4)
    seconds = 40 * MIN
    t_s = np.arange(round(seconds * 25)) / 25
    pitch = 8 + wander(rng, seconds, 1.0) + np.where((t_s // 300) % 2 == 0, 16.0, 0.0)
    course = hilly(seconds)
    found = [o for o in said(run(pitch), course) if o.section is Section.SLOPES]
    assert len(found) == 1
    assert "was on climbs" in found[0].text
    insight = insight_of(run(pitch), course)
    assert {p.name for p in insight.slopes if p.numbers.total_s > 10} == {"downhill", "uphill"}
    assert [p.name for p in insight.laps] == ["Lap 1", "Lap 2", "Lap 3", "Lap 4"]
    assert len(insight.distances) == 5
    assert insight.distances[0].numbers.distance_m == pytest.approx(1609, abs=5)
    json.dumps(insight.as_json(), allow_nan=False)


def test_cues_are_not_said_to_have_done_more_than_was_seen():
    n = round(30 * MIN * 25)
    over, pitch = np.zeros(n, bool), np.full(n, 10.0)
    events = []
    for i in range(6):
        start = round((3 + 4 * i) * MIN * 25)
        over[start : start + 300], pitch[start : start + 300] = True, 30.0
        events.append(Event(round((start + 200) / 25 * NS_PER_S), EventKind.HEAD_DOWN, "head", prompted=True))
    of = run(pitch, events, over=over)
    text = next(o.text for o in said(of) if o.section is Section.ALERTS)
    assert text == "After a cue you lifted your head within 4 s and by 20° (median of 6)."


def test_a_run_that_was_hardly_seen_is_warned_of():
    first = observations(insight_of(run(np.full(3000, 5.0))), 120.0, 0.5)[0]
    assert first.section is Section.QUALITY


def test_the_ribbon_covers_the_run_without_holes():
    seconds = 100.0
    n = round(seconds * 25)
    valid = np.ones(n, bool)
    valid[1000:1500] = False
    reason = np.where(valid, Reason.OK, Reason.GAP)
    of = run(np.zeros(n), valid=valid, reason=reason)
    ribbon = insight_of(of).quality
    assert ribbon[0].start_s == 0
    assert ribbon[-1].end_s == seconds
    assert all(a.end_s == b.start_s for a, b in pairwise(ribbon))
    assert [(s.start_s, s.end_s, s.reason) for s in ribbon if s.reason is not Reason.OK] == [(40.0, 60.0, Reason.GAP)]


def test_standing_is_no_fault_of_the_data():
    n = 2500
    of = run(np.zeros(n), activity=np.full(n, Activity.STILL), valid=np.zeros(n, bool), reason=np.full(n, Reason.OK))
    assert {s.reason for s in insight_of(of).quality} == {Reason.OK}


def test_a_technical_run_and_an_empty_one():
    of = analysis(seconds=0.0)
    assert insight_of(of).quality == ()
    assert said(of) == ()
    columns = columns_of(run(np.full(3000, 50.0)))
    assert columns.past.all()
    assert Mode.TECHNICAL not in {s.mode for s in of.modes}


def test_an_uncalibrated_run_is_not_told_to_clip_the_sensor_more_firmly():
    unseen = track("head", 1200, valid=False, reason=Reason.NOT_CALIBRATED)
    without = reviewed(analysis(unseen, seconds=1200, sites={}))
    assert without.metrics.running_valid_share == 0
    assert not any("seen well" in each.text for each in without.observations)
    calibrated = reviewed(analysis(unseen, seconds=1200))
    assert any("seen well" in each.text for each in calibrated.observations)
