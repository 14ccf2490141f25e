"""A SIMULATED run with its truth: what every detector of the yardstick is given, and what it is judged by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.model import Profile
from monitor.values import LogEntry, SensorInfo

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

TRUTH_HZ = 25.0
STRIDE_S = 0.71
"""The usual stride; the truth's stride mean is centred, so a detector's own delay counts as latency."""


@dataclass(frozen=True, slots=True)
class Specification:
    """When a posture counts, as the settings' documentation words it."""

    on: float
    off: float
    dwell_s: float
    leak: float
    release_s: float

    def shifted(self, level: float, dwell_s: float) -> Specification:
        """The same with other limits: for the don't-care band."""
        return Specification(self.on + level, self.off + level, self.dwell_s + dwell_s, self.leak, self.release_s)


@dataclass(frozen=True, slots=True)
class TrueEvent:
    """A posture held long enough. `onset_s` the level went past, `due_s` the dwell was full, `end_s` it went back.

    `earliest_s` is onset + dwell: `due_s`, unless the posture was broken by a look up, whose depth decides by a hair
    whether the clock leaks. `depth` is the mean level while past its limit, `held_s` for how long it was.
    """

    onset_s: float
    earliest_s: float
    due_s: float
    end_s: float
    depth: float
    held_s: float


@dataclass(frozen=True, slots=True)
class Truth:
    """n moments at `TRUTH_HZ`, and the sections in which errors and alerts are judged.

    t_s (n,) run time, s; pitch_deg (n,) head pitch against the own neutral, nose down positive, with the gait's nod
    shoulder (n,) score; cadence_spm (n,) NaN where unknown; running (n,) bool; eligible (n,) bool: running, past the
    grace period, link good
    neutral_s   from and to of a stretch without any event: pitch errors are relative to it
    outages     (k,2) from and to of holes of the link that were put in on purpose
    """

    t_s: Floats
    pitch_deg: Floats
    shoulder: Floats
    cadence_spm: Floats
    running: Bools
    eligible: Bools
    neutral_s: tuple[float, float]
    outages: Floats


@dataclass(frozen=True, slots=True)
class Samples:
    """What the sensor measured, at its own rate, before the link lost anything: for the peers' rules.

    t_s (n,), acc (n,3) m/s², gyr (n,3) rad/s in sensor axes; received (n,) bool; body (3,3): rows are the wearer's
    x ahead, y left, z up at the own neutral, in sensor axes
    """

    t_s: Floats
    acc: Floats
    gyr: Floats
    received: Bools
    body: Floats


@dataclass(frozen=True, slots=True)
class LabelledRun:
    """One sensor's run. `profile` was made from a separate SIMULATED calibration of the same wearer and sensor."""

    name: str
    info: SensorInfo
    entries: tuple[LogEntry, ...]
    profile: Profile
    samples: Samples
    truth: Truth


def stride_mean(values: Floats, rate_hz: float = TRUTH_HZ, stride_s: float = STRIDE_S) -> Floats:
    """Centred one-stride means (n,) of values (n,); at the ends over what there is."""
    half = max(0, round((stride_s * rate_hz - 1) / 2))
    sums = np.concatenate(([0.0], np.cumsum(values)))
    at = np.arange(len(values))
    low, high = np.maximum(at - half, 0), np.minimum(at + half + 1, len(values))
    return np.asarray((sums[high] - sums[low]) / (high - low))


def true_events(t_s: Floats, level: Floats, active: Bools, spec: Specification) -> list[TrueEvent]:
    """The specification applied to the truth, moment by moment, in plain words rather than the product's code.

    t_s, level, active (n,). A clock runs while the level is past `on` (until back under `off`) and the runner runs; it
    runs back `leak` times as fast otherwise. A full clock makes an event; the event ends with the last moment past
    the limit before `release_s` of good posture.
    """
    events: list[TrueEvent] = []
    past = False
    clock = calm_s = held_s = total = 0.0
    onset = due = last = float("nan")
    for i in range(len(t_s)):
        dt = t_s[i] - t_s[i - 1] if i else 0.0
        past = level[i] > spec.on or (past and level[i] >= spec.off)
        if past and active[i]:
            if clock == 0.0:
                onset, held_s, total = t_s[i], 0.0, 0.0
            clock, calm_s, last = clock + dt, 0.0, t_s[i]
            held_s, total = held_s + dt, total + level[i] * dt
            if np.isnan(due) and clock >= spec.dwell_s:
                due = t_s[i]
            if not np.isnan(due):
                clock = min(clock, spec.dwell_s)
        elif np.isnan(due):
            clock = max(0.0, clock - spec.leak * dt)
        else:
            calm_s += dt
            if calm_s >= spec.release_s:
                events.append(TrueEvent(onset, onset + spec.dwell_s, due, last, total / held_s, held_s))
                clock, due = 0.0, float("nan")
    if not np.isnan(due):
        events.append(TrueEvent(onset, onset + spec.dwell_s, due, last, total / held_s, held_s))
    return events
