"""Which sensors of a first-generation device (OpenEarable v1, EdgeML boards) hold the IMU's two vectors.

The description lists all sensors. OpenEarable v1 has acceleration, angular rate and magnetic field in one of them;
EdgeML boards have them apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from monitor.errors import DecodeError
from monitor.sensors.imu_layout import Axes, has_magnetometer, imu_parts
from monitor.sensors.scheme import Scheme
from monitor.values import STANDARD_GRAVITY

HEAD: Final = 6
"""Bytes before the sample: id u8, size u8, ms u32."""
_LARGEST_SAMPLE: Final = 255
_EAR_ACC: Final = 2 * STANDARD_GRAVITY
"""OpenEarable v1 runs its driver's default."""
_NANO_ACC: Final = 4 * STANDARD_GRAVITY
"""Nano 33 BLE boards, which have a magnetometer, run the IMU libraries' default; the XIAO is set to 16 g."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One sensor of the device: its id, its samples, and the vectors in them."""

    sensor_id: int
    sample: np.dtype[np.void]
    acc: Axes | None
    gyr: Axes | None

    @property
    def length(self) -> int:
        """Bytes of its notifications."""
        return HEAD + self.sample.itemsize


@dataclass(frozen=True, slots=True)
class Whole:
    """Both vectors in one sensor, as OpenEarable v1 has them. Its unit is in doubt where it claims a bare 'g'."""

    channel: Channel
    acc: Axes
    gyr: Axes
    unit_is_doubtful: bool

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The sensors to stream."""
        return (self.channel,)


@dataclass(frozen=True, slots=True)
class Apart:
    """The vectors in two sensors, as EdgeML boards have them."""

    channels: tuple[Channel, Channel]
    """The sensors to stream: acceleration, angular rate."""
    acc: Axes
    gyr: Axes


def find_imu(sensors: tuple[Scheme, ...]) -> Whole | Apart:
    """Where the vectors are. Raises DecodeError where either is missing or in no known unit."""
    is_nano = any(has_magnetometer(sensor) for sensor in sensors)
    found: list[Channel] = []
    problem: DecodeError | None = None
    for sensor in sensors:
        guess = _EAR_ACC if has_magnetometer(sensor) else _NANO_ACC if is_nano else None
        parts = imu_parts(sensor, guess)
        problem = problem or parts.problem
        channel = Channel(sensor.sensor_id, parts.sample, parts.acc, parts.gyr)
        if parts.sample.itemsize > _LARGEST_SAMPLE:
            continue
        if channel.acc and channel.gyr:
            told = {part.unit.strip(" \0").lower() for part in sensor.components}
            return Whole(channel, channel.acc, channel.gyr, "g" in told)
        found.append(channel)
    with_acc = next((each for each in found if each.acc), None)
    with_gyr = next((each for each in found if each.gyr), None)
    if with_acc and with_acc.acc and with_gyr and with_gyr.gyr:
        return Apart((with_acc, with_gyr), with_acc.acc, with_gyr.gyr)
    missing = "angular rate" if with_acc else "acceleration"
    raise problem or DecodeError(0, f"a sensor with three components of {missing} in a known unit", "none")
