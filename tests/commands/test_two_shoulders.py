"""From tables of a SIMULATED runner with up to five sensors to what is said of each shoulder, by the command line."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from monitor.cli import main
from monitor.simulator.runner import simulate
from monitor.simulator.scenario import ActivitySpan, HeadEvent, LeanSpan, Scenario, ShoulderEvent, Side
from monitor.simulator.sensor_model import SensorModel
from monitor.values import Activity, Site

HEADER = "t_s,ax_m_s2,ay_m_s2,az_m_s2,gx_rad_s,gy_rad_s,gz_rad_s"
POSES = ["--neutral", "6:14", "--look", "feet=18:24", "--shrug", "28:34", "--shrug", "38:44", "--lean", "48:54"]
RUN_S = 60.0
END_S = 160.0
HIKED = (85.0, 145.0)
RATES_HZ = {Site.HEAD: 100.0, Site.COLLAR: 50.0, Site.LEFT_SHOULDER: 52.0, Site.RIGHT_SHOULDER: 100.0, Site.BACK: 50.0}


def outing(*hikes: ShoulderEvent, end_s: float = END_S) -> Scenario:
    """All poses, standing, then a run with shoulders hiked as asked."""
    return Scenario(
        duration_s=end_s,
        activities=(ActivitySpan(RUN_S, end_s, Activity.RUN),),
        head=(HeadEvent(17.0, 25.0, 42.0),),
        shoulders=(ShoulderEvent(27.0, 35.0, 1.0), ShoulderEvent(37.0, 45.0, 1.0), *hikes),
        leans=(LeanSpan(46.5, 55.5, 10.0),),
        seed=8,
    )


@dataclass(frozen=True)
class Told:
    """What calibration and analysis said."""

    calibration: str
    analysis: dict
    rows: list[dict[str, str]]
    report: str
    summary: str

    def of(self, kind: str) -> list[dict]:
        return [e for e in self.analysis["events"] if e["kind"] == kind]


def told(folder: Path, capsys, scenario: Scenario, sites, shrug_deg=12.0, lossy: Site | None = None) -> Told:
    """Import the tables of these sensors, calibrate from them, analyse, and write the report.

    `lossy` : this sensor loses a fifth of its samples while running, and 8 s of them in one piece
    """
    args = ["import", "-o", str(folder / "run.headsup")]
    for site in sites:
        model = SensorModel(site=site, rate_hz=RATES_HZ[site], seed=40, shrug_deg=shrug_deg)
        motion = simulate(scenario, model)
        table = folder / f"{site}.csv"
        rows = np.column_stack([motion.t_s, motion.acc, motion.gyr])
        if site is lossy:
            t_s, lucky = motion.t_s, np.random.default_rng(2).random(len(rows)) > 0.2
            rows = rows[(t_s < RUN_S) | (lucky & ~((t_s > 100.0) & (t_s < 108.0)))]
        np.savetxt(table, rows, delimiter=",", header=HEADER, comments="", fmt="%.6f")
        args += [f"--{site.value.replace('_', '-')}", str(table)]
    assert main(args) == 0
    run = str(folder / "run.headsup")
    capsys.readouterr()
    assert main(["calibrate", "--from", run, *POSES]) == 0
    calibration = capsys.readouterr().out
    track = folder / "track.csv"
    assert main(["analyze", run, "--profile", "me", "--json", str(folder / "a.json"), "--track", str(track)]) == 0
    summary = capsys.readouterr().out
    assert main(["review", run, "--profile", "me", "--report", str(folder / "r.html"), "--no-open"]) == 0
    with track.open() as file:
        rows = list(csv.DictReader(file))
    analysis, report = json.loads((folder / "a.json").read_text()), (folder / "r.html").read_text()
    return Told(calibration, analysis, rows, report, summary)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADSUP_HOME", str(tmp_path / "home"))


BOTH_SIDES = (Site.HEAD, Site.LEFT_SHOULDER, Site.RIGHT_SHOULDER)


def hike(side: Side = Side.BOTH, fraction: float = 1.0) -> ShoulderEvent:
    return ShoulderEvent(*HIKED, fraction, side=side)


@pytest.mark.parametrize("lossy", [None, Site.LEFT_SHOULDER, Site.RIGHT_SHOULDER])
def test_the_left_shoulder_hiked_for_a_minute(tmp_path, capsys, lossy):
    """SIMULATED: sensors at 100, 52 and 100 Hz, one of them also over a bad link."""
    said = told(tmp_path, capsys, outing(hike(Side.LEFT)), BOTH_SIDES, lossy=lossy)
    assert said.calibration.count("Sees raised shoulders (d'") == 2
    assert {e["sensor"] for e in said.of("shoulders_up")} == {"left_shoulder"}
    assert [e["prompted"] for e in said.of("shoulders_up")].count(True) == 1
    metrics = said.analysis["metrics"]
    assert [(s["sensor"], s["sees"]) for s in metrics["shoulder_sensors"]] == [
        ("left_shoulder", "clear"),
        ("right_shoulder", "clear"),
    ]
    left, right = (s["mean"] for s in metrics["shoulder_sensors"])
    assert left == pytest.approx(0.6, abs=0.06)
    assert right == pytest.approx(0.0, abs=0.06)
    asymmetry = metrics["asymmetry"]
    assert asymmetry["higher"] == "left"
    assert asymmetry["mean"] == pytest.approx(0.6, abs=0.08)
    assert asymmetry["left_higher_share"] == pytest.approx(0.6, abs=0.06)
    assert asymmetry["right_higher_share"] == 0.0
    assert asymmetry["mean"] > 2 * asymmetry["standard_error"]
    assert "Left shoulder up" in said.report
    assert "Right shoulder up" not in said.report
    assert "Your left shoulder was higher on average" in said.report
    [event] = [line for line in said.summary.splitlines() if "shoulders_up" in line]
    assert event.endswith("shoulders_up   left shoulder sensor: cue given")
    assert said.summary.splitlines()[-1] == asymmetry["words"]


def test_the_track_gains_a_column_for_each_shoulder(tmp_path, capsys):
    said = told(tmp_path, capsys, outing(hike(Side.LEFT)), BOTH_SIDES)
    assert list(said.rows[0])[10:] == ["reason", "shoulder_left", "shoulder_right", "lean_deg"]
    columns = {
        name: np.array([float(row[name] or "nan") for row in said.rows])
        for name in ("t_s", "shoulder_score", "shoulder_left", "shoulder_right")
    }
    during = (columns["t_s"] > HIKED[0] + 3) & (columns["t_s"] < HIKED[1] - 3)
    after = columns["t_s"] > HIKED[1] + 3
    assert np.nanmedian(columns["shoulder_left"][during]) == pytest.approx(1.0, abs=0.1)
    assert np.nanmedian(columns["shoulder_left"][after]) == pytest.approx(0.0, abs=0.1)
    assert np.nanmax(np.abs(columns["shoulder_right"][during | after])) < 0.15
    either = np.fmax(columns["shoulder_left"], columns["shoulder_right"])
    assert np.array_equal(columns["shoulder_score"], either, equal_nan=True)


def test_both_shoulders_hiked_bring_one_cue_and_no_asymmetry(tmp_path, capsys):
    said = told(tmp_path, capsys, outing(hike()), BOTH_SIDES)
    events = said.of("shoulders_up")
    assert {e["sensor"] for e in events} == {"left_shoulder", "right_shoulder"}
    assert max(e["t_s"] for e in events) - min(e["t_s"] for e in events) < 2
    assert [e["prompted"] for e in events].count(True) == 1
    assert {e.get("silent") for e in events if not e["prompted"]} == {"told a moment ago"}
    assert "sensor: no cue: told a moment ago" in said.summary
    asymmetry = said.analysis["metrics"]["asymmetry"]
    assert asymmetry["higher"] is None
    assert abs(asymmetry["mean"]) < 0.1
    assert "No difference between left and right that can be told" in said.report
    assert "Left shoulder up" in said.report
    assert "Right shoulder up" in said.report


def test_a_hint_of_a_difference_is_not_told(tmp_path, capsys):
    said = told(tmp_path, capsys, outing(hike(Side.RIGHT, 0.4)), BOTH_SIDES)
    asymmetry = said.analysis["metrics"]["asymmetry"]
    assert asymmetry["mean"] == pytest.approx(-0.24, abs=0.08)
    assert asymmetry["higher"] is None
    assert said.analysis["events"] == []


def test_five_sensors_are_calibrated_and_analysed_together(tmp_path, capsys):
    said = told(tmp_path, capsys, outing(hike(Side.RIGHT)), tuple(Site))
    assert [s["key"] for s in said.analysis["sensors"]] == [site.value for site in Site]
    sees = {s["sensor"]: s["sees"] for s in said.analysis["metrics"]["shoulder_sensors"]}
    assert sees == {"collar": "clear", "left_shoulder": "clear", "right_shoulder": "clear"}
    # The collar's clip rides on the right shoulder of this wearer.
    assert {e["sensor"] for e in said.of("shoulders_up")} == {"collar", "right_shoulder"}
    assert said.analysis["metrics"]["asymmetry"]["higher"] == "right"


# ---------------------------------------------------------------- weak, and not visible


def test_a_weak_placement_shows_a_score_and_never_claims(tmp_path, capsys):
    """SIMULATED: a clip that a full shrug turns by 7 degrees (d' 1.5) while the shoulders are up for a minute."""
    said = told(tmp_path, capsys, outing(hike()), (Site.HEAD, Site.COLLAR), shrug_deg=7.0)
    assert "only weakly" in said.calibration
    assert said.of("shoulders_up") == []
    shoulders = said.analysis["metrics"]["shoulders"]
    assert (shoulders["sensor"], shoulders["sees"]) == ("collar", "weak")
    assert 1.2 <= shoulders["d_prime"] < 2
    assert shoulders["mean"] == pytest.approx(0.6, abs=0.1)
    assert (shoulders["past_share"], shoulders["bouts"]) == (None, None)
    assert "Weak (d&#x27; 1.5): a shrug hardly shows from here" in said.report
    assert "Shoulder score, weakly seen" in said.report
    assert all(row["shoulder_score"] == "" for row in said.rows)
    assert "shoulder_left" not in said.rows[0]
    # No asymmetry of one shoulder, and what its clip tells of the trunk is taken off the head pitch.
    assert "left and right" not in said.summary
    assert said.analysis["metrics"]["trunk_lean"]["treatment"] == "removed"
    assert "Your trunk hardly leaned" in said.summary


def test_a_placement_that_cannot_see_says_so(tmp_path, capsys):
    said = told(tmp_path, capsys, outing(hike()), (Site.HEAD, Site.COLLAR), shrug_deg=4.0)
    assert said.of("shoulders_up") == []
    metrics = said.analysis["metrics"]
    assert metrics["shoulders"] == "not visible from here"
    assert metrics["shoulder_sensors"][0]["sees"] == "not visible from here"
    assert metrics["shoulder_sensors"][0]["mean"] is None
    assert "Shoulders: not visible from here." in said.report


def test_two_weak_shoulders_tell_no_difference(tmp_path, capsys):
    said = told(tmp_path, capsys, outing(hike(Side.LEFT)), BOTH_SIDES, shrug_deg=7.0)
    assert said.analysis["events"] == []
    asymmetry = said.analysis["metrics"]["asymmetry"]
    assert asymmetry["mean"] > 0.4
    assert asymmetry["higher"] is None
    assert "both sensors see their shoulders only weakly" in asymmetry["words"]


def test_two_shoulders_without_a_head(tmp_path, capsys):
    said = told(tmp_path, capsys, outing(hike(Side.LEFT)), (Site.LEFT_SHOULDER, Site.RIGHT_SHOULDER))
    assert {e["sensor"] for e in said.of("shoulders_up")} == {"left_shoulder"}
    assert said.analysis["metrics"]["head_down"] is None
    assert "<h1>Left shoulder past the limit for 6" in said.report
