"""The WitMotion byte stream: frames of 20 or 28 bytes, several per notification or straddling two, no checksum.

A frame is `55 61`, then acceleration, angular rate and angles as nine little-endian i16. Newer firmware adds eight
bytes of wall time, so the next header tells the length: it sits 20 bytes on, or 28. Both forms carry the sample in
their first 20 bytes, so a sample is complete with the 20th byte. `55 71` answers to register reads, 20 bytes, lie
in between. `55 61` also occurs inside payloads: the stream is framed by length, and only a wrong header makes the
decoder search, for a header that another header follows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from monitor.errors import DecodeError
from monitor.sensors.base import Decoded
from monitor.values import STANDARD_GRAVITY, BoolArray, FloatArray, IntArray, PacketBlock, SampleBlock

FRAME: Final = 20
TIME_TAIL: Final = 8
DATA_FRAME: Final = b"\x55\x61"
REGISTER_ANSWER: Final = b"\x55\x71"
_PIECE: Final = 1 << 13
_EXPECTED: Final = "55 61 or 55 71"

ACC_FULL_SCALE: Final = 16 * STANDARD_GRAVITY
GYR_FULL_SCALE: Final = math.radians(2000.0)
_ACC_PER_COUNT: Final = ACC_FULL_SCALE / 32768
_GYR_PER_COUNT: Final = GYR_FULL_SCALE / 32768
_SCALE: Final = np.array([_ACC_PER_COUNT] * 3 + [_GYR_PER_COUNT] * 3)

Bytes = NDArray[np.uint8]
_NONE: Final[IntArray] = np.empty(0, np.int64)


class _Run(NamedTuple):
    """`frames` frames, the first at `start`, one every `stride` bytes."""

    start: int
    frames: int
    stride: int
    known: int = 0
    """Where the bytes end by which the first one was recognised after a search; 0 without one."""


class _Refused(NamedTuple):
    """Bytes `start` to `stop` that belong to no frame; `fresh`: not the continuation of an earlier refused stretch."""

    start: int
    stop: int
    fresh: bool


class _Scan(NamedTuple):
    runs: list[_Run]
    refused: list[_Refused]
    rest: int
    """Where the bytes begin that must wait for more."""


class WitMotionDecoder:
    """`monitor.sensors.base.Decoder` of the family. Holds at most 30 bytes between calls."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forgets a half-received frame."""
        self._hold(b"", _NONE, _NONE, _NONE)
        self._tail = False  # the eight time bytes may come next
        self._lost = False
        self._reported = 0  # refused notifications are reported up to here

    def push(self, packets: PacketBlock) -> Decoded:
        """The samples whose 20th byte these notifications bring, and the parts that belong to no frame.

        A frame found by searching is a sample, and arrives, with the header behind it that confirms it.
        """
        data, ends, t_ns = packets.data, packets.ends, packets.t_ns
        if self._held:
            ends = np.concatenate((self._held_ends, ends + len(self._held)))
            t_ns = np.concatenate((self._held_t_ns, t_ns))
            data = self._held + data

        scan = self._scan(data)
        samples = _samples(data, scan.runs, ends, t_ns)
        if scan.rest == len(data) and not scan.refused:
            self._hold(b"", _NONE, _NONE, _NONE)
            return Decoded(samples)

        starts = np.concatenate(([self._held_start], ends[:-1]))
        errors = self._errors(data, scan.refused, starts, ends)
        waiting = (ends > scan.rest) & (ends > starts)
        self._hold(data[scan.rest :], starts[waiting] - scan.rest, ends[waiting] - scan.rest, t_ns[waiting])
        self._reported -= scan.rest
        return Decoded(samples, errors)

    def _hold(self, rest: bytes, starts: IntArray, ends: IntArray, t_ns: IntArray) -> None:
        """Keeps `rest` and the notifications it came from; the first one may have begun before it."""
        self._held, self._held_ends, self._held_t_ns = rest, ends, t_ns
        self._held_start = int(starts[0]) if len(starts) else 0

    def _scan(self, data: bytes) -> _Scan:
        """Where the frames are. Every decision rests on the stream alone, never on where a notification ends."""
        raw = np.frombuffer(data, np.uint8)
        runs: list[_Run] = []
        refused: list[_Refused] = []
        at, size, fresh, known = 0, len(data), False, 0
        while True:
            if self._lost:
                found, at_next, known = _next_plausible(data, at)
                if at_next > at:
                    refused.append(_Refused(at, at_next, fresh))
                at, fresh = at_next, False
                if not found:
                    break
                self._lost = self._tail = False
            count = _frames_every_20(raw, at)
            if count:
                runs.append(_Run(at, count, FRAME, known))
                known = 0
                at += FRAME * count
                self._tail = True
            elif size - at < (TIME_TAIL + 2 if self._tail else 2) or _header(data, at):
                break
            elif self._tail and _header(data, at + TIME_TAIL):
                at += TIME_TAIL
                self._tail = False
                count = _frames_every_28(raw, at)
                if count:
                    runs.append(_Run(at, count, FRAME + TIME_TAIL))
                    at += (FRAME + TIME_TAIL) * count
            else:
                self._lost = fresh = True
        return _Scan(runs, refused, at)

    def _errors(
        self, data: bytes, refused: list[_Refused], starts: IntArray, ends: IntArray
    ) -> tuple[DecodeError, ...]:
        """One error per refused stretch and notification it touches. Equal errors share one object: hostile data is
        long, its kinds of errors are few."""
        known: dict[tuple[int, bytes], DecodeError] = {}
        errors: list[DecodeError] = []
        for stretch in refused:
            if stretch.fresh:
                self._reported = stretch.start
            first = int(np.searchsorted(ends, max(stretch.start, self._reported), side="right"))
            last = int(np.searchsorted(starts, stretch.stop, side="left"))
            for start, end in zip(starts[first:last].tolist(), ends[first:last].tolist(), strict=True):
                if end == start:
                    continue
                at = max(stretch.start, start)
                key = (at - start, data[at : min(at + 2, end)])
                if key not in known:
                    known[key] = DecodeError(key[0], _EXPECTED, key[1].hex(" "))
                errors.append(known[key])
                self._reported = end
        return tuple(errors)


