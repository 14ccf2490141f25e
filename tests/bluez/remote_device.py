"""One device as our org.bluez knows it: from its announcement to its GATT objects, over a Bumble host."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from typing import Any

from bleak.assigned_numbers import gatt_char_props_to_strs
from bleak.uuids import normalize_uuid_str
from bumble.core import UUID, BaseBumbleError
from bumble.core import TimeoutError as BumbleTimeoutError
from bumble.device import Connection, Device, Peer

from tests.bluez.object_tree import CHARACTERISTIC, DESCRIPTOR, DEVICE, SERVICE, ObjectTree
from tests.bluez.refusal import RefusalError

_ATT_MTU = 517
_CONNECT_S = 20.0
"""The kernel gives up after this long."""
_FD_TAKEN_S = 1.0


def _uuid(uuid: UUID) -> str:
    return normalize_uuid_str(uuid.to_hex_str("-"))


class RemoteDevice:
    """What Device1, GattCharacteristic1 and GattDescriptor1 do; `path` is its own in the tree."""

    def __init__(self, path: str, address: Any, host: Device, tree: ObjectTree) -> None:
        self.path = path
        self._address = address
        self._host = host
        self._tree = tree
        self._connecting = False
        self._connection: Connection | None = None
        self._peer: Peer | None = None
        self._resolving: asyncio.Task[None] | None = None
        self._attributes: dict[str, Any] = {}
        self._subscribers: dict[str, Callable[[bytes], None]] = {}
        self._sockets: dict[str, socket.socket] = {}

    # ------------------------------------------------------------------ Device1

    async def connect(self) -> None:
        """Answers when the link is up; the services are resolved afterwards."""
        if self._connecting:
            raise RefusalError("org.bluez.Error.InProgress", "Operation already in progress")
        if self._connection is not None:
            return
        self._connecting = True
        try:
            connection = await self._host.connect(self._address, timeout=_CONNECT_S)
        except (BumbleTimeoutError, asyncio.CancelledError) as error:
            raise RefusalError("org.bluez.Error.Failed", "le-connection-abort-by-local") from error
        except BaseBumbleError as error:
            raise RefusalError("org.bluez.Error.Failed", "le-connection-abort-by-peer") from error
        finally:
            self._connecting = False
        self._connection = connection
        connection.on("disconnection", lambda _: self.lost())
        self._tree.change(self.path, DEVICE, Connected=True)
        self._resolving = asyncio.ensure_future(self._resolve(connection))

    async def resolved(self) -> None:
        """Until the services are known after `connect`."""
        if self._resolving is not None:
            await asyncio.wait({self._resolving})

    async def disconnect(self) -> None:
        """Also cancels a connecting that is under way."""
        if self._connection is not None:
            await self._connection.disconnect()
        elif self._connecting:
            await self._host.cancel_connection()
        else:
            raise RefusalError("org.bluez.Error.NotConnected", "Not Connected")

    def lost(self) -> None:
        """The link is gone, whoever ended it."""
        self.let_go()
        self._tree.change(self.path, DEVICE, Connected=False, ServicesResolved=False)
        for path in self._tree.paths(SERVICE, f"{self.path}/"):
            self._tree.remove(path)

    def let_go(self) -> None:
        """Forget the connection and tell nobody."""
        self._connection = self._peer = None
        self._attributes.clear()
        self._subscribers.clear()
        for path in list(self._sockets):
            self._close(path)
        if self._resolving is not None:
            self._resolving.cancel()

    async def _resolve(self, connection: Connection) -> None:
        """MTU, discovery, GATT objects, ServicesResolved."""
        try:
            peer = self._peer = Peer(connection)
            await peer.request_mtu(_ATT_MTU)
            uuids = []
            for service in await peer.discover_services():
                at = f"{self.path}/service{service.handle:04x}"
                uuids.append(_uuid(service.uuid))
                self._tree.add(at, SERVICE, UUID=uuids[-1], Device=self.path, Primary=True, Includes=[])
                for characteristic in await service.discover_characteristics():
                    await self._show(at, characteristic, connection.att_mtu)
            self._tree.change(self.path, DEVICE, ServicesResolved=True, UUIDs=uuids)
        except BaseBumbleError:
            return  # the link broke meanwhile, and that is told elsewhere

    async def _show(self, service: str, characteristic: Any, mtu: int) -> None:
        at = f"{service}/char{characteristic.handle:04x}"
        flags = sorted(gatt_char_props_to_strs(int(characteristic.properties)))
        notifies = {"Notifying": False, "NotifyAcquired": False} if {"notify", "indicate"} & set(flags) else {}
        self._attributes[at] = characteristic
        self._tree.add(
            at, CHARACTERISTIC,
            UUID=_uuid(characteristic.uuid), Service=service, Value=b"", Flags=flags, MTU=mtu, **notifies,
        )  # fmt: skip
        for descriptor in await characteristic.discover_descriptors():
            below = f"{at}/desc{descriptor.handle:04x}"
            self._attributes[below] = descriptor
            self._tree.add(below, DESCRIPTOR, UUID=_uuid(descriptor.type), Characteristic=at, Value=b"")

    # ------------------------------------------------------------------ GATT

    def _live(self, path: str) -> tuple[Peer, Any]:
        if self._peer is None or path not in self._attributes:
            raise RefusalError("org.bluez.Error.Failed", "Not connected")
        return self._peer, self._attributes[path]

    async def read(self, path: str) -> bytes:
        """ReadValue of a characteristic or a descriptor."""
        peer, attribute = self._live(path)
        return bytes(await peer.read_value(attribute))

    async def write(self, path: str, value: bytes, *, answered: bool) -> None:
        """WriteValue."""
        peer, attribute = self._live(path)
        await peer.write_value(attribute, value, with_response=answered)

    async def start_notify(self, path: str) -> None:
        """StartNotify: each value becomes a change of the property `Value`."""
        peer, characteristic = self._live(path)

        def changed(value: bytes) -> None:
            self._tree.change(path, CHARACTERISTIC, Value=bytes(value))

        self._subscribers[path] = changed
        await peer.subscribe(characteristic, changed)
        self._tree.change(path, CHARACTERISTIC, Notifying=True)

    async def stop_notify(self, path: str) -> None:
        """StopNotify."""
        peer, characteristic = self._live(path)
        if subscriber := self._subscribers.pop(path, None):
            await peer.unsubscribe(characteristic, subscriber)
        self._tree.change(path, CHARACTERISTIC, Notifying=False)

    async def acquire_notify(self, path: str) -> tuple[int, int]:
        """AcquireNotify: each value becomes a message of a socket; its descriptor, and the ATT MTU."""
        peer, characteristic = self._live(path)
        if path in self._sockets:
            raise RefusalError("org.bluez.Error.NotPermitted", "Notify acquired")
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        self._sockets[path] = ours

        def arrived(value: bytes) -> None:
            try:
                ours.send(bytes(value))
            except OSError:  # the client has closed its end, or does not keep up: BlueZ drops as well
                return

        def readable() -> None:
            if not ours.recv(1):
                self._close(path)
                self._tree.change(path, CHARACTERISTIC, NotifyAcquired=False)

        loop = asyncio.get_running_loop()
        loop.add_reader(ours, readable)
        try:
            await peer.subscribe(characteristic, arrived)
        except BaseException:
            self._close(path)
            theirs.close()
            raise
        self._tree.change(path, CHARACTERISTIC, NotifyAcquired=True)
        descriptor = theirs.detach()
        loop.call_later(_FD_TAKEN_S, os.close, descriptor)  # by then the answer went out with a copy of it
        return descriptor, peer.connection.att_mtu

    def _close(self, path: str) -> None:
        ours = self._sockets.pop(path)
        asyncio.get_running_loop().remove_reader(ours)  # before closing: the number is used again
        ours.close()
