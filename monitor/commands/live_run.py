"""One live run: a session with its recording, sounds, drills and screen model, and what the screens ask of it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable

from calibration.model import Profile
from monitor.coaching.watch import ASKED
from monitor.commands.form_checks import CheckListener
from monitor.commands.listeners import CueListener, ModelListener, NewsListener
from monitor.commands.live_conditions import ConditionsListener
from monitor.commands.live_drills import LiveDrills
from monitor.commands.news import News
from monitor.commands.packet_tap import PacketTap
from monitor.commands.snooze import Snooze
from monitor.commands.treadmill import SOURCE, Answer, Console
from monitor.commands.wanted import expected
from monitor.dashboard.drill_view import DrillView
from monitor.dashboard.viewmodel import LiveModel
from monitor.drills.prompts import Prompt
from monitor.errors import OutputUnavailableError
from monitor.outputs.phrases import RECORDING_STOPPED
from monitor.outputs.player import CuePlayer, NullPlayer
from monitor.posture.personal import personal
from monitor.recording.writer import RecordingWriter, WriterState
from monitor.session import Listener, Session
from monitor.settings import Settings
from monitor.sources.base import Source
from monitor.sources.ble import SensorRequest
from monitor.sources.identity_desk import IdentityDesk
from monitor.texts.speaking import say
from monitor.values import NS_PER_S, Mode


class LiveRun:
    """A session with its recording, sounds and screen model; also what the screens' keys act on.

    `console`: what is known of the treadmill; None where nothing is. `desk`: what the wearer said of unknown devices.
    `hear`: who follows the prompts of drills besides the runner.
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
        desk: IdentityDesk | None = None,
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
            ModelListener(self.model, profile, desk),
            conditions,
            NewsListener(self._news),
            CheckListener(self._news),
            CueListener(player, battery=settings.cues.battery),
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
            raise OutputUnavailableError("sound", "this run was started without sounds", "Prompts are still shown.")
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
                print(f"headsup: {say(status.sentence)}", file=sys.stderr)

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
