"""The connection to one treadmill, foot pod or heart strap. Read only: nothing is ever written to a machine that
moves a runner, except the subscriptions.

States are reported as for a posture sensor: SEARCHING, CONNECTING, STREAMING with the first data that can be read,
STALE and back, LOST when a link that had streamed ends.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from bleak import BleakClient

from monitor.errors import DecodeError, SensorSetupError
from monitor.sources.base import SourceItem
from monitor.sources.ble_errors import LINK_BROKE, plain_reason
from monitor.sources.ble_finder import Candidate
from monitor.sources.ble_session import GattSession
from monitor.sources.ble_timing import LinkTiming, within
from monitor.sources.companion_choice import CompanionChoice, CompanionRequest
from monitor.sources.companion_voices import Voice
from monitor.sources.companions import PROFILES, CompanionKind
from monitor.sources.identity_desk import IdentityDesk
from monitor.sources.radio import RadioBackends
from monitor.values import Ground, HeartRate, LinkChange, LinkState

_log = logging.getLogger(__name__)

Emit = Callable[[Callable[[int], SourceItem]], None]
"""`emit(make)`: `make(t_ns)` builds the item with its time stamp."""
_INTERVAL_S = 1.0
"""All three kinds send about once per second."""


class CompanionLink:
    """One wanted companion, from search to search; driven by `monitor.sources.ble_companions.CompanionRounds`."""

    def __init__(
        self,
        request: CompanionRequest,
        voice: Voice,
        backends: RadioBackends,
        emit: Emit,
        clock_ns: Callable[[], int],
        timing: LinkTiming,
        desk: IdentityDesk | None = None,
    ) -> None:
        self.key = request.kind.value
        self.address = ""
        """Of the device that it is connected to, or tries to; '' while it searches."""
        self.due_s = 0.0
        """Loop time of its next search."""
        self._request = request
        self._profile = PROFILES[request.kind]
        self._voice = voice
        self._backends = backends
        self._emit = emit
        self._clock_ns = clock_ns
        self._timing = timing
        self._retry_s = timing.retry_s
        self._choice = CompanionChoice(request, timing, desk)
        self._state: LinkState | None = None
        self._why = ""
        self._client: BleakClient | None = None
        self._lost = asyncio.Event()
        self._streamed = False
        self._last_data = 0.0
        self._refused: DecodeError | None = None
        self._report(LinkState.SEARCHING)

    # ------------------------------------------------------------------ which device

    @property
    def may_choose(self) -> bool:
        """Several may do, so that it is worth waiting for more to announce themselves."""
        return self._choice.compares

    def begin(self) -> None:
        """A search begins."""
        self._choice.begin()

    def wants(self, candidate: Candidate, kinds: tuple[CompanionKind, ...]) -> bool:
        """This device, which announces itself as of these kinds, will do."""
        return self._choice.wants(candidate, kinds)

    def choose(self, candidates: Sequence[Candidate]) -> Candidate | None:
        """The one to take of those that will do, strongest first; None where the wearer has to say which."""
        return self._choice.choose(candidates)

    def missed(self) -> None:
        """A whole search did not find it, or found several to choose from."""
        self._wait(self._choice.not_seen())

    def failed(self, error: BaseException) -> None:
        """A search or a connection failed."""
        _log.debug("%s: attempt failed", self.key, exc_info=error)
        self._over(plain_reason(error))

    def _wait(self, why: str) -> None:
        """Search again after a pause that grows with each failure."""
        self.address = ""
        self._report(LinkState.SEARCHING, why)
        self.due_s = _now_s() + self._retry_s
        self._retry_s = min(2 * self._retry_s, self._timing.retry_longest_s)

    # ------------------------------------------------------------------ one connection

    async def connect(self, candidate: Candidate) -> None:
        """Connect and subscribe. Raises what goes wrong, with the client let go of."""
        self.address = candidate.address
        self._lost = lost = asyncio.Event()
        self._streamed = False
        self._refused = None
        self._client = client = BleakClient(
            candidate.device,
            disconnected_callback=lambda _: lost.set(),
            timeout=self._timing.connect_s,
            backend=self._backends.client,
        )
        try:
            self._report(LinkState.CONNECTING, candidate.name or candidate.address)
            await within(self._timing.connect_s, "connecting", client.connect())
            await within(self._timing.setup_s, "setting it up", self._subscribe(client, candidate))
        except BaseException:
            await self.part()
            raise
        self._choice.takes(candidate)

    async def _subscribe(self, client: BleakClient, candidate: Candidate) -> None:
        session, profile = GattSession(client, self._lost, self._timing), self._profile
        if not session.offers(profile.service, profile.data):
            self._choice.leave_alone(candidate)
            name = candidate.name or candidate.address
            raise SensorSetupError(name, "set-up", f"it does not have the data channel of a {self._request.kind.label}")
        self._last_data = _now_s()
        await session.subscribe(profile.data, partial(self._on_data, client, profile.data))
        for extra in profile.extra:
            if session.offers(profile.service, extra):
                try:
                    await session.subscribe(extra, partial(self._on_data, client, extra))
                except Exception as error:  # the data will do
                    _log.debug("%s: no %s", self.key, extra, exc_info=error)

    def _on_data(self, client: BleakClient, characteristic: str, data: bytes) -> None:
        """A notification. One that cannot be read is no sign of life: a device that sends nothing else is given up."""
        if client is not self._client:
            return  # a latecomer of a connection that is over
        try:
            entry = self._voice.hear(characteristic, data, self._clock_ns())
        except DecodeError as error:
            self._refused = error
            _log.debug("%s: refused %s", self.key, data.hex(), exc_info=error)
            return
        if characteristic == self._profile.data:
            self._last_data = _now_s()
            self._refused = None
            if self._state is not LinkState.STREAMING:
                self._streamed = True
                self._retry_s = self._timing.retry_s
                self._report(LinkState.STREAMING)
        self._tell(entry)

    async def stream(self) -> str:
        """Watch the data until the link breaks or stays silent for too long; returns which."""
        stale_s = self._timing.stale_after_s(_INTERVAL_S)
        lost_s = self._timing.lost_after_s(_INTERVAL_S)
        while not self._lost.is_set():
            silent_s = _now_s() - self._last_data
            if silent_s >= lost_s:
                self._retry_s = self._timing.retry_s  # it is there: it may go on any moment
                return self._silence(silent_s)
            if silent_s >= stale_s and self._state is not LinkState.STALE:
                self._report(LinkState.STALE, self._silence(silent_s))
                self._tell(self._voice.hush(self._clock_ns(), linked=True))
            try:
                async with asyncio.timeout_at(self._last_data + (lost_s if silent_s >= stale_s else stale_s)):
                    await self._lost.wait()
            except TimeoutError:
                continue
        return LINK_BROKE

    def _silence(self, silent_s: float) -> str:
        if self._refused is not None:
            return f"connected, but what it sends cannot be read ({self._refused})"
        return f"connected, but no data for {silent_s:.0f} s"

    def ended(self, why: str) -> None:
        """The connection is over, and the search begins anew."""
        self._choice.lost()
        self._over(why)

    def _over(self, why: str) -> None:
        """There is no connection (any more): what it said no longer holds."""
        self._tell(self._voice.hush(self._clock_ns()))
        if self._streamed:
            self._streamed = False
            self._report(LinkState.LOST, why)
            why = ""
        self._wait(why)

    async def part(self) -> None:
        """Let go of the client, whatever state it is in."""
        client, self._client = self._client, None
        if client is None:
            return
        try:
            # Also after a loss: a client that is not let go of keeps its connection to the operating system.
            await within(self._timing.farewell_s, "disconnecting", client.disconnect())
        except Exception as error:
            _log.debug("%s: did not disconnect cleanly", self.key, exc_info=error)

    # ------------------------------------------------------------------ reports

    def report_stopped(self) -> None:
        """The last word on this companion."""
        self._report(LinkState.STOPPED)

    def _tell(self, entry: Ground | HeartRate | None) -> None:
        if entry is not None:
            self._emit(lambda t_ns: replace(entry, t_ns=t_ns))

    def _report(self, state: LinkState, why: str = "") -> None:
        if (state, why) == (self._state, self._why):
            return  # a strap left at home must not fill the recording with the same sentence
        self._state, self._why = state, why
        self._emit(lambda t_ns: LinkChange(self.key, t_ns, state, why))


def _now_s() -> float:
    return asyncio.get_running_loop().time()
