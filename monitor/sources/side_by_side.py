"""Several sources as one: the posture sensors, and beside them whatever accompanies the run."""

from __future__ import annotations

import threading
from collections.abc import Callable

from monitor.sources.base import Sink, Source, SourceItem


class SideBySide:
    """`monitor.sources.base.Source` of all items of its sources, each source's in their own order.

    The sources must share nothing, radios included. The sink is called from their threads, one at a time.
    """

    def __init__(self, *sources: Source) -> None:
        if not sources:
            raise ValueError("at least one source")
        self._sources = sources
        self._lock = threading.Lock()

    def start(self, sink: Sink, clock_ns: Callable[[], int]) -> None:
        """Begin with all, in order. Where one cannot begin, the others are stopped and its error is raised."""

        def one_at_a_time(item: SourceItem) -> None:
            with self._lock:
                sink(item)

        begun: list[Source] = []
        try:
            for source in self._sources:
                source.start(one_at_a_time, clock_ns)
                begun.append(source)
        except BaseException:
            _stop_all(begun)
            raise

    def stop(self) -> None:
        """Stop all, also where one fails at it; the first failure is raised then."""
        _stop_all(self._sources)


def _stop_all(sources: list[Source] | tuple[Source, ...]) -> None:
    """At the same time: a source may take seconds to say goodbye."""
    errors: list[BaseException] = []

    def stop(source: Source) -> None:
        try:
            source.stop()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=stop, args=(source,), name="stopping") for source in sources]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
