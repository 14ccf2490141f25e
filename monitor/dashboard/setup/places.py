"""The places where a sensor is clipped, in words: the name, how to clip it there, and what it sees from there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from monitor.values import Site


@dataclass(frozen=True, slots=True)
class Place:
    """One place: `key` is its letter on the keyboard."""

    site: Site
    key: str
    name: str
    how: str
    sees: str


PLACES: Mapping[Site, Place] = MappingProxyType(
    {
        place.site: place
        for place in (
            Place(
                Site.HEAD,
                "H",
                "Head",
                "Clip it to the cap or headband, where it cannot wobble.",
                "Sees when you look down.",
            ),
            Place(
                Site.COLLAR,
                "C",
                "Shoulder strap or collar",
                "Clip it to a strap or seam on top of the outer shoulder, not to the middle of the collar.",
                "Sees raised shoulders.",
            ),
            Place(
                Site.LEFT_SHOULDER,
                "L",
                "Left shoulder",
                "Clip it on top of the left shoulder, on a strap or seam.",
                "Sees the left shoulder rise.",
            ),
            Place(
                Site.RIGHT_SHOULDER,
                "R",
                "Right shoulder",
                "Clip it on top of the right shoulder, on a strap or seam.",
                "Sees the right shoulder rise.",
            ),
            Place(
                Site.BACK,
                "B",
                "Upper back",
                "Clip it between the shoulder blades, or on the breastbone.",
                "Sees the lean of the trunk, so that a hill is not taken for a lowered head.",
            ),
        )
    }
)
ORDER = (Site.HEAD, Site.COLLAR, Site.BACK, Site.LEFT_SHOULDER, Site.RIGHT_SHOULDER)
"""In which places are offered to the first, second ... sensor."""


def free_place(taken: Iterable[Site]) -> Site | None:
    """The next place that no sensor has; None where all are taken."""
    used = set(taken)
    return next((site for site in ORDER if site not in used), None)
