"""A recording's log pushed through a pipeline, in slices large enough to be fast and small enough for the memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from monitor.pipeline import Pipeline, join_tracks
from monitor.recording.reader import Recording
from monitor.values import Event, LinkQuality, LogEntry, ReZero, Track

SLICE_S = 3600.0
"""How much of the log is pushed at once."""


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
    for entries in _slices(recording, pipeline):
        out = pipeline.push(entries if rezeros else [e for e in entries if not isinstance(e, ReZero)])
        events += out.events
        quality = out.quality
        for track in out.tracks:
            tracks.setdefault(track.sensor, []).append(track)
    joined = {key: join_tracks(tracks.pop(key)) for key in list(tracks)}  # one at a time, for the memory
    return Replayed(joined, tuple(events), quality)


def _slices(recording: Recording, pipeline: Pipeline) -> Iterator[list[LogEntry]]:
    """The log's slices in order, with the sensors added in their places; a run that no sensor joined has a log too."""
    versions = recording.sensor_versions
    starts = sorted({v.t_ns for v in versions})
    for i, (start, end) in enumerate(pairwise([None, *starts[1:], None])):
        for version in versions:
            if version.t_ns == starts[i]:
                pipeline.add_sensor(version.info)
        yield from recording.entries(start, end, slice_s=SLICE_S)
