"""A sensor that joins late: the run is recorded before it comes, and it counts from then on. Over the virtual radio."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from monitor.recording.reader import open_recording
from monitor.recording.writer import RecordingWriter
from monitor.review.analyse import analyse
from monitor.session import Session
from monitor.settings import Settings
from monitor.simulator.treadmill_device import treadmill
from monitor.simulator.world import SimulatedRadio
from monitor.sources.ble import BleSource, SensorRequest
from monitor.sources.ble_companions import CompanionKind, CompanionRequest, CompanionSource
from monitor.sources.radio_shared import OneRadio
from monitor.values import EventKind, Ground, Mode, RunInfo, Site

sys.path.insert(0, str(Path(__file__).parents[1] / "sources"))
from ble_harness import AIR, QUICK, ramp, sensor


class Follower:
    """Samples by sensor, and what was told of the ground and the links."""

    def __init__(self) -> None:
        self.samples: dict[str, int] = {}
        self.controls: list[object] = []
        self.events: list[EventKind] = []
        self.new = threading.Condition()

    def sensor(self, info) -> None:
        pass

    def control(self, entry) -> None:
        with self.new:
            self.controls.append(entry)
            self.new.notify_all()

    def output(self, output) -> None:
        with self.new:
            self.samples.update({q.sensor: q.samples for q in output.quality})
            self.events += [e.kind for e in output.events]
            self.new.notify_all()

    def wait(self, condition) -> None:
        with self.new:
            assert self.new.wait_for(condition, 20), (self.samples, self.controls[-5:])


def test_each_sensor_counts_from_when_it_comes_and_the_recording_waits_for_none(tmp_path):
    cap = sensor("openearable2", ramp(20_000, 50.0), key="cap", name="OpenEarable-cap")
    collar = sensor("openearable2", ramp(20_000, 50.0), key="collar", name="OpenEarable-collar")
    radio = SimulatedRadio([cap, collar, treadmill(rate_hz=20.0)], air=AIR)
    for key in ("cap", "collar"):
        radio.out_of_range(key)
    wanted = [SensorRequest(Site.HEAD, name=cap.name), SensorRequest(Site.COLLAR, name=collar.name)]
    belt = CompanionSource([CompanionRequest(CompanionKind.TREADMILL)], radio, QUICK)
    settings, follower = Settings(), Follower()
    path = tmp_path / "run.headsup"
    info = RunInfo("run", "2026-01-01T00:00:00+00:00", Mode.ROAD, True, "0")
    writer = RecordingWriter(path, info, settings.to_json(), "")
    session = Session(OneRadio(BleSource(wanted, radio, QUICK), belt), settings, None, writer, [follower])
    session.start()
    follower.wait(lambda: any(isinstance(c, Ground) for c in follower.controls))
    assert follower.samples == {}
    radio.back_in_range("collar")
    follower.wait(lambda: follower.samples.get("collar", 0) > 30)
    assert "head" not in follower.samples
    radio.back_in_range("cap")
    follower.wait(lambda: follower.samples.get("head", 0) > 30)
    radio.hang_up("collar")
    follower.wait(lambda: EventKind.LINK_BACK in follower.events)
    session.stop()
    writer.close()
    assert session.failure is None
    assert follower.events == [EventKind.LINK_LOST, EventKind.LINK_BACK]  # to be late is not to be lost
    with open_recording(path) as recording:
        first = {key: int(recording.packets(key).t_ns[0]) for key in ("head", "collar")}
        grounds = [c.t_ns for c in recording.controls() if isinstance(c, Ground)]
        assert grounds[0] < first["collar"] < first["head"]
        assert {s.key for s in recording.sensors} == {"head", "collar"}
        assert [e.event for e in recording.live_events()] == list(analyse(recording).events)
