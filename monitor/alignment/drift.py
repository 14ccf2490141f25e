"""Whether the recording's clock runs fast or slow against the watch's, where that is large and plain to see."""

from __future__ import annotations

import numpy as np

from monitor.alignment.mismatch import at_offsets, bottom
from monitor.values import FloatArray

REPORTED_PPM = 231.0
"""20 s a day. Honest clocks differ by 20-50 ppm: 0.2 s in three hours, which nobody sees."""
_LARGEST_PPM = 3000.0
_PART_S = 480
_FEWEST = 4
_SHARP = 0.8
"""A part counts when its mismatch at the bottom is below this times that at the edges."""
_SIGMAS = 4.0
_HALF = 8
"""Half the valley that is looked at, in half seconds."""


def drift(run: FloatArray, run_s: FloatArray, watch: FloatArray, begin: float) -> tuple[float, float]:
    """Where the run (n,) at run_s (n,) begins in the watch's seconds (m,), and the drift in ppm.

    Unchanged and 0 where no drift stands out: each part of eight minutes is aligned on its own within 6 s, and a line
    laid through them must be steeper than `REPORTED_PPM` and than four times its own standard error.
    """
    around = np.arange(-6.0, 6.01, 0.5)
    middles, found = [], []
    for a in range(0, len(run) - _PART_S // 2, _PART_S):
        part = slice(a, a + _PART_S)
        if np.isfinite(run[part]).sum() < _PART_S // 2:
            continue
        curve = at_offsets(run[part], run_s[part], watch, begin + around)
        if not np.isfinite(curve).all() or curve.min() > _SHARP * min(curve[0], curve[-1]):
            continue
        close = slice(max(0, int(curve.argmin()) - _HALF), int(curve.argmin()) + _HALF + 1)
        vertex = bottom(around[close], curve[close])
        if np.isfinite(vertex):
            middles.append(float(run_s[part].mean()))
            found.append(vertex)
    if len(found) < _FEWEST:
        return begin, 0.0
    t_s, shift_s = np.array(middles), np.array(found)
    slope, intercept = np.polyfit(t_s, shift_s, 1)
    residual = shift_s - (slope * t_s + intercept)
    error = np.sqrt(residual @ residual / (len(found) - 2) / np.sum((t_s - t_s.mean()) ** 2))
    ppm = float(slope * 1e6)
    if not REPORTED_PPM < abs(ppm) < _LARGEST_PPM or abs(slope) < _SIGMAS * error:
        return begin, 0.0
    return begin + float(intercept), round(ppm, 1)
