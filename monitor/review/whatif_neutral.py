"""The neutral that a stretch of a recorded run shows, and the run replayed with it.

What counts is the running neutral: one-stride means of "up" over even, trusted running. A stretch that is too short,
unsteady, or not run is refused with a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from calibration.directions import as_vector, unit
from calibration.model import Profile, SiteCalibration, Vector
from calibration.rezero import rezero
from calibration.running import RunningStretch, learn
from monitor.errors import CalibrationError
from monitor.pipeline import Pipeline, join_tracks
from monitor.posture.channel import PostureChannel, is_trusted
from monitor.posture.stride import StrideMean
from monitor.recording.reader import Recording
from monitor.review.replay import SLICE_S, Replayed
from monitor.review.report_words import clock_words
from monitor.review.splits import Edits, Split
from monitor.timing.sensor_slots import SensorSlots
from monitor.values import (
    NS_PER_S,
    Activity,
    BoolArray,
    Event,
    FloatArray,
    LinkChange,
    LinkQuality,
    LinkState,
    LogEntry,
    PacketBlock,
    ReZero,
    SensorInfo,
    Track,
)

LONGEST_STRETCH_S = 600.0
"""A neutral is a matter of half a minute; ten minutes is the most that is looked at."""
LOOK_S = 0.5
"""So often the head is looked at for its highest tenth."""
HIGHEST = (5.0, 15.0)
"""Percentiles of the pitch that are 'the highest tenth': the very highest are looks up."""
LEAST_RUNNING_S = 120.0
"""So much trusted running after a split tells where the head's highest tenth is."""


@dataclass(frozen=True, slots=True)
class NewNeutral:
    """From log time `t_ns` on (None: from the start) a sensor is judged by this calibration."""

    t_ns: int | None
    site: SiteCalibration


@dataclass(frozen=True, slots=True)
class _Directions:
    """One-stride means of up: t_s (n,), up (n,3), trusted, running (n,), cadence_spm (n,); `period_s` between them."""

    t_s: FloatArray
    up: FloatArray
    trusted: BoolArray
    running: BoolArray
    cadence_spm: FloatArray
    period_s: float


def neutrals_of(recording: Recording, origin_ns: int, profile: Profile | None, edits: Edits) -> tuple[NewNeutral, ...]:
    """The calibrations that edits ask for, in order of time.

    origin_ns : log time of the run's first sample; profile : in force at the start of the run

    Raises CalibrationError, with a sentence, where a stretch shows no neutral or a sensor is not calibrated.
    """
    sites: dict[str, SiteCalibration] = {site.sensor: site for site in profile.sites} if profile else {}
    infos = {info.key: info for info in recording.sensors}
    out = []
    for split in edits.in_force:
        name = f"neutral of the {split.sensor} sensor"
        if split.sensor not in sites or split.sensor not in infos:
            raise CalibrationError(name, "it is not calibrated in this run", "Calibrate it from the recording first.")
        site = sites[split.sensor]
        end_s = edits.end_s(split)
        up = _pointed_at(recording, infos[split.sensor], site, split, origin_ns, end_s, name)
        sites[split.sensor] = rezero(site, up, running=True)
        out.append(NewNeutral(origin_ns + round(split.at_s * NS_PER_S) if split.at_s else None, sites[split.sensor]))
    return tuple(out)


def profile_at_start(profile: Profile | None, neutrals: Sequence[NewNeutral]) -> Profile | None:
    """The profile with the neutrals that hold from the start."""
    first = {new.site.sensor: new.site for new in neutrals if new.t_ns is None}
    return replace(profile, sites=tuple(first.get(s.sensor, s) for s in profile.sites)) if profile else None


def replay_with(recording: Recording, pipeline: Pipeline, neutrals: Sequence[NewNeutral]) -> Replayed:
    """Push the whole log through a pipeline that was made with `profile_at_start`.

    A re-zero by the runner is in the log as it was; in a part with a neutral of its own, that one holds on.
    """
    events: list[Event] = []
    tracks: dict[str, list[Track]] = {}
    quality: tuple[LinkQuality, ...] = ()
    for entries in _slices(recording, pipeline, neutrals):
        out = pipeline.push(entries)
        events += out.events
        quality = out.quality
        for track in out.tracks:
            tracks.setdefault(track.sensor, []).append(track)
    joined = {key: join_tracks(tracks.pop(key)) for key in list(tracks)}  # one at a time, for the memory
    return Replayed(joined, tuple(events), quality)


def _slices(recording: Recording, pipeline: Pipeline, neutrals: Sequence[NewNeutral]) -> Iterator[list[LogEntry]]:
    """The log's slices in order, with sensors and neutrals put in their places."""
    versions = recording.sensor_versions
    rezeros = [entry.t_ns + 1 for entry in recording.controls() if isinstance(entry, ReZero)] if neutrals else []
    times = sorted({v.t_ns for v in versions} | {n.t_ns for n in neutrals if n.t_ns is not None} | set(rezeros))
    for number, (start, end) in enumerate(pairwise([*times, None])):
        for version in versions:
            if version.t_ns == start:
                pipeline.add_sensor(version.info)
        renewed = [n for n in neutrals if n.t_ns == start] if start not in rezeros else _holding(neutrals, start)
        if renewed and start is not None:
            pipeline.take_neutrals(start, [new.site for new in renewed])
        yield from recording.entries(None if not number else start, end, slice_s=SLICE_S)


