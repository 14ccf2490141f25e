"""The writer of a live run: its own thread, a bounded queue, one durable transaction about every second.

`append` never waits for the disk. When the disk refuses (full, pulled out, ...), the run goes on: what arrives is
kept in memory up to a limit and the transaction is tried again, ever more slowly; `status()` says so in a sentence.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from monitor.errors import RecordingError
from monitor.recording.blocks import check_packets
from monitor.recording.compact import compact_if_cheap
from monitor.recording.format import Codec
from monitor.recording.place import part_name, refuse_taken, remove_stale_parts
from monitor.recording.store import RunFile, disk_trouble
from monitor.values import NS_PER_S, Control, Event, LogEntry, PacketBlock, RunInfo, SensorInfo, join_packets

COMMIT_INTERVAL_S = 0.7
"""From the beginning of a commit to that of the next: a kill loses at most a second while a commit takes 0.3 s."""
LEAST_INTERVAL_S = 0.1
"""The disk rests so long, however slow it is."""
MAX_QUEUED = 200_000
"""Entries not yet looked at: some minutes of two fast sensors."""
MAX_PENDING_BYTES = 64 << 20
"""Kept in memory while the disk refuses: some hours of two sensors."""
MAX_RETRY_S = 30.0
_BLOCK_SPAN_NS = 60_000_000_000


class WriterState(StrEnum):
    """How recording goes."""

    RECORDING = "recording"
    FAILED = "failed"
    """The disk refuses; it is tried again."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class WriterStatus:
    """How recording goes, for the screen. `sentence` is '' while all is well."""

    state: WriterState
    sentence: str = ""
    committed_ns: int | None = None
    """Arrival of the latest entry that is safely on disk."""
    committed: int = 0
    """Entries safely on disk; a block of packets counts as one."""
    lost: int = 0
    """Entries that could not be kept."""


@dataclass(frozen=True, slots=True)
class _Sensor:
    info: SensorInfo
    t_ns: int


@dataclass(frozen=True, slots=True)
class _LiveEvent:
    event: Event
    t_ns: int


@dataclass(frozen=True, slots=True)
class _Note:
    text: str


