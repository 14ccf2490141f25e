"""What Linux tells of a process in /proc: time on a core by thread, memory, open files."""

from __future__ import annotations

import os
import resource
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

TELLS = Path("/proc/self/task").is_dir()
"""Whether this system has what is needed here."""


def peak_memory_mb() -> float:
    """Of this process alone: what `getrusage` tells may be its parent's."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1024
    # macOS counts in bytes.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)


def memory_mb(pid: int | str = "self") -> float:
    """Memory that a process has in RAM now."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


def open_files(pid: int | str = "self") -> int:
    """File handles of a process, sockets and pipes included."""
    return len(os.listdir(f"/proc/{pid}/fd"))


def threads(pid: int | str = "self") -> int:
    """Threads of a process, those that Python did not start included."""
    return len(os.listdir(f"/proc/{pid}/task"))


def core_seconds(pid: int) -> dict[int, float]:
    """Time on a core by thread number; a thread that has just ended is left out."""
    found = {}
    ticks_s = 1 / os.sysconf("SC_CLK_TCK")
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            # Behind the command's name, which may hold spaces, user and system time are the 12th and 13th.
            fields = (task / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        found[int(task.name)] = (int(fields[11]) + int(fields[12])) * ticks_s
    return found


def waited_seconds(pid: int) -> dict[int, float]:
    """Time that each thread was ready to run and no core was free; empty where the kernel does not tell."""
    found = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            found[int(task.name)] = int((task / "schedstat").read_text().split()[1]) / 1e9
        except OSError:
            continue
    return found


@dataclass(frozen=True, slots=True)
class Sample:
    """A process at one moment of the monotonic clock."""

    t_s: float
    core_s: Mapping[int, float]
    waited_s: Mapping[int, float]
    """By thread: ready to run, but no core was free."""
    memory_mb: float
    open_files: int


@dataclass(slots=True)
class Observer:
    """Looks at another process every few seconds, from outside, so that looking costs that process nothing."""

    pid: int
    every_s: float = 2.0
    samples: list[Sample] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._look, name="observer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End; the samples stay."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(self.every_s):
            try:
                self.samples.append(
                    Sample(
                        time.monotonic(),
                        core_seconds(self.pid),
                        waited_seconds(self.pid),
                        memory_mb(self.pid),
                        open_files(self.pid),
                    )
                )
            except OSError:
                return

    def shares(self, from_s: float, to_s: float) -> dict[int, float]:
        """By thread, the part of one core that it took between two times; empty where they are too close."""
        return self._rates(from_s, to_s, lambda sample: sample.core_s)

    def waits(self, from_s: float, to_s: float) -> dict[int, float]:
        """By thread, the part of the time between two times in which it was ready to run and no core was free."""
        return self._rates(from_s, to_s, lambda sample: sample.waited_s)

    def _rates(self, from_s: float, to_s: float, of: Callable[[Sample], Mapping[int, float]]) -> dict[int, float]:
        between = [s for s in self.samples if from_s <= s.t_s <= to_s]
        if len(between) < 2:
            return {}
        first, last = between[0], between[-1]
        span_s = last.t_s - first.t_s
        return {tid: (total - of(first).get(tid, 0.0)) / span_s for tid, total in of(last).items()}
