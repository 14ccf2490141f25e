"""What if: a run that was seen once, judged again under other settings.

Of the way from notifications to events the first half, what the sensors showed, knows no setting. It is gone through
once and kept; other limits then cost only the second half. The answer is exact: every event and every value of every
track is what a whole new analysis with those settings would give, bit for bit (tested).

A run that would not fit the memory allowed for it is replayed from the recording instead: as exact, but slower.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from calibration.model import Profile
from monitor.alerts.judge import Sighting
from monitor.pipeline import Pipeline
from monitor.posture.channel import PostureBlock
from monitor.posture.personal import personal
from monitor.recording.reader import Recording, open_recording
from monitor.review.analyse import recorded_profile
from monitor.review.analysis import RunAnalysis
from monitor.review.modes import mode_spans
from monitor.review.replay import Replayed
from monitor.review.splits import NO_EDITS, Edits
from monitor.review.whatif_neutral import NewNeutral, neutrals_of, profile_at_start, replay_with
from monitor.settings import Settings
from monitor.steps import Pause, Seen, Step
from monitor.values import BatteryLevel, EventKind, HeartRate, ModeChange

MOST_BYTES = 400_000_000
"""So much of what was seen is kept: some 14 h of two sensors at 100 Hz, which take 27 MB an hour."""
NOT_JUDGED = ("up", "stride_slots", "phase")
"""What neither a rule nor a track reads."""


@dataclass(frozen=True, slots=True)
class SeenRun:
    """What a run showed. `steps` None: it would not have fitted; `size_bytes`: what it takes."""

    steps: tuple[Step, ...] | None
    size_bytes: int


class Keeper:
    """Collects the steps of a run, without what no rule reads. Give `keep` to a `Pipeline`."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._steps: list[Step] = []
        self._size = 0

    @property
    def fits(self) -> bool:
        """Whether all of it could be kept so far."""
        return self._size <= self._most

    def keep(self, step: Step) -> None:
        """The next step."""
        if not self.fits or isinstance(step, (BatteryLevel, HeartRate)):  # these leave no trace in events or tracks
            return
        if isinstance(step, Seen):
            slim, size = _slim(step.sighting)
            self._size += size
            if self._size > self._most:
                self._steps.clear()
                return
            step = replace(step, sighting=slim)
            # What is decided at once may be decided later, as long as only more is seen between.
            if self._steps and self._steps[-1] is Pause.DECIDE:
                self._steps.pop()
        self._steps.append(step)

    def seen(self) -> SeenRun:
        """All that was kept."""
        return SeenRun(tuple(self._steps) if self.fits else None, self._size)


class Rescorer:
    """One run under other settings; made by `rescorer_of`.

    analysis : of the run under the settings as they were, and with the edits, if any
    seen : what it showed
    """

    def __init__(
        self, path: Path, analysis: RunAnalysis, seen: SeenRun, profile: Profile | None, neutrals: Sequence[NewNeutral],
        mode_changes: Sequence[ModeChange],
    ) -> None:  # fmt: skip
        self.analysis = analysis
        self.seen = seen
        self._path = path
        self._profile = profile
        self._neutrals = tuple(neutrals)
        self._changes = tuple(mode_changes)

    @property
    def settings(self) -> Settings:
        """The settings as they were, to be changed and given to `rescore`: every limit is the one that held."""
        return self.analysis.settings.replaced(own_limits=False)

    def rescore(self, settings: Settings) -> RunAnalysis:
        """The analysis under these settings, exactly. Calls in several threads do not disturb each other.

        Raises RecordingError where the recording is needed again and cannot be read.
        """
        pipeline = Pipeline((), self._profile, settings)
        if self.seen.steps is not None:
            out = pipeline.judge_again(self.seen.steps)
            found = Replayed({track.sensor: track for track in out.tracks}, out.events, ())
        else:
            with open_recording(self._path) as recording:
                found = replay_with(recording, pipeline, self._neutrals)
        return _under(self.analysis, found, personal(settings, self._profile), self._changes)


def rescorer_of(
    path: Path,
    analysis: RunAnalysis,
    *,
    profile: Profile | None = None,
    edits: Edits = NO_EDITS,
    most_bytes: int = MOST_BYTES,
) -> Rescorer:
    """Look through a recording once more, and keep what it shows. Takes as long as an analysis.

    path : the recording that `analysis` (live estimate) is of
    profile : the calibration that the analysis was given; None: the recorded one
    edits : other neutrals for parts of the run

    Raises RecordingError, and CalibrationError where a stretch shows no neutral.
    """
    with open_recording(path) as recording:
        profile = profile if profile is not None else recorded_profile(recording)
        neutrals = neutrals_of(recording, analysis.origin_ns, profile, edits)
        profile = profile_at_start(profile, neutrals)
        keeper = Keeper(most_bytes)
        settings = analysis.settings.replaced(own_limits=False)
        found = replay_with(recording, Pipeline((), profile, settings, keep=keeper.keep), neutrals)
        changes = _mode_changes(recording)
    if edits:
        sites = {key: site for key in analysis.sites if profile and (site := profile.site(key))}
        analysis = replace(_under(analysis, found, analysis.settings, changes), sites=sites)
    return Rescorer(path, analysis, keeper.seen(), profile, neutrals, changes)


def _under(was: RunAnalysis, found: Replayed, settings: Settings, changes: Sequence[ModeChange]) -> RunAnalysis:
    """The analysis with what was found under other settings; what no setting touches stays.

    A mark says what it said in the run, also where a re-zero would come to something else under another neutral.
    """
    marks = iter([event for event in was.events if event.kind is EventKind.MARK])
    return replace(
        was,
        settings=settings,
        tracks=found.tracks,
        events=tuple(next(marks, e) if e.kind is EventKind.MARK else e for e in found.events),
        modes=mode_spans(settings.mode, changes, was.origin_ns, was.duration_s),
        estimate="live",
    )


def _mode_changes(recording: Recording) -> tuple[ModeChange, ...]:
    return tuple(entry for entry in recording.controls() if isinstance(entry, ModeChange))


def _slim(sighting: Sighting) -> tuple[Sighting, int]:
    """A sighting with its own copy of what is read later, and the bytes that takes."""
    posture, size = sighting.posture, 0
    columns: dict[str, Any] = {}
    for name in (f.name for f in fields(PostureBlock)):
        values = getattr(posture, name)
        if not isinstance(values, np.ndarray):
            continue
        if name in NOT_JUDGED or (values.dtype == np.float64 and np.isnan(values).all()):
            columns[name] = np.broadcast_to(np.full((1,) * values.ndim, np.nan), values.shape)  # takes no room
        else:
            columns[name] = values.copy()
            size += values.nbytes
    return replace(sighting, posture=replace(posture, **columns)), size
