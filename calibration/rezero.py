"""The re-zero of a sensor that sits a little differently than when it was calibrated.

Everything that was learned is turned by the smallest rotation from the old neutral to the new, so that the nod axis and
the shoulder weight go along. A turn about the vertical cannot be seen from gravity and is not undone: that, too, is why
only small corrections are accepted.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from calibration.directions import as_vector, between_deg, turn
from calibration.model import SiteCalibration, Vector
from calibration.running import covariance, packed
from monitor.errors import CalibrationError

LARGEST_DEG = 25.0
"""A larger turn is another way of wearing the sensor: its nod axis cannot be trusted to have come along."""


def rezero(site: SiteCalibration, up: Vector, *, running: bool) -> SiteCalibration:
    """The calibration turned so that `up` is its neutral (the running one where `running`).

    Raises CalibrationError beyond 25 deg.
    """
    reference, _ = reference_of(site, running=running)
    off = between_deg(up, reference)
    if not off <= LARGEST_DEG:  # also NaN
        raise CalibrationError(
            "re-zero",
            f"the {site.sensor} sensor sits {off:.0f} deg differently, too much to correct",
            "Put it on as before, or calibrate anew.",
        )
    by = turn(np.array(reference), np.array(up))

    def turned(v: Vector) -> Vector:
        return as_vector(by @ np.array(v))

    head, shoulders, runs, trunk = site.head, site.shoulders, site.running, site.trunk
    return replace(
        site,
        poses=tuple(replace(p, up=turned(p.up)) for p in site.poses),
        head=replace(head, neutral=turned(head.neutral), nod=turned(head.nod)) if head else None,
        shoulders=replace(shoulders, neutral=turned(shoulders.neutral), weight=turned(shoulders.weight))
        if shoulders
        else None,
        standing=turned(site.standing) if site.standing else None,
        trunk=replace(trunk, neutral=turned(trunk.neutral), weight=turned(trunk.weight)) if trunk else None,
        running=replace(runs, up=turned(runs.up), covariance=packed(by @ covariance(runs) @ by.T)) if runs else None,
    )


def reference_of(site: SiteCalibration, *, running: bool) -> tuple[Vector, bool]:
    """The stored neutral to compare with, and whether it is of the other kind."""
    if running and site.running is not None:
        return site.running.up, False
    if not running and site.standing is not None:
        return site.standing, False
    if site.head is not None:
        return site.head.neutral, True
    if site.shoulders is not None:
        return site.shoulders.neutral, True
    raise CalibrationError("re-zero", f"the {site.sensor} sensor is not calibrated", "Run headsup calibrate.")
