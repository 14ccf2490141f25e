"""FIT files of a watch or a foot pod, by fitdecode.

Convention of the format: cadence is strides per minute with the fraction in a field of its own, positions are
semicircles (2^31 = 180 deg), times are seconds since 1989-12-31 UTC; values below 2^28 count from power-on instead.
Of a watch that never knew UTC, the activity message tells what its own clock showed: that is taken, and said.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, BinaryIO

from monitor.interop.points import NO_TIME, Points
from monitor.interop.watch import WatchFile
from monitor.values import NS_PER_S

MOST_MESSAGES = 3_000_000
"""A watch writes one or two messages per point; a hostile file could hold a message per byte."""
MOST_NAMES = 64

_UTC_OFFSET_S = 631_065_600
_FIRST_DATE = 0x1000_0000
_NEVER = 0xFFFF_FFFF
_SEMICIRCLE_DEG = 180.0 / 2**31

_RECORD, _LAP, _SESSION, _EVENT, _FILE_ID, _SPORT, _ACTIVITY = 20, 19, 18, 21, 0, 12, 34
_DEVELOPER_FIELD = 206
_FIELDS = {
    "timestamp", "position_lat", "position_long", "altitude", "enhanced_altitude", "distance", "speed",
    "enhanced_speed", "cadence", "fractional_cadence", "heart_rate",
}  # fmt: skip


def read_fit(file: BinaryIO) -> Points:
    """Everything up to the end of the file, or to where it is damaged; chained files one after another."""
    points = Points(WatchFile.FIT)
    timer = _Timer(points)
    for message in _messages(file, points):
        kind = message.global_mesg_num
        if kind == _RECORD:
            if points.full:
                points.warn("This file is longer than eleven days; the rest is left out.")
                break
            _record(message, points)
        elif kind == _LAP:
            _lap(_plain(message), points)
        elif kind == _SESSION:
            _session(_plain(message), points)
        elif kind == _EVENT:
            timer.event(_plain(message))
        elif kind == _ACTIVITY:
            _wall_clock(_plain(message), points)
        elif kind == _SPORT:
            points.sport = points.sport or _word(_plain(message).get("sport"))
        elif kind == _FILE_ID:
            points.device = points.device or _device(_plain(message))
        elif kind == _DEVELOPER_FIELD:
            name = _word(_plain(message).get("field_name"))
            if name and name not in points.developer_fields and len(points.developer_fields) < MOST_NAMES:
                points.developer_fields.append(name)
    return points


def _messages(file: BinaryIO, points: Points) -> Iterator[Any]:
    """The data messages of the file; what is wrong with the file becomes a warning."""
    # Its tables of the format take a moment to load: only where a FIT file is read.
    import fitdecode
    from fitdecode.reader import CrcCheck, ErrorHandling

    with fitdecode.FitReader(
        file, processor=None, check_crc=CrcCheck.READONLY, error_handling=ErrorHandling.IGNORE
    ) as reader:
        frames = iter(reader)
        for _ in range(MOST_MESSAGES):
            try:
                frame = next(frames)
            except StopIteration:
                return
            except fitdecode.FitEOFError:
                points.warn("This file ends too early; what comes before is read.")
                return
            # fitdecode lets whatever goes wrong in damaged bytes through: struct, key, type, assertion errors ...
            except Exception:
                points.warn("This file is damaged from some point on; what comes before is read.")
                return
            if frame.frame_type == fitdecode.FIT_FRAME_DATA:
                yield frame
            elif frame.frame_type == fitdecode.FIT_FRAME_HEADER:
                points.break_here()
            elif frame.frame_type == fitdecode.FIT_FRAME_CRC and not frame.matched:
                points.warn("The checksum of this file is wrong: some values may be damaged.")
    points.warn("This file holds far too many messages; the rest is left out.")


def _plain(message: Any) -> dict[str, Any]:
    """The fields of a message by name, without those that apps added and those not filled in."""
    return {
        f.name: f.value
        for f in message.fields
        if f.value is not None and isinstance(f.name, str) and (f.field_def is None or not f.field_def.is_dev)
    }


def _number(value: Any) -> float:
    """A value as a number; NaN for what is none (a field may hold a list or a word in a damaged file)."""
    return float(value) if isinstance(value, (int, float)) else math.nan


def _time_ns(value: Any) -> int:
    """UTC nanoseconds of a FIT time, or nanoseconds since power-on; `NO_TIME` for what is none."""
    if not isinstance(value, (int, float)) or not 0 <= value < _NEVER:
        return NO_TIME
    return (int(value) + (_UTC_OFFSET_S if value >= _FIRST_DATE else 0)) * NS_PER_S


def _record(message: Any, points: Points) -> None:
    found: dict[str, Any] = {}
    for f in message.fields:
        name = f.name
        if name in _FIELDS and f.value is not None and (f.field_def is None or not f.field_def.is_dev):
            found[name] = f.value
    get = found.get
    cadence = _number(get("cadence"))
    fraction = _number(get("fractional_cadence"))
    points.add(
        _time_ns(get("timestamp")),
        (
            _number(get("position_lat")) * _SEMICIRCLE_DEG,
            _number(get("position_long")) * _SEMICIRCLE_DEG,
            _number(get("enhanced_altitude", get("altitude"))),
            _number(get("distance")),
            _number(get("enhanced_speed", get("speed"))),
            cadence + fraction if fraction < 1.0 else cadence,
            _number(get("heart_rate")),
        ),
    )


def _lap(told: dict[str, Any], points: Points) -> None:
    start_ns, end_ns = _span(told)
    points.lap(start_ns, end_ns, _number(told.get("total_distance")), _word(told.get("lap_trigger")))


def _session(told: dict[str, Any], points: Points) -> None:
    sport = _word(told.get("sport"))
    points.sport = points.sport or sport
    points.session(*_span(told), sport)


def _wall_clock(told: dict[str, Any], points: Points) -> None:
    """What the watch's face showed at a time that counts from power-on."""
    ticks, local = told.get("timestamp"), told.get("local_timestamp")
    if isinstance(ticks, int) and isinstance(local, int) and ticks < _FIRST_DATE <= local < _NEVER:
        points.power_on_ns = (local + _UTC_OFFSET_S - ticks) * NS_PER_S


