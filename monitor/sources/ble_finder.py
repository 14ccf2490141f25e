"""One scan for all who search, and no scan while someone connects.

Adapters are poor at scanning and connecting at once and at connecting to two devices at once (bleak's own
two-device example takes a lock), so both go through one lock here. A device found for one search is claimed for
it: two searches never get the same device.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bleak import BleakAdapter, BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from monitor.sensors.base import SensorFamily
from monitor.sources.ble_errors import unavailable
from monitor.sources.ble_timing import LinkTiming, within

if TYPE_CHECKING:
    from bleak.backends.scanner import BaseBleakScanner

_log = logging.getLogger(__name__)
_NEVER_HEARD_DBM = -127
_LOUDEST_DBM = 20
_LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class Candidate:
    """A device that announced itself (or is connected to this computer already: then without signal strength)."""

    device: BLEDevice
    name: str
    services: tuple[str, ...]
    rssi_dbm: int = _NEVER_HEARD_DBM

    @property
    def address(self) -> str:
        """The platform's identifier: an address, on macOS a UUID."""
        return self.device.address

    @property
    def heard_dbm(self) -> int | None:
        """Signal strength of its announcement; None where the platform told none, or nonsense (127 means unknown)."""
        return self.rssi_dbm if _NEVER_HEARD_DBM < self.rssi_dbm <= _LOUDEST_DBM else None


@dataclass(frozen=True, slots=True)
class Found:
    """The device a search was given, and the family it was taken for."""

    candidate: Candidate
    family: SensorFamily


def readable_name(device: BLEDevice, heard: AdvertisementData | None = None) -> str:
    """The advertised name, else the system's; '' where there is none. Anyone nearby may advertise anything, and
    names end up on terminals and in recordings: control characters are dropped and the length is bounded."""
    name = (heard.local_name if heard is not None else None) or device.name or ""
    return "".join(c for c in name[: 4 * _LONGEST_NAME] if c.isprintable())[:_LONGEST_NAME].strip()


Accept = Callable[[Candidate], SensorFamily | None]
"""The family that this device would serve as, or None where the search does not want it."""
Choose = Callable[[Sequence[Candidate]], Candidate | None]
"""The one to take of several that are wanted alike, given with the strongest first; None: none of them yet."""


def strongest(candidates: Sequence[Candidate]) -> Candidate | None:
    """The first."""
    return candidates[0] if candidates else None


@dataclass(eq=False, slots=True)
class _Search:
    owner: str
    accept: Accept
    choose_s: float
    choose: Choose
    found: asyncio.Future[Found]
    candidates: dict[str, Candidate] = field(default_factory=dict)
    choice: asyncio.TimerHandle | None = None


