"""Nordic Thingy:52: what the family is, how it is set up, and its raw-motion notifications.

A notification is nine i16: acceleration (1/1024 g), turning (1/32 deg/s), magnetic field (1/16 uT). The firmware
turns the accelerometer's signs round, so that an axis that points down reads +1 g; here they are turned back. Source:
NordicSemiconductor/Nordic-Thingy52-FW (`m_motion.c`, `drv_motion.c`, `ble_tms.h`). See firmware_notes/thingy52.md.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from monitor.errors import SensorSetupError
from monitor.sensors.base import Decoder, Read, Recipe, SensorFamily, StreamSetup, Write
from monitor.sensors.battery_level import read_battery
from monitor.sensors.record_decoder import Record, RecordDecoder
from monitor.values import STANDARD_GRAVITY, FloatArray

__all__ = ["FAMILY", "RECORD", "configured", "quaternion"]

SERVICE: Final = "ef680400-9b35-4933-9b10-52ffa9740042"
CONFIG: Final = "ef680401-9b35-4933-9b10-52ffa9740042"
QUATERNION: Final = "ef680404-9b35-4933-9b10-52ffa9740042"
RAW: Final = "ef680406-9b35-4933-9b10-52ffa9740042"

RATES_HZ: Final = (50.0, 100.0)
CONFIG_SIZE: Final = 9
RATE_AT: Final = 6
_LABEL: Final = "Nordic Thingy:52"
_ACC_PER_G: Final = 1024
_GYR_PER_DPS: Final = 32
_ACC_RANGE_G: Final = 2

RECORD: Final = Record(
    layout=np.dtype([("acc", "<i2", 3), ("gyr", "<i2", 3), ("mag", "<i2", 3)]),
    acc_per_count=-STANDARD_GRAVITY / _ACC_PER_G,
    gyr_per_count=math.radians(1.0) / _GYR_PER_DPS,
    # One count below 2 g: the driver's scale ends there.
    acc_clip=_ACC_RANGE_G * _ACC_PER_G - 1,
    gyr_clip=1023 * _GYR_PER_DPS,
)


def configured(current: bytes, rate_hz: int) -> bytes:
    """The nine bytes that set the motion rate and leave the rest as it is; `current` is what was read there."""
    return current[:RATE_AT] + rate_hz.to_bytes(2, "little") + current[RATE_AT + 2 :]


def quaternion(notification: bytes) -> FloatArray:
    """w, x, y, z (4,) of a quaternion notification (four i32, 30 bits behind the point). Raises ValueError."""
    return np.frombuffer(notification, "<i4", 4) / (1 << 30)


def start(rate_hz: float) -> Recipe:
    """Sets the offered motion rate nearest where it is another; subscribing alone has started the stream.

    Its firmware keeps that rate for good. Raises SensorSetupError for settings of another length.
    """
    rate = min(RATES_HZ, key=lambda offered: abs(offered - rate_hz))
    current = yield Read(CONFIG)
    if len(current) != CONFIG_SIZE:
        raise SensorSetupError(
            _LABEL, "reading its settings", f"{len(current)} bytes came, not {CONFIG_SIZE}; update its firmware"
        )
    if (wanted := configured(current, round(rate))) != current:
        yield Write(CONFIG, wanted)
    return StreamSetup(b"", rate)


def stop() -> Recipe:
    """Nothing to write: the stream ends with the subscription."""
    yield from ()
    return StreamSetup(b"", 0.0)


def decoder(config: bytes) -> Decoder:
    """A fresh decoder; the layout is fixed, so `config` is not needed."""
    del config
    return RecordDecoder(RECORD)


FAMILY: Final = SensorFamily(
    key="thingy52",
    label=_LABEL,
    name_prefixes=("Thingy",),
    service=SERVICE,
    data=RAW,
    clock=None,
    has_gyro=True,
    rates_hz=RATES_HZ,
    default_rate_hz=50.0,
    acc_full_scale=_ACC_RANGE_G * STANDARD_GRAVITY,
    gyr_full_scale=math.radians(1023.0),
    notification_interval_s=0.02,
    min_mtu=23,
    sites=("collar or shoulder strap: at 6 x 6 cm it is too large for a cap",),
    checked_against="documentation only: the maker's firmware source; no captured packet is public",
    cannot=(
        "its accelerometer ends at 2 g (the firmware never sets another range): steps may clip",
        "no time stamp and no counter: a lost notification shows only as a missing moment",
        "the rate that is set stays set, also for other programs",
    ),
    start=start,
    stop=stop,
    decoder=decoder,
    read_battery=read_battery,
)
