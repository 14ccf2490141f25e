"""Measurement notifications of a Movella (Xsens) DOT: `u32 us`, then 32-bit floats as the payload mode has them.

Each mode is sent on one of three characteristics and padded with zeros to that one's length. Posture needs mode 21,
which `DotDecoder` reads: acceleration and angular rate. The fused modes are read by `frame` alone, for who wants to
compare. Source: Xsens DOT BLE Services Specifications (2021).
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from monitor.errors import DecodeError
from monitor.sensors.base import Decoded
from monitor.sensors.bounds import MAX_ACC, MAX_GYR
from monitor.values import STANDARD_GRAVITY, BoolArray, FloatArray, IntArray, PacketBlock, SampleBlock

RATE_QUANTITIES: Final = 21
"""The payload mode with acceleration and angular rate."""
SHORT: Final = 20
MEDIUM: Final = 40
"""Bytes of a notification on the short and the medium characteristic, padding included."""

_T: Final = ("t_us", "<u4")
_QUATERNION: Final = ("quaternion", "<f4", 4)
_FREE_ACC: Final = ("free_acc", "<f4", 3)
_GYR: Final = ("gyr_dps", "<f4", 3)
LAYOUTS: Final[dict[int, np.dtype[Any]]] = {
    2: np.dtype([_T, _QUATERNION, _FREE_ACC, ("status", "<u2"), ("clipped_acc", "u1"), ("clipped_gyr", "u1")]),
    3: np.dtype([_T, _QUATERNION, _FREE_ACC]),
    5: np.dtype([_T, _QUATERNION]),
    6: np.dtype([_T, _FREE_ACC]),
    RATE_QUANTITIES: np.dtype([_T, ("acc", "<f4", 3), _GYR]),
    24: np.dtype([_T, _QUATERNION, _GYR]),
}
"""Payload mode -> its fields. `t_us` wraps after 71.6 min; `quaternion` is w, x, y, z; `acc` is specific force and
`free_acc` acceleration without gravity in the earth's frame, m/s²; `gyr_dps` degrees per second."""

_SAMPLE: Final = LAYOUTS[RATE_QUANTITIES]
ACC_FULL_SCALE: Final = 16 * STANDARD_GRAVITY
GYR_FULL_SCALE: Final = math.radians(2000.0)
# A calibrated axis does not end exactly at its range; a little below it is as good as at it.
_CLIPPED: Final = 0.998
_CHUNK: Final = 1 << 13
"""Notifications decoded at a time: bounds the scratch memory."""
_TOO_SHORT: Final = f"{_SAMPLE.itemsize} to {MEDIUM} bytes"
_IMPOSSIBLE: Final = (4, "numbers an IMU can measure", "others")


def frame(mode: int, notification: bytes) -> NDArray[np.void]:
    """The fields of one notification, as a record of `LAYOUTS[mode]`.

    Raises DecodeError for a mode without a layout here and for a notification shorter than its layout.
    """
    layout = LAYOUTS.get(mode)
    if layout is None:
        raise DecodeError(0, f"payload mode {', '.join(map(str, LAYOUTS))}", f"{mode}")
    if len(notification) < layout.itemsize:
        raise DecodeError(len(notification), f"{layout.itemsize} bytes", f"{len(notification)} bytes")
    return np.frombuffer(notification, layout, 1).reshape(())


class DotDecoder:
    """`monitor.sensors.base.Decoder` of the family, for mode 21. A notification stands alone: nothing is held."""

    def reset(self) -> None:
        """Nothing to forget."""

    def push(self, packets: PacketBlock) -> Decoded:
        """One sample for each notification, and one error for each that does not fit."""
        starts = np.concatenate(([0], packets.ends))[:-1]
        lengths = packets.ends - starts
        fits = (lengths >= _SAMPLE.itemsize) & (lengths <= MEDIUM)
        arrival, tick = np.empty(int(fits.sum()), np.int64), np.empty(int(fits.sum()), np.int64)
        acc, gyr = np.empty((len(tick), 3)), np.empty((len(tick), 3))
        used = 0
        refused: list[tuple[int, tuple[int, str, str]]] = [
            (i, (length, _TOO_SHORT, f"{length} bytes"))
            for i, length in zip(np.flatnonzero(~fits).tolist(), lengths[~fits].tolist(), strict=True)
        ]
        rows = np.flatnonzero(fits)
        for first in range(0, len(rows), _CHUNK):
            which = rows[first : first + _CHUNK]
            frames = _frames(packets.data, starts[which])
            si = _si(frames["acc"], 1.0), _si(frames["gyr_dps"], math.pi / 180)
            real = _within(si[0], MAX_ACC) & _within(si[1], MAX_GYR)
            part = slice(used, used + int(real.sum()))
            arrival[part], tick[part] = packets.t_ns[which[real]], frames["t_us"][real]
            acc[part], gyr[part] = si[0][real], si[1][real]
            used = part.stop
            refused += [(i, _IMPOSSIBLE) for i in which[~real].tolist()]
        acc, gyr = acc[:used], gyr[:used]
        samples = SampleBlock(arrival[:used], tick[:used], acc, gyr, _clipped(acc, gyr))
        # Equal errors share one object: hostile data is long, its kinds of errors are few.
        known = {each: DecodeError(*each) for _, each in refused}
        return Decoded(samples, tuple(known[each] for _, each in sorted(refused)))


def _frames(data: bytes, starts: IntArray) -> NDArray[np.void]:
    """The sample at the head of each notification (m,)."""
    raw = np.frombuffer(data, np.uint8)
    at = starts[:, np.newaxis] + np.arange(_SAMPLE.itemsize)
    frames: NDArray[np.void] = raw[at].view(_SAMPLE)[:, 0]
    return frames


def _si(values: NDArray[np.float32], factor: float) -> FloatArray:
    """In SI units; what is no number stays none, without a warning."""
    with np.errstate(all="ignore"):
        return values.astype(np.float64) * factor


def _within(si: FloatArray, limit: float) -> BoolArray:
    return np.asarray((np.abs(si) <= limit).all(axis=1))


def _clipped(acc: FloatArray, gyr: FloatArray) -> BoolArray:
    at_end = np.abs(acc).max(axis=1, initial=0.0) >= _CLIPPED * ACC_FULL_SCALE
    return np.asarray(at_end | (np.abs(gyr).max(axis=1, initial=0.0) >= _CLIPPED * GYR_FULL_SCALE))


def encode(mode: int, fields: dict[str, Any]) -> bytes:
    """One notification of a payload mode: the given fields of its layout, the others zero, and the padding.

    Raises ValueError for a field that the mode does not have.
    """
    record = np.zeros((), LAYOUTS[mode])
    for name, value in fields.items():
        record[name] = value
    size = SHORT if record.dtype.itemsize <= SHORT else MEDIUM
    return record.tobytes().ljust(size, b"\0")
