"""OpenEarable v1 and EdgeML boards: facts and set-up.

Both speak the first generation of the layout whose second is OpenEarable v2's (`openearable`): one description of all
sensors, rates as numbers, stamps in milliseconds, one sample per notification. Sources: OpenEarable/open-earable 1.4.0,
OpenEarable/open_earable_flutter, edge-ml/EdgeML-Arduino. See firmware_notes/edgeml.md.
"""

from __future__ import annotations

import math
import struct
from typing import Final

from monitor.errors import DecodeError, SensorSetupError
from monitor.sensors.base import Decoder, DeviceClock, Read, Recipe, SensorFamily, StreamSetup, Write
from monitor.sensors.battery_level import read_battery
from monitor.sensors.edgeml_decoder import EdgeMlDecoder, encode_notification
from monitor.sensors.edgeml_layout import Apart, Whole, find_imu
from monitor.sensors.openearable import DATA, PARSE_INFO_SERVICE, SERVICE
from monitor.sensors.scheme import F32, Component, Scheme, parse_list
from monitor.values import STANDARD_GRAVITY

__all__ = ["FAMILY", "OPEN_EARABLE_1", "XIAO", "EdgeMlDecoder", "config_write", "encode_notification", "kept_hz"]

CONFIG: Final = "34c2e3bd-34aa-11eb-adc1-0242ac120002"
SCHEME: Final = "caa25cb8-7e1b-44f2-adc9-e8c06c9ced43"
_LABEL: Final = "OpenEarable v1 or EdgeML board"

_ASKED_HZ: Final = {47.6: 50.0, 90.9: 100.0}
"""What to ask for, by the rate that comes of it."""
_EAR_HIGHEST_HZ: Final = 47.6


def _vector(group: str, unit: str) -> tuple[Component, ...]:
    return tuple(Component(F32, group, axis, unit) for axis in "XYZ")


OPEN_EARABLE_1: Final = (
    Scheme(0, "ACC_GYRO_MAG", _vector("ACC", "g") + _vector("GYRO", "dps") + _vector("MAG", "uT")),
)
"""What matters here of what OpenEarable v1 says of itself."""
XIAO: Final = (Scheme(0, "ACC", _vector("ACC", "g")), Scheme(1, "GYRO", _vector("GYRO", "dps")))
"""... and of what EdgeML's firmware says on a XIAO nRF52840 Sense."""


def config_write(sensor_id: int, rate_hz: float) -> bytes:
    """The nine bytes that set a sensor's rate (0 = stop); the latency behind it is not used."""
    return struct.pack("<BfI", sensor_id, rate_hz, 0)


def _described(answer: bytes) -> Whole | Apart:
    """Where the description has the IMU. Raises SensorSetupError."""
    try:
        return find_imu(parse_list(answer))
    except DecodeError as error:
        raise SensorSetupError(_LABEL, "reading its description", str(error)) from error


def kept_hz(asked_hz: float) -> float:
    """The rate that comes of one asked for: the firmware's loop sends when more than 1000 / rate ms have passed."""
    return 1000 / (math.floor(1000 / asked_hz) + 1)


def start(rate_hz: float) -> Recipe:
    """Reads the description, then starts the sensors that make up the IMU. Raises SensorSetupError.

    The rate that it returns is the one that the firmware's loop really keeps.
    """
    answer = yield Read(SCHEME)
    imu = _described(answer)
    rate = min(_ASKED_HZ, key=lambda offered: abs(offered - rate_hz))
    if isinstance(imu, Whole):
        rate = min(rate, _EAR_HIGHEST_HZ)
    asked = _ASKED_HZ[rate]
    for channel in imu.channels:
        yield Write(CONFIG, config_write(channel.sensor_id, asked))
    return StreamSetup(answer, kept_hz(asked))


def stop() -> Recipe:
    """Stops those sensors. The description is read for their ids: the firmware does not check the one it is told."""
    for channel in _described((yield Read(SCHEME))).channels:
        yield Write(CONFIG, config_write(channel.sensor_id, 0.0))
    return StreamSetup(b"", 0.0)


def decoder(config: bytes) -> Decoder:
    """A fresh decoder for the description in `config`. Raises DecodeError where it cannot be read or lacks an axis."""
    return EdgeMlDecoder(config)


FAMILY: Final = SensorFamily(
    key="edgeml",
    label="OpenEarable v1, EdgeML board",
    name_prefixes=("OpenEarable",),
    service=SERVICE,
    data=DATA,
    clock=DeviceClock(tick_ns=1_000_000, wrap_bits=32),
    has_gyro=True,
    rates_hz=tuple(_ASKED_HZ),
    default_rate_hz=47.6,
    acc_full_scale=16 * STANDARD_GRAVITY,
    gyr_full_scale=math.radians(2000.0),
    notification_interval_s=0.021,
    min_mtu=45,
    sites=("ear (OpenEarable v1)", "cap, headband or collar (XIAO or Nano 33 BLE board)"),
    checked_against="documentation only: makers' source code; no captured packet is public",
    cannot=(
        "the rate is 5 to 9 % below what is asked for: 47.6 or 90.9 Hz; OpenEarable v1 has 47.6 Hz only",
        "OpenEarable v1 measures up to 2 g: head peaks while running clip",
        "EdgeML boards send acceleration and turning apart: a sample is complete one sample later",
        "Nano 33 BLE boards measure up to 4 g, and their IMU library mirrors the axes: prefer the XIAO",
        "EdgeML boards tell no battery level",
    ),
    start=start,
    stop=stop,
    decoder=decoder,
    read_battery=read_battery,
    needs=((SERVICE, CONFIG), (PARSE_INFO_SERVICE, SCHEME)),
    unfit="update its firmware, as its maker's page tells; for a board of your own see firmware_notes/diy",
)
