"""Movella (Xsens) DOT: what the family is and how it is set up; its notifications are read in `dot_frames`.

Sources: Xsens DOT BLE Services Specifications (2021), adamkewley/xdc. See firmware_notes/dot.md.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Final

from monitor.errors import SensorSetupError
from monitor.sensors.base import (
    Decoder,
    DeviceClock,
    Pause,
    Read,
    Recipe,
    Request,
    SensorFamily,
    Step,
    StreamSetup,
    Write,
)
from monitor.sensors.dot_frames import ACC_FULL_SCALE, GYR_FULL_SCALE, LAYOUTS, RATE_QUANTITIES, DotDecoder

__all__ = ["FAMILY", "device_control", "measurement"]


def _uuid(number: int) -> str:
    return f"1517{number:04x}-4947-11e9-8646-d663bd873d93"


CONFIGURATION_SERVICE: Final = _uuid(0x1000)
DEVICE_INFO: Final = _uuid(0x1001)
DEVICE_CONTROL: Final = _uuid(0x1002)
MEASUREMENT_SERVICE: Final = _uuid(0x2000)
MEASUREMENT_CONTROL: Final = _uuid(0x2001)
LONG_PAYLOAD: Final = _uuid(0x2002)
MEDIUM_PAYLOAD: Final = _uuid(0x2003)
SHORT_PAYLOAD: Final = _uuid(0x2004)
BATTERY_SERVICE: Final = _uuid(0x3000)
BATTERY: Final = _uuid(0x3001)

DEVICE_CONTROL_SIZE: Final = 32
RATE_AT: Final = 24
FILTER_AT: Final = 26
VISIT_RATE: Final = 0x10
VISIT_FILTER: Final = 0x20
MEASURE: Final = 0x01
"""Type of the measurement control, its first byte."""

RATES_HZ: Final = (30.0, 60.0)
"""Of those it can stream, the ones that are of use; 1 to 20 Hz are too slow, 120 Hz is for its own memory only."""
_SETTLE_S: Final = 0.2
"""Between the end of a measurement and new settings; how long the sensor needs is not documented."""
_LABEL: Final = "Movella (Xsens) DOT"


def device_control(current: bytes, rate_hz: int, filter_profile: int | None = None) -> bytes:
    """The 32 bytes that set the output rate, and the filter profile where one is given, and touch nothing else.

    `current` is what was read there. `filter_profile` (0 general, 1 dynamic) shapes the sensor's own fusion only.
    """
    out = bytearray(current)
    out[0] = VISIT_RATE
    out[RATE_AT : RATE_AT + 2] = rate_hz.to_bytes(2, "little")
    if filter_profile is not None:
        out[0] |= VISIT_FILTER
        out[FILTER_AT] = filter_profile
    return bytes(out)


def measurement(mode: int, *, on: bool) -> bytes:
    """The three bytes that start or stop a payload mode."""
    return bytes((MEASURE, on, mode))


def start(rate_hz: float) -> Recipe:
    """Sets the offered output rate nearest to `rate_hz`, then starts mode 21 and looks at its first notification.

    The rate cannot change while the sensor measures, so a measurement left over is ended first. Raises
    SensorSetupError where the sensor keeps another rate, or its notifications arrive cut off.
    """
    state = yield Read(MEASUREMENT_CONTROL)
    if len(state) >= 3 and state[0] == MEASURE and state[1]:
        yield Write(MEASUREMENT_CONTROL, measurement(state[2], on=False))
        yield Pause(_SETTLE_S)
    rate = min(RATES_HZ, key=lambda offered: abs(offered - rate_hz))
    control = yield Read(DEVICE_CONTROL)
    if _rate_of(control) != rate:
        yield Write(DEVICE_CONTROL, device_control(control, round(rate)))
        kept = _rate_of((yield Read(DEVICE_CONTROL)))
        if kept != rate:
            raise SensorSetupError(
                _LABEL,
                f"setting it to {rate:.0f} Hz",
                f"it stays at {kept} Hz; end its recording or synchronisation in the Movella app, or switch it off and "
                "on",
            )
    first = yield Request(MEASUREMENT_CONTROL, measurement(RATE_QUANTITIES, on=True), MEDIUM_PAYLOAD)
    needed = LAYOUTS[RATE_QUANTITIES].itemsize
    if len(first) < needed:
        raise SensorSetupError(
            _LABEL,
            "starting its measurement",
            f"only {len(first)} of the {needed} bytes of a sample arrive; pair it in the computer's Bluetooth "
            "settings, or use another Bluetooth adapter",
        )
    return StreamSetup(b"", rate)


def _rate_of(control: bytes) -> int:
    """Hz. Raises SensorSetupError for bytes that are no device control."""
    if len(control) != DEVICE_CONTROL_SIZE:
        raise SensorSetupError(
            _LABEL,
            "reading its settings",
            f"{len(control)} bytes came, not {DEVICE_CONTROL_SIZE}; update its firmware with the Movella app",
        )
    return int.from_bytes(control[RATE_AT : RATE_AT + 2], "little")


def stop() -> Recipe:
    """Ends the measurement; the sensor stays on until its own time-out."""
    yield Write(MEASUREMENT_CONTROL, measurement(RATE_QUANTITIES, on=False))
    return StreamSetup(b"", 0.0)


def read_battery() -> Generator[Step, bytes, int | None]:
    """Percent, None where the value makes no sense. The second byte, whether it is charging, is not used."""
    answer = yield Read(BATTERY)
    return answer[0] if answer and answer[0] <= 100 else None


def decoder(config: bytes) -> Decoder:
    """A fresh decoder; the layout is fixed, so `config` is not needed."""
    del config
    return DotDecoder()


FAMILY: Final = SensorFamily(
    key="dot",
    label=_LABEL,
    name_prefixes=("Movella DOT", "Xsens DOT"),
    service=MEASUREMENT_SERVICE,
    data=MEDIUM_PAYLOAD,
    clock=DeviceClock(tick_ns=1000, wrap_bits=32),
    has_gyro=True,
    rates_hz=RATES_HZ,
    default_rate_hz=60.0,
    acc_full_scale=ACC_FULL_SCALE,
    gyr_full_scale=GYR_FULL_SCALE,
    notification_interval_s=1 / 60,
    min_mtu=LAYOUTS[RATE_QUANTITIES].itemsize + 3,
    sites=("cap or headband (11 g)", "shoulder seam or strap", "collar"),
    checked_against=("captured packets: 2 of its free-acceleration mode; the mode used here from documentation only"),
    cannot=(
        "60 Hz is the most it streams; its 120 Hz goes to its own memory only",
        "each value sums up what its 800 Hz core saw since the one before: a peak that clips may not show as such",
    ),
    start=start,
    stop=stop,
    decoder=decoder,
    read_battery=read_battery,
)
