"""MbientLab MetaMotion (MMRL with a BMI160, MMS with a BMI270): what the family is and how it is set up.

The notifications are read in `metamotion_frames`. Source: mbientlab/MetaWear-SDK-Cpp (`src`, `test`). See
firmware_notes/metamotion.md.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass
from typing import Final

from monitor.errors import SensorSetupError
from monitor.sensors.base import Decoder, Recipe, Request, SensorFamily, Step, StreamSetup, Write
from monitor.sensors.battery_level import read_battery
from monitor.sensors.metamotion_frames import ACCELEROMETER, GYROSCOPE, PACKED, MetaMotionDecoder
from monitor.values import STANDARD_GRAVITY

__all__ = ["FAMILY", "Chip", "acc_config", "gyr_config"]

SERVICE: Final = "326a9000-85cb-9195-d9dd-464cfbbae75a"
COMMAND: Final = "326a9001-85cb-9195-d9dd-464cfbbae75a"
NOTIFY: Final = "326a9006-85cb-9195-d9dd-464cfbbae75a"

START, ENABLE, CONFIG, PLAIN_DATA = 1, 2, 3, 4
MODULE_INFO: Final = 0x80
_RATE_CODES: Final = {25.0: 6, 50.0: 7, 100.0: 8, 200.0: 9}
RATES_HZ: Final = (50.0, 100.0)
ACC_RANGE_G: Final = 16
GYR_RANGE_DPS: Final = 2000
_GYR_RANGE_CODE: Final = 0
_NORMAL_FILTER: Final = 2 << 4
_LABEL: Final = "MbientLab MetaMotion"


@dataclass(frozen=True, slots=True)
class Chip:
    """How one IMU chip is spoken to: what its modules answer, its codes, and the registers of its data."""

    name: str
    acc_kind: int
    gyr_kind: int
    acc_ranges: dict[int, int]
    """g -> code"""
    filter_bit: int
    """Set in the accelerometer's rate byte: its filter runs at full performance."""
    acc_packed: int
    gyr_plain: int
    gyr_packed: int


BMI160: Final = Chip("BMI160", 1, 0, {2: 3, 4: 5, 8: 8, 16: 12}, 0, acc_packed=0x1C, gyr_plain=5, gyr_packed=7)
BMI270: Final = Chip("BMI270", 4, 1, {2: 0, 4: 1, 8: 2, 16: 3}, 0x80, acc_packed=5, gyr_plain=4, gyr_packed=5)


def acc_config(chip: Chip, rate_hz: float, range_g: int) -> bytes:
    """The command that sets the accelerometer's rate (25, 50, 100, 200 Hz) and range (2, 4, 8, 16 g)."""
    rate = chip.filter_bit | _NORMAL_FILTER | _RATE_CODES[rate_hz]
    return bytes((ACCELEROMETER, CONFIG, rate, chip.acc_ranges[range_g]))


def gyr_config(rate_hz: float) -> bytes:
    """The command that sets the gyroscope's rate (25, 50, 100, 200 Hz) at 2000 deg/s; the same for both chips."""
    return bytes((GYROSCOPE, CONFIG, _NORMAL_FILTER | _RATE_CODES[rate_hz], _GYR_RANGE_CODE))


def start(rate_hz: float) -> Recipe:
    """Asks which chip it has, stops what still runs, and starts both halves at the offered rate nearest.

    Three samples a notification where its firmware can, else one. Raises SensorSetupError for a board without a
    gyroscope or with a chip not known here.
    """
    rate = min(RATES_HZ, key=lambda offered: abs(offered - rate_hz))
    acc_kind, acc_revision = yield from _module(ACCELEROMETER, "accelerometer")
    gyr_kind, gyr_revision = yield from _module(GYROSCOPE, "gyroscope")
    chip = next((c for c in (BMI160, BMI270) if (c.acc_kind, c.gyr_kind) == (acc_kind, gyr_kind)), None)
    if chip is None:
        raise SensorSetupError(_LABEL, "asking for its chip", f"its kind ({acc_kind}, {gyr_kind}) is not known here")
    yield from _halt()
    packed = acc_revision >= 1 and gyr_revision >= 1
    acc_data, gyr_data = (chip.acc_packed, chip.gyr_packed) if packed else (PLAIN_DATA, chip.gyr_plain)
    yield Write(COMMAND, acc_config(chip, rate, ACC_RANGE_G))
    yield Write(COMMAND, gyr_config(rate))
    for module, data in ((ACCELEROMETER, acc_data), (GYROSCOPE, gyr_data)):
        yield Write(COMMAND, bytes((module, data, 1)))
        yield Write(COMMAND, bytes((module, ENABLE, 1, 0)))
    for module in (ACCELEROMETER, GYROSCOPE):
        yield Write(COMMAND, bytes((module, START, 1)))
    config = bytes((acc_data, gyr_data, PACKED if packed else 1, ACC_RANGE_G)) + GYR_RANGE_DPS.to_bytes(2, "little")
    return StreamSetup(config, rate)


def _module(module: int, name: str) -> Generator[Step, bytes, tuple[int, int]]:
    """Implementation and revision of a module; an absent one answers with its two header bytes alone."""
    head = bytes((module, MODULE_INFO))
    answer = yield Request(COMMAND, head, NOTIFY, lambda data: data[:2] == head)
    if len(answer) < 4:
        raise SensorSetupError(_LABEL, "asking for its chip", f"it has no {name}")
    return answer[2], answer[3]


def _halt() -> Generator[Step, bytes, None]:
    """Ends what an earlier visitor left running: the board keeps its settings over a lost link."""
    for module in (ACCELEROMETER, GYROSCOPE):
        yield Write(COMMAND, bytes((module, START, 0)))
        yield Write(COMMAND, bytes((module, ENABLE, 0, 1)))


def stop() -> Recipe:
    """Ends both halves."""
    yield from _halt()
    return StreamSetup(b"", 0.0)


def decoder(config: bytes) -> Decoder:
    """A fresh decoder for the registers and ranges in `config`. Raises DecodeError where those make no sense."""
    return MetaMotionDecoder(config)


FAMILY: Final = SensorFamily(
    key="metamotion",
    label="MbientLab MetaMotion (MMS, MMRL)",
    name_prefixes=("MetaWear",),
    service=SERVICE,
    data=NOTIFY,
    clock=None,
    has_gyro=True,
    rates_hz=RATES_HZ,
    default_rate_hz=100.0,
    acc_full_scale=ACC_RANGE_G * STANDARD_GRAVITY,
    gyr_full_scale=math.radians(GYR_RANGE_DPS),
    notification_interval_s=0.03,
    min_mtu=23,
    sites=("cap or headband", "shoulder seam or strap", "collar"),
    checked_against="vendor tests: 11 notifications and 8 commands of the maker's own test suite; no captured packet",
    cannot=(
        "no time stamp and no counter in its stream: a lost notification shows only as a missing moment",
        "acceleration and turning come apart and are matched by their order, up to one notification (30 ms) askew",
        "boards without a gyroscope (MetaMotion C, older MetaWear) are refused",
    ),
    start=start,
    stop=stop,
    decoder=decoder,
    read_battery=read_battery,
)
