"""The result of running the pipeline over a whole recording: the one value that metrics and reports read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.settings import Settings
from monitor.values import Event, LinkQuality, RunInfo, SensorInfo, Track


@dataclass(frozen=True, slots=True)
class RunAnalysis:
    """Everything derived from one recording. Times start at 0 with the run's first sample."""

    info: RunInfo
    settings: Settings
    sensors: tuple[SensorInfo, ...]
    duration_s: float
    tracks: Mapping[str, Track]
    """Per sensor key ('head', 'collar'), about 25 Hz."""
    events: tuple[Event, ...]
    quality: tuple[LinkQuality, ...]
    calibrated: Mapping[str, str]
    """Per sensor key: what this placement can see, in words; a key without calibration is absent."""
    estimate: str = "live"
    """'live' (causal, equals the run) or 'best' (smoothed in both directions, for curves and statistics)."""
    recovered: bool = False
    """The recording had not been closed; all that was written is here."""
