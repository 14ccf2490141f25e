"""`make bench`: what the core costs, on SIMULATED data. Prints a Markdown table; nothing here is asserted.

`python -m tests.bench --day` adds 24 h of two sensors (takes a few minutes and some gigabytes of disk).
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from vqf import VQF

from calibration.model import HeadCalibration, Profile, SiteCalibration
from monitor.dashboard.viewmodel import LiveModel
from monitor.pipeline import Pipeline
from monitor.recording.reader import open_recording
from monitor.recording.writer import RecordingWriter
from monitor.review.analyse import analyse
from monitor.sensors import openearable, scheme, witmotion
from monitor.settings import Settings
from monitor.simulator.runner import simulate
from monitor.simulator.scenario import ActivitySpan, HeadEvent, Scenario
from monitor.simulator.sensor_model import SensorModel
from monitor.values import Activity, Mode, PacketBlock, RunInfo, SensorInfo, Site

RATE_HZ = 100.0
STEP_NS, STEP_US = round(1e9 / RATE_HZ), round(1e6 / RATE_HZ)
PROFILE = Profile(
    "bench", "2026-01-01T00:00:00+00:00", True,
    (SiteCalibration("head", "head", "", "", "vqf", (), head=HeadCalibration((0, 0, 1), (-1, 0, 0), 9.0)),),
)  # fmt: skip


def hour() -> tuple[np.ndarray, np.ndarray]:
    """acc, gyr (n,3) of an hour's running with a bout a minute."""
    head = tuple(HeadEvent(t, t + 12.0, 30.0) for t in range(60, 3500, 60))
    scenario = Scenario(3600.0, (ActivitySpan(0, 3600, Activity.RUN, 168.0),), head, seed=1)
    motion = simulate(scenario, SensorModel(site=Site.HEAD, rate_hz=RATE_HZ, mounting=(1, 0, 0, 0)))
    return motion.acc, motion.gyr


def packets(key: str, acc: np.ndarray, gyr: np.ndarray, start_ns: int = 0) -> PacketBlock:
    """One WitMotion notification a sample."""
    n = len(acc)
    t_ns = start_ns + np.arange(1, n + 1, dtype=np.int64) * STEP_NS
    return PacketBlock(key, t_ns, np.arange(1, n + 1, dtype=np.int64) * 20, witmotion.encode_frames(acc, gyr))


