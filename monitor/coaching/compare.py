"""Is it different from the first minutes, or only noise? One measure, two stretches of ten-second means.

The scatter of the baseline's own means tells how far apart two stretches of unchanged running come by chance. Means
that follow each other are alike to some degree, so the error is that of an autocorrelated series (lag one, corrected
for its bias in short series: Kendall 1954), and their scatter is known as from fewer values (Bayley, Hammersley 1946).
A difference is named when it exceeds the 99 % bound of Student's t (a run has several checks of several measures, and
a runner who is told of nothing loses trust) and is large enough to matter. SIMULATED, unchanged running is called
changed in 1 % of comparisons where neighbours are not alike, in 2 % at a correlation of 0.5, in 4 % at 0.8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from monitor.values import FloatArray

CONFIDENCE = 0.99
LEAST_BASE = 12
"""A baseline of fewer means (two minutes) says nothing."""
LEAST_NOW = 3
MOST_ALIKE = 0.9
LEAST_FREE = 2.0
"""Degrees of freedom."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What matters in a measure, in its own unit.

    `floor`: scatter below this is the sensor's, not the runner's: no baseline is taken to be steadier
    `least`: a smaller difference is not worth a word
    `vague`: with a larger margin nobody can say that nothing changed
    """

    floor: float
    least: float
    vague: float


HEAD_DEG = Scale(floor=0.5, least=2.0, vague=5.0)
SHOULDER = Scale(floor=0.05, least=0.1, vague=0.3)
OVER = Scale(floor=0.1, least=0.15, vague=0.4)
CADENCE_SPM = Scale(floor=0.5, least=3.0, vague=8.0)


@dataclass(frozen=True, slots=True)
class Change:
    """A measure now and in the baseline, with the margin within which chance alone may move it."""

    now: float
    base: float
    margin: float
    scale: Scale

    @property
    def difference(self) -> float:
        """Now minus baseline."""
        return self.now - self.base

    @property
    def named(self) -> bool:
        """Whether the difference is beyond chance and worth a word."""
        return abs(self.difference) > self.margin and abs(self.difference) >= self.scale.least

    @property
    def unclear(self) -> bool:
        """Nothing can be named, but a change that matters shows, or may hide, in the noise."""
        return not self.named and (abs(self.difference) >= self.scale.least or self.margin > self.scale.vague)


def change(now: Sequence[float], base: Sequence[float], scale: Scale) -> Change | None:
    """The change from the means of the baseline to those of now, both in order of time; None where too few are known.

    NaN is left out.
    """
    new, old = np.array(now, float), np.array(base, float)
    new, old = new[np.isfinite(new)], old[np.isfinite(old)]
    if len(new) < LEAST_NOW or len(old) < LEAST_BASE:
        return None
    alike = likeness(old, scale.floor)
    scatter = max(scale.floor, float(np.std(old, ddof=1)))
    error = scatter * float(np.sqrt(_inflation(len(new), alike) / len(new) + _inflation(len(old), alike) / len(old)))
    free = max(LEAST_FREE, len(old) * (1 - alike**2) / (1 + alike**2) - 1)
    margin = error * float(stdtrit(free, 0.5 + CONFIDENCE / 2))
    return Change(float(np.mean(new)), float(np.mean(old)), margin, scale)


def likeness(series: Sequence[float] | FloatArray, floor: float = 0.0) -> float:
    """Correlation of neighbours in a series (n,), 0 to 0.9; corrected for the bias of short series.

    `floor`: scatter that is the sensor's own; the pattern of a series that is steadier means nothing.
    """
    off = np.asarray(series, float) - np.mean(series)
    power = max(float(off @ off), len(off) * floor**2)
    if power <= 0:
        return 0.0
    raw = float(off[1:] @ off[:-1]) / power
    return min(MOST_ALIKE, max(0.0, raw + (1 + 3 * raw) / len(off)))


def _inflation(n: int, alike: float) -> float:
    """How many times the variance of a mean of n exceeds that of n independent values."""
    lag = np.arange(1, n)
    return 1.0 + 2.0 * float(np.sum((1 - lag / n) * alike**lag))
