"""The ground before the drawn runner: its distance scale, its marks, and the gaze upon it. Pure, in pixels, y down.

The scale is even up to 15 ft and compressed beyond, so that 4-7 ft and 10 m both have their place. A gaze is drawn as
a straight line to the distance where it lands: the place on the ground is true to scale, the line's slope is not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from monitor.posture.gaze import FAR_M, FOOT_M
from monitor.values import Mode

Point = tuple[float, float]

EVEN_M = 15 * FOOT_M
END_M = FAR_M
"""The scale's end: beyond it a head angle says no more than 'far'."""
EVEN_SHARE = {Mode.ROAD: 0.6, Mode.TRAIL: 0.7, Mode.TECHNICAL: 0.7}
"""The part of the ground's width up to 15 ft: more room for the near ground where it counts."""
ROAD_M = 10.0


@dataclass(frozen=True, slots=True)
class Zone:
    """Where the eyes should rest on this ground, and how its mark is labelled. Metres."""

    low_m: float
    high_m: float
    text: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled mark of the scale."""

    distance_m: float
    text: str


def _softness(share: float) -> float:
    """The length L of x = 15 ft + L ln(1 + beyond / L) that ends the scale at its width; by bisection."""
    wanted, beyond = (1 - share) / share * EVEN_M, END_M - EVEN_M
    low, high = 1e-6, 100.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if middle * math.log1p(beyond / middle) < wanted else (low, middle)
    return low


_SOFTNESS = {mode: _softness(share) for mode, share in EVEN_SHARE.items()}


@dataclass(frozen=True, slots=True)
class GroundScale:
    """Distances along the ground as pixels: 0 m at `zero`, 15 m at `zero + width`; the ground at height `ground`."""

    mode: Mode
    zero: float
    width: float
    ground: float

    @property
    def end(self) -> float:
        """The x of the scale's end."""
        return self.zero + self.width

    def x(self, distance_m: float) -> float:
        """Where a distance lies; the ends for what lies beyond them, NaN for NaN."""
        if math.isnan(distance_m):
            return math.nan
        metres = min(max(distance_m, 0.0), END_M)
        if metres > EVEN_M:
            soft = _SOFTNESS[self.mode]
            metres = EVEN_M + soft * math.log1p((metres - EVEN_M) / soft)
        return self.zero + self.width * EVEN_SHARE[self.mode] * metres / EVEN_M

    def ray(self, eye: Point, distance_m: float) -> tuple[Point, ...]:
        """The gaze from the eye to the ground, or, where it lands beyond, to the scale's end; () for NaN.

        Above the scale's end the gaze stands as high as it truly would there, so that it sinks steadily with the
        distance and is level for an infinite one.
        """
        if math.isnan(distance_m):
            return ()
        beyond = max(0.0, 1.0 - END_M / distance_m) if distance_m > END_M else 0.0
        return (eye, (self.x(distance_m), self.ground - (self.ground - eye[1]) * beyond))

    def wedge(self, eye: Point, low_m: float, high_m: float) -> tuple[Point, ...]:
        """The outline of all gazes that land between two distances; () where one is not known."""
        low, high = self.ray(eye, min(low_m, high_m)), self.ray(eye, max(low_m, high_m))
        if not low or not high:
            return ()
        corner = ((self.end, self.ground),) if low[-1][1] >= self.ground > high[-1][1] else ()
        return (*low, *corner, *reversed(high[1:]))


def target(mode: Mode, feet: bool) -> Zone:
    """4-7 ft on trails (on technical ground: where the eyes come back to); on the road about 10 m.

    The road's mark is as wide as one degree of gaze to either side from an ordinary eye height of 1.62 m.
    """
    if mode is Mode.ROAD:
        deg = math.degrees(math.atan2(1.62, ROAD_M))
        low, high = (1.62 / math.tan(math.radians(deg + d)) for d in (1.0, -1.0))
        return Zone(low, high, "~30 ft" if feet else "~10 m")
    return Zone(4 * FOOT_M, 7 * FOOT_M, "4–7 ft" if feet else "1.2–2.1 m")


def ticks(mode: Mode, feet: bool) -> tuple[Tick, ...]:
    """The marks beside the target's, nearest first."""
    unit, size = ("ft", FOOT_M) if feet else ("m", 1.0)
    marks = {True: (7, 15), False: (2, 5)} if mode is Mode.ROAD else {True: (15, 30), False: (5, 10)}
    return tuple(Tick(mark * size, f"{mark} {unit}") for mark in marks[feet])
