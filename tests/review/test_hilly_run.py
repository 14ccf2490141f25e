"""A recorded SIMULATED run over hills with a back sensor: from the log to limits, lean, grade, look-ahead and words."""

from __future__ import annotations

import csv
import dataclasses
import io
import json

import numpy as np
import pytest
from simulated_log import HeadEvent, SensorModel, head_info, merged, notifications, running, simulate, true_profile

from calibration import store
from calibration.model import Profile, SiteCalibration, TrunkCalibration
from monitor.cli import main
from monitor.recording.reader import open_recording
from monitor.recording.writer import RecordingWriter
from monitor.review.analyse import analyse
from monitor.review.ground_metrics import Lean
from monitor.review.limits import limits_deg
from monitor.review.metrics import summarise
from monitor.review.modes import ModeSpan
from monitor.review.report import report_html
from monitor.review.reviewed import reviewed
from monitor.review.track_columns import write_track
from monitor.settings import Settings
from monitor.simulator.scenario import LeanSpan
from monitor.values import NS_PER_S, EventKind, Ground, Mode, ModeChange, RunInfo, Site

S = NS_PER_S
UP, DOWN = 0.12, -0.15
LEAN_DEG = 24.0
STARES = (HeadEvent(80.0, 94.0, 24.0), HeadEvent(120.0, 134.0, 32.0), HeadEvent(175.0, 195.0, 60.0))
GROUND = (
    Ground(20 * S, 3.0, 0.0, "watch"),
    Ground(60 * S, 2.5, UP, "watch"),
    Ground(110 * S, 3.0, 0.0, "watch"),
    Ground(140 * S, float("nan"), DOWN, "watch"),
    Ground(210 * S, 3.0, float("nan"), "watch"),
)


def back_site(motion) -> SiteCalibration:
    """Lean as a perfect calibration of this sensor finds it."""
    w, x, y, z = motion.quat.T
    up = np.stack((2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z), axis=1)
    neutral = up[motion.trunk_lean_deg < 0.1].mean(axis=0)
    neutral /= np.linalg.norm(neutral)
    leaning = up[motion.trunk_lean_deg > LEAN_DEG - 0.1].mean(axis=0)
    arc = leaning - (leaning @ neutral) * neutral
    trunk = TrunkCalibration(
        tuple(map(float, neutral)), tuple(map(float, np.degrees(arc / np.linalg.norm(arc)))), in_running=True
    )
    return SiteCalibration("back", "back", "SIM back", "sim:back", "vqf", (), sees="Sees a lean.", trunk=trunk)


@pytest.fixture(scope="module")
def hills(tmp_path_factory):
    """A recording with head and back: level, uphill with the trunk leaning, level, downhill in trail mode."""
    scenario = dataclasses.replace(running(230.0, head=STARES), leans=(LeanSpan(60.0, 110.0, LEAN_DEG, 2.0),))
    head = simulate(scenario, SensorModel(site=Site.HEAD, rate_hz=52.0, seed=1))
    back = simulate(scenario, SensorModel(site=Site.BACK, rate_hz=50.0, seed=2))
    infos = [head_info("openearable2", 52.0), head_info("openearable2", 50.0, "back")]
    rng = np.random.default_rng(3)
    entries = merged(
        notifications(infos[0], head, rng, delay_s=0.08, loss=0.01),
        notifications(infos[1], back, rng, delay_s=0.06, loss=0.01),
        [*GROUND, ModeChange(150 * S, Mode.TRAIL)],
    )
    alone = true_profile(head)
    both = Profile("both", alone.created_utc, True, (*alone.sites, back_site(back)))
    path = tmp_path_factory.mktemp("hills") / "run.headsup"
    about = RunInfo("hills", "2026-11-22T09:30:00+00:00", Mode.ROAD, True, "0")
    writer = RecordingWriter(path, about, Settings().to_json(), store.to_json(both))
    for info in infos:
        writer.append_sensor(info, 0)
    for entry in entries:
        writer.append(entry)
    writer.close()
    return path, alone, both


