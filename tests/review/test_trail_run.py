"""A SIMULATED run on the cadence and slope of a real watch's file, brought home and reviewed with it."""

from __future__ import annotations

import json
import shutil

import pytest
from trail_run import make, scenario_of

from monitor.alignment.choose import by_hand
from monitor.alignment.result import Alignment, Method, NotAligned
from monitor.cli import main
from monitor.interop.reading import read_watch
from monitor.recording.reader import open_recording
from monitor.review.analyse import analyse
from monitor.review.choices import ReviewChoices, watch_choice, with_watch, write_choices
from monitor.review.insight.observations import Section
from monitor.review.insight.windows import Quantity
from monitor.review.reviewed import reviewed
from monitor.review.splits import NO_EDITS, with_edits
from monitor.review.watch_clock import align

pytestmark = pytest.mark.slow
FENIX = "activity-small-fenix2-run.fit"


@pytest.fixture(scope="module")
def home(shared_data, tmp_path_factory):
    """The recording, the watch's file beside it, and what was done."""
    watch = shared_data / "watch" / FENIX
    run = make(read_watch(watch), tmp_path_factory.mktemp("trail") / "run.headsup", offset_s=-512.5)
    with open_recording(run.recording) as recording:
        return run, watch, analyse(recording)


def test_the_watch_finds_its_place_by_cadence(home):
    run, _, analysis = home
    found = align(analysis, run.watch)
    assert isinstance(found, Alignment)
    assert found.method is Method.CADENCE
    assert found.offset_s == pytest.approx(run.offset_s, abs=0.5)


def test_another_run_is_refused(home, shared_data):
    _, _, analysis = home
    other = read_watch(shared_data / "watch" / "developer-types-sample.fit")
    assert isinstance(align(analysis, other), NotAligned)


def test_what_was_run_is_what_is_said(home):
    run, _, analysis = home
    review = reviewed(analysis, run.watch, watch_name=FENIX)
    assert review.course.t_s[0] == pytest.approx(0.0, abs=0.6)  # they set out together
    assert [p.name for p in review.insight.laps] == ["Lap 1", "Lap 2", "Lap 3", "Lap 4"]
    cramp = next(m for m in review.insight.marks if m.label == "cramp")
    head = next(b for b in cramp.before if b.quantity is Quantity.HEAD_PITCH)
    assert head.plain.certain
    assert head.plain.difference > 5
    told = [o for o in review.observations if o.section is Section.MARKS]
    assert told
    assert told[0].start_s == pytest.approx(run.cramp_s - 300, abs=1)
    scenario, _ = scenario_of(run.watch)
    assert review.metrics.duration_s == pytest.approx(scenario.duration_s, abs=2)
    trend = next(t for t in review.insight.trends if t.quantity is Quantity.HEAD_PITCH)
    assert trend.low < 8 / (scenario.duration_s / 600) < trend.high


def test_the_report_and_the_json_hold_the_same_numbers(home, tmp_path, capsys):
    run, watch, _ = home
    out = tmp_path / "run.json"
    options = ["--watch", str(watch)]
    assert main(["analyze", str(run.recording), *options, "--json", str(out)]) == 0
    capsys.readouterr()
    assert main(["review", str(run.recording), *options, "--report", str(tmp_path / "r.html"), "--json"]) == 0
    printed, table = json.loads(capsys.readouterr().out), json.loads(out.read_text())
    for part in ("metrics", "insight", "observations", "watch"):
        assert printed[part] == table[part]
    assert table["watch"]["aligned"]


def test_what_was_chosen_in_the_review_holds_in_the_report(home, tmp_path, capsys):
    """Another neutral and the watch's clock set by hand: in the report and with --choices, nowhere else."""
    run, watch, _ = home
    recording = tmp_path / "run.headsup"
    shutil.copy(run.recording, recording)
    low = (run.cramp_s - 250, run.cramp_s - 50)
    choices = with_edits(ReviewChoices(), NO_EDITS.neutral("head", low))
    shutil.copy(watch, tmp_path / watch.name)
    choices = with_watch(choices, watch_choice(tmp_path / watch.name, by_hand(run.offset_s)))
    write_choices(recording, choices)

    def printed(*command):
        assert main([*command, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    report = printed("review", str(recording), "--report", str(tmp_path / "r.html"))
    chosen, plain = printed("analyze", str(recording), "--choices"), printed("analyze", str(recording))
    assert (report["metrics"], report["watch"]) == (chosen["metrics"], chosen["watch"])
    assert report["watch"]["offset_s"] == run.offset_s
    assert plain["watch"] is None
    lower = plain["metrics"]["head_pitch_mean_deg"] - report["metrics"]["head_pitch_mean_deg"]
    assert lower > 3  # seen from a neutral that was low
    assert main(["analyze", str(recording), "--choices", "--set", "road.on_deg=25"]) == 2
