"""SIMULATED notifications, sensors, a profile and recordings for the measurements that need no radio."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from calibration.model import HeadCalibration, Profile, SiteCalibration
from monitor.recording.writer import RecordingWriter
from monitor.sensors import openearable, scheme, witmotion
from monitor.settings import Settings
from monitor.simulator.runner import simulate
from monitor.simulator.scenario import ActivitySpan, HeadEvent, Scenario
from monitor.simulator.sensor_model import SensorModel
from monitor.values import Activity, FloatArray, Mode, PacketBlock, RunInfo, SensorInfo, Site

RATE_HZ = 100.0
STEP_NS, STEP_US = round(1e9 / RATE_HZ), round(1e6 / RATE_HZ)
FRAME_BYTES = 20
"""Of a WitMotion notification, which holds one sample."""
PROFILE = Profile(
    "bench", "2026-01-01T00:00:00+00:00", True,
    (SiteCalibration("head", "head", "", "", "vqf", (), head=HeadCalibration((0, 0, 1), (-1, 0, 0), 9.0)),),
)  # fmt: skip


def hour() -> tuple[FloatArray, FloatArray]:
    """acc, gyr (n,3) of an hour's running with a bout a minute."""
    head = tuple(HeadEvent(t, t + 12.0, 30.0) for t in range(60, 3500, 60))
    scenario = Scenario(3600.0, (ActivitySpan(0, 3600, Activity.RUN, 168.0),), head, seed=1)
    motion = simulate(scenario, SensorModel(site=Site.HEAD, rate_hz=RATE_HZ, mounting=(1, 0, 0, 0)))
    return motion.acc, motion.gyr


def packets(key: str, acc: FloatArray, gyr: FloatArray, start_ns: int = 0) -> PacketBlock:
    """One WitMotion notification for each of n samples; `acc`, `gyr` (n,3)."""
    n = len(acc)
    t_ns = start_ns + np.arange(1, n + 1, dtype=np.int64) * STEP_NS
    return PacketBlock(key, t_ns, np.arange(1, n + 1, dtype=np.int64) * FRAME_BYTES, witmotion.encode_frames(acc, gyr))


def stamped_packets(key: str, acc: FloatArray, gyr: FloatArray, start_ns: int = 0) -> PacketBlock:
    """One notification of a self-describing sensor every four of n samples; `acc`, `gyr` (n,3)."""
    data = [
        openearable.encode_notification((start_ns + a * STEP_NS) // 1000, acc[a : a + 4], gyr[a : a + 4], STEP_US)
        for a in range(0, len(acc), 4)
    ]
    t_ns = start_ns + np.arange(1, len(data) + 1, dtype=np.int64) * 4 * STEP_NS
    return PacketBlock(key, t_ns, np.arange(1, len(data) + 1, dtype=np.int64) * len(data[0]), b"".join(data))


def part(block: PacketBlock, first: int, last: int) -> PacketBlock:
    """WitMotion notifications `first` to `last` - 1 of a block of them."""
    data = block.data[FRAME_BYTES * first : FRAME_BYTES * last]
    return PacketBlock(block.sensor, block.t_ns[first:last], block.ends[: last - first], data)


def without(lost: float, block: PacketBlock, rng: np.random.Generator) -> PacketBlock:
    """A block of equally long notifications, a part of them lost at random."""
    came = rng.random(len(block.t_ns)) >= lost
    size = int(block.ends[0])
    data = np.frombuffer(block.data, np.uint8).reshape(-1, size)[came].tobytes()
    return PacketBlock(block.sensor, block.t_ns[came], block.ends[: int(came.sum())], data)


def info(key: str, family: str = "witmotion") -> SensorInfo:
    """A SIMULATED sensor at the site of this name."""
    config = scheme.encode(scheme.DIY) if family == "openearable2" else b""
    return SensorInfo(key, Site(key), family, "SIMULATED", "", RATE_HZ, config, simulated=True)


def run_info() -> RunInfo:
    """Of a recording made here."""
    return RunInfo("bench", "2026-01-01T00:00:00+00:00", Mode.ROAD, True, "bench")


def record(path: Path, key: str, acc: FloatArray, gyr: FloatArray, *, stamped: bool, lost: float) -> None:
    """A recording of one sensor, `acc`, `gyr` (n,3), minute by minute as fast as the writer takes it."""
    writer = RecordingWriter(path, run_info(), Settings().to_json(), "")
    writer.append_sensor(info(key, "openearable2" if stamped else "witmotion"), 0)
    rng = np.random.default_rng(0)
    minute = round(60 * RATE_HZ)
    make = stamped_packets if stamped else packets
    for a in range(0, len(acc), minute):
        rows = slice(a, a + minute)
        writer.append(without(lost, make(key, acc[rows], gyr[rows], a * STEP_NS), rng))
    writer.close()


def seconds(work: Callable[[], object]) -> float:
    """How long something takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
