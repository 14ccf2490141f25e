"""What coaching says, in one place. Short, kind, concrete; every sentence of a form check is one of `sentences()`."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from itertools import product

from monitor.values import Mode

FORM_CHECK = "Form check."
DEGREES = (2, 3, 4, 5, 6, 8, 10, 12, 15, 20)
STEPS = (3, 4, 5, 6, 8, 10, 15, 20)
TENTHS = tuple(range(10, 101, 10))
CLEARLY = 0.25
"""Shoulders that changed by a quarter of the own shrug changed clearly, by less a little."""
MINUTES_PER_HOUR = 60


class Loosen(StrEnum):
    """What loosens, in turn."""

    HEAD_CIRCLES = "head_circles"
    SHAKE_WRISTS = "shake_wrists"


LOOSEN = {
    Loosen.HEAD_CIRCLES: "Loosen your neck: a slow head circle each way, where the ground is smooth.",
    Loosen.SHAKE_WRISTS: "Drop your wrists and shake them out.",
}


class Why(StrEnum):
    """Why something is not compared, as the event's detail names it."""

    NO_BASELINE = "no baseline yet"
    OTHER_GROUND = "another mode than in the baseline"
    SLOPE = "another slope than in the baseline"
    MOVED = "the sensor may have moved"
    NOT_SEEN = "no sensor sees it"
    NOT_RUNNING = "not running just now"
    TOO_SHORT = "too little running seen"


WHY = {
    Why.NO_BASELINE: "I know your form after ten minutes of running.",
    Why.OTHER_GROUND: "This ground is new, so I do not compare.",
    Why.SLOPE: "The slope is another one, so I do not compare your head.",
    Why.MOVED: "The sensor may have moved, so I do not compare your head.",
    Why.NOT_SEEN: "No sensor can see your form. Calibrate, and I will.",
    Why.NOT_RUNNING: "I check your form while you run.",
    Why.TOO_SHORT: "I saw too little of your running to compare.",
}


_ON_GROUND = {Mode.ROAD: "on the road", Mode.TRAIL: "on the trail", Mode.TECHNICAL: "on technical ground"}


def noted(of_head: bool, mode: Mode) -> str:
    """A baseline is known: a note, never spoken."""
    what = "your head" if of_head else "your shoulders"
    return f"Noted how you hold {what} {_ON_GROUND[mode]}; form checks compare with it."


def since(from_start: bool) -> str:
    """What is compared with, as the end of a sentence."""
    return "than in the first minutes" if from_start else "than earlier"


def head(difference_deg: float, from_start: bool, or_sensor: bool = False) -> str:
    """A head that is lower (positive) or higher than it was; `or_sensor`: it may as well be the cap that crept."""
    what = "lower" if difference_deg > 0 else "higher"
    about = _nearest(abs(difference_deg), DEGREES)
    size = "about" if abs(difference_deg) <= 1.2 * DEGREES[-1] else "more than"
    who = "Your head, or the sensor on it, is" if or_sensor else "Your head is"
    return f"{who} {size} {about} degrees {what} {since(from_start)}."


LIFT = "Lift it a little."


def shoulders(side: str, difference: float, from_start: bool) -> str:
    """Shoulders that are higher (positive) or lower; `side`: '', 'left' or 'right'."""
    who = f"Your {side} shoulder is" if side else "Your shoulders are"
    much = "clearly" if abs(difference) >= CLEARLY else "a little"
    return f"{who} {much} {'higher' if difference > 0 else 'lower'} {since(from_start)}."


def drop(side: str) -> str:
    """What to do about it."""
    return "Let it drop." if side else "Let them drop."


def too_far(share: float, looking_back: bool) -> str:
    """A head that was past its limit for a good part of a check's half minute, or of the minutes before a mark."""
    span = "these minutes" if looking_back else "the last half minute"
    return f"Your head was too low for about {_nearest(100 * share, TENTHS)} percent of {span}."


def cadence(difference_spm: float, from_start: bool) -> str:
    """Steps that come faster (positive) or slower."""
    about = _nearest(abs(difference_spm), STEPS)
    return f"Your cadence is about {about} steps {'higher' if difference_spm > 0 else 'lower'} {since(from_start)}."


def unchanged(of_head: bool, of_shoulders: bool, unclear: bool, from_start: bool) -> str:
    """Nothing could be named, of what was compared; `unclear`: only because the measures scatter too much."""
    if unclear:
        return "I see no clear change in your form."
    when = "at the start" if from_start else "earlier"
    if of_head and of_shoulders:
        return f"Your form is as it was {when}."
    return f"Your head is as it was {when}." if of_head else f"Your shoulders are as they were {when}."


def summary(elapsed_min: int, up_share: float, of_shoulders: bool, cadence_spm: float) -> str:
    """Time, share of the last part with the head up (or shoulders down), cadence; NaN is left out."""
    parts = [_duration(elapsed_min)]
    if up_share == up_share:
        parts.append(f"{'shoulders down' if of_shoulders else 'head up'} {round(100 * up_share)} percent")
    if cadence_spm == cadence_spm:
        parts.append(f"cadence {round(cadence_spm)}")
    return ", ".join(parts) + "."


def remedy_for(mode: Mode, now_deg: float) -> str:
    """What to do about a lowered head: nothing where the ground asks for it, or it is not low at all."""
    return LIFT if mode is not Mode.TECHNICAL and now_deg > 0 else ""


def sentences() -> frozenset[str]:
    """Every sentence a form check or a loosen-up prompt can be made of, e.g. to render clips."""
    return frozenset(_all())


def _all() -> Iterator[str]:
    yield from (FORM_CHECK, LIFT, *WHY.values(), *LOOSEN.values())
    for from_start in (True, False):
        for sign in (1, -1):
            sizes = product((*DEGREES, 2 * DEGREES[-1]), (True, False))
            yield from (head(sign * d, from_start, or_sensor) for d, or_sensor in sizes)
            yield from (cadence(sign * s, from_start) for s in STEPS)
            sides = product(("", "left", "right"), (0.1, CLEARLY))
            yield from (shoulders(side, sign * d, from_start) for side, d in sides)
    yield from (drop(side) for side in ("", "left"))
    yield from (too_far(t / 100, back) for t in TENTHS for back in (True, False))
    yield from (unchanged(*what) for what in product((True, False), repeat=4))


def _nearest(value: float, steps: tuple[int, ...]) -> int:
    return min(steps, key=lambda step: abs(step - value))


def _duration(minutes: int) -> str:
    hours, rest = divmod(minutes, MINUTES_PER_HOUR)
    told = [f"{n} {word}{'s' if n != 1 else ''}" for n, word in ((hours, "hour"), (rest, "minute")) if n]
    return " ".join(told) or "0 minutes"
