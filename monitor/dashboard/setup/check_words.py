"""What the 10-second check found, in the wearer's words: a heading, a line for each sensor, and what to do."""

from __future__ import annotations

from collections.abc import Mapping

from calibration.check import Check, Verdict
from calibration.protocol import PoseKind
from monitor.dashboard.setup.battery import Battery
from monitor.dashboard.setup.check_facts import CheckView, PlaceCheck
from monitor.dashboard.setup.facts import Led
from monitor.dashboard.setup.result_words import place_name, plain

LOOK_AHEAD = "Stand tall and look far ahead."
CHECK_S = 10.0


def as_led(view: CheckView) -> Led:
    """The check as a step of the guide, for the tiles that show one."""
    return Led(
        LOOK_AHEAD, PoseKind.NEUTRAL, "neutral", 1, 1, True, view.left_s, CHECK_S,
        1.0 - view.left_s / CHECK_S, view.steadiness, reason=view.hint if view.left_s <= 0 else "",
    )  # fmt: skip


def no_signal(view: CheckView) -> str:
    """Which sensors fell silent, and that it goes on by itself."""
    where = " and ".join(view.lost)
    words = f"No signal from the {where} sensor{'s' if len(view.lost) > 1 else ''}. It goes on by itself."
    return f"{words} {view.lost_why}".strip()


def heading(view: CheckView) -> str:
    """The verdict in one line; '' while there is none."""
    if view.verdict is None:
        return ""
    off = [place for place in view.places if _is_off(place.check)]
    if not off:
        return "✓  As calibrated."
    if view.bowed and view.verdict is Verdict.MOVED:
        return f"!  Your head is {_degrees(off[0])} lower than it was."
    if len(off) > 1:
        return f"!  The sensors sit {'quite ' if view.verdict is Verdict.WORN_ANEW else ''}differently."
    place = f"{place_name(off[0].key).lower()} sensor"
    return f"!  The {place} sits {_degrees(off[0])} differently."


def lines(view: CheckView, batteries: Mapping[str, Battery]) -> tuple[str, ...]:
    """Of each sensor: how it sits, and its battery; then what else is in range."""
    out = []
    for place in view.places:
        battery = batteries.get(place.key)
        sits = _sits(place)
        words = "; ".join(part for part in (sits, battery.words if battery else "") if part)
        mark = "!" if _is_off(place.check) or (battery is not None and battery.enough is False) else "·"
        out.append(f"{mark}  {place_name(place.key)}: {words}")
    if view.strangers:
        who = " and ".join(view.strangers)
        out.append(f"·  {who} is in range, but not in your calibration: it is not used.")
    return tuple(out)


def advice(view: CheckView, *, enough: bool = True) -> tuple[str, ...]:
    """What to do about a sensor that sits differently, the best first; nothing where all is well.

    enough : no battery is known to run out
    """
    worn_anew = [p for p in view.places if p.check is not None and p.check.verdict is Verdict.WORN_ANEW]
    if view.verdict is Verdict.WORN_ANEW:
        swapped: tuple[str, ...] = ()
        if len(worn_anew) > 1:
            homes = ", ".join(f"{plain(p.name, 30) or 'one'}: {place_name(p.key).lower()}" for p in worn_anew)
            swapped = (f"Are they swapped? {homes}.",)
        return (*swapped, "Clip it on as before, then check again.", "Or calibrate anew: about three minutes.")
    if view.verdict is not Verdict.MOVED:
        return () if enough else ("Charge it, or run a shorter round. What is recorded until then is kept.",)
    if view.bowed:
        return (
            "Lift your eyes to the far end, then check again.",
            "You do look far ahead? Then the sensor has moved: re-zero now.",
            "Or calibrate anew: about three minutes.",
        )
    return (
        "Re-zero now: it may stay as it sits, for this run.",
        "Or clip it on as before, and check again.",
        "Or calibrate anew: about three minutes.",
    )


def _is_off(check: Check | None) -> bool:
    return check is not None and check.verdict in (Verdict.MOVED, Verdict.WORN_ANEW)


def _sits(place: PlaceCheck) -> str:
    check = place.check
    if check is None:
        return "not checked"  # a sensor of the trunk alone has no posture of its own to compare
    if check.verdict is Verdict.SAME:
        return f"as calibrated, within {max(1.0, check.off_deg):.0f}°"
    return f"{check.off_deg:.0f}° off"


def _degrees(place: PlaceCheck) -> str:
    return f"{place.check.off_deg:.0f}°" if place.check is not None else ""
