"""SIMULATED heads with noise, bias and any mounting, through the real orientation filter."""

import numpy as np
import pytest

from monitor.drills.catalogue import DRILLS, DrillKind, with_seconds
from monitor.drills.progress import Side
from monitor.drills.prompts import Saying
from monitor.drills.session import DrillSession
from monitor.posture.channel import PostureChannel
from monitor.simulator.drill_wearer import POSES_DEG, DrillWearer, calibration_of
from monitor.simulator.runner import simulate
from monitor.simulator.scenario import HeadEvent, Scenario
from monitor.simulator.sensor_model import SensorModel
from monitor.values import NS_PER_S, GridBlock, Site

RATES = [52.0, 100.0]


def grid_of(acc, gyr, rate_hz, first=0, real=None):
    n = len(acc)
    real = np.ones(n, bool) if real is None else real
    t_ns = np.round(NS_PER_S * (1 + (first + np.arange(n)) / rate_hz)).astype(np.int64)
    acc, gyr = np.where(real[:, None], acc, np.nan), np.where(real[:, None], gyr, np.nan)
    return GridBlock(first, 1 / rate_hz, t_ns, t_ns, acc, gyr, real, np.zeros(n, bool))


def led_wearer(wearer, kind, *, seconds, until_s=120.0, gyro=True):
    """The drill done by the obedient SIMULATED wearer, in blocks of a fifth of a second."""
    site = wearer.calibration()
    session = DrillSession([with_seconds(DRILLS[kind], seconds)], site)
    channel = PostureChannel(gyro, site)
    said, first, n = [], 0, round(wearer.rate_hz / 5)
    while not session.over and first < until_s * wearer.rate_hz:
        new = session.push(channel.push(grid_of(*wearer.block(first, n), wearer.rate_hz, first)))
        first += n
        for prompt in new:
            if prompt.saying in (Saying.START, Saying.OTHER_WAY):
                wearer.follow(prompt.kind, Side.LEFT if prompt.saying is Saying.OTHER_WAY else Side.RIGHT)
        said += new
    return session, said


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize(("kind", "seed"), [(k, i) for i, k in enumerate(POSES_DEG)])
def test_a_held_pose_is_measured_and_counted(kind, seed, rate_hz):
    wearer = DrillWearer(rate_hz, seed=seed)
    session, said = led_wearer(wearer, kind, seconds=12.0)
    (result,) = session.results
    assert result.progress.done
    pitch, roll = POSES_DEG[kind]
    assert result.progress.mean_deg == pytest.approx(abs(roll) or pitch, abs=1.5)
    start = next(p.t_ns for p in said if p.saying is Saying.START)
    done = next(p.t_ns for p in said if p.saying is Saying.DONE)
    assert (done - start) / NS_PER_S == pytest.approx(4.0 + 12.0, abs=0.3), "nothing is lost to noise or sway"


@pytest.mark.parametrize("rate_hz", RATES)
def test_circles_are_counted(rate_hz):
    session, said = led_wearer(DrillWearer(rate_hz, seed=3), DrillKind.HEAD_CIRCLES, seconds=12.0)
    progress = session.results[0].progress
    assert progress.done
    assert (progress.reps_right, progress.reps_left) == (3, 3)
    assert [p.text for p in said if p.saying is Saying.REP] == ["1", "2", "3"] * 2


def test_a_sensor_without_gyroscope_counts_too():
    hang, _ = led_wearer(DrillWearer(50.0, seed=5), DrillKind.HEAD_HANG, seconds=10.0, gyro=False)
    assert hang.results[0].progress.mean_deg == pytest.approx(46, abs=2)
    circles, _ = led_wearer(DrillWearer(50.0, seed=6), DrillKind.HEAD_CIRCLES, seconds=10.0, gyro=False)
    assert circles.results[0].progress.done


@pytest.mark.parametrize("rate_hz", RATES)
def test_a_level_head_stays_level(rate_hz):
    session, _ = led_wearer(DrillWearer(rate_hz, seed=8), DrillKind.RAMPING, seconds=15.0)
    assert session.results[0].progress.level_percent == 100


@pytest.mark.parametrize("rate_hz", RATES)
def test_the_runner_models_head_hang_with_a_pause_and_a_hole(rate_hz):
    """Another body, with the acceleration of a head that swings on its neck: 20 s down, a pause of 2 s, 20 s down."""
    scenario = Scenario(
        duration_s=75.0,
        head=(HeadEvent(15.0, 35.0, 42.0, ramp_s=1.2), HeadEvent(37.0, 57.0, 42.0, ramp_s=1.2)),
        seed=4,
    )
    motion = simulate(scenario, SensorModel(site=Site.HEAD, rate_hz=rate_hz, seed=9))
    site = calibration_of(motion.mounting)
    real = np.ones(len(motion), bool)
    session = DrillSession([DRILLS[DrillKind.HEAD_HANG]], site)
    session.push(PostureChannel(True, site).push(grid_of(motion.acc, motion.gyr, rate_hz)))
    whole_s = session.progress.held_s
    # Edges of 1.2 s cost a little at either end of both; the pause counts nothing.
    assert 36.0 < whole_s < 40.0
    real[round(22.0 * rate_hz) : round(23.0 * rate_hz)] = False
    holed = DrillSession([DRILLS[DrillKind.HEAD_HANG]], site)
    holed.push(PostureChannel(True, site).push(grid_of(motion.acc, motion.gyr, rate_hz, real=real)))
    assert whole_s - 4.0 < holed.progress.held_s < whole_s - 1.5, "the hole, and the doubt after it"


@pytest.mark.parametrize("rate_hz", RATES)
def test_a_hang_of_25_degrees_never_counts(rate_hz):
    scenario = Scenario(duration_s=36.0, head=(HeadEvent(15.0, 39.0, 25.0, ramp_s=1.2),), seed=5)
    motion = simulate(scenario, SensorModel(site=Site.HEAD, rate_hz=rate_hz, seed=2))
    session = DrillSession([DRILLS[DrillKind.HEAD_HANG]], calibration_of(motion.mounting))
    session.push(PostureChannel(True, None).push(grid_of(motion.acc, motion.gyr, rate_hz)))
    assert session.progress.held_s == 0
    assert session.progress.angle_deg == pytest.approx(25, abs=2)
