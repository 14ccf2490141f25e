"""Alerts against true events, and pitch against true pitch: pure functions on arrays and moments.

An alert matches an event when it comes from 1 s before onset + dwell to 1 s after its end. The first match is a hit
(its latency counts from when the event's leaking clock was full); later ones are fragments (their own counter, no
false alerts); an alert that matches nothing is false. "Don't care" leaves out what sits on the threshold on purpose:
events whose depth is within 3 (deg) of the limit or whose length is within 1 s of the dwell are neither missed nor,
where a detector tells them, false.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tests.evaluation.labelled import Bools, Floats, Specification, TrueEvent, true_events

COLLAR_S = 1.0
BAND = 3.0
BAND_S = 1.0
_TICK_S = 1e-6


@dataclass(frozen=True, slots=True)
class Matches:
    """How a list of alerts fits a list of events. `latency_s`: hits, counted from the moment they were due."""

    hits: int = 0
    missed: int = 0
    false: int = 0
    fragments: int = 0
    latency_s: tuple[float, ...] = ()
    false_at_s: tuple[float, ...] = ()
    missed_at_s: tuple[float, ...] = ()

    @property
    def precision(self) -> float:
        """Hits of alerts that are not fragments; NaN without any."""
        told = self.hits + self.false
        return self.hits / told if told else float("nan")

    @property
    def recall(self) -> float:
        """Hits of events; NaN without any."""
        events = self.hits + self.missed
        return self.hits / events if events else float("nan")

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; NaN without events."""
        if not self.hits + self.missed:
            return float("nan")
        return 2 * self.hits / (2 * self.hits + self.missed + self.false)


def add(parts: Sequence[Matches]) -> Matches:
    """Counts of several runs as one; the moments of misses and false alerts are dropped."""
    return Matches(
        sum(p.hits for p in parts),
        sum(p.missed for p in parts),
        sum(p.false for p in parts),
        sum(p.fragments for p in parts),
        tuple(x for p in parts for x in p.latency_s),
    )


def match(alerts_s: Sequence[float], events: Sequence[TrueEvent], ignored: Sequence[TrueEvent] = ()) -> Matches:
    """Alerts (s) against events in order. Alerts that fit only `ignored` count for nothing."""
    first: dict[int, float] = {}
    fragments = 0
    false: list[float] = []
    for alert in sorted(alerts_s):
        fits = [i for i, event in enumerate(events) if _fits(alert, event)]
        if fits:
            fresh = [i for i in fits if i not in first]
            if fresh:
                first[fresh[0]] = alert
            else:
                fragments += 1
        elif not any(_fits(alert, event) for event in ignored):
            false.append(alert)
    return Matches(
        hits=len(first),
        missed=len(events) - len(first),
        false=len(false),
        fragments=fragments,
        latency_s=tuple(alert - events[i].due_s for i, alert in first.items()),
        false_at_s=tuple(false),
        missed_at_s=tuple(event.due_s for i, event in enumerate(events) if i not in first),
    )


def _fits(alert_s: float, event: TrueEvent) -> bool:
    return event.earliest_s - COLLAR_S - _TICK_S <= alert_s <= event.end_s + COLLAR_S + _TICK_S


@dataclass(frozen=True, slots=True)
class Expected:
    """The true events of a level: all of them, the clear ones, and everything on the threshold."""

    strict: tuple[TrueEvent, ...]
    clear: tuple[TrueEvent, ...]
    borderline: tuple[TrueEvent, ...]


def expected(t_s: Floats, level: Floats, active: Bools, spec: Specification, band: float = BAND) -> Expected:
    """True events of level (n,) with active (n,) at t_s (n,). `band`: width of don't care, in the level's unit."""

    def on_the_threshold(event: TrueEvent) -> bool:
        return abs(event.depth - spec.on) < band or abs(event.held_s - spec.dwell_s) < BAND_S

    strict = true_events(t_s, level, active, spec)
    lenient = true_events(t_s, level, active, spec.shifted(-band, -BAND_S))
    return Expected(
        tuple(strict),
        tuple(e for e in strict if not on_the_threshold(e)),
        tuple(e for e in [*strict, *lenient] if on_the_threshold(e)),
    )


@dataclass(frozen=True, slots=True)
class EventScore:
    """Alerts judged strictly and with the don't-care band, and how long state and truth agree (in seconds)."""

    strict: Matches
    lenient: Matches
    both_s: float = 0.0
    only_true_s: float = 0.0
    only_told_s: float = 0.0

    @property
    def state_f1(self) -> float:
        """Time-in-state F1: NaN where neither ever was."""
        total = 2 * self.both_s + self.only_true_s + self.only_told_s
        return 2 * self.both_s / total if total else float("nan")


def score_events(alerts_s: Sequence[float], truth: Expected, t_s: Floats, told: Bools | None = None) -> EventScore:
    """Alerts (s) against the truth; told (n,) at t_s (n,): the detector's own state, for the time-in-state score."""
    both = only_true = only_told = 0.0
    if told is not None:
        true = np.zeros(len(t_s), bool)
        for event in truth.strict:
            true |= (t_s >= event.due_s) & (t_s <= event.end_s)
        step = float(np.median(np.diff(t_s)))
        both, only_true, only_told = (float(x.sum()) * step for x in (true & told, true & ~told, told & ~true))
    return EventScore(
        match(alerts_s, truth.strict),
        match(alerts_s, truth.clear, truth.borderline),
        both,
        only_true,
        only_told,
    )


# ---------------------------------------------------------------- continuous values


def second_means(t_s: Floats, values: Floats, seconds: int) -> Floats:
    """Means over whole seconds (seconds,), NaN where a second holds less than half of the usual number of values.

    t_s, values (n,); NaN values are left out.
    """
    index = np.floor(t_s).astype(int)
    keep = (index >= 0) & (index < seconds) & ~np.isnan(values)
    counts = np.bincount(index[keep], minlength=seconds)
    sums = np.bincount(index[keep], weights=values[keep], minlength=seconds)
    if not counts.any():
        return np.full(seconds, np.nan)
    enough = counts > 0.5 * np.median(counts[counts > 0])
    return np.where(enough, sums / np.maximum(counts, 1), np.nan)


@dataclass(frozen=True, slots=True)
class PitchErrors:
    """Errors (k,) in degrees of 1 s means relative to the neutral stretch, and the offset (deg) taken out there."""

    error_deg: Floats = field(default_factory=lambda: np.empty(0))
    offset_deg: float = float("nan")


def pitch_errors(estimate_deg: Floats, truth_deg: Floats, judged: Bools, neutral: Bools) -> PitchErrors:
    """Second means (s,) of estimate and truth; `judged` and `neutral` (s,) select seconds."""
    error = estimate_deg - truth_deg
    known = ~np.isnan(error)
    if not (known & neutral).any():
        return PitchErrors()
    offset = float(error[known & neutral].mean())
    return PitchErrors(error[known & judged] - offset, offset)


def rmse(error: Floats) -> float:
    """Root mean square of error (n,); NaN without any."""
    return float(np.sqrt(np.mean(error**2))) if len(error) else float("nan")


def p95(error: Floats) -> float:
    """95th percentile of the size of error (n,); NaN without any."""
    return float(np.percentile(np.abs(error), 95)) if len(error) else float("nan")
