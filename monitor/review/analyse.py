"""Run the pipeline over a recording: the same code, fed faster. The events are exactly those of the live run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from calibration import store
from calibration.model import Profile
from monitor.errors import UnusableSignalError
from monitor.pipeline import Pipeline, join_tracks
from monitor.posture.channel import PostureBlock
from monitor.posture.personal import personal
from monitor.recording.reader import Recording
from monitor.review.analysis import RunAnalysis
from monitor.review.postures import grid_blocks, postures
from monitor.settings import Settings
from monitor.values import NS_PER_S, Event, LinkQuality, LogEntry, Mode, SensorInfo, Track

SLICE_S = 3600.0
"""How much of the log is pushed at once: large enough to be fast, small enough for the memory."""
SLOWEST_HZ = 20.0
"""Below this, steps and head movements are not resolved."""


def recorded_profile(recording: Recording) -> Profile | None:
    """The calibration that was in force during the run."""
    return store.from_json(recording.profile_json, "of this recording") if recording.profile_json else None


def recorded_settings(recording: Recording) -> Settings:
    """The settings that were in force during the run."""
    return Settings.from_json(recording.settings_json) if recording.settings_json else Settings()


def analyse(
    recording: Recording,
    *,
    profile: Profile | None = None,
    settings: Settings | None = None,
    mode: Mode | None = None,
    best: bool = False,
) -> RunAnalysis:
    """Everything the pipeline derives from a recording.

    profile, settings, mode : instead of the recorded ones
    best : smooth the orientation in both directions for the tracks; the events stay those of the live estimate. These
        tracks keep the calibrated neutral: neither a re-zero during the run nor the slow adaptation is in them.

    Raises UnusableSignalError where a sensor is too slow for running.
    """
    profile = profile if profile is not None else recorded_profile(recording)
    settings = settings if settings is not None else recorded_settings(recording)
    if mode is not None:
        settings = settings.replaced(mode=mode)
    for info in recording.sensors:
        if info.rate_hz < SLOWEST_HZ:
            raise UnusableSignalError(
                info.key,
                f"{info.rate_hz:.3g} samples a second are too few to follow a runner; "
                f"at least {SLOWEST_HZ:.0f} are needed, 50 or more are good",
            )
    pipeline = Pipeline((), profile, settings)
    events: list[Event] = []
    tracks: dict[str, list[Track]] = {}
    quality: tuple[LinkQuality, ...] = ()
    for entries in _slices(recording, pipeline):
        out = pipeline.push(entries)
        events += out.events
        quality = out.quality
        for track in out.tracks:
            tracks.setdefault(track.sensor, []).append(track)
    joined = {key: join_tracks(parts) for key, parts in tracks.items()}
    if best and pipeline.origin_ns is not None:
        joined = {
            key: _with_best_angles(track, info, recording, profile, pipeline.origin_ns)
            for info in recording.sensors
            if (key := info.key) in joined
            for track in [joined[key]]
        }
    duration_s = max((float(t.t_ns[-1]) / NS_PER_S for t in joined.values() if len(t)), default=0.0)
    return RunAnalysis(
        info=recording.run,
        settings=personal(settings, profile),
        sensors=recording.sensors,
        duration_s=duration_s,
        tracks=joined,
        events=tuple(events),
        quality=quality,
        calibrated={s.sensor: s.sees for s in profile.sites if s.head or s.shoulders} if profile else {},
        estimate="best" if best else "live",
        recovered=not recording.closed,
    )


def _slices(recording: Recording, pipeline: Pipeline) -> Iterator[list[LogEntry]]:
    """The log's slices in order; each sensor is made known to the pipeline when it was set up in the run."""
    versions = recording.sensor_versions
    starts = sorted({v.t_ns for v in versions})
    for start, end in pairwise([*starts, None]):
        for version in versions:
            if version.t_ns == start:
                pipeline.add_sensor(version.info)
        yield from recording.entries(None if start == starts[0] else start, end, slice_s=SLICE_S)


def _with_best_angles(
    track: Track, info: SensorInfo, recording: Recording, profile: Profile | None, origin_ns: int
) -> Track:
    """The same track with angles and scores from the smoothed orientation."""
    site = profile.site(info.key) if profile else None
    blocks = grid_blocks(info, recording.entries(slice_s=SLICE_S))
    best = postures(info, blocks, site, offline=True)
    t_ns = np.concatenate([b.t_ns for b in best]) - origin_ns
    at = np.clip(np.searchsorted(t_ns, track.t_ns), 0, len(t_ns) - 1)

    def column(name: str) -> np.ndarray:
        return np.asarray(_joined(best, name)[at])

    return replace(
        track,
        angle_deg=column("angle_deg"),
        sustained_deg=column("sustained_deg"),
        shoulder=column("shoulder"),
    )


def _joined(blocks: Sequence[PostureBlock], name: str) -> np.ndarray:
    return np.concatenate([getattr(b, name) for b in blocks])
