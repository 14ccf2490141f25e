"""A laptop that sleeps in the middle of a run, and wakes: SIMULATED sensors over the virtual radio.

While a computer sleeps, the run clock stands still (Linux) or goes on (Windows), and the sensor's own clock goes on.
"""

from __future__ import annotations

import sys
import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest

from monitor import session as session_module
from monitor.recording.reader import open_recording
from monitor.recording.writer import RecordingWriter
from monitor.review.analyse import analyse
from monitor.session import Session
from monitor.settings import Settings
from monitor.simulator.world import SimulatedRadio
from monitor.sources.ble import BleSource
from monitor.values import EventKind, LinkChange, LinkState, Mode, PacketBlock, RunInfo

sys.path.insert(0, str(Path(__file__).parents[1] / "sources"))
from ble_harness import AIR, HEAD, QUICK, ramp, sensor

HOUR_NS = 3600 * 1_000_000_000


class Clock:
    """The computer's monotonic clock, which the test may let leap."""

    def __init__(self) -> None:
        self.slept_ns = 0

    def monotonic_ns(self) -> int:
        return time.monotonic_ns() + self.slept_ns


class Follower:
    """Counts what came."""

    def __init__(self) -> None:
        self.samples = 0
        self.events: list[EventKind] = []
        self.new = threading.Condition()

    def sensor(self, info: object) -> None:
        pass

    def control(self, entry: object) -> None:
        pass

    def output(self, output) -> None:
        with self.new:
            self.samples = sum(q.samples for q in output.quality)
            self.events += [e.kind for e in output.events]
            self.new.notify_all()

    def wait(self, condition) -> None:
        with self.new:
            assert self.new.wait_for(condition, 20)


@pytest.mark.parametrize("goes_on", [True, False], ids=["run clock goes on", "run clock stands still"])
def test_a_run_goes_on_after_an_hour_asleep(tmp_path, monkeypatch, goes_on):
    clock = Clock()
    monkeypatch.setattr(session_module, "time", clock)
    radio = SimulatedRadio([sensor("openearable2", ramp(20_000, 50.0), key="cap")], air=AIR)
    settings = Settings(mode=Mode.ROAD)
    path = tmp_path / "run.headsup"
    writer = RecordingWriter(
        path, RunInfo("run", "2026-01-01T00:00:00+00:00", Mode.ROAD, True, "0"), settings.to_json(), ""
    )
    follower = Follower()
    session = Session(BleSource([HEAD], radio, QUICK), settings, None, writer, [follower])
    session.start()
    follower.wait(lambda: follower.samples > 40)
    radio.out_of_range("cap")
    follower.wait(lambda: EventKind.LINK_LOST in follower.events)
    if goes_on:
        clock.slept_ns = HOUR_NS
    radio.peripherals["cap"]._booted_s -= 3600  # its stamps are an hour on
    radio.back_in_range("cap")
    follower.wait(lambda: EventKind.LINK_BACK in follower.events)
    before = follower.samples
    follower.wait(lambda: follower.samples > before + 40)
    session.stop()
    writer.close()
    assert session.failure is None
    with open_recording(path) as recording:
        assert recording.closed
        assert recording.verify() == ()
        lived = [e.event for e in recording.live_events()]
        assert list(analyse(recording).events) == lived
        assert [e.kind for e in lived] == [EventKind.LINK_LOST, EventKind.LINK_BACK]
        away_s = float(lived[1].detail["away_s"])
        assert (away_s >= 3600) is goes_on
        states = [c.state for c in recording.controls() if isinstance(c, LinkChange)]
        assert states.count(LinkState.LOST) == 1
        packets = recording.packets("head")
        assert isinstance(packets, PacketBlock)
        assert all(a < b for a, b in pairwise(packets.t_ns.tolist()))
        assert (recording.duration_s > 3600) is goes_on
