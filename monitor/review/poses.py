"""A calibration profile from seconds of a recording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from calibration.finding import Finding
from calibration.model import Pose, Profile, RunningNeutral, SiteCalibration
from calibration.poses import Stretch, capture
from calibration.protocol import PoseKind, TimedStep
from calibration.running import RunningStretch, learn
from calibration.selfcheck import Rest, check_rest
from calibration.site import Poses, calibrate_site
from monitor.errors import CalibrationError
from monitor.posture.channel import is_trusted
from monitor.posture.stride import StrideMean
from monitor.recording.reader import Recording
from monitor.review.postures import grid_blocks, postures
from monitor.review.replay import run_origin_ns
from monitor.sensors.registry import family
from monitor.values import NS_PER_S, Activity, FloatArray, GridBlock, SensorInfo, Site

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
    run: Span | None = None
    """Easy running, looking far ahead."""


def spans_of(held: Sequence[TimedStep]) -> PoseSpans:
    """Where the poses that a guide accepted lie, seconds of the recording."""

    def of(kind: PoseKind) -> list[tuple[float, float]]:
        return [(t.start_s, t.end_s) for t in held if t.step.kind is kind]

    lean, run = of(PoseKind.LEAN), of(PoseKind.RUN)
    return PoseSpans(
        neutral=of(PoseKind.NEUTRAL)[0],
        looks={t.step.pose: (t.start_s, t.end_s) for t in held if t.step.kind is PoseKind.LOOK},
        shrugs=of(PoseKind.SHRUG),
        lean=lean[0] if lean else None,
        run=run[0] if run else None,
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """One sensor over the whole recording: times (s) and one-stride means of up, at full rate."""

    info: SensorInfo
    blocks: Sequence[GridBlock]
    t_s: FloatArray
    up: FloatArray
    trusted: np.ndarray
    activity: np.ndarray
    cadence_spm: FloatArray
    period_s: float

    def inside(self, name: str, span: Span) -> np.ndarray:
        """Which slots lie in a span. Raises CalibrationError where it is none, or lies behind the end."""
        start, end = span
        if not 0 <= start < end:
            raise CalibrationError(
                name, f"{start:g}:{end:g} is not a stretch of time", "Give it as from:to in seconds."
            )
        if start >= self.t_s[-1]:
            raise CalibrationError(
                name,
                f"{start:g}:{end:g} lies behind the end of the recording ({self.t_s[-1]:.0f} s)",
                "Choose other seconds.",
            )
        return np.asarray((self.t_s >= start + min(LEAD_IN_S, (end - start) / 4)) & (self.t_s <= end))


def profile_from(
    recording: Recording,
    name: str,
    created_utc: str,
    spans: PoseSpans,
    forward: str | None = None,
    *,
    eye_height_m: float = 1.62,
    notes: Sequence[str] = (),
    forgiving: bool = False,
) -> Profile:
    """The wearer's profile from poses held in a recording. Raises CalibrationError with reason and remedy.

    eye_height_m : for the floor marks; notes : kept with every sensor
    forgiving : what the calibration can do without is left out with a note instead of being refused; so it is always
        where the pose tells that sensor nothing (a shrug on the head, a look down on the collar of a head's wearer)
    """
    if not recording.sensors:
        raise CalibrationError("recording", "it holds no sensor", "Record again with a sensor.")
    origin = run_origin_ns(recording)
    if origin is None:
        raise CalibrationError("recording", "it holds no data", "Record again with the sensor switched on.")
    with_head = any(info.site is Site.HEAD for info in recording.sensors)
    sites: list[SiteCalibration] = []
    for info in recording.sensors:
        seen = _seen(info, recording, origin)
        elsewhere = with_head and info.site is not Site.HEAD
        said = [*notes, *(finding.text for finding in _self_check(seen, spans.neutral))]
        poses = _poses(seen, spans, elsewhere, forgiving, said)
        sites.append(
            calibrate_site(
                info,
                family(info.family).has_gyro,
                poses,
                head_elsewhere=elsewhere,
                forward=forward,
                eye_height_m=eye_height_m,
                notes=said,
            )
        )
    if not any(site.head or site.shoulders for site in sites):
        raise CalibrationError(
            "poses",
            "none of them tells this placement anything: " + " ".join(site.sees for site in sites),
            "A sensor on the head needs a look down, one on the shoulder a shrug.",
        )
    simulated = recording.run.simulated or any(s.simulated for s in recording.sensors)
    return Profile(name, created_utc, simulated, tuple(sites))


def _seen(info: SensorInfo, recording: Recording, origin: int) -> _Seen:
    """Directions over the whole recording, with the gyroscope's bias known from the start."""
    blocks = grid_blocks(info, recording.entries())
    found = postures(info, blocks, known_bias=True)
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

    return _Seen(
        info=info,
        blocks=blocks,
        t_s=(column("t_ns") - origin) / NS_PER_S,
        up=np.concatenate(ups),
        trusted=np.asarray(is_trusted(column("reason"))),
        activity=column("activity"),
        cadence_spm=column("cadence_spm"),
        period_s=found[0].period_s,
    )


def _poses(seen: _Seen, spans: PoseSpans, head_elsewhere: bool, forgiving: bool, said: list[str]) -> Poses:
    """The poses as this sensor saw them; what is left out is said."""
    on_head = seen.info.site is Site.HEAD

    def pose(name: str, span: Span | None, optional: bool) -> Pose | None:
        if span is None:
            return None
        try:
            return _pose(name, seen, span)
        except CalibrationError as error:
            if not optional:
                raise
            said.append(f"{name}: left out ({error.reason}).")
            return None

    spare = head_elsewhere or (forgiving and len(spans.looks) > 1)
    looks = {name: pose(f"look {name}", span, spare) for name, span in spans.looks.items()}
    shrugs = [pose("shrug", span, on_head or forgiving) for span in spans.shrugs]
    return Poses(
        neutral=_pose(f"neutral ({seen.info.key})", seen, spans.neutral),
        looks={name: look for name, look in looks.items() if look is not None},
        shrugs=[shrug for shrug in shrugs if shrug is not None],
        lean=pose("lean", spans.lean, on_head or forgiving),
        running=_running(seen, spans.run, forgiving, said),
    )


def _pose(name: str, seen: _Seen, span: Span) -> Pose:
    inside = seen.inside(name, span)
    activity = seen.activity[inside]
    moving = (activity == Activity.RUN) | (activity == Activity.WALK)
    part = bool(len(moving) and moving.mean() > 0.5)
    return capture(name, Stretch(seen.up[inside], seen.trusted[inside], part, seen.period_s))


def _running(seen: _Seen, span: Span | None, forgiving: bool, said: list[str]) -> RunningNeutral | None:
    if span is None:
        return None
    inside = seen.inside("easy running", span)
    try:
        return learn(
            RunningStretch(
                seen.up[inside],
                seen.trusted[inside],
                seen.activity[inside] == Activity.RUN,
                seen.cadence_spm[inside],
                seen.period_s,
            )
        )
    except CalibrationError as error:
        if not forgiving:
            raise
        said.append(f"easy running: left out ({error.reason}).")
        return None


def _self_check(seen: _Seen, span: Span) -> tuple[Finding, ...]:
    """Doubts about the sensor from the neutral, where that was held standing."""
    inside = seen.inside("neutral", span)
    if not len(seen.activity[inside]) or not np.all(seen.activity[inside] == Activity.STILL):
        return ()
    real = np.concatenate([block.real for block in seen.blocks]) & inside
    acc, gyr, clipped = (
        np.concatenate([getattr(block, name) for block in seen.blocks])[real] for name in ("acc", "gyr", "clipped")
    )
    return check_rest(seen.info.key, Rest(acc, gyr, clipped, 1.0 / seen.period_s, seen.info.rate_hz))
