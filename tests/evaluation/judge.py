"""Run the product's pipeline, and the peers' rules, over one labelled run, and judge them by its truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from monitor.pipeline import Pipeline, join_tracks
from monitor.settings import Settings
from monitor.values import NS_PER_S, Event, EventKind, Site, Track
from tests.evaluation.cases import Case, make
from tests.evaluation.labelled import TRUTH_HZ, Bools, Floats, LabelledRun, Specification, Truth, stride_mean
from tests.evaluation.peers import RULES, trace_of
from tests.evaluation.scorer import (
    EventScore,
    Expected,
    Matches,
    PitchErrors,
    expected,
    match,
    pitch_errors,
    score_events,
    second_means,
)

SHOULDER_BAND = 0.15
"""Don't care this close to the shoulder limit, in scores."""
RECOVERED_DEG = 3.0
STEADY_DEG = 1.0


@dataclass(frozen=True, slots=True)
class Recovery:
    """After one hole of the link: how long it was, when the error stayed under 3 deg, when trust came back, alerts
    within 10 s of it."""

    hole_s: float
    accurate_s: float
    trusted_s: float
    alerts: int


@dataclass(frozen=True, slots=True)
class Judged:
    """One run's result: counts and errors that add up over runs."""

    case: Case
    eligible_h: float
    calm_h: float
    """Of these without a true event: the time in which a false alert can happen."""
    invalid_part: float
    """Of the eligible time."""
    prompts: int
    head: EventScore | None = None
    shoulders: EventScore | None = None
    d_prime: float = float("nan")
    pitch: PitchErrors = field(default_factory=PitchErrors)
    steady: PitchErrors = field(default_factory=PitchErrors)
    """The same, only where the true pitch hardly changes."""
    cadence_spm: Floats = field(default_factory=lambda: np.empty(0))
    recoveries: tuple[Recovery, ...] = ()
    moved_after_s: float = float("nan")
    """From a slip to the hint."""
    peers: Mapping[str, Matches] = field(default_factory=dict)


def judge(case: Case, *, with_peers: bool = False) -> Judged:
    """Make the case's run, analyse it as a live run would be, and judge it."""
    run = make(case)
    settings = Settings(mode=case.mode)
    pipeline = Pipeline((run.info,), run.profile, settings)
    track, events = advance(pipeline, run)
    truth = run.truth
    t_ns = np.rint(truth.t_s * NS_PER_S).astype(np.int64)
    at = np.clip(np.searchsorted(track.t_ns, t_ns), 0, len(track) - 1)
    head, pitch, steady, peers = None, PitchErrors(), PitchErrors(), {}
    shoulders, d_prime = None, float("nan")
    if run.info.site is Site.HEAD:
        rule = settings.head_rule(case.mode)
        spec = Specification(rule.on_deg, rule.off_deg, rule.dwell_s, rule.leak, rule.release_s)
        true = expected(truth.t_s, stride_mean(truth.pitch_deg), truth.running, spec)
        alerts = detections(events, EventKind.HEAD_DOWN)
        head = score_events(alerts, true, truth.t_s, track.over[at])
        pitch, steady = _pitch(track, truth)
        if with_peers:
            trace = trace_of(run.samples, truth.neutral_s)
            peers = {name: _peer(peer(trace), true) for name, peer in RULES.items()}
    else:
        limits = settings.shoulders
        spec = Specification(limits.on, limits.off, limits.dwell_s, limits.leak, limits.release_s)
        true = expected(truth.t_s, stride_mean(truth.shoulder), truth.running, spec, SHOULDER_BAND)
        alerts = detections(events, EventKind.SHOULDERS_UP)
        shoulders = score_events(alerts, true, truth.t_s, track.over[at])
        site = run.profile.sites[0].shoulders
        d_prime = site.d_prime if site else float("nan")
    moved = [e.t_ns / NS_PER_S for e in events if e.kind is EventKind.SENSOR_MOVED]
    return Judged(
        case=case,
        eligible_h=float(truth.eligible.sum()) / TRUTH_HZ / 3600,
        calm_h=float((truth.eligible & ~_during(truth.t_s, true)).sum()) / TRUTH_HZ / 3600,
        invalid_part=float((~track.valid[at])[truth.eligible].mean()),
        prompts=sum(e.prompted for e in events if e.kind in (EventKind.HEAD_DOWN, EventKind.SHOULDERS_UP)),
        head=head,
        shoulders=shoulders,
        d_prime=d_prime,
        pitch=pitch,
        steady=steady,
        cadence_spm=_cadence(track, truth),
        recoveries=tuple(_recovery(track, truth, a, b, alerts) for a, b in truth.outages.tolist()),
        moved_after_s=moved[0] if moved else float("nan"),
        peers=peers,
    )


