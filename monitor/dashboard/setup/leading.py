"""A guided calibration as a page shows it: the guide's instructions and the sensors' looks, as one `Led`. Pure."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence

from calibration.guide import Instruction, Saying
from calibration.held import Seen
from calibration.poses import STEADY_DEG
from calibration.protocol import PoseKind, Step, at
from monitor.dashboard.setup.facts import STEADY, Led
from monitor.dashboard.setup.steered import SteeredGuide
from monitor.values import Activity, Site

RECENT_S = 0.6
"""So long do looks count for the steadiness that is shown."""
STILL_DEG = 0.3
"""A standing person's sway: nobody is stiller."""


def steadiness(spread_deg: float) -> float:
    """0..1 of a spread: 1 = quite still, `STEADY` where a pose is just about accepted, 0 far beyond. NaN stays NaN."""
    if math.isnan(spread_deg):
        return math.nan
    if spread_deg <= STEADY_DEG:
        return 1.0 - (1.0 - STEADY) * max(0.0, spread_deg - STILL_DEG) / (STEADY_DEG - STILL_DEG)
    return STEADY * max(0.0, 1.0 - (spread_deg - STEADY_DEG) / (2 * STEADY_DEG))


class Leading:
    """Call `step` several times a second; `led` is what to show. `guide` may be steered between two calls."""

    def __init__(
        self, steps: Sequence[Step], sites: Mapping[str, Site], start_s: float = 0.0, *, late_s: float | None = None
    ) -> None:
        if late_s is None:
            self.guide = SteeredGuide(steps, sites, start_s)
        else:
            self.guide = SteeredGuide(steps, sites, start_s, late_s=late_s)
        self._steps = tuple(steps)
        self._seconds = [at(s, 0.0).end_s for s in steps]
        self._recent: deque[Seen] = deque()
        self._say, self._reason, self._remedy = steps[0].say, "", ""
        self._left_out = False

    def step(self, now_s: float, seen: Sequence[Seen]) -> list[Instruction]:
        """Advance; returns the new instructions, e.g. to be spoken."""
        self._recent.extend(seen)
        while self._recent and self._recent[0].t_s < self._recent[-1].t_s - RECENT_S:
            self._recent.popleft()
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
        paces = [s.cadence_spm for s in self._recent if s.activity is Activity.RUN and math.isfinite(s.cadence_spm)]
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
            steadiness=math.nan if running else steadiness(self._spread_deg()),
            cadence_spm=paces[-1] if paces and running else math.nan,
            reason=self._reason,
            remedy=self._remedy,
            can_skip=self.guide.can_skip,
        )

    def _spread_deg(self) -> float:
        """Of the least steady sensor, in the last moments; NaN where nothing was seen."""
        by_sensor: dict[str, list[float]] = {}
        for seen in self._recent:
            by_sensor.setdefault(seen.sensor, []).append(seen.spread_deg**2)
        return max((math.sqrt(sum(squares) / len(squares)) for squares in by_sensor.values()), default=math.nan)
