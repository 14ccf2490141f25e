"""What the runner chose at review, kept beside the recording in `<run>.review.json`. The recording is never touched.

The watch's file is known by name and SHA-256, so that another file of the same name is noticed. What is not known here
(a newer program's choices) is kept as it was found.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import stat
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from monitor.alignment.result import Alignment, Method
from monitor.errors import RecordingError
from monitor.recording.place import part_name, remove, sync_folder

FORMAT = "headsup-review"
VERSION = 1
LARGEST_BYTES = 100_000
_LARGEST_OFFSET_S = 10 * 365.25 * 86_400.0
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class WatchChoice:
    """Which watch file belongs to the recording, and how its clock lies to the run's: `monitor.alignment.result`."""

    file: str
    """The name alone; it is looked for beside the recording, and wherever the runner says."""
    sha256: str
    offset_s: float
    method: Method
    confidence: float
    drift_ppm: float = 0.0
    session: int | None = None
    """The activity of a file with several, 1 = the first; None: all of it."""

    @property
    def by_hand(self) -> bool:
        """The runner set the offset."""
        return self.method is Method.BY_HAND

    def is_of(self, path: Path) -> bool:
        """Whether a file is the one that was chosen, byte for byte. False where it cannot be read."""
        try:
            return sha256_of(path) == self.sha256
        except RecordingError:
            return False

    def alignment(self) -> Alignment:
        """The choice as an alignment, for its conversions of time."""
        return Alignment(
            self.offset_s, self.confidence, self.method, "As chosen before.", 1.0, drift_ppm=self.drift_ppm
        )


@dataclass(frozen=True, slots=True)
class ReviewChoices:
    """All choices of one recording; `others` holds what this program does not know, to be written back."""

    watch: WatchChoice | None = None
    others: MappingProxyType[str, Any] = field(default_factory=lambda: MappingProxyType({}))


def choices_path(run: Path) -> Path:
    """Where the choices of a recording are kept: 'morning.headsup' -> 'morning.headsup.review.json'."""
    return run.with_name(run.name + ".review.json")


def sha256_of(path: Path) -> str:
    """The SHA-256 of a plain file, hexadecimal. Raises RecordingError."""
    digest = hashlib.sha256()
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise RecordingError(path, "is not a file")
        with open(path, "rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
    except OSError as error:
        raise RecordingError(path, f"cannot be read: {error.strerror}") from error
    return digest.hexdigest()


def watch_choice(path: Path, found: Alignment, session: int | None = None) -> WatchChoice:
    """The choice of a watch's file with an alignment. Raises RecordingError where the file cannot be read."""
    return WatchChoice(
        file=path.name,
        sha256=sha256_of(path),
        offset_s=found.offset_s,
        method=found.method,
        confidence=found.confidence,
        drift_ppm=found.drift_ppm,
        session=session,
    )


def read_choices(run: Path) -> tuple[ReviewChoices, str]:
    """The choices kept beside a recording, and a sentence on what was wrong with them ('' for nothing).

    Never raises for what the file holds: what cannot be used is left out.
    """
    path = choices_path(run)
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode) or about.st_size > LARGEST_BYTES:
            return ReviewChoices(), f"'{path.name}' is not a file of review choices; it is passed over."
        with open(path, "rb") as file:
            table = json.loads(file.read(LARGEST_BYTES + 1))
        json.dumps(table, allow_nan=False)  # what cannot be written back is not taken
    except FileNotFoundError:
        return ReviewChoices(), ""
    except OSError as error:
        return ReviewChoices(), f"'{path.name}' cannot be read ({error.strerror}); it is passed over."
    except (ValueError, RecursionError):
        return ReviewChoices(), f"'{path.name}' is damaged; your choices for this run must be made again."
    if not isinstance(table, dict) or table.get("format") != FORMAT:
        return ReviewChoices(), f"'{path.name}' is not a file of review choices; it is passed over."
    others = {key: value for key, value in table.items() if key not in ("format", "version", "watch")}
    told = table.get("watch")
    watch = _watch(told)
    wrong = (
        "" if watch is not None or told is None else f"The watch in '{path.name}' cannot be used; please choose again."
    )
    return ReviewChoices(watch, MappingProxyType(others)), wrong


def write_choices(run: Path, choices: ReviewChoices) -> None:
    """Keep the choices: all of them or, whatever happens, the ones before. Raises RecordingError."""
    path = choices_path(run)
    content: dict[str, Any] = {**choices.others, "format": FORMAT, "version": VERSION}
    if choices.watch is not None:
        content["watch"] = asdict(choices.watch)
    text = json.dumps(content, indent=1, sort_keys=True, allow_nan=False).encode()
    if len(text) > LARGEST_BYTES:
        raise RecordingError(path, "these are too many choices to keep")
    part = part_name(path)
    try:
        with open(part, "xb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        remove(part)
        raise RecordingError(path, f"cannot be written: {error.strerror}") from error
    sync_folder(path.parent)


def with_watch(choices: ReviewChoices, watch: WatchChoice | None) -> ReviewChoices:
    """The same choices with another watch, or none."""
    return replace(choices, watch=watch)


def _watch(told: Any) -> WatchChoice | None:
    """A watch as a file holds it; None where any part of it cannot be right."""
    if not isinstance(told, dict):
        return None
    name, digest, session = told.get("file"), told.get("sha256"), told.get("session")
    offset_s, confidence, drift_ppm = (_number(told.get(key, 0.0)) for key in ("offset_s", "confidence", "drift_ppm"))
    try:
        method = Method(str(told.get("method")))
    except ValueError:
        return None
    right = (
        isinstance(name, str)
        and 0 < len(name) <= 255
        and Path(name).name == name
        and name.isprintable()
        and isinstance(digest, str)
        and len(digest) == 64
        and set(digest) <= set("0123456789abcdef")
        and "offset_s" in told
        and abs(offset_s) <= _LARGEST_OFFSET_S
        and 0.0 <= confidence <= 1.0
        and abs(drift_ppm) <= 10_000.0
        and (session is None or (type(session) is int and 1 <= session <= 10_000))
    )
    if not right:
        return None
    return WatchChoice(str(name), str(digest), offset_s, method, confidence, drift_ppm, session)


def _number(value: Any) -> float:
    """A finite number; NaN, which no bound accepts, for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.nan