def advance(pipeline: Pipeline, run: LabelledRun) -> tuple[Track, tuple[Event, ...]]:
    """The whole log as one push: bit for bit what small blocks give. Times are moved to the truth's clock.

    The product counts from its first sample, whose time it knows only to within the delay of the first notification;
    an error of that origin is none of posture.
    """
    out = pipeline.push(run.entries)
    origin_ns = pipeline.origin_ns or 0
    track = join_tracks(out.tracks)
    events = tuple(replace(event, t_ns=event.t_ns + origin_ns) for event in out.events)
    return replace(track, t_ns=track.t_ns + origin_ns), events


def detections(events: tuple[Event, ...], kind: EventKind) -> list[float]:
    """When bouts of a kind were detected, s, whether or not the policy let a cue through."""
    return [e.t_ns / NS_PER_S for e in events if e.kind is kind and "repeat" not in e.detail]


def _peer(alerts_s: list[float], true: Expected) -> Matches:
    """A peer has its own dwell: an alert at any moment of an event is a hit; a borderline event does not count."""
    whenever, borderline = (
        [replace(event, earliest_s=event.onset_s) for event in events] for events in (true.strict, true.borderline)
    )
    return match(alerts_s, whenever, borderline)


def _during(t_s: Floats, true: Expected) -> Bools:
    inside = np.zeros(len(t_s), bool)
    for event in true.strict:
        inside |= (t_s >= event.onset_s) & (t_s <= event.end_s)
    return inside


def _pitch(track: Track, truth: Truth) -> tuple[PitchErrors, PitchErrors]:
    """Errors over all eligible seconds, and over those whose neighbours lie within 1 deg."""
    seconds = int(truth.t_s[-1])
    t_s = track.t_ns / NS_PER_S
    estimate = second_means(t_s, np.where(track.valid, track.angle_deg, np.nan), seconds)
    true = second_means(truth.t_s, truth.pitch_deg, seconds)
    eligible = second_means(truth.t_s, truth.eligible.astype(float), seconds) == 1.0
    at = np.arange(seconds)
    neutral = (at >= truth.neutral_s[0]) & (at < truth.neutral_s[1])
    change = np.abs(np.diff(true, prepend=true[:1], append=true[-1:]))
    calm = np.maximum(change[:-1], change[1:]) < STEADY_DEG
    return pitch_errors(estimate, true, eligible, neutral), pitch_errors(estimate, true, eligible & calm, neutral)


def _cadence(track: Track, truth: Truth) -> Floats:
    """Errors (k,) once a second of eligible time with a known true cadence; a missing value counts as its whole."""
    at = np.clip(np.searchsorted(track.t_ns, np.rint(truth.t_s * NS_PER_S)), 0, len(track) - 1)
    # The gait's window is 4 s long: compare with the mean of those.
    window = round(4 * TRUTH_HZ)
    true = np.convolve(truth.cadence_spm, np.ones(window) / window)[: len(truth.t_s)]
    error = np.nan_to_num(track.cadence_spm[at]) - true
    step = round(TRUTH_HZ)
    return np.asarray(error[::step][(truth.eligible & ~np.isnan(true))[::step]])


def _recovery(track: Track, truth: Truth, start_s: float, end_s: float, alerts: list[float]) -> Recovery:
    """What happens within 12 s after a hole."""
    true = stride_mean(truth.pitch_deg)
    t_s = track.t_ns / NS_PER_S
    after = (t_s >= end_s) & (t_s < end_s + 12)
    # The detector's level lags by half a stride: compare with the truth of then.
    error = np.abs(track.sustained_deg[after] - np.interp(t_s[after] - 0.35, truth.t_s, true))
    return Recovery(
        hole_s=round(end_s - start_s, 3),
        accurate_s=_last(t_s[after], error > RECOVERED_DEG, end_s),
        trusted_s=_last(t_s[after], ~track.valid[after], end_s),
        alerts=sum(start_s <= a <= end_s + 10 for a in alerts),
    )


def _last(t_s: Floats, wrong: Bools, start_s: float) -> float:
    """Seconds from `start_s` until the last wrong moment of t_s (n,)."""
    at = np.flatnonzero(wrong)
    return float(t_s[at[-1]] - start_s) if len(at) else 0.0
