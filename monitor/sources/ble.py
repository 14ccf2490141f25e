"""The Bluetooth source: a background thread with one event loop in which every wanted sensor is looked after."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from monitor.sensors import registry
from monitor.sources.ble_finder import DeviceFinder
from monitor.sources.ble_identity import SensorRequest
from monitor.sources.ble_link import SensorLink
from monitor.sources.ble_scan import Seen, scan, scan_blocking
from monitor.sources.ble_timing import LinkTiming, within
from monitor.sources.identity_desk import IdentityDesk
from monitor.sources.radio import Radio, RadioBackends
from monitor.sources.radio_source import Outlet, RadioSource

__all__ = ["BleSource", "LinkTiming", "Seen", "SensorRequest", "scan", "scan_blocking"]


class BleSource(RadioSource):
    """Streams the wanted sensors, reconnecting for ever, until stopped. One `start`, one `stop`.

    `desk` is where the wearer is asked about devices of unknown identity; None: nobody is, and none is taken.

    Raises ValueError for two requests for one site, UnknownSensorError for a family the registry lacks.
    """

    def __init__(
        self,
        wanted: Sequence[SensorRequest],
        radio: Radio,
        timing: LinkTiming | None = None,
        desk: IdentityDesk | None = None,
    ) -> None:
        if not wanted or len({request.site for request in wanted}) != len(wanted):
            raise ValueError("one sensor per site, and at least one")
        for request in wanted:
            if request.family is not None:
                registry.family(request.family)
        keys = [request.site.value for request in wanted]
        super().__init__(keys, radio, timing if timing is not None else LinkTiming(), "bluetooth")
        self._wanted = tuple(wanted)
        self._desk = desk if desk is not None else IdentityDesk()

    async def _serve(self, backends: RadioBackends, outlet: Outlet, clock_ns: Callable[[], int]) -> None:  # noqa: ARG002
        plug_ins = registry.plug_ins().families
        services = {family.service for family in (*registry.families(), *plug_ins) if family.service}
        finder = DeviceFinder(backends.scanner, self._timing, services)
        links = [
            SensorLink(
                request,
                [other for other in self._wanted if other is not request],
                backends,
                finder,
                outlet.put,
                self._timing,
                plug_ins,
                self._desk,
            )
            for request in self._wanted
        ]
        tasks = [asyncio.create_task(link.run()) for link in links]
        try:
            await asyncio.wait(tasks)
        finally:
            for link in links:
                link.stopping = True
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=3 * self._timing.farewell_s)
            for link in links:
                link.report_stopped()
            await within(self._timing.farewell_s, "ending the scan", finder.close())
