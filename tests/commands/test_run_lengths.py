"""How long a profile's runs last, for form checks in the middle and towards the end."""

import dataclasses
import json
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.model import Profile
from monitor.commands.fading_runs import ProgrammeRun
from monitor.commands.run_lengths import add_length, read_lengths, usual_minutes
from monitor.settings import Coaching, Settings
from monitor.values import PipelineOutput, Track

ME = Profile("me", "2026-01-01T00:00:00+00:00", False, ())


def one_run(folder, seconds, chosen=None, profile=ME, **how):
    """The minutes in the settings of a run that lasts so long."""
    run = ProgrammeRun(chosen or Settings(), profile, folder / "fading_runs.json", **how)
    columns = [np.zeros(1)] * (len(dataclasses.fields(Track)) - 2)
    run.output(PipelineOutput((Track("head", np.array([round(seconds * 1e9)]), *columns),), (), ()))
    assert run.finish() == ""
    return run.settings.coaching.learned_min


def test_the_fourth_run_knows_how_long_the_last_ones_were(tmp_path):
    assert [one_run(tmp_path, 60 * m) for m in (30, 50, 40, 40)] == [0, 0, 0, 40]
    assert usual_minutes(tmp_path / "run_lengths.json", "me") == 40
    assert usual_minutes(tmp_path / "run_lengths.json", "you") == 0


def test_only_the_last_five_count(tmp_path):
    for minutes in (10, 10, 10, 10, 50, 50, 50):
        one_run(tmp_path, 60 * minutes)
    assert one_run(tmp_path, 600) == 50
    assert read_lengths(tmp_path / "run_lengths.json") == ({"me": [600, 3000, 3000, 3000, 600]}, "")


def test_try_outs_other_profiles_and_simulated_runs_teach_nothing(tmp_path):
    for _ in range(3):
        one_run(tmp_path, 299)
        one_run(tmp_path, 1800, profile=None)
        one_run(tmp_path, 1800, simulate=True)
        one_run(tmp_path, 1800, profile=dataclasses.replace(ME, name="you"))
    assert one_run(tmp_path, 1800) == 0


def test_what_the_settings_say_stays(tmp_path):
    for _ in range(3):
        one_run(tmp_path, 1800)
    assert one_run(tmp_path, 1800, Settings(coaching=Coaching(learned_min=55))) == 55


def test_it_is_learned_with_fading_cues_too(tmp_path):
    fading = Settings(fading=True, coaching=Coaching(summary_every_min=5))
    assert [one_run(tmp_path, 1800, fading) for _ in range(4)] == [0, 0, 0, 30]
    run = ProgrammeRun(fading, ME, tmp_path / "fading_runs.json")
    assert (run.settings.fading_run, run.settings.coaching) == (5, Coaching(summary_every_min=5, learned_min=30))
    assert len(run.notices) == 1


GOOD = {"format": "headsup-run-lengths", "version": 1, "lengths_s": {"me": [1800, 1800.5, 1800]}}


@pytest.mark.parametrize(
    "change",
    [
        {"format": "headsup-fading-runs"},
        {"version": 2},
        {"lengths_s": []},
        {"lengths_s": {"me": 5}},
        {"lengths_s": {"me": ["1800"]}},
        {"lengths_s": {"me": [True]}},
        {"lengths_s": {"me": [-5.0]}},
        {"lengths_s": {"me": [float("nan")]}},
        {"lengths_s": {"me": [10**400]}},
    ],
)
def test_a_damaged_file_starts_again_and_says_so(tmp_path, change):
    path = tmp_path / "run_lengths.json"
    path.write_text(json.dumps(GOOD))
    assert usual_minutes(path, "me") == 30
    path.write_text(json.dumps({**GOOD, **change}))
    assert usual_minutes(path, "me") == 0
    run = ProgrammeRun(Settings(), ME, tmp_path / "fading_runs.json")
    assert "is damaged; learning starts again" in run.notices[0]
    one_run(tmp_path, 1800)
    assert read_lengths(path) == ({"me": [1800]}, "")


def test_very_long_runs_stay_within_the_setting(tmp_path):
    path = tmp_path / "run_lengths.json"
    for _ in range(3):
        add_length(path, "me", 30 * 3600)
    assert Settings(coaching=Coaching(learned_min=usual_minutes(path, "me"))).coaching.learned_min == 1440


def test_what_is_no_small_file_hangs_nobody(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert read_lengths(tmp_path / "pipe") == ({}, "is not a plain file")
    assert usual_minutes(tmp_path / "pipe", "me") == 0


@settings(deadline=None, max_examples=100)
@given(content=st.binary(max_size=200))
def test_any_bytes_are_lengths_or_none(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("lengths") / "run_lengths.json"
    path.write_bytes(content)
    assert 0 <= usual_minutes(path, "me") <= 1440
