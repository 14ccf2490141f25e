"""Coaching in the whole run: form checks, loosen-up prompts and summaries, the same bits however the log is cut."""

import dataclasses

import numpy as np
import pytest
from simulated_log import (
    HeadEvent,
    SensorModel,
    ShoulderEvent,
    head_info,
    merged,
    notifications,
    running,
    simulate,
    true_profile,
)

from calibration import store
from monitor.alerts.policy import Silence
from monitor.pipeline import CIRCLES_S, Pipeline, join_tracks
from monitor.recording.reader import open_recording
from monitor.recording.writer import RecordingWriter
from monitor.review.analyse import analyse
from monitor.settings import Coaching, Settings
from monitor.values import EventKind, LinkChange, LinkState, Mark, Mode, ModeChange, Quiet, RunInfo, Site, Track

S = 1_000_000_000
COACHED = Settings(planned_min=13, coaching=Coaching(loosen_every_min=4, summary_every_min=11))
"""Loosen up after 240 and 480 s of running, a summary after 660; checks at 390 and 702 s, once there is a baseline."""
CONTROL = [
    LinkChange("collar", 150 * S, LinkState.LOST, "out of range"),
    LinkChange("collar", 158 * S, LinkState.STREAMING),
    Quiet(400 * S, 40.0),
    Mark(600 * S, "form check"),
    Mark(695 * S, "cramp"),
    ModeChange(715 * S, Mode.TRAIL),
    Mark(725 * S, "form check"),
]


@pytest.fixture(scope="module")
def log():
    """12 minutes of a SIMULATED runner. Stares: right after the first loosen-up, in the quiet time, at the second
    loosen-up. From 645 s on the head sinks by 7 degrees and the shoulders rise."""
    scenario = running(
        738.0,
        head=[
            HeadEvent(252, 264, 30.0),
            HeadEvent(405, 418, 30.0),
            HeadEvent(484, 498, 30.0),
            HeadEvent(645, 737, 7.0, ramp_s=5.0),
        ],
        shoulders=[ShoulderEvent(2, 9, 1.0), ShoulderEvent(645, 737, 0.4)],
    )
    head = simulate(scenario, SensorModel(site=Site.HEAD, rate_hz=25.0, seed=5))
    collar = simulate(scenario, SensorModel(site=Site.COLLAR, rate_hz=25.0, seed=6))
    infos = [head_info("openearable2", 25.0), head_info("openearable2", 25.0, "collar")]
    rng = np.random.default_rng(2)
    seen = [p for p in notifications(infos[1], collar, rng) if not 150 * S < p.t_ns[0] < 158 * S]
    entries = merged(notifications(infos[0], head, rng, loss=0.02), seen, CONTROL)
    return infos, true_profile(head, collar), entries


def run(log, cuts):
    """Tracks by sensor, events, and praise of the log pushed in slices that end at these entries."""
    infos, profile, entries = log
    pipeline = Pipeline(infos, profile, COACHED)
    tracks, events, praise = {}, [], []
    for a, b in zip([0, *cuts], [*cuts, len(entries)], strict=True):
        out = pipeline.push(entries[a:b])
        events += out.events
        praise += out.praise_ns
        for track in out.tracks:
            tracks.setdefault(track.sensor, []).append(track)
    return {key: join_tracks(parts) for key, parts in tracks.items()}, events, praise


@pytest.fixture(scope="module")
def whole(log):
    return run(log, [])


def equal_bits(a: Track, b: Track) -> bool:
    names = [f.name for f in dataclasses.fields(Track) if f.name != "sensor"]
    return all(getattr(a, name).tobytes() == getattr(b, name).tobytes() for name in names)


def same(a, b):
    assert a[1:] == b[1:]
    assert a[0].keys() == b[0].keys()
    assert all(equal_bits(a[0][key], b[0][key]) for key in a[0])


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 7, 100])
def test_any_grouping_gives_the_same_bits(log, whole, size):
    same(run(log, range(size, len(log[2]), size)), whole)


def test_random_groupings(log, whole):
    cuts = np.unique(np.random.default_rng(0).integers(1, len(log[2]), 60))
    same(run(log, cuts.tolist()), whole)


def coached(events):
    """(second, check or exercise, whether it was told) of what coaching brought."""
    found = [e for e in events if e.kind in (EventKind.FORM_CHECK, EventKind.LOOSEN_UP)]
    return [(round(e.t_ns / S), e.detail.get("check", e.detail.get("what")), e.prompted) for e in found]


