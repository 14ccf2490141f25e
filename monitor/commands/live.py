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
from monitor.coaching.watch import ASKED
from monitor.commands import places
from monitor.commands.companions import asked_for, beside
from monitor.commands.fading_runs import ProgrammeRun, runs_file
from monitor.commands.form_checks import CheckListener
from monitor.commands.listeners import CueListener, EventLog, ModelListener, NewsListener
from monitor.commands.live_conditions import ConditionsListener
from monitor.commands.live_drills import LiveDrills
from monitor.commands.news import News
from monitor.commands.packet_tap import PacketTap
from monitor.commands.snooze import Snooze
from monitor.commands.treadmill import SOURCE, Answer, Console, typed
from monitor.commands.unfinished import unfinished_line
from monitor.commands.wanted import expected, wanted
from monitor.dashboard.drill_view import DrillView
from monitor.dashboard.terminal import run_terminal
from monitor.dashboard.viewmodel import LiveModel
from monitor.drills.prompts import Prompt
from monitor.errors import OutputUnavailableError, RecordingError, SettingsError
from monitor.outputs.audio import SoundOptions
from monitor.outputs.lasting import LastingPlayer
from monitor.outputs.phrases import RECORDING_STOPPED
from monitor.outputs.player import CuePlayer, NullPlayer
from monitor.posture.personal import personal
from monitor.recording.writer import RecordingWriter, WriterState
from monitor.session import Listener, Session
from monitor.settings import Settings
from monitor.settings_file import usual_path
from monitor.sources.base import Source
from monitor.sources.ble import BleSource, SensorRequest
from monitor.sources.radio import Radio, SystemRadio
from monitor.values import NS_PER_S, Mode, RunInfo, Site

if TYPE_CHECKING:
    from monitor.dashboard.settings_page import SettingsPage
    from monitor.dashboard.theme import Theme

DEFAULT_PROFILE = "me"
SIMULATED_PROFILE = "simulated"


def run(args: argparse.Namespace) -> int:
    """Run until stopped; exit code 0, or 130 after Ctrl-C."""
    if args.seconds is not None and not 1 <= args.seconds <= 86_400:
        raise SettingsError("--seconds", "must lie between 1 and 86400")
    treadmill = typed(args.speed, args.incline)
    settings = places.settings()
    if args.mode:
        settings = settings.replaced(mode=Mode(args.mode))
    profile = _profile(args.profile, simulate=args.simulate)
    requests, radio = _source(args, profile)
    if profile is None:
        hint = "headsup calibrate --simulate --profile simulated" if args.simulate else "headsup calibrate"
        print(f"Not calibrated yet: cadence and links are shown, posture is not. First run: {hint}", file=sys.stderr)
    else:
        for finding in validity(profile, places.utc_now(), ()):
            print(finding.text, file=sys.stderr)
    programme = ProgrammeRun(settings, profile, runs_file(), simulate=args.simulate)
    settings = programme.settings
    for notice in programme.notices:
        print(notice, file=sys.stderr)
    if line := unfinished_line(places.runs_folder()):
        print(line, file=sys.stderr)
    console = Console(treadmill, feet=settings.feet)
    companions = asked_for(args, settings.devices)
    source = beside(BleSource(requests, radio), companions, simulate=args.simulate, completed=console.completed)
    writer = _writer(args.record, settings, profile, simulate=args.simulate)
    path = writer.path
    player = player_for(settings, silent=args.silent)
    log = EventLog()
    live = LiveRun(
        source,
        settings,
        profile,
        writer,
        player,
        requests,
        simulate=args.simulate,
        listeners=(log, programme),
        console=console,
    )
    if treadmill is not None:
        live.session.ground(treadmill.speed_m_s, treadmill.grade, SOURCE)
    lines = sys.stderr if args.json else sys.stdout
    code = _watch(live, window=not args.no_gui, seconds=args.seconds, lines=lines)
    if why := programme.finish():
        print(f"headsup: {why}", file=sys.stderr)
    if args.json:
        print(json.dumps({"recording": str(path), "events": [event.as_json() for event in log.events]}, indent=1))
        return code
    print(f"Recorded in {path}")
    print(f"Look at it with: headsup review {path}")
    return code


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


