"""Which sensors want to be paired, on which platform, and how that is done there.

From reports, not from devices of our own: Polar straps refuse their streams to an unpaired Windows or macOS (ATT error
0x05, an open issue of bleak's); Movella DOT on Windows (a third party's note). On Linux BlueZ pairs by itself where a
device asks for it, unless no agent runs; then by hand.
"""

from __future__ import annotations

from bleak.exc import BleakDBusError, BleakGATTProtocolError

WANTS_PAIRING = frozenset({0x05, 0x08, 0x0C, 0x0F})
"""ATT errors: insufficient authentication, authorization, key size, encryption."""
_DBUS_WANTS_PAIRING = frozenset({"org.bluez.Error.NotAuthorized", "org.bluez.Error.AuthenticationFailed"})

_HOW = {
    "linux": "pair it once: bluetoothctl pair ID",
    "darwin": "macOS asks at the first use: click Connect in its dialog, then try again",
    "win32": "pair it once: Settings > Bluetooth & devices > Add device, then try again",
}
_ONE_PARTNER = "close the maker's app on your phone: the sensor may keep to one paired partner"
NEEDED = {
    "polar": ("win32", "darwin"),
    "polar_acc": ("win32", "darwin"),
    "dot": ("win32",),
}
"""By family, the platforms on which it is known to want pairing."""


def how_to_pair(platform: str) -> str:
    """The way to pair on a platform (`sys.platform`), as a clause."""
    return _HOW.get("linux" if platform.startswith("linux") else platform, "pair it in the Bluetooth settings")


def pairing_hints(family: str) -> dict[str, str]:
    """For a family that is known to want pairing: what to do, by platform; empty for the others."""
    return {platform: _HOW[platform] for platform in NEEDED.get(family, ())}


def wants_pairing(error: BaseException) -> bool:
    """Whether a device refused something because it is not paired."""
    if isinstance(error, BleakGATTProtocolError):
        return int(error.code) in WANTS_PAIRING
    return isinstance(error, BleakDBusError) and error.dbus_error in _DBUS_WANTS_PAIRING


def pairing_reason(error: BaseException, platform: str) -> str:
    """For `plain_reason`: why the connection failed, and the way on; '' where the error is of another kind."""
    if not wants_pairing(error):
        return ""
    if isinstance(error, BleakGATTProtocolError) and int(error.code) == 0x08:
        return f"the sensor does not let this computer in: {_ONE_PARTNER}"
    return f"the sensor wants to be paired: {how_to_pair(platform)}"
