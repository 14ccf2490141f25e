"""One sensor's table of any known make, as samples in SI units, with a line that says what was taken for what.

Nothing is guessed in silence: a column or unit is what its name says, what the numbers can only be, or what the user
says; where all three leave a choice, the table is refused with the option that settles it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from monitor.errors import TableError
from monitor.sensors.bounds import MAX_ACC, MAX_GYR
from monitor.sources.imu_export import chosen_tables
from monitor.sources.imu_hints import NO_HINTS, ImuHints
from monitor.sources.imu_join import rates_at
from monitor.sources.imu_layouts import standardised
from monitor.sources.imu_open import TableSource, find_source
from monitor.sources.imu_stream import Stream, names_of, read_stream
from monitor.sources.imu_table_checks import check_samples, check_times
from monitor.sources.imu_table_csv import COLUMNS, ImuTable, read_table
from monitor.sources.imu_times import clean_times, rows_of
from monitor.sources.imu_units import ACC_UNITS, GYR_UNITS, ONE_G, gravity_size, measured_acc, measured_gyr
from monitor.values import STANDARD_GRAVITY, FloatArray, Site

_MOST_LACKING = 0.1
"""More rows than this without an acceleration: the two are written in turn, and nothing is missing."""
_MOST_BEYOND = 0.001
"""More samples than this beyond what a sensor can measure: not spikes, but another table."""


def read_imu(path: Path | str, site: Site, *, gyro_path: Path | None = None, hints: ImuHints = NO_HINTS) -> ImuTable:
    """The table of one sensor, read and checked whole; its gyro from a file of its own where one is named.

    A table with the contract's own header is read as strictly as `read_table` does. Raises TableError and
    MissingLibraryError, one sentence each.
    """
    path = Path(path)
    found = find_source(path)
    if isinstance(found, TableSource) and gyro_path is None and not hints.any and _has_our_header(path):
        return read_table(path, site)
    source, gyro_source, notes = chosen_tables(found, None if gyro_path is None else find_source(gyro_path))
    main = read_stream(source, hints, notes)
    other = main if gyro_source is None else read_stream(gyro_source, hints, notes, gyro_only=True)

    t_s, acc, acc_words, told = _accelerations(main, hints, notes)
    gyr, gyr_words = None, "no gyro"
    if other.gyr is not None:
        t_s, acc, gyr, gyr_words = _with_rates(other, t_s, acc, hints, told, apart=gyro_source is not None)
    t_s, acc, gyr = _within_reach(source, t_s, acc, gyr, told)
    if main.offset_s:
        t_s = t_s + main.offset_s
    check_times(path, t_s)
    check_samples(path, acc, gyr)
    words = ", ".join([main.time_words, acc_words, gyr_words])
    app = f"{main.layout.name}: " if main.layout.name else ""
    return ImuTable(path, site, t_s, acc, gyr, f"{app}{words}{'; ' if told else ''}{', '.join(told)}")


def _has_our_header(path: Path) -> bool:
    """Does a file begin with names of the contract and nothing else?"""
    try:
        if not path.is_file():  # inside a zip
            return False
        with path.open("rb") as file:
            line = file.readline(4096).decode("utf-8-sig", "replace").strip()
    except OSError as error:
        raise TableError(path, 0, f"cannot be read: {error.strerror}") from error
    names = [name.strip().strip('"').strip() for name in line.split(",")]
    return len(names) > 1 and all(name in COLUMNS for name in names)


# ------------------------------------------------------------------ acceleration


def _accelerations(
    main: Stream, hints: ImuHints, notes: Mapping[str, str]
) -> tuple[FloatArray, FloatArray, str, list[str]]:
    """Times (n,) in order, acceleration (n,3) in m/s², and in words where it comes from and what was mended."""
    vector, raw = main.columns.acc, main.acc
    assert vector is not None
    assert raw is not None
    together = raw if main.gravity is None else np.where(np.isfinite(main.gravity), raw, np.nan)
    rows = main.rows_with(together)
    if np.count_nonzero(rows) < 3:
        raise TableError(main.source.path, 0, "holds too few rows with an acceleration")
    told = list(main.said)
    usable = rows if main.gyr is None else rows | main.rows_with(main.gyr)
    missing = int(np.count_nonzero(usable & ~rows))
    if 0 < missing < _MOST_LACKING * len(rows):
        told.append(f"{rows_of(missing)} without an acceleration left out")
    clean = clean_times(main.source.path, main.t_s[rows], raw[rows])
    acc, told = raw[rows][clean.rows], [*told, *clean.told]
    rate_hz = 1.0 / float(np.median(np.diff(clean.t_s))) if len(clean.t_s) > 1 else 1.0
    names = f"acceleration {names_of(main.head, vector)}"
    size = measured_acc(acc, rate_hz)
    if main.gravity is not None and not size.unit:
        acc, words = _with_gravity(main, acc, main.gravity[rows][clean.rows], rate_hz, hints, notes)
        return clean.t_s, acc, f"{names} {words}", told
    unit = hints.acc_unit or vector.unit or main.layout.acc_unit or size.unit
    path = main.source.path
    if not hints.acc_unit and size.unit and size.unit != unit:
        raise TableError(
            path, 0, f"its acceleration is called {unit} but looks like {size.unit}; say which with --acc-unit"
        )
    if not hints.acc_unit and not size.unit:
        _refuse_without_gravity(path, gravity_size(acc, rate_hz) * ACC_UNITS.get(unit, 1.0), unit, size.how)
    how = "" if unit in (hints.acc_unit, vector.unit, main.layout.acc_unit) else f" ({size.how})"
    return clean.t_s, acc * ACC_UNITS[unit], f"{names} in {unit}{how}", told


def _refuse_without_gravity(path: Path, length: float, unit: str, how: str) -> None:
    """Raises TableError unless an acceleration in a known unit, of this mean length in m/s², may hold gravity."""
    if unit and ONE_G[0] <= length / STANDARD_GRAVITY <= ONE_G[1]:
        return  # turned over and over, but gravity it is
    if unit and length > STANDARD_GRAVITY:
        raise TableError(path, 0, f"its acceleration is far more than gravity ({length:.3g} m/s² on average)")
    raise TableError(
        path, 0, f"its acceleration does not show gravity ({how}; it is 9.8 m/s² or 1 g however the sensor is worn); "
        "please export the raw accelerometer (Sensor Logger: TotalAcceleration), or say the unit with --acc-unit"
    )  # fmt: skip


def _with_gravity(
    main: Stream, acc: FloatArray, gravity: FloatArray, rate_hz: float, hints: ImuHints, notes: Mapping[str, str]
) -> tuple[FloatArray, str]:
    """What an accelerometer would have felt: Core Motion's gravity and the acceleration without it, turned round."""
    assert main.columns.acc is not None
    assert main.columns.gravity is not None
    pulled = measured_acc(gravity, rate_hz)
    plain = standardised(notes)
    unit = hints.acc_unit or main.columns.acc.unit or ("m/s2" if plain else "" if not notes else "g")
    if not pulled.unit:
        raise TableError(main.source.path, 0, f"its gravity fits no unit ({pulled.how})")
    if not unit and pulled.unit == "g":
        unit = "g"  # one source of both, as Core Motion gives them
    if not unit:
        raise TableError(
            main.source.path, 0, "gives the acceleration without gravity in no known unit; say it with --acc-unit: "
            "m/s2 if Sensor Logger's 'Standardise Units & Frames' was on, else g"
        )  # fmt: skip
    total = gravity * ACC_UNITS[pulled.unit] + acc * ACC_UNITS[unit]
    names = names_of(main.head, main.columns.gravity)
    if plain or (unit == "m/s2" and pulled.unit == "m/s2"):
        return total, f"in {unit} with gravity {names} added"
    return -total, f"in {unit} with gravity {names} in {pulled.unit} added, turned round (Apple counts it downwards)"


