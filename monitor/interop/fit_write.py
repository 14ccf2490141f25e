"""A FIT activity from scratch: a run without a watch, such as one on a treadmill, with posture in developer fields."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from monitor.interop.fit_fields import (
    RECORD_FIELDS,
    RECORD_SIZE,
    SUMMARY_FIELDS,
    describe,
    entries,
    record_bytes,
    summary_bytes,
)
from monitor.interop.fit_parts import join_part, new_header
from monitor.interop.fit_wire import (
    EPOCH_UNIX_S,
    FIRST_DATE,
    TIMESTAMP,
    BaseType,
    FieldSpec,
    FitError,
    GlobalMessage,
    Value,
    encode_definition,
    encode_message,
    spec,
    whole_message,
)
from monitor.interop.posture_series import PostureSeries
from monitor.values import FloatArray

MAX_RECORDS = 10 * 86_400
_DEVELOPMENT, _PRODUCT = 255, 1
"""Maker's number for programs without one of their own."""
_RUNNING, _GENERIC, _TREADMILL = 1, 0, 1
_TIMER, _SESSION, _LAP, _ACTIVITY = 0, 8, 9, 26
_START, _STOP, _STOP_ALL = 0, 1, 4
_BY_DISTANCE, _BY_END, _ACTIVITY_END = 2, 7, 0
_LOCAL_RECORD, _LOCAL_LAP, _LOCAL_EVENT, _LOCAL_ONCE = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class RunSeconds:
    """A run as a watch would have written it: n >= 1 whole seconds, one after the other; NaN where not known.

    start_unix_s    of the first second
    start_s         the same in seconds of the run's clock
    speed_m_s, distance_m (from the first second), grade (rise over run), heart_bpm, cadence_spm   (n,)
    treadmill       a treadmill told speed and slope
    lap_m           a lap ends after every so many metres
    run_id, app_version   who wrote it
    """

    start_unix_s: int
    start_s: float
    speed_m_s: FloatArray
    distance_m: FloatArray
    grade: FloatArray
    heart_bpm: FloatArray
    cadence_spm: FloatArray
    treadmill: bool
    lap_m: float
    run_id: str
    app_version: str

    def __len__(self) -> int:
        return len(self.speed_m_s)


@dataclass(frozen=True, slots=True)
class _Column:
    """One optional field of the records: its numbers in the file (n,), NaN where not known."""

    field: FieldSpec
    values: FloatArray


def fit_activity(run: RunSeconds, series: PostureSeries) -> bytes:
    """The whole file. Raises FitError for a run that FIT cannot hold."""
    start = run.start_unix_s - EPOCH_UNIX_S
    if not FIRST_DATE <= start < 0xFFFF_FFFF - MAX_RECORDS:
        raise FitError("FIT", "holds runs from 1998 to 2125; the recording's date lies outside")
    if not 1 <= len(run) <= MAX_RECORDS:
        raise FitError("FIT", "holds runs from one second to ten days; the recording is not one")
    run = _believable(run)
    laps = _lap_ends(run)
    body = bytearray(_head(run, start, simulated=series.simulated))
    columns = _columns(run)
    fields = [FieldSpec(TIMESTAMP, BaseType.UINT32, 4), *(c.field for c in columns)]
    body += encode_definition(_LOCAL_RECORD, GlobalMessage.RECORD, fields, entries(RECORD_FIELDS, 0))
    ours = record_bytes(series.at(run.start_s + np.arange(len(run), dtype=np.float64)))
    cells = [[None if v != v else v for v in c.values.tolist()] for c in columns]
    lap, lap_defined = 0, False
    for i in range(len(run)):
        values: list[Value] = [start + i, *(column[i] for column in cells)]
        body += encode_message(_LOCAL_RECORD, fields, values, ours[i * RECORD_SIZE : (i + 1) * RECORD_SIZE])
        if i == laps[lap + 1]:
            content = [*_lap(run, start, laps[lap], i, lap, last=i == len(run) - 1)]
            body += _summed(_LOCAL_LAP, GlobalMessage.LAP, content, run, series, laps[lap], i, define=not lap_defined)
            lap, lap_defined = lap + 1, True
    body += _event(start + len(run) - 1, _STOP_ALL)
    session = [*_session(run, start, len(laps) - 1)]
    body += _summed(_LOCAL_ONCE, GlobalMessage.SESSION, session, run, series, 0, len(run) - 1, define=True)
    body += _activity(start, len(run) - 1)
    return join_part(new_header(), bytes(body))


