"""How late and how shaky the shown head angle is: `python -m tests.accuracy.display_lag` prints the table.

SIMULATED runs (gait model on a treadmill and a trail, and stitched real motion), with sensor noise, bias and a random
mounting, through decoder, grid, posture channel and display. The truth is the head angle without the gait's own nod:
the posture as asked, plus a centred one-stride mean of the same motion without it.

Each run: 50 s of running, eight drops of the head by 25 deg with ramps of 0.3 s, then 10 % more steps, then a stop.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace

import numpy as np

from calibration.model import Profile
from monitor.posture.display import DisplayAngle
from monitor.posture.phase import StridePhase
from monitor.review.postures import grid_blocks, postures
from monitor.simulator.scenario import ActivitySpan, HeadEvent, Scenario
from monitor.values import Activity, GridBlock, SensorInfo, Site
from tests.evaluation import outings
from tests.evaluation.calibrated import profile_of
from tests.evaluation.labelled import Bools, Floats, stride_mean
from tests.evaluation.motion import MODELLED, Motion, move
from tests.evaluation.stitched import present
from tests.evaluation.wearing import Wearing, arrive, measure, sensor_info

SOURCES = ("treadmill", "trail", "head_back", "ear_r")
RATES_HZ = (52.0, 100.0)
STEADY_S = (30.0, 58.0)
DROPS_S = tuple(60.0 + 12.0 * k for k in range(8))
DROP_DEG, HELD_S, RAMP_S = 25.0, 6.0, 0.3
JUDGED_S = (30.0, 158.0)
FASTER_S, STOP_S, END_S = 160.0, 180.0, 190.0
SPM, FASTER_SPM = 160.0, 176.0
NEAR_DEG = 3.0
KEPT_S = 0.5
CALM_DEG = 0.5
LAGS_S = np.arange(-0.10, 0.605, 0.01)


@dataclass(frozen=True)
class Signals:
    """n slots: t_s, truth_deg, raw_deg, mean_deg (one-stride mean) and shown_deg, each (n,); stride_s of the run."""

    t_s: Floats
    truth_deg: Floats
    raw_deg: Floats
    mean_deg: Floats
    shown_deg: Floats
    stride_s: float


@dataclass(frozen=True)
class Figures:
    """What there is to say of one signal of one run; NaN where the run has no such part.

    sd_deg of the error as it is; best_sd_deg the least with the truth delayed, by best_lag_s
    bounce_deg sd of what swings faster than a stride while running steadily
    settled_s from half a drop until the error stays below 3 deg for half a second: the worst of the drops; 5 = never
    calm_s from the faster steps until the swing's sd over a second stays below 0.5 deg; 18 = never
    stop_deg the largest error from half a second after the middle of the stop on
    """

    sd_deg: float
    best_lag_s: float
    best_sd_deg: float
    bounce_deg: float
    settled_s: float
    calm_s: float
    stop_deg: float


def scenario(seed: int, *, trail: bool) -> Scenario:
    """The run as the module's text words it."""
    return Scenario(
        duration_s=END_S,
        activities=(
            ActivitySpan(outings.START_RUN_S, FASTER_S, Activity.RUN, SPM),
            ActivitySpan(FASTER_S, STOP_S, Activity.RUN, FASTER_SPM),
        ),
        head=tuple(HeadEvent(t, t + HELD_S, DROP_DEG, RAMP_S) for t in DROPS_S),
        trail=trail,
        seed=seed,
    )


def signals(source: str, rate_hz: float, seed: int = 1) -> Signals:
    """A run through the whole chain."""
    trail = "trail" in source
    wearing = Wearing(seed, rate_hz=rate_hz)
    info = sensor_info(wearing, Site.HEAD)
    posed = move(source, outings.calibration(seed, trail=trail).scenario, wearing.true_rate_hz)
    profile = profile_of(info, arrive(measure(posed, wearing, 1), wearing, Site.HEAD, (), 1)[0])
    asked = scenario(seed, trail=trail)
    motion = move(source, asked, wearing.true_rate_hz)
    bare = move(source, replace(asked, head=()), wearing.true_rate_hz)
    packets, _ = arrive(measure(motion, wearing, 2), wearing, Site.HEAD, (), 2)
    return _shown(info, profile, grid_blocks(info, [[packets]]), motion, bare)


