"""One run of a soak: the product's own source, session, pipeline, recording and screen model, as fast as they go."""

from __future__ import annotations

import asyncio
import heapq
import logging
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from calibration import store
from monitor.commands.listeners import CueListener, ModelListener, NewsListener
from monitor.commands.live_conditions import ConditionsListener
from monitor.commands.news import News
from monitor.dashboard.viewmodel import LiveModel
from monitor.recording.writer import RecordingWriter
from monitor.session import Listener, Recorder
from monitor.settings import Settings
from monitor.sources.ble import BleSource, LinkTiming
from monitor.values import Event, LogEntry, Mode, RunInfo, SensorInfo, Site
from tests.soak.lean_bumble import lean_bumble
from tests.soak.paced_session import CountingRecorder, LastListener, PacedSession, PacedSource, Progress
from tests.soak.soak_gauges import Gauge, gauge
from tests.soak.soak_plan import Plan, Press, Trouble
from tests.soak.soak_radio import EMPTY, FULL, PER_HOUR, SoakRadio
from tests.soak.soak_record import CountingPlayer, SoakRecord, Witness
from tests.soak.soak_runner import KEYS, REQUESTS, Runner
from tests.soak.virtual_time import VirtualClock, virtual_loops

SHORTEST_SLICE_S, LONGEST_SLICE_S = 0.2, 6.0
WARNED_S = 240.0
"""An empty battery tells so long before; the source asks every three minutes."""
COUNTED_S = 20.0
"""Notifications are counted in the last seconds of every period."""
COMMIT_S = 0.02
"""Of the computer's time; in a soak about as often as in a run, by the run's own time."""
WALL_LIMIT_S = 4 * 3600.0

_log = logging.getLogger(__name__)


def soak_settings() -> Settings:
    """The usual ones, but a budget of cues that is not used up: what is compared must not hide behind it."""
    usual = Settings()
    return Settings.from_mapping(
        {mode.value: {"prompts_per_hour": 120} for mode in Mode} | {"mode": usual.mode.value, "patience": 20}
    )


@dataclass(frozen=True, slots=True)
class Sabotage:
    """For the tests of the tests: what is to be noticed. `timing` of the source; `listeners` and what is `recorded`."""

    timing: LinkTiming | None = None
    listeners: Sequence[Listener] = ()
    recorded: Callable[[Recorder], Recorder] = lambda recorder: recorder


NO_SABOTAGE = Sabotage()


def run_soak(
    plan: Plan,
    runner: Runner,
    recording: Path,
    say: Callable[[str], None] = _log.info,
    sabotage: Sabotage = NO_SABOTAGE,
    longest_slice_s: float = LONGEST_SLICE_S,
) -> SoakRecord:
    """Run a plan into a recording. Raises what ended the session or the conductor of the radio before its time.

    longest_slice_s : so much simulated time is worked off at once; what comes of it does not depend on that
    """
    started_s = time.monotonic()
    clock = VirtualClock()
    settings = soak_settings()
    info = RunInfo(recording.stem, "2026-01-01T00:00:00+00:00", settings.mode, True, "soak")
    writer = RecordingWriter(
        recording, info, settings.to_json(), store.to_json(runner.profile), commit_interval_s=COMMIT_S
    )
    witness, progress, player = Witness(), Progress(), CountingPlayer()
    conductor = _Conductor(plan, clock, witness, recording, say, longest_slice_s)
    radio = SoakRadio(runner, conductor.conduct)
    source = PacedSource(BleSource(REQUESTS, radio, sabotage.timing), progress)
    sees = {site.sensor: site.sees for site in runner.profile.sites}
    expected = [SensorInfo(s.key, Site(s.key), s.family, s.name, "", 100.0, simulated=True) for s in runner.sensors]
    model = LiveModel(settings, expected, sees, True, clock.now_ns)
    conditions = ConditionsListener(model, player, lambda: session.quiet_until_ns)
    listeners: tuple[Listener, ...] = (
        ModelListener(model, runner.profile), conditions, NewsListener(News()), CueListener(player), witness,
        *sabotage.listeners, LastListener(progress),
    )  # fmt: skip
    recorder = CountingRecorder(_Both(witness, sabotage.recorded(writer)), progress)
    session = PacedSession(clock, source, settings, runner.profile, recorder, listeners)
    conductor.takes_part(session, radio, source, progress)
    with virtual_loops(clock), lean_bumble():
        session.start()
        ended = conductor.over.wait(WALL_LIMIT_S)
        clock.racing = False
        session.stop()
    status = writer.close()
    record = witness.record()
    record.gauges = conductor.gauges
    record.seconds, record.took_s = plan.seconds, time.monotonic() - started_s
    record.origin_s = (session.origin_ns or 0) / 1e9
    record.cues = dict(player.cues)
    failure = session.failure or radio.failure
    if failure is not None:
        raise failure
    if status.lost or status.sentence:
        record.problems.append(f"the recording: {status.sentence or status.lost}")
    if not ended:
        record.problems.append("the run did not come to its end")
    return record


