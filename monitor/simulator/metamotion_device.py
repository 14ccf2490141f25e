"""A virtual MetaMotion: modules behind one command and one notify characteristic, either chip."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

import numpy as np
from bumble.gatt import Characteristic, Service

from monitor.sensors import metamotion, metamotion_frames
from monitor.sensors.battery_level import BATTERY_LEVEL
from monitor.sensors.metamotion import BMI160, BMI270, Chip
from monitor.simulator.peripheral import VirtualPeripheral
from monitor.values import STANDARD_GRAVITY, FloatArray

_BATTERY_SERVICE: Final = "0000180f-0000-1000-8000-00805f9b34fb"
_RATES_HZ: Final = {6: 25.0, 7: 50.0, 8: 100.0, 9: 200.0}
_MODULES: Final = (metamotion_frames.ACCELEROMETER, metamotion_frames.GYROSCOPE)


class MetaMotionPeripheral(VirtualPeripheral):
    """An MMS. It streams while both modules are set, enabled, subscribed to and started, at the accelerometer's rate;
    what it does not know, it ignores."""

    chip: ClassVar[Chip] = BMI270
    revision: ClassVar[int] = 1
    default_name = "MetaWear"
    usual_samples_per_notification = metamotion_frames.PACKED

    def _services(self) -> list[Service]:
        self._registers: dict[tuple[int, int], bytes] = {}
        self._notifications = self._characteristic(metamotion.NOTIFY, notify=True)
        command = self._characteristic(metamotion.COMMAND, write=self._on_command)
        battery = self._characteristic(BATTERY_LEVEL, read=lambda: bytes((self.sensor.battery_percent,)))
        return [Service(metamotion.SERVICE, [command, self._notifications]), Service(_BATTERY_SERVICE, [battery])]

    @property
    def _data(self) -> Characteristic:
        return self._notifications

    def _on_command(self, data: bytes) -> None:
        if len(data) < 2 or data[0] not in _MODULES:
            return
        module, register = data[0], data[1]
        if register == metamotion.MODULE_INFO:
            kind = self.chip.acc_kind if module == metamotion_frames.ACCELEROMETER else self.chip.gyr_kind
            self._notify(self._data, bytes((module, register, kind, self.revision)))
        elif len(data) > 2:
            self._registers[module, register] = data[2:]
            self._follow()

    def _heads(self) -> list[bytes]:
        """The module and data register of the subscribed halves, in the order of the modules."""
        data = (
            (self.chip.acc_packed, self.chip.gyr_packed)
            if self._per_notification > 1
            else (metamotion.PLAIN_DATA, self.chip.gyr_plain)
        )
        both = list(zip(_MODULES, data, strict=True))
        return [bytes(head) for head in both if self._registers.get(head, b"\0")[0]]

    def _follow(self) -> None:
        """Stream or not, as the registers now say."""
        wanted = (metamotion.START, b"\1"), (metamotion.ENABLE, b"\1\0")
        ready = all(
            self._registers.get((module, register)) == value for module in _MODULES for register, value in wanted
        )
        configured = self._registers.get((_MODULES[0], metamotion.CONFIG))
        if not ready or configured is None or len(self._heads()) < len(_MODULES):
            self._stop_streaming()
        elif not self.is_streaming:
            self._start_streaming(_RATES_HZ[configured[0] & 0x0F])

    def _encode(self, first: int, rate_hz: float, acc: FloatArray, gyr: FloatArray) -> Iterator[bytes]:
        del first, rate_hz
        codes = {code: g for g, code in self.chip.acc_ranges.items()}
        acc_range = codes[self._registers[_MODULES[0], metamotion.CONFIG][1]]
        per_acc = metamotion_frames.ACC_PER_G[acc_range] / STANDARD_GRAVITY
        per_gyr = metamotion_frames.GYR_PER_DPS[metamotion.GYR_RANGE_DPS]
        for head, counts in zip(self._heads(), (acc * per_acc, np.degrees(gyr) * per_gyr), strict=True):
            yield head + np.clip(np.rint(counts), -32768, 32767).astype("<i2").tobytes()

    def _forget_setup(self) -> None:
        self._registers.clear()


class MetaMotionRPeripheral(MetaMotionPeripheral):
    """An MMRL: a BMI160, and a firmware so old that it sends one sample a notification."""

    chip = BMI160
    revision = 0
    usual_samples_per_notification = 1
