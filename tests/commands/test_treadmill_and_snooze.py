"""What is typed in from a treadmill's console, and what each press of the snooze key asks for."""

from __future__ import annotations

import math

import pytest

from monitor.cli import main
from monitor.commands.snooze import Snooze
from monitor.commands.treadmill import FASTEST_KMH, LOWEST_PCT, SLOWEST_KMH, STEEPEST_PCT, Console, Treadmill, typed
from monitor.errors import SettingsError


def test_typed_values_become_si_units():
    treadmill = typed(10.8, 5.0)
    assert treadmill is not None
    assert treadmill.speed_m_s == pytest.approx(3.0)
    assert treadmill.grade == pytest.approx(0.05)
    assert typed(None, None) is None


def test_what_was_not_given_is_not_known():
    speed_alone, incline_alone = typed(10.0, None), typed(None, -2.0)
    assert speed_alone is not None
    assert incline_alone is not None
    assert math.isnan(speed_alone.grade)
    assert speed_alone.adjustable
    assert math.isnan(incline_alone.speed_m_s)
    assert not incline_alone.adjustable


@pytest.mark.parametrize("speed", [math.nan, math.inf, -1.0, 0.0, 0.4, 40.1])
def test_a_speed_that_no_treadmill_has_is_refused(speed):
    with pytest.raises(SettingsError, match=r"--speed.*0.5 and 40 km/h"):
        typed(speed, None)


@pytest.mark.parametrize("incline", [math.nan, -math.inf, -15.5, 41.0])
def test_an_incline_that_no_treadmill_has_is_refused(incline):
    with pytest.raises(SettingsError, match=r"--incline.*-15 and 40 percent"):
        typed(10.0, incline)


def test_keys_step_by_half_units_and_stay_within_the_bounds():
    treadmill = Treadmill(10.0, math.nan)
    assert treadmill.faster(1).speed_kmh == 10.5
    assert treadmill.faster(-3).speed_kmh == 8.5
    assert treadmill.steeper(1).incline_pct == 0.5  # it was level until somebody says otherwise
    assert treadmill.steeper(1).steeper(-2).incline_pct == -0.5
    assert treadmill.faster(1000).speed_kmh == FASTEST_KMH
    assert treadmill.faster(-1000).speed_kmh == SLOWEST_KMH
    assert treadmill.faster(1000, miles=True).speed_kmh == FASTEST_KMH
    assert treadmill.steeper(1000).incline_pct == STEEPEST_PCT
    assert treadmill.steeper(-1000).incline_pct == LOWEST_PCT


def test_in_miles_a_key_steps_by_a_tenth_as_the_consoles_buttons_do():
    treadmill = Treadmill(10.0)  # the console shows 6.2 mph
    assert treadmill.faster(1, miles=True).speed_kmh / 1.609344 == pytest.approx(6.3)
    for _ in range(20):
        treadmill = treadmill.faster(1, miles=True)
    assert treadmill.speed_kmh / 1.609344 == pytest.approx(8.2)
    for _ in range(12):
        treadmill = treadmill.faster(-1, miles=True)
    assert treadmill.speed_kmh / 1.609344 == pytest.approx(7.0)


@pytest.mark.parametrize(("feet", "words"), [(True, "Treadmill: 6.3 mph"), (False, "Treadmill: 10.5 km/h")])
def test_the_console_steps_in_the_runners_own_unit(feet, words):
    console = Console(typed(10.0, None), feet=feet)
    answer = console.faster(1)
    assert answer.words == words
    assert answer.ground is not None


@pytest.mark.parametrize("words", [("--speed", "nan"), ("--speed", "99"), ("--incline", "-40"), ("--speed", "fast")])
def test_a_bad_number_is_one_sentence_and_nothing_is_recorded(words, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HEADSUP_HOME", str(tmp_path))
    assert main(["live", "--simulate", "--no-gui", "--silent", *words]) == 2
    told = capsys.readouterr().err.strip()
    assert words[0] in told
    assert "\n" not in told
    assert list(tmp_path.rglob("*.headsup")) == []


def test_each_press_rests_longer_and_the_fourth_brings_cues_back():
    snooze = Snooze()
    steps = [snooze.press(now) for now in (10.0, 11.0, 12.0, 13.0, 14.0)]
    assert [step.seconds for step in steps] == [300.0, 900.0, math.inf, 0.0, 300.0]
    assert [step.words.split(".")[0] for step in steps[:4]] == [
        "Cues rest for 5 minutes",
        "Cues rest for 15 minutes",
        "Cues rest for the rest of the run",
        "Cues are back",
    ]


def test_a_press_after_the_rest_is_a_first_one_again():
    snooze = Snooze()
    assert snooze.press(0.0).seconds == 300.0
    assert snooze.press(300.0).seconds == 300.0
    assert snooze.press(599.0).seconds == 900.0
    assert snooze.press(599.0 + 900.0).seconds == 300.0
