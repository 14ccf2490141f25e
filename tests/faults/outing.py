"""The SIMULATED runner of the faults: two sensors, head up all the time, or down (but for a look up
every half minute) before, during and after the fault."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from calibration.model import Profile
from monitor.simulator.motion import ArrayFeed
from monitor.simulator.peripheral import VirtualSensor
from monitor.simulator.runner import simulate
from monitor.simulator.scenario import ActivitySpan, HeadEvent, Scenario
from monitor.simulator.sensor_model import SensorModel
from monitor.values import Activity, FloatArray, Site
from tests.pipeline.simulated_log import true_profile

HEAD_HZ, COLLAR_HZ = 100.0, 50.0
HEAD_NAME, COLLAR_NAME = "HeadsUp-SIM1", "WT901 SIMULATED"
DOWN_DEG = 30.0
DOWN_FROM_S = 20.0
DOWN_S, LOOK_UP_S = 30.0, 3.0
"""Never to look up at all is taken for a sensor that slipped, after 45 s, and rightly."""
RUNS_FROM_S = 3.0


@dataclass(frozen=True, slots=True)
class Outing:
    """What both sensors measure, and the truth: `pitch_deg` (n,) of the head at `HEAD_HZ`, without its nod."""

    head: ArrayFeed
    collar: ArrayFeed
    pitch_deg: FloatArray
    profile: Profile


@lru_cache(maxsize=4)
def outing(seconds: float, *, head_down: bool) -> Outing:
    """A run of this length, standing for the first seconds."""
    begins = np.arange(DOWN_FROM_S, seconds, DOWN_S + LOOK_UP_S).tolist() if head_down else ()
    down = tuple(HeadEvent(t, t + DOWN_S, DOWN_DEG) for t in begins)
    scenario = Scenario(
        duration_s=seconds,
        activities=(
            ActivitySpan(0.0, RUNS_FROM_S, Activity.STILL),
            ActivitySpan(RUNS_FROM_S, seconds, Activity.RUN, cadence_spm=168.0),
        ),
        head=down,
        seed=5,
    )
    head = simulate(scenario, SensorModel(site=Site.HEAD, rate_hz=HEAD_HZ, seed=31))
    collar = simulate(scenario, SensorModel(site=Site.COLLAR, rate_hz=COLLAR_HZ, seed=32))
    return Outing(
        ArrayFeed(head.acc, head.gyr, HEAD_HZ),
        ArrayFeed(collar.acc, collar.gyr, COLLAR_HZ),
        np.asarray(head.head_posture_deg),
        true_profile(head),
    )


def sensors(of: Outing, family: str, changes: dict[str, Any]) -> list[VirtualSensor]:
    """The virtual sensors; `changes` are the head sensor's."""
    head = {"name": HEAD_NAME, "clock_ppm": 35.0, "clock_offset_s": 1234.5} | changes
    return [
        VirtualSensor("head", family, of.head, **head),
        VirtualSensor("collar", "witmotion", of.collar, name=COLLAR_NAME),
    ]
