"""What Bluetooth errors mean, in plain words.

bleak reports trouble by its own exceptions, by those of the operating system (a container without D-Bus raises
FileNotFoundError) and by TimeoutError. Here each becomes a reason a runner understands.
"""

from __future__ import annotations

import sys

from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakCharacteristicNotFoundError,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
)

from monitor.errors import BluetoothUnavailableError, HeadsUpError
from monitor.sources.ble_pairing import pairing_reason

LINK_BROKE = "the link broke: out of range, or the sensor switched off"

_DOCTOR = "Run `headsup doctor` to see what is missing."
_START_SERVICE = "Start it with `sudo systemctl start bluetooth`, or run `headsup doctor`."
_SWITCH_ON = "Switch Bluetooth on in the computer's settings."
_ALLOW = "Allow Bluetooth for this program in the computer's privacy settings."

_NOT_AVAILABLE = {
    BleakBluetoothNotAvailableReason.NO_BLUETOOTH: (
        "this computer has no Bluetooth adapter",
        "Plug in a Bluetooth USB stick, or try `--simulate`.",
    ),
    BleakBluetoothNotAvailableReason.NO_BLE_CENTRAL_ROLE: (
        "this adapter cannot connect to Bluetooth Low Energy sensors",
        "Use a Bluetooth 4.0 or newer adapter.",
    ),
    BleakBluetoothNotAvailableReason.POWERED_OFF: ("it is switched off", _SWITCH_ON),
    BleakBluetoothNotAvailableReason.DENIED_BY_USER: ("this program was not allowed to use it", _ALLOW),
    BleakBluetoothNotAvailableReason.DENIED_BY_SYSTEM: ("this computer's policy forbids it", _ALLOW),
    BleakBluetoothNotAvailableReason.DENIED_BY_UNKNOWN: ("this program may not use it", _ALLOW),
}

_DBUS_UNAVAILABLE = {
    "org.freedesktop.DBus.Error.ServiceUnknown": ("the Bluetooth service is not running", _START_SERVICE),
    "org.freedesktop.DBus.Error.NameHasNoOwner": ("the Bluetooth service is not running", _START_SERVICE),
    "org.freedesktop.DBus.Error.NoReply": ("the Bluetooth service does not answer", _START_SERVICE),
    "org.freedesktop.DBus.Error.Disconnected": ("the Bluetooth service went away", _START_SERVICE),
    "org.freedesktop.DBus.Error.AccessDenied": (
        "this user may not use the Bluetooth service",
        "Add the user to the group `bluetooth`, then log in again.",
    ),
    "org.bluez.Error.NotReady": ("it is switched off", _SWITCH_ON),
}


class LinkLostError(BleakError):
    """The sensor disconnected while something was asked of it."""

    def __init__(self) -> None:
        super().__init__(LINK_BROKE)


def unavailable(error: Exception) -> BluetoothUnavailableError:
    """What a failed scan says about this computer's Bluetooth, with a remedy. Any exception will do."""
    match error:
        case BluetoothUnavailableError():
            return error
        case BleakBluetoothNotAvailableError() if error.reason in _NOT_AVAILABLE:
            reason, remedy = _NOT_AVAILABLE[error.reason]
        case BleakDBusError() if error.dbus_error in _DBUS_UNAVAILABLE:
            reason, remedy = _DBUS_UNAVAILABLE[error.dbus_error]
        case TimeoutError():
            reason, remedy = "it does not answer", "Switch Bluetooth off and on again."
        case PermissionError():
            reason, remedy = "this user may not use the Bluetooth service", _DOCTOR
        case OSError() | EOFError() if sys.platform.startswith("linux"):
            reason, remedy = "no Bluetooth service was found on this computer", _START_SERVICE
        case _:
            reason, remedy = _first_line(error), _DOCTOR
    return BluetoothUnavailableError(reason, remedy)


def plain_reason(error: BaseException) -> str:
    """Why a connection to one sensor failed or ended, as a short clause without a full stop at its end."""
    match error:
        case HeadsUpError() | LinkLostError():
            return str(error).rstrip(".")
        case BleakBluetoothNotAvailableError():
            return str(unavailable(error)).rstrip(".")
        case BleakDBusError() if error.dbus_error in _DBUS_UNAVAILABLE:
            return str(unavailable(error)).rstrip(".")
        case BleakGATTProtocolError() | BleakDBusError() if pairing := pairing_reason(error, sys.platform):
            return pairing
        case BleakGATTProtocolError():
            return f"the sensor refused a command ({error.code.name.lower().replace('_', ' ')})"
        case BleakCharacteristicNotFoundError():
            return f"the sensor lacks a channel it should have ({error.char_specifier}); its firmware may be too old"
        case BleakDeviceNotFoundError():
            return "the sensor went out of reach before it could be connected"
        case TimeoutError():
            return f"no answer from the sensor while {str(error) or 'waiting for it'}"
        case EOFError() | ConnectionError():
            return "the computer's Bluetooth service went away"
        case BleakError() if "disconnect" in str(error).lower() or "not connected" in str(error).lower():
            return LINK_BROKE
        case BleakError() | OSError():
            return f"Bluetooth trouble: {_first_line(error)}"
        case _:
            return f"something unexpected: {_first_line(error)}"


def _first_line(error: BaseException) -> str:
    """The first line of the error's text, or its kind where it has none."""
    lines = str(error).strip().splitlines()
    return lines[0][:200].rstrip(".") if lines else type(error).__name__
