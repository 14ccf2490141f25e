"""The self-description of an OpenEarable v2 sensor: which numbers a notification holds, in which units.

Bytes: `id u8`, name, `component count u8`, then per component `type u8`, group, name, unit; then `options u8` and,
where option 0x10 is set, `count u8, default u8, highest streaming u8` and `count` rates f32. Strings are a length u8
and UTF-8. Types 0..7 are i8 u8 i16 u16 i32 u32 f32 f64, all little endian. Sources: OpenEarable/open-earable-2
(`SensorScheme.cpp`) and OpenEarable/open_earable_flutter (`v2_sensor_scheme_reader.dart`). Devices of the first
generation (OpenEarable v1, EdgeML boards) tell of all their sensors at once: a count, then each of them up to its last
component (`edge_ml_sensor_scheme_reader.dart`).

Units
-----
The unit string decides the scale: `g`, `m/s^2` (`m/s²`), `dps` (`deg/s`, `°/s`), `rad/s`. The layout has no field for
a factor or a full scale, so the unit string may carry both, in this order:

    <unit>[/<counts per unit>][ max <full scale in that unit>]        'g/2048'   'm/s^2 max 78.5'   'dps/16.384'

Whole-number types must state their counts per unit, for a bare 'g' on an i16 says nothing about its scale.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from monitor.errors import DecodeError
from monitor.values import STANDARD_GRAVITY

MAX_BYTES: Final = 4096
MAX_COMPONENTS: Final = 64
MAX_SENSORS: Final = 64
STREAM: Final = 0x01
STORE: Final = 0x02
FREQUENCIES: Final = 0x10
TYPES: Final = tuple(np.dtype(code) for code in ("i1", "u1", "<i2", "<u2", "<i4", "<u4", "<f4", "<f8"))
I16: Final = 2
F32: Final = 6

_ACC: Final = {"g": STANDARD_GRAVITY, "m/s^2": 1.0, "m/s²": 1.0}
_GYR: Final = {"dps": math.radians(1), "deg/s": math.radians(1), "°/s": math.radians(1), "rad/s": 1.0}
_NUMBER: Final = r"(\d{1,9}(?:\.\d{1,9})?)"
_UNIT: Final = re.compile(
    f"({'|'.join(re.escape(name) for name in (*_ACC, *_GYR))})(?:/{_NUMBER})?(?: max {_NUMBER})?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Component:
    """One number of a sample: `kind` indexes `TYPES`; `unit` as explained above."""

    kind: int
    group: str
    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class Scheme:
    """What one sensor says of itself. `rates_hz[i]` is the rate of index i; `streamed` is the highest index that
    works over Bluetooth."""

    sensor_id: int
    name: str
    components: tuple[Component, ...]
    options: int = STREAM
    rates_hz: tuple[float, ...] = ()
    default: int = 0
    streamed: int = 0


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a component measures. SI value = number in the frame x `factor`; `full_scale` in SI, inf if not told."""

    is_acc: bool
    factor: float
    full_scale: float


def diy_scheme(kind: int = F32, acc_unit: str = "m/s^2", gyr_unit: str = "dps") -> Scheme:
    """The scheme of our DIY profile: one sensor 'IMU' with id 0, three axes each, streaming at 50 or 100 Hz."""
    axes = [("ACC", axis, acc_unit) for axis in "XYZ"] + [("GYRO", axis, gyr_unit) for axis in "XYZ"]
    return Scheme(0, "IMU", tuple(Component(kind, *axis) for axis in axes), STREAM | FREQUENCIES, (50.0, 100.0), 1, 1)


DIY: Final = diy_scheme()
"""f32, m/s² and deg/s: no scale to get wrong."""
DIY_I16: Final = diy_scheme(I16, "g/2048", "dps/16.384")
"""i16 as the chip gives it at ±16 g and ±2000 dps: twice the samples in the same air time."""


def encode(scheme: Scheme) -> bytes:
    """The scheme as the sensor sends it. Raises ValueError where a number or a string does not fit its field."""
    out = bytearray(_sensor(scheme))
    out.append(scheme.options)
    if scheme.options & FREQUENCIES:
        out += bytes((len(scheme.rates_hz), scheme.default, scheme.streamed))
        out += struct.pack(f"<{len(scheme.rates_hz)}f", *scheme.rates_hz)
    return bytes(out)


def encode_list(schemes: Sequence[Scheme]) -> bytes:
    """All sensors of a device of the first generation as it sends them: a count, then each without options."""
    return bytes((len(schemes),)) + b"".join(_sensor(scheme) for scheme in schemes)


