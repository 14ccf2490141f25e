"""Quiet times in the log of a SIMULATED run: they silence the cues, never the events, and replay equals live."""

import math

import numpy as np
import pytest
from scenario_traces import INFO, SCENARIOS, Drop, every, log, profile, trace
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
from monitor.alerts.policy import FOREVER_NS, Silence
from monitor.pipeline import Pipeline
from monitor.recording.reader import open_recording
from monitor.recording.writer import RecordingWriter
from monitor.review.analyse import analyse
from monitor.settings import HeadRule, Settings
from monitor.values import (
    EventKind,
    LinkChange,
    LinkState,
    Mode,
    ModeChange,
    Quiet,
    QuietReason,
    RunInfo,
    Site,
    packet,
)

S = 10**9
HEAD = EventKind.HEAD_DOWN


def entries_of(drops, seconds, *control):
    """The log of a simulated head with these control entries in their places."""
    (block,) = log(trace(drops, seconds=seconds))
    payloads = [packet("head", int(t), p) for t, p in zip(block.t_ns, block.payloads(), strict=True)]
    return sorted([*payloads, *control], key=lambda e: int(e.t_ns[0]) if hasattr(e, "ends") else e.t_ns)


def run(entries, **settings):
    return Pipeline([INFO], profile(), Settings(**settings)).push(entries)


def told(events):
    """(second, kind, 'cue' or why not) of each event."""
    return [(round(e.t_ns / S), e.kind, "cue" if e.prompted else e.detail["silent"]) for e in events]


# ---------------------------------------------------------------- what the runner hears


@pytest.mark.parametrize(("why", "said"), [(QuietReason.SNOOZE, "snoozed"), (QuietReason.DRILL, "during a drill")])
def test_a_stare_in_a_quiet_time_is_an_event_without_a_cue_and_is_told_when_it_outlasts_it(why, said):
    events = run(entries_of((Drop(60, 100, 30),), 120, Quiet(30 * S, 60.0, why))).events
    assert told(events)[0] == (66, HEAD, said)
    # Quiet ends at 90 s, the runner is told so, and 4 s later that the head is still down.
    (later,) = events[1:]
    assert later.prompted
    assert later.detail["repeat"] is True
    assert 94 <= later.t_ns / S <= 95.1


def test_cues_are_back_at_once_after_the_quiet_for_a_new_stare():
    events = run(entries_of(every(40, 60, 2, 12, 30), 130, Quiet(30 * S, 60.0))).events
    assert told(events) == [(46, HEAD, "snoozed"), (106, HEAD, "cue")]


def test_the_rest_of_the_run_and_an_early_end():
    stares = every(40, 60, 3, 12, 30)
    forever = Quiet(30 * S, math.inf)
    assert [what for _, _, what in told(run(entries_of(stares, 190, forever)).events)] == ["snoozed"] * 3
    resumed = run(entries_of(stares, 190, forever, Quiet(90 * S, 0.0))).events
    assert [what for _, _, what in told(resumed)] == ["snoozed", "cue", "cue"]


def test_the_hint_of_a_moved_sensor_is_silent_too():
    slip = (Drop(60, 1e9, 18),)
    heard = [e for e in run(entries_of(slip, 130)).events if e.kind is EventKind.SENSOR_MOVED]
    quiet = [e for e in run(entries_of(slip, 130, Quiet(50 * S, 300.0))).events if e.kind is EventKind.SENSOR_MOVED]
    assert [e.prompted for e in heard] == [True]
    assert [(e.t_ns, e.prompted, e.detail["silent"]) for e in quiet] == [(heard[0].t_ns, False, "snoozed")]


def test_a_lost_link_and_its_return_are_told_in_a_quiet_time():
    entries = entries_of(
        (),
        60,
        Quiet(20 * S, math.inf),
        LinkChange("head", 30 * S, LinkState.LOST, "out of range"),
        LinkChange("head", 33 * S, LinkState.STREAMING),
    )
    events = run([e for e in entries if not (hasattr(e, "ends") and 30 * S < e.t_ns[0] < 33 * S)]).events
    assert [(e.kind, e.prompted) for e in events] == [(EventKind.LINK_LOST, True), (EventKind.LINK_BACK, True)]


