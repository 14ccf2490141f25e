"""From posture blocks to looks: the head about 25 times a second, which is plenty for what a person does in a drill.

A look is small and a drill lasts minutes, so the drills step over looks one by one; any split of the same slots into
blocks gives the same looks.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from calibration.model import SiteCalibration, Vector
from calibration.sees import CLAIM_D
from monitor.drills.tilt import between_deg
from monitor.posture.channel import PostureBlock
from monitor.values import NS_PER_S, Reason, Site

LOOKS_HZ = 25.0
SPEED_S = 0.2
"""The head's speed is how far it tilted within this time."""
FRESH_S = 1.0
"""What the second sensor showed longer ago is not what it shows now."""
KEPT = round(600 * LOOKS_HZ)
"""Looks of the second sensor that are kept, for a head sensor whose data come late."""
COUNTS = (Reason.OK, Reason.SPARSE)
"""Good enough to count how long a posture lasts (see `monitor.posture.channel.may_count`)."""
TRUNK = (Site.BACK.value, Site.COLLAR.value)
NOWHERE: Vector = (math.nan, math.nan, math.nan)


@dataclass(frozen=True, slots=True)
class Beside:
    """What a second sensor shows: shoulder score, and how far the trunk is from upright; NaN where it cannot see."""

    shoulder: float = math.nan
    trunk_deg: float = math.nan


UNSEEN = Beside()


@dataclass(frozen=True, slots=True)
class Look:
    """The head at one moment.

    t_ns  : run clock
    dt_ns : how much time the look stands for
    up    : world's up in sensor axes; NaN where there is none
    speed_deg_s : how fast the tilt changes; NaN before that is known
    reason : whether it may be trusted
    """

    t_ns: int
    dt_ns: int
    up: Vector
    speed_deg_s: float
    reason: Reason
    beside: Beside = UNSEEN

    @property
    def trusted(self) -> bool:
        """The look may be judged."""
        return self.reason in COUNTS


def together(seen: Iterable[Beside]) -> Beside:
    """What several sensors show: the shoulder that is highest, the trunk as far as it is surely tilted."""
    all_ = list(seen)
    return Beside(
        max((b.shoulder for b in all_ if b.shoulder == b.shoulder), default=math.nan),
        min((b.trunk_deg for b in all_ if b.trunk_deg == b.trunk_deg), default=math.nan),
    )


def unseen(t_ns: int, dt_ns: int) -> Look:
    """A moment without any data."""
    return Look(t_ns, dt_ns, NOWHERE, math.nan, Reason.NO_DATA)


class LookFollower:
    """Follows the head sensor; `push` blocks in order."""

    def __init__(self) -> None:
        self._period_s = 0.0
        self._past: deque[Vector] = deque()

    def push(self, block: PostureBlock) -> list[Look]:
        """The looks of a block, oldest first. Slots that are no direction are never trusted."""
        every = max(1, round(1.0 / (LOOKS_HZ * block.period_s)))
        dt_s = every * block.period_s
        span = max(1, round(SPEED_S / dt_s))
        if block.restart or block.period_s != self._period_s:
            self._period_s = block.period_s
            self._past = deque(maxlen=span)
        out: list[Look] = []
        for i in range(-block.index % every, len(block), every):
            up: Vector = (float(block.up[i, 0]), float(block.up[i, 1]), float(block.up[i, 2]))
            speed = between_deg(up, self._past[0]) / (span * dt_s) if len(self._past) == span else math.nan
            self._past.append(up)
            reason = Reason(int(block.reason[i]))
            if reason in COUNTS and not abs(math.hypot(*up) - 1.0) < 0.01:  # also NaN
                reason = Reason.NO_DATA
            out.append(Look(int(block.t_ns[i]), round(dt_s * NS_PER_S), up, speed, reason))
        return out


class BesideFollower:
    """Follows a second sensor, on collar, shoulder or back: what it showed last, at any moment of the head's.

    Shoulders are told only where the calibration allows the claim; the trunk only by a sensor that rides on it and not
    on a shoulder, which raised arms tilt too.
    """

    def __init__(self, site: SiteCalibration) -> None:
        shoulders = site.shoulders
        self._claims = shoulders is not None and shoulders.d_prime >= CLAIM_D
        self._upright = (site.standing or (shoulders.neutral if shoulders else None)) if site.site in TRUNK else None
        self._times: list[int] = []
        self._seen: list[Beside] = []

    def push(self, block: PostureBlock) -> None:
        """Take in a block."""
        every = max(1, round(1.0 / (LOOKS_HZ * block.period_s)))
        for i in range(-block.index % every, len(block), every):
            beside = UNSEEN
            if block.reason[i] in COUNTS:
                up: Vector = (float(block.up[i, 0]), float(block.up[i, 1]), float(block.up[i, 2]))
                beside = Beside(
                    float(block.shoulder[i]) if self._claims else math.nan,
                    between_deg(up, self._upright) if self._upright else math.nan,
                )
            self._times.append(int(block.t_ns[i]))
            self._seen.append(beside)
        if len(self._times) > 2 * KEPT:
            del self._times[:-KEPT], self._seen[:-KEPT]

    def at(self, t_ns: int) -> Beside:
        """What it showed at this moment of the run clock, as far as that has arrived."""
        i = bisect_right(self._times, t_ns) - 1
        return self._seen[i] if i >= 0 and t_ns - self._times[i] <= FRESH_S * NS_PER_S else UNSEEN
