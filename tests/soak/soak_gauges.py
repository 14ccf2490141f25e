"""What a process holds at one moment: memory, threads, file handles, tasks, and objects by type."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.benches import processes


@dataclass(frozen=True, slots=True)
class Gauge:
    """All of it `at_s` seconds of simulated time into the run.

    `memory_mb`: see `own_memory_mb`; `objects`: those that the garbage collector follows, by type; `delivered`:
    notifications of each sensor in the calm seconds before; `file_mb`: of the recording.
    """

    at_s: float
    memory_mb: float
    threads: int
    open_files: int
    tasks: int
    file_mb: float = 0.0
    delivered: dict[str, int] = field(default_factory=dict)
    objects: dict[str, int] = field(default_factory=dict)
    handles: dict[str, int] = field(default_factory=dict)
    """Open files by what they are."""


def gauge(at_s: float, recording: Path, delivered: dict[str, int]) -> Gauge:
    """Count now, from within the radio's loop."""
    gc.collect()
    counted = Counter(f"{type(o).__module__}.{type(o).__qualname__}" for o in gc.get_objects())
    parts = [recording, recording.with_name(recording.name + "-wal")]
    return Gauge(
        at_s,
        own_memory_mb(),
        threading.active_count(),
        processes.open_files() if processes.TELLS else 0,
        len(asyncio.all_tasks()),
        sum(part.stat().st_size for part in parts if part.exists()) / 1e6,
        delivered,
        dict(counted),
        _handles(),
    )


def own_memory_mb() -> float:
    """Memory that is this process's own. What it has read of files counts not: others may drive it out at any time."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    kb = [int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("RssAnon")]
    return kb[0] / 1024 if kb else processes.memory_mb()


def _handles() -> dict[str, int]:
    folder = Path("/proc/self/fd")
    if not folder.is_dir():
        return {}
    found: Counter[str] = Counter()
    for name in os.listdir(folder):
        try:
            target = os.readlink(folder / name)
        except OSError:  # the one that listed them
            continue
        found[target.split(":")[0] if ":" in target else Path(target).name] += 1
    return dict(found)
