"""How much memory a call takes at most: Python's own, or of the whole process where a library's threads run."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.benches import processes


@dataclass(slots=True)
class Peak:
    """Bytes above what there was before; known when the call has ended, whichever way."""

    size: int = 0


@contextmanager
def weighing(*, threads: bool = False) -> Iterator[Peak]:
    """Weigh what happens inside.

    `threads`: threads that Python did not start take part, as pyarrow's do. They may hand back an object of Python's
    after the call, and where `tracemalloc` ends at that moment, CPython 3.11 crashes (`traceback_new` writes to what
    `tracemalloc.stop` has freed). What counts then is the peak of the whole process, to some tenths of a megabyte.
    """
    peak = Peak()
    if threads:
        with suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")  # Linux: begin the peak anew
        before = processes.memory_mb() if processes.TELLS else processes.peak_memory_mb()
        try:
            yield peak
        finally:
            peak.size = max(0, round((processes.peak_memory_mb() - before) * 1024**2))
        return
    tracemalloc.start()
    try:
        yield peak
    finally:
        peak.size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
