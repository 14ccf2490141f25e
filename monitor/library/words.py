"""Numbers of the library as people read them. What is not known is a dash."""

from __future__ import annotations

from monitor.library.measures import Kind
from monitor.library.rows import RunRow
from monitor.posture.gaze import FOOT_M
from monitor.review.insight.breakdown import MILE_M
from monitor.review.report_words import clean, share_words, span_words

DASH = "–"
KM_M = 1000.0


def value_words(kind: Kind, value: float | None, *, feet: bool) -> str:
    """A value in its printed unit."""
    if value is None:
        return DASH
    if kind is Kind.TIME:
        return span_words(value)
    if kind is Kind.SHARE:
        return share_words(value) if value >= 0 else f"{round(100 * value):d} %".replace("-", "−")
    if kind is Kind.DISTANCE:
        return f"{value / MILE_M:.2f} mi" if feet else f"{value / KM_M:.2f} km"
    if kind is Kind.HEIGHT:
        return f"{value / FOOT_M:.0f} ft" if feet else f"{value:.0f} m"
    if kind is Kind.SPEED:
        return pace_words(value, feet=feet)
    return _with_unit(kind, f"{value:.{_DIGITS[kind]}f}")


def difference_words(kind: Kind, value: float | None, *, feet: bool) -> str:
    """A difference with its sign, in the printed unit; of a pace, of the speed."""
    if value is None:
        return DASH
    sign = "−" if value < 0 else "+"
    size = abs(value)
    if kind is Kind.TIME:
        said = span_words(size)
    elif kind is Kind.SHARE:
        said = f"{100 * size:.1f} points"
    elif kind is Kind.SPEED:
        said = f"{size * 3600 / MILE_M:.1f} mph" if feet else f"{size * 3.6:.1f} km/h"
    elif kind in (Kind.DISTANCE, Kind.HEIGHT):
        said = value_words(kind, size, feet=feet)
    else:
        said = _with_unit(kind, f"{size:.{max(1, _DIGITS[kind]) if kind is not Kind.COUNT else 0}f}")
    zero = not any(c in "123456789" for c in said)
    return f"±{said}" if zero else f"{sign}{said}"


def pace_words(speed_m_s: float, *, feet: bool) -> str:
    """A speed as runners say it."""
    if not speed_m_s >= 0.1:
        return "standing"
    seconds = round((MILE_M if feet else KM_M) / speed_m_s)
    return f"{seconds // 60}:{seconds % 60:02d} {'min/mi' if feet else 'min/km'}"


def day_words(row: RunRow) -> str:
    """When a run began: '2026-11-22 09:30', by the clock it was recorded with; a dash where that is no date."""
    return minute_words(row.started_utc) if row.started is not None else DASH


def minute_words(utc: str) -> str:
    """A date as it is recorded, to the minute."""
    return clean(utc[:16]).replace("T", " ")


def modes_words(row: RunRow) -> str:
    """The modes that were used."""
    return row.modes or DASH


def short_name(row: RunRow, limit: int = 40) -> str:
    """The recording's name without its folders and its ending."""
    return clean(row.name.rpartition("/")[2].removesuffix(".headsup"), limit)


_DIGITS = {Kind.DEG: 1, Kind.STEPS: 0, Kind.BEATS: 0, Kind.COUNT: 0, Kind.SECONDS: 1, Kind.RATE: 1, Kind.PERCENT: 1}
_AFTER = {
    Kind.DEG: "°", Kind.STEPS: " spm", Kind.BEATS: " bpm", Kind.SECONDS: " s", Kind.PERCENT: " %",
}  # fmt: skip


def _with_unit(kind: Kind, digits: str) -> str:
    minus = digits.replace("-", "−")
    return f"{minus}{_AFTER.get(kind, '')}"
