"""What a simulated runner does, and when: the request that `monitor.simulator.runner` turns into IMU samples.

Times are seconds from the start. Every posture change is half way at its `on_s` and `off_s` and takes `ramp_s`
from start to end, so an event lasts exactly `off_s - on_s` at half its depth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from monitor.values import Activity, Site

MAX_DURATION_S = 48 * 3600.0
TRANSITION_S = 1.6
"""One activity turns into the next within this time, half way at the span's edge; no span is shorter."""


def _finite(name: str, value: float, low: float, high: float) -> None:
    if not (math.isfinite(value) and low <= value <= high):
        raise ValueError(f"{name} must lie between {low:g} and {high:g}, not {value!r}")


def _interval(what: str, on_s: float, off_s: float, ramp_s: float) -> None:
    _finite(f"{what}: on_s", on_s, -MAX_DURATION_S, MAX_DURATION_S)
    _finite(f"{what}: off_s", off_s, -MAX_DURATION_S, 2 * MAX_DURATION_S)
    if not 0.02 <= ramp_s <= off_s - on_s:
        raise ValueError(f"{what}: ramp_s must lie between 0.02 s and the event's {off_s - on_s:g} s, not {ramp_s:g}")


@dataclass(frozen=True, slots=True)
class ActivitySpan:
    """From `on_s` to `off_s` the runner stands, walks or runs at `cadence_spm` steps per minute."""

    on_s: float
    off_s: float
    activity: Activity
    cadence_spm: float = 0.0
    """Steps per minute; 0 = the usual 168 for running and 108 for walking; ignored when still."""

    def __post_init__(self) -> None:
        _interval("activity", self.on_s, self.off_s, TRANSITION_S)
        if self.activity not in (Activity.STILL, Activity.WALK, Activity.RUN):
            raise ValueError(f"a simulated runner can be still, walk or run, not {self.activity!r}")
        if self.cadence_spm:
            _finite("cadence_spm", self.cadence_spm, 40, 260)

    @property
    def steps_per_s(self) -> float:
        """Step frequency, Hz (0 when still)."""
        if self.activity is Activity.STILL:
            return 0.0
        usual_spm = 168.0 if self.activity is Activity.RUN else 108.0
        return (self.cadence_spm or usual_spm) / 60


@dataclass(frozen=True, slots=True)
class HeadEvent:
    """The neck turns the head: `angle_deg` nose down (negative: up), `roll_deg` right ear down, `yaw_deg` left."""

    on_s: float
    off_s: float
    angle_deg: float
    ramp_s: float = 0.4
    roll_deg: float = 0.0
    yaw_deg: float = 0.0

    def __post_init__(self) -> None:
        _interval("head", self.on_s, self.off_s, self.ramp_s)
        _finite("angle_deg", self.angle_deg, -90, 90)
        _finite("roll_deg", self.roll_deg, -90, 90)
        _finite("yaw_deg", self.yaw_deg, -100, 100)


class Side(StrEnum):
    """Which shoulder moves."""

    BOTH = "both"
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class ShoulderEvent:
    """Raised shoulders, or one of them: `fraction` 1 = the full shrug, 0 = relaxed."""

    on_s: float
    off_s: float
    fraction: float
    ramp_s: float = 0.6
    side: Side = Side.BOTH

    def __post_init__(self) -> None:
        _interval("shoulder", self.on_s, self.off_s, self.ramp_s)
        _finite("fraction", self.fraction, -0.5, 1.5)


@dataclass(frozen=True, slots=True)
class LeanSpan:
    """The trunk leans forward by `angle_deg` and takes the head along: uphill, or tiring at the hips.

    A runner who keeps the gaze level while leaning is a lean plus a `HeadEvent` of the opposite angle.
    """

    on_s: float
    off_s: float
    angle_deg: float
    ramp_s: float = 1.5

    def __post_init__(self) -> None:
        _interval("lean", self.on_s, self.off_s, self.ramp_s)
        _finite("angle_deg", self.angle_deg, -60, 90)


@dataclass(frozen=True, slots=True)
class Slip:
    """At `at_s` the sensor of `site` turns on the wearer, who does not move, by `angle_deg` in the nose-down sense."""

    at_s: float
    angle_deg: float
    site: Site = Site.HEAD
    ramp_s: float = 0.2

    def __post_init__(self) -> None:
        _finite("at_s", self.at_s, 0, MAX_DURATION_S)
        _finite("angle_deg", self.angle_deg, -180, 180)
        _finite("ramp_s", self.ramp_s, 0.02, 60)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A whole simulated outing. The same scenario and seed move all sensors of one and the same runner.

    Time without an activity span is spent standing still. Head events, and events of one shoulder, that overlap add up.
    """

    duration_s: float
    activities: tuple[ActivitySpan, ...] = ()
    head: tuple[HeadEvent, ...] = ()
    shoulders: tuple[ShoulderEvent, ...] = ()
    leans: tuple[LeanSpan, ...] = ()
    slips: tuple[Slip, ...] = ()
    wander: tuple[tuple[float, float], ...] = ((1.0, 90.0), (0.7, 17.0))
    """Slow drift of the head pitch while walking or running: (amplitude in degrees, period in s) of each sine."""
    trail: bool = False
    """Uneven ground: steps, cadence and speed vary and the path bends; False = a treadmill."""
    impact_g: float = 1.0
    """Height of the 16 Hz ring after each landing, g: 1 soft, 2.5 hard."""
    seed: int = 0

    def __post_init__(self) -> None:
        _finite("duration_s", self.duration_s, 0.1, MAX_DURATION_S)
        _finite("impact_g", self.impact_g, 0, 5)
        for amplitude_deg, period_s in self.wander:
            _finite("wander amplitude", amplitude_deg, -20, 20)
            _finite("wander period", period_s, 2, 1e5)
        spans = sorted(self.activities, key=lambda s: s.on_s)
        for before, after in pairwise(spans):
            if after.on_s < before.off_s:
                raise ValueError(f"activities overlap at {after.on_s:g} s")
