"""The wearer's settings on disk: one TOML file in the platform's folder for such files, read and written strictly.

Only what differs from the shipped settings is written, so that a better default of a later version reaches everybody
who never changed it. Each setting has its documentation as a comment above it. A file that cannot be read, or that
holds a key of another version, is never written over.
"""

from __future__ import annotations

import json
import os
import textwrap
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile

from platformdirs import user_config_path

from monitor.errors import SettingsError
from monitor.settings import LARGEST_BYTES, Settings, load
from monitor.settings_keys import GROUPS, KEYS, SettingKey, Value, changed, differing, in_words

FILE_NAME = "settings.toml"
HEADER = "# Settings of Heads Up: only what differs from the settings as shipped."
_MORE = "# `headsup settings show` lists all. Comments of your own are not kept when Heads Up saves this file."
_WIDTH = 116


def usual_path() -> Path:
    """Where the file is: in `HEADSUP_HOME` where that is set, else in the platform's folder for settings."""
    home = os.environ.get("HEADSUP_HOME", "")
    return (Path(home) if home else user_config_path("headsup", appauthor=False)) / FILE_NAME


def load_or_default(path: Path | None = None) -> Settings:
    """The settings of a file (default: the usual one); as shipped where there is none. Raises SettingsError."""
    path = usual_path() if path is None else path
    return load(path) if _is_there(path) else Settings()


def save(path: Path, settings: Settings) -> None:
    """Write settings in one step: after a crash the file is the old one or the new one, never half of either.

    A hand-written file is kept once beside it, as `settings.toml.bak`. Raises SettingsError, and leaves the file as it
    is, where it cannot be read, holds unknown keys, may not be written, or where the new text would not read back.
    """
    data = _checked(settings)
    before = _refuse_to_lose(path)
    # A link stays a link: what it points to is what is replaced.
    target = Path(os.path.realpath(path))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if before is not None and not before.startswith(HEADER.encode()):
            _write(target.with_name(f"{target.name}.bak"), before)
        _write(target, data)
    except OSError as error:
        raise SettingsError(str(path), f"cannot be written: {error.strerror or error}") from error


def change(path: Path, changes: Mapping[str, Value]) -> Settings:
    """Change some settings, by dotted key, in the file as it is now, and return them all. Raises SettingsError."""
    settings = changed(load_or_default(path), changes)
    save(path, settings)
    return settings


def to_toml(settings: Settings) -> str:
    """What differs from the shipped settings as TOML, each setting below its documentation."""
    values = differing(settings)
    lines = [HEADER, _MORE]
    for group in ("", *GROUPS):
        keys = [key for key in KEYS if key.group == group and key.key in values]
        if group and keys:
            lines += ["", f"[{group}]"]
        for key in keys:
            lines += ["", *_comment(key), f"{key.name} = {_literal(values[key.key])}"]
    return "\n".join([*lines, ""])


def _comment(key: SettingKey) -> Iterator[str]:
    unit = f" {key.unit}" if key.unit else ""
    shipped = in_words(key.default) or "''"
    words = f"{key.doc} ({key.bounds}{unit}; as shipped: {shipped})"
    yield from textwrap.wrap(words, _WIDTH, initial_indent="# ", subsequent_indent="# ")


def _literal(value: Value) -> str:
    """A TOML value. JSON's strings are TOML's, but for one control character."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(int(value)) if isinstance(value, int) else repr(float(value))


def _checked(settings: Settings) -> bytes:
    """The file's bytes, read back once before anything is touched. Raises SettingsError."""
    text = to_toml(settings)
    try:
        data = text.encode("utf-8")
        if Settings.from_mapping(tomllib.loads(text)) != settings or len(data) > LARGEST_BYTES:
            raise ValueError("they do not read back the same")
    except ValueError as error:
        raise SettingsError("file", f"these settings cannot be written: {error}") from error
    return data


def _refuse_to_lose(path: Path) -> bytes | None:
    """The present file's bytes, None where there is none. Raises SettingsError where it must not be written over."""
    if not _is_there(path):
        return None
    try:
        load(path)
    except SettingsError as error:
        why = error.reason if error.key == str(path) else f"'{error.key}' {error.reason}"
        raise SettingsError(str(path), f"is left as it is: {why}. Mend it, or move it away") from error
    if not os.access(path, os.W_OK):
        raise SettingsError(str(path), "cannot be written: it is read-only")
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingsError(str(path), f"cannot be read: {error.strerror}") from error


def _is_there(path: Path) -> bool:
    """Whether something goes by that name, even if it is a link to nowhere. Raises SettingsError if nobody can tell."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise SettingsError(str(path), f"cannot be read: {error.strerror}") from error
    return True


def _write(path: Path, data: bytes) -> None:
    # A name that nobody else can have taken: no other file, and no link's target, is ever overwritten.
    mode = path.stat().st_mode & 0o777 if path.exists() else None
    with NamedTemporaryFile("wb", dir=path.parent, prefix=f".{path.name}-", suffix=".part", delete=False) as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            if mode is not None:
                os.chmod(file.name, mode)
            os.replace(file.name, path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
