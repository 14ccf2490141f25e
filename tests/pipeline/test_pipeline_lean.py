"""SIMULATED hills with a second sensor: a lean of the trunk is no bent neck, and any grouping agrees on it."""

import dataclasses

import numpy as np
import pytest
from simulated_log import (
    HeadEvent,
    SensorModel,
    head_info,
    merged,
    notifications,
    run_in_blocks,
    running,
    simulate,
    true_profile,
)

from calibration.model import Profile, SiteCalibration, TrunkCalibration
from monitor.simulator.scenario import LeanSpan
from monitor.values import EventKind, Site

UPHILL = LeanSpan(60.0, 180.0, 24.0, 3.0)
STARE = HeadEvent(120.0, 140.0, 26.0)
LEAN_S, BEFORE_S = (70.0, 110.0), (30.0, 55.0)


@pytest.fixture(scope="module")
def hill():
    """Uphill the head goes along with the trunk; once, up there, the head goes down as well."""
    scenario = dataclasses.replace(running(200.0, head=[STARE]), leans=(UPHILL,))
    head = simulate(scenario, SensorModel(site=Site.HEAD, rate_hz=52.0, seed=1))
    back = simulate(scenario, SensorModel(site=Site.BACK, rate_hz=50.0, seed=2))
    infos = [head_info("openearable2", 52.0), head_info("openearable2", 50.0, "back")]
    rng = np.random.default_rng(3)
    entries = merged(
        notifications(infos[0], head, rng, delay_s=0.08, loss=0.02),
        notifications(infos[1], back, rng, delay_s=0.06, loss=0.02),
    )
    return infos, true_profile(head), _back(back), entries


def _back(motion):
    """Up and forward lean as a perfect calibration of this sensor finds them."""
    w, x, y, z = motion.quat.T
    up = np.stack((2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z), axis=1)
    level, leaning = motion.trunk_lean_deg < 0.1, motion.trunk_lean_deg > 23.9
    neutral = up[level].mean(axis=0)
    neutral /= np.linalg.norm(neutral)
    arc = up[leaning].mean(axis=0) - (up[leaning].mean(axis=0) @ neutral) * neutral
    weight = np.degrees(arc / np.linalg.norm(arc))
    return SiteCalibration(
        "back", "back", "SIM back", "sim:back", "vqf", (),
        trunk=TrunkCalibration(tuple(map(float, neutral)), tuple(map(float, weight)), in_running=True),
    )  # fmt: skip


def told(events):
    return [e for e in events if e.kind is EventKind.HEAD_DOWN and "repeat" not in e.detail]


def test_the_head_alone_takes_the_hill_for_a_stare(hill):
    infos, profile, _, entries = hill
    _, events, _ = run_in_blocks(infos, profile, entries, len(entries))
    assert told(events)[0].t_ns / 1e9 < STARE.on_s - 20


def test_with_the_back_sensor_only_the_stare_counts(hill):
    infos, profile, back, entries = hill
    both = Profile("both", profile.created_utc, True, (*profile.sites, back))
    tracks, events, _ = run_in_blocks(infos, both, entries, len(entries))
    [event] = told(events)
    assert STARE.on_s + 6 <= event.t_ns / 1e9 <= STARE.on_s + 6 + 2
    t_s = tracks["head"].t_ns / 1e9
    up_there = (t_s > LEAN_S[0]) & (t_s < LEAN_S[1])
    before = (t_s > BEFORE_S[0]) & (t_s < BEFORE_S[1])
    for column, expected in (("sustained_deg", 24.0), ("lean_deg", 24.0), ("neck_deg", 0.0)):
        values = getattr(tracks["head"], column)
        assert np.mean(values[up_there]) - np.mean(values[before]) == pytest.approx(expected, abs=2.0), column
    assert float(event.detail["pitch_deg"]) == pytest.approx(STARE.angle_deg, abs=4.0)
    assert float(event.detail["lean_deg"]) == pytest.approx(24.0, abs=3.0)


@pytest.mark.parametrize("size", [1, 7, 100])
def test_any_grouping_agrees(hill, size):
    infos, profile, back, entries = hill
    both = Profile("both", profile.created_utc, True, (*profile.sites, back))
    whole, events, _ = run_in_blocks(infos, both, entries, len(entries))
    parts, events_b, _ = run_in_blocks(infos, both, entries, size)
    assert events == events_b
    for key in ("head", "back"):
        for field in dataclasses.fields(whole[key]):
            one, other = getattr(whole[key], field.name), getattr(parts[key], field.name)
            assert field.name == "sensor" or one.tobytes() == other.tobytes(), (key, field.name)


def test_a_back_sensor_that_falls_silent_is_not_believed_for_long(hill):
    infos, profile, back, entries = hill
    both = Profile("both", profile.created_utc, True, (*profile.sites, back))
    left = [e for e in entries if not (e.sensor == "back" and e.t_ns[0] > 80e9)]
    tracks, _, _ = run_in_blocks(infos, both, left, len(left))
    t_s = tracks["head"].t_ns / 1e9
    assert np.isfinite(tracks["head"].lean_deg[(t_s > 70) & (t_s < 79)]).all()
    assert np.isnan(tracks["head"].lean_deg[t_s > 86]).all()
