"""When the pipeline speaks and when not: standing, not calibrated, links, modes, marks, no gyroscope. SIMULATED."""

import dataclasses

import numpy as np
import pytest
from scenario_traces import INFO, Drop, every, log, profile, trace

from monitor.alerts.policy import Silence
from monitor.pipeline import Pipeline
from monitor.settings import Settings
from monitor.values import (
    Activity,
    BatteryLevel,
    EventKind,
    LinkChange,
    LinkState,
    Mark,
    Mode,
    ModeChange,
    Reason,
    ReZero,
    packet,
)

S = 10**9
HALF_MINUTE = (Drop(40, 70, 30),)


def pieces(trace_, *control, **kw):
    """The trace's log cut at the control entries, in order of arrival."""
    (block,) = log(trace_, **kw)
    payloads = [packet("head", int(t), p) for t, p in zip(block.t_ns, block.payloads(), strict=True)]
    return sorted([*payloads, *control], key=lambda e: int(e.t_ns[0]) if hasattr(e, "ends") else e.t_ns)


def run(entries, info=INFO, prof=None, **settings):
    out = Pipeline([info], profile() if prof is None else prof, Settings(**settings)).push(entries)
    return out.events, out.tracks[0], out.quality[0]


def kinds(events):
    return [e.kind for e in events]


def test_standing_and_bending_bring_no_event_and_running_the_same_does():
    drops = every(40, 40, 3, 20, 60)
    assert run(log(trace(drops, seconds=160, standing=True)))[0] == ()
    assert len(run(log(trace(drops, seconds=160)))[0]) == 3


def test_without_a_profile_there_is_activity_but_no_posture_and_it_says_so():
    out = Pipeline([INFO], None, Settings()).push(log(trace(HALF_MINUTE, seconds=90)))
    (track,) = out.tracks
    assert out.events == ()
    assert not track.valid.any()
    assert (track.reason[track.t_ns > 10 * S] == Reason.NOT_CALIBRATED).all()
    assert np.isnan(track.angle_deg).all()
    assert np.isnan(track.shoulder).all()
    assert (track.activity[track.t_ns > 10 * S] == Activity.RUN).all()
    assert np.nanmedian(track.cadence_spm) == pytest.approx(2.83 * 60, abs=1)


def test_a_profile_for_another_site_is_no_calibration():
    site = dataclasses.replace(profile().sites[0], sensor="collar")
    _, track, _ = run(log(trace((), seconds=30)), prof=dataclasses.replace(profile(), sites=(site,)))
    assert (track.reason[track.t_ns > 10 * S] == Reason.NOT_CALIBRATED).all()


def test_a_mark_stands_where_it_was_set_and_battery_is_no_event():
    t = trace((), seconds=40)
    events, _, _ = run(pieces(t, Mark(12_345_000_000, "cramp"), BatteryLevel("head", 20 * S, 15)))
    assert [(e.kind, e.detail["label"], e.prompted) for e in events] == [
        (EventKind.MARK, "cramp", False),
        (EventKind.FORM_CHECK, "cramp", False),  # coaching looks back at what went before
    ]
    assert events[0].t_ns == 12_345_000_000


def test_the_mode_in_force_decides():
    """A 26 deg stare: an event on the road, none on the trail; the mode may change mid-run."""
    drops = every(40, 80, 3, 40, 26)
    t = trace(drops, seconds=290)
    assert len(run(log(t), mode=Mode.TRAIL)[0]) == 0
    assert len([e for e in run(log(t))[0] if not e.detail.get("repeat")]) == 3
    events, _, _ = run(pieces(t, ModeChange(100 * S, Mode.TRAIL), ModeChange(180 * S, Mode.ROAD)))
    first = [e.t_ns / S for e in events if not e.detail.get("repeat")]
    assert len(first) == 2
    assert first[0] == pytest.approx(46.5, abs=1)
    assert first[1] == pytest.approx(206.5, abs=1)


def test_technical_ground_asks_for_a_look_up_not_for_a_head_up():
    events, _, _ = run(log(trace((Drop(40, 90, 30),), seconds=120)), mode=Mode.TECHNICAL)
    assert [e.kind for e in events if not e.detail.get("repeat")] == [EventKind.LOOK_UP_DUE]
    assert events[0].t_ns / S == pytest.approx(60.5, abs=1)


