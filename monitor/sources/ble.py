"""The Bluetooth source: a background thread with one event loop in which every wanted sensor is looked after.

The loop only stamps and hands over; no stage of the pipeline can delay it, and a stalled window cannot either.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Sequence

from monitor.sensors import registry
from monitor.sources.base import Sink, SourceItem
from monitor.sources.ble_errors import plain_reason
from monitor.sources.ble_finder import DeviceFinder
from monitor.sources.ble_link import SensorLink, SensorRequest
from monitor.sources.ble_scan import Seen, scan, scan_blocking
from monitor.sources.ble_timing import LinkTiming, within
from monitor.sources.radio import Radio, RadioBackends
from monitor.values import LinkChange, LinkState

__all__ = ["BleSource", "LinkTiming", "Seen", "SensorRequest", "scan", "scan_blocking"]

_log = logging.getLogger(__name__)


class BleSource:
    """Streams the wanted sensors, reconnecting for ever, until stopped. One `start`, one `stop`.

    Raises ValueError for two requests for one site, UnknownSensorError for a family the registry lacks.
    """

    def __init__(self, wanted: Sequence[SensorRequest], radio: Radio, timing: LinkTiming | None = None) -> None:
        if not wanted or len({request.site for request in wanted}) != len(wanted):
            raise ValueError("one sensor per site, and at least one")
        for request in wanted:
            if request.family is not None:
                registry.family(request.family)
        self._wanted = tuple(wanted)
        self._radio = radio
        self._timing = timing if timing is not None else LinkTiming()
        self._outlet: _Outlet | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._stop_wanted = False

    def start(self, sink: Sink, clock_ns: Callable[[], int]) -> None:
        """Begin; returns at once. `sink` is called from the source's own thread. Raises RuntimeError when begun."""
        if self._thread is not None:
            raise RuntimeError("this source was started before; make a new one")
        self._outlet = _Outlet(sink, clock_ns)
        self._thread = threading.Thread(target=self._live, args=(self._outlet,), name="bluetooth", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Tell the sensors to stop, disconnect, and end the thread. When this returns, no more items come.

        Bounded by `timing.stop_bound_s()`; harmless when called twice or before `start`.
        """
        with self._lock:
            self._stop_wanted = True
            if self._loop is not None and self._stop is not None and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._stop.set)
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(self._timing.stop_bound_s())
            if self._thread.is_alive():
                _log.warning("Bluetooth did not stop in time; its thread is left behind")
        if self._outlet is not None:
            self._outlet.close()

    # ------------------------------------------------------------------ inside the thread

    def _live(self, outlet: _Outlet) -> None:
        try:
            asyncio.run(self._main(outlet))
        except Exception as error:
            _log.exception("the Bluetooth thread failed")
            for request in self._wanted:
                self._say(outlet, request, LinkState.STOPPED, plain_reason(error))

    async def _main(self, outlet: _Outlet) -> None:
        stop = asyncio.Event()
        with self._lock:
            self._loop, self._stop = asyncio.get_running_loop(), stop
            if self._stop_wanted:
                stop.set()
        try:
            await self._look_after_all(outlet, stop)
        finally:
            with self._lock:
                self._loop = None

    async def _look_after_all(self, outlet: _Outlet, stop: asyncio.Event) -> None:
        backends = await self._open_radio(outlet, stop)
        if backends is None:
            for request in self._wanted:
                self._say(outlet, request, LinkState.STOPPED)
            return
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
            )
            for request in self._wanted
        ]
        tasks = {asyncio.create_task(link.run()) for link in links}
        try:
            await stop.wait()
        finally:
            for link in links:
                link.stopping = True
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=3 * self._timing.farewell_s)
            for link in links:
                link.report_stopped()
            await self._quietly("ending the scan", finder.close())
            await self._quietly("closing the radio", self._radio.close())

    async def _open_radio(self, outlet: _Outlet, stop: asyncio.Event) -> RadioBackends | None:
        """The radio's backends, tried for until they come; None when stopped before."""
        retry_s = self._timing.retry_s
        while not stop.is_set():
            try:
                return await within(self._timing.radio_s, "opening the radio", self._radio.open())
            except Exception as error:
                _log.debug("the radio did not open", exc_info=error)
                for request in self._wanted:
                    self._say(outlet, request, LinkState.SEARCHING, plain_reason(error))
            try:
                async with asyncio.timeout(retry_s):
                    await stop.wait()
            except TimeoutError:
                retry_s = min(2 * retry_s, self._timing.retry_longest_s)
        return None

    async def _quietly(self, doing: str, work: Awaitable[None]) -> None:
        try:
            await within(self._timing.farewell_s, doing, work)
        except Exception as error:
            _log.debug("%s went wrong", doing, exc_info=error)

    @staticmethod
    def _say(outlet: _Outlet, request: SensorRequest, state: LinkState, why: str = "") -> None:
        outlet.put(lambda t_ns: LinkChange(request.site.value, t_ns, state, why))


class _Outlet:
    """Where items leave: gives each a strictly increasing time stamp, and nothing leaves once it is closed."""

    def __init__(self, sink: Sink, clock_ns: Callable[[], int]) -> None:
        self._sink = sink
        self._clock_ns = clock_ns
        self._lock = threading.Lock()
        self._last_ns: int | None = None
        self._closed = False

    def put(self, make: Callable[[int], SourceItem]) -> None:
        """Stamp and hand over. An error of the sink is logged: it must not be mistaken for one of the radio."""
        with self._lock:
            if self._closed:
                return
            t_ns = self._clock_ns()
            if self._last_ns is not None:
                t_ns = max(t_ns, self._last_ns + 1)
            self._last_ns = t_ns
            try:
                self._sink(make(t_ns))
            except Exception:
                _log.exception("an item from Bluetooth could not be handed over")

    def close(self) -> None:
        """Nothing leaves any more."""
        with self._lock:
            self._closed = True
