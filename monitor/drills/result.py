"""What came of one drill: what was counted, and what that does and does not show."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from monitor.drills.catalogue import Drill, DrillKind
from monitor.drills.progress import DrillProgress

_SURE = {
    DrillKind.EAR_RIGHT: "shoulder seen low for {:.0f} s of it",
    DrillKind.EAR_LEFT: "shoulder seen low for {:.0f} s of it",
    DrillKind.THORACIC: "trunk surely folded for {:.0f} s of it",
}


class Outcome(StrEnum):
    """How a drill ended."""

    DONE = "done"
    SKIPPED = "skipped"
    MOVED_ON = "moved on"
    """Nothing counted for too long."""


@dataclass(frozen=True, slots=True)
class DrillResult:
    """A drill and how far it came."""

    drill: Drill
    outcome: Outcome
    progress: DrillProgress

    @property
    def in_words(self) -> str:
        """One line: how much, and how well."""
        p = self.progress
        if p.wanted_reps:
            words = f"{p.reps_right} to the right, {p.reps_left} to the left"
        else:
            words = f"{int(p.held_s)} of {p.wanted_s:.0f} s"
        if math.isfinite(p.mean_deg):
            words += f" at {p.mean_deg:.0f} degrees"
        if math.isfinite(p.level_percent):
            words += f", stayed level {p.level_percent:.0f} %"
        if self.drill.kind in _SURE and p.sure_s:
            words += ", " + _SURE[self.drill.kind].format(p.sure_s)
        return words if self.outcome is Outcome.DONE else f"{words} ({self.outcome.value})"

    def as_json(self) -> dict[str, str | float | int | None]:
        """For machines; None where there is no number."""
        p = self.progress
        return {
            "drill": self.drill.kind.value,
            "outcome": self.outcome.value,
            "held_s": round(p.held_s, 2),
            "wanted_s": p.wanted_s,
            "circles_right": p.reps_right,
            "circles_left": p.reps_left,
            "wanted_circles": p.wanted_reps,
            "mean_deg": _number(p.mean_deg),
            "sure_s": round(p.sure_s, 2),
            "level_percent": _number(p.level_percent),
            "checked": self.drill.checked,
            "unchecked": self.drill.unchecked,
        }


def _number(value: float) -> float | None:
    return round(value, 1) if math.isfinite(value) else None
