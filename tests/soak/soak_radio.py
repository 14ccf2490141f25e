"""The virtual radio of a soak: carries out planned faults, however they overlap, and has an adapter to switch off."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from weakref import WeakSet

from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason

from monitor.simulator.peripheral import SampleLoss
from monitor.simulator.world import SimulatedRadio
from monitor.sources.radio import RadioBackends
from tests.soak.soak_plan import Fault, Trouble
from tests.soak.soak_runner import Runner

FULL, EMPTY = 90, 4
"""Percent of a battery at the start, and in the minutes before it is empty."""
PER_HOUR = 2
"""Percent that a battery loses in an hour."""


class SoakRadio(SimulatedRadio):
    """`conduct` runs in the radio's loop from when it is open; all faults must be laid on from within it."""

    def __init__(self, runner: Runner, conduct: Callable[[], Awaitable[None]]) -> None:
        super().__init__(runner.sensors)
        self._conduct = conduct
        self._conducting: asyncio.Task[None] | None = None
        self._away: Counter[str] = Counter()
        self._silent: Counter[str] = Counter()
        self._off = 0
        self._clients: WeakSet[Any] = WeakSet()
        self._leaving: set[asyncio.Task[None]] = set()
        self.failure: BaseException | None = None
        """What ended `conduct` before its time."""

    async def open(self) -> RadioBackends:
        """Switch on, with an adapter in between that can be switched off."""
        given = await super().open()
        for peripheral in self.peripherals.values():
            peripheral.sent = deque(maxlen=100)  # the simulator's own memory is not what is looked at
        self._conducting = asyncio.create_task(self._conduct_all(), name="conductor")
        return replace(given, scanner=self._switched_scanner(given.scanner), client=self._switched_client(given.client))

    async def _conduct_all(self) -> None:
        try:
            await self._conduct()
        except Exception as error:
            self.failure = error

    def forget_commands(self) -> None:
        """Empty what the virtual sensors remember of their commands."""
        for peripheral in self.peripherals.values():
            peripheral.commands.clear()

    def set_battery(self, key: str, percent: int) -> None:
        """What the sensor tells of its battery from now on."""
        sensor = self.peripherals[key].sensor
        self.peripherals[key].sensor = replace(sensor, battery_percent=max(0, percent))

    def begin(self, fault: Fault) -> None:
        """Lay a fault on."""
        peripheral = self.peripherals[fault.key]
        match fault.kind:
            case Trouble.AWAY | Trouble.STALL | Trouble.BATTERY_DEAD:
                self._leave_range(fault.key)
            case Trouble.SILENT | Trouble.HUSH:
                self._silent[fault.key] += 1
                peripheral.set_silent(True)
            case Trouble.HANG_UP:
                peripheral.hang_up()
            case Trouble.REFUSED:
                peripheral.refuse(round(fault.amount))
                peripheral.hang_up()
            case Trouble.REBOOT:
                peripheral.reboot()
                self._leave_range(fault.key)
            case Trouble.LOSS:
                peripheral.loss = SampleLoss(fault.amount, seed=round(1000 * fault.at_s))
            case Trouble.ADAPTER_OFF:
                self._switch_off()

    def end(self, fault: Fault) -> None:
        """Take it off again; the sensor stays away while another fault keeps it away."""
        match fault.kind:
            case Trouble.AWAY | Trouble.STALL | Trouble.REBOOT:
                self._return_to_range(fault.key)
            case Trouble.BATTERY_DEAD:
                self.peripherals[fault.key].reboot()
                self.set_battery(fault.key, FULL)
                self._return_to_range(fault.key)
            case Trouble.SILENT | Trouble.HUSH:
                self._silent[fault.key] -= 1
                self.peripherals[fault.key].set_silent(self._silent[fault.key] > 0)
            case Trouble.LOSS:
                self.peripherals[fault.key].loss = SampleLoss()
            case Trouble.ADAPTER_OFF:
                self._off -= 1

    # ------------------------------------------------------------------ range

    def _leave_range(self, key: str) -> None:
        self._away[key] += 1
        self.out_of_range(key)

    def _return_to_range(self, key: str) -> None:
        self._away[key] -= 1
        if not self._away[key]:
            self.back_in_range(key)

    # ------------------------------------------------------------------ the adapter

    def _switch_off(self) -> None:
        """Every connection ends at once, and neither scan nor connection begins; one fault of each sensor counts."""
        self._off += 1
        for client in list(self._clients):
            if client.is_connected:
                task = asyncio.ensure_future(client.disconnect())
                self._leaving.add(task)
                task.add_done_callback(self._leaving.discard)

    def _check_power(self) -> None:
        if self._off:
            raise BleakBluetoothNotAvailableError(
                "the adapter is off (SIMULATED)", BleakBluetoothNotAvailableReason.POWERED_OFF
            )

    def _switched_scanner(self, given: Any) -> Any:
        radio = self

        class SwitchedScanner(given):  # type: ignore[misc]
            async def start(self) -> None:
                radio._check_power()
                await super().start()

        return SwitchedScanner

    def _switched_client(self, given: Any) -> Any:
        radio = self

        class SwitchedClient(given):  # type: ignore[misc]
            async def connect(self, pair: bool, **kwargs: Any) -> None:
                radio._check_power()
                radio._clients.add(self)
                await super().connect(pair, **kwargs)
                if radio._off:
                    await self.disconnect()
                    radio._check_power()

        return SwitchedClient
