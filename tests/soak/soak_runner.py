"""The SIMULATED runner of the soak: half an hour of running over and over, and which bouts there truly are."""

from __future__ import annotations

import random
from dataclasses import dataclass

from calibration.model import Profile
from monitor.simulator.motion import ArrayFeed
from monitor.simulator.peripheral import VirtualSensor
from monitor.simulator.runner import SimulatedMotion, simulate
from monitor.simulator.scenario import ActivitySpan, HeadEvent, Scenario, ShoulderEvent
from monitor.simulator.sensor_model import SensorModel
from monitor.sources.ble import SensorRequest
from monitor.values import Activity, Site
from tests.pipeline.simulated_log import true_profile

RATE_HZ = 100.0
HEAD, COLLAR = "head", "collar"
KEYS = (HEAD, COLLAR)
NAMES = {HEAD: "OpenEarable-SOAK", COLLAR: "WT901 SOAK"}
REQUESTS = tuple(SensorRequest(Site(key), name=NAMES[key]) for key in KEYS)
PER_NOTIFICATION = {HEAD: 9, COLLAR: 10}
"""As many samples as a notification of 244 bytes holds, to spend less time on the radio."""
SEED = 31


@dataclass(frozen=True, slots=True)
class Bout:
    """A stare down or a shrug of the runner, seconds from the start of the loop."""

    sensor: str
    on_s: float
    off_s: float


@dataclass(frozen=True, slots=True)
class Runner:
    """Both sensors' feeds, the profile that fits them, and the truth; all repeats after `loop_s`."""

    loop_s: float
    sensors: tuple[VirtualSensor, ...]
    profile: Profile
    bouts: tuple[Bout, ...]

    def level_at(self, t_s: float, before_s: float = 12.0) -> bool:
        """Neither is the head down nor a shoulder up at this time of the run, nor were they in the seconds before."""
        return not any(
            bout.on_s - 1 < at_s < bout.off_s + 1
            for bout in self.bouts
            for at_s in (t_s % self.loop_s - ago_s for ago_s in range(round(before_s)))
        )

    def truly(self, sensor: str, t_s: float, *, dwell_s: float, late_s: float = 2.0) -> bool:
        """A bout of this sensor is on at this time, or was a moment ago, and had lasted for about `dwell_s`."""
        gains_ppm = {s.key: s.clock_ppm for s in self.sensors}.get(sensor, 0.0)
        at_s = t_s * (1 + gains_ppm * 1e-6) % self.loop_s  # a fast clock plays the motion fast
        return any(b.sensor == sensor and b.on_s + dwell_s - 1 <= at_s <= b.off_s + late_s for b in self.bouts)


def soak_runner(loop_s: float = 1800.0) -> Runner:
    """No bout is near a limit: depths and lengths lie well past or well below what the rules ask for."""
    rng = random.Random(SEED)
    stares: list[HeadEvent] = []
    shrugs: list[ShoulderEvent] = []
    t_s = 45.0
    while t_s < loop_s - 60:
        length_s = rng.choice((rng.uniform(2.0, 3.0), rng.uniform(13.0, 16.0), rng.uniform(26.0, 29.0)))
        stares.append(HeadEvent(t_s, t_s + length_s, rng.choice((30.0, 46.0))))
        t_s += length_s + rng.uniform(40.0, 90.0)
    t_s = 80.0
    while t_s < loop_s - 60:
        length_s = rng.choice((3.0, rng.uniform(16.0, 24.0)))
        shrugs.append(ShoulderEvent(t_s, t_s + length_s, 1.0))
        t_s += length_s + rng.uniform(100.0, 160.0)
    walk_s = loop_s / 2
    scenario = Scenario(
        loop_s,
        (
            ActivitySpan(4.0, walk_s, Activity.RUN, cadence_spm=168.0),
            ActivitySpan(walk_s, walk_s + 30.0, Activity.WALK),
            ActivitySpan(walk_s + 30.0, loop_s, Activity.RUN, cadence_spm=172.0),
        ),
        tuple(stares),
        tuple(shrugs),
        seed=SEED,
    )
    cap = simulate(scenario, SensorModel(site=Site.HEAD, rate_hz=RATE_HZ, seed=21))
    clip = simulate(scenario, SensorModel(site=Site.COLLAR, rate_hz=RATE_HZ, seed=22))
    sensors = (
        VirtualSensor(
            HEAD, "openearable2", _feed(cap), NAMES[HEAD], clock_ppm=35.0, clock_offset_s=1234.5,
            samples_per_notification=PER_NOTIFICATION[HEAD],
        ),
        VirtualSensor(
            COLLAR, "witmotion", _feed(clip), NAMES[COLLAR], clock_ppm=-20.0,
            samples_per_notification=PER_NOTIFICATION[COLLAR],
        ),
    )  # fmt: skip
    bouts = [Bout(HEAD, e.on_s, e.off_s) for e in stares] + [Bout(COLLAR, e.on_s, e.off_s) for e in shrugs]
    return Runner(loop_s, sensors, true_profile(cap, clip), tuple(bouts))


def _feed(motion: SimulatedMotion) -> ArrayFeed:
    return ArrayFeed(motion.acc, motion.gyr, RATE_HZ, loop=True)
