"""What a watch recorded of a run, whatever file it came in.

Times are the watch's own UTC clock in integer nanoseconds since 1970. Cadence is in STEPS per minute: the FIT, TCX and
GPX conventions count one foot (strides per minute) and are doubled on reading.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import numpy as np

from monitor.values import FloatArray, IntArray

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class WatchFile(StrEnum):
    """The kinds of watch files that are read."""

    FIT = "FIT"
    GPX = "GPX"
    TCX = "TCX"


@dataclass(frozen=True, slots=True)
class WatchLap:
    """One lap in the watch's UTC nanoseconds, `start_ns` < `end_ns`."""

    start_ns: int
    end_ns: int
    label: str
    """'Lap 1', 'Lap 2', ..."""
    distance_m: float
    """As the watch gives it; NaN where it does not."""
    trigger: str = ""
    """What ended the lap, in the file's own word: 'manual' for a press of the button; '' where it does not say."""

    @property
    def pressed(self) -> bool:
        """The runner's own hand ended the lap."""
        return self.trigger.lower() == "manual"


@dataclass(frozen=True, slots=True)
class WatchPause:
    """The watch's timer stood still between these UTC nanoseconds: by hand, by auto-pause, or between two segments."""

    start_ns: int
    end_ns: int


@dataclass(frozen=True, slots=True)
class WatchSession:
    """One activity of a file that may hold several, in UTC nanoseconds."""

    start_ns: int
    end_ns: int
    sport: str


@dataclass(frozen=True, slots=True)
class WatchTrack:
    """n >= 1 points of a watch.

    t_ns (n,)   UTC, strictly increasing; empty (0,) where the file has no usable times
    lat_deg, lon_deg, elevation_m, distance_m, speed_m_s, cadence_spm, heart_bpm (n,)
                NaN where absent. `distance_m` counts from the watch's start; a GPX file that holds none gets it from
                its positions. `cadence_spm` is steps (both feet) per minute, 0 where the watch counted none
    """

    t_ns: IntArray
    lat_deg: FloatArray
    lon_deg: FloatArray
    elevation_m: FloatArray
    distance_m: FloatArray
    speed_m_s: FloatArray
    cadence_spm: FloatArray
    heart_bpm: FloatArray
    source: WatchFile
    laps: tuple[WatchLap, ...] = ()
    pauses: tuple[WatchPause, ...] = ()
    sessions: tuple[WatchSession, ...] = ()
    """All the activities of the file, also when only one of them was asked for; at least one where there are times."""
    sport: str = ""
    """'running', 'walking', ...; '' where the file does not say."""
    device: str = ""
    """Maker and model as the file names them; '' where it does not."""
    developer_fields: tuple[str, ...] = ()
    """Names of further fields that apps added to the file; their values are not read."""
    warnings: tuple[str, ...] = ()
    """Sentences for the runner on what was missing, damaged or taken for granted."""

    def __len__(self) -> int:
        return len(self.lat_deg)

    @property
    def has_times(self) -> bool:
        """Whether the points have times: without, nothing can be aligned."""
        return len(self.t_ns) > 0

    @property
    def started_utc(self) -> str:
        """ISO 8601 time of the first point, to the second; '' without times."""
        if not self.has_times:
            return ""
        return (_EPOCH + timedelta(microseconds=int(self.t_ns[0]) // 1000)).isoformat(timespec="seconds")

    @property
    def pressed_ns(self) -> IntArray:
        """When the lap button was pressed (k,), UTC nanoseconds, increasing; the end of the last lap is the run's."""
        return np.unique(np.array([lap.end_ns for lap in self.laps[:-1] if lap.pressed], np.int64))

    def session(self, number: int) -> WatchTrack:
        """The points, laps and pauses of one activity, 1 = the file's first. Raises ValueError for a wrong number."""
        if not 1 <= number <= len(self.sessions):
            raise ValueError(f"there are {len(self.sessions)} activities, not {number}")
        chosen = self.sessions[number - 1]
        inside = (self.t_ns >= chosen.start_ns) & (self.t_ns <= chosen.end_ns)
        columns = {f.name: getattr(self, f.name)[inside] for f in fields(self) if f.name in COLUMNS or f.name == "t_ns"}
        return replace(
            self,
            **columns,
            laps=tuple(lap for lap in self.laps if chosen.start_ns <= lap.start_ns < chosen.end_ns),
            pauses=tuple(p for p in self.pauses if chosen.start_ns <= p.start_ns < chosen.end_ns),
            sport=chosen.sport or self.sport,
        )


COLUMNS = ("lat_deg", "lon_deg", "elevation_m", "distance_m", "speed_m_s", "cadence_spm", "heart_bpm")
"""The names of a track's float columns."""
