"""The promise that makes replay equal live: any grouping of the same log gives the same bits."""

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
    run_in_blocks,
    running,
    simulate,
    true_profile,
)

from monitor.values import EventKind, LinkChange, LinkState, Mark, Mode, ModeChange, ReZero, Site, Track


def equal_bits(a: Track, b: Track) -> bool:
    pairs = [(getattr(a, f.name), getattr(b, f.name)) for f in dataclasses.fields(Track) if f.name != "sensor"]
    return all(x.dtype == y.dtype and x.tobytes() == y.tobytes() for x, y in pairs)


@pytest.fixture(scope="module")
def two_sensor_log():
    scenario = running(
        100.0,
        head=[HeadEvent(30, 45, 30.0), HeadEvent(50, 50.8, 35.0), HeadEvent(60, 85, 28.0)],
        shoulders=[ShoulderEvent(55, 78, 1.0)],
    )
    head = simulate(scenario, SensorModel(site=Site.HEAD, rate_hz=52.0, seed=1))
    collar = simulate(scenario, SensorModel(site=Site.COLLAR, rate_hz=50.0, seed=2))
    infos = [head_info("openearable2", 52.0), head_info("witmotion", 50.0, "collar")]
    rng = np.random.default_rng(9)
    control = [
        Mark(41_000_000_123, "cramp"),
        LinkChange("collar", 47_000_000_000, LinkState.LOST, "out of range"),
        LinkChange("collar", 49_500_000_000, LinkState.STREAMING),
        ReZero(29_000_000_000),
        ModeChange(95_000_000_000, Mode.TRAIL),
    ]
    collar_packets = [p for p in notifications(infos[1], collar, rng, delay_s=0.05) if not 47e9 < p.t_ns[0] < 49.5e9]
    entries = merged(notifications(infos[0], head, rng, delay_s=0.08, loss=0.05), collar_packets, control)
    return infos, true_profile(head, collar), entries


@pytest.mark.parametrize("size", [1, 7, 100])
def test_any_grouping_gives_the_same_bits(two_sensor_log, size):
    infos, profile, entries = two_sensor_log
    tracks, events, whole = run_in_blocks(infos, profile, entries, len(entries))
    tracks_b, events_b, parts = run_in_blocks(infos, profile, entries, size)
    assert events == events_b
    assert whole.origin_ns == parts.origin_ns
    for key in ("head", "collar"):
        assert equal_bits(tracks[key], tracks_b[key]), key
    assert len(tracks["head"]) > 2000


def test_the_log_brings_the_events_it_should(two_sensor_log):
    infos, profile, entries = two_sensor_log
    _, events, _ = run_in_blocks(infos, profile, entries, 50)
    firsts = [e for e in events if "repeat" not in e.detail]
    kinds = [e.kind for e in firsts]
    assert kinds.count(EventKind.HEAD_DOWN) == 2
    assert kinds.count(EventKind.SHOULDERS_UP) == 1
    assert kinds.count(EventKind.LINK_LOST) == kinds.count(EventKind.LINK_BACK) == 1
    assert kinds.count(EventKind.MARK) == 2  # the cramp, and the re-zero
    times = {k: [e.t_ns / 1e9 for e in firsts if e.kind is k] for k in EventKind}
    # Never early; late by up to 2 s here, as the clock stands still while a fifth of the last second is missing. On a
    # clean link the bound is dwell + 1 s: tests/pipeline/test_pipeline_scenarios.py.
    assert 30 + 6 <= times[EventKind.HEAD_DOWN][0] <= 30 + 6 + 2
    assert 60 + 6 <= times[EventKind.HEAD_DOWN][1] <= 60 + 6 + 2
    assert times[EventKind.LINK_LOST][0] == pytest.approx(47, abs=0.2)


def test_a_bout_that_goes_on_is_told_as_soon_as_the_cool_down_allows(two_sensor_log):
    infos, profile, entries = two_sensor_log
    _, events, _ = run_in_blocks(infos, profile, entries, 50)
    told = [e.t_ns / 1e9 for e in events if e.kind is EventKind.HEAD_DOWN and e.prompted]
    assert len(told) == 2
    assert told[1] - told[0] == pytest.approx(30.0, abs=1.1)


def test_random_groupings(two_sensor_log):
    infos, profile, entries = two_sensor_log
    _, events, _ = run_in_blocks(infos, profile, entries, 3_000)
    from monitor.pipeline import Pipeline
    from monitor.settings import Settings

    rng = np.random.default_rng(0)
    pipeline = Pipeline(infos, profile, Settings())
    found, a = [], 0
    while a < len(entries):
        b = a + int(rng.integers(1, 400))
        found += pipeline.push(entries[a:b]).events
        a = b
    assert found == events


def test_a_creeping_cap_is_followed_and_still_gives_the_same_bits():
    """3 deg of creep over ten minutes: part of it is learned, slowly; any grouping agrees on how much."""
    scenario = running(900.0, head=[HeadEvent(420, 899, 3.0, ramp_s=60.0)])
    motion = simulate(scenario, SensorModel(site=Site.HEAD, rate_hz=25.0, seed=5))
    info = head_info("openearable2", 25.0)
    entries = merged(notifications(info, motion, np.random.default_rng(2)))
    profile = true_profile(motion)
    whole, events, _ = run_in_blocks([info], profile, entries, len(entries))
    parts, events_b, _ = run_in_blocks([info], profile, entries, 97)
    assert events == events_b
    assert [e.detail.get("check") for e in events] == ["baseline"]  # noted, not said
    assert equal_bits(whole["head"], parts["head"])
    end = whole["head"].t_ns > 840e9
    middle = (whole["head"].t_ns > 460e9) & (whole["head"].t_ns < 500e9)
    sunk = np.mean(whole["head"].sustained_deg[middle])
    assert np.mean(whole["head"].sustained_deg[end]) < sunk - 0.7


def test_two_sensors_lost_at_once_are_said_once(two_sensor_log):
    """Bluetooth off: each loss is in the log, and the runner hears of one; a loss by itself later is said again."""
    infos, profile, entries = two_sensor_log
    lost, back = (LinkState.LOST, "Bluetooth is off"), (LinkState.STREAMING, "")
    changes = [
        LinkChange(key, round(t_s * 1e9), *what)
        for t_s, key, what in (
            (88.0, "head", lost), (88.4, "collar", lost), (90.0, "collar", back), (91.0, "head", back),
            (97.0, "collar", lost),
        )
    ]  # fmt: skip
    quiet = [e for e in entries if not isinstance(e, LinkChange)]
    at = {id(e): int(e.t_ns[0]) if hasattr(e, "ends") else e.t_ns for e in (*quiet, *changes)}
    log = sorted([*quiet, *changes], key=lambda e: at[id(e)])
    _, events, _ = run_in_blocks(infos, profile, log, len(log))
    of_links = [e for e in events if e.kind in (EventKind.LINK_LOST, EventKind.LINK_BACK)]
    assert [(e.kind.value, e.sensor, e.prompted) for e in of_links] == [
        ("link_lost", "head", True),
        ("link_lost", "collar", False),
        ("link_back", "collar", True),
        ("link_back", "head", False),
        ("link_lost", "collar", True),
    ]
    assert {e.detail.get("silent") for e in of_links if not e.prompted} == {"told a moment ago"}
