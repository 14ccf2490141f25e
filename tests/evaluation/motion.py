"""An outing as the perfect readings of one sensor with its truth: from the gait model, or from real motion capture."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from monitor.simulator.runner import simulate
from monitor.simulator.scenario import Scenario
from monitor.simulator.sensor_model import SensorModel
from monitor.values import Activity, Site
from tests.evaluation.labelled import Bools, Floats
from tests.evaluation.stitched import REAL_SITES, stitched

MODELLED = ("treadmill", "trail", "collar", "collar trail")


@dataclass(frozen=True, slots=True)
class Motion:
    """n perfect readings at times i / rate_hz, sensor axes x ahead, y left, z up; SIMULATED.

    t_s (n,); acc (n,3) m/s², gyr (n,3) rad/s; pitch_deg (n,) of the head, from level; shoulder (n,) score;
    cadence_spm (n,) NaN where unknown; running (n,) bool; quat (n,4) sensor to world, w x y z
    """

    rate_hz: float
    t_s: Floats
    acc: Floats
    gyr: Floats
    quat: Floats
    pitch_deg: Floats
    shoulder: Floats
    cadence_spm: Floats
    running: Bools


def site_of(source: str) -> Site:
    """Where the sensor of a source is worn."""
    return Site.COLLAR if source.startswith(("collar", "clav")) else Site.HEAD


def move(source: str, scenario: Scenario, rate_hz: float, *, bounce: float = 1.0, shrug_deg: float = 12.0) -> Motion:
    """The motion of a source: one of `MODELLED`, or a site of the motion recordings (`REAL_SITES`).

    Real motion runs from the first moment: it has no standing and no walking.
    """
    if source in REAL_SITES:
        real = stitched(source, scenario, shrug_deg)
        t_s = np.arange(0.0, scenario.duration_s - 0.02, 1 / rate_hz)
        columns = (real.acc, real.gyr, real.quat)
        acc, gyr, quat = (np.stack([np.interp(t_s, real.t_s, c) for c in a.T], axis=1) for a in columns)
        n = len(t_s)
        return Motion(
            rate_hz,
            t_s,
            acc,
            gyr,
            quat / np.linalg.norm(quat, axis=1, keepdims=True),
            np.interp(t_s, real.t_s, real.pitch_deg),
            np.interp(t_s, real.t_s, real.shoulder),
            np.full(n, np.nan),
            np.ones(n, bool),
        )
    if source not in MODELLED:
        raise ValueError(f"no such source of motion: {source}")
    sensor = replace(SensorModel.ideal(site_of(source)), rate_hz=rate_hz, bounce_scale=bounce, shrug_deg=shrug_deg)
    m = simulate(scenario, sensor)
    running = np.asarray(m.activity == Activity.RUN)
    return Motion(rate_hz, m.t_s, m.acc, m.gyr, m.quat, m.head_pitch_deg, m.shoulder, m.cadence_spm, running)
