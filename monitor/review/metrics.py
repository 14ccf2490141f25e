"""What a run amounted to, in numbers: pure, from the tracks and events of its analysis.

Posture numbers count only time that was running *and* trusted; what was not trusted is reported beside them with its
reasons. A number that the data cannot carry is None (in JSON: null), never 0.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from monitor.posture.gaze import ZONE_EDGES_M, GazeZone
from monitor.review.analysis import RunAnalysis
from monitor.review.asymmetry import Asymmetry, asymmetry
from monitor.review.ground_metrics import (
    GradeMetrics,
    LeanMetrics,
    gaze_distance_m,
    grade_metrics,
    lean_metrics,
    look_ahead_metrics,
)
from monitor.review.limits import limits_deg
from monitor.review.modes import in_mode, modes_used
from monitor.review.shoulders import ShoulderMetrics, best_seen, shoulder_metrics
from monitor.review.table import main_track
from monitor.review.thirds import Third, past_share, thirds
from monitor.review.track_time import (
    HOLE_S,
    Bouts,
    bout_spans_s,
    bouts,
    bouts_of,
    empty_track,
    percentile,
    time_mean,
    time_share,
    weights_s,
)
from monitor.values import (
    NS_PER_S,
    Activity,
    BoolArray,
    Event,
    EventKind,
    FloatArray,
    IntArray,
    LinkQuality,
    Mode,
    Reason,
    Track,
)

_HEAD_KINDS = frozenset({EventKind.HEAD_DOWN, EventKind.LOOK_UP_DUE})
_CUE_KINDS = _HEAD_KINDS | {EventKind.SHOULDERS_UP}


@dataclass(frozen=True, slots=True)
class Correction:
    """How long the posture stayed past its limit after a prompt; `seconds` None: not seen (data ended or was lost)."""

    t_s: float
    kind: EventKind
    seconds: float | None


@dataclass(frozen=True, slots=True)
class LinkMetrics:
    """How well one sensor's data arrived."""

    sensor: str
    rate_hz: float | None
    loss_pct: float | None
    clipped: int
    rejected: int


