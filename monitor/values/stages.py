"""What travels between the stages, from decoded samples to events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from monitor.values.basics import NS_PER_S, BoolArray, CodeArray, EventKind, FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class SampleBlock:
    """n samples of one sensor in its own axes, as decoded.

    arrival_ns (n,)  arrival of the notification that completed the sample
    tick       (n,)  device time stamp, raw units, not unwrapped; None where the sensor has none
    acc        (n,3) specific force, m/s²
    gyr        (n,3) angular rate, rad/s; NaN where the sensor has no gyroscope
    clipped    (n,)  an axis reads its full scale
    """

    arrival_ns: IntArray
    tick: IntArray | None
    acc: FloatArray
    gyr: FloatArray
    clipped: BoolArray

    def __len__(self) -> int:
        return len(self.arrival_ns)


@dataclass(frozen=True, slots=True)
class GridBlock:
    """n consecutive slots of a sensor's uniform grid; slots without a sample have `real == False` and NaN values.

    index      int   number of the first slot since the run's start
    period_s   float slot length by the sensor's own clock
    t_ns       (n,)  when the slot was measured, run clock (fitted, not arrival)
    arrival_ns (n,)  arrival of the notification that brought the slot (for a missing slot: the next real one)
    acc, gyr   (n,3) m/s², rad/s
    real, clipped (n,) bool
    restart    bool  the slots before this block were lost for so long that estimators start anew
    """

    index: int
    period_s: float
    t_ns: IntArray
    arrival_ns: IntArray
    acc: FloatArray
    gyr: FloatArray
    real: BoolArray
    clipped: BoolArray
    restart: bool = False

    def __len__(self) -> int:
        return len(self.t_ns)


@dataclass(frozen=True, slots=True)
class Track:
    """n posture values of one sensor, decimated to about 25 Hz: what charts, review and exports read.

    t_ns        (n,) when it was measured, run clock, 0 = the run's first sample
    arrival_ns  (n,) when the value became known
    activity    (n,) `Activity` codes
    cadence_spm (n,) steps per minute, NaN when there is no rhythm
    angle_deg   (n,) head: pitch, nose down positive; other sites: NaN. NaN when not calibrated
    sustained_deg (n,) mean of `angle_deg` over the last stride
    shoulder    (n,) shoulder score, 1 = own full shrug, one-stride mean; NaN where not seen
    valid, reason (n,) whether the posture may be trusted and the `Reason` code why not
    dwell_s     (n,) the detector's leaky clock, seconds
    over        (n,) the posture rule of this sensor is past its limit now
    display_deg (n,) `angle_deg` without the running's nod and without delay: for a live needle
    lean_deg    (n,) head: forward lean of the trunk that the rules take off `sustained_deg`, NaN where none is known
                (the lean is then included in the pitch); a trunk sensor: its own lean
    followed_deg (n,) head: what the slow adaptation of the neutral took off the pitch; other sites: NaN
    """

    sensor: str
    t_ns: IntArray
    arrival_ns: IntArray
    activity: CodeArray
    cadence_spm: FloatArray
    angle_deg: FloatArray
    sustained_deg: FloatArray
    shoulder: FloatArray
    valid: BoolArray
    reason: CodeArray
    dwell_s: FloatArray
    over: BoolArray
    display_deg: FloatArray
    lean_deg: FloatArray
    followed_deg: FloatArray

    def __len__(self) -> int:
        return len(self.t_ns)

    @property
    def neck_deg(self) -> FloatArray:
        """What the head's rules judge (n,): `sustained_deg` without the trunk's lean, where that is known."""
        return self.sustained_deg - np.nan_to_num(self.lean_deg)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in the run, at the time it was known to have happened.

    `prompted` is true where the runner was given a cue. `detail` holds numbers and words for the log and the
    JSON: `onset_s`, `pitch_deg` or `shoulder_score`, `limit`, `mode`; `repeat` where a bout merely goes on; `silent`:
    why no cue was given; `why` and `away_s` of a link; `label` of a mark; `check` and what was compared of a form
    check, `what` of a loosen-up prompt, and of both the `text` that is said and shown.
    """

    t_ns: int
    """Sample time, run clock, 0 = the run's first sample."""
    kind: EventKind
    sensor: str = ""
    prompted: bool = False
    detail: Mapping[str, float | int | str | bool] = field(default_factory=lambda: MappingProxyType({}))

    def as_json(self) -> dict[str, float | int | str | bool]:
        """The event as the command line prints it: `t_s`, `kind`, `prompted`, then the details."""
        out: dict[str, float | int | str | bool] = {
            "t_s": round(self.t_ns / NS_PER_S, 3),
            "kind": self.kind.value,
        }
        if self.sensor:
            out["sensor"] = self.sensor
        out["prompted"] = self.prompted
        out.update(self.detail)
        return out


@dataclass(frozen=True, slots=True)
class LinkQuality:
    """How well a sensor's data arrives; counted from the start of the run.

    `rate_hz` is measured against the run clock (NaN before it is known); `lost` and `samples` count slots.
    """

    sensor: str
    rate_hz: float
    samples: int
    lost: int
    clipped: int
    rejected: int
    """Notifications that were not of the sensor's layout."""
    last_arrival_ns: int


@dataclass(frozen=True, slots=True)
class PipelineOutput:
    """What one `push` brought: new track values per sensor, new events in order, link quality now.

    `praise_ns`: run-clock times at which mending the posture earned a short "good".
    """

    tracks: tuple[Track, ...]
    events: tuple[Event, ...]
    quality: tuple[LinkQuality, ...]
    praise_ns: tuple[int, ...] = ()
