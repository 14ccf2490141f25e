"""kill -9 beside the recording itself: while it begins, closes, is repaired, reviewed into the cache, or analysed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from monitor.errors import RecordingError
from monitor.recording.place import sidecars
from monitor.recording.reader import open_recording
from monitor.recording.salvage import salvage
from monitor.recording.store import RunFile
from monitor.sensors import witmotion
from monitor.values import NS_PER_S, PacketBlock, SensorInfo, Site
from tests.durability.checking import WrongError, kept
from tests.durability.kills import ROOT, Killed, child, given_ns
from tests.durability.task_child import reviewed
from tests.durability.writer_child import RUN

TASK_CHILD = Path(__file__).with_name("task_child.py")
CLOSED_SECONDS = 600
STARTING_S = 0.05
"""Longer than a recording takes to begin."""
REVIEWED_SECONDS = 180

Kill: TypeAlias = Callable[[Path, int, float], str]
"""(folder of its own, number, share 0..1 of the task after which the kill comes) -> what is wrong, '' for nothing."""


def moments(folder: Path) -> dict[str, Kill]:
    """What is killed, by name; prepares what the tasks need."""
    run = folder / "sound.headsup"
    _simulated_run(run, REVIEWED_SECONDS)
    broken = folder / "broken.headsup"
    data = bytearray(run.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 5000] = bytes(5000)
    broken.write_bytes(data)
    salvage(broken, folder / "saved.headsup")
    review_s, analysis_s, repair_s = (_task_seconds(folder, task, run) for task in ("review", "analyze", "repair"))
    close_s = _close_seconds(folder)
    want_saved, want_analysis = _digest(folder / "saved.headsup"), (folder / "timed-analyze.json").read_text()
    want_review = _reviewed_json(run, folder / "timed-review")
    return {
        "the recording begins": lambda at, n, share: _starting(at / "a.headsup", share * STARTING_S),
        "it closes and is compacted": lambda at, n, share: _closing(at / "a.headsup", share * close_s),
        "`headsup repair`": lambda at, n, share: _repairing(broken, at, share * repair_s, want_saved),
        "a review writes its cache": lambda at, n, share: _reviewing(run, at, share * review_s, want_review),
        "`headsup analyze`": lambda at, n, share: _analysing(run, at, share * analysis_s, want_analysis),
    }  # fmt: skip


def kills_elsewhere(times: int, seed: int, at_once: int) -> Iterator[tuple[str, list[Killed]]]:
    """So many kills of each kind: what was killed, and what came of it."""
    with tempfile.TemporaryDirectory(prefix="headsup-kills-") as name, ThreadPoolExecutor(at_once) as pool:
        folder = Path(name)
        for kind, (what, kill) in enumerate(moments(folder).items()):

            def one(number: int, kind: int = kind, kill: Kill = kill) -> Killed:
                share = float(np.random.default_rng([seed, kind, number]).uniform(0, 1.1))
                at = folder / f"kill-{kind}-{number}"
                at.mkdir()
                fault = kill(at, number, share)
                shutil.rmtree(at)
                return Killed(number, share, 0.0, 0.0, fault)

            yield what, list(pool.map(one, range(times)))


# ------------------------------------------------------------------ the recording


def _starting(path: Path, after_s: float) -> str:
    with child("record", path) as (process, _):
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(after_s)
        process.send_signal(signal.SIGKILL)
        process.wait()
    return _judged(path, 0) if path.exists() else _left_over(path)


def _closing(path: Path, after_s: float) -> str:
    with child("close", path, CLOSED_SECONDS) as (process, ledger):
        assert process.stdout is not None
        while process.stdout.readline() not in ("ready\n", ""):
            pass
        time.sleep(after_s)
        process.send_signal(signal.SIGKILL)
        process.wait()
        return _judged(path, given_ns(ledger))


def _judged(path: Path, given: int) -> str:
    try:
        left = kept(path)
    except (RecordingError, WrongError) as error:
        return str(error)
    if given > 0 and (left.last_ns != given or left.notifications != 2 * 100 * CLOSED_SECONDS):
        return f"{(given - left.last_ns) / NS_PER_S:.3f} s are lost"
    return _left_over(path)


def _left_over(path: Path) -> str:
    """Beside the run only what it needs, and parts that the next recording removes."""
    known = {path, *sidecars(path), Path(f"{path}.ledger")}
    odd = [p.name for p in path.parent.iterdir() if p not in known and not p.name.startswith(".headsup-")]
    return f"left behind: {odd}" if odd else ""


# ------------------------------------------------------------------ tasks on a recording


def _task(task: str, run: Path, out: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, str(TASK_CHILD), task, str(run), str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "HEADSUP_HOME": str(out.parent / "home")},
    )
    assert process.stdout is not None
    process.stdout.readline()
    return process


def _killed_task(task: str, run: Path, out: Path, after_s: float) -> str:
    """Kill a task; says so where it changed the recording."""
    before = _digest(run)
    process = _task(task, run, out)
    time.sleep(after_s)
    process.kill()
    process.communicate()
    return "" if _digest(run) == before else "the recording was changed"


def _repairing(broken: Path, at: Path, after_s: float, want: str) -> str:
    out = at / "saved.headsup"
    if fault := _killed_task("repair", broken, out, after_s):
        return fault
    if not out.exists():
        salvage(broken, out)
    return ("" if _digest(out) == want else "the saved run differs") or _left_over(out)


def _reviewing(run: Path, at: Path, after_s: float, want: str) -> str:
    if fault := _killed_task("review", run, at / "cache", after_s):
        return fault
    return "" if _reviewed_json(run, at / "cache") == want else "the review after the kill differs"


def _analysing(run: Path, at: Path, after_s: float, want: str) -> str:
    if fault := _killed_task("analyze", run, at / "a", after_s):
        return fault
    summary, track = at / "a.json", at / "a.csv"
    if summary.exists() and summary.read_text() != want:
        return "half a summary has its name"
    if track.exists() and not track.read_text().endswith("\n"):
        return "half a track has its name"
    return ""


def _reviewed_json(run: Path, cache: Path) -> str:
    """What a review opened now shows, as text."""
    metrics = reviewed(run, cache).opened(lambda _words, _share: None).metrics
    return json.dumps(metrics, default=_plain, sort_keys=True)


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return (
        dict(value) if isinstance(value, Mapping) else value.tolist() if isinstance(value, np.ndarray) else str(value)
    )


def _digest(run: Path) -> str:
    """What is in a recording, whatever its bytes: a repair draws its own key."""
    digest = hashlib.sha256()
    with open_recording(run) as recording:
        for slice_ in recording.entries():
            for entry in slice_:
                told = (entry.t_ns.tolist(), entry.data) if isinstance(entry, PacketBlock) else entry
                digest.update(repr(told).encode())
        digest.update(repr(recording.damage).encode())
    return digest.hexdigest()


def _task_seconds(folder: Path, task: str, run: Path) -> float:
    """How long a task takes when nobody kills it."""
    process = _task(task, run, folder / f"timed-{task}")
    begin = time.monotonic()
    process.communicate()
    return time.monotonic() - begin


def _close_seconds(folder: Path) -> float:
    with child("close", folder / "timed.headsup", CLOSED_SECONDS) as (process, _):
        assert process.stdout is not None
        while process.stdout.readline() not in ("ready\n", ""):
            pass
        begin = time.monotonic()
        process.wait()
        return time.monotonic() - begin


def _simulated_run(path: Path, seconds: int) -> None:
    """A closed recording of SIMULATED running, one sensor at 50 Hz."""
    t_s = np.arange(seconds * 50) / 50.0
    swing = np.sin(2 * np.pi * 2.8 * t_s)
    acc = np.column_stack((0.5 * swing, 0.3 * np.cos(np.pi * 2.8 * t_s), 9.81 + 6.0 * swing))
    frames = witmotion.encode_frames(acc, np.column_stack((0.3 * swing, 0.1 * swing, 0.05 * swing)))
    size = len(frames) // len(t_s)
    out = RunFile(path, live=False)
    out.add_head(RUN, "{}", "")
    out.add_sensor(SensorInfo("head", Site.HEAD, "witmotion", "SIMULATED", "", 50.0, simulated=True), 0)
    t_ns = (t_s * NS_PER_S).astype(np.int64) + 1
    out.add_packets(PacketBlock("head", t_ns, np.arange(1, len(t_s) + 1) * size, frames), NS_PER_S)
    out.finish(int(t_ns[-1]))
