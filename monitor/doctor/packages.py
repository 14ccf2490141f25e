"""Python itself and the packages that Heads Up is built on."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from importlib import metadata

from monitor.doctor.finding import Finding, State

DISTRIBUTION = "headsup-run"
OLDEST_PYTHON = (3, 11)
_REINSTALL = f"In the project's folder: {sys.executable} -m pip install -e ."


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


def check_pyside(version: str | None, python: tuple[int, int, int]) -> Finding | None:
    """The one combination that kills the program: PySide6 6.12.0 on Python before 3.12.

    That release gives back one reference to None in every void call, and Python 3.11 still counts those.
    None where there is no PySide6 at all: `check_packages` says so.
    """
    if version is None:
        return None
    major, minor = (int(part) for part in [*re.findall(r"\d+", version), "0", "0"][:2])
    if (major, minor) >= (6, 12) and python < (3, 12):
        return Finding(
            "Qt version",
            State.MISSING,
            f"PySide6 {version} stops Python 3.11 within seconds of drawing.",
            f'{sys.executable} -m pip install "PySide6-Essentials>=6.11,<6.12"',
        )
    return Finding("Qt version", State.OK, f"PySide6 {version}.")


def absent_packages() -> list[str]:
    """The required packages that this Python does not have; the program's own name where it is not installed."""
    try:
        required = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return [DISTRIBUTION]
    names = [re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0] for line in required if ";" not in line]
    return [name for name in names if version_of(name) is None]


def version_of(name: str) -> str | None:
    """The installed version of a package, None where it is absent or its record is damaged."""
    try:
        return metadata.version(name)
    except (metadata.PackageNotFoundError, KeyError):
        return None


def findings() -> list[Finding]:
    """Python and its packages on this computer."""
    python = sys.version_info[:3]
    pyside = check_pyside(version_of("PySide6-Essentials"), python)
    return [check_python(python), check_packages(absent_packages()), *([pyside] if pyside else [])]