class RecordingWriter:
    """Records one run. The constructor creates the file and raises RecordingError; nothing else raises."""

    def __init__(
        self,
        path: Path | str,
        run: RunInfo,
        settings_json: str,
        profile_json: str = "",
        *,
        codec: Codec = Codec.RAW,
        commit_interval_s: float = COMMIT_INTERVAL_S,
    ) -> None:
        self.path = Path(path)
        # Under another name until it can be read: whatever has a recording's name is one, also after a kill.
        refuse_taken(self.path)
        self._file = RunFile(part_name(self.path), live=False, codec=codec, title=self.path)
        try:
            self._file.add_head(run, settings_json, profile_json)
            self._file.commit()
            self._file.go_live(self.path)
        except sqlite3.Error as error:
            self._file.discard()
            raise RecordingError(self.path, f"cannot be written: {disk_trouble(error)}") from error
        except BaseException:
            self._file.discard()
            raise
        self._interval_s = commit_interval_s
        self._queue: queue.SimpleQueue[LogEntry | _Sensor | _LiveEvent | _Note | None] = queue.SimpleQueue()
        self._packets: dict[str, list[PacketBlock]] = {}
        self._last_t: dict[str, int] = {}
        self._latest_ns: int | None = None
        self._taken = 0
        self._status = WriterStatus(WriterState.RECORDING)
        self._overflow = 0
        self._refused = 0
        self._refusal = ""
        self._dropped = 0
        self._dropped_until_ns = 0
        self._closing = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="recording", daemon=True)
        self._thread.start()

    # ---------------------------------------------------------------- called from any thread

    def append(self, entry: LogEntry) -> None:
        """Record an entry. Returns at once. Entries of one sensor come in order of time; after `close`, ignored."""
        self._put(entry)

    def append_sensor(self, info: SensorInfo, t_ns: int) -> None:
        """A sensor was set up, before its first packet; again on every reconnection, changed or not."""
        self._put(_Sensor(info, t_ns))

    def append_event(self, event: Event, t_ns: int) -> None:
        """Keep an event as the runner got it; `t_ns` is the arrival time at which it was known."""
        self._put(_LiveEvent(event, t_ns))

    def set_note(self, text: str) -> None:
        """Replace the note of the run."""
        self._put(_Note(text))

    def status(self) -> WriterStatus:
        """How recording goes now."""
        return self._status

    def close(self, timeout_s: float | None = None) -> WriterStatus:
        """Write what is left, mark the recording closed, compact it; returns how that went. May be called twice."""
        if not self._closing:
            self._closing = True
            self._queue.put(None)
        self._thread.join(timeout_s)
        return self._status

    def _put(self, item: LogEntry | _Sensor | _LiveEvent | _Note) -> None:
        if self._closing:
            return
        if self._queue.qsize() >= MAX_QUEUED:
            with self._lock:
                self._overflow += 1
            return
        self._queue.put(item)

    # ---------------------------------------------------------------- the thread

    def _work(self) -> None:
        try:
            self._record()
        except Exception as error:  # nobody is above this thread; the run must hear of it
            self._file.release()
            self._closing = True
            self._set(WriterState.FAILED, f"Recording has stopped: {error}.")

    def _record(self) -> None:
        retry_s = 0.0
        failed_since: float | None = None
        go_on = True
        begun = time.monotonic()
        while go_on:
            rest = min(LEAST_INTERVAL_S, self._interval_s)
            go_on = self._collect(max(begun + self._interval_s, time.monotonic() + rest))
            begun = time.monotonic()
            if failed_since is not None and go_on and time.monotonic() - failed_since < retry_s:
                self._hold_back()
                continue
            error = self._commit()
            if error is None:
                failed_since, retry_s = None, 0.0
            else:
                failed_since, retry_s = time.monotonic(), min(max(2 * retry_s, self._interval_s), MAX_RETRY_S)
                self._hold_back()
                self._set(WriterState.FAILED, f"Recording has stopped for now: {disk_trouble(error)}.")
        self._finish()

    def _collect(self, deadline: float) -> bool:
        """Take what arrives until then (monotonic seconds); False once the run is closed."""
        while True:
            try:
                item = self._queue.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                return True
            if item is None:
                return False
            try:
                self._take(item)
            except Exception as error:  # a caller's mistake must not end the recording
                self._refused += 1
                self._refusal = str(error)
            if time.monotonic() >= deadline:
                return True

    def _take(self, item: LogEntry | _Sensor | _LiveEvent | _Note) -> None:
        if self._file.pending_bytes > MAX_PENDING_BYTES:
            self._dropped += 1
            if not isinstance(item, _Note):
                self._dropped_until_ns = int(item.t_ns[-1] if isinstance(item, PacketBlock) else item.t_ns)
            return
        if isinstance(item, PacketBlock):
            check_packets(item)
            if int(item.t_ns[0]) <= self._last_t.get(item.sensor, int(item.t_ns[0]) - 1):
                raise ValueError("an entry came out of order")
            self._last_t[item.sensor] = t_ns = int(item.t_ns[-1])
            self._packets.setdefault(item.sensor, []).append(item)
        else:
            t_ns = self._take_item(item)
        self._latest_ns = t_ns if self._latest_ns is None else max(t_ns, self._latest_ns)
        self._taken += 1

    def _take_item(self, item: Control | _Sensor | _LiveEvent | _Note) -> int:
        if isinstance(item, _Sensor):
            self._file.add_sensor(item.info, item.t_ns)
            return item.t_ns
        if isinstance(item, _LiveEvent):
            self._file.add_event(item.event, item.t_ns)
            return item.t_ns
        if isinstance(item, _Note):
            t_ns = self._latest_ns or 0
            self._file.add_note(item.text, t_ns)
            return t_ns
        self._file.add_control(item)
        return item.t_ns

    def _hold_back(self) -> None:
        """Turn the packets of the last second into rows, so that the memory they take is counted."""
        for blocks in self._packets.values():
            self._file.add_packets(join_packets(blocks), _BLOCK_SPAN_NS)
        self._packets.clear()

    def _commit(self) -> sqlite3.Error | None:
        self._hold_back()
        self._report_drops()
        latest, taken = self._latest_ns, self._taken
        try:
            self._file.commit()
        except sqlite3.Error as error:
            return error
        lost = self._lost()
        self._status = WriterStatus(WriterState.RECORDING, self._sentence(lost), latest, taken, lost)
        return None

    def _report_drops(self) -> None:
        if self._dropped and self._file.pending_bytes < MAX_PENDING_BYTES:
            sentence = f"{self._dropped} entries were not recorded because the disk refused for too long"
            begin_ns = self._latest_ns or 0  # what came before is kept
            self._file.add_trouble((sentence, begin_ns, max(begin_ns, self._dropped_until_ns)))
            self._refused += self._dropped
            self._dropped = 0

    def _lost(self) -> int:
        return self._overflow + self._refused + self._dropped

    def _sentence(self, lost: int) -> str:
        if not lost:
            return ""
        why = self._refusal or "the disk could not keep up"
        return f"{lost} entries of this run could not be recorded ({why})."

    def _set(self, state: WriterState, sentence: str) -> None:
        old = self._status
        self._status = WriterStatus(state, sentence, old.committed_ns, old.committed, self._lost())

    def _give_up(self, why: str) -> None:
        """The run is over and the disk still refuses: say what of it is lost."""
        unwritten = self._taken - self._status.committed
        since_ns = self._status.committed_ns or 0
        seconds = max(0, (self._latest_ns or 0) - since_ns) / NS_PER_S
        self._refused += unwritten
        what = f"Its last {seconds:.0f} s are lost; what" if unwritten else "Nothing of the run is lost: what"
        self._set(WriterState.FAILED, f"{why} {what} was written before is safe.")

    def _finish(self) -> None:
        try:
            self._file.finish(self._latest_ns or 0)
        except sqlite3.Error as error:
            self._file.release()
            self._give_up(f"The end of the recording could not be written: {disk_trouble(error)}.")
            return
        compact_if_cheap(self.path, self._file.identity)
        remove_stale_parts(self.path.parent)
        self._set(WriterState.CLOSED, self._sentence(self._lost()))
