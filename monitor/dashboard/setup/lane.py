"""One job with the radio at a time, each in a thread, and the view that it posts for the pages to read."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

V = TypeVar("V")


class Lane:
    """Runs jobs one after the other: a job begins when the one before it has come to its end."""

    def __init__(self) -> None:
        self._last: threading.Thread | None = None

    def start(self, work: Callable[[], None], name: str) -> None:
        """Begin, as soon as the job before is over; returns at once. Whoever started that one has told it to stop."""
        before = self._last

        def run() -> None:
            if before is not None:
                before.join()
            work()

        self._last = threading.Thread(target=run, name=name, daemon=True)
        self._last.start()

    def wait(self, seconds: float) -> bool:
        """Until all jobs are over, at most so long; whether they are."""
        if self._last is not None:
            self._last.join(seconds)
        return self._last is None or not self._last.is_alive()


class Job:
    """One run of some background work: `stopped` tells it to end."""

    def __init__(self) -> None:
        self.stopped = threading.Event()


class Post(Generic[V]):
    """The newest view of the present job. What a job posts after it was stopped or replaced is dropped."""

    def __init__(self, empty: V) -> None:
        self._lock = threading.Lock()
        self._empty = empty
        self._view = empty
        self._job: Job | None = None

    def begin(self, view: V) -> Job:
        """A new job with its first view; the one before is told to stop."""
        job = Job()
        with self._lock:
            if self._job is not None:
                self._job.stopped.set()
            self._job, self._view = job, view
        return job

    def end(self) -> None:
        """The present job is told to stop."""
        with self._lock:
            if self._job is not None:
                self._job.stopped.set()
            self._job, self._view = None, self._empty

    def put(self, job: Job, view: V) -> None:
        """What a job has to show now."""
        with self._lock:
            if self._job is job:
                self._view = view

    def look(self) -> V:
        """The newest view."""
        with self._lock:
            return self._view
