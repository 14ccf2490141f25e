"""The 10-second check at the start of a run: is the sensor worn as it was calibrated?

The mean up direction is compared with the stored neutral of the same kind: standing with standing, running with
running. What to do about a sensor that has moved is `calibration.rezero`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from calibration.directions import angle_deg, as_vector, between_deg, tangent, unit
from calibration.model import SiteCalibration, Vector
from calibration.poses import STEADY_DEG, STEADY_MOVING_DEG
from calibration.rezero import LARGEST_DEG, reference_of
from monitor.values import Activity, BoolArray, CodeArray, FloatArray

CHECK_S = 10.0
"""How long the wearer looks far ahead."""
LEAST_S = 5.0
"""So much of it must be steady, trusted, and of one kind."""
SAME_DEG = 5.0
"""People stand and strap differently by 2-4 deg from day to day."""
OTHER_KIND_DEG = 3.0
"""More is allowed where running is compared with a neutral that was taken standing, or the reverse."""
BOWED_PART = 0.9
"""A turn this much along the nod may be a head held low instead of a sensor that has moved."""
BOWED_S = 20.0
"""So long a head may be held low before the sensor is said to have moved."""


class Verdict(Enum):
    """What the check found."""

    SAME = "same"
    MOVED = "moved"
    """Worn differently by a small angle: a re-zero mends it."""
    WORN_ANEW = "worn anew"
    """Too different for a re-zero."""
    UNCLEAR = "unclear"
    """No judgement; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Check:
    """The check's result. `off_deg` and `up` are NaN and None where it is unclear; `running`: it was taken running.

    `bowed`: a head that is simply held low would look the same.
    """

    verdict: Verdict
    sentence: str
    off_deg: float = float("nan")
    up: Vector | None = None
    running: bool = False
    bowed: bool = False


def check(site: SiteCalibration, up: FloatArray, trusted: BoolArray, activity: CodeArray, period_s: float) -> Check:
    """Judge about 10 s in which the wearer stood still or ran easily, looking far ahead.

    up (n,3) one-stride means of up in sensor axes; trusted (n,); activity (n,) `Activity` codes; period_s slot length.
    """
    if site.head is None and site.shoulders is None:
        return Check(Verdict.UNCLEAR, f"The {site.sensor} sensor is not calibrated: run headsup calibrate.")
    if trusted.sum() * period_s < LEAST_S:
        return Check(Verdict.UNCLEAR, "Wait until the sensor has settled, then look far ahead for ten seconds.")
    runs = trusted & (activity == Activity.RUN)
    stands = trusted & (activity == Activity.STILL)
    running = bool(runs.sum() > stands.sum())
    chosen = runs if running else stands
    if chosen.sum() * period_s < LEAST_S:
        return Check(Verdict.UNCLEAR, "Stand still or run evenly, and look far ahead for ten seconds.")
    seen = up[chosen]
    seen = seen / np.maximum(np.linalg.norm(seen, axis=1, keepdims=True), 1e-12)
    mean = seen.mean(axis=0)
    if not np.linalg.norm(mean) > 0.5:  # also NaN
        return Check(Verdict.UNCLEAR, "Keep the head steady and look far ahead for ten seconds.")
    mean = unit(mean)
    spread = float(np.sqrt(np.mean(angle_deg(seen, mean) ** 2)))
    if spread > (STEADY_MOVING_DEG if running else STEADY_DEG):
        return Check(Verdict.UNCLEAR, "Keep the head steady and look far ahead for ten seconds.")
    return _verdict(site, as_vector(mean), running=running)


def _verdict(site: SiteCalibration, up: Vector, *, running: bool) -> Check:
    """The mean direction against the stored neutral."""
    reference, other_kind = reference_of(site, running=running)
    off = between_deg(up, reference)
    bowed = _bowed(site, up, reference)
    where = f"The {site.sensor} sensor sits"
    if off <= SAME_DEG + (OTHER_KIND_DEG if other_kind else 0.0):
        return Check(Verdict.SAME, "Same as last time.", off, up, running)
    if off > LARGEST_DEG:
        sentence = f"{where} quite differently ({off:.0f} degrees): put it on as before, or calibrate."
        return Check(Verdict.WORN_ANEW, sentence, off, up, running, bowed)
    if bowed:
        sentence = f"Look far ahead: the head is {off:.0f} degrees down, or the sensor has moved."
    else:
        sentence = f"{where} {off:.0f} degrees differently: re-zero while you look far ahead."
    return Check(Verdict.MOVED, sentence, off, up, running, bowed)


def _bowed(site: SiteCalibration, up: Vector, reference: Vector) -> bool:
    """Whether the direction has moved mainly the way it does when the nose goes down."""
    if site.head is None:
        return False
    way = tangent(np.array(reference), np.array(up))
    size = float(np.linalg.norm(way))
    return size > 0 and float(way @ np.array(site.head.nod)) > BOWED_PART * size


class StartCheck:
    """The check as the run begins: looks at the last 10 s once a second until there is a verdict.

    A head that may merely be held low is given time to come up before it is called moved.
    `push` blocks of slots in order; any split gives the same answer at the same slot.
    """

    def __init__(self, site: SiteCalibration, period_s: float) -> None:
        self._site = site
        self._period_s = period_s
        self._second = max(1, round(1.0 / period_s))
        self._keep = round(CHECK_S / period_s)
        self._slot = 0
        self._up = np.empty((0, 3))
        self._trusted = np.empty(0, bool)
        self._activity = np.empty(0, np.int8)
        self._bowed_since: int | None = None
        self.result: Check | None = None
        """The verdict, once there is one; nothing is looked at after it."""
        self.hint = ""
        """What the wearer should do for the check, while there is no verdict."""

    def push(self, up: FloatArray, trusted: BoolArray, activity: CodeArray) -> tuple[int, Check] | None:
        """The verdict and the slot of this block at which it fell, in the call in which it falls; else None.

        up (n,3) one-stride means of up in sensor axes; trusted (n,); activity (n,) `Activity` codes.
        """
        n, a = len(up), 0
        while a < n and self.result is None:
            b = min(n, a + self._second - self._slot % self._second)
            self._up = np.concatenate((self._up, up[a:b]))[-self._keep :]
            self._trusted = np.concatenate((self._trusted, trusted[a:b]))[-self._keep :]
            self._activity = np.concatenate((self._activity, activity[a:b]))[-self._keep :]
            self._slot += b - a
            if self._slot % self._second == 0 and len(self._up) == self._keep:
                found = check(self._site, self._up, self._trusted, self._activity, self._period_s)
                if self._settles(found):
                    self.result, self.hint = found, ""
                    return b - 1, found
                self.hint = found.sentence
            a = b
        return None

    def _settles(self, found: Check) -> bool:
        """Whether a look is the verdict; a bowed head must have stayed so for long."""
        if not found.bowed:
            self._bowed_since = None
            return found.verdict is not Verdict.UNCLEAR
        if self._bowed_since is None:
            self._bowed_since = self._slot
        return self._slot - self._bowed_since >= BOWED_S / self._period_s
