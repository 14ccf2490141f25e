"""A virtual WitMotion sensor: streams once subscribed, takes register commands, has no clock and no counter."""

# ruff: noqa: ARG002 -- no clock, so the sample number is of no use
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from bumble.gatt import Characteristic, Service

from monitor.sensors import witmotion
from monitor.simulator.peripheral import VirtualPeripheral
from monitor.values import FloatArray

_POWER_UP_RATE_HZ = 10.0
_RATES_HZ = {0x01: 0.2, 0x02: 0.5, 0x03: 1.0, 0x04: 2.0, 0x05: 5.0, 0x06: 10.0, 0x07: 20.0, 0x08: 50.0, 0x09: 100.0,
             0x0A: 200.0}  # fmt: skip
_COMMAND_HEAD = b"\xff\xaa"
_CHARGE_PERCENT = (0, 5, 10, 15, 20, 30, 40, 50, 60, 75, 90, 100)
_CELL_CENTIVOLTS = (330, 340, 350, 368, 370, 373, 377, 379, 382, 387, 393, 397)
"""Of the maker's battery table."""


class WitMotionPeripheral(VirtualPeripheral):
    """Register commands that the device does not know are ignored, as the real one does."""

    default_name = "WT901 SIMULATED"
    usual_samples_per_notification = 1

    def _services(self) -> list[Service]:
        self._rate_hz = _POWER_UP_RATE_HZ
        self._stream_characteristic = self._characteristic(witmotion.DATA, notify=True)
        self._stream_characteristic.on("subscription", self._on_subscription)
        commands = self._characteristic(witmotion.COMMAND, write=self._on_command)
        return [Service(witmotion.SERVICE, [self._stream_characteristic, commands])]

    @property
    def _data(self) -> Characteristic:
        return self._stream_characteristic

    def _on_subscription(self, _connection: Any, notify: bool, _indicate: bool) -> None:
        if notify:
            self._start_streaming(self._rate_hz)
        else:
            self._stop_streaming()

    def _on_command(self, data: bytes) -> None:
        if len(data) != 5 or data[:2] != _COMMAND_HEAD:
            return
        register, value = data[2], int.from_bytes(data[3:5], "little")
        if register == witmotion.RATE_REGISTER and value in _RATES_HZ:
            self._rate_hz = _RATES_HZ[value]
            if self.is_streaming:
                self._start_streaming(self._rate_hz)
        elif register == witmotion.READ_REGISTER:
            self._notify(self._data, witmotion.encode_registers(value, self._registers(value)))

    def _registers(self, first: int) -> list[int]:
        if first != witmotion.BATTERY_REGISTER:
            return []
        return [round(np.interp(self.sensor.battery_percent, _CHARGE_PERCENT, _CELL_CENTIVOLTS))]

    def _encode(self, first: int, rate_hz: float, acc: FloatArray, gyr: FloatArray) -> Iterator[bytes]:
        yield witmotion.encode_frames(acc, gyr)

    def _forget_setup(self) -> None:
        self._rate_hz = _POWER_UP_RATE_HZ
