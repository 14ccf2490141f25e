"""A profile that cannot be read makes way for a new one of its name, but is never thrown away."""

from __future__ import annotations

import os
from pathlib import Path

from calibration import store
from monitor.errors import ProfileError

MOST_KEPT = 99


def damage(folder: Path, name: str) -> str:
    """Why the profile of this name cannot be read; '' where it can, or where there is none."""
    try:
        store.load(folder, name)
    except ProfileError as error:
        return error.reason if os.path.lexists(store.path_of(folder, name)) else ""
    return ""


def aside_path(folder: Path, name: str) -> Path:
    """Where an unreadable profile would go: `me.json.old-1`, `-2` ... Raises ProfileError where all are taken."""
    path = store.path_of(folder, name)
    for number in range(1, MOST_KEPT + 1):
        free = path.with_name(f"{path.name}.old-{number}")
        if not os.path.lexists(free):
            return free
    raise ProfileError(name, f"there are {MOST_KEPT} unreadable ones already in {folder}: remove some first")


def set_aside(folder: Path, name: str) -> Path | None:
    """Move an unreadable profile out of the way; its new path, None where there was nothing to move.

    Raises ProfileError where it cannot be moved.
    """
    if not damage(folder, name):
        return None
    there = aside_path(folder, name)
    try:
        os.rename(store.path_of(folder, name), there)
    except OSError as error:
        raise ProfileError(name, f"cannot be moved to {there.name}: {error.strerror}") from error
    return there
