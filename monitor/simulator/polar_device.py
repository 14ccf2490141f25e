"""Virtual Polar sensors: they are asked for their settings, fill frames to the link's size, and stamp them."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
from bumble.gatt import GATT_BATTERY_LEVEL_CHARACTERISTIC, GATT_BATTERY_SERVICE, Characteristic, Service

from monitor.errors import DecodeError
from monitor.sensors import polar, polar_control
from monitor.sensors.polar_control import Setting, Settings, Status
from monitor.sensors.polar_encoding import encode_frame
from monitor.sensors.polar_frames import Measurement
from monitor.simulator.peripheral import VirtualPeripheral
from monitor.values import NS_PER_S, STANDARD_GRAVITY, FloatArray

BOOT_NS = 599_616_000 * NS_PER_S
"""What the clock reads when nobody has set it, ns since 2000: 2019-01-01."""
FRAME_BYTES = 232
"""A frame is sent before it grows beyond this, as the maker says (polar-ble-sdk issue 439)."""
LARGEST_ANSWER = 244
_UNIT = {Measurement.ACC: STANDARD_GRAVITY, Measurement.GYRO: math.radians(1.0)}
_ASKED = {Setting.RATE: Status.RATE, Setting.RANGE: Status.RANGE, Setting.CHANNELS: Status.CHANNELS}
_UNKNOWN_COMMAND, _NOT_MEASURED, _BAD_SETTING = 1, 2, 5


class PolarPeripheral(VirtualPeripheral):
    """A Verity Sense. Acceleration and turning fill frames of their own, so that the two go out apart.

    With `samples_per_notification` a frame holds so many samples.
    """

    default_name = "Polar Sense SIMULATED"
    usual_samples_per_notification = 4
    frame_samples: ClassVar[int] = 0
    """Samples in every frame; 0 = as many as fit, but no more than `most_samples`."""
    most_samples: ClassVar[dict[Measurement, int]] = {Measurement.ACC: 60, Measurement.GYRO: 130}
    """Of the frames that were seen (captured ones; issue 439 tells of the gyroscope's)."""
    offers: ClassVar[dict[Measurement, Settings]] = {
        Measurement.ACC: {
            Setting.RATE: (52,),
            Setting.RESOLUTION: (16,),
            Setting.RANGE: (8,),
            Setting.CHANNELS: (3,),
        },
        Measurement.GYRO: {
            Setting.RATE: (52,),
            Setting.RESOLUTION: (16,),
            Setting.RANGE: (245, 500, 1000, 2000),
            Setting.CHANNELS: (3,),
        },
    }
    goes_on: ClassVar[bool] = False
    """It measures on when the link is lost, and says so when it is to start."""
    form: ClassVar[dict[Measurement, int]] = {Measurement.ACC: 0x81, Measurement.GYRO: 0x80}
    factor: ClassVar[dict[Measurement, float]] = {Measurement.ACC: 1.0, Measurement.GYRO: 0.06103515625}

    def _services(self) -> list[Service]:
        self._running: dict[Measurement, float] = {}
        self._waiting: dict[Measurement, FloatArray] = {}
        self._next = 0
        self._set_ns = 0
        self._saying: asyncio.Task[None] | None = None
        self.in_charger = False
        self.largest_answer = LARGEST_ANSWER
        """Longer answers of the control point come in parts of so many bytes."""
        self._stream_characteristic = self._characteristic(polar.DATA, notify=True)
        self._stream_characteristic.on("subscription", self._on_subscription)
        self._control = self._characteristic(polar.CONTROL, indicate=True, read=self._features, write=self._on_command)
        battery = self._characteristic(
            GATT_BATTERY_LEVEL_CHARACTERISTIC, read=lambda: bytes((self.sensor.battery_percent,))
        )
        return [
            Service(polar.SERVICE, [self._control, self._stream_characteristic]),
            Service(GATT_BATTERY_SERVICE, [battery]),
        ]

    @property
    def _data(self) -> Characteristic:
        return self._stream_characteristic

    # ------------------------------------------------------------------ what may happen to it

    def set_clock(self, ahead_s: float) -> None:
        """Somebody sets the clock: it jumps ahead, or back where negative."""
        self._set_ns += round(ahead_s * NS_PER_S)

    def stop_by_itself(self) -> None:
        """It stops measuring and says so, as when it is put into its charger."""
        self._say(bytes((polar_control.STOPPED, *self._running)))
        self._end()

    # ------------------------------------------------------------------ commands

    def _features(self) -> bytes:
        bits = sum(1 << each for each in self.offers)
        return bytes((polar_control.FEATURES, bits)) + bytes(15)

    def _on_command(self, data: bytes) -> None:
        op, kind = (data[0], data[1]) if len(data) >= 2 else (0, 0)
        if kind not in self.offers:
            self._answer(op, kind, _NOT_MEASURED)
        elif op == polar_control.GET_SETTINGS:
            self._answer(op, kind, Status.OK, polar_control.encode_settings(self.offers[Measurement(kind)]))
        elif op == polar_control.START:
            self._answer(op, kind, *self._begin(Measurement(kind), data[2:]))
        elif op == polar_control.STOP:
            self._running.pop(Measurement(kind), None)
            if not self._running:
                self._end()
            self._answer(op, kind, Status.OK)
        else:
            self._answer(op, kind, _UNKNOWN_COMMAND)

    def _begin(self, kind: Measurement, data: bytes) -> tuple[int, bytes]:
        """Status and parameters of the answer to a start."""
        if self.in_charger:
            return Status.CHARGER, b""
        if kind in self._running:
            return Status.ALREADY, b""
        try:
            asked = polar_control.parse_settings(data)
        except DecodeError:
            return _BAD_SETTING, b""
        for setting, offered in self.offers[kind].items():
            if len(values := asked.get(setting, ())) != 1 or values[0] not in offered:
                return _ASKED.get(setting, _BAD_SETTING), b""
        self._running[kind] = asked[Setting.RATE][0]
        self._waiting[kind] = np.empty((0, 3))
        self._start_streaming(asked[Setting.RATE][0])
        factor = self.factor[kind]
        return Status.OK, b"" if factor == 1 else polar_control.encode_settings({Setting.FACTOR: (factor,)})

    def _answer(self, op: int, kind: int, status: int, parameters: bytes = b"") -> None:
        size = self.largest_answer - polar_control.ANSWER_HEAD
        parts = [parameters[i : i + size] for i in range(0, len(parameters), size)] or [b""]
        for place, part in enumerate(parts, start=1):
            self._say(bytes((polar_control.ANSWER, op, kind, status, place < len(parts))) + part)

    def _say(self, data: bytes) -> None:
        """Indicate on the control point."""
        if self._connection is not None:
            self._saying = self._keep(self._say_after(self._saying, self._connection, data))

    async def _say_after(self, before: asyncio.Task[None] | None, connection: Any, data: bytes) -> None:
        if before is not None:
            await asyncio.wait({before})
        await self._device.indicate_subscriber(connection, self._control, data)

    def _on_subscription(self, _connection: Any, notify: bool, _indicate: bool) -> None:
        if not notify:
            self._end()

    # ------------------------------------------------------------------ data

    def _encode(self, first: int, rate_hz: float, acc: FloatArray, gyr: FloatArray) -> Iterator[bytes]:
        if first != self._next:
            # Samples were lost inside: whole frames, as far as anybody outside can tell.
            self._waiting = {kind: np.empty((0, 3)) for kind in self._running}
        for kind, si in ((Measurement.ACC, acc), (Measurement.GYRO, gyr)):
            if kind in self._running:
                yield from self._filled(kind, first, rate_hz, si)
        self._next = first + len(acc)

    def _filled(self, kind: Measurement, first: int, rate_hz: float, si: FloatArray) -> Iterator[bytes]:
        """Frames that are full now."""
        waiting, end = self._waiting[kind], polar.FULL_SCALE[kind] * _UNIT[kind]
        si = np.clip(si, -end, end)
        longer = np.concatenate((waiting, si))
        if self.sensor.samples_per_notification or self.frame_samples:
            yield self._frame(kind, first + len(si) - 1, rate_hz, longer)
            longer = longer[:0]
        elif len(longer) > self.most_samples[kind] or len(self._frame(kind, first, rate_hz, longer)) > FRAME_BYTES:
            yield self._frame(kind, first - 1, rate_hz, waiting)
            longer = si
        self._waiting[kind] = longer

    def _frame(self, kind: Measurement, last: int, rate_hz: float, si: FloatArray) -> bytes:
        """A frame whose last sample is number `last`."""
        stamp_ns = BOOT_NS + self._set_ns + round(NS_PER_S * self._clock_s(last, rate_hz))
        return encode_frame(kind, self.form[kind], stamp_ns, si, self.factor[kind])

    def _end(self) -> None:
        self._stop_streaming()
        self._running.clear()

    def _forget_setup(self) -> None:
        self._stop_streaming()
        self._saying = None  # what was being said to a link that broke is never confirmed
        if not self.goes_on:
            self._running.clear()


class PolarAccelerometerPeripheral(PolarPeripheral):
    """An H10: acceleration alone, in frames of 36 plain vectors; no channels to choose, no factor; it never rests."""

    default_name = "Polar H10 SIMULATED"
    usual_samples_per_notification = frame_samples = 36
    offers: ClassVar[dict[Measurement, Settings]] = {
        Measurement.ACC: {Setting.RATE: (25, 50, 100, 200), Setting.RESOLUTION: (16,), Setting.RANGE: (2, 4, 8)}
    }
    goes_on: ClassVar[bool] = True
    form: ClassVar[dict[Measurement, int]] = {Measurement.ACC: 0x01}
    factor: ClassVar[dict[Measurement, float]] = {Measurement.ACC: 1.0}
