"""The rules on one sensor's posture: turns of the bouts, the followed neutral, the track.

All that settings decide about one sensor is here; what it saw, in which no setting has a part, comes as a `Sighting`.
So a run that was seen once can be judged again under other limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise

import numpy as np

from calibration.adapt import NeutralDrift
from calibration.model import SiteCalibration
from monitor.alerts.dwell import DwellDetector, Moment, Turn
from monitor.alerts.rules import HEAD_UNIT, START_RULE, Rule, rules_for, slip_near_deg, slip_rule
from monitor.alerts.slip import SlipWatch
from monitor.posture.channel import PostureBlock, is_trusted, may_count
from monitor.posture.slope import hill_deg
from monitor.settings import Settings
from monitor.values import Activity, BoolArray, FloatArray, IntArray, Mode, Reason, Track

TRACK_HZ = 25.0
"""Rate of the track: at least 10 Hz for charts and exports, far less than the samples."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A detected turn, waiting to be decided in order of arrival."""

    arrival_ns: int
    order: int
    t_ns: int
    rule: Rule
    sensor: str
    turn: Turn
    held_s: float
    level: float
    limit: float
    lean_deg: float | None
    """Trunk lean that was taken off the level; None where none is known."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one grid block of a sensor showed.

    `start`: the slot at which the start of the run showed the sensor to sit otherwise than at calibration, and by how
    many degrees; None in all other blocks.
    """

    posture: PostureBlock
    start: tuple[int, float] | None = None