_BOUNDS = {
    "speed_m_s": (0.0, 65.0),
    "distance_m": (0.0, 4e7),
    "grade": (-3.0, 3.0),
    "heart_bpm": (1.0, 254.0),
    "cadence_spm": (0.0, 508.0),
}
"""What a field of FIT holds; nothing beyond it is a runner's."""


def _believable(run: RunSeconds) -> RunSeconds:
    """The run with numbers beyond all bounds as not known."""
    columns: dict[str, Any] = {}
    for name, (low, high) in _BOUNDS.items():
        values = getattr(run, name)
        columns[name] = np.where((values >= low) & (values <= high), values, np.nan)
    return replace(run, **columns)


def _head(run: RunSeconds, start: int, *, simulated: bool) -> bytes:
    """Who made the file, our fields, and the start of the timer."""
    product = "Heads Up SIMULATED" if simulated else "Heads Up"
    serial = zlib.crc32(run.run_id.encode("utf-8", "replace")) or 1
    head = whole_message(
        _LOCAL_ONCE,
        GlobalMessage.FILE_ID,
        [
            (0, BaseType.ENUM, 4),
            (1, BaseType.UINT16, _DEVELOPMENT),
            (2, BaseType.UINT16, _PRODUCT),
            (3, BaseType.UINT32Z, serial),
            (4, BaseType.UINT32, start),
            (8, BaseType.STRING, product),
        ],
    )
    head += describe(_LOCAL_ONCE, 0, simulated=simulated)
    head += whole_message(
        _LOCAL_ONCE,
        GlobalMessage.DEVICE_INFO,
        [
            (TIMESTAMP, BaseType.UINT32, start),
            (0, BaseType.UINT8, 0),
            (2, BaseType.UINT16, _DEVELOPMENT),
            (3, BaseType.UINT32Z, serial),
            (4, BaseType.UINT16, _PRODUCT),
            (5, BaseType.UINT16, _version(run.app_version)),
            (27, BaseType.STRING, product),
        ],
    )
    return head + _event(start, _START)


def _version(text: str) -> int | None:
    """'1.2.3' -> 102 (hundredths, as FIT counts versions)."""
    numbers = text.split(".")[:2]
    if len(numbers) != 2 or not all(n.isascii() and n.isdigit() and len(n) <= 2 for n in numbers):
        return None
    return int(numbers[0]) * 100 + int(numbers[1])


def _event(at: int, what: int) -> bytes:
    return whole_message(
        _LOCAL_EVENT,
        GlobalMessage.EVENT,
        [(TIMESTAMP, BaseType.UINT32, at), (0, BaseType.ENUM, _TIMER), (1, BaseType.ENUM, what)],
    )


def _columns(run: RunSeconds) -> list[_Column]:
    """The record fields of which anything is known."""
    strides = run.cadence_spm / 2.0
    whole = np.floor(strides)
    candidates = (
        (3, BaseType.UINT8, run.heart_bpm),
        (4, BaseType.UINT8, whole),
        (53, BaseType.UINT8, 128.0 * (strides - whole)),
        (5, BaseType.UINT32, 100.0 * run.distance_m),
        (6, BaseType.UINT16, 1000.0 * run.speed_m_s),
        (9, BaseType.SINT16, 10_000.0 * run.grade),
    )
    return [_Column(spec(number, base), values) for number, base, values in candidates if np.isfinite(values).any()]


def _lap_ends(run: RunSeconds) -> list[int]:
    """0 and the number of the last second of each lap."""
    last = len(run) - 1
    known = np.isfinite(run.distance_m)
    if not known.any() or not run.lap_m > 0:
        return [0, last]
    laps = np.floor(np.maximum.accumulate(np.where(known, run.distance_m, 0.0)) / run.lap_m)
    ends = np.flatnonzero(np.diff(laps) > 0) + 1
    return [0, *(int(e) for e in ends if e < last), last]


