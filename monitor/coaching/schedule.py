"""When a form check is due.

With a plan: one at half of the run and one where its last tenth begins. Without one, and beyond the end of the plan:
every twenty minutes of running after the baseline. A check that cannot be done waits; one overtaken by the next is
dropped.
"""

from __future__ import annotations

from enum import StrEnum

MIDDLE_AT, END_AT = 0.5, 0.9
EVERY_S = 1200
"""Running time between checks without a plan."""


class Check(StrEnum):
    """The kinds of checks, as the event's detail names them."""

    BASELINE = "baseline"
    """No comparison yet: what later checks are compared with."""
    MIDDLE = "middle"
    END = "end"
    REGULAR = "regular"
    ASKED = "asked"
    CRAMP = "cramp"
    SUMMARY = "summary"


class Schedule:
    """Which check is due. `progress` is the part of the plan that is done (NaN: no plan), `running_s` running time."""

    def __init__(self) -> None:
        self._done: set[Check] = set()
        self._from_s: int | None = None
        self.since_s: int | None = None
        """Running time at which the check that waits now became due; None where none does."""

    def due(self, progress: float, running_s: int) -> Check | None:
        """The check to do as soon as it can be done, None for none."""
        found = self._find(progress, running_s)
        if found is None:
            self.since_s = None
        elif self.since_s is None:
            self.since_s = running_s
        return found

    def learned(self, running_s: int) -> None:
        """A baseline is complete: from the first one on there is something to compare with."""
        self._from_s = running_s if self._from_s is None else self._from_s

    def did(self, check: Check, running_s: int) -> None:
        """A check was done: the next regular one counts from here."""
        self._done |= {Check.MIDDLE, Check.END} if check is Check.END else {check}
        self._from_s = running_s
        self.since_s = None

    def _find(self, progress: float, running_s: int) -> Check | None:
        if progress >= END_AT and Check.END not in self._done:
            return Check.END
        if progress >= MIDDLE_AT and Check.MIDDLE not in self._done:
            return Check.MIDDLE
        # NaN is no plan: not below 0.9.
        between = progress < END_AT
        if not between and self._from_s is not None and running_s >= self._from_s + EVERY_S:
            return Check.REGULAR
        return None
