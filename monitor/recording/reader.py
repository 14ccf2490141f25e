"""Reading a recording: its description, its log in time slices, any stretch of one sensor, and what is damaged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from monitor.recording.blocks import BlockRow, DamagedRowError, cut_time, decode_block
from monitor.recording.contents import Contents, Damage, SensorBlocks, in_words, read_contents
from monitor.recording.format import READ_ERRORS, read_failure
from monitor.recording.items import LiveEvent, SensorReadyAt
from monitor.recording.opening import OpenedFile, open_file, refusal
from monitor.recording.slices import in_log_order
from monitor.values import NS_PER_S, Control, LogEntry, PacketBlock, RunInfo, SensorInfo, join_packets

MAX_SLICE_BYTES = 64 << 20
"""A slice is made shorter rather than hold more than this."""
_COLUMNS = "SELECT sensor, seq, t0_ns, t1_ns, n, codec, size, crc, body FROM block WHERE id = ?"


def open_recording(path: Path | str) -> Recording:
    """Open a recording for reading; it may come from anybody and may still be being written.

    Raises RecordingError with one sentence. What was committed after this moment is not seen.
    """
    file = open_file(Path(path))
    try:
        contents = read_contents(file.connection, path, file.size)
        if file.wal_trouble:
            contents.trouble.append((file.wal_trouble, 0, -1))
        return Recording(Path(path), file, contents)
    except READ_ERRORS as error:
        file.close()
        raise refusal(path, error) from error
    except BaseException:
        file.close()
        raise


class Recording:
    """One run as it was recorded. A context manager; used by one thread at a time.

    All times are arrival times of the run's clock, nanoseconds, unless a name says otherwise.
    """

    def __init__(self, path: Path, file: OpenedFile, contents: Contents) -> None:
        self.path = path
        self._file = file
        self.contents = contents
        """Everything but the notifications, as it was found."""
        self._trouble = list(contents.trouble)
        self._reported: set[int] = set()
        self._last_read: dict[str, tuple[int, PacketBlock | None]] = {}
        self._control_t = np.array([entry.t_ns for entry in contents.controls], np.int64)
        starts, stops = [], []
        for blocks in contents.blocks.values():
            if len(blocks.ids):
                starts.append(int(blocks.t0_ns[0]))
                stops.append(int(blocks.t1_ns[-1]))
        if len(self._control_t):
            starts.append(int(self._control_t[0]))
            stops.append(int(self._control_t[-1]))
        self.first_ns = min(starts, default=0)
        """Arrival of the first entry; 0 for an empty recording."""
        self.last_ns = max(stops, default=self.first_ns)
        """Arrival of the last entry."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()

    # ---------------------------------------------------------------- the description

    @property
    def run(self) -> RunInfo:
        """What was known of the run, with its latest note."""
        return self.contents.run

    @property
    def settings_json(self) -> str:
        return self.contents.settings_json

    @property
    def profile_json(self) -> str:
        """The calibration profile in force; '' for none."""
        return self.contents.profile_json

    @property
    def sensors(self) -> tuple[SensorInfo, ...]:
        """The sensors in the order they appeared, each as it was first described."""
        first: dict[str, SensorInfo] = {}
        for version in self.contents.ready:
            first.setdefault(version.info.key, version.info)
        return tuple(first.values())

    @property
    def sensor_ready(self) -> tuple[SensorReadyAt, ...]:
        """Every time a sensor was set up, in order: at the start and after each reconnection."""
        return tuple(self.contents.ready)

    @property
    def sensor_versions(self) -> tuple[SensorReadyAt, ...]:
        """Those of `sensor_ready` that brought a new or changed description; each holds from then."""
        current: dict[str, SensorInfo] = {}
        out = []
        for ready in self.contents.ready:
            if current.get(ready.info.key) != ready.info:
                current[ready.info.key] = ready.info
                out.append(ready)
        return tuple(out)

    @property
    def closed(self) -> bool:
        """False: the run ended without closing it (or goes on). All that was committed is here."""
        return self.contents.totals is not None

    @property
    def duration_s(self) -> float:
        """Seconds from the first to the last entry."""
        return (self.last_ns - self.first_ns) / NS_PER_S

    @property
    def block_count(self) -> int:
        """Rows that hold notifications: about one per sensor and second, fewer after compaction."""
        return sum(len(blocks.ids) for blocks in self.contents.blocks.values())

    @property
    def damage(self) -> tuple[Damage, ...]:
        """What is missing or was left out, as far as it was read; `verify` reads everything."""
        return tuple(in_words(trouble, self.first_ns) for trouble in self._trouble)

    def live_events(self) -> tuple[LiveEvent, ...]:
        """What the runner was told, in order."""
        return tuple(self.contents.events)

    def controls(self) -> tuple[Control, ...]:
        """Marks, mode and link changes and battery levels, in order."""
        return tuple(self.contents.controls)

    # ---------------------------------------------------------------- the log

    def entries(
        self, from_ns: int | None = None, to_ns: int | None = None, slice_s: float = 60.0
    ) -> Iterator[list[LogEntry]]:
        """The log with from_ns <= t_ns < to_ns in order of arrival, as time slices of at most `slice_s` seconds.

        Every entry of a later slice is later than all of an earlier one. In a slice the list is in order in this
        sense: before a control entry stand exactly the packets with t_ns <= its own, behind it the later ones; between
        two control entries there is at most one PacketBlock per sensor, and those may overlap in time.
        """
        start = self.first_ns if from_ns is None else max(int(from_ns), self.first_ns)
        end = self.last_ns + 1 if to_ns is None else min(int(to_ns), self.last_ns + 1)
        for a, b in self._slices(start, end, slice_s):
            low, high = np.searchsorted(self._control_t, [a, b]).tolist()
            entries = in_log_order(self._all_packets(a, b), self.contents.controls[low:high])
            if entries:
                yield entries

    def packet_slices(self, slice_s: float = 60.0) -> Iterator[list[PacketBlock]]:
        """The packets alone: per time slice one block of each sensor that sent something."""
        for a, b in self._slices(self.first_ns, self.last_ns + 1, slice_s):
            yield self._all_packets(a, b)

    def packets(self, sensor: str, from_ns: int | None = None, to_ns: int | None = None) -> PacketBlock | None:
        """One sensor's notifications with from_ns <= t_ns < to_ns; None where there is none."""
        blocks = self.contents.blocks.get(sensor)
        if blocks is None:
            return None
        start = self.first_ns if from_ns is None else int(from_ns)
        stop = self.last_ns + 1 if to_ns is None else int(to_ns)
        low, high = _overlapping(blocks, start, stop)
        parts = [
            part
            for i in range(low, high)
            if (whole := self._block(sensor, blocks, i)) is not None
            and (part := cut_time(whole, start, stop)) is not None
        ]
        return join_packets(parts) if parts else None

    def verify(self) -> tuple[Damage, ...]:
        """Read and check everything; what was found."""
        for sensor, blocks in self.contents.blocks.items():
            for i in range(len(blocks.ids)):
                self._block(sensor, blocks, i)
        return self.damage

    def _all_packets(self, start: int, stop: int) -> list[PacketBlock]:
        return [p for key in self.contents.blocks if (p := self.packets(key, start, stop)) is not None]

    def _slices(self, start: int, end: int, slice_s: float) -> Iterator[tuple[int, int]]:
        length = max(1, int(slice_s * NS_PER_S))
        while start < end:
            stop = self._affordable(start, min(start + length, end))
            yield start, stop
            start = self._next_entry(stop)

    def _affordable(self, start: int, stop: int) -> int:
        """`stop`, or earlier where the slice would grow too large."""
        while stop - start > 1:
            total = 0
            many = False
            for blocks in self.contents.blocks.values():
                low, high = _overlapping(blocks, start, stop)
                total += int(blocks.size[low:high].sum())
                many |= high - low > 1
            if total <= MAX_SLICE_BYTES or not many:
                break
            stop = start + (stop - start) // 2
        return stop

    def _next_entry(self, t_ns: int) -> int:
        """`t_ns`, or the start of the next entry where nothing is there: long pauses cost nothing."""
        following = self.last_ns + 1
        for blocks in self.contents.blocks.values():
            i = int(np.searchsorted(blocks.t1_ns, t_ns))
            if i < len(blocks.ids):
                following = min(following, int(blocks.t0_ns[i]))
        i = int(np.searchsorted(self._control_t, t_ns))
        if i < len(self._control_t):
            following = min(following, int(self._control_t[i]))
        return max(following, t_ns)

    def _block(self, sensor: str, blocks: SensorBlocks, i: int) -> PacketBlock | None:
        """Block i of a sensor, checked against its header in the index; None (and reported) where it is damaged."""
        row_id = int(blocks.ids[i])
        known = self._last_read.get(sensor)
        if known is not None and known[0] == row_id:
            return known[1]
        indexed = (sensor, *(int(column[i]) for column in (blocks.seq, blocks.t0_ns, blocks.t1_ns, blocks.n)))
        block: PacketBlock | None = None
        try:
            fields = self._file.connection.execute(_COLUMNS, (row_id,)).fetchone()
            if fields is None:
                raise DamagedRowError("a block is missing")
            if tuple(fields[:5]) != indexed or not isinstance(fields[8], bytes):
                raise DamagedRowError("a block is not the one the index promised")
            block = decode_block(BlockRow(*fields), self.contents.key)
        except (*READ_ERRORS, DamagedRowError) as error:
            if row_id not in self._reported:
                self._reported.add(row_id)
                why = error if isinstance(error, DamagedRowError) else read_failure(error)
                what = f"'{sensor}': {why}; {int(blocks.n[i])} notification(s) were left out"
                self._trouble.append((what, int(blocks.t0_ns[i]), int(blocks.t1_ns[i])))
        self._last_read[sensor] = (row_id, block)
        return block


def _overlapping(blocks: SensorBlocks, start: int, stop: int) -> tuple[int, int]:
    """Index range of the blocks that may hold a time in [start, stop)."""
    return int(np.searchsorted(blocks.t1_ns, start)), int(np.searchsorted(blocks.t0_ns, stop))