class _Both:
    """Two recorders: the witness, and the real one."""

    def __init__(self, witness: Witness, recorder: Recorder) -> None:
        self._witness = witness
        self._recorder = recorder

    def append(self, entry: LogEntry) -> None:
        self._witness.append(entry)
        self._recorder.append(entry)

    def append_sensor(self, info: SensorInfo, t_ns: int) -> None:
        self._recorder.append_sensor(info, t_ns)

    def append_event(self, event: Event, t_ns: int) -> None:
        self._recorder.append_event(event, t_ns)


class _Conductor:
    """Follows the plan from within the radio's loop, and counts at the end of every period."""

    def __init__(
        self,
        plan: Plan,
        clock: VirtualClock,
        witness: Witness,
        recording: Path,
        say: Callable[[str], None],
        longest_slice_s: float,
    ) -> None:
        self.over = threading.Event()
        self.gauges: list[Gauge] = []
        self._plan = plan
        self._clock = clock
        self._witness = witness
        self._recording = recording
        self._say = say
        self._longest_slice_s = longest_slice_s
        self._counted: Counter[str] = Counter()
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()

    def takes_part(self, session: PacedSession, radio: SoakRadio, source: PacedSource, progress: Progress) -> None:
        """Who is conducted."""
        self._session, self._radio, self._source, self._progress = session, radio, source, progress

    async def conduct(self) -> None:
        try:
            self._write_agenda()
            while self._agenda:
                at_s, _, act = heapq.heappop(self._agenda)
                await asyncio.sleep(max(0.0, at_s - self._clock.now_s()))
                act()
        finally:
            self._clock.racing = False
            self.over.set()

    def _at(self, at_s: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (at_s, next(self._numbers), act))

    def _write_agenda(self) -> None:
        rng = random.Random(self._plan.seed)
        at_s = 0.0
        while (at_s := at_s + rng.uniform(SHORTEST_SLICE_S, self._longest_slice_s)) < self._plan.seconds:
            self._at(at_s, self._source.pump)
        for fault in self._plan.faults:
            self._at(fault.at_s, lambda fault=fault: self._radio.begin(fault))  # type: ignore[misc]
            self._at(fault.end_s, lambda fault=fault: self._radio.end(fault))  # type: ignore[misc]
        for press in self._plan.presses:
            self._at(press.at_s, lambda press=press: self._press(press))  # type: ignore[misc]
        for minute in range(int(self._plan.seconds / 60)):
            self._at(60.0 * minute, self._discharge)
        period_s = self._plan.period_s
        for period in range(1, round(self._plan.seconds / period_s) + 1):
            self._at(period * period_s - COUNTED_S, self._count)
            self._at(period * period_s, self._gauge)

    # ------------------------------------------------------------------ what is done

    def _press(self, press: Press) -> None:
        self._source.pump()
        self._progress.give(1)
        match press.what:
            case "mark":
                self._session.mark(press.label)
            case "mode":
                self._session.set_mode(Mode(press.label))
            case "snooze":
                self._session.quiet(press.seconds)
            case _:
                self._session.rezero()
        self._progress.wait()

    def _discharge(self) -> None:
        now_s = self._clock.now_s()
        for key in KEYS:
            changed_s = 0.0
            percent = FULL
            for fault in self._plan.faults:
                if fault.kind is Trouble.BATTERY_DEAD and fault.key == key:
                    if fault.end_s <= now_s:
                        changed_s = fault.end_s
                    elif fault.at_s - WARNED_S <= now_s:
                        percent = EMPTY
            lost = PER_HOUR * (now_s - changed_s) / 3600
            self._radio.set_battery(key, min(percent, FULL - round(lost)))

    def _count(self) -> None:
        self._source.pump()
        self._counted = Counter(self._witness.notifications)

    def _gauge(self) -> None:
        self._source.pump()
        self._radio.forget_commands()
        delivered = {key: self._witness.notifications[key] - self._counted[key] for key in KEYS}
        self.gauges.append(gauge(self._clock.now_s(), self._recording, delivered))
        now = self.gauges[-1]
        self._say(
            f"{now.at_s / 3600:.2f} h: {now.memory_mb:.1f} MB, {now.threads} threads, {now.open_files} files, "
            f"{now.tasks} tasks, {sum(now.objects.values())} objects, {now.file_mb:.1f} MB recorded"
        )
