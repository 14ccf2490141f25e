"""bleak's scanner and client on a Bumble host: what the reader is given instead of the computer's Bluetooth.

bleak takes backends as classes (`backend=`), so `backends_for` binds an adapter to fresh subclasses.
"""

# ruff: noqa: ARG002 -- the signatures are those of bleak's base classes
from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar, TypeVar

from bleak.assigned_numbers import gatt_char_props_to_strs
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakError,
    BleakGATTProtocolError,
)
from bleak.uuids import normalize_uuid_str
from bumble import core, hci
from bumble.att import ATT_Error
from bumble.core import UUID, AdvertisingData
from bumble.device import Connection, Device, Peer

T = TypeVar("T")

_FIELD = AdvertisingData.Type
_NAMES = (_FIELD.COMPLETE_LOCAL_NAME, _FIELD.SHORTENED_LOCAL_NAME)
_SERVICE_WIDTHS = {
    _FIELD.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS: 2,
    _FIELD.INCOMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS: 2,
    _FIELD.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS: 16,
    _FIELD.INCOMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS: 16,
}
_ATT_MTU = 517


def _uuid(uuid: UUID) -> str:
    return normalize_uuid_str(uuid.to_hex_str("-"))


class VirtualAdapter:
    """What of the computer a backend stands on: a Bumble host that is powered on, and whether it may be used."""

    def __init__(self, host: Device) -> None:
        self.host = host
        self.on = True

    async def switch(self, on: bool) -> None:
        """Off: every connection ends at once, and neither scan nor connection begins."""
        self.on = on
        if not on:
            if self.host.is_scanning:
                await self.host.stop_scanning()
            for connection in list(self.host.connections.values()):
                await connection.disconnect()

    def check(self) -> None:
        """Raises BleakBluetoothNotAvailableError while it is off."""
        if not self.on:
            raise BleakBluetoothNotAvailableError(
                "the adapter is off (SIMULATED)", BleakBluetoothNotAvailableReason.POWERED_OFF
            )


class VirtualScanner(BaseBleakScanner):
    """Listens with the adapter that `backends_for` bound."""

    host: ClassVar[Device]
    adapter: ClassVar[VirtualAdapter]

    def __init__(self, detection_callback: Any, service_uuids: Any, scanning_mode: str, **kwargs: Any) -> None:
        super().__init__(detection_callback, service_uuids)
        self._active = scanning_mode == "active"

    async def start(self) -> None:
        self.adapter.check()
        self.seen_devices = {}
        first = not self.host.listeners("advertisement")
        self.host.on("advertisement", self._on_advertisement)
        if first:
            await self.host.start_scanning(active=self._active, filter_duplicates=False)

    async def stop(self) -> None:
        if self._on_advertisement not in self.host.listeners("advertisement"):
            return
        self.host.remove_listener("advertisement", self._on_advertisement)
        if not self.host.listeners("advertisement") and self.host.is_scanning:
            await self.host.stop_scanning()

    def _on_advertisement(self, heard: Any) -> None:
        name: str | None = None
        services: list[str] = []
        for kind, raw in heard.data.ad_structures:
            if kind in _NAMES:
                name = raw.decode("utf-8", "replace")
            elif width := _SERVICE_WIDTHS.get(kind):
                services += [_uuid(UUID.from_bytes(raw[i : i + width])) for i in range(0, len(raw), width)]
        if not self.is_allowed_uuid(services):
            return
        address = heard.address.to_string(False)
        data = AdvertisementData(name, {}, {}, services, None, heard.rssi, (heard,))
        device = self.create_or_update_device(address, address, name, heard.address, data)
        self.call_detection_callbacks(device, data)


