"""A run as a line of the library: what is known of it without opening its recording again."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from calibration.model import Vector
from monitor import __version__
from monitor.library.measures import BY_KEY
from monitor.library.rulers import RulerFacts

NUMBERS_VERSION = 2
"""Counts on whenever a number of the list is worked out in another way."""
MADE_BY = f"{__version__}/{NUMBERS_VERSION}"
LARGEST_BYTES = 100_000
MOST_SITES = 32
LONGEST_TEXT = 1000


class RowError(ValueError):
    """A stored line that cannot be one of ours."""


@dataclass(frozen=True, slots=True)
class CalibratedSensor:
    """One sensor's part of a calibration. d' as it was measured; None where there is none of it.

    head_neutral, shoulder_neutral : up direction in the sensor's own axes
    """

    sensor: str
    site: str
    name: str
    address: str
    digest: str
    head_neutral: Vector | None
    head_d: float | None
    shoulder_neutral: Vector | None
    shoulder_d: float | None


@dataclass(frozen=True, slots=True)
class CalibrationFacts:
    """Whose calibration, made when, and what each sensor of it saw."""

    profile: str
    created_utc: str
    simulated: bool
    sensors: tuple[CalibratedSensor, ...]


@dataclass(frozen=True, slots=True)
class RunRow:
    """One recording of the library.

    name     path from the library's folder, with '/' between its parts
    stamp    sizes and times of the recording and of what lies beside it: when it changes, the row is made anew
    content  digest of the recording and of what lies beside it
    made_by  version of the program and of the numbers; another one's row is made anew
    error    why this recording could not be used, a sentence; then nothing below is known
    numbers  one per `measures.MEASURES`, None where the data cannot say
    notes    what else a reader should know, sentences
    """

    name: str
    stamp: str
    content: str
    made_by: str = MADE_BY
    error: str = ""
    run_id: str = ""
    started_utc: str = ""
    note: str = ""
    app_version: str = ""
    """Of the program that recorded the run."""
    recovered: bool = False
    watch: str = ""
    """Name of the watch's file whose numbers are in here."""
    ruler: RulerFacts | None = None
    calibration: CalibrationFacts | None = None
    numbers: Mapping[str, float | None] = field(default_factory=lambda: MappingProxyType({}))
    notes: tuple[str, ...] = ()

    @property
    def simulated(self) -> bool:
        """Any part of the run comes from a virtual sensor."""
        return self.ruler is not None and self.ruler.simulated

    @property
    def modes(self) -> str:
        """The modes that were used, as words."""
        return self.ruler.modes if self.ruler is not None else ""

    @property
    def started(self) -> datetime | None:
        """When the run began; None where that is no date."""
        try:
            began = datetime.fromisoformat(self.started_utc)
            return began.astimezone(UTC) if began.tzinfo is not None else began.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            return None

    def number(self, key: str) -> float | None:
        """One of its numbers, None where it is not known."""
        return self.numbers.get(key)

    def as_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        table = {f.name: getattr(self, f.name) for f in fields(self)}
        table["ruler"] = asdict(self.ruler) if self.ruler is not None else None
        table["calibration"] = asdict(self.calibration) if self.calibration is not None else None
        table["numbers"] = {key: _plain(self.numbers.get(key)) for key in BY_KEY} if self.numbers else {}
        return table | {"notes": list(self.notes), "simulated": self.simulated}


def to_text(row: RunRow) -> str:
    """The row as it is stored."""
    return json.dumps(row.as_json(), sort_keys=True, allow_nan=False)


def from_text(text: str) -> RunRow:
    """The inverse of `to_text`. Raises RowError for whatever is not a row."""
    try:
        if len(text) > LARGEST_BYTES:
            raise RowError("too long")
        table = json.loads(text)
        return RunRow(
            **{name: _text(table[name]) for name in _TEXTS},
            recovered=_flag(table["recovered"]),
            ruler=None if table["ruler"] is None else _ruler(table["ruler"]),
            calibration=None if table["calibration"] is None else _calibration(table["calibration"]),
            numbers=MappingProxyType({key: _number(v) for key, v in table["numbers"].items() if key in BY_KEY}),
            notes=tuple(_text(note) for note in _list(table["notes"])),
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, OverflowError) as error:
        raise RowError(str(error)[:200]) from error


_TEXTS = (
    "name", "stamp", "content", "made_by", "error", "run_id", "started_utc", "note", "app_version", "watch",
)  # fmt: skip


def _ruler(table: Mapping[str, Any]) -> RulerFacts:
    return RulerFacts(
        simulated=_flag(table["simulated"]),
        modes=_text(table["modes"]),
        head_sensor=_text(table["head_sensor"]),
        head=_text(table["head"]),
        made_utc=_text(table["made_utc"]),
        rezeroed=_flag(table["rezeroed"]),
        trunk_seen=_flag(table["trunk_seen"]),
        limits=_text(table["limits"]),
        cues=_text(table["cues"]),
        shoulder_sensor=_text(table["shoulder_sensor"]),
        shoulders=_text(table["shoulders"]),
    )


def _calibration(table: Mapping[str, Any]) -> CalibrationFacts:
    sensors = tuple(
        CalibratedSensor(
            sensor=_text(s["sensor"]),
            site=_text(s["site"]),
            name=_text(s["name"]),
            address=_text(s["address"]),
            digest=_text(s["digest"]),
            head_neutral=_direction(s["head_neutral"]),
            head_d=_number(s["head_d"]),
            shoulder_neutral=_direction(s["shoulder_neutral"]),
            shoulder_d=_number(s["shoulder_d"]),
        )
        for s in _list(table["sensors"])
    )
    return CalibrationFacts(_text(table["profile"]), _text(table["created_utc"]), _flag(table["simulated"]), sensors)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or len(value) > MOST_SITES:
        raise RowError("a short list was expected")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise RowError("a text was expected")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise RowError("true or false was expected")
    return value


def _number(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise RowError("a number was expected")
    return float(value)


def _direction(value: Any) -> Vector | None:
    if value is None:
        return None
    x, y, z = (_number(v) for v in _list(value))
    if x is None or y is None or z is None or abs(math.hypot(x, y, z) - 1.0) > 1e-6:
        raise RowError("a direction was expected")
    return (x, y, z)


def _plain(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
