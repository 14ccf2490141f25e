"""The whole way from notifications to events. One object; live runs, replays and batches push into the same code.

    packets -> sensors -> timing -> posture (bridge, gait, gravity, head, shoulders) -> alerts -> events

`push` takes log entries in order of arrival; everything in a later push is later than everything in an earlier one.
Events and tracks are bit for bit the same however the entries are grouped: each sensor's chain is exact under any
split, and what sensors share (the cue policy) is decided in order of arrival.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from calibration.model import Profile
from monitor.alerts.dwell import DwellDetector, Moment, Turn
from monitor.alerts.policy import CuePolicy
from monitor.alerts.rules import HEAD_UNIT, Rule, rules_for, slip_near_deg, slip_rule
from monitor.alerts.slip import SlipWatch
from monitor.posture.channel import PostureBlock, PostureChannel, is_trusted
from monitor.sensors.registry import family
from monitor.settings import Settings
from monitor.timing.grid import Grid
from monitor.timing.origin import origin_ns
from monitor.values import (
    NS_PER_S,
    Activity,
    BatteryLevel,
    BoolArray,
    Event,
    EventKind,
    FloatArray,
    GridBlock,
    IntArray,
    LinkChange,
    LinkQuality,
    LinkState,
    LogEntry,
    Mark,
    Mode,
    ModeChange,
    PacketBlock,
    PipelineOutput,
    Reason,
    SensorInfo,
    Track,
    join_packets,
)

TRACK_HZ = 25.0
"""Rate of the track: at least 10 Hz for charts and exports, far less than the samples."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A detected turn, waiting to be decided in order of arrival."""

    arrival_ns: int
    order: int
    t_ns: int
    rule: Rule
    sensor: str
    repeat: bool
    held_s: float
    level: float


