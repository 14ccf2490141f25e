"""Everything in a recording that is not a notification, as rows of JSON text.

Kinds: run, settings, profile, note, sensor, link, battery, mark, mode, rezero, quiet, ground, heart, event, trouble and
closed.
Reading checks every field; what does not fit is a `DamagedRowError`, never a half-filled value.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from monitor.recording.blocks import DamagedRowError
from monitor.recording.format import MAX_TIME_NS, item_crc
from monitor.values import (
    BatteryLevel,
    Control,
    Event,
    EventKind,
    Ground,
    HeartRate,
    LinkChange,
    LinkState,
    Mark,
    Mode,
    ModeChange,
    Quiet,
    QuietReason,
    ReZero,
    RunInfo,
    SensorInfo,
    Site,
)

CONTROL_KINDS = frozenset({"link", "battery", "mark", "mode", "rezero", "quiet", "ground", "heart"})
LEAST_DBM, MOST_DBM = -127, 20
"""The range that Bluetooth gives a signal strength (Core Specification, volume 4, part E)."""

Trouble: TypeAlias = tuple[str, int, int]
"""What is wrong, and from when to when (ns); 0, -1 where the time is not known."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One row of the table `item`."""

    id: int
    kind: str
    t_ns: int
    crc: int
    body: str


@dataclass(frozen=True, slots=True)
class SensorReadyAt:
    """A sensor was set up at `t_ns` (arrival time); `info` holds until the next of this sensor."""

    t_ns: int
    info: SensorInfo


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """An event as the runner got it; `t_ns` is the arrival time at which it was known, `event.t_ns` its sample time."""

    t_ns: int
    event: Event


@dataclass(frozen=True, slots=True)
class Totals:
    """How many rows a closed recording holds: blocks per sensor, and items before the closing one."""

    blocks: Mapping[str, int]
    items: int


def item_row(row_id: int, kind: str, t_ns: int, body: str, key: int = 0) -> ItemRow:
    """A row with its check sum for the run of this key."""
    return ItemRow(row_id, kind, t_ns, item_crc(row_id, kind, t_ns, body) ^ key, body)


def key_for_item(row: ItemRow) -> int:
    """The key with which the check sum of a row is right. Raises DamagedRowError where it can have none."""
    try:
        return item_crc(row.id, row.kind, row.t_ns, row.body) ^ row.crc
    except Exception as error:  # fields of a wrong type or beyond 64 bits
        raise DamagedRowError(f"an entry cannot be read: {error}") from error


def check_item(row: ItemRow, key: int = 0) -> None:
    """Raise DamagedRowError where the check sum is wrong for the run of this key."""
    if key_for_item(row) != key:
        raise DamagedRowError(f"the check sum of an entry of kind '{row.kind[:20]}' is wrong")
    if abs(row.t_ns) > MAX_TIME_NS:
        raise DamagedRowError("the time of an entry is impossible")


# ------------------------------------------------------------------ values to JSON


def control_item(entry: Control) -> tuple[str, int, str]:
    """(kind, t_ns, body) of a control entry."""
    if isinstance(entry, LinkChange):
        link: dict[str, Any] = {"sensor": entry.sensor, "state": entry.state.value, "why": entry.why}
        if entry.rssi_dbm is not None:
            link["rssi_dbm"] = int(entry.rssi_dbm)
        return "link", entry.t_ns, _text(link)
    if isinstance(entry, BatteryLevel):
        return "battery", entry.t_ns, _text({"sensor": entry.sensor, "percent": int(entry.percent)})
    if isinstance(entry, Mark):
        return "mark", entry.t_ns, _text({"label": entry.label})
    if isinstance(entry, ReZero):
        return "rezero", entry.t_ns, _text({})
    if isinstance(entry, Quiet):
        return "quiet", entry.t_ns, _text({"seconds": _finite(entry.seconds), "why": entry.why.value})
    if isinstance(entry, HeartRate):
        return "heart", entry.t_ns, _text({"bpm": _finite(entry.bpm), "source": entry.source})
    if isinstance(entry, Ground):
        body = {"speed_m_s": _finite(entry.speed_m_s), "grade": _finite(entry.grade), "source": entry.source}
        return "ground", entry.t_ns, _text(body)
    return "mode", entry.t_ns, _text({"mode": entry.mode.value})


