"""The set-up's pages as states: every way on and back, and every failure."""

from __future__ import annotations

from dataclasses import replace

import pytest
from setup_fakes import CAP, PROFILE, STRAP, THIRD, Parts, found_and_placed, leading

from monitor.dashboard.setup.facts import Extent, GuideView, Outcome, Phase, Problem, ScanView, Trouble
from monitor.dashboard.setup.page_order import STEPS, Page
from monitor.dashboard.setup.setup_model import SetupModel
from monitor.values import Site

DONE = GuideView(Phase.DONE, profile=PROFILE)


def calibrating(*found, **options):
    parts = Parts(*(found or (CAP, STRAP)), **options)
    model = SetupModel(parts.parts)
    found_and_placed(model, parts)
    model.next()
    return model, parts


def at_result(**options):
    model, parts = calibrating(**options)
    model.next()
    parts.calibrator.view = DONE
    model.tick(1.0)
    assert model.page is Page.RESULT
    return model, parts


def at_sound(**options):
    model, parts = at_result(**options)
    model.next()
    assert model.page is Page.GROUND
    model.next()
    assert model.page is Page.SOUND
    return model, parts


# ---------------------------------------------------------------- the straight way


def test_enter_alone_leads_from_the_first_start_to_running():
    parts = Parts(CAP, STRAP)
    model = SetupModel(parts.parts)
    pages = [model.page]

    def on(now_s):
        model.tick(now_s)
        model.next()
        model.tick(now_s)
        if model.page is not pages[-1]:
            pages.append(model.page)

    on(0)
    parts.scanner.shake(CAP.address)
    on(1)  # takes the cap
    parts.scanner.shake(STRAP.address)
    on(2)  # takes the strap
    on(3)
    on(4)
    on(5)
    assert parts.calibrator.asked == [((Site.HEAD, Site.COLLAR), "quick", "me")]
    parts.calibrator.view = DONE
    model.tick(6)
    pages.append(model.page)
    assert parts.keeper.profile is PROFILE
    for now in (7, 8, 9, 10):
        on(now)
    assert pages == list(STEPS)
    choice = model.choice
    assert (choice.outcome, choice.profile, choice.heard, choice.simulated) == (Outcome.START, PROFILE, True, False)
    assert not parts.scanner.running
    assert parts.sounds.asked[-1] == "close"


def test_a_returning_wearer_may_set_up_again_and_come_back():
    model = SetupModel(Parts(CAP, profile=PROFILE).parts)
    model.anew()
    assert model.page is Page.WELCOME
    model.back()
    assert model.page is Page.RETURNING
    assert model.choice is None
    model.back()
    assert (model.choice.outcome, model.choice.profile) == (Outcome.LEFT, None)


def test_escape_goes_back_page_by_page_and_out():
    model, parts = at_sound()
    model.heard()
    pages = [model.page]
    while model.choice is None:
        model.back()
        pages.append(model.page)
    assert pages == [*reversed(STEPS), Page.WELCOME]
    assert model.choice.outcome is Outcome.LEFT
    assert not parts.scanner.running


# ---------------------------------------------------------------- finding


def test_the_shaken_sensor_is_marked_and_enter_takes_it():
    parts = Parts(CAP, STRAP, THIRD)
    model = SetupModel(parts.parts)
    model.next()
    model.tick(0)
    assert model.finding.marked is None
    model.next()
    assert (model.page, model.picks) == (Page.FIND, ())
    parts.scanner.shake(STRAP.address)
    model.tick(1)
    assert model.finding.marked == STRAP.address
    parts.scanner.shake(STRAP.address, 0.05)
    model.tick(2)
    assert model.finding.marked == STRAP.address, "it stays marked when it is put down"
    parts.scanner.shake(CAP.address)
    model.tick(3)
    assert model.finding.marked == CAP.address, "another one may be shaken instead"
    model.next()
    assert [(p.found.name, p.site) for p in model.picks] == [(CAP.name, Site.HEAD)]
    model.tick(4)
    assert model.finding.marked is None, "what is taken is not offered again while it still shakes"


def test_places_are_swapped_never_shared():
    parts = Parts(CAP, STRAP)
    model = SetupModel(parts.parts)
    model.next()
    model.tick(0)
    model.finding.pick(CAP.address)
    model.finding.pick(STRAP.address)
    model.finding.place(CAP.address, Site.COLLAR)
    assert {p.found.address: p.site for p in model.picks} == {CAP.address: Site.COLLAR, STRAP.address: Site.HEAD}
    model.finding.place(STRAP.address, Site.BACK)
    assert {p.site for p in model.picks} == {Site.COLLAR, Site.BACK}


