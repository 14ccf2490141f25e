"""One run end to end without a radio: what was recorded replays to exactly what was given live."""

import math
import threading

import numpy as np
import pytest
from simulated_log import (
    HeadEvent,
    SensorModel,
    head_info,
    merged,
    notifications,
    running,
    simulate,
    true_profile,
)

from calibration import store
from monitor.alerts.policy import FOREVER_NS
from monitor.errors import SettingsError
from monitor.recording.reader import open_recording
from monitor.recording.writer import RecordingWriter
from monitor.review.analyse import analyse
from monitor.session import Session
from monitor.settings import Settings
from monitor.sources.base import SensorReady
from monitor.values import NS_PER_S, EventKind, Ground, LinkChange, LinkState, Mode, Quiet, RunInfo, Site


class ScriptedSource:
    """Sends a prepared log from a thread of its own, as fast as it goes."""

    def __init__(self, info, entries):
        self._info, self._entries = info, entries
        self._thread = None

    def start(self, sink, clock_ns):
        def send():
            sink(SensorReady(0, self._info))
            for entry in self._entries:
                sink(entry)

        self._thread = threading.Thread(target=send)
        self._thread.start()

    def stop(self):
        self._thread.join()


class Collector:
    def __init__(self):
        self.infos, self.events, self.controls = [], [], []

    def sensor(self, info):
        self.infos.append(info)

    def output(self, output):
        self.events += output.events

    def control(self, entry):
        self.controls.append(entry)


@pytest.fixture(scope="module")
def log():
    motion = simulate(
        running(80.0, head=[HeadEvent(30, 45, 30.0), HeadEvent(60, 75, 30.0)]),
        SensorModel(site=Site.HEAD, rate_hz=50.0, seed=3),
    )
    info = head_info("openearable2", 50.0)
    changes = [
        LinkChange("head", 50_000_000_000, LinkState.LOST, "out of range"),
        LinkChange("head", 52_000_000_000, LinkState.STREAMING),
    ]
    packets = [p for p in notifications(info, motion, np.random.default_rng(1)) if not 50e9 < p.t_ns[0] < 52e9]
    return info, true_profile(motion), merged(packets, changes)


def test_replay_equals_live(log, tmp_path):
    info, profile, entries = log
    settings = Settings(grace_s=5.0)
    path = tmp_path / "run.headsup"
    run = RunInfo("run", "2026-01-01T00:00:00+00:00", settings.mode, True, "0")
    writer = RecordingWriter(path, run, settings.to_json(), store.to_json(profile))
    live = Collector()
    session = Session(ScriptedSource(info, entries), settings, profile, writer, [live])
    session.start()
    session.mark("cramp")
    session.set_mode(Mode.ROAD)
    session.stop()
    session.stop()  # twice is harmless
    writer.close()
    assert session.failure is None
    assert live.infos == [info]
    kinds = [e.kind for e in live.events]
    assert kinds.count(EventKind.HEAD_DOWN) == 2
    assert EventKind.LINK_LOST in kinds
    with open_recording(path) as recording:
        assert [e.event for e in recording.live_events()] == live.events
        assert list(analyse(recording).events) == live.events
        assert recording.closed


def test_marks_get_a_time_in_order(log):
    info, profile, entries = log
    live = Collector()
    session = Session(ScriptedSource(info, entries[:200]), Settings(), profile, None, [live])
    session.start()
    session.mark("sore neck")
    session.stop()
    assert [type(c).__name__ for c in live.controls] == ["Mark"]
    assert live.controls[0].label == "sore neck"


def test_a_failing_listener_is_reported_not_hidden(log):
    info, profile, entries = log

    class Broken(Collector):
        def output(self, output):
            raise RuntimeError("broken screen")

    session = Session(ScriptedSource(info, entries[:50]), Settings(), profile, None, [Broken()])
    session.start()
    session.stop()
    assert isinstance(session.failure, RuntimeError)


def test_a_treadmill_and_a_rest_are_recorded_and_replay_to_the_same_events(log, tmp_path):
    info, profile, entries = log
    settings = Settings(grace_s=5.0)
    path = tmp_path / "run.headsup"
    run = RunInfo("run", "2026-01-01T00:00:00+00:00", settings.mode, True, "0")
    writer = RecordingWriter(path, run, settings.to_json(), store.to_json(profile))
    live = Collector()
    session = Session(ScriptedSource(info, entries), settings, profile, writer, [live])
    session.ground(3.0, 0.08, "treadmill")
    session.quiet(50.0)
    session.start()
    session.stop()
    writer.close()
    assert session.failure is None
    snoozed, given = (e for e in live.events if e.kind is EventKind.HEAD_DOWN and "repeat" not in e.detail)
    assert (snoozed.detail["silent"], given.prompted) == ("snoozed", True)
    assert given.detail["limit"] != settings.road.on_deg  # the slope counts
    with open_recording(path) as recording:
        ground, quiet = (c for c in recording.controls() if not isinstance(c, LinkChange))
        assert isinstance(ground, Ground)
        assert (ground.speed_m_s, ground.grade, ground.source) == (3.0, 0.08, "treadmill")
        assert isinstance(quiet, Quiet)
        assert list(analyse(recording).events) == live.events


def test_quiet_until_is_the_pipelines(log):
    info, profile, entries = log
    for seconds, until in ((0.0, None), (1000.0, 1000 * NS_PER_S), (10.0, None), (math.inf, FOREVER_NS)):
        session = Session(ScriptedSource(info, entries), Settings(), profile)
        assert session.quiet_until_ns is None
        session.quiet(seconds)
        session.start()
        session.stop()
        assert session.quiet_until_ns == until, seconds


@pytest.mark.parametrize("seconds", [math.nan, -1.0, -math.inf])
def test_a_rest_of_no_length_is_refused(log, seconds):
    info, profile, _ = log
    session = Session(ScriptedSource(info, []), Settings(), profile)
    with pytest.raises(SettingsError, match="0 seconds or longer"):
        session.quiet(seconds)


@pytest.mark.parametrize(("speed", "grade"), [(-1.0, 0.0), (math.inf, 0.0), (16.0, 0.0), (3.0, 1.5), (3.0, -math.inf)])
def test_ground_that_nobody_runs_on_is_refused(log, speed, grade):
    info, profile, _ = log
    session = Session(ScriptedSource(info, []), Settings(), profile)
    with pytest.raises(SettingsError):
        session.ground(speed, grade, "watch")
    session.ground(math.nan, math.nan, "watch")  # not known is no fault
