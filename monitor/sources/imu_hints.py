"""What the user says about a table, where its own names leave a choice: columns, units, a rate."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from monitor.errors import SettingsError
from monitor.sources.imu_units import ACC_UNITS, GYR_UNITS, TIME_UNITS

COLUMN_KEYS: Final = ("t", "ax", "ay", "az", "gx", "gy", "gz")
_KEY = re.compile(rf"(?:^|,)\s*({'|'.join(COLUMN_KEYS)})\s*=")


@dataclass(frozen=True, slots=True)
class ImuHints:
    """The user's word on a table; it goes before all that is found out.

    `columns`: for some of `COLUMN_KEYS` the name of its column, or `#3` for the third; a minus sign before it turns
    the axis round. Units are keys of the tables of `imu_units`, '' = find out. `rate_hz`: for a table without times.
    """

    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    acc_unit: str = ""
    gyr_unit: str = ""
    time_unit: str = ""
    rate_hz: float | None = None

    def __post_init__(self) -> None:
        """Raises SettingsError where a unit or the rate is none."""
        for key, unit, known in (
            ("--acc-unit", self.acc_unit, ACC_UNITS),
            ("--gyr-unit", self.gyr_unit, GYR_UNITS),
            ("--time-unit", self.time_unit, TIME_UNITS),
        ):
            if unit and unit not in known:
                raise SettingsError(key, f"cannot be {unit!r}; it is one of {', '.join(known)}")
        if self.rate_hz is not None and not 1.0 <= self.rate_hz <= 10_000.0:
            raise SettingsError("--rate", "is the number of samples a second, from 1 to 10000")

    @property
    def any(self) -> bool:
        """Is anything said at all?"""
        return bool(self.columns or self.acc_unit or self.gyr_unit or self.time_unit or self.rate_hz)


NO_HINTS: Final = ImuHints()


def parse_columns(text: str) -> dict[str, str]:
    """`t=Time (s),ax=#2,ay=-acc y` as a mapping; commas inside a name are kept. Raises SettingsError."""
    example = f"is written t=NAME,ax=NAME,ay=NAME,az=NAME (and gx, gy, gz), not {text[:60]!r}"
    found = list(_KEY.finditer(text))
    if not found or found[0].start() != 0:
        raise SettingsError("--columns", example)
    out: dict[str, str] = {}
    for here, there in zip(found, [*found[1:], None], strict=True):
        key, name = here[1], text[here.end() : there.start() if there else len(text)].strip()
        if not name.lstrip("-"):
            raise SettingsError("--columns", example)
        if key in out:
            raise SettingsError("--columns", f"names {key} twice")
        out[key] = name
    acc, gyr = ({key for key in out if key[0] == letter} for letter in "ag")
    for found_keys, letter in ((acc, "a"), (gyr, "g")):
        if found_keys and len(found_keys) != 3:
            raise SettingsError("--columns", f"names only some of {letter}x, {letter}y and {letter}z; please name all")
    return out
