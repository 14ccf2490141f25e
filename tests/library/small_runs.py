"""Small SIMULATED recordings, and rows and compared runs made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from simulated_log import head_info, true_profile

from calibration import store
from monitor.library.compare import ComparedRun, Curves
from monitor.library.measures import MEASURES
from monitor.library.rows import CalibratedSensor, CalibrationFacts, RunRow
from monitor.library.rulers import RulerFacts
from monitor.recording.writer import RecordingWriter
from monitor.review.insight.windows import Quantity, Windows
from monitor.sensors import scheme
from monitor.settings import Settings
from monitor.simulator.runner import simulate
from monitor.simulator.scenario import ActivitySpan, HeadEvent, Scenario
from monitor.simulator.sensor_model import SensorModel
from monitor.values import Activity, Mode, RunInfo, Site
from tests.review.trail_run import in_minutes, packets

BEGAN = datetime(2026, 6, 1, 7, tzinfo=UTC)
RULER = RulerFacts(
    simulated=False, modes="trail", head_sensor="Cap IMU (AA:BB)", head="c1", made_utc="2026-05-01T08:00:00+00:00",
    rezeroed=False, trunk_seen=False, limits="l1", cues="q1", shoulder_sensor="Collar IMU (CC:DD)", shoulders="s1",
)  # fmt: skip


def record(path: Path, *, day: int = 0, seconds: float = 30.0, mode: Mode = Mode.TRAIL, down_deg: float = 10.0) -> Path:
    """A SIMULATED run: 5 s standing, then running, the head down by so much."""
    scenario = Scenario(
        duration_s=seconds,
        activities=(
            ActivitySpan(0.0, 5.0, Activity.STILL),
            ActivitySpan(5.0, seconds, Activity.RUN, cadence_spm=168.0),
        ),
        head=(HeadEvent(8.0, 2 * seconds, down_deg, 1.0),),
        shoulders=(),
        seed=4 + day,
    )
    motion = simulate(scenario, SensorModel(site=Site.HEAD, rate_hz=50.0, seed=3))
    info = replace(head_info("openearable2", 50.0), config=scheme.encode(scheme.DIY))
    started = (BEGAN + timedelta(days=day)).isoformat()
    run = RunInfo(f"run-{day}", started, mode, True, "0.1.0", "SIMULATED")
    writer = RecordingWriter(path, run, Settings(mode=mode).to_json(), store.to_json(true_profile(motion)))
    writer.append_sensor(info, 0)
    for block in in_minutes(packets(info, motion)):
        writer.append(block)
    writer.close()
    return path


def row(name: str = "a.headsup", *, day: float = 0.0, ruler: RulerFacts | None = RULER, **numbers: float) -> RunRow:
    """A row of a run `day` days after the first, half an hour of running long."""
    known = dict.fromkeys((m.key for m in MEASURES), None) | {"duration_s": 1800.0, "running_s": 1800.0} | numbers
    began = (BEGAN + timedelta(days=day)).isoformat()
    return RunRow(
        name, "1:2|-|-", "ab", run_id=name, started_utc=began, app_version="0.1.0", ruler=ruler,
        calibration=calibration(), numbers=known,
    )  # fmt: skip


def calibration(
    made: str = "2026-05-01T08:00:00+00:00", neutral=(0.0, 0.0, 1.0), *, address: str = "AA:BB", profile: str = "me"
) -> CalibrationFacts:
    """A calibration of one cap."""
    cap = CalibratedSensor("head", "head", "Cap IMU", address, f"{made}{neutral}", neutral, 9.0, None, None)
    return CalibrationFacts(profile, made, False, (cap,))


def compared(which: RunRow, **means: np.ndarray) -> ComparedRun:
    """A run with these window means; quantities that are not named were not seen."""
    k = len(next(iter(means.values())))
    at_s = (np.arange(k) + 0.5) * 30.0
    whole = {q: np.asarray(means.get(q.name.lower(), np.full(k, np.nan)), float) for q in Quantity}
    return ComparedRun(which, Windows(30.0, at_s, whole), Curves(at_s, np.full(k, np.nan), whole))
