"""`headsup calibrate`: from a SIMULATED recording of the full protocol, by the live guide's own eyes, and the list."""

import json

import numpy as np
import pytest

from calibration import store
from calibration.guide import Guide, Saying
from calibration.limits import head_limits
from calibration.model import Profile
from calibration.protocol import full, timeline
from monitor.cli import _parser, main
from monitor.commands import calibrate, places
from monitor.errors import CalibrationError, SettingsError
from monitor.outputs.pieces import Piece
from monitor.outputs.player import NullPlayer
from monitor.posture_watch import PostureWatch
from monitor.recording.reader import open_recording
from monitor.recording.writer import RecordingWriter
from monitor.review.poses import PoseSpans, profile_from, spans_of
from monitor.review.replay import run_origin_ns
from monitor.settings import Settings
from monitor.simulator.runner import simulate
from monitor.simulator.scenario import HeadEvent, Scenario
from monitor.simulator.sensor_model import SensorModel
from monitor.simulator.wearer import LEAN_DEG, LOOKS_DEG, calibration_scenario
from monitor.values import NS_PER_S, Mode, PacketBlock, Site

STEPS = full(shoulders=True, marks=True)
HEADER = "t_s,ax_m_s2,ay_m_s2,az_m_s2,gx_rad_s,gy_rad_s,gz_rad_s"
NOW = "2026-05-01T08:00:00+00:00"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADSUP_HOME", str(tmp_path / "home"))


def table(path, scenario: Scenario, model: SensorModel, *, gyro=True, acc_scale=1.0):
    motion = simulate(scenario, model)
    rows = np.column_stack([motion.t_s, motion.acc * acc_scale, motion.gyr])
    header, rows = (HEADER, rows) if gyro else (HEADER.rsplit(",", 3)[0], rows[:, :4])
    np.savetxt(path, rows, delimiter=",", header=header, comments="", fmt="%.6f")
    return str(path)


def recorded(folder, scenario=None, *, gyro=True, acc_scale=1.0):
    """A recording of both sensors of a SIMULATED wearer."""
    scenario = scenario or calibration_scenario(STEPS)
    head = table(
        folder / "head.csv", scenario, SensorModel(site=Site.HEAD, seed=5), gyro=gyro, acc_scale=acc_scale
    )  # fmt: skip
    collar = table(folder / "collar.csv", scenario, SensorModel(site=Site.COLLAR, rate_hz=50, seed=6), gyro=gyro)
    assert main(["import", "--head", head, "--collar", collar, "-o", str(folder / "run.headsup")]) == 0
    return folder / "run.headsup"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return recorded(tmp_path_factory.mktemp("full"))


def span_text(start_s, end_s):
    return f"{start_s:.2f}:{end_s:.2f}"


def arguments(run):
    """The command line that names every pose of the full protocol."""
    spans = spans_of([t for t in timeline(STEPS) if t.step.pose])
    out = ["calibrate", "--profile", "full", "--from", str(run), "--neutral", span_text(*spans.neutral)]
    for name, span in spans.looks.items():
        out += ["--look", f"{name}={span_text(*span)}"]
    for span in spans.shrugs:
        out += ["--shrug", span_text(*span)]
    return [*out, "--lean", span_text(*spans.lean)], span_text(*spans.run)


def test_the_full_protocol_from_a_recording(run, capsys):
    words, run_span = arguments(run)
    args = _parser().parse_args(words)
    args.run_span = run_span
    assert calibrate.run(args) == 0
    out = capsys.readouterr().out
    for part in ("Sees a lowered head", "easy running", "floor marks", "own limit, road", "own limit, trail"):
        assert part in out
    profile = store.load(places.profiles_folder(), "full")
    head, collar = profile.site("head"), profile.site("collar")
    assert head.gaze.share == pytest.approx(0.6, abs=0.06)
    limits = head_limits(head)
    assert limits[Mode.ROAD][0] == pytest.approx(LOOKS_DEG["7ft"] + 3, abs=1.5)
    assert limits[Mode.TRAIL][0] == pytest.approx(LOOKS_DEG["4ft"] + 3, abs=1.5)
    assert head.running.cadence_spm == pytest.approx(168, abs=1)
    assert head.running.spread_deg < 2
    assert collar.head is None, "the head sensor watches the head"
    assert collar.shoulders.d_prime >= 2
    assert len([p for p in collar.poses if p.name == "shrug"]) == 2
    assert head.notes == collar.notes == ()


def test_without_the_run_the_contract_options_still_work(run):
    words, _ = arguments(run)
    assert main(words) == 0
    profile = store.load(places.profiles_folder(), "full")
    assert all(site.running is None for site in profile.sites)


