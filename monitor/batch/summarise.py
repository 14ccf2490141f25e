"""From one recording to its line of the summary: all that a worker does. No state, and no file but the recording."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path

from calibration import store
from monitor.batch.fields import FIELDS, Field, Kind, Summed, Value
from monitor.batch.program import made_by
from monitor.batch.row import SummaryRow
from monitor.errors import HeadsUpError, RecordingError
from monitor.recording.opening import check_file
from monitor.recording.reader import open_recording
from monitor.review.analyse import analyse, recorded_profile
from monitor.review.metrics import summarise
from monitor.review.report_words import clean
from monitor.values import Mode

LONGEST_SENTENCE = 400
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Options:
    """What all recordings are worked out with. `profile_json`: this calibration instead of the recorded ones."""

    profile_json: str = ""
    mode: Mode | None = None

    def digest(self) -> str:
        """Changes with anything that changes a number."""
        return hashlib.sha256(f"{self.profile_json}\0{self.mode or ''}".encode()).hexdigest()


def summarise_file(path: Path, name: str, options: Options) -> SummaryRow:
    """The line of a recording; where it cannot be used, a line with the reason. Never raises for what a file holds."""
    content = ""
    try:
        content = content_of(path)
        values = tuple(_plain(field, summed) for summed in [_worked_out(path, options)] for field in FIELDS)
    except HeadsUpError as error:
        # The path is the line's name already.
        return failed(name, str(error).removeprefix(f"{path}: "), content)
    except MemoryError:
        return failed(name, "needs more memory than this computer has free", content)
    except Exception as error:  # one recording that trips the program must not hide all the others
        return failed(name, f"cannot be worked out ({type(error).__name__}: {error}); please report it", content)
    return SummaryRow(name, content, made_by(), values=values)


def failed(name: str, reason: str, content: str = "") -> SummaryRow:
    """The line of a recording that could not be used."""
    return SummaryRow(name, content, made_by(), clean(f"{reason[:1].upper()}{reason[1:]}.", LONGEST_SENTENCE))


def content_of(path: Path) -> str:
    """SHA-256 of a recording with what SQLite has not yet moved into it. Raises RecordingError."""
    real, _ = check_file(path)
    digest = hashlib.sha256()
    for part in (real, real.with_name(real.name + "-wal")):
        try:
            with open(part, "rb") as file:
                while piece := file.read(_PIECE):
                    digest.update(piece)
        except FileNotFoundError:
            if part == real:
                raise RecordingError(path, "does not exist") from None
        except OSError as error:
            raise RecordingError(path, f"cannot be read: {error.strerror}") from error
    return digest.hexdigest()


def _worked_out(path: Path, options: Options) -> Summed:
    with open_recording(path) as recording:
        profile = (
            store.from_json(options.profile_json, "of this batch")
            if options.profile_json
            else recorded_profile(recording)
        )
        analysis = analyse(recording, profile=profile, mode=options.mode)
        damage = "; ".join(str(part) for part in recording.damage[:3])
    return Summed(
        analysis, summarise(analysis), clean(profile.name, 80) if profile else "", clean(damage, LONGEST_SENTENCE)
    )


def _plain(field: Field, summed: Summed) -> Value:
    """A value that JSON and every process take: Python's own types, no NaN, no infinity."""
    value = field.of(summed)
    if value is None or field.kind in (Kind.TEXT, Kind.DATE):
        return None if value is None else str(value)
    if field.kind is Kind.FLAG:
        return bool(value)
    if field.kind is Kind.COUNT:
        return int(value)
    number = float(value)
    return number if math.isfinite(number) else None
