"""A virtual OpenEarable v2 or DIY board: describes itself, streams when configured, stamps with its own clock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bumble.att import ATT_Error
from bumble.gatt import GATT_BATTERY_LEVEL_CHARACTERISTIC, GATT_BATTERY_SERVICE, Characteristic, Service

from monitor.sensors import openearable, scheme
from monitor.simulator.peripheral import VirtualPeripheral
from monitor.values import FloatArray

_INVALID_LENGTH = 0x0D
_VALUE_NOT_ALLOWED = 0x13


class OpenEarablePeripheral(VirtualPeripheral):
    """Our DIY profile: one IMU, six f32 numbers. Commands that the firmware refuses get an ATT error."""

    default_name = "HeadsUp-SIMULATED"
    usual_samples_per_notification = 5
    scheme = scheme.DIY
    description_is_notified = True
    description_is_readable = True

    def _services(self) -> list[Service]:
        self._rate_hz: float | None = None
        self._stream_characteristic = self._characteristic(openearable.DATA, notify=True)
        self._stream_characteristic.on("subscription", self._on_subscription)
        config = self._characteristic(openearable.CONFIG, write=self._on_config)
        sensor_list = self._characteristic(openearable.SENSOR_LIST, read=lambda: bytes((1, self.scheme.sensor_id)))
        request = self._characteristic(openearable.SCHEME_REQUEST, write=self._on_scheme_request)
        self._response = self._characteristic(
            openearable.SCHEME_RESPONSE,
            notify=self.description_is_notified,
            read=(lambda: scheme.encode(self.scheme)) if self.description_is_readable else None,
        )
        battery = self._characteristic(
            GATT_BATTERY_LEVEL_CHARACTERISTIC, read=lambda: bytes((self.sensor.battery_percent,))
        )
        return [
            Service(openearable.SERVICE, [self._stream_characteristic, config]),
            Service(openearable.PARSE_INFO_SERVICE, [sensor_list, request, self._response]),
            Service(GATT_BATTERY_SERVICE, [battery]),
        ]

    @property
    def _data(self) -> Characteristic:
        return self._stream_characteristic

    def _on_subscription(self, _connection: Any, notify: bool, _indicate: bool) -> None:
        if not notify:
            self._stop_streaming()
        elif self._rate_hz is not None:
            self._start_streaming(self._rate_hz)

    def _on_config(self, data: bytes) -> None:
        if len(data) != 3:
            raise ATT_Error(_INVALID_LENGTH)
        sensor_id, rate_index, flags = data
        if sensor_id != self.scheme.sensor_id or flags & ~openearable.STREAM_FLAG:
            raise ATT_Error(_VALUE_NOT_ALLOWED)
        if flags & openearable.STREAM_FLAG:
            if rate_index > self.scheme.streamed:
                raise ATT_Error(_VALUE_NOT_ALLOWED)
            self._rate_hz = self.scheme.rates_hz[rate_index]
            self._start_streaming(self._rate_hz)
        else:
            self._forget_setup()
            self._stop_streaming()

    def _on_scheme_request(self, data: bytes) -> None:
        if len(data) != 1:
            raise ATT_Error(_INVALID_LENGTH)
        if data != bytes((self.scheme.sensor_id,)):
            raise ATT_Error(_VALUE_NOT_ALLOWED)
        if self.description_is_notified:
            self._notify(self._response, scheme.encode(self.scheme))

    def _encode(self, first: int, rate_hz: float, acc: FloatArray, gyr: FloatArray) -> Iterator[bytes]:
        stamp_us = round(1e6 * self._clock_s(first, rate_hz))
        yield openearable.encode_notification(stamp_us, acc, gyr, round(1e6 / rate_hz), self.scheme)

    def _forget_setup(self) -> None:
        self._rate_hz = None
