"""Recordings that were never closed, as after a power cut: the newest is told of once, at the next run's start."""

from __future__ import annotations

import time
from contextlib import suppress
from itertools import islice
from pathlib import Path

from monitor.errors import RecordingError
from monitor.recording.reader import open_recording

LOOKED_AT = 5
"""So many of the newest recordings; older ones had their chance."""
MOST_LISTED = 20_000
"""Names of the folder; nobody has run more often."""
STILL_WRITTEN_S = 10.0
"""A file that changed so recently belongs to a run that goes on in another window."""
TOLD = ".told"
"""File in the folder: names of the recordings that were told of."""


def unfinished_line(folder: Path) -> str:
    """One line about the newest recording in `folder` that was never closed and not told of before; '' for none."""
    newest = _newest(folder)
    told = _told(folder)
    for path in newest:
        if path.name in told or not _is_unfinished(path):
            continue
        _tell(folder, [p.name for p in newest if p.name in told] + [path.name])
        return f"The recording {path.name} was never closed; what was recorded is there: headsup review {path}"
    return ""


def _newest(folder: Path) -> list[Path]:
    """The newest few recordings, newest first, without those still being written."""
    dated: list[tuple[float, Path]] = []
    with suppress(OSError):
        for path in islice(folder.glob("*.headsup"), MOST_LISTED):
            with suppress(OSError):
                dated.append((path.stat().st_mtime, path))
    dated.sort(reverse=True)
    return [path for _, path in dated[:LOOKED_AT] if not _goes_on(path)]


def _goes_on(path: Path) -> bool:
    """Whether it was written to just now or, where the clock was set since, some time to come."""
    # The age of a file on disk: the one question here that only the wall clock answers.
    now_s = time.time()
    for file in (path, path.with_name(path.name + "-wal")):
        with suppress(OSError):
            written = file.stat()
            # Whoever merely reads may leave an empty -wal.
            if written.st_size and abs(now_s - written.st_mtime) < STILL_WRITTEN_S:
                return True
    return False


def _is_unfinished(path: Path) -> bool:
    try:
        with open_recording(path) as recording:
            return not recording.closed and recording.block_count > 0
    except (RecordingError, OSError):
        return False


def _told(folder: Path) -> set[str]:
    try:
        with (folder / TOLD).open(encoding="utf-8", errors="replace") as file:
            return set(file.read(10_000).splitlines())
    except OSError:
        return set()


def _tell(folder: Path, names: list[str]) -> None:
    with suppress(OSError, UnicodeError):  # then it is told once more
        (folder / TOLD).write_text("\n".join(names) + "\n", encoding="utf-8")
