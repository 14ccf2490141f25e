"""Notifications of OpenEarable v1 and EdgeML boards: `id u8, size u8, u32 ms, one sample` -> samples.

`size` counts the sample's bytes. OpenEarable v1 sends acceleration and angular rate together; EdgeML boards send them
apart, each with a stamp of its own, and `StreamPair` joins them. Sources: OpenEarable/open-earable 1.4.0,
OpenEarable/open_earable_flutter (`edge_ml_sensor_value_parser.dart`).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from monitor.errors import DecodeError
from monitor.sensors.base import Decoded
from monitor.sensors.bounds import MAX_ACC, MAX_GYR
from monitor.sensors.edgeml_layout import HEAD, Apart, Channel, Whole, find_imu
from monitor.sensors.imu_layout import Axes
from monitor.sensors.pairing import StreamPair, Vectors
from monitor.sensors.scheme import TYPES, Scheme, parse_list
from monitor.sensors.settled_unit import SettledUnit
from monitor.values import BoolArray, FloatArray, IntArray, PacketBlock, SampleBlock

WRAP: Final = 1 << 32
"""ms: 49.7 days"""
_WIDEST_MS: Final = 100
"""Angular rates further apart than this are not interpolated."""
_PATIENCE: Final = 8
_RESTART_MS: Final = 2000
_CHUNK: Final = 1 << 13
"""Notifications decoded at a time: bounds the scratch memory."""

Refusal = tuple[int, str, str]
"""offset, expected, got"""


@dataclass(frozen=True, slots=True)
class _Rows:
    """Good notifications of one sensor: which (n,), raw stamp (n,), SI vectors (n, 3) where it has them."""

    packet: IntArray
    tick: IntArray
    acc: FloatArray
    gyr: FloatArray


class EdgeMlDecoder:
    """`monitor.sensors.base.Decoder` for the description in `config`.

    Held between calls: accelerations that wait for their angular rate, and first samples whose unit is in doubt.
    Raises DecodeError where the description cannot be read or lacks one of the vectors.
    """

    def __init__(self, config: bytes) -> None:
        self._imu = find_imu(parse_list(config))
        self._pair = StreamPair(_WIDEST_MS, _PATIENCE, _RESTART_MS)
        self._unit = SettledUnit() if isinstance(self._imu, Whole) and self._imu.unit_is_doubtful else None
        self._stamps = _Stamps()

    def reset(self) -> None:
        """Nothing waits any more: a new link. What was found out about the unit stays."""
        self._pair.reset()
        if self._unit is not None:
            self._unit.reset()

    def push(self, packets: PacketBlock) -> Decoded:
        """The samples that these notifications complete, and one error for each notification that does not fit."""
        refused: list[tuple[int, Refusal]] = []
        rows = [_joined(parts) for parts in self._read(packets, refused)]
        if isinstance(self._imu, Whole):
            samples = self._together(packets, rows[0], self._imu)
        else:
            samples = self._apart(packets, rows[0], rows[1], self._imu)
        # Equal errors share one object: hostile data is long, its kinds of errors are few.
        known = {each: DecodeError(*each) for _, each in refused}
        return Decoded(samples, tuple(known[each] for _, each in sorted(refused)))

    def _read(self, packets: PacketBlock, refused: list[tuple[int, Refusal]]) -> list[list[_Rows]]:
        """The good rows of each sensor, chunk by chunk. Fills `refused`."""
        starts = np.concatenate(([0], packets.ends))[:-1]
        lengths = packets.ends - starts
        raw = np.frombuffer(packets.data, np.uint8)
        wanted = self._imu.channels
        names = " or ".join(f"{each.sensor_id}" for each in wanted)
        found: list[list[_Rows]] = [[_NO_ROWS] for _ in wanted]
        for first in range(0, len(lengths), _CHUNK):
            which = np.arange(first, min(first + _CHUNK, len(lengths)))
            filled = which[lengths[which] > 0]
            ids = np.full(len(which), -1)
            ids[filled - first] = raw[starts[filled]]
            for channel, parts in zip(wanted, found, strict=True):
                mine = which[ids == channel.sensor_id]
                fits = lengths[mine] == channel.length
                what = f"{HEAD} bytes and a sample of {channel.length - HEAD}"
                for i, length in zip(mine[~fits].tolist(), lengths[mine[~fits]].tolist(), strict=True):
                    refused.append((i, (min(length, HEAD), what, f"{length} bytes")))
                parts.append(_rows(raw, starts, mine[fits], channel, refused))
            strange = ~np.isin(ids, [channel.sensor_id for channel in wanted])
            for i, got in zip(which[strange].tolist(), ids[strange].tolist(), strict=True):
                refused.append((i, (0, f"sensor {names}", f"{got}" if got >= 0 else "0 bytes")))
        return found

    def _together(self, packets: PacketBlock, rows: _Rows, imu: Whole) -> SampleBlock:
        turning_clipped = imu.gyr.at_full_scale(rows.gyr)
        samples = SampleBlock(packets.t_ns[rows.packet], rows.tick, rows.acc, rows.gyr, turning_clipped)
        if self._unit is not None:
            samples = self._unit.push(samples)
        return replace(samples, clipped=samples.clipped | imu.acc.at_full_scale(samples.acc))

    def _apart(self, packets: PacketBlock, acc: _Rows, gyr: _Rows, imu: Apart) -> SampleBlock:
        acc_ms, gyr_ms = self._stamps.unwrapped(acc, gyr)
        samples = self._pair.push(
            _vectors(packets, acc.packet, acc_ms, acc.acc, imu.acc),
            _vectors(packets, gyr.packet, gyr_ms, gyr.gyr, imu.gyr),
        )
        return replace(samples, tick=None if samples.tick is None else samples.tick % WRAP)


class _Stamps:
    """Unwraps the one clock of two streams, in the order of their notifications."""

    def __init__(self) -> None:
        self._last_raw: int | None = None
        self._last = 0

    def unwrapped(self, a: _Rows, b: _Rows) -> tuple[IntArray, IntArray]:
        order = np.argsort(np.concatenate((a.packet, b.packet)), kind="stable")
        raw = np.concatenate((a.tick, b.tick))[order]
        if not len(raw):
            return a.tick, b.tick
        if self._last_raw is None:
            self._last_raw = self._last = int(raw[0])
        steps = (np.diff(raw, prepend=self._last_raw) + WRAP // 2) % WRAP - WRAP // 2
        out = np.empty(len(raw), np.int64)
        out[order] = self._last + np.cumsum(steps)
        self._last_raw, self._last = int(raw[-1]), int(out[order[-1]])
        return out[: len(a.tick)], out[len(a.tick) :]


def _rows(
    raw: NDArray[np.uint8], starts: IntArray, which: IntArray, channel: Channel, refused: list[tuple[int, Refusal]]
) -> _Rows:
    """The notifications `which` (m,) of one sensor, all of its length. Fills `refused`."""
    form = np.dtype([("id", "u1"), ("size", "u1"), ("t_ms", "<u4"), ("sample", channel.sample)])
    rows = raw[starts[which][:, np.newaxis] + np.arange(channel.length)].view(form).reshape(len(which))
    acc, acc_real = _checked(rows["sample"], channel.acc, MAX_ACC)
    gyr, gyr_real = _checked(rows["sample"], channel.gyr, MAX_GYR)
    sized = rows["size"] == channel.sample.itemsize
    for i, size in zip(which[~sized].tolist(), rows["size"][~sized].tolist(), strict=True):
        refused.append((i, (1, f"size {channel.sample.itemsize}", f"{size}")))
    real = acc_real & gyr_real
    refused += [(int(i), (HEAD, "numbers an IMU can measure", "others")) for i in which[sized & ~real]]
    good = sized & real
    return _Rows(which[good], rows["t_ms"][good].astype(np.int64), acc[good], gyr[good])


def _checked(samples: NDArray[np.void], axes: Axes | None, limit: float) -> tuple[FloatArray, BoolArray]:
    """SI vectors (m, 3), NaN where the sensor has none, and whether each is real and within ±`limit` (m,)."""
    if axes is None:
        return np.full((len(samples), 3), np.nan), np.ones(len(samples), np.bool_)
    si = axes.si(samples)
    return si, np.asarray((np.abs(si) <= limit).all(axis=1))


def _vectors(packets: PacketBlock, packet: IntArray, tick: IntArray, si: FloatArray, axes: Axes) -> Vectors:
    return Vectors(packet, packets.t_ns[packet], tick, si, axes.at_full_scale(si))


_NO_ROWS: Final = _Rows(np.empty(0, np.int64), np.empty(0, np.int64), np.empty((0, 3)), np.empty((0, 3)))


def _joined(parts: list[_Rows]) -> _Rows:
    return _Rows(*(np.concatenate([getattr(each, name) for each in parts]) for name in _Rows.__slots__))


def encode_notification(sensor: Scheme, t_ms: int, numbers: FloatArray) -> bytes:
    """One notification: a sample of `numbers` (n,), one for each component in its own unit, measured at `t_ms`."""
    parts = zip(sensor.components, np.asarray(numbers).tolist(), strict=True)
    body = b"".join(np.array(number).astype(TYPES[part.kind]).tobytes() for part, number in parts)
    return struct.pack("<BBI", sensor.sensor_id, len(body), t_ms % WRAP) + body
