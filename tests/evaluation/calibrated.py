"""A profile from SIMULATED poses, by the product's own capture and fits, as `headsup calibrate --from` makes it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from calibration.fit import fit_head, fit_shoulders
from calibration.model import Pose, Profile, SiteCalibration
from calibration.poses import Stretch, capture
from monitor.posture.channel import is_trusted
from monitor.posture.stride import StrideMean
from monitor.review.postures import grid_blocks, postures
from monitor.sensors.registry import family
from monitor.values import NS_PER_S, Activity, PacketBlock, SensorInfo, Site
from tests.evaluation.outings import POSES, Poses

LEAD_IN_S = 0.7
"""The first one-stride mean of a pose still holds what came before it."""


def profile_of(info: SensorInfo, packets: PacketBlock, poses: Poses = POSES) -> Profile:
    """The wearer's profile. Raises CalibrationError like the product where a pose is refused."""
    found = postures(info, grid_blocks(info, [[packets]]), known_bias=True)
    mean = StrideMean(found[0].period_s, columns=3)
    up = np.concatenate([mean.push(block.up, block.stride_slots) for block in found])
    t_s = np.concatenate([block.t_ns for block in found]) / NS_PER_S
    t_s -= t_s[0]
    trusted = is_trusted(np.concatenate([block.reason for block in found]))
    running = np.concatenate([block.activity for block in found]) == Activity.RUN

    def pose(name: str, span: tuple[float, float]) -> Pose:
        inside = (t_s >= span[0] + LEAD_IN_S) & (t_s <= span[1])
        moving = bool(running[inside].mean() > 0.5)
        return capture(name, Stretch(up[inside], trusted[inside], moving, found[0].period_s))

    neutral = pose("neutral", poses.neutral)
    head = shoulders = None
    if info.site is Site.HEAD:
        head = fit_head(neutral, [pose("look", poses.look)])
    else:
        shrugs = [pose("shrug", span) for span in poses.shrugs]
        shoulders = fit_shoulders(neutral, shrugs, pose("lean", poses.lean))
    estimator = "vqf" if family(info.family).has_gyro else "accelerometer"
    site = SiteCalibration(info.key, info.site.value, info.name, info.address, estimator, (neutral,), head, shoulders)
    return Profile("SIMULATED", "2026-01-01T00:00:00+00:00", True, (site,))


def mistaken(profile: Profile, down_deg: float) -> Profile:
    """The profile as if the head had been `down_deg` too low while its neutral was taken."""
    sites = []
    for site in profile.sites:
        head = site.head
        if head and down_deg:
            c, s = np.cos(np.radians(down_deg)), np.sin(np.radians(down_deg))
            neutral, nod = np.array(head.neutral), np.array(head.nod)
            low, low_nod = c * neutral + s * nod, c * nod - s * neutral
            head = replace(head, neutral=tuple(low.tolist()), nod=tuple(low_nod.tolist()))
        sites.append(replace(site, head=head))
    return replace(profile, sites=tuple(sites))
