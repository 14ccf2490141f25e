"""Where this computer remembers the wearer's sensors: `sensors.json` beside the runs, never part of a calibration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from monitor.commands.places import runs_folder
from monitor.commands.small_file import read_table, write_table
from monitor.errors import SettingsError
from monitor.sources.companions import CompanionKind
from monitor.sources.identity_desk import ANY_ID, MOST, IdentityDesk, Place, Remembered, Standing, place_of
from monitor.sources.idents import is_address
from monitor.sources.radio import Radio, SystemRadio
from monitor.values import Site

FILE = "sensors.json"
_KIND, _VERSION = "headsup-sensors", 1
_LONGEST = 64


def memory_file() -> Path:
    """The file."""
    return runs_folder().with_name(FILE)


def desk(path: Path | None = None) -> IdentityDesk:
    """What is remembered, kept in the file whenever it changes. A file that cannot be read counts as none: then the
    wearer is asked once more, which is the safe side."""
    place = path if path is not None else memory_file()
    table, trouble = read_table(place, _KIND, _VERSION)
    made = IdentityDesk(_read(table), lambda remembered: _write(place, remembered))
    made.trouble = f"{place} {trouble}: your sensors are asked about anew" if trouble else ""
    return made


def desk_for(radio: Radio) -> IdentityDesk:
    """What is remembered, on the computer's own Bluetooth; on any other radio nothing is, and nothing is kept."""
    return desk() if isinstance(radio, SystemRadio) else IdentityDesk()


def _read(table: Mapping[str, Any]) -> list[Remembered]:
    """The entries that make sense, at most `MOST`."""
    rows = table.get("sensors")
    found = []
    for row in rows[-MOST:] if isinstance(rows, list) else []:
        try:
            name, ident = row["name"], row["id"]
            if not (isinstance(name, str) and isinstance(ident, str) and len(name) <= _LONGEST and is_ident(ident)):
                continue
            found.append(Remembered(place_of(row["site"]), name, ident.lower(), Standing(row["standing"])))
        except (KeyError, TypeError, ValueError):
            continue
    return found


def _write(path: Path, remembered: Iterable[Remembered]) -> None:
    rows = [{"site": r.site.value, "name": r.name, "id": r.ident, "standing": r.standing.value} for r in remembered]
    write_table(path, _KIND, _VERSION, {"sensors": rows})


def is_ident(text: str) -> bool:
    """Whether this is an id of some platform, or stands for any."""
    return text == ANY_ID or is_address(text)


def accepted(text: str) -> Remembered:
    """What `--accept [SITE=]ID` says: this device (by its id), or any of a name, is the wearer's at that place.

    Raises SettingsError.
    """
    where, sep, rest = text.partition("=")
    try:
        site: Place = place_of(where.strip().lower().replace("-", "_")) if sep else Site.HEAD
    except ValueError:
        sites = ", ".join(f"{each.value}=ID" for each in (*Site, *CompanionKind))
        raise SettingsError("--accept", f"'{where[:40]}' is not a place for a sensor; use {sites}") from None
    ident = (rest if sep else text).strip()
    if not ident or len(ident) > _LONGEST:
        raise SettingsError("--accept", "needs an id or a name, as `headsup scan` shows them")
    if is_address(ident):
        return Remembered(site, "", ident.lower(), Standing.SAME)
    return Remembered(site, ident, ANY_ID, Standing.SAME)
