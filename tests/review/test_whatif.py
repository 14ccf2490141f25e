"""A run judged again: exactly what a whole new analysis would give."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from simulated_log import HeadEvent, SensorModel, head_info, merged, notifications, running, simulate, true_profile
from whatif_run import record

from calibration import store
from monitor.recording.reader import open_recording
from monitor.recording.writer import RecordingWriter
from monitor.review.analyse import analyse
from monitor.review.whatif import rescorer_of
from monitor.settings import Settings
from monitor.settings_keys import changed
from monitor.values import Mode, RunInfo, Site, Track


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    return record(tmp_path_factory.mktemp("whatif") / "run.headsup")


@pytest.fixture(scope="module")
def as_it_was(recording):
    with open_recording(recording) as opened:
        return analyse(opened)


@pytest.fixture(scope="module")
def rescorer(recording, as_it_was):
    return rescorer_of(recording, as_it_was)


def equal_bits(a: Track, b: Track) -> bool:
    names = [f.name for f in dataclasses.fields(Track) if f.name != "sensor"]
    return all(getattr(a, n).tobytes() == getattr(b, n).tobytes() for n in names)


def assert_same(ours, whole) -> None:
    assert ours.events == whole.events
    assert ours.modes == whole.modes
    assert ours.tracks.keys() == whole.tracks.keys()
    for key in whole.tracks:
        assert equal_bits(ours.tracks[key], whole.tracks[key]), key


def number(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high).map(lambda x: round(x, 2))


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "mode": st.sampled_from(["road", "trail", "technical"]),
        "road.on_deg": number(16, 40),
        "road.dwell_s": number(1, 20),
        "road.leak": number(0.5, 20),
        "road.cooldown_s": number(5, 120),
        "road.prompts_per_hour": st.integers(1, 12),
        "trail.on_deg": number(32, 50),
        "technical.dwell_s": number(1, 30),
        "shoulders.on": number(0.31, 1.5),
        "shoulders.claim_d_prime": number(1.2, 10),
        "adapt_neutral": st.booleans(),
        "grace_s": number(0, 100),
        "patience": st.integers(1, 5),
        "hill_lean": number(0, 2),
        "slip_away_s": number(10, 60),
        "slip_near_deg": number(3, 25),
        "coaching.loosen_every_min": number(0, 3),
        "coaching.summary_every_min": number(0, 2),
        "cues.head": st.booleans(),
    },
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CHANGES)
def test_other_settings_give_what_a_whole_analysis_gives(recording, rescorer, changes):
    other = changed(rescorer.settings, changes)
    with open_recording(recording) as opened:
        whole = analyse(opened, settings=other)
    assert_same(rescorer.rescore(other), whole)


def test_the_same_settings_change_nothing(rescorer, as_it_was):
    again = rescorer.rescore(rescorer.settings)
    assert_same(again, as_it_was)
    assert len({e.kind for e in again.events}) >= 5


def test_limits_matter_and_a_rescorer_can_be_asked_again(rescorer, as_it_was):
    def cues(limit: float) -> int:
        found = rescorer.rescore(changed(rescorer.settings, {"road.on_deg": limit}))
        return sum(e.kind == "head_down" and "repeat" not in e.detail for e in found.events)

    strict, lax = cues(16.0), cues(35.0)
    assert strict > lax
    assert cues(16.0) == strict


def test_a_run_too_long_to_keep_is_replayed(recording, rescorer, as_it_was):
    slow = rescorer_of(recording, as_it_was, most_bytes=100_000)
    assert slow.seen.steps is None
    other = changed(rescorer.settings, {"road.on_deg": 25.5, "road.dwell_s": 3.0})
    assert_same(slow.rescore(other), rescorer.rescore(other))


def test_what_is_kept_is_small(rescorer, as_it_was):
    slots = 360 * (52 + 50)
    assert rescorer.seen.size_bytes < 60 * slots


@pytest.fixture(scope="module")
def creeping(tmp_path_factory):
    """A quarter of an hour in which a cap creeps, so that the neutral is followed: SIMULATED."""
    scenario = running(900.0, head=[HeadEvent(420, 899, 3.0, ramp_s=60.0), HeadEvent(640, 660, 12.0)])
    motion = simulate(scenario, SensorModel(site=Site.HEAD, rate_hz=25.0, seed=5))
    info = head_info("openearable2", 25.0)
    path = tmp_path_factory.mktemp("creeping") / "run.headsup"
    run = RunInfo("creeps", "2026-01-01T00:00:00+00:00", Mode.ROAD, True, "0", "SIMULATED")
    writer = RecordingWriter(path, run, Settings().to_json(), store.to_json(true_profile(motion)))
    writer.append_sensor(info, 0)
    for entry in merged(notifications(info, motion, np.random.default_rng(2))):
        writer.append(entry)
    writer.close()
    return path


def test_the_followed_neutral_follows_what_the_rules_now_say(creeping):
    """What is past the limit is not learned from, so another limit may lead to another neutral."""
    with open_recording(creeping) as opened:
        was = analyse(opened)
        rescorer = rescorer_of(creeping, was)
        followed = []
        for limit in (20.0, 5.0):
            other = changed(rescorer.settings, {"road.on_deg": limit, "road.off_deg": limit - 3, "road.dwell_s": 2.0})
            ours = rescorer.rescore(other)
            assert_same(ours, analyse(opened, settings=other))
            followed.append(ours.tracks["head"].followed_deg[-1])
    assert followed[0] != 0.0
    assert followed[0] != followed[1]