# ------------------------------------------------------------------ gyro


def _with_rates(
    other: Stream, t_s: FloatArray, acc: FloatArray, hints: ImuHints, told: list[str], *, apart: bool
) -> tuple[FloatArray, FloatArray, FloatArray, str]:
    """The rows that have an angular rate beside them, that rate (m,3) in rad/s, and words; adds to `told`."""
    vector, raw = other.columns.gyr, other.gyr
    assert vector is not None
    assert raw is not None
    path = other.source.path
    rows = other.rows_with(raw)
    if np.count_nonzero(rows) < 3:
        raise TableError(path, 0, "its gyro columns hold no numbers; name the right ones with --columns gx=NAME,..")
    clean = clean_times(path, other.t_s[rows], raw[rows])
    if apart:
        told += [f"of the gyro {word}" for word in (*other.said, *clean.told)]
    gyr, known = rates_at(path, t_s, clean.t_s, raw[rows][clean.rows])
    if not known.all():
        told.append(f"{rows_of(int(np.count_nonzero(~known)))} without a gyro sample beside it left out")
    t_s, acc, gyr = t_s[known], acc[known], gyr[known]
    same_times = bool(np.isin(t_s, clean.t_s).all())
    if not gyr.any():
        raise TableError(path, 0, "its gyro is zero throughout; please leave its columns out (--columns ax=..)")
    unit = hints.gyr_unit or vector.unit or other.layout.gyr_unit
    shown = measured_gyr(gyr, acc, t_s)
    if not unit and not shown.unit:
        raise TableError(
            path, 0, f"its gyro may be in deg/s or rad/s ({shown.how}); say which with --gyr-unit deg/s or rad/s"
        )
    known_units = {"mdeg/s"} | ({shown.unit} if shown.unit else {"rad/s", "deg/s"})
    if not hints.gyr_unit and unit and unit not in known_units:
        raise TableError(
            path, 0, f"its gyro is called {unit} but looks like {shown.unit} {shown.how}; say which with --gyr-unit"
        )
    unit, how = (unit, "") if unit else (shown.unit, f" ({shown.how})")
    between = "" if same_times else ", interpolated to the acceleration's times"
    named = f"gyro {names_of(other.head, vector)}" + (f" of {other.source.name}" if apart else "")
    return t_s, acc, gyr * GYR_UNITS[unit], f"{named} in {unit}{how}{between}"


def _within_reach(
    source: TableSource, t_s: FloatArray, acc: FloatArray, gyr: FloatArray | None, told: list[str]
) -> tuple[FloatArray, FloatArray, FloatArray | None]:
    """Without the few samples that no sensor can measure; `told` is added to."""
    good = np.abs(acc).max(axis=1) <= MAX_ACC
    if gyr is not None:
        good &= np.abs(gyr).max(axis=1) <= MAX_GYR
    beyond = int(np.count_nonzero(~good))
    if beyond > max(1, _MOST_BEYOND * len(good)):
        raise TableError(source.path, 0, f"{beyond} rows hold more than any such sensor can measure; check the units")
    if beyond:
        told.append(f"{rows_of(beyond)} beyond what a sensor can measure left out")
    return t_s[good], acc[good], None if gyr is None else gyr[good]
