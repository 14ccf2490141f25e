"""A virtual Muse 2 with two motion channels, and a virtual Muse S Athena with one for everything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from bumble.gatt import Characteristic, Service

from monitor.sensors import muse, muse_frames
from monitor.sensors.muse_frames import SAMPLES
from monitor.simulator.peripheral import Outgoing, VirtualPeripheral
from monitor.values import FloatArray

_ATHENA_HZ: Final = 256_000
_BATTERY_EVERY: Final = 20


def _counts(values: FloatArray, per_count: float) -> FloatArray:
    return np.clip(np.rint(values / per_count), -32768, 32767)


class MusePeripheral(VirtualPeripheral):
    """Streams after the command `d`, halts at `h`; anything else it ignores. No brain waves."""

    default_name = "Muse-SIMULATED"
    usual_samples_per_notification = SAMPLES
    starts: tuple[bytes, ...] = (muse.START,)

    def _services(self) -> list[Service]:
        control = self._characteristic(muse.CONTROL, notify=True, write=self._on_command)
        self._acc = self._characteristic(muse.ACCELEROMETER, notify=True)
        self._gyr = self._characteristic(muse.GYROSCOPE, notify=True)
        return [Service(muse.SERVICE, [control, self._acc, self._gyr])]

    @property
    def _data(self) -> Characteristic:
        return self._acc

    def _on_command(self, data: bytes) -> None:
        if data in self.starts:
            self._start_streaming(muse_frames.RATE_HZ)
        elif data == muse.HALT:
            self._stop_streaming()

    def _encode(self, first: int, rate_hz: float, acc: FloatArray, gyr: FloatArray) -> Iterator[Outgoing]:
        del rate_hz
        index = (first // SAMPLES % 65536).to_bytes(2, "big")
        for channel, values, per_count in (
            (self._gyr, gyr, muse_frames.GYR_PER_COUNT),
            (self._acc, acc, muse_frames.ACC_PER_COUNT),
        ):
            yield channel, index + _counts(values, per_count).astype(">i2").tobytes()

    def _forget_setup(self) -> None:
        pass


class AthenaPeripheral(MusePeripheral):
    """Streams after `dc001`: motion packets, and now and then one with the battery in it."""

    default_name = "MuseS-SIMULATED"
    starts = (muse.ATHENA_START,)

    def _services(self) -> list[Service]:
        self._packets = 0
        control = self._characteristic(muse.CONTROL, notify=True, write=self._on_command)
        self._everything = self._characteristic(muse.EVERYTHING, notify=True)
        return [Service(muse.SERVICE, [control, self._everything])]

    @property
    def _data(self) -> Characteristic:
        return self._everything

    def _encode(self, first: int, rate_hz: float, acc: FloatArray, gyr: FloatArray) -> Iterator[Outgoing]:
        ticks = int(self._clock_s(first, rate_hz) * _ATHENA_HZ) % (1 << 32)
        counts = np.hstack((_counts(acc, muse_frames.ACC_PER_COUNT), _counts(gyr, -muse_frames.GYR_PER_COUNT)))
        yield self._packet(ticks, muse_frames.MOTION_TAG, counts.astype("<i2").tobytes())
        if self._packets % _BATTERY_EVERY == 1:
            level = (self.sensor.battery_percent * 256).to_bytes(2, "little")
            yield self._packet(ticks, muse_frames.BATTERY_TAG, level + bytes(18))

    def _packet(self, ticks: int, tag: int, content: bytes) -> bytes:
        self._packets += 1
        size = muse_frames.HEAD + len(content)
        head = bytes((size, self._packets % 256)) + ticks.to_bytes(4, "little") + bytes(3) + bytes((tag,)) + bytes(4)
        return head + content
