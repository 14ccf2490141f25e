"""A virtual eSense earbud: sampling by command, ranges in registers that can be read and written, a counter of 256."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bumble.gatt import Characteristic, Service

from monitor.sensors import esense
from monitor.simulator.peripheral import VirtualPeripheral
from monitor.values import FloatArray

_AS_SWITCHED_ON: Final = bytes((0x06, 0x08, 0x08, 0x06))
"""500 deg/s, 4 g and the low-pass filters, as public clients write them."""


class ESensePeripheral(VirtualPeripheral):
    """What it does not know, or what has a wrong checksum, it ignores."""

    default_name = "eSense-SIMULATED"
    usual_samples_per_notification = 1

    def _services(self) -> list[Service]:
        self._registers = _AS_SWITCHED_ON
        self._frames = self._characteristic(esense.DATA, notify=True)
        sampling = self._characteristic(esense.SAMPLING, write=self._on_sampling)
        ranges = self._characteristic(
            esense.RANGES, read=lambda: esense.command(esense.SET_RANGES, self._registers), write=self._on_ranges
        )
        return [Service(esense.SERVICE, [self._frames, sampling, ranges])]

    @property
    def _data(self) -> Characteristic:
        return self._frames

    def _on_sampling(self, data: bytes) -> None:
        if len(data) != 5 or data != esense.command(esense.SET_SAMPLING, data[3:]):
            return
        if data[3] and 1 <= data[4] <= 100:
            self._start_streaming(data[4])
        else:
            self._stop_streaming()

    def _on_ranges(self, data: bytes) -> None:
        if len(data) == 7 and data == esense.command(esense.SET_RANGES, data[3:]):
            self._registers = data[3:]

    def _encode(self, first: int, rate_hz: float, acc: FloatArray, gyr: FloatArray) -> Iterator[bytes]:
        del rate_hz
        gyr_range, acc_range = ((self._registers[at] >> 3) & 3 for at in (1, 2))
        for i in range(len(acc)):
            yield esense.encode(first + i, acc[i], gyr[i], acc_range, gyr_range)

    def _forget_setup(self) -> None:
        self._registers = _AS_SWITCHED_ON
