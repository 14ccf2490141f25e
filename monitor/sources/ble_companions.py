"""Treadmill, foot pod and heart strap by Bluetooth, beside the posture sensors and never in their way.

One task looks around for all that are missing, then connects to what it found, one after the other; so it never
scans and connects at once. What is not found is searched for less and less often: a scan costs the sensors air time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from bleak import BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from monitor.sources.ble_errors import LinkLostError, unavailable
from monitor.sources.ble_finder import Candidate, readable_name
from monitor.sources.ble_timing import LinkTiming, within
from monitor.sources.companion_choice import CompanionRequest
from monitor.sources.companion_link import CompanionLink
from monitor.sources.companion_voices import voices
from monitor.sources.companions import CompanionKind, recognise
from monitor.sources.identity_desk import IdentityDesk
from monitor.sources.radio import Radio, RadioBackends
from monitor.sources.radio_source import Outlet, RadioSource

__all__ = ["COMPANION_TIMING", "CompanionKind", "CompanionRequest", "CompanionRounds", "CompanionSource"]

_log = logging.getLogger(__name__)

_MOST_HEARD = 200
"""Devices kept of one search; in a gym there are dozens, more is somebody's joke."""
_Heard: TypeAlias = dict[str, tuple[Candidate, tuple[CompanionKind, ...]]]
"""By address: who announced itself, as what."""

COMPANION_TIMING = LinkTiming(choose_s=2.0, connect_s=10.0, stale_s=5.0, lost_s=60.0, retry_s=0.5, retry_longest_s=30.0)
"""Patient: some treadmills fall silent while the belt stands, without a goodbye, and go on when it moves again. But
quick to give a connection up: a posture sensor may be waiting for its turn."""


class CompanionSource(RadioSource):
    """Streams `Ground` and `HeartRate` entries of the wanted companions, with a `LinkChange` for each turn of a link;
    reconnecting for ever, until stopped.

    Beside posture sensors on the same adapter it belongs into a `OneRadio` with their source; `desk` is where the
    wearer is asked about a stranger of a known name. Raises ValueError for two requests for one kind, or none.
    """

    def __init__(
        self,
        wanted: Sequence[CompanionRequest],
        radio: Radio,
        timing: LinkTiming | None = None,
        desk: IdentityDesk | None = None,
    ) -> None:
        kinds = [request.kind for request in wanted]
        if not kinds or len(set(kinds)) != len(kinds):
            raise ValueError("one companion of a kind, and at least one")
        super().__init__(kinds, radio, timing if timing is not None else COMPANION_TIMING, "companions")
        self._desk = desk
        # The treadmill chooses first: of a device that is treadmill and foot pod in one it knows more.
        self._wanted = tuple(sorted(wanted, key=lambda request: list(CompanionKind).index(request.kind)))

    async def _serve(self, backends: RadioBackends, outlet: Outlet, clock_ns: Callable[[], int]) -> None:
        speaking = voices(request.kind for request in self._wanted)
        links = [
            CompanionLink(request, speaking[request.kind], backends, outlet.put, clock_ns, self._timing, self._desk)
            for request in self._wanted
        ]
        await CompanionRounds(links, backends, self._timing).run()


