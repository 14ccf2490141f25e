"""Run analyses made by hand, with answers that can be worked out on paper."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from calibration.model import HeadCalibration, ShoulderCalibration, SiteCalibration, TrunkCalibration
from calibration.sees import in_words
from monitor.review.analysis import RunAnalysis
from monitor.review.modes import ModeSpan
from monitor.settings import Settings
from monitor.values import (
    NS_PER_S,
    Activity,
    Event,
    EventKind,
    LinkQuality,
    Mode,
    Reason,
    RunInfo,
    SensorInfo,
    Site,
    Track,
)

RATE_HZ = 25
HEAD = SensorInfo("head", Site.HEAD, "demo", "Cap IMU", "AA:BB", 100.0)
COLLAR = SensorInfo("collar", Site.COLLAR, "demo", "Collar IMU", "CC:DD", 100.0)
INFO = RunInfo("run-1", "2026-11-22T09:30:00+00:00", Mode.ROAD, False, "0.1.0")


def track(sensor: str, seconds: float, **columns: object) -> Track:
    """A track at 25 Hz that runs, valid and level; columns replace its arrays, scalars are held."""
    n = round(seconds * RATE_HZ)
    t_ns = np.arange(n, dtype=np.int64) * (NS_PER_S // RATE_HZ)
    plain: dict[str, object] = {
        "activity": Activity.RUN, "cadence_spm": 170.0, "angle_deg": np.nan, "sustained_deg": np.nan,
        "shoulder": np.nan, "valid": True, "reason": Reason.OK, "dwell_s": 0.0, "over": False,
        "display_deg": np.nan, "lean_deg": np.nan, "followed_deg": np.nan,
    }  # fmt: skip
    kinds = {"activity": np.int8, "reason": np.int8, "valid": np.bool_, "over": np.bool_}
    merged = plain | columns
    arrays = {k: np.array(np.broadcast_to(np.asarray(v, kinds.get(k, np.float64)), n)) for k, v in merged.items()}
    return Track(sensor=sensor, t_ns=t_ns, arrival_ns=t_ns.copy(), **arrays)


def cut(whole: Track, start_s: float, end_s: float) -> Track:
    """A track with a stretch taken out, as after a lost link."""
    t_s = whole.t_ns / NS_PER_S
    keep = (t_s < start_s) | (t_s >= end_s)
    names = [f for f in whole.__slots__ if f != "sensor"]
    return replace(whole, **{n: getattr(whole, n)[keep] for n in names})


def seconds_where(whole_s: float, *spans: tuple[float, float]) -> np.ndarray:
    """True (n,) inside the spans, at 25 Hz over `whole_s`."""
    t_s = np.arange(round(whole_s * RATE_HZ)) / RATE_HZ
    return np.any([(t_s >= a) & (t_s < b) for a, b in spans], axis=0) if spans else np.zeros(len(t_s), bool)


def analysis(*tracks: Track, seconds: float, events: tuple[Event, ...] = (), **changes: object) -> RunAnalysis:
    """An analysis of these tracks."""
    sensors = tuple(s for s in (HEAD, COLLAR) if s.key in {t.sensor for t in tracks})
    whole = RunAnalysis(
        info=INFO,
        settings=Settings(),
        sensors=sensors,
        duration_s=seconds,
        tracks={t.sensor: t for t in tracks},
        events=events,
        quality=tuple(LinkQuality(s.key, 99.5, 990, 10, 2, 1, 0) for s in sensors),
        sites={s.key: site(s, d_prime=3.0 if s is COLLAR else None) for s in sensors},
        modes=(ModeSpan(0.0, seconds, Mode.ROAD),),
    )
    if "settings" in changes and "modes" not in changes:
        changes["modes"] = (ModeSpan(0.0, seconds, changes["settings"].mode),)
    return replace(whole, **changes)


def site(info: SensorInfo, d_prime: float | None = None, *, head: bool | None = None, trunk: bool = False):
    """A calibration of this sensor: of the head for one on the head, of a shoulder with this d', of the trunk."""
    up = (0.0, 0.0, 1.0)
    forward = (1.0, 0.0, 0.0)
    sees_head = info.site is Site.HEAD if head is None else head
    parts = {
        "head": HeadCalibration(up, forward, 10.0) if sees_head else None,
        "shoulders": ShoulderCalibration(up, forward, 12.0, d_prime) if d_prime is not None else None,
    }
    words = in_words(parts["head"], parts["shoulders"], leans=trunk)
    return SiteCalibration(
        info.key, info.site.value, info.name, info.address, "vqf", (), sees=words,
        trunk=TrunkCalibration(up, forward, in_running=True) if trunk else None, **parts,
    )  # fmt: skip


