"""Probes in the places where a run's parts meet. Each notes a time and hands on; none of them changes anything."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from monitor.outputs import portaudio
from monitor.outputs.portaudio import Fill, OutputDevice, OutputStream
from monitor.pipeline import join_tracks
from monitor.recording.writer import RecordingWriter
from monitor.simulator.world import SimulatedRadio
from monitor.sources.radio import RadioBackends
from monitor.values import Control, Event, LogEntry, PacketBlock, PipelineOutput, SensorInfo, Track

SILENCE_NS = 250_000_000
"""After so much silence the next sample that is not zero is an onset."""


JOINED = 256
"""Tracks kept apart before they are made one."""


class TimedRadio:
    """`Radio` that measures what the reader does with a notification, apart from the SIMULATED radio that brings it."""

    def __init__(self, radio: SimulatedRadio) -> None:
        self._radio = radio
        self.notifications = 0
        self.core_ns = 0

    async def open(self) -> RadioBackends:
        backends = await self._radio.open()
        timed = self
        client: Any = backends.client

        class TimedClient(client):  # type: ignore[misc]
            async def start_notify(
                self, characteristic: Any, callback: Callable[[bytearray], None], **kwargs: Any
            ) -> None:
                def noted(value: bytearray) -> None:
                    start_ns = time.thread_time_ns()
                    callback(value)
                    timed.core_ns += time.thread_time_ns() - start_ns
                    timed.notifications += 1

                await super().start_notify(characteristic, noted, **kwargs)

        return RadioBackends(backends.scanner, TimedClient, simulated=True)

    async def close(self) -> None:
        await self._radio.close()


class WatchedWriter(RecordingWriter):
    """A recording that remembers what came since it was last asked, and when each event was decided.

    The session hands it a batch just before the pipeline gets it, and the events just after.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.arrived: list[PacketBlock] = []
        self.decided: list[tuple[int, Event]] = []
        """Monotonic nanoseconds at which an event was known, and the event."""

    def append(self, entry: LogEntry) -> None:
        if isinstance(entry, PacketBlock):
            self.arrived.append(entry)
        super().append(entry)

    def append_event(self, event: Event, t_ns: int) -> None:
        self.decided.append((time.monotonic_ns(), event))
        super().append_event(event, t_ns)


class DecisionTimes:
    """The last listener of a run: how long ago what an output rests on had arrived, and all tracks and events."""

    def __init__(self, writer: WatchedWriter, clock_ns: Callable[[], int]) -> None:
        self._writer = writer
        self._clock_ns = clock_ns
        self.notification_ns: list[int] = []
        """Of each notification: from its arrival stamp until the output that contains it was with every listener."""
        self.batches: list[int] = []
        """Notifications in each."""
        self.events: list[Event] = []
        self._tracks: dict[str, list[Track]] = {}
        self._newest: dict[str, list[Track]] = {}

    def sensor(self, info: SensorInfo) -> None:
        """Nothing to time."""

    def control(self, entry: Control) -> None:
        """Nothing to time."""

    def output(self, output: PipelineOutput) -> None:
        now_ns = self._clock_ns()
        arrived, self._writer.arrived = self._writer.arrived, []
        self.notification_ns += [now_ns - t for block in arrived for t in block.t_ns.tolist()]
        if arrived:
            self.batches.append(sum(len(block.t_ns) for block in arrived))
        self.events += output.events
        for track in output.tracks:
            if len(track):
                newest = self._newest.setdefault(track.sensor, [])
                newest.append(track)
                if len(newest) >= JOINED:
                    self._join(track.sensor)

    def tracks(self) -> dict[str, Track]:
        """All posture values of the run, by sensor."""
        for sensor in self._newest:
            self._join(sensor)
        return {sensor: join_tracks(parts) for sensor, parts in self._tracks.items()}

    def _join(self, sensor: str) -> None:
        """A value or two in arrays of their own would weigh a hundred times as much as joined."""
        if self._newest[sensor]:
            self._tracks.setdefault(sensor, []).append(join_tracks(self._newest[sensor]))
            self._newest[sensor].clear()


class TimedSound:
    """Stands at the door of the sound card: notes when something that is not silence goes through.

    `install` is for a process that does nothing else: it stays until the process ends.
    """

    def __init__(self) -> None:
        self.sounding_ns: list[tuple[int, int]] = []
        """Monotonic start and end of each stretch of sound."""
        self.native_id: int | None = None
        """Of the sound card's thread."""
        self.latency_s = float("nan")
        """What the sound system says of its own buffer; NaN where no stream was opened."""

    def install(self) -> None:
        """From now on, of every stream that is opened."""
        open_stream = portaudio.open_stream

        def opened(sd: Any, device: OutputDevice, fill: Fill, underflow: Callable[[], None]) -> OutputStream:
            stream = open_stream(sd, device, self.timed(fill), underflow)
            self.latency_s = stream.latency
            return stream

        portaudio.open_stream = opened

    def timed(self, fill: Fill) -> Fill:
        """The same samples, with a note of when they were handed over."""

        def noted(frames: int) -> Any:
            samples = fill(frames)
            if self.native_id is None:
                self.native_id = threading.get_native_id()
            if samples.any():
                now_ns = start_ns = time.monotonic_ns()
                if self.sounding_ns and now_ns - self.sounding_ns[-1][1] < SILENCE_NS:
                    start_ns, _ = self.sounding_ns.pop()
                self.sounding_ns.append((start_ns, now_ns))
            return samples

        return noted
