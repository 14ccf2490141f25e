"""Other neutrals for parts of a run: a cap that was turned in the middle of it. SIMULATED."""

from __future__ import annotations

import json
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulated_log import HeadEvent, SensorModel, head_info, merged, notifications, running, simulate, true_profile

from calibration import store
from monitor.errors import CalibrationError
from monitor.recording.reader import open_recording
from monitor.recording.writer import RecordingWriter
from monitor.review.analyse import analyse
from monitor.review.choices import ReviewChoices, read_choices, write_choices
from monitor.review.splits import NO_EDITS, Edits, Split, edits_of, with_edits, words
from monitor.review.whatif import rescorer_of
from monitor.review.whatif_settings import with_rule
from monitor.settings import Settings
from monitor.values import NS_PER_S, Activity, EventKind, Mode, ReZero, RunInfo, Site

MOVED_S = 200.0
RATE_HZ = 50.0


def turned(motion, from_s: float, degrees: float):
    """The sensor tips by so much, as if the nose went down, at a time: what it measures from then on is turned."""
    w, x, y, z = motion.mounting
    left = np.array([2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)])  # body left in sensor axes
    a, c, s = left, np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    cross = np.array([[0, -a[2], a[1]], [a[2], 0, -a[0]], [-a[1], a[0], 0]])
    turn = c * np.eye(3) + s * cross + (1 - c) * np.outer(a, a)
    acc, gyr = motion.acc.copy(), motion.gyr.copy()
    rows = slice(round(from_s * motion.rate_hz), None)
    acc[rows], gyr[rows] = acc[rows] @ turn.T, gyr[rows] @ turn.T
    return replace(motion, acc=acc, gyr=gyr)


def record(path, degrees: float, controls=()):
    scenario = running(500.0, head=[HeadEvent(100, 112, 30.0), HeadEvent(400, 412, 30.0)])
    motion = simulate(scenario, SensorModel(site=Site.HEAD, rate_hz=RATE_HZ, seed=1, mounting=(1, 0, 0, 0)))
    info = head_info("openearable2", RATE_HZ)
    run = RunInfo("moved", "2026-01-01T00:00:00+00:00", Mode.ROAD, True, "0", "SIMULATED")
    profile = store.to_json(true_profile(motion))
    writer = RecordingWriter(path, run, Settings(adapt_neutral=False).to_json(), profile)
    writer.append_sensor(info, 0)
    sent = notifications(info, turned(motion, MOVED_S, degrees), np.random.default_rng(1))
    for entry in merged(sent, controls):
        writer.append(entry)
    writer.close()
    return path


@pytest.fixture(scope="module")
def moved(tmp_path_factory):
    path = record(tmp_path_factory.mktemp("moved") / "run.headsup", 14.0)
    with open_recording(path) as opened:
        return path, analyse(opened)


def level(run, from_s: float, to_s: float) -> float:
    """The median pitch over a stretch, degrees."""
    track = run.tracks["head"]
    t_s = track.t_ns / NS_PER_S
    here = (t_s >= from_s) & (t_s < to_s) & (track.activity == Activity.RUN) & track.valid
    return float(np.median(track.sustained_deg[here]))


def test_a_stretch_after_the_split_gives_the_neutral_of_that_part(moved):
    path, was = moved
    before = level(was, 120, 195)
    assert abs(level(was, 220, 390) - before) > 10  # the sensor tipped
    edits = Edits().moved("head", MOVED_S, (250.0, 290.0))
    now = rescorer_of(path, was, edits=edits).analysis
    assert level(now, 120, 195) == pytest.approx(before, abs=1e-9)
    assert level(now, 240, 390) == pytest.approx(0.0, abs=1.0)
    deep = [e.t_ns / NS_PER_S for e in now.events if e.kind is EventKind.HEAD_DOWN and "repeat" not in e.detail]
    assert [round(t, -1) for t in deep] == [110, 410]


def test_without_a_stretch_the_highest_tenth_after_the_split_counts(moved):
    path, was = moved
    now = rescorer_of(path, was, edits=Edits().moved("head", MOVED_S)).analysis
    assert level(now, 240, 390) == pytest.approx(level(was, 120, 195), abs=2.5)


def test_a_neutral_for_the_whole_run_changes_the_calibration_at_its_start(moved):
    path, was = moved
    now = rescorer_of(path, was, edits=Edits().neutral("head", (250.0, 290.0))).analysis
    assert level(now, 240, 390) == pytest.approx(0.0, abs=1.0)
    assert abs(level(now, 120, 195)) > 10
    assert now.sites["head"].head.neutral != was.sites["head"].head.neutral


