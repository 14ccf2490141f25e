"""A replayed recording sends what the run brought, in its order, at the speed asked for."""

import dataclasses
import itertools
import threading

import numpy as np
import pytest

from monitor.recording.reader import open_recording
from monitor.recording.writer import RecordingWriter
from monitor.sources.base import SensorReady
from monitor.sources.replay import ReplaySource
from monitor.values import (
    NS_PER_S,
    BatteryLevel,
    LinkChange,
    LinkState,
    Mark,
    Mode,
    ModeChange,
    PacketBlock,
    RunInfo,
    SensorInfo,
    Site,
    packet,
)

RUN = RunInfo("r", "2026-11-22T09:30:00+00:00", Mode.ROAD, simulated=True, app_version="0.1.0")
HEAD = SensorInfo("head", Site.HEAD, "witmotion", "WT901", "AA", 100.0, b"\x01")
HEAD_AGAIN = dataclasses.replace(HEAD, config=b"\x02")
COLLAR = SensorInfo("collar", Site.COLLAR, "witmotion", "WT901", "BB", 100.0)


@pytest.fixture
def recording(tmp_path):
    writer = RecordingWriter(tmp_path / "a.headsup", RUN, "{}")
    writer.append_sensor(HEAD, 5)
    writer.append_sensor(COLLAR, 6)
    for i in range(1000):
        t = 10 + i * 25_000_000
        writer.append(packet("head" if i % 2 else "collar", t, bytes([i % 256]) * 3))
        if i == 300:
            writer.append(Mark(t + 1, "cramp"))
            writer.append(LinkChange("head", t + 2, LinkState.LOST, "silence"))
            writer.append_sensor(HEAD_AGAIN, t + 3)
            writer.append(LinkChange("head", t + 4, LinkState.STREAMING))
            writer.append(BatteryLevel("head", t + 5, 80))
            writer.append(ModeChange(t + 6, Mode.TRAIL))
    writer.close()
    with open_recording(tmp_path / "a.headsup") as opened:
        yield opened


class Clock:
    """Runs forward by a fixed step at every look."""

    def __init__(self, step_ns):
        self.now_ns = 10**15
        self.step_ns = step_ns

    def __call__(self):
        self.now_ns += self.step_ns
        return self.now_ns


def singles(items):
    out = []
    for item in items:
        if isinstance(item, PacketBlock):
            out.extend((t, item.sensor, d) for t, d in zip(item.t_ns.tolist(), item.payloads(), strict=True))
        else:
            out.append(item)
    return out


def replayed(recording, speed, clock=lambda: 0):
    items = []
    source = ReplaySource(recording, speed, keys=items.append)
    source.start(items.append, clock)
    assert source.wait(60)
    source.stop()
    return items


def time_of(item):
    return item[0] if isinstance(item, tuple) else item.t_ns


@pytest.mark.parametrize("speed", [None, 1.0, 1000.0])
def test_everything_comes_in_order(recording, speed):
    got = singles(replayed(recording, speed, Clock(NS_PER_S)))
    log = singles(itertools.chain.from_iterable(recording.entries()))
    assert sorted((g for g in got if not isinstance(g, SensorReady)), key=time_of) == sorted(log, key=time_of)
    ready = [(i, g) for i, g in enumerate(got) if isinstance(g, SensorReady)]
    assert [(g.t_ns, g.info) for _, g in ready] == [(5, HEAD), (6, COLLAR), (7_500_000_013, HEAD_AGAIN)]
    last = ready[-1][0]
    assert all(time_of(g) < 7_500_000_013 for g in got[:last])
    assert all(time_of(g) > 7_500_000_013 for g in got[last + 1 :])
    assert [g for g in got if not isinstance(g, (tuple, SensorReady))] == [
        Mark(7_500_000_011, "cramp"),
        LinkChange("head", 7_500_000_012, LinkState.LOST, "silence"),
        LinkChange("head", 7_500_000_014, LinkState.STREAMING),
        BatteryLevel("head", 7_500_000_015, 80),
        ModeChange(7_500_000_016, Mode.TRAIL),
    ]
    if speed is not None:
        assert [time_of(g) for g in got] == sorted(time_of(g) for g in got)


@pytest.mark.parametrize("speed", [0.5, 1.0, 20.0])
def test_nothing_comes_before_its_time(recording, speed):
    clock = Clock(50_000_000)
    late = []
    begin = clock.now_ns + clock.step_ns
    source = ReplaySource(recording, speed)
    source.start(lambda item: late.append(clock.now_ns - begin - (int(np.min(item.t_ns)) - 10) / speed), clock)
    # Each wait of the source is at most 50 ms of real time; the clock runs as it is looked at.
    source.wait(1.0)
    source.stop()
    assert late
    assert min(late) >= 0


def test_stop_returns_and_nothing_more_comes(recording):
    items = []
    first = threading.Event()
    source = ReplaySource(recording, 1.0)
    source.start(lambda item: (items.append(item), first.set()), lambda: 0)  # a clock that stands still
    assert first.wait(10)
    source.stop()
    count = len(items)
    assert not source.wait(0.1)
    assert len(items) == count < 10


def test_a_failing_sink_is_told(recording):
    def sink(item):
        raise OSError("full")

    source = ReplaySource(recording, None)
    source.start(sink, lambda: 0)
    with pytest.raises(OSError, match="full"):
        source.wait(10)
    with pytest.raises(RuntimeError):
        source.start(sink, lambda: 0)


@pytest.mark.parametrize("speed", [0.0, -1.0, float("nan"), float("inf")])
def test_a_senseless_speed_is_refused(recording, speed):
    with pytest.raises(ValueError):
        ReplaySource(recording, speed)
