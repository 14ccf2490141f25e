"""The offset at which the watch's cadence and the run's lie upon each other.

Every offset with enough overlap is tried. What decides is not how good the best one is but how much better it is than
the runner-up, the best one at least 20 s away: a steady treadmill run fits everywhere, another run nowhere, and both
are refused. An offset of short overlap may fit by chance, so its mismatch is drawn towards the middle of all.

The offset lines up what both show. A watch that averages its cadence over the last 10 s shows it 5 s late; its
positions are then up to 5 s ahead of what this offset says, and nothing in a file tells.
"""

from __future__ import annotations

from math import ceil, sqrt

import numpy as np

from monitor.alignment.drift import drift
from monitor.alignment.mismatch import at_all_lags, at_offsets, bottom
from monitor.alignment.result import Alignment, Method, NotAligned, Watch, offset_words
from monitor.alignment.series import blocks, run_seconds, watch_seconds
from monitor.values import NS_PER_S, FloatArray

SHORTEST_OVERLAP_S = 300.0
APART_S = 20.0
"""The runner-up is at least this far from the best."""
NEAR_S = 600.0
"""Clocks of a watch and a computer that were ever set agree within this."""
MOST_ALIKE = 0.88
"""The best must fit better than this times the runner-up."""
_DRAW_S = 300.0
"""So many seconds at the middle mismatch are added to every overlap. With both values none of 9984 SIMULATED wrong
pairs is taken (other runs, also at the same mean and reversed; the same run reversed; its other parts); half of them
were made after the values were chosen. With 0.9 it was 1 of 4992."""
_SURE_WITHIN_1_S = 1500.0
"""Of SIMULATED runs that share so many seconds, 95 % come within 1 s."""
_STEP_S = 4
_MOST_PAIRS = 60_000_000
"""Work of the first search; longer files are searched in coarser steps."""
_HELP = "Please press the lap button and the mark key together next time, or set the offset by hand."


def by_cadence(
    run_started_ns: int, run_t_s: FloatArray, run_cadence_spm: FloatArray, watch: Watch
) -> Alignment | NotAligned:
    """Align by cadence.

    run_started_ns  UTC of run_t_s = 0 by the recording computer's clock
    run_t_s, run_cadence_spm (n,)  any track of the run, steps per minute, NaN where there is no rhythm
    """
    start, there = watch_seconds(watch.t_ns, watch.cadence_spm)
    run = run_seconds(np.asarray(run_t_s, np.float64), np.asarray(run_cadence_spm, np.float64))
    if len(there) == 0:
        return _refused("The watch's file holds no cadence with times.")
    if min(np.isfinite(run).sum(), np.isfinite(there).sum()) < SHORTEST_OVERLAP_S:
        return _refused("Five minutes of cadence are needed on both sides, and there are fewer.")
    # Seconds into the watch's series at which the run begins if both clocks are right.
    prior = (run_started_ns - start * NS_PER_S) / NS_PER_S
    found = _search(run, there, prior)
    if isinstance(found, NotAligned):
        return found
    lag, ratio, overlap_s, step = found
    at_s: FloatArray = np.arange(len(run), dtype=np.float64) + 0.5
    begin, drift_ppm = _refined(run, at_s, there, lag, step)
    offset_s = begin - prior
    return Alignment(
        offset_s=round(offset_s, 3),
        confidence=round(min(1.0, (1.0 - ratio) / 0.4), 3),
        method=Method.CADENCE,
        evidence=f"The cadence of both fits over {overlap_s / 60:.0f} min with the watch at {offset_words(offset_s)}.",
        uncertainty_s=round(min(2.0, max(0.7, sqrt(_SURE_WITHIN_1_S / overlap_s))), 1),
        runner_up=round(ratio, 4),
        overlap_s=overlap_s,
        drift_ppm=drift_ppm,
    )


def _search(run: FloatArray, watch: FloatArray, prior: float) -> tuple[float, float, float, int] | NotAligned:
    """Lag in seconds, ratio to the runner-up, overlap, step: near the clocks' own offset if plain, else anywhere."""
    step = _STEP_S * ceil(sqrt(max(1.0, len(run) * (len(run) + len(watch)) / _STEP_S**2 / _MOST_PAIRS)))
    mean, pairs = at_all_lags(blocks(run, step), blocks(watch, step))
    lags: FloatArray = (np.arange(len(mean), dtype=np.float64) - (len(run) // step - 1)) * step
    overlap = pairs * step
    allowed = overlap >= SHORTEST_OVERLAP_S
    if np.count_nonzero(allowed) < 2 * ceil(APART_S / step):
        return _refused("The watch and the recording share fewer than five minutes of cadence at any offset.")
    usual = float(np.median(mean[allowed]))
    drawn = np.where(allowed, (mean * overlap + usual * _DRAW_S) / (overlap + _DRAW_S), np.inf)
    anywhere = _best(lags, drawn)
    near = _best(lags, np.where(np.abs(lags - prior) <= NEAR_S, drawn, np.inf))
    for found in (near, anywhere):
        if found is None:
            continue
        best, ratio = found
        # A valley near the clocks' offset must not be taken while a plain better one lies elsewhere.
        if ratio <= MOST_ALIKE and (anywhere is None or drawn[best] <= drawn[anywhere[0]] / MOST_ALIKE):
            return float(lags[best]), ratio, float(overlap[best]), step
    if usual < 2.5 and float(np.nanmin(drawn)) < 2.5:
        return _refused(f"The cadence is so even that it fits at many offsets. {_HELP}")
    return _refused(
        f"The cadence of this file does not fit this recording at any one offset. Is it the same run? {_HELP}"
    )


def _best(lags: FloatArray, drawn: FloatArray) -> tuple[int, float] | None:
    """The index of the least mismatch, and its ratio to the least one apart from it; None where there are not two."""
    best = int(np.argmin(drawn))
    others = drawn[np.abs(lags - lags[best]) >= APART_S]
    second = float(others.min()) if len(others) else np.inf
    if not np.isfinite(drawn[best]) or not np.isfinite(second):
        return None
    return best, float(drawn[best] / second) if second > 0 else 1.0


def _refined(run: FloatArray, at_s: FloatArray, watch: FloatArray, lag: float, step: int) -> tuple[float, float]:
    """The second of the watch's series at which the run begins, to about 0.1 s, and the drift in ppm (0: none seen)."""
    coarse = lag + np.arange(-2.0 * step, 2.0 * step + 0.5)
    begin = float(coarse[np.nanargmin(at_offsets(run, at_s, watch, coarse))])
    for _ in range(3):
        fine = begin + np.arange(-5.0, 5.01, 0.25)
        vertex = bottom(fine, at_offsets(run, at_s, watch, fine))
        begin = vertex if np.isfinite(vertex) else begin
    return drift(run, at_s, watch, begin)


def _refused(reason: str) -> NotAligned:
    return NotAligned(Method.CADENCE, reason)
