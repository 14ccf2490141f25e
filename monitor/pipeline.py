"""The whole way from notifications to events. One object; live runs, replays and batches push into the same code.

    packets -> sensors -> timing -> posture (bridge, gait, gravity, head, shoulders) -> alerts, coaching -> events

`push` takes log entries in order of arrival; everything in a later push is later than everything in an earlier one.
Events and tracks are bit for bit the same however the entries are grouped: each sensor's chain is exact under any
split, and what sensors share (the cue policy, the coaching between the cues) is decided in order of arrival.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

from calibration.model import Profile, SiteCalibration
from monitor.alerts.dwell import Turn
from monitor.alerts.judge import Candidate, join_tracks
from monitor.alerts.policy import CuePolicy, Silence
from monitor.coaching.seen import seen_by
from monitor.coaching.watch import FormWatch
from monitor.coaching.words import Loosen
from monitor.posture.personal import personal
from monitor.posture.slope import slope_deg
from monitor.posture.trunk import TrunkLean
from monitor.sensor_path import SensorPath
from monitor.settings import Settings
from monitor.steps import Begun, Joined, Pause, ReZeroed, Seen, Step
from monitor.timing.origin import OriginSearch
from monitor.values import (
    NS_PER_S,
    Control,
    Event,
    EventKind,
    Ground,
    LinkChange,
    LinkState,
    LogEntry,
    Mark,
    Mode,
    ModeChange,
    PacketBlock,
    PipelineOutput,
    Quiet,
    ReZero,
    SensorInfo,
    Track,
    join_packets,
)

__all__ = ["Pipeline", "join_tracks"]

NOTHING_TO_REZERO = "re-zero: no sensor is calibrated"
CIRCLES_S = 20.0
"""So long a head may circle when the runner was asked to loosen the neck."""

TOGETHER_S = 5.0
"""Sensors that are lost, or come back, so soon after each other are said once: it is one trouble to the runner."""


class Pipeline:
    """A run from its first notification to its last event.

    Parameters
    ----------
    sensors : the sensors known so far; `add_sensor` for one that joins late
    profile : the wearer's calibration, None for none
    settings : limits and policy; `settings.mode` is the mode at the start
    shown : somebody watches: the tracks' `display_deg` is worked out as well, which changes nothing else
    keep : told every step on the way, so that a pipeline with other settings can judge them again
    form : the coaching between the cues, instead of the one that the settings ask for
    """

    def __init__(
        self,
        sensors: Sequence[SensorInfo],
        profile: Profile | None,
        settings: Settings,
        *,
        shown: bool = False,
        keep: Callable[[Step], object] | None = None,
        form: FormWatch | None = None,
    ) -> None:
        self._shown = shown
        self._keep: Callable[[Step], object] = keep or (lambda _: None)
        settings = personal(settings, profile)
        self._profile = profile
        self._settings = settings
        self._mode = settings.mode
        self._policy = CuePolicy(settings)
        self._form = form or FormWatch(seen_by(profile, settings), settings, self._policy.why_quiet)
        self._trunk = TrunkLean()
        self._ground = Ground(0, math.nan, math.nan)
        self._paths: dict[str, SensorPath] = {}
        self._lost: dict[str, int] = {}
        self._of_links: dict[EventKind, tuple[str, int]] = {}
        self._praise_ns: list[int] = []
        self._search = OriginSearch()
        self._origin_ns: int | None = None
        self._latest_ns = 0
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

    @property
    def quiet_until_ns(self) -> int | None:
        """Run-clock time (0 = the run's first sample) at which cues come back; None where it is not quiet now.

        Now is the last entry pushed. `policy.FOREVER_NS`: quiet for the rest of the run.
        """
        return self._policy.quiet_until_ns(self._latest_ns)

    def add_sensor(self, info: SensorInfo) -> None:
        """Make a sensor known before its first notification.

        One that comes back as it was goes on where it left off; one that changed its layout starts anew.
        """
        self._keep(Joined(info))
        self._search.add_sensor(info)
        known = self._paths.get(info.key)
        if known is None or not known.slots.fits(info):
            self._paths[info.key] = path = SensorPath(
                info, self._profile, self._settings, self._trunk, shown=self._shown, before=known
            )
            path.judge.set_mode(self._mode)
            self._tell_ground(path)

    def push(self, entries: Sequence[LogEntry]) -> PipelineOutput:
        """What a time slice of the log brings. Notifications of sensors that were never added are ignored."""
        events: list[Event] = []
        self._praise_ns.clear()
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
        if entries:
            self._latest_ns = self._run_ns(entries[-1])
        return PipelineOutput(
            tracks=tuple(join_tracks(parts) for parts in tracks.values() if parts),
            events=tuple(events),
            quality=tuple(path.slots.quality() for path in self._paths.values()),
            praise_ns=tuple(self._praise_ns),
        )

    def take_neutrals(self, t_ns: int, sites: Iterable[SiteCalibration]) -> None:
        """Use other neutrals of some sensors from log time `t_ns` on, as after a re-zero; the log gets no mark."""
        taken = [site for site in sites if site.sensor in self._paths]
        for site in taken:
            self._paths[site.sensor].recalibrate(site)
        self._rezeroed(ReZeroed(ReZero(t_ns), "", tuple(site.sensor for site in taken)), [])

    def judge_again(self, steps: Iterable[Step]) -> PipelineOutput:
        """Everything that `push` would bring from the log behind these steps, which another pipeline kept.

        Of the sensors nothing but what they showed is known, so the output has no link quality.
        """
        events: list[Event] = []
        tracks: dict[str, list[Track]] = {}
        candidates: list[Candidate] = []
        self._praise_ns.clear()
        for step in steps:
            if isinstance(step, Seen):
                candidates += self._judge(step, tracks)
            elif isinstance(step, Pause):
                self._settle(candidates, events)
                candidates = []
            elif isinstance(step, Joined):
                self.add_sensor(step.info)
            elif isinstance(step, Begun):
                self._origin_ns = step.origin_ns
            elif isinstance(step, ReZeroed):
                self._rezeroed(step, events)
            else:
                self._control(step, events)
        joined = {key: join_tracks(tracks.pop(key)) for key in list(tracks)}  # one at a time, for the memory
        return PipelineOutput(tuple(joined.values()), tuple(events), (), tuple(self._praise_ns))

    # ------------------------------------------------------------------ between two control entries

    def _advance(
        self, pending: dict[str, list[PacketBlock]], tracks: dict[str, list[Track]], events: list[Event]
    ) -> None:
        if not pending:
            return
        arrived = {key: join_packets(blocks) for key, blocks in pending.items()}
        if self._origin_ns is None:
            self._origin_ns = self._search.push(arrived.values())
            if self._origin_ns is not None:
                self._keep(Begun(self._origin_ns))
        candidates: list[Candidate] = []
        # What the trunk told by then must be known when the head is judged.
        for key, path in sorted(self._paths.items(), key=lambda item: not item[1].tells_lean):
            if key in arrived:
                for block in path.slots.push(arrived.pop(key)):
                    candidates += self._judge(Seen(key, path.see(block)), tracks)
        self._settle(candidates, events)

    def _judge(self, seen: Seen, tracks: dict[str, list[Track]]) -> list[Candidate]:
        """The turns of a sighting; its track goes to `tracks` and to the coaching."""
        self._keep(seen)
        track, found = self._paths[seen.sensor].judge.judge(seen.sighting, self._origin_ns or 0)
        tracks.setdefault(seen.sensor, []).append(track)
        self._form.take(track, track.followed_deg)
        return found

    def _settle(self, candidates: list[Candidate], events: list[Event]) -> None:
        """Decide the turns of a stretch, and what coaching has to say of it."""
        self._keep(Pause.DECIDE)
        # Sensors share the cue policy: decide in order of arrival, whatever order they were computed in.
        ranks = {key: rank for rank, key in enumerate(self._paths)}
        candidates.sort(key=lambda c: (c.arrival_ns, ranks[c.sensor], c.t_ns, c.order))
        for c in candidates:
            self._coach(c.arrival_ns, events)
            if c.turn is Turn.RELEASED:
                if self._policy.corrected(c.rule.kind, c.sensor, c.t_ns):
                    self._praise_ns.append(c.t_ns)
                    self._form.said(c.t_ns)
            elif (event := self._decide(c)) is not None:
                self._form.heard(event)
                events.append(event)
        self._coach(None, events)

    def _coach(self, before_ns: int | None, events: list[Event]) -> None:
        """What coaching tells or notes on what arrived before a time (log clock); None: on all there is."""
        for event in self._form.until(before_ns):
            events.append(event)
            if event.prompted:
                self._policy.said(event.t_ns)
                if event.detail.get("what") == Loosen.HEAD_CIRCLES.value:
                    self._policy.rest_head(event.t_ns, CIRCLES_S)

    def _decide(self, c: Candidate) -> Event | None:
        """The event of a candidate; a bout that merely goes on is one only when it brings a cue."""
        goes_on = c.turn is Turn.REPEATED
        silent: Silence | None = Silence.SHOWN
        if c.rule.said:
            silent = self._policy.decide(c.rule.kind, c.sensor, c.t_ns, c.rule.cooldown_s, goes_on=goes_on)
        if goes_on and silent:
            return None
        detail: dict[str, float | int | str | bool] = {
            "onset_s": round(c.t_ns / NS_PER_S - c.held_s, 3),
            c.rule.unit: round(c.level, 2),
            "limit": round(c.limit, 2),
            "mode": self._mode.value,
        }
        if c.lean_deg is not None:
            detail["lean_deg"] = round(c.lean_deg, 2)
        if goes_on:
            detail["repeat"] = True
        if silent:
            detail["silent"] = silent.value
        return Event(c.t_ns, c.rule.kind, c.sensor, prompted=silent is None, detail=detail)

    # ------------------------------------------------------------------ control entries

    def _run_ns(self, entry: LogEntry) -> int:
        """When an entry ends, on the run clock; 0 before the first sample."""
        t_ns = int(entry.t_ns[-1]) if isinstance(entry, PacketBlock) else entry.t_ns
        return t_ns - self._origin_ns if self._origin_ns is not None else 0

    def _control(self, entry: Control, events: list[Event]) -> None:
        if isinstance(entry, ReZero):
            self._rezeroed(self._rezero(entry), events)
            return
        self._keep(entry)
        t_ns = self._run_ns(entry)
        self._form.control(entry, t_ns)
        if isinstance(entry, LinkChange):
            self._link(entry, t_ns, events)
        elif isinstance(entry, Mark):
            events.append(Event(t_ns, EventKind.MARK, detail={"label": entry.label}))
        elif isinstance(entry, Quiet):
            self._policy.quiet(entry.why, t_ns, entry.seconds)
        elif isinstance(entry, Ground):
            self._ground = entry
            for path in self._paths.values():
                self._tell_ground(path)
        elif isinstance(entry, ModeChange) and entry.mode is not self._mode:
            self._mode = entry.mode
            self._policy.set_mode(entry.mode)
            for path in self._paths.values():
                path.judge.set_mode(entry.mode)

    def _rezero(self, entry: ReZero) -> ReZeroed:
        """Take what each sensor saw lately as its neutral."""
        found = {key: path.rezero(entry.t_ns) for key, path in self._paths.items()}
        label = "; ".join(said for said, _ in found.values() if said) or NOTHING_TO_REZERO
        return ReZeroed(entry, label, tuple(key for key, (_, done) in found.items() if done))

    def _rezeroed(self, what: ReZeroed, events: list[Event]) -> None:
        """Fresh clocks for the sensors with a new neutral."""
        self._keep(what)
        t_ns = self._run_ns(what.entry)
        self._form.control(what.entry, t_ns)
        for key in what.sensors:
            self._paths[key].judge.rezeroed()
        if what.label:
            events.append(Event(t_ns, EventKind.MARK, detail={"label": what.label}))

    def _tell_ground(self, path: SensorPath) -> None:
        path.judge.set_ground(slope_deg(self._ground.grade), stopped=self._ground.speed_m_s == 0)

    def _link(self, change: LinkChange, t_ns: int, events: list[Event]) -> None:
        path = self._paths.get(change.sensor)
        if path is None:
            return
        if self._origin_ns is None:
            if change.state is LinkState.LOST:
                path.slots.relink()
                self._search.relink(change.sensor)
            return
        if change.state is LinkState.LOST and change.sensor not in self._lost:
            self._lost[change.sensor] = t_ns
            path.slots.relink()
            self._policy.link_lost(change.sensor, t_ns)
            told = self._of_link(EventKind.LINK_LOST, change.sensor, t_ns, {"why": change.why or "no data"})
        elif change.state is LinkState.STREAMING and change.sensor in self._lost:
            away_s = (t_ns - self._lost.pop(change.sensor)) / NS_PER_S
            self._policy.link_back(change.sensor, t_ns)
            told = self._of_link(EventKind.LINK_BACK, change.sensor, t_ns, {"away_s": round(away_s, 3)})
        else:
            return
        self._form.heard(told)
        events.append(told)

    def _of_link(self, kind: EventKind, sensor: str, t_ns: int, detail: dict[str, float | int | str | bool]) -> Event:
        """Told whatever the policy says, unless switched off, or said of another sensor just now."""
        silence = None
        heard_of, heard_ns = self._of_links.get(kind, (sensor, 0))
        if not self._settings.cues.wants(kind):
            silence = Silence.OFF
        elif heard_of != sensor and t_ns - heard_ns < TOGETHER_S * NS_PER_S:
            silence = Silence.COOL_DOWN
        else:
            self._of_links[kind] = (sensor, t_ns)
        said = silence is None
        return Event(t_ns, kind, sensor, prompted=said, detail=detail | ({"silent": silence.value} if silence else {}))
