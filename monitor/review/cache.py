"""What a review worked out, kept in the cache folder, so that a run that was opened once opens at once again.

An entry answers to everything its numbers follow from: the recording's bytes, the watch's file and its place, the
calibration and mode asked for, and the program itself. Nothing here is the only place of anything: what is damaged,
old or too much is dropped, and a cache that cannot be used is no error.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import time
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import calibration
import monitor
from monitor.errors import HeadsUpError
from monitor.posture.slope import GroundLine
from monitor.recording.place import sidecars
from monitor.recording.reader import Recording
from monitor.review.choices import sha256_of
from monitor.review.frozen_values import UnfitValueError, read_values, write_values
from monitor.review.insight.from_watch import ground_of
from monitor.review.insight.heart import HeartLine
from monitor.review.reviewed import ReviewedRun
from monitor.values import Ground, HeartRate

FORMAT = 1
MOST_BYTES = 1_500_000_000
"""Of all entries together; a run of an hour takes about 15 MB, a day with two sensors about 500 MB."""
MOST_KNOWN = 500
STALE_S = 86_400.0
_KNOWN = "known.json"
_SHOWING = frozenset({"batch", "commands", "dashboard", "library", "outputs", "simulator"})
"""Rooms of the program that no number of a review comes from."""


class ReviewCache:
    """Reviewed runs in a folder, by key. Several processes may use one folder."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self.folder = folder
        self.most_bytes = most_bytes

    def key(self, recording: Path, *parts: str) -> str:
        """The key of a review of this recording with these further parts (texts), e.g. the watch's hash.

        Raises RecordingError where the recording cannot be read.
        """
        told = [FORMAT, monitor.__version__, _program_stamp(), self._content(recording), *parts]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    def get(self, key: str, recording: Recording) -> ReviewedRun | None:
        """What was kept under a key; None for nothing that can be used. `recording`: the run's, for its ground."""
        path = self._path(key)
        try:
            run = read_values(path, ReviewedRun)
            os.utime(path)
        except UnfitValueError:
            with suppress(OSError):
                path.unlink()
            return None
        except OSError:
            return None
        return _with_lines(run, recording)

    def put(self, key: str, run: ReviewedRun) -> bool:
        """Keep a review, and drop the oldest where they are too many; False where it could not be kept."""
        part = self.folder / f".{secrets.token_hex(6)}.part"
        try:
            self._make_folder()
            write_values(part, replace(run, analysis=replace(run.analysis, ground=None, heart=None)))
            if part.stat().st_size > self.most_bytes:
                raise UnfitValueError("it is larger than the whole cache may be")
            os.replace(part, self._path(key))
        except (OSError, UnfitValueError):
            with suppress(OSError):
                part.unlink()
            return False
        self._drop_old()
        return True

    def _make_folder(self) -> None:
        """The folder, for its owner alone: where somebody ran and how the heart beat is nobody else's business."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.npz"

    def _drop_old(self) -> None:
        """Keep what was used last, as much as there is room for; parts that nobody finished go."""
        found = []
        with suppress(OSError):
            for path in self.folder.iterdir():
                with suppress(OSError):
                    about = path.stat()
                    if path.suffix == ".npz":
                        found.append((about.st_mtime, about.st_size, path))
                    elif path.suffix == ".part" and time.time() - about.st_mtime > STALE_S:
                        path.unlink()
        room = self.most_bytes
        for _, size, path in sorted(found, reverse=True, key=lambda entry: entry[0]):
            room -= size
            if room < 0:
                with suppress(OSError):
                    path.unlink()

    # ------------------------------------------------------------ which recording

    def _content(self, recording: Path) -> str:
        """SHA-256 of a recording's bytes; remembered while its file, times and size stay the same."""
        identity = _identity(recording)
        known = self._known()
        if identity in known:
            return known[identity]
        found = "+".join(sha256_of(path) for path in (recording, *sidecars(recording)) if path.exists())
        if identity == _identity(recording):  # else it was written to meanwhile
            self._remember({**known, identity: found})
        return found

    def _known(self) -> dict[str, str]:
        try:
            with open(self.folder / _KNOWN, "rb") as file:
                table = json.loads(file.read(1_000_000))
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(table, dict):
            return {}
        return {str(k): v for k, v in table.items() if isinstance(v, str)}

    def _remember(self, known: dict[str, str]) -> None:
        latest = dict(list(known.items())[-MOST_KNOWN:])
        part = self.folder / f".{secrets.token_hex(6)}.part"
        try:
            self._make_folder()
            part.write_text(json.dumps(latest), encoding="utf-8")
            os.replace(part, self.folder / _KNOWN)
        except OSError:
            with suppress(OSError):
                part.unlink()


def _identity(recording: Path) -> str:
    """Which file this is and when it was last written, with what SQLite keeps beside it."""
    told = []
    for path in (recording, *sidecars(recording)):
        with suppress(OSError):
            about = path.stat()
            told.append(
                (str(path.resolve()), about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns)
            )
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _with_lines(run: ReviewedRun, recording: Recording) -> ReviewedRun:
    """The lines of ground and heart again: quickly made from the recording's log, or from the watch."""
    analysis, controls = run.analysis, recording.controls()
    ground = GroundLine(entry for entry in controls if isinstance(entry, Ground)) or None
    heart = HeartLine(entry for entry in controls if isinstance(entry, HeartRate)) or None
    if analysis.ground_of_watch and run.course is not None:
        ground = ground_of(run.course, analysis.origin_ns)
    return replace(run, analysis=replace(analysis, ground=ground, heart=heart))


@lru_cache(maxsize=1)
def _program_stamp() -> str:
    """Changes with every file that numbers follow from: an older program's are not shown as this one's."""
    digest = hashlib.sha256()
    for package in (monitor, calibration):
        for root in package.__path__:
            with suppress(OSError):
                for path in sorted(Path(root).rglob("*.py")):
                    if _SHOWING & set(path.relative_to(root).parts):
                        continue
                    about = path.stat()
                    digest.update(f"{path.name}|{about.st_size}|{about.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def file_stamp(path: Path) -> str:
    """The content of a small file as a part of a key; '' where it cannot be read, which its reader will say."""
    try:
        return sha256_of(path)
    except HeadsUpError:
        return ""
