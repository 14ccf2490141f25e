"""ST BlueST boards (SensorTile, BlueTile, STEVAL kits): what the family is and its motion notifications.

A notification is a u16 time stamp, then i16: acceleration (mg), turning (0.1 deg/s), magnetic field (mG). The stamp
counts 8 ms: ST's firmware sends its millisecond tick shifted right by three bits. Sources: STMicroelectronics
BlueSTSDK_Python, and published ST function packs for the stamp. See firmware_notes/bluest.md.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from monitor.sensors.base import Decoder, DeviceClock, Recipe, SensorFamily, StreamSetup
from monitor.sensors.record_decoder import Record, RecordDecoder
from monitor.values import STANDARD_GRAVITY

__all__ = ["FAMILY", "RECORD"]

SERVICE: Final = "00000000-0001-11e1-9ab4-0002a5d5c51b"
MOTION: Final = "00e00000-0001-11e1-ac36-0002a5d5c51b"
TICK_NS: Final = 8_000_000
_NOMINAL_HZ: Final = 20.0

RECORD: Final = Record(
    layout=np.dtype([("tick", "<u2"), ("acc", "<i2", 3), ("gyr", "<i2", 3), ("mag", "<i2", 3)]),
    acc_per_count=STANDARD_GRAVITY / 1000,
    gyr_per_count=math.radians(0.1),
    acc_clip=32767,
    gyr_clip=32767,
)


def start(rate_hz: float) -> Recipe:
    """Nothing to write: subscribing starts the stream, at the rate that the firmware has."""
    del rate_hz
    yield from ()
    return StreamSetup(b"", _NOMINAL_HZ)


def stop() -> Recipe:
    """Nothing to write: the stream ends with the subscription."""
    return start(0.0)


def decoder(config: bytes) -> Decoder:
    """A fresh decoder; the layout is fixed, so `config` is not needed."""
    del config
    return RecordDecoder(RECORD)


FAMILY: Final = SensorFamily(
    key="bluest",
    label="ST BlueST board (SensorTile, BlueTile)",
    name_prefixes=(),
    service=SERVICE,
    data=MOTION,
    clock=DeviceClock(tick_ns=TICK_NS, wrap_bits=16, max_skew=1e-2),
    has_gyro=True,
    rates_hz=(_NOMINAL_HZ,),
    default_rate_hz=_NOMINAL_HZ,
    acc_full_scale=32.767 * STANDARD_GRAVITY,
    gyr_full_scale=math.radians(3276.7),
    notification_interval_s=0.05,
    min_mtu=23,
    sites=("cap or headband (SensorTile, 1.5 cm)", "collar or shoulder strap"),
    checked_against="documentation only: the maker's Python SDK and published firmware; no captured packet is public",
    cannot=(
        "its rate is fixed by the firmware, 20 to 45 Hz are reported: slow for a running step",
        "its stamp has steps of 8 ms",
        "it does not tell its full scale: clipping is not seen",
        "its battery is not read",
    ),
    start=start,
    stop=stop,
    decoder=decoder,
)
