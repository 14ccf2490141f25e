"""A drill in the midst of a live run: led by voice and page, seen by the run's own sensors, noted in its recording.

The drill has a thread of its own, so the run waits for nothing. All it does to the run are log entries, a rest of the
cues and marks, which a replay meets again: its events are those of the run.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from calibration.model import Profile
from monitor.commands.drill_live import HEAD, POLL_S, DrillWatch, advance
from monitor.commands.drill_sounds import sounds_of_prompt
from monitor.commands.packet_tap import PacketTap
from monitor.dashboard.drill_view import DrillView, choice_name, view_of
from monitor.drills.catalogue import DRILLS, ROUTINES, Drill, DrillKind, with_seconds
from monitor.drills.look import BesideFollower
from monitor.drills.prompts import LEAD_S, Prompt, Saying
from monitor.drills.quiet import QUIET_OVER_S, quiet_for
from monitor.drills.result import DrillResult
from monitor.drills.session import DrillSession
from monitor.errors import CalibrationError, SettingsError
from monitor.outputs.phrases import CUES_BACK
from monitor.outputs.player import CuePlayer
from monitor.values import Control, PipelineOutput, Quiet, QuietReason, SensorInfo

_log = logging.getLogger(__name__)
BROKEN = "The drill had to stop. The run goes on."
STOPPED = "Stopped. What was held counts."


class Run(Protocol):
    """What a drill needs of the run; see `monitor.session.Session`."""

    @property
    def quiet_until_ns(self) -> int | None: ...

    def clock_ns(self) -> int: ...

    def mark(self, label: str) -> None: ...

    def quiet(self, seconds: float, why: QuietReason = ...) -> None: ...


class LiveDrills:
    """The drills of one run, one at a time. As a listener of the session it says when the cues are back.

    run : the session, which may be made later than this
    hear : who follows the prompts besides the runner, e.g. a SIMULATED wearer
    seconds : for another length of held drills, in tests
    """

    def __init__(
        self,
        run: Callable[[], Run],
        tap: PacketTap,
        profile: Profile | None,
        player: CuePlayer,
        *,
        hear: Callable[[Prompt], None] = lambda _: None,
        lead_s: float = LEAD_S,
        seconds: float | None = None,
    ) -> None:
        self._run, self._tap, self._player, self._hear = run, tap, player, hear
        self._profile = profile or Profile("none", "", False, ())
        self._lead_s, self._seconds = lead_s, seconds
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stop, self._skip = threading.Event(), threading.Event()
        self._view: DrillView | None = None
        self._ended = False

    # ------------------------------------------------------------------ from the screen's thread

    def start(self, choice: str) -> None:
        """Begin a drill or a routine, by its key. Raises HeadsUpError where that cannot be."""
        drills = _drills(choice)
        if self._seconds is not None:
            drills = tuple(with_seconds(d, self._seconds) for d in drills)
        beside = {s.sensor: BesideFollower(s) for s in self._profile.sites if s.sensor != HEAD}
        session = DrillSession(drills, self._profile.site(HEAD), beside, lead_s=self._lead_s)
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                raise CalibrationError("drills", "one is going on already", "Stop it first.")
            self._stop.clear()
            self._skip.clear()
            self._view = view_of(session, choice, len(drills))
            self._thread = threading.Thread(
                target=self._work, args=(session, choice, drills), name="drill", daemon=True
            )
            self._thread.start()

    @property
    def going_on(self) -> bool:
        """A drill runs."""
        view = self._view
        return view is not None and not view.over

    def view(self) -> DrillView | None:
        """What to show: the drill that runs, or what came of the last one until `put_away`."""
        return self._view

    def skip(self) -> None:
        """Leave the drill that runs, and go on with the next."""
        self._skip.set()

    def stop(self) -> None:
        """End the drill or routine. Returns at once."""
        self._stop.set()

    def put_away(self) -> None:
        """The results have been read."""
        if not self.going_on:
            self._view = None

    def close(self) -> None:
        """The run ends: end the drill, its last marks made."""
        self._stop.set()
        thread = self._thread
        if thread is not None:
            thread.join()

    # ------------------------------------------------------------------ Listener

    def sensor(self, info: SensorInfo) -> None:
        """Nothing to say."""

    def control(self, entry: Control) -> None:
        """A drill that ended brings the cues back."""
        if isinstance(entry, Quiet) and entry.why is QuietReason.DRILL and entry.seconds == QUIET_OVER_S:
            self._ended = True

    def output(self, output: PipelineOutput) -> None:  # noqa: ARG002
        """Said where no other rest goes on."""
        if self._ended:
            self._ended = False
            if self._run().quiet_until_ns is None:
                self._player.play(CUES_BACK)

    # ------------------------------------------------------------------ the drill's thread

    def _work(self, session: DrillSession, choice: str, drills: tuple[Drill, ...]) -> None:
        run = self._run()
        stopped = BROKEN
        try:
            run.quiet(quiet_for(drills), QuietReason.DRILL)
            self._tap.open()
            self._lead(session, choice, drills, run)
            stopped = self._left_early(session, run)
        except Exception:
            _log.exception("a drill failed; the run goes on")
        finally:
            self._tap.close()
            run.mark(f"drills end: {choice_name(choice).lower()}")
            run.quiet(QUIET_OVER_S, QuietReason.DRILL)
            self._view = view_of(session, choice, len(drills), stopped)

    def _lead(self, session: DrillSession, choice: str, drills: tuple[Drill, ...], run: Run) -> None:
        watch = DrillWatch(self._profile, head_ns=run.clock_ns())
        unwatched = not any(d.needs_head for d in drills)
        noted = 0
        while not session.over and not self._stop.is_set():
            for entry in self._tap.take():
                if isinstance(entry, SensorInfo):
                    watch.append_sensor(entry, 0)
                else:
                    watch.append(entry)
            now_ns = run.clock_ns()
            prompts = session.idle(now_ns) if unwatched else advance(session, watch, now_ns)
            if self._skip.is_set():
                self._skip.clear()
                prompts += session.skip()
            for prompt in prompts:
                if prompt.saying is Saying.START and prompt.kind is not None:
                    # The result of the drill before stands before the start of this one.
                    noted = self._note(session, noted, run)
                    run.mark(f"drill begins: {DRILLS[prompt.kind].name.lower()}")
                self._hear(prompt)
                if sounds := sounds_of_prompt(prompt):
                    self._player.play(sounds)
            noted = self._note(session, noted, run)
            self._view = view_of(session, choice, len(drills))
            self._stop.wait(POLL_S)

    def _left_early(self, session: DrillSession, run: Run) -> str:
        """What was held of a drill that was stopped is a result as well; '' where the routine came to its end."""
        if session.over:
            return ""
        noted = len(session.results)
        session.skip()
        self._note(session, noted, run)
        return STOPPED

    @staticmethod
    def _note(session: DrillSession, noted: int, run: Run) -> int:
        """Mark the results that are new; returns how many there are."""
        for result in session.results[noted:]:
            run.mark(result_mark(result))
        return len(session.results)


def result_mark(result: DrillResult) -> str:
    """'drill result: head hang, 60 of 60 s at 46 degrees'."""
    return f"drill result: {result.drill.name.lower()}, {result.in_words}"


def _drills(choice: str) -> tuple[Drill, ...]:
    if choice in ROUTINES:
        return ROUTINES[choice]
    if choice in set(DrillKind):
        return (DRILLS[DrillKind(choice)],)
    raise SettingsError("drill", f"'{choice[:40]}' is no drill")