class SensorJudge:
    """The rules on one sensor, in the order of its sightings.

    Parameters
    ----------
    sensor : its key in the run
    site : its calibration; None: nothing is judged
    settings : as they hold for this wearer
    """

    def __init__(self, sensor: str, site: SiteCalibration | None, settings: Settings) -> None:
        self._sensor = sensor
        self._site = site
        self._settings = settings
        self._detectors: list[tuple[Rule, DwellDetector | None]] = []
        self._slip: tuple[tuple[SlipWatch, Rule], ...] = ()
        self._drift: NeutralDrift | None = None
        self._mode = settings.mode
        self._slope_deg, self._stopped = 0.0, False
        self._period_s = 0.0

    @property
    def _sees_head(self) -> bool:
        return self._site is not None and self._site.head is not None

    def set_mode(self, mode: Mode) -> None:
        """Rules of another mode, with fresh clocks."""
        rules = rules_for(self._site, self._settings, mode) if self._site else ()
        self._detectors = [(rule, None) for rule in rules]
        self._slip = ()
        self._mode = mode

    def set_ground(self, slope_deg: float, *, stopped: bool) -> None:
        """The ground from here on: its slope, uphill positive, 0 where not known; a belt that is known to stand still
        lets nobody run, whatever the rhythm."""
        self._slope_deg, self._stopped = slope_deg, stopped

    def rezeroed(self) -> None:
        """The neutral was taken anew: fresh clocks, and nothing learned of it yet."""
        self.set_mode(self._mode)
        if self._drift:
            self._drift.restart()

    def judge(self, seen: Sighting, origin_ns: int) -> tuple[Track, list[Candidate]]:
        """The decimated track and the detected turns of a sighting. `origin_ns`: log time of the run's first sample."""
        whole = seen.posture
        if whole.period_s != self._period_s:
            self._renew(whole.period_s)
        tracks: list[Track] = []
        candidates = self._at_start(seen, origin_ns)
        for a, b in pairwise([0, *(self._drift.edges(len(whole)) if self._drift else [len(whole)])]):
            # The correction in force was learned before this part; what the part brings feeds the next.
            offset_deg = self._drift.offset_deg if self._drift else 0.0
            part = _part(whole, a, b, offset_deg)
            track, found, busy = self._judge(part, origin_ns, offset_deg)
            tracks.append(track)
            candidates += found
            if self._drift:
                running = np.asarray(part.activity == Activity.RUN)
                self._drift.push(part.neck_deg + offset_deg, is_trusted(part.reason), running, busy)
        return join_tracks(tracks), candidates

    def _renew(self, period_s: float) -> None:
        """Everything that counts slots starts anew with another slot length."""
        self._period_s = period_s
        self._detectors = [(rule, None) for rule, _ in self._detectors]
        self._slip = ()
        self._drift = NeutralDrift(period_s) if self._sees_head and self._settings.adapt_neutral else None

    def _at_start(self, seen: Sighting, origin_ns: int) -> list[Candidate]:
        """The hint that the sensor does not sit as it did at calibration."""
        if seen.start is None:
            return []
        at, off_deg = seen.start
        posture = seen.posture
        level = np.full(len(posture), off_deg)
        return self._candidates(START_RULE, -2, [Moment(at, Turn.REACHED, 0)], posture, posture.t_ns - origin_ns, level)

    def _judge(
        self, posture: PostureBlock, origin_ns: int, offset_deg: float
    ) -> tuple[Track, list[Candidate], BoolArray]:
        """Track, turns, and where the rules were busy (n,), of slots with one correction of the neutral."""
        t_ns = posture.t_ns - origin_ns
        trusted, counted = is_trusted(posture.reason), may_count(posture.reason)
        active: BoolArray = np.asarray((posture.activity == Activity.RUN) & (not self._stopped))
        dwell, over = np.zeros(len(posture)), np.zeros(len(posture), bool)
        moved, candidates = self._watch_slip(posture, t_ns, active & trusted)
        for i, (rule, detector) in enumerate(self._detectors):
            if detector is None:
                detector = DwellDetector(rule.limits, posture.period_s)
                self._detectors[i] = (rule, detector)
            level = rule.level(posture)
            on_head = rule.unit == HEAD_UNIT
            shift = self._hill_deg(posture) if on_head else np.zeros(len(posture))
            applies = active & ~moved if on_head else active
            clock, bout, moments = detector.push(level - shift, applies, trusted, counted)
            if i == 0:
                dwell, over = clock, bout
            candidates += self._candidates(rule, i, moments, posture, t_ns, level, shift)
        track = self._track(posture, t_ns, trusted, dwell, over, offset_deg)
        return track, candidates, moved | over | (dwell > 0)

    def _hill_deg(self, posture: PostureBlock) -> FloatArray:
        """How much lower the head may go on this slope (n,)."""
        if not self._slope_deg:
            return np.zeros(len(posture))
        slope = np.full(len(posture), self._slope_deg)
        return hill_deg(slope, posture.lean_deg, self._mode, self._settings)

    def _watch_slip(
        self, posture: PostureBlock, t_ns: IntArray, counted: BoolArray
    ) -> tuple[BoolArray, list[Candidate]]:
        """Whether a head sensor seems to have moved, at each slot (n,), and the hints."""
        if self._site is None or self._site.head is None:
            return np.zeros(len(posture), bool), []
        if not self._slip:
            self._slip = self._slip_watches(posture.period_s)
        moved, candidates = np.zeros(len(posture), bool), []
        for watch, rule in self._slip:
            found, hints = watch.push(posture.neck_deg, counted)
            held = round(rule.limits.dwell_s / posture.period_s)
            moments = [Moment(at, turn, held) for at, turn in hints if rule.said or turn is Turn.REACHED]
            candidates += self._candidates(rule, -1, moments, posture, t_ns, posture.neck_deg)
            if rule.said:
                moved = found
        return moved, candidates

    def _slip_watches(self, period_s: float) -> tuple[tuple[SlipWatch, Rule], ...]:
        """The watch whose hint is said and rests the cues, and on a trail one whose hint is only shown."""
        near_deg, away_s = slip_near_deg(self._settings, self._mode), self._settings.slip_away_s
        watches = [(SlipWatch(near_deg, away_s, period_s), slip_rule(self._settings))]
        if self._settings.slip_near_deg < near_deg < np.inf:
            shown = SlipWatch(self._settings.slip_near_deg, away_s, period_s, self._settings.slip_familiar_s)
            watches.append((shown, slip_rule(self._settings, said=False)))
        return tuple(watches)

    def _candidates(
        self,
        rule: Rule,
        order: int,
        moments: list[Moment],
        posture: PostureBlock,
        t_ns: IntArray,
        level: FloatArray,
        shift: FloatArray | None = None,
    ) -> list[Candidate]:
        return [
            Candidate(
                arrival_ns=int(posture.arrival_ns[m.at]),
                order=order,
                t_ns=int(t_ns[m.at]),
                rule=rule,
                sensor=self._sensor,
                turn=m.turn,
                held_s=m.held * posture.period_s,
                level=float(level[m.at]),
                limit=rule.limits.on + (float(shift[m.at]) if shift is not None else 0.0),
                lean_deg=float(lean)
                if rule.unit == HEAD_UNIT and np.isfinite(lean := posture.lean_deg[m.at])
                else None,
            )
            for m in moments
        ]

    def _track(
        self,
        posture: PostureBlock,
        t_ns: IntArray,
        trusted: BoolArray,
        dwell: FloatArray,
        over: BoolArray,
        offset_deg: float,
    ) -> Track:
        every = max(1, round(1.0 / (TRACK_HZ * posture.period_s)))
        # Picked by number, which copies: slices would keep the arrays of the full rate alive.
        # Nothing is left out of a slow sensor's.
        pick = slice(None) if every == 1 else np.arange(-posture.index % every, len(posture), every)
        reason = posture.reason[pick].copy()
        reason[(reason == Reason.OK) & (not self._detectors)] = self._why_no_rule()
        return Track(
            sensor=self._sensor,
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
            display_deg=posture.display_deg[pick],
            lean_deg=posture.lean_deg[pick],
            followed_deg=np.full(len(reason), offset_deg if self._sees_head else np.nan),
        )

    def _why_no_rule(self) -> Reason:
        if self._site is None or (self._site.head is None and self._site.shoulders is None):
            return Reason.NOT_CALIBRATED
        return Reason.CANNOT_SEE


def _part(posture: PostureBlock, a: int, b: int, offset_deg: float) -> PostureBlock:
    """Slots a..b with the head pitch corrected by `offset_deg`; the whole block where nothing changes."""
    if not offset_deg and (a, b) == (0, len(posture)):
        return posture
    columns = {
        f.name: getattr(posture, f.name)[a:b]
        for f in fields(PostureBlock)
        if f.name not in ("index", "period_s", "restart")
    }
    columns["angle_deg"] = columns["angle_deg"] - offset_deg
    columns["sustained_deg"] = columns["sustained_deg"] - offset_deg
    columns["display_deg"] = columns["display_deg"] - offset_deg
    return replace(posture, index=posture.index + a, restart=posture.restart and a == 0, **columns)


def join_tracks(parts: Sequence[Track]) -> Track:
    """Tracks of one sensor, in order, as one. Raises ValueError on an empty list."""
    if len(parts) == 1:
        return parts[0]
    first = parts[0]
    columns = {f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Track) if f.name != "sensor"}
    return Track(sensor=first.sensor, **columns)
