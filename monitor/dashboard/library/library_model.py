"""What the library's window shows, without Qt: the runs, what is chosen, and the work done behind it in a thread.

The thread reads recordings and compares; `poll` takes over what it has done, so that everything the window sees
changes in the window's own thread.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from time import monotonic

from monitor.errors import HeadsUpError
from monitor.library.compare import MOST_RUNS, ComparedRun, Comparison, compare, compared
from monitor.library.compare_charts import Over
from monitor.library.library import Library, newest_first, read_library
from monitor.library.rows import CalibrationFacts, RunRow
from monitor.library.summary import open_run

SavePage = Callable[[Comparison, Over], Path]
"""Writes a comparison as a page and tells where it is. Raises HeadsUpError."""
JOIN_S = 5.0
SHOWN_EVERY_S = 0.5
"""While many runs are read, the list grows in such steps."""
KEPT = 2 * MOST_RUNS
"""Opened runs that are remembered."""


class State(Enum):
    """What the window has to show of the folder."""

    READING = "reading"
    READY = "ready"
    EMPTY = "empty"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class _Read:
    library: Library


@dataclass(frozen=True, slots=True)
class _SoFar:
    rows: tuple[RunRow, ...]
    said: str


@dataclass(frozen=True, slots=True)
class _Compared:
    chosen: tuple[str, ...]
    comparison: Comparison | None
    error: str


class _Worker:
    """A thread that does one job after the other."""

    def __init__(self, name: str) -> None:
        self.jobs: queue.Queue[Callable[[], None] | None] = queue.Queue()
        self._ended = threading.Event()
        self.thread = threading.Thread(target=self._work, name=name, daemon=True)
        self.thread.start()

    def end(self) -> None:
        """No more jobs after the present one."""
        self._ended.set()
        self.jobs.put(None)

    def _work(self) -> None:
        while (job := self.jobs.get()) is not None and not self._ended.is_set():
            job()


class LibraryModel:
    """A folder of runs and what is chosen of it."""

    def __init__(self, folder: Path, cache: Path, shelf: Sequence[CalibrationFacts] = (), *, feet: bool = True) -> None:
        self.folder, self.cache, self.shelf, self.feet = folder, cache, tuple(shelf), feet
        self.state = State.READING
        self.said = "Looking at your runs ..."
        """How far the reading has come, or why it failed; '' when all is there."""
        self.rows: tuple[RunRow, ...] = ()
        self.notes: tuple[str, ...] = ()
        self.chosen: tuple[str, ...] = ()
        """Names in the order they were chosen; the first is what the others are compared with."""
        self.comparison: Comparison | None = None
        self.comparing = False
        self.compare_error = ""
        self._done: queue.Queue[_Read | _SoFar | _Compared | str] = queue.Queue()
        self._stop = threading.Event()
        self._opened: dict[tuple[str, str], ComparedRun] = {}
        self._reader, self._comparer = _Worker("library"), _Worker("compare")
        self.reload()

    def close(self) -> None:
        """End the thread; a run that is being read is given up at its end."""
        self._stop.set()
        for worker in (self._reader, self._comparer):
            worker.end()
        for worker in (self._reader, self._comparer):
            worker.thread.join(JOIN_S)

    def row(self, name: str) -> RunRow | None:
        """The row of this name."""
        return next((row for row in self.rows if row.name == name), None)

    def reload(self) -> None:
        """Look at the folder again."""
        if self.state is not State.READY:
            self.state = State.READING
        self._reader.jobs.put(self._read)

    def choose(self, names: Sequence[str]) -> str:
        """Choose these runs, in this order; what cannot be is said. Two or more are compared."""
        good = [name for name in names if (row := self.row(name)) is not None and not row.error]
        said = "" if len(good) == len(names) else "A recording that cannot be read cannot be compared."
        if len(good) > MOST_RUNS:
            good, said = good[:MOST_RUNS], f"At most {MOST_RUNS} runs fit side by side."
        if tuple(good) != self.chosen:
            self.chosen = tuple(good)
            self.comparison, self.compare_error = None, ""
            self.comparing = len(good) >= 2
            if self.comparing:
                self._comparer.jobs.put(lambda chosen=self.chosen: self._compare(chosen))  # type: ignore[misc]
        return said

    def poll(self) -> bool:
        """Take over what the thread has done; whether anything changed."""
        changed = False
        while True:
            try:
                done = self._done.get_nowait()
            except queue.Empty:
                return changed
            changed = True
            if isinstance(done, _Read):
                self._take(done.library)
            elif isinstance(done, _Compared):
                if done.chosen == self.chosen:
                    self.comparison, self.compare_error, self.comparing = done.comparison, done.error, False
            elif isinstance(done, _SoFar):
                self.rows, self.said = done.rows, done.said
            else:
                self.state, self.said, self.rows = State.FAILED, done, ()

    def _take(self, library: Library) -> None:
        self.rows, self.notes, self.said = library.rows, library.notes, ""
        self.state = State.READY if library.rows else State.EMPTY
        self.choose([name for name in self.chosen if self.row(name) is not None])

    # ------------------------------------------------------------ in the thread

    def _read(self) -> None:
        shown = -SHOWN_EVERY_S

        def progress(done: int, of: int, rows: Sequence[RunRow]) -> bool:
            nonlocal shown
            if monotonic() - shown >= SHOWN_EVERY_S:
                shown = monotonic()
                self._done.put(_SoFar(newest_first(rows), f"Reading new runs: {done} of {of}"))
            return not self._stop.is_set()

        try:
            self._done.put(_Read(read_library(self.folder, self.cache, progress=progress)))
        except HeadsUpError as error:
            self._done.put(str(error))
        except Exception as error:  # the window must say what happened, and the thread must live on
            self._done.put(f"The runs could not be read ({type(error).__name__}: {error}).")

    def _compare(self, chosen: tuple[str, ...]) -> None:
        if chosen != self.chosen:  # chosen anew in the meantime
            return
        try:
            self._done.put(_Compared(chosen, compare([self._open(name) for name in chosen]), ""))
        except HeadsUpError as error:
            self._done.put(_Compared(chosen, None, str(error)))
        except Exception as error:  # as above
            self._done.put(_Compared(chosen, None, f"Could not be compared ({type(error).__name__}: {error})."))

    def _open(self, name: str) -> ComparedRun:
        row = self.row(name)
        key = (name, row.content if row is not None else "")
        found = self._opened.pop(key, None) or compared(open_run(self.folder / name, name))
        self._opened[key] = found
        while len(self._opened) > KEPT:
            del self._opened[next(iter(self._opened))]
        return found
