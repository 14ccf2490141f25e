"""Muse headbands (Muse 2, Muse S, Muse S Athena): what the families are and how they are set up.

The notifications are read in `muse_frames`. Sources: alexandrebarachant/muse-lsl, DominiqueMakowski/OpenMuse. See
firmware_notes/muse.md.
"""

from __future__ import annotations

import math
from typing import Final

from monitor.sensors.base import Decoder, DeviceClock, Pause, Recipe, SensorFamily, StreamSetup, Write
from monitor.sensors.muse_frames import (
    ACC_PER_COUNT,
    RATE_HZ,
    SAMPLES,
    TICK_NS,
    AthenaDecoder,
    MuseDecoder,
    battery_percent,
    command,
)

__all__ = ["ATHENA_FAMILY", "FAMILY"]

SERVICE: Final = "0000fe8d-0000-1000-8000-00805f9b34fb"
CONTROL: Final = "273e0001-4c4d-454d-96be-f03bac821358"
GYROSCOPE: Final = "273e0009-4c4d-454d-96be-f03bac821358"
ACCELEROMETER: Final = "273e000a-4c4d-454d-96be-f03bac821358"
EVERYTHING: Final = "273e0013-4c4d-454d-96be-f03bac821358"

HALT: Final = command("h")
START: Final = command("d")
ATHENA_PRESET: Final = command("p21")
ATHENA_START: Final = command("dc001")
_SETTLE_S: Final = 0.2
_CANNOT: Final = (
    "its accelerometer ends at 2 g and its gyroscope at about 245 deg/s: steps may clip",
    "it sends brain waves as well, which Heads Up does not look at; they use up the air and the battery",
)


def start(rate_hz: float) -> Recipe:
    """Starts the stream; its rate is fixed at about 52 Hz."""
    del rate_hz
    yield Write(CONTROL, START, response=False)
    return StreamSetup(b"", RATE_HZ)


def start_athena(rate_hz: float) -> Recipe:
    """Halts, chooses the smallest preset with motion, and starts: twice, as public clients found it needs."""
    del rate_hz
    for each in (HALT, ATHENA_PRESET, ATHENA_START, ATHENA_START):
        yield Write(CONTROL, each, response=False)
        yield Pause(_SETTLE_S)
    return StreamSetup(b"", RATE_HZ)


def stop() -> Recipe:
    """Halts the stream."""
    yield Write(CONTROL, HALT, response=False)
    return StreamSetup(b"", 0.0)


def decoder(config: bytes) -> Decoder:
    """A fresh decoder of Muse 2 and S; the layout is fixed, so `config` is not needed."""
    del config
    return MuseDecoder()


def athena_decoder(config: bytes) -> Decoder:
    """A fresh decoder of the Athena; the layout is fixed, so `config` is not needed."""
    del config
    return AthenaDecoder()


FAMILY: Final = SensorFamily(
    key="muse",
    label="Muse 2, Muse S headband",
    name_prefixes=("Muse",),
    service=SERVICE,
    data=ACCELEROMETER,
    clock=DeviceClock(tick_ns=TICK_NS, wrap_bits=0, max_skew=0.05),
    has_gyro=True,
    rates_hz=(RATE_HZ,),
    default_rate_hz=RATE_HZ,
    acc_full_scale=32767 * ACC_PER_COUNT,
    gyr_full_scale=math.radians(245.0),
    notification_interval_s=SAMPLES / RATE_HZ,
    min_mtu=23,
    sites=("forehead: it is a headband",),
    checked_against="documentation only: public client code; no captured packet is public",
    cannot=(
        *_CANNOT,
        "acceleration and turning come apart and count on their own: up to one notification (58 ms) askew",
        "its battery is not read",
    ),
    start=start,
    stop=stop,
    decoder=decoder,
    more_data=(GYROSCOPE,),
)

ATHENA_FAMILY: Final = SensorFamily(
    key="muse_athena",
    label="Muse S Athena headband",
    name_prefixes=("Muse",),
    service=SERVICE,
    data=EVERYTHING,
    clock=None,
    has_gyro=True,
    rates_hz=(RATE_HZ,),
    default_rate_hz=RATE_HZ,
    acc_full_scale=32767 * ACC_PER_COUNT,
    gyr_full_scale=math.radians(245.0),
    notification_interval_s=0.1,
    min_mtu=247,
    sites=("forehead: it is a headband",),
    checked_against="captured packets: 3 notifications of one headband at rest; its commands from public client code",
    cannot=(*_CANNOT, "its stamps repeat and step back, so its samples are counted: loss shows only as lateness"),
    start=start_athena,
    stop=stop,
    decoder=athena_decoder,
    battery_in_data=True,
    battery_percent=battery_percent,
)