@pytest.fixture(scope="module", params=["with the back sensor", "the head alone"])
def analysed(request, hills):
    path, alone, both = hills
    with open_recording(path) as recording:
        return analyse(recording, profile=both if "back" in request.param else alone)


@pytest.fixture(scope="module")
def with_back(hills):
    with open_recording(hills[0]) as recording:
        return analyse(recording)


@pytest.fixture(scope="module")
def alone(hills):
    with open_recording(hills[0]) as recording:
        return analyse(recording, profile=hills[1])


def table(run):
    out = io.BytesIO()
    write_track(run, out)
    names, *rows = csv.reader(io.StringIO(out.getvalue().decode()))
    return names, {n: np.array([float(r[i] or "nan") for r in rows]) for i, n in enumerate(names) if n not in WORDS}


WORDS = ("activity", "reason")
COLUMNS = (
    "t_s", "activity", "cadence_spm", "head_pitch_deg", "head_pitch_sustained_deg", "gaze_m", "gaze_low_m",
    "gaze_high_m", "shoulder_score", "valid", "reason",
)  # fmt: skip


# ---------------------------------------------------------------- the limit


def test_the_limit_in_force_is_the_one_the_pipeline_judged_by(analysed):
    """Each event says its own limit; whoever changes how the pipeline shifts it learns of the review here."""
    track = analysed.tracks["head"]
    limits = limits_deg(track, analysed)
    told = [e for e in analysed.events if e.kind is EventKind.HEAD_DOWN]
    assert {round(float(e.detail["limit"])) for e in told} >= {20, 36 + 2}
    for event in told:
        at = int(np.argmin(np.abs(track.t_ns - event.t_ns)))
        assert limits[at] == pytest.approx(float(event.detail["limit"]), abs=0.006)


def test_the_detector_is_past_exactly_the_limit_that_is_drawn(analysed):
    """The detector's clock never starts below it."""
    track = analysed.tracks["head"]
    limits = limits_deg(track, analysed)
    starts = np.flatnonzero((track.dwell_s[1:] > 0) & (track.dwell_s[:-1] == 0)) + 1
    assert len(starts) >= 2
    assert (track.neck_deg[starts] > limits[starts] - 0.5).all()


def test_modes_ground_and_sites_are_known(with_back):
    assert with_back.modes[0].mode is Mode.ROAD
    assert [s.mode for s in with_back.modes] == [Mode.ROAD, Mode.TRAIL]
    assert with_back.modes[0].end_s == with_back.modes[1].start_s == pytest.approx(150, abs=0.2)
    assert with_back.modes[1] == ModeSpan(with_back.modes[0].end_s, with_back.duration_s, Mode.TRAIL)
    assert set(with_back.sites) == {"head", "back"}
    assert with_back.calibrated["back"] == "Sees a lean."
    assert with_back.ground is not None


def test_a_head_alone_takes_the_lean_for_a_bent_neck(with_back, alone):
    one, other = summarise(with_back), summarise(alone)
    assert (one.limit_deg, other.limit_deg) == (20.0, 20.0)
    assert one.past_limit_share == pytest.approx((14 + 14 + 20) / 220, abs=0.02)
    # Its limit follows the hill by 3.4 deg of lean; the trunk takes it along by 24.
    assert other.past_limit_share == pytest.approx((50 + 14 + 20) / 220, abs=0.02)
    assert (one.trunk_lean.treatment, other.trunk_lean.treatment) == (Lean.REMOVED, Lean.NO_SENSOR)
    assert one.trunk_lean.mean_deg == pytest.approx(LEAN_DEG * 50 / 220, abs=1.0)
    assert one.trunk_lean.known_share > 0.95
    assert (other.trunk_lean.mean_deg, other.trunk_lean.known_share) == (None, 0.0)


# ---------------------------------------------------------------- the ground


