"""`headsup profile`: list, show, copy and remove calibration profiles."""

from __future__ import annotations

import argparse
import json
import math
import sys
from dataclasses import asdict
from typing import Any

from calibration import store
from calibration.limits import head_limits
from calibration.model import Profile, SiteCalibration
from monitor.commands import places
from monitor.commands.profile_list import heading, list_profiles, site_lines, summary
from monitor.errors import ProfileError
from monitor.review.report_words import clean


def run(args: argparse.Namespace) -> int:
    """Do what `args.action` says; exit code 0. Raises ProfileError."""
    if args.action == "list":
        return list_profiles(as_json=args.json)
    if args.action == "show":
        return show(args.name, as_json=args.json)
    if args.action == "copy":
        return copy(getattr(args, "from"), args.to)
    return remove(args.name, yes=args.yes)


def show(name: str, *, as_json: bool) -> int:
    """Print everything a profile knows. Raises ProfileError."""
    profile = store.inspect(places.profiles_folder(), name)
    if as_json:
        print(json.dumps(_strict(_everything(name, profile)), indent=1, allow_nan=False))
        return 0
    row = summary(name, profile)
    print(heading(row))
    for text in row["findings"]:
        print(f"    {text}")
    if not profile.sites:
        print("    No sensor is calibrated in it: run headsup calibrate.")
    for site in profile.sites:
        print()
        print("\n".join([*site_lines(site), *(f"    {text}" for text in _more(site))]))
    return 0


def copy(name: str, new_name: str) -> int:
    """Keep a profile under a second name. Raises ProfileError."""
    path = store.copy(places.profiles_folder(), name, new_name)
    print(f"Profile '{name}' copied to '{new_name}', kept in {path}")
    return 0


def remove(name: str, *, yes: bool) -> int:
    """Remove a profile after a yes, on the command line or at the terminal. Raises ProfileError."""
    folder = places.profiles_folder()
    path = store.path_of(folder, name)
    if not yes and path.is_symlink() | path.exists():
        if sys.stdin is None or not sys.stdin.isatty():
            raise ProfileError(name, "is not removed unasked, and there is no terminal to ask at: add --yes")
        if not _agreed(_question(name)):
            print(f"Profile '{name}' is kept.")
            return 0
    store.remove(folder, name)
    print(f"Profile '{name}' is removed. Recordings keep the calibration they were made with.")
    return 0


def _question(name: str) -> str:
    """What is about to go, in one line."""
    folder = places.profiles_folder()
    if store.is_link(folder, name):
        return f"Remove '{name}'? It is a link: only the link goes, the file it points to stays."
    try:
        row = summary(name, store.inspect(folder, name))
    except ProfileError as error:
        return f"Remove '{name}'? It cannot be used: {error.reason}."
    sensors = ", ".join(clean(site["sensor"]) for site in row["sites"]) or "no sensor"
    return f"Remove {heading(row)} ({sensors})?"


def _agreed(question: str) -> bool:
    """Ask at the terminal; anything but a yes, or the end of the input, is a no."""
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _more(site: SiteCalibration) -> list[str]:
    """What `calibrate` does not need to repeat to somebody who has just done it."""
    lines = []
    if site.head is not None and site.gaze is None:
        lines.append("No floor marks: the general limits hold. headsup calibrate --full --marks learns your own.")
    if site.estimator == "accelerometer":
        lines.append("A sensor without gyroscope: good for what is held for seconds, slow for quick nods.")
    if site.standing is not None and site.running is not None:
        lines.append(f"In easy running it sits {_between_deg(site):.0f} deg from where it sat while standing.")
    who = clean(site.sensor_name) or "a sensor without a name"
    address = clean(site.sensor_address)
    lines.append(f"Made with {who}{f' ({address})' if address else ''}, worn at the {clean(site.site)}.")
    return lines


def _between_deg(site: SiteCalibration) -> float:
    """Angle between the standing and the running neutral."""
    assert site.standing is not None
    assert site.running is not None
    cosine = sum(a * b for a, b in zip(site.standing, site.running.up, strict=True))
    return math.degrees(math.acos(min(1.0, max(-1.0, cosine))))


def _everything(name: str, profile: Profile) -> dict[str, Any]:
    """The row of the list, with all that each site's calibration holds."""
    sites = [
        {
            **asdict(site),
            "own_limits": {
                mode.value: {"on_deg": on_deg, "off_deg": off_deg}
                for mode, (on_deg, off_deg) in head_limits(site).items()
            },
        }
        for site in profile.sites
    ]
    return {**summary(name, profile), "sites": sites}


def _strict(value: Any) -> Any:
    """The same with null for NaN: strict JSON knows no NaN."""
    if isinstance(value, dict):
        return {key: _strict(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_strict(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value
