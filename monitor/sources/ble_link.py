"""The endless connection to one wanted sensor: search, connect, set up, stream; and again when it breaks.

States reported, in order: SEARCHING, CONNECTING, (SensorReady,) STREAMING with the first data that can be read, STALE
and back, and LOST when a link that had streamed ends. An attempt that never streamed goes back to SEARCHING with its
reason.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable

from bleak import BleakClient

from monitor.sensors.base import SensorFamily
from monitor.sources.base import SensorReady, SourceItem
from monitor.sources.ble_errors import LINK_BROKE, plain_reason
from monitor.sources.ble_finder import DeviceFinder, Found
from monitor.sources.ble_identity import DeviceChoice, SensorRequest
from monitor.sources.ble_session import ATT_HEADER, SMALLEST_NOTIFICATION, GattSession
from monitor.sources.ble_timing import LinkTiming, within
from monitor.sources.data_pulse import DataPulse
from monitor.sources.identity_desk import IdentityDesk
from monitor.sources.radio import RadioBackends
from monitor.values import BatteryLevel, LinkChange, LinkState, SensorInfo, packet

_log = logging.getLogger(__name__)

UNREADABLE = "connected, but nothing that it sends can be read"
UPDATE = "update the sensor's firmware, or try another Bluetooth adapter"

Emit = Callable[[Callable[[int], SourceItem]], None]
"""`emit(make)`: `make(t_ns)` builds the item with its time stamp."""


class SensorLink:
    """One wanted sensor. `run` ends only by being cancelled; set `stopping` before, for a polite farewell."""

    def __init__(
        self,
        request: SensorRequest,
        others: Iterable[SensorRequest],
        backends: RadioBackends,
        finder: DeviceFinder,
        emit: Emit,
        timing: LinkTiming,
        plug_ins: Iterable[SensorFamily] = (),
        desk: IdentityDesk | None = None,
    ) -> None:
        self.stopping = False
        self._key = request.site.value
        self._site = request.site
        self._backends = backends
        self._finder = finder
        self._emit = emit
        self._timing = timing
        self._choice = DeviceChoice(request, others, timing, plug_ins, desk)
        self._state: LinkState | None = None
        self._why = ""
        self._pulse: DataPulse | None = None
        """Of the connection whose sensor is set up."""
        self._streamed = False
        self._lost = asyncio.Event()
        self._may_be_narrow = False
        """As far as the system tells, a notification of this link is too small for the family."""
        self._cut_off = False

    # ------------------------------------------------------------------ the endless part

    async def run(self) -> None:
        """Search, connect and stream, for ever. No failure ends it."""
        self._report(LinkState.SEARCHING)
        retry_s = self._timing.retry_s
        could_search = True
        while True:
            self._streamed = False
            could, could_search = could_search, False
            try:
                found = await self._search()
                could_search = True
                why = await self._serve(found) if found is not None else ""
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if task is None or task.cancelling():
                    raise
                found, why = None, LINK_BROKE  # a backend let its own cancellation escape
            except Exception as error:
                _log.debug("%s: attempt failed", self._key, exc_info=error)
                found, why = None, plain_reason(error)
            if not why:
                self._report(LinkState.SEARCHING, self._choice.not_seen())
                continue
            if self._streamed or could != could_search:
                retry_s = self._timing.retry_s  # another trouble than the last one
            if self._streamed:
                self._choice.lost()
                self._report(LinkState.LOST, why)
                self._report(LinkState.SEARCHING)
            else:
                self._report(LinkState.SEARCHING, why)
            await asyncio.sleep(retry_s)
            longest_s = self._timing.retry_longest_s if could_search else self._timing.retry_computer_s
            retry_s = min(2 * retry_s, longest_s)

    def report_stopped(self) -> None:
        """The last word on this sensor."""
        self._report(LinkState.STOPPED)

    # ------------------------------------------------------------------ which device

    async def _search(self) -> Found | None:
        self._choice.begin()
        return await self._finder.find(
            self._key,
            self._choice.accept,
            self._timing.choose_s if self._choice.compares else 0.0,
            self._choice.choose,
        )

    # ------------------------------------------------------------------ one connection

    async def _serve(self, found: Found) -> str:
        """Connect, set up and stream until the link ends; returns why it ended. Raises what the attempt raises."""
        candidate = found.candidate
        lost = self._lost = asyncio.Event()
        self._cut_off = False
        client = BleakClient(
            candidate.device,
            disconnected_callback=lambda _: lost.set(),
            timeout=self._timing.connect_s,
            backend=self._backends.client,
        )
        session = GattSession(client, lost, self._timing)
        self._pulse = None
        try:
            self._report(LinkState.CONNECTING, candidate.name or candidate.address, candidate.heard_dbm)
            async with self._finder.quiet():
                await within(self._timing.connect_s, "connecting", client.connect())
            family, pulse = await within(self._timing.setup_s, "setting it up", self._set_up(session, found))
            return await self._stream(session, family, pulse, lost)
        finally:
            ready, self._pulse = self._pulse is not None, None
            await self._part(client, session, self._choice.family if ready and self.stopping else None, lost)
            if not self._choice.is_known(candidate):
                self._finder.release(self._key, candidate.address)

    async def _set_up(self, session: GattSession, found: Found) -> tuple[SensorFamily, DataPulse]:
        """Subscribe and start it; returns the family that it turned out to be of, and the watch on its data."""
        candidate = found.candidate
        family = self._choice.fitting(found, session.offers)
        # Beyond the smallest size a device may well fit its notifications to the link.
        smallest = session.notification_size() == SMALLEST_NOTIFICATION
        self._may_be_narrow = smallest and family.min_mtu > SMALLEST_NOTIFICATION + ATT_HEADER
        await session.subscribe(family.data, lambda data: self._on_data(family, data))
        for number, characteristic in enumerate(family.more_data, start=1):
            await session.subscribe(characteristic, self._on_more_data(family, number))
        setup = await session.follow(family.start(family.default_rate_hz))
        info = SensorInfo(
            key=self._key,
            site=self._site,
            family=family.key,
            name=candidate.name,
            address=candidate.address,
            rate_hz=setup.rate_hz,
            config=setup.config,
            simulated=self._backends.simulated,
        )
        pulse = DataPulse(family.decoder(setup.config), asyncio.get_running_loop().time())
        self._emit(lambda t_ns: SensorReady(t_ns, info))
        self._pulse = pulse
        before = self._choice.serves(Found(candidate, family))
        if before is not None and before.address != candidate.address:
            self._finder.release(self._key, before.address)
        return family, pulse

    def _on_more_data(self, family: SensorFamily, number: int) -> Callable[[bytes], None]:
        mark = bytes((number,))
        return lambda data: self._on_data(family, mark + data, marked=True)

    def _on_data(self, family: SensorFamily, data: bytes, *, marked: bool = False) -> None:
        """A notification with samples. What comes before the set-up is done is not of this run."""
        pulse = self._pulse
        if pulse is None:
            return
        if self._may_be_narrow and len(data) - marked == SMALLEST_NOTIFICATION:
            # Only now is it sure: older BlueZ does not tell the size, and the smallest is assumed.
            self._cut_off = True
            self._lost.set()
            return
        if family.more_data and not marked:
            data = b"\0" + data
        percent = None
        if family.battery_in_data and family.battery_percent is not None:
            percent = family.battery_percent(data)
        if percent is None:  # an answer about the battery does not mean that samples flow
            flows = pulse.take(asyncio.get_running_loop().time(), data)
            if flows and self._state is not LinkState.STREAMING:
                self._streamed = True
                self._report(LinkState.STREAMING)
        self._emit(lambda t_ns: packet(self._key, t_ns, data))
        if percent is not None:
            self._report_battery(percent)

    async def _stream(self, session: GattSession, family: SensorFamily, pulse: DataPulse, lost: asyncio.Event) -> str:
        """Watch the data until the link breaks or stays silent for too long; returns which."""
        battery = asyncio.create_task(self._watch_battery(session, family), name=f"battery {self._key}")
        try:
            return await self._watch_data(pulse, family, lost)
        finally:
            battery.cancel()
            await asyncio.wait({battery})

    async def _watch_data(self, pulse: DataPulse, family: SensorFamily, lost: asyncio.Event) -> str:
        loop = asyncio.get_running_loop()
        stale_s = self._timing.stale_after_s(family.notification_interval_s)
        lost_s = self._timing.lost_after_s(family.notification_interval_s)
        while not lost.is_set():
            silent_s = loop.time() - pulse.last_s
            if silent_s >= lost_s:
                return UNREADABLE if pulse.unreadable else f"connected, but no data for {silent_s:.0f} s"
            if silent_s >= stale_s and self._state is not LinkState.STALE:
                silence = (
                    f"nothing readable for {silent_s:.0f} s" if pulse.unreadable else f"no data for {silent_s:.0f} s"
                )
                self._report(LinkState.STALE, silence)
            limit_s = lost_s if silent_s >= stale_s else stale_s
            try:
                async with asyncio.timeout_at(pulse.last_s + limit_s):
                    await lost.wait()
            except TimeoutError:
                continue
        if self._cut_off:
            return (
                f"the link carries only {SMALLEST_NOTIFICATION} bytes at a time, too few for a {family.label}: {UPDATE}"
            )
        return LINK_BROKE

    async def _watch_battery(self, session: GattSession, family: SensorFamily) -> None:
        if family.read_battery is None:
            return
        while True:
            try:
                percent = await session.follow(family.read_battery())
            except Exception as error:  # a sensor without a battery reading is still a sensor
                _log.debug("%s: no battery level", self._key, exc_info=error)
                percent = None
            if percent is not None:
                self._report_battery(percent)
            await asyncio.sleep(self._timing.battery_s)

    async def _part(
        self, client: BleakClient, session: GattSession, told: SensorFamily | None, lost: asyncio.Event
    ) -> None:
        """Let go of the client, whatever state it is in; `told` is the family whose sensor is told to stop first."""
        try:
            if told is not None and not lost.is_set():
                await within(self._timing.farewell_s, "telling it to stop", session.follow(told.stop()))
        except Exception as error:
            _log.debug("%s: could not be told to stop", self._key, exc_info=error)
        try:
            # Also after a loss: a client that is not let go of keeps its connection to the operating system.
            await within(self._timing.farewell_s, "disconnecting", client.disconnect())
        except Exception as error:
            _log.debug("%s: did not disconnect cleanly", self._key, exc_info=error)

    # ------------------------------------------------------------------ reports

    def _report(self, state: LinkState, why: str = "", rssi_dbm: int | None = None) -> None:
        if (state, why) == (self._state, self._why):
            return  # a sensor left at home must not fill the recording with the same sentence
        self._state, self._why = state, why
        self._emit(lambda t_ns: LinkChange(self._key, t_ns, state, why, rssi_dbm))

    def _report_battery(self, percent: int) -> None:
        self._emit(lambda t_ns: BatteryLevel(self._key, t_ns, percent))
