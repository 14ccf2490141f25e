"""The SIMULATED wearer of the demo and of `--simulate`: one body, one cap sensor, one collar sensor, always the same.

The mountings are fixed, so that a profile made by `headsup calibrate --simulate` fits `headsup live --simulate`.
"""

from __future__ import annotations

from calibration.protocol import GUIDED, PoseKind, timeline
from monitor.simulator.motion import ArrayFeed
from monitor.simulator.peripheral import VirtualSensor
from monitor.simulator.runner import simulate
from monitor.simulator.scenario import ActivitySpan, HeadEvent, Scenario, ShoulderEvent
from monitor.simulator.sensor_model import SensorModel
from monitor.simulator.world import Fault, SimulatedRadio
from monitor.values import Activity, Site

HEAD_NAME = "OpenEarable-SIM1"
COLLAR_NAME = "WT901 SIMULATED"
HEAD_RATE_HZ = 100.0
COLLAR_RATE_HZ = 50.0
LOOK_DOWN_DEG = 42.0
RUN_SPM = 168.0


def calibration_scenario() -> Scenario:
    """Standing still and following the guided protocol, starting with the sensor's first sample."""
    head, shoulders = [], []
    for step in timeline(GUIDED):
        on, off = step.asked_s + 0.4, step.end_s + 0.2
        if step.step.kind is PoseKind.LOOK:
            head.append(HeadEvent(on, off, LOOK_DOWN_DEG, ramp_s=0.8))
        elif step.step.kind is PoseKind.SHRUG:
            shoulders.append(ShoulderEvent(on, off, 1.0, ramp_s=0.8))
    end_s = timeline(GUIDED)[-1].end_s + 10.0
    return Scenario(
        duration_s=end_s,
        activities=(ActivitySpan(0.0, end_s, Activity.STILL),),
        head=tuple(head),
        shoulders=tuple(shoulders),
        seed=11,
    )


def calibration_radio() -> SimulatedRadio:
    """The wearer standing for calibration."""
    return radio_for(calibration_scenario())


def endless_radio() -> SimulatedRadio:
    """Ten minutes of running with a bout every minute or so, over and over: for `live --simulate`."""
    head = [HeadEvent(t, t + 18.0, 30.0) for t in range(40, 590, 75)]
    shoulders = [ShoulderEvent(t, t + 20.0, 1.0) for t in range(90, 560, 150)]
    scenario = Scenario(
        duration_s=600.0,
        activities=(
            ActivitySpan(0.0, 5.0, Activity.STILL),
            ActivitySpan(5.0, 600.0, Activity.RUN, cadence_spm=RUN_SPM),
        ),
        head=tuple(head),
        shoulders=tuple(shoulders),
        seed=12,
    )
    return radio_for(scenario, loop=True)


def radio_for(scenario: Scenario, faults: tuple[Fault, ...] = (), *, loop: bool = False) -> SimulatedRadio:
    """A virtual radio with both sensors of a wearer who follows the scenario."""
    cap = SensorModel(site=Site.HEAD, rate_hz=HEAD_RATE_HZ, seed=21)
    clip = SensorModel(site=Site.COLLAR, rate_hz=COLLAR_RATE_HZ, seed=22)
    head, collar = simulate(scenario, cap), simulate(scenario, clip)
    return SimulatedRadio(
        [
            VirtualSensor(
                "head",
                "openearable2",
                ArrayFeed(head.acc, head.gyr, HEAD_RATE_HZ, loop=loop),
                name=HEAD_NAME,
                clock_ppm=35.0,
                clock_offset_s=1234.5,
            ),
            VirtualSensor(
                "collar", "witmotion", ArrayFeed(collar.acc, collar.gyr, COLLAR_RATE_HZ, loop=loop), name=COLLAR_NAME
            ),
        ],
        faults,
    )
