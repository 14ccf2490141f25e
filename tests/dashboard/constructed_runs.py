"""Live runs made by hand: a clock that the test turns, and track blocks with known values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from monitor.dashboard.viewmodel import LiveModel
from monitor.settings import Settings
from monitor.values import (
    NS_PER_S,
    Activity,
    BatteryLevel,
    Event,
    EventKind,
    Ground,
    LinkChange,
    LinkQuality,
    LinkState,
    Mode,
    PipelineOutput,
    Reason,
    SensorInfo,
    Site,
    Track,
)

HEAD = SensorInfo("head", Site.HEAD, "demo", "Cap IMU 4F2A", "AA:BB", 100.0)
COLLAR = SensorInfo("collar", Site.COLLAR, "demo", "Collar IMU 71", "CC:DD", 52.0)
RATE_HZ = 25
START_NS = 7 * NS_PER_S
"""The run clock at the run's first sample: searching took a while."""


class Clock:
    """A run clock that stands still until it is told."""

    def __init__(self) -> None:
        self.ns = START_NS

    def __call__(self) -> int:
        return self.ns

    def at(self, seconds: float) -> None:
        """Seconds since the run's first sample."""
        self.ns = START_NS + round(seconds * NS_PER_S)


def track(
    sensor: str,
    t_s: np.ndarray,
    *,
    pitch: float | np.ndarray = np.nan,
    shoulder: float | np.ndarray = np.nan,
    activity: Activity = Activity.RUN,
    reason: Reason = Reason.OK,
    over: bool | np.ndarray = False,
    dwell: float | np.ndarray = 0.0,
    cadence: float = 168.0,
    bounce: float = 0.0,
) -> Track:
    """A block of one sensor at times `t_s`; scalars are held over the block."""
    n = len(t_s)

    def full(value: object, dtype: type = np.float64) -> np.ndarray:
        return np.array(np.broadcast_to(np.asarray(value, dtype), n))

    t_ns = np.round(t_s * NS_PER_S).astype(np.int64)
    sustained = full(pitch)
    return Track(
        sensor=sensor,
        t_ns=t_ns,
        arrival_ns=t_ns + START_NS,
        activity=full(activity, np.int8),
        cadence_spm=full(cadence),
        angle_deg=sustained + bounce * np.sin(2 * np.pi * 2.8 * t_s),
        sustained_deg=sustained,
        shoulder=full(shoulder),
        valid=full(reason == Reason.OK, np.bool_),
        reason=full(reason, np.int8),
        dwell_s=full(dwell),
        over=full(over, np.bool_),
        display_deg=sustained,
        lean_deg=full(np.nan),
        followed_deg=full(np.nan),
    )


def span(start_s: float, end_s: float) -> np.ndarray:
    """Sample times at 25 Hz, from `start_s` up to but without `end_s`."""
    return np.arange(round(start_s * RATE_HZ), round(end_s * RATE_HZ)) / RATE_HZ


def output(*tracks: Track, events: tuple[Event, ...] = (), quality: tuple[LinkQuality, ...] = ()) -> PipelineOutput:
    return PipelineOutput(tracks, events, quality)


def quality(sensor: str, rate_hz: float = 99.8, samples: int = 995, lost: int = 5) -> LinkQuality:
    return LinkQuality(sensor, rate_hz, samples, lost, 0, 0, 0)


def model(
    *sensors: SensorInfo,
    calibrated: tuple[str, ...] = ("head", "collar"),
    settings: Settings | None = None,
    simulated: bool = False,
) -> tuple[LiveModel, Clock]:
    clock = Clock()
    words = dict.fromkeys(calibrated, "sees its posture")
    return LiveModel(settings or Settings(), sensors or (HEAD, COLLAR), words, simulated, clock), clock


def feed(live: LiveModel, clock: Clock, start_s: float, end_s: float, **values: object) -> None:
    """Give head and collar data of a span in one block, known at its end."""
    clock.at(end_s)
    t_s = span(start_s, end_s)
    collar = {k: v for k, v in values.items() if k in ("activity", "shoulder")}
    head = {k: v for k, v in values.items() if k != "shoulder"}
    collar.setdefault("shoulder", 0.1)
    head.setdefault("pitch", 4.0)
    live.update(output(track("head", t_s, **head), track("collar", t_s, **collar), quality=(quality("head"),)))


