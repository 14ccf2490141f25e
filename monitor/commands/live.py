"""`headsup live`: watch a run as it happens, with window or terminal, sounds and a recording."""

from __future__ import annotations

import argparse
import json
import math
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, TextIO

from calibration import store
from calibration.model import Profile
from calibration.validity import validity
from monitor import __version__
from monitor.commands import places, sensor_memory
from monitor.commands.companions import asked_for, beside
from monitor.commands.fading_runs import ProgrammeRun, runs_file
from monitor.commands.listeners import EventLog
from monitor.commands.live_run import LiveRun as LiveRun
from monitor.commands.treadmill import SOURCE, Console, typed
from monitor.commands.unfinished import unfinished_line
from monitor.commands.wanted import wanted
from monitor.dashboard.terminal import run_terminal
from monitor.errors import OutputUnavailableError, RecordingError, SettingsError
from monitor.outputs.audio import SoundOptions
from monitor.outputs.lasting import LastingPlayer
from monitor.outputs.player import CuePlayer, NullPlayer
from monitor.recording.writer import RecordingWriter
from monitor.session import Session
from monitor.settings import Settings
from monitor.settings_file import usual_path
from monitor.sources.ble import BleSource, SensorRequest
from monitor.sources.identity_desk import IdentityDesk
from monitor.sources.radio import Radio, SystemRadio
from monitor.texts.speaking import say
from monitor.values import Mode, RunInfo, Site

if TYPE_CHECKING:
    from monitor.dashboard.settings_page import SettingsPage
    from monitor.dashboard.theme import Theme
    from monitor.interop.lsl_out import LslStreams

DEFAULT_PROFILE = "me"
SIMULATED_PROFILE = "simulated"


def run(args: argparse.Namespace) -> int:
    """Run until stopped; exit code 0, or 130 after Ctrl-C."""
    if args.seconds is not None and not 1 <= args.seconds <= 86_400:
        raise SettingsError("--seconds", "must lie between 1 and 86400")
    places.speak()
    treadmill = typed(args.speed, args.incline)
    settings = places.settings()
    if args.mode:
        settings = settings.replaced(mode=Mode(args.mode))
    profile = _profile(args.profile, simulate=args.simulate)
    requests, radio = _source(args, profile)
    if profile is None:
        hint = "headsup calibrate --simulate --profile simulated" if args.simulate else "headsup calibrate"
        text = f"Not calibrated yet: cadence and links are shown, posture is not. First run: {hint}"
        print(say(text), file=sys.stderr)
    else:
        for finding in validity(profile, places.utc_now(), ()):
            print(say(finding.text), file=sys.stderr)
    programme = ProgrammeRun(settings, profile, runs_file(), simulate=args.simulate)
    settings = programme.settings
    for notice in programme.notices:
        print(say(notice), file=sys.stderr)
    if line := unfinished_line(places.runs_folder()):
        print(say(line), file=sys.stderr)
    console = Console(treadmill, feet=settings.feet)
    companions = asked_for(args, settings.devices)
    desk = sensor_memory.desk_for(radio)
    if desk.trouble:
        print(f"headsup: {say(desk.trouble)}", file=sys.stderr)
    source = beside(
        BleSource(requests, radio, desk=desk),
        companions,
        simulate=args.simulate,
        completed=console.completed,
        desk=desk,
    )
    writer = _writer(args.record, settings, profile, simulate=args.simulate)
    path = writer.path
    player = player_for(settings, silent=args.silent)
    log = EventLog()
    streams = (_streams(lambda: live.session, settings, path.stem, simulate=args.simulate),) if args.lsl else ()
    live = LiveRun(
        source,
        settings,
        profile,
        writer,
        player,
        requests,
        simulate=args.simulate,
        listeners=(log, programme, *streams),
        console=console,
        desk=desk,
    )
    if treadmill is not None:
        live.session.ground(treadmill.speed_m_s, treadmill.grade, SOURCE)
    lines = sys.stderr if args.json else sys.stdout
    try:
        code = _watch(live, desk, window=not args.no_gui, seconds=args.seconds, lines=lines)
    finally:
        for stream in streams:
            stream.close()
    if why := programme.finish():
        print(f"headsup: {say(why)}", file=sys.stderr)
    if args.json:
        print(json.dumps({"recording": str(path), "events": [event.as_json() for event in log.events]}, indent=1))
        return code
    print(say(f"Recorded in {path}"))
    print(say(f"Look at it with: headsup review {path}"))
    return code


def _streams(session: Callable[[], Session], settings: Settings, run_id: str, *, simulate: bool) -> LslStreams:
    """The run as streams for a lab's recorder. Only now is anything announced on the network."""
    from monitor.interop.lsl_out import LslStreams

    return LslStreams(
        lambda: session().clock_ns(), lambda: session().origin_ns, settings.gaze, run_id, simulated=simulate
    )