def test_no_praise_in_a_quiet_time():
    stare = (Drop(40, 60, 30),)
    assert len(run(entries_of(stare, 80)).praise_ns) == 1
    assert run(entries_of(stare, 80, Quiet(50 * S, 60.0))).praise_ns == ()


# ---------------------------------------------------------------- what a listener can ask


def test_until_when_it_is_quiet_can_be_asked_at_any_time():
    entries = entries_of((), 40, Quiet(10 * S, 15.0), Quiet(26 * S, math.inf), Quiet(30 * S, 0.0))
    pipeline = Pipeline([INFO], profile(), Settings())
    assert pipeline.quiet_until_ns is None
    seen = {}
    for entry in entries:
        pipeline.push([entry])
        seen[int(entry.t_ns[0]) if hasattr(entry, "ends") else entry.t_ns] = pipeline.quiet_until_ns
    assert all(until is None for t, until in seen.items() if t < 10 * S or 25 * S <= t < 26 * S or t >= 30 * S)
    assert {until for t, until in seen.items() if 10 * S <= t < 25 * S} == {25 * S}
    assert {until for t, until in seen.items() if 26 * S <= t < 30 * S} == {FOREVER_NS}
    pipeline.push([])
    assert pipeline.quiet_until_ns is None


def test_a_snooze_before_the_first_sample_lasts_from_that_sample_on():
    late = 100 * S
    (block,) = log(trace((Drop(40, 60, 30),), seconds=80))
    packets = [packet("head", int(t) + late, p) for t, p in zip(block.t_ns, block.payloads(), strict=True)]
    pipeline = Pipeline([INFO], profile(), Settings())
    pipeline.push([Quiet(5 * S, 45.0)])
    assert pipeline.quiet_until_ns == 45 * S
    events = pipeline.push(packets).events
    assert told(events)[0] == (46, HEAD, "something else was just said")
    pipeline = Pipeline([INFO], profile(), Settings())
    assert told(pipeline.push([Quiet(5 * S, 50.0), *packets]).events)[0] == (46, HEAD, "snoozed")


# ---------------------------------------------------------------- mode and programme reach the policy


def test_the_budget_is_that_of_the_mode_in_force():
    stares = every(40, 60, 3, 25, 48)
    rules = {"road": HeadRule(prompts_per_hour=5), "trail": HeadRule(on_deg=36, off_deg=31, prompts_per_hour=2)}
    kept = run(entries_of(stares, 190), **rules).events
    changed = run(entries_of(stares, 190, ModeChange(150 * S, Mode.TRAIL)), **rules).events
    assert [what for _, _, what in told(kept)] == ["cue"] * 3
    assert [what for _, _, what in told(changed)] == ["cue", "cue", Silence.BUDGET.value]


def test_in_a_later_run_of_the_programme_the_first_minutes_are_the_runners_own():
    stare = entries_of((Drop(40, 60, 30),), 80)
    assert [what for _, _, what in told(run(stare, fading=True, fading_run=5).events)] == ["cue"]
    assert [what for _, _, what in told(run(stare, fading=True, fading_run=7).events)] == [
        "cues are fading: this part of the run is yours"
    ]


# ---------------------------------------------------------------- replay equals live


