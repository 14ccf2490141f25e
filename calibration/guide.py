"""The guided calibration as a pure state machine: time and observations in, instructions out. No clock, no thread.

Each step is asked for, given a moment to move, held, and judged. A pose that was not held well is refused with the
reason and the remedy and asked for again, by itself, up to three times; then a pose that the calibration can do without
is left out, and one that it cannot do without ends it.

In the good case the next step is dated from the end of the one before, not from when the last sample of it arrived, so
that a sensor which sends in lumps does not stretch the protocol.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from calibration.held import Judge, Seen
from calibration.model import Vector
from calibration.protocol import PoseKind, Step, TimedStep, at
from calibration.swapped import held_up, swapped
from monitor.errors import CalibrationError
from monitor.values import Site

AGAIN = 3
"""How many times a refused pose is asked for again."""
EXPLAIN_S = 3.0
"""Time to hear why a pose is asked for again."""
PATIENCE_S = 5.0
"""A sensor that has not sent the end of a pose by then is judged on what there is."""
LATE_S = 1.0
"""The next step is dated back by this at most."""
COUNTS_S = (20, 10, 3, 2, 1)
"""Seconds left of a hold that are called out."""


class Saying(Enum):
    """What an instruction is."""

    ASK = "ask"
    AGAIN = "again"
    """The pose was refused: why, what to do, and the request once more."""
    COUNT = "count"
    """Seconds left; worth saying, not worth writing down."""
    LEFT_OUT = "left out"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Instruction:
    """Something to tell the wearer. `timed` is the step it belongs to; `clip` names a spoken clip, '' for none."""

    saying: Saying
    text: str
    timed: TimedStep
    clip: str = ""


class Guide:
    """Leads through the steps. Call `step` several times a second with the time and what was seen since.

    sites : which sensor (run key) is worn where
    start_s : when the first step is asked for
    late_s  : how far a step may be dated back when this is called late; infinite for a wearer who keeps to the clock
    """

    def __init__(
        self, steps: Sequence[Step], sites: Mapping[str, Site], start_s: float = 0.0, *, late_s: float = LATE_S
    ) -> None:
        if not steps or not sites:
            raise ValueError("a guide needs steps and sensors")
        self._steps = tuple(steps)
        self._sites = dict(sites)
        self._late_s = late_s
        self._judge = Judge(sites)
        self._number = 0
        self._tries = 0
        self._timed = at(self._steps[0], start_s)
        self._asked = False
        self._counted = float("inf")
        self._seen: list[Seen] = []
        self._left_out: list[str] = []
        self._neutral: dict[str, Vector] = {}
        self._over = False
        self.failure: CalibrationError | None = None
        """Why the guide ended without a calibration."""

    @property
    def over(self) -> bool:
        """Nothing more will be asked."""
        return self._over

    @property
    def held(self) -> tuple[TimedStep, ...]:
        """The poses that were accepted, and when they were held."""
        return self._judge.held

    @property
    def left_out(self) -> tuple[str, ...]:
        """What was given up, in sentences."""
        return tuple(self._left_out)

    @property
    def timed(self) -> TimedStep:
        """The step that is asked for or held now; after the end the last one."""
        return self._timed

    @property
    def number(self) -> int:
        """How many steps are behind."""
        return self._number

    @property
    def can_skip(self) -> bool:
        """There is a calibration without the present step."""
        return not self._over and not self._needed(self._timed.step)

    def again(self, now_s: float) -> None:
        """Ask for the present step anew from now on. It is no refusal: it costs none of the wearer's tries."""
        if not self._over:
            self._timed = at(self._timed.step, now_s)
            self._begin()

    def skip(self, now_s: float) -> list[Instruction]:
        """Leave the present step out where that may be, and go on with the next from now on."""
        if not self.can_skip:
            return []
        step = self._timed.step
        if step.pose:
            self._left_out.append(f"{step.pose}: left out (you skipped it).")
        self._timed = replace(self._timed, end_s=now_s)
        return self._next(now_s)

    def step(self, now_s: float, seen: Sequence[Seen] = ()) -> list[Instruction]:
        """What to tell the wearer now. `seen` holds the looks since the last call, of any sensor, oldest first."""
        out: list[Instruction] = []
        if self._over:
            return out
        self._seen += [s for s in seen if s.sensor in self._sites and s.t_s >= self._timed.asked_s]
        while not self._over:
            timed = self._timed
            if not self._asked:
                if now_s < timed.asked_s:
                    break
                self._asked = True
                out.append(Instruction(Saying.ASK, timed.step.say, timed, timed.step.clip))
            if now_s < timed.end_s:
                out += self._count(now_s)
                break
            if timed.step.kind is not PoseKind.RELAX and not self._complete() and now_s < timed.end_s + PATIENCE_S:
                break
            out += self._finish(now_s)
        return out

    def _count(self, now_s: float) -> list[Instruction]:
        """The seconds left, each said once; never for a step that is not held for long."""
        timed = self._timed
        left = timed.end_s - now_s
        if timed.step.kind is PoseKind.RELAX or now_s < timed.start_s:
            return []
        due = [c for c in COUNTS_S if left <= c < min(self._counted, timed.step.hold_s)]
        if not due:
            return []
        self._counted = min(due)
        return [Instruction(Saying.COUNT, f"{self._counted:.0f}", timed)]

    def _complete(self) -> bool:
        """Every sensor has sent beyond the end of the hold."""
        return self._sites.keys() <= {s.sensor for s in self._seen if s.t_s >= self._timed.end_s}

    def _finish(self, now_s: float) -> list[Instruction]:
        """The held step is judged."""
        timed = self._timed
        try:
            self._judge.judge(timed, self._seen)
        except CalibrationError as refusal:
            error = self._understood(refusal)
            if self._tries < AGAIN:
                return self._again(error, now_s)
            if self._needed(timed.step):
                self._over = True
                self.failure = error
                return [Instruction(Saying.FAILED, str(error), timed)]
            words = f"{timed.step.pose}: left out ({error.reason})."
            self._left_out.append(words)
            return [Instruction(Saying.LEFT_OUT, f"Leaving that out: {error.reason}.", timed), *self._next(now_s)]
        if timed.step.pose == "neutral":
            self._neutral = held_up(timed, self._seen)
        return self._next(now_s)

    def _understood(self, error: CalibrationError) -> CalibrationError:
        """A look down that only another sensor saw is no fault of the wearer's neck."""
        timed = self._timed
        if timed.step.kind is PoseKind.LOOK and swapped(self._sites, self._neutral, held_up(timed, self._seen)):
            return CalibrationError(
                error.pose,
                "another sensor turned, not the one for the head",
                "Are they swapped? Put each where you said.",
            )
        return error

    def _again(self, error: CalibrationError, now_s: float) -> list[Instruction]:
        step = self._timed.step
        self._tries += 1
        # It is asked for at once, but there must be time to hear why.
        start_s = now_s + EXPLAIN_S + step.move_s
        self._timed = TimedStep(step, now_s, start_s, start_s + step.hold_s)
        self._begin()
        self._asked = True
        reason = error.reason[:1].upper() + error.reason[1:]
        return [Instruction(Saying.AGAIN, f"{reason}. {error.remedy} {step.say}", self._timed, step.clip)]

    def _next(self, now_s: float) -> list[Instruction]:
        before = self._timed
        self._number += 1
        self._tries = 0
        if self._number == len(self._steps):
            self._over = True
            return [Instruction(Saying.DONE, "", before)]
        self._timed = at(self._steps[self._number], max(before.end_s, now_s - self._late_s))
        self._begin()
        return []

    def _begin(self) -> None:
        self._seen = [s for s in self._seen if s.t_s >= self._timed.asked_s]
        self._asked = False
        self._counted = float("inf")

    def _needed(self, step: Step) -> bool:
        """Whether there is no calibration without this step: the neutral, and the last chance of a look down."""
        if step.kind is PoseKind.SETTLE or step.pose == "neutral":
            return True
        others = [t for t in self.held if t.step.kind is PoseKind.LOOK]
        later = [s for s in self._steps[self._number + 1 :] if s.kind is PoseKind.LOOK]
        return step.kind is PoseKind.LOOK and Site.HEAD in self._sites.values() and not others and not later
