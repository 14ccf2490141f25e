"""The guided protocol, first form: what the wearer is asked to do, in which order, for how long. Pure data.

The sensor first settles while the wearer stands; then each pose has a moment to move and a time to hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

SETTLE_S = 6.0
"""Standing quite still first lets the filter learn the gyroscope's bias."""


class PoseKind(Enum):
    """What a step teaches."""

    SETTLE = "settle"
    NEUTRAL = "neutral"
    LOOK = "look"
    RELAX = "relax"
    SHRUG = "shrug"


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction. `clip` names the spoken clip (see `monitor.outputs.phrases.Clip`), '' for none."""

    kind: PoseKind
    say: str
    move_s: float
    """Time to get into the pose."""
    hold_s: float
    """Time the pose is held."""
    clip: str = ""


@dataclass(frozen=True, slots=True)
class TimedStep:
    """A step on the protocol's own clock: asked for at `asked_s`, held from `start_s` to `end_s`."""

    step: Step
    asked_s: float
    start_s: float
    end_s: float


GUIDED: tuple[Step, ...] = (
    Step(PoseKind.SETTLE, "Stand tall and look far ahead.", 0.0, SETTLE_S, "stand_tall"),
    Step(PoseKind.NEUTRAL, "Keep looking far ahead, shoulders loose.", 0.0, 4.5),
    Step(PoseKind.LOOK, "Now look down at your feet.", 2.0, 4.5, "look_feet"),
    Step(PoseKind.RELAX, "Relax.", 0.5, 1.5, "relax"),
    Step(PoseKind.SHRUG, "Lift your shoulders to your ears.", 2.0, 4.0, "lift_shoulders"),
    Step(PoseKind.RELAX, "Done. Off you go.", 0.0, 0.5, "done"),
)
"""Both sensors in one go; a head sensor alone simply feels nothing of the shrug."""


def timeline(steps: Sequence[Step]) -> tuple[TimedStep, ...]:
    """The steps one after the other, starting at 0 s."""
    out = []
    now = 0.0
    for step in steps:
        start = now + step.move_s
        out.append(TimedStep(step, now, start, start + step.hold_s))
        now = start + step.hold_s
    return tuple(out)
