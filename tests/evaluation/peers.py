"""The peers' alert rules, re-implemented from published thresholds and dwells: NOT their products or their sensors.

Every rule gets the same 50 Hz trace. The fused rules read VQF's pitch against the median of a neutral stretch, and are
told the true mounting; a rule that trusts one good sample is given that trust. Each returns the moments (s) at which
it would alert. Moments of a rule that repeats while the head stays down are thinned to one per bout by the scorer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter
from vqf import VQF

from tests.evaluation.labelled import Bools, Floats, Samples

RULE_HZ = 50.0
DORSO_DEG = float(np.degrees(0.15 + 0.03 * 0.5))
DORSO_LATE_DEG = 12.9


@dataclass(frozen=True, slots=True)
class Trace:
    """What a rule reads: t_s (n,) at 50 Hz; pitch_deg (n,) fused, nose down positive; acc (n,3) m/s² in body axes."""

    t_s: Floats
    pitch_deg: Floats
    acc: Floats


def trace_of(samples: Samples, neutral_s: tuple[float, float]) -> Trace:
    """The received samples as the rules' trace: holes are interpolated, body axes are the true ones."""
    got = samples.received
    t_s = np.arange(samples.t_s[0], samples.t_s[-1], 1 / RULE_HZ)
    body = np.concatenate((samples.acc @ samples.body.T, samples.gyr @ samples.body.T), axis=1)
    rows = np.stack([np.interp(t_s, samples.t_s[got], column[got]) for column in body.T], axis=1)
    acc, gyr = np.ascontiguousarray(rows[:, :3]), np.ascontiguousarray(rows[:, 3:])
    w, x, y, z = VQF(1 / RULE_HZ).updateBatch(gyr, acc)["quat6D"].T
    pitch = np.degrees(np.arcsin(np.clip(-2 * (x * z - w * y), -1, 1)))
    neutral = (t_s >= neutral_s[0]) & (t_s < neutral_s[1])
    return Trace(t_s, pitch - np.median(pitch[neutral]), acc)


def open_earable(trace: Trace) -> list[float]:
    """Accelerometer only, atan2, EWMA 0.5 per sample, calibrated on one sample; 20 deg of pitch or roll for 10 s,
    forgotten after 1 s of good posture, told again every 11 s."""
    roll = np.arctan2(trace.acc[:, 1], trace.acc[:, 2])
    pitch = np.arctan2(-trace.acc[:, 0], np.hypot(trace.acc[:, 1], trace.acc[:, 2]))
    both = _ewma(np.degrees(np.unwrap(np.stack((pitch, roll), axis=1), axis=0)), 0.5)
    bad = (np.abs(both - both[0]) > 20).any(axis=1)
    alerts: list[float] = []
    since = last_bad = last_alert = -np.inf
    down = False
    for t, wrong in zip(trace.t_s.tolist(), bad.tolist(), strict=True):
        if wrong:
            if not down:
                since, down = t, True
            last_bad = t
        elif down and t - last_bad > 1.0:
            down = False
        if wrong and t - since > 10.0 and t - last_alert > 11.0:
            alerts.append(t)
            last_alert = t
    return alerts


def air_posture(trace: Trace) -> list[float]:
    """22 deg for 10 s on a low-pass of 0.4 per sample; one good sample clears the timer."""
    return _held(trace.t_s, _ewma(trace.pitch_deg[:, None], 0.4)[:, 0] > 22, 10.0)


def head_orbit(trace: Trace) -> list[float]:
    """15 deg for 5 s, hysteresis 5 deg, over after 0.8 s of good posture."""
    bad = trace.pitch_deg > 15
    good = trace.pitch_deg < 10
    return _held(trace.t_s, _latched(bad, good), 5.0, over_s=0.8)


