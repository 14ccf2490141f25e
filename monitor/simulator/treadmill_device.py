"""SIMULATED treadmills and foot pods that speak the standard profiles; speed and incline follow a script."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from bumble.gatt import Service

from monitor.simulator.companion_device import VirtualCompanion, still
from monitor.simulator.peripheral import VirtualSensor
from monitor.sources import ftms, running_speed

CONTROL_POINT = "00002ad9-0000-1000-8000-00805f9b34fb"
TREADMILL_NAME = "Treadmill SIMULATED"
FOOT_POD_NAME = "Foot pod SIMULATED"
_FEATURES = "00002acc-0000-1000-8000-00805f9b34fb"
_RSC_FEATURES = "00002a54-0000-1000-8000-00805f9b34fb"
_STOPPED = bytes((0x02, 0x01))


@dataclass(frozen=True, slots=True)
class Belt:
    """What the belt does: speed in m/s, grade as rise over run. `grade` NaN: the machine tells no incline."""

    speed_m_s: float
    grade: float = 0.0


BeltScript: TypeAlias = Callable[[float], Belt | bytes | None]
"""At a time of the run in seconds: what the belt does, or the raw message to send instead, or None for silence."""


def steps(*changes: tuple[float, Belt]) -> BeltScript:
    """Each belt from its time on; before the first it stands. Raises ValueError for times out of order."""
    times = [at_s for at_s, _ in changes]
    if times != sorted(times):
        raise ValueError("the changes must be in order of time")
    return lambda t_s: next((belt for at_s, belt in reversed(changes) if at_s <= t_s), Belt(0.0))


def easy_run(t_s: float) -> Belt:  # noqa: ARG001 -- a script
    """Level with the open road at 10.8 km/h: 1 % up, all the time."""
    return Belt(3.0, 0.01)


@dataclass(frozen=True, slots=True)
class VirtualBelt(VirtualSensor):
    """A treadmill or a foot pod; made by `treadmill` and `foot_pod`."""

    script: BeltScript = easy_run
    splits: bool = False
    """The treadmill tells incline and speed in two messages, the first with 'More Data'."""


def treadmill(
    key: str = "treadmill",
    script: BeltScript = easy_run,
    *,
    name: str = TREADMILL_NAME,
    rate_hz: float = 1.0,
    splits: bool = False,
    rssi_dbm: int = -60,
    address: str = "",
) -> VirtualBelt:
    """A SIMULATED treadmill for a `SimulatedRadio`."""
    return VirtualBelt(key, "treadmill", still(rate_hz), name, address, rssi_dbm=rssi_dbm, script=script, splits=splits)


def foot_pod(
    key: str = "foot_pod",
    script: BeltScript = easy_run,
    *,
    name: str = FOOT_POD_NAME,
    rate_hz: float = 1.0,
    rssi_dbm: int = -60,
    address: str = "",
) -> VirtualBelt:
    """A SIMULATED foot pod for a `SimulatedRadio`; it tells the speed of the script and no slope."""
    return VirtualBelt(key, "foot_pod", still(rate_hz), name, address, rssi_dbm=rssi_dbm, script=script)


def encode_treadmill(belt: Belt, distance_m: float, elapsed_s: float) -> bytes:
    """One whole record of Treadmill Data: speed, distance, incline where there is one, elapsed time."""
    inclined = math.isfinite(belt.grade)
    flags = 0x0404 | (0x0008 if inclined else 0)
    message = struct.pack("<HH", flags, _centi_kmh(belt)) + round(distance_m).to_bytes(3, "little")
    if inclined:
        message += struct.pack("<hh", *_angles(belt))
    return message + struct.pack("<H", round(elapsed_s) % 65536)


def encode_split(belt: Belt, distance_m: float, elapsed_s: float) -> tuple[bytes, bytes]:
    """The same record in two parts, as of a machine whose record is longer than a message."""
    first = struct.pack("<Hhh", 0x0009, *_angles(belt))
    last = struct.pack("<HH", 0x0404, _centi_kmh(belt)) + round(distance_m).to_bytes(3, "little")
    return first, last + struct.pack("<H", round(elapsed_s) % 65536)


def _centi_kmh(belt: Belt) -> int:
    return round(belt.speed_m_s * 360)


def _angles(belt: Belt) -> tuple[int, int]:
    return round(belt.grade * 1000), round(10 * math.degrees(math.atan(belt.grade)))


class TreadmillPeripheral(VirtualCompanion):
    """Takes no commands: what is written to its control point is kept in `commands`, and nothing happens."""

    default_name = TREADMILL_NAME
    announces = ftms.SERVICE

    def _services(self) -> list[Service]:
        self._distance_m = self._last_s = 0.0
        self._ran = False
        self._status = self._characteristic(ftms.MACHINE_STATUS, notify=True)
        control = self._characteristic(CONTROL_POINT, write=lambda _: None)
        features = self._characteristic(_FEATURES, read=lambda: struct.pack("<II", 0x0000_100C, 0))
        return [
            Service(ftms.SERVICE, [features, self._data_characteristic(ftms.TREADMILL_DATA), self._status, control])
        ]

    def _messages(self, t_s: float) -> Iterator[bytes]:
        belt = _script(self.sensor)(t_s)
        if not isinstance(belt, Belt):
            if belt is not None:
                yield belt
            return
        self._distance_m += belt.speed_m_s * max(0.0, t_s - self._last_s)
        self._last_s = t_s
        if self._ran and belt.speed_m_s == 0:
            self._notify(self._status, _STOPPED)
        self._ran = belt.speed_m_s > 0
        if isinstance(self.sensor, VirtualBelt) and self.sensor.splits:
            yield from encode_split(belt, self._distance_m, t_s)
        else:
            yield encode_treadmill(belt, self._distance_m, t_s)


class FootPodPeripheral(VirtualCompanion):
    """Tells speed and cadence."""

    default_name = FOOT_POD_NAME
    announces = running_speed.SERVICE

    def _services(self) -> list[Service]:
        features = self._characteristic(_RSC_FEATURES, read=lambda: struct.pack("<H", 0x0004))
        return [Service(running_speed.SERVICE, [self._data_characteristic(running_speed.MEASUREMENT), features])]

    def _messages(self, t_s: float) -> Iterator[bytes]:
        belt = _script(self.sensor)(t_s)
        if isinstance(belt, Belt):
            yield encode_running_speed(belt.speed_m_s)
        elif belt is not None:
            yield belt


def encode_running_speed(speed_m_s: float) -> bytes:
    """An RSC Measurement without stride length and distance; 165 steps/min wherever there is a speed."""
    running = speed_m_s > 2.0
    return struct.pack("<BHB", 0x04 if running else 0, round(speed_m_s * 256), 165 if speed_m_s > 0 else 0)


def _script(sensor: VirtualSensor) -> BeltScript:
    return sensor.script if isinstance(sensor, VirtualBelt) else easy_run