def test_grade_and_look_ahead(with_back):
    m = summarise(with_back)
    # Known from 20 s to 210 s of the running from 10 s to 230 s.
    assert m.grade.known_share == pytest.approx(190 / 220, abs=0.02)
    shares = (m.grade.uphill_share, m.grade.level_share, m.grade.downhill_share)
    assert shares == pytest.approx((50 / 190, 70 / 190, 70 / 190), abs=0.01)
    assert m.look_ahead_median_s == pytest.approx(5.0, abs=1.01)  # 15 m at 3.0 and 2.5 m/s: mostly far
    assert 0.5 < m.look_ahead_far_share < 1.0


def test_the_table_has_what_is_known_behind_the_contracts_columns(with_back, alone):
    names, t = table(with_back)
    assert tuple(names) == (*COLUMNS, "lean_deg", "speed_m_s", "slope_deg", "look_ahead_s")
    assert table(alone)[0] == [*COLUMNS, "speed_m_s", "slope_deg", "look_ahead_s"]
    uphill = (t["t_s"] > 65) & (t["t_s"] < 108)
    assert np.median(t["lean_deg"][uphill]) == pytest.approx(LEAN_DEG, abs=1.0)
    assert np.unique(t["slope_deg"][uphill]) == pytest.approx(np.degrees(np.arctan(UP)), abs=1e-3)
    assert np.unique(t["speed_m_s"][uphill]) == pytest.approx(2.5)
    early, late = t["t_s"] < 19, t["t_s"] > 211
    assert np.isnan(t["slope_deg"][early | late]).all()
    assert np.isnan(t["speed_m_s"][early | ((t["t_s"] > 141) & (t["t_s"] < 209))]).all()
    stare = (t["t_s"] > 84) & (t["t_s"] < 92)
    assert t["look_ahead_s"][stare] == pytest.approx(t["gaze_m"][stare] / 2.5, abs=1e-3)
    # Uphill the same gaze meets the ground nearer than it would on the level.
    theta = np.radians(t["head_pitch_sustained_deg"][stare] / 0.6)
    slope = np.arctan(UP)
    expected = 1.62 / ((np.tan(theta) + np.tan(slope)) * np.cos(slope))
    assert t["gaze_m"][stare] == pytest.approx(expected, abs=2e-3)


# ---------------------------------------------------------------- the words


def test_the_report_says_it(with_back, alone):
    html = report_html(reviewed(with_back))
    for words in (
        "road, trail from 2:", "road: limit 20° on the level", "trail: limit 36° on the level", "Past the limit",
        "Your trunk leaned 5° forward on average.", "Where the slope was known, 87 % of",
        "of the ground, while running",
        "In trail mode your head counts as low above 36°", "In road mode your head counts as low above 20°",
        "You looked far ahead most of the time: at your speed, at least",
    ):  # fmt: skip
        assert words.lower() in html.lower(), words
    lonely = report_html(reviewed(alone))
    assert "A lean of the trunk counts as head pitch here; a second sensor on the back tells them apart." in lonely


def test_the_command_says_it_too(hills, tmp_path, capsys):
    out = tmp_path / "a.json"
    assert main(["analyze", str(hills[0]), "--json", str(out)]) == 0
    said = capsys.readouterr().out
    assert "road, trail from 2:" in said.splitlines()[0]
    assert "Your trunk leaned 5° forward on average." in said
    assert "uphill" in said
    assert "at your speed" in said
    plain = json.loads(out.read_text())
    assert [m["mode"] for m in plain["run"]["modes"]] == ["road", "trail"]
    metrics = plain["metrics"]
    assert metrics["limit_deg"] == 20.0
    assert metrics["trunk_lean"]["treatment"] == "removed"
    assert set(metrics["grade"]) == {"known_share", "uphill_share", "level_share", "downhill_share", "afterwards"}
    assert set(metrics["head_down_by_mode"]) == {"road", "trail"}
    assert metrics["look_ahead_median_s"] > 0
    assert main(["analyze", str(hills[0]), "--estimate", "best", "--json"]) == 0
    best = json.loads(capsys.readouterr().out)
    assert best["events"] == plain["events"]
    assert best["metrics"]["past_limit_share"] == pytest.approx(metrics["past_limit_share"], abs=0.02)
