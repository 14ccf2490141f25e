"""What is told to other programs of a run: one row of posture per moment, and the sums over any part of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from monitor.values import BoolArray, FloatArray

NEAR_S = 0.5
"""A moment takes the nearest trusted value no further away than this."""
UNKNOWN_STATE = 255


class PostureState(IntEnum):
    """The posture at a moment in one number; `UNKNOWN_STATE` where neither head nor shoulders could be judged."""

    GOOD = 0
    HEAD_DOWN = 1
    SHOULDERS_UP = 2
    BOTH = 3


@dataclass(frozen=True, slots=True)
class PostureRows:
    """k moments; NaN and `UNKNOWN_STATE` where nothing may be trusted.

    head_pitch_deg (k,) nose down positive; gaze_m (k,); shoulder (k,) 1 = own full shrug; state (k,) codes
    """

    head_pitch_deg: FloatArray
    gaze_m: FloatArray
    shoulder: FloatArray
    state: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class PostureSummary:
    """Sums over a part of a run; None = the data cannot say."""

    head_pitch_mean_deg: float | None
    """Running and trusted, one-stride means."""
    head_down_s: float | None
    """Seconds of running with the head past its limit."""
    shoulder_mean: float | None
    cues: int | None
    """Posture cues given; None where the recording does not reach."""


@dataclass(frozen=True, slots=True)
class PostureSeries:
    """n moments of a run, in order.

    t_s            (n,) seconds of the run, 0 = its first sample
    head_pitch_deg (n,) one-stride mean at the middle of its stride; NaN where not trusted
    gaze_m         (n,) likeliest distance of the gaze on the ground; NaN where not trusted
    shoulder       (n,) score; NaN where none is seen
    state          (n,) `PostureState` codes, `UNKNOWN_STATE` where not judged
    weight_s       (n,) seconds that the moment stands for
    running_pitch_deg (n,) what the mean is of: running and trusted, else NaN
    past           (n,) running with the head past its limit
    cues_s         (k,) when posture cues were given
    simulated      the sensors were not real
    """

    t_s: FloatArray
    head_pitch_deg: FloatArray
    gaze_m: FloatArray
    shoulder: FloatArray
    state: NDArray[np.uint8]
    weight_s: FloatArray
    running_pitch_deg: FloatArray
    past: BoolArray
    cues_s: FloatArray
    simulated: bool = False

    def __len__(self) -> int:
        return len(self.t_s)

    def at(self, t_s: FloatArray) -> PostureRows:
        """The rows at times (k,) of the run, NaN or outside it allowed: each from the nearest moment that tells one."""
        pitch = _nearest(self.t_s, np.isfinite(self.head_pitch_deg), t_s)
        shoulder = _nearest(self.t_s, np.isfinite(self.shoulder), t_s)
        state = _nearest(self.t_s, self.state != UNKNOWN_STATE, t_s)
        return PostureRows(
            head_pitch_deg=np.append(self.head_pitch_deg, np.nan)[pitch],
            gaze_m=np.append(self.gaze_m, np.nan)[pitch],
            shoulder=np.append(self.shoulder, np.nan)[shoulder],
            state=np.append(self.state, np.uint8(UNKNOWN_STATE))[state],
        )

    def summary(self, start_s: float, end_s: float) -> PostureSummary:
        """The sums from start to before the end; nothing where the run does not reach."""
        a, b = np.searchsorted(self.t_s, [start_s, end_s]).tolist() if end_s > start_s else (0, 0)
        weight, pitch, shoulder = self.weight_s[a:b], self.running_pitch_deg[a:b], self.shoulder[a:b]
        seen = np.isfinite(pitch)
        first, last = np.searchsorted(self.cues_s, [start_s, end_s]).tolist()
        return PostureSummary(
            head_pitch_mean_deg=_mean(pitch, weight),
            head_down_s=float(weight[self.past[a:b]].sum()) if seen.any() else None,
            shoulder_mean=_mean(shoulder, weight),
            cues=max(0, last - first) if b > a else None,
        )


def _nearest(times_s: FloatArray, known: BoolArray, t_s: FloatArray) -> NDArray[np.int64]:
    """For each t (k,) the number of the nearest known time (n,) within reach, -1 where there is none."""
    at = np.flatnonzero(known)
    if len(at) == 0:
        return np.full(len(t_s), -1, np.int64)
    times = times_s[at]
    right = np.clip(np.searchsorted(times, t_s), 0, len(at) - 1)
    left = np.maximum(right - 1, 0)
    best = np.where(np.abs(times[left] - t_s) <= np.abs(times[right] - t_s), left, right)
    with np.errstate(invalid="ignore"):
        near = np.abs(times[best] - t_s) <= NEAR_S
    return np.asarray(np.where(near, at[best], -1), np.int64)


def _mean(values: FloatArray, weight_s: FloatArray) -> float | None:
    known = np.isfinite(values)
    total = float(weight_s[known].sum())
    return float(values[known] @ weight_s[known]) / total if total > 0 else None
