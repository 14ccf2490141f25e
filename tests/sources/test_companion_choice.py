"""A strap of the wanted name under another id is somebody else's until the wearer says otherwise."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from ble_harness import AIR
from bleak.backends.device import BLEDevice
from test_companions_ble import FAST, HEART, TIMING, TREADMILL, Companions

from monitor.simulator.heart_device import VirtualHeart, heart_strap
from monitor.simulator.world import SimulatedRadio
from monitor.sources import identity_rule
from monitor.sources.ble_companions import CompanionRequest, CompanionSource
from monitor.sources.ble_finder import Candidate
from monitor.sources.companion_choice import CompanionChoice
from monitor.sources.companions import CompanionKind
from monitor.sources.identity_desk import ANY_ID, IdentityDesk, Question, Remembered, Standing
from monitor.values import HeartRate, LinkChange, LinkState, Site

OWN, TWIN = "F2:51:00:00:00:0A", "F2:51:00:00:00:0B"
NAME = "Strap SIMULATED"


def strap(key: str, bpm: float, address: str, rssi_dbm: int = -60) -> VirtualHeart:
    return heart_strap(key, lambda _: bpm, name=NAME, rate_hz=FAST, address=address, rssi_dbm=rssi_dbm)


class Asking(Companions):
    """Companions whose questions go to `desk`."""

    def __init__(self, radio: SimulatedRadio, request: CompanionRequest, desk: IdentityDesk) -> None:
        super().__init__(radio, request)
        timing = replace(TIMING, choose_s=0.5)  # both straps shall be heard
        self.source = CompanionSource([request], radio, timing, desk)  # type: ignore[assignment]

    def left_alone(self) -> list[str]:
        return [change.why for change in self.of(LinkChange) if "was left alone" in change.why]


@pytest.mark.parametrize("request_", [CompanionRequest(HEART), CompanionRequest(HEART, name=NAME)])
def test_a_lost_straps_twin_is_left_alone_and_told_once_until_the_wearer_says_yes(request_: CompanionRequest) -> None:
    desk = IdentityDesk()
    radio = SimulatedRadio([strap("own", 120.0, OWN), strap("twin", 190.0, TWIN)], air=AIR)
    radio.out_of_range("twin")
    with Asking(radio, request_, desk) as run:
        run.wait_for_bpm(lambda bpm: bpm == 120.0)
        radio.out_of_range("own")
        run.wait_for_state(LinkState.LOST)
        radio.back_in_range("twin")
        run.wait(lambda: desk.question() is not None, "the question")
        run.wait(lambda: bool(run.left_alone()), "its twin to be told of")
        time.sleep(2 * TIMING.same_name_s)
        assert all(beat.bpm != 190.0 for beat in run.of(HeartRate))
        assert run.left_alone() == [
            f"{NAME} is here under another id ({TWIN}) and was left alone. If it is yours: "
            f"headsup sensors --accept heart_strap={TWIN}"
        ]
        question = desk.question()
        assert question == Question(HEART, NAME, TWIN)
        desk.answer(question, mine=True)
        run.wait_for_bpm(lambda bpm: bpm == 190.0)


def test_the_own_strap_comes_back_beside_its_twin_without_a_question() -> None:
    desk = IdentityDesk()
    radio = SimulatedRadio([strap("own", 120.0, OWN), strap("twin", 190.0, TWIN)], air=AIR)
    radio.out_of_range("twin")
    with Asking(radio, CompanionRequest(HEART), desk) as run:
        run.wait_for_bpm(lambda bpm: bpm == 120.0)
        radio.back_in_range("twin")
        radio.hang_up("own")
        run.wait_for_state(LinkState.STREAMING, count=2)
        run.wait_for_bpm(lambda bpm: bpm == 120.0, count=2)
    assert all(beat.bpm != 190.0 for beat in run.of(HeartRate))
    assert desk.question() is None


def test_of_two_straps_of_the_name_asked_for_neither_is_taken_before_the_wearer_says_which() -> None:
    desk = IdentityDesk()
    radio = SimulatedRadio([strap("own", 120.0, OWN, -80), strap("twin", 190.0, TWIN, -40)], air=AIR)
    with Asking(radio, CompanionRequest(HEART, name=NAME), desk) as run:
        run.wait_for_state(LinkState.SEARCHING, f"--heart={TWIN} or --heart={OWN}")
        desk.answer(Question(HEART, NAME, OWN), mine=True)
        run.wait_for_bpm(lambda bpm: bpm == 120.0)
    assert all(beat.bpm != 190.0 for beat in run.of(HeartRate))


# ---------------------------------------------------------------- the choice alone, with its clock turned by hand


class Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s = 0.0
        monkeypatch.setattr(identity_rule, "_now_s", lambda: self.now_s)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def heard(ident: str, name: str = NAME, rssi: int = -60) -> Candidate:
    return Candidate(BLEDevice(ident, name, None), name, (), rssi)


def choice(request: CompanionRequest, desk: IdentityDesk | None = None) -> CompanionChoice:
    made = CompanionChoice(request, TIMING, desk)
    made.begin()
    return made


def test_in_a_gym_of_equal_names_any_means_the_nearest(clock: Clock) -> None:
    made = choice(CompanionRequest(TREADMILL))
    assert made.compares
    near, far = heard(OWN, rssi=-40), heard(TWIN, rssi=-80)
    assert made.wants(near, (TREADMILL,))
    assert made.choose([near, far]) is near
    assert not made.wants(near, (HEART,)), "another kind is not wanted"


def test_what_is_not_mine_is_not_taken_as_any_either(clock: Clock) -> None:
    desk = IdentityDesk([Remembered(HEART, NAME, TWIN.lower(), Standing.NOT_MINE)])
    made = choice(CompanionRequest(HEART), desk)
    assert not made.wants(heard(TWIN), (HEART,))
    assert made.wants(heard(OWN), (HEART,))


def test_a_name_met_on_another_day_is_asked_about_under_another_id(clock: Clock) -> None:
    desk = IdentityDesk([Remembered(HEART, NAME, OWN.lower(), Standing.MET)])
    made = choice(CompanionRequest(HEART, name=NAME), desk)
    assert not made.wants(heard(TWIN), (HEART,))
    assert desk.question() is None, "not before its own was away for long enough"
    assert made.wants(heard(OWN), (HEART,))
    clock.now_s = TIMING.same_name_s
    assert not made.wants(heard(TWIN), (TREADMILL,))
    assert desk.question() is None, "a treadmill is no strap's twin"
    assert not made.wants(heard(TWIN), ())
    assert desk.question() == Question(HEART, NAME, TWIN)


def test_a_strap_that_changes_its_id_by_itself_is_taken_by_its_name_where_the_wearer_said_so(clock: Clock) -> None:
    desk = IdentityDesk([Remembered(HEART, NAME, ANY_ID, Standing.SAME)])
    made = choice(CompanionRequest(HEART, name=NAME), desk)
    made.takes(heard(OWN))
    made.lost()
    clock.now_s = TIMING.same_name_s
    assert made.wants(heard(TWIN), (HEART,))
    assert not made.wants(heard("F2:51:00:00:00:0C"), (HEART,)), "two of the name are asked about"


def test_one_asked_for_by_its_id_is_never_replaced(clock: Clock) -> None:
    made = choice(CompanionRequest(HEART, address=OWN))
    clock.now_s = 1000.0
    assert not made.wants(heard(TWIN), (HEART,))
    assert made.wants(heard(OWN.lower(), "renamed"), ())
    made.takes(heard(OWN))
    made.lost()
    clock.now_s = 2000.0
    assert not made.wants(heard(TWIN), (HEART,))


def test_only_what_was_asked_for_is_remembered(clock: Clock) -> None:
    for request, count in ((CompanionRequest(HEART), 0), (CompanionRequest(HEART, name=NAME), 1)):
        desk = IdentityDesk()
        choice(request, desk).takes(heard(OWN))
        assert len(desk.remembered) == count


def test_a_device_that_turned_out_to_be_none_is_left_alone_for_a_while(clock: Clock) -> None:
    made = choice(CompanionRequest(HEART))
    made.leave_alone(heard(OWN))
    assert not made.wants(heard(OWN), (HEART,))
    clock.now_s = TIMING.unfit_s + 0.1
    assert made.wants(heard(OWN), (HEART,))


@pytest.mark.parametrize("kind", list(CompanionKind))
def test_the_question_names_the_companion_and_no_calibration(kind: CompanionKind) -> None:
    for question in (Question(kind, NAME, TWIN), replace(Question(kind, NAME, TWIN), several=True)):
        assert question.title == f"Is this your {kind.label}?"
        assert NAME in question.text
        assert "calibrat" not in question.text
    assert "calibrated" in Question(Site.HEAD, NAME, TWIN).text