def _sensor(scheme: Scheme) -> bytes:
    out = bytearray((scheme.sensor_id,)) + _text(scheme.name) + bytes((len(scheme.components),))
    for part in scheme.components:
        out += bytes((part.kind,)) + _text(part.group) + _text(part.name) + _text(part.unit)
    return bytes(out)


def _text(text: str) -> bytes:
    coded = text.encode()
    return bytes((len(coded),)) + coded


def parse(data: bytes) -> Scheme:
    """The scheme in `data`; bytes behind it are ignored, as newer firmware may append fields.

    Raises DecodeError at the first byte that does not fit.
    """
    reader = _Reader(data)
    sensor_id, name, components = reader.sensor()
    options = reader.u8("options")
    if not options & FREQUENCIES:
        return Scheme(sensor_id, name, components, options)
    n, default, streamed = (reader.u8(what) for what in ("a rate count", "a default rate", "a highest streaming rate"))
    start = reader.at
    rates = struct.unpack(f"<{n}f", reader.take(4 * n, "rates"))
    if not n or not all(0 < rate < 1e6 for rate in rates):  # also refuses NaN
        raise DecodeError(start, "rates above 0 Hz", ", ".join(f"{rate:g}" for rate in rates) or "none")
    return Scheme(sensor_id, name, components, options, rates, min(default, n - 1), min(streamed, n - 1))


def parse_list(data: bytes) -> tuple[Scheme, ...]:
    """The sensors in a list of the first generation; bytes behind it are ignored.

    Raises DecodeError at the first byte that does not fit, and where two sensors share an id.
    """
    reader = _Reader(data)
    count = reader.u8("a sensor count")
    if not 0 < count <= MAX_SENSORS:
        raise DecodeError(0, f"1 to {MAX_SENSORS} sensors", f"{count}")
    schemes: dict[int, Scheme] = {}
    for _ in range(count):
        start = reader.at
        scheme = Scheme(*reader.sensor())
        if scheme.sensor_id in schemes:
            raise DecodeError(start, "a sensor id of its own", f"{scheme.sensor_id} again")
        schemes[scheme.sensor_id] = scheme
    return tuple(schemes.values())


class _Reader:
    """Takes fields off a byte string; raises DecodeError where it ends too soon."""

    def __init__(self, data: bytes) -> None:
        if len(data) > MAX_BYTES:
            raise DecodeError(MAX_BYTES, f"at most {MAX_BYTES} bytes", f"{len(data)}")
        self._data = data
        self.at = 0

    def take(self, size: int, what: str) -> bytes:
        part = self._data[self.at : self.at + size]
        if len(part) < size:
            raise DecodeError(self.at, f"{what} ({size} bytes)", f"{len(part)} bytes")
        self.at += size
        return part

    def u8(self, what: str) -> int:
        return self.take(1, what)[0]

    def text(self, what: str) -> str:
        size = self.u8(f"the length of {what}")
        start = self.at
        try:
            return self.take(size, what).decode()
        except UnicodeDecodeError as error:
            raise DecodeError(start + error.start, f"{what} in UTF-8", "other bytes") from error

    def sensor(self) -> tuple[int, str, tuple[Component, ...]]:
        sensor_id, name = self.u8("a sensor id"), self.text("a sensor name")
        count = self.u8("a component count")
        if not 0 < count <= MAX_COMPONENTS:
            raise DecodeError(self.at - 1, f"1 to {MAX_COMPONENTS} components", f"{count}")
        return sensor_id, name, tuple(self.component() for _ in range(count))

    def component(self) -> Component:
        kind = self.u8("a component type")
        if kind >= len(TYPES):
            raise DecodeError(self.at - 1, f"a component type of 0 to {len(TYPES) - 1}", f"{kind}")
        return Component(kind, self.text("a group name"), self.text("a component name"), self.text("a unit"))


def quantity(part: Component) -> Quantity | None:
    """What a component measures; None where its unit is neither of acceleration nor of turning.

    Raises DecodeError for such a unit on a whole-number type without its counts per unit.
    """
    match = _UNIT.fullmatch(part.unit.strip(" \0").lower())
    if match is None:
        return None
    unit, counts, full_scale = match.groups()
    if counts is None and TYPES[part.kind].kind != "f":
        raise DecodeError(0, f"a whole number's unit with its scale, such as '{unit}/2048'", f"{part.unit!r}")
    si = _ACC.get(unit) or _GYR[unit]
    per_unit = float(counts or 1)
    largest = float(full_scale or math.inf)
    if not per_unit or not largest:
        raise DecodeError(0, "a scale above 0", f"{part.unit!r}")
    return Quantity(unit in _ACC, si / per_unit, largest * si)
