"""One table of acceleration and one of angular rate, with rates and stamps of their own, as one."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from monitor.errors import TableError
from monitor.values import BoolArray, FloatArray

_NEAR = 2.5
"""Between gyro samples this many usual distances apart a value is still interpolated."""


def rates_at(path: Path, t_s: FloatArray, gyr_t_s: FloatArray, gyr: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Angular rate (n,3) at times `t_s` (n,), and where it is known (n,): between two gyro samples close together.

    `gyr_t_s` (m,) increasing, `gyr` (m,3). Raises TableError where the two share less than half their time.
    """
    if len(gyr_t_s) < 2:
        raise TableError(path, 0, "holds too few gyro rows")
    after = np.clip(np.searchsorted(gyr_t_s, t_s), 1, len(gyr_t_s) - 1)
    usual = float(np.median(np.diff(gyr_t_s)))
    # A row of the acceleration just outside the first or last gyro sample takes that one.
    inside = (t_s >= gyr_t_s[0] - usual) & (t_s <= gyr_t_s[-1] + usual)
    known: BoolArray = inside & (gyr_t_s[after] - gyr_t_s[after - 1] <= _NEAR * usual)
    exact = (gyr_t_s[after] == t_s) | (gyr_t_s[after - 1] == t_s)
    known |= exact
    if float(np.mean(known)) < 0.5:
        raise TableError(
            path,
            0,
            f"the acceleration ({t_s[0]:.10g} s to {t_s[-1]:.10g} s) and the gyro ({gyr_t_s[0]:.10g} s to "
            f"{gyr_t_s[-1]:.10g} s) share too little time; both need the same clock",
        )
    out = np.column_stack([np.interp(t_s, gyr_t_s, gyr[:, i]) for i in range(3)])
    return out, known
