"""The control point of Polar's measurement service (PMD): commands, answers, settings, and what refusals mean.

A command is `op, type[, settings]`, its answer `F0, op, type, status, more, parameters`; with `more` further answers
follow whose parameters are to be appended. Settings are `kind u8, count u8, values`, each kind of a width of its own.

Source: polarofficial/polar-ble-sdk (PmdControlPointResponse, PmdSetting). See firmware_notes/polar.md.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeAlias

from monitor.errors import DecodeError
from monitor.sensors.polar_frames import Measurement

GET_SETTINGS: Final = 0x01
START: Final = 0x02
STOP: Final = 0x03
STOPPED: Final = 0x01
"""First byte of what the sensor says unasked: it has stopped the measurements that follow."""
FEATURES: Final = 0x0F
"""First byte of what is read from the control point: one bit for each measurement follows."""
ANSWER: Final = 0xF0
ANSWER_HEAD: Final = 5


class Setting(IntEnum):
    """Kinds of settings."""

    RATE = 0
    RESOLUTION = 1
    RANGE = 2
    RANGE_MILLI = 3
    CHANNELS = 4
    FACTOR = 5


SECURITY: Final = 6
"""A kind of setting that belongs to recordings kept in the sensor; passed over."""
_SECURITY_BYTES: Final = 16
_WIDTH: Final = {
    Setting.RATE: "H",
    Setting.RESOLUTION: "H",
    Setting.RANGE: "H",
    Setting.RANGE_MILLI: "i",
    Setting.CHANNELS: "B",
    Setting.FACTOR: "f",
}

Settings: TypeAlias = dict[Setting, tuple[float, ...]]
"""Values of each kind: what is offered, or one of each as chosen. Hz, bits, g or dps, their thousandths, number."""


class Status(IntEnum):
    """What an answer says of its command."""

    OK = 0
    ALREADY = 6
    RATE = 8
    RANGE = 9
    MTU = 10
    CHANNELS = 11
    STATE = 12
    CHARGER = 13


_REFUSED: Final = {
    1: "it does not know this command: its firmware may be too old",
    2: "it does not measure this",
    3: "it does not support this",
    4: "it cannot read the command: its firmware may be too old or too new",
    5: "it does not take a setting that it offered itself",
    Status.ALREADY: "it streams to another app: close that app, or switch the sensor off and on",
    7: "it does not take the resolution that it offered itself",
    Status.RATE: "it does not take the sample rate that it offered itself",
    Status.RANGE: "it does not take the range that it offered itself",
    Status.MTU: "this Bluetooth link carries too few bytes at once (invalid MTU): try another Bluetooth adapter",
    Status.CHANNELS: "it does not take the number of channels that it offered itself",
    Status.STATE: "it is in another mode: choose the heart rate mode with its button",
    Status.CHARGER: "it sits in its charger: take it out and switch it on",
    14: "its memory is full",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the control point, or one part of it."""

    op: int
    measurement: int
    status: int
    more: bool
    parameters: bytes

    @property
    def refusal(self) -> str:
        """Why the command was not carried out, in plain words; '' where it was."""
        if self.status == Status.OK:
            return ""
        return _REFUSED.get(self.status, f"it answered with the unknown status {self.status}")


def command(op: int, measurement: int, settings: Mapping[Setting, tuple[float, ...]] | None = None) -> bytes:
    """The bytes of a command; `settings` as `encode_settings` takes them."""
    return bytes((op, measurement)) + encode_settings(settings or {})


def is_answer(op: int, data: bytes) -> bool:
    """Whether these bytes of the control point answer a command with this `op`."""
    return len(data) >= 2 and data[0] == ANSWER and data[1] == op


def parse_answer(data: bytes) -> Answer:
    """An answer. Raises DecodeError where these bytes are none. An answer that refuses has no parameters."""
    if len(data) < 4 or data[0] != ANSWER:
        raise DecodeError(0, "an answer: f0 and three bytes or more", data[:8].hex(" ") or "nothing")
    if data[3] != Status.OK:
        return Answer(data[1], data[2], data[3], more=False, parameters=b"")
    return Answer(data[1], data[2], data[3], len(data) >= ANSWER_HEAD and data[4] != 0, data[ANSWER_HEAD:])


def stopped(data: bytes) -> frozenset[int]:
    """The measurements that the sensor says, unasked, to have stopped; empty where these bytes say nothing of it."""
    return frozenset(data[1:]) if data[:1] == bytes((STOPPED,)) else frozenset()


def measures(features: bytes, measurement: Measurement) -> bool:
    """Whether the sensor has this measurement; true where what was read from it does not tell."""
    if len(features) < 2 or features[0] != FEATURES:
        return True
    return bool(features[1] >> measurement & 1)


def parse_settings(data: bytes) -> Settings:
    """Settings from an answer's parameters. Raises DecodeError where they are cut or of an unknown kind."""
    settings: Settings = {}
    at = 0
    while at < len(data):
        if at + 2 > len(data):
            raise DecodeError(at + 1, "the number of values", "nothing")
        kind, count = data[at], data[at + 1]
        if kind not in _WIDTH and kind != SECURITY:
            raise DecodeError(at, "a known kind of setting", str(kind))
        layout = f"<{count * _SECURITY_BYTES}x" if kind == SECURITY else f"<{count}{_WIDTH[Setting(kind)]}"
        size = struct.calcsize(layout)
        if at + 2 + size > len(data):
            raise DecodeError(at + 2, f"{size} bytes of values", f"{len(data) - at - 2} bytes")
        if kind != SECURITY:
            settings[Setting(kind)] = struct.unpack_from(layout, data, at + 2)
        at += 2 + size
    return settings


def encode_settings(settings: Mapping[Setting, tuple[float, ...]]) -> bytes:
    """The inverse of `parse_settings`, in the order of the kinds. Raises struct.error for a value that does not fit."""
    parts: list[bytes] = []
    for kind in sorted(settings):
        whole = [value if kind is Setting.FACTOR else round(value) for value in settings[kind]]
        parts.append(struct.pack(f"<BB{len(whole)}{_WIDTH[kind]}", kind, len(whole), *whole))
    return b"".join(parts)


def chosen(offered: Settings, rate_hz: float, full_scale: float) -> Settings:
    """One value of each setting that is offered.

    The rate nearest to `rate_hz`; the least range of `full_scale` (g or dps) or more, else the widest; the finest
    resolution; three channels. Raises DecodeError where no rate is offered or the channels are not three.
    """
    rates = offered.get(Setting.RATE, ())
    if not rates:
        raise DecodeError(0, "a sample rate", "none")
    channels = offered.get(Setting.CHANNELS, ())
    if channels and 3 not in channels:
        raise DecodeError(0, "three channels", ", ".join(f"{each:g}" for each in channels))
    picks: Settings = {Setting.RATE: (min(rates, key=lambda each: abs(each - rate_hz)),)}
    if resolutions := offered.get(Setting.RESOLUTION, ()):
        picks[Setting.RESOLUTION] = (max(resolutions),)
    for kind, wanted in ((Setting.RANGE, full_scale), (Setting.RANGE_MILLI, 1000 * full_scale)):
        if ranges := offered.get(kind, ()):
            picks[kind] = (min((each for each in ranges if each >= wanted), default=max(ranges)),)
    if channels:
        picks[Setting.CHANNELS] = (3,)
    return picks
