"""A SIMULATED trail run on the cadence and the slope of a real watch's file: what the runner brings home.

    python -m tests.review.trail_run WATCH.fit OUT.headsup [LAPS] [OUT.gpx]

The head sinks as the run goes on, is low on steep descents, and lowest in the five minutes before a cramp mark. With
LAPS more than 1 the watch's run is run so often, one after the other, and the watch's file of that is written as GPX.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "pipeline"))

from simulated_log import head_info, true_profile

from calibration import store
from calibration.model import Profile, ShoulderCalibration, SiteCalibration
from monitor.interop.reading import read_watch
from monitor.interop.watch import COLUMNS, WatchTrack
from monitor.recording.writer import RecordingWriter
from monitor.review.insight.from_watch import grade_of
from monitor.sensors import openearable, scheme
from monitor.settings import Settings
from monitor.simulator.runner import SimulatedMotion, simulate
from monitor.simulator.scenario import ActivitySpan, HeadEvent, Scenario, ShoulderEvent
from monitor.simulator.sensor_model import SensorModel
from monitor.values import NS_PER_S, Activity, Mark, Mode, PacketBlock, RunInfo, SensorInfo, Site

RATE_HZ = 50.0
SPAN_S = 5.0
RUNS_FROM_SPM = 130.0
STEEP_DOWN = -0.04
SINKS_DEG = 8.0
BEFORE_CRAMP_DEG = 9.0
PER_PACKET = 10


@dataclass(frozen=True)
class TrailRun:
    """Where the recording is, and the truth behind it."""

    recording: Path
    watch: WatchTrack
    cramp_s: float
    offset_s: float
    duration_s: float


def laps_of(watch: WatchTrack, laps: int) -> WatchTrack:
    """The same course run several times, one after the other."""
    if laps == 1:
        return watch
    length_ns = int(watch.t_ns[-1] - watch.t_ns[0]) + NS_PER_S
    columns = {name: np.tile(getattr(watch, name), laps) for name in COLUMNS}
    whole_m = float(np.nanmax(watch.distance_m))
    columns["distance_m"] = np.concatenate([watch.distance_m + i * whole_m for i in range(laps)])
    t_ns = np.concatenate([watch.t_ns + i * length_ns for i in range(laps)])
    pressed = tuple(
        replace(lap, start_ns=lap.start_ns + i * length_ns, end_ns=lap.end_ns + i * length_ns)
        for i in range(laps)
        for lap in watch.laps
    )
    return replace(watch, t_ns=t_ns, laps=pressed, sessions=(), **columns)


def scenario_of(watch: WatchTrack) -> tuple[Scenario, float]:
    """What the runner did, and when the cramp was marked."""
    t_s = (watch.t_ns - watch.t_ns[0]) / NS_PER_S
    duration_s = float(t_s[-1]) // SPAN_S * SPAN_S
    grade = np.nan_to_num(grade_of(watch.distance_m, watch.elevation_m))
    spans, steep, since = [], [], None
    for a in np.arange(0.0, duration_s, SPAN_S).tolist():
        inside = (t_s >= a) & (t_s < a + SPAN_S)
        spm = np.nanmean(watch.cadence_spm[inside]) if inside.any() else 0.0
        kind = Activity.RUN if spm >= RUNS_FROM_SPM else Activity.WALK if spm >= 60 else Activity.STILL
        spans.append(ActivitySpan(a, a + SPAN_S, kind, float(np.clip(spm, 80, 220)) if spm >= 60 else 0.0))
        falls = bool(inside.any()) and float(grade[inside].mean()) < STEEP_DOWN
        if falls and since is None:
            since = a
        elif not falls and since is not None:
            steep.append(HeadEvent(since, a, 26.0, 1.5))
            since = None
    cramp_s = round(0.8 * duration_s)
    head = [
        *steep,
        HeadEvent(duration_s / 2, 2 * duration_s, SINKS_DEG, duration_s),
        HeadEvent(cramp_s - 300.0, cramp_s + 20.0, BEFORE_CRAMP_DEG, 5.0),
    ]
    shoulders = [ShoulderEvent(a, a + 40, 0.8) for a in np.arange(600.0, duration_s - 60, 420.0).tolist()]
    return Scenario(duration_s, tuple(spans), tuple(head), tuple(shoulders), seed=2), float(cramp_s)


def packets(info: SensorInfo, motion: SimulatedMotion, lost: float = 0.005) -> PacketBlock:
    """All notifications of a sensor, a few of them lost."""
    step_us = round(1e6 / motion.rate_hz)
    n = len(motion) // PER_PACKET * PER_PACKET
    data = [
        openearable.encode_notification(
            7_000_000_000 + a * step_us, motion.acc[a : a + PER_PACKET], motion.gyr[a : a + PER_PACKET], step_us
        )
        for a in range(0, n, PER_PACKET)
    ]
    came = np.random.default_rng(1).random(len(data)) >= lost
    t_ns = (np.arange(1, len(data) + 1, dtype=np.int64) * PER_PACKET * step_us * 1000)[came]
    kept = [d for d, ok in zip(data, came, strict=True) if ok]
    return PacketBlock(info.key, t_ns, np.cumsum([len(d) for d in kept]).astype(np.int64), b"".join(kept))


def collar_site(motion: SimulatedMotion) -> SiteCalibration:
    """Shoulder direction by the truth of the run."""
    w, x, y, z = motion.quat.T
    up = np.stack((2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z), axis=1)
    low, high = motion.shoulder < 0.01, motion.shoulder > 0.7
    neutral = up[low].mean(axis=0) / np.linalg.norm(up[low].mean(axis=0))
    raised = up[high].mean(axis=0)
    arc = (raised - (raised @ neutral) * neutral) / float(motion.shoulder[high].mean())
    shoulders = ShoulderCalibration(tuple(map(float, neutral)), tuple(map(float, arc / (arc @ arc))), 12.0, 3.0)
    return SiteCalibration("collar", "collar", "SIM collar", "sim:collar", "vqf", (), shoulders=shoulders)


def make(watch: WatchTrack, path: Path, *, offset_s: float = 37.0, collar: bool = True) -> TrailRun:
    """Record the run. The watch's clock is `offset_s` ahead of the recording's."""
    scenario, cramp_s = scenario_of(watch)
    sites = (Site.HEAD, Site.COLLAR) if collar else (Site.HEAD,)
    motions = {s: simulate(scenario, SensorModel(site=s, rate_hz=RATE_HZ, seed=3 + i)) for i, s in enumerate(sites)}
    profile = true_profile(motions[Site.HEAD])
    if collar:
        profile = Profile("trail", profile.created_utc, True, (*profile.sites, collar_site(motions[Site.COLLAR])))
    started = datetime.fromtimestamp(int(watch.t_ns[0]) / NS_PER_S, UTC) - timedelta(seconds=offset_s)
    run = RunInfo(path.stem, started.isoformat(), Mode.TRAIL, True, "0", "SIMULATED sensors on a real watch's run")
    writer = RecordingWriter(path, run, Settings(mode=Mode.TRAIL).to_json(), store.to_json(profile))
    infos = {s: head_info("openearable2", RATE_HZ, s.value) for s in sites}
    blocks = []
    for i, (site, motion) in enumerate(motions.items()):
        info = replace(infos[site], config=scheme.encode(scheme.DIY))
        writer.append_sensor(info, 0)
        block = packets(info, motion)
        blocks += [replace(part, t_ns=part.t_ns + i) for part in in_minutes(block)]
    marks = [Mark(round(cramp_s * NS_PER_S), "cramp"), Mark(round(0.3 * scenario.duration_s * NS_PER_S), "note")]
    for entry in sorted([*blocks, *marks], key=lambda e: int(np.atleast_1d(e.t_ns)[0])):
        writer.append(entry)
    writer.close()
    return TrailRun(path, watch, cramp_s, offset_s, scenario.duration_s)


def in_minutes(block: PacketBlock) -> list[PacketBlock]:
    """A long block cut at each minute."""
    minute = block.t_ns // (60 * NS_PER_S)
    edges = [0, *(np.flatnonzero(np.diff(minute)) + 1).tolist(), len(minute)]
    parts = []
    for a, b in pairwise(edges):
        start = int(block.ends[a - 1]) if a else 0
        data = block.data[start : int(block.ends[b - 1])]
        parts.append(PacketBlock(block.sensor, block.t_ns[a:b], block.ends[a:b] - start, data))
    return parts


def write_gpx(watch: WatchTrack, path: Path) -> None:
    """A watch's track as GPX with heart rate and cadence (strides), as watches write it."""
    rows = []
    for i in range(len(watch)):
        values = {f.name: getattr(watch, f.name)[i] for f in fields(watch) if f.name in COLUMNS}
        if not np.isfinite(values["lat_deg"]):
            continue
        at = datetime.fromtimestamp(int(watch.t_ns[i]) / NS_PER_S, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        rows.append(
            f'<trkpt lat="{values["lat_deg"]:.7f}" lon="{values["lon_deg"]:.7f}"><ele>{values["elevation_m"]:.1f}</ele>'
            f"<time>{at}</time><extensions><x:TrackPointExtension><x:hr>{values['heart_bpm']:.0f}</x:hr>"
            f"<x:cad>{values['cadence_spm'] / 2:.0f}</x:cad></x:TrackPointExtension></extensions></trkpt>"
        )
    head = (
        '<?xml version="1.0" encoding="UTF-8"?><gpx version="1.1" creator="Heads Up tests" '
        'xmlns="http://www.topografix.com/GPX/1/1" '
        'xmlns:x="http://www.garmin.com/xmlschemas/TrackPointExtension/v1"><trk><type>running</type><trkseg>'
    )
    path.write_text(head + "\n".join(rows) + "</trkseg></trk></gpx>\n", encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Make a run by hand, to look at."""
    watch = laps_of(read_watch(Path(arguments[0])), int(arguments[2]) if len(arguments) > 2 else 1)
    run = make(watch, Path(arguments[1]))
    if len(arguments) > 3:
        write_gpx(watch, Path(arguments[3]))
    print(
        f"{run.recording}: {run.duration_s:.0f} s SIMULATED, cramp at {run.cramp_s:.0f} s, watch ahead {run.offset_s} s"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