def watched(run, steps):
    """The guide led by what the sensors of a recording see, in the order it arrived."""

    class Nowhere:
        def append(self, entry): ...
        def append_sensor(self, info, t_ns): ...
        def append_event(self, event, t_ns): ...

    watch = PostureWatch(Nowhere())
    said = []
    with open_recording(run) as recording:
        for info in recording.sensors:
            watch.append_sensor(info, 0)
        origin = run_origin_ns(recording)
        guide = Guide(steps, {s.key: s.site for s in recording.sensors})
        findings = ()
        for entries in recording.entries(slice_s=0.1):
            for entry in entries:
                watch.append(entry)
            last = max(int(np.max(e.t_ns)) for e in entries)
            for instruction in guide.step((last - origin) / NS_PER_S, watch.looks(origin)):
                said.append(instruction)
                if instruction.timed.step.pose == "neutral" and instruction.saying is Saying.ASK:
                    findings = watch.rest_findings()
    return guide, said, findings


def test_the_live_guide_accepts_what_an_obedient_wearers_sensors_see(run):
    guide, said, findings = watched(run, STEPS)
    assert guide.over
    assert guide.failure is None
    assert not [i.text for i in said if i.saying is Saying.AGAIN]
    assert not guide.left_out
    assert findings == ()
    with open_recording(run) as recording:
        profile = profile_from(recording, "live", NOW, spans_of(guide.held))
    assert profile.site("head").gaze is not None
    assert profile.site("collar").shoulders.d_prime >= 2


def test_the_live_guide_refuses_a_wearer_who_does_not_look_down(tmp_path):
    still = Scenario(duration_s=60.0, head=(HeadEvent(12.0, 60.0, 4.0),), seed=3)
    guide, said, _ = watched(recorded(tmp_path, still), full(shoulders=True, marks=False))
    refusals = [i.text for i in said if i.saying is Saying.AGAIN]
    assert len(refusals) >= 2
    assert all("differs by only" in text for text in refusals)
    assert [t.step.pose for t in guide.held] == ["neutral"]


def test_a_sensor_whose_scale_is_wrong_is_noticed_while_the_wearer_stands(tmp_path):
    still = Scenario(duration_s=20.0, seed=3)
    _, _, findings = watched(recorded(tmp_path, still, acc_scale=1.06), STEPS)
    assert [(f.sensor, f.code) for f in findings] == [("head", "gravity")]


def test_doubts_about_a_sensor_are_kept_with_its_profile(tmp_path, capsys):
    path = recorded(tmp_path, Scenario(duration_s=40.0, head=(HeadEvent(20.0, 30.0, 40.0),), seed=3), acc_scale=1.06)
    assert main(["calibrate", "--from", str(path), "--neutral", "8:16", "--look", "feet=22:28"]) == 0
    assert "reads gravity as 10." in capsys.readouterr().out
    profile = store.load(places.profiles_folder(), "me")
    assert "gravity" in profile.site("head").notes[0]
    assert profile.site("collar").notes == ()


def test_a_sensor_without_gyroscope_is_judged_against_its_running_neutral(tmp_path):
    path = recorded(tmp_path, gyro=False)
    spans = spans_of([t for t in timeline(STEPS) if t.step.pose])
    with open_recording(path) as recording:
        profile = profile_from(recording, "acc", NOW, spans)
        still = profile_from(recording, "acc", NOW, PoseSpans(spans.neutral, spans.looks))
    head = profile.site("head")
    assert head.estimator == "accelerometer"
    assert head.head.neutral == head.running.up
    assert head.standing is not None
    assert head.standing != head.head.neutral
    assert "no gyroscope" in still.site("head").notes[0]


def test_poses_that_tell_nothing_are_refused(run, tmp_path):
    """A collar alone with neither look nor shrug."""
    alone = tmp_path / "alone.headsup"
    with open_recording(run) as recording:
        writer = RecordingWriter(alone, recording.run, Settings().to_json())
        writer.append_sensor(next(s for s in recording.sensors if s.key == "collar"), 0)
        for entries in recording.entries():
            for entry in entries:
                if isinstance(entry, PacketBlock) and entry.sensor == "collar":
                    writer.append(entry)
        writer.close()
    with open_recording(alone) as recording, pytest.raises(CalibrationError, match="one on the shoulder a shrug"):
        profile_from(recording, "c", NOW, PoseSpans((6.0, 10.5)))


