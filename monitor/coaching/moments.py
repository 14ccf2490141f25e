"""The rows of all sensors in order of arrival, as the moments that matter: a full bin, a new second of the run clock.

The first row of each new second is the moment of that second, whichever sensor brought it; of rows that arrived
together, the sensor's whose key comes first. So the moments are the same however the rows were grouped, as long as rows
in a later call arrived later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from monitor.coaching.bins import BinMaker, Rows, join_rows
from monitor.values import NS_PER_S, BoolArray, FloatArray, IntArray, Track

STALE_NS = 5 * NS_PER_S
"""What a sensor showed longer ago says nothing about now."""
LONG_AGO = -(1 << 62)


@dataclass(frozen=True, slots=True)
class FullBin:
    """A bin of one sensor is complete."""

    sensor: str
    rows: Rows


@dataclass(frozen=True, slots=True)
class Second:
    """A new second of the run clock began: whether it is run, and whether some posture is past its limit."""

    t_ns: int
    running: bool
    in_bout: bool


Moment: TypeAlias = FullBin | Second


class _Sensor:
    """One sensor: its rows that wait, its bins, and what it showed last."""

    def __init__(self) -> None:
        self.waiting: list[Rows] = []
        self.bins = BinMaker()
        self.over = False
        self.t_ns = LONG_AGO

    def take(self, before_ns: int | None) -> Rows | None:
        """The waiting rows that arrived before a time; None for none."""
        if not self.waiting:
            return None
        rows = join_rows(self.waiting)
        n = len(rows) if before_ns is None else int(np.searchsorted(rows.arrival_ns, before_ns))
        self.waiting = [rows.part(n, len(rows))] if n < len(rows) else []
        return rows.part(0, n) if n else None


class Moments:
    """Follows all sensors of a run."""

    def __init__(self) -> None:
        self._sensors: dict[str, _Sensor] = {}
        self._newest_ns = self._ran_ns = LONG_AGO
        self._second = -1

    def take(self, track: Track, followed_deg: FloatArray | None = None) -> None:
        """New values of one sensor; followed_deg (n,): what the adaptation of its neutral took off, None for none."""
        rows = Rows.of(track, followed_deg)
        if len(rows):
            self._sensors.setdefault(track.sensor, _Sensor()).waiting.append(rows)
            self._newest_ns = max(self._newest_ns, int(rows.t_ns[-1]))

    @property
    def due(self) -> bool:
        """Rows of a new second wait; before that nothing need be worked off."""
        return self._newest_ns // NS_PER_S > self._second

    def clear_bins(self) -> None:
        """What follows is not to be mixed in one bin with what came before; all rows have been worked off."""
        for sensor in self._sensors.values():
            sensor.bins.clear()

    def work_off(self, before_ns: int | None = None) -> list[Moment]:
        """The moments of the rows that arrived before a time (None: of all), in order; each row is looked at once."""
        taken = {key: rows for key in sorted(self._sensors) if (rows := self._sensors[key].take(before_ns))}
        if not taken:
            return []
        parts = list(taken.values())
        order = np.argsort(np.concatenate([rows.arrival_ns for rows in parts]), kind="stable")
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        places = dict(zip(taken, np.split(place, np.cumsum([len(rows) for rows in parts])[:-1]), strict=True))
        t_ns = np.concatenate([rows.t_ns for rows in parts])[order]
        ran = np.concatenate([rows.running for rows in parts])[order]
        moments: list[tuple[int, int, Moment]] = [
            (int(places[key][at]), 0, FullBin(key, rows))
            for key, whole in taken.items()
            for at, rows in self._sensors[key].bins.push(whole)
        ]
        moments += [(place, 1, second) for place, second in self._seconds(taken, places, t_ns, ran)]
        moments.sort(key=lambda found: found[:2])
        return [moment for _, _, moment in moments]

    def _seconds(
        self, taken: dict[str, Rows], places: dict[str, IntArray], t_ns: IntArray, ran: BoolArray
    ) -> list[tuple[int, Second]]:
        """The new seconds among rows of time t_ns (n,), ran (n,), in order of arrival."""
        second = t_ns // NS_PER_S
        known = np.maximum.accumulate(np.concatenate(([self._second], second)))
        ran_ns = np.maximum.accumulate(np.concatenate(([self._ran_ns], np.where(ran, t_ns, LONG_AGO))))[1:]
        new = np.flatnonzero(second > known[:-1])
        running = t_ns[new] - ran_ns[new] <= NS_PER_S
        in_bout = self._in_bout(taken, places, new, t_ns[new])
        self._second, self._ran_ns = int(known[-1]), int(ran_ns[-1])
        columns = zip(new.tolist(), t_ns[new].tolist(), running.tolist(), in_bout.tolist(), strict=True)
        return [(place, Second(at_ns, runs, bout)) for place, at_ns, runs, bout in columns]

    def _in_bout(self, taken: dict[str, Rows], places: dict[str, IntArray], new: IntArray, t_ns: IntArray) -> BoolArray:
        """Whether some sensor's posture is past its limit at the rows in places new (n,), of time t_ns (n,)."""
        on = np.zeros(len(new), bool)
        for key, sensor in self._sensors.items():
            over, seen_ns = np.full(len(new), sensor.over), np.full(len(new), sensor.t_ns)
            if (rows := taken.get(key)) is not None:
                at = np.searchsorted(places[key], new, side="right") - 1
                over = np.where(at >= 0, rows.over[at], over)
                seen_ns = np.where(at >= 0, rows.t_ns[at], seen_ns)
                sensor.over, sensor.t_ns = bool(rows.over[-1]), int(rows.t_ns[-1])
            on |= over & (t_ns - seen_ns <= STALE_NS)
        return on
