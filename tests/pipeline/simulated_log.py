"""SIMULATED input logs for tests of the core: a runner's notifications as they would arrive over a bursty link."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from calibration.model import HeadCalibration, Profile, ShoulderCalibration, SiteCalibration
from monitor.pipeline import Pipeline, join_tracks
from monitor.sensors import openearable, scheme, table, witmotion
from monitor.settings import Settings
from monitor.simulator.runner import SimulatedMotion, simulate
from monitor.simulator.scenario import ActivitySpan, HeadEvent, Scenario, ShoulderEvent
from monitor.simulator.sensor_model import SensorModel
from monitor.values import (
    Activity,
    Event,
    LogEntry,
    Mode,
    PacketBlock,
    SensorInfo,
    Site,
    Track,
    packet,
)


def running(duration_s: float, head: Sequence[HeadEvent] = (), shoulders: Sequence[ShoulderEvent] = ()) -> Scenario:
    """10 s standing, then running."""
    return Scenario(
        duration_s=duration_s,
        activities=(
            ActivitySpan(0.0, 10.0, Activity.STILL),
            ActivitySpan(10.0, duration_s, Activity.RUN, cadence_spm=168.0),
        ),
        head=tuple(head),
        shoulders=tuple(shoulders),
        seed=4,
    )


def head_info(family: str, rate_hz: float, key: str = "head") -> SensorInfo:
    config = scheme.encode(scheme.DIY) if family == "openearable2" else b""
    return SensorInfo(key, Site(key), family, f"SIM {key}", f"sim:{key}", rate_hz, config, simulated=True)


def notifications(
    info: SensorInfo, motion: SimulatedMotion, rng: np.random.Generator, *, delay_s: float = 0.04, loss: float = 0.0
) -> list[PacketBlock]:
    """One block per notification, with random delays that never overtake, and random packet loss."""
    per = 5 if info.family == "table" else (4 if info.family == "openearable2" else 1)
    step_ns = round(1e9 / motion.rate_hz)
    out: list[PacketBlock] = []
    last = -1
    for first in range(0, len(motion) - per + 1, per):
        rows = slice(first, first + per)
        measured_ns = (first + per - 1) * step_ns
        t_ns = max(
            last + 1, measured_ns + round(rng.exponential(delay_s) * 1e9) if info.family != "table" else measured_ns
        )
        if rng.random() < loss:
            continue
        acc, gyr = motion.acc[rows], motion.gyr[rows]
        if info.family == "table":
            data = table.encode_rows((np.arange(first, first + per) * step_ns).astype(np.int64), acc, gyr)
        elif info.family == "openearable2":
            data = openearable.encode_notification(
                (7_000_000_000 + first * step_ns) // 1000, acc, gyr, step_ns // 1000, scheme.DIY
            )
        else:
            data = witmotion.encode_frames(acc, gyr)
        out.append(packet(info.key, t_ns, data))
        last = t_ns
    return out


def merged(*streams: Sequence[LogEntry]) -> list[LogEntry]:
    """Entries of several streams in order of arrival, arrival times made strictly increasing."""

    def time_of(entry: LogEntry) -> int:
        return int(entry.t_ns[0]) if isinstance(entry, PacketBlock) else entry.t_ns

    entries = sorted((e for s in streams for e in s), key=time_of)
    out: list[LogEntry] = []
    last = -1
    for entry in entries:
        t = max(last + 1, time_of(entry))
        if isinstance(entry, PacketBlock):
            entry = PacketBlock(entry.sensor, np.array([t], np.int64), entry.ends, entry.data)
        out.append(entry)
        last = t
    return out


def true_profile(head: SimulatedMotion | None = None, collar: SimulatedMotion | None = None) -> Profile:
    """A profile with the exact directions of the simulation, as a perfect calibration would find them."""
    sites = []
    if head is not None:
        turn = _mounting(head)
        sites.append(
            SiteCalibration(
                "head", "head", "SIM head", "sim:head", "vqf", (),
                head=HeadCalibration(tuple(turn @ [0.0, 0.0, 1.0]), tuple(turn @ [-1.0, 0.0, 0.0]), 10.0),
            )
        )  # fmt: skip
    if collar is not None:
        sites.append(_collar_site(collar))
    return Profile("true", "2026-01-01T00:00:00+00:00", True, tuple(sites))


def _collar_site(collar: SimulatedMotion) -> SiteCalibration:
    """Shoulder weights by least squares of the true score on the true up direction."""
    w, x, y, z = collar.quat.T
    up = np.stack((2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z), axis=1)
    relaxed = up[collar.shoulder < 0.01].mean(axis=0)
    raised = up[collar.shoulder > 0.99].mean(axis=0)
    neutral = relaxed / np.linalg.norm(relaxed)
    arc = raised - (raised @ neutral) * neutral
    return SiteCalibration(
        "collar", "collar", "SIM collar", "sim:collar", "vqf", (),
        shoulders=ShoulderCalibration(tuple(neutral), tuple(arc / (arc @ arc)), 12.0, 3.0),
    )  # fmt: skip


def _mounting(motion: SimulatedMotion) -> np.ndarray:
    """Rotation matrix from body axes (x forward, z up at neutral) to sensor axes."""
    w, x, y, z = motion.mounting
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    ).T


def run_in_blocks(
    infos: Sequence[SensorInfo], profile: Profile | None, entries: Sequence[LogEntry], size: int, mode: Mode = Mode.ROAD
) -> tuple[dict[str, Track], list[Event], Pipeline]:
    """Push the log in slices of `size` entries."""
    pipeline = Pipeline(infos, profile, Settings(mode=mode), shown=True)
    events: list[Event] = []
    tracks: dict[str, list[Track]] = {}
    for a in range(0, len(entries), size):
        out = pipeline.push(entries[a : a + size])
        events += out.events
        for track in out.tracks:
            tracks.setdefault(track.sensor, []).append(track)
    return {key: join_tracks(parts) for key, parts in tracks.items()}, events, pipeline


__all__ = [
    "HeadEvent",
    "SensorModel",
    "ShoulderEvent",
    "head_info",
    "merged",
    "notifications",
    "run_in_blocks",
    "running",
    "simulate",
    "true_profile",
]
