"""A virtual Movesense sensor: subscriptions by path, blocks stamped in whole milliseconds, parts where they must."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from bumble.device import Device
from bumble.gatt import Characteristic, Service

from monitor.errors import DecodeError
from monitor.sensors import gsp, movesense_decoder
from monitor.sensors.gsp import Op, Quantity, Response, Subscription
from monitor.simulator.peripheral import VirtualPeripheral
from monitor.values import FloatArray

_OK, _NOT_FOUND, _CONFLICT = 200, 404, 409
_ATT_HEAD = 3
"""Bytes of a notification besides its value."""
_STEPS = {Quantity.ACC: movesense_decoder.ACC_STEP, Quantity.GYR: movesense_decoder.GYR_STEP}


class MovesensePeripheral(VirtualPeripheral):
    """All its subscriptions stream at one rate; one at another rate is a conflict. It measures in its chip's steps."""

    default_name = "Movesense SIMULATED"
    usual_samples_per_notification = 0
    """As many as a block of the subscribed rate has."""
    largest_mtu = 161
    """The most that the device agrees to."""
    largest_notification = 512
    """It parts blocks at this size, or at what the link carries."""
    known_rates_hz = gsp.RATES_HZ

    def _make_device(self) -> Device:
        device = super()._make_device()
        device.gatt_server.max_mtu = min(self.sensor.att_mtu, self.largest_mtu)
        return device

    def _services(self) -> list[Service]:
        self._subscribed: dict[int, Subscription] = {}
        self._notify_characteristic = self._characteristic(gsp.DATA, notify=True)
        commands = self._characteristic(gsp.COMMAND, write=self._on_command)
        return [Service(gsp.SERVICE, [commands, self._notify_characteristic])]

    @property
    def _data(self) -> Characteristic:
        return self._notify_characteristic

    def _answer(self, reference: int, content: bytes) -> None:
        self._notify(self._data, bytes((Response.ANSWER, reference)) + content)

    def _on_command(self, data: bytes) -> None:
        if len(data) < gsp.HEAD:
            return
        op, reference, path = data[0], data[1], data[gsp.HEAD :].rstrip(b"\0").decode("ascii", "replace")
        if op == Op.HELLO:
            texts = ("000000000000", "SIMULATED", "00-00-00-00-00-00", "SIMULATED", "2.3.0")
            self._answer(reference, b"\x01" + b"".join(text.encode() + b"\0" for text in texts))
        elif op == Op.SUBSCRIBE:
            self._answer(reference, self._subscribe(reference, path).to_bytes(2, "little"))
        elif op == Op.UNSUBSCRIBE:
            known = self._subscribed.pop(reference, None) is not None
            self._answer(reference, (_OK if known else _NOT_FOUND).to_bytes(2, "little"))
            if not self._subscribed:
                self._stop_streaming()
        elif op == Op.GET and path == gsp.ENERGY_LEVEL:
            self._answer(reference, _OK.to_bytes(2, "little") + bytes((self.sensor.battery_percent,)))
        else:
            self._answer(reference, _NOT_FOUND.to_bytes(2, "little"))

    def _subscribe(self, reference: int, path: str) -> int:
        try:
            wanted = gsp.subscription(reference, path)
        except DecodeError:
            return _NOT_FOUND
        if wanted.rate_hz not in self.known_rates_hz or Quantity.MAG in wanted.quantities:
            return _NOT_FOUND
        if any(other.rate_hz != wanted.rate_hz for other in self._subscribed.values()):
            return _CONFLICT
        self._subscribed[reference] = wanted
        if not self.is_streaming:
            self._per_notification = self.sensor.samples_per_notification or wanted.usual_samples
            self._start_streaming(wanted.rate_hz)
        return _OK

    def _encode(self, first: int, rate_hz: float, acc: FloatArray, gyr: FloatArray) -> Iterator[bytes]:
        t_ms = int(1000 * self._clock_s(first, rate_hz))
        vectors = {Quantity.ACC: _measured(Quantity.ACC, acc), Quantity.GYR: np.degrees(_measured(Quantity.GYR, gyr))}
        carried = self._connection.att_mtu if self._connection is not None else self.largest_mtu
        size = min(carried - _ATT_HEAD, self.largest_notification)
        for reference, each in sorted(self._subscribed.items()):
            body = gsp.encode_block(t_ms, [vectors[quantity] for quantity in each.quantities])
            yield from gsp.in_notifications(reference, body, size)

    def _forget_setup(self) -> None:
        self._subscribed = {}


def _measured(quantity: Quantity, si: FloatArray) -> FloatArray:
    """As the sensor's chip gives it."""
    counts = np.clip(np.rint(si / _STEPS[quantity]), -movesense_decoder.LAST_COUNT, movesense_decoder.LAST_COUNT)
    return np.asarray(counts * _STEPS[quantity], np.float64)
