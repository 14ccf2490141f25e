"""From a scheme to the numpy layout of its samples, and which of the numbers are the IMU's six."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from monitor.errors import DecodeError
from monitor.sensors.scheme import TYPES, Component, Quantity, Scheme, quantity
from monitor.values import STANDARD_GRAVITY, FloatArray

_ASSUMED_FULL_SCALE: Final = {True: 16 * STANDARD_GRAVITY, False: math.radians(2000.0)}
_OPEN_EARABLE_2_ACC: Final = 2 * STANDARD_GRAVITY
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


@dataclass(frozen=True, slots=True)
class ImuLayout:
    """How to read a sample: its dtype (fields c0, c1, ...), the acceleration and, where there is one, the gyroscope."""

    sample: np.dtype[np.void]
    acc: Axes
    gyr: Axes | None


def imu_layout(scheme: Scheme) -> ImuLayout:
    """The layout of a scheme. Raises DecodeError where it holds no three-axis acceleration in a known unit."""
    sample = np.dtype([(f"c{i}", TYPES[part.kind]) for i, part in enumerate(scheme.components)])
    reason: DecodeError | None = None
    known: dict[int, Quantity] = {}
    for i, part in enumerate(scheme.components):
        try:
            found = quantity(part)
        except DecodeError as error:
            reason = reason or error
        else:
            if found:
                known[i] = found
    has_magnetometer = any(part.unit.lower() in ("ut", "µt", "μt") for part in scheme.components)
    acc = _axes(scheme.components, known, is_acc=True, narrow=has_magnetometer)
    if acc is None:
        raise reason or DecodeError(0, "three components of acceleration", f"a scheme of '{scheme.name}'")
    return ImuLayout(sample, acc, _axes(scheme.components, known, is_acc=False, narrow=False))


def _axes(parts: tuple[Component, ...], known: dict[int, Quantity], *, is_acc: bool, narrow: bool) -> Axes | None:
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
    limits = [_clip(parts[i], known[i], narrow) for i in chosen]
    factor = np.array([known[i].factor for i in chosen])
    low, high = (np.array(side) for side in zip(*limits, strict=True))
    return Axes(tuple(f"c{i}" for i in chosen), factor, low, high)


def _clip(part: Component, found: Quantity, narrow: bool) -> tuple[float, float]:
    """Between which magnitudes a component reads its full scale.

    A whole number saturates at the end of its type. A float cannot show its range: it is taken from the unit's
    'max', else ±16 g and ±2000 dps; a float scheme with a magnetometer is OpenEarable v2's, whose firmware sets
    ±2 g - that guess is held to a narrow band, so that it cannot condemn a board with a wider range.
    """
    kind = TYPES[part.kind]
    if kind.kind != "f":
        end = float(np.iinfo(kind).max) * found.factor
        return min(end * (1 - 1e-9), found.full_scale * (1 - _FULL_SCALE_TOLERANCE)), math.inf
    if math.isfinite(found.full_scale):
        return found.full_scale * (1 - _FULL_SCALE_TOLERANCE), math.inf
    if narrow:
        return _OPEN_EARABLE_2_ACC * (1 - _FULL_SCALE_TOLERANCE), _OPEN_EARABLE_2_ACC * (1 + _FULL_SCALE_TOLERANCE)
    return _ASSUMED_FULL_SCALE[found.is_acc] * (1 - _FULL_SCALE_TOLERANCE), math.inf