def test_other_settings_on_top_of_other_neutrals_are_as_exact(moved):
    path, was = moved
    edits = Edits().moved("head", MOVED_S, (250.0, 290.0)).moved("head", 300.0)
    kept = rescorer_of(path, was, edits=edits)
    replayed = rescorer_of(path, was, edits=edits, most_bytes=1000)
    other = with_rule(kept.settings, Mode.ROAD, on_deg=27.5, dwell_s=3.0)
    a, b = kept.rescore(other), replayed.rescore(other)
    assert replayed.seen.steps is None
    assert a.events == b.events
    assert a.tracks["head"].over.tobytes() == b.tracks["head"].over.tobytes()


def test_a_re_zero_of_the_runner_does_not_take_a_chosen_neutral_away(tmp_path):
    path = record(tmp_path / "run.headsup", 14.0, [ReZero(round(405 * NS_PER_S))])  # pressed with the head low
    with open_recording(path) as opened:
        was = analyse(opened)
    assert level(was, 430, 490) < -20
    now = rescorer_of(path, was, edits=Edits().moved("head", MOVED_S, (250.0, 290.0))).analysis
    assert level(now, 430, 490) == pytest.approx(0.0, abs=1.0)
    assert [e for e in now.events if e.kind is EventKind.MARK] == [e for e in was.events if e.kind is EventKind.MARK]


@pytest.mark.parametrize(
    ("edits", "word"),
    [
        (Edits().neutral("head", (0.0, 9.0)), "running"),  # standing
        (Edits().neutral("head", (120.0, 128.0)), "can be used"),  # short
        (Edits().neutral("head", (96.0, 116.0)), "wandered"),  # a stare begins in it
        (Edits().neutral("head", (600.0, 640.0)), "behind the end"),  # behind the end
        (Edits().moved("head", 300.0, (100.0, 140.0)), "does not lie"),
        (Edits().moved("head", 450.0), "were run after it"),
        (Edits().neutral("collar", (250.0, 290.0)), "not calibrated"),
        (Edits((Split("head", 0.0, (0.0, 5000.0)),)), "ten minutes"),
    ],
)
def test_what_shows_no_neutral_is_refused_with_a_sentence(moved, edits, word):
    path, was = moved
    with pytest.raises(CalibrationError, match=word) as refused:
        rescorer_of(path, was, edits=edits)
    assert str(refused.value).endswith(".")


def test_a_sensor_that_turned_too_far_is_refused(tmp_path):
    path = record(tmp_path / "run.headsup", 40.0)
    with open_recording(path) as opened:
        was = analyse(opened)
    with pytest.raises(CalibrationError, match="too much to correct"):
        rescorer_of(path, was, edits=Edits().moved("head", MOVED_S, (250.0, 290.0)))


# ------------------------------------------------------------------ what was said, kept and taken back


def test_edits_are_taken_back_one_by_one():
    edits = Edits().moved("head", 100.0).moved("head", 300.0).neutral("head", (120.0, 150.0))
    assert [(s.at_s, s.stretch) for s in edits.in_force] == [(100.0, (120.0, 150.0)), (300.0, None)]
    assert edits.end_s(edits.in_force[0]) == 300.0
    assert [s.stretch for s in edits.undone().in_force] == [None, None]
    assert not edits.undone().undone().undone()
    assert not NO_EDITS.undone()
    assert words(edits) == (
        "head: moved at 1:40; neutral as at 2:00-2:30",
        "head: moved at 5:00; neutral where the head was highest after it",
    )


def test_edits_are_kept_beside_the_recording_with_what_else_is_there(tmp_path):
    run = tmp_path / "a.headsup"
    edits = Edits().moved("head", 100.5).neutral("collar", (120.0, 150.25))
    write_choices(run, with_edits(ReviewChoices(others=MappingProxyType({"zoom": 3})), edits))
    choices, wrong = read_choices(run)
    assert not wrong
    assert choices.others["zoom"] == 3
    assert edits_of(choices) == (edits, "")
    assert edits_of(with_edits(choices, NO_EDITS)) == (NO_EDITS, "")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["sensor", "at_s", "stretch"]), inner),
    max_leaves=8,
)


@given(JSON)
def test_whatever_a_file_holds_is_an_edit_or_a_sentence(told):
    edits, wrong = edits_of(ReviewChoices(others=MappingProxyType({"neutrals": told})))
    assert bool(wrong) == (edits == NO_EDITS and told is not None and told != [])
    json.dumps([edits.in_force[0].at_s] if edits else [], allow_nan=False)
