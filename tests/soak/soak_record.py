"""What is kept of a soak: as text and fingerprints, so that the witness itself needs no memory to speak of."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from monitor.outputs.phrases import LOW_BATTERY
from monitor.outputs.player import NullPlayer, Playable
from monitor.values import Control, Event, LinkChange, LogEntry, PacketBlock, PipelineOutput, SensorInfo, Track
from tests.soak.soak_gauges import Gauge

TRACK_ARRAYS = (
    "t_ns", "arrival_ns", "activity", "cadence_spm", "angle_deg", "sustained_deg", "shoulder", "valid", "reason",
    "dwell_s", "over", "lean_deg", "followed_deg",
)  # fmt: skip
"""All but `display_deg`, which only a run that is watched has."""


@dataclass(slots=True)
class SoakRecord:
    """All that is judged afterwards. `links`: sensor, seconds on the run clock, state, why."""

    seconds: float = 0.0
    took_s: float = 0.0
    origin_s: float = 0.0
    """Run clock at the first sample: what the times of `events` count from."""
    events: list[dict[str, Any]] = field(default_factory=list)
    links: list[tuple[str, float, str, str]] = field(default_factory=list)
    cues: dict[str, int] = field(default_factory=dict)
    """How often each kind of event was played to the runner, and 'low_battery'."""
    packets: dict[str, str] = field(default_factory=dict)
    """Fingerprint of all notifications that were handed over, by sensor, with their arrivals."""
    notifications: dict[str, int] = field(default_factory=dict)
    controls: str = ""
    tracks: dict[str, str] = field(default_factory=dict)
    gauges: list[Gauge] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    """What went wrong in the run itself: entries that could not be recorded, an end that never came."""


def record_from(text: str) -> SoakRecord:
    """The inverse of `json.dumps(asdict(record))`."""
    table = json.loads(text)
    table["gauges"] = [Gauge(**gauge) for gauge in table["gauges"]]
    table["links"] = [tuple(link) for link in table["links"]]
    return SoakRecord(**table)


class Fingerprints:
    """Of streams that grow: the same bytes in any pieces give the same fingerprint."""

    def __init__(self) -> None:
        self._hashes: dict[str, Any] = {}

    def add(self, name: str, data: bytes) -> None:
        """Bytes behind those that came before."""
        if name not in self._hashes:
            self._hashes[name] = hashlib.blake2b(digest_size=16)
        self._hashes[name].update(data)

    def packets(self, block: PacketBlock) -> None:
        """Notifications with their arrivals and lengths; a block of n counts as n."""
        for t_ns, payload in zip(block.t_ns.tolist(), block.payloads(), strict=True):
            self.add(block.sensor, t_ns.to_bytes(8, "little") + len(payload).to_bytes(4, "little") + payload)

    def track(self, track: Track) -> None:
        """A piece of a sensor's track, array by array."""
        for name in TRACK_ARRAYS:
            self.add(f"{track.sensor}.{name}", getattr(track, name).tobytes())

    def shown(self) -> dict[str, str]:
        """By name, in letters."""
        return {name: known.hexdigest() for name, known in sorted(self._hashes.items())}


def control_bytes(entry: Control) -> bytes:
    """A control entry as the log has it."""
    return repr(entry).encode()


class Witness:
    """Recorder and listener: what the session took, and what it made of it."""

    def __init__(self) -> None:
        self._record = SoakRecord()
        self._events: list[str] = []
        self._packets, self._controls, self._tracks = Fingerprints(), Fingerprints(), Fingerprints()
        self.notifications: Counter[str] = Counter()

    # ------------------------------------------------------------------ as a recorder

    def append(self, entry: LogEntry) -> None:
        if isinstance(entry, PacketBlock):
            self.notifications[entry.sensor] += len(entry.t_ns)
            self._packets.packets(entry)
        else:
            self._controls.add("controls", control_bytes(entry))

    # ------------------------------------------------------------------ as a listener

    def sensor(self, info: SensorInfo) -> None:
        """Nothing to keep."""

    def control(self, entry: Control) -> None:
        if isinstance(entry, LinkChange):
            self._record.links.append((entry.sensor, entry.t_ns / 1e9, entry.state.value, entry.why))

    def output(self, output: PipelineOutput) -> None:
        self._events += [event_text(event) for event in output.events]
        for track in output.tracks:
            self._tracks.track(track)

    # ------------------------------------------------------------------ afterwards

    def record(self) -> SoakRecord:
        """What was seen."""
        self._record.events = [json.loads(text) for text in self._events]
        self._record.packets = self._packets.shown()
        self._record.controls = self._controls.shown().get("controls", "")
        self._record.tracks = self._tracks.shown()
        self._record.notifications = dict(self.notifications)
        return self._record


def event_text(event: Event) -> str:
    """An event with its exact time."""
    return json.dumps({"t_ns": event.t_ns, **event.as_json()}, sort_keys=True)


class CountingPlayer(NullPlayer):
    """Plays nothing, and counts what was to be heard."""

    def __init__(self) -> None:
        super().__init__()
        self.cues: Counter[str] = Counter()

    def play(self, what: Playable) -> bool:
        if isinstance(what, Event):
            self.cues[what.kind.value] += 1
        elif what is LOW_BATTERY:
            self.cues["low_battery"] += 1
        return super().play(what)
