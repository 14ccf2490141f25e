"""The rule of `identity_rule` itself, under any sequence of announcements and answers; no radio, no clock."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from bleak.backends.device import BLEDevice
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.sensors import openearable, witmotion
from monitor.sources import identity_rule
from monitor.sources.ble_finder import Candidate, Found
from monitor.sources.ble_identity import DeviceChoice, SensorRequest
from monitor.sources.ble_timing import LinkTiming
from monitor.sources.identity_desk import ANY_ID, MOST, IdentityDesk, Question, Remembered, Standing
from monitor.values import Site

NAMES = ("WT-own", "wt-OWN", "WT-other", "OpenEarable-1", "", "kettle")
IDS = ("AA:00", "aa:00", "BB:00", "CC:00", "DD:00")
SERVICES = ((), (witmotion.FAMILY.service,), (openearable.FAMILY.service,), ("0000180f-0000-1000-8000-00805f9b34fb",))
TIMING = LinkTiming()


def heard(ident: str, name: str = "WT-own", services: tuple[str, ...] = (), rssi: int = -60) -> Candidate:
    return Candidate(BLEDevice(ident, name, None), name, services, rssi)


@dataclass
class Link:
    """A link around the choice, as `ble_link` and `ble_finder` drive it: the clock is turned by hand."""

    monkeypatch: pytest.MonkeyPatch
    request: SensorRequest
    desk: IdentityDesk = field(default_factory=IdentityDesk)
    others: tuple[SensorRequest, ...] = ()
    now_s: float = 0.0
    serving: str | None = None
    taken: list[str] = field(default_factory=list)
    near: dict[str, Candidate] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.monkeypatch.setattr(identity_rule, "_now_s", lambda: self.now_s)
        self.choice = DeviceChoice(self.request, self.others, TIMING, (), self.desk)
        self.choice.begin()

    def hear(self, *candidates: Candidate) -> None:
        """These announce themselves within the time in which the link compares."""
        if self.serving is not None:
            return
        if self.choice.compares:
            wanted = [c for c in candidates if self.choice.accept(c) is not None]
            chosen = self.choice.choose(sorted(wanted, key=lambda c: -c.rssi_dbm)) if wanted else None
        else:
            chosen = next((c for c in candidates if self.choice.accept(c) is not None), None)
        family = self.choice.accept(chosen) if chosen is not None else None
        if chosen is not None and family is not None:
            self.serving = chosen.address.lower()
            self.taken.append(self.serving)
            self.choice.serves(Found(chosen, family))

    def lose(self) -> None:
        if self.serving is not None:
            self.serving = None
            self.choice.lost()
            self.choice.begin()


# ---------------------------------------------------------------- whatever is announced


device = st.builds(
    heard, st.sampled_from(IDS), st.sampled_from(NAMES), st.sampled_from(SERVICES), st.integers(-100, -20)
)
step = st.one_of(
    st.lists(device, min_size=1, max_size=4),
    st.sampled_from(("wait", "long wait", "lose", "no", "yes")),
)
request = st.builds(
    SensorRequest,
    st.just(Site.HEAD),
    st.sampled_from((None, "witmotion")),
    st.sampled_from((None, "AA:00")),
    st.sampled_from((None, "WT-own")),
)


@settings(max_examples=200, deadline=None)
@given(request, st.lists(step, max_size=30))
def test_no_announcement_makes_a_link_take_an_id_that_is_neither_known_nor_accepted(request, steps):
    with pytest.MonkeyPatch.context() as monkeypatch:
        link = Link(monkeypatch, request)
        allowed = {request.address.lower()} if request.address else set()
        refused: set[str] = set()
        for what in steps:
            before = len(link.taken)
            if what == "wait":
                link.now_s += 1.0
            elif what == "long wait":
                link.now_s += TIMING.same_name_s
            elif what == "lose":
                link.lose()
            elif what in ("yes", "no"):
                if (question := link.desk.question()) is not None:
                    link.desk.answer(question, mine=what == "yes")
                    (allowed if what == "yes" else refused).add(question.ident.lower())
            else:
                wanted = [c for c in what if link.choice.accept(c) is not None]
                link.hear(*what)
            for ident in link.taken[before:]:
                assert ident not in refused - allowed
                if ident not in allowed:
                    # Only at a first meeting, and where no other device of its name was heard with it.
                    assert request.address is None
                    assert link.taken[:before] == []
                    assert request.name is None or not allowed
                    mine = {c.name.casefold() for c in wanted if c.address.lower() == ident}
                    ids_by_name = [{c.address.lower() for c in wanted if c.name.casefold() == name} for name in mine]
                    assert {ident} in ids_by_name
                    allowed.add(ident)


@settings(max_examples=200, deadline=None)
@given(st.lists(device, max_size=40))
def test_a_sensor_asked_for_by_its_id_is_the_only_one_ever_taken_without_an_answer(devices):
    with pytest.MonkeyPatch.context() as monkeypatch:
        link = Link(monkeypatch, SensorRequest(Site.HEAD, address="EE:00", name="WT-own"))
        for each in devices:
            link.now_s += 7.0
            link.hear(each)
        assert link.taken == []


# ---------------------------------------------------------------- one by one


def test_a_twin_is_asked_about_only_after_the_own_one_was_away_for_long_enough(monkeypatch):
    link = Link(monkeypatch, SensorRequest(Site.HEAD, address="AA:00", name="WT-own"))
    link.now_s = TIMING.same_name_s - 0.1
    link.hear(heard("BB:00"))
    assert link.desk.question() is None
    link.now_s = TIMING.same_name_s
    link.hear(heard("BB:00"))
    link.hear(heard("BB:00"))
    assert link.desk.question() == Question(Site.HEAD, "WT-own", "BB:00")


def test_a_twin_that_announces_another_familys_service_is_not_even_asked_about(monkeypatch):
    link = Link(monkeypatch, SensorRequest(Site.HEAD))
    link.hear(heard("AA:00", services=(witmotion.FAMILY.service,)))
    link.lose()
    link.now_s = 1000.0
    link.hear(heard("BB:00", services=(openearable.FAMILY.service,)))
    assert (link.taken, link.desk.question()) == (["aa:00"], None)
    link.hear(heard("BB:00", services=(witmotion.FAMILY.service,)))
    assert link.desk.question() is not None


def test_the_known_id_is_taken_whatever_it_is_called_now(monkeypatch):
    link = Link(monkeypatch, SensorRequest(Site.HEAD, family="witmotion", address="AA:00", name="WT-own"))
    link.hear(heard("aa:00", "renamed"))
    assert link.taken == ["aa:00"]


def test_a_device_that_is_not_mine_stays_so_under_any_name_until_it_is_asked_for_by_its_id(monkeypatch):
    desk = IdentityDesk([Remembered(Site.HEAD, "WT-own", "bb:00", Standing.NOT_MINE)])
    link = Link(monkeypatch, SensorRequest(Site.HEAD), desk)
    link.hear(heard("BB:00", "WT-other"))
    assert link.taken == []
    link = Link(monkeypatch, SensorRequest(Site.HEAD, address="BB:00"), desk)
    link.hear(heard("BB:00", "WT-other"))
    assert link.taken == ["bb:00"]
    assert desk.standing(Site.HEAD, "", "BB:00") is Standing.MET


def test_what_another_place_asks_for_by_id_belongs_to_that_place(monkeypatch):
    collar = SensorRequest(Site.COLLAR, address="BB:00", name="WT-own")
    desk = IdentityDesk([Remembered(Site.HEAD, "WT-own", "bb:00", Standing.SAME)])
    link = Link(monkeypatch, SensorRequest(Site.HEAD, address="AA:00", name="WT-own"), desk, (collar,))
    link.now_s = 100.0
    link.hear(heard("BB:00"))
    assert (link.taken, link.desk.question()) == ([], None)


def test_with_a_free_choice_a_remembered_sensor_comes_before_a_stronger_one(monkeypatch):
    desk = IdentityDesk([Remembered(Site.HEAD, "WT-own", "aa:00", Standing.MET)])
    link = Link(monkeypatch, SensorRequest(Site.HEAD), desk)
    link.hear(heard("AA:00", rssi=-90), heard("BB:00", "WT-other", rssi=-30))
    assert link.taken == ["aa:00"]


def test_with_a_free_choice_the_strongest_of_different_names_is_taken(monkeypatch):
    link = Link(monkeypatch, SensorRequest(Site.HEAD))
    link.hear(heard("AA:00", rssi=-90), heard("BB:00", "WT-other", rssi=-30))
    assert link.taken == ["bb:00"]


def test_two_without_a_name_are_not_told_apart_by_strength(monkeypatch):
    link = Link(monkeypatch, SensorRequest(Site.HEAD))
    service = (witmotion.FAMILY.service,)
    link.hear(heard("AA:00", "", service, -90), heard("BB:00", "", service, -30))
    assert link.taken == []
    question = link.desk.question()
    assert question is not None
    assert question.several
    assert "without a name" in question.text


def test_a_yes_settles_the_place_and_its_other_questions_go():
    desk = IdentityDesk()
    for ident in ("BB:00", "CC:00"):
        desk.ask(Question(Site.HEAD, "WT-own", ident))
    desk.ask(Question(Site.COLLAR, "WT-strap", "DD:00"))
    desk.answer(Question(Site.HEAD, "WT-own", "BB:00"), mine=True)
    assert desk.question() == Question(Site.COLLAR, "WT-strap", "DD:00")


def test_what_is_remembered_is_bounded_and_kept_each_time():
    kept: list[tuple[Remembered, ...]] = []
    desk = IdentityDesk(keep=kept.append)
    for n in range(MOST + 5):
        desk.remember(Remembered(Site.HEAD, "WT", f"{n:04x}", Standing.NOT_MINE))
    assert len(desk.remembered) == len(kept[-1]) == MOST
    assert desk.remembered[0].ident == "0005"
    desk.remember(Remembered(Site.HEAD, "WT", "0006", Standing.SAME))
    assert len(desk.remembered) == MOST
    assert desk.standing(Site.HEAD, "wt", "0006") is Standing.SAME
    assert (desk.forget("0006"), desk.forget("0006"), desk.forget("WT")) == (1, 0, MOST - 1)


def test_a_disk_that_refuses_is_told_of_and_stops_nothing():
    def refuse(_: object) -> None:
        raise OSError(28, "No space left on device")

    desk = IdentityDesk(keep=refuse)
    desk.answer(Question(Site.HEAD, "WT-own", "BB:00"), mine=True)
    assert desk.is_same(Site.HEAD, "WT-own", "bb:00")
    assert "No space left" in desk.trouble


def test_a_name_in_place_of_an_id_is_of_that_place_and_name_alone():
    desk = IdentityDesk([Remembered(Site.HEAD, "WT-own", ANY_ID, Standing.SAME)])
    desk.serves(Site.HEAD, "WT-own", "CC:00", asked_for=True)
    assert desk.takes_any(Site.HEAD, "wt-own")
    assert not desk.takes_any(Site.COLLAR, "WT-own")
    assert not desk.takes_any(Site.HEAD, "WT-other")
    assert desk.standing(Site.HEAD, "WT-own", "AA:00") is None
