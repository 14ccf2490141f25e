"""Leading a person through the calibration: it is recorded while the guide judges what the sensors see."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from calibration.finding import Finding
from calibration.guide import Guide, Instruction, Saying
from calibration.protocol import PoseKind, Step
from monitor import __version__
from monitor.commands import places
from monitor.commands.sensor_memory import desk_for
from monitor.errors import CalibrationError
from monitor.posture_watch import PostureWatch
from monitor.recording.writer import RecordingWriter
from monitor.review.poses import PoseSpans, spans_of
from monitor.session import Session
from monitor.sources.ble import BleSource, SensorRequest
from monitor.sources.radio import Radio
from monitor.values import NS_PER_S, Control, LinkChange, LinkState, PipelineOutput, RunInfo, SensorInfo

Tell = Callable[[Instruction], None]
Notice = Callable[[str], None]
SEARCH_S = 60.0
"""How long a guided calibration waits for the sensors."""
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
    session = Session(BleSource(requests, radio, desk=desk_for(radio)), settings, None, watch, [streaming])
    session.start()
    try:
        origin_ns = _wait_for_sensors(session, streaming, notice)
        sites = {r.site.value: r.site for r in requests}
        if simulated:  # that wearer acts by the clock that starts with the first sample, however busy the computer is
            guide = Guide(steps, sites, 0.0, late_s=float("inf"))
        else:
            guide = Guide(steps, sites, (session.clock_ns() - origin_ns) / NS_PER_S)
        was_lost = False
        while not guide.over:
            _raise_failure(session)
            now_s = (session.clock_ns() - origin_ns) / NS_PER_S
            if streaming.lost:
                if not was_lost:
                    notice(f"No signal from the {' and '.join(sorted(streaming.lost))} sensor: waiting for it ...")
                was_lost = True
                watch.looks(origin_ns)
                time.sleep(POLL_S)
                continue
            if was_lost:
                was_lost = False
                notice("It is back. This step once more.")
                guide.again(now_s)
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


class _Streaming:
    """Waits until every sensor streams."""

    def __init__(self, keys: set[str]) -> None:
        self.missing = set(keys)
        self.lost: frozenset[str] = frozenset()
        """Sensors that streamed and fell silent."""
        self.why = ""

    @property
    def ready(self) -> bool:
        return not self.missing

    def sensor(self, info: SensorInfo) -> None:
        """Set up, but not streaming yet."""

    def output(self, output: PipelineOutput) -> None:
        self.missing -= {q.sensor for q in output.quality if q.samples}

    def control(self, entry: Control) -> None:
        if not isinstance(entry, LinkChange):
            return
        if entry.state in (LinkState.LOST, LinkState.STALE):
            self.lost |= {entry.sensor}
        elif entry.state is LinkState.STREAMING:
            self.lost -= {entry.sensor}
        if entry.state in (LinkState.LOST, LinkState.SEARCHING):
            self.why = entry.why or self.why
