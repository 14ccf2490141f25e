"""What a calibration found, in the wearer's words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from calibration.limits import head_limits
from calibration.model import Profile, SiteCalibration
from calibration.sees import CLAIM_D
from monitor.dashboard.setup.places import PLACES
from monitor.values import Site

LONGEST = 200


@dataclass(frozen=True, slots=True)
class SiteResult:
    """One sensor's result: `works` tells whether it will be of use; `lines` the rest, the most important first."""

    title: str
    sees: str
    works: bool
    lines: tuple[str, ...]


def plain(text: str, longest: int = LONGEST) -> str:
    """One printable line: names and notes of a profile may come from anywhere."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * longest]).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def place_name(sensor: str) -> str:
    """The name of a place, from a profile's word for it."""
    try:
        return PLACES[Site(sensor)].name
    except ValueError:
        return plain(sensor, 40)


def site_result(site: SiteCalibration) -> SiteResult:
    """What one sensor sees, how well the poses were held, the wearer's own limits, and what should be known."""
    lines = []
    if site.poses:
        spread = max(pose.spread_deg for pose in site.poses)
        lines.append(f"Every pose held steady within {spread:.1f}°.")
    if site.shoulders is not None and site.shoulders.d_prime >= CLAIM_D:
        lines.append(f"A full shrug turns this sensor by {site.shoulders.arc_deg:.0f}°.")
    if site.shoulders is not None:
        lines.append(f"Shoulders told apart by d' {site.shoulders.d_prime:.1f}; cues need {CLAIM_D:.0f}.")
    if site.running is not None:
        run = site.running
        lines.append(f"Your easy running: {run.cadence_spm:.0f} steps a minute, steady within {run.spread_deg:.1f}°.")
    for mode, (on_deg, _) in head_limits(site).items():
        lines.append(f"Your own limit on the {mode.value}: {on_deg:.0f}° down.")
    works = site.head is not None or site.trunk is not None
    works = works or (site.shoulders is not None and site.shoulders.d_prime >= CLAIM_D)
    device = plain(site.sensor_name, 40)
    title = f"{place_name(site.sensor)} · {device}" if device else place_name(site.sensor)
    notes = tuple(dict.fromkeys(_sentence(plain(note)) for note in site.notes))
    return SiteResult(title, without_numbers(site.sees), works, (*lines, *notes))


def without_numbers(sees: str) -> str:
    """What a sensor sees, without the d' that only the curious want."""
    return re.sub(r" ?\(d' [^)]{1,10}\)", "", plain(sees))


def results(profile: Profile) -> tuple[SiteResult, ...]:
    """Of all sensors."""
    return tuple(site_result(site) for site in profile.sites)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
