"""One run: source -> pipeline -> recording, cues and screens. Owns the worker thread and its queue, and nothing else.

The source's thread only appends to the queue. The worker takes whatever has arrived, puts it in order, hands it to
the recording and the pipeline, and the pipeline's output to whoever listens. Nobody waits for a slower one: the
recording and the player have threads of their own, and screens poll.
"""

from __future__ import annotations

import logging
import math
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeAlias

import numpy as np

from calibration.model import Profile
from monitor.errors import SettingsError
from monitor.pipeline import Pipeline
from monitor.settings import Settings
from monitor.sources.base import SensorReady, Source, SourceItem
from monitor.sources.believable import FASTEST_M_S, STEEPEST_GRADE, is_grade, is_speed
from monitor.values import (
    Control,
    Event,
    Ground,
    LogEntry,
    Mark,
    Mode,
    ModeChange,
    PacketBlock,
    PipelineOutput,
    Quiet,
    QuietReason,
    ReZero,
    SensorInfo,
)

_log = logging.getLogger(__name__)
LARGEST_BATCH = 2000
"""Entries taken from the queue at once; more wait for the next round."""


class Recorder(Protocol):
    """What a session needs of a recording; see `monitor.recording.writer.RecordingWriter`."""

    def append(self, entry: LogEntry) -> None: ...

    def append_sensor(self, info: SensorInfo, t_ns: int) -> None: ...

    def append_event(self, event: Event, t_ns: int) -> None: ...


class Listener(Protocol):
    """Somebody who follows the run; called from the worker's thread, must return soon."""

    def sensor(self, info: SensorInfo) -> None: ...

    def output(self, output: PipelineOutput) -> None: ...

    def control(self, entry: Control) -> None: ...


@dataclass(frozen=True, slots=True)
class _Request:
    """Something the runner asked for; stamped when the worker takes it."""

    make: Callable[[int], LogEntry]


_Item: TypeAlias = SourceItem | _Request | None


