"""Python itself and the packages that Heads Up is built on: whether they are there, in a version that works."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from importlib import metadata

from monitor.doctor.finding import Finding, State
from monitor.doctor.requirements import Requirement, numbers, parse

DISTRIBUTION = "headsup-run"
OLDEST_PYTHON = (3, 11)
_REINSTALL = f"In the project's folder: {sys.executable} -m pip install -e ."

BREAKS = {
    "bleak": "cannot talk to sensors as Heads Up does",
    "bumble": "cannot play the simulated runner",
    "PySide6-Essentials": "is not what the windows were made for",
}
"""What goes wrong outside the wanted versions, where that is known; elsewhere it is merely untried."""
EXTRAS = {
    "parquet": ("pyarrow", "tables for other programs (headsup export --parquet, headsup batch)"),
    "lsl": ("pylsl", "live streams for a lab (headsup live --lsl)"),
    "cluster": ("distributed", "many recordings on a cluster (headsup batch --dask)"),
}
"""Of each extra the package that tells whether it is there, and what it is for."""


def check_python(version: tuple[int, int, int]) -> Finding:
    """Whether this Python is new enough."""
    text = ".".join(map(str, version))
    if version[:2] < OLDEST_PYTHON:
        return Finding("Python", State.MISSING, f"Python {text} is too old.", "Install Python 3.11 or newer.")
    return Finding("Python", State.OK, f"Python {text}.")


def check_packages(absent: Sequence[str]) -> Finding:
    """Whether all packages are there, from the names of those that are not."""
    if absent:
        return Finding("Packages", State.MISSING, f"Not installed: {', '.join(absent)}.", _REINSTALL)
    return Finding("Packages", State.OK, "All packages are installed.")


def check_versions(wanted: Sequence[Requirement], installed: Mapping[str, str]) -> list[Finding]:
    """One finding for each installed package whose version is not one that Heads Up is made for."""
    found = []
    for need in wanted:
        version = installed.get(need.name)
        if need.extra or version is None or need.admits(version):
            continue
        why = BREAKS.get(need.name)
        sentence = f"{need.name} {version} {why or 'is not a version that Heads Up was tried with'}."
        remedy = f'{sys.executable} -m pip install "{need.name}{need.wanted}"'
        found.append(Finding("Versions", State.MISSING if why else State.WARNING, sentence, remedy))
    return found


def check_pyside(version: str | None, python: tuple[int, int, int]) -> Finding | None:
    """The one combination that kills the program: PySide6 6.12.0 on Python before 3.12.

    That release gives back one reference to None in every void call, and Python 3.11 still counts those.
    None where there is no PySide6 at all: `check_packages` says so.
    """
    if version is None:
        return None
    if [*numbers(version), 0, 0][:2] >= [6, 12] and python < (3, 12):
        return Finding(
            "Qt version",
            State.MISSING,
            f"PySide6 {version} stops Python 3.11 within seconds of drawing.",
            f'{sys.executable} -m pip install "PySide6-Essentials>=6.11,<6.12"',
        )
    return Finding("Qt version", State.OK, f"PySide6 {version}.")


def check_extras(installed: Mapping[str, str]) -> Finding:
    """Which optional parts are there. None is needed to run, so their absence is no fault."""
    absent = [(extra, what) for extra, (name, what) in EXTRAS.items() if name not in installed]
    if not absent:
        return Finding("Extras", State.OK, "All optional parts are installed.")
    names = ",".join(extra for extra, _ in absent)
    return Finding(
        "Extras",
        State.OK,
        f"Not installed, and only needed for: {'; '.join(what for _, what in absent)}.",
        tip=f'In the project\'s folder: {sys.executable} -m pip install -e ".[{names}]"',
    )


def requirements() -> list[Requirement]:
    """What this program needs by its own metadata; nothing where it was not installed."""
    try:
        return parse(metadata.requires(DISTRIBUTION) or [])
    except metadata.PackageNotFoundError:
        return []


def absent_packages() -> list[str]:
    """The required packages that this Python does not have; the program's own name where it is not installed."""
    if version_of(DISTRIBUTION) is None:
        return [DISTRIBUTION]
    return [n.name for n in requirements() if not n.extra and not n.conditional and version_of(n.name) is None]


def version_of(name: str) -> str | None:
    """The installed version of a package, None where it is absent or its record is damaged."""
    try:
        version = metadata.version(name)
    except (metadata.PackageNotFoundError, KeyError):
        return None
    return re.sub(r"[^0-9A-Za-z.+!_-]", "", version)[:40] if version else None


def findings() -> list[Finding]:
    """Python and its packages on this computer."""
    python = sys.version_info[:3]
    needs = requirements()
    names = {n.name for n in needs} | {name for name, _ in EXTRAS.values()}
    installed = {name: version for name in names if (version := version_of(name)) is not None}
    pyside = check_pyside(installed.get("PySide6-Essentials"), python)
    breaking = pyside is not None and pyside.state is not State.OK
    others = [n for n in needs if not (breaking and n.name == "PySide6-Essentials")]
    return [
        check_python(python),
        check_packages(absent_packages()),
        *check_versions(others, installed),
        *([pyside] if pyside else []),
        check_extras(installed),
    ]
