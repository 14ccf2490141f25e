"""A returning wearer: one button, the 10-second check, go; and every other way out of it. Without a window."""

from __future__ import annotations

from dataclasses import replace

import pytest
from setup_fakes import CAP, PROFILE, STRAP, Parts, checked, place_check

from calibration.check import Verdict
from monitor.dashboard.setup.check_facts import CheckPhase, CheckView
from monitor.dashboard.setup.check_round import GO_S
from monitor.dashboard.setup.facts import Outcome, Problem, Trouble
from monitor.dashboard.setup.page_order import Page
from monitor.dashboard.setup.setup_model import SetupModel
from monitor.values import Mode, Site

LOOKING = CheckView(CheckPhase.LOOKING, places=(place_check(None),), left_s=9.0, steadiness=0.9)
MOVED = checked(place_check(Verdict.MOVED, 6.0), rezeroed=replace(PROFILE, created_utc="turned"))
BOWED_PLACE = place_check(Verdict.MOVED, 9.0)
BOWED = replace(MOVED, places=(replace(BOWED_PLACE, check=replace(BOWED_PLACE.check, bowed=True)),))
ANEW = checked(place_check(Verdict.WORN_ANEW, 60.0))


def at_check(view=None, **options):
    """After the one button."""
    parts = Parts(CAP, STRAP, profile=PROFILE, **options)
    model = SetupModel(parts.parts)
    assert model.page is Page.RETURNING
    model.next()
    assert (model.page, parts.checker.asked) == (Page.CHECK, [PROFILE])
    if view is not None:
        parts.checker.view = view
        model.tick(100.0)
    return model, parts


def test_one_button_ten_seconds_and_it_goes_by_itself():
    model, parts = at_check()
    model.tick(0.0)
    model.next()
    assert (model.page, model.choice) == (Page.CHECK, None), "Enter while it searches does nothing"
    for left in (9.0, 3.4, 2.9, 1.5, 0.4):
        parts.checker.view = replace(LOOKING, left_s=left)
        model.tick(10 - left)
    parts.checker.view = checked()
    model.tick(20.0)
    assert model.choice is None
    model.tick(20.0 + GO_S - 0.1)
    assert model.choice is None
    model.tick(20.0 + GO_S)
    assert (model.choice.outcome, model.choice.profile, model.choice.kept_as) == (Outcome.START, PROFILE, "")
    said = [a for a in parts.sounds.asked if a.split()[0] in ("say", "tick")]
    assert said == ["say stand_tall", "tick 3", "tick 2", "tick 1", "say done"]
    assert (parts.checker.asked[-1], parts.sounds.asked[-1]) == ("stop", "close")


def test_enter_need_not_wait():
    model, _ = at_check(checked())
    model.next()
    assert model.choice.outcome is Outcome.START


def test_a_moved_sensor_is_rezeroed_beside_the_calibration():
    model, parts = at_check(MOVED)
    model.tick(200.0)
    assert model.choice is None, "it waits for the wearer"
    assert parts.sounds.asked[-1] == "say sensor_moved"
    model.next()
    assert parts.keeper.today is MOVED.rezeroed
    assert parts.keeper.profile is PROFILE, "the calibration stays as it was made"
    assert (model.choice.profile, model.choice.kept_as) == (MOVED.rezeroed, "me-today")


def test_a_rezero_that_cannot_be_kept_is_said():
    model, parts = at_check(MOVED)
    parts.keeper.full = True
    model.rezero()
    assert (model.page, model.trouble.problem, model.choice) == (Page.TROUBLE, Problem.NOT_KEPT, None)
    model.next()
    assert model.page is Page.CHECK


@pytest.mark.parametrize("view", [BOWED, ANEW], ids=["bowed", "worn anew"])
def test_enter_checks_again_where_a_rezero_would_be_wrong(view):
    model, parts = at_check(view)
    model.next()
    assert (model.page, model.choice) == (Page.CHECK, None)
    assert parts.checker.asked == [PROFILE, "stop", PROFILE]
    assert parts.keeper.today is None


def test_a_sensor_worn_quite_differently_cannot_be_rezeroed():
    model, parts = at_check(ANEW)
    model.rezero()
    assert (model.choice, parts.keeper.today) == (None, None)


def test_calibrating_anew_chooses_the_known_sensors_by_itself_and_once():
    model, parts = at_check(MOVED)
    parts.scanner.view = replace(parts.scanner.view, found=(replace(CAP, hint=Site.HEAD), STRAP))
    model.calibrate_anew()
    model.tick(101.0)
    assert [(p.found.name, p.site) for p in model.picks] == [(CAP.name, Site.HEAD)]
    model.finding.unpick(CAP.address)
    model.tick(102.0)
    assert model.picks == (), "who is put back stays back"


