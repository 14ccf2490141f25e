"""The GATT SensorData Protocol (GSP, version 1) of Movesense sensors: commands, answers, and blocks of data.

A command is `op u8, reference u8, text`; everything that comes back is a notification of one characteristic:
`1, reference, ...` answers a command, `2, reference, ...` is data of a subscription, `3, reference, ...` the rest of
data that did not fit one notification. A block of data is `u32 ms` of its first sample, then for each quantity n
vectors x y z of 32-bit floats: arrays one behind the other, not interleaved. All little endian.

Sources: movesense.com/docs/esw/gatt_sensordata_protocol (GD-77 v1.0); sensein/movesense-py. See
firmware_notes/movesense.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from monitor.errors import DecodeError
from monitor.values import FloatArray

SERVICE: Final = "34802252-7185-4d5d-b431-630e7050e8f0"
COMMAND: Final = "34800001-7185-4d5d-b431-630e7050e8f0"
DATA: Final = "34800002-7185-4d5d-b431-630e7050e8f0"

HEAD: Final = 2
STAMP: Final = 4
VECTOR: Final = 12
MAX_BODY: Final = 1020
"""Bytes of a block: two notifications of 512, the longest there are, without their heads."""

ENERGY_LEVEL: Final = "/System/Energy/Level"
OK: Final = range(200, 300)


class Op(IntEnum):
    """What a command asks for."""

    HELLO = 0
    SUBSCRIBE = 1
    UNSUBSCRIBE = 2
    GET = 4


class Response(IntEnum):
    """What a notification is."""

    ANSWER = 1
    DATA = 2
    DATA_PART2 = 3


class Quantity(IntEnum):
    """What a vector measures."""

    ACC = 0
    """m/s²"""
    GYR = 1
    """degrees per second"""
    MAG = 2
    """microtesla"""


QUANTITIES: Final[dict[str, tuple[Quantity, ...]]] = {
    "Acc": (Quantity.ACC,),
    "Gyro": (Quantity.GYR,),
    "Magn": (Quantity.MAG,),
    "IMU6": (Quantity.ACC, Quantity.GYR),
    "IMU6m": (Quantity.ACC, Quantity.MAG),
    "IMU9": (Quantity.ACC, Quantity.GYR, Quantity.MAG),
}
"""Name of a measurement, as in its path -> the arrays of its blocks, in order."""
RATES_HZ: Final = (13, 26, 52, 104, 208, 416, 833, 1666)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A stream under its path `/Meas/<name>/<rate>`; `reference` is the number its notifications carry."""

    reference: int
    name: str
    rate_hz: int

    @property
    def path(self) -> str:
        """As the sensor knows it."""
        return f"/Meas/{self.name}/{self.rate_hz}"

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """The arrays of its blocks."""
        return QUANTITIES[self.name]

    @property
    def usual_samples(self) -> int:
        """How many samples a block has as far as is known: 13 blocks a second."""
        return max(1, self.rate_hz // 13)

    def body_size(self, samples: int) -> int:
        """Bytes of a block of so many samples."""
        return STAMP + VECTOR * len(self.quantities) * samples

    def samples_in(self, size: int) -> int:
        """Samples in a block of so many bytes; 0 where no block has this size."""
        count, over = divmod(size - STAMP, VECTOR * len(self.quantities))
        return count if over == 0 and count > 0 and size <= MAX_BODY else 0


def subscription(reference: int, path: str) -> Subscription:
    """The stream of a path. Raises DecodeError for one that is not known."""
    parts = path.split("/")
    if len(parts) == 4 and parts[:2] == ["", "Meas"] and parts[2] in QUANTITIES and parts[3] in map(str, RATES_HZ):
        return Subscription(reference, parts[2], int(parts[3]))
    raise DecodeError(0, "a path such as /Meas/IMU6/52", repr(path[:40]))


def command(op: Op, reference: int, text: str = "") -> bytes:
    """The bytes of a command; `text` is the path, where one belongs to it."""
    return bytes((op, reference)) + text.encode("ascii")


def is_answer(notification: bytes, reference: int) -> bool:
    """This answers the command with that reference."""
    return notification[:HEAD] == bytes((Response.ANSWER, reference))


def status(answer: bytes) -> int:
    """The status of an answer to anything but a greeting, in the numbers of HTTP; 0 where it is cut off."""
    return int.from_bytes(answer[HEAD : HEAD + 2], "little") if len(answer) >= HEAD + 2 else 0


def application(greeting: bytes) -> str:
    """Name and version of the sensor's firmware, from its answer to a greeting; '' where it does not tell.

    Behind the head come the protocol's version (u8) and texts that each end with NUL: serial number, product, address,
    application, version.
    """
    texts = greeting[HEAD + 1 :].split(b"\0")
    named = [text.decode("ascii", "replace") for text in texts[3:5] if text]
    return " ".join(named)[:60] if all(name.isprintable() for name in named) else ""


def refusal(code: int, path: str, firmware: str) -> str:
    """Why a command was refused, with what to do, as a clause."""
    mine = f"its firmware ({firmware})" if firmware else "its firmware"
    match code:
        case 400 | 404 | 405 | 501:
            return f"{mine} does not know {path}; update it with the Movesense app"
        case 403 | 423:
            return f"it does not allow {path}; end its recording in the Movesense app"
        case 409:
            return "it is busy recording; end that in the Movesense app"
        case 503 | 507:
            return "it has no room for another stream; take its battery out and put it back"
        case 0:
            return "its answer was cut off; update its firmware with the Movesense app"
    return f"it answered {path} with status {code}; take its battery out and put it back"


def encode_block(t_ms: int, arrays: Sequence[FloatArray]) -> bytes:
    """A block of data: its stamp, then each array (n, 3) in the units of its quantity."""
    stamp = (t_ms % (1 << 32)).to_bytes(STAMP, "little")
    return stamp + b"".join(np.asarray(array, "<f4").tobytes() for array in arrays)


def in_notifications(reference: int, body: bytes, size: int) -> Iterator[bytes]:
    """A block of data as one or two notifications of at most `size` bytes; what does not fit them is cut off."""
    fits = size - HEAD
    yield bytes((Response.DATA, reference)) + body[:fits]
    if len(body) > fits:
        yield bytes((Response.DATA_PART2, reference)) + body[fits : 2 * fits]
