"""The objects that our org.bluez shows on the bus: paths, interfaces, properties, and the signals of their changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from dbus_fast import Message, MessageType, Variant

OBJECT_MANAGER = "org.freedesktop.DBus.ObjectManager"
PROPERTIES = "org.freedesktop.DBus.Properties"
ADAPTER = "org.bluez.Adapter1"
DEVICE = "org.bluez.Device1"
SERVICE = "org.bluez.GattService1"
CHARACTERISTIC = "org.bluez.GattCharacteristic1"
DESCRIPTOR = "org.bluez.GattDescriptor1"

_SIGNATURES = {
    "s": ("Address", "AddressType", "Name", "Alias", "UUID"),
    "b": ("Powered", "Discovering", "Paired", "Bonded", "Trusted", "Blocked", "LegacyPairing", "Connected",
          "ServicesResolved", "Primary", "Notifying", "NotifyAcquired"),
    "as": ("UUIDs", "Roles", "Flags"),
    "o": ("Adapter", "Device", "Service", "Characteristic"),
    "ao": ("Includes",),
    "n": ("RSSI",),
    "q": ("MTU",),
    "ay": ("Value",),
    "a{qv}": ("ManufacturerData",),
    "a{sv}": ("ServiceData",),
}  # fmt: skip
SIGNATURE = {name: signature for signature, names in _SIGNATURES.items() for name in names}
"""D-Bus type of every property, from BlueZ's API documents."""

Wire: TypeAlias = dict[str, Variant]


def _wire(properties: dict[str, Any]) -> Wire:
    return {name: Variant(SIGNATURE[name], value) for name, value in properties.items()}


class ObjectTree:
    """Tells every change to the bus by `send`, which may drop it while nobody listens."""

    def __init__(self, send: Callable[[Message], None]) -> None:
        self._send = send
        self._objects: dict[str, dict[str, dict[str, Any]]] = {}

    def __contains__(self, path: str) -> bool:
        return path in self._objects

    def get(self, path: str, interface: str, name: str) -> Any:
        """The value of a property. Raises KeyError."""
        return self._objects[path][interface][name]

    def paths(self, interface: str, below: str = "/") -> list[str]:
        """Paths of all objects with this interface, the deepest first."""
        return sorted((p for p, i in self._objects.items() if interface in i and p.startswith(below)), reverse=True)

    def managed(self) -> dict[str, dict[str, Wire]]:
        """Body of the answer to GetManagedObjects."""
        return {p: {i: _wire(values) for i, values in found.items()} for p, found in self._objects.items()}

    def add(self, path: str, interface: str, **properties: Any) -> None:
        """A new object."""
        self._objects[path] = {interface: properties}
        self._signal("/", OBJECT_MANAGER, "InterfacesAdded", "oa{sa{sv}}", [path, {interface: _wire(properties)}])

    def remove(self, path: str) -> None:
        """The object, and all below it, are gone."""
        for gone in sorted((p for p in self._objects if p == path or p.startswith(f"{path}/")), reverse=True):
            interfaces = list(self._objects.pop(gone))
            self._signal("/", OBJECT_MANAGER, "InterfacesRemoved", "oas", [gone, interfaces])

    def change(self, path: str, interface: str, dropped: Iterable[str] = (), **properties: Any) -> None:
        """Other values for some properties, and some that have none any more. Unknown objects are let be."""
        if path not in self._objects:
            return
        values = self._objects[path][interface]
        values.update(properties)
        dropped = [name for name in dropped if values.pop(name, None) is not None]
        self._signal(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", [interface, _wire(properties), dropped])

    def forget_all(self) -> None:
        """Nothing is known any more, and nobody is told: the service has died."""
        self._objects.clear()

    def _signal(self, path: str, interface: str, member: str, signature: str, body: list[Any]) -> None:
        kind = MessageType.SIGNAL
        self._send(
            Message(message_type=kind, path=path, interface=interface, member=member, signature=signature, body=body)
        )
