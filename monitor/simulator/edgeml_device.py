"""Virtual OpenEarable v1 and EdgeML board: all sensors described at once, rates as numbers, stamps in milliseconds.

As the firmware does, the loop sends a sensor when more than 1000 / rate milliseconds have passed: 50 Hz become 47.6.
"""

from __future__ import annotations

import math
import struct
from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar, Final

import numpy as np
from bumble.gatt import GATT_BATTERY_LEVEL_CHARACTERISTIC, GATT_BATTERY_SERVICE, Characteristic, Service

from monitor.sensors import edgeml, openearable
from monitor.sensors.scheme import F32, Component, Scheme, encode_list
from monitor.simulator.peripheral import VirtualPeripheral
from monitor.values import STANDARD_GRAVITY, FloatArray

_COMMAND: Final = struct.Struct("<BfI")
_MAGNETIC_FIELD_UT: Final = (20.0, -30.0, 40.0)
_EAR_G: Final = 9.81
"""m/s² per g, as its driver has it."""


class FirstGenerationPeripheral(VirtualPeripheral):
    """What both have in common. Writes of another length are ignored: the firmware cannot answer with an error."""

    usual_samples_per_notification = 1
    sensors: ClassVar[tuple[Scheme, ...]]
    needed: ClassVar[frozenset[int]]
    """Ids of the sensors that must be on before samples can be made of what is sent."""
    lost_its_mind = False
    """A sensor was named that it does not have: the real firmware then reads past the end of its table."""

    def _services(self) -> list[Service]:
        self._rates_hz: dict[int, float] = {}
        self._stream_characteristic = self._characteristic(openearable.DATA, notify=True)
        self._stream_characteristic.on("subscription", self._on_subscription)
        config = self._characteristic(edgeml.CONFIG, write=self._on_config)
        described = self._characteristic(edgeml.SCHEME, read=lambda: encode_list(self.sensors))
        return [
            Service(openearable.SERVICE, [self._stream_characteristic, config]),
            Service(openearable.PARSE_INFO_SERVICE, [described]),
        ]

    @property
    def _data(self) -> Characteristic:
        return self._stream_characteristic

    def _on_subscription(self, _connection: Any, _notify: bool, _indicate: bool) -> None:
        self._stream_if_wanted()

    def _on_config(self, data: bytes) -> None:
        if len(data) != _COMMAND.size:
            return
        sensor_id, rate_hz, _ = _COMMAND.unpack(data)
        if sensor_id not in {each.sensor_id for each in self.sensors}:
            self.lost_its_mind = True
        elif 0 < rate_hz <= 1000:
            self._rates_hz[sensor_id] = rate_hz
        else:
            self._rates_hz.pop(sensor_id, None)
        self._stream_if_wanted()

    def _stream_if_wanted(self) -> None:
        self._stop_streaming()
        if self._rates_hz.keys() >= self.needed:
            self._start_streaming(edgeml.kept_hz(self._rates_hz[min(self.needed)]))

    def _encode(self, first: int, rate_hz: float, acc: FloatArray, gyr: FloatArray) -> Iterator[bytes]:
        for i in range(len(acc)):
            t_ms = math.floor(1000 * self._clock_s(first + i, rate_hz) + 1e-6)  # a whole one may come out a hair less
            yield from self._sample(t_ms, acc[i], np.degrees(gyr[i]))

    @abstractmethod
    def _sample(self, t_ms: int, acc: FloatArray, gyr_dps: FloatArray) -> Iterator[bytes]:
        """The notifications of one sample: `acc` (3,) m/s², `gyr_dps` (3,)."""

    def _forget_setup(self) -> None:
        self._rates_hz = {}


class OpenEarable1Peripheral(FirstGenerationPeripheral):
    """Nine numbers in one notification; says g, sends m/s², ends at 2 g."""

    default_name = "OpenEarable-SIMULATED"
    sensors = (
        *edgeml.OPEN_EARABLE_1,
        Scheme(1, "PRESSURE_TEMP", (Component(F32, "TEMP", "Temperature", "°C"), Component(F32, "BARO", "P", "kPa"))),
    )
    needed = frozenset({0})

    def _services(self) -> list[Service]:
        battery = self._characteristic(
            GATT_BATTERY_LEVEL_CHARACTERISTIC, read=lambda: bytes((self.sensor.battery_percent,))
        )
        return [*super()._services(), Service(GATT_BATTERY_SERVICE, [battery])]

    def _sample(self, t_ms: int, acc: FloatArray, gyr_dps: FloatArray) -> Iterator[bytes]:
        told = np.clip(acc / STANDARD_GRAVITY, -2, 2) * _EAR_G
        numbers = np.concatenate((told, gyr_dps, _MAGNETIC_FIELD_UT))
        yield edgeml.encode_notification(self.sensors[0], t_ms, numbers)


class XiaoPeripheral(FirstGenerationPeripheral):
    """Acceleration and turning apart, the second a millisecond after the first; no battery service."""

    default_name = "XIAO SIMULATED"
    sensors = (*edgeml.XIAO, Scheme(2, "TEMPERATURE", (Component(F32, "TEMP", "T", "°C"),)))
    needed = frozenset({0, 1})

    def _sample(self, t_ms: int, acc: FloatArray, gyr_dps: FloatArray) -> Iterator[bytes]:
        acc_g = np.clip(acc / STANDARD_GRAVITY, -16, 16)
        yield edgeml.encode_notification(self.sensors[0], t_ms, acc_g)
        yield edgeml.encode_notification(self.sensors[1], t_ms + 1, np.clip(gyr_dps, -2000, 2000))
