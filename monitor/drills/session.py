"""A routine from its first look far ahead to its last drill, as a pure state machine: posture in, prompts out.

The session lives on the time of the looks. Data of the head sensor drive it; where none come, `idle` lets time pass
unseen, so that patience ends and timers run. Any split of the same slots into blocks gives the same prompts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from calibration.model import SiteCalibration
from calibration.sees import CLAIM_D
from monitor.drills.catalogue import Drill
from monitor.drills.look import BesideFollower, Look, LookFollower, together, unseen
from monitor.drills.machines import machine_for
from monitor.drills.progress import DrillMachine, DrillProgress
from monitor.drills.prompts import GIVE_UP_S, HINT_EVERY_S, LEAD_S, Prompt, Prompter, Saying
from monitor.drills.result import DrillResult, Outcome
from monitor.drills.tilt import HeadAxes, Tilt
from monitor.drills.upright import Upright, UprightFinder
from monitor.drills.words import HINTS, OVER, STAND, Hint, kept_neutral, seated_elsewhere, why_unseen
from monitor.errors import CalibrationError
from monitor.posture.channel import PostureBlock
from monitor.values import NS_PER_S

IDLE_NS = NS_PER_S // 25
NO_TILT = Tilt(float("nan"), float("nan"), float("nan"))


class DrillSession:
    """Leads through drills, one after the other.

    drills : at least one
    site   : the head sensor's calibration; None where no drill needs it
    beside : who follows the other sensors, by their key; empty where there are none
    lead_s : time to hear a drill's announcement before anything counts

    Raises CalibrationError where a drill needs a head calibration and there is none that sees a lowered head.
    """

    def __init__(
        self,
        drills: Sequence[Drill],
        site: SiteCalibration | None,
        beside: Mapping[str, BesideFollower] | None = None,
        *,
        lead_s: float = LEAD_S,
    ) -> None:
        if not drills:
            raise ValueError("a session needs at least one drill")
        self._finder: UprightFinder | None = None
        if any(d.needs_head for d in drills):
            if site is None or site.head is None:
                raise CalibrationError(
                    "drills", "the head sensor is not calibrated", "Run headsup calibrate: it takes half a minute."
                )
            if site.head.separation_d < CLAIM_D:
                raise CalibrationError(
                    "drills", "this sensor cannot see a lowered head", "Wear it on the head and run headsup calibrate."
                )
            self._finder = UprightFinder(site)
        self._drills = tuple(drills)
        self._beside = dict(beside or {})
        self._lead_ns = round(lead_s * NS_PER_S)
        self._follower = LookFollower()
        self._axes: HeadAxes | None = None
        self._now_ns: int | None = None
        self._seen_ns = 0
        self._hinted_ns = 0
        self._machine: DrillMachine | None = None
        self._prompter: Prompter | None = None
        self._begin_ns = 0
        self._results: list[DrillResult] = []
        self._over = False
        self.failure: CalibrationError | None = None
        """Why the routine ended before its first drill."""

    # ------------------------------------------------------------------ what is known

    @property
    def over(self) -> bool:
        """Nothing more will be said."""
        return self._over

    @property
    def drill(self) -> Drill | None:
        """The drill that runs; None before the first and after the last."""
        return None if self._machine is None else self._drills[len(self._results)]

    @property
    def progress(self) -> DrillProgress | None:
        """How far the running drill is."""
        return self._machine.progress if self._machine else None

    @property
    def results(self) -> tuple[DrillResult, ...]:
        """The drills that ended."""
        return tuple(self._results)

    # ------------------------------------------------------------------ what happens

    def push(self, block: PostureBlock) -> list[Prompt]:
        """The head sensor's next slots."""
        out: list[Prompt] = []
        for look in self._follower.push(block):
            if self._beside:
                look = replace(look, beside=together(f.at(look.t_ns) for f in self._beside.values()))
            out += self._step(look)
        return out

    def push_beside(self, sensor: str, block: PostureBlock) -> None:
        """Another sensor's next slots, pushed in order of arrival with the head's; unknown ones are ignored."""
        if sensor in self._beside:
            self._beside[sensor].push(block)

    def idle(self, until_ns: int) -> list[Prompt]:
        """Nothing has come until now (run clock). What still comes of that time counts no more."""
        out: list[Prompt] = []
        if self._now_ns is None:
            out += self._step(unseen(until_ns, 0))
        while not self._over and self._now_ns is not None and self._now_ns + IDLE_NS <= until_ns:
            out += self._step(unseen(self._now_ns + IDLE_NS, IDLE_NS))
        return out

    def skip(self) -> list[Prompt]:
        """The person leaves the running drill."""
        drill = self.drill
        if drill is None or self._now_ns is None:
            return []
        said = Prompt(self._now_ns, Saying.SKIPPED, f"{drill.name}: skipped.", drill.kind)
        return [said, *self._end(Outcome.SKIPPED)]

    # ------------------------------------------------------------------ inside

    def _step(self, look: Look) -> list[Prompt]:
        if self._over or (self._now_ns is not None and look.t_ns <= self._now_ns):
            return []
        first = self._now_ns is None
        self._now_ns = look.t_ns
        if first:
            self._seen_ns = self._hinted_ns = look.t_ns
            return [Prompt(look.t_ns, Saying.STAND, STAND)] if self._finder else self._start()
        if self._machine is None:
            return self._stand(look)
        if look.t_ns < self._begin_ns or self._prompter is None:
            return []
        tilt = self._axes.tilt(look.up) if self._axes else NO_TILT
        self._machine.step(look, tilt)
        progress = self._machine.progress
        out = self._prompter.step(look.t_ns, progress)
        if progress.done:
            out += self._end(Outcome.DONE)
        elif self._prompter.given_up:
            out += self._end(Outcome.MOVED_ON)
        return out

    def _stand(self, look: Look) -> list[Prompt]:
        """Before the first drill: find today's upright."""
        finder = self._finder
        if finder is None:
            return []
        finder.step(look)
        if look.trusted:
            self._seen_ns = look.t_ns
        elif look.t_ns - self._seen_ns >= GIVE_UP_S * NS_PER_S:
            return self._fail(look.t_ns, "the head sensor is not seen", "Switch it on and bring it near.")
        if finder.found is Upright.LOOKING:
            if look.t_ns - self._hinted_ns < HINT_EVERY_S * NS_PER_S:
                return []
            self._hinted_ns = look.t_ns
            hint = Hint.LOOK_AHEAD if look.trusted else why_unseen(look.reason)
            return [Prompt(look.t_ns, Saying.HINT, HINTS[hint])]
        if finder.found is Upright.ELSEWHERE or finder.site.head is None:
            remedy = "Put it on as before, or run headsup calibrate."
            return self._fail(look.t_ns, seated_elsewhere(finder.off_deg), remedy)
        self._axes = HeadAxes.of(finder.site.head)
        kept = finder.found is Upright.KEPT
        note = [Prompt(look.t_ns, Saying.NOTE, kept_neutral(finder.off_deg))] if kept else []
        return [*note, *self._start()]

    def _fail(self, t_ns: int, reason: str, remedy: str) -> list[Prompt]:
        self._over = True
        self.failure = CalibrationError("drills", reason, remedy)
        return [Prompt(t_ns, Saying.FAILED, f"{reason[:1].upper()}{reason[1:]}. {remedy}")]

    def _start(self) -> list[Prompt]:
        """Announce the next drill, or the end."""
        now_ns = self._now_ns or 0
        if len(self._results) == len(self._drills):
            self._over = True
            self._machine = self._prompter = None
            return [Prompt(now_ns, Saying.OVER, OVER)]
        drill = self._drills[len(self._results)]
        self._machine = machine_for(drill)
        self._begin_ns = now_ns + self._lead_ns
        self._prompter = Prompter(drill, self._begin_ns)
        return [Prompt(now_ns, Saying.START, drill.say, drill.kind)]

    def _end(self, outcome: Outcome) -> list[Prompt]:
        if self._machine is None:
            return []
        self._results.append(DrillResult(self._drills[len(self._results)], outcome, self._machine.progress))
        return self._start()
