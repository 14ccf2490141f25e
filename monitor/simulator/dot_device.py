"""A virtual Movella DOT: its settings by visit mask, one measurement at a time, a clock of 32 bits in microseconds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from bumble.gatt import Characteristic, Service

from monitor.sensors import dot, dot_frames
from monitor.simulator.peripheral import VirtualPeripheral
from monitor.values import FloatArray

_TAG: Final = b"Movella DOT"
_TIMEOUTS: Final = bytes((10, 0, 30, 0))
_RATES_HZ: Final = (1, 4, 10, 12, 15, 20, 30, 60, 120)
_STREAMED_HZ: Final = 60


class DotPeripheral(VirtualPeripheral):
    """Streams payload modes 21 and 24 (with a quaternion at rest). What it does not know or allow, it ignores."""

    default_name = "Movella DOT SIMULATED"
    usual_samples_per_notification = 1
    stored_rate_hz = _STREAMED_HZ
    """As the last user of the device left it."""

    def _services(self) -> list[Service]:
        self._rate_hz = self.stored_rate_hz
        self._filter = 0
        self._mode = 0
        info = self._characteristic(dot.DEVICE_INFO, read=lambda: bytes(34))
        settings = self._characteristic(dot.DEVICE_CONTROL, read=self._settings, write=self._on_settings)
        control = self._characteristic(
            dot.MEASUREMENT_CONTROL,
            read=lambda: dot.measurement(self._mode, on=self.is_streaming),
            write=self._on_control,
        )
        self._medium = self._characteristic(dot.MEDIUM_PAYLOAD, notify=True)
        others = [self._characteristic(uuid, notify=True) for uuid in (dot.LONG_PAYLOAD, dot.SHORT_PAYLOAD)]
        battery = self._characteristic(dot.BATTERY, read=lambda: bytes((self.sensor.battery_percent, 0)))
        return [
            Service(dot.CONFIGURATION_SERVICE, [info, settings]),
            Service(dot.MEASUREMENT_SERVICE, [control, self._medium, *others]),
            Service(dot.BATTERY_SERVICE, [battery]),
        ]

    @property
    def _data(self) -> Characteristic:
        return self._medium

    def _settings(self) -> bytes:
        tag = bytes((len(_TAG),)) + _TAG.ljust(16, b"\0")
        return bytes(3) + _TIMEOUTS + tag + self._rate_hz.to_bytes(2, "little") + bytes((self._filter,)) + bytes(5)

    def _on_settings(self, data: bytes) -> None:
        if len(data) != dot.DEVICE_CONTROL_SIZE or self.is_streaming:
            return
        rate_hz = int.from_bytes(data[dot.RATE_AT : dot.RATE_AT + 2], "little")
        if data[0] & dot.VISIT_RATE and rate_hz in _RATES_HZ:
            self._rate_hz = rate_hz
        if data[0] & dot.VISIT_FILTER and data[dot.FILTER_AT] <= 1:
            self._filter = data[dot.FILTER_AT]

    def _on_control(self, data: bytes) -> None:
        if len(data) != 3 or data[0] != dot.MEASURE:
            return
        self._stop_streaming()
        if data[1] and data[2] in (dot_frames.RATE_QUANTITIES, 24) and self._rate_hz <= _STREAMED_HZ:
            self._mode = data[2]
            self._start_streaming(self._rate_hz)

    def _encode(self, first: int, rate_hz: float, acc: FloatArray, gyr: FloatArray) -> Iterator[bytes]:
        acc = np.clip(acc, -dot_frames.ACC_FULL_SCALE, dot_frames.ACC_FULL_SCALE)
        gyr_dps = np.degrees(np.clip(gyr, -dot_frames.GYR_FULL_SCALE, dot_frames.GYR_FULL_SCALE))
        for i in range(len(acc)):
            t_us = round(1e6 * self._clock_s(first + i, rate_hz)) % (1 << 32)
            measured = {"acc": acc[i]} if self._mode == dot_frames.RATE_QUANTITIES else {"quaternion": (1, 0, 0, 0)}
            yield dot_frames.encode(self._mode, {"t_us": t_us, "gyr_dps": gyr_dps[i], **measured})

    def _forget_setup(self) -> None:
        self._mode = 0
