"""A background thread with one event loop and an open radio in it: what every Bluetooth source stands on.

The loop only stamps and hands over; no stage of the pipeline can delay it, and a stalled window cannot either.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from monitor.sensors import registry
from monitor.sources.base import Sink, SourceItem
from monitor.sources.ble_errors import plain_reason
from monitor.sources.ble_timing import LinkTiming, within
from monitor.sources.companions import PROFILES
from monitor.sources.radio import Radio, RadioBackends
from monitor.sources.radio_air import SharedAir
from monitor.values import LinkChange, LinkState

_log = logging.getLogger(__name__)


class Outlet:
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


class RadioSource(ABC):
    """`monitor.sources.base.Source` of what comes by radio. One `start`, one `stop`.

    `keys` are those of the devices that it looks after, `name` that of its thread. Sources of one `radio` do not each
    start, but serve together: `monitor.sources.radio_shared.OneRadio`.
    """

    def __init__(self, keys: Sequence[str], radio: Radio, timing: LinkTiming, name: str) -> None:
        self.keys = tuple(keys)
        self.radio = radio
        self.timing = self._timing = timing
        self._name = name
        self._outlet: Outlet | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._stop_wanted = False

    async def serve(self, backends: RadioBackends, outlet: Outlet, clock_ns: Callable[[], int]) -> None:
        """The same as when started, but on backends that somebody else has opened and shares. Ends when cancelled."""
        await self._serve(backends, outlet, clock_ns)

    @abstractmethod
    async def _serve(self, backends: RadioBackends, outlet: Outlet, clock_ns: Callable[[], int]) -> None:
        """Look after all devices until cancelled; then part from them and report each STOPPED, in 4 `farewell_s`."""

    def start(self, sink: Sink, clock_ns: Callable[[], int]) -> None:
        """Begin; returns at once. `sink` is called from the source's own thread. Raises RuntimeError when begun."""
        if self._thread is not None:
            raise RuntimeError("this source was started before; make a new one")
        self._outlet = Outlet(sink, clock_ns)
        self._thread = threading.Thread(target=self._live, args=(self._outlet, clock_ns), name=self._name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Part from the devices, and end the thread. When this returns, no more items come.

        Bounded by `timing.stop_bound_s()`; harmless when called twice or before `start`.
        """
        with self._lock:
            self._stop_wanted = True
            if self._loop is not None and self._stop is not None and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._stop.set)
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(self._timing.stop_bound_s())
            if self._thread.is_alive():
                _log.warning("%s did not stop in time; its thread is left behind", self._name)
        if self._outlet is not None:
            self._outlet.close()

    # ------------------------------------------------------------------ inside the thread

    def _live(self, outlet: Outlet, clock_ns: Callable[[], int]) -> None:
        try:
            asyncio.run(self._main(outlet, clock_ns))
        except Exception as error:
            _log.exception("the thread of %s failed", self._name)
            self._say(outlet, LinkState.STOPPED, plain_reason(error))

    async def _main(self, outlet: Outlet, clock_ns: Callable[[], int]) -> None:
        stop = asyncio.Event()
        with self._lock:
            self._loop, self._stop = asyncio.get_running_loop(), stop
            if self._stop_wanted:
                stop.set()
        try:
            backends = await self._open_radio(outlet, stop)
            if backends is None:
                self._say(outlet, LinkState.STOPPED)
            else:
                await self._until(stop, self._share(backends, outlet, clock_ns))
        finally:
            with self._lock:
                self._loop = None

    async def _share(self, backends: RadioBackends, outlet: Outlet, clock_ns: Callable[[], int]) -> None:
        """Serve on a scan that all share, also those of one source that search each on their own."""
        air = SharedAir(backends, self._timing, _known_services())
        try:
            await self._serve(air.backends, outlet, clock_ns)
        finally:
            await air.close()

    async def _until(self, stop: asyncio.Event, work: Awaitable[None]) -> None:
        """`work` until the stop; raises what ends it before."""
        serving, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if serving.done():
                await serving
        finally:
            stopping.cancel()
            serving.cancel()
            await asyncio.wait({serving}, timeout=4 * self._timing.farewell_s)
            try:
                await within(self._timing.farewell_s, "closing the radio", self.radio.close())
            except Exception as error:
                _log.debug("the radio did not close cleanly", exc_info=error)

    async def _open_radio(self, outlet: Outlet, stop: asyncio.Event) -> RadioBackends | None:
        """The radio's backends, tried for until they come; None when stopped before."""
        retry_s = self._timing.retry_s
        told = ""
        while not stop.is_set():
            try:
                return await within(self._timing.radio_s, "opening the radio", self.radio.open())
            except Exception as error:
                _log.debug("the radio did not open", exc_info=error)
                if (why := plain_reason(error)) != told:
                    told = why
                    self._say(outlet, LinkState.SEARCHING, why)
            try:
                async with asyncio.timeout(retry_s):
                    await stop.wait()
            except TimeoutError:
                retry_s = min(2 * retry_s, self._timing.retry_longest_s)
        return None

    def _say(self, outlet: Outlet, state: LinkState, why: str = "") -> None:
        for key in self.keys:
            outlet.put(partial(LinkChange, key, state=state, why=why))


def _known_services() -> frozenset[str]:
    """Those of all sensors and companions that this program knows."""
    families = (*registry.families(), *registry.plug_ins().families)
    return frozenset({f.service for f in families if f.service} | {p.service for p in PROFILES.values()})