def test_the_run_is_coached_at_its_times(whole):
    """What was due waits: the second loosen-up for the calm after a cue, the middle check for a baseline."""
    assert coached(whole[1]) == [
        (252, "head_circles", True),
        (560, "shake_wrists", True),
        (600, "asked", True),
        (610, "baseline", False),
        (621, "baseline", False),
        (640, "middle", True),
        (672, "summary", True),
        (700, "cramp", False),
        (702, "end", True),
        (725, "asked", True),
    ]
    assert [e.t_ns for e in whole[1]] == sorted(e.t_ns for e in whole[1])


def test_what_changed_is_named(whole):
    end, cramp = (next(e for e in whole[1] if e.detail.get("check") == check) for check in ("end", "cramp"))
    assert end.detail["shoulder_score"] - end.detail["shoulder_base_score"] == pytest.approx(0.4, abs=0.1)
    assert "Your shoulders are clearly higher than in the first minutes." in end.detail["text"]
    assert cramp.detail["mark_s"] == pytest.approx(695, abs=0.1)


def test_a_head_that_circles_brings_no_cue(whole):
    loosen = next(e for e in whole[1] if e.kind is EventKind.LOOSEN_UP)
    stares = [e for e in whole[1] if e.kind is EventKind.HEAD_DOWN]
    assert loosen.t_ns < stares[0].t_ns < loosen.t_ns + CIRCLES_S * S
    assert [e.detail.get("silent") for e in stares] == [Silence.LOOSENING.value, Silence.SNOOZE.value, None]


def test_nothing_is_said_on_top_of_something_else(whole):
    said_s = [e.t_ns / S for e in whole[1] if e.prompted]
    assert len(said_s) == 10
    assert min(np.diff(said_s)) >= COACHED.prompt_gap_s


def test_a_cue_does_not_talk_over_a_form_check(log):
    """The same run, asked for a check just before the stare's cue is due."""
    infos, profile, entries = log
    asked = merged(entries, [Mark(489 * S, "form check")])
    events = Pipeline(infos, profile, COACHED).push(asked).events
    near = [e for e in events if 480 * S < e.t_ns < 500 * S and e.kind is not EventKind.MARK]
    assert [(e.kind, e.prompted) for e in near[:2]] == [(EventKind.FORM_CHECK, True), (EventKind.HEAD_DOWN, False)]
    assert near[1].detail["silent"] == Silence.TOO_CLOSE.value
    late = next(e for e in near[2:] if e.prompted)  # it comes when there is room for it
    assert late.t_ns - near[0].t_ns >= COACHED.prompt_gap_s * S


def test_switched_off_nothing_is_coached(log):
    infos, profile, entries = log
    off = Settings(coaching=Coaching(form_checks=False, loosen_every_min=0))
    events = Pipeline(infos, profile, off).push(entries).events
    # What the runner asks for, and what went before something sore, is told all the same.
    assert {what for _, what, _ in coached(events)} == {"asked", "cramp"}
    assert events[-1].t_ns > 724 * S


def test_without_a_profile_there_is_still_something_to_loosen(log):
    infos, _, entries = log
    events = Pipeline(infos, None, COACHED).push(entries).events
    assert [(what, said) for _, what, said in coached(events) if what in ("head_circles", "shake_wrists", "asked")] == [
        ("head_circles", True),
        ("shake_wrists", True),
        ("asked", True),
        ("asked", True),
    ]
    assert not [e for e in events if e.kind is EventKind.HEAD_DOWN]


def test_the_track_tells_what_was_followed(whole):
    head, collar = whole[0]["head"], whole[0]["collar"]
    assert np.isnan(collar.followed_deg).all()
    assert np.isfinite(head.followed_deg).all()
    assert head.followed_deg[0] == 0.0
    assert len(np.unique(head.followed_deg)) > 3
    assert np.abs(head.followed_deg).max() < 1.0


def test_what_was_followed_is_what_the_adaptation_took_off(log, whole):
    """Put back, it gives the pitch of a run without adaptation."""
    infos, profile, entries = log
    plain = Pipeline(infos, profile, COACHED.replaced(adapt_neutral=False)).push(entries).tracks[0]
    head = whole[0]["head"]
    assert not plain.followed_deg.any()
    np.testing.assert_allclose(head.sustained_deg + head.followed_deg, plain.sustained_deg, atol=1e-9)


def test_the_recorded_run_replays_to_the_same_events(log, whole, tmp_path):
    infos, profile, entries = log
    path = tmp_path / "run.headsup"
    info = RunInfo("run", "2026-01-01T00:00:00+00:00", COACHED.mode, True, "0")
    writer = RecordingWriter(path, info, COACHED.to_json(), store.to_json(profile))
    for sensor in infos:
        writer.append_sensor(sensor, 0)
    for entry in entries:
        writer.append(entry)
    writer.close()
    with open_recording(path) as recording:
        again = analyse(recording)
    assert list(again.events) == whole[1]
    assert all(equal_bits(again.tracks[key], whole[0][key]) for key in whole[0])
