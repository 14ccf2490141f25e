"""How much two parts of a run differ, and how sure that is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import stats

from monitor.review.insight.windows import independent
from monitor.values import FloatArray

LEAST_WINDOWS = 3
"""Fewer windows on one side say nothing."""
CONFIDENCE = 0.95


class Size(StrEnum):
    """Cohen's words for a standardised difference, at his marks of 0.2, 0.5 and 0.8."""

    NONE = "hardly any"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


@dataclass(frozen=True, slots=True)
class Effect:
    """One part against another.

    difference : mean of the part less mean of the rest, in the quantity's own unit
    low, high  : its 95 % confidence interval (Welch), with the windows counted by what they are independently worth
    g          : Hedges' g, the difference in standard deviations of the windows, for few values corrected
    n_part, n_rest : windows on either side
    """

    difference: float
    low: float
    high: float
    g: float
    n_part: int
    n_rest: int

    @property
    def certain(self) -> bool:
        """The interval leaves out no difference at all."""
        return self.low > 0 or self.high < 0

    @property
    def size(self) -> Size:
        """In a word."""
        g = abs(self.g)
        return Size.LARGE if g >= 0.8 else Size.MEDIUM if g >= 0.5 else Size.SMALL if g >= 0.2 else Size.NONE


def effect(part: FloatArray, rest: FloatArray) -> Effect | None:
    """Difference of window means part (k,) and rest (m,), NaN left out; None where either has too few.

    Hedges' g: Hedges 1981, J Educ Stat 6(2). The degrees of freedom follow Welch and Satterthwaite. How alike
    neighbours are is learned from the longer side: a dozen windows cannot tell it.
    """
    a, b = part[np.isfinite(part)], rest[np.isfinite(rest)]
    if len(a) < LEAST_WINDOWS or len(b) < LEAST_WINDOWS:
        return None
    longer = part if len(a) >= len(b) else rest
    share = independent(longer) / np.isfinite(longer).sum()
    worth_a, worth_b = max(2.0, share * len(a)), max(2.0, share * len(b))
    var_a, var_b = float(np.var(a, ddof=1)), float(np.var(b, ddof=1))
    difference = float(a.mean() - b.mean())
    pooled = math.sqrt(((len(a) - 1) * var_a + (len(b) - 1) * var_b) / (len(a) + len(b) - 2))
    if pooled <= 1e-12:
        return Effect(difference, difference, difference, 0.0 if difference == 0 else math.copysign(99.0, difference),
                      len(a), len(b))  # fmt: skip
    part_a, part_b = var_a / worth_a, var_b / worth_b
    error = math.sqrt(part_a + part_b)
    df = (part_a + part_b) ** 2 / (part_a**2 / max(worth_a - 1, 0.5) + part_b**2 / max(worth_b - 1, 0.5))
    reach = float(stats.t.ppf(0.5 + CONFIDENCE / 2, max(df, 1.0))) * error
    shrink = 1 - 3 / (4 * (len(a) + len(b)) - 9)
    return Effect(difference, difference - reach, difference + reach, shrink * difference / pooled, len(a), len(b))


def rank_among(value: float, others: FloatArray) -> float | None:
    """Share (0..1) of the other values (m,) that are smaller than this one; None where there are none."""
    known = others[np.isfinite(others)]
    if len(known) == 0 or not math.isfinite(value):
        return None
    return float(np.mean(known < value) + 0.5 * np.mean(known == value))
