"""Polar's notifications -> samples: frames of acceleration, and of turning where there is a gyroscope, joined.

What the decoder must know beside the notifications is its `config`, kept in the recording: a version byte, then for
each measurement `type u8, length u8` and the settings chosen, with the factor that the sensor answered.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np

from monitor.errors import DecodeError
from monitor.sensors.base import Decoded
from monitor.sensors.pairing import StreamPair, Vectors
from monitor.sensors.polar_control import Setting, Settings, encode_settings, parse_settings
from monitor.sensors.polar_frames import MOST_SAMPLES, Frames, Measurement, read_frames
from monitor.sensors.polar_times import SampleTimes
from monitor.values import NS_PER_S, STANDARD_GRAVITY, BoolArray, PacketBlock, SampleBlock, packet

VERSION: Final = 1
CLIPPED: Final = 0.995
"""Of the range. 16-bit parts of 8 g end at 7.995 g, 12-bit ones a little beyond 8 g."""
RATES_HZ: Final = (5.0, 2000.0)
WIDEST_PERIODS: Final = 2.5
"""Angular rates further apart are not interpolated: one is missing between them."""
JUMP_NS: Final = 5 * NS_PER_S
"""No repeated frame steps back further (a frame is filled to the link's size: a second or two, four at rest)."""
_UNIT: Final = {Measurement.ACC: STANDARD_GRAVITY, Measurement.GYRO: math.radians(1.0)}


def encode_config(streams: Mapping[Measurement, Settings]) -> bytes:
    """The decoder's `config` from each measurement's settings, one value of each kind."""
    parts = [bytes((VERSION,))]
    for kind, settings in sorted(streams.items()):
        encoded = encode_settings(settings)
        parts.append(bytes((kind, len(encoded))) + encoded)
    return b"".join(parts)


def parse_config(config: bytes) -> dict[Measurement, Settings]:
    """The inverse of `encode_config`. Raises DecodeError."""
    if config[:1] != bytes((VERSION,)):
        raise DecodeError(0, f"version {VERSION}", config[:1].hex() or "nothing")
    streams: dict[Measurement, Settings] = {}
    at = 1
    while at < len(config):
        end = at + 2 + config[at + 1] if at + 1 < len(config) else len(config) + 1
        if end > len(config):
            raise DecodeError(at, "a whole measurement", f"{len(config) - at} bytes")
        if config[at] not in [*Measurement] or config[at] in streams:
            raise DecodeError(at, "another measurement, 2 or 5", str(config[at]))
        streams[Measurement(config[at])] = parse_settings(config[at + 2 : end])
        at = end
    return streams


class PolarDecoder:
    """`monitor.sensors.base.Decoder` of the families. Of angular rates and accelerations the newest are held.

    `PolarDecoder(config)` raises DecodeError where the config cannot be read, lacks the acceleration, or where
    `has_gyro` and what it holds disagree.
    """

    def __init__(self, config: bytes, *, has_gyro: bool) -> None:
        streams = parse_config(config)
        wanted = {Measurement.ACC, Measurement.GYRO} if has_gyro else {Measurement.ACC}
        if streams.keys() != wanted:
            names = ", ".join(each.name.lower() for each in sorted(streams))
            raise DecodeError(1, " and ".join(each.name.lower() for each in sorted(wanted)), names or "nothing")
        rates = {kind: _one(settings, Setting.RATE) for kind, settings in streams.items()}
        for rate in rates.values():
            if not RATES_HZ[0] <= rate <= RATES_HZ[1]:
                raise DecodeError(1, "a rate of 5 to 2000 Hz", f"{rate:g} Hz")
        self._factors = {kind: _factor(settings) for kind, settings in streams.items()}
        self._clips = {kind: CLIPPED * _range(settings) * _UNIT[kind] for kind, settings in streams.items()}
        self._times = {kind: SampleTimes(rate) for kind, rate in rates.items()}
        self._pair: StreamPair | None = None
        if has_gyro:
            widest = round(WIDEST_PERIODS * NS_PER_S / rates[Measurement.GYRO])
            self._pair = StreamPair(widest, patience=MOST_SAMPLES, jump=JUMP_NS)
        self._base_ns: int | None = None

    def reset(self) -> None:
        """Nothing waits any more, and the next frames have none before them."""
        for times in self._times.values():
            times.reset()
        if self._pair is not None:
            self._pair.reset()

    def push(self, packets: PacketBlock) -> Decoded:
        """The samples that these notifications complete, in order, and one error for each that is refused."""
        frames, errors = read_frames(packets, self._factors)
        if self._base_ns is None:
            heard = [each for each in frames.values() if len(each.packet)]
            if heard:
                first = min(heard, key=lambda each: int(each.packet[0]))
                self._base_ns = int(first.stamp_ns[0])
        vectors = {kind: self._vectors(packets, kind, found) for kind, found in frames.items()}
        acc = vectors[Measurement.ACC]
        if self._pair is not None:
            return Decoded(self._pair.push(acc, vectors[Measurement.GYRO]), errors)
        gyr = np.full_like(acc.vector, np.nan)
        return Decoded(SampleBlock(acc.arrival_ns, acc.tick, acc.vector, gyr, acc.clipped), errors)

    def _vectors(self, packets: PacketBlock, kind: Measurement, frames: Frames) -> Vectors:
        """The samples of one measurement's frames, each with its own time, in ns since the first frame's stamp."""
        tick = self._times[kind].push(frames.stamp_ns, frames.samples) - (self._base_ns or 0)
        number = np.repeat(frames.packet, frames.samples)
        clipped: BoolArray = np.any(np.abs(frames.vector) >= self._clips[kind], axis=1)
        return Vectors(number, packets.t_ns[number], tick, frames.vector, clipped)


def samples_in(config: bytes, notification: bytes) -> int:
    """Samples in the frame that a notification is, 0 where it is none. Raises DecodeError for a damaged `config`."""
    factors = {kind: _factor(settings) for kind, settings in parse_config(config).items()}
    frames, _ = read_frames(packet("", 0, notification), factors)
    return sum(int(each.samples.sum()) for each in frames.values())


def _one(settings: Settings, kind: Setting) -> float:
    """The single value of a kind, 0 where there is none. Raises DecodeError for several."""
    values = settings.get(kind, ())
    if len(values) > 1:
        raise DecodeError(1, f"one {kind.name.lower()}", str(len(values)))
    return float(values[0]) if values else 0.0


def _factor(settings: Settings) -> float:
    factor = _one(settings, Setting.FACTOR) if Setting.FACTOR in settings else 1.0
    if not 0 < factor < math.inf:
        raise DecodeError(1, "a factor above 0", f"{factor:g}")
    return factor


def _range(settings: Settings) -> float:
    """Full scale in g or dps; infinite where the sensor does not tell."""
    full_scale = _one(settings, Setting.RANGE) or _one(settings, Setting.RANGE_MILLI) / 1000
    return full_scale if full_scale > 0 else math.inf
