"""Which recordings lie in a folder, its folders and what they link to, each place once. Reads names and sizes only."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from monitor.errors import RecordingError
from monitor.recording.format import SUFFIX

MOST_RECORDINGS = 100_000
MOST_ENTRIES = 2_000_000
"""Names that are looked at in all: a link to a whole disk ends with a sentence."""


@dataclass(frozen=True, slots=True)
class FoundRecording:
    """Where it is, its name within the folder, and its bytes (0 where that cannot be told)."""

    path: Path
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Found:
    """What a folder holds, by name. `notes`: what was left out, sentences."""

    recordings: tuple[FoundRecording, ...]
    notes: tuple[str, ...]


def recordings_in(folder: Path) -> Found:
    """The recordings of a folder and of its folders. Hidden names are skipped, no folder is looked through twice.

    Raises RecordingError where the folder itself cannot be read or holds far too much; one inside it that cannot be
    read is a note.
    """
    found: list[FoundRecording] = []
    notes: list[str] = []
    seen: set[tuple[int, int]] = set()
    waiting, looked = [folder], 0
    while waiting:
        here = waiting.pop()
        try:
            about = here.stat()
            if (about.st_dev, about.st_ino) in seen:
                continue
            seen.add((about.st_dev, about.st_ino))
            with os.scandir(here) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except (OSError, ValueError) as error:
            if here == folder:
                raise _refusal(folder, error) from error
            notes.append(f"The folder '{_name(here, folder)}' cannot be read ({getattr(error, 'strerror', error)}).")
            continue
        looked += len(entries)
        for entry in entries:
            if entry.name.startswith("."):
                continue
            path = Path(entry.path)
            if _is_folder(entry):
                waiting.append(path)
            elif entry.name.endswith(SUFFIX):
                found.append(FoundRecording(path, _name(path, folder), _size(path)))
        if looked > MOST_ENTRIES or len(found) > MOST_RECORDINGS:
            raise RecordingError(folder, "holds far too many files for one batch; please take its folders one by one")
    return Found(tuple(sorted(found, key=lambda one: (one.name, os.fsencode(one.path)))), tuple(notes))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _name(path: Path, folder: Path) -> str:
    """The path from the folder, as text that can be stored and printed."""
    told = path.relative_to(folder).as_posix().encode("utf-8", "replace").decode()
    return "".join(c if c.isprintable() else "?" for c in told)


def _refusal(folder: Path, error: Exception) -> RecordingError:
    if isinstance(error, FileNotFoundError):
        return RecordingError(folder, "there is no such folder")
    if isinstance(error, NotADirectoryError):
        return RecordingError(folder, "is not a folder")
    return RecordingError(folder, f"cannot be read: {getattr(error, 'strerror', None) or error}")
