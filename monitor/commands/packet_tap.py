"""Lets a drill see the run's notifications as they are recorded, without a second connection to the sensors."""

from __future__ import annotations

import threading
from collections import deque
from typing import TypeAlias

from monitor.session import Recorder
from monitor.values import Event, LinkChange, LogEntry, PacketBlock, SensorInfo

Tapped: TypeAlias = SensorInfo | PacketBlock | LinkChange
MOST_WAITING = 20_000
"""Entries that are kept for somebody who is slow: minutes of two fast sensors. The oldest go first, as a lost link."""


class PacketTap:
    """Stands before a session's recorder and hands on all it is given; between `open` and `close` it keeps copies.

    The recorder's methods are called by the session's worker, the others by whoever follows.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._lock = threading.Lock()
        self._sensors: dict[str, SensorInfo] = {}
        self._waiting: deque[Tapped] | None = None

    def append(self, entry: LogEntry) -> None:
        """As `Recorder.append`."""
        self._recorder.append(entry)
        if isinstance(entry, (PacketBlock, LinkChange)):
            self._keep(entry)

    def append_sensor(self, info: SensorInfo, t_ns: int) -> None:
        """As `Recorder.append_sensor`."""
        self._recorder.append_sensor(info, t_ns)
        with self._lock:
            self._sensors[info.key] = info
        self._keep(info)

    def append_event(self, event: Event, t_ns: int) -> None:
        """As `Recorder.append_event`."""
        self._recorder.append_event(event, t_ns)

    def open(self) -> None:
        """Keep what comes from now on; the sensors that are known come first."""
        with self._lock:
            self._waiting = deque(self._sensors.values(), maxlen=MOST_WAITING)

    def take(self) -> list[Tapped]:
        """All that came since the last call, in order; nothing while it is closed."""
        with self._lock:
            if self._waiting is None:
                return []
            taken = list(self._waiting)
            self._waiting.clear()
            return taken

    def close(self) -> None:
        """Keep nothing more."""
        with self._lock:
            self._waiting = None

    def _keep(self, entry: Tapped) -> None:
        with self._lock:
            if self._waiting is not None:
                self._waiting.append(entry)
