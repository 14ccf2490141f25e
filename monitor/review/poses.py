"""A calibration profile from seconds of a recording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from calibration.fit import fit_head, fit_shoulders
from calibration.model import HeadCalibration, Pose, Profile, ShoulderCalibration, SiteCalibration
from calibration.poses import Stretch, capture
from calibration.sees import in_words
from monitor.errors import CalibrationError
from monitor.posture.channel import is_trusted
from monitor.posture.stride import StrideMean
from monitor.recording.reader import Recording
from monitor.review.postures import grid_blocks, postures
from monitor.sensors.registry import family
from monitor.timing.origin import origin_ns
from monitor.values import NS_PER_S, Activity, FloatArray, SensorInfo, Site

LEAD_IN_S = 0.7
"""The one-stride mean at the start of a pose still holds the pose before it."""

Span = tuple[float, float]
"""From and to, seconds of the recording."""


@dataclass(frozen=True, slots=True)
class PoseSpans:
    """Where in a recording each pose was held. `looks` maps '4ft', '7ft', 'feet' or 'down' to its span."""

    neutral: Span
    looks: Mapping[str, Span] = field(default_factory=dict)
    shrugs: Sequence[Span] = ()
    lean: Span | None = None


@dataclass(frozen=True, slots=True)
class _Seen:
    """One sensor over the whole recording: times (s) and one-stride means of up, at full rate."""

    t_s: FloatArray
    up: FloatArray
    trusted: np.ndarray
    moving: np.ndarray
    period_s: float


def profile_from(
    recording: Recording, name: str, created_utc: str, spans: PoseSpans, forward: str | None = None
) -> Profile:
    """The wearer's profile from poses held in a recording. Raises CalibrationError with reason and remedy."""
    if not recording.sensors:
        raise CalibrationError("recording", "it holds no sensor", "Record again with a sensor.")
    firsts = [p for s in recording.sensors if (p := recording.packets(s.key, to_ns=recording.first_ns + NS_PER_S * 60))]
    if not firsts:
        raise CalibrationError("recording", "it holds no data", "Record again with the sensor switched on.")
    origin = origin_ns(recording.sensors, firsts)
    sites = [_site(info, _seen(info, recording, origin), spans, forward) for info in recording.sensors]
    simulated = recording.run.simulated or any(s.simulated for s in recording.sensors)
    return Profile(name, created_utc, simulated, tuple(sites))


def _seen(info: SensorInfo, recording: Recording, origin: int) -> _Seen:
    """Directions over the whole recording, with the gyroscope's bias known from the start."""
    found = postures(info, grid_blocks(info, recording.entries()), known_bias=True)
    if not found:
        raise CalibrationError(f"{info.key} sensor", "it sent nothing", "Check that it is switched on and charged.")
    mean = StrideMean(found[0].period_s, columns=3)
    ups = []
    for block in found:
        if block.restart:
            mean.restart()
        ups.append(mean.push(block.up, block.stride_slots))

    def column(pick: str) -> np.ndarray:
        return np.concatenate([getattr(b, pick) for b in found])

    activity = column("activity")
    return _Seen(
        t_s=(column("t_ns") - origin) / NS_PER_S,
        up=np.concatenate(ups),
        trusted=np.asarray(is_trusted(column("reason"))),
        moving=(activity == Activity.RUN) | (activity == Activity.WALK),
        period_s=found[0].period_s,
    )


def _site(info: SensorInfo, seen: _Seen, spans: PoseSpans, forward: str | None) -> SiteCalibration:
    neutral = _pose(f"neutral ({info.key})", seen, spans.neutral)
    looks = [_pose(f"look {name}", seen, span) for name, span in spans.looks.items()]
    shrugs = [_pose("shrug", seen, span) for span in spans.shrugs]
    lean = _pose("lean", seen, spans.lean) if spans.lean else None
    head: HeadCalibration | None = None
    if info.site is Site.HEAD:
        head = fit_head(neutral, looks, forward)
    shoulders: ShoulderCalibration | None = fit_shoulders(neutral, shrugs, lean) if shrugs else None
    poses: list[Pose] = [neutral, *looks, *shrugs, *([lean] if lean else [])]
    return SiteCalibration(
        sensor=info.key,
        site=info.site.value,
        sensor_name=info.name,
        sensor_address=info.address,
        estimator="vqf" if family(info.family).has_gyro else "accelerometer",
        poses=tuple(poses),
        head=head,
        shoulders=shoulders,
        sees=in_words(head, shoulders),
    )


def _pose(name: str, seen: _Seen, span: Span) -> Pose:
    start, end = span
    if not 0 <= start < end:
        raise CalibrationError(name, f"{start:g}:{end:g} is not a stretch of time", "Give it as from:to in seconds.")
    if start >= seen.t_s[-1]:
        raise CalibrationError(
            name,
            f"{start:g}:{end:g} lies behind the end of the recording ({seen.t_s[-1]:.0f} s)",
            "Choose other seconds.",
        )
    inside = (seen.t_s >= start + min(LEAD_IN_S, (end - start) / 4)) & (seen.t_s <= end)
    stretch = Stretch(seen.up[inside], seen.trusted[inside], bool(seen.moving[inside].mean() > 0.5), seen.period_s)
    return capture(name, stretch)
