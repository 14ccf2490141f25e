"""The snooze key: every press while cues rest lets them rest longer, and the last one brings them back."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SnoozeStep:
    """What one press asks for: seconds of rest (infinite: the rest of the run; 0: none), and how to say so."""

    seconds: float
    words: str


STEPS = (
    SnoozeStep(300.0, "Cues rest for 5 minutes. S again: 15 minutes"),
    SnoozeStep(900.0, "Cues rest for 15 minutes. S again: the rest of the run"),
    SnoozeStep(math.inf, "Cues rest for the rest of the run. S again: cues back"),
    SnoozeStep(0.0, "Cues are back. S: rest for 5 minutes"),
)


class Snooze:
    """Remembers which press comes next; once a rest is over, the next press is a first one again."""

    def __init__(self) -> None:
        self._at = -1
        self._until_s = -math.inf

    def press(self, now_s: float) -> SnoozeStep:
        """The key was pressed at `now_s`, on any clock in seconds that runs on."""
        self._at = 0 if now_s >= self._until_s else self._at + 1
        step = STEPS[self._at]
        self._until_s = now_s + step.seconds
        return step
