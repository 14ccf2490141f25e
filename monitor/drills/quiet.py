"""Cues about posture are silent while a drill runs: a hanging head is what was asked for.

A live run puts `quiet_for(...)` into its log when a drill begins and `QUIET_OVER_S` when it ends, e.g.
`session.quiet(quiet_for(drills), QuietReason.DRILL)` and `session.quiet(QUIET_OVER_S, QuietReason.DRILL)`.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.drills.catalogue import Drill
from monitor.drills.prompts import LEAD_S, longest_s

QUIET_OVER_S = 0.0
"""Ends an earlier quiet at once (see `monitor.values.Quiet`)."""
START_S = 60.0
"""The look far ahead at the start, at its longest."""


def quiet_for(drills: Iterable[Drill]) -> float:
    """Seconds within which these drills end for certain: cues come back even if nobody says that they did."""
    return START_S + sum(LEAD_S + longest_s(drill) for drill in drills)
