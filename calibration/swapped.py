"""Are the sensors worn where they are said to be? A look down turns the head's sensor and leaves the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from calibration.directions import as_vector, between_deg, unit
from calibration.fit import SMALLEST_NOD_DEG
from calibration.held import LEAD_IN_S, Seen
from calibration.model import Vector
from calibration.protocol import TimedStep
from monitor.values import Site

SWAPPED_DEG = 15.0
"""A trunk sensor turns by a few degrees when the wearer looks at the feet; a head sensor by 30 to 50."""


def held_up(timed: TimedStep, seen: Sequence[Seen]) -> dict[str, Vector]:
    """The mean up direction of each sensor while a step was held; without those that nothing was seen of."""
    ups: dict[str, list[Vector]] = {}
    for look in seen:
        if timed.start_s + LEAD_IN_S <= look.t_s <= timed.end_s:
            ups.setdefault(look.sensor, []).append(look.up)
    means = {key: np.mean(np.array(found), axis=0) for key, found in ups.items()}
    return {key: as_vector(unit(mean)) for key, mean in means.items() if np.linalg.norm(mean) > 0.5}


def swapped(sites: Mapping[str, Site], neutral: Mapping[str, Vector], look: Mapping[str, Vector]) -> bool:
    """Whether another sensor than the head's turned with a look down, and the head's did not.

    sites : run key -> where it is said to be worn; neutral, look : up of each sensor, from `held_up`
    """
    turned = {key: between_deg(look[key], neutral[key]) for key in sites if key in look and key in neutral}
    heads = [turned[key] for key, site in sites.items() if site is Site.HEAD and key in turned]
    others = [turned[key] for key, site in sites.items() if site is not Site.HEAD and key in turned]
    return bool(heads and others) and max(heads) < SMALLEST_NOD_DEG and max(others) >= SWAPPED_DEG
