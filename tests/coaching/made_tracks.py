"""Constructed tracks of runs with known answers, and a runner who hears what a watch says."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np

from monitor.coaching.seen import Seen
from monitor.coaching.watch import FormWatch
from monitor.settings import Coaching, Settings
from monitor.values import Activity, Control, Event, Reason, Track

S = 1_000_000_000
HEAD, COLLAR = Seen(heads=("head",)), Seen(shoulders=("collar",))
BOTH = Seen(heads=("head",), shoulders=("collar",))
Wave = Callable[[np.ndarray], np.ndarray] | float


def minutes(seconds: np.ndarray) -> np.ndarray:
    return seconds / 60


def spread(t_s: np.ndarray, sd: float, seed: int, every_s: float = 2.0) -> np.ndarray:
    """Noise that stays for two seconds at a time: independent between bins."""
    steps = np.random.default_rng(seed).normal(0, sd, int(t_s[-1] / every_s) + 2)
    return steps[(t_s / every_s).astype(int)]


def track(
    sensor: str = "head",
    seconds: float = 3600,
    *,
    neck: Wave = 5.0,
    shoulder: Wave = float("nan"),
    over: Wave = 0.0,
    cadence: Wave = 170.0,
    running: Wave = 1.0,
    valid: Wave = 1.0,
    hz: float = 5.0,
    packet_s: float = 0.4,
    delay_s: float = 0.05,
    from_s: float = 0.0,
) -> Track:
    """A track whose columns are constants or functions of the time in seconds (n,)."""

    def column(wave: Wave) -> np.ndarray:
        return np.asarray(wave(t_s) if callable(wave) else np.full(len(t_s), wave), float)

    t_s = np.arange(from_s, seconds, 1 / hz)
    arrival_s = (np.floor((t_s + 1e-9) / packet_s) + 1) * packet_s + delay_s
    nan = np.full(len(t_s), np.nan)
    neck_deg = column(neck)
    ok = column(valid) > 0
    return Track(
        sensor=sensor,
        t_ns=np.rint(t_s * S).astype(np.int64),
        arrival_ns=np.rint(arrival_s * S).astype(np.int64),
        activity=np.where(column(running) > 0, Activity.RUN, Activity.WALK).astype(np.int8),
        cadence_spm=column(cadence),
        angle_deg=neck_deg,
        sustained_deg=neck_deg,
        shoulder=column(shoulder),
        valid=ok,
        reason=np.where(ok, Reason.OK, Reason.GAP).astype(np.int8),
        dwell_s=np.zeros(len(t_s)),
        over=column(over) > 0,
        display_deg=nan,
        lean_deg=nan,
        followed_deg=np.zeros(len(t_s)),
    )


def part(whole: Track, a: int, b: int) -> Track:
    """Rows a..b of a track."""
    columns = {f.name: getattr(whole, f.name)[a:b] for f in dataclasses.fields(Track) if f.name != "sensor"}
    return Track(sensor=whole.sensor, **columns)


def settings(grace_s: float = 20.0, planned_min: float = 0.0, **coaching: float | bool) -> Settings:
    """Settings whose loosen-up prompts are off unless asked for."""
    return Settings(grace_s=grace_s, planned_min=planned_min, coaching=Coaching(**{"loosen_every_min": 0, **coaching}))


def run(
    tracks: Sequence[Track],
    seen: Seen = HEAD,
    used: Settings | None = None,
    controls: Sequence[Control] = (),
    heard: Sequence[tuple[int, Event]] = (),
    cuts_ns: Sequence[int] = (),
    quiet: Callable[[int], str | None] = lambda t_ns: None,
    followed: Callable[[np.ndarray], np.ndarray] | None = None,
) -> list[Event]:
    """The events of a run, fed as the pipeline does: cut at control entries and at any other arrival times.

    heard : cues of the pipeline with their arrival times
    """
    watch = FormWatch(seen, used or settings(), quiet)
    events: list[Event] = []
    at = dict.fromkeys((t.sensor for t in tracks), 0)
    stops = sorted({*cuts_ns, *(c.t_ns for c in controls), 1 << 62})
    for stop in stops:
        parts = []
        for whole in tracks:
            end = int(np.searchsorted(whole.arrival_ns, stop))
            parts.append(part(whole, at[whole.sensor], end))
            at[whole.sensor] = end
        begin = min((int(p.arrival_ns[0]) for p in parts if len(p)), default=stop)
        for new in parts:
            watch.take(new, followed(new.t_ns / S) if followed and new.sensor == "head" else None)
        for arrival_ns, event in heard:
            if begin <= arrival_ns < stop:
                events += watch.until(arrival_ns)
                watch.heard(event)
        events += watch.until(None)
        for control in controls:
            if control.t_ns == stop:
                watch.control(control, control.t_ns)
    return events


def checks(events: Sequence[Event]) -> dict[str, Event]:
    """The events by kind of check; each kind at most once."""
    found = {str(e.detail.get("check")): e for e in events}
    assert len(found) == len(events), [e.detail for e in events]
    return found
