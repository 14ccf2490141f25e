"""What is said during drills, in one place. Short, kind, concrete."""

from __future__ import annotations

from enum import StrEnum

from monitor.values import Reason


class Hint(StrEnum):
    """Why something does not count yet."""

    UNSEEN = "unseen"
    SETTLING = "settling"
    FAULT = "fault"
    CHIN_MORE = "chin_more"
    EARS_LEVEL = "ears_level"
    STAND_TALL = "stand_tall"
    EAR_MORE = "ear_more"
    OTHER_SIDE = "other_side"
    FACE_AHEAD = "face_ahead"
    SHOULDER_LOW = "shoulder_low"
    FOLD_MORE = "fold_more"
    FROM_THE_HIPS = "from_the_hips"
    STILL = "still"
    AROUND = "around"
    WIDER = "wider"
    SLOWER = "slower"
    FLOWING = "flowing"
    OTHER_WAY = "other_way"
    LEVEL_FIRST = "level_first"
    NO_NODDING = "no_nodding"
    LOOK_AHEAD = "look_ahead"


HINTS: dict[Hint, str] = {
    Hint.UNSEEN: "The sensor is not seen. The clock waits.",
    Hint.SETTLING: "One moment: the sensor is settling.",
    Hint.FAULT: "The sensor gives odd readings. The clock waits.",
    Hint.CHIN_MORE: "Let the chin sink a little more.",
    Hint.EARS_LEVEL: "Keep both ears level.",
    Hint.STAND_TALL: "Stand tall: only the head hangs.",
    Hint.EAR_MORE: "Let the ear sink a little more.",
    Hint.OTHER_SIDE: "The other side, please.",
    Hint.FACE_AHEAD: "Face ahead, neither up nor down.",
    Hint.SHOULDER_LOW: "Let the shoulder drop.",
    Hint.FOLD_MORE: "Fold a little further.",
    Hint.FROM_THE_HIPS: "Fold from the hips, not only the neck.",
    Hint.STILL: "Slower. Come to rest there.",
    Hint.AROUND: "Slowly around, all the way.",
    Hint.WIDER: "A little wider.",
    Hint.SLOWER: "Slower: about four seconds around.",
    Hint.FLOWING: "Keep it flowing: about four seconds around.",
    Hint.OTHER_WAY: "Now the other way around.",
    Hint.LEVEL_FIRST: "First look straight ahead.",
    Hint.NO_NODDING: "Without nodding: keep the chin level.",
    Hint.LOOK_AHEAD: "Stand tall and look far ahead.",
}
"""Every hint's sentence."""

NOT_SEEN = (Hint.UNSEEN, Hint.SETTLING, Hint.FAULT)
"""Hints that are about the sensor."""
STAND = "Stand tall and look far ahead."
HALFWAY = "Halfway."
CHIN_BACK, LET_GO = "Chin back.", "Let go."
OVER = "Done. Off you go."


def why_unseen(reason: Reason) -> Hint:
    """The hint for a look that may not be trusted."""
    if reason is Reason.SENSOR_FAULT:
        return Hint.FAULT
    return Hint.SETTLING if reason in (Reason.STARTING, Reason.GAP) else Hint.UNSEEN


def nudge(name: str) -> str:
    """To somebody who has not begun."""
    return f"Whenever you are ready: {name[:1].lower()}{name[1:]}."


def moved_on(name: str, *, unseen: bool) -> str:
    """When a drill is left because nothing counted for long."""
    if unseen:
        return f"I cannot see the sensor, so we leave the {name.lower()} for another time."
    return f"Never mind, we leave the {name.lower()} for another time."


def finished(name: str) -> str:
    """When a drill is complete."""
    return f"Good. {name} done."


def seated_elsewhere(off_deg: float) -> str:
    """When the sensor is worn too differently to judge anything."""
    return f"the head sensor sits {off_deg:.0f} degrees differently than at calibration"


def kept_neutral(off_deg: float) -> str:
    """When today's upright differs and was not taken."""
    return f"The head was {off_deg:.0f} degrees from the calibrated neutral at the start; angles may be off by that."
