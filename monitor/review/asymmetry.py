"""Left against right: what two shoulder sensors, each scored on its own shrug, can tell of a difference.

A score's error is a standard deviation of 0.4/d' of a shrug: d' is the separation of a 40 % shrug. Most of it is how
the clip sits that day, which stays as it is for the whole run. So it does not shrink with the length of the run, and
a mean difference is only told when it is larger than twice what two such errors bring together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from calibration.fit import HIKE
from monitor.review.analysis import RunAnalysis
from monitor.review.shoulders import ShoulderMetrics, Sight, seen_at
from monitor.review.track_time import nearest, time_mean, time_share, weights_s
from monitor.values import EventKind, FloatArray, Site, Track

HIGHER_BY = 0.3
"""One side counts as higher beyond this part of a shrug: the shoulder rule's own lower limit."""
SURE = 2.0
"""Standard errors that a mean difference must exceed."""
TOGETHER_MIN_S = 30.0
"""Less running seen by both says nothing about a habit."""
UNTOLD = "No difference between left and right that can be told"


class Shoulder(StrEnum):
    """A side of the body."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Asymmetry:
    """Left minus right shoulder score, in shrugs, where both sensors could be trusted and the wearer ran.

    seconds : of such running
    mean, sd : of the difference over that time; None of no time
    left_higher_share, right_higher_share : of that time one side is higher by more than `higher_by`, 0..1
    standard_error : of the mean, from both calibrations' d'
    higher : the side that is higher on average; None where no difference can be told
    words : the same as a sentence that claims no more
    """

    seconds: float
    mean: float | None
    sd: float | None
    higher_by: float
    left_higher_share: float | None
    right_higher_share: float | None
    standard_error: float
    higher: Shoulder | None
    words: str


def asymmetry(analysis: RunAnalysis, sensors: Sequence[ShoulderMetrics]) -> Asymmetry | None:
    """The difference between both shoulders; None where not both are worn, or one of them gives no score at all."""
    left = next((s for s in sensors if s.site is Site.LEFT_SHOULDER), None)
    right = next((s for s in sensors if s.site is Site.RIGHT_SHOULDER), None)
    if left is None or right is None or not (left.d_prime and right.d_prime):
        return None
    if not {left.sees, right.sees} <= {Sight.CLEAR, Sight.WEAK}:
        return None
    if left.sensor not in analysis.tracks or right.sensor not in analysis.tracks:
        return None
    difference, weight_s = left_minus_right(analysis.tracks[left.sensor], analysis.tracks[right.sensor])
    seconds, average = float(weight_s.sum()), time_mean(difference, weight_s)
    error = math.hypot(HIKE / left.d_prime, HIKE / right.d_prime)
    whole = np.ones(len(difference), np.bool_)
    shares = [time_share(weight_s, side * difference > HIGHER_BY, whole) for side in (1.0, -1.0)]
    doubt = _doubt(left, right, seconds, analysis)
    higher = None
    if not doubt and average is not None and abs(average) > SURE * error:
        higher = Shoulder.LEFT if average > 0 else Shoulder.RIGHT
    return Asymmetry(
        seconds=seconds,
        mean=average,
        sd=None if average is None else math.sqrt(float(np.average((difference - average) ** 2, weights=weight_s))),
        higher_by=HIGHER_BY,
        left_higher_share=shares[0],
        right_higher_share=shares[1],
        standard_error=error,
        higher=higher,
        words=_words(average, error, higher, shares, doubt),
    )


def left_minus_right(left: Track, right: Track) -> tuple[FloatArray, FloatArray]:
    """Differences (n,) of values measured at the same time, both trusted while running, and their seconds (n,).

    The sensors may have different rates, holes and lost samples: a value without one of the other sensor beside it
    is left out, never held or bridged.
    """
    # Whichever has fewer values sets the times, so that none of them counts twice.
    swapped = len(right) < len(left)
    own, other = (right, left) if swapped else (left, right)
    beside = nearest(own.t_ns, other.t_ns)
    both = seen_at(own) & (beside >= 0)
    both[both] = seen_at(other)[beside[both]]
    difference = own.shoulder[both] - other.shoulder[beside[both]]
    return (-difference if swapped else difference), weights_s(own)[both]


def _doubt(left: ShoulderMetrics, right: ShoulderMetrics, seconds: float, analysis: RunAnalysis) -> str:
    """Why no difference may be told whatever was measured; '' where nothing speaks against it."""
    weak = [side for side, s in zip(Shoulder, (left, right), strict=True) if s.sees is Sight.WEAK]
    if weak:
        whose = "both sensors see their shoulders" if len(weak) == 2 else f"the {weak[0]} sensor sees its shoulder"
        return f"{whose} only weakly"
    if seconds < TOGETHER_MIN_S:
        return f"both saw only {seconds:.0f} s of running together"
    moved = {e.sensor for e in analysis.events if e.kind is EventKind.SENSOR_MOVED}
    slipped = [side for side, s in zip(Shoulder, (left, right), strict=True) if s.sensor in moved]
    return f"the {' and the '.join(slipped)} sensor may have moved" if slipped else ""


def _words(
    average: float | None, error: float, higher: Shoulder | None, shares: Sequence[float | None], doubt: str
) -> str:
    if doubt or average is None:
        return f"{UNTOLD}: {doubt or 'no running was seen by both sensors'}."
    if higher is None:
        return (
            f"{UNTOLD}: on average they are {_percent(abs(average))} of a shrug apart, and up to "
            f"{_percent(SURE * error)} can come from how the clips sit."
        )
    part = shares[0] if higher is Shoulder.LEFT else shares[1]
    often = "" if part is None else f", and by more than {_percent(HIGHER_BY)} for {_percent(part)} of the time"
    return (
        f"Your {higher} shoulder was higher on average: by {_percent(abs(average))} of a shrug, give or take "
        f"{_percent(SURE * error)}{often}. A clip that moved after the calibration would look the same."
    )


def _percent(part: float) -> str:
    return f"{100 * part:.0f} %"