def dorso(trace: Trace) -> list[float]:
    """9.5 deg for 8 bad frames, over after 5 good ones."""
    return _held(trace.t_s, trace.pitch_deg > DORSO_DEG, 8 / RULE_HZ, over_s=5 / RULE_HZ)


def dorso_late(trace: Trace) -> list[float]:
    """12.9 deg with an onset delay of 5 s, over after 5 good frames."""
    return _held(trace.t_s, trace.pitch_deg > DORSO_LATE_DEG, 5.0, over_s=5 / RULE_HZ, forgive=5)


def alex(trace: Trace) -> list[float]:
    """20 deg for 20 s; one good sample clears the timer."""
    return _held(trace.t_s, trace.pitch_deg > 20, 20.0)


def window_rule(trace: Trace) -> list[float]:
    """At least 70 % of the last 12 s past 18 deg while the 1 s spread of the acceleration exceeds 2 m/s²; latched
    until 3 s of good posture (5 deg of hysteresis); 30 s between alerts."""
    size = np.linalg.norm(trace.acc, axis=1)
    second = round(RULE_HZ)
    mean, square = (_trailing(v, second) for v in (size, size**2))
    running = np.sqrt(np.maximum(square - mean**2, 0)) > 2.0
    share = _trailing((trace.pitch_deg > 18).astype(float), 12 * second)
    good_s = 0.0
    last, latched = -np.inf, False
    alerts: list[float] = []
    for t, pitch, runs, part in zip(
        trace.t_s.tolist(), trace.pitch_deg.tolist(), running.tolist(), share.tolist(), strict=True
    ):
        good_s = good_s + 1 / RULE_HZ if pitch < 13 else 0.0
        latched &= good_s < 3.0
        if t > 12 and runs and part >= 0.7 and not latched and t - last >= 30:
            alerts.append(t)
            last, latched = t, True
    return alerts


RULES: dict[str, Callable[[Trace], list[float]]] = {
    "OpenEarable": open_earable,
    "AirPosture": air_posture,
    "HeadOrbit": head_orbit,
    "Dorso": dorso,
    "Dorso +5 s": dorso_late,
    "ALEX": alex,
    "70 % of 12 s": window_rule,
}
LABEL = "re-implemented rule, not the product"


def _held(t_s: Floats, bad: Bools, dwell_s: float, *, over_s: float = 0.0, forgive: int = 1) -> list[float]:
    """Moments at which `bad` (n,) has lasted `dwell_s`; `forgive` good samples in a row clear the timer, and a bout
    that was told is over after `over_s` of good posture."""
    alerts: list[float] = []
    since, good_since, good = None, None, 0
    told = False
    for t, wrong in zip(t_s.tolist(), bad.tolist(), strict=True):
        if wrong:
            good, good_since = 0, None
            since = t if since is None else since
            if not told and t - since >= dwell_s:
                alerts.append(t)
                told = True
        else:
            good += 1
            good_since = t if good_since is None else good_since
            if good >= forgive:
                since = None
            if told and t - good_since >= over_s:
                told = False
    return alerts


def _latched(on: Bools, off: Bools) -> Bools:
    """True from each `on` until the next `off`, (n,)."""
    at = np.arange(len(on))
    last_on = np.maximum.accumulate(np.where(on, at, -1))
    last_off = np.maximum.accumulate(np.where(off, at, -1))
    return np.asarray(last_on > last_off)


def _ewma(values: Floats, share: float) -> Floats:
    """Exponential mean (n,k): each sample counts `share`."""
    start = values[:1] * (1 - share)
    return np.asarray(lfilter([share], [1, share - 1], values, axis=0, zi=start)[0])


def _trailing(values: Floats, n: int) -> Floats:
    """Mean of the last n values (or of what there is), (len,)."""
    sums = np.concatenate(([0.0], np.cumsum(values)))
    end = np.arange(1, len(values) + 1)
    start = np.maximum(end - n, 0)
    return np.asarray((sums[end] - sums[start]) / (end - start))
