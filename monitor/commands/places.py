"""Where this computer keeps the wearer's things: profiles, runs, settings. `HEADSUP_HOME` moves them all."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from platformdirs import user_config_path, user_data_path

from monitor.errors import SettingsError
from monitor.settings import Settings
from monitor.settings_file import load_or_default, usual_path
from monitor.texts import reading


def _home() -> Path | None:
    home = os.environ.get("HEADSUP_HOME", "")
    return Path(home) if home else None


def profiles_folder() -> Path:
    """Folder of calibration profiles."""
    return (_home() or user_data_path("headsup", appauthor=False)) / "profiles"


def runs_folder() -> Path:
    """Folder of recordings that were not told where to go."""
    return (_home() or user_data_path("headsup", appauthor=False)) / "runs"


def clips_folder() -> Path:
    """Folder for the wearer's own spoken clips."""
    return (_home() or user_config_path("headsup", appauthor=False)) / "clips"


def settings() -> Settings:
    """The wearer's settings: the file where there is one, else the defaults. Raises SettingsError."""
    return load_or_default()


def speak() -> None:
    """Speak the language of the settings from now on; where that cannot be, stderr says why, and it is English.

    Settings that cannot be read are told of by who needs them.
    """
    with suppress(SettingsError):
        if trouble := reading.speak(settings().language, usual_path().parent / "texts"):
            print(f"headsup: {trouble}", file=sys.stderr)


def utc_now() -> str:
    """Now, ISO 8601 with offset, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def fresh(folder: Path, stem: str, suffix: str) -> Path:
    """A path in `folder` (made if need be) that does not exist yet: stem, stem-2, stem-3, ..."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{stem}{suffix}"
    number = 2
    while path.exists():
        path = folder / f"{stem}-{number}{suffix}"
        number += 1
    return path
