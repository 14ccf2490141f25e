"""The drills as a table: what to say, how much of it, and what a head sensor can and cannot check.

Source: two running coaches' articles (stretches of 60 s before, during and after runs; head circles and loose wrists
on the way) and the geometry of what gravity shows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class DrillKind(StrEnum):
    """The drills; the value is the name on the command line."""

    HEAD_CIRCLES = "head-circles"
    HEAD_HANG = "head-hang"
    EAR_LEFT = "ear-left"
    EAR_RIGHT = "ear-right"
    THORACIC = "thoracic-stretch"
    RAMPING = "head-ramping"
    WRISTS = "wrist-shake"


@dataclass(frozen=True, slots=True)
class Drill:
    """One drill.

    say : how it is announced
    wanted_s : how long it is held in sum; 0 for a drill that is counted
    wanted_reps : how often, in each direction; 0 for a drill that is held
    checked, unchecked : what the sensor verifies and what it does not, in words
    needs_head : judged by the head sensor
    """

    kind: DrillKind
    name: str
    say: str
    wanted_s: float
    wanted_reps: int
    checked: str
    unchecked: str
    needs_head: bool = True


_HEAD_CIRCLES = Drill(
    DrillKind.HEAD_CIRCLES,
    "Head circles",
    "Head circles. Chin to the chest, right ear down, back, left ear down. Slowly around.",
    0.0,
    3,
    "Every full, wide circle is counted, in both directions.",
    "",
)
_HEAD_HANG = Drill(
    DrillKind.HEAD_HANG,
    "Head hang",
    "Head hang. Stand tall, let the chin sink to the chest, and breathe.",
    60.0,
    0,
    "The head's angle, and that it hangs still.",
    "",
)
_EAR_RIGHT = Drill(
    DrillKind.EAR_RIGHT,
    "Right ear to shoulder",
    "Right ear to the right shoulder. Both shoulders stay low.",
    60.0,
    0,
    "The head's angle to the side, and that it is held still.",
    "Whether the shoulder stays down is checked only by a sensor on that shoulder.",
)
_EAR_LEFT = replace(
    _EAR_RIGHT,
    kind=DrillKind.EAR_LEFT,
    name="Left ear to shoulder",
    say="Left ear to the left shoulder. Both shoulders stay low.",
)
_THORACIC = Drill(
    DrillKind.THORACIC,
    "Thoracic stretch",
    "Thoracic stretch. Hands on a wall or a fence, fold at the hips, and let the chest sink between the arms.",
    60.0,
    0,
    "That the head is folded far forward. Beyond 80 degrees the trunk must be folded too: no neck bends that far.",
    "Between 60 and 80 degrees a head sensor alone cannot tell it from a deep head hang.",
)
_RAMPING = Drill(
    DrillKind.RAMPING,
    "Head ramping",
    "Head ramping. Slide the chin straight back, ears over the shoulders, and let go. Keep the head level.",
    60.0,
    0,
    "Only that the head stays level, without nodding.",
    "A tilt sensor cannot see the chin slide back: this is a paced timer.",
)
_WRISTS = Drill(
    DrillKind.WRISTS,
    "Wrist shake",
    "Drop the arms and shake out the wrists.",
    15.0,
    0,
    "",
    "Nothing here is measured: this is a timer.",
    needs_head=False,
)
DRILLS: dict[DrillKind, Drill] = {
    d.kind: d for d in (_HEAD_CIRCLES, _HEAD_HANG, _EAR_RIGHT, _EAR_LEFT, _THORACIC, _RAMPING, _WRISTS)
}

_STRETCHES = (_HEAD_HANG, _EAR_RIGHT, _EAR_LEFT, _THORACIC, _RAMPING)
ROUTINES: dict[str, tuple[Drill, ...]] = {
    "before": (_HEAD_CIRCLES, *_STRETCHES, _WRISTS),
    "during": (_HEAD_CIRCLES, _HEAD_HANG, _EAR_RIGHT, _EAR_LEFT, _WRISTS),
    "after": _STRETCHES,
}
"""Before a run everything; during one what needs no wall; after it the stretches."""


def with_seconds(drill: Drill, seconds: float) -> Drill:
    """The drill held for another time; one that is counted stays as it is."""
    return replace(drill, wanted_s=seconds) if drill.wanted_s else drill
