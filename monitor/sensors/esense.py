"""eSense earbuds: what the family is, how it is set up, and its notifications.

A notification is `55, u8 index, u8 checksum, 0C`, then angular rate xyz and acceleration xyz as i16, big endian; the
checksum is the sum of all bytes behind it. The left earbud alone holds the IMU. Sources: cph-cachet/flutter-plugins
(esense), OpenEarable/open_earable_flutter, the maker's `ESenseConfig.java`. See firmware_notes/esense.md.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import Final

import numpy as np

from monitor.errors import DecodeError, SensorSetupError
from monitor.sensors.base import Decoded, Decoder, DeviceClock, Read, Recipe, SensorFamily, Step, StreamSetup, Write
from monitor.values import NS_PER_S, STANDARD_GRAVITY, FloatArray, IntArray, PacketBlock, SampleBlock

__all__ = ["FAMILY", "ESenseDecoder", "command", "encode", "sampling"]

SERVICE: Final = "0000ff06-0000-1000-8000-00805f9b34fb"
SAMPLING: Final = "0000ff07-0000-1000-8000-00805f9b34fb"
DATA: Final = "0000ff08-0000-1000-8000-00805f9b34fb"
RANGES: Final = "0000ff0e-0000-1000-8000-00805f9b34fb"

FRAME: Final = np.dtype([("kind", "u1"), ("index", "u1"), ("checksum", "u1"), ("size", "u1"), ("counts", ">i2", 6)])
DATA_FRAME: Final = 0x55
SET_SAMPLING: Final = 0x53
SET_RANGES: Final = 0x59
_BODY: Final = 12
RATES_HZ: Final = (50.0, 100.0)
ACC_RANGES_G: Final = (2, 4, 8, 16)
# As in the maker's classes: counts per g at 2 g, and per deg/s at 250 deg/s (which is 131, not 32768 / 250).
_ACC_PER_G_AT_2: Final = 16384.0
_GYR_PER_DPS: Final = (131.0, 65.5, 32.8, 16.4)
# Of the four bytes behind the head, the 2nd and 3rd hold the ranges of turning and acceleration, in bits 3 and 4.
_GYR_AT, _ACC_AT, _RANGE_SHIFT, _RANGE_BITS = 4, 5, 3, 0x18
WANTED_ACC: Final = 2
WANTED_GYR: Final = 2
"""8 g and 1000 deg/s: the 4 g it wakes up with are less than a runner's head may see."""
_HEAD: Final = 3
_REGISTERS: Final = 4
_LATE: Final = 16
"""A frame so many behind the newest is a late or repeated one; the counter has but 256 values."""
_LABEL: Final = "eSense earbud"


def command(kind: int, body: bytes) -> bytes:
    """A command: its kind, the checksum over what follows, the body's size, the body."""
    rest = bytes((len(body),)) + body
    return bytes((kind, sum(rest) & 0xFF)) + rest


def sampling(rate_hz: int) -> bytes:
    """The command that starts the stream at a rate of 1 to 100 Hz; 0 stops it."""
    return command(SET_SAMPLING, bytes((rate_hz > 0, rate_hz)))


def start(rate_hz: float) -> Recipe:
    """Widens its ranges to 8 g and 1000 deg/s, reads what it took, and starts it at the offered rate nearest.

    Raises SensorSetupError where its ranges cannot be read: without them its numbers have no scale.
    """
    rate = min(RATES_HZ, key=lambda offered: abs(offered - rate_hz))
    registers = bytearray((yield from _read_ranges())[_HEAD:])
    for at, wanted in ((_GYR_AT, WANTED_GYR), (_ACC_AT, WANTED_ACC)):
        registers[at - _HEAD] = registers[at - _HEAD] & ~_RANGE_BITS & 0xFF | wanted << _RANGE_SHIFT
    yield Write(RANGES, command(SET_RANGES, bytes(registers)))
    taken = yield from _read_ranges()
    yield Write(SAMPLING, sampling(round(rate)))
    acc, gyr = ((taken[at] & _RANGE_BITS) >> _RANGE_SHIFT for at in (_ACC_AT, _GYR_AT))
    return StreamSetup(bytes((acc, gyr, round(rate))), rate)


def _read_ranges() -> Generator[Step, bytes, bytes]:
    """The whole answer, checked."""
    answer = yield Read(RANGES)
    body = answer[_HEAD:]
    if len(answer) != _HEAD + _REGISTERS or answer != command(SET_RANGES, body):
        raise SensorSetupError(
            _LABEL, "reading its ranges", f"{len(answer)} bytes came that make no sense; switch it off and on"
        )
    return answer


def stop() -> Recipe:
    """Ends the stream."""
    yield Write(SAMPLING, sampling(0))
    return StreamSetup(b"", 0.0)


