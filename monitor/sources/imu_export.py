"""Which of the tables in a folder or zip that an app exported are the sensor's.

Sensor Logger (its published units page): on Android `TotalAcceleration.csv` holds gravity and `Accelerometer.csv`
does not; `Headphone.csv` is what earphones sent. phyphox: a file for each sensor, `Accelerometer.csv` and
`Gyroscope.csv`, or one `Raw Data.csv`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from monitor.errors import TableError
from monitor.sources.imu_names import Kind, read_name
from monitor.sources.imu_open import Folder, TableSource


def chosen_tables(
    found: TableSource | Folder, gyro: TableSource | Folder | None
) -> tuple[TableSource, TableSource | None, Mapping[str, str]]:
    """The table with the acceleration, the one with the gyro if it is another, and companion files by name.

    Raises TableError where a folder or zip leaves a choice.
    """
    if isinstance(gyro, Folder):
        gyro = _one(gyro.path, _of_kind(gyro.tables, Kind.GYR), "gyro") or _none(gyro.path, "gyro")
    if isinstance(found, TableSource):
        return found, gyro, {}
    table = _acceleration(found)
    if gyro is None:
        gyro = _one(found.path, [t for t in _of_kind(found.tables, Kind.GYR) if t is not table], "gyro")
        if _kind(table) is None:  # a table of everything needs no other
            gyro = None
    return table, gyro, found.notes


def _acceleration(folder: Folder) -> TableSource:
    tables = folder.tables
    if not tables:
        raise TableError(folder.path, 0, "holds no table (CSV, TSV, TXT or Parquet)")
    if len(tables) == 1:
        return tables[0]
    earphones = [table for table in tables if _stem(table) == "headphone"]
    total = [table for table in tables if _stem(table) == "totalacceleration"]
    acc = total or _of_kind(tables, Kind.ACC)
    if earphones and acc:
        raise TableError(
            folder.path, 0, f"holds {acc[0].name} of the phone and {earphones[0].name} of the earphones; please name "
            f"the one that was worn there: {folder.path.name}/{earphones[0].name}"
        )  # fmt: skip
    raw = [table for table in tables if _stem(table) in ("raw data", "rawdata")]
    return (
        _one(folder.path, earphones or acc, "acceleration")
        or _one(folder.path, raw, "acceleration")
        or _none(folder.path, "acceleration")
    )


def _of_kind(tables: Sequence[TableSource], kind: Kind) -> list[TableSource]:
    plain = [table for table in tables if _kind(table) is kind and "uncalibrated" not in table.name.lower()]
    return plain or [table for table in tables if _kind(table) is kind]


def _kind(table: TableSource) -> Kind | None:
    """What a file holds by its name, None where the name does not say."""
    kind = read_name(f"{table.name.split('.')[0]} x").kind
    return kind if kind in (Kind.ACC, Kind.GYR, Kind.LINEAR, Kind.GRAVITY) else None


def _stem(table: TableSource) -> str:
    return table.name.split(".")[0].lower()


def _one(path: Path, tables: Sequence[TableSource], what: str) -> TableSource | None:
    if len(tables) > 1:
        names = " and ".join(table.name for table in tables[:3])
        raise TableError(path, 0, f"holds more than one table of {what} ({names}); please name the file itself")
    return tables[0] if tables else None


def _none(path: Path, what: str) -> TableSource:
    raise TableError(path, 0, f"holds no table that is called {what}; please name the file itself")