@dataclass(frozen=True, slots=True)
class RunMetrics:
    """All numbers of a run. Shares are 0..1; None = the data cannot say."""

    duration_s: float
    running_s: float
    walking_s: float
    still_s: float
    other_s: float
    """Other or unrecognised movement."""
    no_data_s: float
    running_valid_share: float | None
    running_invalid_share: Mapping[str, float]
    """Per `Reason` name (lower case), share of running time not trusted for it."""
    head_pitch_mean_deg: float | None
    """One-stride means, running and trusted; nose down positive. So are median and p95."""
    head_pitch_median_deg: float | None
    head_pitch_p95_deg: float | None
    limit_deg: float | None
    """Of the mode at the start, on level ground; None on technical ground, which has no limit."""
    past_limit_share: float | None
    """Of the time in which a limit was in force: the mode's at that moment, as it follows a known slope."""
    trunk_lean: LeanMetrics | None
    """Whether the head pitch above still holds the trunk's lean; None where no head was seen."""
    grade: GradeMetrics | None
    """None where the slope of the ground was never known."""
    zone_s: Mapping[str, float]
    """Seconds per `GazeZone` value, running and trusted; the likeliest distance, not a measured one. On a known slope
    measured along it."""
    look_ahead_median_s: float | None
    """Seconds of running up to where the gaze met the ground; beyond 15 m counts as 15 m. None: speed not known."""
    look_ahead_far_share: float | None
    """Share of that time with the gaze beyond 15 m, 0..1."""
    head_down: Bouts | None
    """Bouts of the head's rule in all modes; None without a sensor that sees the head."""
    head_down_by_mode: Mapping[str, Bouts]
    """The same for each mode that was used; on technical ground a bout is a look up that was overdue."""
    events: Mapping[str, int]
    prompts: int
    """Posture cues given (head down, look up due, shoulders up)."""
    silences: int
    """Posture events without a cue."""
    prompts_per_hour: float | None
    """Per hour of running."""
    corrections: tuple[Correction, ...]
    correction_median_s: float | None
    shoulders: ShoulderMetrics | None
    """The sensor that saw a shoulder best; None: not visible from any sensor of the run."""
    shoulder_sensors: tuple[ShoulderMetrics, ...]
    """Every sensor that is worn on a shoulder or sees one."""
    asymmetry: Asymmetry | None
    """None where not both shoulders are worn and scored."""
    cadence_median_spm: float | None
    first_third: Third | None
    last_third: Third | None
    links: tuple[LinkMetrics, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values for JSON: NaN and infinity become None, numbers are rounded to four places."""
        table = plain(asdict(self))
        assert isinstance(table, dict)
        if self.shoulders is None:
            table["shoulders"] = "not visible from here"
        return table


def summarise(analysis: RunAnalysis) -> RunMetrics:
    """The numbers of a run. Pure; an empty run gives empty numbers."""
    track = main_track(analysis)
    shoulders = shoulder_metrics(analysis)
    links = tuple(_link(q) for q in analysis.quality)
    events = _count(analysis.events)
    cues = [e for e in analysis.events if e.kind in _CUE_KINDS]
    prompts = sum(e.prompted for e in cues)
    mended = corrections([e for e in cues if e.prompted], analysis)
    corrected = [c.seconds for c in mended if c.seconds is not None]
    if track is None or len(track) == 0:
        track = empty_track()
    weight_s = weights_s(track)
    running = np.asarray(track.activity == Activity.RUN)
    trusted = running & track.valid
    running_s = float(weight_s[running].sum())
    head = trusted & np.isfinite(track.sustained_deg)
    pitch = track.sustained_deg[head]
    mode = analysis.modes[0].mode
    limit_deg = None if mode is Mode.TECHNICAL else analysis.settings.head_rule(mode).on_deg
    limits = limits_deg(track, analysis)
    first, last = thirds(track, weight_s, head, limits)
    distance_m = gaze_distance_m(track, track.sustained_deg, analysis)
    look_ahead_s, far_share = look_ahead_metrics(track, distance_m, weight_s, head, analysis)
    blank = np.asarray((track.activity == Activity.UNKNOWN) & (track.reason == Reason.NO_DATA))
    active_s = {a: float(weight_s[(track.activity == a) & ~blank].sum()) for a in Activity}
    return RunMetrics(
        duration_s=analysis.duration_s,
        running_s=running_s,
        walking_s=active_s[Activity.WALK],
        still_s=active_s[Activity.STILL],
        other_s=active_s[Activity.OTHER] + active_s[Activity.UNKNOWN],
        no_data_s=max(0.0, analysis.duration_s - float(weight_s[~blank].sum())),
        running_valid_share=time_share(weight_s, trusted, running),
        running_invalid_share=_invalid(track, weight_s, running),
        head_pitch_mean_deg=time_mean(pitch, weight_s[head]),
        head_pitch_median_deg=percentile(pitch, 50),
        head_pitch_p95_deg=percentile(pitch, 95),
        limit_deg=limit_deg,
        past_limit_share=past_share(track, weight_s, head, limits),
        trunk_lean=lean_metrics(track, weight_s, head, analysis) if sees_head(track) else None,
        grade=grade_metrics(track, weight_s, running, analysis),
        zone_s=_zones(distance_m[head], weight_s[head]),
        look_ahead_median_s=look_ahead_s,
        look_ahead_far_share=far_share,
        head_down=bouts(track) if sees_head(track) else None,
        head_down_by_mode=_by_mode(track, analysis) if sees_head(track) else {},
        events=events,
        prompts=prompts,
        silences=len(cues) - prompts,
        prompts_per_hour=3600 * prompts / running_s if running_s > 0 else None,
        corrections=mended,
        correction_median_s=float(np.median(corrected)) if corrected else None,
        shoulders=best_seen(shoulders, analysis),
        shoulder_sensors=shoulders,
        asymmetry=asymmetry(analysis, shoulders),
        cadence_median_spm=percentile(track.cadence_spm[running & np.isfinite(track.cadence_spm)], 50),
        first_third=first,
        last_third=last,
        links=links,
    )


def sees_head(track: Track) -> bool:
    """Whether a head pitch was ever measured by this sensor, so that its detector state tells of the head."""
    return bool((np.isfinite(track.sustained_deg) & track.valid).any())


def _by_mode(track: Track, analysis: RunAnalysis) -> dict[str, Bouts]:
    """The head rule's bouts of each mode; a mode starts with fresh clocks, so a bout has one."""
    spans_s = bout_spans_s(track)
    return {
        mode.value: bouts_of(spans_s[in_mode(analysis.modes, mode, spans_s[:, 0])])
        for mode in modes_used(analysis.modes)
    }


def _invalid(track: Track, weight_s: FloatArray, running: BoolArray) -> dict[str, float]:
    """Share of running time that was not trusted, per reason; a value marked OK but untrusted counts as no data."""
    out: dict[str, float] = {}
    for reason in Reason:
        part = running & ~track.valid & (track.reason == reason)
        share = time_share(weight_s, part, running)
        if share:
            name = (Reason.NO_DATA if reason is Reason.OK else reason).name.lower()
            out[name] = out.get(name, 0.0) + share
    return out


def _zones(distance_m: FloatArray, weight_s: FloatArray) -> dict[str, float]:
    index = np.searchsorted(ZONE_EDGES_M, distance_m, side="right")
    seconds = np.bincount(index, weights=weight_s, minlength=len(GazeZone))
    return {z.value: float(s) for z, s in zip(GazeZone, seconds, strict=True)}


def corrections(events: Sequence[Event], analysis: RunAnalysis) -> tuple[Correction, ...]:
    """Seconds from each event of a rule until its detector released (0.5-2 s after the posture itself was mended)."""
    ways = {key: _Release.of(track) for key, track in analysis.tracks.items() if len(track)}
    return tuple(_correction(event, ways.get(event.sensor)) for event in events)


@dataclass(frozen=True, slots=True)
class _Release:
    """Where a track's detector was released, and where nothing can be said: numbers of its moments, in order."""

    t_ns: IntArray
    head: bool
    up: IntArray
    blind: IntArray

    @classmethod
    def of(cls, track: Track) -> _Release:
        hole = np.diff(track.t_ns, prepend=track.t_ns[:1]) > HOLE_S * NS_PER_S
        return cls(
            track.t_ns,
            sees_head(track),
            np.flatnonzero(~track.over & track.valid),
            np.flatnonzero(hole | ~track.valid | (track.activity != Activity.RUN)),
        )


def _correction(event: Event, way: _Release | None) -> Correction:
    seen = Correction(event.t_ns / NS_PER_S, event.kind, None)
    if way is None or way.head is not (event.kind in _HEAD_KINDS):
        return seen
    first = int(np.searchsorted(way.t_ns, event.t_ns, side="right"))
    if first == len(way.t_ns) or way.t_ns[first] - event.t_ns > HOLE_S * NS_PER_S:
        return seen
    up, blind = np.searchsorted(way.up, first), np.searchsorted(way.blind, first)
    if up == len(way.up) or (blind < len(way.blind) and way.blind[blind] <= way.up[up]):
        return seen
    return Correction(seen.t_s, event.kind, float(way.t_ns[way.up[up]] - event.t_ns) / NS_PER_S)


def _count(events: tuple[Event, ...]) -> dict[str, int]:
    return {kind.value: n for kind in EventKind if (n := sum(e.kind is kind for e in events))}


def _link(quality: LinkQuality) -> LinkMetrics:
    slots = quality.samples + quality.lost
    return LinkMetrics(
        sensor=quality.sensor,
        rate_hz=quality.rate_hz if math.isfinite(quality.rate_hz) else None,
        loss_pct=100.0 * quality.lost / slots if slots > 0 else None,
        clipped=quality.clipped,
        rejected=quality.rejected,
    )


def plain(value: Any) -> Any:
    """Values as JSON takes them: NaN and infinity become None, numbers are rounded to four places."""
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, float):
        return round(value, 4) if math.isfinite(value) else None
    return str(value) if isinstance(value, StrEnum) else value
