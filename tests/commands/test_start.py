"""`headsup start`: what the set-up's answer leads to; the set-up itself has tests of its own."""

import argparse

import pytest

from calibration.model import Profile
from monitor import settings_file
from monitor.cli import main
from monitor.commands import start
from monitor.dashboard.setup.facts import Outcome, SetupChoice
from monitor.errors import OutputUnavailableError, SettingsError
from monitor.values import Mode

PROFILE = Profile("anna", "2026-05-01T08:00:00+00:00", False, ())


@pytest.fixture
def ran(tmp_path, monkeypatch):
    """Answers of the set-up are put in by the test; what `live` was asked for comes out."""
    monkeypatch.setenv("HEADSUP_HOME", str(tmp_path))
    asked: list[argparse.Namespace] = []
    monkeypatch.setattr(start.live, "run", lambda args: asked.append(args) or 0)

    def answer(choice):
        def setup(parts, *, simulate=False):
            assert parts.person.profile_name == "me"
            if isinstance(choice, BaseException):
                raise choice
            return choice

        monkeypatch.setattr(start, "run_setup", setup)
        return asked

    return answer


def test_start_runs_with_the_profile(ran):
    asked = ran(SetupChoice(Outcome.START, PROFILE))
    assert main(["start", "--mode", "trail"]) == 0
    [args] = asked
    assert (args.profile, args.simulate, args.mode) == ("anna", False, "trail")


def test_a_simulated_runner_stays_one(ran):
    asked = ran(SetupChoice(Outcome.START, PROFILE, simulated=True))
    assert main(["start", "--simulate"]) == 0
    assert asked[0].simulate


def test_who_leaves_does_not_run(ran, capsys):
    asked = ran(SetupChoice(Outcome.LEFT))
    assert main(["start"]) == 0
    assert asked == []
    assert "headsup start" in capsys.readouterr().err


def test_the_chosen_output_is_kept(ran):
    ran(SetupChoice(Outcome.START, PROFILE, sound_device="Buds", heard=True))
    assert main(["start"]) == 0
    assert settings_file.load_or_default().sound_device == "Buds"


def test_settings_that_cannot_be_read_are_one_sentence_and_nothing_starts(ran, tmp_path, capsys):
    asked = ran(SetupChoice(Outcome.START, PROFILE))
    settings_file.usual_path().parent.mkdir(parents=True, exist_ok=True)
    settings_file.usual_path().write_text("volume = 'loud'")
    assert main(["start"]) == 2
    assert asked == []
    assert capsys.readouterr().err.count("\n") == 1


def test_without_a_screen_the_other_way_is_named(ran, capsys):
    ran(OutputUnavailableError("display", "there is none", "Use headsup calibrate and headsup live --no-gui."))
    assert main(["start"]) == 2
    assert "headsup live --no-gui" in capsys.readouterr().err


def test_ctrl_c(ran):
    ran(KeyboardInterrupt())
    assert main(["start"]) == 130


def test_the_chosen_ground_is_kept_and_run_on(ran):
    asked = ran(SetupChoice(Outcome.START, PROFILE, mode=Mode.TRAIL))
    assert main(["start", "--mode", "technical"]) == 0
    assert settings_file.load_or_default().mode is Mode.TRAIL
    assert asked[0].mode == "trail"


def test_a_ground_for_this_run_alone_is_not_kept(ran):
    asked = ran(SetupChoice(Outcome.START, PROFILE))
    assert main(["start", "--mode", "technical"]) == 0
    assert asked[0].mode == "technical"
    assert settings_file.load_or_default().mode is Mode.ROAD


def test_a_rezeroed_profile_is_run_with_by_the_name_it_was_kept_under(ran):
    asked = ran(SetupChoice(Outcome.START, PROFILE, kept_as="anna-today"))
    assert main(["start"]) == 0
    assert asked[0].profile == "anna-today"


def test_settings_that_cannot_be_written_do_not_stop_the_run(ran, capsys, monkeypatch):
    def refuse(path, changes):
        raise SettingsError(str(path), "cannot be written: it is read-only")

    monkeypatch.setattr(settings_file, "change", refuse)
    asked = ran(SetupChoice(Outcome.START, PROFILE, mode=Mode.TRAIL))
    assert main(["start"]) == 0
    assert asked[0].mode == "trail"
    assert "read-only" in capsys.readouterr().err


@pytest.mark.parametrize(("text", "minutes"), [("planned_min = 80", 80), ("[coaching]\nlearned_min = 50", 50), ("", 0)])
def test_the_planned_minutes_reach_the_set_up(tmp_path, monkeypatch, text, minutes):
    monkeypatch.setenv("HEADSUP_HOME", str(tmp_path))
    (tmp_path / "settings.toml").write_text(text)
    seen = []
    monkeypatch.setattr(
        start, "run_setup", lambda parts, *, simulate=False: seen.append(parts) or SetupChoice(Outcome.LEFT)
    )
    assert main(["start", "--mode", "trail"]) == 0
    assert (seen[0].planned_min, seen[0].mode) == (minutes, Mode.TRAIL)
