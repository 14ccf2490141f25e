"""Run the pipeline over a recording: the same code, fed faster. The events are exactly those of the live run."""

from __future__ import annotations

from calibration import store
from calibration.model import Profile
from monitor.errors import ProfileError, UnusableSignalError
from monitor.pipeline import Pipeline
from monitor.posture.personal import personal
from monitor.posture.slope import GroundLine
from monitor.recording.reader import Recording
from monitor.review.analysis import RunAnalysis
from monitor.review.best import best_tracks
from monitor.review.insight.heart import HeartLine
from monitor.review.modes import mode_spans
from monitor.review.replay import replay
from monitor.settings import Settings
from monitor.values import NS_PER_S, Ground, HeartRate, Mode, ModeChange

IN_RECORDING = "of this recording"
SLOWEST_HZ = 20.0
"""Below this, steps and head movements are not resolved."""


def recorded_profile(recording: Recording) -> Profile | None:
    """The calibration that was in force during the run. Raises ProfileError, which names the way out."""
    if not recording.profile_json:
        return None
    try:
        return store.from_json(recording.profile_json, IN_RECORDING)
    except ProfileError as error:
        raise ProfileError(IN_RECORDING, f"{error.reason}; name another: --profile NAME") from error


def recorded_settings(recording: Recording) -> Settings:
    """The settings that were in force during the run."""
    return Settings.from_json(recording.settings_json, forgiving=True) if recording.settings_json else Settings()


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
    best : smooth the orientation in both directions for the tracks; the events stay those of the live estimate, and so
        do the state of the rules (`over`, `dwell_s`) and the trunk's lean

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
    live = replay(recording, pipeline)
    origin_ns = pipeline.origin_ns or 0
    tracks = best_tracks(live.tracks, recording, profile, settings, origin_ns) if best else live.tracks
    duration_s = max((float(t.t_ns[-1]) / NS_PER_S for t in tracks.values() if len(t)), default=0.0)
    controls = recording.controls()
    ground = GroundLine(entry for entry in controls if isinstance(entry, Ground))
    heart = HeartLine(entry for entry in controls if isinstance(entry, HeartRate))
    return RunAnalysis(
        info=recording.run,
        settings=personal(settings, profile),
        sensors=recording.sensors,
        duration_s=duration_s,
        tracks=tracks,
        events=live.events,
        quality=live.quality,
        sites={s.key: site for s in recording.sensors if profile and (site := profile.site(s.key))},
        modes=mode_spans(settings.mode, (e for e in controls if isinstance(e, ModeChange)), origin_ns, duration_s),
        ground=ground or None,
        heart=heart or None,
        origin_ns=origin_ns,
        estimate="best" if best else "live",
        recovered=not recording.closed,
    )
