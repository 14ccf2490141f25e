"""Counting the runs of the fading programme: per profile, only real ones, and never at the cost of a run."""

import dataclasses
import json
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.model import Profile
from monitor.commands.fading_runs import ProgrammeRun, runs_file
from monitor.settings import MOST_RUNS, Settings
from monitor.values import PipelineOutput, Track

ME = Profile("me", "2026-01-01T00:00:00+00:00", False, ())
FADING = Settings(fading=True)


def lasting(*ends_s):
    """What a session tells of a run whose data end at these seconds, one output each."""
    empty = np.zeros(1)
    for end_s in ends_s:
        track = Track("head", np.array([round(end_s * 1e9)]), *([empty] * (len(dataclasses.fields(Track)) - 2)))
        yield PipelineOutput((track,), (), ())


def one_run(path, seconds=1800, chosen=FADING, profile=ME, **how):
    run = ProgrammeRun(chosen, profile, path, **how)
    for output in lasting(1, seconds):
        run.output(output)
    assert run.finish() == ""
    return run.settings.fading_run


def test_runs_count_up_and_the_number_is_in_the_settings_to_be_recorded(tmp_path):
    path = tmp_path / "new" / "runs.json"
    assert [one_run(path) for _ in range(4)] == [1, 2, 3, 4]
    run = ProgrammeRun(FADING, ME, path)
    assert Settings.from_json(run.settings.to_json()).fading_run == 5
    assert run.notices == (
        "Cues fade from run to run. This is run 5 of 'me': "
        "cues in the first five minutes, and with the setting planned_min in the last five.",
    )


def test_only_runs_longer_than_five_minutes_count(tmp_path):
    path = tmp_path / "runs.json"
    assert [one_run(path, s) for s in (0.0, 299.9, 300.1, 20, 3600)] == [1, 1, 1, 2, 2]
    empty = ProgrammeRun(FADING, ME, path)
    assert empty.finish() == ""
    assert one_run(path) == 3


def test_every_profile_has_a_programme_of_its_own(tmp_path):
    path = tmp_path / "runs.json"
    you = dataclasses.replace(ME, name="you")
    assert [one_run(path, profile=p) for p in (ME, ME, you, ME, you)] == [1, 2, 1, 3, 2]


def test_simulated_runs_count_for_simulated_profiles_alone(tmp_path):
    path = tmp_path / "runs.json"
    simulated = dataclasses.replace(ME, name="simulated", simulated=True)
    assert [one_run(path, profile=simulated, simulate=True) for _ in range(2)] == [1, 2]
    assert [one_run(path, simulate=True) for _ in range(2)] == [1, 1]


@pytest.mark.parametrize(("chosen", "profile"), [(Settings(), ME), (FADING, None)])
def test_where_nothing_fades_nothing_is_counted_or_said(tmp_path, chosen, profile):
    path = tmp_path / "runs.json"
    run = ProgrammeRun(chosen, profile, path)
    assert run.settings is chosen
    assert run.notices == ()
    assert one_run(path, chosen=chosen, profile=profile) == 1
    assert not path.exists()


def test_the_settings_may_start_further_on(tmp_path):
    path = tmp_path / "runs.json"
    assert one_run(path, chosen=Settings(fading=True, fading_run=5)) == 5
    assert one_run(path) == 6
    assert one_run(path, chosen=Settings(fading=True, fading_run=5)) == 7


def test_the_count_ends_where_the_setting_does(tmp_path):
    path = tmp_path / "runs.json"
    assert one_run(path, chosen=Settings(fading=True, fading_run=MOST_RUNS)) == MOST_RUNS
    assert one_run(path) == MOST_RUNS


GOOD = {"format": "headsup-fading-runs", "version": 1, "runs": {"me": 3}}
BAD = [
    b"",
    b"{",
    b"\xff\xfe",
    b"[]",
    b"[" * 50_000,
    b"9" * 10_000,
    *(
        json.dumps({**GOOD, **change}).encode()
        for change in (
            {"format": "other"},
            {"version": 2},
            {"runs": []},
            {"runs": {"me": "3"}},
            {"runs": {"me": True}},
            {"runs": {"me": -1}},
            {"runs": {"me": 1e300}},
            {"runs": {"me": MOST_RUNS + 1}},
        )
    ),
]


@pytest.mark.parametrize("content", BAD)
def test_a_damaged_count_starts_again_and_says_so(tmp_path, content):
    path = tmp_path / "runs.json"
    path.write_bytes(content)
    run = ProgrammeRun(FADING, ME, path)
    assert run.settings.fading_run == 1
    assert "counting starts again" in run.notices[0]
    assert [one_run(path) for _ in range(2)] == [1, 2]


def test_what_is_no_small_file_is_left_alone_and_hangs_nobody(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "is not a plain file" in ProgrammeRun(FADING, ME, tmp_path / "pipe").notices[0]
    with open(tmp_path / "huge", "wb") as file:
        file.truncate(1 << 40)
    assert "is far too large" in ProgrammeRun(FADING, ME, tmp_path / "huge").notices[0]


def test_a_folder_that_cannot_be_written_to_costs_the_count_but_not_the_run(tmp_path):
    (tmp_path / "file").write_text("")
    run = ProgrammeRun(FADING, ME, tmp_path / "file" / "runs.json")
    for output in lasting(1800):
        run.output(output)
    assert "could not be counted" in run.finish()


@settings(deadline=None, max_examples=100)
@given(content=st.binary(max_size=200))
def test_any_bytes_give_a_run_of_the_programme(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("count") / "runs.json"
    path.write_bytes(content)
    assert 1 <= ProgrammeRun(FADING, ME, path).settings.fading_run <= MOST_RUNS


def test_the_count_lies_beside_the_profiles_not_among_them(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADSUP_HOME", str(tmp_path))
    assert runs_file() == tmp_path / "fading_runs.json"
