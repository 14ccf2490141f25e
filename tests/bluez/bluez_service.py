"""A small bluetoothd: serves org.bluez on a private bus; its adapter is a Bumble host on the virtual air.

    bleak's own Linux backend -> D-Bus -> this -> Bumble's ATT, L2CAP, HCI -> virtual controller

It serves what bleak 3.1 calls and no more, by our reading of BlueZ's API documents; it is no proof about BlueZ.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from bumble.att import ATT_Error
from bumble.core import BaseBumbleError
from bumble.device import Device
from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

from tests.bluez.announcement import announced
from tests.bluez.object_tree import (
    ADAPTER,
    CHARACTERISTIC,
    DESCRIPTOR,
    DEVICE,
    OBJECT_MANAGER,
    ObjectTree,
)
from tests.bluez.refusal import RefusalError, of_att
from tests.bluez.remote_device import RemoteDevice

HCI0 = "/org/bluez/hci0"
_NAME = "org.bluez"
_STANDARD = ("org.freedesktop.DBus.Peer", "org.freedesktop.DBus.Introspectable")
_RSSI_STEP_DB = 8
"""BlueZ tells a signal strength again only when it has changed by this much."""
_FLEETING_S = 0.05

Answer: TypeAlias = tuple[str, list[Any], list[int]] | None
Handler: TypeAlias = Callable[..., Awaitable[Answer]]


class BluezService:
    """`start` and `stop` it; the other public methods are its troubles. Lives in one event loop."""

    def __init__(self, host: Device) -> None:
        self.calls: list[str] = []
        """Members that were called, oldest first."""
        self.refusals: dict[str, list[RefusalError]] = defaultdict(list)
        """By member: what its next calls are answered with."""
        self._host = host
        self._tree = ObjectTree(self._send)
        self._devices: dict[str, RemoteDevice] = {}
        self._seekers: set[str] = set()
        self._bus: MessageBus | None = None
        self._hung = False
        self._waiting: list[Message] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._handlers: dict[tuple[str, str], Handler] = {
            (OBJECT_MANAGER, "GetManagedObjects"): self._managed,
            (ADAPTER, "SetDiscoveryFilter"): self._set_filter,
            (ADAPTER, "StartDiscovery"): self._start_discovery,
            (ADAPTER, "StopDiscovery"): self._stop_discovery,
            (DEVICE, "Connect"): self._connect,
            (DEVICE, "Disconnect"): self._disconnect,
            (CHARACTERISTIC, "ReadValue"): self._read,
            (DESCRIPTOR, "ReadValue"): self._read,
            (CHARACTERISTIC, "WriteValue"): self._write,
            (CHARACTERISTIC, "StartNotify"): self._start_notify,
            (CHARACTERISTIC, "StopNotify"): self._stop_notify,
            (CHARACTERISTIC, "AcquireNotify"): self._acquire_notify,
        }

    # ------------------------------------------------------------------ life and troubles

    async def start(self, address: str) -> None:
        """Appear on the bus with an adapter that is switched on."""
        self._bus = MessageBus(bus_address=address, negotiate_unix_fd=True)
        await self._bus.connect()
        self._bus.add_message_handler(self._on_message)
        await self._bus.request_name(_NAME)
        self._host.on("advertisement", self._on_advertisement)
        self.plug_in()

    async def stop(self) -> None:
        """End without a word on the bus, as when it crashes: the kernel closes its links."""
        self._hung = False
        self._waiting.clear()
        bus, self._bus = self._bus, None
        if bus is not None:
            self._host.remove_listener("advertisement", self._on_advertisement)
            bus.disconnect()
            with contextlib.suppress(OSError, EOFError):  # the bus was gone already
                await bus.wait_for_disconnect()
        self._seekers.clear()
        self._tree.forget_all()
        for device in self._devices.values():
            device.let_go()
        self._devices.clear()
        await self._silence()
        for task in [*self._tasks]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def hang(self) -> None:
        """Answer no call and tell nothing, but keep the name."""
        self._hung = True

    def come_round(self) -> None:
        """End `hang`, and work off the calls that waited."""
        self._hung = False
        waiting, self._waiting = self._waiting, []
        for call in waiting:
            self._begin(call)

    async def power(self, on: bool) -> None:
        """Switch the adapter on or off."""
        if not on:
            self._seekers.clear()
            await self._silence()
            self._end_discovery()
        self._tree.change(HCI0, ADAPTER, Powered=on)

    async def unplug(self) -> None:
        """The adapter is pulled out."""
        self._seekers.clear()
        await self._silence()
        self._devices.clear()
        self._tree.remove(HCI0)

    def plug_in(self) -> None:
        """The adapter is there, and on."""
        self._tree.add(
            HCI0, ADAPTER,
            Address="F0:F0:F0:F0:F0:F0", Name="SIMULATED", Alias="SIMULATED", Powered=True, Discovering=False,
            UUIDs=[], Roles=["central"],
        )  # fmt: skip

    async def hold(self, address: str) -> None:
        """A device is found and connected before any program asks for it."""
        path = _path(address)
        await self._host.start_scanning(filter_duplicates=False)
        while path not in self._tree:
            await asyncio.sleep(0.01)
        await self._host.stop_scanning()
        self._tree.change(path, DEVICE, dropped=["RSSI"])
        await self._devices[path].connect()
        await self._devices[path].resolved()

    async def _silence(self) -> None:
        """No scan and no link any more."""
        if self._host.is_scanning:
            await self._host.stop_scanning()
        if self._host.is_le_connecting:
            await self._host.cancel_connection()
        for connection in list(self._host.connections.values()):
            await connection.disconnect()

    # ------------------------------------------------------------------ the bus

    def _send(self, message: Message) -> None:
        if self._bus is not None and self._bus.connected and not self._hung:
            self._bus.send(message)

    def _on_message(self, message: Message) -> bool:
        if self._bus is None or message.message_type != MessageType.METHOD_CALL:
            return False
        if message.destination not in (_NAME, self._bus.unique_name) or message.interface in _STANDARD:
            return False
        if self._hung:
            self._waiting.append(message)
        else:
            self._begin(message)
        return True

    def _begin(self, call: Message) -> None:
        task = asyncio.ensure_future(self._answer(call))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, call: Message) -> None:
        member = call.member or ""
        self.calls.append(member)
        try:
            if self.refusals[member]:
                raise self.refusals[member].pop(0)
            handler = self._handlers.get((call.interface or "", member))
            if handler is None:
                raise RefusalError("org.freedesktop.DBus.Error.UnknownMethod", f"{call.interface}.{member}")
            if call.path != "/" and call.path not in self._tree:
                raise RefusalError("org.freedesktop.DBus.Error.UnknownObject", str(call.path))
            signature, body, descriptors = await handler(call, *call.body) or ("", [], [])
            self._send(Message.new_method_return(call, signature, body, descriptors))
        except ATT_Error as error:
            self._refuse(call, of_att(error))
        except RefusalError as refusal:
            self._refuse(call, refusal)
        except (BaseBumbleError, asyncio.CancelledError) as error:
            self._refuse(call, RefusalError("org.bluez.Error.Failed", repr(error)))

    def _refuse(self, call: Message, refusal: RefusalError) -> None:
        if refusal.text == "le-connection-abort-by-local" and call.path:  # the link was up for a moment
            self._tree.change(call.path, DEVICE, Connected=True)
            asyncio.get_running_loop().call_later(_FLEETING_S, self._fallen, call.path)
        self._send(Message.new_error(call, refusal.name, refusal.text))

    def _fallen(self, path: str) -> None:
        self._tree.change(path, DEVICE, Connected=False)

    # ------------------------------------------------------------------ Adapter1

    async def _managed(self, _: Message) -> Answer:
        return "a{oa{sa{sv}}}", [self._tree.managed()], []

    async def _set_filter(self, _: Message, __: dict[str, Any]) -> Answer:
        return None

    def _needs_power(self) -> None:
        if not self._tree.get(HCI0, ADAPTER, "Powered"):
            raise RefusalError("org.bluez.Error.NotReady", "Resource Not Ready")

    async def _start_discovery(self, call: Message) -> Answer:
        self._needs_power()
        if call.sender in self._seekers:
            raise RefusalError("org.bluez.Error.InProgress", "Operation already in progress")
        self._seekers.add(str(call.sender))
        if not self._host.is_scanning:
            await self._host.start_scanning(filter_duplicates=False)
            self._tree.change(HCI0, ADAPTER, Discovering=True)
        return None

    async def _stop_discovery(self, call: Message) -> Answer:
        self._needs_power()
        if call.sender not in self._seekers:
            raise RefusalError("org.bluez.Error.Failed", "No discovery started")
        self._seekers.remove(str(call.sender))
        if not self._seekers:
            await self._host.stop_scanning()
            self._end_discovery()
        return None

    def _end_discovery(self) -> None:
        """With it ends what is known of signal strengths."""
        self._tree.change(HCI0, ADAPTER, Discovering=False)
        for path in self._tree.paths(DEVICE):
            self._tree.change(path, DEVICE, dropped=["RSSI"])

    def _on_advertisement(self, heard: Any) -> None:
        address = heard.address.to_string(False)
        path = _path(address)
        said = announced(heard)
        if path not in self._tree:
            self._devices[path] = RemoteDevice(path, heard.address, self._host, self._tree)
            no = dict.fromkeys(("Paired", "Bonded", "Trusted", "Blocked", "LegacyPairing", "Connected"), False)
            common = {"Address": address, "AddressType": "random", "Alias": address.replace(":", "-"), "UUIDs": []}
            self._tree.add(path, DEVICE, **(no | common | {"Adapter": HCI0, "ServicesResolved": False} | said))
            return
        known = {name: self._known(path, name) for name in said}
        if known["RSSI"] is not None and abs(known["RSSI"] - said["RSSI"]) < _RSSI_STEP_DB:
            del said["RSSI"]
        if news := {name: value for name, value in said.items() if known[name] != value}:
            self._tree.change(path, DEVICE, **news)

    def _known(self, path: str, name: str) -> Any:
        try:
            return self._tree.get(path, DEVICE, name)
        except KeyError:
            return None

    # ------------------------------------------------------------------ Device1 and GATT

    def _device(self, call: Message) -> RemoteDevice:
        owner = next((d for path, d in self._devices.items() if f"{call.path}/".startswith(f"{path}/")), None)
        if owner is None:
            raise RefusalError("org.freedesktop.DBus.Error.UnknownObject", str(call.path))
        return owner

    async def _connect(self, call: Message) -> Answer:
        self._needs_power()
        await self._device(call).connect()
        return None

    async def _disconnect(self, call: Message) -> Answer:
        await self._device(call).disconnect()
        return None

    async def _read(self, call: Message, _: dict[str, Any]) -> Answer:
        return "ay", [await self._device(call).read(str(call.path))], []

    async def _write(self, call: Message, value: bytes, options: dict[str, Any]) -> Answer:
        kind = options.get("type")
        answered = kind is None or kind.value != "command"
        await self._device(call).write(str(call.path), bytes(value), answered=answered)
        return None

    async def _start_notify(self, call: Message) -> Answer:
        await self._device(call).start_notify(str(call.path))
        return None

    async def _stop_notify(self, call: Message) -> Answer:
        await self._device(call).stop_notify(str(call.path))
        return None

    async def _acquire_notify(self, call: Message, _: dict[str, Any]) -> Answer:
        descriptor, mtu = await self._device(call).acquire_notify(str(call.path))
        return "hq", [0, mtu], [descriptor]


def _path(address: str) -> str:
    return f"{HCI0}/dev_{address.replace(':', '_')}"