def _holding(neutrals: Sequence[NewNeutral], t_ns: int | None) -> list[NewNeutral]:
    """The neutral of each sensor that holds at a log time."""
    latest = {n.site.sensor: n for n in neutrals if n.t_ns is None or (t_ns is not None and n.t_ns <= t_ns)}
    return list(latest.values())


def _pointed_at(
    recording: Recording,
    info: SensorInfo,
    site: SiteCalibration,
    split: Split,
    origin_ns: int,
    part_end_s: float,
    name: str,
) -> Vector:
    """Up, in sensor axes, as a split says that it is neutral."""
    if split.stretch is None:
        seen = _directions(recording, info, site, origin_ns, (split.at_s, part_end_s), LOOK_S)
        return _highest_tenth(seen, site, name)
    start_s, end_s = split.stretch
    if not split.at_s <= start_s < end_s <= part_end_s:
        raise CalibrationError(
            name,
            f"{clock_words(start_s)}-{clock_words(end_s)} does not lie in the part that it is for",
            "Choose a stretch between the two places where the sensor moved.",
        )
    if start_s >= (recording.last_ns - origin_ns) / NS_PER_S:
        raise CalibrationError(name, "the stretch lies behind the end of the run", "Choose an earlier one.")
    if end_s - start_s > LONGEST_STRETCH_S:
        raise CalibrationError(name, "the stretch is longer than ten minutes", "Half a minute of even running is best.")
    seen = _directions(recording, info, site, origin_ns, split.stretch, None)
    try:
        return learn(RunningStretch(seen.up, seen.trusted, seen.running, seen.cadence_spm, seen.period_s)).up
    except CalibrationError as error:
        remedy = "Choose half a minute of even running, looking far ahead."
        raise CalibrationError(f"{clock_words(start_s)}-{clock_words(end_s)}", error.reason, remedy) from error


def _highest_tenth(seen: _Directions, site: SiteCalibration, name: str) -> Vector:
    """The mean direction where the nose was highest."""
    good = seen.trusted & seen.running
    if site.head is None:
        raise CalibrationError(name, "this sensor is not worn on the head", "Point at a stretch that was neutral.")
    if good.sum() * seen.period_s < LEAST_RUNNING_S:
        raise CalibrationError(
            name,
            f"only {good.sum() * seen.period_s:.0f} s were run after it",
            "Two minutes of running are needed; or point at a stretch that was neutral.",
        )
    up = seen.up[good]
    up = up / np.maximum(np.linalg.norm(up, axis=1, keepdims=True), 1e-12)
    pitch = up @ np.array(site.head.nod)  # the order is that of the angles
    low, high = np.percentile(pitch, HIGHEST)
    return as_vector(unit(up[(pitch >= low) & (pitch <= high)].mean(axis=0)))


def _directions(
    recording: Recording,
    info: SensorInfo,
    site: SiteCalibration,
    origin_ns: int,
    span: tuple[float, float],
    every_s: float | None,
) -> _Directions:
    """What a sensor showed in a span of the run's seconds, each slot or one in `every_s`; seen from the start on, as
    the filters remember."""
    slots = SensorSlots(info)
    channel = PostureChannel(slots.has_gyro, site)
    mean: StrideMean | None = None
    period_s, step = 0.0, 1
    parts: list[tuple[np.ndarray, ...]] = []
    to_ns = None if np.isinf(span[1]) else origin_ns + round((span[1] + 5.0) * NS_PER_S)
    for entry in (entry for slice_ in recording.entries(None, to_ns, slice_s=SLICE_S / 4) for entry in slice_):
        if isinstance(entry, LinkChange) and entry.sensor == info.key and entry.state is LinkState.LOST:
            slots.relink()
        if not isinstance(entry, PacketBlock) or entry.sensor != info.key:
            continue
        for block in slots.push(entry):
            posture = channel.push(block)
            if mean is None or posture.period_s != period_s:
                period_s = posture.period_s
                mean = StrideMean(period_s, columns=3)
                step = max(1, round(every_s / period_s)) if every_s else 1
            elif posture.restart:
                mean.restart()
            up = mean.push(posture.up, posture.stride_slots)
            t_s = (posture.t_ns - origin_ns) / NS_PER_S
            pick = np.arange(-posture.index % step, len(t_s), step)
            pick = pick[(t_s[pick] >= span[0]) & (t_s[pick] <= span[1])]
            running = posture.activity[pick] == Activity.RUN
            parts.append((t_s[pick], up[pick], is_trusted(posture.reason[pick]), running, posture.cadence_spm[pick]))
    if not parts:
        raise CalibrationError(f"{info.key} sensor", "it sent nothing", "Choose another stretch.")
    t_s, up, trusted, running, cadence = (np.concatenate(column) for column in zip(*parts, strict=True))
    return _Directions(t_s, up, trusted, running, cadence, period_s * step)