def prompt(t_s: float, kind: EventKind = EventKind.HEAD_DOWN, sensor: str = "head", **detail: object) -> Event:
    """A cue that was given."""
    return Event(round(t_s * NS_PER_S), kind, sensor, prompted=True, detail=detail)


def silent(t_s: float, why: str, **detail: object) -> Event:
    """A head-down event without a cue."""
    return Event(round(t_s * NS_PER_S), EventKind.HEAD_DOWN, "head", detail={"silent": why, **detail})


def trail_run(seconds: float = 1800.0, simulated: bool = True) -> RunAnalysis:
    """A believable half hour on a trail: two stares, a lost link, a walk, shoulders that creep up."""
    t_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    k = seconds / 1800
    over = seconds_where(seconds, (400 * k, 430 * k), (1300 * k, 1375 * k))
    noise = np.random.default_rng(3).normal(0, 0.8, len(t_s))
    pitch = 9 + 4 * np.sin(t_s / 90) + 2 * np.sin(t_s / 17) + noise
    pitch[seconds_where(seconds, (388 * k, 430 * k), (1288 * k, 1375 * k))] += 33
    walk = seconds_where(seconds, (900 * k, 960 * k))
    activity = np.where(walk, Activity.WALK, Activity.RUN)
    settle = seconds_where(seconds, (0, 8), (1010 * k, 1018 * k))
    reason = np.where(settle, Reason.STARTING, Reason.OK)
    head = track(
        "head", seconds, activity=activity, angle_deg=pitch, sustained_deg=pitch, over=over, valid=~settle,
        reason=reason, cadence_spm=np.where(walk, 112, 168 + 3 * np.sin(t_s / 200) + 0.3 * noise),
    )  # fmt: skip
    shoulder = 0.1 + 0.35 * t_s / seconds + 0.05 * noise
    collar = track("collar", seconds, activity=activity, shoulder=shoulder, over=shoulder > 0.6)
    events = (
        silent(398 * k, "told a moment ago", onset_s=388 * k, pitch_deg=41.0, limit=36.0, mode="trail"),
        prompt(400 * k, onset_s=390 * k, pitch_deg=42.3, limit=36.0, mode="trail"),
        Event(round(980 * k * NS_PER_S), EventKind.LINK_LOST, "head", True, {"why": "out of range"}),
        Event(round(1010 * k * NS_PER_S), EventKind.LINK_BACK, "head", True, {"away_s": 30.0}),
        Event(round(1100 * k * NS_PER_S), EventKind.MARK, "", False, {"label": "cramp"}),
        prompt(1300 * k, onset_s=1290 * k, pitch_deg=43.0, limit=36.0, mode="trail"),
        prompt(1360 * k, onset_s=1290 * k, pitch_deg=41.2, limit=36.0, mode="trail", repeat=True),
    )
    info = replace(INFO, simulated=simulated, mode=Mode.TRAIL)
    return analysis(
        cut(head, 980 * k, 1010 * k), collar, seconds=seconds, events=events, info=info,
        settings=Settings(mode=Mode.TRAIL),
    )  # fmt: skip
