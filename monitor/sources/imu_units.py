"""Units of IMU tables: how they are spelled, and which one the numbers themselves show.

What the numbers show is physics, not habit. An accelerometer's mean over a few seconds is close to one g however it
is worn, so its size tells g, mg and m/s² apart, and a table without gravity from all of them. Gravity turns in the
sensor's axes as the gyroscope says, which tells degrees from radians; where the sensor hardly turned, its size does.
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from typing import Final

import numpy as np

from monitor.values import STANDARD_GRAVITY, FloatArray

ACC_UNITS: Final = {"m/s2": 1.0, "g": STANDARD_GRAVITY, "mg": STANDARD_GRAVITY / 1000}
"""m/s² per unit."""
GYR_UNITS: Final = {"rad/s": 1.0, "deg/s": math.pi / 180, "mdeg/s": math.pi / 180_000}
"""rad/s per unit."""
TIME_UNITS: Final = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
"""Seconds per unit."""

_SPELLINGS: Final = {
    "m/s2": ("m/s2", "m/s^2", "m/s/s", "m/s**2", "ms-2", "m*s-2", "ms^-2", "m/sec2", "m/sec^2", "mps2", "m_s2", "ms2"),
    "g": ("g", "gs"),
    "mg": ("mg", "millig", "milli-g"),
    "rad/s": ("rad/s", "rad/sec", "radian/s", "radians/s", "radians/sec", "rads-1", "rad_s", "rads"),
    "deg/s": (
        "deg/s", "deg/sec", "degree/s", "degrees/s", "degrees/sec", "dps", "°/s", "°/sec", "d/s", "degs-1", "deg_s",
        "degs",
    ),
    "mdeg/s": ("mdeg/s", "mdps", "millideg/s"),
    "s": ("s", "sec", "secs", "second", "seconds"),
    "ms": ("ms", "msec", "millis", "millisecond", "milliseconds"),
    "us": ("us", "usec", "micros", "microsecond", "microseconds", "μs"),
    "ns": ("ns", "nsec", "nanos", "nanosecond", "nanoseconds"),
}  # fmt: skip
_UNIT_OF: Final = {spelling: unit for unit, spellings in _SPELLINGS.items() for spelling in spellings}

OTHER: Final = "?"
"""A unit that neither time nor an accelerometer nor a gyroscope has (µT, °, V ...)."""

_WINDOW_S = 2.0
ONE_G = (0.7, 1.4)
"""What the mean of two seconds may measure of gravity; real and simulated heads and collars: 0.97 to 1.02."""
_STEADY = 0.35
"""Gravity keeps its size: from the 10th to the 90th percentile the means differ by 0.02 to 0.11 of it on those heads
and collars, and by 0.7 and more once gravity is taken off."""
_LEAST_AGREEMENT = 0.4
_AGREEING_SCALE = (0.3, 3.0)
"""The factor between turning gravity and the gyroscope in rad/s: 0.6 to 1.3 on heads and backs wherever they agree.
In deg/s it is 57 times smaller: the ranges cannot meet."""


def unit_named(text: str) -> str:
    """The unit a text spells: a key of one of the tables above, `OTHER` for any other word, '' for none at all."""
    plain = unicodedata.normalize("NFKC", text).strip().strip("[](){} ").replace("−", "-").replace(" ", "").lower()
    return _UNIT_OF.get(plain, OTHER) if plain else ""


def quantity(unit: str) -> str:
    """'acc', 'gyr' or 'time', whichever is measured in it; '' for none of them."""
    if unit in ACC_UNITS:
        return "acc"
    if unit in GYR_UNITS:
        return "gyr"
    return "time" if unit in TIME_UNITS else ""


@dataclass(frozen=True, slots=True)
class Measured:
    """What the numbers show: the unit, '' where they leave it open, and in words how or why not."""

    unit: str
    how: str


def measured_acc(acc: FloatArray, rate_hz: float) -> Measured:
    """The unit in which the mean of two seconds of `acc` (n,3) is one g; '' where there is no such unit."""
    low, size, high = _gravity_sizes(acc, rate_hz)
    if high - low > _STEADY * size:
        return Measured("", f"its means over two seconds range from {low:.2g} to {high:.2g}")
    for unit, factor in ACC_UNITS.items():
        if ONE_G[0] <= size * factor / STANDARD_GRAVITY <= ONE_G[1]:
            return Measured(unit, "by the size of gravity")
    return Measured("", f"its mean over two seconds is {size:.3g}")


def gravity_size(acc: FloatArray, rate_hz: float) -> float:
    """The usual length of the mean of two seconds of `acc` (n,3), in the table's own unit."""
    return _gravity_sizes(acc, rate_hz)[1]


