"""A recording's log pushed through a pipeline, in slices large enough to be fast and small enough for the memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from monitor.pipeline import Pipeline, join_tracks
from monitor.recording.reader import Recording
from monitor.timing.origin import OriginSearch
from monitor.values import Event, LinkQuality, LogEntry, ReZero, SensorInfo, Track

SLICE_S = 3600.0
"""How much of the log is pushed at once."""
_SEARCH_S = 60.0
"""How much of it is looked through at once for the first sample."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """All that a pipeline made of a recording: tracks per sensor key, events in order, link quality at the end."""

    tracks: dict[str, Track]
    events: tuple[Event, ...]
    quality: tuple[LinkQuality, ...]


def replay(recording: Recording, pipeline: Pipeline, *, rezeros: bool = True) -> Replayed:
    """Push the whole log; each sensor is made known to the pipeline when it was set up in the run.

    rezeros : False leaves the re-zeroes of the run out
    """
    events: list[Event] = []
    tracks: dict[str, list[Track]] = {}
    quality: tuple[LinkQuality, ...] = ()
    for entries in _slices(recording, pipeline.add_sensor, SLICE_S):
        out = pipeline.push(entries if rezeros else [e for e in entries if not isinstance(e, ReZero)])
        events += out.events
        quality = out.quality
        for track in out.tracks:
            tracks.setdefault(track.sensor, []).append(track)
    joined = {key: join_tracks(tracks.pop(key)) for key in list(tracks)}  # one at a time, for the memory
    return Replayed(joined, tuple(events), quality)


def run_origin_ns(recording: Recording) -> int | None:
    """Log time of the run's first sample, as a pipeline finds it; None for a run without any."""
    search = OriginSearch()
    for entries in _slices(recording, search.add_sensor, _SEARCH_S):
        if (found := search.take(entries)) is not None:
            return found
    return None


def _slices(recording: Recording, add_sensor: Callable[[SensorInfo], None], slice_s: float) -> Iterator[list[LogEntry]]:
    """The log's slices in order, with the sensors added in their places; a run that no sensor joined has a log too."""
    versions = recording.sensor_versions
    starts = sorted({v.t_ns for v in versions})
    for i, (start, end) in enumerate(pairwise([None, *starts[1:], None])):
        for version in versions:
            if version.t_ns == starts[i]:
                add_sensor(version.info)
        yield from recording.entries(start, end, slice_s=slice_s)
