"""Everything known of one moment of a run, and what changed from one moment to another. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np

from monitor.posture.gaze import GazeZone
from monitor.review.insight.columns import RunColumns
from monitor.review.modes import ModeSpan
from monitor.review.track_time import HOLE_S
from monitor.values import Activity, Mode, Reason

NOT_KNOWN = math.nan


@dataclass(frozen=True, slots=True)
class Moment:
    """The columns of a run (`RunColumns`) at one time, with the same names and units.

    Where the run has no data within half a second, `known` is False, floats are NaN and codes say NO_DATA.
    """

    t_s: float
    known: bool = False
    activity: Activity = Activity.UNKNOWN
    reason: Reason = Reason.NO_DATA
    running: bool = False
    walking: bool = False
    seen: bool = False
    pitch_deg: float = NOT_KNOWN
    drawn_deg: float = NOT_KNOWN
    neck_deg: float = NOT_KNOWN
    limit_deg: float = NOT_KNOWN
    past: bool = False
    gaze_m: float = NOT_KNOWN
    zone: GazeZone | None = None
    shoulder: float = NOT_KNOWN
    shoulder_seen: bool = False
    shoulder_clear: bool = False
    raised: bool = False
    cadence_spm: float = NOT_KNOWN
    speed_m_s: float = NOT_KNOWN
    grade: float = NOT_KNOWN
    elevation_m: float = NOT_KNOWN
    distance_m: float = NOT_KNOWN
    heart_bpm: float = NOT_KNOWN
    mode: Mode = Mode.ROAD


_ZONES = tuple(GazeZone)
_PLAIN = tuple(
    f.name for f in fields(Moment) if f.name not in ("t_s", "known", "activity", "reason", "zone", "mode")
)  # fmt: skip


def moment_at(columns: RunColumns, modes: tuple[ModeSpan, ...], t_s: float) -> Moment:
    """What was known at the nearest moment of the track, no further away than half a second."""
    mode = next((span.mode for span in reversed(modes) if span.start_s <= t_s), modes[0].mode)
    n = len(columns)
    if n == 0:
        return Moment(t_s, mode=mode)
    right = min(int(np.searchsorted(columns.t_s, t_s)), n - 1)
    left = max(right - 1, 0)
    i = left if abs(columns.t_s[left] - t_s) <= abs(columns.t_s[right] - t_s) else right
    if abs(float(columns.t_s[i]) - t_s) > HOLE_S:
        return Moment(t_s, mode=mode)
    zone = int(columns.zone[i])
    return Moment(
        t_s=t_s,
        known=True,
        activity=Activity(int(columns.activity[i])),
        reason=Reason(int(columns.reason[i])),
        zone=_ZONES[zone] if zone >= 0 else None,
        mode=mode,
        **{name: getattr(columns, name)[i].item() for name in _PLAIN},
    )


@dataclass(frozen=True, slots=True)
class Differences:
    """From moment `a` to moment `b`: b less a, NaN where either is not known. Units as in `RunColumns`."""

    a: Moment
    b: Moment
    elapsed_s: float
    drawn_deg: float
    shoulder: float
    cadence_spm: float
    speed_m_s: float
    elevation_m: float
    distance_m: float
    heart_bpm: float


def differences(a: Moment, b: Moment) -> Differences:
    """What changed from a to b."""
    names = [f.name for f in fields(Differences) if f.name not in ("a", "b", "elapsed_s")]
    return Differences(a, b, b.t_s - a.t_s, **{name: getattr(b, name) - getattr(a, name) for name in names})
