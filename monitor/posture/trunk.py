"""Forward lean of the trunk, from a sensor that rides on it, and how it reaches the head's rules.

A head that goes along with a trunk leaning uphill is not a bent neck. Lean is counted from level running, because that
is where the head's neutral belongs: with a running neutral in the calibration from there, without one from the mean of
the first minute of this run.
"""

from __future__ import annotations

import numpy as np

from calibration.model import Profile, TrunkCalibration
from monitor.values import NS_PER_S, BoolArray, FloatArray, IntArray, Site

BASELINE_S = 60.0
"""So much trusted running tells how this trunk is held, where no running neutral was learned."""
LOG_HZ = 10.0
HOLD_NS = 5 * NS_PER_S
"""An older lean says nothing about now."""
MOST_DEG = 30.0
"""A larger lean is a bow, not running."""

PREFERRED = (Site.BACK, Site.COLLAR, Site.LEFT_SHOULDER, Site.RIGHT_SHOULDER)
"""Of several trunk sensors the first of these counts: the back rides on the trunk alone."""


def lean_deg(up: FloatArray, trunk: TrunkCalibration) -> FloatArray:
    """Forward lean (n,) in degrees for up directions (n,3) in sensor axes."""
    weight = np.array(trunk.weight)
    sine = np.radians(up[:, 0] * weight[0] + up[:, 1] * weight[1] + up[:, 2] * weight[2])
    return np.asarray(np.degrees(np.arcsin(np.clip(sine, -1.0, 1.0))))


class LeanBaseline:
    """Lean counted from level running. Any split of the same slots gives bit-equal results."""

    def __init__(self, trunk: TrunkCalibration, period_s: float) -> None:
        self._wanted = 0 if trunk.in_running else round(BASELINE_S / period_s)
        self._learning = np.empty(0)
        self._zero_deg = 0.0

    def push(self, lean: FloatArray, counted: BoolArray) -> FloatArray:
        """Lean (n,) from level running, NaN until that is known; counted (n,): running and trusted."""
        if not self._wanted:
            return lean - self._zero_deg
        ends = np.flatnonzero(np.cumsum(counted) + len(self._learning) >= self._wanted)
        known = int(ends[0]) + 1 if len(ends) else len(lean)
        self._learning = np.concatenate((self._learning, lean[:known][counted[:known]]))
        if not len(ends):
            return np.full(len(lean), np.nan)
        self._zero_deg = float(np.mean(self._learning))
        self._wanted, self._learning = 0, np.empty(0)
        return np.concatenate((np.full(known, np.nan), lean[known:] - self._zero_deg))


class TrunkLean:
    """The trunk's lean as other sensors of the run may know it: what had arrived by then, never more."""

    def __init__(self) -> None:
        self._arrival_ns = np.empty(0, np.int64)
        self._lean_deg = np.empty(0)

    def push(self, index: int, period_s: float, arrival_ns: IntArray, lean: FloatArray, trusted: BoolArray) -> None:
        """The trunk sensor's slots from number `index` on: arrival, one-stride mean of the lean, trust; each (n,)."""
        every = max(1, round(1.0 / (LOG_HZ * period_s)))
        pick = slice(-index % every, None, every)
        keep = trusted[pick] & np.isfinite(lean[pick])
        self._arrival_ns = np.concatenate((self._arrival_ns, arrival_ns[pick][keep]))
        self._lean_deg = np.concatenate((self._lean_deg, lean[pick][keep]))

    def taken(self, arrival_ns: IntArray) -> FloatArray:
        """Forward lean (n,) in degrees, 0 to 30, known at these arrival times; NaN where nothing recent is.

        Times never go back from call to call. A trunk that leans back is not held against the head.
        """
        if not len(self._arrival_ns) or not len(arrival_ns):
            return np.full(len(arrival_ns), np.nan)
        last = np.searchsorted(self._arrival_ns, arrival_ns, side="right") - 1
        at = np.maximum(last, 0)
        known = (last >= 0) & (arrival_ns - self._arrival_ns[at] <= HOLD_NS)
        taken = np.where(known, np.clip(self._lean_deg[at], 0.0, MOST_DEG), np.nan)
        done = int(at[-1])
        self._arrival_ns, self._lean_deg = self._arrival_ns[done:], self._lean_deg[done:]
        return np.asarray(taken)


def trunk_sensor(profile: Profile | None) -> str:
    """Key of the sensor whose lean counts, '' for none."""
    sites = [site for site in profile.sites if site.trunk] if profile else []
    return min(sites, key=lambda site: PREFERRED.index(site.site)).sensor if sites else ""