def test_an_event_in_the_first_seconds_is_silent_and_says_why():
    events, _, _ = run(log(trace((Drop(6, 40, 30),), seconds=60)))
    assert kinds(events)[0] is EventKind.HEAD_DOWN
    assert not events[0].prompted
    assert events[0].detail["silent"] == Silence.GRACE.value


def test_a_lost_link_is_an_event_and_its_return_is_watched_first():
    t = trace((Drop(90, 120, 30),), seconds=150)
    entries = pieces(
        t, LinkChange("head", 72 * S, LinkState.LOST, "out of range"), LinkChange("head", 82 * S, LinkState.STREAMING)
    )
    entries = [e for e in entries if not (hasattr(e, "ends") and 70 * S < e.t_ns[0] < 82 * S)]
    events, track, quality = run(entries)
    events = [e for e in events if not e.detail.get("repeat")]
    assert kinds(events) == [EventKind.LINK_LOST, EventKind.LINK_BACK, EventKind.HEAD_DOWN]
    assert events[0].detail["why"] == "out of range"
    assert events[1].detail["away_s"] == pytest.approx(10)
    assert events[2].t_ns / S == pytest.approx(96.5, abs=1)
    assert events[2].detail["silent"] == Silence.GRACE.value
    away = (track.t_ns > 71 * S) & (track.t_ns < 81.9 * S)
    assert not away.any()
    back = (track.t_ns > 82 * S) & (track.t_ns < 85.8 * S)
    assert (track.reason[back] == Reason.STARTING).all()
    assert quality.lost == pytest.approx(600, abs=10)


def test_link_changes_of_strangers_and_repeats_are_no_events():
    t = trace((), seconds=40)
    events, _, _ = run(
        pieces(
            t,
            LinkChange("collar", 20 * S, LinkState.LOST),
            LinkChange("head", 21 * S, LinkState.STREAMING),
            LinkChange("head", 22 * S, LinkState.STALE),
            LinkChange("head", 39 * S, LinkState.LOST),
            LinkChange("head", 39 * S + 1, LinkState.LOST),
        )
    )
    assert kinds(events) == [EventKind.LINK_LOST]


def test_packets_of_a_sensor_that_was_never_added_are_ignored():
    entries = [packet("pocket", k * S, b"\0" * 56) for k in range(5)]
    out = Pipeline([INFO], profile(), Settings()).push(entries)
    assert out.tracks == out.events == ()


@pytest.mark.parametrize("seed", range(3))
def test_a_sensor_without_a_gyroscope_finds_bouts_of_fifteen_seconds(seed):
    info = dataclasses.replace(INFO, family="table-acc")
    drops = tuple(Drop(40 + 60 * k, 55 + 60 * k + 5 * k, 30) for k in range(4))
    events, track, _ = run(log(trace(drops, seconds=300, seed=seed), gyro=False), info)
    first = [e.t_ns / S for e in events if not e.detail.get("repeat")]
    assert len(first) == 4
    for k, t in enumerate(first):
        assert 40 + 60 * k + 5.5 <= t <= 40 + 60 * k + 8
    assert np.isfinite(track.sustained_deg).all()


@pytest.mark.parametrize("name", ["A", "B", "F"])
def test_a_sensor_without_a_gyroscope_stays_silent_where_it_should(name):
    from scenario_traces import SCENARIOS

    info = dataclasses.replace(INFO, family="table-acc")
    assert run(log(trace(SCENARIOS[name]), gyro=False), info)[0] == ()


@pytest.mark.parametrize("name", ["C", "D"])
def test_any_mounting_gives_the_same_events(name):
    """The profile's directions turn with the sensor; nothing else is needed."""
    from scenario_traces import SCENARIOS

    t = trace(SCENARIOS[name], seconds=200)
    turn = np.linalg.qr(np.random.default_rng(5).standard_normal((3, 3)))[0]
    turn *= np.linalg.det(turn)
    turned = dataclasses.replace(t, acc=t.acc @ turn.T, gyr=t.gyr @ turn.T)
    site = profile().sites[0]
    head = dataclasses.replace(
        site.head,
        neutral=tuple((turn @ site.head.neutral).tolist()),
        nod=tuple((turn @ site.head.nod).tolist()),
    )
    prof = dataclasses.replace(profile(), sites=(dataclasses.replace(site, head=head),))
    plain, other = run(log(t))[0], run(log(turned), prof=prof)[0]
    assert len(plain) == len(other) == 2
    for a, b in zip(plain, other, strict=True):
        assert a.t_ns / S == pytest.approx(b.t_ns / S, abs=0.1)


