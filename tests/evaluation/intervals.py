"""Confidence intervals, 95 %, that stay honest for small counts."""

from __future__ import annotations

import math

from scipy.stats import chi2

Z95 = 1.959964


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Wilson's score interval of a share; (0, 1) where nothing was counted."""
    if of == 0:
        return 0.0, 1.0
    p, z2 = hits / of, Z95**2
    centre = (p + z2 / (2 * of)) / (1 + z2 / of)
    half = Z95 * math.sqrt(p * (1 - p) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return max(0.0, centre - half), min(1.0, centre + half)


def poisson_rate(count: int, hours: float) -> tuple[float, float]:
    """Exact (Garwood) interval of a rate per hour; (0, inf) without any time."""
    if hours <= 0:
        return 0.0, math.inf
    low = float(chi2.ppf(0.025, 2 * count)) / 2 if count else 0.0
    return low / hours, float(chi2.ppf(0.975, 2 * count + 2)) / 2 / hours
