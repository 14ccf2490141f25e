"""The frozen values that travel between the stages, and the conventions they obey.

Conventions, stated once
------------------------
Units      SI inside: seconds, m/s², rad/s, metres. Degrees only in names that end in `_deg`.
Time       Integer nanoseconds (`*_ns`) of the run's own clock. `t_ns` of a *log entry* is its arrival, strictly
           increasing over the whole run; `t_ns` of a *sample* is when the sensor measured it, 0 = the run's first
           sample. UTC appears only in `RunInfo.started_utc`.
Frames     Sensor frame as its maker defines it; world frame with z up. `acc` is specific force: at rest it reads
           +9.81 m/s² along the axis that points up. Quaternions are w, x, y, z and turn sensor into world.
Head pitch Positive = nose down; 0 = the wearer's own far-gaze neutral.
Shoulder   Score 0 = neutral, 1 = the wearer's own full shrug.
Gaps       Missing is NaN or `real == False`; never zero, never silently held.

Arrays in values are read-only by contract: a stage that wants to change one copies it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]
CodeArray: TypeAlias = NDArray[np.int8]

NS_PER_S = 1_000_000_000
STANDARD_GRAVITY = 9.80665
"""m/s² per g, by definition (ISO 80000-3)."""


class Site(StrEnum):
    """Where a sensor is worn; also the run's key for that sensor."""

    HEAD = "head"
    COLLAR = "collar"
    """Shirt collar, shoulder seam or strap: rides on the trunk, and on the outer shoulder where it is clipped there."""
    LEFT_SHOULDER = "left_shoulder"
    RIGHT_SHOULDER = "right_shoulder"
    BACK = "back"
    """Upper back or breastbone: rides on the trunk alone."""


class Mode(StrEnum):
    """What the runner's gaze should do on this ground."""

    ROAD = "road"
    TRAIL = "trail"
    TECHNICAL = "technical"


class Activity(IntEnum):
    """What the wearer is doing, from the rhythm of the acceleration."""

    UNKNOWN = 0
    STILL = 1
    WALK = 2
    RUN = 3
    OTHER = 4
    """Moving, but without a walking or running rhythm (bending, drinking, handling the sensor)."""


class Reason(IntEnum):
    """Why a posture value may not be trusted; `OK` = it may."""

    OK = 0
    NO_DATA = 1
    NOT_CALIBRATED = 2
    STARTING = 3
    """The orientation estimate is still settling."""
    GAP = 4
    """Samples were lost a moment ago."""
    CANNOT_SEE = 5
    """This placement cannot see this posture (d' below 2)."""
    SENSOR_FAULT = 6
    """Clipped or frozen samples."""
    SPARSE = 7
    """Of the last second too little was received to give a cue on; what is seen still counts."""


class EventKind(StrEnum):
    """The kinds of events, as the command line's JSON names them."""

    HEAD_DOWN = "head_down"
    LOOK_UP_DUE = "look_up_due"
    SHOULDERS_UP = "shoulders_up"
    SENSOR_MOVED = "sensor_moved"
    LINK_LOST = "link_lost"
    LINK_BACK = "link_back"
    MARK = "mark"
    FORM_CHECK = "form_check"


# ---------------------------------------------------------------- what a run consists of


@dataclass(frozen=True, slots=True)
class SensorInfo:
    """One sensor of a run: enough to decode its notifications again years later.

    `config` is what the family's decoder needs besides the notifications (e.g. the scheme bytes that a
    self-describing sensor sent); empty for fixed layouts. `address` is the platform's identifier.
    """

    key: str
    """The run's key, normally the site: 'head', 'collar'."""
    site: Site
    family: str
    """Key in `monitor.sensors.registry`."""
    name: str
    address: str
    rate_hz: float
    """Nominal sample rate as asked for; the true one is measured."""
    config: bytes = b""
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class RunInfo:
    """What is known of a run before its first sample."""

    run_id: str
    started_utc: str
    """ISO 8601 with offset, e.g. '2026-11-22T09:30:00+00:00'."""
    mode: Mode
    simulated: bool
    app_version: str
    note: str = ""


