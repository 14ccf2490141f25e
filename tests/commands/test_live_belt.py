"""A whole run over two virtual radios, in this process: a belt that stops gates the rules, and the replay agrees."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import pytest
from live_home import wearers_profile

from calibration import store
from monitor.commands.listeners import EventLog
from monitor.commands.live import LiveRun
from monitor.outputs.phrases import RECORDING_STOPPED
from monitor.outputs.player import NullPlayer
from monitor.recording.reader import open_recording
from monitor.recording.writer import RecordingWriter, WriterState
from monitor.review.analyse import analyse
from monitor.settings import HeadRule, Settings
from monitor.simulator.heart_device import heart_strap
from monitor.simulator.scenario import ActivitySpan, HeadEvent, Scenario
from monitor.simulator.treadmill_device import Belt, steps, treadmill
from monitor.simulator.wearer import HEAD_NAME, RUN_SPM, radio_for
from monitor.simulator.world import SimulatedRadio
from monitor.sources.ble import BleSource, SensorRequest
from monitor.sources.ble_companions import CompanionKind, CompanionRequest, CompanionSource
from monitor.sources.side_by_side import SideBySide
from monitor.values import Activity, EventKind, Ground, HeartRate, Mark, RunInfo, Site

HEAD = (SensorRequest(Site.HEAD, name=HEAD_NAME),)
SETTINGS = Settings(grace_s=2.0, road=HeadRule(dwell_s=2.0, cooldown_s=5.0))


def run_of(source, path, player, **writer_options):
    """A live run as `headsup live` makes it, with its recording and the log of its events."""
    profile = wearers_profile()
    info = RunInfo("run", "2026-01-01T00:00:00+00:00", SETTINGS.mode, True, "0")
    writer = RecordingWriter(path, info, SETTINGS.to_json(), store.to_json(profile), **writer_options)
    log = EventLog()
    live = LiveRun(source, SETTINGS, profile, writer, player, HEAD, simulate=True, listeners=(log,))
    return live, writer, log


@pytest.mark.slow
def test_a_belt_that_stops_gates_the_rules_and_the_replay_is_the_run(tmp_path):
    runner = Scenario(
        duration_s=40.0,
        activities=(ActivitySpan(0.0, 2.5, Activity.STILL), ActivitySpan(2.5, 40.0, Activity.RUN, cadence_spm=RUN_SPM)),
        # Twice the same; at the second the belt stands, however much the head moves.
        head=(HeadEvent(8.0, 14.0, 30.0), HeadEvent(21.0, 27.0, 30.0)),
        seed=5,
    )
    belt = steps((0.0, Belt(3.0, 0.01)), (17.0, Belt(0.0, 0.01)))
    wanted = [CompanionRequest(CompanionKind.TREADMILL), CompanionRequest(CompanionKind.HEART_STRAP)]
    source = SideBySide(
        BleSource(HEAD, radio_for(runner)),
        CompanionSource(wanted, SimulatedRadio([treadmill(script=belt), heart_strap()])),
    )
    path = tmp_path / "run.headsup"
    live, _, log = run_of(source, path, NullPlayer())
    live.start()
    time.sleep(30.0)
    live.stop()
    assert live.session.failure is None
    lowered = [e for e in log.events if e.kind is EventKind.HEAD_DOWN and "repeat" not in e.detail]
    assert [e.prompted for e in lowered] == [True]
    assert 8.0 < lowered[0].t_ns / 1e9 < 14.0
    with open_recording(path) as recording:
        grounds = [c for c in recording.controls() if isinstance(c, Ground)]
        assert [g.speed_m_s for g in grounds if not math.isnan(g.speed_m_s)] == pytest.approx([3.0, 0.0])
        assert any(isinstance(c, HeartRate) and c.bpm > 80 for c in recording.controls())
        assert [e.event for e in recording.live_events()] == list(log.events)
        assert list(analyse(recording).events) == list(log.events)


# ---------------------------------------------------------------- the disk is full


class Quiet:
    """A source of nothing."""

    def start(self, sink, clock_ns):
        pass

    def stop(self):
        pass


def until(condition):
    deadline = time.monotonic() + 20
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert condition()


def test_a_full_disk_is_said_once_and_shown_and_what_waited_is_written_when_there_is_room(tmp_path):
    path = tmp_path / "run.headsup"
    player = NullPlayer()
    live, writer, log = run_of(Quiet(), path, player, commit_interval_s=0.02)
    live.watch_health()
    assert player.log() == ()
    disk = writer._file._connection
    disk.execute("PRAGMA max_page_count=1")  # no more pages than there are: as SQLite meets a full disk
    live.start()
    label = "x" * 40_000
    for turn in range(2):
        live.mark(f"{turn}{label}")
        until(lambda: writer.status().state is WriterState.FAILED)
        live.watch_health()
        live.watch_health()
        assert live.model.snapshot().notice == "Recording has stopped for now: the disk is full."
    assert [record.sounds for record in player.log()] == [RECORDING_STOPPED]
    until(lambda: len(log.events) == 2)  # the run itself went on
    disk.execute("PRAGMA max_page_count=100000")
    until(lambda: writer.status().state is WriterState.RECORDING)
    live.watch_health()
    assert "disk" not in live.model.snapshot().notice
    live.stop()
    with open_recording(path) as recording:
        assert recording.closed
        assert recording.verify() == ()
        marks = [c for c in recording.controls() if isinstance(c, Mark)]
        assert [m.label[:2] for m in marks] == ["0x", "1x"]
        assert [e.event for e in recording.live_events()] == list(log.events)


def test_the_profile_of_these_tests_is_of_the_wearers_cap():
    profile = wearers_profile("anna")
    assert profile.name == "anna"
    assert replace(profile, name="simulated") == wearers_profile()