def test_what_a_calibration_can_do_without_is_left_out_where_that_was_asked_for(run):
    """Spans in which the wearer did something else: running for a shrug, standing for running."""
    good = spans_of([t for t in timeline(STEPS) if t.step.pose])
    moved = (good.lean[0] - 4.0, good.lean[1])
    wrong = PoseSpans(good.neutral, good.looks, shrugs=good.shrugs, lean=moved, run=good.neutral)
    with open_recording(run) as recording:
        with pytest.raises(CalibrationError):
            profile_from(recording, "strict", NOW, wrong)
        profile = profile_from(recording, "forgiving", NOW, wrong, forgiving=True)
    collar = profile.site("collar")
    assert collar.running is None
    assert any("easy running: left out" in note for note in collar.notes)
    assert collar.shoulders is not None


# ---------------------------------------------------------------- the list, and bad use


def listed(capsys, *, as_json=False):
    capsys.readouterr()
    assert calibrate.list_profiles(as_json=as_json) == 0
    return capsys.readouterr().out


def test_the_list_tells_age_and_what_is_seen_and_survives_a_damaged_file(run, capsys):
    assert "No profiles yet" in listed(capsys)
    words, _ = arguments(run)
    main(words)
    folder = places.profiles_folder()
    store.save(folder, Profile("old", "2020-01-01T00:00:00+00:00", True, ()))
    (folder / "damaged.json").write_text("{")
    (folder / ".hidden.json").write_text("{}")
    out = listed(capsys)
    assert "full: made today" in out
    assert "head (" in out
    assert "Sees a lowered head" in out
    assert "damaged: cannot be used" in out
    assert "SIMULATED" in out
    assert "days old: take two minutes" in out
    rows = {row["name"]: row for row in json.loads(listed(capsys, as_json=True))}
    assert rows["full"]["sites"][0]["sensor"] == "head"
    assert "error" in rows["damaged"]


def test_list_through_run(capsys):
    args = _parser().parse_args(["calibrate"])
    args.list = True
    assert calibrate.run(args) == 0
    assert "No profiles yet" in capsys.readouterr().out


def test_a_simulated_calibration_never_replaces_a_persons(capsys):
    folder = places.profiles_folder()
    store.save(folder, Profile("me", NOW, False, ()))
    assert main(["calibrate", "--simulate"]) == 2
    assert "a person's" in capsys.readouterr().err
    assert not store.load(folder, "me").simulated


def test_floor_marks_belong_to_the_full_calibration():
    args = _parser().parse_args(["calibrate", "--simulate"])
    args.marks = True
    with pytest.raises(SettingsError, match="--full"):
        calibrate.run(args)


def test_a_run_span_needs_a_recording():
    args = _parser().parse_args(["calibrate"])
    args.run_span = "1:30"
    with pytest.raises(SettingsError, match="--from"):
        calibrate.run(args)


def test_the_simulated_wearer_does_what_the_steps_ask():
    scenario = calibration_scenario(STEPS)
    assert [h.angle_deg for h in scenario.head] == [LOOKS_DEG[p] for p in ("4ft", "7ft", "feet")]
    assert [lean.angle_deg for lean in scenario.leans] == [LEAN_DEG]
    assert len(scenario.shoulders) == 2
    assert len(scenario.activities) == 1


@pytest.mark.slow
def test_guided_over_the_virtual_radio(capsys):
    """The quick protocol as a person sees it, in real time."""
    assert main(["calibrate", "--simulate", "--profile", "sim"]) == 0
    captured = capsys.readouterr()
    assert "SIMULATED wearer" in captured.out
    assert captured.err.startswith("Looking for the collar and head sensor ...")
    assert "Now look down at your feet." in captured.err
    assert "    3\n    2\n    1\n" in captured.err
    profile = store.load(places.profiles_folder(), "sim")
    assert profile.simulated
    assert profile.site("head").head.separation_d > 10
    assert profile.site("collar").shoulders.d_prime >= 2


def test_a_profile_that_cannot_be_read_is_kept_beside_the_new_one(run, capsys):
    folder = places.profiles_folder()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "full.json").write_text('{"format": "headsup-profile", "version": 9}')
    words, _ = arguments(run)
    assert main(words) == 0
    assert "could not be read (it has format version 9" in capsys.readouterr().err
    assert '"version": 9' in (folder / "full.json.old-1").read_text()
    assert store.load(folder, "full").site("head").head is not None


def test_the_seconds_left_are_printed_and_spoken(capsys):
    player = NullPlayer()
    for text in ("10", "3", "soon"):
        calibrate._Counter(player)(text)
    assert capsys.readouterr().err.split() == ["10", "3", "soon"]
    assert [record.sounds for record in player.log()] == [(Piece.TEN,), (Piece.THREE,)]
