"""Today's upright: a cap sits a little differently every day, so a routine begins with a look far ahead.

A small difference from the calibrated neutral is taken over (everything learned turns along); a larger one may be a
head that is simply not upright, and is not. Beyond 25 degrees nothing can be judged.
"""

from __future__ import annotations

import math
from enum import Enum

import numpy as np

from calibration.directions import as_vector, unit
from calibration.model import SiteCalibration
from calibration.rezero import LARGEST_DEG, reference_of, rezero
from monitor.drills.look import Look
from monitor.drills.tilt import between_deg
from monitor.values import NS_PER_S

STAND_S = 2.0
STILL_DEG_S = 8.0
TAKEN_DEG = 12.0
"""People and straps differ by 2-4 degrees from day to day; a cap put on in a hurry by more."""
PATIENCE_S = 15.0
"""So long a look far ahead is asked for before the calibrated neutral is kept."""


class Upright(Enum):
    """What came of it."""

    LOOKING = "looking"
    TAKEN = "taken"
    KEPT = "kept"
    """The calibrated neutral stays, though the head was elsewhere."""
    ELSEWHERE = "elsewhere"
    """The sensor sits too differently."""


class UprightFinder:
    """Looks for two still seconds. `step` looks in order until `found` is no longer LOOKING."""

    def __init__(self, site: SiteCalibration) -> None:
        self.site = site
        """The calibration to judge by; turned to today's upright once that was taken."""
        self.found = Upright.LOOKING
        self.off_deg = math.nan
        """How far the head was from the calibrated neutral."""
        self._reference, _ = reference_of(site, running=False)
        self._sum = np.zeros(3)
        self._still_ns = 0
        self._seen_ns = 0

    def step(self, look: Look) -> None:
        """Take in one look."""
        if self.found is not Upright.LOOKING:
            return
        if not look.trusted:
            self._forget()
            return
        self._seen_ns += look.dt_ns
        if not look.speed_deg_s < STILL_DEG_S:
            self._forget()
            self._give_up_late(between_deg(look.up, self._reference))
            return
        self._sum += np.array(look.up) * look.dt_ns
        self._still_ns += look.dt_ns
        if self._still_ns >= STAND_S * NS_PER_S:
            self._judge()

    def _forget(self) -> None:
        self._sum, self._still_ns = np.zeros(3), 0

    def _judge(self) -> None:
        up = as_vector(unit(self._sum))
        off = between_deg(up, self._reference)
        self._forget()
        if off <= TAKEN_DEG:
            self.off_deg = off
            self.site, self.found = rezero(self.site, up, running=False), Upright.TAKEN
        else:
            self._give_up_late(off)

    def _give_up_late(self, off_deg: float) -> None:
        if self._seen_ns >= PATIENCE_S * NS_PER_S:
            self.off_deg = off_deg
            self.found = Upright.KEPT if off_deg <= LARGEST_DEG else Upright.ELSEWHERE
