"""A recording as a source: the same items as in the run, at its own pace, faster, or as fast as they are taken."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import TypeAlias

from monitor.recording.reader import Recording
from monitor.sources.base import SensorReady, Sink, SourceItem
from monitor.values import KeyPress, LogEntry, PacketBlock, packet

_SLICE_S = 10.0
_LONGEST_WAIT_S = 0.05
"""Between looks at the clock: a stop, or a clock that jumps, is noticed within this."""

Keys: TypeAlias = Callable[[KeyPress], None]
"""Takes what the runner did in the recorded run: marks and changes of mode."""


class ReplaySource:
    """`monitor.sources.base.Source` of a recorded run.

    Items keep the times of the recording, so a pipeline fed by them gives the run's own events. `speed` is a multiple
    of real time; None sends whole slices as fast as the sink takes them. At a given speed every notification comes
    alone, as from a radio. A source does not send what the runner did; where `keys` is given, it gets those entries,
    in their place in the order, from the same thread. The recording belongs to this source between `start` and `stop`.
    """

    def __init__(self, recording: Recording, speed: float | None = 1.0, keys: Keys | None = None) -> None:
        if speed is not None and not 0 < speed < float("inf"):
            raise ValueError("speed must be a positive number, or None for as fast as possible")
        self._recording = recording
        self._speed = speed
        self._keys = keys
        self._halt = threading.Event()
        self._thread: threading.Thread | None = None
        self._error: BaseException | None = None

    def start(self, sink: Sink, clock_ns: Callable[[], int]) -> None:
        """Begin to send from a thread of its own. Raises RuntimeError for a second start."""
        if self._thread is not None:
            raise RuntimeError("a replay starts once")
        self._thread = threading.Thread(target=self._run, args=(sink, clock_ns), name="replay", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Send nothing more; returns when that holds."""
        self._halt.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for the end of the recording; whether it was reached. Re-raises what went wrong on the way."""
        if self._thread is None:
            return False
        self._thread.join(timeout_s)
        if self._error is not None:
            raise self._error
        return not self._thread.is_alive() and not self._halt.is_set()

    def _run(self, sink: Sink, clock_ns: Callable[[], int]) -> None:
        try:
            began_ns = clock_ns()
            for item in self._items():
                if self._speed is not None:
                    due_ns = began_ns + (_time_of(item) - self._recording.first_ns) / self._speed
                    self._sleep_until(due_ns, clock_ns)
                if self._halt.is_set():
                    return
                if isinstance(item, KeyPress):
                    if self._keys is not None:
                        self._keys(item)
                else:
                    sink(item)
        except BaseException as error:  # told by `wait`; there is nobody above this thread
            self._error = error

    def _sleep_until(self, due_ns: float, clock_ns: Callable[[], int]) -> None:
        while (left_s := (due_ns - clock_ns()) / 1e9) > 0 and not self._halt.wait(min(left_s, _LONGEST_WAIT_S)):
            pass

    def _items(self) -> Iterator[SourceItem | KeyPress]:
        """Everything in order, with each set-up of a sensor before the packets that followed it."""
        since_ns: int | None = None
        for ready in sorted(self._recording.sensor_ready, key=lambda ready: ready.t_ns):
            yield from self._stretch(since_ns, ready.t_ns)
            since_ns = ready.t_ns
            yield SensorReady(ready.t_ns, ready.info)
        yield from self._stretch(since_ns, None)

    def _stretch(self, from_ns: int | None, to_ns: int | None) -> Iterator[SourceItem | KeyPress]:
        for entries in self._recording.entries(from_ns, to_ns, _SLICE_S):
            if self._speed is None:
                yield from entries
            else:
                yield from sorted(_single(entries), key=_time_of)  # stable: equal times keep their order


def _single(entries: list[LogEntry]) -> Iterator[LogEntry]:
    """The same entries with every notification alone."""
    for entry in entries:
        if isinstance(entry, PacketBlock):
            for t_ns, data in zip(entry.t_ns.tolist(), entry.payloads(), strict=True):
                yield packet(entry.sensor, t_ns, data)
        else:
            yield entry


def _time_of(item: SourceItem | KeyPress) -> int:
    return int(item.t_ns[0]) if isinstance(item, PacketBlock) else item.t_ns
