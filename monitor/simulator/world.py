"""A radio without an adapter: virtual sensors on a virtual air, with faults to call up or to script.

`SimulatedRadio` is given to `BleSource` or `scan` in place of `SystemRadio`; everything else is the same code.
The fault controls may be called from any thread, also before the radio is open.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bumble.device import Device
from bumble.hci import Address
from bumble.transport.common import AsyncPipeSink

from monitor.errors import UnknownSensorError
from monitor.simulator.backend import VirtualAdapter, backends_for
from monitor.simulator.dot_device import DotPeripheral
from monitor.simulator.edgeml_device import OpenEarable1Peripheral, XiaoPeripheral
from monitor.simulator.esense_device import ESensePeripheral
from monitor.simulator.heart_device import HeartStrapPeripheral
from monitor.simulator.metamotion_device import MetaMotionPeripheral
from monitor.simulator.motion import Timeline
from monitor.simulator.movesense_device import MovesensePeripheral
from monitor.simulator.muse_device import AthenaPeripheral, MusePeripheral
from monitor.simulator.openearable_device import OpenEarablePeripheral
from monitor.simulator.peripheral import SampleLoss, VirtualPeripheral, VirtualSensor
from monitor.simulator.polar_device import PolarAccelerometerPeripheral, PolarPeripheral
from monitor.simulator.radio import AirSettings, VirtualAir, VirtualController
from monitor.simulator.record_devices import BlueStPeripheral, Thingy52Peripheral
from monitor.simulator.tampering import Tamper
from monitor.simulator.treadmill_device import FootPodPeripheral, TreadmillPeripheral
from monitor.simulator.witmotion_device import WitMotionPeripheral
from monitor.sources.radio import RadioBackends

FAMILIES: dict[str, type[VirtualPeripheral]] = {
    "witmotion": WitMotionPeripheral,
    "openearable2": OpenEarablePeripheral,
    "openearable1": OpenEarable1Peripheral,
    "edgeml": XiaoPeripheral,
    "movesense": MovesensePeripheral,
    "dot": DotPeripheral,
    "polar": PolarPeripheral,
    "polar_acc": PolarAccelerometerPeripheral,
    "metamotion": MetaMotionPeripheral,
    "esense": ESensePeripheral,
    "muse": MusePeripheral,
    "muse_athena": AthenaPeripheral,
    "thingy52": Thingy52Peripheral,
    "bluest": BlueStPeripheral,
    "treadmill": TreadmillPeripheral,
    "foot_pod": FootPodPeripheral,
    "heart_strap": HeartStrapPeripheral,
}
"""What can be simulated: families of posture sensors, and the kinds of companions."""

_CENTRAL_ADDRESS = "F0:F0:F0:F0:F0:F0"


class FaultKind(StrEnum):
    """What can go wrong; see the methods of `SimulatedRadio` of the same names."""

    OUT_OF_RANGE = "out_of_range"
    HANG_UP = "hang_up"
    SILENT = "silent"
    REBOOT = "reboot"
    LOSE_SAMPLES = "lose_samples"


@dataclass(frozen=True, slots=True)
class Fault:
    """A scripted fault of the sensor `key`, `at_s` seconds after the first sensor began to stream.

    `seconds`: how long (out of range, silent, losing samples); `fraction`: of the notifications lost.
    """

    at_s: float
    kind: FaultKind
    key: str
    seconds: float = 0.0
    fraction: float = 0.1


class SimulatedRadio:
    """Implements `monitor.sources.radio.Radio`. May be opened again after it was closed; faults do not carry over.

    Raises ValueError for sensors or faults that do not fit together, UnknownSensorError for a family that cannot
    be simulated.
    """

    def __init__(
        self, sensors: Sequence[VirtualSensor], script: Sequence[Fault] = (), air: AirSettings | None = None
    ) -> None:
        self._sensors = {sensor.key: sensor for sensor in sensors}
        if len(self._sensors) != len(sensors):
            raise ValueError("every virtual sensor needs a key of its own")
        for sensor in sensors:
            if sensor.family not in FAMILIES:
                raise UnknownSensorError(sensor.family, tuple(FAMILIES))
        for fault in script:
            self._known(fault.key)
        self._script = tuple(sorted(script, key=lambda fault: fault.at_s))
        self._settings = air if air is not None else AirSettings()
        self._lock = threading.Lock()
        self._waiting: list[Callable[[], None]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._air: VirtualAir | None = None
        self._peripherals: dict[str, VirtualPeripheral] = {}
        self._scripted: asyncio.Task[None] | None = None
        self.adapter: VirtualAdapter | None = None
        """The computer's, once the radio was opened; to switch from within its loop."""

    # ------------------------------------------------------------------ Radio

    async def open(self) -> RadioBackends:
        """Switch everything on, in the running loop."""
        self.adapter = VirtualAdapter(await self.open_host())
        scanner, client = backends_for(self.adapter)
        return RadioBackends(scanner, client, simulated=True)

    async def open_host(self) -> Device:
        """The same for who brings a way of its own from bleak to the central's Bumble host: that host."""
        timeline = Timeline()
        air = self._air = VirtualAir(self._settings)
        for place, sensor in enumerate(self._sensors.values(), start=1):
            address = sensor.address or f"F2:51:00:00:00:{place:02X}"
            self._peripherals[sensor.key] = FAMILIES[sensor.family](sensor, address, air, timeline)
        controller = VirtualController("central", air)
        host = Device.with_hci("central", Address(_CENTRAL_ADDRESS), controller, AsyncPipeSink(controller))
        await host.power_on()
        with self._lock:
            self._loop = asyncio.get_running_loop()
            waiting, self._waiting = self._waiting, []
        for action in waiting:
            action()
        for peripheral in self._peripherals.values():
            await peripheral.start()
        self._scripted = asyncio.create_task(self._follow_script(timeline), name="fault script")
        return host

    async def close(self) -> None:
        """Switch everything off and leave no task behind."""
        with self._lock:
            self._loop = None
        if self._scripted is not None:
            self._scripted.cancel()
            await asyncio.wait({self._scripted})
            self._scripted = None
        if self._air is not None:
            self._air.close()
        for peripheral in self._peripherals.values():
            await peripheral.close()

    @property
    def peripherals(self) -> dict[str, VirtualPeripheral]:
        """The sensors by key, as they were when the radio was last open; to look at, from within its loop."""
        return dict(self._peripherals)

    # ------------------------------------------------------------------ faults, from any thread

    def out_of_range(self, key: str, seconds: float | None = None) -> None:
        """Nothing gets through, for so long (None: until `back_in_range`). Past the supervision timeout the link
        is lost; before it, what was held up arrives in a burst."""
        self._do(key, lambda: self._leave(key, seconds))

    def back_in_range(self, key: str) -> None:
        """End `out_of_range`."""
        self._do(key, lambda: self._return(key))

    def stall(self, key: str, seconds: float) -> None:
        """A short `out_of_range` that the link survives. Raises ValueError at or past the supervision timeout."""
        if not 0 < seconds < self._settings.supervision_timeout_s:
            raise ValueError(f"a link survives less than {self._settings.supervision_timeout_s:g} s, not {seconds:g} s")
        self.out_of_range(key, seconds)

    def hang_up(self, key: str) -> None:
        """The sensor disconnects, then announces itself again."""
        self._do(key, lambda: self._peripherals[key].hang_up())

    def silent(self, key: str, seconds: float | None = None) -> None:
        """The sensor stays connected but sends no data, for so long (None: until `speak_again`)."""
        self._do(key, lambda: self._hush(key, seconds))

    def speak_again(self, key: str) -> None:
        """End `silent`."""
        self._do(key, lambda: self._peripherals[key].set_silent(False))

    def tamper(self, key: str, tamper: Tamper) -> None:
        """What the sensor notifies goes through this first; `untouched` ends it."""

        def put() -> None:
            self._peripherals[key].tamper = tamper

        self._do(key, put)

    def reboot(self, key: str) -> None:
        """The sensor restarts: no goodbye, a clock that starts anew; it is back after the supervision timeout."""
        self._do(key, lambda: self._restart(key))

    def lose_samples(self, key: str, fraction: float, seconds: float | None = None) -> None:
        """The sensor loses this fraction of its notifications before the radio, in bursts; for so long (None: on)."""
        self._do(key, lambda: self._lose(key, fraction, seconds))

    def refuse(self, key: str, times: int = 1) -> None:
        """The sensor answers the next commands with an ATT error."""
        self._do(key, lambda: self._peripherals[key].refuse(times))

    # ------------------------------------------------------------------ inside the loop

    def _known(self, key: str) -> None:
        if key not in self._sensors:
            raise ValueError(f"no virtual sensor '{key}'; there are: {', '.join(self._sensors)}")

    def _do(self, key: str, action: Callable[[], None]) -> None:
        self._known(key)
        with self._lock:
            if self._loop is None:
                self._waiting.append(action)
            else:
                self._loop.call_soon_threadsafe(action)

    def _later(self, seconds: float | None, action: Callable[[], None]) -> None:
        if seconds is not None:
            asyncio.get_running_loop().call_later(seconds, action)

    def _leave(self, key: str, seconds: float | None) -> None:
        if self._air is not None:
            self._air.leave_range(self._peripherals[key].controller)
            self._later(seconds, lambda: self._return(key))

    def _return(self, key: str) -> None:
        if self._air is not None:
            self._air.return_to_range(self._peripherals[key].controller)

    def _hush(self, key: str, seconds: float | None) -> None:
        self._peripherals[key].set_silent(True)
        self._later(seconds, lambda: self._peripherals[key].set_silent(False))

    def _restart(self, key: str) -> None:
        self._peripherals[key].reboot()
        self._leave(key, self._settings.supervision_timeout_s + 0.05)

    def _lose(self, key: str, fraction: float, seconds: float | None) -> None:
        self._peripherals[key].loss = SampleLoss(fraction)
        self._later(seconds, lambda: self._lose(key, 0.0, None))

    async def _follow_script(self, timeline: Timeline) -> None:
        for fault in self._script:
            await timeline.wait(fault.at_s)
            match fault.kind:
                case FaultKind.OUT_OF_RANGE:
                    self._leave(fault.key, fault.seconds)
                case FaultKind.HANG_UP:
                    self._peripherals[fault.key].hang_up()
                case FaultKind.SILENT:
                    self._hush(fault.key, fault.seconds)
                case FaultKind.REBOOT:
                    self._restart(fault.key)
                case FaultKind.LOSE_SAMPLES:
                    self._lose(fault.key, fault.fraction, fault.seconds)
