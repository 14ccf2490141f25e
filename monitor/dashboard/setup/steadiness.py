"""How still the wearer is just now, as a page shows it. Pure."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

from calibration.held import Seen
from calibration.poses import STEADY_DEG
from monitor.dashboard.setup.facts import STEADY
from monitor.values import Activity

RECENT_S = 0.6
"""So long do looks count for what is shown."""
STILL_DEG = 0.3
"""A standing person's sway: nobody is stiller."""


def steadiness(spread_deg: float) -> float:
    """0..1 of a spread: 1 = quite still, `STEADY` where a pose is just about accepted, 0 far beyond. NaN stays NaN."""
    if math.isnan(spread_deg):
        return math.nan
    if spread_deg <= STEADY_DEG:
        return 1.0 - (1.0 - STEADY) * max(0.0, spread_deg - STILL_DEG) / (STEADY_DEG - STILL_DEG)
    return STEADY * max(0.0, 1.0 - (spread_deg - STEADY_DEG) / (2 * STEADY_DEG))


class RecentLooks:
    """The last moments of all sensors."""

    def __init__(self) -> None:
        self._looks: deque[Seen] = deque()

    def push(self, seen: Sequence[Seen]) -> None:
        """New looks, in order of time."""
        self._looks.extend(seen)
        while self._looks and self._looks[0].t_s < self._looks[-1].t_s - RECENT_S:
            self._looks.popleft()

    def steadiness(self) -> float:
        """Of the least steady sensor, 0..1; NaN where nothing was seen."""
        by_sensor: dict[str, list[float]] = {}
        for look in self._looks:
            by_sensor.setdefault(look.sensor, []).append(look.spread_deg**2)
        return steadiness(max((math.sqrt(sum(s) / len(s)) for s in by_sensor.values()), default=math.nan))

    def cadence_spm(self) -> float:
        """Steps a minute of who runs; NaN while nobody does."""
        paces = [s.cadence_spm for s in self._looks if s.activity is Activity.RUN and math.isfinite(s.cadence_spm)]
        return paces[-1] if paces else math.nan
