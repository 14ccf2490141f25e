"""Which recordings lie in a folder, and how to tell that one of them has changed. Reads names, sizes and times."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from monitor.errors import RecordingError
from monitor.recording.format import MAX_FILE_BYTES, SUFFIX
from monitor.review.choices import choices_path
from monitor.review.report_words import clean

MOST_RUNS = 20_000
"""A run every day for fifty years."""
MOST_ENTRIES = 200_000
"""Names that are looked at in all."""
DEEPEST = 6
"""Folders within folders."""
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class FoundRun:
    """A recording: where it is, its name within the folder, and the stamp that changes when it does."""

    path: Path
    name: str
    stamp: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a folder holds. `notes`: what was left out, sentences."""

    runs: tuple[FoundRun, ...]
    notes: tuple[str, ...]


def recordings_in(folder: Path) -> Found:
    """The recordings of a folder and its folders, by name. Links to folders are not followed; hidden names are skipped.

    Raises RecordingError where the folder itself cannot be read; one inside it that cannot be read is a note.
    """
    runs: list[FoundRun] = []
    notes: list[str] = []
    waiting, looked = [(folder, 0)], 0
    while waiting:
        here, depth = waiting.pop()
        try:
            entries = sorted(os.scandir(here), key=lambda entry: entry.name)
        except OSError as error:
            if here == folder:
                raise _refusal(folder, error) from error
            notes.append(f"The folder '{clean(_named(here, folder))}' cannot be read ({error.strerror}).")
            continue
        for entry in entries:
            looked += 1
            if looked > MOST_ENTRIES or len(runs) >= MOST_RUNS:
                notes.append(f"The folder is too large: only the first {len(runs)} runs are here.")
                return Found(tuple(runs), tuple(notes))
            if entry.name.startswith("."):
                continue
            path = Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                if depth < DEEPEST:
                    waiting.append((path, depth + 1))
                else:
                    notes.append(f"The folder '{clean(_named(path, folder))}' lies too deep.")
            elif entry.name.endswith(SUFFIX):
                runs.append(FoundRun(path, _named(path, folder), stamp_of(path)))
    return Found(tuple(sorted(runs, key=lambda run: run.name)), tuple(notes))


def stamp_of(path: Path) -> str:
    """Size and time of a recording, of what SQLite keeps beside it, and of the runner's choices for it."""
    return "|".join(_stat_words(part) for part in _parts(path))


def content_of(path: Path) -> str:
    """SHA-256 of a recording with all that belongs to it. Raises RecordingError where it is no plain, readable file."""
    digest = hashlib.sha256()
    for part in _parts(path):
        try:
            status = part.stat()
            if not stat.S_ISREG(status.st_mode):
                raise RecordingError(path, "is not an ordinary file")
            if status.st_size > MAX_FILE_BYTES:
                raise RecordingError(path, "is too large for a recording")
            digest.update(b"%d:" % status.st_size)
            with open(part, "rb") as file:
                left = status.st_size
                while left > 0 and (piece := file.read(min(left, _PIECE))):
                    digest.update(piece)
                    left -= len(piece)
        except FileNotFoundError:
            if part == path:
                raise RecordingError(path, "does not exist") from None
            digest.update(b"-:")
        except OSError as error:
            raise RecordingError(path, f"cannot be read: {error.strerror}") from error
    return digest.hexdigest()


def _parts(path: Path) -> tuple[Path, Path, Path]:
    return path, path.with_name(path.name + "-wal"), choices_path(path)


def _stat_words(path: Path) -> str:
    try:
        status = path.stat()
    except (OSError, ValueError):
        return "-"
    # A -wal that holds nothing comes and goes with every reader.
    return f"{status.st_size}:{status.st_mtime_ns}" if status.st_size else "-"


def _named(path: Path, folder: Path) -> str:
    """The path from the folder; bytes of it that are no text stand as lone surrogates, as Python keeps them."""
    return path.relative_to(folder).as_posix()


def _refusal(folder: Path, error: OSError) -> RecordingError:
    if isinstance(error, FileNotFoundError):
        return RecordingError(folder, "there is no such folder")
    if isinstance(error, NotADirectoryError):
        return RecordingError(folder, "is not a folder")
    return RecordingError(folder, f"cannot be read: {error.strerror}")
