"""From a sensor's track to means over ten seconds of running: the unit in which form is compared.

Bins lie on the run clock (0-10 s, 10-20 s ...), so that they do not depend on how the track was cut into blocks. Ten
seconds hold some fourteen strides: long enough that two bins are nearly independent, short enough for half a minute to
hold three. A bin counts when at least eight of its seconds were run; standing, walking and unknown rows are left out.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from monitor.values import NS_PER_S, Activity, BoolArray, FloatArray, IntArray, Mode, Reason, Track

BIN_S = 10
BIN_NS = BIN_S * NS_PER_S
LEAST_S = 8
"""Of a bin's seconds so many must have been run, and seen, or it does not count."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The columns of a track that coaching reads, each (n,); see `monitor.values.Track`.

    `running`: by activity; `valid`: the posture may be trusted; `neck_deg`: with what the slow adaptation of the
    neutral took off put back, `followed_deg` of it. A head that sinks within half an hour and a cap that creeps look
    alike to the adaptation; compared with the first minutes, neither may vanish.
    """

    t_ns: IntArray
    arrival_ns: IntArray
    running: BoolArray
    valid: BoolArray
    over: BoolArray
    neck_deg: FloatArray
    followed_deg: FloatArray
    shoulder: FloatArray
    cadence_spm: FloatArray

    @classmethod
    def of(cls, track: Track, followed_deg: FloatArray | None = None) -> Self:
        """The rows of a track without those of estimators that still settle; followed_deg (n,): None for none.

        A sensor's very first samples are held back to measure its rate: known later than their arrival says, they
        would make decisions depend on the blocks. They are always among those left out.
        """
        keep = track.reason != Reason.STARTING
        followed = np.zeros(len(track)) if followed_deg is None else followed_deg
        return cls(
            t_ns=track.t_ns[keep],
            arrival_ns=track.arrival_ns[keep],
            running=track.activity[keep] == Activity.RUN,
            valid=track.valid[keep],
            over=track.over[keep],
            neck_deg=(track.neck_deg + followed)[keep],
            followed_deg=followed[keep],
            shoulder=track.shoulder[keep],
            cadence_spm=track.cadence_spm[keep],
        )

    def part(self, a: int, b: int) -> Self:
        """Rows a..b."""
        return type(self)(*(getattr(self, f.name)[a:b] for f in fields(self)))

    def __len__(self) -> int:
        return len(self.t_ns)


def join_rows(parts: list[Rows]) -> Rows:
    """Rows of one sensor, in order, as one. Raises ValueError on an empty list."""
    if len(parts) == 1:
        return parts[0]
    return Rows(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Rows)))


@dataclass(frozen=True, slots=True)
class Bin:
    """Means over ten seconds of running from `begin_ns` (run clock) on; NaN for what was not seen long enough.

    `over` is the share of time past the limit, 0 to 1; `slope_deg` of the ground, 0 where not known; `running_s` the
    run's running time by then.
    """

    begin_ns: int
    mode: Mode
    slope_deg: float
    running_s: int
    neck_deg: float
    followed_deg: float
    over: float
    shoulder: float
    cadence_spm: float


class BinMaker:
    """Cuts one sensor's rows into bins. Any split of the same rows gives the same stretches."""

    def __init__(self) -> None:
        self._open: list[Rows] = []
        self._bin = -1

    def push(self, rows: Rows) -> list[tuple[int, Rows]]:
        """Completed bins' rows, each with the number of the pushed row that completed it: the first of a later bin."""
        if not len(rows):
            return []
        number = rows.t_ns // BIN_NS
        done: list[tuple[int, Rows]] = []
        starts = np.flatnonzero(np.diff(number, prepend=self._bin)).tolist()
        at = 0
        for start in starts:
            self._open.append(rows.part(at, start))
            done.append((start, join_rows(self._open)))
            self._open, at = [], start
        self._open.append(rows.part(at, len(rows)))
        self._bin = int(number[-1])
        return [(start, held) for start, held in done if len(held)]

    def clear(self) -> None:
        """Forget the rows of the bin that is not complete: what follows is not to be mixed with them."""
        self._open = []


def summed_up(rows: Rows, mode: Mode, slope_deg: float, running_s: int) -> Bin | None:
    """The means over the rows of one bin; None where too little of it was run."""
    if _seconds(rows.t_ns[rows.running]) < LEAST_S:
        return None
    posture = rows.running & rows.valid
    seen = posture & (np.isfinite(rows.neck_deg) | np.isfinite(rows.shoulder))
    return Bin(
        begin_ns=int(rows.t_ns[0]) // BIN_NS * BIN_NS,
        mode=mode,
        slope_deg=slope_deg,
        running_s=running_s,
        neck_deg=_mean(rows.neck_deg, posture & np.isfinite(rows.neck_deg), rows.t_ns),
        followed_deg=_mean(rows.followed_deg, rows.running, rows.t_ns),
        over=_mean(rows.over.astype(float), seen, rows.t_ns),
        shoulder=_mean(rows.shoulder, posture & np.isfinite(rows.shoulder), rows.t_ns),
        cadence_spm=_mean(rows.cadence_spm, rows.running & np.isfinite(rows.cadence_spm), rows.t_ns),
    )


def _mean(values: FloatArray, counted: BoolArray, t_ns: IntArray) -> float:
    """Mean of the counted values (n,), NaN where they cover too few seconds."""
    return float(np.mean(values[counted])) if _seconds(t_ns[counted]) >= LEAST_S else float("nan")


def _seconds(t_ns: IntArray) -> int:
    """How many different seconds of the run clock the times (n,) touch; they never go back."""
    second = t_ns // NS_PER_S
    return int(np.count_nonzero(second[1:] != second[:-1])) + 1 if len(second) else 0
