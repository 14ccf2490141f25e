"""A virtual sensor: a Bumble GATT server that measures a `MotionFeed` and sends what a device family would send.

`VirtualPeripheral` holds what all families share: advertising, the battery, pacing in real time with catch-up, an
own clock that runs a little wrong, and the faults a device can have. The families' own layouts are in
`monitor.simulator.families`.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import math
import random
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar, TypeAlias

from bumble import data_types
from bumble.att import ATT_Error
from bumble.core import AdvertisingData, BaseBumbleError
from bumble.device import Connection, Device, DeviceConfiguration
from bumble.gatt import Characteristic, CharacteristicValue, Service
from bumble.hci import Address, HCI_ErrorCode
from bumble.transport.common import AsyncPipeSink

from monitor.simulator.att_troubles import ERROR_UNLIKELY, AttTroubles
from monitor.simulator.motion import MotionFeed, Timeline, rows_at
from monitor.simulator.radio import VirtualAir, VirtualController
from monitor.simulator.tampering import Tamper, untouched
from monitor.values import FloatArray

_log = logging.getLogger(__name__)

Outgoing: TypeAlias = bytes | tuple[Characteristic, bytes]

_ADVERTISING_INTERVAL_MS = 30
LAST_EXCHANGE_S = 0.5
_CATCH_UP_S = 5.0
"""A computer that slept does not send hours of samples at once: older ones are skipped, as by a full buffer."""


@dataclass(frozen=True, slots=True)
class VirtualSensor:
    """A sensor to simulate. `key` names it to the fault controls; `family` is a key of the sensor registry.

    The device's clock gains `clock_ppm` millionths and reads `clock_offset_s` when the device is switched on.
    """

    key: str
    family: str
    feed: MotionFeed
    name: str = ""
    """Advertised; empty = one that fits the family. At most 26 bytes."""
    address: str = ""
    """Empty = one that depends on the place in the list of sensors."""
    battery_percent: int = 87
    clock_ppm: float = 0.0
    clock_offset_s: float = 0.0
    samples_per_notification: int = 0
    """0 = what is usual for the family."""
    rate_scale: float = 1.0
    """What it samples at, by its own clock, as a multiple of the rate that it was asked for."""
    att_mtu: int = 247
    """The most that it takes part in, 23 to 517."""
    rssi_dbm: int = -60

    def __post_init__(self) -> None:
        if len(self.name.encode()) > 26:
            raise ValueError(f"an advertised name has at most 26 bytes: {self.name!r}")
        if not 0 <= self.battery_percent <= 100 or self.samples_per_notification < 0:
            raise ValueError(f"{self.key}: impossible battery level or notification size")
        if not (0.5 <= self.rate_scale <= 2 and 23 <= self.att_mtu <= 517):
            raise ValueError(f"{self.key}: impossible rate or MTU")
        if not (abs(self.clock_ppm) <= 50_000 and self.clock_offset_s >= 0 and math.isfinite(self.clock_offset_s)):
            raise ValueError(f"{self.key}: impossible clock")


class SampleLoss:
    """Notifications that a device never sends, as by a full buffer: `fraction` of all, in bursts (Gilbert's model)."""

    def __init__(self, fraction: float = 0.0, mean_burst: float = 3.0, seed: int = 1) -> None:
        if not (0 <= fraction <= 0.9 and mean_burst >= 1):
            raise ValueError(f"cannot lose {fraction!r} of the samples in bursts of {mean_burst!r}")
        self._begin = min(1.0, fraction / (mean_burst * (1 - fraction)))
        self._end = 1 / mean_burst
        self._losing = False
        self._random = random.Random(seed)

    def next_is_lost(self) -> bool:
        """Whether the next one is lost."""
        self._losing = self._random.random() < ((1 - self._end) if self._losing else self._begin)
        return self._losing


class VirtualPeripheral(ABC):
    """One virtual sensor. Lives in one event loop; the fault methods must be called within it."""

    default_name: ClassVar[str]
    usual_samples_per_notification: ClassVar[int]

    def __init__(self, sensor: VirtualSensor, address: str, air: VirtualAir, timeline: Timeline) -> None:
        self.sensor = sensor
        self.name = sensor.name or self.default_name
        self.address = address
        self.commands: list[bytes] = []
        """What was written to the sensor, oldest first."""
        self.sent: deque[tuple[int, int]] = deque(maxlen=100_000)
        """First sample number and count of the newest notifications."""
        self.loss = SampleLoss()
        self.tamper: Tamper = untouched
        self._per_notification = sensor.samples_per_notification or self.usual_samples_per_notification
        self._timeline = timeline
        self._air = air
        self._refusals = 0
        self._silent = False
        self._booted_s = 0.0
        self._connection: Connection | None = None
        self._streaming: asyncio.Task[None] | None = None
        self._closed = False
        self._tasks: set[asyncio.Task[Any]] = set()
        self.controller = VirtualController(sensor.key, air)
        self.controller.transmit_rssi_dbm = sensor.rssi_dbm
        air.add_peripheral(self.controller)
        self._device = self._make_device()

    def _make_device(self) -> Device:
        device = Device.from_config_with_hci(
            DeviceConfiguration(
                name=self.name,
                address=Address(self.address),
                advertising_interval_min=_ADVERTISING_INTERVAL_MS,
                advertising_interval_max=_ADVERTISING_INTERVAL_MS,
            ),
            self.controller,
            AsyncPipeSink(self.controller),
        )
        device.gatt_server.max_mtu = self.sensor.att_mtu
        self.troubles = AttTroubles(device.gatt_server, self.hang_up)
        device.add_services(self._services())
        flags = AdvertisingData.Flags.LE_GENERAL_DISCOVERABLE_MODE | AdvertisingData.Flags.BR_EDR_NOT_SUPPORTED
        device.advertising_data = bytes(
            AdvertisingData([data_types.Flags(flags), data_types.CompleteLocalName(self.name)])
        )
        device.on("connection", self._on_connection)
        return device

    # ------------------------------------------------------------------ what a family adds

    @abstractmethod
    def _services(self) -> list[Service]:
        """The GATT layout."""

    @abstractmethod
    def _encode(self, first: int, rate_hz: float, acc: FloatArray, gyr: FloatArray) -> Iterator[Outgoing]:
        """Notifications for the samples first ... first + n - 1; `acc` and `gyr` (n, 3), n >= 1.

        Each goes out on the data characteristic, or on the one that stands before it.
        """

    @property
    @abstractmethod
    def _data(self) -> Characteristic:
        """The characteristic whose notifications carry the samples."""

    @abstractmethod
    def _forget_setup(self) -> None:
        """Back to how the device is after switching on; called on a restart and when the central is gone."""

    # ------------------------------------------------------------------ life

    async def start(self) -> None:
        """Switch on: advertise."""
        await self._device.power_on()
        await self._device.start_advertising(auto_restart=False)

    async def close(self) -> None:
        """Switch off for good."""
        self._closed = True
        self._stop_streaming()
        # An exchange with the controller that is under way ends by itself; broken off, its answer would find nobody.
        if tasks := [*self._tasks]:
            await asyncio.wait(tasks, timeout=LAST_EXCHANGE_S)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._device.power_off()

    @property
    def is_streaming(self) -> bool:
        """Samples are on their way to a central."""
        return self._streaming is not None

    # ------------------------------------------------------------------ faults of the device

    def hang_up(self) -> None:
        """Disconnect, as a sensor does that is switched to another host."""
        if self._connection is not None:
            self._keep(self._connection.disconnect(HCI_ErrorCode.REMOTE_USER_TERMINATED_CONNECTION_ERROR))

    def set_silent(self, silent: bool) -> None:
        """Stay connected and answer, but send no data."""
        self._silent = silent

    def reboot(self) -> None:
        """Restart: the link dies without a goodbye, and the device's clock starts anew."""
        self._stop_streaming()
        self._booted_s = self._timeline.now_s() * self._clock_rate
        self._forget_setup()

    def refuse(self, times: int) -> None:
        """Answer the next commands with an ATT error."""
        self._refusals = times

    def set_battery(self, percent: int) -> None:
        """What it tells of its battery from now on."""
        self.sensor = replace(self.sensor, battery_percent=percent)

    # ------------------------------------------------------------------ for the families

    def _characteristic(
        self,
        uuid: str,
        *,
        notify: bool = False,
        indicate: bool = False,
        read: Callable[[], bytes] | None = None,
        write: Callable[[bytes], None] | None = None,
    ) -> Characteristic:
        properties, permissions = Characteristic.Properties(0), Characteristic.Permissions(0)
        if notify:
            properties |= Characteristic.Properties.NOTIFY
        if indicate:
            properties |= Characteristic.Properties.INDICATE
        if read is not None:
            properties |= Characteristic.Properties.READ
            permissions |= Characteristic.READABLE
        if write is not None:
            properties |= Characteristic.Properties.WRITE | Characteristic.Properties.WRITE_WITHOUT_RESPONSE
            permissions |= Characteristic.WRITEABLE
        value = CharacteristicValue(
            read=None if read is None else functools.partial(_ignoring_connection, read),
            write=None if write is None else functools.partial(self._command, write),
        )
        return Characteristic(uuid, properties, permissions, value)

    def _command(self, act: Callable[[bytes], None], _connection: Connection, data: bytes) -> None:
        data = bytes(data)
        self.commands.append(data)
        if self._refusals > 0:
            self._refusals -= 1
            raise ATT_Error(ERROR_UNLIKELY)
        act(data)

    def _notify(self, characteristic: Characteristic, payload: bytes) -> None:
        """Send one notification soon; for answers to commands."""
        if self._connection is not None:
            self._keep(self._device.notify_subscriber(self._connection, characteristic, payload))

    def _start_streaming(self, rate_hz: float) -> None:
        """Measure and send from now on, at a rate by the device's own clock."""
        self._stop_streaming()
        if self._connection is not None:
            self._timeline.start()
            self._streaming = self._keep(self._stream(self._connection, rate_hz * self.sensor.rate_scale))

    def _stop_streaming(self) -> None:
        if self._streaming is not None:
            self._streaming.cancel()
            self._streaming = None

    def _clock_s(self, index: int, rate_hz: float) -> float:
        """What the device's clock reads when it measures sample number `index`."""
        return self.sensor.clock_offset_s + index / rate_hz - self._booted_s

    # ------------------------------------------------------------------ inside

    @property
    def _clock_rate(self) -> float:
        return 1 + self.sensor.clock_ppm * 1e-6

    async def _stream(self, connection: Connection, rate_hz: float) -> None:
        true_rate_hz = rate_hz * self._clock_rate
        n = self._per_notification
        index = math.ceil(self._timeline.now_s() * true_rate_hz)
        while True:
            due = self._timeline.now_s() * true_rate_hz
            index = max(index, math.floor(due - _CATCH_UP_S * true_rate_hz))
            while index + n <= due + 1:  # sample 0 is measured at the very start
                acc, gyr = rows_at(self.sensor.feed, index, n, rate_hz)
                if len(acc) == 0:
                    return  # the motion has ended: the sensor lies still in a drawer
                if not self._silent and not self.loss.next_is_lost():
                    for outgoing in self._encode(index, rate_hz, acc, gyr):
                        channel, payload = (self._data, outgoing) if isinstance(outgoing, bytes) else outgoing
                        for sent in self.tamper(payload):
                            await self._device.notify_subscriber(connection, channel, sent)
                    self.sent.append((index, len(acc)))
                index += n
            await asyncio.sleep(max(0.001, (index + n - 1) / true_rate_hz - self._timeline.now_s()))

    def _keep(self, work: Any) -> asyncio.Task[Any]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        return task

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, BaseBumbleError):  # those: the link broke, part of the game
            _log.error("the virtual sensor %s failed", self.sensor.key, exc_info=error)

    def _on_connection(self, connection: Connection) -> None:
        self._connection = connection
        self.troubles.connected()
        connection.on("disconnection", self._on_disconnection)

    def _on_disconnection(self, _reason: int) -> None:
        self._connection = None
        self._stop_streaming()
        self._forget_setup()
        if not self._closed:
            self._keep(self._device.start_advertising(auto_restart=False))


def _ignoring_connection(read: Callable[[], bytes], _connection: Connection) -> bytes:
    return read()
