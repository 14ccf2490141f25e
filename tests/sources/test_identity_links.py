"""Over the virtual radio: a device of the same name under another id is asked about, never silently taken."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from ble_harness import AIR, QUICK, Run, sensor

from monitor.simulator.world import SimulatedRadio
from monitor.sources.base import SensorReady
from monitor.sources.ble import SensorRequest
from monitor.sources.identity_desk import ANY_ID, IdentityDesk, Question, Remembered, Standing
from monitor.values import LinkState, Site

ONE, TWO, THREE = (f"F2:51:00:00:00:0{n}" for n in "123")
COMPARING = replace(QUICK, choose_s=0.25, search_s=1.0)
OWN = SensorRequest(Site.HEAD, address=ONE, name="WT-own")


def twins(*addresses: str) -> SimulatedRadio:
    """Sensors of one name; the last ones are the louder."""
    return SimulatedRadio(
        [
            sensor(key=address[-1], name="WT-own", address=address, rssi_dbm=-80 + 10 * i)
            for i, address in enumerate(addresses)
        ],
        air=AIR,
    )


def asked(run: Run, desk: IdentityDesk) -> Question:
    """The question, when it was put."""
    run.wait(lambda: desk.question() is not None, "a question")
    question = desk.question()
    assert question is not None
    return question


def served(run: Run) -> list[str]:
    """The last digit of each id that was set up."""
    return [ready.info.address[-1] for ready in run.of(SensorReady)]


def test_a_sensor_that_comes_back_under_a_new_id_is_asked_about_and_taken_once_it_is_said_to_be_mine() -> None:
    radio, desk = twins(ONE, TWO), IdentityDesk()
    radio.out_of_range("2")
    with Run(radio, desk=desk) as run:
        run.wait_for_state(LinkState.STREAMING)
        radio.out_of_range("1")
        radio.back_in_range("2")
        question = asked(run, desk)
        assert (question.site, question.name, question.ident, question.several) == (Site.HEAD, "WT-own", TWO, False)
        run.wait_for_state(LinkState.SEARCHING, f"headsup sensors --accept head={TWO}")
        assert served(run) == ["1"]
        desk.answer(question, mine=True)
        run.wait_for_state(LinkState.STREAMING, count=2)
        assert desk.question() is None
    assert served(run) == ["1", "2"]
    assert [(r.ident, r.standing) for r in desk.remembered] == [(TWO.lower(), Standing.SAME)]


def test_a_twin_that_is_not_mine_is_never_asked_about_again_and_my_own_is_taken_when_it_is_back() -> None:
    radio, desk = twins(ONE, TWO), IdentityDesk()
    radio.out_of_range("1")
    with Run(radio, OWN, desk=desk) as run:
        desk.answer(asked(run, desk), mine=False)
        run.wait_for_state(LinkState.SEARCHING, "WT-own is not in sight")
        assert desk.question() is None
        radio.back_in_range("1")
        run.wait_for_state(LinkState.STREAMING)
    assert served(run) == ["1"]
    with Run(radio, OWN, desk=IdentityDesk(desk.remembered)) as run:
        run.wait_for_state(LinkState.STREAMING)
    assert served(run) == ["1"]


def test_my_own_sensor_in_range_raises_no_question_however_loud_its_twin() -> None:
    radio, desk = twins(ONE, TWO), IdentityDesk()
    with Run(radio, OWN, desk=desk) as run:
        run.wait_for_packets(20)
        assert desk.question() is None
    assert served(run) == ["1"]


def test_without_a_screen_the_twin_is_left_alone_and_the_way_to_accept_it_is_said_once() -> None:
    radio = twins(ONE, TWO)
    radio.out_of_range("1")
    with Run(radio, OWN) as run:
        run.wait_for_state(LinkState.SEARCHING, "was left alone. If it is yours")
        time.sleep(1.0)  # several more searches
        assert served(run) == []
        assert sum("left alone" in change.why for change in run.of(type(run.items[0]))) == 1


def test_an_accepted_id_is_taken_at_once_in_the_next_run() -> None:
    radio = twins(ONE, TWO)
    radio.out_of_range("1")
    desk = IdentityDesk([Remembered(Site.HEAD, "", TWO.lower(), Standing.SAME)])  # as --accept writes it
    with Run(radio, OWN, timing=replace(QUICK, same_name_s=600.0), desk=desk) as run:
        run.wait_for_state(LinkState.STREAMING)
    assert served(run) == ["2"]


def test_another_place_does_not_take_what_was_accepted_for_the_first() -> None:
    radio = twins(ONE, TWO)
    radio.out_of_range("1")
    desk = IdentityDesk([Remembered(Site.COLLAR, "WT-own", TWO.lower(), Standing.SAME)])
    with Run(radio, OWN, desk=desk) as run:
        assert asked(run, desk).site is Site.HEAD
    assert served(run) == []


def test_asked_for_by_name_the_only_one_is_taken_and_remembered_and_then_its_twin_is_asked_about() -> None:
    radio, desk = twins(ONE, TWO), IdentityDesk()
    radio.out_of_range("2")
    wanted = SensorRequest(Site.HEAD, name="wt-OWN")
    with Run(radio, wanted, timing=COMPARING, desk=desk) as run:
        run.wait_for_state(LinkState.STREAMING)
    assert [(r.ident, r.standing) for r in desk.remembered] == [(ONE.lower(), Standing.MET)]
    radio.back_in_range("2")
    radio.out_of_range("1")
    with Run(radio, wanted, timing=COMPARING, desk=desk) as run:
        assert asked(run, desk).ident == TWO
    assert served(run) == []


@pytest.mark.parametrize("wanted", [SensorRequest(Site.HEAD, name="WT-own"), SensorRequest(Site.HEAD)])
def test_of_two_of_one_name_the_stronger_is_not_silently_taken(wanted: SensorRequest) -> None:
    radio, desk = twins(ONE, TWO), IdentityDesk()
    with Run(radio, wanted, timing=COMPARING, desk=desk) as run:
        question = asked(run, desk)
        assert question.several
        assert question.ident == TWO, "the stronger is asked about first"
        run.wait_for_state(LinkState.SEARCHING, "several in range are named WT-own")
        assert served(run) == []
        desk.answer(question, mine=False)
        run.wait_for_state(LinkState.STREAMING)
    assert served(run) == ["1"]


def test_two_places_whose_sensors_share_a_name_are_not_asked_about_one_by_one() -> None:
    # Both calibrated on another Mac: a yes to one id could not tell which of the two it is.
    radio, desk = twins(ONE, TWO), IdentityDesk()
    wanted = [
        SensorRequest(site, address=f"AA:00:00:00:00:0{n}", name="WT-own")
        for n, site in enumerate((Site.HEAD, Site.COLLAR))
    ]
    with Run(radio, *wanted, desk=desk) as run:
        run.wait_for_state(LinkState.SEARCHING, "choose them by shaking", key="head")
        run.wait_for_state(LinkState.SEARCHING, "choose them by shaking", key="collar")
        assert desk.question() is None
    assert served(run) == []


def test_where_the_other_place_is_served_the_missing_one_is_asked_about() -> None:
    radio, desk = twins(ONE, TWO), IdentityDesk()
    wanted = [
        SensorRequest(Site.HEAD, address=THREE, name="WT-own"),
        SensorRequest(Site.COLLAR, address=ONE, name="WT-own"),
    ]
    with Run(radio, *wanted, desk=desk) as run:
        run.wait_for_state(LinkState.STREAMING, key="collar")
        question = asked(run, desk)
        assert (question.site, question.ident) == (Site.HEAD, TWO)
        desk.answer(question, mine=True)
        run.wait_for_state(LinkState.STREAMING, key="head")


def test_a_sensor_that_changes_its_id_by_itself_may_be_remembered_by_name_but_two_are_asked_about() -> None:
    radio = twins(TWO, THREE)
    radio.out_of_range("3")
    desk = IdentityDesk([Remembered(Site.HEAD, "WT-own", ANY_ID, Standing.SAME)])
    with Run(radio, OWN, desk=desk) as run:
        run.wait_for_state(LinkState.STREAMING)
        assert desk.is_same(Site.HEAD, "WT-own", TWO)
    assert served(run) == ["2"]
