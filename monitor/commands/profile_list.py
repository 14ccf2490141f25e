"""Calibration profiles in words: the list, and what one sensor's calibration knows. What files say is not trusted."""

from __future__ import annotations

import json
from typing import Any

from calibration import store
from calibration.limits import head_limits
from calibration.model import Profile, SiteCalibration
from calibration.validity import age_days, age_in_words, validity
from monitor.commands import places
from monitor.errors import ProfileError
from monitor.review.report_words import clean

LONGEST_NOTE = 300


def list_profiles(*, as_json: bool) -> int:
    """Print every profile: its age and what it sees; a damaged one is a line, not an end."""
    folder = places.profiles_folder()
    rows: list[dict[str, Any]] = []
    for name in store.listed(folder):
        try:
            rows.append(summary(name, store.inspect(folder, name)))
        except ProfileError as error:
            rows.append({"name": name, "error": error.reason, "link": store.is_link(folder, name)})
    if as_json:
        print(json.dumps(rows, indent=1))
        return 0
    if not rows:
        print("No profiles yet: run headsup calibrate.")
    for row in rows:
        if "error" in row:
            print(f"{row['name']}: {'not looked into' if row['link'] else 'cannot be used'}: {row['error']}")
            continue
        print(heading(row))
        for site in row["sites"]:
            print(f"    {named(site['sensor'], site['sensor_name'])}: {clean(site['sees'], LONGEST_NOTE)}")
        for text in row["findings"]:
            print(f"    {text}")
    return 0


def summary(name: str, profile: Profile) -> dict[str, Any]:
    """A profile as a row of the list, by the name that commands know it by."""
    now = places.utc_now()
    return {
        "name": name,
        "created_utc": profile.created_utc,
        "age": age_in_words(profile, now),
        "age_days": age_days(profile, now),
        "simulated": profile.simulated,
        "sites": [
            {"sensor": s.sensor, "site": s.site, "sensor_name": s.sensor_name, "sees": s.sees} for s in profile.sites
        ],
        "findings": [finding.text for finding in validity(profile, now, ())],
    }


def heading(row: dict[str, Any]) -> str:
    """Name and age of a row, and whose it is."""
    return f"{row['name']}: {row['age']}{', SIMULATED wearer' if row['simulated'] else ''}"


def named(sensor: str, device: str) -> str:
    """Where a sensor is worn, and which one it is."""
    return f"{clean(sensor)} ({clean(device) or 'no name'})"


def site_lines(site: SiteCalibration) -> list[str]:
    """What a sensor sees from there, the quality of each pose, and what else should be known."""
    lines = [
        f"{clean(site.sensor)}: {clean(site.sees, LONGEST_NOTE)}",
        *(_line(clean(p.name), f"held {p.duration_s:4.1f} s, {_steady(p.spread_deg)}") for p in site.poses),
    ]
    if site.running:
        run = site.running
        held = f"{run.duration_s:.0f} s at {run.cadence_spm:.0f} spm"
        lines.append(_line("easy running", f"{held}, {_steady(run.spread_deg)}"))
    if site.gaze:
        lines.append(_line("floor marks", f"the head makes {100 * site.gaze.share:.0f} % of a look down"))
    for mode, (on_deg, _) in head_limits(site).items():
        lines.append(_line(f"own limit, {mode.value}", f"{on_deg:.0f} deg"))
    return [*lines, *(f"    {clean(note, LONGEST_NOTE)}" for note in site.notes)]


def _line(what: str, words: str) -> str:
    return f"    {what:18} {words}"


def _steady(spread_deg: float) -> str:
    return f"steady within {spread_deg:.1f} deg"
