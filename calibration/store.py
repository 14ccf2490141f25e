"""Profiles on disk: one small JSON file each, in a folder of the wearer's own.

Reading is strict (version, types, finite numbers, unit vectors), so a damaged or hostile file is one sentence.
"""

from __future__ import annotations

import json
import math
import os
import re
import stat
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from calibration.gaze import SHARES
from calibration.model import (
    FloorMark,
    GazeCalibration,
    HeadCalibration,
    Pose,
    Profile,
    RunningNeutral,
    ShoulderCalibration,
    SiteCalibration,
    TrunkCalibration,
    Vector,
)
from monitor.errors import ProfileError

VERSION = 3
READS = (1, 2, 3)
"""Version 1 knew no running neutral, no floor marks and no notes, version 2 no trunk; those stay empty."""
MOST_SITES, MOST_POSES, MOST_MARKS, MOST_NOTES = 8, 100, 20, 50
LARGEST_BYTES = 1_000_000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_. -]{0,63}")


def to_json(profile: Profile) -> str:
    """The profile as text, with its format version."""
    return json.dumps({"format": "headsup-profile", "version": VERSION, **asdict(profile)}, indent=1)


def from_json(text: str, name: str = "profile") -> Profile:
    """The inverse of `to_json`. Raises ProfileError."""
    try:
        table = json.loads(text)
    except (ValueError, RecursionError):
        raise ProfileError(name, "the file is damaged (not JSON)") from None
    if not isinstance(table, dict) or table.get("format") != "headsup-profile":
        raise ProfileError(name, "this is not a Heads Up calibration profile")
    version = table.get("version")
    if isinstance(version, bool) or version not in READS:
        raise ProfileError(name, f"it has format version {version!r:.20}; this program reads up to version {VERSION}")
    try:
        return Profile(
            name=_text(table["name"]),
            created_utc=_text(table["created_utc"]),
            simulated=_flag(table["simulated"]),
            sites=tuple(_site(s, version) for s in _list(table["sites"], MOST_SITES)),
        )
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError, IndexError) as error:
        raise ProfileError(name, f"the file is damaged ({error})") from None


def path_of(folder: Path, name: str) -> Path:
    """Where a profile of this name lives. Raises ProfileError for a name that is not a plain word."""
    if not _NAME.fullmatch(name):
        said = name.replace("\n", " ")
        raise ProfileError(said, "a profile's name may hold letters, digits, spaces, dots, dashes and underscores")
    return folder / f"{name}.json"


