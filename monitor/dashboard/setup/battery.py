"""Is there battery enough for the run? Judged by what earlier runs took, else by a cautious guess. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

FULL_H = 5.0
"""Until own runs have shown it, a full battery is taken for so long: makers promise 8 hours of small sensors
(firmware_notes/witmotion.md), and batteries age."""
RESERVE_PCT = 5
"""The last percents are not counted on."""
SHORT_MIN = 45.0
"""Without a plan, a battery that lasts no longer is worth a word."""


@dataclass(frozen=True, slots=True)
class Battery:
    """`enough`: None where that is not known; `words` for the wearer."""

    enough: bool | None
    words: str


def judged(percent: int | None, planned_min: float, drain_pct_h: float = math.nan) -> Battery:
    """A battery against the planned minutes (0: no plan). `drain_pct_h`: what earlier runs took, NaN: not known."""
    if percent is None:
        return Battery(None, "battery not told")
    known = math.isfinite(drain_pct_h) and drain_pct_h > 0
    rate = drain_pct_h if known else 100.0 / FULL_H
    lasts_min = 60.0 * max(0.0, percent - RESERVE_PCT) / rate
    about = f"for about {duration(lasts_min)}" if lasts_min >= 10 else "nearly empty"
    if planned_min > 0:
        if lasts_min >= planned_min:
            return Battery(True, f"battery {percent} %, enough for {duration(planned_min)}")
        return Battery(False, f"battery {percent} %, {about}: not enough for {duration(planned_min)}, charge it first")
    if lasts_min < SHORT_MIN:
        return Battery(False, f"battery {percent} %, {about}: charge it first")
    return Battery(True, f"battery {percent} %, {about}")


def duration(minutes: float) -> str:
    """'45 min', '1 h 20 min', '4 h'; beyond an hour to ten minutes."""
    whole = int(minutes) if minutes < 60 else 10 * int(minutes / 10)
    hours, rest = divmod(whole, 60)
    return " ".join(
        part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else "") if part
    )
