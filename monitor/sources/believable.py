"""What may be believed of the ground that somebody runs on, whoever tells it."""

from __future__ import annotations

FASTEST_M_S = 15.0
STEEPEST_GRADE = 1.0
"""Beyond these nobody runs: what says so is wrong."""


def is_speed(speed_m_s: float) -> bool:
    """A runner, or the belt under one, may have this speed; False for NaN."""
    return 0 <= speed_m_s <= FASTEST_M_S


def is_grade(grade: float) -> bool:
    """Somebody may run on ground of this grade, rise over run; False for NaN."""
    return abs(grade) <= STEEPEST_GRADE
