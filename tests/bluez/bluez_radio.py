"""The second path to the virtual air: bleak's own Linux backend on a private D-Bus with an org.bluez of our own."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from bleak.backends.bluezdbus import manager
from bleak.backends.bluezdbus.client import BleakClientBlueZDBus

from monitor.simulator.world import SimulatedRadio
from monitor.sources.radio import RadioBackends
from tests.bluez.bluez_service import BluezService
from tests.bluez.private_bus import PrivateBus
from tests.bluez.refusal import RefusalError


class AcquiringClient(BleakClientBlueZDBus):
    """bleak's client, with its other way to be notified: a socket instead of signals."""

    async def start_notify(self, characteristic: Any, callback: Any, **kwargs: Any) -> None:
        await super().start_notify(characteristic, callback, **kwargs | {"bluez": {"use_start_notify": False}})


class BluezRadio:
    """`monitor.sources.radio.Radio` on the sensors of a `SimulatedRadio`, whose faults work as ever.

    acquire : notifications by AcquireNotify instead of StartNotify

    Before it is opened: `refusals` that the service answers with, by member; `powered` False for an adapter that is
    off; `served` False for a bus without bluetoothd; `held` the key of a sensor that is connected already.
    """

    def __init__(self, world: SimulatedRadio, *, acquire: bool = False) -> None:
        self.world = world
        self.service: BluezService | None = None
        self.bus = PrivateBus()
        self.refusals: dict[str, list[RefusalError]] = {}
        self.powered = True
        self.served = True
        self.held = ""
        self._acquire = acquire
        self._loop: asyncio.AbstractEventLoop | None = None

    async def open(self) -> RadioBackends:
        """Start the bus, the service and the world, in the running loop."""
        self._loop = asyncio.get_running_loop()
        self.bus.open()
        try:
            service = self.service = BluezService(await self.world.open_host())
            service.refusals.update(self.refusals)
            if self.served:
                await service.start(self.bus.address)
                if not self.powered:
                    await service.power(False)
                if self.held:
                    await service.hold(self.world.peripherals[self.held].address)
        except BaseException:
            self.bus.close()
            raise
        return RadioBackends(None, AcquiringClient if self._acquire else None, simulated=True)

    async def close(self) -> None:
        """End them all."""
        await self._leave_bus()
        if self.service is not None:
            await self.service.stop()
        await self.world.close()
        self.bus.close()

    async def _leave_bus(self) -> None:
        """bleak keeps one connection for each event loop, and would close it only when the next loop asks for one."""
        kept = manager._global_instances.pop(asyncio.get_running_loop(), None)
        if kept is not None and kept._bus is not None:
            kept._bus.disconnect()
            if kept._bus_watcher_task is not None:
                await asyncio.wait({kept._bus_watcher_task})

    # ------------------------------------------------------------------ troubles of the computer, from any thread

    def trouble(self, work: Coroutine[Any, Any, None]) -> None:
        """Have something happen in the radio's loop."""
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    async def crash(self) -> None:
        """bluetoothd dies; the bus lives."""
        assert self.service is not None
        await self.service.stop()

    async def revive(self) -> None:
        """bluetoothd is started again."""
        assert self.service is not None
        await self.service.start(self.bus.address)

    async def unplug(self) -> None:
        """The adapter is pulled out."""
        assert self.service is not None
        await self.service.unplug()

    async def hang(self) -> None:
        """bluetoothd answers nothing any more."""
        assert self.service is not None
        self.service.hang()

    async def come_round(self) -> None:
        """bluetoothd, which hung, goes on."""
        assert self.service is not None
        self.service.come_round()

    async def plug_in(self) -> None:
        """An adapter that was pulled out is put in again."""
        assert self.service is not None
        self.service.plug_in()

    async def lose_bus(self) -> None:
        """The bus dies, and bluetoothd with it."""
        assert self.service is not None
        self.bus.kill()
        await self.service.stop()

    async def restore_bus(self) -> None:
        """Bus and bluetoothd are started again."""
        self.bus.start()
        await self.revive()
