"""The C core, spoken to from Python: its values as ctypes, its functions with Python arguments."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from ctypes import (
    POINTER,
    c_bool,
    c_char,
    c_char_p,
    c_float,
    c_int,
    c_int16,
    c_size_t,
    c_uint8,
    c_uint16,
    c_uint32,
    c_uint64,
)
from dataclasses import dataclass

from monitor.sensors.scheme import F32, I16, Scheme

NOTIFICATION_MAX = 265
DESCRIPTION_MAX = 480


class Profile(ctypes.Structure):
    """`hu_profile`"""

    _fields_ = [
        ("kind", c_int),
        ("acc_unit", c_char_p),
        ("gyr_unit", c_char_p),
        ("rates_hz", POINTER(c_float)),
        ("rate_count", c_uint8),
        ("default_rate", c_uint8),
    ]


class Frame(ctypes.Structure):
    """`hu_frame`"""

    _fields_ = [
        ("kind", c_int),
        ("wanted", c_uint8),
        ("count", c_uint8),
        ("step_us", c_uint32),
        ("first_us", c_uint64),
        ("last_us", c_uint64),
        ("begun", c_bool),
        ("refused", c_uint32),
        ("body", c_uint8 * 255),
    ]


class Stream(ctypes.Structure):
    """`hu_stream`"""

    _fields_ = [("on", c_bool), ("rate", c_uint8)]


class Clock(ctypes.Structure):
    """`hu_clock`"""

    _fields_ = [("begun", c_bool), ("last", c_uint32), ("wraps", c_uint32)]


def profile(kind: int, acc_unit: str, gyr_unit: str, rates_hz: Sequence[float], default: int) -> Profile:
    """A `hu_profile` with these values, valid or not."""
    rates = (c_float * max(1, len(rates_hz)))(*rates_hz)
    return Profile(kind, acc_unit.encode(), gyr_unit.encode(), rates, len(rates_hz), default)


def profile_of(scheme: Scheme) -> Profile:
    """The `hu_profile` that describes itself as this scheme."""
    first, last = scheme.components[0], scheme.components[-1]
    return profile(first.kind, first.unit, last.unit, scheme.rates_hz, scheme.default)


def described(core: ctypes.CDLL, what: Profile, capacity: int = DESCRIPTION_MAX) -> bytes:
    """What `hu_describe` writes; b'' where it refuses."""
    core.hu_describe.argtypes = [POINTER(Profile), POINTER(c_uint8), c_size_t]
    core.hu_describe.restype = c_size_t
    out = (c_uint8 * (capacity + 1))(*[0xEE] * (capacity + 1))
    length = core.hu_describe(ctypes.byref(what), out, capacity)
    assert length <= capacity
    assert out[capacity] == 0xEE, "written past the end"
    return bytes(out[:length])


def configured(core: ctypes.CDLL, stream: Stream, what: Profile, data: bytes) -> int:
    """The ATT error with which `hu_configure` answers; 0 = accepted."""
    core.hu_configure.argtypes = [POINTER(Stream), POINTER(Profile), c_char_p, c_size_t]
    answer: int = core.hu_configure(ctypes.byref(stream), ctypes.byref(what), data, len(data))
    return answer


def requested(core: ctypes.CDLL, data: bytes) -> int:
    """The ATT error with which `hu_request` answers; 0 = accepted."""
    core.hu_request.argtypes = [c_char_p, c_size_t]
    answer: int = core.hu_request(data, len(data))
    return answer


def samples_for_mtu(core: ctypes.CDLL, kind: int, mtu: int, wanted: int) -> int:
    """`hu_samples_for_mtu`"""
    core.hu_samples_for_mtu.argtypes = [c_int, c_uint16, c_uint8]
    core.hu_samples_for_mtu.restype = c_uint8
    most: int = core.hu_samples_for_mtu(kind, mtu, wanted)
    return most


def battery_percent(core: ctypes.CDLL, millivolts: int) -> int:
    """`hu_battery_percent`"""
    core.hu_battery_percent.argtypes = [c_uint16]
    core.hu_battery_percent.restype = c_uint8
    percent: int = core.hu_battery_percent(millivolts)
    return percent


def name(core: ctypes.CDLL, last_but_one: int, last: int) -> str:
    """`hu_name`"""
    out = (c_char * 13)()
    core.hu_name.argtypes = [c_uint8, c_uint8, c_char * 13]
    core.hu_name(last_but_one, last, out)
    return out.value.decode()


def clock_us(core: ctypes.CDLL, clock: Clock, timer_us: int) -> int:
    """`hu_clock_us`"""
    core.hu_clock_us.argtypes = [POINTER(Clock), c_uint32]
    core.hu_clock_us.restype = c_uint64
    read: int = core.hu_clock_us(ctypes.byref(clock), timer_us)
    return read


@dataclass
class Packer:
    """A stream of samples through `hu_frame`; the notifications as they become complete."""

    core: ctypes.CDLL
    kind: int
    samples: int
    rate_hz: float

    def __post_init__(self) -> None:
        number = {F32: c_float, I16: c_int16}[self.kind]
        self.frame = Frame()
        self._sample = number * 6
        self._out = (c_uint8 * (NOTIFICATION_MAX + 1))()
        self._out[NOTIFICATION_MAX] = 0xEE
        self.core.hu_frame_begin.argtypes = [POINTER(Frame), c_int, c_uint8, c_float]
        self.core.hu_frame_begin.restype = c_bool
        self._add = self.core.hu_frame_add_f32 if self.kind == F32 else self.core.hu_frame_add_i16
        self._add.argtypes = [POINTER(Frame), c_uint64, POINTER(number), POINTER(c_uint8)]
        self._add.restype = c_size_t
        self.core.hu_frame_flush.argtypes = [POINTER(Frame), POINTER(c_uint8)]
        self.core.hu_frame_flush.restype = c_size_t
        self.begun = bool(self.core.hu_frame_begin(ctypes.byref(self.frame), self.kind, self.samples, self.rate_hz))

    def add(self, t_us: int, numbers: Sequence[float]) -> list[bytes]:
        """The notification that this sample completes, if any."""
        return self._ready(self._add(ctypes.byref(self.frame), t_us, self._sample(*numbers), self._out))

    def flush(self) -> list[bytes]:
        """What is there so far."""
        return self._ready(self.core.hu_frame_flush(ctypes.byref(self.frame), self._out))

    def _ready(self, length: int) -> list[bytes]:
        assert self._out[NOTIFICATION_MAX] == 0xEE, "written past the end"
        return [bytes(self._out[:length])] if length else []
