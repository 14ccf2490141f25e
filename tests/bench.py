"""`make bench`: what the core costs, on SIMULATED data. Prints a Markdown table; nothing here is asserted.

`python -m tests.bench --day` adds 24 h of two sensors (takes a few minutes and some gigabytes of disk).
"""

from __future__ import annotations

import os
import resource
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
from monitor.sensors import witmotion
from monitor.settings import Settings
from monitor.simulator.runner import simulate
from monitor.simulator.scenario import ActivitySpan, HeadEvent, Scenario
from monitor.simulator.sensor_model import SensorModel
from monitor.values import Activity, Mode, PacketBlock, RunInfo, SensorInfo, Site

RATE_HZ = 100.0
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
    t_ns = start_ns + np.arange(1, n + 1, dtype=np.int64) * round(1e9 / RATE_HZ)
    return PacketBlock(key, t_ns, np.arange(1, n + 1, dtype=np.int64) * 20, witmotion.encode_frames(acc, gyr))


def info(key: str) -> SensorInfo:
    return SensorInfo(key, Site(key), "witmotion", "SIMULATED", "", RATE_HZ, simulated=True)


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def record(path: Path, hours: int, keys: tuple[str, ...], acc: np.ndarray, gyr: np.ndarray) -> None:
    """A recording of so many hours, minute by minute as fast as the writer takes it."""
    run = RunInfo("bench", "2026-01-01T00:00:00+00:00", Mode.ROAD, True, "bench")
    writer = RecordingWriter(path, run, Settings().to_json(), "")
    for key in keys:
        writer.append_sensor(info(key), 0)
    minute = round(60 * RATE_HZ)
    for h in range(hours):
        for a in range(0, len(acc), minute):
            part = slice(a, a + minute)
            for i, key in enumerate(keys):
                block = packets(key, acc[part], gyr[part], round((h * len(acc) + a) * 1e9 / RATE_HZ))
                writer.append(replace(block, t_ns=block.t_ns + i))
    writer.close()


def analysis_rows(hours: int, keys: tuple[str, ...], acc: np.ndarray, gyr: np.ndarray) -> list[tuple[str, str, str]]:
    """Cost of a whole analysis against the bare filter on the same samples."""
    bare = len(keys) * hours * seconds(lambda: VQF(1 / RATE_HZ).updateBatch(gyr, acc))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.headsup"
        record(path, hours, keys, acc, gyr)
        with open_recording(path) as recording:
            took = seconds(lambda: analyse(recording, profile=PROFILE))
    label = f"{hours} h x {len(keys)} sensor{'s' if len(keys) > 1 else ''} x {RATE_HZ:g} Hz"
    target = "within 1 s" if hours == 1 else "2 x bare vqf"
    return [
        (f"analysis of {label}", f"{took:.2f} s ({took / bare:.1f} x bare vqf, {bare:.2f} s)", target),
        ("peak memory so far", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB", "400 MB for 1 h"),
    ]


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
    acc, gyr = hour()
    rows = analysis_rows(1, ("head",), acc, gyr)
    rows += live_rows(acc, gyr)
    rows += window_rows(acc, gyr)
    if "--day" in sys.argv:
        rows += analysis_rows(24, ("head", "collar"), acc, gyr)
    print("| SIMULATED data | measured | target |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