def sensor_body(info: SensorInfo) -> str:
    return _text(
        {
            "key": info.key,
            "site": info.site.value,
            "family": info.family,
            "name": info.name,
            "address": info.address,
            "rate_hz": float(info.rate_hz),
            "config": info.config.hex(),
            "simulated": info.simulated,
        }
    )


def run_body(run: RunInfo, key: int) -> str:
    return _text(
        {
            "key": key,
            "run_id": run.run_id,
            "started_utc": run.started_utc,
            "mode": run.mode.value,
            "simulated": run.simulated,
            "app_version": run.app_version,
            "note": run.note,
        }
    )


def event_body(event: Event) -> str:
    return _text(
        {
            "t_ns": int(event.t_ns),
            "kind": event.kind.value,
            "sensor": event.sensor,
            "prompted": bool(event.prompted),
            "detail": dict(event.detail),
        }
    )


def totals_body(totals: Totals) -> str:
    return _text({"blocks": dict(totals.blocks), "items": totals.items})


def text_body(text: str) -> str:
    """A note."""
    return _text({"text": text})


def trouble_body(trouble: Trouble) -> str:
    what, from_ns, to_ns = trouble
    return _text({"text": what, "from_ns": from_ns, "to_ns": to_ns})


# ------------------------------------------------------------------ JSON to values


def control_value(row: ItemRow) -> Control:
    table = _table(row)
    t_ns = row.t_ns
    if row.kind == "link":
        state = _member(LinkState, table, "state")
        return LinkChange(_get(table, "sensor", str), t_ns, state, _get(table, "why", str), _signal(table))
    if row.kind == "battery":
        return BatteryLevel(_get(table, "sensor", str), t_ns, _get(table, "percent", int))
    if row.kind == "mark":
        return Mark(t_ns, _get(table, "label", str))
    if row.kind == "rezero":
        return ReZero(t_ns)
    if row.kind == "quiet":
        seconds = _number(table, "seconds", missing=float("inf"))
        if seconds < 0:
            raise DamagedRowError("'seconds' is negative")
        return Quiet(t_ns, seconds, _member(QuietReason, table, "why"))
    if row.kind == "ground":
        speed = _number(table, "speed_m_s", missing=float("nan"))
        return Ground(t_ns, speed, _number(table, "grade", missing=float("nan")), _get(table, "source", str))
    if row.kind == "heart":
        return HeartRate(t_ns, _number(table, "bpm", missing=float("nan")), _get(table, "source", str))
    return ModeChange(t_ns, _member(Mode, table, "mode"))


def sensor_value(row: ItemRow) -> SensorReadyAt:
    table = _table(row)
    try:
        config = bytes.fromhex(_get(table, "config", str))
    except ValueError as error:
        raise DamagedRowError("a sensor's configuration is not hexadecimal") from error
    family = _get(table, "family", str)
    if not family.isprintable():  # it is named where it is not known, and must not steer the terminal
        raise DamagedRowError("a sensor's family is no word")
    info = SensorInfo(
        key=_get(table, "key", str),
        site=_member(Site, table, "site"),
        family=family,
        name=_get(table, "name", str),
        address=_get(table, "address", str),
        rate_hz=_get(table, "rate_hz", float),
        config=config,
        simulated=_get(table, "simulated", bool),
    )
    return SensorReadyAt(row.t_ns, info)


def run_value(row: ItemRow) -> RunInfo:
    table = _table(row)
    return RunInfo(
        run_id=_get(table, "run_id", str),
        started_utc=_get(table, "started_utc", str),
        mode=_member(Mode, table, "mode"),
        simulated=_get(table, "simulated", bool),
        app_version=_get(table, "app_version", str),
        note=_get(table, "note", str),
    )


