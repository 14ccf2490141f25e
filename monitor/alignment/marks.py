"""The offset from moments that both sides noted: the lap button on the watch, a mark or a tap in the recording."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from monitor.alignment.result import Alignment, Method, NotAligned
from monitor.values import NS_PER_S

ALIKE_S = 3.0
"""Two hands, two buttons, and a watch that notes whole seconds."""
_CONFIDENCE = {1: 0.4, 2: 0.7}
_CONFIDENCE_OF_MORE = 0.9
NEAR_S = 600.0
_MOST = 500


def by_marks(run_started_ns: int, pairs: Sequence[tuple[float, int]]) -> Alignment | NotAligned:
    """Align by pairs of (time in the run in s, the watch's UTC in ns) of the same moments.

    The middle of the pairs counts, and more than half of them must lie within 3 s of it.
    """
    if not pairs:
        return NotAligned(Method.MARKS, "There is no mark in the recording that goes with a lap of the watch.")
    offsets = np.array([(watch_ns - run_started_ns) / NS_PER_S - t_s for t_s, watch_ns in pairs])
    middle = float(np.median(offsets))
    alike = offsets[np.abs(offsets - middle) <= ALIKE_S]
    if 2 * len(alike) <= len(offsets):
        return NotAligned(
            Method.MARKS, "The marks and the laps contradict each other; please choose those that were made together."
        )
    noun = "mark and lap agree" if len(alike) == 1 else "marks and laps agree"
    return Alignment(
        offset_s=round(float(alike.mean()), 3),
        confidence=_CONFIDENCE.get(len(alike), _CONFIDENCE_OF_MORE),
        method=Method.MARKS,
        evidence=f"{len(alike)} of {len(offsets)} {noun} within {max(1.0, float(np.ptp(alike))):.0f} s.",
        uncertainty_s=round(1.5 / np.sqrt(len(alike)), 2),
    )


def pair_presses(
    run_started_ns: int, marks_s: Sequence[float], presses_ns: Sequence[int]
) -> tuple[tuple[float, int], ...]:
    """Which marks of the run go with which presses on the watch, for `by_marks`; () where nothing tells.

    The offset at which most of them meet within 3 s, if no other explains as many. A lone mark and a lone press are a
    pair when the clocks put them within ten minutes. At most the first 500 of each are looked at.
    """
    marks = np.sort(np.asarray(marks_s[:_MOST], np.float64))
    presses = np.sort(np.asarray(presses_ns[:_MOST], np.int64))
    if not len(marks) or not len(presses):
        return ()
    offsets = ((presses - run_started_ns) / NS_PER_S)[:, None] - marks[None, :]
    flat = np.sort(offsets.ravel())
    reach = np.searchsorted(flat, flat + ALIKE_S, side="right")
    count = reach - np.arange(len(flat))
    best = int(count.argmax())
    low, high = flat[best], flat[reach[best] - 1]
    if flat.size == 1:
        return ((float(marks[0]), int(presses[0])),) if abs(low) <= NEAR_S else ()
    apart = (flat < low - ALIKE_S) | (flat > high + ALIKE_S)
    if count[best] < 2 or (apart.any() and count[apart].max() >= count[best]):
        return ()
    which = np.argwhere((offsets >= low) & (offsets <= high))
    return tuple((float(marks[m]), int(presses[p])) for p, m in which)
