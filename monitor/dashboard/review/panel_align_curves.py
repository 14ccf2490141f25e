"""The cadence of a run and of its watch as two curves that can be shifted against each other, and how well they fit.

No Qt. The convention is that of `monitor.alignment.result`: a positive offset, the watch's clock was ahead.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from monitor.alignment.mismatch import at_offsets
from monitor.alignment.result import Alignment, NotAligned, offset_words
from monitor.alignment.series import blocks, run_seconds, watch_seconds
from monitor.interop.watch import WatchTrack
from monitor.posture.gait import DELAY_S
from monitor.review.analysis import RunAnalysis
from monitor.review.insight.from_watch import run_started_ns
from monitor.review.table import main_track
from monitor.review.track_time import empty_track
from monitor.values import NS_PER_S, EventKind, FloatArray

MOST_POINTS = 6_000
REACH_S = 600.0
VALLEY_STEP_S = 5.0
SHARED_LEAST_S = 60.0
"""Less than this fits by chance."""
AS_GOOD = 1.15
"""A misfit up to so many times the best one nearby is no worse."""
PLAIN = 0.88
"""The best offset is plain where its misfit is below this part of the usual one nearby: as the search asks for."""


@dataclass(frozen=True, slots=True)
class Curves:
    """Two cadences over the run's clock, the watch's as if both clocks were right.

    run_s, run_spm (n,)  steps a minute, NaN where there is no rhythm
    watch_s, watch_spm (m,)  to be shifted by minus the offset
    marks_s, laps_s  the runner's marks, and the laps of the watch (to be shifted as well)
    """

    run_s: FloatArray
    run_spm: FloatArray
    watch_s: FloatArray
    watch_spm: FloatArray
    marks_s: tuple[float, ...]
    laps_s: tuple[float, ...]
    duration_s: float
    _step_s: int = 1

    @property
    def comparable(self) -> bool:
        """Both tell a cadence."""
        return bool(np.isfinite(self.run_spm).any()) and bool(np.isfinite(self.watch_spm).any())

    def fit(self, offset_s: float) -> tuple[float, float]:
        """Misfit at an offset in steps a minute, clipped at 10, and the seconds shared; NaN and 0 for none."""
        if len(self.watch_s) < 2:
            return math.nan, 0.0
        lag = (offset_s - float(self.watch_s[0])) / self._step_s
        mean = float(at_offsets(self.run_spm, self.run_s / self._step_s, self.watch_spm, np.array([lag]))[0])
        at = self.run_s / self._step_s + lag
        inside = (at >= 0) & (at <= len(self.watch_spm) - 1) & np.isfinite(self.run_spm)
        there = np.isfinite(self.watch_spm[np.rint(at[inside]).astype(np.int64)])
        return mean, float(there.sum() * self._step_s)

    def valley(self, centre_s: float) -> Valley:
        """The misfits at the offsets within ten minutes of one."""
        offsets = centre_s + np.arange(-REACH_S, REACH_S + 0.1, VALLEY_STEP_S)
        found = [self.fit(offset_s) for offset_s in offsets.tolist()]
        misfit = np.array([mean if shared_s >= SHARED_LEAST_S else math.nan for mean, shared_s in found])
        return Valley(centre_s, offsets, misfit)


@dataclass(frozen=True, slots=True)
class Valley:
    """Misfits (k,) in steps a minute at offsets (k,) around a centre; NaN where too little is shared."""

    centre_s: float
    offsets_s: FloatArray
    misfit_spm: FloatArray

    @property
    def best_s(self) -> float:
        """The offset of the least misfit, to 5 s; NaN where there is none."""
        known = np.isfinite(self.misfit_spm)
        return float(self.offsets_s[known][np.argmin(self.misfit_spm[known])]) if known.any() else math.nan


def curves_of(analysis: RunAnalysis, watch: WatchTrack) -> Curves:
    """The two curves. Raises ValueError where the run has no date."""
    began_ns = run_started_ns(analysis)
    track = main_track(analysis) or empty_track()
    run = run_seconds(track.t_ns / NS_PER_S - DELAY_S, track.cadence_spm)
    start, there = watch_seconds(watch.t_ns, watch.cadence_spm)
    step = max(1, math.ceil(max(len(run), len(there)) / MOST_POINTS))
    run, there = blocks(run, step), blocks(there, step)
    first_s = (start * NS_PER_S - began_ns) / NS_PER_S + (step - 1) / 2
    return Curves(
        run_s=(np.arange(len(run), dtype=np.float64) + 0.5) * step,
        run_spm=run,
        watch_s=first_s + np.arange(len(there), dtype=np.float64) * step,
        watch_spm=there,
        marks_s=tuple(e.t_ns / NS_PER_S for e in analysis.events if e.kind is EventKind.MARK),
        laps_s=tuple((lap.end_ns - began_ns) / NS_PER_S for lap in watch.laps[:-1]),
        duration_s=analysis.duration_s,
        _step_s=step,
    )


def fit_words(curves: Curves, valley: Valley, offset_s: float) -> str:
    """How well the curves fit at an offset against its neighbours, in words that say no more than that."""
    if not curves.comparable:
        return "There is no cadence on both sides to compare: go by marks and laps, or by what you remember."
    mean, shared_s = curves.fit(offset_s)
    if not math.isfinite(mean) or shared_s < SHARED_LEAST_S:
        return "Here the watch and the recording share less than a minute of cadence."
    text = f"Here the two differ by {mean:.1f} steps a minute over {shared_s / 60:.0f} min"
    known = valley.misfit_spm[np.isfinite(valley.misfit_spm)]
    if len(known) < 2:
        return f"{text}."
    best, usual = min(float(known.min()), mean), float(np.median(known))
    if best > PLAIN * usual:
        return f"{text}, and about as much at any offset nearby: the cadence is too even to tell."
    if mean <= AS_GOOD * best:
        return f"{text}, by {usual:.1f} at most other offsets nearby: a good fit."
    return f"{text}. Near {offset_words(valley.best_s)} they differ by {best:.1f} only."


def found_words(found: Alignment | NotAligned) -> str:
    """What was found by the program, what speaks for it, and how sure it is."""
    if isinstance(found, NotAligned):
        return found.reason
    sure = "Sure" if found.confidence >= 0.7 else "Fairly sure" if found.confidence >= 0.4 else "Only a guess"
    return f"By {found.method.value}: {found.evidence} {sure}, to about {found.uncertainty_s:.1f} s."
