"""The whole product on the virtual radio with a fault laid on: source, session, cues and recording, on a fast clock."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from calibration import store
from monitor.commands.listeners import CueListener
from monitor.recording.writer import RecordingWriter
from monitor.session import Session
from monitor.settings import Settings
from monitor.simulator.peripheral import VirtualPeripheral
from monitor.simulator.world import SimulatedRadio
from monitor.sources.base import Sink, Source, SourceItem
from monitor.sources.ble import BleSource, LinkTiming, SensorRequest
from monitor.sources.radio import Radio, RadioBackends
from monitor.values import Control, Event, LogEntry, PipelineOutput, RunInfo, SensorInfo, Site
from tests.bluez.bluez_radio import BluezRadio
from tests.faults.outing import COLLAR_NAME, HEAD_NAME, Outing, sensors
from tests.faults.patient_time import PatientClock, loops_on, waiting_for_the_bus
from tests.soak.lean_bumble import lean_bumble

PATHS = ("Bumble", "BlueZ")
"""bleak's front on a Bumble host; bleak's own Linux backend on a private D-Bus."""
_GROUP = 100
_LONGEST_S = 150.0
"""Of real time, for one run."""


@dataclass
class Stage:
    """What a fault is laid on; for its use from within the radio's loop."""

    clock: PatientClock
    world: SimulatedRadio
    bluez: BluezRadio | None
    began_s: float = 0.0
    ended_s: float = 0.0

    @property
    def head(self) -> VirtualPeripheral:
        """The head's sensor."""
        return self.world.peripherals["head"]

    async def adapter(self, on: bool) -> None:
        """Switch the computer's adapter."""
        if self.bluez is not None and self.bluez.service is not None:
            await self.bluez.service.power(on)
        elif self.world.adapter is not None:
            await self.world.adapter.switch(on)


Act: TypeAlias = Callable[[Stage], Awaitable[None]]
"""Lays a fault on; returns when it is taken off again."""


@dataclass
class Course:
    """What came of a run."""

    began_s: float
    ended_s: float
    """When the fault was laid on and taken off, run clock."""
    over_s: float
    origin_ns: int
    entries: list[LogEntry]
    controls: list[Control]
    events: list[Event]
    infos: list[SensorInfo]
    heard: list[Any]
    failure: BaseException | None
    path: Path
    outputs: list[PipelineOutput] = field(default_factory=list)


class _Follower:
    """A listener and player that keeps everything."""

    def __init__(self) -> None:
        self.infos: list[SensorInfo] = []
        self.controls: list[Control] = []
        self.events: list[Event] = []
        self.heard: list[Any] = []
        self.last: PipelineOutput | None = None

    def sensor(self, info: SensorInfo) -> None:
        self.infos.append(info)

    def output(self, output: PipelineOutput) -> None:
        self.events += output.events
        self.last = output

    def control(self, entry: Control) -> None:
        self.controls.append(entry)

    def play(self, what: Any) -> bool:
        self.heard.append(what)
        return True


class _Tee:
    """A recorder that keeps what it hands on."""

    def __init__(self, writer: RecordingWriter) -> None:
        self.entries: list[LogEntry] = []
        self._writer = writer

    def append(self, entry: LogEntry) -> None:
        self.entries.append(entry)
        self._writer.append(entry)

    def append_sensor(self, info: SensorInfo, t_ns: int) -> None:
        self._writer.append_sensor(info, t_ns)

    def append_event(self, event: Event, t_ns: int) -> None:
        self._writer.append_event(event, t_ns)


class _ClockedSession(Session):
    """The session, on the clock of the radio."""

    def __init__(self, clock: PatientClock, *args: Any) -> None:
        self._clock = clock
        super().__init__(*args)

    def clock_ns(self) -> int:
        return self._clock.now_ns()


class _Batching:
    """A source whose items go on in groups, which is faster; how they are grouped changes nothing of the result."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._held: list[SourceItem] = []
        self._sink: Sink = self._held.append

    def start(self, sink: Sink, clock_ns: Callable[[], int]) -> None:
        self._sink = sink
        self._source.start(self._take, clock_ns)

    def stop(self) -> None:
        self._source.stop()
        self._hand_over()

    def _take(self, item: SourceItem) -> None:
        self._held.append(item)
        if len(self._held) >= _GROUP:
            self._hand_over()

    def _hand_over(self) -> None:
        held, self._held = self._held, []
        for item in held:
            self._sink(item)


class _Conducted:
    """A radio in whose loop something is done from when it is open."""

    def __init__(self, inner: Radio, conduct: Callable[[], Awaitable[None]]) -> None:
        self._inner = inner
        self._conduct = conduct
        self._task: asyncio.Task[None] | None = None
        self.failure: BaseException | None = None
        self.done = threading.Event()

    async def open(self) -> RadioBackends:
        backends = await self._inner.open()
        self._task = asyncio.create_task(self._run(), name="conductor")
        return backends

    async def _run(self) -> None:
        try:
            await self._conduct()
        except Exception as error:
            self.failure = error
        finally:
            self.done.set()

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
        await self._inner.close()


def perform(
    act: Act,
    of: Outing,
    folder: Path,
    *,
    path: str = "Bumble",
    at_s: float = 32.0,
    after_s: float = 35.0,
    family: str = "openearable2",
    head: dict[str, Any] | None = None,
    settings: Settings | None = None,
    timing: LinkTiming | None = None,
) -> Course:
    """A run with a fault `at_s` after the first data, that goes on for `after_s` when it is over.

    Raises what went wrong with the act, and AssertionError for a run that does not come to its end.
    """
    settings = settings or Settings()
    clock = PatientClock()
    world = SimulatedRadio(sensors(of, family, head or {}))
    bluez = BluezRadio(world) if path == "BlueZ" else None
    stage = Stage(clock, world, bluez)

    async def conduct() -> None:
        while not all(peripheral.is_streaming for peripheral in world.peripherals.values()):
            await asyncio.sleep(0.05)
        await asyncio.sleep(at_s)
        stage.began_s = clock.now_s()
        await act(stage)
        stage.ended_s = clock.now_s()
        await asyncio.sleep(after_s)
        clock.race = False

    radio = _Conducted(bluez or world, conduct)
    run = RunInfo(f"fault-{path}", "2026-01-01T00:00:00+00:00", settings.mode, True, "0")
    file = folder / "run.headsup"
    writer = RecordingWriter(file, run, settings.to_json(), store.to_json(of.profile))
    tee, follower = _Tee(writer), _Follower()
    wanted = [SensorRequest(Site.HEAD, family=family, name=HEAD_NAME), SensorRequest(Site.COLLAR, name=COLLAR_NAME)]
    with loops_on(clock), lean_bumble(), waiting_for_the_bus(clock):
        source = _Batching(BleSource(wanted, radio, timing))
        session = _ClockedSession(clock, source, settings, of.profile, tee, [follower, CueListener(follower)])
        session.start()
        try:
            came_to_end = radio.done.wait(_LONGEST_S)
        finally:
            over_s = clock.now_s()
            clock.race = True  # the farewell need not take real seconds
            session.stop()
            writer.close()
    assert came_to_end, "the run did not come to its end"
    if radio.failure is not None:
        raise radio.failure
    return Course(
        stage.began_s, stage.ended_s, over_s, session.origin_ns or 0, tee.entries, follower.controls, follower.events,
        follower.infos, follower.heard, session.failure, file, [follower.last] if follower.last else [],
    )  # fmt: skip
