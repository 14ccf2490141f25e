"""WitMotion BLE 5.0 (WT901BLE, WT901BLECL, WT901BLE68, WT9011DCL-BT50): what the family is and how it is set up.

The frames themselves are in `witmotion_frames`. Sources: WITMOTION/WitBluetooth_BWT901BLE5_0 (the maker's SDK) and
the WT901BLECL data sheet v23-0420. See firmware_notes/witmotion.md.
"""

from __future__ import annotations

import struct
from collections.abc import Generator
from typing import Final

from monitor.sensors.base import Decoder, Pause, Recipe, SensorFamily, Step, StreamSetup, Write
from monitor.sensors.witmotion_frames import (
    ACC_FULL_SCALE,
    FRAME,
    GYR_FULL_SCALE,
    REGISTER_ANSWER,
    WitMotionDecoder,
    encode_frames,
    encode_registers,
)

__all__ = ["FAMILY", "WitMotionDecoder", "battery_percent", "command", "encode_frames", "encode_registers"]

# The base ends in 9a34fb, not in the SIG's 9b34fb: only the whole 128 bits tell it from 0xFFE5 of other devices.
SERVICE: Final = "0000ffe5-0000-1000-8000-00805f9a34fb"
DATA: Final = "0000ffe4-0000-1000-8000-00805f9a34fb"
COMMAND: Final = "0000ffe9-0000-1000-8000-00805f9a34fb"

SAVE_REGISTER: Final = 0x00
CALIBRATION_REGISTER: Final = 0x01
RATE_REGISTER: Final = 0x03
READ_REGISTER: Final = 0x27
BATTERY_REGISTER: Final = 0x64
UNLOCK_REGISTER: Final = 0x69

# Codes above 100 Hz mean different rates in different revisions of the maker's text, those below 25 Hz are of no use.
RATE_CODES: Final = {50.0: 0x08, 100.0: 0x09}
_SETTLE_S: Final = 0.1

# Hundredths of a volt of the single cell -> percent, as in the maker's table; a two-cell pack reads above 550.
_BATTERY_STEPS: Final = (
    (397, 100), (393, 90), (387, 75), (382, 60), (379, 50), (377, 40), (373, 30), (370, 20), (368, 15), (350, 10),
    (340, 5),
)  # fmt: skip
_BATTERY_PLAUSIBLE: Final = range(200, 551)


def command(register: int, value: int) -> bytes:
    """The five bytes that write `value` (16 bit) to a register of the sensor."""
    return bytes((0xFF, 0xAA, register)) + value.to_bytes(2, "little")


UNLOCK: Final = command(UNLOCK_REGISTER, 0xB588)
SAVE: Final = command(SAVE_REGISTER, 0)
READ_BATTERY: Final = command(READ_REGISTER, BATTERY_REGISTER)


def start(rate_hz: float, *, save: bool = False) -> Recipe:
    """Sets the offered rate nearest to `rate_hz`; subscribing alone has already started the stream.

    Without `save` the rate holds until the sensor is switched off: nothing on the user's device changes for good.
    """
    rate = min(RATE_CODES, key=lambda offered: abs(offered - rate_hz))
    yield Write(COMMAND, UNLOCK)
    yield Pause(_SETTLE_S)
    yield Write(COMMAND, command(RATE_REGISTER, RATE_CODES[rate]))
    yield Pause(_SETTLE_S)
    if save:
        yield Write(COMMAND, SAVE)
        yield Pause(_SETTLE_S)
    return StreamSetup(b"", rate)


def stop() -> Recipe:
    """Nothing to write: the stream ends with the subscription."""
    yield from ()
    return StreamSetup(b"", 0.0)


def read_battery() -> Generator[Step, bytes, int | None]:
    """Asks for the battery register; the answer comes on the data characteristic (see `battery_percent`)."""
    yield Write(COMMAND, READ_BATTERY)
    return None


def registers(notification: bytes, first: int) -> tuple[int, ...]:
    """The values (i16, at most eight) of a notification's answer to a read from register `first` on; () without one."""
    at = notification.find(REGISTER_ANSWER + first.to_bytes(2, "little"))
    values = notification[at + 4 : at + FRAME] if at >= 0 else b""
    return struct.unpack_from(f"<{len(values) // 2}h", values)


def battery_percent(notification: bytes) -> int | None:
    """Percent from a notification with an answer for the battery register, None from any other."""
    told = registers(notification, BATTERY_REGISTER)
    centivolts = told[0] & 0xFFFF if told else 0
    if centivolts not in _BATTERY_PLAUSIBLE:
        return None
    return next((percent for least, percent in _BATTERY_STEPS if centivolts >= least), 0)


def decoder(config: bytes) -> Decoder:
    """A fresh decoder; the layout is fixed, so `config` is not needed."""
    del config
    return WitMotionDecoder()


FAMILY: Final = SensorFamily(
    key="witmotion",
    label="WitMotion BLE 5.0 (WT9011DCL, WT901BLE)",
    name_prefixes=("WT",),
    service=SERVICE,
    data=DATA,
    clock=None,
    has_gyro=True,
    rates_hz=tuple(RATE_CODES),
    default_rate_hz=100.0,
    acc_full_scale=ACC_FULL_SCALE,
    gyr_full_scale=GYR_FULL_SCALE,
    notification_interval_s=0.01,
    min_mtu=23,
    sites=("cap or headband (WT9011DCL, 9 g)", "shoulder seam or strap", "collar"),
    checked_against="captured packets: 6 fragments of 16 of 20 bytes; a whole frame from documentation only",
    cannot=(
        "no time stamp and no frame counter: a lost frame shows only as a missing moment",
        "no checksum: a frame damaged on the way cannot be told from a good one",
        "the axes differ between the maker's own documents: calibrate, do not assume",
    ),
    start=start,
    stop=stop,
    decoder=decoder,
    read_battery=read_battery,
    battery_in_data=True,
    battery_percent=battery_percent,
)