class LiveRun:
    """A session with its recording, sounds and screen model; also what the screens' keys act on.

    `console`: what is known of the treadmill; None where nothing is. `hear`: who follows the prompts of drills besides
    the runner.
    """

    def __init__(
        self,
        source: Source,
        settings: Settings,
        profile: Profile | None,
        writer: RecordingWriter,
        player: CuePlayer,
        requests: tuple[SensorRequest, ...],
        *,
        simulate: bool,
        listeners: tuple[Listener, ...] = (),
        console: Console | None = None,
        hear: Callable[[Prompt], None] = lambda _: None,
    ) -> None:
        self._console = console or Console(None, feet=settings.feet)
        self._snooze = Snooze()
        self._news = News()
        self._writer = writer
        self.settings = settings
        self.player = player
        self._told_recording_stopped = False
        self._ended = threading.Lock()
        self._over = False
        calibrated = {s.sensor: s.sees for s in profile.sites if s.head or s.shoulders} if profile else {}
        self.model = LiveModel(
            personal(settings, profile), expected(requests, simulated=simulate), calibrated, simulate, self._clock_ns
        )
        tap = PacketTap(writer)
        self.drills = LiveDrills(lambda: self.session, tap, profile, player, hear=hear)
        conditions = ConditionsListener(self.model, player, lambda: self.session.quiet_until_ns)
        followers: list[Listener] = [
            ModelListener(self.model, profile),
            conditions,
            NewsListener(self._news),
            CheckListener(self._news),
            CueListener(player),
            self.drills,
            *listeners,
        ]
        self.session = Session(source, settings, profile, tap, followers)
        self._silent = isinstance(player, NullPlayer)
        if self._silent:
            self._news.add("sound", player.status().sentence)

    def _clock_ns(self) -> int:
        return self.session.clock_ns()

    def start(self) -> None:
        """Begin streaming."""
        self.session.start()

    def mark(self, label: str) -> None:
        """LiveActions: the runner marks this moment."""
        self.session.mark(label)

    def set_mode(self, mode: Mode) -> None:
        """LiveActions: the ground changed."""
        self.session.set_mode(mode)

    def rezero(self) -> None:
        """LiveActions: the last seconds were far gaze."""
        self.session.rezero()

    def mute(self, muted: bool) -> None:
        """LiveActions: cues off or on."""
        if self._silent:
            raise OutputUnavailableError("sound", "this run was started without", "Prompts are still shown")
        self.player.set_muted(muted)

    def snooze(self) -> str:
        """LiveActions: cues rest for longer and longer, or come back."""
        step = self._snooze.press(self._clock_ns() / NS_PER_S)
        self.session.quiet(step.seconds)
        return step.words

    def form_check(self) -> str:
        """LiveActions: the runner asks for a form check."""
        if self.drills.going_on:
            return "A drill goes on: ask again when you run"
        self.session.mark(ASKED)
        return "Form check: one moment"

    def start_drill(self, choice: str) -> None:
        """LiveActions: the runner chose a drill."""
        self.drills.start(choice)

    def skip_drill(self) -> None:
        """LiveActions: on to the next drill."""
        self.drills.skip()

    def stop_drill(self) -> None:
        """LiveActions: no more drills."""
        self.drills.stop()

    def put_drill_away(self) -> None:
        """LiveActions: the results have been read."""
        self.drills.put_away()

    def drill(self) -> DrillView | None:
        """LiveActions: what to show of a drill."""
        return self.drills.view()

    def faster(self, steps: int) -> str:
        """LiveActions: the treadmill's speed was changed."""
        return self._carry_out(self._console.faster(steps))

    def steeper(self, steps: int) -> str:
        """LiveActions: the treadmill's incline was changed."""
        return self._carry_out(self._console.steeper(steps))

    def _carry_out(self, answer: Answer) -> str:
        if answer.ground is not None:
            self.session.ground(*answer.ground, SOURCE)
        return answer.words

    def stop(self) -> None:
        """End the run: no more data, the recording closed, the sound card released. May be called twice."""
        with self._ended:
            if self._over:
                return
            self._over = True
            self.drills.close()
            self.session.stop()
            status = self._writer.close()
            self.player.close()
            if status.sentence:
                print(f"headsup: {status.sentence}", file=sys.stderr)

    def watch_health(self) -> None:
        """Tell the screen when the recording or the run itself is in trouble."""
        if self.session.failure is not None:
            self.model.fail(f"the run cannot go on: {self.session.failure}")
        recording, sound = self._writer.status(), self.player.status()
        if recording.state is WriterState.FAILED and not self._told_recording_stopped:
            self._told_recording_stopped = True
            self.player.play(RECORDING_STOPPED)
        # A run without sounds was told so at its start; a fault stands until it is mended.
        silence = "" if sound.working or self._silent else sound.sentence
        self.model.notice(recording.sentence or self._news.current(self._clock_ns() / NS_PER_S) or silence)


def _watch(live: LiveRun, *, window: bool, seconds: float | None, lines: TextIO) -> int:
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
                        stop_event=stop,
                    )
                except OutputUnavailableError as error:
                    print(f"headsup: {error} Going on in the terminal; Ctrl-C ends the run.", file=sys.stderr)
            with _ended_by(("SIGINT",), stop, interrupted):
                run_terminal(live.model, stop, stream=lines, actions=live)
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
    """The settings beside the run; of what is changed there only the loudness acts at once, and the page says so."""
    from monitor.commands.settings_sound import PlayerSound
    from monitor.dashboard.settings_page import SettingsPage

    clips = places.clips_folder()
    player = None if isinstance(live.player, NullPlayer) else live.player
    sound = PlayerSound(SoundOptions(own_clips=clips if clips.is_dir() else None), clips, player)
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
    own = places.clips_folder()
    return LastingPlayer(
        SoundOptions(
            volume=settings.volume,
            device=settings.sound_device or None,
            speech=settings.speech,
            feet=settings.feet,
            own_clips=own if own.is_dir() else None,
        )
    )


def _stem() -> str:
    return "run-" + places.utc_now()[:16].replace(":", "").replace("T", "-")