def test_one_may_always_run_anyway_and_always_go_back():
    model, parts = at_check(LOOKING)
    model.back()
    assert (model.page, parts.checker.asked[-1]) == (Page.RETURNING, "stop")
    model.next()
    model.start_anyway()
    assert (model.choice.outcome, model.choice.profile) == (Outcome.START, PROFILE)


def test_a_check_that_fails_is_a_page_and_its_enter_tries_again():
    why = Trouble(Problem.SENSOR_LOST, "The head sensor did not answer.", ("Press its button once.",))
    model, parts = at_check(CheckView(CheckPhase.FAILED, trouble=why))
    assert (model.page, model.behind, model.trouble) == (Page.TROUBLE, Page.CHECK, why)
    model.tick(101.0)
    parts.checker.view = LOOKING
    model.next()
    model.tick(102.0)
    assert (model.page, model.trouble) == (Page.CHECK, None)


def test_a_silent_sensor_stops_the_count_and_it_counts_anew():
    model, parts = at_check(replace(LOOKING, left_s=2.5))
    parts.checker.view = replace(LOOKING, left_s=2.5, lost=("head",))
    model.tick(101.0)
    parts.checker.view = replace(LOOKING, left_s=2.5)
    model.tick(102.0)
    assert parts.sounds.asked.count("tick 3") == 2
    assert model.page is Page.CHECK


@pytest.mark.parametrize(("percent", "planned", "goes"), [(87, 80.0, True), (20, 80.0, False), (None, 80.0, True)])
def test_it_does_not_go_by_itself_on_a_battery_that_will_not_last(percent, planned, goes):
    model, parts = at_check(checked(place_check(battery_pct=percent)), planned_min=planned)
    model.tick(100.0 + GO_S + 1)
    assert (model.choice is not None) is goes
    if not goes:
        assert parts.sounds.asked[-1] == "say battery_low"
        model.next()
        assert model.choice.outcome is Outcome.START


# ---------------------------------------------------------------- the ground


def test_the_ground_is_changed_from_the_first_page_and_told():
    model = SetupModel(Parts(profile=PROFILE, mode=Mode.TRAIL).parts)
    assert model.mode is Mode.TRAIL
    model.change_ground()
    assert (model.page, model.on_the_way) == (Page.GROUND, Page.RETURNING)
    model.choose_ground(Mode.TECHNICAL)
    model.next()
    assert model.page is Page.RETURNING
    model.next()
    model.start_anyway()
    assert model.choice.mode is Mode.TECHNICAL


def test_who_was_not_asked_for_the_ground_has_not_chosen_it():
    model, _ = at_check(checked(), mode=Mode.TRAIL)
    model.next()
    assert model.choice.mode is None


def test_escape_leaves_the_ground_unchosen():
    model = SetupModel(Parts(profile=PROFILE).parts)
    model.change_ground()
    model.back()
    assert model.page is Page.RETURNING
    model.next()
    model.start_anyway()
    assert model.choice.mode is None


# ---------------------------------------------------------------- the SIMULATED runner


def test_a_simulated_runner_of_before_returns_and_one_without_is_set_up():
    parts = Parts(CAP, profile=PROFILE)
    model = SetupModel(parts.parts)
    model.start_simulated()
    assert (model.page, model.simulated) == (Page.FIND, True)
    parts = Parts(CAP, profile=PROFILE)
    parts.sim_keeper.profile = replace(PROFILE, name="simulated", simulated=True)
    model = SetupModel(parts.parts)
    model.start_simulated()
    assert (model.page, model.simulated, model.profile.name) == (Page.RETURNING, True, "simulated")
    model.next()
    assert parts.checker.asked == [], "the person's sensors are left alone"
    model.start_anyway()
    assert (model.choice.simulated, model.choice.profile.name) == (True, "simulated")


# ---------------------------------------------------------------- a profile that cannot be read

UNREADABLE = Trouble(Problem.UNREADABLE, "The file is damaged.", ("Calibrate again: the old file is kept as x.",))


def test_an_unreadable_profile_is_told_and_enter_calibrates_again():
    parts = Parts(CAP, trouble=UNREADABLE)
    model = SetupModel(parts.parts)
    assert (model.page, model.trouble) == (Page.TROUBLE, UNREADABLE)
    model.tick(0.0)
    model.next()
    assert (model.page, parts.scanner.running) == (Page.FIND, True)
    model.back()
    assert model.page is Page.WELCOME


def test_escape_from_an_unreadable_profile_leaves():
    model = SetupModel(Parts(trouble=UNREADABLE).parts)
    model.back()
    assert model.choice.outcome is Outcome.LEFT
