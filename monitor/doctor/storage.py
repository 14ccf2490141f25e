"""Room for recordings, and whether what lies there is safe: a trial of the very way recordings are written."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from monitor.doctor.child import tool
from monitor.doctor.disk_kind import DiskKind, Mount, kind_of, linux_mounts, mac_mounts
from monitor.doctor.finding import Finding, State

BYTES_PER_HOUR = 20_000_000
"""Two sensors at 100 Hz write about 17 MB an hour; rounded up."""
_LONG_RUN_H = 6
SLOW_S = 0.5
"""A recording is written about once a second; where that takes longer than this, a queue builds up."""
_TRIALS = 3

_TOPIC = "Recordings"
_ELSEWHERE = "Choose a folder of your own with --record FILE."


@dataclass(frozen=True, slots=True)
class Trial:
    """How writing as a recording is written went: `journal` is SQLite's mode ('wal'), `slowest_s` of one safe write."""

    written: bool
    journal: str = ""
    slowest_s: float = 0.0


def check_space(folder: Path, writable: bool, free_bytes: int) -> Finding:
    """Whether recordings can be kept in `folder`."""
    if not writable:
        sentence = f"Nothing can be written in {folder}."
        return Finding(_TOPIC, State.MISSING, sentence, _ELSEWHERE)
    hours = free_bytes // BYTES_PER_HOUR
    if hours < 1:
        return Finding(_TOPIC, State.MISSING, f"The disk of {folder} is full.", "Free at least 1 GB on it.")
    if hours < _LONG_RUN_H:
        return Finding(
            _TOPIC,
            State.WARNING,
            f"The disk of {folder} has room for {hours} h of recording.",
            "Free 1 GB or more on it.",
        )
    room = f"{hours} h" if hours <= 1000 else "more than 1000 h"
    return Finding(_TOPIC, State.OK, f"{folder} has room for {room} of recording.")


def check_disk(folder: Path, kind: DiskKind, trial: Trial) -> list[Finding]:
    """Whether a run is safe in a folder that can be written in; nothing where it is."""
    topic = "Disk"
    if kind is DiskKind.NETWORK:
        return [
            Finding(
                topic,
                State.WARNING,
                f"{folder} is on another computer: a run breaks off when the network does.",
                "Record on this computer's own disk (--record FILE) and copy the run afterwards.",
            )
        ]
    if kind is DiskKind.CLOUD:
        return [
            Finding(
                topic,
                State.WARNING,
                f"{folder} is copied by a cloud service, which may lock or mix up a run while it is recorded.",
                "Record elsewhere (--record FILE) and move the run there afterwards.",
            )
        ]
    if trial.written and trial.journal != "wal":
        return [
            Finding(
                topic,
                State.MISSING,
                f"The file system of {folder} cannot keep a run safe while it is recorded.",
                "Record on this computer's own disk: --record FILE",
            )
        ]
    if kind is DiskKind.MEMORY:
        sentence = f"{folder} is in memory: its runs are gone when the computer restarts."
        return [Finding(topic, State.WARNING, sentence, _ELSEWHERE)]
    if trial.slowest_s > SLOW_S:
        sentence = f"The disk of {folder} took {trial.slowest_s:.1f} s to write what a second of a run needs."
        return [Finding(topic, State.WARNING, sentence, "Close what is using the disk, or record on a faster one.")]
    return []


def try_out(folder: Path) -> Trial:
    """Write as a recording is written, in a folder of its own that is gone afterwards: read-only disks and root do not
    fool this."""
    try:
        with tempfile.TemporaryDirectory(prefix=".headsup-", dir=folder, ignore_cleanup_errors=True) as place:
            return _write(Path(place) / "trial")
    except OSError:
        return Trial(False)


def _write(path: Path) -> Trial:
    """A few commits, each as safe as a recording's."""
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as file:
            journal = str(file.execute("PRAGMA journal_mode=WAL").fetchone()[0])
            file.execute("PRAGMA synchronous=FULL")
            file.execute("CREATE TABLE trial (bytes BLOB)")
            slowest_s = 0.0
            for _ in range(_TRIALS):
                began_s = time.monotonic()
                file.execute("INSERT INTO trial VALUES (zeroblob(16384))")
                slowest_s = max(slowest_s, time.monotonic() - began_s)
    except sqlite3.Error:
        return Trial(True, "none")
    return Trial(True, journal, slowest_s)


def mounts() -> list[Mount]:
    """What is mounted on this computer; empty where that cannot be told."""
    system: str = sys.platform
    if system.startswith("linux"):
        try:
            return linux_mounts(Path("/proc/self/mounts").read_text("utf-8", "replace"))
        except OSError:
            return []
    return mac_mounts(tool("mount", seconds=1.0)) if system == "darwin" else []


def findings(folder: Path) -> list[Finding]:
    """Room for recordings in `folder`, or in the folder where it would be made."""
    folder = folder.absolute()
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    trial = try_out(existing)
    room = check_space(folder, trial.written, shutil.disk_usage(existing).free)
    if room.state is State.MISSING:
        return [room]
    return [room, *check_disk(folder, kind_of(existing.resolve(), mounts(), os.environ), trial)]
