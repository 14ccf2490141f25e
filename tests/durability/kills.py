"""kill -9 at random moments of a run that is being recorded: does the file open, is it right, and what is lost?"""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from monitor.errors import RecordingError
from monitor.recording.salvage import salvage
from monitor.values import NS_PER_S
from tests.durability.checking import WrongError, kept
from tests.durability.writer_child import LEDGER_BYTES

ROOT = Path(__file__).resolve().parents[2]
CHILD = Path(__file__).with_name("writer_child.py")
LONGEST_S = 6.0
"""Kills come at a random moment of so many seconds: some commits, and the first."""


@dataclass(frozen=True, slots=True)
class Killed:
    """One kill and what was left. Losses in seconds."""

    number: int
    after_s: float
    lost_s: float
    """Of what the writer was given, both sensors taken together: the one that lost more counts."""
    committed_lost_s: float
    """Of what the writer had said to be on disk; anything but 0 is a broken promise."""
    fault: str = ""
    """What is wrong with the file; '' for nothing."""


Child: TypeAlias = tuple[subprocess.Popen[str], Path]


@contextmanager
def child(action: str, path: Path, *more: object, ledger: Path | None = None) -> Iterator[Child]:
    """A process of `writer_child` and its ledger, beside the run or elsewhere. It is killed at the end in any case."""
    ledger = ledger or Path(f"{path}.ledger")
    ledger.write_bytes(struct.pack("<q", -1).ljust(LEDGER_BYTES))
    process = subprocess.Popen(
        [sys.executable, str(CHILD), action, str(path), str(ledger), *map(str, more)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        yield process, ledger
    finally:
        process.kill()
        process.communicate()


def given_ns(ledger: Path) -> int:
    """Time of the last notification that the writer was given; -1 for none."""
    (t_ns,) = struct.unpack("<q", ledger.read_bytes()[:LEDGER_BYTES])
    return int(t_ns)


def told(lines: list[str]) -> int:
    """The time up to which the writer said all to be on disk; -1 for none."""
    words = [line.split() for line in lines if line.endswith("\n")]
    return max((int(w[1]) for w in words if w[0] == "committed" and w[1] != "None"), default=-1)


def killed_run(folder: Path, number: int, seed: int, longest_s: float = LONGEST_S) -> Killed:
    """Record, kill at a random moment, read what is left."""
    after_s = float(np.random.default_rng([seed, number]).uniform(0, longest_s))
    path = folder / f"run-{number}.headsup"
    with child("record", path) as (process, ledger):
        assert process.stdout is not None
        lines = [process.stdout.readline(), process.stdout.readline()]
        reader = threading.Thread(target=lines.extend, args=(process.stdout,))
        reader.start()
        time.sleep(after_s)
        process.send_signal(signal.SIGKILL)
        process.wait()
        reader.join()
        if lines[1] != "ready\n":
            return Killed(number, after_s, 0, 0, f"the writer did not begin: {lines[1]!r}")
        return judged(path, number, after_s, given_ns(ledger), told(lines))


def judged(path: Path, number: int, after_s: float, given: int, committed: int) -> Killed:
    """What is left of a file, compared with what was given and what was promised."""
    try:
        left = kept(path)
        saved = path.with_name(f"saved-{path.name}")
        salvage(path, saved)
        again = kept(saved)
        if (again.notifications, again.last_ns) < (left.notifications, left.last_ns):
            return Killed(number, after_s, 0, 0, "repair saved less than there is")
    except (RecordingError, WrongError) as error:
        if isinstance(error, RecordingError) and "nothing" in str(error) and committed < 0:
            left = kept(path)  # a run without a single row has nothing to be repaired
        else:
            return Killed(number, after_s, 0, 0, str(error))
    lost_s = max(0, given - max(left.first_lost_ns, 0)) / NS_PER_S
    return Killed(number, after_s, lost_s, max(0, committed - left.last_ns) / NS_PER_S if committed >= 0 else 0.0)


def kills(times: int, seed: int, at_once: int, longest_s: float = LONGEST_S) -> list[Killed]:
    """So many kills, some of them at the same time."""
    with tempfile.TemporaryDirectory(prefix="headsup-kills-") as folder, ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(lambda number: killed_run(Path(folder), number, seed, longest_s), range(times)))