def _writer(asked: Path | None, settings: Settings, profile: Profile | None, *, simulate: bool) -> RecordingWriter:
    """The recording, where asked or under a new name. Raises RecordingError."""
    while True:
        path = asked or places.fresh(places.runs_folder(), _stem(), ".headsup")
        info = RunInfo(path.stem, places.utc_now(), settings.mode, simulate, __version__)
        try:
            return RecordingWriter(path, info, settings.to_json(), store.to_json(profile) if profile else "")
        except RecordingError:
            # A run that began at the same moment may have taken the name.
            if asked or not path.exists():
                raise


def _watch(live: LiveRun, desk: IdentityDesk, *, window: bool, seconds: float | None, lines: TextIO) -> int:
    """Follow the run on screen until it is stopped."""
    stop = threading.Event()
    interrupted = threading.Event()
    live.start()
    threading.Thread(target=_keep_watch, args=(live, stop, seconds), name="watch", daemon=True).start()
    try:
        with _ended_by(("SIGTERM", "SIGHUP"), stop):
            if window:
                try:
                    from monitor.dashboard.app import run_live

                    return run_live(
                        live.model,
                        live,
                        recording=True,
                        reduced_motion=live.settings.reduced_motion,
                        settings_page=lambda theme: _settings_page(live, theme),
                        desk=desk,
                        stop_event=stop,
                    )
                except OutputUnavailableError as error:
                    text = f"{error} Going on in the terminal; Ctrl-C ends the run."
                    print(f"headsup: {say(text)}", file=sys.stderr)
            with _ended_by(("SIGINT",), stop, interrupted):
                run_terminal(live.model, stop, stream=lines, actions=live, desk=desk)
        return 130 if interrupted.is_set() else 0
    finally:
        stop.set()
        live.stop()


@contextmanager
def _ended_by(names: Sequence[str], *events: threading.Event) -> Iterator[None]:
    """These signals end the run with its recording closed: Ctrl-C, a computer that shuts down, a terminal that goes.

    A terminal's going stays ignored where it is (nohup); a signal that the system does not have never comes.
    """

    def end(_number: int, _frame: FrameType | None) -> None:
        for event in events:
            event.set()

    numbers = [signal.Signals[name] for name in names if name in signal.Signals.__members__]
    before = {number: signal.getsignal(number) for number in numbers}
    for number, handler in before.items():
        if number.name != "SIGHUP" or handler is not signal.SIG_IGN:
            signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)


def _settings_page(live: LiveRun, theme: Theme) -> SettingsPage:
    """The settings beside the run; what is heard changes at once, the rest with the next run, and the page says so."""
    from monitor.commands.settings_sound import PlayerSound
    from monitor.dashboard.settings_page import SettingsPage

    clips = places.clips_folder()
    player = None if isinstance(live.player, NullPlayer) else live.player
    sound = PlayerSound(SoundOptions(), clips, player)
    return SettingsPage(usual_path(), sound, theme=theme, running=True)


def _keep_watch(live: LiveRun, stop: threading.Event, seconds: float | None) -> None:
    end_s = math.inf if seconds is None else time.monotonic() + seconds
    while not stop.wait(min(0.5, max(0.0, end_s - time.monotonic()))):
        live.watch_health()
        if time.monotonic() >= end_s:
            stop.set()


def _profile(name: str | None, *, simulate: bool) -> Profile | None:
    """The profile asked for; without a name the usual one where it exists."""
    folder = places.profiles_folder()
    if name is not None:
        return store.load(folder, name)
    usual = SIMULATED_PROFILE if simulate else DEFAULT_PROFILE
    if usual in store.names(folder):
        return store.load(folder, usual)
    return None


def _source(args: argparse.Namespace, profile: Profile | None) -> tuple[tuple[SensorRequest, ...], Radio]:
    if not args.simulate:
        return wanted(args.sensor, profile), SystemRadio()
    from monitor.simulator.wearer import COLLAR_NAME, HEAD_NAME, endless_radio

    requests = (SensorRequest(Site.HEAD, name=HEAD_NAME), SensorRequest(Site.COLLAR, name=COLLAR_NAME))
    return requests, endless_radio()


def player_for(settings: Settings, *, silent: bool) -> CuePlayer:
    """The wearer's sounds; `status().sentence` says why where there are none."""
    if silent:
        return NullPlayer("Sounds are switched off.")
    return LastingPlayer(SoundOptions.of(settings, places.clips_folder()))


def _stem() -> str:
    return "run-" + places.utc_now()[:16].replace(":", "").replace("T", "-")
