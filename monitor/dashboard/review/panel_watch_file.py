"""A watch's file beside a run: read, laid on the run's clock, kept as the runner's choice, and found again. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from monitor.alignment.result import Alignment, NotAligned
from monitor.errors import RecordingError
from monitor.interop.reading import read_watch
from monitor.interop.watch import WatchTrack
from monitor.review.analysis import RunAnalysis
from monitor.review.choices import WatchChoice, read_choices, watch_choice, with_watch, write_choices
from monitor.review.report_words import clean
from monitor.review.reviewed import ReviewedRun, reviewed
from monitor.review.watch_clock import align

FOLDER = "watch_folder"
"""Under this name the choices hold where the file was: watches' files rarely lie beside the recording."""
LONGEST_PATH = 4096


@dataclass(frozen=True, slots=True)
class WatchLaid:
    """A run with a watch's file beside it. `told`: a sentence for the runner, '' for none."""

    run: ReviewedRun
    path: Path
    session: int | None
    told: str = ""


def without_watch(analysis: RunAnalysis) -> RunAnalysis:
    """The analysis as it was before a watch's ground was laid under it."""
    return replace(analysis, ground=None, ground_of_watch=False) if analysis.ground_of_watch else analysis


def lay(analysis: RunAnalysis, path: Path, alignment: Alignment | None = None, session: int | None = None) -> WatchLaid:
    """Read a watch's file and lay it on a run; `alignment` None: worked out. Raises RecordingError."""
    return WatchLaid(laid(analysis, read_watch(path, session=session), alignment, path.name), path, session)


def laid(analysis: RunAnalysis, track: WatchTrack, alignment: Alignment | NotAligned | None, name: str) -> ReviewedRun:
    """A run with a watch that has been read. Raises RecordingError where the run has no date."""
    try:
        return reviewed(without_watch(analysis), track, alignment, name)
    except ValueError as error:
        raise RecordingError(name, "cannot lie beside this run, which does not say when it began") from error


def search(analysis: RunAnalysis, track: WatchTrack) -> Alignment | NotAligned:
    """Where a watch lies on a run, by all that tells it."""
    return align(without_watch(analysis), track)


def keep(recording: Path, path: Path, alignment: Alignment, session: int | None) -> None:
    """Keep the choice beside the recording, for the next opening. Raises RecordingError."""
    choices, _ = read_choices(recording)
    others = dict(choices.others) | {FOLDER: str(path.resolve().parent)}
    chosen = replace(choices, others=MappingProxyType(others))
    write_choices(recording, with_watch(chosen, watch_choice(path, alignment, session)))


def forget(recording: Path) -> None:
    """The run has no watch any more. Raises RecordingError."""
    choices, _ = read_choices(recording)
    others = {key: value for key, value in choices.others.items() if key != FOLDER}
    write_choices(recording, with_watch(replace(choices, others=MappingProxyType(others)), None))


def find(recording: Path) -> tuple[WatchChoice, Path] | str:
    """The watch's file that was chosen for a recording, unchanged; '' where none was, else why it is not used."""
    choices, wrong = read_choices(recording)
    choice = choices.watch
    if choice is None:
        return wrong
    folders = [recording.parent]
    told = choices.others.get(FOLDER)
    if isinstance(told, str) and 0 < len(told) <= LONGEST_PATH and "\0" not in told:
        folders.append(Path(told))
    present = [folder / choice.file for folder in folders if (folder / choice.file).is_file()]
    for path in present:
        if choice.is_of(path):
            return choice, path
    name = clean(choice.file, 60)
    if present:
        return f"'{name}' is not the file that was chosen for this run; please choose it again."
    return f"'{name}' belongs to this run but is not where it was; please choose it again."


def remembered(analysis: RunAnalysis, recording: Path) -> WatchLaid | str:
    """The run with the watch that was chosen before, at its offset; a sentence (or '') where there is none.

    Raises RecordingError where the file cannot be read any more.
    """
    found = find(recording)
    if isinstance(found, str):
        return found
    choice, path = found
    run = lay(analysis, path, choice.alignment(), choice.session)
    return replace(run, told=f"'{clean(choice.file, 60)}' lies on this run as you chose it before.")
