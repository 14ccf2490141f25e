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

from monitor.values.basics import (
    NS_PER_S,
    STANDARD_GRAVITY,
    Activity,
    BoolArray,
    CodeArray,
    EventKind,
    FloatArray,
    IntArray,
    Mode,
    Reason,
    Site,
)
from monitor.values.log import (
    BatteryLevel,
    Control,
    Ground,
    HeartRate,
    KeyPress,
    LinkChange,
    LinkState,
    LogEntry,
    Mark,
    ModeChange,
    PacketBlock,
    Quiet,
    QuietReason,
    ReZero,
    RunInfo,
    SensorInfo,
    join_packets,
    packet,
)
from monitor.values.stages import Event, GridBlock, LinkQuality, PipelineOutput, SampleBlock, Track

__all__ = [
    "NS_PER_S", "STANDARD_GRAVITY", "Activity", "BatteryLevel", "BoolArray", "CodeArray", "Control", "Event",
    "EventKind", "FloatArray", "GridBlock", "Ground", "HeartRate", "IntArray", "KeyPress", "LinkChange", "LinkQuality",
    "LinkState", "LogEntry", "Mark", "Mode", "ModeChange", "PacketBlock", "PipelineOutput", "Quiet", "QuietReason",
    "ReZero", "Reason", "RunInfo", "SampleBlock", "SensorInfo", "Site", "Track", "join_packets", "packet",
]  # fmt: skip