@pytest.fixture(scope="module")
def two_sensors():
    """Two minutes with stares, a long shrug and a lost link; snoozed, drilled, resumed and switched in between."""
    scenario = running(
        150.0,
        head=[HeadEvent(30, 62, 30.0), HeadEvent(80, 95, 35.0), HeadEvent(105, 145, 50.0)],
        shoulders=[ShoulderEvent(50, 140, 1.0)],
    )
    head = simulate(scenario, SensorModel(site=Site.HEAD, rate_hz=25.0, seed=1))
    collar = simulate(scenario, SensorModel(site=Site.COLLAR, rate_hz=25.0, seed=2))
    infos = [head_info("openearable2", 25.0), head_info("openearable2", 25.0, "collar")]
    rng = np.random.default_rng(9)
    control = [
        Quiet(34_000_000_001, 20.0),
        LinkChange("collar", 67_000_000_000, LinkState.LOST, "out of range"),
        LinkChange("collar", 69_500_000_000, LinkState.STREAMING),
        Quiet(84_000_000_000, 600.0, QuietReason.DRILL),
        Quiet(92_000_000_000, math.inf),
        Quiet(92_500_000_000, 0.0, QuietReason.DRILL),
        ModeChange(100_000_000_000, Mode.TRAIL),
        Quiet(126_000_000_000, 0.0),
    ]
    collar_packets = [p for p in notifications(infos[1], collar, rng, delay_s=0.05) if not 67e9 < p.t_ns[0] < 69.5e9]
    entries = merged(notifications(infos[0], head, rng, delay_s=0.08, loss=0.02), collar_packets, control)
    return infos, true_profile(head, collar), entries


def pushed(two_sensors, sizes):
    """Events, praises and, at the end, until when it is quiet, of the log pushed in slices of these sizes."""
    infos, prof, entries = two_sensors
    pipeline = Pipeline(infos, prof, Settings())
    events, praise, a = [], [], 0
    while a < len(entries):
        b = a + next(sizes)
        out = pipeline.push(entries[a:b])
        events += out.events
        praise += out.praise_ns
        a = b
    return events, praise, pipeline.quiet_until_ns


def always(size):
    while True:
        yield size


def at_random(seed):
    rng = np.random.default_rng(seed)
    while True:
        yield int(rng.integers(1, 500))


@pytest.fixture(scope="module")
def whole(two_sensors):
    return pushed(two_sensors, always(10**6))


def test_the_log_has_cues_and_every_kind_of_quiet(whole):
    events, _, until = whole
    silences = {e.detail.get("silent") for e in events}
    assert {Silence.SNOOZE.value, Silence.DRILL.value} <= silences
    assert {e.kind for e in events if e.prompted} == {
        HEAD,
        EventKind.SHOULDERS_UP,
        EventKind.LINK_LOST,
        EventKind.LINK_BACK,
    }
    assert any(e.prompted and e.t_ns > 126 * S for e in events)
    assert until is None


@pytest.mark.parametrize("sizes", [always(1), always(7), always(100), at_random(0), at_random(1)])
def test_any_grouping_of_the_log_gives_the_same_events(two_sensors, whole, sizes):
    assert pushed(two_sensors, sizes) == whole


def test_the_recorded_run_replays_to_the_same_events(two_sensors, whole, tmp_path):
    infos, prof, entries = two_sensors
    path = tmp_path / "run.headsup"
    about = RunInfo("run", "2026-01-01T00:00:00+00:00", Mode.ROAD, True, "0")
    writer = RecordingWriter(path, about, Settings().to_json(), store.to_json(prof))
    for info in infos:
        writer.append_sensor(info, 0)
    for entry in entries:
        writer.append(entry)
    writer.close()
    with open_recording(path) as recording:
        assert list(analyse(recording).events) == whole[0]


def test_a_slip_during_a_snooze_is_told_once_when_cues_are_back():
    slips = log(trace(SCENARIOS["E"]))[0]
    split = [packet(slips.sensor, int(t), data) for t, data in zip(slips.t_ns, slips.payloads(), strict=True)]
    entries = merged(split, [Quiet(210 * S, 200.0)])
    events = Pipeline([INFO], profile(), Settings()).push(entries).events
    moved = [e for e in events if e.kind is EventKind.SENSOR_MOVED]
    assert [e.prompted for e in moved] == [False, True]
    assert moved[0].detail["silent"] == "snoozed"
    assert 410 <= moved[1].t_ns / S <= 416
