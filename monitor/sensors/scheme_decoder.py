"""Notifications of a self-describing sensor: `id u8, size u8, u64 us, n samples[, u16 step in us]` -> samples.

The step follows where n > 1 (a single sample may carry one too, as the public host parser accepts). `size` counts
the bytes behind the time stamp, with or without the step.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from monitor.errors import DecodeError
from monitor.sensors.base import Decoded
from monitor.sensors.bounds import MAX_ACC, MAX_GYR
from monitor.sensors.imu_layout import imu_layout
from monitor.sensors.scheme import DIY, Scheme, parse
from monitor.values import BoolArray, FloatArray, IntArray, PacketBlock, SampleBlock

HEAD: Final = 10
STEP: Final = 2
MAX_BODY: Final = 255
MAX_TICK: Final = 1 << 53
"""us, 285 years: a stamp beyond it is damage, and in nanoseconds it would not fit 64 bits."""
_CHUNK: Final = 1 << 11
"""Notifications decoded at a time: bounds the scratch memory."""


Refusal = tuple[int, str, str]
"""offset, expected, got"""


class _Group(NamedTuple):
    """Samples of the notifications of one length: which notification each is from, tick, SI values, clipped."""

    source: IntArray
    tick: IntArray
    acc: FloatArray
    gyr: FloatArray
    clipped: BoolArray


class SchemeDecoder:
    """`monitor.sensors.base.Decoder` for one scheme. A notification stands alone: nothing is held between calls.

    `SchemeDecoder(config)` raises DecodeError where the scheme bytes cannot be read or hold no acceleration.
    """

    def __init__(self, config: bytes) -> None:
        scheme = parse(config)
        self._id = scheme.sensor_id
        self._layout = imu_layout(scheme)
        sample = self._layout.sample
        if sample.itemsize > MAX_BODY:
            raise DecodeError(0, f"a sample of at most {MAX_BODY} bytes", f"{sample.itemsize} bytes")
        # Samples in a notification of each length; 0 = not a length of this layout. The last entry is 'too long'.
        self._count_of = np.zeros(HEAD + MAX_BODY + STEP + 2, np.int64)
        self._dtype_of: dict[int, np.dtype[np.void]] = {}
        for n in range(1, MAX_BODY // sample.itemsize + 1):
            form: list[tuple[Any, ...]] = [("id", "u1"), ("size", "u1"), ("t_us", "<u8"), ("samples", sample, (n,))]
            self._allow(n, np.dtype([*form, ("step_us", "<u2")]))
            if n == 1:
                self._allow(n, np.dtype(form))

    @property
    def has_gyro(self) -> bool:
        """Whether the scheme holds an angular rate; without one it reads NaN."""
        return self._layout.gyr is not None

    def _allow(self, n: int, dtype: np.dtype[np.void]) -> None:
        self._count_of[dtype.itemsize] = n
        self._dtype_of[dtype.itemsize] = dtype

    def reset(self) -> None:
        """Nothing to forget."""

    def push(self, packets: PacketBlock) -> Decoded:
        """The samples of these notifications, in order, and one error for each notification that does not fit."""
        starts = np.concatenate(([0], packets.ends))[:-1]
        lengths = packets.ends - starts
        counts = self._count_of[np.minimum(lengths, len(self._count_of) - 1)]
        out = _Output(int(counts.sum()))
        known: dict[Refusal, DecodeError] = {}
        errors: list[DecodeError] = []
        for first in range(0, len(lengths), _CHUNK):
            part = slice(first, first + _CHUNK)
            refused: list[tuple[int, Refusal]] = []
            for group in self._groups(packets.data, starts[part], lengths[part], counts[part], refused):
                out.append(group, packets.t_ns[part])
            for _, refusal in sorted(refused):
                if refusal not in known:
                    known[refusal] = DecodeError(*refusal)
                errors.append(known[refusal])
        return Decoded(out.block(), tuple(errors))

    def _groups(
        self, data: bytes, starts: IntArray, lengths: IntArray, counts: IntArray, refused: list[tuple[int, Refusal]]
    ) -> list[_Group]:
        """The samples of a chunk in order, as one group; none where there are none. Fills `refused`."""
        groups: list[_Group] = []
        for length in np.unique(lengths[counts > 0]).tolist():
            dtype = self._dtype_of[length]
            which = np.flatnonzero(lengths == length)
            if len(which) == len(lengths):
                rows = np.frombuffer(data, dtype, len(which), int(starts[0]))
            else:
                at = starts[which][:, np.newaxis] + np.arange(length)
                rows = np.frombuffer(data, np.uint8)[at].view(dtype)[:, 0]
            groups.append(self._group(rows, which, refused))
        for i in np.flatnonzero(counts == 0).tolist():
            refused += [(i, self._wrong_length(data, int(starts[i]), int(lengths[i])))]
        if len(groups) < 2:
            return groups
        joined = _Group._make(np.concatenate(columns) for columns in zip(*groups, strict=True))
        order = np.argsort(joined.source, kind="stable")
        return [_Group._make(column[order] for column in joined)]

    def _group(self, rows: NDArray[np.void], which: IntArray, refused: list[tuple[int, Refusal]]) -> _Group:
        """The samples of notifications of one length; `which` numbers them in their chunk."""
        n = rows.dtype["samples"].shape[0]
        body = n * self._layout.sample.itemsize
        has_step = "step_us" in (rows.dtype.names or ())
        step = rows["step_us"].astype(np.int64) if has_step else np.zeros(len(rows), np.int64)
        acc = self._layout.acc.si(rows["samples"])
        gyr = np.full_like(acc, np.nan) if self._layout.gyr is None else self._layout.gyr.si(rows["samples"])
        real = _within(acc, MAX_ACC)
        if self._layout.gyr is not None:
            real &= _within(gyr, MAX_GYR)
        checks = (
            (rows["id"] == self._id, 0, f"sensor {self._id}", "id"),
            ((rows["size"] == body) | (rows["size"] == rows.dtype.itemsize - HEAD), 1, f"size {body}", "size"),
            (rows["t_us"] < MAX_TICK, 2, "a time stamp below 2^53 us", "t_us"),
            ((step > 0) | (n == 1), HEAD + body, "a step above 0 us", "step_us"),
            (real, HEAD, "numbers an IMU can measure", ""),
        )
        good = np.ones(len(rows), np.bool_)
        for passed, offset, expected, field in checks:
            for i in np.flatnonzero(good & ~passed).tolist():
                got = f"{rows[field][i]}" if field else "others"
                refused.append((int(which[i]), (offset, expected, got)))
            good &= passed
        if not good.all():
            rows, which, step, acc, gyr = rows[good], which[good], step[good], acc[good], gyr[good]
        tick = rows["t_us"].astype(np.int64)[:, np.newaxis] + step[:, np.newaxis] * np.arange(n)
        clipped = self._layout.acc.at_full_scale(acc)
        if self._layout.gyr is not None:
            clipped |= self._layout.gyr.at_full_scale(gyr)
        return _Group(np.repeat(which, n), tick.ravel(), acc.reshape(-1, 3), gyr.reshape(-1, 3), clipped.ravel())

    def _wrong_length(self, data: bytes, start: int, length: int) -> Refusal:
        if length and data[start] != self._id:
            return 0, f"sensor {self._id}", f"{data[start]}"
        size = self._layout.sample.itemsize
        return min(length, HEAD), f"{HEAD} bytes and samples of {size} bytes", f"{length} bytes"


class _Output:
    """The arrays of a `SampleBlock`, taken once at their greatest possible length."""

    def __init__(self, size: int) -> None:
        self._arrival = np.empty(size, np.int64)
        self._tick = np.empty(size, np.int64)
        self._acc = np.empty((size, 3))
        self._gyr = np.empty((size, 3))
        self._clipped = np.empty(size, np.bool_)
        self._used = 0

    def append(self, group: _Group, t_ns: IntArray) -> None:
        part = slice(self._used, self._used + len(group.tick))
        self._arrival[part] = t_ns[group.source]
        self._tick[part], self._acc[part], self._gyr[part] = group.tick, group.acc, group.gyr
        self._clipped[part] = group.clipped
        self._used = part.stop

    def block(self) -> SampleBlock:
        n = self._used
        return SampleBlock(self._arrival[:n], self._tick[:n], self._acc[:n], self._gyr[:n], self._clipped[:n])


def _within(si: FloatArray, limit: float) -> BoolArray:
    """(m,) whether all numbers of a notification are real and within ±`limit`; `si` (m, n, 3)."""
    within = np.abs(si) <= limit
    # Nearly always all are: one flat pass is several times as fast as one per notification.
    return np.ones(len(si), np.bool_) if within.all() else np.asarray(within.all(axis=(1, 2)))


def encode_notification(t_us: int, acc: FloatArray, gyr: FloatArray, step_us: int = 0, scheme: Scheme = DIY) -> bytes:
    """One notification of n samples, `acc` (n,3) m/s² and `gyr` (n,3) rad/s, the first measured at `t_us`.

    Whole numbers are rounded and saturate like a sensor's; components that are neither are zero.
    Raises ValueError where the samples do not fit one notification or n > 1 samples have no step.
    """
    layout = imu_layout(scheme)
    acc = np.asarray(acc, np.float64).reshape(-1, 3)
    rows = np.zeros(len(acc), layout.sample)
    for axes, si in ((layout.acc, acc), (layout.gyr, np.asarray(gyr, np.float64).reshape(-1, 3))):
        for i, field in enumerate(axes.fields if axes else ()):
            value = si[:, i] / axes.factor[i] if axes else si[:, i]
            kind = layout.sample[field]
            rows[field] = np.clip(np.rint(value), *_ends(kind)) if kind.kind != "f" else value
    body = rows.tobytes()
    if len(acc) > 1:
        if not 0 < step_us <= 0xFFFF:
            raise ValueError(f"a step of 1 to 65535 us is needed between {len(acc)} samples, not {step_us}")
        body += step_us.to_bytes(STEP, "little")
    if not len(acc) or len(body) > MAX_BODY:
        raise ValueError(f"{len(acc)} samples of {layout.sample.itemsize} bytes do not make one notification")
    return bytes((scheme.sensor_id, len(body))) + t_us.to_bytes(8, "little") + body


def _ends(kind: np.dtype[Any]) -> tuple[int, int]:
    info = np.iinfo(kind)
    return int(info.min), int(info.max)
