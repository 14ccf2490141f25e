"""A virtual Thingy:52 and a virtual BlueST board: one record a notification, hardly any commands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bumble.gatt import Characteristic, Service

from monitor.sensors import bluest, thingy52
from monitor.sensors.battery_level import BATTERY_LEVEL
from monitor.sensors.record_decoder import encode
from monitor.simulator.peripheral import VirtualPeripheral
from monitor.values import FloatArray

_BATTERY_SERVICE: Final = "0000180f-0000-1000-8000-00805f9b34fb"
_THINGY_AS_SOLD: Final = bytes.fromhex("f401f401f4010a0001")
"""Pedometer, temperature and compass every 500 ms, motion at 10 Hz, wake on motion."""
_BLUEST_HZ: Final = 25.0


class Thingy52Peripheral(VirtualPeripheral):
    """Keeps its settings over a lost link and a restart, as the real one keeps them in flash."""

    default_name = "Thingy SIMULATED"
    usual_samples_per_notification = 1

    def _services(self) -> list[Service]:
        self._settings = _THINGY_AS_SOLD
        self._raw = self._characteristic(thingy52.RAW, notify=True)
        self._raw.on("subscription", self._on_subscription)
        settings = self._characteristic(thingy52.CONFIG, read=lambda: self._settings, write=self._on_settings)
        battery = self._characteristic(BATTERY_LEVEL, read=lambda: bytes((self.sensor.battery_percent,)))
        return [Service(thingy52.SERVICE, [settings, self._raw]), Service(_BATTERY_SERVICE, [battery])]

    @property
    def _data(self) -> Characteristic:
        return self._raw

    @property
    def _rate_hz(self) -> float:
        return float(int.from_bytes(self._settings[thingy52.RATE_AT : thingy52.RATE_AT + 2], "little"))

    def _on_settings(self, data: bytes) -> None:
        if len(data) == thingy52.CONFIG_SIZE:
            self._settings = data
            if self.is_streaming:
                self._start_streaming(self._rate_hz)

    def _on_subscription(self, _connection: object, notify: bool, _indicate: bool) -> None:
        if notify:
            self._start_streaming(self._rate_hz)
        else:
            self._stop_streaming()

    def _encode(self, first: int, rate_hz: float, acc: FloatArray, gyr: FloatArray) -> Iterator[bytes]:
        del first, rate_hz
        for i in range(len(acc)):
            yield encode(thingy52.RECORD, acc[i], gyr[i])

    def _forget_setup(self) -> None:
        pass


class BlueStPeripheral(VirtualPeripheral):
    """Streams at the one rate of its firmware while subscribed to."""

    default_name = "BlueST SIMULATED"
    usual_samples_per_notification = 1

    def _services(self) -> list[Service]:
        self._motion = self._characteristic(bluest.MOTION, notify=True)
        self._motion.on("subscription", self._on_subscription)
        return [Service(bluest.SERVICE, [self._motion])]

    @property
    def _data(self) -> Characteristic:
        return self._motion

    def _on_subscription(self, _connection: object, notify: bool, _indicate: bool) -> None:
        if notify:
            self._start_streaming(_BLUEST_HZ)
        else:
            self._stop_streaming()

    def _encode(self, first: int, rate_hz: float, acc: FloatArray, gyr: FloatArray) -> Iterator[bytes]:
        for i in range(len(acc)):
            tick = int(self._clock_s(first + i, rate_hz) * 1e9) // bluest.TICK_NS
            yield encode(bluest.RECORD, acc[i], gyr[i], tick % (1 << 16))

    def _forget_setup(self) -> None:
        pass
