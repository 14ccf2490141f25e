"""SIMULATED recordings for the batch, made fast: one motion, cut into runs of many lengths.

python -m tests.batch.recordings FOLDER [NUMBER]
"""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import Path

import numpy as np

from calibration import store
from calibration.model import HeadCalibration, Profile, SiteCalibration
from monitor.recording.writer import RecordingWriter
from monitor.sensors import witmotion
from monitor.settings import Settings
from monitor.simulator.runner import SimulatedMotion, simulate
from monitor.simulator.scenario import ActivitySpan, HeadEvent, Scenario
from monitor.simulator.sensor_model import SensorModel
from monitor.values import NS_PER_S, Activity, Mark, Mode, PacketBlock, RunInfo, SensorInfo, Site

RATE_HZ = 50.0
LONGEST_S = 330.0
FRAME_BYTES = 20


@lru_cache(maxsize=1)
def motion() -> SimulatedMotion:
    """Running, the head low now and then."""
    head = tuple(HeadEvent(t, t + 14.0, 32.0) for t in (35.0, 90.0, 160.0, 240.0, 300.0))
    scenario = Scenario(LONGEST_S, (ActivitySpan(5.0, LONGEST_S, Activity.RUN, 168.0),), head, seed=11)
    return simulate(scenario, SensorModel(site=Site.HEAD, rate_hz=RATE_HZ, mounting=(1, 0, 0, 0)))


def profile() -> Profile:
    """The calibration that fits the sensor's axes."""
    head = HeadCalibration((0, 0, 1), (-1, 0, 0), 9.0)
    return Profile(
        "sim", "2026-01-01T00:00:00+00:00", True, (SiteCalibration("head", "head", "", "", "vqf", (), head=head),)
    )


def make(path: Path, seconds: float, *, start_s: float = 0.0, calibrated: bool = True, close: bool = True) -> Path:
    """A recording of so many seconds of that motion from `start_s` on."""
    step_ns = round(NS_PER_S / RATE_HZ)
    rows = slice(round(start_s * RATE_HZ), round((start_s + seconds) * RATE_HZ))
    moved = motion()
    data = witmotion.encode_frames(moved.acc[rows], moved.gyr[rows])
    n = len(data) // FRAME_BYTES
    number = np.arange(1, n + 1, dtype=np.int64)
    info = RunInfo(path.stem, "2026-11-01T08:00:00+00:00", Mode.ROAD, True, "test")
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = RecordingWriter(path, info, Settings().to_json(), store.to_json(profile()) if calibrated else "")
    writer.append_sensor(SensorInfo("head", Site.HEAD, "witmotion", "SIMULATED", "sim", RATE_HZ, simulated=True), 0)
    writer.append(PacketBlock("head", number * step_ns, number * FRAME_BYTES, data))
    writer.append(Mark(int((n + 1) * step_ns), "cramp"))
    if close:
        writer.close()
    return path


def make_many(folder: Path, number: int, longest_s: float = 300.0) -> list[Path]:
    """So many recordings of 60 s to `longest_s`, in three folders; no two alike."""
    rng = np.random.default_rng(number)
    lengths = rng.uniform(60.0, longest_s, number)
    return [
        make(folder / f"athlete-{i % 3}" / f"run-{i:03d}.headsup", s, start_s=float(rng.uniform(0, 330 - s)))
        for i, s in enumerate(lengths.tolist())
    ]


if __name__ == "__main__":
    made = make_many(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 200)
    print(f"{len(made)} SIMULATED recordings")