class CompanionRounds:
    """Goes round: look for what is missing, connect to what was found. Lives in one event loop.

    `links` in the order in which they choose.
    """

    def __init__(self, links: Iterable[CompanionLink], backends: RadioBackends, timing: LinkTiming) -> None:
        self._links = tuple(links)
        self._backends = backends
        self._timing = timing
        self._serving: dict[CompanionLink, asyncio.Task[None]] = {}
        self._ended = asyncio.Event()

    async def run(self) -> None:
        """For ever; when cancelled, parts from all and reports them stopped. No failure ends it."""
        try:
            while True:
                await self._round()
        finally:
            for task in self._serving.values():
                task.cancel()
            if self._serving:
                await asyncio.wait(self._serving.values(), timeout=2 * self._timing.farewell_s)
            for link in self._links:
                link.report_stopped()

    async def _round(self) -> None:
        now_s = asyncio.get_running_loop().time()
        missing = [link for link in self._links if link not in self._serving]
        due = [link for link in missing if link.due_s <= now_s]
        if not due:
            await self._sleep(min((link.due_s for link in missing), default=None))
            return
        try:
            found, missed = await self._look(due)
        except (Exception, asyncio.CancelledError) as error:
            if _is_ours(error):
                raise
            reason = unavailable(error if isinstance(error, Exception) else TimeoutError())
            for link in due:
                link.failed(reason)
            return
        for link in due:
            if link in found:
                await self._connect(link, found[link])
            elif link in missed:
                link.missed()

    async def _sleep(self, until_s: float | None) -> None:
        """Until this loop time (None: without end), or until a connection ended."""
        self._ended.clear()
        try:
            async with asyncio.timeout_at(until_s):
                await self._ended.wait()
        except TimeoutError:
            pass

    # ------------------------------------------------------------------ looking around

    async def _look(self, due: list[CompanionLink]) -> tuple[dict[CompanionLink, Candidate], set[CompanionLink]]:
        """A device for each link that one was found for; and the links whose search is over for now without one.

        It ends with the first find; where there is a choice, `choose_s` later, with the strongest signals.
        """
        for link in due:
            link.begin()
        heard: _Heard = {}
        something = asyncio.Event()
        taken = self._taken()

        def hear(candidate: Candidate, kinds: tuple[CompanionKind, ...]) -> None:
            if candidate.address in taken or (len(heard) >= _MOST_HEARD and candidate.address not in heard):
                return
            if any(link.wants(candidate, kinds) for link in due):
                heard[candidate.address] = candidate, kinds
                something.set()

        def on_advertisement(device: BLEDevice, said: AdvertisementData) -> None:
            candidate = Candidate(device, readable_name(device, said), tuple(said.service_uuids), said.rssi)
            hear(candidate, recognise(said.service_uuids, said.service_data))

        scanner = BleakScanner(on_advertisement, backend=self._backends.scanner)
        try:
            await within(self._timing.radio_s, "starting the scan", scanner.start())
            whole = not await _happens(something, self._timing.search_s)
            if not whole and any(link.may_choose for link in due):
                await asyncio.sleep(self._timing.choose_s)
        finally:
            try:
                await within(self._timing.radio_s, "stopping the scan", scanner.stop())
            except Exception as error:
                _log.debug("the scan did not stop cleanly", exc_info=error)
        found, undecided = self._assign(due, heard)
        return found, set(due) if whole else undecided

    def _taken(self) -> set[str]:
        return {link.address for link in self._links if link.address}

    def _assign(
        self, due: list[CompanionLink], heard: _Heard
    ) -> tuple[dict[CompanionLink, Candidate], set[CompanionLink]]:
        """To each link one that it wants and nobody before it has; and the links for which the wearer has to choose."""
        taken = self._taken()
        found: dict[CompanionLink, Candidate] = {}
        undecided: set[CompanionLink] = set()
        for link in due:
            fitting = [c for c, kinds in heard.values() if c.address not in taken and link.wants(c, kinds)]
            chosen = link.choose(sorted(fitting, key=lambda c: -c.rssi_dbm))
            if chosen is not None:
                found[link] = chosen
                taken.add(chosen.address)
            elif fitting:
                undecided.add(link)
        return found, undecided

    # ------------------------------------------------------------------ connecting

    async def _connect(self, link: CompanionLink, candidate: Candidate) -> None:
        try:
            await link.connect(candidate)
        except (Exception, asyncio.CancelledError) as error:
            if _is_ours(error):
                raise
            link.failed(error if isinstance(error, Exception) else LinkLostError())
        else:
            self._serving[link] = asyncio.create_task(self._watch(link), name=f"companion {link.key}")

    async def _watch(self, link: CompanionLink) -> None:
        why = ""
        try:
            why = await link.stream()
        except Exception as error:
            why = "something unexpected"
            _log.exception("%s: watching its data failed", link.key, exc_info=error)
        finally:
            await link.part()
        link.ended(why)
        del self._serving[link]
        self._ended.set()


def _is_ours(error: BaseException) -> bool:
    """This task is being cancelled, rather than that a backend let a cancellation of its own escape."""
    task = asyncio.current_task()
    return isinstance(error, asyncio.CancelledError) and (task is None or task.cancelling() > 0)


async def _happens(event: asyncio.Event, seconds: float) -> bool:
    """Whether the event comes within this time."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
