"""Many recordings through one executor: a few ahead of the workers, in any order, one line for each."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from dataclasses import dataclass, replace

from monitor.batch.engines import ClusterError, Engine, Workforce
from monitor.batch.journal import Journal
from monitor.batch.program import made_by
from monitor.batch.row import SummaryRow
from monitor.batch.scan import FoundRecording
from monitor.batch.summarise import Options, content_of, failed, summarise_file
from monitor.errors import HeadsUpError

AHEAD = 2
"""Recordings handed out per worker: enough that none waits, few enough that little is lost when one is stopped."""

Progress = Callable[[SummaryRow, bool], object]
"""Told each line as it comes, and whether it had been done before."""


@dataclass(frozen=True, slots=True)
class _Task:
    """A recording and what is asked of a worker: its hash first (`known`), where lines are there to be found again."""

    recording: FoundRecording
    known: bool


class Batch:
    """One batch; `rows` grows as lines come, so that what is done is there whenever it is stopped."""

    def __init__(self, options: Options, engine: Engine, journal: Journal, progress: Progress) -> None:
        self.rows: list[SummaryRow] = []
        self.reused = 0
        self._options = options
        self._engine = engine
        self._journal = journal
        self._progress = progress

    def run(self, recordings: Iterable[FoundRecording]) -> None:
        """Work out every recording, the largest first: the last ones then end close together.

        Raises ClusterError where the workers are lost or run another program, RecordingError where the journal cannot
        be written.
        """
        known = bool(self._journal.rows)
        waiting = deque(_Task(r, known) for r in sorted(recordings, key=lambda r: (-r.size, r.name)))
        while waiting:
            suspects = self._round(waiting, alone=False)
            # A worker that died takes every task of its pool with it: each of those is tried once more, alone.
            while suspects:
                for task in self._round(suspects, alone=True):
                    reason = "ended the process that worked on it, perhaps for want of memory"
                    self._take(failed(task.recording.name, reason))

    def _round(self, waiting: deque[_Task], *, alone: bool) -> deque[_Task]:
        """Work until nothing waits, or a worker dies: then what was being worked on is returned.

        alone : one recording at a time, so that only one can have been worked on
        """
        running: dict[Future[str | SummaryRow], _Task] = {}
        suspects: deque[_Task] = deque()
        with self._engine() as force:
            most = 1 if alone else AHEAD * force.width
            while (waiting and not suspects) or running:
                while waiting and not suspects and len(running) < most:
                    task = waiting.popleft()
                    try:
                        running[self._submit(force, task)] = task
                    except BrokenExecutor:
                        suspects.append(task)
                for future in wait(running, return_when=FIRST_COMPLETED).done if running else ():
                    task = running.pop(future)
                    try:
                        again = self._done(task, future.result(), force.ours)
                    except BrokenExecutor:
                        suspects.append(task)
                    except CancelledError as error:
                        raise ClusterError("of this batch", "was lost; what is done is kept") from error
                    except HeadsUpError:
                        raise
                    except Exception as error:  # Dask: a worker died again and again, or the answer did not fit
                        self._take(
                            failed(task.recording.name, f"cannot be worked out ({type(error).__name__}: {error})")
                        )
                    else:
                        waiting.extendleft([again] if again is not None else [])
        return suspects

    def _submit(self, force: Workforce, task: _Task) -> Future[str | SummaryRow]:
        recording = task.recording
        if task.known:
            return force.executor.submit(_content_or_row, recording, self._options)
        return force.executor.submit(summarise_file, recording.path, recording.name, self._options)

    def _done(self, task: _Task, answer: str | SummaryRow, ours: bool) -> _Task | None:
        """Take a line; or, where only the hash is known now and is new, the task to come."""
        if isinstance(answer, SummaryRow):
            if not ours and answer.made_by != made_by():
                raise ClusterError(
                    "of this batch",
                    f"runs another Heads Up ({answer.made_by}; here {made_by()}): please install the same there",
                )
            self._take(replace(answer, made_by=made_by()))
            return None
        row = self._journal.rows.get(answer)
        if row is None:
            return replace(task, known=False)
        self.reused += 1
        self._take(replace(row, name=task.recording.name), reused=True)
        return None

    def _take(self, row: SummaryRow, *, reused: bool = False) -> None:
        self._journal.put(row)
        self.rows.append(row)
        self._progress(row, reused)


def _content_or_row(recording: FoundRecording, options: Options) -> str | SummaryRow:
    """The hash of a recording; the whole line where it has none, with the reason."""
    try:
        return content_of(recording.path)
    except Exception:
        return summarise_file(recording.path, recording.name, options)
