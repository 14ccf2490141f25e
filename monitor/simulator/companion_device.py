"""What virtual treadmills, foot pods and heart straps share: announced by service, one message per beat of a script.

They measure no motion, so they play a feed that lies still; what they say comes from a script of their own.
"""

# ruff: noqa: ARG002 -- no motion, so what the feed measures is of no use
from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
from bumble import data_types
from bumble.core import UUID, AdvertisingData
from bumble.device import Device
from bumble.gatt import Characteristic

from monitor.simulator.motion import ArrayFeed
from monitor.simulator.peripheral import VirtualPeripheral
from monitor.values import FloatArray

LONGEST_NAME = 22
"""Bytes that are left beside the announced service."""


def still(rate_hz: float) -> ArrayFeed:
    """Motion of a thing that lies still, at the rate of its messages."""
    return ArrayFeed(np.zeros((1, 3)), np.zeros((1, 3)), rate_hz, loop=True)


class VirtualCompanion(VirtualPeripheral):
    """Sends once subscribed, as the standard profiles do; there is nothing to set up."""

    usual_samples_per_notification = 1
    announces: ClassVar[str]
    """The 16-bit service that it announces, as a 128-bit UUID."""

    @abstractmethod
    def _messages(self, t_s: float) -> Iterator[bytes]:
        """Notifications of the data characteristic at this time of the run."""

    def _make_device(self) -> Device:
        if len(self.name.encode()) > LONGEST_NAME:
            raise ValueError(f"beside a service, an advertised name has at most {LONGEST_NAME} bytes: {self.name!r}")
        device = super()._make_device()
        flags = AdvertisingData.Flags.LE_GENERAL_DISCOVERABLE_MODE | AdvertisingData.Flags.BR_EDR_NOT_SUPPORTED
        number = int(self.announces[4:8], 16)
        device.advertising_data = bytes(
            AdvertisingData(
                [
                    data_types.Flags(flags),
                    data_types.IncompleteListOf16BitServiceUUIDs([UUID.from_16_bits(number)]),
                    data_types.CompleteLocalName(self.name),
                ]
            )
        )
        return device

    def _data_characteristic(self, uuid: str) -> Characteristic:
        """The one that streams while it is subscribed to."""
        self._stream_characteristic = self._characteristic(uuid, notify=True)
        self._stream_characteristic.on("subscription", self._on_subscription)
        return self._stream_characteristic

    @property
    def _data(self) -> Characteristic:
        return self._stream_characteristic

    def _on_subscription(self, _connection: Any, notify: bool, _indicate: bool) -> None:
        if notify:
            self._start_streaming(self.sensor.feed.rate_hz)
        else:
            self._stop_streaming()

    def _encode(self, first: int, rate_hz: float, acc: FloatArray, gyr: FloatArray) -> Iterator[bytes]:
        yield from self._messages(first / rate_hz)

    def _forget_setup(self) -> None:
        """There is no set-up to forget."""
