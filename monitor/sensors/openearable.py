"""OpenEarable v2 and boards that speak its layout, such as our DIY profile: facts and set-up.

The sensor describes itself (`scheme`); the notifications are read by `scheme_decoder`. Sources:
OpenEarable/open-earable-2 2.2.3 and OpenEarable/open_earable_flutter. See firmware_notes/openearable.md and diy/.
"""

from __future__ import annotations

import math
from typing import Final

from monitor.errors import DecodeError, SensorSetupError
from monitor.sensors.base import Decoder, DeviceClock, Read, Recipe, Request, SensorFamily, StreamSetup, Write
from monitor.sensors.battery_level import read_battery
from monitor.sensors.scheme import Scheme, parse
from monitor.sensors.scheme_decoder import SchemeDecoder, encode_notification
from monitor.values import STANDARD_GRAVITY

__all__ = ["FAMILY", "SchemeDecoder", "config_write", "encode_notification"]

SERVICE: Final = "34c2e3bb-34aa-11eb-adc1-0242ac120002"
DATA: Final = "34c2e3bc-34aa-11eb-adc1-0242ac120002"
CONFIG: Final = "34c2e3be-34aa-11eb-adc1-0242ac120002"
PARSE_INFO_SERVICE: Final = "caa25cb7-7e1b-44f2-adc9-e8c06c9ced43"
SENSOR_LIST: Final = "caa25cb9-7e1b-44f2-adc9-e8c06c9ced43"
SCHEME_REQUEST: Final = "caa25cba-7e1b-44f2-adc9-e8c06c9ced43"
SCHEME_RESPONSE: Final = "caa25cbb-7e1b-44f2-adc9-e8c06c9ced43"

IMU_ID: Final = 0
STREAM_FLAG: Final = 0x01
_LABEL: Final = "OpenEarable v2 or DIY board"
# Of firmware 2.2.3, for a scheme that lists no rates; 200 Hz and more go to the SD card only.
_RATES_HZ: Final = (25.0, 50.0, 100.0)


def config_write(sensor_id: int, rate_index: int, flags: int) -> bytes:
    """The three bytes that start (`flags` 1) or stop (`flags` 0) a sensor."""
    return bytes((sensor_id, rate_index, flags))


def nearest_rate(scheme: Scheme, rate_hz: float) -> tuple[int, float]:
    """Index and value of the streaming rate nearest to `rate_hz`."""
    rates = scheme.rates_hz[: scheme.streamed + 1] or _RATES_HZ
    return min(enumerate(rates), key=lambda item: abs(item[1] - rate_hz))


def start(rate_hz: float) -> Recipe:
    """Asks for the description of the IMU, then starts it at the nearest rate. Raises SensorSetupError."""
    answer = yield Request(SCHEME_REQUEST, bytes((IMU_ID,)), SCHEME_RESPONSE)
    try:
        scheme = _usable(answer)
    except DecodeError:  # perhaps cut to what a notification can carry on this link; reading goes in pieces
        answer = yield Read(SCHEME_RESPONSE)
        try:
            scheme = _usable(answer)
        except DecodeError as error:
            raise SensorSetupError(_LABEL, "reading its description", str(error)) from error
    if scheme.sensor_id != IMU_ID:
        raise SensorSetupError(
            _LABEL, "reading its description", f"asked for sensor {IMU_ID}, got {scheme.sensor_id} ('{scheme.name}')"
        )
    index, rate = nearest_rate(scheme, rate_hz)
    yield Write(CONFIG, config_write(IMU_ID, index, STREAM_FLAG))
    return StreamSetup(answer, rate)


def _usable(answer: bytes) -> Scheme:
    """The description in an answer. Raises DecodeError where it cannot be used."""
    decoder(answer)
    return parse(answer)


def decoder(config: bytes) -> Decoder:
    """A fresh decoder for the description in `config`.

    Raises DecodeError where that cannot be read or lacks an axis: the family promises a gyroscope, and a filter fed
    with NaN in its place would never recover.
    """
    made = SchemeDecoder(config)
    if not made.has_gyro:
        raise DecodeError(0, "three components of angular rate in a known unit", "none")
    return made


def stop() -> Recipe:
    """Switches the IMU off."""
    yield Write(CONFIG, config_write(IMU_ID, 0, 0))
    return StreamSetup(b"", 0.0)


FAMILY: Final = SensorFamily(
    key="openearable2",
    label="OpenEarable v2, DIY board",
    name_prefixes=("OpenEarable", "HeadsUp"),
    service=SERVICE,
    data=DATA,
    clock=DeviceClock(tick_ns=1000, wrap_bits=0),
    has_gyro=True,
    rates_hz=(50.0, 100.0),
    default_rate_hz=100.0,
    acc_full_scale=16 * STANDARD_GRAVITY,
    gyr_full_scale=math.radians(2000.0),
    notification_interval_s=0.04,
    min_mtu=49,
    sites=("ear (OpenEarable)", "cap, headband or collar (DIY board)"),
    checked_against="documentation only: makers' source code; no captured packet is public",
    cannot=("OpenEarable v2 firmware 2.2.3 sets its accelerometer to 2 g: head peaks while running may clip",),
    start=start,
    stop=stop,
    decoder=decoder,
    read_battery=read_battery,
    needs=((SERVICE, CONFIG), (PARSE_INFO_SERVICE, SCHEME_REQUEST)),
    unfit="update its firmware, as its maker's page tells; for a board of your own see firmware_notes/diy",
)