def test_a_sensor_known_from_before_goes_where_it_was():
    parts = Parts(replace(STRAP, hint=Site.RIGHT_SHOULDER), replace(CAP, hint=Site.RIGHT_SHOULDER))
    model = SetupModel(parts.parts)
    model.next()
    model.tick(0)
    model.finding.pick(STRAP.address)
    model.finding.pick(CAP.address)
    assert [p.site for p in model.picks] == [Site.RIGHT_SHOULDER, Site.HEAD]


def test_no_more_sensors_than_places():
    many = [replace(CAP, address=f"A{i}") for i in range(7)]
    parts = Parts(*many)
    model = SetupModel(parts.parts)
    model.next()
    model.tick(0)
    for found in many:
        model.finding.pick(found.address)
    assert len(model.picks) == len(Site)
    assert len({p.site for p in model.picks}) == len(Site)


def test_nothing_found_is_a_page_after_twenty_seconds_with_a_way_out():
    parts = Parts()
    model = SetupModel(parts.parts)
    model.tick(100)
    model.next()
    model.tick(101)
    model.tick(120)
    assert model.page is Page.FIND
    model.tick(122)
    assert (model.page, model.trouble.problem) == (Page.TROUBLE, Problem.NOTHING_FOUND)
    assert model.can_simulate
    model.next()
    assert (model.page, parts.scanner.starts) == (Page.FIND, 2)
    model.tick(130)
    assert model.page is Page.FIND, "the twenty seconds begin anew"
    model.tick(151)
    model.simulate()
    assert (model.page, model.simulated) == (Page.FIND, True)
    assert not parts.scanner.running
    assert parts.sim_scanner.running


def test_no_bluetooth_is_a_page_and_escape_leads_back():
    parts = Parts()
    parts.scanner.view = ScanView(trouble=Trouble(Problem.NO_BLUETOOTH, "It is switched off.", ("Switch it on.",)))
    model = SetupModel(parts.parts)
    model.next()
    model.tick(0)
    assert (model.trouble.problem, model.trouble.remedies) == (Problem.NO_BLUETOOTH, ("Switch it on.",))
    model.back()
    assert (model.page, model.trouble) == (Page.WELCOME, None)


def test_simulated_goes_back_to_a_person_and_forgets_its_sensors():
    parts = Parts(CAP, STRAP)
    model = SetupModel(parts.parts)
    model.simulate()
    model.tick(0)
    model.finding.pick(CAP.address)
    model.back()
    assert (model.simulated, model.picks, model.page) == (False, (), Page.WELCOME)
    without = SetupModel(Parts(CAP, simulated=False).parts)
    without.simulate()
    assert (without.simulated, without.can_simulate) == (False, False)


def test_searching_again_keeps_what_was_chosen():
    parts = Parts(CAP, STRAP)
    model = SetupModel(parts.parts)
    model.next()
    model.tick(0)
    model.finding.pick(STRAP.address)
    model.search_again()
    assert [p.found.address for p in model.picks] == [STRAP.address]
    assert parts.scanner.starts == 2


# ---------------------------------------------------------------- calibrating


def test_again_and_skip_reach_the_guide_only_where_they_may():
    model, parts = calibrating()
    model.guiding.again()
    model.guiding.choose(Extent.MARKS)
    model.begin()
    model.begin()
    assert parts.calibrator.asked == [((Site.HEAD, Site.COLLAR), "marks", "me")]
    parts.calibrator.view = leading(can_skip=False)
    model.tick(1)
    model.guiding.skip()
    model.guiding.again()
    parts.calibrator.view = leading(can_skip=True)
    model.tick(2)
    model.guiding.skip()
    assert parts.calibrator.asked[1:] == ["again", "skip"]


def test_the_last_three_seconds_are_counted_once_each():
    model, parts = calibrating()
    model.begin()
    for left in (4.2, 3.4, 2.9, 2.5, 1.9, 1.2, 0.9, 0.3, 0.0):
        parts.calibrator.view = leading(left_s=left)
        model.tick(5 - left)
    assert [a for a in parts.sounds.asked if a.startswith("tick")] == ["tick 3", "tick 2", "tick 1"]
    parts.calibrator.view = leading(left_s=2.0, holding=False, number=4)
    model.tick(6)
    assert len([a for a in parts.sounds.asked if a.startswith("tick")]) == 3


