"""Times of a foreign table made usable: unit, wrap-around, order, repeats.

A logger's stamps may be coarse (several rows of one stamp), slightly out of order, or a counter that wraps. What is
done about it is counted and said; two recordings in one file are refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from monitor.errors import TableError
from monitor.values import BoolArray, FloatArray, IntArray

UNIX_2001_S, UNIX_2100_S = 978_307_200.0, 4_102_444_800.0
"""Times between these can only be Unix time."""
MAX_CELL = 1e30
"""No time and no measurement is larger, in any unit; a cell beyond it is taken for empty."""
_PLAUSIBLE_STEP_S = (1e-3, 0.25)
_MOST_BACK_S = 1.0
"""Rows late by more than this are no jitter."""
_MOST_STRAYS = 0.001
"""More rows than this with times of their own are no slips of the logger."""


@dataclass(frozen=True, slots=True)
class CleanTimes:
    """`rows` (m,) of the table in the order of time, `t_s` (m,) strictly increasing; `told`: what was mended."""

    rows: IntArray
    t_s: FloatArray
    told: tuple[str, ...]


def unit_by_size(values: FloatArray) -> str:
    """The unit in which `values` (n,) are Unix time or steps of a sensor; '' where that is open.

    Units are a factor of 1000 apart and sensors' steps span less (1 ms to 0.25 s), so at most one fits. Whole
    numbers one apart may be milliseconds or a mere count: open.
    """
    good = values[np.abs(values) < MAX_CELL]
    if len(good) < 3:
        return ""
    middle = float(np.median(np.abs(good)))
    steps = np.diff(good)
    steps = steps[steps > 0]
    if not len(steps):
        return ""
    step = float(np.median(steps))
    for unit, factor in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6), ("ns", 1e-9)):
        if UNIX_2001_S < middle * factor < UNIX_2100_S and step * factor <= 100.0:
            return unit
    if step == 1.0 and float(np.max(steps)) == 1.0:
        return ""
    for unit, factor in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6), ("ns", 1e-9)):
        if _PLAUSIBLE_STEP_S[0] <= step * factor <= _PLAUSIBLE_STEP_S[1]:
            return unit
    return ""


def unwrapped(ticks: FloatArray, span: float) -> FloatArray:
    """Ticks (n,) of a counter that starts anew at `span`, going on."""
    wraps = np.cumsum(np.diff(ticks, prepend=ticks[:1]) < -span / 2)
    out: FloatArray = ticks + wraps * span
    return out


def clean_times(path: Path, t_s: FloatArray, values: FloatArray) -> CleanTimes:
    """Put rows in order and their times apart; `t_s` (n,) finite, `values` (n,k). Raises TableError."""
    told: list[str] = []
    rows = _without_strays(path, t_s)
    if len(rows) < len(t_s):
        told.append(f"{rows_of(len(t_s) - len(rows))} with a stray time left out")
    late = int(np.count_nonzero(np.diff(t_s[rows]) < 0))
    if late:
        rows = rows[np.argsort(t_s[rows], kind="stable")]
        told.append(f"{rows_of(late)} put in order")
    t_s = t_s[rows]
    twin = _twins(t_s, values[rows])
    if twin.any():
        rows, t_s = rows[~twin], t_s[~twin]
        told.append(f"{rows_of(int(twin.sum()), 'doubled')} left out")
    repeats = int(np.count_nonzero(np.diff(t_s) <= 0))
    if repeats:
        t_s = _spread(t_s)
        told.append(f"{rows_of(repeats)} with the time of the row before spread evenly")
    apart = np.flatnonzero(np.diff(t_s, prepend=t_s[:1] - 1.0) >= 1e-6)  # microseconds: Unix time as a float
    if len(apart) < len(t_s):
        told.append(f"{rows_of(len(t_s) - len(apart))} less than a microsecond behind another left out")
    return CleanTimes(rows[apart], t_s[apart], tuple(told))


def _without_strays(path: Path, t_s: FloatArray) -> IntArray:
    """The rows (m,) without the few whose time is far from that of their neighbours. Raises TableError."""
    rows: IntArray = np.arange(len(t_s), dtype=np.int64)
    for _ in range(3):
        t = t_s[rows]
        early = t < np.maximum.accumulate(t) - _MOST_BACK_S
        if not early.any():
            return rows
        ahead = t > np.minimum.accumulate(t[::-1])[::-1] + _MOST_BACK_S
        strays = early if early.sum() <= ahead.sum() else ahead
        if strays.sum() > max(3, _MOST_STRAYS * len(t)):
            break
        rows = rows[~strays]
    i = int(rows[np.argmax(early)])
    raise TableError(
        path, 0, f"its times go back by {float(np.max(t_s[:i]) - t_s[i]):.3g} s in row {i + 1}: it seems to hold two "
        "recordings, or the clock was set; please split it there"
    )  # fmt: skip


def rows_of(count: int, what: str = "") -> str:
    """'1 row', '3 rows', '3 doubled rows'."""
    return f"{count} {what + ' ' if what else ''}row{'' if count == 1 else 's'}"


def _twins(t_s: FloatArray, values: FloatArray) -> BoolArray:
    """Rows (n,) that repeat the time and every value of the row before."""
    same = np.zeros(len(t_s), np.bool_)
    if len(t_s) > 1:
        same[1:] = (np.diff(t_s) == 0) & np.all(values[1:] == values[:-1], axis=1)
    return same


def _spread(t_s: FloatArray) -> FloatArray:
    """Rows of one stamp evenly between it and the next, or at the usual distance where a gap follows."""
    first = np.flatnonzero(np.diff(t_s, prepend=t_s[:1] - 1.0) > 0)
    count = np.diff(first, append=len(t_s))
    stamps = t_s[first]
    if len(stamps) < 2:
        return t_s
    usual = float(np.median(np.diff(stamps) / count[:-1]))
    room = np.append(np.diff(stamps), usual * count[-1])
    step = np.where(room > 3.0 * usual * count, usual, room / count)
    place = np.arange(len(t_s)) - np.repeat(first, count)
    out: FloatArray = np.repeat(stamps, count) + place * np.repeat(step, count)
    return out