# ---------------------------------------------------------------- the input log: all that drives the pipeline


@dataclass(frozen=True, slots=True)
class PacketBlock:
    """n >= 1 notifications of one sensor, as they arrived.

    `t_ns` (n,) strictly increasing arrival times; `data` holds the payloads end to end and `ends` (n,) the
    offset in `data` behind each payload, so payload i is `data[ends[i-1]:ends[i]]` (with `ends[-1]` = 0 for i=0).
    """

    sensor: str
    t_ns: IntArray
    ends: IntArray
    data: bytes

    def payloads(self) -> list[bytes]:
        """The n payloads as separate bytes objects."""
        starts = np.concatenate(([0], self.ends[:-1]))
        return [self.data[a:b] for a, b in zip(starts.tolist(), self.ends.tolist(), strict=True)]


class LinkState(StrEnum):
    """What the source knows of the link to one sensor."""

    SEARCHING = "searching"
    CONNECTING = "connecting"
    STREAMING = "streaming"
    STALE = "stale"
    """Connected, but no data for longer than this sensor's rhythm allows."""
    LOST = "lost"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class LinkChange:
    """The link to a sensor changed. Only LOST and the STREAMING after it are events of the run."""

    sensor: str
    t_ns: int
    state: LinkState
    why: str = ""


@dataclass(frozen=True, slots=True)
class BatteryLevel:
    """The sensor reported its battery, in percent."""

    sensor: str
    t_ns: int
    percent: int


@dataclass(frozen=True, slots=True)
class Mark:
    """The runner pressed a key: 'cramp', 'sore neck', 'note' or any short text."""

    t_ns: int
    label: str


@dataclass(frozen=True, slots=True)
class ModeChange:
    """The runner switched between road, trail and technical."""

    t_ns: int
    mode: Mode


@dataclass(frozen=True, slots=True)
class ReZero:
    """The runner looked far ahead for the last seconds: what the sensors showed then is the neutral from now on."""

    t_ns: int


class QuietReason(StrEnum):
    """Why no cues are wanted for a while."""

    SNOOZE = "snooze"
    DRILL = "drill"


@dataclass(frozen=True, slots=True)
class Quiet:
    """No cues about posture for a while: the runner asked for it, or does a drill.

    `seconds` from `t_ns` on: infinite for the rest of the run, 0 to end an earlier one now.
    """

    t_ns: int
    seconds: float
    why: QuietReason = QuietReason.SNOOZE


@dataclass(frozen=True, slots=True)
class Ground:
    """Speed and slope from here on, as a treadmill or a watch tells them; NaN for what is not known.

    `grade` is rise over run, uphill positive (0.05 = 5 %). `source`: 'treadmill', 'watch' or a name.
    """

    t_ns: int
    speed_m_s: float
    grade: float
    source: str = ""


Control: TypeAlias = LinkChange | BatteryLevel | Mark | ModeChange | ReZero | Quiet | Ground
"""The log entries that are not notifications."""
KeyPress: TypeAlias = Mark | ModeChange | ReZero | Quiet
"""What the runner's own hand puts into the log."""
LogEntry: TypeAlias = PacketBlock | Control
"""Everything that drives the pipeline, in order of arrival. A recording stores exactly these."""


def packet(sensor: str, t_ns: int, data: bytes) -> PacketBlock:
    """One notification as a block of one."""
    return PacketBlock(sensor, np.array([t_ns], np.int64), np.array([len(data)], np.int64), bytes(data))


def join_packets(blocks: list[PacketBlock]) -> PacketBlock:
    """Blocks of one sensor, in order, as one block. Raises ValueError on an empty list."""
    if len(blocks) == 1:
        return blocks[0]
    lengths = np.array([len(b.data) for b in blocks], np.int64)
    base = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    return PacketBlock(
        blocks[0].sensor,
        np.concatenate([b.t_ns for b in blocks]),
        np.concatenate([b.ends + o for b, o in zip(blocks, base, strict=True)]),
        b"".join(b.data for b in blocks),
    )


# ---------------------------------------------------------------- between the stages


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
    why no cue was given; `why` and `away_s` of a link; `label` of a mark.
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