def save(folder: Path, profile: Profile) -> Path:
    """Write a profile, replacing one of the same name in one step. Raises ProfileError."""
    path = path_of(folder, profile.name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # A name that nobody else can have taken: no other file, and no link's target, is ever overwritten.
        with NamedTemporaryFile("w", dir=folder, suffix=".part", delete=False, encoding="utf-8") as file:
            try:
                file.write(to_json(profile))
                file.flush()
                os.fsync(file.fileno())
                os.replace(file.name, path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise ProfileError(profile.name, f"cannot be written to {folder}: {error.strerror}") from error
    return path


def load(folder: Path, name: str) -> Profile:
    """Read a profile by name. Raises ProfileError."""
    path = path_of(folder, name)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ProfileError(name, "it is not a plain file")
        if status.st_size > LARGEST_BYTES:
            raise ProfileError(name, "the file is far too large for a profile")
        text = path.read_text("utf-8")
    except FileNotFoundError:
        known = ", ".join(names(folder)) or "none yet"
        raise ProfileError(name, f"there is no such profile (known: {known}); run headsup calibrate first") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(name, f"cannot be read: {error}") from error
    return from_json(text, name)


def names(folder: Path) -> tuple[str, ...]:
    """Names of the profiles in a folder, sorted."""
    return tuple(sorted(p.stem for p in folder.glob("*.json"))) if folder.is_dir() else ()


def listed(folder: Path) -> tuple[str, ...]:
    """Names of the profiles that a command can name, sorted: files called otherwise are none of ours."""
    return tuple(name for name in names(folder) if _NAME.fullmatch(name))


def is_link(folder: Path, name: str) -> bool:
    """Whether a profile of this name is only a link to another file. Raises ProfileError for a bad name."""
    return path_of(folder, name).is_symlink()


def inspect(folder: Path, name: str) -> Profile:
    """Like `load`, for commands that manage the folder: a link is refused, never followed. Raises ProfileError."""
    if is_link(folder, name):
        raise ProfileError(name, "it is a link to another file, which these commands do not follow")
    return load(folder, name)


def copy(folder: Path, name: str, new_name: str) -> Path:
    """Write a profile once more under another name; never over anything that is there. Raises ProfileError."""
    path = path_of(folder, new_name)
    text = to_json(replace(inspect(folder, name), name=new_name))
    try:
        path.touch(exist_ok=False)  # takes the name, or fails for whatever has it
        try:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:  # also Ctrl-C: half a profile is none
            path.unlink(missing_ok=True)
            raise
    except FileExistsError:
        raise ProfileError(new_name, "there is one already; remove it first, or choose another name") from None
    except OSError as error:
        raise ProfileError(new_name, f"cannot be written to {folder}: {error.strerror}") from error
    return path


def remove(folder: Path, name: str) -> None:
    """Remove one profile, readable or not, in one step; of a link only the link. Raises ProfileError."""
    path = path_of(folder, name)
    try:
        mode = path.lstat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISLNK(mode)):
            raise ProfileError(name, "it is not a plain file, so it is left alone")
        path.unlink()
    except FileNotFoundError:
        known = ", ".join(listed(folder)) or "none yet"
        raise ProfileError(name, f"there is no such profile (known: {known})") from None
    except OSError as error:
        raise ProfileError(name, f"cannot be removed: {error.strerror}") from error


def _site(table: dict[str, Any], version: int) -> SiteCalibration:
    head, shoulders = table["head"], table["shoulders"]
    if version == 1:
        poses = _list(table["poses"], MOST_POSES)
        still = bool(poses) and _text(poses[0]["name"]).startswith("neutral") and not poses[0]["moving"]
        table = {**table, "standing": poses[0]["up"] if still else None, "running": None, "gaze": None, "notes": []}
    if version < 3:
        table = {**table, "trunk": None}
    return SiteCalibration(
        sensor=_text(table["sensor"]),
        site=_text(table["site"]),
        sensor_name=_text(table["sensor_name"]),
        sensor_address=_text(table["sensor_address"]),
        estimator=_text(table["estimator"]),
        poses=tuple(
            Pose(
                _text(p["name"]),
                _direction(p["up"]),
                _number(p["spread_deg"]),
                _number(p["duration_s"]),
                _flag(p["moving"]),
            )
            for p in _list(table["poses"], MOST_POSES)
        ),
        head=None if head is None else _head(head),
        shoulders=None
        if shoulders is None
        else ShoulderCalibration(
            _direction(shoulders["neutral"]),
            _vector(shoulders["weight"]),
            _number(shoulders["arc_deg"]),
            _number(shoulders["d_prime"]),
        ),
        sees=_text(table["sees"]),
        standing=None if table["standing"] is None else _direction(table["standing"]),
        running=None if table["running"] is None else _running(table["running"]),
        gaze=None if table["gaze"] is None else _gaze(table["gaze"]),
        trunk=None if table["trunk"] is None else _trunk(table["trunk"]),
        notes=tuple(_text(note) for note in _list(table["notes"], MOST_NOTES)),
    )


def _head(table: dict[str, Any]) -> HeadCalibration:
    head = HeadCalibration(
        _direction(table["neutral"]), _direction(table["nod"]), _number(table["separation_d"], may_be_nan=True)
    )
    if abs(sum(a * b for a, b in zip(head.neutral, head.nod, strict=True))) > 1e-6:
        raise ValueError("the nod direction is not orthogonal to the neutral")
    return head


def _running(table: dict[str, Any]) -> RunningNeutral:
    xx, xy, xz, yy, yz, zz = (_number(v) for v in _list(table["covariance"], 6))
    if min(xx, yy, zz) < 0:
        raise ValueError("a variance is negative")
    return RunningNeutral(
        _direction(table["up"]),
        _number(table["spread_deg"]),
        _number(table["cadence_spm"]),
        _number(table["duration_s"]),
        (xx, xy, xz, yy, yz, zz),
    )


def _gaze(table: dict[str, Any]) -> GazeCalibration:
    marks = tuple(
        FloorMark(_text(m["name"]), _number(m["distance_m"]), _number(m["pitch_deg"]))
        for m in _list(table["marks"], MOST_MARKS)
    )
    gaze = GazeCalibration(
        _number(table["intercept_deg"]),
        _number(table["share"]),
        _number(table["residual_deg"]),
        _number(table["eye_height_m"]),
        marks,
        None if table["feet_deg"] is None else _number(table["feet_deg"]),
    )
    if not (SHARES[0] <= gaze.share <= SHARES[1] and 0.5 <= gaze.eye_height_m <= 2.5):
        raise ValueError("the gaze calibration is out of range")
    return gaze


def _trunk(table: dict[str, Any]) -> TrunkCalibration:
    return TrunkCalibration(_direction(table["neutral"]), _vector(table["weight"]), _flag(table["in_running"]))


def _list(value: Any, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise ValueError(f"a list of at most {most} was expected")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 1000:
        raise ValueError(f"a text was expected, not {value!r:.40}")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"true or false was expected, not {value!r:.40}")
    return value


def _number(value: Any, *, may_be_nan: bool = False) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"a number was expected, not {value!r:.40}")
    if not math.isfinite(value) and not (may_be_nan and math.isnan(value)):
        raise ValueError("a number is not finite")
    return float(value)


def _vector(value: Any) -> Vector:
    if not isinstance(value, list) or len(value) != 3:
        raise ValueError("three numbers were expected")
    return (_number(value[0]), _number(value[1]), _number(value[2]))


def _direction(value: Any) -> Vector:
    vector = _vector(value)
    if abs(math.hypot(*vector) - 1.0) > 1e-6:
        raise ValueError("a direction does not have length one")
    return vector