class _SensorPath:
    """One sensor's chain, and the rules on it."""

    def __init__(self, info: SensorInfo, profile: Profile | None, settings: Settings) -> None:
        kind = family(info.family)
        self.info = info
        self._site = profile.site(info.key) if profile else None
        self._settings = settings
        self._decoder = kind.decoder(info.config)
        self._grid = Grid(info.rate_hz, kind.clock, exact=kind.exact_clock)
        self._channel = PostureChannel(kind.has_gyro, self._site)
        self._detectors: list[tuple[Rule, DwellDetector | None]] = []
        self._slip: SlipWatch | None = None
        self._mode = settings.mode
        self._period_s = 0.0
        self._rejected = 0
        self._clipped = 0
        self._last_arrival_ns = 0

    def set_mode(self, mode: Mode) -> None:
        """Rules of another mode, with fresh clocks."""
        rules = rules_for(self._site, self._settings, mode) if self._site else ()
        self._detectors = [(rule, None) for rule in rules]
        self._slip = None
        self._mode = mode

    def relink(self) -> None:
        """The link was lost."""
        self._decoder.reset()
        self._grid.relink()

    def decode(self, packets: PacketBlock) -> list[GridBlock]:
        """Notifications -> grid blocks."""
        decoded = self._decoder.push(packets)
        self._rejected += len(decoded.errors)
        self._clipped += int(decoded.samples.clipped.sum())
        self._last_arrival_ns = int(packets.t_ns[-1])
        return self._grid.push(decoded.samples)

    def posture(self, block: GridBlock, origin_ns: int) -> tuple[Track, list[_Candidate]]:
        """A grid block -> decimated track and detected turns."""
        posture = self._channel.push(block)
        t_ns = posture.t_ns - origin_ns
        trusted = is_trusted(posture.reason)
        active: BoolArray = np.asarray(posture.activity == Activity.RUN)
        dwell, over = np.zeros(len(block)), np.zeros(len(block), bool)
        if block.period_s != self._period_s:
            self._period_s = block.period_s
            self._detectors = [(rule, None) for rule, _ in self._detectors]
            self._slip = None
        moved, candidates = self._watch_slip(posture, t_ns, active & trusted)
        for i, (rule, detector) in enumerate(self._detectors):
            if detector is None:
                detector = DwellDetector(rule.limits, block.period_s)
                self._detectors[i] = (rule, detector)
            level = rule.level(posture)
            applies = active & ~moved if rule.unit == HEAD_UNIT else active
            clock, bout, moments = detector.push(level, applies, trusted)
            if i == 0:
                dwell, over = clock, bout
            candidates += self._candidates(rule, i, moments, posture, t_ns, level)
        return self._track(posture, t_ns, trusted, dwell, over), candidates

    def quality(self) -> LinkQuality:
        """Counts so far."""
        return LinkQuality(
            sensor=self.info.key,
            rate_hz=self._grid.rate_hz,
            samples=self._grid.samples,
            lost=self._grid.lost,
            clipped=self._clipped,
            rejected=self._rejected,
            last_arrival_ns=self._last_arrival_ns,
        )

    def _watch_slip(
        self, posture: PostureBlock, t_ns: IntArray, counted: BoolArray
    ) -> tuple[BoolArray, list[_Candidate]]:
        """Whether a head sensor seems to have moved, at each slot (n,), and the hints."""
        if self._site is None or self._site.head is None:
            return np.zeros(len(posture), bool), []
        if self._slip is None:
            near_deg = slip_near_deg(self._settings, self._mode)
            self._slip = SlipWatch(near_deg, self._settings.slip_away_s, posture.period_s)
        moved, hints = self._slip.push(posture.sustained_deg, counted)
        moments = [Moment(at, Turn.REACHED, round(self._settings.slip_away_s / posture.period_s)) for at in hints]
        return moved, self._candidates(slip_rule(self._settings), -1, moments, posture, t_ns, posture.sustained_deg)

    def _candidates(
        self, rule: Rule, order: int, moments: list[Moment], posture: PostureBlock, t_ns: IntArray, level: FloatArray
    ) -> list[_Candidate]:
        return [
            _Candidate(
                arrival_ns=int(posture.arrival_ns[m.at]),
                order=order,
                t_ns=int(t_ns[m.at]),
                rule=rule,
                sensor=self.info.key,
                repeat=m.turn is Turn.REPEATED,
                held_s=m.held * posture.period_s,
                level=float(level[m.at]),
            )
            for m in moments
            if m.turn is not Turn.RELEASED
        ]

    def _track(
        self, posture: PostureBlock, t_ns: IntArray, trusted: BoolArray, dwell: FloatArray, over: BoolArray
    ) -> Track:
        every = max(1, round(1.0 / (TRACK_HZ * posture.period_s)))
        pick = slice(-posture.index % every, None, every)
        reason = posture.reason[pick].copy()
        reason[(reason == Reason.OK) & (not self._detectors)] = self._why_no_rule()
        return Track(
            sensor=self.info.key,
            t_ns=t_ns[pick],
            arrival_ns=posture.arrival_ns[pick],
            activity=posture.activity[pick],
            cadence_spm=posture.cadence_spm[pick],
            angle_deg=posture.angle_deg[pick],
            sustained_deg=posture.sustained_deg[pick],
            shoulder=posture.shoulder[pick],
            valid=trusted[pick] & bool(self._detectors),
            reason=reason,
            dwell_s=dwell[pick],
            over=over[pick],
        )

    def _why_no_rule(self) -> Reason:
        if self._site is None or (self._site.head is None and self._site.shoulders is None):
            return Reason.NOT_CALIBRATED
        return Reason.CANNOT_SEE


