"""One scan for everything that shares an adapter, and no scan while somebody connects.

BlueZ refuses a second discovery of one program ('InProgress'), and adapters are poor at scanning and connecting at
once. So those who search each on their own are given bleak backends of here: scanners that all hear the one real scan,
and clients that take turns at connecting while it rests. Lives in one event loop.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any, ClassVar

from bleak import BleakAdapter, BleakScanner
from bleak.backends.client import get_platform_client_backend_type
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.exc import BleakDBusError

from monitor.errors import BluetoothUnavailableError
from monitor.sources.ble_timing import LinkTiming, within
from monitor.sources.radio import RadioBackends

_log = logging.getLogger(__name__)

IN_PROGRESS = "org.bluez.Error.InProgress"
PAUSES_S = (0.2, 0.4, 0.8, 1.6)
"""Before each further attempt of a scan that was refused because the adapter is busy."""
_NEVER_HEARD_DBM = -127


def busy() -> BluetoothUnavailableError:
    """The adapter refused a scan again and again."""
    return BluetoothUnavailableError(
        "the adapter is busy with another search",
        "Close other programs that look for devices; if that does not help, switch Bluetooth off and on again.",
    )


class SharedAir:
    """Shares the radio behind `given` out; `backends` are what to search and to connect with instead.

    held_services : on a computer's own radio, devices with these that it still holds (from before a crash, or since
        letting go of them failed) and that do not announce themselves therefore are heard as if they did, until
        somebody tries to connect to them; and again later, should they not be heard themselves: what a system says of
        its connections is not always so (bleak remembers those of a bluetoothd that has died)
    """

    def __init__(self, given: RadioBackends, timing: LinkTiming, held_services: Iterable[str] = ()) -> None:
        self._given = given
        self._timing = timing
        self._held_services = tuple(held_services) if given.scanner is None else ()
        self._held: dict[str, tuple[BLEDevice, AdvertisementData]] = {}
        self._tried_at_s: dict[str, float] = {}
        """Addresses of held devices, and when somebody last tried to connect to them."""
        self._ours: set[str] = set()
        """Addresses of what is connected through here: held rightly."""
        self._listening: list[_SharedScanner] = []
        self._connecting = 0
        self._turn = asyncio.Lock()
        self._settling = asyncio.Lock()
        self._scan: BleakScanner | None = None
        self._renew_at_s = 0.0
        self._resuming: asyncio.Task[None] | None = None
        self.backends = RadioBackends(_scanner_of(self), _client_of(self, given), given.simulated)

    async def close(self) -> None:
        """End the real scan, if one is on."""
        self._listening.clear()
        if self._resuming is not None:
            self._resuming.cancel()
            await asyncio.wait({self._resuming})
        await self._settle()

    # ------------------------------------------------------------------ who listens, who connects

    async def join(self, scanner: _SharedScanner) -> None:
        """Somebody begins to listen. Raises what the real scan raises where it cannot be started."""
        self._listening.append(scanner)
        try:
            begun = await self._settle(joining=True)
        except BaseException:
            await self.leave(scanner)
            raise
        if not begun:
            self._tell_held([scanner])

    async def leave(self, scanner: _SharedScanner) -> None:
        """Somebody has heard enough; the last one ends the real scan. Harmless for one who does not listen."""
        if scanner in self._listening:
            self._listening.remove(scanner)
            if not self._listening:
                await self._settle()

    def connected(self, address: str) -> None:
        """A connection through here stands."""
        self._ours.add(address)

    def parted(self, address: str) -> None:
        """A connection was let go of, with success or without."""
        self._ours.discard(address)

    @asynccontextmanager
    async def connecting(self, address: str) -> AsyncIterator[None]:
        """While inside, the scan rests and nobody else connects."""
        self._connecting += 1
        try:
            async with self._turn:
                if self._held.pop(address, None) is not None:
                    self._tried_at_s[address] = asyncio.get_running_loop().time()
                await self._settle()
                yield
        finally:
            self._connecting -= 1
            if not self._connecting and (self._resuming is None or self._resuming.done()):
                self._resuming = asyncio.create_task(self._resume(), name="scan again")

    async def _resume(self) -> None:
        try:
            await within(self._timing.radio_s, "starting the scan", self._settle())
        except Exception as error:  # whoever listens begins anew before long, and is told then
            _log.debug("the scan could not go on", exc_info=error)

    # ------------------------------------------------------------------ the real scan

    async def _settle(self, *, joining: bool = False) -> bool:
        """Make the real scan what it should be now; whether that begins one. One that has run for long is renewed when
        somebody joins."""
        async with self._settling:
            old = joining and asyncio.get_running_loop().time() >= self._renew_at_s
            if self._scan is not None and (old or not self._wanted()):
                scan, self._scan = self._scan, None
                await self._end(scan)
            if self._scan is None and self._wanted():
                await self._ask_computer()
                self._scan = await self._begin()
                self._renew_at_s = asyncio.get_running_loop().time() + self._timing.search_s
                self._tell_held(self._listening)
                return True
            return False

    def _wanted(self) -> bool:
        return bool(self._listening) and not self._connecting

    async def _begin(self) -> BleakScanner | None:
        """A scan that runs, tried for again where the adapter is busy; None where it is no longer wanted by then."""
        for pause_s in (*PAUSES_S, None):
            scan = BleakScanner(self._on_advertisement, backend=self._given.scanner)
            try:
                await scan.start()
            except BleakDBusError as error:
                if error.dbus_error != IN_PROGRESS:
                    raise
                if pause_s is None:
                    raise busy() from error
            except BaseException:
                await self._end(scan)
                raise
            else:
                return scan
            await asyncio.sleep(pause_s)
            if not self._wanted():
                return None
        raise AssertionError("the last attempt returns or raises")

    async def _end(self, scan: BleakScanner) -> None:
        try:
            await within(self._timing.farewell_s, "stopping the scan", scan.stop())
        except Exception as error:  # BlueZ may call a stop that worked 'InProgress' (bleak issue 2021)
            _log.debug("the scan did not stop cleanly", exc_info=error)

    def _on_advertisement(self, device: BLEDevice, heard: AdvertisementData) -> None:
        self._tried_at_s.pop(device.address, None)
        for scanner in list(self._listening):
            scanner.hear(device, heard)

    def _was_tried(self, address: str) -> bool:
        """Somebody tried to connect to this held device a short while ago."""
        tried_at_s = self._tried_at_s.get(address)
        return tried_at_s is not None and asyncio.get_running_loop().time() - tried_at_s < self._timing.same_name_s

    def _tell_held(self, scanners: Iterable[_SharedScanner]) -> None:
        for scanner in list(scanners):
            for device, heard in list(self._held.values()):
                scanner.hear(device, heard)

    async def _ask_computer(self) -> None:
        """What it holds now. Asked before every scan: it costs next to nothing, and any link may end badly."""
        self._held.clear()
        for service in self._held_services:
            try:
                adapter = await within(self._timing.radio_s, "asking the adapter", BleakAdapter.get())
                held = await within(
                    self._timing.radio_s, "asking the adapter", adapter.get_connected_devices([service])
                )
            except Exception as error:  # not offered on every system; the scan will tell what is wrong
                _log.debug("no list of connected devices", exc_info=error)
                return
            for device in held:
                if device.address in self._ours or self._was_tried(device.address):
                    continue
                _, known = self._held.get(device.address, (device, None))
                announced = [*(known.service_uuids if known else ()), service]
                heard = AdvertisementData(device.name, {}, {}, announced, None, _NEVER_HEARD_DBM, ())
                self._held[device.address] = device, heard


class _SharedScanner(BaseBleakScanner):
    """What bleak takes for a scanner: an ear to the one real scan."""

    air: ClassVar[SharedAir]

    def __init__(self, detection_callback: Any, service_uuids: Any, scanning_mode: str, **_: Any) -> None:  # noqa: ARG002
        super().__init__(detection_callback, service_uuids)

    async def start(self) -> None:
        self.seen_devices = {}
        await self.air.join(self)

    async def stop(self) -> None:
        await self.air.leave(self)

    def hear(self, device: BLEDevice, heard: AdvertisementData) -> None:
        """An announcement. What goes wrong with one who listens is not to deafen the others."""
        if not self.is_allowed_uuid(heard.service_uuids):
            return
        self.seen_devices[device.address] = device, heard
        try:
            self.call_detection_callbacks(device, heard)
        except Exception:
            _log.exception("an announcement could not be handed on")


def _scanner_of(shared: SharedAir) -> type[BaseBleakScanner]:
    class SharedScanner(_SharedScanner):
        air = shared

    return SharedScanner


def _client_of(shared: SharedAir, given: RadioBackends) -> Any:
    """The client class behind, whose connections wait for their turn and are known here."""
    behind: Any = given.client if given.client is not None else get_platform_client_backend_type()[0]

    class TurnTakingClient(behind):  # type: ignore[misc]
        async def connect(self, pair: bool, **kwargs: Any) -> None:
            async with shared.connecting(self.address):
                await super().connect(pair, **kwargs)
                shared.connected(self.address)

        async def disconnect(self) -> None:
            try:
                await super().disconnect()
            finally:
                shared.parted(self.address)

    return TurnTakingClient