def busy_run(name: str = "eyes up", simulated: bool = True) -> tuple[LiveModel, Clock]:
    """A minute of running with a gap, a stare, prompts and silences, standing at a chosen state."""
    trail = Settings(mode=Mode.TRAIL)
    live, clock = model(simulated=simulated, settings=trail if name != "road" else Settings())
    for key, percent in (("head", 78), ("collar", 34)):
        live.link(LinkChange(key, 0, LinkState.CONNECTING, rssi_dbm=-percent))
        live.link(LinkChange(key, 0, LinkState.STREAMING))
        live.battery(BatteryLevel(key, 0, percent))
    t_s = np.concatenate([span(700, 722), span(724, 765)])
    pitch = 8 + 4 * np.sin(t_s / 9) + np.where((t_s > 747), 33 * np.clip((t_s - 747) / 2, 0, 1), 0)
    over = t_s > 758
    dwell = np.clip(t_s - 748, 0, 10)
    clock.at(765.05)
    events = (
        Event(702 * NS_PER_S, EventKind.LINK_BACK, "collar"),
        Event(
            711 * NS_PER_S, EventKind.HEAD_DOWN, "head", detail={"onset_s": 701.0, "angle_deg": 38.4, "silent": "grace"}
        ),
        Event(731 * NS_PER_S, EventKind.MARK, "", detail={"label": "cramp"}),
        Event(
            758 * NS_PER_S,
            EventKind.HEAD_DOWN,
            "head",
            prompted=True,
            detail={"onset_s": 748.0, "angle_deg": 41.2, "limit_deg": 36.0},
        ),
    )
    shoulder = 0.15 + 0.1 * np.sin(t_s / 5)
    live.update(
        output(
            track("head", t_s, pitch=pitch, over=over, dwell=dwell, bounce=3.0),
            track("collar", t_s, shoulder=shoulder),
            events=events,
            quality=(quality("head"), quality("collar", 51.9, 4000, 61)),
        )
    )
    if name == "good":
        live.update(output(track("head", span(765, 766), pitch=7.0), track("collar", span(765, 766), shoulder=0.1)))
        clock.at(766.05)
    elif name == "shoulders":
        t_s = span(765, 766)
        live.update(output(track("head", t_s, pitch=7.0), track("collar", t_s, shoulder=0.72, over=True)))
        clock.at(766.05)
    elif name == "lost":
        live.link(LinkChange("head", 0, LinkState.LOST, "out of range"))
        clock.at(773.0)
    elif name == "thin":
        live.update(output(track("head", span(765, 766), pitch=7.0, reason=Reason.SPARSE)))
        clock.at(766.05)
    elif name == "treadmill":
        live.ground(Ground(0, 12.4 / 3.6, 0.055, "treadmill"))
        live.rest(4_965 * NS_PER_S)
        t_s = span(765, 766)
        leaning = replace(track("head", t_s, pitch=31.0), lean_deg=np.full(len(t_s), 8.0))
        live.update(output(leaning, track("collar", t_s, shoulder=0.2)))
        live.notice("A sensor may have moved: check how it sits")
        clock.at(766.05)
    elif name == "notice":
        live.notice("No sound: this computer has no audio output. Prompts are still shown here.")
    return live, clock


def long_run() -> tuple[LiveModel, Clock]:
    """Eleven minutes in parts of five seconds: bouts with cues, a stop at a crossing, a lost link, marks."""
    live, clock = model(simulated=True)
    for key, percent, dbm in (("head", 78, -58), ("collar", 34, -83)):
        live.link(LinkChange(key, 0, LinkState.CONNECTING, rssi_dbm=dbm))
        live.link(LinkChange(key, 0, LinkState.STREAMING))
        live.battery(BatteryLevel(key, 0, percent))
    samples = 0
    for start in range(0, 660, 5):
        t_s = span(start, start + 5)
        clock.at(start + 5.04)
        low = start % 110 >= 90
        activity = Activity.STILL if 300 <= start < 335 else Activity.RUN
        pitch = 6 + 4 * np.sin(t_s / 9) + (22 if low and activity is Activity.RUN else 0)
        dwell = np.clip(t_s - (start // 110 * 110 + 90), 0, 8) if low else 0.0
        if 450 <= start < 470:
            live.update(output(track("collar", t_s, shoulder=0.2)))
            continue
        samples += 500
        events: tuple[Event, ...] = ()
        if start % 110 == 100:
            detail = {"onset_s": start - 8.0, "pitch_deg": 28.0, "limit": 20.0}
            events = (Event((start + 4) * NS_PER_S, EventKind.HEAD_DOWN, "head", prompted=True, detail=detail),)
        if start in (180, 520):
            events += (Event(start * NS_PER_S, EventKind.MARK, "", detail={"label": "sore neck"}),)
        reason = Reason.STARTING if start < 10 or start == 470 else Reason.OK
        head = track("head", t_s, pitch=pitch, dwell=dwell, bounce=3.0, activity=activity, reason=reason)
        head = replace(head, cadence_spm=166 + 5 * np.sin(t_s / 40) + (np.nan if activity is Activity.STILL else 0))
        collar = track("collar", t_s, shoulder=0.25 + 0.2 * np.sin(t_s / 30) + 0.2 * np.sin(t_s / 7))
        told = quality("head", 99.8, samples, 2000 if start >= 470 else 0)
        live.update(output(head, collar, events=events, quality=(told, quality("collar", 51.9, 4000, 61))))
    return live, clock
