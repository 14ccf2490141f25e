"""Sums for the spoken summary."""

from __future__ import annotations

import math

from monitor.coaching.bins import Bin


class Tally:
    """Share of head up and cadence over the bins since the last summary."""

    def __init__(self) -> None:
        self._over: list[float] = []
        self._cadence_spm: list[float] = []

    def add(self, new: Bin, of_posture: bool) -> None:
        """A bin of the sensor that the summary is about; `of_posture`: it may speak of a posture."""
        if of_posture and math.isfinite(new.over):
            self._over.append(new.over)
        if math.isfinite(new.cadence_spm):
            self._cadence_spm.append(new.cadence_spm)

    @property
    def up_share(self) -> float:
        """Share of the time within the limit, NaN where it was not seen."""
        return 1 - math.fsum(self._over) / len(self._over) if self._over else math.nan

    @property
    def cadence_spm(self) -> float:
        """Mean cadence, NaN where there was none."""
        return math.fsum(self._cadence_spm) / len(self._cadence_spm) if self._cadence_spm else math.nan

    def clear(self) -> None:
        """A summary was given."""
        self._over.clear()
        self._cadence_spm.clear()
