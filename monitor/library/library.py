"""A folder of recordings as a list of runs: what the index knows already, and what has to be worked out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from monitor.errors import RecordingError
from monitor.library.index import LibraryIndex, index_path
from monitor.library.rows import MADE_BY, RunRow
from monitor.library.scan import FoundRun, content_of, recordings_in
from monitor.library.summary import row_of

Progress = Callable[[int, int, Sequence[RunRow]], bool]
"""Called as progress(done, of, rows) where runs have to be worked out: before the first and after each, with all rows
so far, in no order, the latest last. False: stop here, the rest another time."""


@dataclass(frozen=True, slots=True)
class Library:
    """The runs of a folder, newest first; recordings that cannot be used stand last.

    worked_out : how many of them had to be analysed now
    notes      : what was left out, or is wrong with the index, sentences
    """

    folder: Path
    rows: tuple[RunRow, ...]
    worked_out: int
    notes: tuple[str, ...]

    def path_of(self, row: RunRow) -> Path:
        """Where the recording of a row lies."""
        return self.folder / row.name


def read_library(
    folder: Path, cache: Path, *, rebuild: bool = False, progress: Progress = lambda _done, _of, _rows: True
) -> Library:
    """The library of a folder; only what has changed since the last time is worked out.

    cache   : folder for the indexes of all libraries
    rebuild : work out everything anew

    Raises RecordingError where the folder cannot be read.
    """
    found = recordings_in(folder)
    notes = list(found.notes)
    with LibraryIndex(index_path(cache, folder)) as index:
        known = {} if rebuild else {name: row for name, row in index.rows().items() if row.made_by == MADE_BY}
        by_content = {row.content: row for row in known.values() if row.content}
        rows = [known[run.name] for run in found.runs if _is_current(run, known)]
        changed = [run for run in found.runs if not _is_current(run, known)]
        there = {run.name for run in found.runs}
        worked_out = 0
        if changed and not progress(0, len(changed), rows):
            changed, notes = [], [*notes, f"{len(changed)} runs are still to be looked at."]
        for done, run in enumerate(changed, 1):
            row = _moved(run, by_content)
            if row is None:
                row = row_of(run)
                worked_out += 1
            index.put(row)
            rows.append(row)
            if not progress(done, len(changed), rows):
                notes.append(f"{len(changed) - done} runs are still to be looked at.")
                break
        index.forget(name for name in index.rows() if name not in there)
        notes += [index.note] if index.note else []
    return Library(folder, newest_first(rows), worked_out, tuple(notes))


def _is_current(run: FoundRun, known: dict[str, RunRow]) -> bool:
    row = known.get(run.name)
    # A file that could not be read at all (no permission, a drive that is away) is tried again every time.
    return row is not None and row.stamp == run.stamp and bool(row.content)


def _moved(run: FoundRun, by_content: dict[str, RunRow]) -> RunRow | None:
    """The row of the same bytes under another name or date; None where these bytes are new."""
    if not by_content:
        return None
    try:
        row = by_content.get(content_of(run.path))
    except RecordingError:
        return None
    return replace(row, name=run.name, stamp=run.stamp) if row is not None else None


def newest_first(rows: Iterable[RunRow]) -> tuple[RunRow, ...]:
    """Rows as they are listed: the newest first, recordings that cannot be used last."""
    return tuple(sorted(rows, key=_order))


def _order(row: RunRow) -> tuple[bool, bool, float, str]:
    began = row.started
    return bool(row.error), began is None, -began.timestamp() if began is not None else 0.0, row.name
