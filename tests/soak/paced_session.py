"""The real session on simulated time, and a source that waits until the session has worked off what it was sent."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from calibration.model import Profile
from monitor.session import Listener, Recorder, Session
from monitor.settings import Settings
from monitor.sources.base import Sink, Source, SourceItem
from monitor.values import Control, Event, LogEntry, PipelineOutput, SensorInfo
from tests.soak.virtual_time import VirtualClock

HANGS_S = 120.0
"""A session that takes longer for some seconds of data hangs."""


class Progress:
    """How many entries a session was given, and how many it has worked off."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._given = self._taken = self._done = 0

    def give(self, n: int) -> None:
        """So many more are on their way."""
        self._given += n

    def take(self) -> None:
        """The session has begun one."""
        self._taken += 1

    def finish(self) -> None:
        """All that were begun are worked off."""
        with self._changed:
            self._done = self._taken
            self._changed.notify_all()

    def wait(self) -> None:
        """Until all that was given is worked off. Raises RuntimeError when that never happens."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._done >= self._given, HANGS_S):
                raise RuntimeError(f"the session hangs: {self._given - self._done} entries are not worked off")


class CountingRecorder:
    """A recorder that counts what the session takes on its way to another."""

    def __init__(self, recorder: Recorder, progress: Progress) -> None:
        self._recorder = recorder
        self._progress = progress

    def append(self, entry: LogEntry) -> None:
        self._progress.take()
        self._recorder.append(entry)

    def append_sensor(self, info: SensorInfo, t_ns: int) -> None:
        self._progress.take()
        self._recorder.append_sensor(info, t_ns)

    def append_event(self, event: Event, t_ns: int) -> None:
        self._recorder.append_event(event, t_ns)


class LastListener:
    """Behind all other listeners: what they were told is worked off."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def sensor(self, info: SensorInfo) -> None:
        self._progress.finish()

    def output(self, output: PipelineOutput) -> None:
        self._progress.finish()

    def control(self, entry: Control) -> None:
        """Its output follows."""


class PacedSource:
    """Holds back what a source sends until `pump`."""

    def __init__(self, source: Source, progress: Progress) -> None:
        self._source = source
        self._progress = progress
        self._held: list[SourceItem] = []
        self._sink: Sink = self._held.append

    def start(self, sink: Sink, clock_ns: Callable[[], int]) -> None:
        self._sink = sink
        self._source.start(self._hold, clock_ns)

    def stop(self) -> None:
        self._source.stop()
        self._hand_over()

    def pump(self) -> None:
        """Hand everything over, and wait until it is worked off. From the source's own thread."""
        self._hand_over()
        self._progress.wait()

    def _hold(self, item: SourceItem) -> None:
        self._held.append(item)

    def _hand_over(self) -> None:
        held, self._held = self._held, []
        self._progress.give(len(held))
        for item in held:
            self._sink(item)


class PacedSession(Session):
    """The session, with the soak's clock for the computer's."""

    def __init__(
        self,
        clock: VirtualClock,
        source: Source,
        settings: Settings,
        profile: Profile,
        recorder: Recorder,
        listeners: Sequence[Listener],
    ) -> None:
        self._clock = clock
        super().__init__(source, settings, profile, recorder, listeners)

    def clock_ns(self) -> int:
        """The soak's own time."""
        return self._clock.now_ns()
