"""An error that our org.bluez answers a call with."""

from __future__ import annotations

from bumble.att import ATT_Error

_NAMED = {
    0x02: ("org.bluez.Error.NotPermitted", "Read not permitted"),
    0x03: ("org.bluez.Error.NotPermitted", "Write not permitted"),
    0x06: ("org.bluez.Error.NotSupported", "Not Supported"),
    0x08: ("org.bluez.Error.NotAuthorized", "Not Authorized"),
    0x0D: ("org.bluez.Error.InvalidArguments", "Invalid Length"),
}
"""ATT errors that BlueZ has names of its own for."""


class RefusalError(Exception):
    """D-Bus error `name` with `text` for people (and for bleak, which reads it)."""

    def __init__(self, name: str, text: str = "") -> None:
        super().__init__(name, text)
        self.name = name
        self.text = text


def of_att(error: ATT_Error) -> RefusalError:
    """How BlueZ words an error of the sensor."""
    code = int(error.error_code)
    name, text = _NAMED.get(code, ("org.bluez.Error.Failed", f"Operation failed with ATT error: 0x{code:02x}"))
    return RefusalError(name, text)
