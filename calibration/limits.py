"""The wearer's own limits, from the floor marks: how low is too low on the road and on the trail.

On the road even the ground 7 ft ahead is too near. On the trail 4-7 ft is right, so the limit lies a quarter of the way
from the 4-ft pose to the feet.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from calibration.model import SiteCalibration
from monitor.values import Mode

MARGIN_DEG = 3.0
HYSTERESIS_DEG = 5.0
BOUNDS_DEG = (8.0, 80.0)
"""No limit outside: below, running itself would exceed it; above, nobody's head goes."""


def head_limits(site: SiteCalibration) -> Mapping[Mode, tuple[float, float]]:
    """(on, off) head pitch in degrees for each mode that the wearer's floor marks tell; empty without marks.

    Only marks that agreed (`site.gaze`) are used.
    """
    if site.gaze is None:
        return MappingProxyType({})
    pitches = {mark.name: mark.pitch_deg for mark in site.gaze.marks}
    limits: dict[Mode, tuple[float, float]] = {}
    if "7ft" in pitches:
        limits[Mode.ROAD] = _pair(pitches["7ft"] + MARGIN_DEG)
    if "4ft" in pitches:
        feet = site.gaze.feet_deg
        way = 0.0 if feet is None else (feet - pitches["4ft"]) / 4
        limits[Mode.TRAIL] = _pair(pitches["4ft"] + max(MARGIN_DEG, way))
    return MappingProxyType(limits)


def _pair(on_deg: float) -> tuple[float, float]:
    on_deg = min(max(on_deg, BOUNDS_DEG[0]), BOUNDS_DEG[1])
    return on_deg, on_deg - HYSTERESIS_DEG
