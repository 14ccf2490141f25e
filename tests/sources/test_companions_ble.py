"""Treadmill, foot pod and heart strap over the virtual radio: they are found, read, lost and found again."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from ble_harness import AIR, QUICK, Run, ramp, sensor

from monitor.simulator.heart_device import heart_strap
from monitor.simulator.treadmill_device import Belt, foot_pod, steps, treadmill
from monitor.simulator.world import SimulatedRadio
from monitor.sources.base import SourceItem
from monitor.sources.ble_companions import CompanionKind, CompanionRequest, CompanionSource
from monitor.sources.radio import Radio
from monitor.values import Ground, HeartRate, LinkChange, LinkState, PacketBlock

TREADMILL, FOOT_POD, HEART = CompanionKind.TREADMILL, CompanionKind.FOOT_POD, CompanionKind.HEART_STRAP
TIMING = replace(QUICK, stale_intervals=0.0, lost_intervals=0.0)
FAST = 20.0
"""Messages per second, so that a test lasts about one; real devices send one."""


class Companions(Run):
    """A running `CompanionSource`; leaving it stops the source and checks that nothing is left."""

    def __init__(self, radio: Radio, *wanted: CompanionKind | CompanionRequest, timing=TIMING) -> None:
        requests = [CompanionRequest(w) if isinstance(w, CompanionKind) else w for w in wanted]
        super().__init__(radio)
        self.source = CompanionSource(requests, radio, timing)  # type: ignore[assignment]

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        assert not [thread for thread in threading.enumerate() if thread.name == "companions"]

    def wait_for_ground(self, wanted: Callable[[Ground], bool], count: int = 1) -> None:
        self.wait(lambda: sum(map(wanted, self.of(Ground))) >= count, "such a ground")

    def wait_for_bpm(self, wanted: Callable[[float], bool], count: int = 1) -> None:
        self.wait(lambda: sum(wanted(beat.bpm) for beat in self.of(HeartRate)) >= count, "such a heart rate")


def unknown(ground: Ground) -> bool:
    return math.isnan(ground.speed_m_s) and math.isnan(ground.grade)


def at(speed_m_s: float, grade: float = math.nan, source: str = "treadmill") -> Callable[[Ground], bool]:
    def fits(ground: Ground) -> bool:
        same_grade = math.isclose(ground.grade, grade, abs_tol=6e-4) or (math.isnan(ground.grade) and math.isnan(grade))
        return ground.source == source and math.isclose(ground.speed_m_s, speed_m_s, abs_tol=0.002) and same_grade

    return fits


def test_a_treadmill_tells_speed_and_incline_and_then_its_stop() -> None:
    script = steps((0.0, Belt(3.0, 0.02)), (0.5, Belt(0.0, 0.02)))
    radio = SimulatedRadio([treadmill(script=script, rate_hz=FAST)], air=AIR)
    with Companions(radio, TREADMILL) as run:
        run.wait_for_ground(at(3.0, 0.02))
        run.wait_for_ground(at(0.0, 0.02))
    assert [ground.speed_m_s for ground in run.of(Ground)] == [3.0, 0.0]
    assert run.states() == [LinkState.SEARCHING, LinkState.CONNECTING, LinkState.STREAMING, LinkState.STOPPED]
    assert "SIMULATED" in run.of(LinkChange)[1].why


def test_nothing_is_ever_written_to_a_treadmill() -> None:
    radio = SimulatedRadio([treadmill(rate_hz=FAST)], air=AIR)
    with Companions(radio, TREADMILL) as run:
        run.wait_for_state(LinkState.STREAMING)
        radio.hang_up("treadmill")
        run.wait_for_state(LinkState.STREAMING, count=2)
    assert radio.peripherals["treadmill"].commands == []


def test_a_record_in_two_messages_is_put_together() -> None:
    radio = SimulatedRadio([treadmill(splits=True, rate_hz=FAST)], air=AIR)
    with Companions(radio, TREADMILL) as run:
        run.wait_for_ground(at(3.0, 0.01))
    assert all(at(3.0, 0.01)(ground) for ground in run.of(Ground))


def test_a_foot_pod_tells_the_speed_alone() -> None:
    radio = SimulatedRadio([foot_pod(script=steps((0.0, Belt(2.5))), rate_hz=FAST)], air=AIR)
    with Companions(radio, FOOT_POD) as run:
        run.wait_for_ground(at(2.5, source="foot_pod"))
    assert {change.sensor for change in run.of(LinkChange)} == {"foot_pod"}


def test_all_three_at_once_and_the_treadmill_counts() -> None:
    pod = foot_pod(script=steps((0.0, Belt(2.5))), rate_hz=FAST)
    radio = SimulatedRadio([pod, treadmill(rate_hz=FAST), heart_strap(rate_hz=FAST)], air=AIR)
    with Companions(radio, HEART, FOOT_POD, TREADMILL) as run:
        run.wait_for_state(LinkState.STREAMING, count=3)
        run.wait_for_ground(at(3.0, 0.01))
        run.wait_for_bpm(lambda bpm: 89 <= bpm <= 95)
        radio.out_of_range("treadmill")
        run.wait(lambda: run.of(Ground)[-1].source == "foot_pod", "the foot pod to stand in")
        radio.back_in_range("treadmill")
        run.wait_for_ground(at(3.0, 0.01), count=2)
    assert not any(map(unknown, run.of(Ground)))


@pytest.mark.parametrize("fault", ["hang_up", "out_of_range", "reboot"])
def test_a_lost_treadmill_is_told_once_and_mended(fault: str) -> None:
    radio = SimulatedRadio([treadmill(rate_hz=FAST)], air=AIR)
    with Companions(radio, TREADMILL) as run:
        run.wait_for_ground(at(3.0, 0.01))
        getattr(radio, fault)("treadmill")
        run.wait_for_state(LinkState.LOST)
        run.wait_for_ground(unknown)
        radio.back_in_range("treadmill")
        run.wait_for_ground(at(3.0, 0.01), count=2)
    assert [unknown(ground) for ground in run.of(Ground)] == [False, True, False]


def test_a_treadmill_gone_silent_is_stale_and_its_speed_is_not_used() -> None:
    radio = SimulatedRadio([treadmill(rate_hz=FAST)], air=AIR)
    with Companions(radio, TREADMILL, timing=replace(TIMING, lost_s=15.0)) as run:
        run.wait_for_ground(at(3.0, 0.01))
        radio.silent("treadmill")
        run.wait_for_state(LinkState.STALE, "no data")
        run.wait_for_ground(unknown)
        radio.speak_again("treadmill")
        run.wait_for_ground(at(3.0, 0.01), count=2)
    assert LinkState.LOST not in run.states(), "patience: the belt may just stand"


def test_a_treadmill_that_stays_silent_is_given_up_and_tried_again() -> None:
    radio = SimulatedRadio([treadmill(rate_hz=FAST)], air=AIR)
    with Companions(radio, TREADMILL) as run:
        run.wait_for_ground(at(3.0, 0.01))
        radio.silent("treadmill")
        run.wait_for_state(LinkState.LOST, "no data")
        run.wait_for_state(LinkState.SEARCHING, "no data")
        radio.speak_again("treadmill")
        run.wait_for_ground(at(3.0, 0.01), count=2)
    assert sum(map(unknown, run.of(Ground))) == 1


def test_a_strap_that_loses_the_skin_and_finds_it() -> None:
    def script(t_s: float) -> float:
        return 120.0 if t_s < 0.4 else math.nan if t_s < 2.0 else 130.0

    radio = SimulatedRadio([heart_strap(script=script, rate_hz=FAST)], air=AIR)
    with Companions(radio, HEART) as run:
        for bpm in (120.0, math.nan, 130.0):
            run.wait_for_bpm(lambda got, bpm=bpm: got == bpm or (math.isnan(got) and math.isnan(bpm)))
    assert repr([beat.bpm for beat in run.of(HeartRate)]) == repr([120.0, math.nan, 130.0])
    assert LinkState.LOST not in run.states()


def test_hostile_bytes_are_neither_told_nor_a_sign_of_life() -> None:
    radio = SimulatedRadio([treadmill(script=lambda _: b"\xff\xff\xff", rate_hz=FAST)], air=AIR)
    with Companions(radio, TREADMILL) as run:
        run.wait_for_state(LinkState.SEARCHING, "cannot be read")
    assert run.of(Ground) == []
    assert LinkState.STREAMING not in run.states()


def test_a_few_damaged_messages_among_good_ones_do_no_harm() -> None:
    def script(t_s: float) -> Belt | bytes:
        return b"\x08" if round(t_s * FAST) % 2 else Belt(3.0, 0.01)

    radio = SimulatedRadio([treadmill(script=script, rate_hz=FAST)], air=AIR)
    with Companions(radio, TREADMILL) as run:
        run.wait_for_ground(at(3.0, 0.01))
        time.sleep(2 * TIMING.lost_s)
    assert run.states() == [LinkState.SEARCHING, LinkState.CONNECTING, LinkState.STREAMING, LinkState.STOPPED]


def test_of_two_straps_the_nearer_is_taken_and_kept() -> None:
    straps = [
        heart_strap("far", lambda _: 100.0, name="Far SIMULATED", rate_hz=FAST, rssi_dbm=-85),
        heart_strap("near", lambda _: 150.0, name="Near SIMULATED", rate_hz=FAST, rssi_dbm=-40),
    ]
    radio = SimulatedRadio(straps, air=AIR)
    with Companions(radio, HEART, timing=replace(TIMING, choose_s=0.5)) as run:
        run.wait_for_bpm(lambda bpm: bpm == 150)
        radio.out_of_range("near")
        run.wait_for_bpm(math.isnan)
        run.wait_for_state(LinkState.SEARCHING, "Near SIMULATED is not in sight")
        radio.back_in_range("near")
        run.wait_for_bpm(lambda bpm: bpm == 150, count=2)
    assert all(beat.bpm != 100 for beat in run.of(HeartRate))


def test_a_strap_asked_for_by_name_or_address_is_the_one() -> None:
    straps = [
        heart_strap("a", lambda _: 100.0, name="Anna SIMULATED", rate_hz=FAST),
        heart_strap("b", lambda _: 150.0, name="Ben SIMULATED", rate_hz=FAST, address="F2:51:00:00:00:BE"),
    ]
    for request in (CompanionRequest(HEART, name="ben simulated"), CompanionRequest(HEART, "f2:51:00:00:00:be")):
        with Companions(SimulatedRadio(straps, air=AIR), request) as run:
            run.wait_for_bpm(lambda bpm: bpm == 150)
        assert {beat.bpm for beat in run.of(HeartRate)} == {150.0}


def test_a_fitness_machine_that_is_no_treadmill_is_left_for_the_real_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from monitor.simulator.heart_device import HeartStrapPeripheral
    from monitor.sources import ftms

    monkeypatch.setattr(HeartStrapPeripheral, "announces", ftms.SERVICE)  # as a bike does
    bike = heart_strap("bike", name="Bike SIMULATED", rssi_dbm=-30)
    radio = SimulatedRadio([bike, treadmill(rate_hz=FAST)], air=AIR)
    with Companions(radio, TREADMILL, timing=replace(TIMING, choose_s=0.3)) as run:
        run.wait_for_state(LinkState.SEARCHING, "does not have the data channel of a treadmill")
        run.wait_for_ground(at(3.0, 0.01))


def test_a_companion_left_at_home_is_told_once() -> None:
    radio = SimulatedRadio([sensor()], air=AIR)
    with Companions(radio, TREADMILL, timing=replace(TIMING, search_s=0.05)) as run:
        run.wait_for_state(LinkState.SEARCHING, "no treadmill in sight")
        time.sleep(0.5)
    assert [change.why for change in run.of(LinkChange)] == ["", "no treadmill in sight yet", ""]
    assert len(run.items) == 3


def test_one_that_is_missing_does_not_keep_the_other_from_streaming() -> None:
    radio = SimulatedRadio([heart_strap(rate_hz=FAST), treadmill(rate_hz=FAST)], air=AIR)
    radio.out_of_range("treadmill")
    with Companions(radio, TREADMILL, HEART) as run:
        run.wait_for_state(LinkState.STREAMING, key="heart_strap")
        run.wait_for_state(LinkState.SEARCHING, "no treadmill", key="treadmill")
        radio.hang_up("heart_strap")
        run.wait_for_state(LinkState.STREAMING, count=2, key="heart_strap")
        radio.back_in_range("treadmill")
        run.wait_for_ground(at(3.0, 0.01))


def test_stop_in_any_state_is_clean() -> None:
    for state in (LinkState.SEARCHING, LinkState.CONNECTING, LinkState.STREAMING, LinkState.STALE):
        radio = SimulatedRadio([treadmill(rate_hz=FAST)], air=replace(AIR, supervision_timeout_s=5.0))
        with Companions(radio, TREADMILL, timing=replace(TIMING, farewell_s=0.3, lost_s=5.0)) as run:
            if state is LinkState.STALE:
                run.wait_for_state(LinkState.STREAMING)
                radio.out_of_range("treadmill")
            run.wait_for_state(state)
        assert run.states()[-1] is LinkState.STOPPED


def test_stop_before_start_and_twice_is_harmless() -> None:
    source = CompanionSource([CompanionRequest(HEART)], SimulatedRadio([heart_strap()], air=AIR), TIMING)
    items: list[SourceItem] = []
    source.stop()
    source.start(items.append, time.monotonic_ns)
    source.stop()
    source.stop()
    with pytest.raises(RuntimeError, match="started before"):
        source.start(items.append, time.monotonic_ns)


@pytest.mark.parametrize("kinds", [[], [HEART, HEART]])
def test_one_of_a_kind_and_at_least_one(kinds: list[CompanionKind]) -> None:
    with pytest.raises(ValueError, match="one companion of a kind"):
        CompanionSource([CompanionRequest(kind) for kind in kinds], SimulatedRadio([]))


def test_the_posture_sensor_of_the_same_air_is_left_alone() -> None:
    radio = SimulatedRadio([sensor(feed=ramp(100)), heart_strap(rate_hz=FAST)], air=AIR)
    with Companions(radio, TREADMILL, HEART) as run:
        run.wait_for_bpm(lambda bpm: bpm > 80)
    assert run.of(PacketBlock) == []
    assert all(a.t_ns < b.t_ns for a, b in pairwise(run.of(HeartRate)))