def _covered(run: RunSeconds, a: int, b: int) -> list[tuple[int, BaseType, Value]]:
    """Start, times, distance, speeds, heart rate and cadence of seconds a..b, under the numbers of a lap."""
    metres = run.distance_m[a : b + 1]
    metres = metres[np.isfinite(metres)]
    elapsed = 1000 * (b - a)
    start = run.start_unix_s - EPOCH_UNIX_S + a
    distance = float(metres[-1] - metres[0]) if len(metres) else None
    speed = 1000.0 * distance / (b - a) if distance is not None and b > a else None
    part = slice(a, b + 1)
    heart, spm = run.heart_bpm[part], run.cadence_spm[part]
    return [
        (2, BaseType.UINT32, start),
        (7, BaseType.UINT32, elapsed),
        (8, BaseType.UINT32, elapsed),
        (9, BaseType.UINT32, None if distance is None else 100.0 * distance),
        (13, BaseType.UINT16, speed),
        (14, BaseType.UINT16, _of(np.max, 1000.0 * run.speed_m_s[part])),
        (15, BaseType.UINT8, _of(np.mean, heart)),
        (16, BaseType.UINT8, _of(np.max, heart)),
        (17, BaseType.UINT8, _of(np.mean, spm[spm > 0] / 2.0)),
        (18, BaseType.UINT8, _of(np.max, spm / 2.0)),
    ]


def _of(what: Callable[[FloatArray], np.float64], values: FloatArray) -> float | None:
    known = values[np.isfinite(values)]
    return float(what(known)) if len(known) else None


def _lap(
    run: RunSeconds, start: int, a: int, b: int, number: int, *, last: bool
) -> Iterator[tuple[int, BaseType, Value]]:
    yield (254, BaseType.UINT16, number)
    yield (TIMESTAMP, BaseType.UINT32, start + b)
    yield (0, BaseType.ENUM, _LAP)
    yield (1, BaseType.ENUM, _STOP)
    yield from _covered(run, a, b)
    yield (24, BaseType.ENUM, _BY_END if last else _BY_DISTANCE)
    yield (25, BaseType.ENUM, _RUNNING)
    yield (39, BaseType.ENUM, _TREADMILL if run.treadmill else _GENERIC)


_IN_SESSION = {13: 14, 14: 15, 15: 16, 16: 17, 17: 18, 18: 19}
"""Numbers of a lap's fields in a session, where they differ."""


def _session(run: RunSeconds, start: int, laps: int) -> Iterator[tuple[int, BaseType, Value]]:
    last = len(run) - 1
    yield (254, BaseType.UINT16, 0)
    yield (TIMESTAMP, BaseType.UINT32, start + last)
    yield (0, BaseType.ENUM, _SESSION)
    yield (1, BaseType.ENUM, _STOP)
    yield (5, BaseType.ENUM, _RUNNING)
    yield (6, BaseType.ENUM, _TREADMILL if run.treadmill else _GENERIC)
    yield from ((_IN_SESSION.get(number, number), base, value) for number, base, value in _covered(run, 0, last))
    yield (25, BaseType.UINT16, 0)
    yield (26, BaseType.UINT16, laps)
    yield (28, BaseType.ENUM, _ACTIVITY_END)


def _activity(start: int, last: int) -> bytes:
    return whole_message(
        _LOCAL_ONCE,
        GlobalMessage.ACTIVITY,
        [
            (TIMESTAMP, BaseType.UINT32, start + last),
            (0, BaseType.UINT32, 1000 * last),
            (1, BaseType.UINT16, 1),
            (2, BaseType.ENUM, 0),
            (3, BaseType.ENUM, _ACTIVITY),
            (4, BaseType.ENUM, _STOP),
        ],
    )


def _summed(
    local: int,
    message: GlobalMessage,
    content: Sequence[tuple[int, BaseType, Value]],
    run: RunSeconds,
    series: PostureSeries,
    a: int,
    b: int,
    *,
    define: bool,
) -> bytes:
    """A lap or session of seconds a..b with our sums behind its own fields."""
    fields = [spec(number, base, value) for number, base, value in content]
    out = encode_definition(local, message, fields, entries(SUMMARY_FIELDS, 0)) if define else b""
    ours = summary_bytes(series.summary(run.start_s + a, run.start_s + b))
    return out + encode_message(local, fields, [value for _, _, value in content], ours)
