"""A guided calibration as a page shows it: the guide's instructions and the sensors' looks, as one `Led`. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from calibration.guide import LATE_S, Guide, Instruction, Saying
from calibration.held import Seen
from calibration.protocol import PoseKind, Step, at
from monitor.dashboard.setup.facts import Led
from monitor.dashboard.setup.steadiness import RecentLooks
from monitor.values import Site


class Leading:
    """Call `step` several times a second; `led` is what to show. `guide` may be steered between two calls."""

    def __init__(
        self, steps: Sequence[Step], sites: Mapping[str, Site], start_s: float = 0.0, *, late_s: float = LATE_S
    ) -> None:
        self.guide = Guide(steps, sites, start_s, late_s=late_s)
        self._steps = tuple(steps)
        self._seconds = [at(s, 0.0).end_s for s in steps]
        self._recent = RecentLooks()
        self._say, self._reason, self._remedy = steps[0].say, "", ""
        self._left_out = False

    def step(self, now_s: float, seen: Sequence[Seen]) -> list[Instruction]:
        """Advance; returns the new instructions, e.g. to be spoken."""
        self._recent.push(seen)
        instructions = self.guide.step(now_s, seen)
        for instruction in instructions:
            self._hear(instruction)
        return instructions

    def skip(self, now_s: float) -> None:
        """Leave the present step out, where that may be."""
        for instruction in self.guide.skip(now_s):
            self._hear(instruction)

    def again(self, now_s: float) -> None:
        """The present step anew."""
        self._reason = self._remedy = ""
        self.guide.again(now_s)

    def _hear(self, instruction: Instruction) -> None:
        say = instruction.timed.step.say
        match instruction.saying:
            case Saying.ASK:
                self._say = say
                if not self._left_out:  # what was left out is still to be read while the next is asked for
                    self._reason = self._remedy = ""
                self._left_out = False
            case Saying.AGAIN:
                why = instruction.text.removesuffix(say).strip()
                reason, _, remedy = why.partition(". ")
                self._say, self._reason, self._remedy = say, f"{reason.rstrip('.')}.", remedy
            case Saying.LEFT_OUT:
                self._reason, self._remedy, self._left_out = instruction.text, "", True

    def led(self, now_s: float) -> Led:
        """The present step as it stands."""
        timed, number = self.guide.timed, self.guide.number
        holding = now_s >= timed.start_s
        ends_s = timed.end_s if holding else timed.start_s
        done_s = sum(self._seconds[:number])
        if number < len(self._steps):
            done_s += min(max(0.0, now_s - timed.asked_s), self._seconds[number])
        running = timed.step.kind is PoseKind.RUN
        return Led(
            say=self._say,
            kind=timed.step.kind,
            pose=timed.step.pose,
            number=min(number + 1, len(self._steps)),
            steps=len(self._steps),
            holding=holding,
            left_s=max(0.0, ends_s - now_s),
            hold_s=timed.step.hold_s,
            part=min(1.0, done_s / sum(self._seconds)),
            steadiness=math.nan if running else self._recent.steadiness(),
            cadence_spm=self._recent.cadence_spm() if running else math.nan,
            reason=self._reason,
            remedy=self._remedy,
            can_skip=self.guide.can_skip,
        )
