"""What the running neutral and a re-zero mend, on a SIMULATED runner's samples."""

from dataclasses import replace

import numpy as np
import pytest

from calibration.check import StartCheck, Verdict
from calibration.model import SiteCalibration
from calibration.poses import Stretch, capture
from calibration.protocol import full, timeline
from calibration.rezero import rezero
from calibration.running import RunningStretch, learn
from calibration.site import Poses, calibrate_site
from monitor.posture.channel import PostureBlock, PostureChannel, is_trusted
from monitor.posture.stride import StrideMean
from monitor.simulator.runner import SimulatedMotion, simulate
from monitor.simulator.scenario import ActivitySpan, HeadEvent, Scenario, Slip
from monitor.simulator.sensor_model import SensorModel
from monitor.simulator.wearer import calibration_scenario
from monitor.values import Activity, GridBlock, SensorInfo, Site

STEPS = full(shoulders=False, marks=False)
INFO = SensorInfo("head", Site.HEAD, "table", "SIM", "sim", 50.0)


def measured(scenario: Scenario, seed: int) -> SimulatedMotion:
    return simulate(scenario, SensorModel(site=Site.HEAD, rate_hz=50.0, seed=seed))


def posture(motion: SimulatedMotion, *, gyro: bool, site: SiteCalibration | None = None):
    """The posture of a whole outing, and the one-stride means of up."""
    n, t_ns = len(motion), np.round(motion.t_s * 1e9).astype(np.int64)
    gyr = motion.gyr if gyro else np.full_like(motion.gyr, np.nan)
    block = GridBlock(0, 1 / motion.rate_hz, t_ns, t_ns, motion.acc, gyr.copy(), np.ones(n, bool), motion.clipped)
    out: PostureBlock = PostureChannel(gyro, site).push(block)
    return out, StrideMean(out.period_s, 3).push(out.up, out.stride_slots)


def calibrated(seed: int, *, gyro: bool, run: bool) -> SiteCalibration:
    motion = measured(replace(calibration_scenario(STEPS), seed=seed), seed)
    out, up = posture(motion, gyro=gyro)
    trusted = is_trusted(out.reason)

    def during(pose: str):
        held = next(t for t in timeline(STEPS) if t.step.pose == pose)
        return (motion.t_s >= held.start_s + 0.7) & (motion.t_s <= held.end_s)

    def pose(name: str):
        return capture(name, Stretch(up[during(name)], trusted[during(name)], False, out.period_s))

    r = during("run")
    ran = RunningStretch(up[r], trusted[r], out.activity[r] == Activity.RUN, out.cadence_spm[r], out.period_s)
    poses = Poses(pose("neutral"), {"feet": pose("feet")}, running=learn(ran) if run else None)
    return calibrate_site(INFO, gyro, poses, head_elsewhere=False)


def bias_deg(seed: int, *, run: bool) -> float:
    """Mean error of the pitch over a minute of running, accelerometer only."""
    outing = Scenario(60.0, (ActivitySpan(0, 60, Activity.RUN),), head=(HeadEvent(30, 45, 25.0),), seed=seed)
    motion = measured(outing, seed)
    out, _ = posture(motion, gyro=False, site=calibrated(seed, gyro=False, run=run))
    return float(np.mean((out.sustained_deg - motion.head_posture_deg)[motion.t_s > 10]))


def test_the_running_neutral_cancels_the_bias_of_an_accelerometer():
    """Measured over these seeds: about 1.2 deg with the standing neutral, 0.2 with the running one."""
    standing = np.mean([abs(bias_deg(seed, run=False)) for seed in range(4)])
    running = np.mean([abs(bias_deg(seed, run=True)) for seed in range(4)])
    assert running < 0.4
    assert standing > 2 * running


@pytest.mark.parametrize("slip_deg", [-14.0, 9.0])
def test_a_slip_before_the_run_is_found_and_mended(slip_deg):
    site = calibrated(7, gyro=True, run=True)
    outing = Scenario(
        70.0,
        (ActivitySpan(40, 70, Activity.RUN),),
        head=(HeadEvent(55, 65, 30.0),),
        slips=(Slip(0.0, slip_deg),),
        seed=7,
    )
    motion = measured(outing, 7)
    out, up = posture(motion, gyro=True, site=site)
    start = StartCheck(site, out.period_s)
    assert start.push(up, is_trusted(out.reason), out.activity) is not None
    assert start.result is not None
    assert start.result.verdict is Verdict.MOVED
    assert start.result.bowed == (slip_deg > 0), "a slip nose down might be a lowered head"
    assert start.result.off_deg == pytest.approx(abs(slip_deg), abs=1.5)
    again, _ = posture(motion, gyro=True, site=rezero(site, start.result.up, running=start.result.running))
    stare = (motion.t_s > 58) & (motion.t_s < 64)
    assert abs(np.mean((out.sustained_deg - motion.head_posture_deg)[stare])) > 7
    assert abs(np.mean((again.sustained_deg - motion.head_posture_deg)[stare])) < 1.5
