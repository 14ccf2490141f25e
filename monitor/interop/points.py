"""Points as a watch file lists them -> the columns of a `WatchTrack`: in order, once each, and within reason."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np

from monitor.interop.watch import COLUMNS, WatchFile, WatchLap, WatchPause, WatchSession, WatchTrack
from monitor.values import NS_PER_S, BoolArray, FloatArray, IntArray

MOST_POINTS = 1_000_000
"""Eleven days at one point a second."""
MOST_NOTES = 10_000
"""So many laps, pauses or activities at most."""
NO_TIME = -1
"""The time of a point that has none."""

_EARLIEST_NS = 631_152_000 * NS_PER_S
"""1990-01-01: earlier, a clock was never set."""
LATEST_NS = 4_102_444_800 * NS_PER_S
"""2100-01-01: no watch tells this or later."""
_LONGEST_NS = 5 * 86_400 * NS_PER_S
"""Points further than this from the middle of the run carry a wrong time."""
_REASONABLE = {
    "lat_deg": (-90.0, 90.0),
    "lon_deg": (-180.0, 180.0),
    "elevation_m": (-500.0, 9_000.0),
    "distance_m": (0.0, 2_000_000.0),
    "speed_m_s": (0.0, 50.0),
    "cadence_spm": (0.0, 255.0),
    "heart_bpm": (20.0, 250.0),
}
"""Outside of these a value is noise; NaN is put in its place."""
_STEPS_ABOVE = 125.0
_WALKING_STEPS_ABOVE = 85.0
"""A file whose middle cadence is higher counts steps, not strides: nobody takes 250 steps a minute."""
_ON_FOOT = frozenset({"", "running", "walking", "hiking", "training", "generic", "fitness_equipment", "other", "all"})
_EARTH_RADIUS_M = 6_371_008.8
"""Mean radius, IUGG."""

_Note = TypeVar("_Note", WatchLap, WatchPause, WatchSession)


@dataclass(slots=True)
class Points:
    """Points and notes, in the order of the file. `add` takes one point; `full` says that there is room for no more."""

    source: WatchFile
    laps: list[WatchLap] = field(default_factory=list)
    pauses: list[WatchPause] = field(default_factory=list)
    sessions: list[WatchSession] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    developer_fields: list[str] = field(default_factory=list)
    sport: str = ""
    device: str = ""
    power_on_ns: int = 0
    """Added to times before 1990, which count from the watch's power-on: what its face showed, in no known zone."""
    _t_ns: array[int] = field(default_factory=lambda: array("q"))
    _rows: array[float] = field(default_factory=lambda: array("d"))
    _breaks: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self._t_ns)

    @property
    def full(self) -> bool:
        """Whether the bound of points is reached."""
        return len(self._t_ns) >= MOST_POINTS

    def add(self, t_ns: int, row: tuple[float, ...]) -> None:
        """One point: its time (`NO_TIME` for none) and its values in the order of `COLUMNS`, cadence as in the file."""
        self._t_ns.append(t_ns)
        self._rows.extend(row)

    def lap(self, start_ns: int, end_ns: int, distance_m: float, trigger: str) -> None:
        """One lap, where it has a length."""
        if start_ns < end_ns and len(self.laps) < MOST_NOTES:
            self.laps.append(WatchLap(start_ns, end_ns, f"Lap {len(self.laps) + 1}", distance_m, trigger))

    def pause(self, start_ns: int, end_ns: int) -> None:
        """One pause, where it has a length."""
        if start_ns < end_ns and len(self.pauses) < MOST_NOTES:
            self.pauses.append(WatchPause(start_ns, end_ns))

    def session(self, start_ns: int, end_ns: int, sport: str) -> None:
        """One activity, where it has a length."""
        if start_ns < end_ns and len(self.sessions) < MOST_NOTES:
            self.sessions.append(WatchSession(start_ns, end_ns, sport))

    def break_here(self) -> None:
        """The next point begins a new segment: no distance lies between."""
        if len(self._t_ns) and len(self._breaks) < MOST_NOTES:
            self._breaks.append(len(self._t_ns))

    def warn(self, sentence: str) -> None:
        """Note a sentence, once."""
        if sentence not in self.warnings:
            self.warnings.append(sentence)

    def track(self) -> WatchTrack:
        """The finished track. At least one point must have been added."""
        t_ns = np.array(self._t_ns, np.int64)
        powered = (t_ns >= 0) & (t_ns < _EARLIEST_NS)
        if self.power_on_ns and powered.any():
            self.warn("This watch did not know the time zone: its times are those on its face.")
        t_ns[powered] += self.power_on_ns
        t_ns[(t_ns < _EARLIEST_NS) | (t_ns >= LATEST_NS)] = NO_TIME
        rows = np.array(self._rows, np.float64).reshape(len(t_ns), len(COLUMNS))
        columns = {name: _within(rows[:, i], *_REASONABLE[name]) for i, name in enumerate(COLUMNS)}
        if not np.isfinite(columns["distance_m"]).any():
            columns["distance_m"] = self._walked(columns["lat_deg"], columns["lon_deg"])
        columns["cadence_spm"] = self._steps(columns["cadence_spm"])
        t_ns, columns = self._in_order(t_ns, columns)
        return WatchTrack(
            t_ns=t_ns,
            **columns,
            source=self.source,
            laps=tuple(lap for lap in self._placed(self.laps) if len(t_ns) and lap.start_ns <= t_ns[-1]),
            pauses=tuple(p for p in self._placed(self.pauses) if len(t_ns) and t_ns[0] <= p.start_ns <= t_ns[-1]),
            sessions=self._sessions(t_ns),
            sport=self.sport,
            device=self.device,
            developer_fields=tuple(self.developer_fields),
            warnings=tuple(self.warnings),
        )

    def _in_order(self, t_ns: IntArray, columns: dict[str, FloatArray]) -> tuple[IntArray, dict[str, FloatArray]]:
        timed = t_ns != NO_TIME
        if timed.any():
            timed &= np.abs(t_ns - np.median(t_ns[timed])) <= _LONGEST_NS
        t_ns = t_ns[timed]
        # A file that gives one and the same time to all its points has none to give.
        if len(t_ns) == 0 or (len(t_ns) > 1 and t_ns.min() == t_ns.max()):
            self.warn("This file has no usable times: it can be drawn, but not laid beside a recording.")
            return np.empty(0, np.int64), columns
        if lost := int(np.count_nonzero(~timed)):
            self.warn(f"{lost} points without a usable time were left out.")
        columns = {name: values[timed] for name, values in columns.items()}
        if (np.diff(t_ns) < 0).any():
            self.warn("The points were not in the order of time; they were sorted.")
        order = np.argsort(t_ns, kind="stable")
        t_ns, columns = t_ns[order], {name: values[order] for name, values in columns.items()}
        last = np.append(np.diff(t_ns) > 0, True)
        return t_ns[last], {name: _last_known(values, last) for name, values in columns.items()}

    def _steps(self, cadence: FloatArray) -> FloatArray:
        """Steps per minute (n,) from what the file holds (n,), which is strides per minute in most."""
        moving = cadence[cadence > 0]
        if len(moving) == 0:
            return cadence
        if self.sport not in _ON_FOOT:
            self.warn(f"The cadence of this file is of '{self.sport}', not of steps; it is left out.")
            return np.full(len(cadence), np.nan)
        if np.median(moving) > (_WALKING_STEPS_ABOVE if self.sport in ("walking", "hiking") else _STEPS_ABOVE):
            self.warn("The cadence of this file counts both feet already; it is taken as steps per minute.")
            return cadence
        return _within(2.0 * cadence, *_REASONABLE["cadence_spm"])

    def _walked(self, lat_deg: FloatArray, lon_deg: FloatArray) -> FloatArray:
        """Metres from the first position (n,) along the positions; NaN where there is no position."""
        at = np.flatnonzero(np.isfinite(lat_deg) & np.isfinite(lon_deg))
        out = np.full(len(lat_deg), np.nan)
        if len(at) < 2:
            return out
        lat, lon = np.radians(lat_deg[at]), np.radians(lon_deg[at])
        half = (
            np.sin(np.diff(lat) / 2) ** 2 + np.cos(lat[1:]) * np.cos(lat[:-1]) * np.sin(np.diff(lon) / 2) ** 2
        )  # haversine
        leg = 2 * _EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
        segment = np.searchsorted(np.array(self._breaks, np.int64), at, side="right")
        leg[np.diff(segment) > 0] = 0.0
        out[at] = np.concatenate(([0.0], np.cumsum(leg)))
        return out

    def _placed(self, notes: list[_Note]) -> list[_Note]:
        """Laps, pauses or activities in order of time, those since power-on put in their place."""
        shift = self.power_on_ns
        placed = [
            replace(n, start_ns=n.start_ns + shift, end_ns=n.end_ns + shift) if n.end_ns < _EARLIEST_NS else n
            for n in notes
        ]
        return sorted(placed, key=lambda n: (n.start_ns, n.end_ns))

    def _sessions(self, t_ns: IntArray) -> tuple[WatchSession, ...]:
        """Activities one after another: each goes on until the next one starts, the first and last to the ends."""
        if len(t_ns) == 0:
            return ()
        first, last = int(t_ns[0]), int(t_ns[-1])
        told = [s for s in self._placed(self.sessions) if s.start_ns <= last]
        starts = [first, *(s.start_ns for s in told[1:])]
        ends = [*(start - 1 for start in starts[1:]), last]
        sports = [s.sport for s in told] or [self.sport]
        spans = zip(starts, ends, sports, strict=True)
        return tuple(
            WatchSession(a, b, sport)
            for a, b, sport in spans
            if np.searchsorted(t_ns, b, "right") > np.searchsorted(t_ns, a)
        )


def _within(values: FloatArray, low: float, high: float) -> FloatArray:
    """A copy (n,) with NaN for what lies outside."""
    return np.where((values >= low) & (values <= high), values, np.nan)


def _last_known(values: FloatArray, last: BoolArray) -> FloatArray:
    """Of each group of points of one time, whose last ones are marked (n,), the last value that is known."""
    ends = np.flatnonzero(last)
    starts = np.concatenate(([0], ends[:-1] + 1))
    known = np.maximum.accumulate(np.where(np.isfinite(values), np.arange(len(values)), -1))[ends]
    return np.where(known >= starts, values[np.maximum(known, 0)], np.nan)
