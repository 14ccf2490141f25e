"""Date and time in the cells of a table, as seconds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

import numpy as np

from monitor.values import FloatArray

_ISO = re.compile(
    r"\s*(\d{4})[-/.](\d\d?)[-/.](\d\d?)[T_ ]+(\d\d?):(\d\d):(\d\d)(?:[.,_:](\d{1,9}))?\s*(Z|UTC|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
_CLOCK = re.compile(r"\s*(\d\d?):(\d\d):(\d\d)(?:[.,:](\d{1,9}))?\s*$", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_S = 86_400.0


def is_date(cell: str) -> bool:
    """Can this cell be read by `read_dates`?"""
    return bool(_ISO.match(cell) or _CLOCK.match(cell))


def is_local(cell: str) -> bool:
    """Does this cell hold a date and time, but not of which time zone?"""
    found = _ISO.match(cell)
    return found is not None and not found[8]


def first_instant(text: str) -> float | None:
    """The first date and time in a text, as Unix seconds; a time without a zone is this computer's own."""
    found = _ISO.search(text)
    return _instant(found) if found else None


def read_dates(cells: Sequence[str]) -> FloatArray:
    """Seconds (n,), NaN where a cell is no time: Unix seconds, or since midnight where the cells hold no date.

    Times without a zone are this computer's own; only the first is asked, so that a change to summer time in the
    middle moves nothing. A clock without a date that passes midnight goes on.
    """
    out = np.full(len(cells), np.nan)
    zone: timezone | None = None
    days: dict[tuple[str, ...], float] = {}
    midnight, before = 0.0, -1.0
    for i, cell in enumerate(cells):
        found = _ISO.match(cell)
        if found is None:
            clock = _CLOCK.match(cell)
            if clock is not None and not days:
                now = _of_day(clock[1], clock[2], clock[3], clock[4])
                if now < before - _DAY_S / 2:
                    midnight += _DAY_S
                out[i], before = midnight + now, now
            continue
        if found[8] and found[8] not in ("Z", "UTC"):
            moved = _instant(found)
            out[i] = np.nan if moved is None else moved
            continue
        day = found.group(1, 2, 3)
        if day not in days:
            try:
                noon = datetime(int(day[0]), int(day[1]), int(day[2]), 12)
                if zone is None:
                    zone = UTC if found[8] else noon.astimezone().tzinfo  # type: ignore[assignment]
                days[day] = (noon.replace(tzinfo=zone) - _EPOCH).total_seconds() - _DAY_S / 2
            except (ValueError, OverflowError, OSError):
                days[day] = float("nan")
        out[i] = days[day] + _of_day(found[4], found[5], found[6], found[7])
    return out


def _of_day(hours: str, minutes: str, seconds: str, fraction: str | None) -> float:
    return (
        int(hours) * 3600 + int(minutes) * 60 + int(seconds) + (int(fraction) / 10 ** len(fraction) if fraction else 0)
    )


def _instant(found: re.Match[str]) -> float | None:
    numbers = [int(part) for part in found.groups()[:6]]
    fraction = found[7]
    try:
        plain = datetime(*numbers)  # type: ignore[arg-type]
        zone = found[8]
        if zone in ("Z", "UTC"):
            at = plain.replace(tzinfo=UTC)
        elif zone:
            sign = -1 if zone[0] == "-" else 1
            at = plain.replace(tzinfo=timezone(sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))))
        else:
            at = plain.astimezone()
        return (at - _EPOCH).total_seconds() + (int(fraction) / 10 ** len(fraction) if fraction else 0.0)
    except (ValueError, OverflowError, OSError):
        return None
