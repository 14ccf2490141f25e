"""Leading a person through the calibration: the sensors' posture while it is recorded, and the guide that judges it."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from calibration.finding import Finding
from calibration.guide import Guide, Instruction, Saying
from calibration.held import Seen
from calibration.protocol import PoseKind, Step, TimedStep
from calibration.selfcheck import Rest, check_rest
from monitor import __version__
from monitor.commands import places
from monitor.errors import CalibrationError
from monitor.posture.channel import PostureChannel, is_trusted
from monitor.posture.stride import StrideMean
from monitor.recording.writer import RecordingWriter
from monitor.review.poses import PoseSpans
from monitor.session import Recorder, Session
from monitor.sources.ble import BleSource, SensorRequest
from monitor.sources.radio import Radio
from monitor.timing.sensor_slots import SensorSlots
from monitor.values import (
    NS_PER_S,
    Activity,
    Control,
    Event,
    GridBlock,
    LinkChange,
    LinkState,
    LogEntry,
    PacketBlock,
    PipelineOutput,
    RunInfo,
    SensorInfo,
)

Tell = Callable[[Instruction], None]
Notice = Callable[[str], None]
SEARCH_S = 60.0
"""How long a guided calibration waits for the sensors."""
LOOK_S = 0.1
"""How often the guide looks at a sensor."""
REST_S = 3.0
"""So much of the last samples is kept for the self-check."""
POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class Led:
    """What came of a guided calibration: where the poses lie in its recording, and what was left out."""

    spans: PoseSpans
    left_out: tuple[str, ...]


def lead(
    path: Path,
    requests: Sequence[SensorRequest],
    radio: Radio,
    steps: Sequence[Step],
    tell: Tell,
    notice: Notice,
    *,
    simulated: bool,
) -> Led:
    """Record to `path` while the wearer is led through the steps. `notice` is told what is being waited for.

    Raises CalibrationError where no sensor answers, a sensor is broken, or a pose without which there is no
    calibration never works.
    """
    settings = places.settings()
    info = RunInfo("calibration", places.utc_now(), settings.mode, simulated, __version__)
    writer = RecordingWriter(path, info, settings.to_json())
    watch = PostureWatch(writer)
    streaming = _Streaming({r.site.value for r in requests})
    session = Session(BleSource(requests, radio), settings, None, watch, [streaming])
    session.start()
    try:
        origin_ns = _wait_for_sensors(session, streaming, notice)
        sites = {r.site.value: r.site for r in requests}
        if simulated:  # that wearer acts by the clock that starts with the first sample, however busy the computer is
            guide = Guide(steps, sites, 0.0, late_s=float("inf"))
        else:
            guide = Guide(steps, sites, (session.clock_ns() - origin_ns) / NS_PER_S)
        while not guide.over:
            _raise_failure(session)
            now_s = (session.clock_ns() - origin_ns) / NS_PER_S
            for instruction in guide.step(now_s, watch.looks(origin_ns)):
                if instruction.saying is Saying.ASK and instruction.timed.step.kind is PoseKind.NEUTRAL:
                    _refuse_broken(watch.rest_findings())
                if instruction.text and instruction.saying is not Saying.FAILED:
                    tell(instruction)
            time.sleep(POLL_S)
    finally:
        session.stop()
        writer.close()
    if guide.failure is not None:
        raise guide.failure
    return Led(spans_of(guide.held), guide.left_out)


def spans_of(held: Sequence[TimedStep]) -> PoseSpans:
    """Where the accepted poses lie, seconds of the recording."""

    def of(kind: PoseKind) -> list[tuple[float, float]]:
        return [(t.start_s, t.end_s) for t in held if t.step.kind is kind]

    lean, run = of(PoseKind.LEAN), of(PoseKind.RUN)
    return PoseSpans(
        neutral=of(PoseKind.NEUTRAL)[0],
        looks={t.step.pose: (t.start_s, t.end_s) for t in held if t.step.kind is PoseKind.LOOK},
        shrugs=of(PoseKind.SHRUG),
        lean=lean[0] if lean else None,
        run=run[0] if run else None,
    )


def _wait_for_sensors(session: Session, streaming: _Streaming, notice: Notice) -> int:
    """The run-clock time of the first sample, once every sensor streams."""
    started = time.monotonic()
    notice(f"Looking for the {' and '.join(sorted(streaming.missing))} sensor ...")
    told = ""
    while True:
        if streaming.why != told:
            told = streaming.why
            notice(told)
        _raise_failure(session)
        if streaming.ready and session.origin_ns is not None:
            return session.origin_ns
        if time.monotonic() - started > SEARCH_S:
            missing = " and ".join(sorted(streaming.missing))
            raise CalibrationError(
                "sensor",
                f"the {missing} sensor did not answer within {SEARCH_S:.0f} s ({streaming.why or 'nothing found'})",
                "Switch it on, bring it near, and try `headsup scan` and `headsup doctor`.",
            )
        time.sleep(POLL_S)


def _raise_failure(session: Session) -> None:
    if session.failure is not None:
        raise session.failure


def _refuse_broken(findings: Sequence[Finding]) -> None:
    """Nobody should go through all the poses with a sensor that does not measure."""
    for finding in findings:
        if finding.serious:
            raise CalibrationError("sensor check", finding.text.rstrip("."), "Try again, or use another sensor.")


# ---------------------------------------------------------------- what the sensors see, meanwhile


class PostureWatch:
    """A recorder that also follows the posture of each sensor, uncalibrated: the guide's eyes.

    `append...` are called by the session's worker; `looks` and `rest_findings` by whoever leads.
    """

    def __init__(self, writer: Recorder) -> None:
        self._writer = writer
        self._lock = threading.Lock()
        self._chains: dict[str, _Chain] = {}
        self._looks: list[tuple[int, Seen]] = []

    def append(self, entry: LogEntry) -> None:
        self._writer.append(entry)
        if isinstance(entry, PacketBlock) and entry.sensor in self._chains:
            with self._lock:
                self._looks += self._chains[entry.sensor].push(entry)
        elif isinstance(entry, LinkChange) and entry.state is LinkState.LOST and entry.sensor in self._chains:
            with self._lock:
                self._chains[entry.sensor].slots.relink()

    def append_sensor(self, info: SensorInfo, t_ns: int) -> None:
        self._writer.append_sensor(info, t_ns)
        with self._lock:
            known = self._chains.get(info.key)
            if known is None or not known.slots.fits(info):
                self._chains[info.key] = _Chain(info)

    def append_event(self, event: Event, t_ns: int) -> None:
        self._writer.append_event(event, t_ns)

    def looks(self, origin_ns: int) -> list[Seen]:
        """All looks since the last call, on the clock that starts at `origin_ns`."""
        with self._lock:
            taken, self._looks = self._looks, []
        return [replace(seen, t_s=(t_ns - origin_ns) / NS_PER_S) for t_ns, seen in taken]

    def rest_findings(self) -> tuple[Finding, ...]:
        """Doubts about the sensors, judged on the last seconds, in which the wearer should have stood still."""
        with self._lock:
            rests: Mapping[str, Rest | None] = {key: chain.rest() for key, chain in self._chains.items()}
        return tuple(f for key, rest in rests.items() if rest is not None for f in check_rest(key, rest))


class _Chain:
    """One sensor from notifications to looks."""

    def __init__(self, info: SensorInfo) -> None:
        self.slots = SensorSlots(info)
        self._channel = PostureChannel(self.slots.has_gyro, None)
        self._mean: StrideMean | None = None
        self._period_s = 0.0
        self._last: deque[GridBlock] = deque()

    def push(self, packets: PacketBlock) -> list[tuple[int, Seen]]:
        """The looks that some notifications bring, with their times on the run clock."""
        out: list[tuple[int, Seen]] = []
        for block in self.slots.push(packets):
            self._last.append(block)
            while sum(len(b) for b in self._last) * block.period_s > REST_S and len(self._last) > 1:
                self._last.popleft()
            out += self._look(block)
        return out

    def rest(self) -> Rest | None:
        """The last samples; None where there are none."""
        if not self._last:
            return None
        real = np.concatenate([b.real for b in self._last])
        acc, gyr, clipped = (
            np.concatenate([getattr(b, name) for b in self._last])[real] for name in ("acc", "gyr", "clipped")
        )
        return Rest(acc, gyr, clipped, 1.0 / self._last[-1].period_s, self.slots.info.rate_hz)

    def _look(self, block: GridBlock) -> list[tuple[int, Seen]]:
        posture = self._channel.push(block)
        if self._mean is None or self._period_s != posture.period_s:
            self._mean = StrideMean(posture.period_s, columns=3)
            self._period_s = posture.period_s
        elif posture.restart:
            self._mean.restart()
        mean = self._mean.push(posture.up, posture.stride_slots)
        mean = mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-12)
        strayed_deg = np.degrees(np.linalg.norm(posture.up - mean, axis=1))
        trusted = is_trusted(posture.reason)
        every = max(1, round(LOOK_S / posture.period_s))
        return [
            (
                int(posture.t_ns[i]),
                Seen(
                    sensor=self.slots.info.key,
                    t_s=0.0,
                    up=(float(mean[i, 0]), float(mean[i, 1]), float(mean[i, 2])),
                    trusted=bool(trusted[i]),
                    activity=Activity(int(posture.activity[i])),
                    cadence_spm=float(posture.cadence_spm[i]),
                    spread_deg=float(np.sqrt(np.mean(strayed_deg[max(0, i - every + 1) : i + 1] ** 2))),
                ),
            )
            for i in range(-posture.index % every, len(posture), every)
        ]


class _Streaming:
    """Waits until every sensor streams."""

    def __init__(self, keys: set[str]) -> None:
        self.missing = set(keys)
        self.why = ""

    @property
    def ready(self) -> bool:
        return not self.missing

    def sensor(self, info: SensorInfo) -> None:
        """Set up, but not streaming yet."""

    def output(self, output: PipelineOutput) -> None:
        self.missing -= {q.sensor for q in output.quality if q.samples}

    def control(self, entry: Control) -> None:
        if isinstance(entry, LinkChange) and entry.state in (LinkState.LOST, LinkState.SEARCHING):
            self.why = entry.why or self.why
