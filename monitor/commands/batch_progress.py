"""How far a batch is, on stderr: a bar in a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from monitor.batch.row import SummaryRow

LINES = 10
"""So many lines, about, for a whole batch."""


class Teller(Protocol):
    """Told each recording that is done."""

    def __call__(self, row: SummaryRow, reused: bool, /) -> None: ...


@contextmanager
def progress(of: int) -> Iterator[Teller]:
    """Tell of a batch of so many recordings while the block runs."""
    if not sys.stderr.isatty():
        yield _Lines(of)
        return
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=Console(stderr=True),
    ) as bar:  # fmt: skip
        yield _Bar(bar, bar.add_task("Recordings", total=of))


class _Bar:
    def __init__(self, bar: Progress, task: TaskID) -> None:
        self._bar, self._task = bar, task

    def __call__(self, row: SummaryRow, _reused: bool, /) -> None:
        if row.error:
            self._bar.console.print(escape(f"{row.name}: {row.error}"), highlight=False, soft_wrap=True)
        self._bar.advance(self._task)


class _Lines:
    def __init__(self, of: int) -> None:
        self._of, self._done, self._told = of, 0, 0

    def __call__(self, row: SummaryRow, _reused: bool, /) -> None:
        self._done += 1
        if row.error:
            print(f"headsup: {row.name}: {row.error}", file=sys.stderr)
        if self._done * LINES // self._of > self._told:
            self._told = self._done * LINES // self._of
            print(f"headsup: {self._done} of {self._of} recordings done", file=sys.stderr, flush=True)
