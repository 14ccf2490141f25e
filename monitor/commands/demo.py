"""`headsup demo`: the whole product on a SIMULATED runner: calibrate, run live, prompt, record, review."""

from __future__ import annotations

import argparse
import json
import math
import sys
import threading
import time
import webbrowser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calibration import store
from calibration.guide import Instruction
from calibration.model import Profile
from calibration.protocol import GUIDED, timeline
from monitor import __version__
from monitor.commands import places
from monitor.commands.analyze import as_json, write_text
from monitor.commands.calibrate import guided, spoken
from monitor.commands.listeners import EventLog
from monitor.commands.live import LiveRun, player_for
from monitor.commands.review import has_display
from monitor.dashboard.snapshot import render_live
from monitor.dashboard.terminal import run_terminal
from monitor.errors import OutputUnavailableError, RecordingError, SettingsError
from monitor.outputs.player import CuePlayer
from monitor.recording.reader import open_recording
from monitor.recording.writer import RecordingWriter
from monitor.review.analyse import analyse
from monitor.review.report import report_html
from monitor.review.reviewed import reviewed
from monitor.settings import Settings
from monitor.simulator.demo_run import FULL_S, GRACE_S, SHORTEST_S, Deed, deeds, demo_radio
from monitor.simulator.wearer import COLLAR_NAME, HEAD_NAME
from monitor.sources.ble import BleSource, SensorRequest
from monitor.values import NS_PER_S, Event, EventKind, Mode, RunInfo, Site

CALIBRATION_S = timeline(GUIDED)[-1].end_s + 1.0
PICTURE_SIZE = (1280, 800)
REQUESTS = (SensorRequest(Site.HEAD, name=HEAD_NAME), SensorRequest(Site.COLLAR, name=COLLAR_NAME))


@dataclass(frozen=True, slots=True)
class Outcome:
    """One deed and what was made of it."""

    deed: Deed
    event: Event | None

    @property
    def right(self) -> bool:
        """What should have been noticed was, and what should not, was not."""
        return (self.event is not None) == (self.deed.brings is not None)


def run(args: argparse.Namespace) -> int:
    """Everything in turn; exit code 0 when all deeds were judged rightly, 1 otherwise."""
    live_s = _live_seconds(args.seconds)
    out: Path = args.out
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RecordingError(out, f"cannot be made: {error.strerror}") from error
    say = _Teller(quiet=args.json)
    say("Heads Up demo. Everything here is SIMULATED: a virtual runner over a virtual radio.")
    places.speak()
    player = player_for(places.settings(), silent=args.headless)
    if not args.headless:
        say(player.status().sentence)
    say("1. Calibrate: the runner stands still and follows the voice.")
    profile = guided("demo", REQUESTS, simulate=True, say=_Guide(say, player))
    for site in profile.sites:
        say(f"   {site.sensor}: {site.sees}")
    say(f"2. Run live for {live_s:.0f} s: watch, prompt, record.")
    path = places.fresh(out, "run", ".headsup")
    events = _live(live_s, profile, path, player, out, say, headless=args.headless)
    say("3. Review: the recording goes through the same pipeline again.")
    return _review(live_s, path, out, events, say, args)


def _live(
    live_s: float, profile: Profile, path: Path, player: CuePlayer, out: Path, say: _Teller, *, headless: bool
) -> tuple[Event, ...]:
    """The live part; returns the events as they were given."""
    settings = Settings(mode=Mode.ROAD, grace_s=GRACE_S)
    info = RunInfo(path.stem, places.utc_now(), settings.mode, True, __version__, "SIMULATED demo")
    writer = RecordingWriter(path, info, settings.to_json(), store.to_json(profile))
    log = EventLog()
    source = BleSource(REQUESTS, demo_radio(live_s))
    live = LiveRun(source, settings, profile, writer, player, REQUESTS, simulate=True, listeners=(log,))
    stop = threading.Event()
    live.start()
    threading.Thread(target=_end_after, args=(live, live_s, stop), name="demo", daemon=True).start()
    try:
        if headless or not has_display():
            _follow_without_window(live, log, stop, out, say, headless=headless)
        else:
            from monitor.dashboard.app import run_live

            try:
                run_live(live.model, live, recording=True, stop_event=stop)
            except OutputUnavailableError as error:
                say(f"   {error}")
                run_terminal(live.model, stop)
    finally:
        stop.set()
        live.stop()
    if live.session.failure is not None:
        raise live.session.failure
    return log.events


def _follow_without_window(
    live: LiveRun, log: EventLog, stop: threading.Event, out: Path, say: _Teller, *, headless: bool
) -> None:
    """Lines instead of a window; the dashboard's picture is taken at the first prompt."""
    told = 0
    pictured = False
    while not stop.wait(0.2):
        events = log.events
        for event in events[told:]:
            why = "cue given" if event.prompted else str(event.detail.get("silent", ""))
            say(f"   {event.t_ns / NS_PER_S:5.1f} s  {event.kind.value:12} {why}")
        told = len(events)
        if not pictured and any(e.kind is EventKind.HEAD_DOWN and e.prompted for e in events):
            pictured = True
            _picture(live, out / "dashboard.png", say)
    if not pictured and headless:
        _picture(live, out / "dashboard.png", say)


