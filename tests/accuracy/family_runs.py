"""A SIMULATED run per sensor family, over the virtual radio into a recording, calibrated and analysed by the command
line: `python -m tests.accuracy.family_runs` prints how well the sustained head pitch agrees with the truth.

Time is simulated too, so a run of two minutes takes seconds.
"""

from __future__ import annotations

import json
import sys
import threading
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from monitor.recording.reader import open_recording
from monitor.recording.writer import RecordingWriter
from monitor.sensors.registry import family
from monitor.settings import Settings
from monitor.simulator.motion import ArrayFeed
from monitor.simulator.peripheral import VirtualSensor
from monitor.simulator.runner import SimulatedMotion, simulate
from monitor.simulator.scenario import ActivitySpan, HeadEvent, Scenario
from monitor.simulator.sensor_model import SensorModel
from monitor.simulator.world import SimulatedRadio
from monitor.sources.base import SensorReady, SourceItem
from monitor.sources.ble import BleSource, SensorRequest
from monitor.values import Activity, Ground, HeartRate, Mode, PacketBlock, RunInfo, SensorInfo, Site, join_packets
from tests.accuracy.real_motion import command, second_means, workspace
from tests.soak.virtual_time import VirtualClock, virtual_loops

SCENARIO = Scenario(
    duration_s=125.0,
    activities=(ActivitySpan(26.0, 122.0, Activity.RUN, cadence_spm=168.0),),
    head=(HeadEvent(11.0, 24.0, 30.0), HeadEvent(50.0, 62.0, 25.0), HeadEvent(80.0, 100.0, 32.0)),
    seed=41,
)
NEUTRAL_S = (30.0, 48.0)
"""Running, gaze ahead: errors are relative to it. The bias of a cheap accelerometer differs between standing and
running by as much for every family."""
RUNNING_S = (28, 112)
FAMILIES = (("witmotion", 100.0), ("movesense", 52.0), ("dot", 60.0))
"""Keys, and the rate at which the virtual device streams once it is set up."""
POSES = ("--neutral", "2:10", "--look", "down=13:23")
LONGEST_S = 118.0
WALL_LIMIT_S = 120.0


@dataclass(frozen=True)
class FamilyResult:
    """`rate_hz` as set up; errors of 1 s means of head pitch while running, relative to the neutral stretch; when a
    lowered head was told; what other kinds of events there were."""

    family: str
    rate_hz: float
    rmse_deg: float
    p95_deg: float
    told_s: list[float]
    others: list[str]


class Recorded:
    """Takes what a source sends into a recording, until the run is long enough."""

    def __init__(self, path: Path, clock: VirtualClock) -> None:
        info = RunInfo(path.stem, "2026-01-01T00:00:00+00:00", Mode.ROAD, True, "test")
        self._writer = RecordingWriter(path, info, Settings(mode=Mode.ROAD).to_json(), "")
        self._clock = clock
        self.infos: list[SensorInfo] = []
        self.over = threading.Event()
        self.packets: list[PacketBlock] = []

    def sink(self, item: SourceItem) -> None:
        match item:
            case SensorReady(t_ns, info):
                self.infos.append(info)
                self._writer.append_sensor(info, t_ns)
            case Ground() | HeartRate():
                raise AssertionError(item)
            case _:
                self._writer.append(item)
                if isinstance(item, PacketBlock):
                    self.packets.append(item)
        if self._clock.now_s() > LONGEST_S:
            self._clock.racing = False
            self.over.set()

    def close(self) -> None:
        status = self._writer.close()
        assert not status.lost, status


def run_over_the_radio(sensor: VirtualSensor, path: Path) -> Recorded:
    """One sensor, found, set up and streamed into the recording `path`."""
    clock = VirtualClock()
    recorded = Recorded(path, clock)
    source = BleSource([SensorRequest(Site.HEAD, family=sensor.family)], SimulatedRadio([sensor]))
    with virtual_loops(clock):
        source.start(recorded.sink, clock.now_ns)
        ended = recorded.over.wait(WALL_LIMIT_S)
        clock.racing = False
        source.stop()
    recorded.close()
    assert ended
    return recorded


def motion_for(key: str, rate_hz: float) -> SimulatedMotion:
    """The run as a cheap sensor with the family's ranges measures it."""
    kind = family(key)
    model = SensorModel(rate_hz=rate_hz, acc_full_scale=kind.acc_full_scale, gyr_full_scale=kind.gyr_full_scale, seed=7)
    return simulate(SCENARIO, model)


def evaluate(key: str, rate_hz: float, folder: Path) -> FamilyResult:
    """Record, calibrate, analyse and score one family, whose device streams at `rate_hz`."""
    motion = motion_for(key, rate_hz)
    sensor = VirtualSensor("cap", key, ArrayFeed(motion.acc, motion.gyr, rate_hz), clock_ppm=40.0)
    path, track, out = folder / f"{key}.headsup", folder / f"{key}.csv", folder / f"{key}.json"
    recorded = run_over_the_radio(sensor, path)
    command("calibrate", "--profile", key, "--from", str(path), *POSES)
    command("analyze", str(path), "--profile", key, "--mode", "road", "--json", str(out), "--track", str(track))
    (info,) = recorded.infos
    rows = np.genfromtxt(track, delimiter=",", names=True, usecols=("t_s", "head_pitch_deg", "valid"))
    seconds = np.arange(int(rows["t_s"][-1]))
    good = rows["valid"] > 0
    estimate = second_means(rows["t_s"][good], rows["head_pitch_deg"][good], len(seconds))
    truth = second_means(motion.t_s - first_sample_s(recorded, motion), motion.head_pitch_deg, len(seconds))
    neutral = (seconds >= NEUTRAL_S[0]) & (seconds < NEUTRAL_S[1])
    error = (estimate - np.nanmean(estimate[neutral])) - (truth - np.nanmean(truth[neutral]))
    error = error[RUNNING_S[0] : RUNNING_S[1]]
    found = json.loads(out.read_text())
    assert not np.isnan(error).any()
    with open_recording(path) as recording:
        assert recording.verify() == ()
    return FamilyResult(
        key,
        info.rate_hz,
        float(np.sqrt(np.mean(error**2))),
        float(np.percentile(np.abs(error), 95)),
        [float(e["t_s"]) for e in found["events"] if e["kind"] == "head_down" and "repeat" not in e],
        sorted({e["kind"] for e in found["events"]} - {"head_down"}),
    )


def first_sample_s(recorded: Recorded, motion: SimulatedMotion) -> float:
    """When, on the motion's own time, the first sample of the recording was measured."""
    (info,) = recorded.infos
    decoder = family(info.family).decoder(info.config)
    acc = decoder.push(join_packets(recorded.packets[:10])).samples.acc[0]
    near = np.abs(motion.acc[:200] - acc).max(axis=1)
    assert near.min() < 0.01
    return float(motion.t_s[np.argmin(near)])


def table(results: list[FamilyResult]) -> str:
    """The results as a Markdown table."""
    lines = [
        "| SIMULATED run over the virtual radio | Hz | RMSE deg | p95 deg | head down told at s |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {r.family} | {r.rate_hz:g} | {r.rmse_deg:.2f} | {r.p95_deg:.2f} "
        f"| {', '.join(f'{told:.1f}' for told in r.told_s)} |"
        for r in results
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    with workspace() as folder, redirect_stdout(sys.stderr):
        found = [evaluate(key, rate_hz, folder) for key, rate_hz in FAMILIES]
    print(table(found))