class DeviceFinder:
    """Finds devices for several searches at once. Lives in one event loop."""

    def __init__(
        self, scanner: type[BaseBleakScanner] | None, timing: LinkTiming, known_services: Iterable[str] = ()
    ) -> None:
        self._scanner = scanner
        self._timing = timing
        self._known_services = tuple(known_services)
        self._air = asyncio.Lock()
        self._connecting = 0
        self._changed = asyncio.Event()
        self._searches: list[_Search] = []
        self._claims: dict[str, str] = {}
        self._task: asyncio.Task[None] | None = None
        self._asked_computer = False

    async def find(self, owner: str, accept: Accept, choose_s: float = 0.0, choose: Choose = strongest) -> Found | None:
        """A device that `accept` takes, claimed for `owner`; None after `timing.search_s`.

        With `choose_s` > 0, devices that announce themselves within that time of the first are compared by `choose`;
        where that wants none of them, the search goes on. Raises BluetoothUnavailableError when this computer cannot
        scan.
        """
        search = _Search(owner, accept, choose_s, choose, asyncio.get_running_loop().create_future())
        self._searches.append(search)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._scan_while_wanted(), name="ble scan")
        try:
            await asyncio.wait({search.found}, timeout=self._timing.search_s)
            if not search.found.done():
                return None
            return search.found.result()
        finally:
            self._searches.remove(search)
            if search.choice is not None:
                search.choice.cancel()
            if not search.found.cancel() and not search.found.cancelled():
                search.found.exception()  # asked for, so that a cancelled search leaves no complaint behind
            self._changed.set()

    def release(self, owner: str, address: str) -> None:
        """Others may have this device again."""
        if self._claims.get(address.lower()) == owner:
            del self._claims[address.lower()]

    @asynccontextmanager
    async def quiet(self) -> AsyncIterator[None]:
        """While inside, nobody scans and nobody else connects."""
        self._connecting += 1
        self._changed.set()
        try:
            async with self._air:
                yield
        finally:
            self._connecting -= 1

    async def close(self) -> None:
        """End the scan, if one is on."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
            self._task = None

    # ------------------------------------------------------------------ the scan

    def _wanted(self) -> bool:
        return any(not search.found.done() for search in self._searches)

    async def _scan_while_wanted(self) -> None:
        while self._wanted():
            async with self._air:
                try:
                    await self._scan_once()
                except Exception as error:
                    _log.debug("scan failed", exc_info=error)
                    for search in self._searches:
                        if not search.found.done():
                            search.found.set_exception(unavailable(error))

    async def _scan_once(self) -> None:
        """Scan until nobody searches, someone wants to connect, or the scan has run for long enough to renew it."""
        limit_s = self._timing.radio_s
        await self._ask_computer()
        scanner = BleakScanner(self._on_advertisement, backend=self._scanner)
        try:
            await within(limit_s, "starting the scan", scanner.start())
            renew_at = asyncio.get_running_loop().time() + self._timing.search_s
            while self._wanted() and not self._connecting:
                self._changed.clear()
                try:
                    async with asyncio.timeout_at(renew_at):
                        await self._changed.wait()
                except TimeoutError:
                    break
        finally:
            try:
                await within(limit_s, "stopping the scan", scanner.stop())
            except Exception as error:
                _log.debug("the scan did not stop cleanly", exc_info=error)

    async def _ask_computer(self) -> None:
        """Offer devices that this computer still holds from before a crash: those do not announce themselves."""
        if self._asked_computer or self._scanner is not None:
            return
        self._asked_computer = True
        for service in self._known_services:
            try:
                adapter = await within(self._timing.radio_s, "asking the adapter", BleakAdapter.get())
                devices = await within(
                    self._timing.radio_s, "asking the adapter", adapter.get_connected_devices([service])
                )
            except Exception as error:  # not offered on every system; the scan will tell what is wrong
                _log.debug("no list of connected devices", exc_info=error)
                return
            for device in devices:
                self._offer(Candidate(device, readable_name(device), (service,)))

    def _on_advertisement(self, device: BLEDevice, heard: AdvertisementData) -> None:
        self._offer(Candidate(device, readable_name(device, heard), tuple(heard.service_uuids), heard.rssi))

    # ------------------------------------------------------------------ the choice

    def _offer(self, candidate: Candidate) -> None:
        for search in self._searches:
            if search.found.done() or not self._is_free(candidate, search):
                continue
            family = search.accept(candidate)
            if family is None:
                continue
            if search.choose_s <= 0:
                self._give(search, candidate, family)
                return
            search.candidates[candidate.address] = candidate
            if search.choice is None:
                search.choice = asyncio.get_running_loop().call_later(search.choose_s, self._choose, search)

    def _choose(self, search: _Search) -> None:
        search.choice = None
        strongest_first = sorted(search.candidates.values(), key=lambda c: c.rssi_dbm, reverse=True)
        search.candidates.clear()
        if search.found.done():
            return
        wanted = {
            candidate.address: family
            for candidate in strongest_first
            if self._is_free(candidate, search) and (family := search.accept(candidate)) is not None
        }
        chosen = search.choose([candidate for candidate in strongest_first if candidate.address in wanted])
        if chosen is not None:
            self._give(search, chosen, wanted[chosen.address])

    def _is_free(self, candidate: Candidate, search: _Search) -> bool:
        return self._claims.get(candidate.address.lower(), search.owner) == search.owner

    def _give(self, search: _Search, candidate: Candidate, family: SensorFamily) -> None:
        self._claims[candidate.address.lower()] = search.owner
        search.found.set_result(Found(candidate, family))
        self._changed.set()
