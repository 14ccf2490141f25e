"""The result of running the pipeline over a whole recording: the one value that metrics and reports read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from calibration.model import SiteCalibration
from calibration.sees import in_words
from monitor.posture.slope import GroundLine
from monitor.review.insight.heart import HeartLine
from monitor.review.modes import ModeSpan
from monitor.settings import Settings
from monitor.values import Event, LinkQuality, RunInfo, SensorInfo, Track


@dataclass(frozen=True, slots=True)
class RunAnalysis:
    """Everything derived from one recording. Times start at 0 with the run's first sample."""

    info: RunInfo
    settings: Settings
    """As they hold for this wearer; `settings.mode` is the mode at the start."""
    sensors: tuple[SensorInfo, ...]
    duration_s: float
    tracks: Mapping[str, Track]
    """Per sensor key ('head', 'collar'), about 25 Hz."""
    events: tuple[Event, ...]
    quality: tuple[LinkQuality, ...]
    sites: Mapping[str, SiteCalibration]
    """Per sensor key: its calibration at the start; a key without one is absent."""
    modes: tuple[ModeSpan, ...]
    """Which mode was in force when; at least one."""
    ground: GroundLine | None = None
    """Speed and slope over the run, at log times as the tracks' `arrival_ns`; None where nothing told them."""
    ground_of_watch: bool = False
    """The ground was learned from a watch afterwards: distances and grades use it, the limits do not, as the rules did
    not know it in the run."""
    heart: HeartLine | None = None
    """Heart rate over the run, at log times; None where nothing told it."""
    origin_ns: int = 0
    """Log time of the run's first sample."""
    estimate: str = "live"
    """'live' (causal, equals the run) or 'best' (smoothed in both directions, for curves and statistics)."""
    recovered: bool = False
    """The recording had not been closed; all that was written is here."""

    @property
    def calibrated(self) -> Mapping[str, str]:
        """Per sensor key: what this placement can see, in words; a key that sees nothing it learned is absent."""
        return {
            key: site.sees or in_words(site.head, site.shoulders, leans=site.trunk is not None)
            for key, site in self.sites.items()
            if site.head or site.shoulders or site.trunk
        }