def stated_key(row: ItemRow) -> int:
    """The key that the row of the run states; 0 in format version 1. Raises DamagedRowError."""
    table = _table(row)
    key = _get(table, "key", int) if "key" in table else 0
    if not 0 <= key < 1 << 32:
        raise DamagedRowError("the run's key is impossible")
    return key


def is_run_row(row: ItemRow) -> bool:
    """Whether this is a row of the run itself, with the check sum that its own key gives."""
    try:
        return row.kind == "run" and key_for_item(row) == stated_key(row)
    except DamagedRowError:
        return False


def event_value(row: ItemRow) -> LiveEvent:
    table = _table(row)
    detail = _get(table, "detail", dict)
    if not all(isinstance(value, (bool, int, float, str)) for value in detail.values()):
        raise DamagedRowError("an event's details are not numbers and words")
    event = Event(
        t_ns=_get(table, "t_ns", int),
        kind=_member(EventKind, table, "kind"),
        sensor=_get(table, "sensor", str),
        prompted=_get(table, "prompted", bool),
        detail=detail,
    )
    return LiveEvent(row.t_ns, event)


def totals_value(row: ItemRow) -> Totals:
    table = _table(row)
    blocks = _get(table, "blocks", dict)
    if not all(type(count) is int for count in blocks.values()):
        raise DamagedRowError("the closing entry does not count")
    return Totals(blocks, _get(table, "items", int))


def text_value(row: ItemRow) -> str:
    return _get(_table(row), "text", str)


def trouble_value(row: ItemRow) -> Trouble:
    """Without a span, as older programs wrote it, the moment at which it was noticed."""
    table = _table(row)
    what = _get(table, "text", str)
    if "from_ns" not in table:
        return what, row.t_ns, row.t_ns
    from_ns, to_ns = _get(table, "from_ns", int), _get(table, "to_ns", int)
    if max(abs(from_ns), abs(to_ns)) > MAX_TIME_NS:
        raise DamagedRowError("the time of a trouble is impossible")
    return what, from_ns, to_ns


def _text(table: dict[str, Any]) -> str:
    # numpy scalars reach event details; `item()` is their exact Python value.
    return json.dumps(table, default=lambda value: value.item())


def _table(row: ItemRow) -> dict[str, Any]:
    try:
        table = json.loads(row.body)
    except (ValueError, RecursionError) as error:
        raise DamagedRowError(f"an entry of kind '{row.kind[:20]}' is not JSON") from error
    if not isinstance(table, dict):
        raise DamagedRowError(f"an entry of kind '{row.kind[:20]}' is not a table")
    return table


def _get(table: dict[str, Any], key: str, kind: type[_T]) -> _T:
    value = table.get(key)
    if type(value) is not kind:  # exact: a bool is no int here
        raise DamagedRowError(f"'{key}' is missing or of a wrong kind")
    return value


def _signal(table: dict[str, Any]) -> int | None:
    """A signal strength in dBm, None where none was told, as in every recording of an older program."""
    if "rssi_dbm" not in table:
        return None
    dbm = _get(table, "rssi_dbm", int)
    if not LEAST_DBM <= dbm <= MOST_DBM:
        raise DamagedRowError("'rssi_dbm' is no signal strength")
    return dbm


def _finite(value: float) -> float | None:
    """JSON knows no infinity and no NaN: None stands for them."""
    return float(value) if math.isfinite(value) else None


def _number(table: dict[str, Any], key: str, *, missing: float) -> float:
    """A finite number, or `missing` where it is null."""
    if key in table and table[key] is None:
        return missing
    value = _get(table, key, float)
    if not math.isfinite(value):
        raise DamagedRowError(f"'{key}' is no number")
    return value


def _member(kind: type[_T], table: dict[str, Any], key: str) -> _T:
    try:
        return kind(table.get(key))  # type: ignore[call-arg]
    except ValueError as error:
        raise DamagedRowError(f"'{key}' has an unknown value") from error