class ESenseDecoder:
    """`monitor.sensors.base.Decoder` of the family: one sample a notification, timed by its counter.

    `ESenseDecoder(config)` raises DecodeError where `config` is not two ranges (0 to 3) and a rate in Hz. The ticks
    it gives are nanoseconds at that rate. Of a counter of 256 values the decoder keeps the place, so that a hole of up
    to 239 samples has its true length; longer ones end the connection before they could be mistaken.
    """

    def __init__(self, config: bytes) -> None:
        if len(config) != 3 or max(config[:2]) >= len(ACC_RANGES_G) or not 1 <= config[2] <= 100:
            raise DecodeError(0, "two ranges of 0 to 3 and a rate of 1 to 100 Hz", config[:8].hex(" ") or "nothing")
        self._scale = scale(config[0], config[1])
        self._tick_ns = round(NS_PER_S / config[2])
        self._newest: int | None = None

    def reset(self) -> None:
        """A new link: the next frame's counter is taken as it is."""
        self._newest = None

    def push(self, packets: PacketBlock) -> Decoded:
        """One sample for each notification that fits, and one error for each that does not."""
        starts = np.concatenate(([0], packets.ends))[:-1]
        lengths = packets.ends - starts
        whole = np.flatnonzero(lengths == FRAME.itemsize)
        raw = np.frombuffer(packets.data, np.uint8)[starts[whole][:, np.newaxis] + np.arange(FRAME.itemsize)]
        rows = raw.view(FRAME)[:, 0]
        checks = (
            (rows["kind"] == DATA_FRAME, 0, f"{DATA_FRAME:02x}"),
            (rows["size"] == _BODY, 3, f"{_BODY:02x}"),
            (raw[:, 3:].sum(axis=1, dtype=np.int64) & 0xFF == rows["checksum"], 2, "its checksum"),
        )
        good = np.ones(len(rows), np.bool_)
        refused: list[tuple[int, int, str, str]] = [
            (i, min(length, FRAME.itemsize), f"{FRAME.itemsize} bytes", f"{length}")
            for i, length in zip(
                np.flatnonzero(lengths != FRAME.itemsize).tolist(),
                lengths[lengths != FRAME.itemsize].tolist(),
                strict=True,
            )
        ]
        for passed, offset, expected in checks:
            bad = np.flatnonzero(good & ~passed)
            refused += [
                (int(whole[i]), offset, expected, f"{got:02x}")
                for i, got in zip(bad.tolist(), raw[bad, offset].tolist(), strict=True)
            ]
            good &= passed
        rows, which = rows[good], whole[good]
        counts = rows["counts"].astype(np.int64)
        si = counts * self._scale
        clipped = ((counts == 32767) | (counts == -32768)).any(axis=1)
        samples = SampleBlock(packets.t_ns[which], self._ticks(rows["index"]), si[:, 3:], si[:, :3], clipped)
        known = {each[1:]: DecodeError(*each[1:]) for each in refused}
        return Decoded(samples, tuple(known[each[1:]] for each in sorted(refused)))

    def _ticks(self, index: IntArray) -> IntArray:
        """Nanoseconds (n,) for counters (n,), growing over its wraps."""
        if len(index) == 0:
            return np.empty(0, np.int64)
        newest = int(index[0]) if self._newest is None else self._newest
        steps = np.diff(index.astype(np.int64), prepend=newest & 0xFF)
        count = newest + np.cumsum(np.mod(steps + _LATE, 256) - _LATE)
        self._newest = int(count[-1])
        return count * self._tick_ns


def scale(acc_range: int, gyr_range: int) -> FloatArray:
    """SI units per count of the six numbers of a frame: rad/s three times, m/s² three times."""
    gyr = math.radians(1.0) / _GYR_PER_DPS[gyr_range]
    acc = STANDARD_GRAVITY / (_ACC_PER_G_AT_2 / (1 << acc_range))
    return np.array([gyr] * 3 + [acc] * 3)


def encode(
    index: int, acc: FloatArray, gyr: FloatArray, acc_range: int = WANTED_ACC, gyr_range: int = WANTED_GYR
) -> bytes:
    """One notification from `acc` (3,) m/s² and `gyr` (3,) rad/s, rounded and saturating like the sensor."""
    counts = np.rint(np.concatenate((gyr, acc)) / scale(acc_range, gyr_range))
    body = np.clip(counts, -32768, 32767).astype(">i2").tobytes()
    return bytes((DATA_FRAME, index & 0xFF)) + command(DATA_FRAME, body)[1:]


def decoder(config: bytes) -> Decoder:
    """A fresh decoder for the ranges and the rate in `config`. Raises DecodeError where those make no sense."""
    return ESenseDecoder(config)


FAMILY: Final = SensorFamily(
    key="esense",
    label=_LABEL,
    name_prefixes=("eSense-",),
    service=SERVICE,
    data=DATA,
    # The counter runs at the rate asked for, which nobody has measured.
    clock=DeviceClock(tick_ns=1, wrap_bits=0, max_skew=0.05),
    has_gyro=True,
    rates_hz=RATES_HZ,
    default_rate_hz=50.0,
    acc_full_scale=8 * STANDARD_GRAVITY,
    gyr_full_scale=math.radians(32767 / _GYR_PER_DPS[WANTED_GYR]),
    notification_interval_s=0.02,
    min_mtu=23,
    sites=("left ear: the right one has no IMU",),
    checked_against="documentation only: public client code; no captured packet is public",
    cannot=(
        "no time stamp, only a counter of 256",
        "its battery is not read: the layout of that answer was not checked",
        "a research device, no longer made",
    ),
    start=start,
    stop=stop,
    decoder=decoder,
)
