"""From a scheme to the numpy layout of its samples, and which of the numbers are the IMU's six."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from monitor.errors import DecodeError
from monitor.sensors.scheme import TYPES, Component, Quantity, Scheme, quantity
from monitor.values import STANDARD_GRAVITY, BoolArray, FloatArray

_ASSUMED_FULL_SCALE: Final = {True: 16 * STANDARD_GRAVITY, False: math.radians(2000.0)}
_OPEN_EARABLE_2_ACC: Final = 2 * STANDARD_GRAVITY
"""A float scheme with a magnetometer is OpenEarable v2's, whose firmware sets ±2 g."""
# Firmware drivers take g as 9.8 to 9.81 m/s² and saturate one count short of the full scale.
_FULL_SCALE_TOLERANCE: Final = 2e-3


@dataclass(frozen=True, slots=True)
class Axes:
    """Three numbers of a sample that form a vector.

    fields   names in the sample's dtype, in the order x, y, z
    factor   (3,) to SI
    clip_low, clip_high  (3,) |SI value| between them means: the axis reads its full scale
    """

    fields: tuple[str, ...]
    factor: FloatArray
    clip_low: FloatArray
    clip_high: FloatArray

    def si(self, samples: NDArray[np.void]) -> FloatArray:
        """SI values (n, 3) or (m, n, 3) of samples (n,) or (m, n); damaged ones are not finite, without a warning."""
        out = np.empty((*samples.shape, 3))
        with np.errstate(all="ignore"):
            for i, field in enumerate(self.fields):
                np.multiply(samples[field], self.factor[i], out=out[..., i], dtype=np.float64)
        return out

    def at_full_scale(self, si: FloatArray) -> BoolArray:
        """Whether an axis of SI values (n, 3) or (m, n, 3) reads its full scale, (n,) or (m, n)."""
        size = np.abs(si)
        if not (size >= self.clip_low.min()).any():  # nearly always
            return np.zeros(si.shape[:-1], np.bool_)
        at_end: BoolArray = np.any((size >= self.clip_low) & (size <= self.clip_high), axis=-1)
        return at_end


@dataclass(frozen=True, slots=True)
class ImuLayout:
    """How to read a sample: its dtype (fields c0, c1, ...), the acceleration and, where there is one, the gyroscope."""

    sample: np.dtype[np.void]
    acc: Axes
    gyr: Axes | None


@dataclass(frozen=True, slots=True)
class ImuParts:
    """What of an IMU a sensor has: as `ImuLayout`, and why an acceleration or angular rate in it cannot be used."""

    sample: np.dtype[np.void]
    acc: Axes | None
    gyr: Axes | None
    problem: DecodeError | None


def imu_layout(scheme: Scheme) -> ImuLayout:
    """The layout of a scheme. Raises DecodeError where it holds no three-axis acceleration in a known unit."""
    parts = imu_parts(scheme, _OPEN_EARABLE_2_ACC if has_magnetometer(scheme) else None)
    if parts.acc is None:
        raise parts.problem or DecodeError(0, "three components of acceleration", f"a scheme of {scheme.name!r}")
    return ImuLayout(parts.sample, parts.acc, parts.gyr)


def has_magnetometer(scheme: Scheme) -> bool:
    """Whether a component is a magnetic field, told by its unit."""
    return any(part.unit.lower() in ("ut", "µt", "μt") for part in scheme.components)


def imu_parts(scheme: Scheme, guessed_acc: float | None = None) -> ImuParts:
    """The vectors of a scheme, each None where it has none of three axes in a known unit.

    guessed_acc : full scale in m/s² that a float acceleration without a 'max' may have; None: take 16 g. A guess is
        held to a narrow band, so that it cannot condemn a board with a wider range
    """
    sample = np.dtype([(f"c{i}", TYPES[part.kind]) for i, part in enumerate(scheme.components)])
    problem: DecodeError | None = None
    known: dict[int, Quantity] = {}
    for i, part in enumerate(scheme.components):
        try:
            found = quantity(part)
        except DecodeError as error:
            problem = problem or error
        else:
            if found:
                known[i] = found
    acc = _axes(scheme.components, known, is_acc=True, guess=guessed_acc)
    return ImuParts(sample, acc, _axes(scheme.components, known, is_acc=False, guess=None), problem)


def _axes(
    parts: tuple[Component, ...], known: dict[int, Quantity], *, is_acc: bool, guess: float | None
) -> Axes | None:
    """The first group with exactly three components of the wanted quantity, ordered x, y, z where so named."""
    groups: dict[str, list[int]] = {}
    for i, found in known.items():
        if found.is_acc == is_acc:
            groups.setdefault(parts[i].group, []).append(i)
    chosen = next((group for group in groups.values() if len(group) == 3), None)
    if chosen is None:
        return None
    if {parts[i].name.lower() for i in chosen} == set("xyz"):
        chosen.sort(key=lambda i: parts[i].name.lower())
    limits = [_clip(parts[i], known[i], guess) for i in chosen]
    factor = np.array([known[i].factor for i in chosen])
    low, high = (np.array(side) for side in zip(*limits, strict=True))
    return Axes(tuple(f"c{i}" for i in chosen), factor, low, high)


def _clip(part: Component, found: Quantity, guess: float | None) -> tuple[float, float]:
    """Between which magnitudes a component reads its full scale.

    A whole number saturates at the end of its type. A float cannot show its range: it is taken from the unit's
    'max', else from the guess, else ±16 g and ±2000 dps.
    """
    kind = TYPES[part.kind]
    if kind.kind != "f":
        end = float(np.iinfo(kind).max) * found.factor
        return min(end * (1 - 1e-9), found.full_scale * (1 - _FULL_SCALE_TOLERANCE)), math.inf
    if math.isfinite(found.full_scale):
        return found.full_scale * (1 - _FULL_SCALE_TOLERANCE), math.inf
    if guess is not None:
        return guess * (1 - _FULL_SCALE_TOLERANCE), guess * (1 + _FULL_SCALE_TOLERANCE)
    return _ASSUMED_FULL_SCALE[found.is_acc] * (1 - _FULL_SCALE_TOLERANCE), math.inf
