"""A SIMULATED recording of six minutes in which everything happens that rules and policy know."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from simulated_log import (
    HeadEvent,
    SensorModel,
    ShoulderEvent,
    head_info,
    merged,
    notifications,
    running,
    simulate,
    true_profile,
)

from calibration import store
from monitor.recording.writer import RecordingWriter
from monitor.settings import Settings
from monitor.values import (
    NS_PER_S,
    BatteryLevel,
    Ground,
    HeartRate,
    LinkChange,
    LinkState,
    Mark,
    Mode,
    ModeChange,
    Quiet,
    ReZero,
    RunInfo,
    Site,
)

S = NS_PER_S


def record(path: Path) -> Path:
    """Write the recording."""
    scenario = running(
        360.0,
        head=[HeadEvent(30, 45, 30.0), HeadEvent(60, 95, 24.0), HeadEvent(120, 131, 18.0), HeadEvent(180, 290, 27.0)],
        shoulders=[ShoulderEvent(55, 88, 1.0), ShoulderEvent(200, 216, 0.6)],
    )
    head = simulate(scenario, SensorModel(site=Site.HEAD, rate_hz=52.0, seed=1))
    collar = simulate(scenario, SensorModel(site=Site.COLLAR, rate_hz=50.0, seed=2))
    infos = [head_info("openearable2", 52.0), head_info("witmotion", 50.0, "collar")]
    rng = np.random.default_rng(9)
    controls = [
        ReZero(29 * S), Mark(41 * S + 123, "cramp"), BatteryLevel("head", 42 * S, 80), HeartRate(43 * S, 150.0),
        LinkChange("collar", 147 * S, LinkState.LOST, "gone"), LinkChange("collar", 150 * S, LinkState.STREAMING),
        Ground(160 * S, 2.5, -0.12, "treadmill"), ModeChange(230 * S, Mode.TRAIL), Quiet(240 * S, 10.0),
        ModeChange(275 * S, Mode.TECHNICAL), Ground(300 * S, 0.0, 0.0, "treadmill"), Ground(310 * S, 2.5, 0.0, "t"),
    ]  # fmt: skip
    quiet = [p for p in notifications(infos[1], collar, rng, delay_s=0.05) if not 147e9 < p.t_ns[0] < 150e9]
    run = RunInfo("whatif", "2026-01-01T00:00:00+00:00", Mode.ROAD, True, "0", "SIMULATED")
    writer = RecordingWriter(path, run, Settings().to_json(), store.to_json(true_profile(head, collar)))
    for info in infos:
        writer.append_sensor(info, 0)
    for entry in merged(notifications(infos[0], head, rng, delay_s=0.08, loss=0.05), quiet, controls):
        writer.append(entry)
    writer.close()
    return path
