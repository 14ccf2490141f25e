"""The numbers a run is listed and compared by, and what each one was measured with.

Two numbers may only be compared where they were measured with the same ruler: head angles count from a calibrated
neutral, shares past a limit depend on the limit, and cues depend on how many of them the runner wanted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from monitor.review.insight.columns import RunColumns
from monitor.review.insight.spans import SpanNumbers
from monitor.review.metrics import RunMetrics
from monitor.review.track_time import time_mean


class Ruler(StrEnum):
    """What a number was measured with, beyond the ground and the wearer."""

    CLOCK = "clock"
    """Time, distance and data: the same for every run."""
    GROUND = "ground"
    """Rhythm and effort: any sensor will do, but the ground asks for another one."""
    HEAD = "head"
    """The head's calibrated neutral."""
    LIMIT = "limit"
    """The neutral and the limits in force."""
    CUES = "cues"
    """All that decides on cues."""
    SHOULDERS = "shoulders"
    """The shoulders' calibration."""


class Kind(StrEnum):
    """How a number is printed."""

    TIME = "time"
    DEG = "deg"
    SHARE = "share"
    STEPS = "spm"
    BEATS = "bpm"
    COUNT = "count"
    SECONDS = "s"
    RATE = "per_hour"
    DISTANCE = "m"
    HEIGHT = "height_m"
    SPEED = "m_s"
    PERCENT = "pct"


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of a run. `key` is its name in the JSON; shares are 0..1, all else as its `kind` says."""

    key: str
    name: str
    kind: Kind
    ruler: Ruler


MEASURES: tuple[Measure, ...] = (
    Measure("duration_s", "Length", Kind.TIME, Ruler.CLOCK),
    Measure("running_s", "Running", Kind.TIME, Ruler.CLOCK),
    Measure("running_valid_share", "Of it seen well", Kind.SHARE, Ruler.CLOCK),
    Measure("distance_m", "Distance", Kind.DISTANCE, Ruler.CLOCK),
    Measure("speed_mean_m_s", "Pace", Kind.SPEED, Ruler.GROUND),
    Measure("climb_m", "Climb", Kind.HEIGHT, Ruler.CLOCK),
    Measure("heart_mean_bpm", "Heart rate", Kind.BEATS, Ruler.GROUND),
    Measure("cadence_median_spm", "Cadence", Kind.STEPS, Ruler.GROUND),
    Measure("head_from_calibration_deg", "Head, mean", Kind.DEG, Ruler.HEAD),
    Measure("head_pitch_mean_deg", "Head, mean, as cued on", Kind.DEG, Ruler.HEAD),
    Measure("head_pitch_median_deg", "Head, typical", Kind.DEG, Ruler.HEAD),
    Measure("head_pitch_p95_deg", "Head, lowest 5 %", Kind.DEG, Ruler.HEAD),
    Measure("near_gaze_share", "Eyes near the feet", Kind.SHARE, Ruler.HEAD),
    Measure("past_limit_share", "Past the limit", Kind.SHARE, Ruler.LIMIT),
    Measure("head_down_number", "Long looks down", Kind.COUNT, Ruler.LIMIT),
    Measure("head_down_longest_s", "Longest of them", Kind.TIME, Ruler.LIMIT),
    Measure("prompts", "Cues", Kind.COUNT, Ruler.CUES),
    Measure("prompts_per_hour", "Cues per hour", Kind.RATE, Ruler.CUES),
    Measure("correction_median_s", "Until corrected", Kind.SECONDS, Ruler.CUES),
    Measure("shoulder_mean", "Shoulders, of your shrug", Kind.SHARE, Ruler.SHOULDERS),
    Measure("shoulder_past_share", "Shoulders past the limit", Kind.SHARE, Ruler.SHOULDERS),
    Measure("loss_pct", "Samples lost", Kind.PERCENT, Ruler.CLOCK),
)
BY_KEY: Mapping[str, Measure] = {m.key: m for m in MEASURES}


def numbers_of(metrics: RunMetrics, columns: RunColumns, running: SpanNumbers | None) -> dict[str, float | None]:
    """One value for each measure; None where the data cannot say. `running`: the run's running part.

    The first head number counts from the calibrated neutral: the one that the cues follow would hide a posture that
    changes slowly.
    """
    near = metrics.zone_s
    seen_s = sum(near.values())
    shoulders, bouts = metrics.shoulders, metrics.head_down
    lost = [link.loss_pct for link in metrics.links if link.loss_pct is not None]
    return {
        "duration_s": metrics.duration_s,
        "running_s": metrics.running_s,
        "running_valid_share": metrics.running_valid_share,
        "distance_m": running.distance_m if running else None,
        "speed_mean_m_s": running.speed_mean_m_s if running else None,
        "climb_m": running.climb_m if running else None,
        "heart_mean_bpm": running.heart_mean_bpm if running else None,
        "cadence_median_spm": metrics.cadence_median_spm,
        "head_from_calibration_deg": time_mean(columns.calibrated_deg[columns.seen], columns.weight_s[columns.seen]),
        "head_pitch_mean_deg": metrics.head_pitch_mean_deg,
        "head_pitch_median_deg": metrics.head_pitch_median_deg,
        "head_pitch_p95_deg": metrics.head_pitch_p95_deg,
        "near_gaze_share": sum(list(near.values())[:2]) / seen_s if seen_s > 0 else None,
        "past_limit_share": metrics.past_limit_share,
        "head_down_number": float(bouts.number) if bouts is not None else None,
        "head_down_longest_s": bouts.longest_s if bouts is not None and bouts.number else None,
        "prompts": float(metrics.prompts),
        "prompts_per_hour": metrics.prompts_per_hour,
        "correction_median_s": metrics.correction_median_s,
        "shoulder_mean": shoulders.mean if shoulders else None,
        "shoulder_past_share": shoulders.past_share if shoulders else None,
        "loss_pct": max(lost) if lost else None,
    }
