"""Finds sensors by Bluetooth and listens to up to five of them at once, so that the shaken one stands out."""

from __future__ import annotations

import logging
import math
import queue
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from calibration.protocol import Step
from monitor.dashboard.setup.facts import Found, Problem, ScanView, Trouble
from monitor.dashboard.setup.lane import Job, Lane, Post
from monitor.dashboard.setup.shake import Movement
from monitor.errors import BluetoothUnavailableError, HeadsUpError
from monitor.sensors import registry
from monitor.sensors.base import Decoder
from monitor.sources.base import SensorReady, SourceItem
from monitor.values import BatteryLevel, LinkChange, LinkState, PacketBlock, Site

if TYPE_CHECKING:
    from monitor.sources.ble_scan import Seen
    from monitor.sources.radio import Radio

_log = logging.getLogger(__name__)
SCAN_S = 3.0
LOOK_S = 0.1
SILENT_S = 3.0
"""A sensor that sent nothing for so long has no movement to compare. Some send a second or two at once."""
STATES = {
    LinkState.SEARCHING: "searching",
    LinkState.CONNECTING: "connecting",
    LinkState.STREAMING: "listening",
    LinkState.STALE: "no data",
    LinkState.LOST: "out of reach",
    LinkState.STOPPED: "",
}


class Radios(Protocol):
    """Where Bluetooth comes from, at each stage of the set-up."""

    def to_find(self) -> Radio: ...

    def to_calibrate(self, steps: Sequence[Step]) -> Radio: ...

    def to_check(self) -> Radio: ...


class LiveScanner:
    """A `Scanner` over a radio.

    worn : where sensors of these addresses, or names, were worn before
    remedies : asked for advice where Bluetooth is not available; may take seconds
    trust_names : a name proves who a sensor is, as among SIMULATED ones
    """

    def __init__(
        self,
        radios: Radios,
        lane: Lane,
        worn: Callable[[], Mapping[str, Site]] = dict,
        remedies: Callable[[], tuple[str, ...]] = tuple,
        *,
        trust_names: bool = False,
    ) -> None:
        self._radios, self._lane, self._worn, self._remedies = radios, lane, worn, remedies
        self._trust_names = trust_names
        self._post: Post[ScanView] = Post(ScanView())

    def start(self) -> None:
        """Search, then listen, until stopped."""
        job = self._post.begin(ScanView(busy="Searching ..."))
        self._lane.start(lambda: self._work(job), "set-up search")

    def look(self) -> ScanView:
        """What has been found so far."""
        return self._post.look()

    def stop(self) -> None:
        """End it; the radio is free a moment later."""
        self._post.end()

    # ---------------------------------------------------------------- in the lane's thread

    def _work(self, job: Job) -> None:
        try:
            seen: list[Seen] = []
            while not seen and not job.stopped.is_set():
                seen = self._scan()
            if seen and not job.stopped.is_set():
                self._listen(job, seen)
        except BluetoothUnavailableError as error:
            advice = dict.fromkeys((error.remedy, *self._remedies()))
            trouble = Trouble(Problem.NO_BLUETOOTH, sentence(error.reason), tuple(a for a in advice if a))
            self._post.put(job, ScanView(trouble=trouble))
        except HeadsUpError as error:
            self._post.put(job, ScanView(trouble=Trouble(Problem.NO_BLUETOOTH, str(error))))
        except Exception as error:
            _log.exception("the search for sensors failed")
            words = f"The search for sensors failed ({type(error).__name__})."
            trouble = Trouble(Problem.NO_BLUETOOTH, words, ("Run headsup doctor.",))
            self._post.put(job, ScanView(trouble=trouble))

    def _scan(self) -> list[Seen]:
        from monitor.sources.ble_scan import scan_blocking

        return [seen for seen in scan_blocking(self._radios.to_find(), SCAN_S) if seen.family]

    def _listen(self, job: Job, seen: Sequence[Seen]) -> None:
        from monitor.sources.ble import BleSource, SensorRequest

        worn = self._worn()
        names = [s.name for s in seen]
        by_name = {name: worn[name] for name in names if name in worn and names.count(name) == 1}
        ears = [
            Ear(s, worn.get(s.address, by_name.get(s.name)), by_id=s.address in worn or self._trust_names) for s in seen
        ]
        # The sites only serve as keys here: where each sensor is worn is not known yet.
        heard = dict(zip((site.value for site in Site), ears, strict=False))
        for ear in ears[len(heard) :]:
            ear.found = replace(ear.found, state="not listened to")
        requests = [
            SensorRequest(Site(key), family=ear.found.family, address=ear.found.address) for key, ear in heard.items()
        ]
        items: queue.SimpleQueue[SourceItem] = queue.SimpleQueue()
        source = BleSource(requests, self._radios.to_find())
        source.start(items.put, time.monotonic_ns)
        try:
            while not job.stopped.is_set():
                self._post.put(job, ScanView(tuple(ear.now() for ear in ears), "Listening ..."))
                job.stopped.wait(LOOK_S)
                while not items.empty():
                    item = items.get_nowait()
                    key = item.info.key if isinstance(item, SensorReady) else getattr(item, "sensor", "")
                    if key in heard:
                        heard[key].hear(item)
        finally:
            source.stop()


class Ear:
    """Listens to one sensor. Everything in one thread."""

    def __init__(self, seen: Seen, hint: Site | None = None, *, by_id: bool = True) -> None:
        family = registry.family(seen.family or "")
        self.found = Found(
            seen.address, seen.name, family.key, family.label, seen.rssi_dbm, state="found", hint=hint, by_id=by_id
        )
        self._movement: Movement | None = None
        self._decoder: Decoder | None = None
        self._heard_s = -math.inf

    def hear(self, item: SourceItem) -> None:
        """Something from this sensor."""
        match item:
            case SensorReady():
                self._decoder = registry.family(item.info.family).decoder(item.info.config)
                self._movement = Movement(item.info.rate_hz)
            case PacketBlock() if self._decoder is not None and self._movement is not None:
                self._movement.push(self._decoder.push(item).samples.acc)
                self._heard_s = time.monotonic()
            case LinkChange():
                state = STATES[item.state]
                why = item.why if item.state in (LinkState.SEARCHING, LinkState.LOST) else ""
                self.found = replace(self.found, state=why or state)
            case BatteryLevel():
                self.found = replace(self.found, battery_pct=item.percent)

    def now(self) -> Found:
        """The sensor as it stands."""
        silent = self._movement is None or time.monotonic() - self._heard_s > SILENT_S
        return replace(self.found, spread_m_s2=math.nan if silent or not self._movement else self._movement.spread())


def sentence(words: str) -> str:
    """Words as a sentence: a capital, and one full stop."""
    words = words.strip().rstrip(".")
    return f"{words[:1].upper()}{words[1:]}."
