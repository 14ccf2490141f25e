"""Which columns of a table are time, acceleration and angular rate; refused where names leave more than one choice."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import NoReturn

import numpy as np

from monitor.errors import TableError
from monitor.settings import shown
from monitor.sources.imu_dates import is_date
from monitor.sources.imu_hints import ImuHints
from monitor.sources.imu_names import Kind, Meaning, read_name
from monitor.sources.imu_open import TableSource
from monitor.sources.imu_text import TableHead
from monitor.sources.imu_times import MAX_CELL, unit_by_size
from monitor.sources.imu_units import OTHER, TIME_UNITS

Triple = tuple[int, int, int]
_DEVICE = re.compile("(device|sensor|imu)(name|id|address|mac|tag|serial)|mac|macaddress|设备名称")
_NO_GRAVITY = (
    "holds only acceleration without gravity ({}), and gravity is what shows how the head is held; please export the "
    "raw accelerometer as well, or name its columns with --columns ax=NAME,ay=NAME,az=NAME"
)


@dataclass(frozen=True, slots=True)
class Vector:
    """Three columns of one quantity: numbers of the columns, the unit by their names or '', and signs."""

    columns: Triple
    unit: str
    signs: tuple[float, float, float] = (1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Columns:
    """What was found in a table.

    `time`, `date`, `counter`: numbers of columns or None; `time_unit`: by its name or ''. `gravity`: beside an
    acceleration that comes without it. At least one of `acc` and `gyr` is there.
    """

    time: int | None
    time_unit: str
    date: int | None
    counter: int | None
    acc: Vector | None
    gyr: Vector | None
    gravity: Vector | None


def find_columns(source: TableSource, head: TableHead, hints: ImuHints, *, gyro_only: bool) -> Columns:
    """Choose the columns of a table; with `gyro_only` those of a gyroscope's file. Raises TableError."""
    meanings = [_with_unit(read_name(name), unit) for name, unit in zip(head.names, head.units, strict=True)]
    _refuse_several_devices(source, head)
    vectors = _vectors(meanings)
    acc = None if gyro_only else _named(source, head, hints, "a", meanings)
    gyr = _named(source, head, hints, "g", meanings)
    gravity = None
    bare = _bare_kind(source, gyro_only)
    if gyr is None and (gyro_only or "ax" not in hints.columns):
        gyr = _only(source, vectors, (Kind.GYR,), head) or (
            _only(source, vectors, (Kind.BARE,), head) if bare is Kind.GYR else None
        )
    if acc is None and not gyro_only:
        acc = _only(source, vectors, (Kind.ACC,), head)
        gravity = _only(source, vectors, (Kind.GRAVITY,), head)
        linear = _only(source, vectors, (Kind.LINEAR,), head)
        if acc is None and linear is not None and gravity is not None:
            acc = linear
        elif acc is None and linear is not None:
            names = ", ".join(map(head.shown, linear.columns))
            raise TableError(source.path, 0, _NO_GRAVITY.format(names))
        elif acc is None and bare is not Kind.GYR:
            acc = _only(source, vectors, (Kind.BARE,), head)
            if acc is not None and bare in (Kind.LINEAR, Kind.GRAVITY):
                raise TableError(source.path, 0, _NO_GRAVITY.format(source.name))
        if acc is None:
            _no_acceleration(source, head, gyr)
    if gyro_only and gyr is None:
        raise TableError(
            source.path, 0, f"holds no gyro that is known; name its columns: --columns gx=NAME,.. ({_list(head)})"
        )
    time, date = _time(source, head, hints, meanings)
    counter = next((i for i, meaning in enumerate(meanings) if meaning.kind is Kind.COUNTER), None)
    unit = meanings[time].unit if time is not None else ""
    return Columns(time, unit if unit in TIME_UNITS else "", date, counter, acc, gyr, gravity)


def _refuse_several_devices(source: TableSource, head: TableHead) -> None:
    """Rows of two sensors in one table would be read as one that jumps. Raises TableError."""
    for i, name in enumerate(head.names):
        if not _DEVICE.fullmatch("".join(filter(str.isalpha, name)).lower()):
            continue
        devices = sorted(set(head.cells(i)) - {""})
        if len(devices) > 1:
            names = " and ".join(shown(device)[:30] for device in devices[:3])
            raise TableError(
                source.path, 0, f"holds rows of {len(devices)} devices ({names}, column {head.shown(i)}); "
                "please export one file for each"
            )  # fmt: skip


def _with_unit(meaning: Meaning, unit: str) -> Meaning:
    """The row of units counts where the name says none."""
    if not unit or unit == OTHER or meaning.unit:
        return meaning
    kind = meaning.kind
    if kind is Kind.BARE:
        kind = Kind.GYR if unit in ("rad/s", "deg/s", "mdeg/s") else Kind.ACC
    return Meaning(kind, meaning.axis, unit, meaning.group)