def stamped_packets(key: str, acc: np.ndarray, gyr: np.ndarray, start_ns: int = 0) -> PacketBlock:
    """One notification of a self-describing sensor every four samples."""
    data = [
        openearable.encode_notification((start_ns + a * STEP_NS) // 1000, acc[a : a + 4], gyr[a : a + 4], STEP_US)
        for a in range(0, len(acc), 4)
    ]
    t_ns = start_ns + np.arange(1, len(data) + 1, dtype=np.int64) * 4 * STEP_NS
    return PacketBlock(key, t_ns, np.arange(1, len(data) + 1, dtype=np.int64) * len(data[0]), b"".join(data))


def without(lost: float, block: PacketBlock, rng: np.random.Generator) -> PacketBlock:
    """A block of equally long notifications, a part of them lost at random."""
    came = rng.random(len(block.t_ns)) >= lost
    size = int(block.ends[0])
    data = np.frombuffer(block.data, np.uint8).reshape(-1, size)[came].tobytes()
    return PacketBlock(block.sensor, block.t_ns[came], block.ends[: int(came.sum())], data)


def info(key: str, family: str = "witmotion") -> SensorInfo:
    config = scheme.encode(scheme.DIY) if family == "openearable2" else b""
    return SensorInfo(key, Site(key), family, "SIMULATED", "", RATE_HZ, config, simulated=True)


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def record(
    path: Path, hours: int, keys: tuple[str, ...], acc: np.ndarray, gyr: np.ndarray, *, stamped: bool, lost: float
) -> None:
    """A recording of so many hours, minute by minute as fast as the writer takes it."""
    run = RunInfo("bench", "2026-01-01T00:00:00+00:00", Mode.ROAD, True, "bench")
    writer = RecordingWriter(path, run, Settings().to_json(), "")
    for key in keys:
        writer.append_sensor(info(key, "openearable2" if stamped else "witmotion"), 0)
    rng = np.random.default_rng(0)
    minute = round(60 * RATE_HZ)
    for h in range(hours):
        for a in range(0, len(acc), minute):
            part = slice(a, a + minute)
            for i, key in enumerate(keys):
                make = stamped_packets if stamped else packets
                block = without(lost, make(key, acc[part], gyr[part], (h * len(acc) + a) * STEP_NS), rng)
                writer.append(replace(block, t_ns=block.t_ns + i))
    writer.close()


def analysis_rows(
    hours: int,
    keys: tuple[str, ...],
    acc: np.ndarray,
    gyr: np.ndarray,
    *,
    stamped: bool = False,
    lost: float = 0.0,
    runs: int = 5,
) -> list[tuple[str, str, str]]:
    """Cost of a whole analysis against the bare filter on the same samples, each the best of some runs in turn.

    Measured in a process of its own, so that its memory is the analysis's, not the simulation's.
    """
    with tempfile.TemporaryDirectory() as folder:
        path, samples = Path(folder) / "bench.headsup", Path(folder) / "samples.npz"
        record(path, hours, keys, acc, gyr, stamped=stamped, lost=lost)
        np.savez(samples, acc=acc, gyr=gyr)
        command = [sys.executable, "-m", "tests.bench", "--analyse", str(path), str(samples), str(runs)]
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    took, bare, peak_mb = (float(value) for value in out.split())
    bare *= len(keys) * hours
    label = f"{hours} h x {len(keys)} sensor{'s' if len(keys) > 1 else ''} x {RATE_HZ:g} Hz"
    label += ", stamped" if stamped else ""
    label += f", {lost:.0%} of the notifications lost" if lost else ""
    target = ("within 1 s", "400 MB") if hours == 1 else ("2 x bare vqf", "")
    return [
        (f"analysis of {label}", f"{took:.2f} s ({took / bare:.1f} x bare vqf, {bare:.2f} s)", target[0]),
        ("its peak memory", f"{peak_mb:.0f} MB", target[1]),
    ]


def analyse_here(path: str, samples: str, runs: int) -> None:
    """Print seconds of an analysis, seconds of the bare filter on an hour of it, and the peak memory in MB."""

    def analysis() -> float:
        with open_recording(Path(path)) as recording:
            return seconds(lambda: analyse(recording, profile=PROFILE))

    took = [analysis()]
    peak_mb = peak_memory_mb()
    with np.load(samples) as hour_of_it:
        acc, gyr = hour_of_it["acc"], hour_of_it["gyr"]
    bare = []
    for i in range(runs):
        took += [analysis()] if i else []
        bare += [seconds(lambda: VQF(1 / RATE_HZ).updateBatch(gyr, acc)) for _ in range(3)]
    print(min(took), min(bare), peak_mb)


def peak_memory_mb() -> float:
    """Of this process alone: what `getrusage` tells may be its parent's."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def live_rows(acc: np.ndarray, gyr: np.ndarray) -> list[tuple[str, str, str]]:
    """Time from one notification to its decision, sample by sample."""
    pipeline = Pipeline([info("head")], PROFILE, Settings())
    whole = packets("head", acc[:20_000], gyr[:20_000])
    took = []
    for i in range(20_000):
        one = PacketBlock("head", whole.t_ns[i : i + 1], np.array([20]), whole.data[20 * i : 20 * i + 20])
        took.append(seconds(lambda one=one: pipeline.push([one])))
    p50, p99 = np.percentile(np.array(took) * 1e3, [50, 99])
    return [("packet to decision, one at a time", f"p50 {p50:.2f} ms, p99 {p99:.2f} ms", "p99 20 ms")]


def window_rows(acc: np.ndarray, gyr: np.ndarray) -> list[tuple[str, str, str]]:
    """Share of a core for the live window at 30 frames a second, drawn off screen."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    try:
        from PySide6.QtWidgets import QApplication

        from monitor.dashboard.snapshot import NoActions
        from monitor.dashboard.window import LiveWindow
    except ImportError as error:
        return [("live window", f"not measured: {error}", "25 % of a core")]
    app = QApplication.instance() or QApplication([])
    now_ns = [0]
    model = LiveModel(Settings(), [info("head")], {"head": "bench"}, True, lambda: now_ns[0])
    pipeline = Pipeline([info("head")], PROFILE, Settings())
    window = LiveWindow(model, NoActions())
    window.resize(1280, 800)
    window.show()
    whole = packets("head", acc[:12_000], gyr[:12_000])
    for a in range(0, 6000, 50):
        part = slice(a, a + 50)
        block = PacketBlock("head", whole.t_ns[part], np.arange(1, 51) * 20, whole.data[20 * a : 20 * (a + 50)])
        now_ns[0] = int(block.t_ns[-1])
        model.update(pipeline.push([block]))
    frames, cpu = 0, 0.0
    for a in range(6000, 12_000, 3):
        block = PacketBlock("head", whole.t_ns[a : a + 3], np.array([20, 40, 60]), whole.data[20 * a : 20 * (a + 3)])
        now_ns[0] = int(block.t_ns[-1])
        model.update(pipeline.push([block]))
        start = time.process_time()
        window.refresh()
        window.repaint()
        app.processEvents()
        cpu += time.process_time() - start
        frames += 1
    window.end_now()
    per_frame_ms = 1e3 * cpu / frames
    share = f"{per_frame_ms * 3:.0f} % of a core ({per_frame_ms:.1f} ms a frame)"
    return [("live window, 30 frames a second", share, "25 %")]


def main() -> int:
    if "--analyse" in sys.argv:
        path, samples, runs = sys.argv[2:]
        analyse_here(path, samples, int(runs))
        return 0
    acc, gyr = hour()
    rows = analysis_rows(1, ("head",), acc, gyr)
    rows += analysis_rows(1, ("head",), acc, gyr, stamped=True)
    rows += analysis_rows(1, ("head",), acc, gyr, stamped=True, lost=0.05)
    rows += live_rows(acc, gyr)
    rows += window_rows(acc, gyr)
    if "--day" in sys.argv:
        rows += analysis_rows(24, ("head", "collar"), acc, gyr, runs=1)
    print("| SIMULATED data | measured | target |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
