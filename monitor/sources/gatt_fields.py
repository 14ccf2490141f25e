"""Reads the little-endian fields of a GATT characteristic, one after the other, and says what is missing."""

from __future__ import annotations

from monitor.errors import DecodeError

LONGEST_VALUE = 512
"""Bytes: no attribute value is longer (Bluetooth Core, Vol 3 Part F, 3.2.9)."""
BASE_UUID = "0000{:04x}-0000-1000-8000-00805f9b34fb"


def uuid16(number: int) -> str:
    """The 128-bit form of a number assigned by the Bluetooth SIG, lower case."""
    return BASE_UUID.format(number)


class Fields:
    """The fields of one value. Raises DecodeError for a value longer than any can be."""

    def __init__(self, data: bytes) -> None:
        if len(data) > LONGEST_VALUE:
            raise DecodeError(LONGEST_VALUE, f"at most {LONGEST_VALUE} bytes", f"{len(data)}")
        self._data = bytes(data)
        self._at = 0

    @property
    def left(self) -> int:
        """Bytes not read yet."""
        return len(self._data) - self._at

    def unsigned(self, width: int, what: str) -> int:
        """The next `width` bytes. Raises DecodeError, naming `what`, where fewer are left."""
        return int.from_bytes(self._take(width, what), "little")

    def signed(self, width: int, what: str) -> int:
        """As `unsigned`, in two's complement."""
        return int.from_bytes(self._take(width, what), "little", signed=True)

    def _take(self, width: int, what: str) -> bytes:
        if self.left < width:
            raise DecodeError(self._at, f"{width} bytes of {what}", f"{self.left}")
        self._at += width
        return self._data[self._at - width : self._at]
