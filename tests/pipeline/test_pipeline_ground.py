"""Speed and slope in the log of a SIMULATED run: a belt that stands still, a hill, and any grouping of the entries."""

import dataclasses

import pytest
from scenario_traces import INFO, SCENARIOS, Drop, every, log, profile, trace
from simulated_log import merged

from monitor.pipeline import Pipeline
from monitor.settings import Settings
from monitor.values import EventKind, Ground, packet

S = 10**9
NEUTRAL_DEG = -2.4  # where the scenarios' profile has its zero
STARES = every(60, 90, 3, 30, 22 + NEUTRAL_DEG)  # a little past the level limit of 20 deg


def entries_of(drops, *control, seconds=300.0):
    block = log(trace(drops, seconds=seconds, wander=0.0))[0]
    split = [packet(block.sensor, int(t), data) for t, data in zip(block.t_ns, block.payloads(), strict=True)]
    return merged(split, list(control))


def told(entries, size=10**6):
    pipeline = Pipeline([INFO], profile(), Settings())
    events = [e for a in range(0, len(entries), size) for e in pipeline.push(entries[a : a + size]).events]
    return [e for e in events if e.kind is EventKind.HEAD_DOWN and "repeat" not in e.detail]


def test_nobody_runs_on_a_belt_that_stands_still():
    assert len(told(entries_of(SCENARIOS["D"], seconds=300))) == 3
    stands = Ground(55 * S, 0.0, 0.0, "treadmill")
    runs = Ground(130 * S, 2.8, 0.0, "treadmill")
    assert [e.t_ns // S // 90 for e in told(entries_of(SCENARIOS["D"], stands, runs))] == [1, 2]


def test_an_unknown_speed_stops_nothing():
    assert len(told(entries_of(SCENARIOS["D"], Ground(55 * S, float("nan"), float("nan"))))) == 3


def test_downhill_the_head_may_go_lower():
    downhill = Ground(50 * S, 2.8, -0.15, "watch")
    assert len(told(entries_of(STARES))) == 3
    assert told(entries_of(STARES, downhill)) == []
    [event, *_] = told(entries_of(tuple(dataclasses.replace(d, deg=35.0) for d in STARES), downhill))
    assert float(event.detail["limit"]) == pytest.approx(20 + 3.3, abs=0.5)
    assert float(event.detail["pitch_deg"]) > float(event.detail["limit"])


def test_uphill_the_lean_that_goes_with_it_is_allowed_for():
    lean = (Drop(60, 110, 21.0),)  # a hill of 11 deg, and the head goes along with trunk and gaze
    uphill = Ground(50 * S, 2.5, 0.2, "treadmill")
    limits = [float(e.detail["limit"]) for e in told(entries_of(lean, uphill, seconds=150))]
    assert all(limit == pytest.approx(20 + 5.65 - 4.4, abs=0.6) for limit in limits)


@pytest.mark.parametrize("size", [1, 7, 100])
def test_any_grouping_agrees(size):
    changes = [Ground(t * S, 2.5 + t / 100, grade, "treadmill") for t, grade in ((40, 0.0), (62, -0.1), (150, 0.1))]
    entries = entries_of(STARES, *changes)
    assert told(entries, size) == told(entries)