class VirtualClient(BaseBleakClient):
    """One connection of the adapter that `backends_for` bound."""

    host: ClassVar[Device]
    adapter: ClassVar[VirtualAdapter]

    def __init__(self, address_or_ble_device: BLEDevice | str, **kwargs: Any) -> None:
        if not isinstance(address_or_ble_device, BLEDevice):
            raise BleakError("the virtual radio connects to devices found by a scan, not to addresses")
        wanted = kwargs.pop("services", None)
        super().__init__(address_or_ble_device, **kwargs)
        self._device = address_or_ble_device
        self._wanted_services: set[str] | None = wanted
        self._connection: Connection | None = None
        self._peer: Peer | None = None
        self._ended: asyncio.Future[None] | None = None
        self._subscriptions: dict[int, Callable[[bytes], None]] = {}

    # ------------------------------------------------------------------ connection

    @property
    def name(self) -> str:
        return self._device.name or self.address.replace(":", "-")

    @property
    def mtu_size(self) -> int:
        return self._connection.att_mtu if self._connection is not None else 23

    @property
    def is_connected(self) -> bool:
        return self._connection is not None

    async def connect(self, pair: bool, **kwargs: Any) -> None:
        if self._connection is not None:
            raise BleakError("already connected")
        self.adapter.check()
        try:
            async with asyncio.timeout(kwargs.get("timeout", self._timeout)):
                connection = await self._open()
                self._ended = asyncio.get_running_loop().create_future()
                self._connection = connection
                connection.on("disconnection", self._on_disconnection)
                try:
                    self._peer = Peer(connection)
                    await self._answer(self._peer.request_mtu(_ATT_MTU))
                    self.services = await self._answer(self._discover(self._peer))
                except BaseException:
                    await self.disconnect()
                    raise
        except core.TimeoutError as error:  # Bumble's own limit for an ATT request
            raise TimeoutError from error

    async def _open(self) -> Connection:
        pending = asyncio.ensure_future(self.host.connect(self._device.details, timeout=None))
        try:
            return await asyncio.shield(pending)
        except core.BaseBumbleError as error:
            raise BleakError(f"connection failed: {error}") from error
        except asyncio.CancelledError:
            # Given up by the caller: the controller has to be told, and may have connected in the meantime.
            await self.host.cancel_connection()
            await asyncio.wait({pending}, timeout=1.0)
            if not pending.done():
                pending.cancel()
            elif not pending.cancelled() and pending.exception() is None:
                await pending.result().disconnect()
            raise

    def _on_disconnection(self, _reason: int) -> None:
        self._connection = self._peer = self.services = None
        self._subscriptions.clear()
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(None)
        if self._disconnected_callback is not None:
            self._disconnected_callback()

    async def disconnect(self) -> None:
        connection, ended = self._connection, self._ended
        if connection is None or ended is None:
            return
        goodbye = asyncio.ensure_future(
            connection.disconnect(hci.HCI_ErrorCode.REMOTE_USER_TERMINATED_CONNECTION_ERROR)
        )
        try:
            # Bumble waits for ever when the link breaks in this very moment.
            await asyncio.wait({goodbye, ended}, timeout=5.0, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _end(goodbye)

    async def pair(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError("the virtual sensors need no pairing")

    async def unpair(self) -> None:
        raise NotImplementedError("the virtual sensors need no pairing")

    # ------------------------------------------------------------------ GATT

    def _live(self) -> Peer:
        if self._peer is None:
            raise BleakError("Not connected")
        return self._peer

    async def _answer(self, request: Awaitable[T]) -> T:
        """The result of one GATT request. A broken link is a BleakError: Bumble only cancels the request, which
        would look as if the app had cancelled its own task."""
        ended = self._ended
        assert ended is not None
        task = asyncio.ensure_future(request)
        either: list[asyncio.Future[Any]] = [task, ended]
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                raise BleakError("device disconnected")
            return task.result()
        except ATT_Error as error:
            raise BleakGATTProtocolError(error.error_code) from error
        finally:
            await _end(task)

    async def _discover(self, peer: Peer) -> BleakGATTServiceCollection:
        found = BleakGATTServiceCollection()
        for service in await peer.discover_services():
            uuid = _uuid(service.uuid)
            if self._wanted_services is not None and uuid not in self._wanted_services:
                continue
            its = BleakGATTService(service, service.handle, uuid)
            found.add_service(its)
            for characteristic in await service.discover_characteristics():
                one = BleakGATTCharacteristic(
                    characteristic,
                    characteristic.handle,
                    _uuid(characteristic.uuid),
                    list(gatt_char_props_to_strs(int(characteristic.properties))),
                    lambda: self.mtu_size - 3,
                    its,
                )
                found.add_characteristic(one)
                for descriptor in await characteristic.discover_descriptors():
                    found.add_descriptor(
                        BleakGATTDescriptor(descriptor, descriptor.handle, _uuid(descriptor.type), one)
                    )
        return found

    async def read_gatt_char(self, characteristic: BleakGATTCharacteristic, **kwargs: Any) -> bytearray:
        return bytearray(await self._answer(self._live().read_value(characteristic.obj)))

    async def read_gatt_descriptor(self, descriptor: BleakGATTDescriptor, **kwargs: Any) -> bytearray:
        return bytearray(await self._answer(self._live().read_value(descriptor.obj)))

    async def write_gatt_char(self, characteristic: BleakGATTCharacteristic, data: Any, response: bool) -> None:
        await self._answer(self._live().write_value(characteristic.obj, bytes(data), response))

    async def write_gatt_descriptor(self, descriptor: BleakGATTDescriptor, data: Any) -> None:
        await self._answer(self._live().write_value(descriptor.obj, bytes(data), True))

    async def start_notify(
        self, characteristic: BleakGATTCharacteristic, callback: Callable[[bytearray], None], **kwargs: Any
    ) -> None:
        peer = self._live()
        if characteristic.handle in self._subscriptions:
            raise BleakError("notifications were started before")

        def notified(value: bytes) -> None:
            callback(bytearray(value))

        self._subscriptions[characteristic.handle] = notified
        await self._answer(peer.subscribe(characteristic.obj, notified))

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        peer = self._live()
        notified = self._subscriptions.pop(characteristic.handle, None)
        if notified is not None:
            await self._answer(peer.unsubscribe(characteristic.obj, notified))


async def _end(task: asyncio.Future[Any]) -> None:
    """Leave nothing running, and no result that nobody asked for."""
    if not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=1.0)
    if task.done() and not task.cancelled():
        task.exception()


def backends_for(adapter: VirtualAdapter) -> tuple[type[VirtualScanner], type[VirtualClient]]:
    """Scanner and client classes bound to an adapter."""
    bound = {"adapter": adapter, "host": adapter.host}
    return type("VirtualScanner", (VirtualScanner,), bound), type("VirtualClient", (VirtualClient,), bound)
