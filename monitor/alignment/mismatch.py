"""How badly two cadence series fit at an offset: the mean of min(|difference|, 10 steps/min).

Clipped, because walking, standing and wrong picks make differences of any size that say nothing of the offset; plain
correlation follows them and is wrong by minutes.
"""

from __future__ import annotations

import numpy as np

from monitor.values import FloatArray

CLIP_SPM = 10.0
_UNKNOWN = np.float32(1e6)
_WALLS = 0.3
"""The upper part of a valley, by depth, that does not count."""


def at_all_lags(run: FloatArray, watch: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mismatch (n+m-1,) and number of pairs (n+m-1,) of run (n,) against watch (m,), for the lags -(n-1)..m-1.

    At lag k `run[i]` lies beside `watch[i+k]`. NaN in either is no pair; without pairs the mismatch is NaN.
    """
    n, m = len(run), len(watch)
    lags = n + m - 1
    known = np.isfinite(watch)
    padded = np.full(m + 2 * (n - 1), _UNKNOWN, np.float32)
    padded[n - 1 : n - 1 + m] = np.where(known, watch, _UNKNOWN)
    paired = np.zeros(m + 2 * (n - 1), np.float32)
    paired[n - 1 : n - 1 + m] = known
    total, pairs, work = np.zeros(lags, np.float32), np.zeros(lags, np.float32), np.empty(lags, np.float32)
    there = np.flatnonzero(np.isfinite(run))
    for i, value in zip(there.tolist(), run[there].astype(np.float32), strict=True):
        np.subtract(padded[i : i + lags], value, out=work)
        np.abs(work, out=work)
        np.minimum(work, np.float32(CLIP_SPM), out=work)
        total += work
        pairs += paired[i : i + lags]
    # Where there was no pair the clip itself was added.
    with np.errstate(invalid="ignore"):
        mean = (total - CLIP_SPM * (len(there) - pairs.astype(np.float64))) / pairs
    return mean, pairs.astype(np.float64)


def at_offsets(run: FloatArray, run_s: FloatArray, watch: FloatArray, offsets_s: FloatArray) -> FloatArray:
    """Mismatch (k,) of run (n,) at its times run_s (n,) against a watch (m,), one value a second, at any offsets (k,).

    NaN where they share nothing.
    """
    there = np.isfinite(run)
    run, run_s = run[there], run_s[there]
    out = np.full(len(offsets_s), np.nan)
    for k, offset in enumerate(offsets_s.tolist()):
        at = run_s + offset
        inside = (at >= 0) & (at <= len(watch) - 1)
        left = np.minimum(at[inside].astype(np.int64), len(watch) - 2)
        part = at[inside] - left
        beside = watch[left] * (1 - part) + watch[left + 1] * part
        known = np.isfinite(beside)
        if known.any():
            out[k] = np.minimum(np.abs(beside[known] - run[inside][known]), CLIP_SPM).mean()
    return out


def bottom(offsets_s: FloatArray, mismatch: FloatArray) -> float:
    """Where the mismatch (k,) over evenly spaced offsets (k,) is least: the middle of the valley's lower part.

    Steadier than its lowest point, and than a parabola, which the two walls pull about. NaN where there is no valley.
    """
    known = np.isfinite(mismatch)
    if np.count_nonzero(known) < 3:
        return float("nan")
    depth = mismatch[known].max() - mismatch[known]
    weight = np.maximum(depth - _WALLS * depth.max(), 0.0)
    return float(weight @ offsets_s[known] / weight.sum()) if weight.any() else float("nan")
