"""The guided protocol: what the wearer is asked to do, in which order, for how long. Pure data.

The sensor first settles while the wearer stands; then each pose has a moment to move and a time to hold. How a held
pose is judged, and asked for again, is `calibration.guide`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

SETTLE_S = 6.0
"""Standing quite still first lets the filter learn the gyroscope's bias."""
HOLD_S = 4.5
RUN_S = 30.0


HEAR_S = 1.5
"""How long a sentence takes to be said, beyond what the wearer needs to move."""


class PoseKind(Enum):
    """What a step teaches."""

    SETTLE = "settle"
    NEUTRAL = "neutral"
    LOOK = "look"
    RELAX = "relax"
    SHRUG = "shrug"
    LEAN = "lean"
    RUN = "run"


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction. `clip` names the spoken clip (see `monitor.outputs.phrases.Clip`), '' for none.

    `pose` names what is held: 'neutral', '4ft', '7ft', 'feet', 'shrug', 'lean', 'neutral again', 'run'; '' where
    nothing is kept.
    """

    kind: PoseKind
    say: str
    move_s: float
    """Time to get into the pose."""
    hold_s: float
    """Time the pose is held."""
    clip: str = ""
    pose: str = ""


@dataclass(frozen=True, slots=True)
class TimedStep:
    """A step on the protocol's own clock: asked for at `asked_s`, held from `start_s` to `end_s`."""

    step: Step
    asked_s: float
    start_s: float
    end_s: float


SETTLE = Step(PoseKind.SETTLE, "Stand tall and look far ahead.", 0.0, SETTLE_S, "stand_tall")
NEUTRAL = Step(PoseKind.NEUTRAL, "Keep looking far ahead, shoulders loose.", 0.0, HOLD_S, "keep_looking", "neutral")
MARK_4FT = Step(PoseKind.LOOK, "Now look at the floor four feet ahead.", 2.5, HOLD_S, "look_4ft", "4ft")
MARK_7FT = Step(PoseKind.LOOK, "Now look at the floor seven feet ahead.", 2.5, HOLD_S, "look_7ft", "7ft")
NEUTRAL_AGAIN = Step(PoseKind.NEUTRAL, "Stand tall and look far ahead.", 2.5, HOLD_S, "stand_tall", "neutral again")
"""Shows whether the sensor has slipped since."""
FEET = Step(PoseKind.LOOK, "Now look down at your feet.", 2.0, HOLD_S, "look_feet", "feet")
RELAX = Step(PoseKind.RELAX, "Relax.", 0.5, 1.5, "relax")
SHRUG = Step(PoseKind.SHRUG, "Lift your shoulders to your ears.", 2.0, 4.0, "lift_shoulders", "shrug")
SHAKE_OUT = Step(PoseKind.RELAX, "Drop them, and shake your arms out.", 0.5, 3.5, "shake_out")
LEAN = Step(
    PoseKind.LEAN,
    "Lean forward a little from the hips. Keep your shoulders relaxed.",
    3.0,
    HOLD_S,
    "lean",
    "lean",
)
RUN = Step(
    PoseKind.RUN,
    "Stand up and run easily, looking far ahead, for half a minute.",
    7.0,
    RUN_S,
    "run_easily",
    "run",
)
DONE = Step(PoseKind.RELAX, "Done. Off you go.", 0.0, 0.5, "done")

AGAIN_CLIP = "once_more"
"""The lead-in to a pose that was refused, spoken before the step's own clip."""

GUIDED: tuple[Step, ...] = (SETTLE, NEUTRAL, FEET, RELAX, SHRUG, DONE)
"""The quick protocol for both sensors; a head sensor alone simply feels nothing of the shrug."""


def quick(*, shoulders: bool) -> tuple[Step, ...]:
    """Neutral and look down; a shrug where a sensor may feel it. About 20 s."""
    return GUIDED if shoulders else (SETTLE, NEUTRAL, FEET, DONE)


def full(*, shoulders: bool, marks: bool) -> tuple[Step, ...]:
    """Everything: floor marks where they are laid out, two shrugs and a lean where a sensor may feel them, and easy
    running. About a minute and a half."""
    return (
        SETTLE,
        NEUTRAL,
        *((MARK_4FT, MARK_7FT) if marks else ()),
        FEET,
        *((RELAX, SHRUG, SHAKE_OUT, SHRUG, RELAX, LEAN) if shoulders else ()),
        NEUTRAL_AGAIN,
        RUN,
        DONE,
    )


def unhurried(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps for a person, who first hears out the sentence: more time to get into each pose."""
    return tuple(replace(s, move_s=s.move_s + HEAR_S) if s.pose and s.move_s else s for s in steps)


def timeline(steps: Sequence[Step]) -> tuple[TimedStep, ...]:
    """The steps one after the other, starting at 0 s."""
    out = []
    now = 0.0
    for step in steps:
        timed = at(step, now)
        out.append(timed)
        now = timed.end_s
    return tuple(out)


def at(step: Step, asked_s: float) -> TimedStep:
    """A step that is asked for at this time."""
    start = asked_s + step.move_s
    return TimedStep(step, asked_s, start, start + step.hold_s)
