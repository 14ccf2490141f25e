"""A run judged again: exactly what a whole new analysis would give."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
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
from monitor.recording.reader import open_recording
from monitor.recording.writer import RecordingWriter
from monitor.review.analyse import analyse
from monitor.review.whatif import rescorer_of
from monitor.settings import Settings
from monitor.settings_keys import changed
from monitor.values import (
    NS_PER_S,
    BatteryLevel,
    Ground,
    HeartRate,
    LinkChange,
    LinkState,
    Mark,
    Mode,
    ModeChange,
    Quiet,
    ReZero,
    RunInfo,
    Site,
    Track,
)

S = NS_PER_S


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    """Six minutes with everything that may happen: SIMULATED."""
    scenario = running(
        360.0,
        head=[HeadEvent(30, 45, 30.0), HeadEvent(60, 95, 24.0), HeadEvent(120, 131, 18.0), HeadEvent(180, 290, 27.0)],
        shoulders=[ShoulderEvent(55, 88, 1.0), ShoulderEvent(200, 216, 0.6)],
    )
    head = simulate(scenario, SensorModel(site=Site.HEAD, rate_hz=52.0, seed=1))
    collar = simulate(scenario, SensorModel(site=Site.COLLAR, rate_hz=50.0, seed=2))
    infos = [head_info("openearable2", 52.0), head_info("witmotion", 50.0, "collar")]
    rng = np.random.default_rng(9)
    controls = [
        ReZero(29 * S), Mark(41 * S + 123, "cramp"), BatteryLevel("head", 42 * S, 80), HeartRate(43 * S, 150.0),
        LinkChange("collar", 147 * S, LinkState.LOST, "gone"), LinkChange("collar", 150 * S, LinkState.STREAMING),
        Ground(160 * S, 2.5, -0.12, "treadmill"), ModeChange(230 * S, Mode.TRAIL), Quiet(240 * S, 10.0),
        ModeChange(275 * S, Mode.TECHNICAL), Ground(300 * S, 0.0, 0.0, "treadmill"), Ground(310 * S, 2.5, 0.0, "t"),
    ]  # fmt: skip
    quiet = [p for p in notifications(infos[1], collar, rng, delay_s=0.05) if not 147e9 < p.t_ns[0] < 150e9]
    path = tmp_path_factory.mktemp("whatif") / "run.headsup"
    run = RunInfo("whatif", "2026-01-01T00:00:00+00:00", Mode.ROAD, True, "0", "SIMULATED")
    writer = RecordingWriter(path, run, Settings().to_json(), store.to_json(true_profile(head, collar)))
    for info in infos:
        writer.append_sensor(info, 0)
    for entry in merged(notifications(infos[0], head, rng, delay_s=0.08, loss=0.05), quiet, controls):
        writer.append(entry)
    writer.close()
    return path


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
