"""The numbers of any part of a run: a lap, a mile, a slope, a chosen stretch, the minutes before a cramp."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from monitor.posture.gaze import GazeZone
from monitor.review.insight.columns import RunColumns
from monitor.review.track_time import percentile, time_mean, time_share
from monitor.values import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class SpanNumbers:
    """What a part of a run amounted to. Shares are 0..1; None = the data cannot say.

    Head numbers count running that was seen (`seen_s`), shoulder numbers running with a shoulder in view.
    """

    total_s: float
    """Time with data in this part."""
    running_s: float
    walking_s: float
    seen_s: float
    head_pitch_mean_deg: float | None
    head_pitch_median_deg: float | None
    head_pitch_p95_deg: float | None
    past_limit_share: float | None
    """Of the running seen while a limit was in force."""
    zone_share: tuple[float, ...] | None
    """One for each `GazeZone`, nearest first."""
    shoulder_mean: float | None
    raised_share: float | None
    """Of the running with a shoulder seen clearly."""
    cadence_median_spm: float | None
    speed_mean_m_s: float | None
    heart_mean_bpm: float | None
    distance_m: float | None
    climb_m: float | None
    """Up and down of a part that lies in one piece; None of one in many places."""
    drop_m: float | None

    def zone_of(self, zone: GazeZone) -> float | None:
        """Share of one zone."""
        return None if self.zone_share is None else self.zone_share[list(GazeZone).index(zone)]


def span_numbers(columns: RunColumns, part: BoolArray) -> SpanNumbers:
    """The numbers of the moments `part` (n,) of a run."""
    c, weight = columns, columns.weight_s
    running, seen = part & c.running, part & c.seen
    limited = seen & np.isfinite(c.limit_deg)
    shoulder = part & c.shoulder_seen
    moving = part & (c.running | c.walking)
    seen_s = float(weight[seen].sum())
    zones = np.bincount(c.zone[seen], weights=weight[seen], minlength=len(GazeZone)) if seen_s > 0 else None
    climb_m, drop_m = _climb(c.elevation_m, part) if _in_one_piece(part) else (None, None)
    return SpanNumbers(
        total_s=float(weight[part].sum()),
        running_s=float(weight[running].sum()),
        walking_s=float(weight[part & c.walking].sum()),
        seen_s=seen_s,
        head_pitch_mean_deg=time_mean(c.pitch_deg[seen], weight[seen]),
        head_pitch_median_deg=percentile(c.pitch_deg[seen], 50),
        head_pitch_p95_deg=percentile(c.pitch_deg[seen], 95),
        past_limit_share=time_share(weight, c.past & part, limited),
        zone_share=None if zones is None else tuple((zones / seen_s).tolist()),
        shoulder_mean=time_mean(c.shoulder[shoulder], weight[shoulder]),
        raised_share=time_share(weight, part & c.raised, part & c.shoulder_clear),
        cadence_median_spm=percentile(c.cadence_spm[running & np.isfinite(c.cadence_spm)], 50),
        speed_mean_m_s=_mean(c.speed_m_s, weight, moving),
        heart_mean_bpm=_mean(c.heart_bpm, weight, part),
        distance_m=_covered(c.distance_m, part),
        climb_m=climb_m,
        drop_m=drop_m,
    )


def whole_of(columns: RunColumns) -> SpanNumbers:
    """The numbers of all moments, as of a lap that was cut out (`RunColumns.cut`)."""
    return span_numbers(columns, np.ones(len(columns), bool))


def between(columns: RunColumns, start_s: float, end_s: float) -> BoolArray:
    """The moments (n,) from start to before the end."""
    return np.asarray((columns.t_s >= start_s) & (columns.t_s < end_s))


def _in_one_piece(part: BoolArray) -> bool:
    """Whether no moment between the first and the last is left out."""
    at = np.flatnonzero(part)
    return len(at) > 0 and int(at[-1] - at[0]) + 1 == len(at)


def _mean(values: FloatArray, weight_s: FloatArray, part: BoolArray) -> float | None:
    known = part & np.isfinite(values)
    return time_mean(values[known], weight_s[known])


def _steps(values: FloatArray, part: BoolArray) -> FloatArray:
    """Changes from one moment of the part to the next, 0 where either is unknown or outside."""
    both = part[1:] & part[:-1]
    return np.nan_to_num(np.where(both, np.diff(values), 0.0))


def _covered(distance_m: FloatArray, part: BoolArray) -> float | None:
    if not np.isfinite(distance_m[part]).any():
        return None
    return float(_steps(distance_m, part).sum())


CLIMB_STEP_M = 3.0
"""A height counts once it has changed by this much: a watch's barometer wavers by a metre or two."""


def _climb(elevation_m: FloatArray, part: BoolArray) -> tuple[float | None, float | None]:
    """Metres up and down, without the wavering of the watch."""
    heights = elevation_m[part & np.isfinite(elevation_m)]
    if len(heights) < 2:
        return None, None
    heights = heights[:: max(1, len(heights) // 20_000)]
    up = down = 0.0
    last = float(heights[0])
    for height in heights.tolist():
        if height - last >= CLIMB_STEP_M:
            up, last = up + height - last, height
        elif last - height >= CLIMB_STEP_M:
            down, last = down + last - height, height
    return up, down