def _span(told: dict[str, Any]) -> tuple[int, int]:
    """Start and end of a lap or session; (0, 0) where it does not say."""
    start_ns, elapsed_s = _time_ns(told.get("start_time")), _number(told.get("total_elapsed_time"))
    if start_ns == NO_TIME:
        return 0, 0
    if 0.0 < elapsed_s < 1e7:
        return start_ns, start_ns + round(elapsed_s * NS_PER_S)
    return start_ns, _time_ns(told.get("timestamp"))


class _Timer:
    """Start and stop of the watch's timer -> pauses."""

    def __init__(self, points: Points) -> None:
        self._points = points
        self._stopped_ns = NO_TIME

    def event(self, told: dict[str, Any]) -> None:
        """One event message; others than the timer's are passed over."""
        t_ns, what = _time_ns(told.get("timestamp")), _word(told.get("event_type"))
        if told.get("event") != "timer" or t_ns == NO_TIME:
            return
        if what.startswith("stop"):
            self._stopped_ns = t_ns
        elif what == "start" and self._stopped_ns != NO_TIME:
            self._points.pause(self._stopped_ns, t_ns)
            self._stopped_ns = NO_TIME


def _word(value: Any) -> str:
    """A name as the file holds it, short and on one line; '' for none."""
    if isinstance(value, tuple):
        value = value[0] if value else None
    return "".join(c if c.isprintable() else "?" for c in value[:60]).strip() if isinstance(value, str) else ""


def _device(told: dict[str, Any]) -> str:
    """'garmin fenix2', 'stryd', ...; numbers for what the profile does not name."""
    words = (told.get("manufacturer"), told.get("product_name") or told.get("garmin_product") or told.get("product"))
    return " ".join(_word(w) if isinstance(w, str) else f"no. {w}" for w in words if isinstance(w, (str, int)))
