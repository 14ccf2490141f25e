"""`headsup calibrate`: learn the wearer's neutral posture, guided and live, or from a recording."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from calibration import store
from calibration.model import Profile
from calibration.protocol import GUIDED, PoseKind, TimedStep, timeline
from monitor import __version__
from monitor.commands import places
from monitor.commands.spans import pose_spans
from monitor.commands.wanted import wanted
from monitor.errors import CalibrationError, SettingsError
from monitor.recording.reader import open_recording
from monitor.recording.writer import RecordingWriter
from monitor.review.poses import PoseSpans, profile_from
from monitor.session import Session
from monitor.sources.ble import BleSource, SensorRequest
from monitor.sources.radio import Radio, SystemRadio
from monitor.values import (
    BatteryLevel,
    LinkChange,
    LinkState,
    Mark,
    ModeChange,
    PipelineOutput,
    RunInfo,
    SensorInfo,
    Site,
)

Say = Callable[[TimedStep], None]
SEARCH_S = 60.0
"""How long a guided calibration waits for the sensors."""


def run(args: argparse.Namespace) -> int:
    """Make a profile and keep it; exit code 0. Raises CalibrationError with reason and remedy."""
    store.path_of(places.profiles_folder(), args.profile)  # a bad name is said before the wearer stands still
    if args.recording is not None:
        profile = from_recording(args)
    elif args.neutral or args.look or args.shrug or args.lean or args.forward:
        raise SettingsError("--from", "is missing: poses are taken from the seconds of a recording, --from RUN")
    else:
        profile = guided(args.profile, wanted(args.sensor, None), simulate=args.simulate, say=_print_step)
    path = store.save(places.profiles_folder(), profile)
    if args.json:
        print(store.to_json(profile))
        return 0
    if profile.simulated:
        print("SIMULATED wearer")
    for site in profile.sites:
        print(f"{site.sensor}: {site.sees}")
        for pose in site.poses:
            print(f"    {pose.name:18} held {pose.duration_s:4.1f} s, steady within {pose.spread_deg:.1f} deg")
    print(f"Profile '{profile.name}' kept in {path}")
    return 0


def from_recording(args: argparse.Namespace) -> Profile:
    """The profile from the seconds named on the command line."""
    spans = pose_spans(args.neutral, args.look, args.shrug, args.lean)
    with open_recording(args.recording) as recording:
        return profile_from(recording, args.profile, places.utc_now(), spans, args.forward)


def guided(
    name: str,
    requests: tuple[SensorRequest, ...],
    *,
    simulate: bool,
    say: Say,
    keep: Path | None = None,
) -> Profile:
    """Lead the wearer through the poses and fit the profile from what was recorded meanwhile.

    keep : where to leave the recording of the calibration; None throws it away
    """
    radio: Radio = SystemRadio()
    if simulate:
        from monitor.simulator.wearer import COLLAR_NAME, HEAD_NAME, calibration_radio

        radio = calibration_radio()
        requests = (SensorRequest(Site.HEAD, name=HEAD_NAME), SensorRequest(Site.COLLAR, name=COLLAR_NAME))
    with tempfile.TemporaryDirectory() as folder:
        path = keep or Path(folder) / "calibration.headsup"
        _record(path, requests, radio, simulate, say)
        with open_recording(path) as recording:
            return profile_from(recording, name, places.utc_now(), _spans(), None)


def _record(path: Path, requests: tuple[SensorRequest, ...], radio: Radio, simulate: bool, say: Say) -> None:
    settings = places.settings()
    info = RunInfo("calibration", places.utc_now(), settings.mode, simulate, __version__)
    writer = RecordingWriter(path, info, settings.to_json())
    watch = _Streaming({r.site.value for r in requests})
    session = Session(BleSource(requests, radio), settings, None, writer, [watch])
    session.start()
    try:
        started = time.monotonic()
        while not (watch.ready and session.origin_ns is not None):
            if session.failure is not None:
                raise session.failure
            if time.monotonic() - started > SEARCH_S:
                raise CalibrationError(
                    "sensor",
                    f"none answered within {SEARCH_S:.0f} s ({watch.why or 'nothing found'})",
                    "Switch it on, bring it near, and try `headsup scan` and `headsup doctor`.",
                )
            time.sleep(0.05)
        # The wearer's clock starts with the first sample, so that a simulated one is in step.
        steps = timeline(GUIDED)
        for step in steps:
            _wait_until(session, step.asked_s)
            say(step)
        _wait_until(session, steps[-1].end_s)
    finally:
        session.stop()
        writer.close()


def _wait_until(session: Session, at_s: float) -> None:
    origin_ns = session.origin_ns
    assert origin_ns is not None
    while (left_s := at_s - (session.clock_ns() - origin_ns) / 1e9) > 0:
        time.sleep(min(left_s, 0.1))


def _spans() -> PoseSpans:
    """Where the guided poses lie in the recording."""
    steps = timeline(GUIDED)

    def spans(kind: PoseKind) -> list[tuple[float, float]]:
        return [(s.start_s, s.end_s) for s in steps if s.step.kind is kind]

    return PoseSpans(
        neutral=spans(PoseKind.NEUTRAL)[0], looks={"down": spans(PoseKind.LOOK)[0]}, shrugs=spans(PoseKind.SHRUG)
    )


def _print_step(step: TimedStep) -> None:
    print(f"  {step.step.say}", file=sys.stderr, flush=True)


class _Streaming:
    """Waits until every sensor streams."""

    def __init__(self, keys: set[str]) -> None:
        self._missing = set(keys)
        self.why = ""

    @property
    def ready(self) -> bool:
        return not self._missing

    def sensor(self, info: SensorInfo) -> None:
        """Set up, but not streaming yet."""

    def output(self, output: PipelineOutput) -> None:
        self._missing -= {q.sensor for q in output.quality if q.samples}

    def control(self, entry: LinkChange | BatteryLevel | Mark | ModeChange) -> None:
        if isinstance(entry, LinkChange) and entry.state in (LinkState.LOST, LinkState.SEARCHING):
            self.why = entry.why or self.why