def _vectors(meanings: Sequence[Meaning]) -> dict[Kind, list[Vector]]:
    """Complete triples by kind; an axis that stands there twice makes two."""
    found: dict[tuple[Kind, str, str], dict[str, list[int]]] = {}
    for i, meaning in enumerate(meanings):
        if meaning.axis:
            found.setdefault((meaning.kind, meaning.group, meaning.unit), {}).setdefault(meaning.axis, []).append(i)
    out: dict[Kind, list[Vector]] = {}
    for (kind, _, unit), axes in found.items():
        if set(axes) == {"x", "y", "z"}:
            for columns in zip(axes["x"], axes["y"], axes["z"], strict=False):
                out.setdefault(kind, []).append(Vector(columns, unit))
    return out


def _only(
    source: TableSource, vectors: Mapping[Kind, list[Vector]], kinds: Sequence[Kind], head: TableHead
) -> Vector | None:
    choice = [vector for kind in kinds for vector in vectors.get(kind, [])]
    if len(choice) > 1:
        names = " or ".join(head.shown(vector.columns[0]) for vector in choice[:4])
        letter = "g" if kinds[0] is Kind.GYR else "a"
        raise TableError(
            source.path, 0, f"holds more than one {kinds[0].value} ({names}); choose with --columns "
            f"{letter}x=NAME,{letter}y=NAME,{letter}z=NAME"
        )  # fmt: skip
    return choice[0] if choice else None


def _bare_kind(source: TableSource, gyro_only: bool) -> Kind:
    """What columns that are only called x, y and z hold: the file's name says it, else the acceleration."""
    if gyro_only:
        return Kind.GYR
    stem = PurePath(source.name).name.split(".")[0]
    kind = read_name(f"{stem} x").kind
    return kind if kind in (Kind.GYR, Kind.LINEAR, Kind.GRAVITY) else Kind.ACC


def _named(
    source: TableSource, head: TableHead, hints: ImuHints, letter: str, meanings: Sequence[Meaning]
) -> Vector | None:
    """The columns that the user named for ax, ay, az or gx, gy, gz."""
    if f"{letter}x" not in hints.columns:
        return None
    found, signs = [], []
    for axis in "xyz":
        name = hints.columns[f"{letter}{axis}"]
        exact = name in head.names
        signs.append(1.0 if exact or not name.startswith("-") else -1.0)
        found.append(column_named(source, head, name if exact else name.removeprefix("-").strip()))
    units = {meanings[i].unit for i in found}
    unit = units.pop() if len(units) == 1 else ""
    return Vector((found[0], found[1], found[2]), "" if unit == OTHER else unit, (signs[0], signs[1], signs[2]))


def column_named(source: TableSource, head: TableHead, name: str) -> int:
    """The number of a column by its name, whatever its case, or by `#number` from 1. Raises TableError."""
    if name.startswith("#") and name[1:].isdecimal() and len(name) < 6:
        i = int(name[1:]) - 1
        if 0 <= i < len(head.names):
            return i
        raise TableError(source.path, 0, f"has {len(head.names)} columns, so no column {name}")
    folded = [other.casefold() for other in head.names]
    count = folded.count(name.casefold())
    if count == 1:
        return folded.index(name.casefold())
    problem = "has no column" if count == 0 else "has more than one column"
    raise TableError(source.path, 0, f"{problem} {name[:40]!r}; it has {_list(head)}")


def _time(
    source: TableSource, head: TableHead, hints: ImuHints, meanings: Sequence[Meaning]
) -> tuple[int | None, int | None]:
    """The column of times and that of dates, either None. Unix time goes before time since the start."""
    if "t" in hints.columns:
        i = column_named(source, head, hints.columns["t"])
        return (None, i) if _is_dates(head.cells(i)) else (i, None)
    absolute: list[int] = []
    elapsed: list[int] = []
    dates: list[int] = []
    for i, meaning in enumerate(meanings):
        if meaning.kind is not Kind.TIME:
            continue
        cells = head.cells(i)
        numbers = _numbers(cells)
        if np.isfinite(numbers).sum() * 2 > len(cells):
            size = unit_by_size(numbers)
            factor = TIME_UNITS.get(meaning.unit or size, 0.0)
            unix = 9e8 < float(np.nanmedian(numbers)) * factor < 4.2e9
            (absolute if unix else elapsed).append(i)
        elif _is_dates(cells):
            dates.append(i)
    number = next(iter([*absolute, *elapsed]), None)
    return number, None if absolute else next(iter(dates), None)


def _is_dates(cells: Sequence[str]) -> bool:
    return bool(cells) and sum(map(is_date, cells)) * 2 > len(cells)


def _numbers(cells: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    out = np.full(len(cells), np.nan)
    for i, cell in enumerate(cells):
        try:
            out[i] = float(cell.replace(",", ".", 1))
        except ValueError:
            continue
    return np.where(np.abs(out) < MAX_CELL, out, np.nan)


def _no_acceleration(source: TableSource, head: TableHead, gyr: Vector | None) -> NoReturn:
    what = "holds a gyro but no acceleration" if gyr is not None else "names no acceleration along x, y and z"
    raise TableError(
        source.path, 0, f"{what}; if it holds one, name it: --columns ax=NAME,ay=NAME,az=NAME ({_list(head)})"
    )


def _list(head: TableHead) -> str:
    names = ", ".join(shown(name)[:30] for name in head.names[:12])
    return f"the columns are {names}{', ...' if len(head.names) > 12 else ''}"