def _header(data: bytes, at: int) -> bool:
    return data[at : at + 2] in (DATA_FRAME, REGISTER_ANSWER)


def _is_header(first: Bytes, second: Bytes) -> BoolArray:
    header: BoolArray = (first == 0x55) & ((second == 0x61) | (second == 0x71))
    return header


def _frames_every_20(raw: Bytes, at: int) -> int:
    """How many complete frames follow each other 20 bytes apart from `at`. Linear in the answer."""
    total, step = 0, 64
    while count := min(step, (len(raw) - at) // FRAME):
        rows = raw[at : at + FRAME * count].reshape(count, FRAME)
        good = _is_header(rows[:, 0], rows[:, 1])
        if not good.all():
            return total + int(good.argmin())
        total, at, step = total + count, at + FRAME * count, step * 4
    return total


def _frames_every_28(raw: Bytes, at: int) -> int:
    """How many frames from `at` have no header 20 bytes on but one 28 bytes on. Linear in the answer."""
    stride = FRAME + TIME_TAIL
    total, step = 0, 64
    while (count := min(step, (len(raw) - at - 2) // stride)) > 0:
        heads = at + stride * np.arange(count + 1)
        header = _is_header(raw[heads], raw[heads + 1])
        inside = heads[:-1] + FRAME
        good = header[:-1] & header[1:] & ~_is_header(raw[inside], raw[inside + 1])
        if not good.all():
            return total + int(good.argmin())
        total, at, step = total + count, at + stride * count, step * 4
    return total


def _next_plausible(data: bytes, at: int) -> tuple[bool, int, int]:
    """The first header from `at` that another one follows 20 or 28 bytes on, and where the bytes end that tell so; or
    False and where to wait for more."""
    size, known = len(data), 0
    places = {kind: data.find(kind, at) for kind in (DATA_FRAME, REGISTER_ANSWER)}
    while ahead := [place for place in places.values() if place >= 0]:
        at = min(ahead)
        if _header(data, at + FRAME):
            return True, at, max(known, at + FRAME + 2)
        refuted = at + FRAME + TIME_TAIL + 2
        if _header(data, at + FRAME + TIME_TAIL):
            return True, at, refuted
        if size < refuted:
            return False, at, 0
        known = refuted  # one behind it had to wait for that
        places = {kind: data.find(kind, at + 1) if place == at else place for kind, place in places.items()}
    return False, size - 1 if data.endswith(b"\x55") else size, 0


def _samples(data: bytes, runs: list[_Run], ends: IntArray, t_ns: IntArray) -> SampleBlock:
    """The samples of the frames in `runs`; register answers are left out."""
    total = sum(run.frames for run in runs)
    arrival, clipped = np.empty(total, np.int64), np.empty(total, np.bool_)
    acc, gyr = np.empty((total, 3)), np.empty((total, 3))
    used = 0
    for start, frames, stride, known in _pieces(runs):
        counts = np.array(np.ndarray((frames, 6), "<i2", data, start + 2, (stride, 2)))
        complete = np.arange(start + FRAME, start + FRAME + stride * frames, stride)
        if known:
            complete[0] = known  # before, nobody could tell that it is a frame
        kinds = np.ndarray((frames,), np.uint8, data, start + 1, (stride,))
        is_sample = kinds == DATA_FRAME[1]
        if not is_sample.all():
            counts, complete = counts[is_sample], complete[is_sample]
        part = slice(used, used + len(counts))
        arrival[part] = _arrivals(complete, ends, t_ns)
        np.multiply(counts[:, :3], _ACC_PER_COUNT, out=acc[part], dtype=np.float64)
        np.multiply(counts[:, 3:], _GYR_PER_COUNT, out=gyr[part], dtype=np.float64)
        # Nearly always none reads its full scale: a flat pass is several times as fast as one per row.
        some = len(counts) > 0 and bool(counts.max() == 32767 or counts.min() == -32768)
        clipped[part] = ((counts == 32767) | (counts == -32768)).any(axis=1) if some else False
        used = part.stop
    return SampleBlock(arrival[:used], None, acc[:used], gyr[:used], clipped[:used])


def _pieces(runs: list[_Run]) -> Iterator[_Run]:
    """The runs in pieces whose scratch arrays fit the processor's cache."""
    for start, frames, stride, known in runs:
        for done in range(0, frames, _PIECE):
            yield _Run(start + done * stride, min(_PIECE, frames - done), stride, 0 if done else known)


def _arrivals(complete: IntArray, ends: IntArray, t_ns: IntArray) -> IntArray:
    """When the notifications arrived that brought the bytes before each offset in `complete`."""
    first = int(np.searchsorted(ends, complete[0])) if len(complete) else 0
    window = slice(first, first + len(complete))
    # One frame per notification is the rule, and then there is nothing more to look up.
    return t_ns[window] if np.array_equal(ends[window], complete) else t_ns[np.searchsorted(ends, complete)]


def encode_frames(acc: FloatArray, gyr: FloatArray) -> bytes:
    """20-byte frames end to end from `acc` (n,3) m/s² and `gyr` (n,3) rad/s, saturating like the sensor; angles zero.

    Raises ValueError for values that are not finite.
    """
    si = np.concatenate((np.asarray(acc, np.float64), np.asarray(gyr, np.float64)), axis=1)
    if not np.isfinite(si).all():
        raise ValueError("a WitMotion frame holds finite numbers only")
    rows = np.zeros(len(si), np.dtype([("head", "S2"), ("counts", "<i2", 6), ("angles", "<i2", 3)]))
    rows["head"] = DATA_FRAME
    rows["counts"] = np.clip(np.rint(si / _SCALE), -32768, 32767)
    return rows.tobytes()


def encode_registers(first: int, values: Sequence[int]) -> bytes:
    """The sensor's 20-byte answer to a register read: up to eight i16 from register `first` on."""
    return REGISTER_ANSWER + first.to_bytes(2, "little") + np.resize(np.array([*values] + [0] * 8, "<i2"), 8).tobytes()