def _picture(live: LiveRun, path: Path, say: _Teller) -> None:
    try:
        render_live(live.model, PICTURE_SIZE, path)
        say(f"   picture of the dashboard: {path}")
    except OutputUnavailableError as error:
        say(f"   no picture of the dashboard: {error}")


def _review(
    live_s: float, path: Path, out: Path, events: Sequence[Event], say: _Teller, args: argparse.Namespace
) -> int:
    with open_recording(path) as recording:
        analysis = analyse(recording)
    report = out / "report.html"
    write_text(report, report_html(reviewed(analysis)))
    write_text(out / "analysis.json", json.dumps(as_json(analysis), indent=1) + "\n")
    outcomes = match(deeds(live_s), events)
    same = tuple(analysis.events) == tuple(events)
    if args.json:
        print(json.dumps(_as_json(outcomes, same, path, report), indent=1))
    say("")
    say(table_text(outcomes))
    say("")
    verdict = "exactly" if same else "NOT"
    say(f"The replay gives {verdict} the events that were given live ({len(analysis.events)} events).")
    say(f"Recording: {path}")
    say(f"Report:    {report}")
    if not args.headless and not args.json and has_display():
        webbrowser.open(report.resolve().as_uri())
    return 0 if same and all(o.right for o in outcomes) else 1


def match(done: Sequence[Deed], events: Sequence[Event]) -> list[Outcome]:
    """Each deed with the first event of its kind from its start to 4 s after its end (any posture event, where none
    should come)."""
    outcomes = []
    for deed in done:
        kinds = {deed.brings} if deed.brings else {EventKind.HEAD_DOWN, EventKind.SHOULDERS_UP, EventKind.LOOK_UP_DUE}
        found = (
            e
            for e in events
            if e.kind in kinds and deed.on_s <= e.t_ns / NS_PER_S <= deed.off_s + (4.0 if deed.brings else 0.5)
        )
        outcomes.append(Outcome(deed, next(found, None)))
    return outcomes


def table_text(outcomes: Sequence[Outcome]) -> str:
    """What the runner did and what was detected, side by side."""
    lines = [f"{'SIMULATED runner did':42}{'from':>6}{'to':>6}   detected"]
    for o in outcomes:
        if o.event is None:
            seen = "nothing, as it should be" if o.right else "MISSED"
        else:
            told = "cue given" if o.event.prompted else f"no cue: {o.event.detail.get('silent', '')}"
            seen = f"{o.event.kind.value} at {o.event.t_ns / NS_PER_S:.1f} s, {told}" + ("" if o.right else "  WRONG")
        lines.append(f"{o.deed.what:42}{o.deed.on_s:6.1f}{o.deed.off_s:6.1f}   {seen}")
    return "\n".join(lines)


def _as_json(outcomes: Sequence[Outcome], same: bool, path: Path, report: Path) -> dict[str, Any]:
    return {
        "simulated": True,
        "recording": str(path),
        "report": str(report),
        "replay_equals_live": same,
        "deeds": [
            {
                "what": o.deed.what,
                "from_s": o.deed.on_s,
                "to_s": o.deed.off_s,
                "should_bring": o.deed.brings.value if o.deed.brings else None,
                "detected": o.event.as_json() if o.event else None,
                "right": o.right,
            }
            for o in outcomes
        ],
    }


def _live_seconds(total: float | None) -> float:
    if total is None:
        return FULL_S
    if not math.isfinite(total) or not 0 < total <= 3600:
        raise SettingsError("--seconds", "must lie between 1 and 3600")
    return min(FULL_S, max(SHORTEST_S, total - CALIBRATION_S))


def _end_after(live: LiveRun, live_s: float, stop: threading.Event) -> None:
    """Stop when the run has lasted `live_s` seconds from its first sample."""
    while not stop.is_set() and live.session.failure is None:
        origin_ns = live.session.origin_ns
        if origin_ns is not None and live.session.clock_ns() - origin_ns >= live_s * NS_PER_S:
            break
        time.sleep(0.05)
    stop.set()


class _Teller:
    """Prints for people: to standard output, or to standard error where that is kept for JSON."""

    def __init__(self, *, quiet: bool) -> None:
        self._stream = sys.stderr if quiet else sys.stdout

    def __call__(self, text: str) -> None:
        print(text, file=self._stream, flush=True)


class _Guide:
    """Speaks and prints the steps of the calibration."""

    def __init__(self, say: _Teller, player: CuePlayer) -> None:
        self._say = say
        self._player = player

    def __call__(self, instruction: Instruction) -> None:
        self._say(f"   {instruction.text}")
        self._player.play(spoken(instruction))
