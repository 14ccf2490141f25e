"""Room for recordings."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from monitor.doctor.finding import Finding, State

BYTES_PER_HOUR = 20_000_000
"""Two sensors at 100 Hz write about 17 MB an hour; rounded up."""
_LONG_RUN_H = 6

_TOPIC = "Recordings"


def check_space(folder: Path, writable: bool, free_bytes: int) -> Finding:
    """Whether recordings can be kept in `folder`."""
    if not writable:
        return Finding(
            _TOPIC,
            State.MISSING,
            f"Nothing can be written in {folder}.",
            "Choose a folder of your own with --record FILE.",
        )
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


def can_write(folder: Path) -> bool:
    """Whether a file can be made in a folder: the only test that read-only disks and root do not fool."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def findings(folder: Path) -> list[Finding]:
    """Room for recordings in `folder`, or in the folder where it would be made."""
    folder = folder.absolute()
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    return [check_space(folder, can_write(existing), shutil.disk_usage(existing).free)]