def _shown(info: SensorInfo, profile: Profile, blocks: list[GridBlock], motion: Motion, bare: Motion) -> Signals:
    found = postures(info, blocks, profile.site(info.key))
    phase = StridePhase(blocks[0].period_s)
    display = DisplayAngle(blocks[0].period_s)
    shown = []
    for block, posture in zip(blocks, found, strict=True):
        moving = (posture.activity == Activity.RUN) | (posture.activity == Activity.WALK)
        at = phase.push(np.linalg.norm(block.acc, axis=1), posture.stride_slots, moving)
        shown.append(display.push(posture.angle_deg, at, posture.stride_slots))
    angle = np.concatenate([p.angle_deg for p in found])
    n = len(angle)
    stride_s = float(np.median(np.concatenate([p.stride_slots for p in found])) * blocks[0].period_s)
    still = stride_mean(bare.pitch_deg, motion.rate_hz, stride_s)
    return Signals(
        motion.t_s[:n],
        (still + motion.pitch_deg - bare.pitch_deg)[:n],
        angle,
        np.concatenate([p.sustained_deg for p in found]),
        np.concatenate(shown),
        stride_s,
    )


def figures(run: Signals, values_deg: Floats, *, modelled: bool) -> Figures:
    """What there is to say of one signal (n,) of a run; `modelled`: it changes pace and stops, as asked."""
    rate_hz = 1.0 / (run.t_s[1] - run.t_s[0])
    judged = _within(run, JUDGED_S)
    errors = [(_error(run, values_deg, lag * rate_hz)[judged].std(), lag) for lag in LAGS_S.tolist()]
    best_sd, best_lag = min(errors)
    error = _error(run, values_deg, 0.0)
    error = error - error[judged].mean()
    swing = error - stride_mean(error, rate_hz, run.stride_s)
    calm = stop = float("nan")
    if modelled:
        faster = _within(run, (FASTER_S, STOP_S - 2.0))
        recent = np.sqrt(stride_mean(swing**2, rate_hz, 1.0))[faster]
        calm = _since_last(recent > CALM_DEG, rate_hz)
        stop = float(np.abs(error[_within(run, (STOP_S + 0.5, END_S - 1.0))]).max())
    settled = [_until_kept(np.abs(error[_within(run, (t, t + HELD_S - 1.0))]) < NEAR_DEG, rate_hz) for t in DROPS_S]
    steady = _within(run, STEADY_S)
    return Figures(
        float(error[judged].std()), best_lag, float(best_sd), float(swing[steady].std()), max(settled), calm, stop
    )


def _within(run: Signals, span: tuple[float, float]) -> Bools:
    return (run.t_s >= span[0]) & (run.t_s < span[1])


def _error(run: Signals, values_deg: Floats, lag_slots: float) -> Floats:
    """Error (n,) against the truth of `lag_slots` ago."""
    at = np.arange(len(run.t_s))
    return values_deg - np.interp(at - lag_slots, at, run.truth_deg)


def _since_last(bad: Bools, rate_hz: float) -> float:
    """How long the last bad slot comes after the first slot, s."""
    where = np.flatnonzero(bad)
    return float((where[-1] + 1) / rate_hz) if len(where) else 0.0


def _until_kept(good: Bools, rate_hz: float) -> float:
    """How long after the first slot the first half second of good slots begins, s; all of it where there is none."""
    slots = round(KEPT_S * rate_hz)
    kept = np.flatnonzero(np.convolve(good, np.ones(slots), "valid") > slots - 0.5)
    return float((kept[0] if len(kept) else len(good)) / rate_hz)


def table() -> str:
    """All sources that are on this machine, as a Markdown table."""
    lines = [
        "| SIMULATED | Hz | signal | sd error deg | best lag s (sd there) | bounce sd deg | 25 deg drop settled s "
        "| calm after +10 % cadence s | worst after stop deg |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for source in SOURCES if present() else MODELLED[:2]:
        for rate_hz in RATES_HZ:
            run = signals(source, rate_hz)
            for name, values in (("raw", run.raw_deg), ("stride mean", run.mean_deg), ("shown", run.shown_deg)):
                f = figures(run, values, modelled=source in MODELLED)
                lines.append(
                    f"| {source} | {rate_hz:g} | {name} | {f.sd_deg:.2f} | {f.best_lag_s:+.2f} ({f.best_sd_deg:.2f}) "
                    f"| {f.bounce_deg:.2f} | {f.settled_s:.2f} | {f.calm_s:.2f} | {f.stop_deg:.1f} |"
                )
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
    if not present():
        print("the motion recordings are not on this machine: the gait model only", file=sys.stderr)