def test_the_track_never_holds_a_value_over_a_hole():
    """Filled slots are marked; a long hole is absent from the track."""
    t = trace((), seconds=60)
    lost = np.zeros(600, bool)
    lost[300:309] = True  # 0.9 s
    lost[400:430] = True  # 3 s
    _, track, quality = run(log(t, lost=lost))
    short = (track.t_ns >= 30.3 * S) & (track.t_ns < 32.6 * S)  # 1.5 s and half the hole after it
    assert (track.reason[short] == Reason.GAP).all()
    assert not track.valid[short].any()
    long = (track.t_ns >= 40 * S) & (track.t_ns < 42.9 * S)
    assert not long.any()
    assert quality.lost == 45 + 150
    assert (np.diff(track.t_ns) > 0).all()
    assert (track.t_ns <= track.arrival_ns + 1).all()


def test_a_sensor_worn_otherwise_than_at_calibration_is_said_at_the_start():
    """The check of the first seconds: 14 deg off brings a hint within half a minute, worn as before brings none."""
    t = trace((), seconds=60)
    whole = profile()
    site = whole.sites[0]
    turn = np.radians(14.0)
    n, nod = np.array(site.head.neutral), np.array(site.head.nod)
    turned = dataclasses.replace(
        site.head,
        neutral=tuple(np.cos(turn) * n + np.sin(turn) * nod),
        nod=tuple(np.cos(turn) * nod - np.sin(turn) * n),
    )
    moved = dataclasses.replace(whole, sites=(dataclasses.replace(site, head=turned),))
    events, _, _ = run(log(t), prof=moved)
    assert [e.kind for e in events] == [EventKind.SENSOR_MOVED]
    assert events[0].prompted
    assert events[0].t_ns < 30 * S
    assert abs(events[0].detail["off_deg"]) == pytest.approx(14, abs=4)
    assert run(log(t))[0] == ()


def test_a_slipped_sensor_is_mended_by_a_re_zero():
    """After the slip of scenario E: 18 deg low; after a re-zero level again, and real stares still count."""
    drops = (Drop(100, 1e9, 18), Drop(200, 215, 30))
    t = trace(drops, seconds=230)
    events, track, _ = run(pieces(t, ReZero(150 * S)))
    labels = [e.detail["label"] for e in events if e.kind is EventKind.MARK]
    assert labels == ["re-zeroed (head)"]
    before = track.sustained_deg[(track.t_ns > 140 * S) & (track.t_ns < 150 * S)]
    after = track.sustained_deg[(track.t_ns > 152 * S) & (track.t_ns < 162 * S)]
    assert np.mean(before) > 15
    assert abs(np.mean(after)) < 4
    stares = [e.t_ns / S for e in events if e.kind is EventKind.HEAD_DOWN and e.t_ns > 152 * S]
    assert stares[0] == pytest.approx(206.4, abs=1)


def test_a_re_zero_far_from_the_neutral_is_refused_in_words():
    t = trace((Drop(100, 1e9, 40),), seconds=160)
    events, track, _ = run(pieces(t, ReZero(150 * S)))
    (mark,) = [e for e in events if e.kind is EventKind.MARK]
    assert "too much to correct" in mark.detail["label"]
    assert np.mean(track.sustained_deg[track.t_ns > 155 * S]) > 30


def test_a_re_zero_asks_no_sensor_that_is_silent():
    """Silent since 100 s: what was seen last is no neutral of 141 s, and the words say so."""
    t = trace((), seconds=100)
    events, _, _ = run([*pieces(t), ReZero(141 * S)])
    (mark,) = [e for e in events if e.kind is EventKind.MARK]
    assert mark.detail["label"] == "re-zero (head): it has sent nothing for 41 s. Try again when it is back."


def test_a_re_zero_right_behind_the_last_sample_is_taken():
    t = trace((), seconds=100)
    events, _, _ = run([*pieces(t), ReZero(101 * S)])
    assert [e.detail["label"] for e in events if e.kind is EventKind.MARK] == ["re-zeroed (head)"]
