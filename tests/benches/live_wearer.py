"""The SIMULATED runner of the live bench: cap and collar sensor at 100 Hz each, treadmill and heart strap beside them.

The collar's frames come one a notification, the cap's five at a time: both habits of real sensors, 120 notifications
a second together.
"""

from __future__ import annotations

from dataclasses import dataclass

from calibration.model import Profile
from monitor.simulator.motion import ArrayFeed
from monitor.simulator.peripheral import VirtualSensor
from monitor.simulator.runner import SimulatedMotion, simulate
from monitor.simulator.scenario import ActivitySpan, HeadEvent, Scenario, ShoulderEvent
from monitor.simulator.sensor_model import SensorModel
from monitor.simulator.wearer import COLLAR_NAME, HEAD_NAME, RUN_SPM
from monitor.simulator.world import Fault, FaultKind, SimulatedRadio
from monitor.sources.ble import SensorRequest
from monitor.sources.ble_companions import CompanionKind, CompanionRequest
from monitor.values import Activity, Site
from tests.pipeline.simulated_log import true_profile

RATE_HZ = 100.0
REQUESTS = (SensorRequest(Site.HEAD, name=HEAD_NAME), SensorRequest(Site.COLLAR, name=COLLAR_NAME))
COMPANIONS = (CompanionRequest(CompanionKind.TREADMILL), CompanionRequest(CompanionKind.HEART_STRAP))
STARE_EVERY_S, STARE_S, STARE_DEG = 45.0, 14.0, 30.0
SHRUG_EVERY_S, SHRUG_S = 110.0, 18.0
LOST_AT_S, LOST_FOR_S = 200.0, 5.0


@dataclass(frozen=True, slots=True)
class Wearer:
    """The radio with both sensors, and the profile that fits them."""

    radio: SimulatedRadio
    profile: Profile


def scenario(seconds: float) -> Scenario:
    """Stares and shrugs by turns, the first stare at 22 s, just past the grace after the start."""
    stares = [HeadEvent(t, t + STARE_S, STARE_DEG) for t in _times(22.0, seconds, STARE_EVERY_S)]
    shrugs = [ShoulderEvent(t, t + SHRUG_S, 1.0) for t in _times(42.0, seconds, SHRUG_EVERY_S)]
    activities = (
        ActivitySpan(0.0, 3.0, Activity.STILL),
        ActivitySpan(3.0, seconds, Activity.RUN, cadence_spm=RUN_SPM),
    )
    return Scenario(seconds, activities, tuple(stares), tuple(shrugs), seed=14)


def _times(first_s: float, last_s: float, every_s: float) -> list[float]:
    return [first_s + i * every_s for i in range(max(0, int((last_s - first_s) // every_s) + 1))]


def wearer(seconds: float) -> Wearer:
    """Who runs for so long and then stands in a drawer; after 200 s the cap is out of range for a moment."""
    asked = scenario(seconds)
    cap = simulate(asked, SensorModel(site=Site.HEAD, rate_hz=RATE_HZ, seed=21))
    clip = simulate(asked, SensorModel(site=Site.COLLAR, rate_hz=RATE_HZ, seed=22))
    sensors = [
        VirtualSensor("head", "openearable2", _feed(cap), HEAD_NAME, clock_ppm=35.0, clock_offset_s=1234.5),
        VirtualSensor("collar", "witmotion", _feed(clip), COLLAR_NAME),
    ]
    lost = Fault(LOST_AT_S, FaultKind.OUT_OF_RANGE, "head", seconds=LOST_FOR_S)
    return Wearer(SimulatedRadio(sensors, (lost,) if seconds > LOST_AT_S else ()), _profile(cap))


def _feed(motion: SimulatedMotion) -> ArrayFeed:
    return ArrayFeed(motion.acc, motion.gyr, RATE_HZ)


def _profile(cap: SimulatedMotion) -> Profile:
    """What a perfect calibration would find; the shrugs of the run itself may be too few to learn from."""
    drill = Scenario(40.0, (), (), (ShoulderEvent(10.0, 25.0, 1.0),), seed=14)
    return true_profile(cap, simulate(drill, SensorModel(site=Site.COLLAR, rate_hz=RATE_HZ, seed=22)))