def test_a_lost_sensor_is_a_page_that_goes_by_itself():
    model, parts = calibrating()
    model.begin()
    parts.calibrator.view = replace(leading(), lost=("head",))
    model.tick(1)
    assert (model.page, model.trouble.problem) == (Page.TROUBLE, Problem.SENSOR_LOST)
    assert "No signal from the head sensor" in model.trouble.sentence
    model.tick(2)
    assert model.page is Page.TROUBLE
    parts.calibrator.view = leading()
    model.tick(3)
    assert (model.page, model.trouble) == (Page.CALIBRATE, None)
    assert "stop" not in parts.calibrator.asked


def test_who_does_not_wait_for_a_lost_sensor_starts_anew():
    model, parts = calibrating()
    model.begin()
    parts.calibrator.view = replace(leading(), lost=("head", "collar"))
    model.tick(1)
    assert "head and collar sensors" in model.trouble.sentence
    model.next()
    assert (model.page, model.guide) == (Page.CALIBRATE, None)
    assert parts.calibrator.asked[-1] == "stop"


def test_a_failed_calibration_is_a_page_with_the_reason():
    model, parts = calibrating()
    model.begin()
    why = Trouble(Problem.CALIBRATION_FAILED, "The head did not move.", ("Turn the head.",))
    parts.calibrator.view = GuideView(Phase.FAILED, trouble=why)
    model.tick(1)
    assert (model.page, model.trouble) == (Page.TROUBLE, why)
    model.tick(2)
    assert model.page is Page.TROUBLE
    model.next()
    assert (model.page, model.guide) == (Page.CALIBRATE, None)
    model.next()
    assert len([a for a in parts.calibrator.asked if isinstance(a, tuple)]) == 2


def test_a_profile_that_cannot_be_kept_is_said_and_not_run_with():
    model, parts = calibrating()
    parts.keeper.full = True
    model.begin()
    parts.calibrator.view = DONE
    model.tick(1)
    assert (model.page, model.trouble.problem) == (Page.TROUBLE, Problem.NOT_KEPT)
    assert "no space left" in model.trouble.sentence
    assert model.profile is None


def test_leaving_in_the_midst_stops_everything():
    model, parts = calibrating()
    model.begin()
    parts.calibrator.view = leading()
    model.tick(1)
    model.leave()
    assert model.choice.outcome is Outcome.LEFT
    assert model.choice.profile is None
    assert parts.calibrator.asked[-1] == "stop"
    assert parts.sounds.asked[-1] == "close"
    choice = model.choice
    model.leave()
    model.next()
    assert model.choice is choice


def test_escape_in_the_midst_leads_to_the_choice_not_off_the_page():
    model, _parts = calibrating()
    model.begin()
    model.back()
    assert (model.page, model.guide) == (Page.CALIBRATE, None)
    model.back()
    assert model.page is Page.CLIP


# ---------------------------------------------------------------- sound


def test_the_test_sounds_by_itself_once_and_again_on_wish():
    model, parts = at_sound()
    for now in (2, 3, 4):
        model.tick(now)
    assert parts.sounds.asked.count("test") == 1
    model.sound.play()
    assert parts.sounds.asked.count("test") == 2


def test_another_output_is_opened_tested_and_reported():
    model, parts = at_sound()
    model.tick(2)
    model.sound.choosing = True
    model.sound.choose("buds")
    model.tick(3)
    assert parts.sounds.asked[-2:] == ["open buds", "test"]
    model.back()
    assert (model.page, model.sound.choosing) == (Page.SOUND, False)
    model.heard()
    model.next()
    assert (model.choice.sound_device, model.choice.heard) == ("buds", True)


def test_no_sound_is_a_page_that_can_be_passed():
    model, _parts = at_sound(sound=False)
    model.tick(2)
    assert (model.page, model.trouble.problem) == (Page.TROUBLE, Problem.NO_SOUND)
    assert "There are no loudspeakers" in model.trouble.sentence
    model.without_sound()
    assert model.page is Page.READY
    model.next()
    assert (model.choice.outcome, model.choice.heard) == (Outcome.START, False)


def test_headphones_that_were_plugged_in_work_at_the_next_try():
    model, parts = at_sound(sound=False)
    model.tick(2)
    parts.sounds.view = replace(parts.sounds.view, working=True)
    model.next()
    model.tick(3)
    assert (model.page, parts.sounds.asked[-1]) == (Page.SOUND, "test")


@pytest.mark.parametrize("page", [p for p in Page if p is not Page.TROUBLE])
def test_every_page_can_be_left(page):
    model = SetupModel(Parts(CAP, profile=PROFILE).parts)
    model.go(page)
    model.leave()
    assert model.choice.outcome is Outcome.LEFT