def _gravity_sizes(acc: FloatArray, rate_hz: float) -> tuple[float, float, float]:
    """10th, 50th and 90th percentile of the length of the mean of two seconds."""
    means = _means(acc, max(1, round(_WINDOW_S * rate_hz)))
    low, middle, high = np.percentile(np.linalg.norm(means, axis=1), [10, 50, 90]).tolist()
    return low, middle, high


def measured_gyr(gyr: FloatArray, acc: FloatArray, t_s: FloatArray) -> Measured:
    """deg/s or rad/s: what `gyr` (n,3) must be for gravity in `acc` (n,3, m/s²) to turn as it does; times (n,)."""
    size = float(np.percentile(np.linalg.norm(gyr, axis=1), 95))
    by_size = "deg/s" if size > 20.0 else ("rad/s" if size < 3.0 and _moves(acc) else "")
    scale, agreement = _turning(gyr, acc, t_s)
    low, high = _AGREEING_SCALE
    if agreement >= _LEAST_AGREEMENT:
        radians, degrees = low <= scale <= high, low <= scale / GYR_UNITS["deg/s"] <= high
        if radians != degrees:
            unit = "rad/s" if radians else "deg/s"
            if by_size in ("", unit):
                return Measured(unit, "by how gravity turns")
            return Measured("", f"its size ({size:.3g}) and the way gravity turns disagree")
    if by_size:
        return Measured(by_size, "by its size")
    return Measured("", f"it stays below {size:.3g}, which could be either")


def _moves(acc: FloatArray) -> bool:
    """Is the sensor moved so much that its gyroscope cannot rest?"""
    return float(np.linalg.norm(np.std(acc, axis=0))) > 1.0


def _means(values: FloatArray, width: int) -> FloatArray:
    """Means over `width` rows, one behind the other; of all rows where there are fewer."""
    whole = len(values) // width * width
    blocks = values[:whole].reshape(-1, width, values.shape[1]) if whole else values[None]
    out: FloatArray = blocks.mean(axis=1)
    return out


def _turning(gyr: FloatArray, acc: FloatArray, t_s: FloatArray) -> tuple[float, float]:
    """How much faster gravity turns in the sensor than `gyr` says (factor), and how well they agree (0 to 1)."""
    if len(t_s) < 2:
        return 0.0, 0.0
    dt = np.diff(t_s, append=2 * t_s[-1] - t_s[-2])
    usual = float(np.median(dt))
    dt = np.where((dt > 0) & (dt < 10 * usual), dt, usual)
    width = max(1, round(0.5 / usual))
    if len(acc) < 6 * width:
        return 0.0, 0.0
    gravity = _means(acc, width)
    turned = -_means(np.cross(gyr, acc) * dt[:, None], width) * width  # what each half second turns it by
    change = gravity[2:] - gravity[:-2]
    said = turned[1:-1] + (turned[2:] + turned[:-2]) / 2
    power, both = float(np.sum(said * said)), float(np.sum(change * said))
    if power == 0.0:
        return 0.0, 0.0
    norm = math.sqrt(power * float(np.sum(change * change)))
    return both / power, both / norm if norm else 0.0
