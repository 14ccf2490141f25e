"""A profile that was re-zeroed for a day: kept beside the calibration, which stays as it was made.

Small turns that are added up from day to day would lead away from the poses that were held; so every re-zero starts
from the calibration itself.
"""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from calibration import store
from calibration.model import Profile
from monitor.errors import ProfileError

TODAY = "-today"
LONGEST_NAME = 64


def today_name(name: str) -> str:
    """Under which a re-zeroed profile is found: 'me-today'."""
    return name if name.endswith(TODAY) else name[: LONGEST_NAME - len(TODAY)] + TODAY


def keep_today(folder: Path, profile: Profile) -> str:
    """Write a re-zeroed profile, in one step, and return the name to load it by. Raises ProfileError.

    It goes on bearing its own name inside, so that its runs are counted with the others of that profile.
    """
    name = today_name(profile.name)
    path = store.path_of(folder, name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=folder, suffix=".part", delete=False, encoding="utf-8") as file:
            try:
                file.write(store.to_json(profile))
                file.flush()
                os.fsync(file.fileno())
                os.replace(file.name, path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise ProfileError(name, f"cannot be written to {folder}: {error.strerror}") from error
    return name