class Pipeline:
    """A run from its first notification to its last event.

    Parameters
    ----------
    sensors : the sensors known so far; `add_sensor` for one that joins late
    profile : the wearer's calibration, None for none
    settings : limits and policy; `settings.mode` is the mode at the start
    """

    def __init__(self, sensors: Sequence[SensorInfo], profile: Profile | None, settings: Settings) -> None:
        self._profile = profile
        self._settings = settings
        self._mode = settings.mode
        self._policy = CuePolicy(settings)
        self._paths: dict[str, _SensorPath] = {}
        self._lost: dict[str, int] = {}
        self._origin_ns: int | None = None
        for info in sensors:
            self.add_sensor(info)

    @property
    def mode(self) -> Mode:
        """The mode in force."""
        return self._mode

    @property
    def origin_ns(self) -> int | None:
        """Log time of the run's first sample; None before it."""
        return self._origin_ns

    def add_sensor(self, info: SensorInfo) -> None:
        """Make a sensor known before its first notification.

        One that comes back as it was goes on where it left off; one that changed its layout starts anew.
        """
        known = self._paths.get(info.key)
        if known is None or _layout(known.info) != _layout(info):
            self._paths[info.key] = path = _SensorPath(info, self._profile, self._settings)
            path.set_mode(self._mode)

    def push(self, entries: Sequence[LogEntry]) -> PipelineOutput:
        """What a time slice of the log brings. Notifications of sensors that were never added are ignored."""
        events: list[Event] = []
        tracks: dict[str, list[Track]] = {key: [] for key in self._paths}
        pending: dict[str, list[PacketBlock]] = {}
        for entry in entries:
            if isinstance(entry, PacketBlock):
                if entry.sensor in self._paths and len(entry.t_ns):
                    pending.setdefault(entry.sensor, []).append(entry)
                continue
            self._advance(pending, tracks, events)
            pending = {}
            self._control(entry, events)
        self._advance(pending, tracks, events)
        return PipelineOutput(
            tracks=tuple(join_tracks(parts) for parts in tracks.values() if parts),
            events=tuple(events),
            quality=tuple(path.quality() for path in self._paths.values()),
        )

    # ------------------------------------------------------------------ between two control entries

    def _advance(
        self, pending: dict[str, list[PacketBlock]], tracks: dict[str, list[Track]], events: list[Event]
    ) -> None:
        if not pending:
            return
        if self._origin_ns is None:
            self._origin_ns = origin_ns(
                [path.info for path in self._paths.values()], [blocks[0] for blocks in pending.values()]
            )
        candidates: list[_Candidate] = []
        for key, path in self._paths.items():
            if key not in pending:
                continue
            for block in path.decode(join_packets(pending[key])):
                track, found = path.posture(block, self._origin_ns)
                tracks[key].append(track)
                candidates += found
        # Sensors share the cue policy: decide in order of arrival, whatever order they were computed in.
        ranks = {key: rank for rank, key in enumerate(self._paths)}
        candidates.sort(key=lambda c: (c.arrival_ns, ranks[c.sensor], c.t_ns, c.order))
        events.extend(event for candidate in candidates if (event := self._decide(candidate)) is not None)

    def _decide(self, c: _Candidate) -> Event | None:
        """The event of a candidate; a bout that merely goes on is one only when it brings a cue."""
        silent = self._policy.decide(c.rule.kind, c.sensor, c.t_ns, c.rule.cooldown_s)
        if c.repeat and silent:
            return None
        detail: dict[str, float | int | str | bool] = {
            "onset_s": round(c.t_ns / NS_PER_S - c.held_s, 3),
            c.rule.unit: round(c.level, 2),
            "limit": c.rule.limits.on,
            "mode": self._mode.value,
        }
        if c.repeat:
            detail["repeat"] = True
        if silent:
            detail["silent"] = silent.value
        return Event(c.t_ns, c.rule.kind, c.sensor, prompted=silent is None, detail=detail)

    # ------------------------------------------------------------------ control entries

    def _control(self, entry: LinkChange | BatteryLevel | Mark | ModeChange, events: list[Event]) -> None:
        t_ns = entry.t_ns - (self._origin_ns if self._origin_ns is not None else entry.t_ns)
        if isinstance(entry, LinkChange):
            self._link(entry, t_ns, events)
        elif isinstance(entry, Mark):
            events.append(Event(t_ns, EventKind.MARK, detail={"label": entry.label}))
        elif isinstance(entry, ModeChange) and entry.mode is not self._mode:
            self._mode = entry.mode
            for path in self._paths.values():
                path.set_mode(entry.mode)

    def _link(self, change: LinkChange, t_ns: int, events: list[Event]) -> None:
        path = self._paths.get(change.sensor)
        if path is None or self._origin_ns is None:
            return
        if change.state is LinkState.LOST and change.sensor not in self._lost:
            self._lost[change.sensor] = t_ns
            path.relink()
            events.append(
                Event(t_ns, EventKind.LINK_LOST, change.sensor, prompted=True, detail={"why": change.why or "no data"})
            )
        elif change.state is LinkState.STREAMING and change.sensor in self._lost:
            away_s = (t_ns - self._lost.pop(change.sensor)) / NS_PER_S
            self._policy.link_back(change.sensor, t_ns)
            events.append(
                Event(t_ns, EventKind.LINK_BACK, change.sensor, prompted=True, detail={"away_s": round(away_s, 3)})
            )


def _layout(info: SensorInfo) -> tuple[str, bytes, float]:
    """What a sensor's decoding and timing depend on."""
    return info.family, info.config, info.rate_hz


def join_tracks(parts: Sequence[Track]) -> Track:
    """Tracks of one sensor, in order, as one. Raises ValueError on an empty list."""
    if len(parts) == 1:
        return parts[0]
    first = parts[0]
    columns = {f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Track) if f.name != "sensor"}
    return Track(sensor=first.sensor, **columns)
