"""A SIMULATED heart strap that speaks the standard profile; the heart follows a script."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from bumble.gatt import GATT_BATTERY_LEVEL_CHARACTERISTIC, GATT_BATTERY_SERVICE, Service

from monitor.simulator.companion_device import VirtualCompanion, still
from monitor.simulator.peripheral import VirtualSensor
from monitor.sources import heart_rate

HEART_NAME = "Heart SIMULATED"
_BODY_LOCATION = "00002a38-0000-1000-8000-00805f9b34fb"

HeartScript: TypeAlias = Callable[[float], float | bytes | None]
"""At a time of the run in seconds: beats per minute (NaN: the strap has lost the skin), or the raw message to send
instead, or None for silence."""


def warming_up(t_s: float) -> float:
    """A heart at the start of an easy run: from 90 towards 145 beats per minute within some minutes."""
    return 145.0 - 55.0 * math.exp(-t_s / 90.0)


@dataclass(frozen=True, slots=True)
class VirtualHeart(VirtualSensor):
    """A heart strap; made by `heart_strap`."""

    script: HeartScript = warming_up


def heart_strap(
    key: str = "heart_strap",
    script: HeartScript = warming_up,
    *,
    name: str = HEART_NAME,
    rate_hz: float = 1.0,
    rssi_dbm: int = -60,
    address: str = "",
) -> VirtualHeart:
    """A SIMULATED heart strap for a `SimulatedRadio`."""
    return VirtualHeart(key, "heart_strap", still(rate_hz), name, address, rssi_dbm=rssi_dbm, script=script)


def encode_heart_rate(bpm: float) -> bytes:
    """A Heart Rate Measurement of a strap that feels the skin, with one interval; NaN: it does not feel it."""
    if math.isnan(bpm):
        return struct.pack("<BB", 0b00100, 0)
    return struct.pack("<BBH", 0b10110, round(bpm), round(60 / bpm * 1024))


class HeartStrapPeripheral(VirtualCompanion):
    """Also tells where it is worn (chest) and its battery."""

    default_name = HEART_NAME
    announces = heart_rate.SERVICE

    def _services(self) -> list[Service]:
        location = self._characteristic(_BODY_LOCATION, read=lambda: b"\x01")
        battery = self._characteristic(
            GATT_BATTERY_LEVEL_CHARACTERISTIC, read=lambda: bytes((self.sensor.battery_percent,))
        )
        return [
            Service(heart_rate.SERVICE, [self._data_characteristic(heart_rate.MEASUREMENT), location]),
            Service(GATT_BATTERY_SERVICE, [battery]),
        ]

    def _messages(self, t_s: float) -> Iterator[bytes]:
        script = self.sensor.script if isinstance(self.sensor, VirtualHeart) else warming_up
        said = script(t_s)
        if isinstance(said, bytes):
            yield said
        elif said is not None:
            yield encode_heart_rate(said)
