"""What is said of the shoulders now, from one sensor or one on each side; never more than is seen."""

from __future__ import annotations

import math
from collections.abc import Sequence

from monitor.dashboard.live_state import SIDES, SensorNow
from monitor.settings import ShoulderRule


def shoulders_now(seeing: Sequence[SensorNow], rule: ShoulderRule) -> tuple[str, float]:
    """Words and score of the sensors that have seen the shoulders, one at least; the higher shoulder leads."""
    fresh = [s for s in seeing if s.fresh]
    if not fresh:
        return "no data now", math.nan
    known = [s for s in fresh if s.valid and math.isfinite(s.shoulder)]
    if not known:
        return "not sure now", math.nan
    highest = max(known, key=lambda s: s.shoulder)
    if highest.shoulder <= rule.on:
        words = "relaxed" if highest.shoulder < rule.off else "a little up"
        both = words == "relaxed" and len(known) > 1
    else:
        both = len(known) > 1 and all(s.shoulder > rule.on for s in known)
        words = "both up" if both else "up"
    return (words if both else f"{SIDES.get(highest.site, '')} {words}".strip()), highest.shoulder
