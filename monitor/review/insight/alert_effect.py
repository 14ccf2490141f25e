"""Whether the cues help: how soon the posture was mended, whether it stayed so, and whether the ear got used to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from monitor.review.insight.columns import RunColumns
from monitor.review.insight.effect import Effect, effect
from monitor.review.insight.trend import line
from monitor.review.metrics import Correction
from monitor.review.track_time import time_mean
from monitor.values import Event, EventKind

BEFORE_S = (-5.0, 0.0)
AFTER_S = (10.0, 40.0)
"""Long enough after a cue for it to have worked."""
HABIT_LEAST = 8
"""Cues below which nothing is said of getting used to them."""
HEAD_KINDS = frozenset({EventKind.HEAD_DOWN, EventKind.LOOK_UP_DUE})


@dataclass(frozen=True, slots=True)
class AlertEffect:
    """What the cues for the head did in one run.

    prompted, silent : corrected bouts with a cue and without one (resting, faded, within the cool-down)
    mended_s, unprompted_s : median seconds until the posture was mended; None where none was seen
    sooner : log seconds with a cue against without, as an effect; negative = sooner with a cue
    lift_deg : mean head pitch 10-40 s after a cue less that of the 5 s before; None where not seen
    habit_per_cue, habit_low, habit_high : seconds that mending takes longer from cue to cue, with its 95 % interval;
        None below eight cues
    """

    prompted: int
    silent: int
    mended_s: float | None
    unprompted_s: float | None
    sooner: Effect | None
    lift_deg: float | None
    habit_per_cue: float | None
    habit_low: float | None
    habit_high: float | None


def alert_effect(
    columns: RunColumns, cued: Sequence[Correction], events: Sequence[Event], uncued: Sequence[Correction]
) -> AlertEffect:
    """Of the corrections after cues and those after events without one, and of the head around the cues."""
    with_cue = np.array([c.seconds for c in cued if c.kind in HEAD_KINDS and c.seconds is not None])
    without = np.array([c.seconds for c in uncued if c.kind in HEAD_KINDS and c.seconds is not None])
    slope = low = high = None
    if len(with_cue) >= HABIT_LEAST:
        slope, reach = line(np.arange(len(with_cue), dtype=float), with_cue)
        low, high = slope - reach, slope + reach
    return AlertEffect(
        prompted=len(with_cue),
        silent=len(without),
        mended_s=float(np.median(with_cue)) if len(with_cue) else None,
        unprompted_s=float(np.median(without)) if len(without) else None,
        sooner=effect(np.log(np.maximum(with_cue, 0.1)), np.log(np.maximum(without, 0.1))),
        lift_deg=_lift(columns, [e for e in events if e.prompted and e.kind in HEAD_KINDS]),
        habit_per_cue=slope,
        habit_low=low,
        habit_high=high,
    )


def _lift(columns: RunColumns, cues: Sequence[Event]) -> float | None:
    """Mean change of the head pitch over the cues around which it was seen."""
    changes = []
    for cue in cues:
        at_s = cue.t_ns / 1e9
        level = []
        for start, end in (BEFORE_S, AFTER_S):
            part = columns.cut(at_s + start, at_s + end)
            level.append(time_mean(part.pitch_deg[part.seen], part.weight_s[part.seen]))
        before, after = level
        if before is not None and after is not None:
            changes.append(after - before)
    return float(np.mean(changes)) if changes else None
