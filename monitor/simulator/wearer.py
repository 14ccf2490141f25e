"""The SIMULATED wearer of the demo and of `--simulate`: one body, one cap sensor, one collar sensor, always the same.

The mountings are fixed, so that a profile made by `headsup calibrate --simulate` fits `headsup live --simulate`.
"""

from __future__ import annotations

from collections.abc import Sequence

from calibration.protocol import GUIDED, PoseKind, Step, timeline
from monitor.simulator.motion import ArrayFeed
from monitor.simulator.peripheral import VirtualSensor
from monitor.simulator.runner import simulate
from monitor.simulator.scenario import ActivitySpan, HeadEvent, LeanSpan, Scenario, ShoulderEvent
from monitor.simulator.sensor_model import SensorModel
from monitor.simulator.world import Fault, SimulatedRadio
from monitor.values import Activity, Site

HEAD_NAME = "OpenEarable-SIM1"
COLLAR_NAME = "WT901 SIMULATED"
HEAD_RATE_HZ = 100.0
COLLAR_RATE_HZ = 50.0
LOOKS_DEG = {"4ft": 31.0, "7ft": 22.0, "feet": 42.0}
"""A head share of 0.6 of the gaze at the marks."""
LEAN_DEG = 10.0
RUN_SPM = 168.0


def calibration_scenario(steps: Sequence[Step] = GUIDED) -> Scenario:
    """Following the guided protocol to the second, starting with the sensor's first sample."""
    head: list[HeadEvent] = []
    shoulders: list[ShoulderEvent] = []
    leans: list[LeanSpan] = []
    runs: list[ActivitySpan] = []
    timed = timeline(steps)
    end_s = timed[-1].end_s + 10.0
    for step in timed:
        # In the pose well before it is judged, and well after: the two clocks need not agree to the tenth.
        on, off = step.asked_s + 0.4, step.end_s + 1.2
        if step.step.kind is PoseKind.LOOK:
            head.append(HeadEvent(on, off, LOOKS_DEG[step.step.pose], ramp_s=0.8))
        elif step.step.kind is PoseKind.SHRUG:
            shoulders.append(ShoulderEvent(on, off, 1.0, ramp_s=0.8))
        elif step.step.kind is PoseKind.LEAN:
            leans.append(LeanSpan(on + 0.6, off, LEAN_DEG))
        elif step.step.kind is PoseKind.RUN:
            runs.append(ActivitySpan(step.asked_s + 2.0, step.end_s + 1.0, Activity.RUN, cadence_spm=RUN_SPM))
    return Scenario(
        duration_s=end_s,
        activities=tuple(runs),
        head=tuple(head),
        shoulders=tuple(shoulders),
        leans=tuple(leans),
        seed=11,
    )


def calibration_radio(steps: Sequence[Step] = GUIDED) -> SimulatedRadio:
    """The wearer standing for calibration, and running where that is asked."""
    return radio_for(calibration_scenario(steps))


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
