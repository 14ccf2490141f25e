"""What a run consists of: its sensors, and the log of all that drives the pipeline, in order of arrival."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np

from monitor.values.basics import IntArray, Mode, Site


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


# ---------------------------------------------------------------- the log


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
    """The link to a sensor changed. Only LOST and the STREAMING after it are events of the run.

    `rssi_dbm`: how strong its announcement was, where the sensor was just found and the platform tells it.
    """

    sensor: str
    t_ns: int
    state: LinkState
    why: str = ""
    rssi_dbm: int | None = None


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


@dataclass(frozen=True, slots=True)
class HeartRate:
    """Beats per minute, as a strap or a watch tells them; NaN where it has lost the skin."""

    t_ns: int
    bpm: float
    source: str = ""


Control: TypeAlias = LinkChange | BatteryLevel | Mark | ModeChange | ReZero | Quiet | Ground | HeartRate
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
