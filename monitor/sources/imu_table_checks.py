"""Is this a table of a worn IMU at all? Checks of times and magnitudes, each refusal one sentence with its line.

Thresholds come from recorded heads and collars: walking and running give a median acceleration of 9.5-10.3 m/s² and
a median rotation of 0.2-1.1 rad/s (95 % below 2.7); a sensor shaken by hand at full speed: 5 rad/s (95 % below 10).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from monitor.errors import TableError
from monitor.sensors.bounds import MAX_ACC, MAX_GYR
from monitor.values import BoolArray, FloatArray

MIN_DURATION_S = 2.0
MAX_DURATION_S = 7 * 86_400.0
_FIRST_ROW = 2
"""The line of the first row."""


def check_times(path: Path, t_s: FloatArray) -> None:
    """Finite, increasing by at least a nanosecond, long enough and in seconds. Raises TableError."""
    _refuse_not_finite(path, {"t_s": t_s})
    steps = np.diff(t_s)
    bad = np.flatnonzero(steps < 1e-9)
    if len(bad):
        i = int(bad[0]) + 1
        what = "repeats the time before" if t_s[i] == t_s[i - 1] else "goes back in time"
        more = f"; so do {len(bad) - 1} more lines" if len(bad) > 1 else ""
        raise TableError(path, i + _FIRST_ROW, f"t_s {what} ({t_s[i - 1]:.10g} s, then {t_s[i]:.10g} s){more}")
    duration = float(t_s[-1] - t_s[0])
    step = float(np.median(steps)) if len(steps) else 0.01
    if 1.0 <= step < 1000.0:
        raise TableError(path, 0, f"rows are {step:.4g} s apart: t_s looks like milliseconds, not seconds")
    if duration < MIN_DURATION_S:
        raise TableError(path, 0, f"holds only {duration:.3g} s; at least {MIN_DURATION_S:g} s are needed")
    if duration > MAX_DURATION_S or not 1e-5 <= step < 1000.0:
        raise TableError(
            path, 0, f"rows are {step:.2g} s apart and span {duration / 3600:.3g} h: please check the unit of t_s"
        )


def check_samples(path: Path, acc: FloatArray, gyr: FloatArray | None) -> None:
    """acc (n,3) and gyr (n,3): finite, moving, in m/s² and rad/s. Raises TableError."""
    columns = dict(zip(("ax_m_s2", "ay_m_s2", "az_m_s2"), acc.T, strict=True))
    if gyr is not None:
        columns |= dict(zip(("gx_rad_s", "gy_rad_s", "gz_rad_s"), gyr.T, strict=True))
    _refuse_not_finite(path, columns)
    _check_acc(path, acc)
    if gyr is not None:
        _check_gyr(path, gyr)


def _check_acc(path: Path, acc: FloatArray) -> None:
    if not np.ptp(acc, axis=0).any():
        raise TableError(path, 0, "every row has the same acceleration: the sensor was frozen")
    length = np.sqrt(np.einsum("ij,ij->i", acc, acc))
    median = float(np.median(length))
    if 0.5 < median < 2.0:
        raise TableError(
            path,
            0,
            f"acceleration is {median:.2f} most of the time: that looks like g; please give m/s² (1 g = 9.80665)",
        )
    if not 5.0 <= median <= 20.0:
        raise TableError(
            path,
            0,
            f"acceleration is {median:.3g} m/s² most of the time; with gravity it is about 9.8: please check the unit",
        )
    _refuse_rows(path, np.abs(acc).max(axis=1) > MAX_ACC, f"an acceleration beyond {MAX_ACC:.0f} m/s²")


def _check_gyr(path: Path, gyr: FloatArray) -> None:
    if not np.ptp(gyr, axis=0).any():
        raise TableError(path, 0, "the gyro columns never change; please leave them out if the sensor has no gyroscope")
    length = np.sqrt(np.einsum("ij,ij->i", gyr, gyr))
    median, high = np.percentile(length, [50, 95]).tolist()
    if median > 10.0 or high > 40.0:
        raise TableError(
            path, 0, f"rotation is {median:.3g} rad/s most of the time: that looks like degrees; please give rad/s"
        )
    _refuse_rows(path, np.abs(gyr).max(axis=1) > MAX_GYR, f"a rotation beyond {MAX_GYR:.0f} rad/s")


def _refuse_not_finite(path: Path, columns: dict[str, FloatArray]) -> None:
    bad: BoolArray | None = None
    names = []
    for name, values in columns.items():
        wrong = ~np.isfinite(values)
        if wrong.any():
            names.append(name)
            bad = wrong if bad is None else bad | wrong
    if bad is not None:
        _refuse_rows(path, bad, f"no finite number in {', '.join(names)}")


def _refuse_rows(path: Path, bad: BoolArray, what: str) -> None:
    count = int(bad.sum())
    if count:
        where = "this row has" if count == 1 else f"this row and {count - 1} more have"
        raise TableError(path, int(np.argmax(bad)) + _FIRST_ROW, f"{where} {what}")