class Session:
    """A run from `start` to `stop`.

    source : where the data comes from
    settings, profile : what the pipeline works with; the same must be given to the recorder for replay
    recorder : None when nothing is kept
    listeners : screens, sounds, tests
    """

    def __init__(
        self,
        source: Source,
        settings: Settings,
        profile: Profile | None,
        recorder: Recorder | None = None,
        listeners: Sequence[Listener] = (),
    ) -> None:
        self._source = source
        self._pipeline = Pipeline((), profile, settings, shown=True)
        self._recorder = recorder
        self._listeners = tuple(listeners)
        self._queue: queue.SimpleQueue[_Item] = queue.SimpleQueue()
        self._start_ns = time.monotonic_ns()
        self._last_ns = 0
        self._quiet_until_ns: int | None = None
        self._thread = threading.Thread(target=self._work, name="session", daemon=True)
        self._stopped = threading.Event()
        self.failure: BaseException | None = None
        """What ended the worker against its will, for the screens to say."""

    def clock_ns(self) -> int:
        """The run clock: nanoseconds since the session was made."""
        return time.monotonic_ns() - self._start_ns

    @property
    def origin_ns(self) -> int | None:
        """Run-clock time of the first sample, once there is one."""
        return self._pipeline.origin_ns

    @property
    def quiet_until_ns(self) -> int | None:
        """Sample time (0 = the run's first sample) at which cues come back; None where they do not rest.

        As of what has been worked off; `monitor.alerts.policy.FOREVER_NS`: they rest until the end of the run.
        """
        return self._quiet_until_ns

    def start(self) -> None:
        """Begin. Returns at once."""
        self._thread.start()
        self._source.start(self._queue.put, self.clock_ns)

    def stop(self) -> None:
        """Stop the source, work off what has arrived, and end the worker. May be called twice."""
        if self._stopped.is_set():
            return
        self._stopped.set()
        self._source.stop()
        self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def mark(self, label: str) -> None:
        """The runner marks this moment. From any thread."""
        self._queue.put(_Request(lambda t_ns: Mark(t_ns, label)))

    def set_mode(self, mode: Mode) -> None:
        """The runner changes the mode. From any thread."""
        self._queue.put(_Request(lambda t_ns: ModeChange(t_ns, mode)))

    def rezero(self) -> None:
        """The runner has looked far ahead for the last seconds: take that as the neutral. From any thread."""
        self._queue.put(_Request(ReZero))

    def quiet(self, seconds: float, why: QuietReason = QuietReason.SNOOZE) -> None:
        """No cues about posture for so long (infinite: the rest of the run; 0: speak again now). From any thread.

        Raises SettingsError for a negative length or none at all.
        """
        if not seconds >= 0:
            raise SettingsError("quiet", f"must last 0 seconds or longer, not {seconds:g}")
        self._queue.put(_Request(lambda t_ns: Quiet(t_ns, seconds, why)))

    def ground(self, speed_m_s: float, grade: float, source: str) -> None:
        """Speed and slope (rise over run, uphill positive) from now on; NaN for what is not known. From any thread.

        Raises SettingsError for what no runner does.
        """
        if not (math.isnan(speed_m_s) or is_speed(speed_m_s)):
            raise SettingsError("speed", f"must lie between 0 and {FASTEST_M_S:g} m/s, not {speed_m_s:g}")
        if not (math.isnan(grade) or is_grade(grade)):
            raise SettingsError("grade", f"must lie between -{STEEPEST_GRADE:g} and {STEEPEST_GRADE:g}, not {grade:g}")
        self._queue.put(_Request(lambda t_ns: Ground(t_ns, speed_m_s, grade, source)))

    # ------------------------------------------------------------------ the worker

    def _work(self) -> None:
        try:
            while self._round():
                pass
        except Exception as error:
            self.failure = error
            _log.exception("the run cannot go on")

    def _round(self) -> bool:
        """Wait for something, then take all that is there. False at the end."""
        items: list[_Item] = [self._queue.get()]
        while items[-1] is not None and len(items) < LARGEST_BATCH:
            try:
                items.append(self._queue.get_nowait())
            except queue.Empty:
                break
        entries: list[LogEntry] = []
        for item in items:
            if item is None:
                continue
            if isinstance(item, SensorReady):
                # What came before belongs to the sensor as it was.
                self._take(entries)
                entries = []
                self._sensor(item)
                continue
            entry = item.make(self.clock_ns()) if isinstance(item, _Request) else item
            entries.append(self._in_order(entry))
        self._take(entries)
        return items[-1] is not None

    def _sensor(self, ready: SensorReady) -> None:
        self._pipeline.add_sensor(ready.info)
        if self._recorder:
            self._recorder.append_sensor(ready.info, ready.t_ns)
        for listener in self._listeners:
            listener.sensor(ready.info)

    def _in_order(self, entry: LogEntry) -> LogEntry:
        """The entry with a time later than all before it: the log's order is the order of arrival here."""
        if isinstance(entry, PacketBlock):
            if entry.t_ns[0] <= self._last_ns:
                shifted = np.maximum(entry.t_ns, self._last_ns + 1 + np.arange(len(entry.t_ns)))
                entry = replace(entry, t_ns=shifted)
            self._last_ns = int(entry.t_ns[-1])
            return entry
        entry = replace(entry, t_ns=max(entry.t_ns, self._last_ns + 1))
        self._last_ns = entry.t_ns
        return entry

    def _take(self, entries: list[LogEntry]) -> None:
        if not entries:
            return
        if self._recorder:
            for entry in entries:
                self._recorder.append(entry)
        output = self._pipeline.push(entries)
        self._quiet_until_ns = self._pipeline.quiet_until_ns
        if self._recorder:
            for event in output.events:
                self._recorder.append_event(event, self._last_ns)
        for listener in self._listeners:
            for entry in entries:
                if not isinstance(entry, PacketBlock):
                    listener.control(entry)
            listener.output(output)
